"""What a number has agreed to, what it said, and the replies that wait for a person."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.consent.models import ConsentEvent, ConsentReview, NumberConsent
from backend.consent.rules import (
    BLOCKED,
    ConsentKind,
    ConsentMethod,
    ConsentState,
    Purpose,
    ReviewDecision,
    ReviewKind,
)
from backend.core.errors import NotFoundError

EVENTS = 50


@dataclass(frozen=True, slots=True)
class Consent:
    """What a number's events amount to. An `…_event_id` names the event that decided, None while nobody said anything."""

    phone: str
    informational: ConsentState
    marketing: ConsentState
    informational_event_id: UUID | None
    marketing_event_id: UUID | None
    changed_at: datetime

    def state(self, purpose: Purpose) -> ConsentState:
        """Return the state for one purpose."""
        return self.informational if purpose is Purpose.INFORMATIONAL else self.marketing

    def event_id(self, purpose: Purpose) -> UUID | None:
        """Return the event that decided for one purpose."""
        return self.informational_event_id if purpose is Purpose.INFORMATIONAL else self.marketing_event_id

    @property
    def is_opted_out(self) -> bool:
        """True when not even what is about the car may be sent."""
        return self.informational in BLOCKED


@dataclass(frozen=True, slots=True)
class EventView:
    """One entry of a number's log; `location_id` is where it was said, None where that is nowhere in particular."""

    id: UUID
    kind: ConsentKind
    purpose: Purpose | None
    method: ConsentMethod
    at: datetime
    wording: str | None
    note: str | None
    by: str | None
    location_id: UUID | None

    def seen_from(self, location_ids: Collection[UUID]) -> "EventView":
        """Return the entry as people of these locations may see it: what was said elsewhere without its words."""
        if self.location_id is None or self.location_id in location_ids:
            return self
        return replace(self, wording=None, note=None, by=None)


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A reply that a person must read, and the visit that it came to, if any: its number, start and status.

    `due_at` is the end, exclusive, of the tenth business day; `text` is the reply.
    """

    id: UUID
    phone: str
    kind: ReviewKind
    message_id: UUID
    location_id: UUID | None
    opened_at: datetime
    due_at: datetime
    decision: ReviewDecision | None
    decided_at: datetime | None
    decided_by: str | None
    text: str | None
    appointment_id: UUID | None
    appointment_number: int | None
    appointment_start: datetime | None
    appointment_status: str | None
    customer_id: UUID | None
    customer_name: str | None


_CONSENT = tuple(getattr(NumberConsent, name) for name in Consent.__dataclass_fields__)


def find_consent(session: Session, phone: str) -> Consent | None:
    """Return what a number has agreed to; None while nothing was ever said about it, which denies."""
    row = session.execute(sa.select(*_CONSENT).where(NumberConsent.phone == phone)).first()
    return None if row is None else Consent(*row)


def lock_consent(session: Session, phone: str) -> Consent | None:
    """Return what a number has agreed to and keep it so until the transaction ends; sends don't wait for each other.

    A revocation that is being committed is waited for, and one that comes later waits for us.
    """
    row = session.execute(sa.select(*_CONSENT).where(NumberConsent.phone == phone).with_for_update(read=True)).first()
    return None if row is None else Consent(*row)


def get_event(session: Session, event_id: UUID) -> ConsentEvent:
    """Return an event.

    Raises:
        NotFoundError: no such event.
    """
    event = session.get(ConsentEvent, event_id)
    if event is None:
        raise NotFoundError("There is no such event.")
    return event


def find_event(session: Session, event_id: UUID | None) -> EventView | None:
    """Return one entry of a log; None for no id."""
    row = None if event_id is None else session.execute(_EVENTS.where(ConsentEvent.id == event_id)).first()
    return None if row is None else EventView(*row)


_EVENTS = sa.select(
    ConsentEvent.id,
    ConsentEvent.kind,
    ConsentEvent.purpose,
    ConsentEvent.method,
    ConsentEvent.at,
    ConsentEvent.wording,
    ConsentEvent.note,
    ConsentEvent.actor_name,
    ConsentEvent.location_id,
)


def list_events(session: Session, phone: str, *, limit: int = EVENTS) -> list[EventView]:
    """List what was said for a number, the newest first."""
    newest = _EVENTS.where(ConsentEvent.phone == phone).order_by(ConsentEvent.id.desc()).limit(limit)
    return [EventView(*row) for row in session.execute(newest)]


# --- reviews --------------------------------------------------------------------------------------


def has_open_review(session: Session, phone: str) -> bool:
    """True while a person must still say what the number's owner meant: automated texts wait."""
    is_open = sa.exists().where(ConsentReview.phone == phone, ConsentReview.decided_at.is_(None))
    return bool(session.scalar(sa.select(is_open)))


