"""What can be done with messages: compose, receive, take back, send again; and the steps of the sender.

The row is the sender's outbox. Locks are taken in one order: what the caps count, the number's consent, then the message; so a STOP, which
holds the consent and then takes back what waits, and a claim never wait for each other.
"""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, make_transient_to_detached

from backend.accounts.permissions import Permission, actor_may
from backend.appointments import commands as appointments
from backend.appointments.models import Appointment
from backend.audit import commands as audit
from backend.core import live, queue
from backend.core.actor import Actor, ActorKind
from backend.core.db import after_commit, loaded, session_row
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.core.phone import area_code, time_zones
from backend.hours import rules as hours
from backend.messages import queries, rules
from backend.messages.models import Message
from backend.messages.queries import Recipient, Standing
from backend.messages.rules import (
    Channel,
    Direction,
    Facts,
    Judgement,
    MessageClass,
    MessageStatus,
    Origin,
    Reason,
    Verdict,
    VerdictKind,
)
from backend.templates import commands as templates
from backend.templates import queries as template_queries
from backend.templates import rules as texts

ENTITY = "message"
CUSTOMER = Actor(ActorKind.CUSTOMER)


# --- a message to be ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as somebody wants it: a `body` or a template, either with `{variables}` of the appointment.

    Without a phone or email it goes to the customer's. `not_before` is an instant in UTC. `origin_key` makes it
    once. `seen_id` is the newest message that its writer had seen of the thread: the number's where `phone` is given, else
    the appointment's; `shown_id` the newest on their screen as they sent it: what the customer wrote after it is not answered. With `host`, our own, it is checked like a template for links and invitations. `is_proposed` waits for a
    person's word.
    """

    location_id: UUID
    channel: Channel = Channel.SMS
    body: str | None = None
    subject: str | None = None
    template_id: UUID | None = None
    appointment_id: UUID | None = None
    customer_id: UUID | None = None
    phone: str | None = None
    email: str | None = None
    message_class: MessageClass | None = None
    origin: Origin = Origin.STAFF
    origin_key: str | None = None
    not_before: datetime | None = None
    override_reason: str | None = None
    host: str | None = None
    # What `{link}` stands for: the address of a signed link that was made for this message.
    link: str | None = None
    is_proposed: bool = False
    seen_id: UUID | None = None
    shown_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The exact text that would be sent, what it is, and what keeps it from being sent as it is."""

    body: str
    subject: str | None
    message_class: MessageClass
    template_id: UUID | None
    template_version: int | None
    length: texts.Segments
    has_footer: bool
    replaced: tuple[texts.Replacement, ...]
    missing: tuple[str, ...]
    findings: tuple[texts.Finding, ...]
    tells_money: bool = False


def write(session: Session, draft: Draft, recipient: Recipient, standing: Standing, now: datetime) -> Written:
    """Return a draft's exact text: values filled in, transliterated, with the shop's name and the footer it needs.

    Raises:
        NotFoundError: no such template at the location.
    """
    body, subject, version = draft.body or "", draft.subject, None
    message_class = draft.message_class or MessageClass.CONVERSATION
    if draft.template_id is not None:
        template = template_queries.get_template(session, draft.template_id, (draft.location_id,))
        body, subject, version = template.body, template.subject, template.version
        message_class = draft.message_class or _class_of(template.purpose)
    values: texts.Values = {}
    if draft.appointment_id is not None and any(texts.parse(text) for text in (body, subject or "")):
        values = {**template_queries.read_values(session, draft.appointment_id), "link": draft.link}
    filled = texts.fill(body, values)
    heading = texts.fill(subject, values) if subject is not None else None
    missing = tuple(dict.fromkeys((*filled.missing, *(heading.missing if heading is not None else ()))))
    findings: list[texts.Finding] = []
    if draft.host is not None:
        channel = texts.TemplateChannel(draft.channel.value)
        findings = texts.lint_template(body, subject, host=draft.host, channel=channel)
    finished = texts.Finished(filled.text, texts.count_segments(filled.text), ())
    if draft.channel is Channel.SMS:
        finished = _finish(filled.text, draft, recipient, standing, message_class, now)
    length = finished.segments
    if draft.origin is Origin.STAFF and draft.channel is Channel.SMS and length.segments > texts.MOST_SEGMENTS:
        findings = [finding for finding in findings if finding.code is not texts.FindingCode.TOO_LONG]
        findings.append(_too_long(length, body))
    return Written(
        finished.text,
        heading.text if heading is not None else None,
        message_class,
        draft.template_id,
        version,
        length,
        texts.has_footer(finished.text),
        finished.replaced,
        missing,
        tuple(findings),
        texts.tells_money(f"{subject or ''} {body}"),
    )


