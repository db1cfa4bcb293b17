"""Read the outbox."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.outbox.models import Delivery


def find_open_subject(session: Session, event_id: UUID, task: str) -> UUID | None:
    """Return the subject of a delivery that is still to do, None otherwise."""
    return session.scalar(
        sa.select(Delivery.subject_id).where(
            Delivery.event_id == event_id,
            Delivery.task == task,
            Delivery.done_at.is_(None),
            Delivery.failed_at.is_(None),
        )
    )
