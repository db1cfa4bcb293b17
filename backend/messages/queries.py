"""What can be seen of messages, the facts that a verdict is made of, and the locks that senders take."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.consent.rules import ConsentState, Purpose
from backend.core.db import session_row
from backend.core.errors import NotFoundError
from backend.core.locks import Seed
from backend.customers.models import Customer
from backend.messages import rules
from backend.messages.models import Message
from backend.messages.rules import Channel, Consent, Counts, Direction, MessageStatus
from backend.templates.rules import FOOTER

# Further back no footer need be looked for: it is due again after 30 days.
LOOK_BACK_FOR_FOOTER = timedelta(days=31)

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
    """A text or email; `author` is the colleague who wrote it, `overrider` who had it sent in quiet hours."""

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
    origin_key: str | None
    body: str
    tells_money: bool
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
    claimed_at: datetime | None
    override_reason: str | None
    author: str | None
    overrider: str | None


_overrider = aliased(User)
_PEOPLE = (
    User.name,
    sa.select(_overrider.name).where(_overrider.id == Message.overridden_by).correlate(Message).scalar_subquery(),
)
_VIEW_COLUMNS = (
    *(getattr(Message, name) for name in list(MessageView.__dataclass_fields__)[: -len(_PEOPLE)]),
    *_PEOPLE,
)
# Held without a known end: `due_at` is only when the sender looks again.
NO_RELEASE = frozenset({rules.Reason.REVIEW_OPEN, rules.Reason.MESSAGING_OFF})


def shown(view: MessageView, *, with_money: bool) -> dict[str, Any]:
    """Return a message as the wire shows it, to roles that may see money or not."""
    is_whole = with_money or not view.tells_money
    body = rules.without_links(view.body)
    status = MessageStatus(view.status)
    is_held = status is MessageStatus.HELD and view.reason not in NO_RELEASE
    return {
        "id": view.id,
        "direction": view.direction,
        "channel": view.channel,
        "status": view.status,
        "body": body if is_whole else rules.without_amounts(body),
        "subject": view.subject if is_whole or view.subject is None else rules.without_amounts(view.subject),
        "segments": view.segments,
        "createdAt": view.created_at,
        "by": view.author,
        "origin": view.origin,
        "trigger": rules.trigger_of(view.origin, view.origin_key),
        "messageClass": view.message_class,
        "reason": view.reason,
        "errorCode": view.error_code,
        "dueAt": view.due_at if is_held else None,
        "sendingSince": view.claimed_at if status is MessageStatus.SENDING else None,
        "sentAt": view.sent_at,
        "deliveredAt": view.delivered_at,
        "readAt": view.read_at,
        "templateId": view.template_id,
        "overrideReason": view.override_reason,
        "overriddenBy": view.overrider,
        "canRetry": rules.can_retry(status, rules.MessageClass(view.message_class), view.error_code, view.reason),
        "canCancel": rules.can_cancel(status),
    }


ListKey = tuple[datetime, UUID]


def key_of(view: MessageView) -> ListKey:
    """Return where a message stands in a list, the newest first."""
    return view.created_at, view.id


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


# What was taken back within seconds of the move that made it, before anything left: it is in the history, not in threads.
NOT_UNDONE = sa.func.coalesce(Message.reason, "") != rules.Reason.UNDONE


def _list(
    session: Session, where: list[sa.ColumnElement[bool]], after: ListKey | None, limit: int
) -> list[MessageView]:
    key = (Message.created_at, Message.id)
    statement = (
        sa.select(*_VIEW_COLUMNS)
        .select_from(Message)
        .outerjoin(User, User.id == Message.created_by)
        .where(*where, NOT_UNDONE)
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


def find_answer_since(
    session: Session,
    seen_id: UUID,
    *,
    besides: UUID | None,
    appointment_id: UUID | None = None,
    number: tuple[UUID, str] | None = None,
) -> MessageView | None:
    """Return what somebody else wrote last in a thread since a message that was seen; ids follow each other in time.

    The thread is a (location, number) pair's where that is given, else an appointment's.
    """
    whose: tuple[sa.ColumnElement[bool], ...] = (Message.appointment_id == appointment_id,)
    if number is not None:
        whose = (Message.location_id == number[0], Message.phone == number[1])
    newest = session.scalar(
        sa.select(Message.id)
        .where(
            *whose,
            Message.direction == Direction.OUT.value,
            Message.origin == rules.Origin.STAFF,
            Message.id > seen_id,
            Message.created_by != besides,
            Message.status.not_in((MessageStatus.PROPOSED, MessageStatus.SUPPRESSED, MessageStatus.CANCELED)),
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return None if newest is None else get_view(session, newest)


# --- what waits for a person -------------------------------------------------------------------

WAITING_KINDS: dict[str, frozenset[MessageStatus]] = {
    "failed": rules.DEAD,
    "held": frozenset({MessageStatus.HELD}),
    "proposed": frozenset({MessageStatus.PROPOSED}),
}


# A reminder waits for its own time: nothing holds it.
NOT_PLANNED = sa.or_(
    Message.status != MessageStatus.HELD, sa.func.coalesce(Message.reason, "") != rules.Reason.REQUESTED_LATER
)


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A message that waits for its hour or for a person's word, with whom it is for and which visit it is about."""

    message: MessageView
    customer_name: str | None
    appointment_number: int | None


