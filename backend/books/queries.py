"""What the books say: a day's figures, what is owed, and taxes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.appointments.rules import OPEN
from backend.books.models import DayClose
from backend.books.rules import METHODS, MethodFigures, OpenInvoice
from backend.payments.models import Payment, PaymentKind
from backend.shop.models import Location

# --- days -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CloseView:
    """A close: what was expected and counted by method, and who closed it when."""

    id: UUID
    location_id: UUID
    day: date
    expected: dict[str, int]
    counted: dict[str, int]
    over_short_cents: int
    note: str | None
    closed_at: datetime
    closed_by: str


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day with entries that is not closed."""

    day: date
    expected_cents: int
    entries: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day of a location. `close` closed it; `figures` are by method, of it alone; `earlier` by method, of open days before.

    A close that took earlier days along counts them too, so its figures are of all of them. `days` are those with entries in
    `figures`.
    """

    day: date
    close: CloseView | None
    figures: tuple[MethodFigures, ...]
    earlier: tuple[MethodFigures, ...]
    earlier_days: tuple[OpenDay, ...]
    entries: int
    days: tuple[date, ...]


_CLOSE = sa.select(
    DayClose.id,
    DayClose.location_id,
    DayClose.day,
    DayClose.expected,
    DayClose.counted,
    DayClose.over_short_cents,
    DayClose.note,
    DayClose.closed_at,
    User.name,
).join(User, User.id == DayClose.closed_by)


def list_closes(session: Session, location_id: UUID, *, before: date | None, limit: int) -> list[CloseView]:
    """List a location's closes, the newest first, those before a day."""
    statement = _CLOSE.where(DayClose.location_id == location_id)
    if before is not None:
        statement = statement.where(DayClose.day < before)
    return [CloseView(*row) for row in session.execute(statement.order_by(DayClose.day.desc()).limit(limit))]


def find_close(session: Session, location_id: UUID, day: date) -> CloseView | None:
    """Return the close that keeps a day's books shut: its own, or the first later one."""
    row = session.execute(
        _CLOSE.where(DayClose.location_id == location_id, DayClose.day >= day).order_by(DayClose.day).limit(1)
    ).first()
    return None if row is None else CloseView(*row)


def read_day(session: Session, location_id: UUID, day: date) -> DayFigures:
    """Return what a day should hold, from the ledger; a closed one as it was counted."""
    close = find_close(session, location_id, day)
    last = close.day if close else day
    shut = session.scalar(
        sa.select(sa.func.max(DayClose.day)).where(DayClose.location_id == location_id, DayClose.day < day)
    )
    is_payment = Payment.kind == PaymentKind.PAYMENT.value
    rows = session.execute(
        sa.select(
            Payment.accounting_on,
            Payment.method,
            sa.func.coalesce(sa.func.sum(Payment.amount_cents).filter(is_payment), 0),
            sa.func.coalesce(-sa.func.sum(Payment.amount_cents).filter(~is_payment), 0),
            sa.func.count(),
        )
        .where(
            Payment.location_id == location_id,
            Payment.accounting_on > (shut or date.min),
            Payment.accounting_on <= last,
        )
        .group_by(Payment.accounting_on, Payment.method)
        .order_by(Payment.accounting_on)
    ).all()
    # The own entries of a closed day are all that its close counted.
    own = [row for row in rows if close or row[0] == day]
    before = [row for row in rows if not close and row[0] < day]
    days = sorted({row[0] for row in before})
    return DayFigures(
        day,
        close,
        _figures(own, close.counted if close else None),
        _figures(before, None),
        tuple(
            OpenDay(
                one,
                sum(int(row[2]) - int(row[3]) for row in before if row[0] == one),
                sum(row[4] for row in before if row[0] == one),
            )
            for one in days
        ),
        sum(row[4] for row in own),
        tuple(sorted({row[0] for row in own})),
    )


@dataclass(frozen=True, slots=True)
class DayAhead:
    """What may still bring money on a day: open visits that are planned or promised for it, and until when the location is open."""

    open_visits: int
    closes_at: time


def read_day_ahead(session: Session, location_id: UUID, day: date) -> DayAhead:
    """Return what is still to come on a day.

    A car that stays for days counts on the day that it is promised for: one that waits for a part is no reason to keep
    the books of every evening open.
    """
    is_promised = sa.cast(sa.func.timezone(Location.timezone, Appointment.promised_at), sa.Date) == day
    is_here = sa.and_(Appointment.check_in_at.is_not(None), Appointment.check_out_at.is_(None))
    open_visits = session.scalar(
        sa.select(sa.func.count())
        .select_from(Appointment)
        .join(Location, Location.id == Appointment.location_id)
        .where(
            Appointment.location_id == location_id,
            Appointment.deleted_at.is_(None),
            Appointment.status.in_(OPEN),
            sa.or_(Appointment.day == day, sa.and_(Appointment.day < day, is_here, is_promised)),
        )
    )
    closes_at = session.scalars(sa.select(Location.closes_at).where(Location.id == location_id)).one()
    return DayAhead(int(open_visits or 0), closes_at)


