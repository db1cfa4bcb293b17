"""The journal of a range, its balance, and where a cent is off."""

from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.journal.rules import (
    Account,
    Balance,
    Fault,
    FaultKind,
    JournalLine,
    Movement,
    close_lines,
    journal_lines,
)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An entry: its stable id, what it is about, and its balanced lines; a day's close is about no appointment."""

    id: str
    day: date
    at: datetime
    turn: int
    kind: str
    location_id: UUID
    location: str
    currency: str
    appointment_id: UUID | None
    appointment_number: int | None
    customer_name: str | None
    invoice_number: int | None
    version_no: int | None
    reference: str | None
    lines: tuple[JournalLine, ...]


# The visits that moved in a range.
_MOVED = """
    WITH moved AS (
        SELECT appointment_id FROM payments WHERE location_id = ANY (:locations) AND accounting_on BETWEEN :first AND :last
        UNION
        SELECT v.appointment_id FROM invoice_versions v
         WHERE v.location_id = ANY (:locations) AND v.issued_on BETWEEN :first AND :last
        UNION
        SELECT v.appointment_id FROM invoice_reversals r JOIN invoice_versions v ON v.id = r.version_id
         WHERE r.location_id = ANY (:locations) AND r.reversed_on BETWEEN :first AND :last
    )
"""
# Every movement of theirs: how a visit stood is summed over all that was recorded before.
# Of movements of one instant a payment comes before the invoice that it settled.
_MOVEMENTS = f"""
    {_MOVED},
    movement AS (
        SELECT 'payment:' || p.id AS id, p.appointment_id, p.location_id, p.accounting_on AS day, p.created_at AS at, 1 AS turn,
               p.kind, p.method, p.reference, NULL::bigint AS number, NULL::bigint AS version_no,
               0::bigint AS labor, 0::bigint AS parts, 0::bigint AS fees, 0::bigint AS tax, p.amount_cents AS paid
          FROM payments p JOIN moved USING (appointment_id)
        UNION ALL
        SELECT 'invoice:' || v.id, i.appointment_id, i.location_id, v.issued_on, v.issued_at, 2,
               'invoice', NULL, NULL, i.number, v.version_no,
               v.labor_net_cents, v.parts_net_cents, v.fees_net_cents, v.tax_cents, 0
          FROM invoice_versions v JOIN invoices i ON i.id = v.invoice_id JOIN moved ON moved.appointment_id = i.appointment_id
        UNION ALL
        SELECT 'reversal:' || v.id, i.appointment_id, i.location_id, r.reversed_on, r.reversed_at, 0,
               'reversal', NULL, NULL, i.number, v.version_no,
               -v.labor_net_cents, -v.parts_net_cents, -v.fees_net_cents, -v.tax_cents, 0
          FROM invoice_reversals r JOIN invoice_versions v ON v.id = r.version_id JOIN invoices i ON i.id = v.invoice_id
          JOIN moved ON moved.appointment_id = i.appointment_id
    ),
    standing AS (
        SELECT movement.*,
               (sum(labor + parts + fees + tax) OVER visit - (labor + parts + fees + tax))::bigint AS charged_before,
               (sum(paid) OVER visit - paid)::bigint AS paid_before
          FROM movement
        WINDOW visit AS (PARTITION BY appointment_id ORDER BY at, turn, id ROWS UNBOUNDED PRECEDING)
    )
    SELECT m.*, l.name AS location, l.currency
      FROM (
          SELECT s.*, a.number AS appointment_number, a.customer_name, NULL::jsonb AS expected, NULL::jsonb AS counted
            FROM standing s JOIN appointments a ON a.id = s.appointment_id
          UNION ALL
          -- What was over or short when a day was counted; a close that found what it expected moves nothing.
          SELECT 'close:' || c.id, NULL, c.location_id, c.day, c.closed_at, 3, 'close', NULL, c.note, NULL, NULL, 0, 0, 0, 0, 0, 0, 0,
                 NULL, NULL, c.expected, c.counted
            FROM day_closes c
           WHERE EXISTS (
                     SELECT FROM jsonb_object_keys(c.expected || c.counted) method
                      WHERE coalesce((c.counted->>method)::bigint, 0) <> coalesce((c.expected->>method)::bigint, 0)
                 )
      ) m JOIN locations l ON l.id = m.location_id
     WHERE m.day BETWEEN :first AND :last AND m.location_id = ANY (:locations)
"""  # noqa: S608  constants only