def list_waiting(
    session: Session, location_ids: Sequence[UUID], kind: str | None, *, after: ListKey | None, limit: int
) -> list[WaitingView]:
    """List what was given up, is held or was proposed at these locations, the newest first; of what is held the next to leave.

    What is only planned for later is not held by anything.
    """
    statuses: Collection[MessageStatus] = (
        WAITING_KINDS[kind] if kind is not None else frozenset().union(*WAITING_KINDS.values())
    )
    is_by_release = kind == "held"
    key = (Message.due_at if is_by_release else Message.created_at, Message.id)
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
            NOT_PLANNED,
        )
    )
    place = sa.tuple_(*key)
    if after is not None:
        statement = statement.where(place > sa.tuple_(*after) if is_by_release else place < sa.tuple_(*after))
    order = key if is_by_release else tuple(part.desc() for part in key)
    rows = session.execute(statement.order_by(*order).limit(limit))
    return [WaitingView(MessageView(*row[:-2]), row[-2], row[-1]) for row in map(tuple, rows)]


def waiting_key_of(kind: str | None, view: MessageView) -> ListKey:
    """Return where a message stands in `list_waiting`."""
    return (view.due_at, view.id) if kind == "held" and view.due_at is not None else key_of(view)


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
    # What a live event tells beside the message.
    unread_count: int = 0
    conversation_id: UUID | None = None


# Written by hand, like those that follow: a text that is accepted or handed over waits for each statement.
_PLACE = """
    SELECT location_id FROM appointments WHERE id = %(id)s AND location_id = ANY (%(location_ids)s) AND deleted_at IS NULL
"""


def get_location_id(session: Session, appointment_id: UUID, location_ids: Collection[UUID]) -> UUID:
    """Return where an appointment is.

    Raises:
        NotFoundError: no such appointment at these locations, or it is deleted.
    """
    found = session_row(session, _PLACE, {"id": appointment_id, "location_ids": list(location_ids)})
    if found is None:
        raise NotFoundError("There is no such appointment.")
    place: UUID = found[0]
    return place


_WHO = """
    l.id, l.name, l.timezone, l.sms_number, CAST(%(appointment_id)s AS uuid), c.id, coalesce(%(phone)s, c.phone) AS phone,
    coalesce(%(email)s, c.email) AS email, c.timezone, coalesce(a.unread_count, 0),
    (SELECT v.id FROM conversations v WHERE v.location_id = l.id AND v.phone = coalesce(%(phone)s, c.phone))
"""
_WHO_BY = """
      FROM locations l
      LEFT JOIN appointments a ON a.id = %(appointment_id)s
      LEFT JOIN customers c ON c.id = coalesce(%(customer_id)s, a.customer_id)
"""
_RECIPIENT = f"SELECT {_WHO} {_WHO_BY} WHERE l.id = %(location_id)s"


def lock(what: str) -> str:
    """Return the call that lets those who count the same take turns until their transactions end."""
    return f"pg_advisory_xact_lock(hashtextextended({what}, {Seed.WORDED.value}))"


def _plan(mode: str) -> str:
    return f"set_config('plan_cache_mode', '{mode}', true)"


# Counting is planned once a connection, not for each number: that took longer than the counting itself, as all of it goes by
# indexes. Whoever locks what is counted asks for it, and whoever counts puts it back.
_PLAN_ONCE, _PLAN_EACH = _plan("force_generic_plan"), _plan("auto")


def _in_turn(address: str) -> str:
    """Return the statement that finds a recipient and then takes the locks of `lock_counts`; `count_standing` follows."""
    return f"""
        SELECT who.*, CASE WHEN {address} IS NOT NULL THEN {lock("'messages of ' || %(location_id)s::uuid")} END,
               CASE WHEN {address} IS NOT NULL THEN {lock(f"'messages to ' || {address}")} END,
               CASE WHEN {address} IS NOT NULL THEN {_PLAN_ONCE} END
          FROM ({_RECIPIENT}) who
    """  # noqa: S608  constants only


