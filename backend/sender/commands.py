"""The steps of the sender, each a transaction: claim, keep what the provider said, look for what was lost.

The row is the outbox. Locks are taken in one order: the number's consent, then the message; so a STOP, which holds the
consent and then takes back what waits, and a claim never wait for each other.
"""

# --- the steps of the sender ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to hand over, and how often it was tried with this time."""

    message_id: UUID
    attempt: int
    channel: Channel
    address: str
    sender: str | None
    location_name: str
    subject: str | None
    body: str
    validity: timedelta | None


def claim(session: Session, message_id: UUID, *, now: datetime, timing: Timing) -> Claim | None:
    """Claim a message that is due, after every guard was asked again; None where another did, or a guard says no.

    Compare-and-set: however many ask at once, one gets it. The number's consent is held FOR SHARE until the commit.
    """
    due = session.execute(
        sa.select(Message.phone, Message.channel).where(
            Message.id == message_id,
            Message.status.in_([MessageStatus.HELD, MessageStatus.QUEUED]),
            Message.due_at <= now,
        )
    ).first()
    if due is None:
        return None
    if due.phone is not None:
        # The consent before the message, as a STOP does.
        queries.find_consent(session, due.phone, rules.Purpose.INFORMATIONAL, locks=True)
    message = session.scalars(
        sa.select(Message)
        .where(
            Message.id == message_id,
            Message.status.in_([MessageStatus.HELD, MessageStatus.QUEUED]),
            Message.due_at <= now,
        )
        .with_for_update(key_share=True, skip_locked=True)
    ).one_or_none()
    if message is None:
        return None
    recipient = queries.find_recipient(session, message.location_id, message.appointment_id, message.customer_id)
    recipient = replace(recipient, phone=message.phone, email=message.email)
    channel, message_class = Channel(message.channel), MessageClass(message.message_class)
    subject = Subject(Origin(message.origin), message.origin_key, message.appointment_id, now)
    facts = replace(
        _facts(session, channel, message_class, recipient, subject),
        is_overridden=message.override_reason is not None,
    )
    judgement = rules.judge(facts, now)
    address = _address(channel, recipient)
    if judgement.verdict.kind is not VerdictKind.NOW or address is None:
        _stop(session, message, judgement.verdict, now)
        return None
    message.status = MessageStatus.SENDING
    message.attempts += 1
    message.claimed_at = now
    message.first_claimed_at = message.first_claimed_at or now
    message.lease_until = now + timing.lease
    message.consent_event_id = judgement.consent_event_id if channel is Channel.SMS else None
    message.reason = None
    message.provider_sid = message.provider_status = message.accepted_at = None
    session.flush()
    announce(session, message)
    return Claim(
        message.id,
        message.attempts,
        channel,
        address,
        recipient.sms_number,
        recipient.location_name,
        message.subject,
        message.body,
        judgement.validity,
    )


def _stop(session: Session, message: Message, verdict: Verdict, now: datetime) -> None:
    """Hold or suppress what a guard stopped at the last look."""
    before = (message.status, message.reason)
    _settle(message, verdict, now)
    session.flush()
    if message.status is MessageStatus.SUPPRESSED:
        _record(session, EventType.MESSAGE_SUPPRESSED, message, actor=SYSTEM, now=now)
    if before != (message.status, message.reason):
        announce(session, message)


def _own(session: Session, claimed: Claim) -> Message | None:
    """Lock the message of a claim if it is still this claim's and nothing is known of it; None otherwise."""
    message = queries.get_for_update(session, claimed.message_id)
    is_own = message.attempts == claimed.attempt and message.accepted_at is None
    return message if is_own and message.status in {MessageStatus.SENDING, MessageStatus.UNKNOWN} else None


def put_back(session: Session, claimed: Claim, *, now: datetime) -> None:
    """Give back a claim whose call did not begin in time; the attempt counts."""
    message = _own(session, claimed)
    if message is not None:
        _queue_again(message, now)
        session.flush()
        announce(session, message)
        _kick(session, message)


def accept(session: Session, claimed: Claim, sid: str | None, provider_status: str, *, now: datetime) -> bool:
    """Keep that the provider has it; False where a callback, or somebody who looked for it, was first."""
    message = _own(session, claimed)
    if message is None:
        return False
    _attach(message, sid, now)
    _advance(session, message, provider_status, None, now)
    session.flush()
    announce(session, message)
    return True


def attach(session: Session, message_id: UUID, sid: str, provider_status: str, *, now: datetime) -> bool:
    """Keep that a lost message was found at the provider; False where it is not lost any more."""
    message = queries.get_for_update(session, message_id)
    if message.accepted_at is not None or message.status is not MessageStatus.SENDING:
        return False
    _attach(message, sid, now)
    _advance(session, message, provider_status, None, now)
    session.flush()
    announce(session, message)
    return True


def _attach(message: Message, sid: str | None, now: datetime) -> None:
    message.provider_sid = sid
    message.accepted_at = now
    message.due_at = message.lease_until = None
    message.status = MessageStatus.SENDING
    message.reason = None


def fail(
    session: Session, claimed: Claim, code: str, *, now: datetime, chance: float, retry_after: float | None = None
) -> None:
    """Do what the retry table says of an error; `chance` in [0, 1) spreads those that failed together."""
    message = _own(session, claimed)
    if message is None:
        return
    metrics.PROVIDER_ERRORS.labels(code if code in rules.RETRIES else "other").inc()
    _fail(session, message, code, now=now, pause=rules.backoff(message.attempts, chance, retry_after))
    session.flush()
    announce(session, message)


