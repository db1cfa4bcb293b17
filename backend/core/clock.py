"""The clock and the shop's calendar day.

Instants are aware UTC; a day is always a location's local day. Entry points read
`utc_now()` once and pass it down as `now`, so that rules stay pure.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from backend.core.errors import RuleViolationError

# A periodic run that asks others one by one begins no new call after so long, and leaves the rest to the next run: its
# last call may take 13 s, and a worker ends a job after 30.
RUN_SECONDS = 15.0


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one place that may ask the system


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar date that a clock on the wall in `zone` shows at `instant`."""
    return instant.astimezone(zone).date()


class NonexistentLocalTimeError(RuleViolationError):
    """422: the clocks jump over this local time; `before` and `after` are the nearest that exist."""

    code = "nonexistent_local_time"


class AmbiguousLocalTimeError(RuleViolationError):
    """422: the clocks show this local time twice; an offset must say which one is meant."""

    code = "ambiguous_local_time"


def to_instant(moment: datetime, zone: ZoneInfo, field: str) -> datetime:
    """Return `moment` in UTC; one without an offset is wall-clock time in `zone`.

    Raises:
        NonexistentLocalTimeError: the local time falls into the spring gap.
        AmbiguousLocalTimeError: the local time occurs twice in autumn.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    first = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = moment.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return first
    if first < second:
        options = [option.astimezone(zone).isoformat(timespec="minutes") for option in (first, second)]
        raise AmbiguousLocalTimeError(
            f"{moment:%H:%M} happens twice that night. Add the offset you mean.",
            errors={field: [f"Use {options[0]} or {options[1]}."]},
            options=options,
        )
    # In a gap the two readings swap order: fold=1 reads with the offset after the jump.
    before, after = (
        option.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes") for option in (second, first)
    )
    raise NonexistentLocalTimeError(
        f"{moment:%H:%M} does not exist on {moment:%B %-d}: the clocks jump over it.",
        errors={field: [f"Use {before} or {after}."]},
        options=[before, after],
    )
