"""Fill the spans that the cycle times are computed from."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.core import live
from backend.core.db import after_commit
from backend.core.locks import Fixed

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
    """Bring the spans of these visits up to their log, and tell that the figures made of them have changed."""
    ids = sorted(appointment_ids)
    if not ids:
        return
    # One at a time, and not by the rows that moves lock: who read less of a log must not write last.
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(Fixed.STATUS_SPANS.value)))
    session.execute(sa.text(_FILL), {"ids": ids})
    places = session.scalars(sa.select(Appointment.location_id).where(Appointment.id.in_(ids)).distinct())
    after_commit(session, live.figures_teller(places))
