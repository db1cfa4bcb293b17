"""The steps of the sender, each a transaction: claim, keep what the provider says, at once or later, look for what was lost.

The row is the outbox. Locks are taken in one order: what the caps count, the number's consent, then the message; so a STOP, which holds the
consent and then takes back what waits, and a claim never wait for each other.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit import commands as audit
from backend.consent import commands as consents
from backend.consent.rules import ConsentKind, ConsentMethod
from backend.core import live, metrics
from backend.core.actor import SYSTEM
from backend.core.db import after_commit, session_row
from backend.core.errors import NotFoundError
from backend.core.events import EventType
from backend.messages import commands as messages
from backend.messages import queries as threads
from backend.messages import rules
from backend.messages.models import Message
from backend.messages.rules import (
    RETRY_WITHIN,
    Channel,
    Direction,
    MessageClass,
    MessageStatus,
    Progress,
    Reason,
    Retry,
    Verdict,
    VerdictKind,
)
from backend.sender import queries
from backend.sender.rules import UNCONFIRMED_AFTER, Claim, Lost, Timing

_CLAIM = """
    UPDATE messages
       SET status = 'sending', reason = NULL, attempts = %(attempt)s, claimed_at = %(now)s,
           first_claimed_at = coalesce(first_claimed_at, %(now)s), lease_until = %(lease_until)s, claimed_by = %(holder)s,
           consent_event_id = %(consent_event_id)s, sent_from = %(sent_from)s, provider_sid = NULL, provider_status = NULL, accepted_at = NULL
     WHERE id = %(id)s
"""


def claim(session: Session, message_id: UUID, *, holder: UUID, now: datetime, timing: Timing) -> Claim | None:
    """Claim a message that is due for a process, after every guard was asked again; None where another did, or a guard says no.

    Compare-and-set: however many ask at once, one gets it. The number's consent is held FOR SHARE until the commit.
    """
    locked = queries.lock_due(session, message_id, now)
    if locked is None:
        return None
    message, is_consent_locked = locked
    judgement, recipient = messages.judge_at_the_door(session, message, now)
    channel = Channel(message.channel)
    address = message.phone if channel is Channel.SMS else message.email
    if judgement.verdict.kind is not VerdictKind.NOW or address is None:
        _stop(session, message, judgement.verdict, now)
        return None
    if judgement.consent_event_id is not None and channel is Channel.SMS and not is_consent_locked:
        # The number agreed between our two looks, so that nothing keeps a STOP from passing us: the next turn locks it.
        return None
    attempt = (rules.begin_round(message.attempts) if message.first_claimed_at is None else message.attempts) + 1
    values = {
        "id": message.id,
        "now": now,
        "attempt": attempt,
        "lease_until": now + timing.lease,
        "holder": holder,
        "consent_event_id": judgement.consent_event_id if channel is Channel.SMS else None,
        "sent_from": recipient.sms_number if channel is Channel.SMS else None,
    }
    session_row(session, _CLAIM, values)
    event = messages.live_event(message, recipient.unread_count, recipient.conversation_id)
    return Claim(
        message.id,
        attempt,
        channel,
        address,
        recipient.sms_number,
        recipient.location_name,
        message.subject,
        message.body,
        judgement.validity,
        message.location_id,
        {**event, "status": MessageStatus.SENDING},
    )


def _stop(session: Session, message: Message, verdict: Verdict, now: datetime) -> None:
    """Hold or suppress what a guard stopped at the last look."""
    before = (message.status, message.reason)
    messages.settle(message, verdict, now)
    session.flush()
    if message.status == MessageStatus.SUPPRESSED:
        messages.record(session, EventType.MESSAGE_SUPPRESSED, message, actor=SYSTEM, now=now)
    if before != (message.status, message.reason):
        messages.announce(session, message)


def _own(session: Session, claimed: Claim) -> Message | None:
    """Lock the message of a claim if it is still this claim's and nothing is known of it; None otherwise."""
    message = threads.get_for_update(session, claimed.message_id)
    is_own = message.attempts == claimed.attempt and message.accepted_at is None
    return message if is_own and message.status in {MessageStatus.SENDING, MessageStatus.UNKNOWN} else None


def put_back(session: Session, claimed: Claim, *, now: datetime) -> None:
    """Give back a claim whose call did not begin in time: that was no attempt; after six hours of them give it up."""
    message = _own(session, claimed)
    if message is None:
        return
    message.attempts -= 1
    if rules.is_in_time(message.first_claimed_at, now):
        _queue_again(message, now)
        session.flush()
    else:
        _give_up(session, message, Reason.TOO_MANY_ATTEMPTS, now)
        session.flush()
        messages.announce(session, message)


