"""Fill the spans that the cycle times are computed from."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.core import live
from backend.core.db import after_commit

# Made anew from all of a visit's log each time: a row that came late finds its place among the others.
_FILL = """
    INSERT INTO status_spans AS known (appointment_id, position, status, entered_at, left_at)
    SELECT g.entity_id, row_number() OVER w, g.changes -> 'status' ->> 1, g.at, lead(g.at) OVER w
      FROM audit_logs g JOIN appointments a ON a.id = g.entity_id
     WHERE g.entity_id = ANY (:ids) AND g.entity = 'appointment' AND g.changes ? 'status'
    WINDOW w AS (PARTITION BY g.entity_id ORDER BY g.at, g.id)
    ON CONFLICT (appointment_id, position) DO UPDATE
       SET status = excluded.status, entered_at = excluded.entered_at, left_at = excluded.left_at
     WHERE (known.status, known.entered_at, known.left_at)
           IS DISTINCT FROM (excluded.status, excluded.entered_at, excluded.left_at)
"""


def fill_spans(session: Session, appointment_ids: Iterable[UUID]) -> None:
    """Bring the spans of these visits up to their log, and drop the figures that are made of them."""
    ids = sorted(appointment_ids)
    if not ids:
        return
    # Two tasks for one visit take turns, and the second sees what the first one's log lacked.
    session.execute(
        sa.select(Appointment.id)
        .where(Appointment.id.in_(ids))
        .order_by(Appointment.id)
        .with_for_update(key_share=True)
    )
    session.execute(sa.text(_FILL), {"ids": ids})
    for location_id in session.scalars(sa.select(Appointment.location_id).where(Appointment.id.in_(ids)).distinct()):
        after_commit(session, partial(live.drop_figures, location_id))