def _class_of(purpose: str) -> MessageClass:
    return MessageClass.MARKETING if purpose == MessageClass.MARKETING.value else MessageClass.INFORMATIONAL


def _finish(
    text: str, draft: Draft, recipient: Recipient, standing: Standing, message_class: MessageClass, now: datetime
) -> texts.Finished:
    """Return a text as it goes out, with who writes and how to opt out where it must say so.

    What the shop sends by itself always names it; a person's does where it says how to opt out: the first to a number,
    every advertisement, and once in 30 days. Within a conversation people write as they talk.
    """
    if message_class is MessageClass.KEYWORD_REPLY:
        return texts.finish(text, footer=False)
    has_footer = texts.needs_footer(standing.last_footer_at, purpose=rules.purpose_of(message_class), now=now)
    is_named = has_footer or draft.origin is not Origin.STAFF
    return texts.finish(text, footer=has_footer, shop_name=recipient.location_name if is_named else None)


def _is_too_long(written: Written, channel: Channel) -> bool:
    return channel is Channel.SMS and written.length.segments > texts.MOST_SEGMENTS


def _too_long(length: texts.Segments, body: str) -> texts.Finding:
    code = texts.FindingCode.TOO_LONG
    return texts.Finding(code, str(length.segments), str(texts.MOST_SEGMENTS), 0, len(body))


# --- the one engine that decides ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked whether it is still true: who made it, for what, about which visit."""

    origin: Origin
    origin_key: str | None
    appointment_id: UUID | None
    now: datetime


TruthAsker = Callable[[Session, Subject], bool]


class _Registered:
    """Whom to ask whether a text that the shop sends by itself is still true; `wiring` says it."""

    is_still_true: TruthAsker = staticmethod(lambda _session, _subject: True)


def ask_for_truth(asker: TruthAsker) -> None:
    """Have the sender ask `asker` before a text that no person wrote leaves."""
    _Registered.is_still_true = staticmethod(asker)


def decide(session: Session, draft: Draft, now: datetime) -> Verdict:
    """Say what would become of a draft at `now`, which may lie ahead; nothing is locked or written.

    Raises:
        NotFoundError: no such location or template.
    """
    return preview(session, draft, now)[1].verdict


def preview(session: Session, draft: Draft, now: datetime) -> tuple[Written, Judgement]:
    """Return a draft's exact text and what would become of it at `now`.

    Raises:
        NotFoundError: no such location or template.
    """
    recipient = _recipient(session, draft)
    standing = _standing(session, draft, recipient, now)
    written = write(session, draft, recipient, standing, now)
    return written, _judge_draft(session, draft, recipient, standing, written, now)


def shown_preview(written: Written, verdict: Verdict, *, may_override: bool) -> dict[str, Any]:
    """Return a preview as the wire shows it, to somebody who may override the hours, or not."""
    return {
        "text": written.body,
        "subject": written.subject,
        "encoding": written.length.encoding,
        "characters": written.length.characters,
        "segments": written.length.segments,
        "footer": written.has_footer,
        "replaced": [asdict(replacement) for replacement in written.replaced],
        "missing": written.missing,
        "findings": [asdict(finding) for finding in written.findings],
        "messageClass": written.message_class,
        "verdict": {**rules.shown_verdict(verdict), "canOverride": verdict.can_override and may_override},
    }


