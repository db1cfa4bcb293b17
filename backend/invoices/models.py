"""Invoices and their versions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, explain_constraint, id_column
from backend.invoices.rules import AlreadyInvoicedError, DayClosedError, NotIssuedError


class InvoiceCounter(Model):
    """The next invoice number of a location; its row lock makes numbers without gaps."""

    __tablename__ = "invoice_counters"

    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"), primary_key=True)
    next_number: Mapped[int] = mapped_column(default=1, server_default="1")


class Invoice(Model):
    """A visit's invoice number; what was invoiced is in its versions."""

    __tablename__ = "invoices"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    number: Mapped[int]
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("location_id", "number"), sa.UniqueConstraint("appointment_id"))


class InvoiceVersion(Model):
    """What an invoice said: append-only. Posted on the local date `issued_on`; money in cents, summed from its lines.

    `document` is frozen and `document_hash` its SHA-256. `*_net_cents` are after discounts and before tax.
    """

    __tablename__ = "invoice_versions"

    id: Mapped[UUID] = id_column()
    invoice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("invoices.id"))
    version_no: Mapped[int]
    document: Mapped[dict[str, Any]]
    document_hash: Mapped[str]
    labor_net_cents: Mapped[int]
    parts_net_cents: Mapped[int]
    fees_net_cents: Mapped[int]
    tax_cents: Mapped[int]
    total_cents: Mapped[int]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.UniqueConstraint("invoice_id", "version_no"),
        sa.Index(None, "issued_on"),
        sa.CheckConstraint(
            "total_cents = labor_net_cents + parts_net_cents + fees_net_cents + tax_cents", name="total_is_the_sum"
        ),
    )


class InvoiceReversal(Model):
    """The unlocking of a version: append-only, posted on the local date `reversed_on`, with who and why."""

    __tablename__ = "invoice_reversals"

    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("invoice_versions.id"), primary_key=True)
    reversed_on: Mapped[date]
    reversed_at: Mapped[datetime]
    reversed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str]

    __table_args__ = (sa.Index(None, "reversed_on"),)


explain_constraint(
    "ck_invoice_versions_day_is_open",
    lambda: DayClosedError("The books of this day were closed just now. Do it once more: it goes to the next day."),
)
for _constraint in (
    "uq_invoices_appointment_id",
    "uq_invoices_location_id_number",
    "uq_invoice_versions_invoice_id_version_no",
):
    explain_constraint(
        _constraint, lambda: AlreadyInvoicedError("Somebody invoiced this visit at the same moment. Look again.")
    )
explain_constraint(
    "pk_invoice_reversals", lambda: NotIssuedError("Somebody unlocked this invoice just now. Look again.")
)
