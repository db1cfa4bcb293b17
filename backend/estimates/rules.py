"""What can be said to an estimate, and how; what its frozen copy is; how it stands."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from backend.core.errors import ConflictError, TooManyRequestsError, invalid_field
from backend.core.money import say_money
from backend.services.rules import Approval

# Clocks differ; what was said later than this from now was not said yet.
CLOCKS_DIFFER = timedelta(minutes=5)
# An approval of longer ago than this is a typing error.
LONGEST_AGO = timedelta(days=31)
# Questions about one job that wait for an answer, and those by one link within a day.
MOST_WAITING = 3
MOST_ASKED = 20
ASKED_WITHIN = timedelta(days=1)


class Decision(StrEnum):
    """What was said about a job; `revoked` is the shop's own: the job was changed after its approval."""

    APPROVED = "approved"
    DECLINED = "declined"
    ASKED = "asked"
    ANSWERED = "answered"
    REVOKED = "revoked"


class Method(StrEnum):
    """How it was said."""

    LINK = "link"
    IN_PERSON = "in_person"
    PHONE = "phone"
    # The shop's own entries: answers, and approvals that an edit took back.
    SHOP = "shop"


class EstimateState(StrEnum):
    """How a visit's estimate stands, as its card says it."""

    SENT = "sent"
    OPENED = "opened"
    QUESTION = "question"
    CHANGED = "changed"
    PARTLY = "partly"
    APPROVED = "approved"
    DECLINED = "declined"


class EstimateChangedError(ConflictError):
    """409: what was said is about another version; the present one comes along."""

    code = "estimate_changed"


class EstimateClosedError(ConflictError):
    """409: the visit is over, or was invoiced: nothing can be said to it any more."""

    code = "estimate_closed"


class TooManyQuestionsError(TooManyRequestsError):
    """429: enough was asked that waits for an answer, or within a day; a call to the shop is what helps."""

    code = "too_many_questions"


class NothingToShowError(ConflictError):
    """409: there is no job yet that a customer could be shown."""

    code = "nothing_to_show"


# --- the frozen copy --------------------------------------------------------------------------


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return a document as the bytes that are hashed: JSON with sorted keys, without spaces, in UTF-8."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def hash_document(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(document)).hexdigest()


# What becomes of a job by being answered; all else is what was offered.
_ANSWERS = frozenset({"approval", "declineReason", "isChosen"})


