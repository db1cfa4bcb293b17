"""Texts and emails of a thread. The row is also what the sender works from: see docs/decisions/0020."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column
from backend.messages.rules import IN_FLIGHT, Channel, Direction, MessageClass, MessageStatus, Origin


def _listed(statuses: frozenset[MessageStatus]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(statuses))


class Message(Model):
    """One text or email between a location and a customer, mostly about an appointment.

    `phone` or `email` is the customer's at the time. While `status` is held, queued or sending,
    `due_at` says when the sender must look at it again and `lease_until` until when somebody holds it: while it is sending,
    the process `claimed_by`; nobody where that is empty, it waits to be looked for.
    `unread_count` of the appointment counts `read_at IS NULL` inbound ones.
    """

    __tablename__ = "messages"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    appointment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("appointments.id"))
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    direction: Mapped[Direction] = mapped_column(sa.Text)
    channel: Mapped[Channel] = mapped_column(sa.Text)
    status: Mapped[MessageStatus] = mapped_column(sa.Text)
    message_class: Mapped[MessageClass] = mapped_column(sa.Text)
    origin: Mapped[Origin] = mapped_column(sa.Text)
    # What must be sent once has one key, for instance a reminder of an appointment's start.
    origin_key: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    subject: Mapped[str | None]
    body: Mapped[str]
    segments: Mapped[int | None]
    # True where a variable put money into it: not shown to roles that may not see money.
    tells_money: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    template_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("message_templates.id"))
    template_version: Mapped[int | None]
    # Why it is held, refused or failed: a code that the interface has words for.
    reason: Mapped[str | None]
    error_code: Mapped[str | None]
    due_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed_at: Mapped[datetime | None]
    # The first attempt since a person, or its hour, let it go: automatic ones end six hours after it.
    first_claimed_at: Mapped[datetime | None]
    # The location's number that the last attempt was made from, E.164; empty where that was the installation's own sender.
    sent_from: Mapped[str | None]
    provider_sid: Mapped[str | None]
    provider_status: Mapped[str | None]
    # The consent that allowed it, found by the last look before the provider was called.
    consent_event_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("consent_events.id"))
    override_reason: Mapped[str | None]
    overridden_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    accepted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        # drawer: the newest 50 of an appointment
        sa.Index("ix_messages_appointment_id_created_at", "appointment_id", "created_at", "id"),
        # merging customers: the messages of one
        sa.Index(None, "customer_id"),
        # inbox: a conversation; caps: what a number got in 24 h
        sa.Index("ix_messages_location_id_phone_created_at", "location_id", "phone", "created_at", "id"),
        sa.Index("ix_messages_phone_created_at", "phone", "created_at", postgresql_where=sa.text("direction = 'out'")),
        # caps: what a location sent in an hour
        sa.Index(
            "ix_messages_location_id_created_at",
            "location_id",
            "created_at",
            postgresql_where=sa.text("direction = 'out'"),
        ),
        sa.Index(
            "ix_messages_unread", "appointment_id", postgresql_where=sa.text("direction = 'in' AND read_at IS NULL")
        ),
        # sender: what is due; a claim moves `lease_until`, which no index holds
        sa.Index("ix_messages_due", "due_at", postgresql_where=sa.text(f"status IN ({_listed(IN_FLIGHT)})")),
        # reconciler: what the provider has and has not told the end of
        sa.Index(
            "ix_messages_without_receipt",
            "accepted_at",
            postgresql_where=sa.text(
                "direction = 'out' AND status IN ('sending', 'sent') AND provider_sid IS NOT NULL"
            ),
        ),
        sa.Index(
            "uq_messages_provider_sid",
            "provider_sid",
            unique=True,
            postgresql_where=sa.text("provider_sid IS NOT NULL"),
        ),
        sa.Index(
            "uq_messages_origin_key", "origin_key", unique=True, postgresql_where=sa.text("origin_key IS NOT NULL")
        ),
        # the desk: what was given up and what waits for a word, by location
        sa.Index(
            "ix_messages_needs_a_person",
            "location_id",
            "created_at",
            postgresql_where=sa.text("status IN ('proposed', 'held', 'failed', 'undelivered', 'unknown')"),
        ),
        enum_check("direction", Direction, "direction_is_known"),
        enum_check("channel", Channel, "channel_is_known"),
        enum_check("status", MessageStatus, "status_is_known"),
        enum_check("message_class", MessageClass, "message_class_is_known"),
        enum_check("origin", Origin, "origin_is_known"),
        # Texts of before consent was kept were never claimed; what is claimed names it.
        sa.CheckConstraint(
            "direction = 'in' OR channel = 'email' OR message_class = 'keyword_reply' OR consent_event_id IS NOT NULL "
            "OR claimed_at IS NULL OR status NOT IN ('sending', 'sent', 'delivered', 'undelivered', 'unconfirmed', 'unknown')",
            name="names_its_consent",
        ),
        sa.CheckConstraint("(direction = 'in') = (status = 'received')", name="inbound_is_received"),
        sa.CheckConstraint("(override_reason IS NULL) = (overridden_by IS NULL)", name="override_says_who_and_why"),
        {"postgresql_with": {"fillfactor": "85"}},
    )
