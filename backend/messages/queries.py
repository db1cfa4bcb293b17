"""What can be seen of messages, the facts that a verdict is made of, and the locks that senders take."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.core.errors import NotFoundError
from backend.customers.models import Customer
from backend.messages import rules
from backend.messages.models import Message
from backend.messages.rules import Counts, Direction, MessageStatus
from backend.shop.models import Location
from backend.templates.rules import FOOTER

# Conversations stand above messages on the map, so their table is named here and not imported.
_CONVERSATIONS = sa.table(
    "conversations",
    sa.column("id", sa.Uuid),
    sa.column("location_id", sa.Uuid),
    sa.column("phone", sa.Text),
    sa.column("unread_count", sa.BigInteger),
    sa.column("waiting_since", sa.DateTime(timezone=True)),
)

# --- messages as threads show them -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MessageView:
    """A text or email; `author` is the colleague who wrote it."""

    id: UUID
    location_id: UUID
    appointment_id: UUID | None
    customer_id: UUID | None
    phone: str | None
    email: str | None
    direction: str
    channel: str
    status: str
    message_class: str
    origin: str
    body: str
    subject: str | None
    segments: int | None
    template_id: UUID | None
    reason: str | None
    error_code: str | None
    due_at: datetime | None
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    author: str | None


_VIEW_COLUMNS = (*(getattr(Message, name) for name in MessageView.__dataclass_fields__ if name != "author"), User.name)
# Held without a known end: `due_at` is only when the sender looks again.
NO_RELEASE = frozenset({rules.Reason.REVIEW_OPEN, rules.Reason.MESSAGING_OFF})


def shown(view: MessageView) -> dict[str, Any]:
    """Return a message as the wire shows it."""
    status = MessageStatus(view.status)
    is_held = status is MessageStatus.HELD and view.reason not in NO_RELEASE
    return {
        "id": view.id,
        "direction": view.direction,
        "channel": view.channel,
        "status": view.status,
        "body": view.body,
        "subject": view.subject,
        "segments": view.segments,
        "createdAt": view.created_at,
        "by": view.author,
        "origin": view.origin,
        "messageClass": view.message_class,
        "reason": view.reason,
        "errorCode": view.error_code,
        "dueAt": view.due_at if is_held else None,
        "sentAt": view.sent_at,
        "deliveredAt": view.delivered_at,
        "readAt": view.read_at,
        "templateId": view.template_id,
        "canRetry": rules.can_retry(status, view.error_code),
        "canCancel": rules.can_cancel(status),
    }


ListKey = tuple[datetime, UUID]


def list_thread(
    session: Session, appointment_id: UUID, *, after: ListKey | None = None, limit: int
) -> list[MessageView]:
    """List an appointment's messages, the newest first, those older than `after`."""
    return _list(session, [Message.appointment_id == appointment_id], after, limit)


def list_of_number(
    session: Session, location_id: UUID, phone: str, *, after: ListKey | None = None, limit: int
) -> list[MessageView]:
    """List what a location and a number wrote each other, the newest first, those older than `after`."""
    return _list(session, [Message.location_id == location_id, Message.phone == phone], after, limit)


def _list(
    session: Session, where: list[sa.ColumnElement[bool]], after: ListKey | None, limit: int
) -> list[MessageView]:
    key = (Message.created_at, Message.id)
    statement = (
        sa.select(*_VIEW_COLUMNS).select_from(Message).outerjoin(User, User.id == Message.created_by).where(*where)
    )
    if after is not None:
        statement = statement.where(sa.tuple_(*key) < sa.tuple_(*after))
    newest = statement.order_by(Message.created_at.desc(), Message.id.desc()).limit(limit)
    return [MessageView(*row) for row in session.execute(newest)]


def get_view(session: Session, message_id: UUID) -> MessageView:
    """Return a message as the session's transaction sees it.

    Raises:
        NotFoundError: no such message.
    """
    row = session.execute(
        sa.select(*_VIEW_COLUMNS)
        .select_from(Message)
        .outerjoin(User, User.id == Message.created_by)
        .where(Message.id == message_id)
    ).first()
    if row is None:
        raise NotFoundError("There is no such message.")
    return MessageView(*row)


# --- what waits for a person -------------------------------------------------------------------

WAITING_KINDS: dict[str, frozenset[MessageStatus]] = {
    "failed": rules.DEAD,
    "held": frozenset({MessageStatus.HELD}),
    "proposed": frozenset({MessageStatus.PROPOSED}),
}


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A message that waits for its hour or for a person's word, with whom it is for and which visit it is about."""

    message: MessageView
    customer_name: str | None
    appointment_number: int | None


