"""The ledger: entries are added and never changed; the database refuses UPDATE, DELETE and TRUNCATE."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column


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
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    kind: Mapped[PaymentKind] = mapped_column(sa.Text)
    method: Mapped[PaymentMethod] = mapped_column(sa.Text)
    amount_cents: Mapped[int]
    currency: Mapped[str]
    note: Mapped[str | None]
    reverses_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payments.id"))
    accounting_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.Index(None, "appointment_id"),
        enum_check("kind", PaymentKind, "kind_is_known"),
        enum_check("method", PaymentMethod, "method_is_known"),
        sa.CheckConstraint(
            "(kind = 'payment' AND amount_cents > 0 AND reverses_id IS NULL) "
            "OR (kind <> 'payment' AND amount_cents < 0 AND reverses_id IS NOT NULL)",
            name="sign_follows_kind",
        ),
    )
