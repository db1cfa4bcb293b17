"""Which texts a job asks for, when, and whether what they say is still true."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.appointments.rules import Status


class Trigger(StrEnum):
    """What a notice follows: a booking, a reminder's time, or the status that a job enters."""

    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    REMINDER_24H = "reminder_24h"
    REMINDER_2H = "reminder_2h"
    IN_PROGRESS = "in_progress"
    READY = "ready"
    COMPLETED = "completed"
    CANCELED = "canceled"
    NO_SHOW = "no_show"


class Loudness(StrEnum):
    """Loud sends, ask proposes it to a person, quiet does nothing."""

    LOUD = "loud"
    ASK = "ask"
    QUIET = "quiet"


REMINDERS: Final = (Trigger.REMINDER_24H, Trigger.REMINDER_2H)
STAGES: Final = {
    Status.IN_PROGRESS: Trigger.IN_PROGRESS,
    Status.READY: Trigger.READY,
    Status.COMPLETED: Trigger.COMPLETED,
    Status.CANCELED: Trigger.CANCELED,
    Status.NO_SHOW: Trigger.NO_SHOW,
}
_STATUS_OF = {trigger: status for status, trigger in STAGES.items()}

# Bookings and other starts come in several steps: what is undone within this time was never told.
GRACE = timedelta(seconds=30)
# Who moves a card sees what that tells, and may take it back for eight seconds. The text is held a little longer: their
# word needs its way to us.
UNDO_SECONDS = 8
HOLD = timedelta(seconds=UNDO_SECONDS + 2)
# What happened longer ago, for instance while nothing ran, is no news.
NEWS_FOR = timedelta(hours=12)
# Reminders are written down this long before the job starts, so that people see them coming.
LOOKAHEAD = timedelta(hours=26)
# How late a reminder may still be made, when nothing ran at its time.
_LATEST = {Trigger.REMINDER_24H: timedelta(hours=1), Trigger.REMINDER_2H: timedelta(minutes=30)}


# --- a job and what may be told of it ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Job:
    """An appointment as notices see it; instants in UTC, `zone` its location's."""

    id: UUID
    location_id: UUID
    zone: ZoneInfo
    customer_id: UUID | None
    status: Status
    status_since: datetime
    starts_at: datetime
    ends_at: datetime
    promised_at: datetime | None
    check_in_at: datetime | None
    check_out_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    # The customer's of now; both None without a customer.
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a text that was made is for; its phone or its email is None."""

    customer_id: UUID | None
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Cause:
    """What one notice follows: for stages `at` is since when the job is there, for all else the start that it tells.

    `version` tells one move to a start from a later one to the same.
    """

    trigger: Trigger
    appointment_id: UUID
    at: datetime
    version: int | None = None


# No colons inside, so that the parts of a key can be told apart.
_INSTANT = "%Y%m%dT%H%M%S.%fZ"


def key_of(cause: Cause) -> str:
    """Return the key that makes a notice once."""
    at = cause.at.astimezone(UTC).strftime(_INSTANT)
    if cause.trigger in REMINDERS:
        return f"{cause.trigger}:{cause.appointment_id}:{at}"
    version = "" if cause.version is None else f":{cause.version}"
    return f"stage:{cause.appointment_id}:{cause.trigger}:{at}{version}"


def withdrawn_key(key: str, message_id: UUID) -> str:
    """Return the key of a notice that was taken back unsent: its own is free again."""
    return f"{key}#{message_id}"


def read_key(key: str | None) -> Cause | None:
    """Return what a notice followed; None for what no notice has for a key."""
    parts = (key or "").partition("#")[0].split(":")
    try:
        match parts:
            case ["stage", identifier, trigger, at, *version]:
                return Cause(Trigger(trigger), UUID(identifier), _instant(at), int(version[0]) if version else None)
            case [trigger, identifier, at] if Trigger(trigger) in REMINDERS:
                return Cause(Trigger(trigger), UUID(identifier), _instant(at))
    except ValueError:
        pass
    return None


def _instant(text: str) -> datetime:
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


def is_still_true(cause: Cause, job: Job, now: datetime) -> bool:
    """Tell whether what a notice says is still so: asked when it is made and again just before it leaves.

    A start is told only before it has come, and while it is that start. A stage is told while the job is in it since
    then; "ready" not of a car that was collected.
    """
    if job.deleted_at is not None:
        return False
    status = _STATUS_OF.get(cause.trigger)
    if status is None:
        return job.status is Status.SCHEDULED and job.starts_at == cause.at and now < job.starts_at
    has_left = cause.trigger is Trigger.READY and job.check_out_at is not None
    return job.status is status and job.status_since == cause.at and not has_left


def is_for_the_customer(addressee: Addressee, job: Job) -> bool:
    """Tell whether a text goes to the job's customer of now, at their number or address of now."""
    return (
        addressee.customer_id == job.customer_id
        and addressee.phone in {None, job.phone}
        and addressee.email in {None, job.email}
    )


