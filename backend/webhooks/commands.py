"""Keep what a provider tells, then act on it once.

Keeping is a transaction of its own, committed before the provider hears that we have it; acting is another. Whatever
fails in between is done by the sweep.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts.rules import Switchable
from backend.consent import commands as consents
from backend.consent import queries as consent_queries
from backend.consent.commands import Evidence
from backend.consent.queries import Consent
from backend.consent.rules import (
    REVOKING,
    ConsentKind,
    ConsentMethod,
    Meaning,
    Reading,
    ReviewKind,
    classify,
    is_spanish,
)
from backend.core.actor import Actor, ActorKind
from backend.core.db import session_row
from backend.core.ids import new_id
from backend.core.phone import InvalidPhoneError, normalize, spoken
from backend.desk import commands as desk
from backend.inbox import commands as inbox
from backend.inbox.commands import Incoming
from backend.messages import commands as messages
from backend.messages import queries as message_queries
from backend.messages.commands import Draft
from backend.messages.rules import Channel, MessageClass, Origin, Reason
from backend.notices import commands as notices
from backend.payments import commands as payments
from backend.payments import rules as payment_rules
from backend.payments.rules import Told as PaymentTold
from backend.sender import commands as sender
from backend.settings import Settings
from backend.webhooks import queries, rules
from backend.webhooks.models import ProviderEvent, ProviderEventKind
from backend.webhooks.queries import Route
from backend.webhooks.rules import PaymentEvent, Told

log = logging.getLogger(__name__)

T = TypeVar("T")

CUSTOMER = Actor(ActorKind.CUSTOMER)
# What is not over: the text that a status is about may become known, and a shop that is just being set up gets a location.
ORPHAN, NO_LOCATION = "orphan", "no_location"
# The same of payments: a refund whose payment may be told of later, and a page that does not fit what we know.
_NOT_OVER = frozenset({ORPHAN, NO_LOCATION, PaymentTold.ORPHAN.value, PaymentTold.DOUBT.value})
_REVIEWS = {
    Meaning.AMBIGUOUS: ReviewKind.OPT_OUT_OR_JOB,
    Meaning.OPT_OUT_CANCEL: ReviewKind.CANCEL_APPOINTMENT,
    Meaning.WRONG_NUMBER: ReviewKind.WRONG_NUMBER,
}


@dataclass(frozen=True, slots=True)
class Manners:
    """Whether keywords are answered by us: not where the provider does, nor while texting is switched off."""

    answers_keywords: bool

    @classmethod
    def of(cls, settings: Settings) -> "Manners":
        """Return those of a process with these settings, as the Owner's switch stands."""
        is_on = accounts.is_on(settings.flags, Switchable.MESSAGING)
        return cls(answers_keywords=is_on and not settings.twilio_answers_keywords)


# By hand: each text is told of three times.
_KEEP = """
    INSERT INTO provider_events (id, provider, kind, sid, status, error_code, message_id, payload, received_at)
    VALUES (%(id)s, %(provider)s, %(kind)s, %(sid)s, %(status)s, %(error_code)s, %(message_id)s, %(payload)s::jsonb, %(received_at)s)
    ON CONFLICT DO NOTHING RETURNING id
"""

# Runs work in a transaction of its own: `core.db.in_transaction`, which commands may not use themselves.
Runner = Callable[[Callable[[Session], T]], T]


def keep(session: Session, told: Told, now: datetime) -> UUID | None:
    """Keep what a provider told and return its id; None for what was told before, which changes nothing."""
    payload = dict(told.payload)
    if told.attempt is not None:
        payload["_attempt"] = str(told.attempt)
    values = {
        "id": new_id(),
        "provider": rules.TWILIO,
        "kind": ProviderEventKind.INBOUND if told.is_inbound else ProviderEventKind.STATUS,
        "sid": told.sid,
        "status": told.status,
        "error_code": told.error_code,
        "message_id": told.message_id,
        "payload": orjson.dumps(payload).decode(),
        "received_at": now,
    }
    kept = session_row(session, _KEEP, values)
    return None if kept is None else kept[0]


def act(run: Runner[None], event_id: UUID, manners: Manners, now: datetime) -> bool:
    """Act on a kept event in a transaction of its own; False when that failed, and then the sweep tries again.

    A STOP is honored even so: what else a text leads to may fail, its revocation is written by itself.
    """
    try:
        run(lambda session: process(session, event_id, manners, now))
    except Exception as error:  # whatever it was must not lose the event, nor the other events of a sweep
        log.exception("webhook_processing_failed", extra={"event_id": str(event_id)})
        failure = type(error).__name__
    else:
        return True
    try:
        run(lambda session: _fail(session, event_id, failure, now))
    except Exception:  # as above; the database may be away
        log.exception("webhook_failure_not_noted", extra={"event_id": str(event_id)})
    return False