def _recipient(session: Session, draft: Draft, *, in_turn: bool = False) -> Recipient:
    return queries.find_recipient(
        session,
        draft.location_id,
        draft.appointment_id,
        draft.customer_id,
        phone=draft.phone,
        email=draft.email,
        in_turn_for=draft.channel if in_turn else None,
    )


def _standing(session: Session, draft: Draft, recipient: Recipient, now: datetime) -> Standing:
    phone, email = _by_channel(draft.channel, recipient)
    return queries.count_standing(session, draft.location_id, now, phone=phone, email=email)


def _by_channel(channel: Channel, recipient: Recipient) -> tuple[str | None, str | None]:
    """Return the phone or the email that a message goes to, the other being None."""
    return (None, recipient.email) if channel is Channel.EMAIL else (recipient.phone, None)


def _address(channel: Channel, recipient: Recipient) -> str | None:
    return recipient.email if channel is Channel.EMAIL else recipient.phone


def _judge_draft(
    session: Session, draft: Draft, recipient: Recipient, standing: Standing, written: Written, now: datetime
) -> Judgement:
    subject = Subject(draft.origin, draft.origin_key, draft.appointment_id, now)
    facts = _facts(session, draft.channel, written.message_class, recipient, standing, subject)
    facts = replace(facts, not_before=draft.not_before, is_overridden=draft.override_reason is not None)
    return rules.judge(facts, now)


def _facts(
    session: Session,
    channel: Channel,
    message_class: MessageClass,
    recipient: Recipient,
    standing: Standing,
    subject: Subject,
) -> Facts:
    """Put together what a verdict is made of."""
    phone, _ = _by_channel(channel, recipient)
    number_zones = time_zones(phone) if phone is not None else ()
    zones = hours.candidate_zones(recipient.location_zone, recipient.stated_zone, number_zones)
    week = hours.FEDERAL
    if message_class is MessageClass.MARKETING and phone is not None:
        week = hours.marketing_week(area_code(phone), zones, number_zones)
    is_by_itself = subject.origin in {Origin.STAGE, Origin.REMINDER, Origin.CONFIRMATION}
    return Facts(
        channel=channel,
        message_class=message_class,
        origin=subject.origin,
        address=_address(channel, recipient),
        consent=standing.consents[rules.purpose_of(message_class)],
        zones=zones,
        week=week,
        has_open_review=is_by_itself and standing.has_open_review,
        is_still_true=not is_by_itself or _Registered.is_still_true(session, subject),
        counts=standing.counts,
        unreachable=standing.unreachable,
    )


# --- composing -----------------------------------------------------------------------------------