_ACCEPT = f"""
    WITH kept AS (
        UPDATE messages
           SET provider_sid = %(sid)s, provider_status = %(provider_status)s, status = %(status)s, reason = NULL,
               accepted_at = %(now)s, sent_at = %(sent_at)s, due_at = NULL, lease_until = NULL
         WHERE id = %(id)s AND status IN ('sending', 'unknown') AND accepted_at IS NULL AND attempts = %(attempt)s
        RETURNING id
    )
    {audit.INSERT} FROM kept RETURNING 1
"""  # noqa: S608  constants only


def accept(
    session: Session,
    claimed: Claim,
    sid: str | None,
    provider_status: str,
    *,
    now: datetime,
    error_code: str | None = None,
) -> bool:
    """Keep that the provider has it; False where a callback, or somebody who looked for it, was first.

    One statement in the usual case: the next text waits for it.
    """
    if rules.RANK.get(provider_status, 0) >= rules.TERMINAL:
        return _accept_as_ended(session, claimed, sid, provider_status, error_code, now)
    status = rules.status_of(provider_status)
    told = audit.describe(
        EventType.MESSAGE_ACCEPTED,
        entity=messages.ENTITY,
        entity_id=claimed.message_id,
        actor=SYSTEM,
        at=now,
        changes={"status": (None, status), "attempt": (None, claimed.attempt)},
        location_id=claimed.location_id,
    )
    values = {
        "id": claimed.message_id,
        "attempt": claimed.attempt,
        "sid": sid,
        "provider_status": provider_status,
        "status": status,
        "now": now,
        "sent_at": now if status is MessageStatus.SENT else None,
    }
    if session_row(session, _ACCEPT, {**values, **audit.as_values(told)}) is None:
        return False
    after_commit(session, live.publisher("message", claimed.location_id, {**claimed.event, "status": status}))
    return True


def _accept_as_ended(
    session: Session, claimed: Claim, sid: str | None, provider_status: str, error_code: str | None, now: datetime
) -> bool:
    threads.lock_consent_to_change(session, claimed.message_id, error_code)
    message = _own(session, claimed)
    if message is None:
        return False
    _note_accepted(session, message, sid, now)
    _advance(session, message, provider_status, error_code, now)
    session.flush()
    messages.announce(session, message)
    return True


def attach(
    session: Session,
    message_id: UUID,
    sid: str,
    provider_status: str,
    *,
    now: datetime,
    error_code: str | None = None,
) -> bool:
    """Keep that a lost message was found at the provider; False where it is not lost any more."""
    threads.lock_consent_to_change(session, message_id, error_code)
    message = threads.get_for_update(session, message_id)
    if message.accepted_at is not None or message.status != MessageStatus.SENDING:
        return False
    _note_accepted(session, message, sid, now)
    _advance(session, message, provider_status, error_code, now)
    session.flush()
    messages.announce(session, message)
    return True


def fail(
    session: Session, claimed: Claim, code: str, *, now: datetime, chance: float, retry_after: float | None = None
) -> None:
    """Do what the retry table says of an error; `chance` in [0, 1) spreads those that failed together."""
    threads.lock_consent_to_change(session, claimed.message_id, code)
    message = _own(session, claimed)
    if message is None:
        return
    waited = now - (message.first_claimed_at or now)
    _fail(session, message, code, now=now, pause=rules.backoff(waited, chance, retry_after))
    session.flush()
    messages.announce(session, message)


def _fail(session: Session, message: Message, code: str, *, now: datetime, pause: timedelta) -> None:
    retry_kind = rules.retry_of(code)
    if retry_kind is Retry.RECONCILE:
        # It may be there: nobody sends it again before somebody looked. `lost` stays: it was sent again once already.
        message.lease_until = now
        message.error_code = message.error_code if message.error_code == rules.LOST else code
        return
    may_later = _may_try_later(message, code, now)
    message.error_code = code
    if retry_kind is Retry.SOON:
        # The provider did not begin with it: no attempt.
        message.attempts -= 1
    if retry_kind is Retry.SOON and rules.is_in_time(message.first_claimed_at, now):
        _queue_again(message, now + pause)
    elif may_later:
        _try_later(message, now)
    else:
        reason = Reason.PROVIDER_REFUSED if retry_kind is Retry.NEVER else Reason.TOO_MANY_ATTEMPTS
        if code == rules.BLOCKED_AT_PROVIDER:
            reason = Reason.PROVIDER_BLOCKED
            _block(session, message, now)
        _give_up(session, message, reason, now)


def _queue_again(message: Message, due_at: datetime) -> None:
    message.status, message.reason = MessageStatus.QUEUED, None
    message.due_at, message.lease_until = due_at, None


