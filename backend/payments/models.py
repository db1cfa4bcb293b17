"""The ledger: entries are added and never changed; the database refuses UPDATE, DELETE and TRUNCATE."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

import backend.links.models  # noqa: F401  the table that a foreign key points at
from backend.core.db import Model, enum_check, explain_constraint, id_column
from backend.invoices.rules import DayClosedError
from backend.payments.rules import AlreadyVoidedError, NotReversibleError, PaidOnlineError, RefundTooLargeError


class PaymentKind(StrEnum):
    """A void or refund is an entry of its own that points at what it reverses."""

    PAYMENT = "payment"
    VOID = "void"
    REFUND = "refund"


class PaymentMethod(StrEnum):
    """How the money came."""

    CASH = "cash"
    CARD = "card"
    CHECK = "check"
    ACH = "ach"
    OTHER = "other"


class Payment(Model):
    """A ledger entry: `amount_cents` is positive for a payment, negative for what reverses one.

    `accounting_on` is the location's local date the entry belongs to.
    """

    __tablename__ = "payments"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    kind: Mapped[PaymentKind] = mapped_column(sa.Text)
    method: Mapped[PaymentMethod] = mapped_column(sa.Text)
    amount_cents: Mapped[int]
    currency: Mapped[str]
    note: Mapped[str | None]
    # A check's number, a card's last four digits, what the bank calls it.
    reference: Mapped[str | None]
    is_deposit: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # The card processor's own id of the entry; one entry for each, however often it is told.
    provider_id: Mapped[str | None]
    reverses_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payments.id"))
    accounting_on: Mapped[date]
    # A day whose books were closed when this came in late: it is about that day and stands in an open one.
    for_day: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.Index(None, "appointment_id"),
        # day close, journal, reports
        sa.Index(None, "location_id", "accounting_on"),
        # an entry is voided once
        sa.Index("uq_payments_void", "reverses_id", unique=True, postgresql_where=sa.text("kind = 'void'")),
        sa.Index(None, "reverses_id", postgresql_where=sa.text("reverses_id IS NOT NULL")),
        sa.Index(
            "uq_payments_provider_id", "provider_id", unique=True, postgresql_where=sa.text("provider_id IS NOT NULL")
        ),
        enum_check("kind", PaymentKind, "kind_is_known"),
        enum_check("method", PaymentMethod, "method_is_known"),
        sa.CheckConstraint(
            "(kind = 'payment' AND amount_cents > 0 AND reverses_id IS NULL) "
            "OR (kind <> 'payment' AND amount_cents < 0 AND reverses_id IS NOT NULL)",
            name="sign_follows_kind",
        ),
    )


class CheckoutStatus(StrEnum):
    """How an online payment stands; `paid` has its ledger entry."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


class Checkout(Model):
    """A customer's try to pay online: made before the card processor is asked, so that nothing it tells is unknown."""

    __tablename__ = "checkouts"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    link_visit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("link_visits.id"))
    amount_cents: Mapped[int]
    currency: Mapped[str]
    status: Mapped[CheckoutStatus] = mapped_column(sa.Text, default=CheckoutStatus.OPEN, server_default="open")
    # The processor's ids: of the page where the customer pays, and of the payment.
    provider_session_id: Mapped[str | None]
    provider_payment_id: Mapped[str | None]
    url: Mapped[str | None]
    payment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payments.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("provider_session_id"),
        sa.Index(None, "appointment_id"),
        sa.Index(None, "updated_at"),
        enum_check("status", CheckoutStatus, "status_is_known"),
        sa.CheckConstraint("amount_cents > 0", name="amount_is_positive"),
        sa.CheckConstraint("(status = 'paid') = (payment_id IS NOT NULL)", name="paid_has_its_entry"),
    )


class Reconciliation(Model):
    """A comparison of the ledger with the card processor's books from `since` on: what agreed, and each difference.

    `differences` lists `payments.rules.Finding`s, with the location of what we know.
    """

    __tablename__ = "reconciliations"

    id: Mapped[UUID] = id_column()
    since: Mapped[datetime]
    ran_at: Mapped[datetime]
    matched: Mapped[int]
    matched_cents: Mapped[int]
    differences: Mapped[list[dict[str, Any]]] = mapped_column(postgresql.JSONB)


# The commands say these first, with the amounts; the database has the last word on what slips past them.
explain_constraint("uq_payments_void", lambda: AlreadyVoidedError("This payment was voided already."))
explain_constraint(
    "uq_payments_provider_id", lambda: PaidOnlineError("The card processor has told of this already. Look again.")
)
explain_constraint(
    "ck_payments_day_is_open",
    lambda: DayClosedError("The books of this day were closed just now. Enter it once more: it goes to the next day."),
)
explain_constraint(
    "ck_payments_reverses_a_payment",
    lambda: NotReversibleError("Only a payment can be voided or refunded; a reversal can't be reversed."),
)
explain_constraint(
    "ck_payments_reversals_within_the_original",
    lambda: RefundTooLargeError("That is more than is left of this payment. Look again."),
)
explain_constraint(
    "ck_payments_sign_follows_kind",
    lambda: NotReversibleError("A payment adds money; what gives it back names the payment."),
)