def process(session: Session, event_id: UUID, manners: Manners, now: datetime) -> None:
    """Act on an event, once: nothing where somebody has, or just does."""
    event = queries.take_event(session, event_id)
    if event is None:
        return
    if event.kind == ProviderEventKind.STATUS:
        result = _follow_status(session, event)
    elif event.kind == ProviderEventKind.PAYMENT:
        result = _follow_payment(session, event, now)
    else:
        result = _take_in(session, event, manners, now)
    event.result = result
    event.attempts += 1
    event.processed_at = None if result in _NOT_OVER else now


def finish(session: Session, event_id: UUID, result: str, now: datetime) -> None:
    """Note what came of an event when its provider was asked."""
    event = queries.take_event(session, event_id)
    if event is not None:
        event.result, event.processed_at = result, now


def forget_old(session: Session, now: datetime) -> int:
    """Forget events older than 30 days, and orphans after seven; return how many."""
    done = sa.delete(ProviderEvent).where(
        sa.or_(
            ProviderEvent.received_at < now - rules.KEEP_EVENTS,
            sa.and_(
                ProviderEvent.processed_at.is_(None),
                ProviderEvent.result == ORPHAN,
                ProviderEvent.received_at < now - rules.ORPHANS_WAIT,
            ),
        )
    )
    return int(session.execute(done).rowcount)  # type: ignore[attr-defined]


# --- what became of a text of ours ---------------------------------------------------------------


def _follow_status(session: Session, event: ProviderEvent) -> str:
    attempt = event.payload.get("_attempt")
    progress = sender.apply_provider_status(
        session,
        event.status,
        at=event.received_at,
        message_id=event.message_id,
        sid=event.sid,
        attempt=None if attempt is None else int(attempt),
        error_code=event.error_code or None,
    )
    return ORPHAN if progress is None else progress.value


# --- what the card processor tells ----------------------------------------------------------------