def iterate_journal(
    session: Session,
    location_ids: Collection[UUID],
    first: date,
    last: date,
    *,
    after: tuple[date, datetime, int, str] | None = None,
    limit: int | None = None,
    newest_first: bool = False,
) -> Iterator[JournalEntry]:
    """Yield a range's entries by day, in the order they were recorded or backwards, reading as they are taken."""
    beyond, way = ("<", "DESC") if newest_first else (">", "ASC")
    statement = (
        f"{_MOVEMENTS} AND (m.day, m.at, m.turn, m.id) {beyond} (:day, :at, :turn, :id)" if after else _MOVEMENTS
    )
    values: dict[str, Any] = {"locations": list(location_ids), "first": first, "last": last, "limit": limit}
    if after:
        values |= dict(zip(("day", "at", "turn", "id"), after, strict=True))
    rows = session.execute(
        sa.text(f"{statement} ORDER BY m.day {way}, m.at {way}, m.turn {way}, m.id {way} LIMIT :limit"),
        values,
        execution_options={"stream_results": True, "yield_per": 1000},
    )
    # Also where nobody reads to the end.
    with closing(rows):
        for row in rows:
            yield _entry(row)


def _entry(row: Any) -> JournalEntry:
    lines = close_lines(row.expected, row.counted) if row.kind == "close" else journal_lines(_movement(row))
    return JournalEntry(
        row.id,
        row.day,
        row.at,
        row.turn,
        row.kind,
        row.location_id,
        row.location,
        row.currency,
        row.appointment_id,
        row.appointment_number,
        row.customer_name,
        row.number,
        row.version_no,
        row.reference,
        tuple(lines),
    )


def _movement(row: Any) -> Movement:
    return Movement(row.labor, row.parts, row.fees, row.tax, row.paid, row.method, row.charged_before, row.paid_before)


_SUMS = """
    SELECT (SELECT coalesce(sum(v.total_cents), 0) FROM invoice_versions v
             WHERE v.location_id = ANY (:locations) AND v.issued_on BETWEEN :first AND :last)
         - (SELECT coalesce(sum(v.total_cents), 0) FROM invoice_reversals r JOIN invoice_versions v ON v.id = r.version_id
             WHERE r.location_id = ANY (:locations) AND r.reversed_on BETWEEN :first AND :last),
           (SELECT coalesce(sum(amount_cents), 0) FROM payments
             WHERE location_id = ANY (:locations) AND accounting_on BETWEEN :first AND :last)
"""


def read_balance(session: Session, location_ids: Collection[UUID], first: date, last: date) -> Balance:
    """Sum a range's journal by account, and its invoices and payments from their own tables."""
    accounts: dict[Account, tuple[int, int]] = {}
    entries = 0
    for entry in iterate_journal(session, location_ids, first, last):
        entries += 1
        for line in entry.lines:
            debit, credit = accounts.get(line.account, (0, 0))
            accounts[line.account] = (debit + line.debit_cents, credit + line.credit_cents)
    values = {"locations": list(location_ids), "first": first, "last": last}
    invoiced, paid = session.execute(sa.text(_SUMS), values).one()
    return Balance(dict(sorted(accounts.items())), entries, int(invoiced), int(paid))


# --- where a cent is off --------------------------------------------------------------------------

