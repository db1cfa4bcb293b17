"""How long a job may take, and which jobs take nobody's time."""

from datetime import datetime, timedelta

from backend.core.errors import ConflictError, invalid_field

DEFAULT_LENGTH = timedelta(minutes=60)
MAXIMUM_LENGTH = timedelta(days=31)
# The statuses of a job that takes no technician's and no bay's time.
TAKES_NO_TIME = ("CANCELED", "NO_SHOW")


class OverlapError(ConflictError):
    """409: the technician or bay is taken at that time; `collisions` name by what."""

    code = "overlap"


def planned_time(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Fill in what was left open: from this minute on, for an hour. [start, end), both aware.

    Raises:
        RuleViolationError: it ends before it starts or lasts longer than 31 days.
    """
    start = start or now.replace(second=0, microsecond=0)
    end = end or start + DEFAULT_LENGTH
    check_window(start, end)
    return start, end


def check_window(start: datetime, end: datetime) -> None:
    """Refuse a time that is empty, backwards or longer than 31 days.

    Raises:
        RuleViolationError: with the field to correct.
    """
    if end <= start:
        raise invalid_field("end", "Choose an end after the start.")
    if end - start > MAXIMUM_LENGTH:
        raise invalid_field("end", "An appointment can last 31 days at most.")
