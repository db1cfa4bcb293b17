"""What becomes of a text after it was accepted and before it leaves: a person's word on it, and what changes for it meanwhile.

Locks are taken in one order: what the caps count, the number's consent, then the message.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.core import live
from backend.core.actor import SYSTEM, Actor
from backend.core.db import after_commit
from backend.core.events import EventType
from backend.messages import commands as messages
from backend.messages import queries, rules
from backend.messages.models import Message
from backend.messages.rules import (
    Channel,
    Direction,
    Judgement,
    MessageClass,
    MessageStatus,
    Reason,
    Verdict,
    VerdictKind,
)


def cancel(
    session: Session, message_id: UUID, *, actor: Actor, location_ids: Collection[UUID], now: datetime
) -> Message:
    """Take back a message that has not left, or put away one that was given up.

    Raises:
        NotFoundError: no such message at the actor's locations.
        NotWaitingError: it left, or was taken back or put away.
    """
    message = queries.get_for_update(session, message_id, location_ids)
    if not rules.can_cancel(MessageStatus(message.status)):
        raise _not_waiting(session, message)
    message.status, message.reason = MessageStatus.CANCELED, Reason.CANCELED_BY_PERSON
    message.due_at = message.lease_until = None
    session.flush()
    messages.record(session, EventType.MESSAGE_CANCELED, message, actor=actor, now=now)
    messages.announce(session, message)
    return message


def release(
    session: Session,
    message_id: UUID,
    override_reason: str | None,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> Message:
    """Send a proposed message, or a held one as soon as it may leave; with a reason the Owner sends it in quiet hours.

    One that waits to be tried again is tried now, once: its row's lock lets the sender or this be first.

    Raises:
        NotFoundError: no such message at the actor's locations.
        NotWaitingError: it left, or was taken back.
        OverrideForbiddenError: the actor may not send in quiet hours.
        MessageRefusedError, MessageInvalidError, MessageCapError: a guard says no; the verdict comes along.
    """
    messages.check_override(override_reason, actor)
    message = _take_to_let_go(session, message_id, location_ids)
    _check_waits(session, message)
    if message.status == MessageStatus.PROPOSED:
        # Whose word sends it.
        message.created_by = actor.id
    _requeue(session, message, EventType.MESSAGE_RELEASED, actor=actor, now=now, reason=override_reason)
    return message


def retry(
    session: Session, message_id: UUID, *, actor: Actor, location_ids: Collection[UUID], now: datetime
) -> Message:
    """Send once more what was given up; every guard is asked again, the hours too, whoever overrode them before.

    What is found not to be so any more is not sent; its row says so, and it can't be tried again.

    Raises:
        NotFoundError: no such message at the actor's locations.
        NotRetryableError: it was not given up, or trying again can't help: its customer has another number by now.
        MessageRefusedError, MessageInvalidError, MessageCapError: a guard says no; the verdict comes along.
    """
    message = _take_to_let_go(session, message_id, location_ids)
    if not rules.can_retry(
        MessageStatus(message.status), MessageClass(message.message_class), message.error_code, message.reason
    ):
        raise rules.NotRetryableError("This message can't be sent again.", current=_shown(session, message))
    verdict = messages.judge(session, message, now, is_due=True).verdict
    if verdict.reason is Reason.NO_LONGER_TRUE:
        recipient = queries.find_recipient(session, message.location_id, message.appointment_id, message.customer_id)
        if message.phone not in {None, recipient.phone} or message.email not in {None, recipient.email}:
            raise rules.NotRetryableError(
                "The customer has another number or address by now. Write a new text.", current=_shown(session, message)
            )
        note_untrue(session, message, actor=actor, now=now)
        return message
    _requeue(session, message, EventType.MESSAGE_RETRIED, actor=actor, now=now)
    return message


def note_untrue(session: Session, message: Message, *, actor: Actor, now: datetime) -> None:
    """Note in a locked row that was given up that what it says is not so any more."""
    message.reason = Reason.NO_LONGER_TRUE
    session.flush()
    messages.record(session, EventType.MESSAGE_FAILED, message, actor=actor, now=now)
    messages.announce(session, message)


def _take_to_let_go(session: Session, message_id: UUID, location_ids: Collection[UUID]) -> Message:
    """Lock a message, after what the caps count, as those who compose do."""
    seen = queries.get_message(session, message_id, location_ids)
    address = seen.phone or seen.email
    if address is not None:
        queries.lock_counts(session, seen.location_id, address)
    return queries.get_for_update(session, message_id, location_ids)


def _requeue(
    session: Session, message: Message, event: EventType, *, actor: Actor, now: datetime, reason: str | None = None
) -> None:
    """Ask every guard again and let the message go, or refuse. A `reason` to send in quiet hours is this one's only."""
    message.override_reason, message.overridden_by = reason, actor.id if reason is not None else None
    # What is held was counted when it was accepted, unless it waits for just that; trying again is one more to the number.
    is_counted = message.status != MessageStatus.HELD or message.reason in {*rules.CAPPED, Reason.RETRY_LATER}
    verdict = messages.judge(
        session,
        message,
        now,
        counts=is_counted,
        is_overridden=reason is not None,
        is_due=True,
    ).verdict
    if verdict.kind is VerdictKind.REFUSED:
        raise rules.refusal(verdict, now)
    # What the provider said of the last attempt stays until the next one is claimed: a status of it that comes late is
    # known by that.
    message.error_code = message.first_claimed_at = message.sent_at = message.delivered_at = None
    messages.settle(message, verdict, now)
    session.flush()
    messages.record(session, event, message, actor=actor, now=now, reason=reason)
    messages.announce(session, message)
    messages.kick(session, message)