# --- what a job asks for -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartChange:
    """Somebody moved a job from one start to another; `version` is the one that made."""

    at: datetime
    version: int
    before: datetime
    after: datetime


def cause_of_booking(job: Job) -> Cause | None:
    """Return what to tell of a new job; nothing of a car that is here already, or of what has begun."""
    if job.status is not Status.SCHEDULED:
        return None
    return Cause(Trigger.BOOKED, job.id, job.starts_at)


def cause_of_change(job: Job, changes: Sequence[StartChange]) -> Cause | None:
    """Return what to tell of a job whose start was changed; `changes` are all of them, the latest first.

    Changes that follow each other within the grace are one: back where it was there is nothing to tell, and a job
    that is moved right after its booking is told as booked.
    """
    if job.status is not Status.SCHEDULED or not changes or changes[0].after != job.starts_at:
        return None
    first = changes[0]
    for earlier in changes[1:]:
        if first.at - earlier.at > GRACE:
            break
        first = earlier
    if first.at - job.created_at <= GRACE:
        return cause_of_booking(job)
    if first.before == job.starts_at:
        return None
    return Cause(Trigger.RESCHEDULED, job.id, job.starts_at, changes[0].version)


def keys_of_starts(job: Job, changes: Sequence[StartChange]) -> list[str]:
    """Return the keys of the texts, reminders aside, that may have told a start of a job; `changes` are all of its start."""
    starts = {job.starts_at, *(change.before for change in changes)}
    causes = [Cause(Trigger.BOOKED, job.id, start) for start in sorted(starts)]
    causes += [Cause(Trigger.RESCHEDULED, job.id, change.after, change.version) for change in changes]
    return [key_of(cause) for cause in causes]


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Somebody moved a job from one status to another."""

    at: datetime
    before: Status
    after: Status


def is_step_back(changes: Sequence[StatusChange]) -> bool:
    """Tell whether the last step took back the one before it; `changes` are the last two, the latest first."""
    if len(changes) < 2:  # noqa: PLR2004
        return False
    last, before = changes[:2]
    return last.after is before.before and last.at - before.at <= HOLD


def stays_as_one(changes: Sequence[StatusChange]) -> list[datetime]:
    """Return since when a job is in its status, the latest first: more than one where it had left it for moments only.

    `changes` are its steps, the latest first. Who goes away and comes back within the hold, by whichever way, never left: what
    one of these stays told is told, and what none of them came to tell is still to be told. Empty where the first of them is
    older than the steps are known: the job began in it.
    """
    status, stays, is_known = changes[0].after, [changes[0].at], True
    for step in changes[1:]:
        if step.before is status:
            if stays[-1] - step.at > HOLD:
                return stays
            is_known = False
        elif step.after is status:
            stays.append(step.at)
            is_known = True
    return stays if is_known else []


def grace_of(trigger: Trigger) -> timedelta:
    """Return for how long after what happened a notice is held."""
    return HOLD if trigger in _STATUS_OF else GRACE


def cause_of_step(job: Job) -> Cause | None:
    """Return what to tell of a job that came to another status; nothing of one that is scheduled again."""
    trigger = STAGES.get(job.status)
    return None if trigger is None else Cause(trigger, job.id, job.status_since)


def is_news(happened_at: datetime, now: datetime) -> bool:
    """Tell whether something that happened then is still worth a text of its own."""
    return now - happened_at <= NEWS_FOR


def reminder_at(trigger: Trigger, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when a reminder is due, in UTC: the day before at the same wall-clock time, or two hours before.

    Where the clocks jump over that time of the day before, it is as much later; where they show it twice, the first.
    """
    if trigger is Trigger.REMINDER_2H:
        return starts_at.astimezone(UTC) - timedelta(hours=2)
    local = starts_at.astimezone(zone).replace(tzinfo=None, fold=0)
    return (local - timedelta(days=1)).replace(tzinfo=zone).astimezone(UTC)


