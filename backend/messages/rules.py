"""What a text is, what it goes through, what may stop it, and what a provider's answer means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.consent.rules import ConsentMethod, ConsentState, Purpose
from backend.core.errors import ConflictError, DomainError, PermissionDeniedError
from backend.hours import rules as hours


class Direction(StrEnum):
    """Who wrote it: `in` is the customer."""

    IN = "in"
    OUT = "out"


class Channel(StrEnum):
    """How it travels."""

    SMS = "sms"
    EMAIL = "email"
    # The customer's own page: what is asked and answered there stands beside the texts; nothing is sent by it.
    PAGE = "page"


# What the shop can write by.
WRITABLE = (Channel.SMS, Channel.EMAIL)


class MessageClass(StrEnum):
    """Which rules of consent and hours it is under; `keyword_reply` is the one answer to STOP, START or HELP."""

    CONVERSATION = "conversation"
    INFORMATIONAL = "informational"
    MARKETING = "marketing"
    KEYWORD_REPLY = "keyword_reply"


class Origin(StrEnum):
    """What made it."""

    STAFF = "staff"
    STAGE = "stage"
    REMINDER = "reminder"
    CONFIRMATION = "confirmation"
    KEYWORD = "keyword"
    CUSTOMER = "customer"


class MessageStatus(StrEnum):
    """How far it came.

    proposed waits for a person's word, held for its hour, queued for the sender. sending is from the claim
    until the provider says `sent`. suppressed: a guard said no. unknown: the provider may or may not have it.
    unconfirmed: no receipt came within 72 h.
    """

    PROPOSED = "proposed"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    CANCELED = "canceled"
    RECEIVED = "received"


# What the sender still has something to do with.
IN_FLIGHT = frozenset({MessageStatus.HELD, MessageStatus.QUEUED, MessageStatus.SENDING})
# What the sender has not begun: a person may still take it back.
WAITING = frozenset({MessageStatus.PROPOSED, MessageStatus.HELD, MessageStatus.QUEUED})
# What was given up and a person may send again.
DEAD = frozenset({MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.UNKNOWN})

# The task that sends a message, by its import path: commands kick it and may not import it.
SEND_TASK = "backend.sender.tasks.send"
# While no worker takes it a kick is worth nothing: the sweep gives another every ten seconds.
KICK_SECONDS = 15

# What the shop sends by itself about a visit.
_BY_ITSELF = frozenset({Origin.STAGE, Origin.REMINDER, Origin.CONFIRMATION})


def trigger_of(origin: str, origin_key: str | None) -> str | None:
    """Return what a text of the shop's own follows, as its key names it: "ready", "reminder_24h"; None for any other text."""
    if origin not in _BY_ITSELF or origin_key is None:
        return None
    first, *rest = origin_key.split(":")
    if first != "stage":
        return first
    return rest[1] if len(rest) > 1 else None


# What somebody wrote, or is owed at once; the rest waits while a reply is to be understood, and for room under the caps.
_BY_HAND = frozenset({Origin.STAFF, Origin.KEYWORD})

# At most so many texts to one number in 24 hours and of one location in an hour. Counted in PostgreSQL, when accepted,
# by when each was let go.
CAP_PER_NUMBER, NUMBER_WINDOW = 20, timedelta(hours=24)
CAP_PER_LOCATION, LOCATION_WINDOW = 200, timedelta(hours=1)
# What was written longer ago than this and let go now is not looked for.
LONGEST_WAIT = timedelta(days=7)

# Answers to keywords are owed however much was written, and are no part of those; but two machines that answer each
# other end here.
CAP_REPLIES_PER_NUMBER = 10

# How long the provider may keep a text before it gives it up (Twilio's ValidityPeriod, 1 to 36,000 s; its default of
# ten hours would reach into the night), and how little time before the hours' end is too little to begin.
LONGEST_VALIDITY = timedelta(hours=1)
SHORTEST_VALIDITY = timedelta(seconds=120)
# An answer to STOP or HELP is worth nothing later; 47 CFR 64.1200(a)(12) allows five minutes.
KEYWORD_REPLY_VALIDITY = timedelta(minutes=5)
_SHORTEST_REPLY = timedelta(seconds=1)
# A reason to send in quiet hours holds for the attempts of so long: a later one obeys the hours again.
OVERRIDE_LASTS = timedelta(minutes=15)
# While a reply waits to be understood, and while texting is switched off, a text is looked at this often.
LOOK_AGAIN = timedelta(minutes=1)

