"""Why a clock stops, what time it was when a device says so, and what a technician's day looks like in stretches."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from backend.core.errors import ConflictError, RuleViolationError, invalid_field

# A device may have been offline for so long; what it tells of earlier days is no clock any more.
OLDEST = timedelta(days=14)
# What a device's clock may be off. A tablet that thinks it is another month must not shift hours by one.
MOST_SKEW = timedelta(days=2)


class PauseReason(StrEnum):
    """Why a technician's clock stopped before the job was done."""

    NEEDS_PART = "needs_part"
    NEEDS_APPROVAL = "needs_approval"
    BREAK = "break"
    HELPS_ELSEWHERE = "helps_elsewhere"
    OTHER = "other"


class CheckKind(StrEnum):
    """How finished work is checked."""

    TEST_DRIVE = "test_drive"
    QUALITY = "quality"


class TimerTakenError(ConflictError):
    """409: another person's clock has this id."""

    code = "timer_taken"


class CheckByAnotherError(RuleViolationError):
    """422: who did the work can't be who checks it, where the location wants two pairs of eyes."""

    code = "check_by_another"


def happened_at(told: datetime, sent_at: datetime | None, now: datetime, *, field: str) -> datetime:
    """Return by our clock when something happened that a device tells by its own.

    `sent_at` is what the device's clock showed as it told: what that differs from ours, the told moment does too. Without it
    the device is believed, but nothing it tells is in the future.

    Raises:
        RuleViolationError: it was too long ago, or the device's clock is days off.
    """
    if sent_at is not None and abs(now - sent_at) > MOST_SKEW:
        raise invalid_field("sentAt", "This device's clock is days off. Set it right and try again.")
    moment = told if sent_at is None else told + (now - sent_at)
    if moment < now - OLDEST:
        raise invalid_field(field, f"That is more than {OLDEST.days} days ago.")
    return min(moment, now)


MOST_DAYS = 92


def check_range(first_day: date, last_day: date) -> None:
    """Refuse days that run backwards or reach over 92 days.

    Raises:
        RuleViolationError: naming the field.
    """
    if last_day < first_day:
        raise invalid_field("to", "Choose a day that is not before `from`.")
    if last_day - first_day >= timedelta(days=MOST_DAYS):
        raise invalid_field("to", f"Ask for at most {MOST_DAYS} days.")
