"""The clock and the shop's calendar day.

Instants are aware UTC; a day is always a location's local day. Entry points read
`utc_now()` once and pass it down as `now`, so that rules stay pure.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.core.errors import RuleViolationError, invalid_field

# A periodic run that asks others one by one begins no new call after so long, and leaves the rest to the next run: its
# last call may take 13 s, and a worker ends a job after 30.
RUN_SECONDS = 15.0
# A device may have been offline for so long; what it tells of earlier days is not believed.
DEVICE_OLDEST = timedelta(days=14)
# What a device's clock may be off. A tablet that thinks it is another month must not shift hours by one.
DEVICE_SKEW = timedelta(days=2)


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


def happened_at(told: datetime, sent_at: datetime | None, now: datetime, *, field: str) -> datetime:
    """Return by our clock when something happened that a device tells by its own.

    `sent_at` is what the device's clock showed as it told: what that differs from ours, the told moment does too. Without it
    the device is believed, but nothing it tells is in the future.

    Raises:
        RuleViolationError: it was too long ago, or the device's clock is days off.
    """
    if sent_at is not None and abs(now - sent_at) > DEVICE_SKEW:
        raise invalid_field("sentAt", "This device's clock is days off. Set it right and try again.")
    moment = told if sent_at is None else told + (now - sent_at)
    if moment < now - DEVICE_OLDEST:
        raise invalid_field(field, f"That is more than {DEVICE_OLDEST.days} days ago.")
    return min(moment, now)