# What a number's owner said is quoted beside a refusal; so many characters of it.
LONGEST_QUOTE = 80

# An amount as templates write it, also where a preview cuts it; PostgreSQL reads the pattern too.
AMOUNT = r"\$ ?[0-9][0-9,]*(\.[0-9]*)?|[0-9][0-9,]*\.[0-9]{2}"
WITHHELD = "[…]"


def without_amounts(text: str) -> str:
    """Return a text as roles read it that may not see money."""
    return re.sub(AMOUNT, WITHHELD, text)


# A signed link's address: who has it may act for the customer. PostgreSQL reads the pattern too.
LINK_PATH = "/c/"
SIGNED_LINK = rf"{LINK_PATH}[A-Za-z0-9_-]{{8,}}"
WITHHELD_LINK = "/c/[…]"


def without_links(text: str) -> str:
    """Return a text as colleagues read it: nobody opens a customer's link from a thread."""
    return re.sub(SIGNED_LINK, WITHHELD_LINK, text)


# --- the verdict -------------------------------------------------------------------------------


class VerdictKind(StrEnum):
    """What becomes of a text that is, or would be, handed over at a moment."""

    NOW = "now"
    HELD = "held"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a text is held, refused or given up; the interface has the words."""

    CANCELED_BY_PERSON = "canceled_by_person"
    CAP_CUSTOMER = "cap_customer"
    CAP_LOCATION = "cap_location"
    MARKETING_HOURS = "marketing_hours"
    MESSAGING_OFF = "messaging_off"
    MISSING_VALUES = "missing_values"
    NO_COMMON_HOURS = "no_common_hours"
    NO_CONSENT = "no_consent"
    NO_EMAIL = "no_email"
    NO_LONGER_TRUE = "no_longer_true"
    NO_PHONE = "no_phone"
    NO_RECEIPT = "no_receipt"
    OPTED_OUT = "opted_out"
    PROVIDER_BLOCKED = "provider_blocked"
    PROVIDER_REFUSED = "provider_refused"
    PROVIDER_SILENT = "provider_silent"
    QUIET_HOURS = "quiet_hours"
    REQUESTED_LATER = "requested_later"
    RETRY_LATER = "retry_later"
    REVIEW_OPEN = "review_open"
    REWRITTEN = "rewritten"
    RULE_CHANGED = "rule_changed"
    TOO_LONG = "too_long"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    UNDONE = "undone"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a text. `until` is when a held one is looked at again, None while nobody can know.

    `zone` is where the hours hold it; `detail` tells what a person wants to know, for instance since when, how and in
    which words a number is opted out; `can_override` whether the Owner may send it all the same.
    """

    kind: VerdictKind
    reason: Reason | None = None
    until: datetime | None = None
    zone: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    can_override: bool = False


class Guard(StrEnum):
    """What is asked before a text may leave, in this order."""

    ADDRESS = "address"
    CONSENT = "consent"
    NUMBER = "number"
    CAPS = "caps"
    TRUTH = "truth"
    REVIEW = "review"
    TIME = "time"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Step:
    """One guard's answer; `verdict` is None where it let the text pass."""

    guard: Guard
    verdict: Verdict | None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, each guard's answer, the consent that allowed it, and how long the provider may keep it."""

    verdict: Verdict
    steps: tuple[Step, ...]
    consent_event_id: UUID | None = None
    validity: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What a number agreed to for the text's purpose, and the event that decided it: when, how, in which words, noted by whom.

    `wording` and `by` are None where it was said at another location.
    """

    state: ConsentState
    event_id: UUID | None = None
    at: datetime | None = None
    method: str | None = None
    wording: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The provider said that no text can get to a number: its error's code, and when."""

    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What the caps count, and when each has room again; None where they were counted when it was accepted."""

    to_number: int
    of_location: int
    number_free_at: datetime | None = None
    location_free_at: datetime | None = None
    replies_to_number: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a verdict is made of. Zones are IANA names."""

    channel: Channel
    message_class: MessageClass
    origin: Origin
    address: str | None
    consent: Consent
    zones: hours.Zones
    week: hours.Week
    has_open_review: bool = False
    is_still_true: bool = True
    is_overridden: bool = False
    # When it was written; None for one that is being written.
    written_at: datetime | None = None
    not_before: datetime | None = None
    counts: Counts | None = None
    unreachable: Unreachable | None = None


