"""Clocks as screens show them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.clocks.models import WorkTimer

_TIMER = sa.select(
    WorkTimer.id,
    WorkTimer.appointment_id,
    WorkTimer.job_id,
    WorkTimer.user_id,
    User.name.label("user_name"),
    WorkTimer.started_at,
    WorkTimer.stopped_at,
    WorkTimer.pause_reason,
).join(User, User.id == WorkTimer.user_id)


def list_timers(session: Session, appointment_ids: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """List the stretches of work on these visits, oldest first, by visit."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    statement = _TIMER.where(WorkTimer.appointment_id.in_(list(appointment_ids)))
    for row in session.execute(statement.order_by(WorkTimer.started_at, WorkTimer.id)):
        found[row.appointment_id].append(shown(row))
    return found


def find_running(session: Session, user_id: UUID) -> dict[str, Any] | None:
    """Return a person's running clock, None while none runs."""
    row = session.execute(_TIMER.where(WorkTimer.user_id == user_id, WorkTimer.stopped_at.is_(None))).first()
    return None if row is None else shown(row)


def shown(row: sa.Row[Any]) -> dict[str, Any]:
    """Return a stretch of work as the wire shows it."""
    return {
        "id": row.id,
        "appointmentId": row.appointment_id,
        "jobId": row.job_id,
        "userId": row.user_id,
        "userName": row.user_name,
        "startedAt": row.started_at,
        "stoppedAt": row.stopped_at,
        "pauseReason": row.pause_reason,
    }