def judge_anew(session: Session, message: Message, not_before: datetime | None, *, now: datetime) -> None:
    """Ask of a locked message that the hours hold whether they still do, its customer being elsewhere; it was wanted at `not_before`."""
    verdict = messages.judge(session, message, now, not_before=not_before, is_due=True).verdict
    before = (message.status, message.reason, message.due_at)
    messages.settle(message, verdict, now)
    if before == (message.status, message.reason, message.due_at):
        return
    session.flush()
    if message.status == MessageStatus.SUPPRESSED:
        messages.record(session, EventType.MESSAGE_SUPPRESSED, message, actor=SYSTEM, now=now)
    messages.announce(session, message)
    messages.kick(session, message)


def cancel_waiting(
    session: Session, reason: Reason, *, now: datetime, phone: str | None = None, appointment_id: UUID | None = None
) -> int:
    """Suppress what waits for a number, or about an appointment, and return how many; answers to keywords still go."""
    whose = Message.phone == phone if phone is not None else Message.appointment_id == appointment_id
    waiting = session.scalars(
        sa.select(Message)
        .where(
            whose,
            Message.direction == Direction.OUT.value,
            Message.channel == Channel.SMS.value if phone is not None else sa.true(),
            Message.status.in_(rules.WAITING),
            Message.message_class != MessageClass.KEYWORD_REPLY,
        )
        .order_by(Message.id)
        .with_for_update(key_share=True)
    ).all()
    if not waiting:
        return 0
    ids = [message.id for message in waiting]
    session.execute(
        sa.update(Message)
        .where(Message.id.in_(ids))
        .values(status=MessageStatus.SUPPRESSED, reason=reason, due_at=None, lease_until=None)
    )
    for message in waiting:
        messages.record(session, EventType.MESSAGE_SUPPRESSED, message, actor=SYSTEM, now=now)
    states = queries.list_thread_states(session, ids)
    for message in waiting:
        after_commit(
            session, live.publisher("message", message.location_id, messages.live_event(message, *states[message.id]))
        )
    return len(waiting)


def explain(session: Session, message: Message, now: datetime) -> tuple[Verdict, Judgement]:
    """Return what was decided about a message, and what would be now with each guard's answer."""
    kind = {MessageStatus.HELD: VerdictKind.HELD, MessageStatus.PROPOSED: VerdictKind.HELD}.get(
        MessageStatus(message.status), VerdictKind.NOW
    )
    if message.status in {MessageStatus.SUPPRESSED, MessageStatus.CANCELED, *rules.DEAD}:
        kind = VerdictKind.REFUSED
    reason = Reason(message.reason) if message.reason is not None else None
    until = message.due_at if kind is VerdictKind.HELD and reason not in queries.NO_RELEASE else None
    # One that an override let go is explained with it.
    was_overridden = message.override_reason is not None and message.first_claimed_at is not None
    judgement = messages.judge(session, message, now, is_overridden=True if was_overridden else None)
    then = Verdict(
        kind,
        reason,
        until,
        # The row keeps no zone: what the hours hold is told on the clock that closes them now.
        zone=rules.zone_of_hours(judgement) if until is not None and reason in rules.BY_HOURS else None,
        detail={"errorCode": message.error_code} if message.error_code else {},
    )
    return then, judgement


def _check_waits(session: Session, message: Message) -> None:
    if message.status not in rules.WAITING:
        raise _not_waiting(session, message)


def _not_waiting(session: Session, message: Message) -> rules.NotWaitingError:
    return rules.NotWaitingError("This message is not waiting any more.", current=_shown(session, message))


def _shown(session: Session, message: Message) -> dict[str, Any]:
    # Only who may write to customers is told by an error; they see money.
    return queries.shown(queries.get_view(session, message.id), with_money=True)
