"""Day closes of the demo shop: every day with entries up to the day before yesterday, each counted the morning after."""

import json
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.books.commands import ENTITY
from backend.core.actor import ActorKind
from backend.core.clock import local_day
from backend.core.events import EventType
from backend.demo.randomness import seeded_id
from backend.demo.tables import Table

COUNTED_AT = time(9, 5)
# The drawer held a twenty more than it should on the last busy day but so many.
OVER_CENTS, OVER_NOTE, OVER_AGE = 20_00, "A twenty lay under the tray of the drawer. Nobody misses it so far.", 3
BUSY_CENTS = 50_00

_EXPECTED = sa.text("""
    SELECT p.location_id, l.timezone, p.accounting_on, p.method, sum(p.amount_cents)::bigint
      FROM payments p JOIN locations l ON l.id = p.location_id GROUP BY 1, 2, 3, 4, l.name ORDER BY l.name, 3, 4
""")
_ACCOUNTANT = sa.text("SELECT id, name, role FROM users WHERE role = 'Accountant' ORDER BY id LIMIT 1")


def build_tables(session: Session, now: datetime) -> list[Table]:
    """Return the closes of what was written so far, with their rows of the log."""
    days: dict[tuple[UUID, date], dict[str, int]] = defaultdict(dict)
    zones: dict[UUID, ZoneInfo] = {}
    for place, timezone, day, method, cents in session.execute(_EXPECTED):
        zones.setdefault(place, ZoneInfo(timezone))
        if day < local_day(now, zones[place]) - timedelta(days=1):
            days[place, day][method] = cents
    by_id, by_name, by_role = session.execute(_ACCOUNTANT).one()
    over = _over_day(days)
    closes: list[tuple[Any, ...]] = []
    logs: list[tuple[Any, ...]] = []
    for (place, day), expected in days.items():
        at = datetime.combine(day + timedelta(days=1), COUNTED_AT, zones[place]).astimezone(UTC)
        cents, note = (OVER_CENTS, OVER_NOTE) if over == (place, day) else (0, None)
        counted = {**expected, **({"cash": expected["cash"] + cents} if cents else {})}
        identity = seeded_id(at, "day close", place, day)
        closes.append((identity, place, day, json.dumps(expected), json.dumps(counted), cents, note, at, by_id))
        told = {"day": day.isoformat(), "expected": expected, "counted": counted, "overShortCents": cents}
        changes = json.dumps({name: [None, value] for name, value in told.items()})
        who = (ActorKind.USER.value, by_id, by_name, by_role)
        log_id = seeded_id(at, "day close log", place, day)
        logs.append((log_id, at, EventType.DAY_CLOSED.value, ENTITY, identity, place, *who, changes, note))
    return [
        Table(
            "day_closes",
            (
                *("id", "location_id", "day", "expected", "counted", "over_short_cents", "note", "closed_at"),
                "closed_by",
            ),
            closes,
        ),
        Table(
            "audit_logs",
            (
                *("id", "at", "action", "entity", "entity_id", "location_id"),
                *("actor_kind", "actor_id", "actor_name", "actor_role", "changes", "reason"),
            ),
            logs,
        ),
    ]


def _over_day(days: dict[tuple[UUID, date], dict[str, int]]) -> tuple[UUID, date] | None:
    """Return the day on which the drawer held more: a busy one of the first location, some days back."""
    first = next((place for place, _ in days), None)
    busy = [key for key, expected in days.items() if key[0] == first and expected.get("cash", 0) >= BUSY_CENTS]
    return busy[-OVER_AGE] if len(busy) >= OVER_AGE else None