def compose(session: Session, draft: Draft, *, actor: Actor, now: datetime) -> Message:
    """Accept a message: its row is what the sender works from. One effect per `origin_key`.

    What no person wrote and may not be sent is kept, suppressed, with its reason. A person is refused at once:

    Raises:
        NotFoundError: no such location or template.
        OverrideForbiddenError: the actor may not send in quiet hours.
        TemplateRefusedError, MissingValuesError: the text can't be used as it is.
        AnsweredMeanwhileError: a colleague has answered since what the writer had seen; the answer comes along.
        MessageRefusedError, MessageInvalidError, MessageCapError: a guard says no; the verdict comes along.
    """
    if draft.origin_key is not None:
        queries.lock_origin(session, draft.origin_key)
        made = queries.find_by_origin(session, draft.origin_key)
        if made is not None:
            return made
    check_override(draft.override_reason, actor)
    # An answer to a keyword is no part of the location's count; and who writes it holds the number's conversation, for
    # which the others wait with the count in hand.
    recipient = _recipient(session, draft, in_turn=draft.message_class is not MessageClass.KEYWORD_REPLY)
    standing = _standing(session, draft, recipient, now)
    if draft.seen_id is not None:
        _check_unanswered(session, draft, draft.seen_id, actor)
    written = write(session, draft, recipient, standing, now)
    judgement = _judge_draft(session, draft, recipient, standing, written, now)
    verdict = judgement.verdict
    if draft.origin is Origin.STAFF and not draft.is_proposed:
        _refuse(written, verdict, now)
    elif written.missing:
        verdict = Verdict(VerdictKind.REFUSED, Reason.MISSING_VALUES, detail={"missing": list(written.missing)})
    elif _is_too_long(written, draft.channel):
        verdict = Verdict(VerdictKind.REFUSED, Reason.TOO_LONG, detail={"segments": written.length.segments})
    message = _row(draft, recipient, written, actor, now)
    settle(message, verdict, now, is_proposed=draft.is_proposed)
    event = {MessageStatus.PROPOSED: EventType.MESSAGE_PROPOSED, MessageStatus.SUPPRESSED: EventType.MESSAGE_SUPPRESSED}
    _insert(session, message, event.get(message.status, EventType.MESSAGE_COMPOSED), actor, now)
    if message.template_id is not None and message.status != MessageStatus.SUPPRESSED:
        templates.count_use(session, message.template_id, now)
    # Before the screens are told: a worker begins meanwhile.
    kick(session, message)
    if _is_answer(draft, actor) and message.phone is not None and recipient.conversation_id is not None:
        # What is answered waits for nobody.
        mark_read(session, number=(message.location_id, message.phone), shown_id=draft.shown_id, now=now)
        announce(session, message)
    else:
        _announce(session, message, recipient.unread_count, recipient.conversation_id)
    return message


_COLUMNS = tuple(column.name for column in Message.__table__.columns)
_INSERT = f"""
    WITH made AS (
        INSERT INTO messages ({", ".join(_COLUMNS)}) VALUES ({", ".join(f"%({name})s" for name in _COLUMNS)})
    )
    {audit.INSERT}
"""  # noqa: S608  constants only


def _insert(session: Session, message: Message, event: EventType, actor: Actor, now: datetime) -> None:
    """Write a new message and its audit row, in one statement; it is the session's own from here."""
    session.flush()
    values = {name: getattr(message, name) for name in _COLUMNS}
    session_row(session, _INSERT, {**values, **audit.as_values(_describe(event, message, actor, now))})
    make_transient_to_detached(message)
    session.add(message)


def _is_answer(draft: Draft, actor: Actor) -> bool:
    """True for what a colleague writes to the customer, by whichever way; not for what only waits for their word.

    Nor for what brings a report, an estimate or an invoice: who sends a paper need not have seen what the customer wrote.
    """
    return (
        draft.origin is Origin.STAFF and draft.link is None and not draft.is_proposed and actor.kind is ActorKind.USER
    )


def _check_unanswered(session: Session, draft: Draft, seen_id: UUID, actor: Actor) -> None:
    """Refuse a second answer to a thread that somebody believes unanswered; the count's lock lets one come first."""
    number = (draft.location_id, draft.phone) if draft.phone is not None else None
    answer = queries.find_answer_since(
        session, seen_id, besides=actor.id, appointment_id=draft.appointment_id, number=number
    )
    if answer is not None:
        # Who sends may see money.
        raise rules.AnsweredMeanwhileError(
            f"{answer.author} has answered since you opened this.", answer=queries.shown(answer, with_money=True)
        )


def _refuse(written: Written, verdict: Verdict, now: datetime) -> None:
    """Refuse a person's message that can't be used, or that a guard stops."""
    if written.findings:
        raise texts.refused(list(written.findings))
    if written.missing:
        raise texts.missing_values(written.missing)
    if verdict.kind is VerdictKind.REFUSED:
        raise rules.refusal(verdict, now)


