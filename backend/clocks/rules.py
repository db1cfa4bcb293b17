"""Why a clock stops, how work is checked, and for which days hours are asked."""

from datetime import date, timedelta
from enum import StrEnum

from backend.core.errors import ConflictError, RuleViolationError, invalid_field


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


# A start by mistake can be taken back for so long.
SECOND_THOUGHTS = timedelta(hours=1)


class TooLateError(ConflictError):
    """409: too long ago to be taken back."""

    code = "too_late"


class TimerTakenError(ConflictError):
    """409: another person's clock has this id."""

    code = "timer_taken"


class CheckTakenError(ConflictError):
    """409: another visit's check has this id."""

    code = "check_taken"


class CheckByAnotherError(RuleViolationError):
    """422: who did the work can't be who checks it, where the location wants two pairs of eyes."""

    code = "check_by_another"


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
