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

    `document` is frozen and `document_hash` its SHA-256. `*_net_cents` are after discounts and before tax, `labor_seconds`
    is the labor sold. The database sets `location_id` and `appointment_id` to its invoice's.
    """

    __tablename__ = "invoice_versions"

    id: Mapped[UUID] = id_column()
    invoice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("invoices.id"))
    location_id: Mapped[UUID] = mapped_column(server_default=sa.FetchedValue())
    appointment_id: Mapped[UUID] = mapped_column(server_default=sa.FetchedValue())
    version_no: Mapped[int]
    document: Mapped[dict[str, Any]]
    document_hash: Mapped[str]
    labor_net_cents: Mapped[int]
    parts_net_cents: Mapped[int]
    fees_net_cents: Mapped[int]
    tax_cents: Mapped[int]
    total_cents: Mapped[int]
    labor_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.UniqueConstraint("invoice_id", "version_no"),
        # figures: what was posted on some days, without a look at the papers
        sa.Index(
            "ix_invoice_versions_location_id_issued_on",
            "location_id",
            "issued_on",
            postgresql_include=[
                *("id", "appointment_id", "labor_net_cents", "parts_net_cents", "fees_net_cents", "labor_seconds")
            ],
        ),
        sa.CheckConstraint("labor_seconds >= 0", name="labor_seconds_are_not_negative"),
        sa.CheckConstraint(
            "total_cents = labor_net_cents + parts_net_cents + fees_net_cents + tax_cents", name="total_is_the_sum"
        ),
    )


class InvoiceReversal(Model):
    """The unlocking of a version: append-only, posted on the local date `reversed_on`, with who and why.

    The database sets `location_id` to its version's.
    """

    __tablename__ = "invoice_reversals"

    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("invoice_versions.id"), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(server_default=sa.FetchedValue())
    reversed_on: Mapped[date]
    reversed_at: Mapped[datetime]
    reversed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str]

    __table_args__ = (
        # figures: what was taken back on some days
        sa.Index(
            "ix_invoice_reversals_location_id_reversed_on",
            "location_id",
            "reversed_on",
            postgresql_include=["version_id"],
        ),
    )


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