def _fail(session: Session, message: Message, code: str, *, now: datetime, pause: timedelta) -> None:
    retry_kind = rules.retry_of(code)
    may_again = rules.may_try_again(message.attempts, message.first_claimed_at, now)
    was_later = message.error_code is not None and rules.retry_of(message.error_code) is rules.Retry.LATER_ONCE
    if retry_kind is rules.Retry.RECONCILE:
        # It may be there: nobody sends it again before somebody looked. `lost` stays: it was sent again once already.
        message.lease_until = now
        message.error_code = message.error_code if message.error_code == rules.LOST else code
        return
    message.error_code = code
    if retry_kind is rules.Retry.SOON and may_again:
        _queue_again(message, now + pause)
    elif retry_kind is rules.Retry.LATER_ONCE and may_again and not was_later:
        message.status, message.reason = MessageStatus.HELD, Reason.RETRY_LATER
        message.due_at, message.lease_until = now + rules.LATER, None
    else:
        _give_up(message, _reason_of(code, retry_kind))
        if code == rules.BLOCKED_AT_PROVIDER:
            message.reason = Reason.PROVIDER_BLOCKED
            _block(session, message, now)


def _reason_of(code: str, retry_kind: rules.Retry) -> Reason:
    if code == rules.BLOCKED_AT_PROVIDER:
        return Reason.PROVIDER_BLOCKED
    return Reason.PROVIDER_REFUSED if retry_kind is rules.Retry.NEVER else Reason.TOO_MANY_ATTEMPTS


def _queue_again(message: Message, due_at: datetime) -> None:
    message.status, message.reason = MessageStatus.QUEUED, None
    message.due_at, message.lease_until = due_at, None


def _give_up(message: Message, reason: Reason, status: MessageStatus = MessageStatus.FAILED) -> None:
    message.status, message.reason = status, reason
    message.due_at = message.lease_until = None
    metrics.MESSAGES.labels(status, message.message_class).inc()


def _block(session: Session, message: Message, now: datetime) -> None:
    """Write into the consent log that the number opted out at the provider."""
    if message.phone is not None:
        consents.record(
            session,
            message.phone,
            ConsentKind.PROVIDER_BLOCKED,
            ConsentMethod.PROVIDER,
            location_id=message.location_id,
            message_id=message.id,
            at=now,
        )


@dataclass(frozen=True, slots=True)
class Lost:
    """A message of which nobody knows whether the provider has it, as it would be found there."""

    message_id: UUID
    channel: Channel
    address: str | None
    sender: str | None
    body: str
    claimed_at: datetime


def take_lost(session: Session, message_id: UUID, *, now: datetime, timing: Timing) -> Lost | None:
    """Take a lost message to look for it; None where somebody else does, or it is not lost any more.

    One whose twin, the same words to the same number, is under way at this moment waits: what is found could be the
    twin's.
    """
    message = queries.get_for_update(session, message_id)
    lease = message.lease_until
    if message.status is not MessageStatus.SENDING or message.accepted_at is not None:
        return None
    if lease is None or lease >= now or message.claimed_at is None:
        return None
    has_twin = queries.has_twin_under_way(session, message, now)
    message.lease_until = now + (timing.reconcile_every if has_twin else timing.lease)
    session.flush()
    if has_twin:
        return None
    recipient = queries.find_recipient(session, message.location_id, None, None)
    address = message.phone if message.channel == Channel.SMS else message.email
    return Lost(
        message.id, Channel(message.channel), address, recipient.sms_number, message.body, message.claimed_at
    )


def look_again(session: Session, message_id: UUID, *, now: datetime, timing: Timing) -> None:
    """Say that a lost message was not found: look again soon, then send it once more, then tell a person.

    Twice lost, or advertising, is never sent again by itself.
    """
    message = queries.get_for_update(session, message_id)
    if message.status is not MessageStatus.SENDING or message.accepted_at is not None or message.claimed_at is None:
        return
    if now - message.claimed_at < timing.resend_after:
        message.lease_until = now + timing.reconcile_every
        session.flush()
        return
    is_service = message.message_class != MessageClass.MARKETING
    may_again = rules.may_try_again(message.attempts, message.first_claimed_at, now)
    if is_service and may_again and message.error_code != rules.LOST:
        message.error_code = rules.LOST
        _queue_again(message, now)
        _kick(session, message)
    else:
        _give_up(message, Reason.PROVIDER_SILENT, MessageStatus.UNKNOWN)
    session.flush()
    announce(session, message)


def give_up_waiting_for_receipts(session: Session, *, now: datetime) -> int:
    """Call unconfirmed what was sent 72 hours ago and never confirmed; return how many."""
    silent = session.scalars(
        sa.select(Message)
        .where(
            Message.direction == Direction.OUT.value,
            Message.channel == Channel.SMS.value,
            Message.status == MessageStatus.SENT,
            Message.provider_sid.is_not(None),
            Message.accepted_at < now - rules.UNCONFIRMED_AFTER,
        )
        .order_by(Message.accepted_at)
        .limit(500)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    for message in silent:
        message.status, message.reason = MessageStatus.UNCONFIRMED, Reason.NO_RECEIPT
    session.flush()
    for message in silent:
        announce(session, message)
    return len(silent)


def lease_for_kick(session: Session, message_ids: Collection[UUID], *, until: datetime) -> None:
    """Keep those that a worker was asked to send from being asked for again until then."""
    session.execute(
        sa.update(Message)
        .where(Message.id.in_(message_ids), Message.status.in_([MessageStatus.HELD, MessageStatus.QUEUED]))
        .values(lease_until=until)
        .execution_options(synchronize_session=False)
    )