def _figures(rows: list[Any], counted: dict[str, int] | None) -> tuple[MethodFigures, ...]:
    return tuple(
        MethodFigures(
            method,
            sum(int(row[2]) for row in rows if row[1] == method),
            sum(int(row[3]) for row in rows if row[1] == method),
            None if counted is None else counted.get(method, 0),
        )
        for method in METHODS
    )


@dataclass(frozen=True, slots=True)
class DayEntry:
    """A ledger entry of a day, for its sheet."""

    at: datetime
    appointment_number: int
    customer_name: str | None
    kind: str
    method: str
    is_deposit: bool
    reference: str | None
    amount_cents: int


def list_day_entries(session: Session, location_id: UUID, days: Collection[date]) -> list[DayEntry]:
    """List the ledger entries of days in the order they were made."""
    rows = session.execute(
        sa.text(
            """
            SELECT p.created_at, a.number, a.customer_name, p.kind, p.method, p.is_deposit, p.reference, p.amount_cents
              FROM payments p JOIN appointments a ON a.id = p.appointment_id
             WHERE p.location_id = :location_id AND p.accounting_on = ANY (:days)
             ORDER BY p.accounting_on, p.created_at, p.id
            """
        ),
        {"location_id": location_id, "days": list(days)},
    )
    return [DayEntry(*row) for row in rows]