def list_waiting(
    session: Session, location_ids: Sequence[UUID], kind: str | None, *, after: ListKey | None, limit: int
) -> list[WaitingView]:
    """List what was given up, is held or was proposed at these locations, the newest first."""
    statuses: Collection[MessageStatus] = (
        WAITING_KINDS[kind] if kind is not None else frozenset().union(*WAITING_KINDS.values())
    )
    key = (Message.created_at, Message.id)
    name = sa.func.coalesce(Appointment.customer_name, Customer.name)
    statement = (
        sa.select(*_VIEW_COLUMNS, name, Appointment.number)
        .select_from(Message)
        .outerjoin(User, User.id == Message.created_by)
        .outerjoin(Appointment, Appointment.id == Message.appointment_id)
        .outerjoin(Customer, Customer.id == Message.customer_id)
        .where(
            Message.location_id.in_(location_ids),
            Message.status.in_(statuses),
            # As the partial index says, whatever is asked for.
            Message.status.in_(("proposed", "held", "failed", "undelivered", "unknown")),
        )
    )
    if after is not None:
        statement = statement.where(sa.tuple_(*key) < sa.tuple_(*after))
    rows = session.execute(statement.order_by(Message.created_at.desc(), Message.id.desc()).limit(limit))
    return [WaitingView(MessageView(*row[:-2]), row[-2], row[-1]) for row in map(tuple, rows)]


def count_waiting(session: Session, location_ids: Sequence[UUID]) -> dict[str, int]:
    """Count what was given up, is held and was proposed at these locations, by kind."""
    rows = session.execute(
        sa.select(Message.status, sa.func.count())
        .where(
            Message.location_id.in_(location_ids),
            Message.status.in_(("proposed", "held", "failed", "undelivered", "unknown")),
        )
        .group_by(Message.status)
    )
    by_status = {MessageStatus(status): count for status, count in rows}
    return {kind: sum(by_status.get(status, 0) for status in statuses) for kind, statuses in WAITING_KINDS.items()}


# --- whom it is for, and from where --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who would get a message and from where it comes; zones are IANA names."""

    location_id: UUID
    location_name: str
    location_zone: str
    sms_number: str | None
    appointment_id: UUID | None
    customer_id: UUID | None
    phone: str | None
    email: str | None
    stated_zone: str | None


def get_recipient(session: Session, appointment_id: UUID, location_ids: Collection[UUID]) -> Recipient:
    """Return whom messages about an appointment go to.

    Raises:
        NotFoundError: no such appointment at these locations, or it is deleted.
    """
    row = session.execute(
        sa.select(
            Location.id,
            Location.name,
            Location.timezone,
            Location.sms_number,
            Appointment.id,
            Customer.id,
            Customer.phone,
            Customer.email,
            Customer.timezone,
        )
        .join(Location, Location.id == Appointment.location_id)
        .outerjoin(Customer, Customer.id == Appointment.customer_id)
        .where(
            Appointment.id == appointment_id,
            Appointment.location_id.in_(location_ids),
            Appointment.deleted_at.is_(None),
        )
    ).first()
    if row is None:
        raise NotFoundError("There is no such appointment.")
    return Recipient(*row)


def find_recipient(
    session: Session, location_id: UUID, appointment_id: UUID | None, customer_id: UUID | None
) -> Recipient:
    """Return whom a message of a location goes to, deleted visits and customers included.

    Raises:
        NotFoundError: no such location.
    """
    row = session.execute(
        sa.select(
            Location.id,
            Location.name,
            Location.timezone,
            Location.sms_number,
            sa.literal(appointment_id, sa.Uuid),
            Customer.id,
            Customer.phone,
            Customer.email,
            Customer.timezone,
        )
        .select_from(Location)
        .outerjoin(Appointment, Appointment.id == appointment_id)
        .outerjoin(Customer, Customer.id == sa.func.coalesce(sa.literal(customer_id, sa.Uuid), Appointment.customer_id))
        .where(Location.id == location_id)
    ).first()
    if row is None:
        raise NotFoundError("There is no such location.")
    return Recipient(*row)


def find_thread_state(session: Session, message: Message) -> tuple[int, UUID | None]:
    """Return how many texts about a message's appointment are unread, and the inbox's conversation, None without one."""
    unread = sa.select(Appointment.unread_count).where(Appointment.id == message.appointment_id).scalar_subquery()
    conversation = (
        sa.select(_CONVERSATIONS.c.id)
        .where(_CONVERSATIONS.c.location_id == message.location_id, _CONVERSATIONS.c.phone == message.phone)
        .scalar_subquery()
    )
    row = session.execute(sa.select(unread, conversation)).one()
    return row[0] or 0, row[1]


