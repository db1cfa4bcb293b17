"""Invoices and their versions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, id_column


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
