"""What the sender has before it, and what the provider has not told the end of."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, make_transient_to_detached

from backend.core.db import loaded, session_row
from backend.core.metrics import Family
from backend.messages import queries as threads
from backend.messages import rules
from backend.messages.models import Message
from backend.messages.rules import Channel, Direction, MessageStatus
from backend.shop.models import Location


def list_known_sids(session: Session, sids: Collection[str]) -> set[str]:
    """Return those of `sids` that are some message's."""
    return {
        sid for sid in session.scalars(sa.select(Message.provider_sid).where(Message.provider_sid.in_(sids))) if sid
    }


def list_due(
    session: Session, now: datetime, *, kicked_before: datetime, besides: Collection[UUID] = (), limit: int
) -> list[UUID]:
    """Lock and list messages that are due and that nobody has been asked to send, the longest due first.

    What a web process accepted it also kicked, when it was due; nobody kicked what was held or tried before. What was tried
    comes first: it does not wait once more behind all that came since.
    """
    was_tried = Message.first_claimed_at.is_not(None)
    return list(
        session.scalars(
            sa.select(Message.id)
            .where(
                Message.status.in_([MessageStatus.HELD, MessageStatus.QUEUED]),
                Message.due_at <= now,
                sa.or_(Message.due_at <= kicked_before, Message.status == MessageStatus.HELD, was_tried),
                sa.or_(Message.lease_until.is_(None), Message.lease_until <= now),
                Message.id.not_in(besides),
            )
            .order_by(was_tried.desc(), Message.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def next_due(session: Session, now: datetime) -> datetime | None:
    """Return when the next message that waits is due, after now."""
    return session.scalar(
        sa.select(sa.func.min(Message.due_at)).where(
            Message.status.in_([MessageStatus.HELD, MessageStatus.QUEUED]), Message.due_at > now
        )
    )


def list_lost(
    session: Session, now: datetime, *, besides: Collection[UUID] = (), limit: int
) -> list[tuple[UUID, bool]]:
    """Lock and list claims whose lease has ended without an answer, and whether nobody has looked for them yet.

    Those come first, then the oldest.
    """
    is_new = Message.claimed_by.is_not(None)
    return [
        (message_id, is_new_)
        for message_id, is_new_ in session.execute(
            sa.select(Message.id, is_new)
            .where(
                Message.status == MessageStatus.SENDING,
                Message.accepted_at.is_(None),
                Message.lease_until < now,
                Message.due_at.is_not(None),
                Message.id.not_in(besides),
            )
            .order_by(is_new.desc(), Message.lease_until)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A message that the provider has and whose end it has not told."""

    id: UUID
    provider_sid: str


def list_without_receipt(session: Session, after: datetime, before: datetime, *, limit: int) -> list[Unfinished]:
    """List what was accepted in [after, before) and has no end yet, the oldest first."""
    rows = session.execute(
        sa.select(Message.id, Message.provider_sid)
        .where(
            Message.direction == Direction.OUT.value,
            Message.channel == Channel.SMS.value,
            Message.status.in_([MessageStatus.SENDING, MessageStatus.SENT]),
            Message.provider_sid.is_not(None),
            Message.accepted_at >= after,
            Message.accepted_at < before,
        )
        .order_by(Message.accepted_at)
        .limit(limit)
    )
    return [Unfinished(row.id, row.provider_sid) for row in rows]


def measure(session: Session, now: datetime) -> list[Family]:
    """Return what /metrics tells of messages: of the last 24 hours, and of what should leave.

    Workers die too often to count by themselves; the rows know. Codes that the retry table does not know are one.
    """
    day = session.execute(
        sa.select(Message.status, Message.message_class, Message.reason, Message.error_code, sa.func.count())
        .where(
            Message.location_id.in_(sa.select(Location.id)),
            Message.direction == Direction.OUT.value,
            Message.created_at > now - timedelta(hours=24),
        )
        .group_by(Message.status, Message.message_class, Message.reason, Message.error_code)
    ).all()
    states: Counter[tuple[str, ...]] = Counter()
    reasons: Counter[tuple[str, ...]] = Counter()
    codes: Counter[tuple[str, ...]] = Counter()
    for status, message_class, reason, code, count in day:
        states[status, message_class] += count
        if status == MessageStatus.SUPPRESSED:
            reasons[(reason or "other",)] += count
        if code is not None:
            codes[(code if code in rules.RETRIES else "other",)] += count
    waiting = session.execute(
        sa.select(Message.status, sa.func.count(), sa.func.min(Message.due_at))
        .where(Message.status.in_(rules.IN_FLIGHT))
        .group_by(Message.status)
    ).all()
    given_up = session.scalar(
        sa.select(sa.func.min(Message.created_at)).where(
            Message.location_id.in_(sa.select(Location.id)),
            # In the words of the index "what was given up and what waits for a word".
            Message.status.in_(("proposed", "held", "failed", "undelivered", "unknown")),
            Message.status.in_(rules.DEAD),
        )
    )
    overdue = [due for status, _, due in waiting if due is not None and status != MessageStatus.HELD]
    oldest = max(0.0, (now - min(overdue)).total_seconds()) if overdue else 0.0
    last_day = "in the last 24 hours"
    return [
        Family("messages_total", f"Messages {last_day}, by state and class.", ("state", "class"), [*states.items()]),
        Family(
            "messages_suppressed_total", f"Messages that a guard stopped {last_day}.", ("reason",), [*reasons.items()]
        ),
        Family(
            "provider_errors_total", f"Messages with an error of the provider {last_day}.", ("code",), [*codes.items()]
        ),
        Family(
            "outbox_rows",
            "Messages that the sender has before it.",
            ("state",),
            [((status,), count) for status, count, _ in waiting],
        ),
        Family(
            "sent_without_consent",
            f"Texts sent {last_day} whose consent does not hold: always 0.",
            (),
            [((), float(count_without_consent(session, now)))],
        ),
        Family(
            "given_up_oldest_age_seconds",
            "For how long the oldest message that was given up has waited for a person.",
            (),
            [((), 0.0 if given_up is None else max(0.0, (now - given_up).total_seconds()))],
        ),
        Family("outbox_oldest_age_seconds", "For how long the oldest message should have left.", (), [((), oldest)]),
    ]


def has_twin_under_way(session: Session, message: Message, now: datetime, lease: timedelta) -> bool:
    """Tell whether another message with the same words to the same number is being handed over at this moment.

    Also where its worker has died: the provider may be about to take what it was told.
    """
    twin = sa.exists().where(
        Message.phone == message.phone,
        Message.direction == Direction.OUT.value,
        Message.id != message.id,
        Message.body == message.body,
        Message.status == MessageStatus.SENDING,
        Message.accepted_at.is_(None),
        sa.or_(Message.lease_until >= now, Message.claimed_at > now - lease),
    )
    return bool(session.scalar(sa.select(twin)))


_CAPPED = ", ".join(f"'{reason}'" for reason in sorted(rules.CAPPED))
_COLUMNS = tuple(column.name for column in Message.__table__.columns)
# Each part waits for the one before: what the caps count, of a message that waits for room under them, as those who compose
# take it; what the number agreed to, as `consent.queries.lock_consent` does; the message, as a STOP does.
_LOCK_DUE = f"""
    WITH meant AS MATERIALIZED (
        SELECT location_id, phone, coalesce(phone, email, '') AS address, reason FROM messages WHERE id = %(id)s
    ),
    counted AS MATERIALIZED (
        SELECT {threads.lock("'messages of ' || location_id")}, {threads.lock("'messages to ' || address")}
          FROM meant WHERE reason IN ({_CAPPED})
    ),
    agreed AS MATERIALIZED (
        SELECT 1 FROM consent_states
         WHERE phone = (SELECT phone FROM meant) AND (SELECT count(*) FROM counted) >= 0
           FOR SHARE
    )
    SELECT (SELECT count(*) FROM agreed) > 0, {", ".join(_COLUMNS)}
      FROM messages
     WHERE id = %(id)s AND status IN ('held', 'queued') AND due_at <= %(now)s AND (SELECT count(*) FROM agreed) >= 0
       FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608  constants only


def lock_due(session: Session, message_id: UUID, now: datetime) -> tuple[Message, bool] | None:
    """Lock what a claim needs, in one statement; None where the message is not due, or another has it.

    A text that is due waits for each of them.
    What the number agreed to stays as it is until the transaction ends: a revocation that is being committed is waited for, and
    one that comes later waits for us. False where nothing is known of the number. What was locked here is read afterwards.
    """
    row = session_row(session, _LOCK_DUE, {"id": message_id, "now": now})
    if row is None:
        return None
    message = loaded(Message, dict(zip(_COLUMNS, row[1:], strict=True)))
    make_transient_to_detached(message)
    session.add(message)
    return message, row[0]


# No text waits longer for its hour or for a person's word before the alarm stops looking for it.
LONGEST_WAIT = timedelta(days=14)

# A revocation counts from when it is committed, and it is said a little before: while it waits for the number a claim that
# had the number first goes ahead, later by the clock and yet before it. The order of the two is proven by its own tests.
SAID_BEFORE = timedelta(seconds=5)

# The consent that a text names must be its number's own, must be enough for its class, and must not have been revoked
# between it and the claim. A text may have waited for its hour: the index finds what was written, the claim counts.
_WITHOUT_CONSENT = sa.text("""
    SELECT count(*) FROM messages m
      CROSS JOIN LATERAL (
          SELECT CASE m.message_class WHEN 'marketing' THEN 'marketing' ELSE 'informational' END AS purpose
      ) p
     WHERE m.location_id IN (SELECT id FROM locations) AND m.direction = 'out' AND m.created_at > :written
       AND m.claimed_at > :since
       AND m.channel = 'sms' AND m.message_class <> 'keyword_reply' AND m.accepted_at IS NOT NULL
       AND NOT EXISTS (
           SELECT 1 FROM consent_events e
            WHERE e.id = m.consent_event_id AND e.phone = m.phone
              AND coalesce(e.purpose, p.purpose) = p.purpose
              AND (e.kind = 'express_written'
                   OR (m.message_class <> 'marketing' AND e.kind IN ('express', 'restored'))
                   OR (m.message_class = 'conversation' AND e.kind = 'conversational'))
              AND NOT EXISTS (
                  SELECT 1 FROM consent_events r
                   WHERE r.phone = e.phone AND r.id > e.id AND r.at < m.claimed_at - CAST(:said_before AS interval)
                     AND r.kind IN ('revoked', 'provider_blocked') AND coalesce(r.purpose, p.purpose) = p.purpose
              )
       )
""")


def count_without_consent(session: Session, now: datetime) -> int:
    """Count texts of the last 24 hours that left without a consent that held when they were claimed: there are none."""
    times = {"since": now - timedelta(hours=24), "written": now - LONGEST_WAIT, "said_before": SAID_BEFORE}
    return int(session.scalar(_WITHOUT_CONSENT, times) or 0)