def check_override(reason: str | None, actor: Actor) -> None:
    """Refuse a reason to send in quiet hours from who may not give one.

    Raises:
        OverrideForbiddenError: the actor may not send in quiet hours.
    """
    if reason is not None and not actor_may(actor, Permission.MESSAGE_OVERRIDE_QUIET_HOURS):
        raise rules.OverrideForbiddenError("Only the Owner can send in quiet hours.")


def _row(draft: Draft, recipient: Recipient, written: Written, actor: Actor, now: datetime) -> Message:
    is_text = draft.channel is Channel.SMS
    known = {
        "id": new_id(),
        "location_id": draft.location_id,
        "appointment_id": draft.appointment_id,
        "customer_id": recipient.customer_id,
        "direction": Direction.OUT,
        "channel": draft.channel,
        "message_class": written.message_class,
        "origin": draft.origin,
        "origin_key": draft.origin_key,
        "phone": recipient.phone if is_text else None,
        "email": None if is_text else recipient.email,
        "subject": written.subject,
        "body": written.body,
        "segments": written.length.segments if is_text else None,
        "tells_money": written.tells_money,
        "template_id": written.template_id,
        "template_version": written.template_version,
        "override_reason": draft.override_reason,
        "overridden_by": actor.id if draft.override_reason is not None else None,
        "attempts": 0,
        "created_at": now,
        "created_by": actor.id if actor.kind is ActorKind.USER else None,
    }
    return loaded(Message, {**dict.fromkeys(_COLUMNS), **known})


def settle(message: Message, verdict: Verdict, now: datetime, *, is_proposed: bool = False) -> None:
    """Give a row the status that a verdict means."""
    message.reason = verdict.reason
    message.lease_until = None
    match verdict.kind:
        case VerdictKind.REFUSED:
            message.status, message.due_at = MessageStatus.SUPPRESSED, None
        case _ if is_proposed:
            message.status, message.due_at, message.reason = MessageStatus.PROPOSED, None, None
        case VerdictKind.HELD:
            message.status, message.due_at = MessageStatus.HELD, verdict.until or now + rules.LOOK_AGAIN
        case VerdictKind.NOW:
            message.status, message.due_at = MessageStatus.QUEUED, now


def kick(session: Session, message: Message) -> None:
    """Have a worker send a queued message as soon as it is committed; the dispatcher does if that is lost."""
    if message.status == MessageStatus.QUEUED:
        name = f"msg-{message.id}-{message.due_at:%H%M%S%f}"
        after_commit(session, queue.kicker(rules.SEND_TASK, str(message.id), job_id=name, ttl=rules.KICK_SECONDS))


# --- what is accepted, judged again ------------------------------------------------------------


def judge(
    session: Session,
    message: Message,
    now: datetime,
    *,
    counts: bool = False,
    is_due: bool = False,
    is_overridden: bool | None = None,
    not_before: datetime | None = None,
) -> Judgement:
    """Say what becomes of a message at `now`, by the engine that accepted it.

    With `counts` the caps are asked too; with `is_due` what it waited for by request does not hold it, but `not_before` does.
    """
    found, _ = _judge_row(
        session, message, now, counts=counts, is_due=is_due, is_overridden=is_overridden, not_before=not_before
    )
    return found


def judge_at_the_door(session: Session, message: Message, now: datetime) -> tuple[Judgement, Recipient]:
    """Say what becomes of a due message that the provider would get now, and whom it goes to and from where.

    The caller holds the number's consent. The caps were asked when it was accepted, and are now of one that waited for
    room under them: then the caller holds these too.
    """
    return _judge_row(session, message, now, counts=message.reason in rules.CAPPED, is_due=True)