_IN_TURN = {Channel.SMS: _in_turn("who.phone"), Channel.EMAIL: _in_turn("who.email")}
_WIDTH = len(Recipient.__dataclass_fields__)


def find_recipient(
    session: Session,
    location_id: UUID,
    appointment_id: UUID | None,
    customer_id: UUID | None,
    *,
    phone: str | None = None,
    email: str | None = None,
    in_turn_for: Channel | None = None,
) -> Recipient:
    """Return whom a message of a location goes to, deleted visits and customers included.

    Without a phone or email it goes to the customer's. With `in_turn_for`, what the caps count of the number or the address is
    locked in the same statement, as `lock_counts` does, and `count_standing` must follow.

    Raises:
        NotFoundError: no such location.
    """
    values = {
        "location_id": location_id,
        "appointment_id": appointment_id,
        "customer_id": customer_id,
        "phone": phone,
        "email": email,
    }
    row = session_row(session, _RECIPIENT if in_turn_for is None else _IN_TURN[in_turn_for], values)
    if row is None:
        raise NotFoundError("There is no such location.")
    return Recipient(*row[:_WIDTH])


_THREAD_STATE = """
    SELECT coalesce((SELECT unread_count FROM appointments WHERE id = %(appointment_id)s), 0),
           (SELECT id FROM conversations WHERE location_id = %(location_id)s AND phone = %(phone)s)
"""


def find_thread_state(session: Session, message: Message) -> tuple[int, UUID | None]:
    """Return how many texts about a message's appointment are unread, and the inbox's conversation, None without one."""
    values = {
        "appointment_id": message.appointment_id,
        "location_id": message.location_id,
        "phone": message.phone,
    }
    session.flush()
    unread, conversation_id = _one(session, _THREAD_STATE, values)
    return unread, conversation_id


def list_thread_states(session: Session, message_ids: Collection[UUID]) -> dict[UUID, tuple[int, UUID | None]]:
    """Return what `find_thread_state` does, of several messages."""
    rows = session.execute(
        sa.select(Message.id, sa.func.coalesce(Appointment.unread_count, 0), _CONVERSATIONS.c.id)
        .outerjoin(Appointment, Appointment.id == Message.appointment_id)
        .outerjoin(
            _CONVERSATIONS,
            sa.and_(_CONVERSATIONS.c.location_id == Message.location_id, _CONVERSATIONS.c.phone == Message.phone),
        )
        .where(Message.id.in_(message_ids))
    )
    return {message_id: (unread, conversation_id) for message_id, unread, conversation_id in rows}


def lock_conversations(session: Session, texts: Sequence[sa.ColumnElement[bool]]) -> None:
    """Lock the inbox's conversations of these texts, in the order of their ids."""
    numbers = sa.select(Message.location_id, Message.phone).where(*texts)
    session.execute(
        sa.select(_CONVERSATIONS.c.id)
        .where(sa.tuple_(_CONVERSATIONS.c.location_id, _CONVERSATIONS.c.phone).in_(numbers))
        .order_by(_CONVERSATIONS.c.id)
        .with_for_update(key_share=True)
    )


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


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a number: what it agreed to for each purpose, and whether a reply waits to be understood.

    Where they were asked for, also what the caps count and when it was last told how to opt out.
    """

    consents: Mapping[Purpose, Consent]
    has_open_review: bool = False
    unreachable: rules.Unreachable | None = None
    counts: Counts | None = None
    last_footer_at: datetime | None = None


NOBODY = Standing({purpose: Consent(ConsentState.UNKNOWN) for purpose in Purpose})


def _decided(event: str) -> str:
    """Return the columns of the event that decided: its words, and who noted them, only where it was said."""
    here = f"CASE WHEN {event}.location_id IS NULL OR {event}.location_id = %(location_id)s THEN {event}."
    return f"{event}.id, {event}.at, {event}.method, {here}wording END, {here}actor_name END"


_AGREED = f"""
    SELECT coalesce(s.informational, 'unknown'), {_decided("i")}, coalesce(s.marketing, 'unknown'), {_decided("m")},
           EXISTS (SELECT 1 FROM consent_reviews r WHERE r.phone = one.phone AND r.decided_at IS NULL), dead.code, dead.at
