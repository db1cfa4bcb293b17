"""Record what must happen next, and publish it after the commit, at least once.

`record` writes in the caller's transaction. The relay turns each event into one delivery
per subscriber; a delivery is leased, run, and marked done, or tried again with backoff.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core.events import EventType
from backend.outbox.models import Delivery, OutboxEvent, ScheduleLease

BATCH = 100
LEASE = timedelta(seconds=60)
MAXIMUM_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=5)
KEEP_PUBLISHED = timedelta(days=7)


def record(session: Session, event: EventType, subject_id: UUID, *, at: datetime, **payload: Any) -> None:
    """Record that `event` happened to `subject_id`, for those who subscribed in `wiring`."""
    session.add(OutboxEvent(event=event.value, subject_id=subject_id, payload=payload, created_at=at))


def relay(session: Session, subscriptions: Mapping[EventType, Sequence[str]], now: datetime) -> int:
    """Turn unpublished events into deliveries, one per subscribed task; return how many events somebody wanted.

    Several relays may run at once: rows that another one holds are skipped.
    """
    # What nobody subscribed to is done at once, however much there is of it.
    wanted = [event.value for event in subscriptions]
    session.execute(
        sa.update(OutboxEvent)
        .where(OutboxEvent.published_at.is_(None), OutboxEvent.event.not_in(wanted))
        .values(published_at=now)
    )
    events = session.scalars(
        sa.select(OutboxEvent)
        .where(OutboxEvent.published_at.is_(None), OutboxEvent.event.in_(wanted))
        .order_by(OutboxEvent.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for event in events:
        for task in subscriptions.get(EventType(event.event), ()):
            session.add(Delivery(event_id=event.id, task=task, subject_id=event.subject_id, next_attempt_at=now))
        event.published_at = now
    return len(events)


def lease_due(session: Session, now: datetime, *, limit: int = BATCH) -> list[tuple[UUID, str]]:
    """Lease deliveries that are due or whose worker died; return (event id, task) pairs.

    The lease is 60 s: a worker killed at any instruction is followed by another attempt after it. One
    that has used up its eight attempts that way is given up, visibly. An attempt counts from `begin`: what no worker
    has taken from its queue, however often, was not tried.
    """
    session.execute(
        sa.update(Delivery)
        .where(
            Delivery.done_at.is_(None),
            Delivery.failed_at.is_(None),
            Delivery.attempts >= MAXIMUM_ATTEMPTS,
            Delivery.leased_until < now,
        )
        .values(failed_at=now, error="its worker ended each time")
    )
    due = (
        sa.select(Delivery.event_id, Delivery.task)
        .where(
            Delivery.done_at.is_(None),
            Delivery.failed_at.is_(None),
            Delivery.next_attempt_at <= now,
            sa.or_(Delivery.leased_until.is_(None), Delivery.leased_until < now),
        )
        .order_by(Delivery.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    pairs = [(row.event_id, row.task) for row in session.execute(due)]
    if pairs:
        session.execute(
            sa.update(Delivery)
            .where(sa.tuple_(Delivery.event_id, Delivery.task).in_(pairs))
            .values(leased_until=now + LEASE)
        )
    return pairs


def begin(session: Session, event_id: UUID, task: str) -> UUID | None:
    """Count an attempt at a leased delivery and return its subject; None where it is done, given up or not leased."""
    subject: UUID | None = session.scalar(
        sa.update(Delivery)
        .where(
            Delivery.event_id == event_id,
            Delivery.task == task,
            Delivery.done_at.is_(None),
            Delivery.failed_at.is_(None),
            # One that failed waits for its next turn, also where it was enqueued several times.
            Delivery.leased_until.is_not(None),
        )
        .values(attempts=Delivery.attempts + 1)
        .returning(Delivery.subject_id)
    )
    return subject


def finish(session: Session, event_id: UUID, task: str, now: datetime) -> None:
    """Mark a delivery done."""
    session.execute(
        sa.update(Delivery).where(Delivery.event_id == event_id, Delivery.task == task).values(done_at=now, error=None)
    )


def fail(session: Session, event_id: UUID, task: str, now: datetime, error: str) -> None:
    """Put a delivery back with exponential backoff, or give it up after eight attempts, visibly."""
    delivery = session.get(Delivery, (event_id, task), with_for_update=True)
    if delivery is None or delivery.done_at is not None:
        return
    delivery.error = error
    delivery.leased_until = None
    if delivery.attempts >= MAXIMUM_ATTEMPTS:
        delivery.failed_at = now
    else:
        delivery.next_attempt_at = now + FIRST_RETRY * 2 ** (delivery.attempts - 1)


def try_again(session: Session, now: datetime) -> int:
    """Have everything that was given up tried again, with eight attempts each; return how many.

    Each subscriber looks at how things are now, as at its first attempt.
    """
    again = session.scalars(
        sa.update(Delivery)
        .where(Delivery.failed_at.is_not(None))
        .values(failed_at=None, attempts=0, leased_until=None, next_attempt_at=now)
        .returning(Delivery.event_id)
    )
    return len(again.all())


def take_period(session: Session, task: str, period: datetime, now: datetime) -> bool:
    """Take a period of a scheduled task; False when another dispatcher has it."""
    taken = session.execute(
        insert(ScheduleLease)
        .values(task=task, period=period, taken_at=now)
        .on_conflict_do_nothing()
        .returning(ScheduleLease.task)
    ).scalar()
    return taken is not None


def purge(session: Session, now: datetime) -> None:
    """Forget published events and periods older than seven days whose deliveries are all done."""
    undone = sa.select(Delivery.event_id).where(Delivery.done_at.is_(None))
    session.execute(
        sa.delete(OutboxEvent).where(OutboxEvent.published_at < now - KEEP_PUBLISHED, OutboxEvent.id.not_in(undone))
    )
    session.execute(sa.delete(ScheduleLease).where(ScheduleLease.taken_at < now - KEEP_PUBLISHED))