def count_unread_of_numbers(session: Session, numbers: Collection[tuple[UUID, str]]) -> None:
    """Write into the inbox's conversations how many texts of these (location, number) pairs are unread, and since when."""
    unread = (
        Message.location_id == _CONVERSATIONS.c.location_id,
        Message.phone == _CONVERSATIONS.c.phone,
        Message.direction == Direction.IN.value,
        Message.read_at.is_(None),
    )
    session.execute(
        sa.update(_CONVERSATIONS)
        .where(sa.tuple_(_CONVERSATIONS.c.location_id, _CONVERSATIONS.c.phone).in_(numbers))
        .values(
            unread_count=sa.select(sa.func.count()).where(*unread).scalar_subquery(),
            waiting_since=sa.select(sa.func.min(Message.created_at)).where(*unread).scalar_subquery(),
        )
    )


# --- the facts of a verdict --------------------------------------------------------------------


# What counts as a text that somebody got or will get.
_COUNTED = (
    Message.direction == Direction.OUT.value,
    Message.status.not_in([MessageStatus.PROPOSED, MessageStatus.SUPPRESSED, MessageStatus.CANCELED]),
)


def count_recent(session: Session, location_id: UUID, phone: str | None, email: str | None, now: datetime) -> Counts:
    """Count what a number or address got in 24 hours and what a location sent in an hour, up to `now`."""
    address = Message.phone == phone if phone is not None else Message.email == email
    day, hour = now - rules.NUMBER_WINDOW, now - rules.LOCATION_WINDOW
    to_number, oldest_to_number = session.execute(
        sa.select(sa.func.count(), sa.func.min(Message.created_at)).where(address, Message.created_at > day, *_COUNTED)
    ).one()
    of_location, oldest_of_location = session.execute(
        sa.select(sa.func.count(), sa.func.min(Message.created_at)).where(
            Message.location_id == location_id, Message.created_at > hour, *_COUNTED
        )
    ).one()
    return Counts(
        to_number,
        of_location,
        None if to_number == 0 else oldest_to_number + rules.NUMBER_WINDOW,
        None if of_location == 0 else oldest_of_location + rules.LOCATION_WINDOW,
    )


def lock_counts(session: Session, location_id: UUID, address: str) -> None:
    """Let those who count and add at a location, and to an address, take turns until their transactions end."""
    for key in (f"messages of {location_id}", f"messages to {address}"):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


def lock_origin(session: Session, origin_key: str) -> None:
    """Let those who make the same message once take turns until their transactions end."""
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"message for {origin_key}", 0))))


def find_by_origin(session: Session, origin_key: str) -> Message | None:
    """Return the message that was made for a key."""
    return session.scalars(sa.select(Message).where(Message.origin_key == origin_key)).one_or_none()


def find_last_footer(session: Session, location_id: UUID, phone: str, now: datetime) -> datetime | None:
    """Return when a text of a location last told a number how to opt out, looking 31 days back."""
    return session.scalar(
        sa.select(sa.func.max(Message.created_at)).where(
            Message.location_id == location_id,
            Message.phone == phone,
            Message.created_at > now - timedelta(days=31),
            Message.body.icontains(FOOTER, autoescape=True),
            *_COUNTED,
        )
    )


# --- locks ---------------------------------------------------------------------------------------


def get_message(session: Session, message_id: UUID, location_ids: Collection[UUID]) -> Message:
    """Return a message of one of these locations.

    Raises:
        NotFoundError: none such.
    """
    found = session.scalars(
        sa.select(Message).where(Message.id == message_id, Message.location_id.in_(location_ids))
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such message.")
    return found


def get_for_update(session: Session, message_id: UUID, location_ids: Collection[UUID] | None = None) -> Message:
    """Lock and return a message, of one of these locations where they are given.

    Raises:
        NotFoundError: none such.
    """
    statement = sa.select(Message).where(Message.id == message_id)
    if location_ids is not None:
        statement = statement.where(Message.location_id.in_(tuple(location_ids)))
    found = session.scalars(
        statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such message.")
    return found


def find_by_sid(session: Session, provider_sid: str) -> UUID | None:
    """Return the message that the provider knows by `provider_sid`."""
    return session.scalar(sa.select(Message.id).where(Message.provider_sid == provider_sid))
