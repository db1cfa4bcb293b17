"""A log to tamper with: rows of two locations and of none, sealed, written down, and checked in both ways."""

import csv
import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit import commands, queries
from backend.audit.models import AuditLog
from backend.audit.rules import first_id
from backend.core.actor import SYSTEM
from backend.core.ids import new_id
from tools import verify_audit

NOW = datetime(2026, 3, 5, 15, 30, 12, 345678, tzinfo=UTC)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
WORDS = ("Brakes, front", "=SUM(A1)", "line one\nline two", 'she said "no"', "Пётр", "😀 ok", "'quoted", "", "-5")


def write_rows(
    session: Session, count: int, locations: list[Any], dice: random.Random, begin: datetime = NOW
) -> list[AuditLog]:
    """Write audit rows with every kind of value in every column, each a second after the one before."""
    rows = []
    for number in range(count):
        at = begin + timedelta(seconds=number, microseconds=dice.randrange(1000))
        row = AuditLog(
            id=UUID(int=first_id(at).int + dice.getrandbits(80)),
            at=at,
            action=dice.choice(("appointment.moved", "payment.recorded")),
            entity="appointment",
            entity_id=new_id(),
            location_id=dice.choice(locations),
            version=dice.choice((None, dice.randrange(1, 90))),
            actor_kind="user",
            actor_id=dice.choice((None, new_id())),
            actor_name=dice.choice((None, *WORDS)),
            actor_role=dice.choice((None, "Owner")),
            changes={"notes": [dice.choice(WORDS), dice.choice(WORDS)], "totalCents": [None, dice.randrange(10**6)]},
            reason=dice.choice((None, *WORDS)),
            ip=dice.choice((None, "10.0.0.7", "2001:db8::5")),
            user_agent=dice.choice((None, "Firefox")),
            request_id=dice.choice((None, str(new_id()))),
        )
        session.add(row)
        rows.append(row)
    session.flush()
    return rows


@contextmanager
def undone(engine: sa.Engine, *before: str) -> Iterator[Session]:
    """Open a session whose changes are all taken back; `before` is run in it first."""
    with Session(engine, expire_on_commit=False) as session:
        for statement in before:
            session.execute(sa.text(statement))
        try:
            yield session
        finally:
            session.rollback()


def found_inside(session: Session) -> list[str]:
    """Check by the application; return the kinds of faults."""
    check = commands.begin_check(session, by=None, now=NOW)
    while commands.advance_check(session, check.id, actor=SYSTEM, now=NOW).finished_at is None:
        pass
    return [fault["kind"] for fault in check.faults]


def found_outside(session: Session, locations: list[Any], heads: verify_audit.Heads | None = None) -> list[str]:
    """Export, and check by the script that needs nothing of ours; return what it tells."""
    report = verify_audit.Report()
    exported = io.StringIO(to_csv(session, locations), newline="")
    verify_audit.verify(csv.DictReader(exported), heads or {}, report)
    return report.faults


def to_csv(session: Session, locations: list[Any]) -> str:
    """Write the export as it is downloaded, safe for spreadsheets."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(queries.EXPORT_COLUMNS)
    for row in queries.export_rows(session, locations, NOW - timedelta(days=1), NOW + timedelta(days=1)):
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return target.getvalue()
