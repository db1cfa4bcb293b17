"""What is exported, row by row, read as it is sent."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit import queries as audit
from backend.audit.rules import FieldClass
from backend.exports.models import ExportRun
from backend.exports.rules import WINDOW, Report, money
from backend.journal import queries as journal
from backend.journal.rules import ACCOUNT_NAMES
from backend.shop import queries as shop

Row = Sequence[str | None]
_STREAM = {"stream_results": True, "yield_per": 1000}


def list_runs(session: Session, user_id: UUID, now: datetime) -> list[datetime]:
    """List when a person started exports within the hour, the oldest first."""
    return list(
        session.scalars(
            sa.select(ExportRun.started_at)
            .where(ExportRun.user_id == user_id, ExportRun.started_at > now - WINDOW)
            .order_by(ExportRun.started_at)
        )
    )


@dataclass(frozen=True, slots=True)
class Export:
    """A report's head, its rows, and about how many they are, for who waits."""

    head: Sequence[str]
    rows: Iterator[Row]
    count: int


def read_export(
    session: Session,
    report: Report,
    location_ids: Collection[UUID],
    first: date,
    last: date,
    hidden: Collection[FieldClass],
) -> Export:
    """Return a report, the audit log without fields of the `hidden` classes; its rows are read while they are taken."""
    head, read, count = _REPORTS[report]
    if report is Report.AUDIT:
        rows = _audit(session, location_ids, first, last, hidden)
    else:
        rows = read(session, location_ids, first, last)
    values = {"locations": list(location_ids), "first": first, "last": last}
    return Export(head, rows, session.scalar(sa.text(count), values) or 0)


def _to_the_end(rows: sa.Result[Any]) -> Iterator[Any]:
    """Yield rows and close their cursor, also where nobody reads to the end."""
    with closing(rows):
        yield from rows


def _local(instant: datetime | None, zone: str) -> str | None:
    return None if instant is None else f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


# --- appointments -----------------------------------------------------------------------------

_APPOINTMENTS_HEAD = (
    *("Order", "Location", "Day", "Start", "End", "Time zone", "Status", "Customer", "Phone", "Vehicle", "Plate"),
    *("Technician", "Bay", "Key tag", "Reason", "Work", "Checked in", "Promised", "Checked out"),
    *("Total", "Paid", "Owed", "Currency", "Invoice"),
)


def _appointments(session: Session, location_ids: Collection[UUID], first: date, last: date) -> Iterator[Row]:
    rows = session.execute(
        sa.text(
            """
            SELECT a.number, l.name AS location, a.day, a.starts_at, a.ends_at, l.timezone, a.status, a.customer_name,
                   a.customer_phone, a.vehicle_label, a.plate, a.tech_name, a.bay_name, a.key_tag, a.title, a.services_summary,
                   a.check_in_at, a.promised_at, a.check_out_at, a.total_cents, a.paid_cents, l.currency, i.number AS invoice
              FROM appointments a JOIN locations l ON l.id = a.location_id LEFT JOIN invoices i ON i.appointment_id = a.id
             WHERE a.location_id = ANY (:locations) AND a.day BETWEEN :first AND :last AND a.deleted_at IS NULL
             ORDER BY a.day, a.starts_at, a.number
            """
        ),
        {"locations": list(location_ids), "first": first, "last": last},
        execution_options=_STREAM,
    )
    for row in _to_the_end(rows):
        zone = row.timezone
        yield (
            str(row.number),
            row.location,
            row.day.isoformat(),
            _local(row.starts_at, zone),
            _local(row.ends_at, zone),
            zone,
            row.status,
            row.customer_name,
            row.customer_phone,
            row.vehicle_label,
            row.plate,
            row.tech_name,
            row.bay_name,
            row.key_tag,
            row.title,
            row.services_summary,
            _local(row.check_in_at, zone),
            _local(row.promised_at, zone),
            _local(row.check_out_at, zone),
            money(row.total_cents),
            money(row.paid_cents),
            money(max(0, row.total_cents - row.paid_cents)),
            row.currency,
            None if row.invoice is None else str(row.invoice),
        )


# --- payments ---------------------------------------------------------------------------------

_PAYMENTS_HEAD = (
    *("Id", "Date", "Recorded", "Time zone", "Location", "Order", "Invoice", "Customer", "Kind", "Method", "Received"),
    *("Returned", "Currency", "Reference", "Deposit", "For day", "Reverses", "Note", "By"),
)