def purpose_of(message_class: MessageClass) -> Purpose:
    """Return what must have been agreed to."""
    return Purpose.MARKETING if message_class is MessageClass.MARKETING else Purpose.INFORMATIONAL


# What each class needs. CTIA Messaging Principles 2023: an answer to somebody who wrote first is implied, information
# needs express consent, promotion needs it in writing (47 CFR 64.1200(f)(9)).
_ENOUGH = {
    MessageClass.CONVERSATION: frozenset(
        {ConsentState.CONVERSATIONAL, ConsentState.EXPRESS, ConsentState.EXPRESS_WRITTEN}
    ),
    MessageClass.INFORMATIONAL: frozenset({ConsentState.EXPRESS, ConsentState.EXPRESS_WRITTEN}),
    MessageClass.MARKETING: frozenset({ConsentState.EXPRESS_WRITTEN}),
}


_OPTED_OUT = frozenset({ConsentState.REVOKED, ConsentState.PROVIDER_BLOCKED})
_OPTS_IN = frozenset({ConsentMethod.START_KEYWORD, ConsentMethod.SIGNED_FORM})


def judge(facts: Facts, now: datetime) -> Judgement:
    """Say what becomes of a text at `now`, and what each guard says: the one place that decides it.

    The first guard that refuses decides, else the first that holds; all are asked, so that a person sees every reason.
    """
    steps = [
        Step(Guard.ADDRESS, _address(facts)),
        Step(Guard.CONSENT, _consent(facts, now), {"state": facts.consent.state, "at": facts.consent.at}),
        Step(Guard.NUMBER, _number(facts)),
        Step(Guard.CAPS, _caps(facts)),
        Step(Guard.TRUTH, _truth(facts, now)),
        Step(Guard.REVIEW, _review(facts)),
        Step(Guard.TIME, _time(facts, now)),
        Step(Guard.HOURS, _hours(facts, now), _hours_detail(facts)),
    ]
    found = [step.verdict for step in steps if step.verdict is not None]
    refusals = [verdict for verdict in found if verdict.kind is VerdictKind.REFUSED]
    verdict = (refusals or found or [Verdict(VerdictKind.NOW)])[0]
    return Judgement(verdict, tuple(steps), facts.consent.event_id, _validity(facts, now))


def _address(facts: Facts) -> Verdict | None:
    if facts.address is not None:
        return None
    return Verdict(VerdictKind.REFUSED, Reason.NO_EMAIL if facts.channel is Channel.EMAIL else Reason.NO_PHONE)


def _number(facts: Facts) -> Verdict | None:
    if facts.channel is Channel.EMAIL or facts.unreachable is None:
        return None
    known = {"code": facts.unreachable.code, "at": facts.unreachable.at}
    return Verdict(VerdictKind.REFUSED, Reason.UNREACHABLE, detail=known)


