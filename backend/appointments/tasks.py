"""What follows later: a renamed technician's past jobs."""

from uuid import UUID

import sqlalchemy as sa

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.core import live
from backend.core.db import after_commit, transaction

BATCH = 500


def refresh_technician_name(user_id: str) -> None:
    """Copy a user's present name to all their appointments, in batches; repeating it changes nothing.

    Open jobs followed in the transaction of the change, by trigger; a technician has thousands of past ones.
    """
    key = UUID(user_id)
    while True:
        with transaction() as session:
            name = sa.select(User.name).where(User.id == key).scalar_subquery()
            stale = (
                sa.select(Appointment.id)
                .where(Appointment.tech_id == key, Appointment.tech_name.is_distinct_from(name))
                .order_by(Appointment.id)
                .limit(BATCH)
                .with_for_update()
            )
            renamed = sa.update(Appointment).where(Appointment.id.in_(stale)).values(tech_name=name)
            places = session.scalars(renamed.returning(Appointment.location_id)).all()
            after_commit(session, live.figures_teller(places))
        if len(places) < BATCH:
            return
