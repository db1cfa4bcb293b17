"""Texts and emails of a thread."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column


class Direction(StrEnum):
    """Who wrote it: `in` is the customer."""

    IN = "in"
    OUT = "out"


class Channel(StrEnum):
    """How it travels."""

    SMS = "sms"
    EMAIL = "email"


class MessageStatus(StrEnum):
    """How far it came."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"


class Message(Model):
    """One text or email about an appointment; `unread_count` of the appointment counts `read_at IS NULL` inbound ones."""

    __tablename__ = "messages"

    id: Mapped[UUID] = id_column()
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    direction: Mapped[Direction] = mapped_column(sa.Text)
    channel: Mapped[Channel] = mapped_column(sa.Text)
    status: Mapped[MessageStatus] = mapped_column(sa.Text)
    body: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    read_at: Mapped[datetime | None]

    __table_args__ = (
        # drawer: the newest 50 of an appointment
        sa.Index("ix_messages_appointment_id_created_at", "appointment_id", "created_at", "id"),
        # merging customers: the messages of one
        sa.Index(None, "customer_id"),
        sa.Index(
            "ix_messages_unread", "appointment_id", postgresql_where=sa.text("direction = 'in' AND read_at IS NULL")
        ),
        enum_check("direction", Direction, "direction_is_known"),
        enum_check("channel", Channel, "channel_is_known"),
        enum_check("status", MessageStatus, "status_is_known"),
    )