def _consent(facts: Facts, now: datetime) -> Verdict | None:
    if facts.channel is Channel.EMAIL and facts.message_class is MessageClass.MARKETING:
        # 16 CFR 316.5: advertising needs a way out, which our emails do not have.
        return Verdict(VerdictKind.REFUSED, Reason.NO_CONSENT)
    if facts.channel is Channel.EMAIL or facts.address is None or facts.message_class is MessageClass.KEYWORD_REPLY:
        return None
    consent = facts.consent
    if consent.state in _ENOUGH[facts.message_class]:
        return None
    reason = {ConsentState.REVOKED: Reason.OPTED_OUT, ConsentState.PROVIDER_BLOCKED: Reason.PROVIDER_BLOCKED}.get(
        consent.state, Reason.NO_CONSENT
    )
    is_ahead = facts.not_before is not None and facts.not_before > now
    if reason is Reason.NO_CONSENT and facts.origin is Origin.REMINDER and is_ahead:
        # Written long before: who comes to the counter meanwhile may agree.
        return Verdict(VerdictKind.HELD, reason, facts.not_before)
    detail: dict[str, Any] = {}
    if reason is not Reason.NO_CONSENT:
        said = (consent.wording or "").strip()[:LONGEST_QUOTE] or None
        told = {"at": consent.at, "method": consent.method, "wording": said, "by": consent.by}
        detail = {name: value for name, value in told.items() if value is not None}
    return Verdict(VerdictKind.REFUSED, reason, detail=detail)


def _caps(facts: Facts) -> Verdict | None:
    counts = facts.counts
    if counts is None:
        return None
    if facts.message_class is MessageClass.KEYWORD_REPLY:
        if counts.replies_to_number < CAP_REPLIES_PER_NUMBER:
            return None
        return Verdict(VerdictKind.REFUSED, Reason.CAP_CUSTOMER, detail={"most": CAP_REPLIES_PER_NUMBER})
    if counts.to_number >= CAP_PER_NUMBER:
        return _capped(facts, Reason.CAP_CUSTOMER, CAP_PER_NUMBER, counts.number_free_at)
    if counts.of_location >= CAP_PER_LOCATION:
        return _capped(facts, Reason.CAP_LOCATION, CAP_PER_LOCATION, counts.location_free_at)
    return None


def _capped(facts: Facts, reason: Reason, most: int, free_at: datetime | None) -> Verdict:
    """Refuse a person, who can come back; hold what nobody would write again until there is room."""
    if facts.origin in _BY_HAND:
        return Verdict(VerdictKind.REFUSED, reason, detail={"most": most, "at": free_at})
    return Verdict(VerdictKind.HELD, reason, free_at, detail={"most": most, "at": free_at})


def _truth(facts: Facts, now: datetime) -> Verdict | None:
    is_true = facts.is_still_true
    if facts.message_class is MessageClass.KEYWORD_REPLY:
        is_true = _left_of_reply(facts, now) >= _SHORTEST_REPLY and not _is_superseded(facts)
    return None if is_true else Verdict(VerdictKind.REFUSED, Reason.NO_LONGER_TRUE)


def _left_of_reply(facts: Facts, now: datetime) -> timedelta:
    """Return how long an answer to a keyword is still worth something; it runs from the customer's text."""
    return KEYWORD_REPLY_VALIDITY - (now - facts.written_at if facts.written_at is not None else timedelta())


def _is_superseded(facts: Facts) -> bool:
    """Tell whether the number said STOP, or START, after the keyword that an answer is for."""
    consent = facts.consent
    is_later = consent.at is not None and facts.written_at is not None and consent.at > facts.written_at
    return is_later and (consent.state in _OPTED_OUT or consent.method in _OPTS_IN)


def _review(facts: Facts) -> Verdict | None:
    if not facts.has_open_review or facts.origin in _BY_HAND:
        return None
    return Verdict(VerdictKind.HELD, Reason.REVIEW_OPEN)


def _time(facts: Facts, now: datetime) -> Verdict | None:
    if facts.not_before is None or facts.not_before <= now:
        return None
    # What is wanted for the night is held until the morning after it, by the hours.
    by_hours = _hours(facts, facts.not_before)
    if by_hours is not None and by_hours.kind is VerdictKind.HELD:
        return by_hours
    return Verdict(VerdictKind.HELD, Reason.REQUESTED_LATER, facts.not_before)


def _hours_detail(facts: Facts) -> dict[str, Any]:
    return {"zones": facts.zones.names, "certain": facts.zones.is_certain, "overridden": facts.is_overridden}


def has_hours(facts: Facts) -> bool:
    """Tell whether the hours of the law are asked of a text: not of emails, nor of an answer to a keyword."""
    return (
        facts.channel is Channel.SMS
        and facts.message_class is not MessageClass.KEYWORD_REPLY
        and not (facts.is_overridden and facts.message_class is not MessageClass.MARKETING)
    )


