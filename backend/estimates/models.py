"""Estimates and approvals."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column
from backend.estimates.rules import Decision, Method


class Estimate(Model):
    """A version of a visit's estimate as it was shown: `document` is frozen, `document_hash` its SHA-256.

    `link_cap_cents` is what may be approved by the link alone, without the last four digits of the phone.
    A trigger refuses to change any of it, but that it was opened and superseded, once each.
    """

    __tablename__ = "estimates"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    version_no: Mapped[int]
    document: Mapped[dict[str, Any]]
    document_hash: Mapped[str]
    total_cents: Mapped[int]
    link_cap_cents: Mapped[int]
    # Paper or screen at the counter has no link.
    link_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("signed_links.id"))
    message_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("messages.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    opened_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("appointment_id", "version_no"),
        # figures: what was shown first on some days
        sa.Index(
            "ix_estimates_first_shown",
            "location_id",
            "created_at",
            postgresql_include=["appointment_id"],
            postgresql_where=sa.text("version_no = 1"),
        ),
        sa.CheckConstraint("document_hash ~ '^[0-9a-f]{64}$'", name="hash_is_sha256"),
        sa.CheckConstraint("link_cap_cents >= 0", name="cap_is_not_negative"),
    )


class ApprovalRecord(Model):
    """One thing that was said about one job: append-only evidence.

    An approval by phone names whom we spoke with, at which number, what was added in parts and labor and the new
    total (California B&P Code §9884.9, 16 CCR §3353(c)). `amount_cents` is the job's total as it was said to.
    """

    __tablename__ = "approvals"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    job_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointment_jobs.id"))
    estimate_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("estimates.id"))
    decision: Mapped[Decision] = mapped_column(sa.Text)
    method: Mapped[Method] = mapped_column(sa.Text)
    # When it was said; `recorded_at` is when we wrote it down.
    said_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    job_name: Mapped[str]
    amount_cents: Mapped[int]
    document_hash: Mapped[str | None]
    # The typed name of a signature, or whom we spoke with.
    person: Mapped[str | None]
    phone: Mapped[str | None]
    reason: Mapped[str | None]
    words: Mapped[str | None]
    spending_cap_cents: Mapped[int | None]
    added_parts_cents: Mapped[int | None]
    added_labor_cents: Mapped[int | None]
    new_total_cents: Mapped[int | None]
    link_visit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("link_visits.id"))
    # Whether the browser had given the last four digits of the customer's phone by then.
    is_known: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    ip: Mapped[str | None] = mapped_column(postgresql.INET)
    user_agent: Mapped[str | None]
    recorded_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.Index(None, "appointment_id"),
        sa.Index(None, "job_id"),
        enum_check("decision", Decision, "decision_is_known"),
        enum_check("method", Method, "method_is_known"),
        sa.CheckConstraint(
            "method <> 'phone' OR decision <> 'approved' OR (person IS NOT NULL AND phone IS NOT NULL "
            "AND added_parts_cents IS NOT NULL AND added_labor_cents IS NOT NULL AND new_total_cents IS NOT NULL)",
            name="an_approval_by_phone_says_who_and_how_much",
        ),
        sa.CheckConstraint(
            "method <> 'link' OR decision <> 'approved' OR (person IS NOT NULL AND document_hash IS NOT NULL)",
            name="an_approval_by_link_is_signed",
        ),
        sa.CheckConstraint("decision <> 'declined' OR reason IS NOT NULL", name="a_refusal_has_a_reason"),
        sa.CheckConstraint("method = 'link' OR NOT is_known", name="digits_are_given_at_a_link"),
        sa.CheckConstraint("decision <> 'asked' OR words IS NOT NULL", name="a_question_has_words"),
    )