def get_review_for_update(session: Session, review_id: UUID, location_ids: tuple[UUID, ...]) -> ConsentReview:
    """Lock and return a review of one of these locations; one without a location is everybody's.

    Raises:
        NotFoundError: no such review for them.
    """
    review = session.scalars(
        sa.select(ConsentReview)
        .where(
            ConsentReview.id == review_id,
            sa.or_(ConsentReview.location_id.is_(None), ConsentReview.location_id.in_(location_ids)),
        )
        .with_for_update()
    ).one_or_none()
    if review is None:
        raise NotFoundError("There is no such question.")
    return review


# The reply itself and whom it is from: messages stand above consent on the map, so their table is named in SQL.
_REVIEWS = """
    SELECT r.id, r.phone, r.kind, r.message_id, r.location_id, r.opened_at, r.due_at, r.decision, r.decided_at,
           u.name AS decided_by, m.body AS text, a.id AS appointment_id, a.number AS appointment_number,
           a.starts_at AS appointment_start, a.status AS appointment_status, m.customer_id, c.name AS customer_name
      FROM consent_reviews r
      LEFT JOIN messages m ON m.id = r.message_id
      LEFT JOIN appointments a ON a.id = m.appointment_id AND a.deleted_at IS NULL
      LEFT JOIN customers c ON c.id = m.customer_id AND c.deleted_at IS NULL
      LEFT JOIN users u ON u.id = r.decided_by
"""
_OPEN_REVIEWS = sa.text(f"""
    {_REVIEWS}
     WHERE r.decided_at IS NULL AND (r.location_id = ANY (:location_ids) OR r.location_id IS NULL)
       AND (CAST(:phone AS text) IS NULL OR r.phone = :phone)
     ORDER BY r.due_at, r.id
""")
_REVIEW = sa.text(f"{_REVIEWS} WHERE r.id = :review_id")


def list_open_reviews(
    session: Session, location_ids: tuple[UUID, ...], *, phone: str | None = None
) -> list[ReviewView]:
    """List what nobody has decided yet at these locations, of one number or of all, the most urgent first."""
    values = {"location_ids": list(location_ids), "phone": phone}
    return [_review(row) for row in session.execute(_OPEN_REVIEWS, values)]


def get_review(session: Session, review_id: UUID) -> ReviewView:
    """Return a review, decided or not.

    Raises:
        NotFoundError: no such review.
    """
    row = session.execute(_REVIEW, {"review_id": review_id}).first()
    if row is None:
        raise NotFoundError("There is no such question.")
    return _review(row)


def _review(row: sa.Row[tuple[object, ...]]) -> ReviewView:
    values = row._asdict()
    values["kind"] = ReviewKind(values["kind"])
    values["decision"] = None if values["decision"] is None else ReviewDecision(values["decision"])
    return ReviewView(**values)


# --- provider calls that a revocation must let end ------------------------------------------------

# A call may be under way from its claim until it is accepted or given up, whatever another machine's clock called the
# time of the claim.
_CLAIMED = sa.text("""
    SELECT id FROM messages
     WHERE phone = :phone AND direction = 'out' AND channel = 'sms'
       AND status = 'sending' AND accepted_at IS NULL AND claimed_at IS NOT NULL
""")


def list_claimed(session: Session, phone: str) -> list[UUID]:
    """List the texts to a number that were claimed and that the provider has not accepted yet."""
    return list(session.scalars(_CLAIMED, {"phone": phone}))