def _hours(facts: Facts, now: datetime) -> Verdict | None:
    if not has_hours(facts):
        return None
    zones = facts.zones.names
    closed = hours.closed_zone(now, zones, facts.week)
    begin = now
    if closed is None:
        end = hours.closes_at(now, zones, facts.week)
        if end - now >= SHORTEST_VALIDITY:
            return None
        # Too late to begin: the provider might still hold it when the hours are over.
        closed, begin = hours.closed_zone(end, zones, facts.week), end
    until = hours.next_opening(begin, zones, facts.week)
    is_marketing = facts.message_class is MessageClass.MARKETING
    if until is None:
        return Verdict(VerdictKind.REFUSED, Reason.NO_COMMON_HOURS, zone=closed, can_override=not is_marketing)
    reason = Reason.MARKETING_HOURS if is_marketing else Reason.QUIET_HOURS
    return Verdict(VerdictKind.HELD, reason, until, closed, can_override=not is_marketing)


def zone_of_hours(judgement: Judgement) -> str | None:
    """Return the zone whose hours hold a text, None where they hold it nowhere."""
    return next((step.verdict.zone for step in judgement.steps if step.guard is Guard.HOURS and step.verdict), None)


def _validity(facts: Facts, now: datetime) -> timedelta | None:
    """Return how long the provider may keep a text that leaves at `now`; None where it does not leave or is no text."""
    if facts.channel is Channel.EMAIL:
        return None
    if facts.message_class is MessageClass.KEYWORD_REPLY:
        return max(_left_of_reply(facts, now), _SHORTEST_REPLY)
    if not has_hours(facts):
        return LONGEST_VALIDITY
    if hours.closed_zone(now, facts.zones.names, facts.week) is not None:
        return None
    return min(LONGEST_VALIDITY, hours.closes_at(now, facts.zones.names, facts.week) - now)


# --- refusals ------------------------------------------------------------------------------------


class RefusalError(DomainError):
    """A guard says no; `code` is the reason and `verdict` the whole of it."""

    def __init__(self, message: str, reason: Reason, **context: Any) -> None:
        """Be the refusal for this reason."""
        super().__init__(message, **context)
        self.code = reason.value  # type: ignore[misc]  # each refusal has its own


class MessageRefusedError(RefusalError):
    """409: the number opted out, never agreed, or can't be texted at any hour."""

    status = 409


class MessageInvalidError(RefusalError):
    """422: the customer has no number or address."""

    status = 422


class MessageCapError(RefusalError):
    """429: too many texts to this number today, or of this location in this hour."""

    status = 429


class OverrideForbiddenError(PermissionDeniedError):
    """403: only the Owner may send in quiet hours."""

    code = "override_forbidden"


class AnsweredMeanwhileError(ConflictError):
    """409: a colleague has answered since the thread was seen; `answer` is what they wrote. Both texts may be wanted."""

    code = "answered_meanwhile"


class NotRetryableError(ConflictError):
    """409: it was not given up, or trying again can't help."""

    code = "not_retryable"


class NotWaitingError(ConflictError):
    """409: it is not waiting any more: it left, or was taken back."""

    code = "not_waiting"


_SENTENCES = {
    Reason.CAP_CUSTOMER: "This number got 20 texts within 24 hours; that is the most.",
    Reason.CAP_LOCATION: "This location sent 200 texts within an hour; that is the most.",
    Reason.MISSING_VALUES: "The text has a variable that nothing is known for.",
    Reason.NO_COMMON_HOURS: "There is no hour at which texts are allowed everywhere this phone may be.",
    Reason.NO_CONSENT: "This number has not agreed to this kind of text.",
    Reason.NO_EMAIL: "This customer has no email address.",
    Reason.NO_LONGER_TRUE: "What this text says is no longer true.",
    Reason.NO_PHONE: "This customer has no phone number.",
    Reason.OPTED_OUT: "This number opted out of texts.",
    Reason.PROVIDER_BLOCKED: "The network blocks our texts to this number.",
    Reason.UNREACHABLE: "This number can't get texts. Call, or write an email.",
}
# Held by the hours where the customer is: another zone of theirs may let it go.
BY_HOURS = frozenset({Reason.QUIET_HOURS, Reason.MARKETING_HOURS})
# The caps.
CAPPED = frozenset({Reason.CAP_CUSTOMER, Reason.CAP_LOCATION})
_INVALID = frozenset({Reason.NO_PHONE, Reason.NO_EMAIL, Reason.MISSING_VALUES})


