"""What /metrics tells of the outbox."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.core.metrics import Family
from backend.outbox.models import Delivery


def measure(session: Session, now: datetime) -> list[Family]:
    """Return how many deliveries were given up, and for how many seconds the oldest has waited for somebody."""
    count, oldest = session.execute(
        sa.select(sa.func.count(), sa.func.min(Delivery.failed_at)).where(Delivery.failed_at.is_not(None))
    ).one()
    return [
        Family(
            "deliveries_given_up",
            "What should have followed an event and was given up after eight attempts.",
            (),
            [((), float(count))],
        ),
        Family(
            "deliveries_given_up_oldest_age_seconds",
            "For how long the oldest of them has waited for somebody to have it tried again.",
            (),
            [((), 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds()))],
        ),
    ]