def offer_of(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a document's job offers: words, lines and money, without what was said to it."""
    return {name: value for name, value in job.items() if name not in _ANSWERS}


def changed_jobs(frozen: Mapping[str, Any], present: Mapping[str, Any]) -> frozenset[UUID]:
    """Return which jobs of a frozen document are offered otherwise by now, or not at all."""
    offers = {job["id"]: offer_of(job) for job in present["jobs"]}
    return frozenset(UUID(job["id"]) for job in frozen["jobs"] if offers.get(job["id"]) != offer_of(job))


def says_the_same(frozen: Mapping[str, Any], present: Mapping[str, Any]) -> bool:
    """Tell whether two documents offer the same jobs, in the same order."""
    return [offer_of(job) for job in frozen["jobs"]] == [offer_of(job) for job in present["jobs"]]


# --- how it stands ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A job as its estimate's state is made of; `is_revoked` until it is shown again or answered."""

    approval: Approval
    has_question: bool
    is_revoked: bool


def state_of(jobs: Iterable[Standing], *, was_shown: bool, is_opened: bool) -> EstimateState | None:
    """Return how an estimate stands, by what somebody must do about it first; None for one that nobody was shown."""
    listed = list(jobs)
    said = {Approval(job.approval) for job in listed}
    if any(job.has_question for job in listed):
        return EstimateState.QUESTION
    if any(job.is_revoked and job.approval == Approval.PENDING for job in listed):
        return EstimateState.CHANGED
    if said <= {Approval.PENDING}:
        if not was_shown:
            return None
        return EstimateState.OPENED if is_opened else EstimateState.SENT
    if said == {Approval.APPROVED}:
        return EstimateState.APPROVED
    return EstimateState.DECLINED if said == {Approval.DECLINED} else EstimateState.PARTLY


# --- what is said -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one job: approved, or declined with its reason and perhaps until when."""

    job_id: UUID
    decision: Decision
    reason: str | None = None
    deferred_until: date | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """Who said it, how and when; `spending_cap_cents` is what the customer does not want to go above unasked.

    By phone the caller also says what was added in parts and labor, and the total that this comes to.
    """

    method: Method
    said_at: datetime
    person: str | None
    phone: str | None = None
    words: str | None = None
    spending_cap_cents: int | None = None
    added_parts_cents: int | None = None
    added_labor_cents: int | None = None
    new_total_cents: int | None = None
    link_visit_id: UUID | None = None
    is_known: bool = False
    ip: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """What answers add, in cents: parts and labor before tax, and what is authorized with them, tax included."""

    added_parts_cents: int
    added_labor_cents: int
    new_total_cents: int


def check_answers(answers: Iterable[Answer]) -> None:
    """Refuse answers that say nothing, or two things.

    Raises:
        RuleViolationError: with the field to correct.
    """
    seen: set[UUID] = set()
    for number, answer in enumerate(answers):
        if answer.job_id in seen:
            raise invalid_field(f"answers.{number}.jobId", "Say one thing about each job.")
        seen.add(answer.job_id)
        if answer.decision is Decision.DECLINED and not answer.reason:
            raise invalid_field(f"answers.{number}.reason", "Say why, in a few words.")
        if answer.decision is Decision.APPROVED and (answer.reason or answer.deferred_until):
            raise invalid_field(f"answers.{number}.reason", "Only a declined job has a reason.")
    if not seen:
        raise invalid_field("answers", "Say something about at least one job.")


def check_saying(saying: Saying, now: datetime) -> None:
    """Refuse a record that does not say who said it and when; by phone also at which number.

    Raises:
        RuleViolationError: with the field to correct.
    """
    if not saying.person:
        raise invalid_field("person", "Write the name of who said so.")
    if not now - LONGEST_AGO <= saying.said_at <= now + CLOCKS_DIFFER:
        raise invalid_field(
            "saidAt", "Give the date and time when it was said; not in the future, not over a month ago."
        )
    if saying.method is Method.PHONE and not saying.phone:
        raise invalid_field("phone", "Write the number that you spoke at.")


def check_limit(saying: Saying, sums: Sums, currency: str) -> None:
    """Refuse a limit that is said together with approvals and is below what they come to: nobody could keep it.

    Raises:
        RuleViolationError: with the field to correct.
    """
    if saying.spending_cap_cents is not None and saying.spending_cap_cents < sums.new_total_cents:
        total = say_money(sums.new_total_cents, currency)
        raise invalid_field("spendingCapCents", f"{total} is approved with this. The limit can't be below that.")


def check_questions(*, waiting: int, asked: int) -> None:
    """Refuse one more question where so many wait for an answer to a job, or were asked by a link within a day.

    Raises:
        TooManyQuestionsError: it is enough.
    """
    if waiting >= MOST_WAITING:
        raise TooManyQuestionsError(
            "The shop has your questions about this and has not answered yet. Call it if you can't wait.",
            retry_after=int(timedelta(hours=1).total_seconds()),
        )
    if asked >= MOST_ASKED:
        raise TooManyQuestionsError(
            f"{MOST_ASKED} questions were asked within a day. Call the shop, it can help you faster.",
            retry_after=int(ASKED_WITHIN.total_seconds()),
        )


def check_phone_sums(saying: Saying, sums: Sums, currency: str) -> None:
    """Refuse an approval by phone whose amounts are missing, or not those of the estimate as it stands.

    California Business and Professions Code §9884.9 and 16 CCR §3353(c) ask for them; we ask everywhere.

    Raises:
        RuleViolationError: with the field to correct.
    """
    for name, field, label in (
        ("added_parts_cents", "addedPartsCents", "Parts"),
        ("added_labor_cents", "addedLaborCents", "Labor"),
        ("new_total_cents", "newTotalCents", "The new total"),
    ):
        said, right = getattr(saying, name), getattr(sums, name)
        if said is None:
            raise invalid_field(field, "An approval by phone needs this amount.")
        if said != right:
            raise invalid_field(field, f"{label}: it is {say_money(right, currency)} by now. Say that.")
