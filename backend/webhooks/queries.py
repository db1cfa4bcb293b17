"""What waits to be acted on, and whom a text is from, to and about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.messages.models import Message
from backend.payments.rules import Told as PaymentTold
from backend.shop.models import Location
from backend.webhooks.models import ProviderEvent, ProviderEventKind

ABOUT_A_JOB_FOR = timedelta(days=30)
# A request acts on its own event at once; the sweep takes what is still there after this long.
SWEEP_AFTER = timedelta(seconds=4)


def take_event(session: Session, event_id: UUID) -> ProviderEvent | None:
    """Lock and return an event that nobody has acted on; None when somebody has, or just does."""
    return session.scalars(
        sa.select(ProviderEvent)
        .where(ProviderEvent.id == event_id, ProviderEvent.processed_at.is_(None))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


# Texts of customers first: one of them may be a STOP. What failed waits twice as long each time, an hour at most; a
# young orphan is due at once when its text is known: what was lost is found within minutes.
_WAITING = sa.text("""
    SELECT e.id FROM provider_events e
     WHERE e.processed_at IS NULL
       AND (e.received_at + least(:after * 2 ^ least(e.attempts, 20), interval '1 hour') <= :now
            OR (e.result = 'orphan' AND e.received_at > :now - interval '15 minutes'
                AND EXISTS (SELECT 1 FROM messages m WHERE m.provider_sid = e.sid)))
     ORDER BY e.kind, e.received_at LIMIT :limit
""")


def list_waiting(session: Session, now: datetime, *, limit: int) -> list[UUID]:
    """List events that are due to be acted on."""
    return list(session.scalars(_WAITING, {"now": now, "after": SWEEP_AFTER, "limit": limit}))


def is_doubtful(session: Session, event_id: UUID) -> bool:
    """True for an event of the card processor's that does not fit what we know."""
    told = session.scalar(sa.select(ProviderEvent.result).where(ProviderEvent.id == event_id))
    return told == PaymentTold.DOUBT


def is_known(session: Session, sid: str) -> bool:
    """True for a text that is in a thread already."""
    return bool(session.scalar(sa.select(sa.exists().where(Message.provider_sid == sid))))


def list_numbers(session: Session) -> list[str]:
    """List the numbers of locations that have one of their own."""
    return [number for number in session.scalars(sa.select(Location.sms_number)) if number]


def list_known_sids(session: Session, sids: list[str]) -> set[str]:
    """Return those of `sids` that customers' texts came under before."""
    told = sa.select(ProviderEvent.sid).where(
        ProviderEvent.sid.in_(sids), ProviderEvent.kind == ProviderEventKind.INBOUND
    )
    return set(session.scalars(told))


# --- whom a text is from, to and about -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """The location that a text is for, as its answers name it; `phone` is the one to call."""

    id: UUID
    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Route:
    """Where a text belongs; without a customer it is from a number that nobody has."""

    place: Place
    customer_id: UUID | None
    appointment_id: UUID | None


# Several customers share a number: the one whose car is here or expected, else whose was here last.
_CUSTOMER = sa.text("""
    SELECT c.id FROM customers c
      LEFT JOIN LATERAL (
            SELECT max(a.starts_at) FILTER (WHERE a.is_open) AS open_at, max(a.starts_at) AS any_at
              FROM appointments a WHERE a.customer_id = c.id AND a.deleted_at IS NULL
           ) visits ON true
     WHERE c.phone = :phone AND c.deleted_at IS NULL
     ORDER BY visits.open_at DESC NULLS LAST, visits.any_at DESC NULLS LAST, c.id DESC
     LIMIT 1
""")
# A number of its own decides; the shared one belongs to where the customer was last, else to the first location.
_LOCATION = sa.text("""
    SELECT l.id, l.name, l.phone FROM locations l
      LEFT JOIN LATERAL (
            SELECT max(a.starts_at) AS at FROM appointments a
             WHERE a.customer_id = :customer_id AND a.location_id = l.id AND a.deleted_at IS NULL
           ) visits ON true
     ORDER BY l.sms_number IS NOT DISTINCT FROM :number DESC, visits.at DESC NULLS LAST, l.created_at, l.id
     LIMIT 1
""")
# The open job nearest to now, else the latest of the last 30 days.
_APPOINTMENT = sa.text("""
    SELECT a.id FROM appointments a
     WHERE a.customer_id = :customer_id AND a.location_id = :location_id AND a.deleted_at IS NULL
       AND (a.is_open OR a.starts_at BETWEEN :since AND :now)
     ORDER BY a.is_open DESC,
              CASE WHEN a.is_open THEN abs(extract(epoch FROM a.starts_at - :now)) END,
              a.starts_at DESC, a.id
     LIMIT 1
""")


def find_route(session: Session, *, phone: str, number: str, now: datetime) -> Route | None:
    """Return where a text from `phone` to our `number` belongs; None where there is no location at all."""
    customer_id = session.scalar(_CUSTOMER, {"phone": phone})
    row = session.execute(_LOCATION, {"customer_id": customer_id, "number": number}).first()
    if row is None:
        return None
    place = Place(row.id, row.name, row.phone)
    values = {"customer_id": customer_id, "location_id": place.id, "now": now, "since": now - ABOUT_A_JOB_FOR}
    return Route(place, customer_id, session.scalar(_APPOINTMENT, values) if customer_id is not None else None)
