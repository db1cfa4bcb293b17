"""What providers told us, kept before it is acknowledged."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column


class ProviderEventKind(StrEnum):
    """A status of a text of ours, a text to us, or what a card processor says of a payment."""

    STATUS = "status"
    INBOUND = "inbound"
    PAYMENT = "payment"


class ProviderEvent(Model):
    """One request of a provider, or one found by asking it. The unique key makes a repeated one nothing.

    Not processed yet, or an orphan whose message we do not know yet, while `processed_at` is NULL.
    """

    __tablename__ = "provider_events"

    id: Mapped[UUID] = id_column()
    provider: Mapped[str]
    kind: Mapped[ProviderEventKind] = mapped_column(sa.Text)
    sid: Mapped[str]
    status: Mapped[str]
    error_code: Mapped[str] = mapped_column(default="", server_default="")
    # Our message's id, where the callback's address carried it.
    message_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    result: Mapped[str | None]

    __table_args__ = (
        sa.UniqueConstraint("provider", "sid", "status", "error_code"),
        sa.Index("ix_provider_events_waiting", "received_at", postgresql_where=sa.text("processed_at IS NULL")),
        enum_check("kind", ProviderEventKind, "kind_is_known"),
    )
