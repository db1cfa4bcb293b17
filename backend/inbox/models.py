"""Conversations of the shared inbox."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column


class ConversationState(StrEnum):
    """Open waits for somebody; a snoozed one opens again by itself; a done one opens with the next text."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DONE = "done"


class Conversation(Model):
    """All texts between a location and a number. `waiting_since` is the oldest unread text's time: its age."""

    __tablename__ = "conversations"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    phone: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    # The job that the last text was about.
    appointment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("appointments.id"))
    state: Mapped[ConversationState] = mapped_column(sa.Text)
    unread_count: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting_since: Mapped[datetime | None]
    last_message_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]
    preview: Mapped[str]
    owner_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    snoozed_until: Mapped[datetime | None]
    # Who has the composer open; others see it until `answering_until`.
    answering_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    answering_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("location_id", "phone"),
        # inbox: what is open, the newest first
        sa.Index("ix_conversations_location_id_last_message_at", "location_id", "last_message_at", "id"),
        # inbox: its counts, of what waits for somebody
        sa.Index(
            "ix_conversations_waiting", "location_id", postgresql_where=sa.text("state <> 'done' OR unread_count > 0")
        ),
        sa.Index("ix_conversations_snoozed", "snoozed_until", postgresql_where=sa.text("state = 'snoozed'")),
        # merging customers
        sa.Index(None, "customer_id"),
        enum_check("state", ConversationState, "state_is_known"),
        sa.CheckConstraint("(state = 'snoozed') = (snoozed_until IS NOT NULL)", name="snoozed_until_some_time"),
    )
