"""What can be seen of the inbox, and the lock that its changes take."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from backend.accounts.models import User
from backend.accounts.permissions import Permission, may
from backend.accounts.queries import can_take_work
from backend.appointments.models import Appointment
from backend.appointments.rules import OPEN
from backend.consent.models import ConsentReview, NumberConsent
from backend.consent.rules import BLOCKED
from backend.core.errors import NotFoundError
from backend.customers.models import Customer
from backend.inbox import rules
from backend.inbox.models import Conversation, ConversationState
from backend.messages.models import Message
from backend.messages.queries import NO_RELEASE, NOT_PLANNED, NOT_UNDONE
from backend.messages.rules import DEAD, Direction, MessageStatus, Origin, without_amounts, without_links

OPEN_JOBS = 20


@dataclass(frozen=True, slots=True)
class Answering:
    """Who has the composer open, and until when."""

    id: UUID
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation as the inbox shows it, awake if its time has come."""

    id: UUID
    location_id: UUID
    phone: str
    customer_id: UUID | None
    customer_name: str | None
    appointment_id: UUID | None
    appointment_number: int | None
    vehicle: str | None
    state: ConversationState
    unread_count: int
    waiting_since: datetime | None
    last_message_at: datetime
    last_inbound_at: datetime | None
    preview: str
    preview_by: str
    owner_id: UUID | None
    owner_name: str | None
    snoozed_until: datetime | None
    answering: Answering | None
    is_opted_out: bool
    has_open_review: bool
    version: int

    def seen(self, *, with_money: bool) -> "ConversationView":
        """Return it as roles see it that may see money, or not."""
        preview = without_links(self.preview)
        return replace(self, preview=preview if with_money else without_amounts(preview))


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Which conversations; None does not filter. `is_unowned` wants those that are nobody's, `phone` is E.164."""

    location_ids: tuple[UUID, ...]
    state: ConversationState | None = None
    owner_id: UUID | None = None
    is_unowned: bool = False
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Whom a number belongs to."""

    id: UUID
    name: str
    company: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job of the customer that is not closed; `start` in UTC."""

    id: UUID
    number: int
    status: str
    start: datetime
    vehicle: str | None
    title: str | None
    promised_at: datetime | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The inbox in numbers, each its own. `next_release` is when the first of the held texts leaves, None while none is known to."""

    open: int
    mine: int
    unassigned: int
    unread: int
    oldest_since: datetime | None
    reviews: int
    failed: int
    proposed: int
    held: int
    next_release: datetime | None


_owner, _answerer = aliased(User), aliased(User)
# Where a row stands in the list, smallest first: what is unread by its oldest text, then the rest from its newest.
InboxKey = tuple[int, Decimal, UUID]
_AUTOMATIC = (Origin.STAGE, Origin.REMINDER, Origin.CONFIRMATION, Origin.KEYWORD)
_said = (
    sa.select(sa.func.jsonb_build_array(Message.body, Message.direction, Message.origin))
    .where(
        Message.location_id == Conversation.location_id,
        Message.phone == Conversation.phone,
        Message.status != MessageStatus.PROPOSED,
        NOT_UNDONE,
        # Who waits is shown by what they said, also where the shop wrote by itself since.
        sa.or_(Conversation.unread_count == 0, Message.direction == Direction.IN),
    )
    .order_by(Message.created_at.desc(), Message.id.desc())
    .limit(1)
    .correlate(Conversation)
    .scalar_subquery()
)
_position = (
    sa.case((Conversation.unread_count > 0, 0), else_=1),
    sa.case(
        (Conversation.unread_count > 0, sa.extract("epoch", Conversation.waiting_since)),
        else_=-sa.extract("epoch", Conversation.last_message_at),
    ),
    Conversation.id,
)


def _awake(now: datetime) -> sa.ColumnElement[bool]:
    """Open, or snoozed until a time that has come: the sweep that wakes it may be a moment late."""
    return sa.or_(
        Conversation.state == ConversationState.OPEN,
        sa.and_(Conversation.state == ConversationState.SNOOZED, Conversation.snoozed_until <= now),
    )


def _views(now: datetime) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Conversation,
            Customer.name.label("customer_name"),
            Appointment.number.label("appointment_number"),
            Appointment.vehicle_label.label("vehicle"),
            _owner.name.label("owner_name"),
            _answerer.name.label("answerer_name"),
            sa.exists()
            .where(NumberConsent.phone == Conversation.phone, NumberConsent.informational.in_(BLOCKED))
            .label("is_opted_out"),
            sa.exists()
            .where(ConsentReview.phone == Conversation.phone, ConsentReview.decided_at.is_(None))
            .label("has_open_review"),
            _awake(now).label("is_awake"),
            _said.label("said"),
        )
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .outerjoin(Appointment, Appointment.id == Conversation.appointment_id)
        .outerjoin(_owner, _owner.id == Conversation.owner_id)
        .outerjoin(_answerer, _answerer.id == Conversation.answering_by)
    )


def _view(row: Any, now: datetime) -> ConversationView:
    told: Conversation = row.Conversation
    answering = None
    if told.answering_by is not None and told.answering_until is not None and told.answering_until > now:
        answering = Answering(told.answering_by, row.answerer_name, told.answering_until)
    body, direction, origin = row.said or (told.preview, Direction.IN, Origin.CUSTOMER)
    return ConversationView(
        id=told.id,
        location_id=told.location_id,
        phone=told.phone,
        customer_id=told.customer_id,
        customer_name=row.customer_name,
        appointment_id=told.appointment_id,
        appointment_number=row.appointment_number,
        vehicle=row.vehicle,
        state=ConversationState.OPEN if row.is_awake else ConversationState(told.state),
        unread_count=told.unread_count,
        waiting_since=told.waiting_since,
        last_message_at=told.last_message_at,
        last_inbound_at=told.last_inbound_at,
        preview=rules.preview_of(body),
        preview_by=_speaker(direction, origin),
        owner_id=told.owner_id,
        owner_name=row.owner_name,
        snoozed_until=None if row.is_awake else told.snoozed_until,
        answering=answering,
        is_opted_out=row.is_opted_out,
        has_open_review=row.has_open_review,
        version=told.version,
    )


def _speaker(direction: str, origin: str) -> str:
    if direction == Direction.IN:
        return "customer"
    return "automatic" if origin in _AUTOMATIC else "staff"


def key_of(view: ConversationView) -> InboxKey:
    """Return where a conversation stands in the list; all in UTC."""
    if view.unread_count > 0 and view.waiting_since is not None:
        return 0, _seconds(view.waiting_since), view.id
    return 1, -_seconds(view.last_message_at), view.id


def _seconds(at: datetime) -> Decimal:
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return Decimal(since // timedelta(microseconds=1)) / 1_000_000


def list_conversations(
    session: Session, wanted: InboxFilter, now: datetime, *, after: InboxKey | None, limit: int
) -> list[ConversationView]:
    """List who waits for an answer, the longest first, then the others by their last text, the newest first; after `after`."""
    statement = _views(now).where(Conversation.location_id.in_(wanted.location_ids))
    if wanted.state is ConversationState.OPEN:
        statement = statement.where(_awake(now))
    elif wanted.state is not None:
        statement = statement.where(Conversation.state == wanted.state, sa.not_(_awake(now)))
    if wanted.is_unowned:
        statement = statement.where(Conversation.owner_id.is_(None))
    elif wanted.owner_id is not None:
        statement = statement.where(Conversation.owner_id == wanted.owner_id)
    if wanted.phone is not None:
        statement = statement.where(Conversation.phone == wanted.phone)
    if after is not None:
        statement = statement.where(sa.tuple_(*_position) > sa.tuple_(*after))
    return [_view(row, now) for row in session.execute(statement.order_by(*_position).limit(limit))]


def get_conversation(
    session: Session, conversation_id: UUID, location_ids: Iterable[UUID], now: datetime
) -> ConversationView:
    """Return a conversation of one of these locations.

    Raises:
        NotFoundError: none such.
    """
    view = view_of(session, conversation_id, now)
    if view.location_id not in location_ids:
        raise NotFoundError("There is no such conversation.")
    return view


def view_of(session: Session, conversation_id: UUID, now: datetime) -> ConversationView:
    """Return a conversation as the session's transaction sees it.

    Raises:
        NotFoundError: none such.
    """
    row = session.execute(
        _views(now).where(Conversation.id == conversation_id), execution_options={"populate_existing": True}
    ).first()
    if row is None:
        raise NotFoundError("There is no such conversation.")
    return _view(row, now)


def get_for_update(session: Session, conversation_id: UUID, location_ids: Iterable[UUID]) -> Conversation:
    """Lock and return a conversation of one of these locations.

    Raises:
        NotFoundError: none such.
    """
    found = session.scalars(
        sa.select(Conversation)
        .where(Conversation.id == conversation_id, Conversation.location_id.in_(tuple(location_ids)))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such conversation.")
    return found


def list_of_number(session: Session, phone: str) -> list[UUID]:
    """List the conversations with a number, at all locations."""
    return list(session.scalars(sa.select(Conversation.id).where(Conversation.phone == phone)))


def may_answer(session: Session, user_id: UUID, location_id: UUID) -> bool:
    """True for an active person who works at the location and whose role may send texts."""
    role = session.scalar(sa.select(User.role).where(User.id == user_id))
    return may(role, Permission.MESSAGE_SEND) and can_take_work(session, user_id, location_id)


def find_customer(session: Session, customer_id: UUID | None) -> CustomerView | None:
    """Return a customer who is on file."""
    if customer_id is None:
        return None
    row = session.execute(
        sa.select(Customer.id, Customer.name, Customer.company, Customer.email).where(
            Customer.id == customer_id, Customer.deleted_at.is_(None)
        )
    ).first()
    return None if row is None else CustomerView(*row)


def list_open_jobs(session: Session, customer_id: UUID | None, location_ids: Iterable[UUID]) -> list[OpenJob]:
    """List a customer's jobs at these locations that are not closed, by their start."""
    if customer_id is None:
        return []
    rows = session.execute(
        sa.select(
            Appointment.id,
            Appointment.number,
            Appointment.status,
            Appointment.starts_at,
            Appointment.vehicle_label,
            Appointment.title,
            Appointment.promised_at,
        )
        .where(
            Appointment.customer_id == customer_id,
            Appointment.location_id.in_(tuple(location_ids)),
            Appointment.status.in_(OPEN),
            Appointment.deleted_at.is_(None),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(OPEN_JOBS)
    )
    return [OpenJob(*row) for row in rows]


def summarize(session: Session, location_ids: tuple[UUID, ...], user_id: UUID, now: datetime) -> Summary:
    """Count what waits at these locations: `mine` is of the open ones, `oldest_since` the oldest unread text's time."""
    is_open = _awake(now)
    counts = session.execute(
        sa.select(
            sa.func.count().filter(is_open),
            sa.func.count().filter(is_open, Conversation.owner_id == user_id),
            sa.func.count().filter(is_open, Conversation.owner_id.is_(None)),
            sa.func.coalesce(sa.func.sum(Conversation.unread_count), 0),
            sa.func.min(Conversation.waiting_since),
        ).where(
            Conversation.location_id.in_(location_ids),
            # In the words of the index "what waits for somebody".
            sa.or_(Conversation.state != ConversationState.DONE, Conversation.unread_count > 0),
        )
    ).one()
    reviews = session.scalar(
        sa.select(sa.func.count()).where(
            ConsentReview.decided_at.is_(None),
            sa.or_(ConsentReview.location_id.in_(location_ids), ConsentReview.location_id.is_(None)),
        )
    )
    texts = session.execute(
        sa.select(
            sa.func.count().filter(Message.status.in_(DEAD)),
            sa.func.count().filter(Message.status == MessageStatus.PROPOSED),
            sa.func.count().filter(Message.status == MessageStatus.HELD),
            sa.func.min(Message.due_at).filter(
                Message.status == MessageStatus.HELD, sa.func.coalesce(Message.reason, "").not_in(NO_RELEASE)
            ),
        ).where(
            Message.location_id.in_(location_ids),
            Message.direction == Direction.OUT,
            NOT_PLANNED,
            # In the words of the index "what was given up and what waits for a word".
            Message.status.in_((MessageStatus.PROPOSED, MessageStatus.HELD, *DEAD)),
        )
    ).one()
    return Summary(counts[0], counts[1], counts[2], int(counts[3]), counts[4], reviews or 0, *texts)