"""  # noqa: S608  constants only
# What the provider last said of the number, unless it has written to us since.
_DEAD_CODES = ", ".join(f"'{code}'" for code in sorted(rules.NO_TEXTS_THERE))
_AGREED_BY = f"""
      FROM (SELECT CAST(%(phone)s AS text) AS phone) one
      LEFT JOIN consent_states s ON s.phone = one.phone
      LEFT JOIN consent_events i ON i.id = s.informational_event_id
      LEFT JOIN consent_events m ON m.id = s.marketing_event_id
      LEFT JOIN LATERAL (
          SELECT n.error_code AS code, n.created_at AS at FROM messages n
           WHERE n.phone = one.phone AND n.direction = 'out' AND n.channel <> 'page' AND n.created_at > %(season)s
             AND (n.status = 'delivered' OR n.error_code IN ({_DEAD_CODES}))
           ORDER BY n.created_at DESC LIMIT 1
      ) dead ON dead.code IN ({_DEAD_CODES}) AND NOT EXISTS (
          SELECT 1 FROM conversations v
           WHERE v.location_id = %(location_id)s AND v.phone = one.phone AND v.last_inbound_at > dead.at
      )
"""  # noqa: S608  constants only
# What somebody got or will get, and when it was let go: by its first claim, by a person's word, or as it was written.
_LET_GO = "coalesce(n.first_claimed_at, CASE WHEN n.status = 'queued' THEN n.due_at END, n.created_at)"
_NO_REPLY = "n.message_class <> 'keyword_reply'"
_COUNTED = (
    "n.direction = 'out' AND n.channel <> 'page' AND n.status NOT IN ('proposed', 'suppressed', 'canceled')"
    " AND NOT (n.status = 'held' AND n.reason IN ('cap_customer', 'cap_location'))"
)
_AT_THE_DOOR = f"""
    SELECT told.*, who.*
      FROM ({_AGREED} {_AGREED_BY}) told
     CROSS JOIN ({_RECIPIENT}) who
"""  # noqa: S608  constants only
_AT_ACCEPTANCE = f"""
    {_AGREED}, number.count, number.oldest, place.count, place.oldest, number.replies, footer.at, {_PLAN_EACH}
    {_AGREED_BY}
      CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE {_NO_REPLY}) AS count, min({_LET_GO}) FILTER (WHERE {_NO_REPLY}) AS oldest,
                 count(*) FILTER (WHERE NOT {_NO_REPLY}) AS replies
            FROM messages n
           WHERE n.phone = one.phone AND n.created_at > %(earliest)s AND {_LET_GO} > %(day)s AND {_COUNTED}
      ) number
      CROSS JOIN LATERAL (
          SELECT count(*), min({_LET_GO}) AS oldest FROM messages n
           WHERE n.location_id = %(location_id)s AND n.created_at > %(earliest)s AND {_LET_GO} > %(hour)s AND {_NO_REPLY}
             AND {_COUNTED}
      ) place
      CROSS JOIN LATERAL (
          SELECT max(coalesce(n.accepted_at, n.created_at)) AS at FROM messages n
           WHERE n.location_id = %(location_id)s AND n.phone = one.phone AND n.created_at > %(month)s
             AND n.body ILIKE %(footer)s AND {_COUNTED}
             AND (n.accepted_at IS NOT NULL OR n.status NOT IN ('failed', 'unknown'))
      ) footer
"""  # noqa: S608  constants only
_LETTERS = f"""
    SELECT (SELECT count(*) FROM messages n WHERE n.location_id = %(location_id)s AND n.email = %(email)s
               AND n.created_at > %(earliest)s AND {_LET_GO} > %(day)s AND {_COUNTED}) AS to_address,
           (SELECT min({_LET_GO}) FROM messages n WHERE n.location_id = %(location_id)s AND n.email = %(email)s
               AND n.created_at > %(earliest)s AND {_LET_GO} > %(day)s AND {_COUNTED}) AS oldest,
           place.count, place.oldest, 0, {_PLAN_EACH}
      FROM (SELECT count(*), min({_LET_GO}) AS oldest FROM messages n
             WHERE n.location_id = %(location_id)s AND n.created_at > %(earliest)s AND {_LET_GO} > %(hour)s AND {_NO_REPLY}
               AND {_COUNTED}) place