_FAULTS = f"""
    {_MOVED},
    version AS (
        SELECT v.*, i.number, r.version_id IS NULL AS stands
          FROM invoice_versions v JOIN invoices i ON i.id = v.invoice_id
          JOIN moved ON moved.appointment_id = i.appointment_id
          LEFT JOIN invoice_reversals r ON r.version_id = v.id
    ),
    closed AS (
        SELECT day, expected, location_id, lag(day) OVER (PARTITION BY location_id ORDER BY day) AS before
          FROM day_closes WHERE location_id = ANY (:locations)
    )
    SELECT 'ledger' AS kind, a.number::text, coalesce(sum(p.amount_cents), 0)::bigint AS expected, a.paid_cents AS found
      FROM moved JOIN appointments a ON a.id = moved.appointment_id LEFT JOIN payments p ON p.appointment_id = a.id
     GROUP BY a.id HAVING coalesce(sum(p.amount_cents), 0) <> a.paid_cents
    UNION ALL
    SELECT 'owed', a.number::text, entered.cents, a.owed_cents
      FROM moved JOIN appointments a ON a.id = moved.appointment_id, LATERAL (
          SELECT coalesce(sum(total_cents), 0)::bigint - a.paid_cents AS cents
            FROM version WHERE version.appointment_id = a.id AND stands
      ) entered
     WHERE entered.cents <> a.owed_cents
    UNION ALL
    SELECT 'lines', number || ' version ' || version_no, lines.cents, total_cents
      FROM version, LATERAL (
          SELECT coalesce(sum((line->>'priceCents')::bigint - (line->>'discountCents')::bigint + (line->>'taxCents')::bigint), 0)
                 ::bigint AS cents,
                 coalesce(sum((line->>'taxCents')::bigint), 0)::bigint AS tax
            FROM jsonb_array_elements(document->'jobs') job, jsonb_array_elements(job->'lines') line
           WHERE (job->>'isChosen')::boolean AND job->>'approval' <> 'declined'
      ) lines
     WHERE lines.cents <> total_cents OR lines.tax <> tax_cents
        OR (document->'totals'->>'laborCents')::bigint <> labor_net_cents
        OR (document->'totals'->>'partsCents')::bigint <> parts_net_cents
        OR (document->'totals'->>'feesCents')::bigint <> fees_net_cents
    UNION ALL
    SELECT 'standing', a.number::text, coalesce(sum(version.total_cents) FILTER (WHERE stands), 0)::bigint, a.total_cents
      FROM version JOIN appointments a ON a.id = version.appointment_id
     GROUP BY a.id
    HAVING count(*) FILTER (WHERE stands) > 1
        OR (count(*) FILTER (WHERE stands) = 1 AND sum(version.total_cents) FILTER (WHERE stands) <> a.total_cents)
    UNION ALL
    SELECT 'reversals', a.number::text, p.amount_cents, -sum(back.amount_cents)::bigint
      FROM moved JOIN payments p ON p.appointment_id = moved.appointment_id JOIN payments back ON back.reverses_id = p.id
      JOIN appointments a ON a.id = p.appointment_id
     GROUP BY p.id, a.id HAVING -sum(back.amount_cents) > p.amount_cents
    UNION ALL
    SELECT 'close', closed.day::text, ledger.cents, said.cents
      FROM closed, LATERAL (
          SELECT coalesce(sum(amount_cents), 0)::bigint AS cents FROM payments
           WHERE location_id = closed.location_id AND accounting_on <= closed.day
             AND accounting_on > coalesce(closed.before, '-infinity')
      ) ledger, LATERAL (SELECT coalesce(sum(value::bigint), 0)::bigint AS cents FROM jsonb_each_text(closed.expected)) said
     WHERE closed.day >= :first AND coalesce(closed.before, '-infinity') < :last AND ledger.cents <> said.cents
    UNION ALL
    SELECT 'count', day::text, differs.cents, over_short_cents
      FROM day_closes, LATERAL (
          SELECT (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(counted))::bigint
               - (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(expected))::bigint AS cents
      ) differs
     WHERE location_id = ANY (:locations) AND day BETWEEN :first AND :last AND differs.cents <> over_short_cents
     ORDER BY 1, 2
"""  # noqa: S608  constants only


def list_faults(session: Session, location_ids: Collection[UUID], first: date, last: date) -> list[Fault]:
    """List where the books of a range do not agree to the cent; nothing, unless somebody went around the database's guards."""
    rows = session.execute(sa.text(_FAULTS), {"locations": list(location_ids), "first": first, "last": last})
    return [Fault(FaultKind(row[0]), row[1], row[2], row[3]) for row in rows]
