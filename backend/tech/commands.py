"""What a technician writes down about a car from the tablet."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.core.actor import Actor
from backend.core.edits import EditConflictError
from backend.core.errors import NotFoundError
from backend.tech import queries
from backend.vehicles import commands as vehicles


def read_odometer(
    session: Session,
    appointment_id: UUID,
    mileage: int,
    *,
    version: int | None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Keep what a visit's car shows, in miles, against the version of the car that the technician saw.

    Raises:
        EditConflictError: somebody wrote another mileage since; nothing else of the car comes along.
        NotFoundError: no such visit at the actor's locations, or it has no car.
    """
    vehicle_id = session.scalar(
        sa.select(Appointment.vehicle_id).where(
            Appointment.id == appointment_id,
            Appointment.deleted_at.is_(None),
            Appointment.location_id.in_(tuple(location_ids)),
        )
    )
    if vehicle_id is None:
        raise NotFoundError("There is no such job, or it has no car.")
    try:
        vehicles.change_vehicle(session, vehicle_id, {"mileage": mileage}, version=version, actor=actor, now=now)
    except EditConflictError as conflict:
        # The tablet shows no owner and no notes of theirs.
        conflict.context["vehicle"] = queries.get_odometer(session, appointment_id)
        raise