def keep_payment(session: Session, told: PaymentEvent, now: datetime) -> UUID | None:
    """Keep an event of the card processor's and return its id; None for one that was told before."""
    return session.scalar(
        insert(ProviderEvent)
        .values(
            id=new_id(),
            provider=rules.STRIPE,
            kind=ProviderEventKind.PAYMENT,
            sid=told.id,
            status=told.type,
            payload=dict(told.subject),
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(ProviderEvent.id)
    )


def _follow_payment(session: Session, event: ProviderEvent, now: datetime) -> str:
    if event.status in rules.REFUND_EVENTS:
        return payments.apply_refund(session, payment_rules.read_refund(event.payload), now=now).value
    page = payment_rules.read_page(event.payload)
    return payments.apply_page(session, page, is_certain=False, now=now).value


# --- what a customer wrote -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A customer's text, and where it belongs. `at` is when the provider had it."""

    sid: str
    phone: str
    body: str
    at: datetime
    route: Route


def _take_in(session: Session, event: ProviderEvent, manners: Manners, now: datetime) -> str:
    """Put a text into its thread and do what it says; return what it was read as."""
    phone = _phone(event)
    if phone is None:
        # A short code or a name: nobody to answer, and nobody who agreed to anything.
        return "not_a_number"
    if queries.is_known(session, event.sid):
        return "known"
    route = queries.find_route(session, phone=phone, number=event.payload["To"], now=event.received_at)
    if route is None:
        return NO_LOCATION
    body = rules.shown_text(event.payload["Body"], _pictures(event))
    text = Text(event.sid, phone, body, _at(event), route)
    incoming = Incoming(route.place.id, phone, body, text.at, route.customer_id, route.appointment_id)
    conversation_id = inbox.open_thread(session, incoming, now=now)
    message = messages.receive(
        session,
        location_id=route.place.id,
        phone=phone,
        body=body,
        provider_sid=event.sid,
        at=text.at,
        appointment_id=route.appointment_id,
        customer_id=route.customer_id,
    )
    message_queries.count_unread_of_numbers(session, {(route.place.id, phone)})
    consent = consent_queries.find_consent(session, phone)
    reading = classify(event.payload["Body"], is_revoked=consent is not None and consent.is_opted_out)
    _obey(session, text, reading, consent, message_id=message.id, manners=manners, now=now)
    inbox.announce(session, conversation_id, now)
    return reading.meaning.value


def _obey(
    session: Session,
    text: Text,
    reading: Reading,
    consent: Consent | None,
    *,
    message_id: UUID,
    manners: Manners,
    now: datetime,
) -> None:
    """Do what a text says about texting, and answer its keyword."""
    place = text.route.place
    evidence = Evidence(text.body, location_id=place.id, message_id=message_id, provider_sid=text.sid)
    reply = None
    if reading.meaning in REVOKING:
        if not _was_superseded(session, consent, {ConsentKind.RESTORED}, text.at) and _revoke(
            session, text.phone, reading, evidence, text.at
        ):
            confirm = rules.opt_out_reply_in_spanish if is_spanish(reading) else rules.opt_out_reply
            reply = confirm(place.name)
    elif reading.meaning is Meaning.OPT_IN:
        if not _was_superseded(session, consent, {ConsentKind.REVOKED}, text.at):
            consents.restore(
                session, text.phone, ConsentMethod.START_KEYWORD, evidence=evidence, actor=CUSTOMER, now=text.at
            )
            reply = rules.opt_in_reply(place.name)
    elif consent is None or not consent.is_opted_out:
        if reading.meaning is Meaning.HELP:
            reply = rules.help_reply(place.name, spoken(place.phone) if place.phone else None)
        if reading.meaning is not Meaning.AMBIGUOUS:
            consents.note_conversation(session, text.phone, evidence=evidence, actor=CUSTOMER, now=text.at)
    review = _REVIEWS.get(reading.meaning)
    if review is not None:
        consents.open_review(
            session, text.phone, review, message_id=message_id, location_id=place.id, actor=CUSTOMER, now=text.at
        )
    if reading.meaning is Meaning.TALK:
        notices.confirm_by_reply(session, place.id, text.phone, text.body, now=now)
    if reply is not None and manners.answers_keywords and now - text.at <= rules.CONFIRM_WITHIN:
        _answer(session, text, reply)


def _was_superseded(session: Session, consent: Consent | None, kinds: set[ConsentKind], at: datetime) -> bool:
    """True when the number's owner said the contrary after `at`: what was found late does not undo it."""
    last = consent_queries.find_event(session, consent.informational_event_id) if consent else None
    return last is not None and last.kind in kinds and last.at > at


def _revoke(session: Session, phone: str, reading: Reading, evidence: Evidence, at: datetime) -> bool:
    """End consent and take back what waits; True when the number could be texted before."""
    is_keyword = reading.meaning in {Meaning.OPT_OUT, Meaning.OPT_OUT_CANCEL}
    method = ConsentMethod.STOP_KEYWORD if is_keyword else ConsentMethod.STOP_PHRASE
    revocation = consents.revoke(session, phone, method, evidence=evidence, actor=CUSTOMER, now=at)
    desk.cancel_waiting(session, Reason.OPTED_OUT, now=at, phone=phone)
    return revocation.is_new


def _answer(session: Session, text: Text, reply: str) -> None:
    messages.compose(
        session,
        Draft(
            text.route.place.id,
            Channel.SMS,
            body=reply,
            appointment_id=text.route.appointment_id,
            customer_id=text.route.customer_id,
            phone=text.phone,
            message_class=MessageClass.KEYWORD_REPLY,
            origin=Origin.KEYWORD,
            origin_key=f"keyword:{text.sid}",
        ),
        actor=CUSTOMER,
        # Its five minutes run from the customer's text.
        now=text.at,
    )


def _fail(session: Session, event_id: UUID, failure: str, now: datetime) -> None:
    """Count a failed try; of a text that revokes, write at least that."""
    event = queries.take_event(session, event_id)
    if event is None:
        return
    event.attempts += 1
    event.result = failure
    phone = _phone(event) if event.kind == ProviderEventKind.INBOUND else None
    if phone is None:
        return
    consent = consent_queries.find_consent(session, phone)
    reading = classify(event.payload["Body"])
    superseded = _was_superseded(session, consent, {ConsentKind.RESTORED}, _at(event))
    if reading.meaning in REVOKING and not superseded and not (consent and consent.is_opted_out):
        evidence = Evidence(rules.shown_text(event.payload["Body"], 0), provider_sid=event.sid)
        _revoke(session, phone, reading, evidence, now)


def _phone(event: ProviderEvent) -> str | None:
    """Return the number that a text is from; None for a short code or a name."""
    sender = event.payload["From"]
    try:
        return normalize(sender) if sender.startswith("+") else None
    except InvalidPhoneError:
        return None


def _pictures(event: ProviderEvent) -> int:
    count = event.payload.get("NumMedia", "0")
    return int(count) if count.isascii() and count.isdecimal() and len(count) <= 2 else 0  # noqa: PLR2004


def _at(event: ProviderEvent) -> datetime:
    """Return when the provider had a text: as it says where we asked for it, else when it came."""
    said = event.payload.get("_sent_at")
    return event.received_at if said is None else datetime.fromisoformat(said)