def _judge_row(
    session: Session,
    message: Message,
    now: datetime,
    *,
    counts: bool,
    is_due: bool = False,
    is_overridden: bool | None = None,
    not_before: datetime | None = None,
) -> tuple[Judgement, Recipient]:
    whose = (message.location_id, message.appointment_id, message.customer_id)
    if counts:
        recipient = queries.find_recipient(session, *whose, phone=message.phone, email=message.email)
        standing = queries.count_standing(session, message.location_id, now, phone=message.phone, email=message.email)
    else:
        recipient, standing = queries.look_at_the_door(session, *whose, now, phone=message.phone, email=message.email)
    # It goes where it was to go when it was written, whatever became of the customer's number since.
    recipient = replace(recipient, phone=message.phone, email=message.email)
    channel, message_class = Channel(message.channel), MessageClass(message.message_class)
    subject = Subject(Origin(message.origin), message.origin_key, message.appointment_id, now)
    is_later = (
        not is_due
        and message.status == MessageStatus.HELD
        and message.reason in {Reason.REQUESTED_LATER, Reason.NO_CONSENT}
    )
    facts = replace(
        _facts(session, channel, message_class, recipient, standing, subject),
        written_at=message.created_at,
        is_overridden=_is_still_overridden(message, now) if is_overridden is None else is_overridden,
        not_before=message.due_at if is_later else not_before,
    )
    return rules.judge(facts, now), recipient


def _is_still_overridden(message: Message, now: datetime) -> bool:
    """Tell whether a reason to send in quiet hours holds: what waited for something else since obeys the hours again."""
    if message.override_reason is None or message.status != MessageStatus.QUEUED:
        return False
    began = message.first_claimed_at or message.due_at or message.created_at
    return now - began < rules.OVERRIDE_LASTS


# --- what customers write ------------------------------------------------------------------------


def receive(
    session: Session,
    *,
    location_id: UUID,
    phone: str,
    body: str,
    provider_sid: str | None,
    at: datetime,
    appointment_id: UUID | None = None,
    customer_id: UUID | None = None,
    channel: Channel = Channel.SMS,
) -> Message:
    """Keep what a customer wrote, once per `provider_sid`; it is unread on the appointment's card.

    What came by the customer's page has no provider.
    """
    if provider_sid is not None:
        queries.lock_origin(session, provider_sid)
        known = queries.find_by_sid(session, provider_sid)
        if known is not None:
            return queries.get_for_update(session, known)
    message = Message(
        id=new_id(),
        location_id=location_id,
        appointment_id=appointment_id,
        customer_id=customer_id,
        direction=Direction.IN,
        channel=channel,
        status=MessageStatus.RECEIVED,
        message_class=MessageClass.CONVERSATION,
        origin=Origin.CUSTOMER,
        phone=phone,
        body=body,
        provider_sid=provider_sid,
        attempts=0,
        created_at=at,
    )
    session.add(message)
    session.flush()
    _count_unread(session, [appointment_id])
    record(session, EventType.MESSAGE_RECEIVED, message, actor=CUSTOMER, now=at)
    announce(session, message)
    return message