def _payments(session: Session, location_ids: Collection[UUID], first: date, last: date) -> Iterator[Row]:
    rows = session.execute(
        sa.text(
            """
            SELECT p.id, p.accounting_on, p.created_at, l.timezone, l.name AS location, a.number, i.number AS invoice,
                   a.customer_name, p.kind, p.method, p.amount_cents, p.currency, p.reference, p.is_deposit, p.for_day,
                   p.reverses_id, p.note, u.name AS by
              FROM payments p JOIN appointments a ON a.id = p.appointment_id JOIN locations l ON l.id = p.location_id
              LEFT JOIN invoices i ON i.appointment_id = a.id LEFT JOIN users u ON u.id = p.created_by
             WHERE p.location_id = ANY (:locations) AND p.accounting_on BETWEEN :first AND :last
             ORDER BY p.accounting_on, p.created_at, p.id
            """
        ),
        {"locations": list(location_ids), "first": first, "last": last},
        execution_options=_STREAM,
    )
    for row in _to_the_end(rows):
        yield (
            str(row.id),
            row.accounting_on.isoformat(),
            _local(row.created_at, row.timezone),
            row.timezone,
            row.location,
            str(row.number),
            None if row.invoice is None else str(row.invoice),
            row.customer_name,
            row.kind,
            row.method,
            money(max(0, row.amount_cents)),
            money(max(0, -row.amount_cents)),
            row.currency,
            row.reference,
            "yes" if row.is_deposit else "no",
            None if row.for_day is None else row.for_day.isoformat(),
            None if row.reverses_id is None else str(row.reverses_id),
            row.note,
            row.by,
        )


# --- journal ----------------------------------------------------------------------------------

_JOURNAL_HEAD = (
    *(
        "Entry",
        "Line",
        "Date",
        "Location",
        "Kind",
        "Invoice",
        "Version",
        "Order",
        "Customer",
        "Account",
        "Account name",
    ),
    *("Debit", "Credit", "Currency", "Reference"),
)


def _journal(session: Session, location_ids: Collection[UUID], first: date, last: date) -> Iterator[Row]:
    for entry in journal.iterate_journal(session, location_ids, first, last):
        for number, line in enumerate(entry.lines, start=1):
            yield (
                entry.id,
                str(number),
                entry.day.isoformat(),
                entry.location,
                entry.kind,
                None if entry.invoice_number is None else str(entry.invoice_number),
                None if entry.version_no is None else str(entry.version_no),
                None if entry.appointment_number is None else str(entry.appointment_number),
                entry.customer_name,
                line.account.value,
                ACCOUNT_NAMES[line.account],
                money(line.debit_cents),
                money(line.credit_cents),
                entry.currency,
                entry.reference,
            )


# --- audit ------------------------------------------------------------------------------------


def _audit(
    session: Session, location_ids: Collection[UUID], first: date, last: date, hidden: Collection[FieldClass] = ()
) -> Iterator[Row]:
    """Yield what the verifier needs; days are the locations' own where all keep the same time, else UTC's."""
    zone = shop.common_zone(session, location_ids)
    start, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return audit.export_rows(session, location_ids, start, end, hidden)


_REPORTS: dict[Report, tuple[Sequence[str], Callable[[Session, Collection[UUID], date, date], Iterator[Row]], str]] = {
    Report.APPOINTMENTS: (
        _APPOINTMENTS_HEAD,
        _appointments,
        "SELECT count(*) FROM appointments WHERE location_id = ANY (:locations) AND day BETWEEN :first AND :last AND deleted_at IS NULL",
    ),
    Report.PAYMENTS: (
        _PAYMENTS_HEAD,
        _payments,
        "SELECT count(*) FROM payments WHERE location_id = ANY (:locations) AND accounting_on BETWEEN :first AND :last",
    ),
    Report.JOURNAL: (
        _JOURNAL_HEAD,
        _journal,
        # An entry of a payment has two lines, of an invoice about four.
        """
        SELECT (SELECT 2 * count(*) FROM payments WHERE location_id = ANY (:locations) AND accounting_on BETWEEN :first AND :last)
             + (SELECT 4 * count(*) FROM invoice_versions v
                 WHERE v.location_id = ANY (:locations) AND v.issued_on BETWEEN :first AND :last)
             + (SELECT 2 * count(*) FROM day_closes
                 WHERE location_id = ANY (:locations) AND day BETWEEN :first AND :last AND over_short_cents <> 0)
        """,
    ),
    Report.AUDIT: (
        audit.EXPORT_COLUMNS,
        _audit,
        """
        SELECT count(*) FROM audit_logs WHERE (location_id = ANY (:locations) OR location_id IS NULL)
           AND at >= CAST(:first AS date) AND at < CAST(:last AS date) + 1
        """,
    ),
}