def refusal(verdict: Verdict, now: datetime) -> DomainError:
    """Build the error for a refused text, its code being the reason."""
    assert verdict.reason is not None
    sentence = _SENTENCES.get(verdict.reason, "This text can't be sent.")
    context: dict[str, Any] = {"verdict": shown_verdict(verdict)}
    kind: type[RefusalError] = MessageRefusedError
    if verdict.reason in _INVALID:
        kind = MessageInvalidError
    elif verdict.reason in CAPPED:
        kind = MessageCapError
        free_at = verdict.detail.get("at")
        context["retry_after"] = max(1, int((free_at - now).total_seconds())) if free_at is not None else 60
    return kind(sentence, verdict.reason, **context)


def shown_verdict(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as the wire shows it."""
    return {
        "kind": verdict.kind,
        "reason": verdict.reason,
        "until": verdict.until,
        "zone": verdict.zone,
        "detail": dict(verdict.detail),
        "canOverride": verdict.can_override,
    }


# --- what the provider says ----------------------------------------------------------------------

# Twilio's statuses by how far they are (docs: outbound message status in status callbacks). Callbacks come in any order
# and say no time, so a message only ever goes up. `read` comes after `delivered` alone.
RANK = {
    "accepted": 1,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "delivered": 5,
    "undelivered": 5,
    "failed": 5,
    "canceled": 5,
    "partially_delivered": 5,
    "read": 6,
}
TERMINAL = 5
_STATUS_OF = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.DELIVERED,
    "partially_delivered": MessageStatus.UNDELIVERED,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.FAILED,
}


class Progress(StrEnum):
    """What a provider's status does to a message."""

    ADVANCES = "advances"
    IS_KNOWN = "is_known"
    CONFLICTS = "conflicts"


def progress(present: str | None, said: str) -> Progress:
    """Tell what a provider's status is worth beside the one that is known: forward, nothing new, or a contradiction.

    Of two ends the first stays; `read` after `delivered` goes on, after another end it contradicts it. `read` that
    comes before `delivered` says as much and is the end.
    """
    if said not in RANK:
        return Progress.IS_KNOWN
    if present is None or present not in RANK:
        return Progress.ADVANCES
    if RANK[present] < TERMINAL:
        return Progress.ADVANCES if RANK[said] > RANK[present] else Progress.IS_KNOWN
    if RANK[said] < TERMINAL or said == present or (present == "read" and said == "delivered"):
        return Progress.IS_KNOWN
    return Progress.ADVANCES if (present, said) == ("delivered", "read") else Progress.CONFLICTS


def status_of(provider_status: str) -> MessageStatus:
    """Return our status for a provider's."""
    return _STATUS_OF.get(provider_status, MessageStatus.SENDING)


class Retry(StrEnum):
    """What may be done about an error."""

    SOON = "soon"
    RECONCILE = "reconcile"
    LATER_ONCE = "later_once"
    NEVER = "never"


# By Twilio's error code. 429 was never processed (docs/api/errors/20429), a connection that was not made brought
# nothing either; a 5xx and a lost answer may have. Codes that are not here fail.
RETRIES: dict[str, Retry] = {
    "20429": Retry.SOON,
    "429": Retry.SOON,
    "connect": Retry.SOON,
    "mail_later": Retry.SOON,  # RFC 5321: 4yz
    "timeout": Retry.RECONCILE,
    "500": Retry.RECONCILE,
    "502": Retry.RECONCILE,
    "503": Retry.RECONCILE,
    "504": Retry.RECONCILE,
    "20500": Retry.RECONCILE,
    "20503": Retry.RECONCILE,
    "30001": Retry.LATER_ONCE,
    "30003": Retry.LATER_ONCE,
    "30008": Retry.LATER_ONCE,
    "21611": Retry.LATER_ONCE,
    "20003": Retry.NEVER,
    "21211": Retry.NEVER,
    "21610": Retry.NEVER,
    "21614": Retry.NEVER,
    "30002": Retry.NEVER,
    "30004": Retry.NEVER,
    "30005": Retry.NEVER,
    "30006": Retry.NEVER,
    "30007": Retry.NEVER,
    "30034": Retry.NEVER,
}
# HTTP's own; the provider's codes have five digits.
_SERVER_ERROR = re.compile(r"5[0-9]{2}")
# The account itself is in trouble: nothing of anybody's leaves until somebody looks.
ALARMS = frozenset({"20003", "30002", "30007"})
# The number opted out at the provider.
BLOCKED_AT_PROVIDER = "21610"
# Stands for an answer that was lost: the message was looked for, not found, and sent once more.
LOST = "lost"
# Trying these again by hand can't help: the number is none, is a landline, is dead, or does not want it.
HOPELESS = frozenset({"21211", "21610", "21614", "30005", "30006"})
# What the number is, not how it was that day: no number, no mobile phone, a landline. The next text is not tried either,
# until it is heard of again, or a season later: numbers change their owners.
NO_TEXTS_THERE = frozenset({"21211", "21614", "30006"})
NO_TEXTS_FOR = timedelta(days=90)

MOST_ATTEMPTS = 4
RETRY_WITHIN = timedelta(hours=6)
LATER = timedelta(minutes=30)
FIRST_BACKOFF_SECONDS, MOST_BACKOFF_SECONDS = 2.0, 60.0


def retry_of(code: str) -> Retry:
    """Return what may be done about an error code; an unknown one fails, it never loops.

    Any 5xx of whoever answered in the provider's place, for instance 520, may have had its effect.
    """
    return RETRIES.get(code, Retry.RECONCILE if _SERVER_ERROR.fullmatch(code) else Retry.NEVER)


def backoff(waited: timedelta, chance: float, retry_after: float | None = None) -> timedelta:
    """Return the pause before the next attempt: what the provider asks for, else as long again with full jitter.

    `waited` is the time since the first attempt; `chance` is drawn from [0, 1). At most 60 s.
    """
    if retry_after is not None:
        return timedelta(seconds=min(max(retry_after, 1.0), MOST_BACKOFF_SECONDS))
    ceiling = min(max(waited.total_seconds(), FIRST_BACKOFF_SECONDS), MOST_BACKOFF_SECONDS)
    return timedelta(seconds=max(0.5, ceiling * chance))


def may_try_again(attempts: int, first_claimed_at: datetime | None, now: datetime) -> bool:
    """Tell whether the sender may try once more by itself: at most 4 attempts within 6 hours of the first.

    `attempts` of a message that was let go again begin with the next multiple of four.
    """
    return attempts % MOST_ATTEMPTS != 0 and is_in_time(first_claimed_at, now)


def is_in_time(first_claimed_at: datetime | None, now: datetime) -> bool:
    """Tell whether the sender's own tries are not over: calls that did not begin are bounded by this alone."""
    return first_claimed_at is None or now - first_claimed_at < RETRY_WITHIN


def begin_round(attempts: int) -> int:
    """Return the count from which the attempts of a message are counted once it is let go, or let go again."""
    return -(-attempts // MOST_ATTEMPTS) * MOST_ATTEMPTS


def can_retry(
    status: MessageStatus, message_class: MessageClass, error_code: str | None, reason: str | None = None
) -> bool:
    """Tell whether a person may send it again; an answer to a keyword is owed at once or not at all.

    What is known not to be so any more is not sent again: whoever has something to say writes it anew.
    """
    is_hopeless = error_code in HOPELESS or reason == Reason.NO_LONGER_TRUE
    return status in DEAD and message_class != MessageClass.KEYWORD_REPLY and not is_hopeless


def can_cancel(status: MessageStatus) -> bool:
    """Tell whether a person may take it back, or put away what was given up."""
    return status in WAITING | DEAD