def note_on_page(
    session: Session,
    *,
    location_id: UUID,
    phone: str,
    body: str,
    actor: Actor,
    at: datetime,
    appointment_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> Message:
    """Keep in the conversation what the shop wrote on the customer's page: it is there already, and nothing is sent."""
    message = Message(
        id=new_id(),
        location_id=location_id,
        appointment_id=appointment_id,
        customer_id=customer_id,
        direction=Direction.OUT,
        channel=Channel.PAGE,
        status=MessageStatus.DELIVERED,
        message_class=MessageClass.CONVERSATION,
        origin=Origin.STAFF,
        phone=phone,
        body=body,
        attempts=0,
        created_at=at,
        created_by=actor.id if actor.kind is ActorKind.USER else None,
        delivered_at=at,
    )
    session.add(message)
    session.flush()
    record(session, EventType.MESSAGE_COMPOSED, message, actor=actor, now=at)
    announce(session, message)
    return message


def mark_read(
    session: Session,
    *,
    now: datetime,
    appointment_id: UUID | None = None,
    number: tuple[UUID, str] | None = None,
    channel: Channel | None = None,
    shown_id: UUID | None = None,
) -> int:
    """Mark read, for everybody, what a customer wrote about an appointment or from a number to a location; return how many.

    Read means answered or done, never only seen; what came after the message `shown_id` is neither. Conversations are locked
    before the texts and the appointments, as they are where a text comes in.
    """
    whose: tuple[sa.ColumnElement[bool], ...] = (Message.appointment_id == appointment_id,)
    if number is not None:
        whose = (Message.location_id == number[0], Message.phone == number[1])
    if channel is not None:
        whose = (*whose, Message.channel == channel.value)
    if shown_id is not None:
        whose = (*whose, Message.id <= shown_id)
    unread = (*whose, Message.direction == Direction.IN.value, Message.read_at.is_(None))
    queries.lock_conversations(session, unread)
    rows = session.execute(
        sa.update(Message)
        .where(*unread)
        .values(read_at=now)
        .returning(Message.id, Message.appointment_id, Message.location_id, Message.phone)
        .execution_options(synchronize_session=False)
    ).all()
    # The conversation before the appointment, as when a text comes in.
    queries.count_unread_of_numbers(session, {(row.location_id, row.phone) for row in rows if row.phone is not None})
    _count_unread(session, [row.appointment_id for row in rows])
    for row in rows[-1:]:
        announce(session, queries.get_for_update(session, row.id))
    return len(rows)


def _count_unread(session: Session, appointment_ids: Collection[UUID | None]) -> None:
    """Write the unread count of appointments and tell every board."""
    for appointment_id in sorted({found for found in appointment_ids if found is not None}):
        unread = (
            sa.select(sa.func.count())
            .where(
                Message.appointment_id == appointment_id,
                Message.direction == Direction.IN.value,
                Message.read_at.is_(None),
            )
            .scalar_subquery()
        )
        session.execute(
            sa.update(Appointment)
            .where(Appointment.id == appointment_id)
            .values(unread_count=unread)
            .execution_options(synchronize_session=False)
        )
        appointments.announce(session, appointment_id)


# --- what every change leaves behind ---------------------------------------------------------------


def record(
    session: Session,
    event: EventType,
    message: Message,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Write the audit row; what a text says is in the thread, not in the log."""
    audit.add(session, _describe(event, message, actor, now, reason))


def _describe(
    event: EventType, message: Message, actor: Actor, now: datetime, reason: str | None = None
) -> dict[str, Any]:
    changes = {
        "status": (None, message.status),
        "channel": (None, message.channel),
        "messageClass": (None, message.message_class),
        "origin": (None, message.origin),
        "appointmentId": (None, message.appointment_id),
        "dueAt": (None, message.due_at),
        "reason": (None, message.reason),
    }
    return audit.describe(
        event,
        entity=ENTITY,
        entity_id=message.id,
        actor=actor,
        at=now,
        changes={name: change for name, change in changes.items() if change[1] is not None},
        location_id=message.location_id,
        reason=reason or message.override_reason,
    )


def announce(session: Session, message: Message) -> None:
    """Tell every open screen, after the commit, how a flushed message stands now."""
    _announce(session, message, *queries.find_thread_state(session, message))


def _announce(session: Session, message: Message, unread_count: int, conversation_id: UUID | None) -> None:
    event = live_event(message, unread_count, conversation_id)
    after_commit(session, live.publisher("message", message.location_id, event))


def live_event(message: Message, unread_count: int, conversation_id: UUID | None) -> dict[str, object]:
    """Return what open screens are told of a message."""
    return {
        "appointmentId": message.appointment_id,
        "conversationId": conversation_id,
        "messageId": message.id,
        "status": message.status,
        "unreadCount": unread_count,
    }
