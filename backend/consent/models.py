"""The log of consent, what it amounts to now, and the replies that a person must read.

Nothing here refers to a customer: consent belongs to a number, is shared by all who share the number, is
not carried along when somebody changes theirs, and outlives the customer's deletion.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from backend.consent.rules import (
    STOP_STANDS,
    ConsentKind,
    ConsentMethod,
    ConsentState,
    OptedOutError,
    Purpose,
    ReviewDecision,
    ReviewKind,
)
from backend.core.db import Model, enum_check, explain_constraint, id_column

_E164 = r"phone ~ '^\+[1-9][0-9]{6,14}$'"


class ConsentEvent(Model):
    """One thing that a number's owner, or the provider, said. Never changed, never deleted: the database refuses.

    `purpose` NULL means every purpose. `wording` is the exact text that was shown or received. A revoked
    number is restored by its owner's own START or signed form alone; a trigger refuses everything else.
    """

    __tablename__ = "consent_events"

    id: Mapped[UUID] = id_column()
    phone: Mapped[str]
    purpose: Mapped[Purpose | None] = mapped_column(sa.Text)
    kind: Mapped[ConsentKind] = mapped_column(sa.Text)
    method: Mapped[ConsentMethod] = mapped_column(sa.Text)
    wording: Mapped[str | None]
    wording_version: Mapped[str | None]
    location_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("locations.id"))
    # The inbound text that says it; no foreign key, messages are above consent.
    message_id: Mapped[UUID | None]
    provider_sid: Mapped[str | None]
    actor_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    actor_name: Mapped[str | None]
    ip: Mapped[str | None] = mapped_column(postgresql.INET)
    user_agent: Mapped[str | None]
    note: Mapped[str | None]
    at: Mapped[datetime]

    __table_args__ = (
        sa.Index("ix_consent_events_phone_id", "phone", "id"),
        enum_check("purpose", Purpose, "purpose_is_known"),
        enum_check("kind", ConsentKind, "kind_is_known"),
        enum_check("method", ConsentMethod, "method_is_known"),
        sa.CheckConstraint(_E164, name="phone_is_e164"),
        sa.CheckConstraint(
            "kind <> 'restored' OR method = 'signed_form' "
            "OR (method = 'start_keyword' AND message_id IS NOT NULL AND purpose IS DISTINCT FROM 'marketing')",
            name="restored_by_the_owner_alone",
        ),
        sa.CheckConstraint(
            "method NOT IN ('staff', 'counter', 'phone_call', 'email') OR actor_id IS NOT NULL",
            name="staff_is_named",
        ),
    )


class NumberConsent(Model):
    """What a number's events amount to now; a trigger keeps it in the transaction of each event.

    Its row is the lock that a send and a STOP take turns at. `*_event_id` is the event that decided.
    """

    __tablename__ = "consent_states"

    phone: Mapped[str] = mapped_column(primary_key=True)
    informational: Mapped[ConsentState] = mapped_column(sa.Text)
    marketing: Mapped[ConsentState] = mapped_column(sa.Text)
    informational_event_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("consent_events.id"))
    marketing_event_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("consent_events.id"))
    changed_at: Mapped[datetime]

    __table_args__ = (
        enum_check("informational", ConsentState, "informational_is_known"),
        enum_check("marketing", ConsentState, "marketing_is_known"),
    )


class ConsentReview(Model):
    """A reply that may or may not mean "stop texting me": a person decides until `due_at`.

    Automated texts to the number wait meanwhile. Open while `decided_at` is NULL.
    """

    __tablename__ = "consent_reviews"

    id: Mapped[UUID] = id_column()
    phone: Mapped[str]
    kind: Mapped[ReviewKind] = mapped_column(sa.Text)
    message_id: Mapped[UUID]
    location_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("locations.id"))
    opened_at: Mapped[datetime]
    # 47 CFR 64.1200(a)(10): within ten business days.
    due_at: Mapped[datetime]
    decision: Mapped[ReviewDecision | None] = mapped_column(sa.Text)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.Index("ix_consent_reviews_open", "phone", postgresql_where=sa.text("decided_at IS NULL")),
        sa.UniqueConstraint("message_id", "kind"),
        enum_check("kind", ReviewKind, "kind_is_known"),
        enum_check("decision", ReviewDecision, "decision_is_known"),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)",
            name="decision_says_who_and_when",
        ),
    )


# A grant that was on its way while the STOP came: the trigger has the last word.
explain_constraint("ck_consent_events_revoked_stays_revoked", lambda: OptedOutError(STOP_STANDS))
