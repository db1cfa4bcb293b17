"""Events waiting to be published, and which periods of the schedule have run."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, id_column


class OutboxEvent(Model):
    """Something that happened and that others must act on."""

    __tablename__ = "outbox"

    id: Mapped[UUID] = id_column()
    event: Mapped[str]
    subject_id: Mapped[UUID]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    __table_args__ = (
        # relay: what is still to publish, in order
        sa.Index("ix_outbox_unpublished", "id", postgresql_where=sa.text("published_at IS NULL")),
        # Without the unpublished: an event then enters one index less while somebody waits for it.
        sa.Index("ix_outbox_published_at", "published_at", postgresql_where=sa.text("published_at IS NOT NULL")),
    )


class Delivery(Model):
    """One subscriber's share of an event: done once its task has finished."""

    __tablename__ = "outbox_deliveries"

    event_id: Mapped[UUID] = mapped_column(sa.ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True)
    task: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_attempt_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]

    # for the dispatcher, which asks what is due
    __table_args__ = (
        sa.Index(
            "ix_outbox_deliveries_due",
            "next_attempt_at",
            postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
        ),
        # for /metrics
        sa.Index("ix_outbox_deliveries_given_up", "failed_at", postgresql_where=sa.text("failed_at IS NOT NULL")),
    )


class ScheduleLease(Model):
    """A period of a scheduled task that some dispatcher has taken: each runs once."""

    __tablename__ = "schedule_leases"

    task: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[datetime] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
