"""Read invoices, and which day's books are open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.core.clock import local_day
from backend.core.edits import wire
from backend.core.errors import NotFoundError
from backend.invoices.models import Invoice, InvoiceReversal, InvoiceVersion
from backend.invoices.rules import Days
from backend.shop import queries as shop

# The closes are kept by `backend.books`, above on the map.
_LAST_CLOSED = sa.text("SELECT max(day) FROM day_closes WHERE location_id = :location_id").columns(day=sa.Date)


def find_days(session: Session, location_id: UUID, now: datetime) -> Days:
    """Return a location's local day, and the first day whose books take entries."""
    today = local_day(now, shop.get_zone(session, location_id))
    closed: date | None = session.scalar(_LAST_CLOSED, {"location_id": location_id})
    return Days(today, date.min if closed is None else closed + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of an invoice; `reversed_*` where it was unlocked. Money in cents, dates local."""

    id: UUID
    version_no: int
    document_hash: str
    labor_net_cents: int
    parts_net_cents: int
    fees_net_cents: int
    tax_cents: int
    total_cents: int
    issued_on: date
    issued_at: datetime
    issued_by: str | None
    reversed_on: date | None
    reversed_at: datetime | None
    reversed_by: str | None
    reversal_reason: str | None

    @property
    def stands(self) -> bool:
        """Whether it is what the customer was charged."""
        return self.reversed_at is None


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice with its newest version; it is locked while that one stands."""

    id: UUID
    number: int
    location_id: UUID
    appointment_id: UUID
    appointment_number: int
    customer_name: str | None
    vehicle: str | None
    currency: str
    created_at: datetime
    newest: VersionView


_issuer, _reverser = sa.orm.aliased(User), sa.orm.aliased(User)
_VERSION = (
    InvoiceVersion.id,
    InvoiceVersion.version_no,
    InvoiceVersion.document_hash,
    InvoiceVersion.labor_net_cents,
    InvoiceVersion.parts_net_cents,
    InvoiceVersion.fees_net_cents,
    InvoiceVersion.tax_cents,
    InvoiceVersion.total_cents,
    InvoiceVersion.issued_on,
    InvoiceVersion.issued_at,
    _issuer.name,
    InvoiceReversal.reversed_on,
    InvoiceReversal.reversed_at,
    _reverser.name,
    InvoiceReversal.reason,
)
_HEAD = (
    Invoice.id,
    Invoice.number,
    Invoice.location_id,
    Invoice.appointment_id,
    Appointment.number,
    Appointment.customer_name,
    Appointment.vehicle_label,
    InvoiceVersion.document[("shop", "currency")].astext,
    Invoice.created_at,
)


def _versions(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(InvoiceVersion)
        .outerjoin(InvoiceReversal, InvoiceReversal.version_id == InvoiceVersion.id)
        .outerjoin(_issuer, _issuer.id == InvoiceVersion.issued_by)
        .outerjoin(_reverser, _reverser.id == InvoiceReversal.reversed_by)
    )


def _newest() -> sa.Select[Any]:
    later = sa.orm.aliased(InvoiceVersion)
    return (
        _versions(*_HEAD, *_VERSION)
        .join(Invoice, Invoice.id == InvoiceVersion.invoice_id)
        .join(Appointment, Appointment.id == Invoice.appointment_id)
        .where(
            ~sa.exists().where(
                later.invoice_id == InvoiceVersion.invoice_id, later.version_no > InvoiceVersion.version_no
            )
        )
    )


def _view(row: Any) -> InvoiceView:
    values = (*row[: len(_HEAD)], VersionView(*row[len(_HEAD) :]))
    return InvoiceView(*values)


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices to list: issued on local days from the first to the last, both inclusive; None does not filter."""

    location_ids: tuple[UUID, ...]
    first_day: date | None = None
    last_day: date | None = None
    number: int | None = None
    customer_id: UUID | None = None


ListKey = tuple[datetime, UUID]


def list_invoices(session: Session, wanted: InvoiceFilter, *, after: ListKey | None, limit: int) -> list[InvoiceView]:
    """List invoices, the newest first, those after `after`."""
    statement = _newest().where(Invoice.location_id.in_(wanted.location_ids))
    if wanted.first_day is not None:
        statement = statement.where(InvoiceVersion.issued_on >= wanted.first_day)
    if wanted.last_day is not None:
        statement = statement.where(InvoiceVersion.issued_on <= wanted.last_day)
    if wanted.number is not None:
        statement = statement.where(Invoice.number == wanted.number)
    if wanted.customer_id is not None:
        statement = statement.where(Appointment.customer_id == wanted.customer_id)
    key = (Invoice.created_at, Invoice.id)
    if after is not None:
        statement = statement.where(sa.tuple_(*key) < sa.tuple_(*after))
    rows = session.execute(statement.order_by(*(column.desc() for column in key)).limit(limit))
    return [_view(row) for row in rows]


def find_of_visit(session: Session, appointment_id: UUID) -> InvoiceView | None:
    """Return a visit's invoice, None where there is none."""
    row = session.execute(_newest().where(Invoice.appointment_id == appointment_id)).first()
    return None if row is None else _view(row)


def get_invoice(session: Session, invoice_id: UUID, location_ids: Iterable[UUID]) -> InvoiceView:
    """Return an invoice of one of these locations.

    Raises:
        NotFoundError: there is none such.
    """
    row = session.execute(
        _newest().where(Invoice.id == invoice_id, Invoice.location_id.in_(tuple(location_ids)))
    ).first()
    if row is None:
        raise NotFoundError("There is no such invoice.")
    return _view(row)


def list_versions(session: Session, invoice_id: UUID) -> list[VersionView]:
    """List an invoice's versions, the newest first."""
    rows = session.execute(
        _versions(*_VERSION).where(InvoiceVersion.invoice_id == invoice_id).order_by(InvoiceVersion.version_no.desc())
    )
    return [VersionView(*row) for row in rows]


def get_document(session: Session, version_id: UUID) -> dict[str, Any]:
    """Return the frozen paper of a version.

    Raises:
        NotFoundError: there is none such.
    """
    document: dict[str, Any] | None = session.scalar(
        sa.select(InvoiceVersion.document).where(InvoiceVersion.id == version_id)
    )
    if document is None:
        raise NotFoundError("There is no such version.")
    return document


def number_of(session: Session, appointment_id: UUID) -> int | None:
    """Return the number of a visit's invoice, None where there is none."""
    return session.scalar(sa.select(Invoice.number).where(Invoice.appointment_id == appointment_id))


def shown_version(version: VersionView) -> dict[str, Any]:
    """Return a version as the wire shows it."""
    return dict(wire(version))


def shown(view: InvoiceView) -> dict[str, Any]:
    """Return an invoice as the wire shows it."""
    return {**wire(view), "isLocked": view.newest.stands}
