"""Clocks of the demo shop: what its technicians worked in the last weeks, what runs now, and what two jobs wait for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.demo.randomness import seeded_id, stream
from backend.demo.tables import Table

WEEKS = timedelta(weeks=3)
NEVER = datetime.max.replace(tzinfo=UTC)
# Longer than planned nobody worked here: the next car came.
SHORTEST, LONGEST = 0.55, 0.97

# Visits that took their planned time alone, by technician in order; whose work is done by now has its end.
_WORKED = sa.text("""
    SELECT a.id, a.tech_id, a.number, greatest(a.starts_at, a.check_in_at) AS began, a.ends_at, a.check_out_at, a.status, a.status_since
      FROM appointments a
     WHERE a.tech_id IS NOT NULL AND a.check_in_at IS NOT NULL AND a.overbook_reason IS NULL
       AND a.status IN ('IN_PROGRESS', 'READY', 'COMPLETED') AND a.starts_at > :since
       AND greatest(a.starts_at, a.check_in_at) < least(a.ends_at, :now)
     ORDER BY a.tech_id, began
""")
_WAITING = sa.text("""
    UPDATE appointments SET needs_part = waits.rank = 1, needs_approval = waits.rank = 2
      FROM (SELECT id, row_number() OVER (PARTITION BY location_id ORDER BY starts_at, number) AS rank
              FROM appointments WHERE status = 'IN_PROGRESS' AND deleted_at IS NULL AND NOT id = ANY(:running)) waits
     WHERE waits.id = appointments.id AND waits.rank <= 2
""")
_COLUMNS = ("id", "user_id", "appointment_id", "started_at", "stopped_at", "pause_reason")


def build_tables(session: Session, now: datetime) -> list[Table]:
    """Return the clocks of the visits that were written; two open jobs a location wait for something then."""
    rows: list[tuple[Any, ...]] = []
    until: dict[Any, datetime] = {}
    running = []
    for visit in session.execute(_WORKED, {"since": now - WEEKS, "now": now}):
        began = max(visit.began, until.get(visit.tech_id, visit.began))
        if began >= visit.ends_at:
            continue
        worked = (visit.ends_at - began) * stream("clock", visit.number).uniform(SHORTEST, LONGEST)
        latest = now if visit.status == "IN_PROGRESS" else visit.check_out_at or visit.status_since
        ended = None
        if visit.status == "IN_PROGRESS" and began + worked > now:
            running.append(visit.id)
        else:
            ended = max(began, min(began + worked, latest, now))
        until[visit.tech_id] = ended or NEVER
        rows.append((seeded_id(began, "clock", visit.number), visit.tech_id, visit.id, began, ended, None))
    session.execute(_WAITING, {"running": running})
    return [Table("work_timers", _COLUMNS, rows)]