def lock_location(session: Session, location_id: UUID) -> Location:
    """Take a location's row for a close: entries that are being made come first, later ones wait and are refused."""
    return session.scalars(
        sa.select(Location)
        .where(Location.id == location_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


# --- what is owed -------------------------------------------------------------------------------

# Visits that may owe or be owed something at the end of a day: those that do now, and those with entries of later days. All
# others stood then as they stand now. So what is asked costs by these, not by a location's history.
_UNSETTLED = """
    SELECT id FROM appointments WHERE location_id = ANY (:locations) AND owed_cents <> 0
    UNION
    SELECT appointment_id FROM payments WHERE location_id = ANY (:locations) AND accounting_on > :day
    UNION
    SELECT appointment_id FROM invoice_versions WHERE location_id = ANY (:locations) AND issued_on > :day
    UNION
    SELECT v.appointment_id FROM invoice_reversals r JOIN invoice_versions v ON v.id = r.version_id
     WHERE r.location_id = ANY (:locations) AND r.reversed_on > :day
"""

# How such a visit's invoice and payments stood at the end of a day, by the days they were posted on.
_STANDING = f"""
    SELECT a.id, a.number AS appointment_number, i.location_id, i.number, v.issued_on, a.customer_id, a.customer_name,
           a.vehicle_label, v.total_cents, coalesce(paid.cents, 0)::bigint AS paid_cents
      FROM invoice_versions v
      JOIN invoices i ON i.id = v.invoice_id
      JOIN appointments a ON a.id = i.appointment_id
      LEFT JOIN invoice_reversals r ON r.version_id = v.id AND r.reversed_on <= :day
      LEFT JOIN LATERAL (
          SELECT sum(p.amount_cents) AS cents FROM payments p WHERE p.appointment_id = a.id AND p.accounting_on <= :day
      ) paid ON true
     WHERE a.id IN ({_UNSETTLED}) AND v.location_id = ANY (:locations) AND v.issued_on <= :day AND r.version_id IS NULL
"""  # noqa: S608  constants only


def list_open_invoices(
    session: Session, location_ids: Collection[UUID], day: date, *, customer_id: UUID | None = None
) -> list[OpenInvoice]:
    """List the invoices that stand with a balance at the end of a day, the oldest first."""
    rows = session.execute(
        sa.text(
            f"""
            SELECT standing.*, CAST(:day AS date) - issued_on FROM ({_STANDING} AND (CAST(:customer AS uuid) IS NULL OR a.customer_id = :customer)) standing
             WHERE total_cents > paid_cents ORDER BY issued_on, number
            """  # noqa: S608  constants only
        ),
        {"locations": list(location_ids), "day": day, "customer": customer_id},
    )
    return [OpenInvoice(*row) for row in rows]


def list_unposted(session: Session, location_ids: Collection[UUID], today: date) -> list[OpenInvoice]:
    """List the invoices that stand with a balance and were issued after today's close: they are in tomorrow's books."""
    tomorrow = today + timedelta(days=1)
    return [one for one in list_open_invoices(session, location_ids, tomorrow) if one.issued_on > today]


def credit_cents(
    session: Session, location_ids: Collection[UUID], day: date, *, customer_id: UUID | None = None
) -> int:
    """Return what was paid above what invoices that stood charged at the end of a day: deposits and overpayments."""
    found = session.scalar(
        sa.text(
            f"""
            WITH standing AS ({_STANDING}),
            paid AS (
                SELECT p.appointment_id, sum(p.amount_cents) AS cents
                  FROM payments p JOIN appointments a ON a.id = p.appointment_id
                 WHERE a.id IN ({_UNSETTLED}) AND p.location_id = ANY (:locations) AND p.accounting_on <= :day
                   AND (CAST(:customer AS uuid) IS NULL OR a.customer_id = :customer)
                 GROUP BY p.appointment_id
            )
            SELECT sum(greatest(paid.cents - coalesce(standing.total_cents, 0), 0))::bigint
              FROM paid LEFT JOIN standing ON standing.id = paid.appointment_id
            """  # noqa: S608  constants only
        ),
        {"locations": list(location_ids), "day": day, "customer": customer_id},
    )
    return int(found or 0)


def find_customer(session: Session, customer_id: UUID) -> dict[str, Any] | None:
    """Return whom a statement is for; also who is no longer on file may owe something."""
    row = session.execute(
        sa.text("SELECT name, company, phone, email FROM customers WHERE id = :id"), {"id": customer_id}
    ).first()
    return None if row is None else row._asdict()


@dataclass(frozen=True, slots=True)
class UninvoicedVisit:
    """Work that is done, has a balance, and was not invoiced yet."""

    appointment_id: UUID
    appointment_number: int
    location_id: UUID
    day: date
    status: str
    customer_id: UUID | None
    customer_name: str | None
    vehicle: str | None
    total_cents: int
    paid_cents: int


def list_uninvoiced(session: Session, location_ids: Collection[UUID], *, limit: int) -> list[UninvoicedVisit]:
    """List visits that are ready or completed and owe something without an invoice, the oldest first."""
    rows = session.execute(
        sa.text(
            """
            SELECT id, number, location_id, day, status, customer_id, customer_name, vehicle_label, total_cents, paid_cents
              FROM appointments
             WHERE location_id = ANY (:locations) AND status IN ('READY', 'COMPLETED') AND deleted_at IS NULL
               AND locked_at IS NULL AND total_cents > paid_cents
             ORDER BY day, number LIMIT :limit
            """
        ),
        {"locations": list(location_ids), "limit": limit},
    )
    return [UninvoicedVisit(*row) for row in rows]


# --- taxes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaxRow:
    """What was charged at a rate: `tax_cents` is the sum of taxes rounded by line, `on_sum_cents` the tax on the sum."""

    tax_class: str
    tax_bp: Decimal
    net_cents: int
    tax_cents: int
    on_sum_cents: int


@dataclass(frozen=True, slots=True)
class TaxReport:
    """Sales taxes of a range, by class and rate; `untaxed_cents` was charged without tax."""

    rows: tuple[TaxRow, ...]
    net_cents: int
    untaxed_cents: int
    tax_cents: int


# Invoice versions that were posted in a range, and reversals with the opposite sign.
_POSTED = """
    SELECT 1 AS sign, v.id, v.document, v.labor_net_cents + v.parts_net_cents + v.fees_net_cents AS net_cents, v.tax_cents
      FROM invoice_versions v
     WHERE v.location_id = ANY (:locations) AND v.issued_on BETWEEN :first AND :last
    UNION ALL
    SELECT -1, v.id, v.document, v.labor_net_cents + v.parts_net_cents + v.fees_net_cents, v.tax_cents
      FROM invoice_reversals r JOIN invoice_versions v ON v.id = r.version_id
     WHERE r.location_id = ANY (:locations) AND r.reversed_on BETWEEN :first AND :last
"""


def read_taxes(session: Session, location_ids: Collection[UUID], first: date, last: date) -> TaxReport:
    """Sum the taxes of what was invoiced in a range, reversals taken off."""
    values = {"locations": list(location_ids), "first": first, "last": last}
    rows = session.execute(
        sa.text(
            f"""
            WITH posted AS ({_POSTED}),
            rates AS (
                SELECT tax->>'taxClass' AS tax_class, (tax->>'taxBp')::numeric AS tax_bp,
                       sum(sign * (tax->>'netCents')::bigint) AS net, sum(sign * (tax->>'taxCents')::bigint) AS tax
                  FROM posted, jsonb_array_elements(document->'taxes') tax GROUP BY 1, 2
            )
            SELECT tax_class, tax_bp, net::bigint, tax::bigint, round(net * tax_bp / 10000)::bigint
              FROM rates WHERE net <> 0 OR tax <> 0 ORDER BY tax_class, tax_bp
            """  # noqa: S608  constants only
        ),
        values,
    )
    found = tuple(TaxRow(*row) for row in rows)
    sums = session.execute(
        sa.text(
            f"SELECT coalesce(sum(sign * net_cents), 0)::bigint, coalesce(sum(sign * tax_cents), 0)::bigint FROM ({_POSTED}) p"  # noqa: S608
        ),
        values,
    ).one()
    return TaxReport(found, sums[0], sums[0] - sum(row.net_cents for row in found), sums[1])