"""  # noqa: S608  constants only
_FOOTER = "%" + FOOTER + "%"


def look_at_the_door(
    session: Session,
    location_id: UUID,
    appointment_id: UUID | None,
    customer_id: UUID | None,
    now: datetime,
    *,
    phone: str | None,
    email: str | None,
) -> tuple[Recipient, Standing]:
    """Return whom a message goes to and what is known of the number, for the last look before it is sent.

    The caps were asked at acceptance.

    Raises:
        NotFoundError: no such location.
    """
    values = {
        "location_id": location_id,
        "appointment_id": appointment_id,
        "customer_id": customer_id,
        "phone": phone,
        "email": email,
        "season": now - rules.NO_TEXTS_FOR,
    }
    row = session_row(session, _AT_THE_DOOR, values)
    if row is None:
        raise NotFoundError("There is no such location.")
    standing = NOBODY if phone is None else Standing(_consents(row), row[12], _unreachable(row[13], row[14]))
    return Recipient(*row[15:]), standing


def count_standing(
    session: Session, location_id: UUID, now: datetime, *, phone: str | None = None, email: str | None = None
) -> Standing:
    """Return what is known of a number, or an address, with what it got in 24 hours and the location sent in an hour."""
    values = {
        "location_id": location_id,
        "day": now - rules.NUMBER_WINDOW,
        "hour": now - rules.LOCATION_WINDOW,
        "earliest": now - rules.LONGEST_WAIT,
        "month": now - LOOK_BACK_FOR_FOOTER,
        "season": now - rules.NO_TEXTS_FOR,
    }
    if phone is not None:
        row = _one(session, _AT_ACCEPTANCE, {**values, "phone": phone, "footer": _FOOTER})
        return Standing(_consents(row), row[12], _unreachable(row[13], row[14]), _counts(row[15:20]), row[20])
    if email is not None:
        del values["month"], values["season"]
        return replace(NOBODY, counts=_counts(_one(session, _LETTERS, {**values, "email": email})[:5]))
    return NOBODY


def _one(session: Session, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    row = session_row(session, statement, values)
    assert row is not None
    return row


def _consents(row: Sequence[Any]) -> dict[Purpose, Consent]:
    return {
        Purpose.INFORMATIONAL: Consent(ConsentState(row[0]), *row[1:6]),
        Purpose.MARKETING: Consent(ConsentState(row[6]), *row[7:12]),
    }


def _unreachable(code: str | None, at: datetime | None) -> rules.Unreachable | None:
    return None if code is None or at is None else rules.Unreachable(code, at)


def _counts(row: Sequence[Any]) -> Counts:
    to_number, oldest_to_number, of_location, oldest_of_location, replies = row
    return Counts(
        to_number,
        of_location,
        oldest_to_number and oldest_to_number + rules.NUMBER_WINDOW,
        oldest_of_location and oldest_of_location + rules.LOCATION_WINDOW,
        replies,
    )


_LOCK = f"SELECT {lock('%(first)s')}, {lock('%(second)s')}"


def lock_counts(session: Session, location_id: UUID, address: str) -> None:
    """Let those who count and add at a location, and to an address, take turns until their transactions end."""
    session_row(session, _LOCK, {"first": f"messages of {location_id}", "second": f"messages to {address}"})


def lock_origin(session: Session, origin_key: str) -> None:
    """Let those who make the same message once take turns until their transactions end."""
    key = sa.func.hashtextextended(f"message for {origin_key}", Seed.WORDED.value)
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def find_by_origin(session: Session, origin_key: str) -> Message | None:
    """Return the message that was made for a key."""
    return session.scalars(sa.select(Message).where(Message.origin_key == origin_key)).one_or_none()


# --- locks ---------------------------------------------------------------------------------------


_LOCK_CONSENT = sa.text("""
    SELECT 1 FROM consent_states WHERE phone = (SELECT phone FROM messages WHERE id = :message_id) FOR UPDATE
""").bindparams(sa.bindparam("message_id", type_=sa.Uuid))


def lock_consent_to_change(session: Session, message_id: UUID, error_code: str | None) -> None:
    """Lock what a message's number agreed to if the provider's error will change it, before the message, as a STOP does."""
    if error_code == rules.BLOCKED_AT_PROVIDER:
        session.execute(_LOCK_CONSENT, {"message_id": message_id})


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


def lock_held_by_hours(session: Session, customer_id: UUID) -> list[Message]:
    """Lock and return a customer's texts that wait for hours that are allowed where they are, by id."""
    return list(
        session.scalars(
            sa.select(Message)
            .where(
                Message.customer_id == customer_id,
                Message.status == MessageStatus.HELD,
                Message.reason.in_(rules.BY_HOURS),
            )
            .order_by(Message.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def find_by_sid(session: Session, provider_sid: str) -> UUID | None:
    """Return the message that the provider knows by `provider_sid`."""
    return session.scalar(sa.select(Message.id).where(Message.provider_sid == provider_sid))
