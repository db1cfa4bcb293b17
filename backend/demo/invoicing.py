"""Invoices of the demo shop: a visit's is issued when it is settled, else when the car leaves on account."""

import json
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.core.clock import local_day
from backend.demo.randomness import seeded_id
from backend.demo.tables import Table
from backend.invoices.rules import hash_document, sums_of
from backend.services.queries import read_documents

# The first payment after which nothing is owed, or the moment of leaving; whoever took the money, or opened the visit.
_DUE = sa.text("""
    SELECT a.id, a.number, a.location_id, l.timezone,
           coalesce(s.at, a.check_out_at) AS at, coalesce(s.by, a.created_by) AS by
      FROM appointments a
      JOIN locations l ON l.id = a.location_id
      LEFT JOIN LATERAL (
            SELECT e.created_at AS at, e.created_by AS by
              FROM (SELECT *, sum(amount_cents) OVER (ORDER BY created_at, id) AS paid FROM payments
                     WHERE appointment_id = a.id) e
             WHERE e.kind = 'payment' AND NOT e.is_deposit AND e.paid >= a.total_cents
             ORDER BY e.created_at, e.id LIMIT 1
           ) s ON true
     WHERE a.total_cents > 0 AND a.deleted_at IS NULL
       AND (s.at IS NOT NULL OR (a.status = 'COMPLETED' AND a.check_out_at IS NOT NULL))
     ORDER BY at, a.number
""")
_LOCK = sa.text(
    "UPDATE appointments a SET locked_at = v.issued_at FROM invoices i JOIN invoice_versions v ON v.invoice_id = i.id "
    "WHERE i.appointment_id = a.id"
)


def build_tables(session: Session) -> list[Table]:
    """Return the invoices of what was written so far, numbered by location in the order of their issue."""
    due = session.execute(_DUE).all()
    documents = read_documents(session, [row.id for row in due])
    numbers: Counter[UUID] = Counter()
    invoices: list[tuple[Any, ...]] = []
    versions: list[tuple[Any, ...]] = []
    for row in due:
        numbers[row.location_id] += 1
        identity = seeded_id(row.at, "invoice", row.number)
        invoices.append((identity, row.location_id, numbers[row.location_id], row.id, row.at))
        versions.append(_version(row.at, row.timezone, row.by, row.number, identity, documents[row.id]))
    return [
        Table("invoice_counters", ("location_id", "next_number"), [(place, n + 1) for place, n in numbers.items()]),
        Table("invoices", ("id", "location_id", "number", "appointment_id", "created_at"), invoices),
        Table(
            "invoice_versions",
            (
                *("id", "invoice_id", "version_no", "document", "document_hash", "labor_net_cents", "parts_net_cents"),
                *("fees_net_cents", "tax_cents", "total_cents", "labor_seconds", "issued_on", "issued_at", "issued_by"),
            ),
            versions,
        ),
    ]


def _version(
    at: datetime, timezone: str, by: UUID, number: int, invoice_id: UUID, document: dict[str, Any]
) -> tuple[Any, ...]:
    sums = sums_of(document)
    return (
        seeded_id(at, "invoice version", number),
        invoice_id,
        1,
        json.dumps(document, ensure_ascii=False),
        hash_document(document),
        sums.labor_net_cents,
        sums.parts_net_cents,
        sums.fees_net_cents,
        sums.tax_cents,
        sums.total_cents,
        sums.labor_seconds,
        local_day(at, ZoneInfo(timezone)),
        at,
        by,
    )


def lock_visits(session: Session) -> None:
    """Lock what the invoices charge."""
    session.execute(_LOCK)
