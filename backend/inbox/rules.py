"""How long somebody is believed to be answering, and how long a conversation may sleep."""

from datetime import datetime, timedelta

from backend.core.errors import invalid_field

# The composer says so again every few seconds; after this much silence nobody is at it.
ANSWERING_FOR = timedelta(seconds=15)
LONGEST_SNOOZE = timedelta(days=90)
PREVIEW_LENGTH = 140


def check_snooze(until: datetime, now: datetime) -> None:
    """Refuse a waking time that is past or too far away.

    Raises:
        RuleViolationError: with the field to correct.
    """
    if until <= now:
        raise invalid_field("until", "Choose a time in the future.")
    if until > now + LONGEST_SNOOZE:
        raise invalid_field("until", "Choose a time within 90 days.")


def preview_of(body: str) -> str:
    """Return a text's beginning on one line, at most PREVIEW_LENGTH characters."""
    return " ".join(body.split())[:PREVIEW_LENGTH]
