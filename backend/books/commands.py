"""Close a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.audit import commands as audit
from backend.books import queries, rules
from backend.books.models import DayClose
from backend.core.actor import Actor
from backend.core.clock import local_day
from backend.core.errors import RuleViolationError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id

ENTITY = "day"


@dataclass(frozen=True, slots=True)
class Count:
    """What a person counted, by method. `seen` is what they saw expected; `with_earlier` closes open days before along."""

    counted: Mapping[str, int]
    note: str | None = None
    seen: Mapping[str, int] | None = None
    with_earlier: bool = False


def close_day(session: Session, location_id: UUID, day: date, count: Count, *, actor: Actor, now: datetime) -> UUID:
    """Close a day of a location: nothing can be entered for it, or for a day before, any more.

    The location's row is taken first: an entry that is being made is counted, one that comes later is refused.

    Raises:
        AlreadyClosedError: it is closed, by itself or by a later day.
        EarlierDaysOpenError: days before it have entries and are open.
        FiguresChangedError: an entry came in after the person looked.
        RuleViolationError: the day has not come, something was not counted, or a difference has no note.
    """
    location = queries.lock_location(session, location_id)
    today = local_day(now, ZoneInfo(location.timezone))
    if day > today:
        raise invalid_field("day", f"This day has not come yet. The last one that can be closed is {today:%B %-d}.")
    present = queries.read_day(session, location_id, day)
    if present.close is not None:
        raise rules.already_closed(present.close.day, present.close.closed_by)
    if present.earlier_days and not count.with_earlier:
        raise rules.earlier_days_open([one.day for one in present.earlier_days])
    figures = rules.together(present.figures, present.earlier)
    expected = rules.expected_of(figures)
    if count.seen is not None and not rules.is_same(expected, count.seen):
        raise rules.FiguresChangedError(
            "An entry came in while you counted. Look at the new figures, then close.", expected=expected
        )
    _check_count(expected, count)
    over_short = sum(count.counted.values()) - sum(expected.values())
    close = DayClose(
        id=new_id(),
        location_id=location_id,
        day=day,
        expected=expected,
        counted=dict(count.counted),
        over_short_cents=over_short,
        note=count.note,
        closed_at=now,
        closed_by=actor.id,
    )
    session.add(close)
    session.flush()
    audit.record(
        session,
        EventType.DAY_CLOSED,
        entity=ENTITY,
        entity_id=close.id,
        actor=actor,
        at=now,
        changes={
            "day": (None, day),
            "expected": (None, expected),
            "counted": (None, close.counted),
            "overShortCents": (None, over_short),
            "earlierDays": (None, [one.day for one in present.earlier_days]),
        },
        location_id=location_id,
        reason=count.note,
    )
    return close.id


def _check_count(expected: Mapping[str, int], count: Count) -> None:
    missing = {
        f"counted.{method}": ["Count this too; 0 if there is nothing."]
        for method, cents in expected.items()
        if cents and method not in count.counted
    }
    if missing:
        raise RuleViolationError("Please count every method that has entries.", errors=missing)
    if not rules.is_same(expected, count.counted) and not count.note:
        raise invalid_field("note", "Say what explains the difference.")