def cause_of_reminder(trigger: Trigger, job: Job) -> Cause:
    """Return what a reminder of the job's start follows."""
    return Cause(trigger, job.id, job.starts_at)


def reminder_to_make(trigger: Trigger, job: Job, now: datetime) -> datetime | None:
    """Return when a reminder that should be written down now is due; None for none.

    None for a car that is here, for a start that has come, and where the job was booked or changed after the
    reminder's time: who books for tomorrow morning gets the one of two hours before.
    """
    if job.deleted_at is not None or job.status is not Status.SCHEDULED or not now < job.starts_at <= now + LOOKAHEAD:
        return None
    due = reminder_at(trigger, job.starts_at, job.zone)
    if now < due:
        return due
    is_too_late = now - due > _LATEST[trigger] or job.updated_at >= due
    return None if is_too_late else due


# --- what a job will ask for, for the simulator -------------------------------------------------


class Certainty(StrEnum):
    """How sure a planned text is: its time is known, the work's plan says it, or only if it comes to that."""

    EXACT = "exact"
    EXPECTED = "expected"
    IF = "if"


@dataclass(frozen=True, slots=True)
class Planned:
    """A text to come, at an instant in UTC; without a cause the job is not there yet."""

    trigger: Trigger
    at: datetime
    certainty: Certainty
    cause: Cause | None = None


_AHEAD: Final[dict[Status, tuple[Trigger, ...]]] = {
    Status.SCHEDULED: (Trigger.IN_PROGRESS, Trigger.READY, Trigger.COMPLETED),
    Status.IN_PROGRESS: (Trigger.READY, Trigger.COMPLETED),
    Status.READY: (Trigger.COMPLETED,),
    Status.COMPLETED: (),
    Status.NO_SHOW: (),
    Status.CANCELED: (),
}
_PERHAPS: Final[dict[Status, tuple[Trigger, ...]]] = {
    Status.SCHEDULED: (Trigger.RESCHEDULED, Trigger.CANCELED, Trigger.NO_SHOW),
    Status.IN_PROGRESS: (Trigger.CANCELED,),
}


def list_planned(job: Job, now: datetime) -> list[Planned]:
    """List the texts that a job will ask for by its plan, by time: what has happened is not among them.

    Work is expected to begin at the start and to be done when it was promised, else at the planned end.
    """
    if job.deleted_at is not None:
        return []
    planned = []
    if job.status is Status.SCHEDULED and now < job.starts_at:
        for trigger in REMINDERS:
            due = reminder_at(trigger, job.starts_at, job.zone)
            if due > now:
                planned.append(Planned(trigger, due, Certainty.EXACT, cause_of_reminder(trigger, job)))
    done_at = job.promised_at or job.ends_at
    for trigger in _AHEAD[job.status]:
        at = job.starts_at if trigger is Trigger.IN_PROGRESS else done_at
        planned.append(Planned(trigger, max(at, now) + grace_of(trigger), Certainty.EXPECTED))
    planned += [Planned(trigger, now + grace_of(trigger), Certainty.IF) for trigger in _PERHAPS.get(job.status, ())]
    return sorted(planned, key=lambda one: (one.certainty is Certainty.IF, one.at))


# --- confirming by reply -------------------------------------------------------------------------

_CONFIRMS = frozenset(
    {"c", "confirm", "confirmed", "confirming", "confirms", "confirmo", "confirmado", "confirmada", "confirmamos"}
)
# What may stand beside it without changing what it says.
_BESIDE = frozenset(
    {
        *("ok", "okay", "yes", "yep", "yeah", "sure", "thanks", "thank", "you", "thx", "please", "pls"),
        *("i", "we", "my", "our", "the", "appointment", "appt", "it", "will", "be", "there"),
        *("si", "gracias", "por", "favor", "mi", "la", "cita", "lo"),
    }
)
_MOST_WORDS = 8


def reads_as_confirmation(text: str) -> bool:
    """Tell whether a reply says that the customer will come: "C", "ok c", "Confirmed, thanks", "sí confirmo".

    A question is none, nor anything with a word that could turn it.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    if "?" in plain:
        return False
    words = re.findall(r"[^\W_]+", plain)
    return len(words) <= _MOST_WORDS and set(words) <= _CONFIRMS | _BESIDE and not _CONFIRMS.isdisjoint(words)