def _give_up(
    session: Session, message: Message, reason: Reason, now: datetime, status: MessageStatus = MessageStatus.FAILED
) -> None:
    message.status, message.reason = status, reason
    message.due_at = message.lease_until = None
    messages.record(session, EventType.MESSAGE_FAILED, message, actor=SYSTEM, now=now)


def let_go(session: Session, holders: Collection[UUID], *, now: datetime) -> int:
    """End the leases of processes that have ended, so that what they held is looked for at once; return how many.

    Compare-and-set: what another has taken meanwhile stays with it. Nothing is sent again by this: whether the provider has
    it is asked first, for as long as ever.
    """
    held = (
        sa.select(Message.id)
        .where(
            Message.status == MessageStatus.SENDING,
            Message.accepted_at.is_(None),
            Message.claimed_by.in_(holders),
            Message.lease_until > now,
        )
        .order_by(Message.id)
        # What the dead one was just writing is taken back by PostgreSQL in a moment: waited for, not skipped.
        .with_for_update(key_share=True)
    )
    ended = session.scalars(
        sa.update(Message)
        .where(Message.id.in_(held))
        .values(lease_until=now)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def take_lost(session: Session, message_id: UUID, *, holder: UUID, now: datetime, timing: Timing) -> Lost | None:
    """Take a lost message to look for it; None where somebody else does, or it is not lost any more.

    One whose twin, the same words to the same number, is under way at this moment waits: what is found could be the
    twin's.
    """
    message = threads.get_for_update(session, message_id)
    lease = message.lease_until
    if message.status != MessageStatus.SENDING or message.accepted_at is not None:
        return None
    if lease is None or lease >= now or message.claimed_at is None:
        return None
    has_twin = queries.has_twin_under_way(session, message, now, timing.lease)
    if has_twin:
        message.lease_until = now + timing.reconcile_every
        session.flush()
        return None
    message.lease_until, message.claimed_by = now + timing.lease, holder
    session.flush()
    address = message.phone if message.channel == Channel.SMS else message.email
    # Under the number it was sent from: the location may have another by now.
    return Lost(message.id, Channel(message.channel), address, message.sent_from, message.body, message.claimed_at)


def look_again(session: Session, message_id: UUID, *, now: datetime, timing: Timing, has_looked: bool = True) -> None:
    """Say that a lost message was not found: look again soon, then send it once more, then tell a person.

    Twice lost, advertising, or an answer to a keyword, is never sent again by itself; nor is one that could not be looked for.
    """
    message = threads.get_for_update(session, message_id)
    if message.status != MessageStatus.SENDING or message.accepted_at is not None or message.claimed_at is None:
        return
    message.claimed_by = None
    patience, waited = timing.resend_after if has_looked else RETRY_WITHIN, now - message.claimed_at
    if waited < patience:
        # Less and less often, and once more at the end.
        message.lease_until = now + min(max(timing.reconcile_every, waited / 4), patience - waited)
        session.flush()
        return
    is_service = message.message_class not in {MessageClass.MARKETING, MessageClass.KEYWORD_REPLY}
    may_again = rules.may_try_again(message.attempts, message.first_claimed_at, now)
    if has_looked and is_service and may_again and message.error_code != rules.LOST:
        message.error_code = rules.LOST
        _queue_again(message, now)
        messages.kick(session, message)
    else:
        _give_up(session, message, Reason.PROVIDER_SILENT, now, MessageStatus.UNKNOWN)
    session.flush()
    messages.announce(session, message)


# --- what the provider says, whenever it does --------------------------------------------------


def apply_provider_status(
    session: Session,
    provider_status: str,
    *,
    at: datetime,
    message_id: UUID | None = None,
    sid: str | None = None,
    attempt: int | None = None,
    error_code: str | None = None,
) -> Progress | None:
    """Keep what the provider says of a message; None where it is no message of ours.

    However often and in whatever order statuses come, the message ends the same. One about an attempt that was
    followed by another changes nothing. A status that carries our id tells that the provider has the message, also
    when its answer was lost.
    """
    found = message_id if message_id is not None else threads.find_by_sid(session, sid or "")
    if found is None:
        return None
    threads.lock_consent_to_change(session, found, error_code)
    try:
        message = threads.get_for_update(session, found)
    except NotFoundError:
        return None
    if message.direction != Direction.OUT or message.status in {MessageStatus.PROPOSED, MessageStatus.SUPPRESSED}:
        return Progress.IS_KNOWN
    is_stale = attempt is not None and attempt != message.attempts
    if is_stale or (sid is not None and message.provider_sid not in {None, sid}):
        return Progress.IS_KNOWN
    if message.accepted_at is None:
        if sid is None or message.attempts == 0 or message.status not in {*rules.IN_FLIGHT, MessageStatus.UNKNOWN}:
            return Progress.IS_KNOWN
        _note_accepted(session, message, sid, at)
    result = _advance(session, message, provider_status, error_code, at)
    if result is Progress.ADVANCES:
        messages.announce(session, message)
    return result


def _note_accepted(session: Session, message: Message, sid: str | None, now: datetime) -> None:
    """Note in a locked row that the provider has the message, and under which name."""
    message.provider_sid = sid
    message.accepted_at = now
    message.due_at = message.lease_until = None
    message.status = MessageStatus.SENDING
    message.reason = None
    messages.record(session, EventType.MESSAGE_ACCEPTED, message, actor=SYSTEM, now=now)


def _advance(
    session: Session, message: Message, provider_status: str, error_code: str | None, now: datetime
) -> Progress:
    """Bring a locked row to what the provider says, if that is further."""
    result = rules.progress(message.provider_status, provider_status)
    if result is Progress.CONFLICTS:
        metrics.STATUS_CONFLICTS.inc()
    if result is not Progress.ADVANCES:
        return result
    message.provider_status = provider_status
    status = rules.status_of(provider_status)
    if rules.RANK[provider_status] >= rules.RANK["sent"]:
        message.sent_at = message.sent_at or now
    if status is MessageStatus.DELIVERED:
        message.delivered_at, message.error_code = message.delivered_at or now, None
    message.status, message.reason = status, None
    if status in rules.DEAD:
        code = error_code or ""
        may_later = _may_try_later(message, code, now)
        message.error_code, message.reason = error_code, Reason.PROVIDER_REFUSED
        if may_later:
            _try_later(message, now)
        elif code == rules.BLOCKED_AT_PROVIDER:
            _block(session, message, now)
        if not may_later:
            messages.record(session, EventType.MESSAGE_FAILED, message, actor=SYSTEM, now=now)
    session.flush()
    return result


def _may_try_later(message: Message, code: str, now: datetime) -> bool:
    """Tell whether an error is one that half an hour may cure, and this is the first of its kind."""
    if message.message_class == MessageClass.KEYWORD_REPLY:
        return False
    was_later = message.error_code is not None and rules.retry_of(message.error_code) is rules.Retry.LATER_ONCE
    may_again = rules.may_try_again(message.attempts, message.first_claimed_at, now)
    return rules.retry_of(code) is rules.Retry.LATER_ONCE and may_again and not was_later


def _try_later(message: Message, now: datetime) -> None:
    """Hold a locked row for its delayed attempt; the guards decide then whether the hour is one."""
    message.status, message.reason = MessageStatus.HELD, Reason.RETRY_LATER
    message.due_at, message.lease_until = now + rules.LATER, None


def _block(session: Session, message: Message, now: datetime) -> None:
    """Write into the consent log that the number opted out at the provider."""
    message.reason = Reason.PROVIDER_BLOCKED
    if message.phone is not None:
        consents.record(
            session,
            message.phone,
            ConsentKind.PROVIDER_BLOCKED,
            ConsentMethod.PROVIDER,
            evidence=consents.Evidence(location_id=message.location_id, message_id=message.id),
            actor=SYSTEM,
            now=now,
        )


# --- what is over ---


def give_up_waiting_for_receipts(session: Session, *, now: datetime) -> int:
    """Call unconfirmed what the provider took 72 hours ago and has not told the end of; return how many."""
    silent = session.scalars(
        sa.select(Message)
        .where(
            Message.direction == Direction.OUT.value,
            Message.channel == Channel.SMS.value,
            Message.status.in_((MessageStatus.SENDING, MessageStatus.SENT)),
            Message.provider_sid.is_not(None),
            Message.accepted_at < now - UNCONFIRMED_AFTER,
        )
        .order_by(Message.accepted_at)
        .limit(500)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    for message in silent:
        message.status, message.reason = MessageStatus.UNCONFIRMED, Reason.NO_RECEIPT
        messages.record(session, EventType.MESSAGE_FAILED, message, actor=SYSTEM, now=now)
    session.flush()
    for message in silent:
        messages.announce(session, message)
    return len(silent)


def lease_for_kick(session: Session, message_ids: Collection[UUID], *, until: datetime) -> None:
    """Keep those that a worker was asked to send from being asked for again until then.

    What somebody else holds, for instance a STOP that takes it back, is left to them.
    """
    free = sa.select(Message.id).where(
        Message.id.in_(message_ids), Message.status.in_([MessageStatus.HELD, MessageStatus.QUEUED])
    )
    session.execute(
        sa.update(Message)
        .where(Message.id.in_(free.with_for_update(key_share=True, skip_locked=True)))
        .values(lease_until=until)
        .execution_options(synchronize_session=False)
    )
