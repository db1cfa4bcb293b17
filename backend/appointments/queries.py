"""What can be seen of appointments: cards and lists; and the locks that changes take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.appointments.models import Appointment
from backend.appointments.rules import OPEN, FailedCheck, Status
from backend.core.edits import Changes
from backend.core.errors import NotFoundError
from backend.core.live import MONEY_KEYS
from backend.planning.rules import MAXIMUM_LENGTH
from backend.shop.models import Location

# --- cards ------------------------------------------------------------------------------------

# One list for every statement that ends in a card; `card` reads its rows by this order, so a
# row of SQLAlchemy and a tuple of a driver cursor do alike. Ids that no card shows stay out: random
# bytes don't compress, and two of them were a third of a board on the wire.
CARD_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    Appointment.id,
    Appointment.number,
    Appointment.status,
    Appointment.version,
    Appointment.starts_at,
    Appointment.ends_at,
    Appointment.promised_at,
    Appointment.status_since,
    Appointment.customer_name,
    Appointment.customer_phone,
    Appointment.vehicle_label,
    Appointment.plate,
    Appointment.key_tag,
    Appointment.services_summary,
    Appointment.tech_id,
    Appointment.tech_name,
    Appointment.bay_id,
    Appointment.bay_name,
    Appointment.title,
    Appointment.total_cents,
    Appointment.paid_cents,
    Appointment.unread_count,
    Appointment.check_in_at,
    Appointment.check_out_at,
    Appointment.day,
    Appointment.location_id,
    Appointment.order_key,
    Appointment.is_waiting,
    Appointment.overbook_reason,
    Appointment.confirmed_at,
    Appointment.estimate_state,
    Appointment.jobs_approved,
    Appointment.jobs_offered,
    Appointment.needs_part,
    Appointment.needs_approval,
    Appointment.failed_check,
    Appointment.is_work_done,
)
# The same list for statements written by hand: "id, number, status, …".
CARD_SQL = ", ".join(column.key for column in CARD_COLUMNS)
CARD_KEYS = (
    "id",
    "number",
    "status",
    "version",
    "start",
    "end",
    "promisedAt",
    "statusSince",
    "customerName",
    "customerPhone",
    "vehicle",
    "plate",
    "keyTag",
    "servicesSummary",
    "techId",
    "techName",
    "bayId",
    "bayName",
    "title",
    "totalCents",
    "paidCents",
    "unreadCount",
    "checkInAt",
    "checkOutAt",
    "day",
    "locationId",
    "orderKey",
)
_FLAGS_AT = len(CARD_KEYS)
FAILED_FLAGS = {FailedCheck.TEST_DRIVE: "testDriveFailed", FailedCheck.QUALITY: "qualityFailed"}


def card(row: Sequence[Any]) -> dict[str, Any]:
    """Return the board's card of a row of CARD_COLUMNS, with its money; `position` is the board's to add.

    Values are ids, instants and dates as they are: `core.http.dump_json` writes them.
    """
    shown = dict(zip(CARD_KEYS, row, strict=False))
    is_waiting, overbook_reason, confirmed_at, estimate_state, approved, offered = row[_FLAGS_AT : _FLAGS_AT + 6]
    needs_part, needs_approval, failed_check, is_work_done = row[_FLAGS_AT + 6 : _FLAGS_AT + 10]
    flags = ["waiting"] if is_waiting else []
    if overbook_reason is not None:
        flags.append("overbooked")
    # Whoever is here has come.
    if confirmed_at is not None and shown["status"] == Status.SCHEDULED:
        flags.append("confirmed")
    if needs_part:
        flags.append("needsPart")
    if needs_approval:
        flags.append("needsApproval")
    if failed_check is not None:
        flags.append(FAILED_FLAGS[failed_check])
    if is_work_done and shown["status"] == Status.IN_PROGRESS:
        flags.append("workDone")
    shown["flags"] = flags
    # Most cards have none; a key for nothing would be a tenth of a board on the wire.
    if estimate_state is not None:
        shown["estimate"] = {"state": estimate_state, "approved": approved, "offered": offered}
    return shown


def failed_check_of(card: dict[str, Any]) -> FailedCheck | None:
    """Return the check that the work of a card's visit has not passed."""
    return next((check for check, flag in FAILED_FLAGS.items() if flag in card["flags"]), None)


def get_card(session: Session, appointment_id: UUID) -> dict[str, Any]:
    """Return the present card of an appointment, with its money.

    Raises:
        NotFoundError: no such appointment, or it is deleted.
    """
    row = session.execute(
        sa.select(*CARD_COLUMNS).where(Appointment.id == appointment_id, Appointment.deleted_at.is_(None))
    ).first()
    if row is None:
        raise NotFoundError("There is no such appointment.")
    return card(tuple(row))


def is_at(session: Session, appointment_id: UUID, location_id: UUID) -> bool:
    """Tell whether there is, or was, such an appointment at a location; deleted ones count."""
    here = sa.exists().where(Appointment.id == appointment_id, Appointment.location_id == location_id)
    return bool(session.scalar(sa.select(here)))


def get_card_for(session: Session, appointment_id: UUID, *, with_money: bool) -> dict[str, Any]:
    """Return the present card, with its money or without.

    Raises:
        NotFoundError: no such appointment, or it is deleted.
    """
    whole = get_card(session, appointment_id)
    if with_money:
        return whole
    return {name: value for name, value in whole.items() if name not in MONEY_KEYS}


def get_card_and_rev(session: Session, appointment_id: UUID) -> tuple[dict[str, Any], int]:
    """Return the card and the row's `rev`, deleted or not: what a live event tells.

    Raises:
        NotFoundError: no such appointment.
    """
    row = session.execute(sa.select(*CARD_COLUMNS, Appointment.rev).where(Appointment.id == appointment_id)).first()
    if row is None:
        raise NotFoundError("There is no such appointment.")
    return card(tuple(row)), row.rev


# --- appointments as lists and editors show them ----------------------------------------------


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """An appointment: [starts_at, ends_at) in UTC, `day` local, money in cents."""

    id: UUID
    number: int
    location_id: UUID
    status: str
    status_since: datetime
    version: int
    starts_at: datetime
    ends_at: datetime
    day: date
    promised_at: datetime | None
    check_in_at: datetime | None
    check_out_at: datetime | None
    confirmed_at: datetime | None
    customer_id: UUID | None
    vehicle_id: UUID | None
    customer_name: str | None
    vehicle_label: str | None
    plate: str | None
    tech_id: UUID | None
    tech_name: str | None
    bay_id: UUID | None
    bay_name: str | None
    key_tag: str | None
    title: str | None
    notes: str | None
    visit_type: str | None
    is_waiting: bool
    overbook_reason: str | None
    overbooked_by: UUID | None
    total_cents: int
    paid_cents: int
    created_at: datetime
    updated_at: datetime


_VIEW_COLUMNS = tuple(getattr(Appointment, name) for name in AppointmentView.__dataclass_fields__)


def shown(view: AppointmentView, *, with_money: bool) -> dict[str, Any]:
    """Return an appointment as the wire shows it; without `with_money` its money is not there at all."""
    value: dict[str, Any] = {
        "id": view.id,
        "number": view.number,
        "locationId": view.location_id,
        "status": view.status,
        "statusSince": view.status_since,
        "version": view.version,
        "start": view.starts_at,
        "end": view.ends_at,
        "day": view.day,
        "promisedAt": view.promised_at,
        "checkInAt": view.check_in_at,
        "checkOutAt": view.check_out_at,
        "confirmedAt": view.confirmed_at,
        "customerId": view.customer_id,
        "vehicleId": view.vehicle_id,
        "customerName": view.customer_name,
        "vehicle": view.vehicle_label,
        "plate": view.plate,
        "techId": view.tech_id,
        "techName": view.tech_name,
        "bayId": view.bay_id,
        "bayName": view.bay_name,
        "keyTag": view.key_tag,
        "title": view.title,
        "notes": view.notes,
        "visitType": view.visit_type,
        "isWaiting": view.is_waiting,
        "isOverbooked": view.overbook_reason is not None,
        "overbookReason": view.overbook_reason,
        "overbookedBy": view.overbooked_by,
        "createdAt": view.created_at,
        "updatedAt": view.updated_at,
    }
    if with_money:
        value["totalCents"] = view.total_cents
        value["paidCents"] = view.paid_cents
    return value


# What the audit log keeps of a change, by wire name; names beside ids, for people who read it.
_AUDITED = (
    "status",
    "start",
    "end",
    "day",
    "promisedAt",
    "checkInAt",
    "checkOutAt",
    "confirmedAt",
    "customerId",
    "customerName",
    "vehicleId",
    "vehicle",
    "plate",
    "techId",
    "techName",
    "bayId",
    "bayName",
    "keyTag",
    "title",
    "notes",
    "visitType",
    "isWaiting",
    "overbookReason",
)


def changes_between(before: AppointmentView | None, after: AppointmentView) -> Changes:
    """Return what a change made of an appointment, as the audit log tells it; all of a new one."""
    old = shown(before, with_money=False) if before is not None else {}
    new = shown(after, with_money=False)
    return {name: (old.get(name), new[name]) for name in _AUDITED if old.get(name) != new[name]}


def get_view(session: Session, appointment_id: UUID) -> AppointmentView:
    """Return an appointment as the session's transaction sees it, deleted or not.

    Raises:
        NotFoundError: no such appointment.
    """
    row = session.execute(sa.select(*_VIEW_COLUMNS).where(Appointment.id == appointment_id)).first()
    if row is None:
        raise NotFoundError("There is no such appointment.")
    return AppointmentView(*row)


@dataclass(frozen=True, slots=True)
class AppointmentFilter:
    """What to list. `first_day` and `last_day` are local dates, both inclusive; None does not filter."""

    location_ids: tuple[UUID, ...]
    first_day: date | None = None
    last_day: date | None = None
    tech_id: UUID | None = None
    customer_id: UUID | None = None
    vehicle_id: UUID | None = None
    number: int | None = None
    statuses: tuple[Status, ...] = ()
    text: str | None = None


ListKey = tuple[date, datetime, UUID]


def list_appointments(
    session: Session, wanted: AppointmentFilter, *, after: ListKey | None, limit: int
) -> list[AppointmentView]:
    """List appointments by day, start and id, those after `after`; at most `limit`, in one statement.

    An appointment is in the range when any part of it is: one that runs over midnight is in
    both days.
    """
    statement = sa.select(*_VIEW_COLUMNS).where(
        Appointment.location_id.in_(wanted.location_ids), Appointment.deleted_at.is_(None)
    )
    if wanted.first_day is not None:
        # Midnight of each location's own zone. The bound on `day` is what the index can use.
        midnight = sa.func.timezone(Location.timezone, sa.cast(wanted.first_day, sa.DateTime(timezone=False)))
        statement = statement.join(Location, Location.id == Appointment.location_id).where(
            Appointment.day >= wanted.first_day - MAXIMUM_LENGTH - timedelta(days=1),
            sa.or_(Appointment.day >= wanted.first_day, Appointment.ends_at > midnight),
        )
    if wanted.last_day is not None:
        statement = statement.where(Appointment.day <= wanted.last_day)
    for column, value in (
        (Appointment.tech_id, wanted.tech_id),
        (Appointment.customer_id, wanted.customer_id),
        (Appointment.vehicle_id, wanted.vehicle_id),
        (Appointment.number, wanted.number),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.statuses:
        statement = statement.where(Appointment.status.in_(wanted.statuses))
    if wanted.text:
        statement = statement.where(_matches(wanted.text))
    key = (Appointment.day, Appointment.starts_at, Appointment.id)
    if after is not None:
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*after))
    return [AppointmentView(*row) for row in session.execute(statement.order_by(*key).limit(limit))]


MAXIMUM_NUMBER = 2**63 - 1


def _matches(text: str) -> sa.ColumnElement[bool]:
    """Look for `text` in what a card shows, or for an appointment's number, with or without #."""
    number = text.removeprefix("#")
    if number.isascii() and number.isdecimal() and int(number) <= MAXIMUM_NUMBER:
        by_number: sa.ColumnElement[bool] = Appointment.number == int(number)
    else:
        by_number = sa.false()
    places = (
        Appointment.customer_name,
        Appointment.vehicle_label,
        Appointment.plate,
        Appointment.key_tag,
        Appointment.title,
        Appointment.services_summary,
    )
    return sa.or_(by_number, *(place.icontains(text, autoescape=True) for place in places))


# --- key tags, locks, order ---------------------------------------------------------------------


def find_key_tag_holder(
    session: Session, location_id: UUID, key_tag: str, *, besides: UUID | None
) -> tuple[UUID, int] | None:
    """Return id and number of the open appointment at the location that has the key tag."""
    row = session.execute(
        sa.select(Appointment.id, Appointment.number).where(
            Appointment.location_id == location_id,
            Appointment.key_tag == key_tag,
            Appointment.status.in_(OPEN),
            Appointment.deleted_at.is_(None),
            Appointment.id != besides if besides is not None else sa.true(),
        )
    ).first()
    return None if row is None else (row.id, row.number)


def get_for_update(
    session: Session, appointment_id: UUID, location_ids: Iterable[UUID], *, is_deleted: bool = False
) -> Appointment:
    """Lock and return an appointment of one of these locations.

    NO KEY UPDATE: a text or payment that is being added to it need not wait.

    Raises:
        NotFoundError: none such, or (unless `is_deleted`) it is deleted.
    """
    statement = sa.select(Appointment).where(
        Appointment.id == appointment_id, Appointment.location_id.in_(tuple(location_ids))
    )
    if not is_deleted:
        statement = statement.where(Appointment.deleted_at.is_(None))
    # What the session read before it had the lock may be over.
    locked = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalars(locked).one_or_none()
    if found is None:
        raise NotFoundError("There is no such appointment.")
    return found


def find_for_update(session: Session, appointment_id: UUID) -> Appointment | None:
    """Lock and return an appointment of any location, for what customers say; None where there is none."""
    return session.scalars(
        sa.select(Appointment)
        .where(Appointment.id == appointment_id, Appointment.deleted_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The order keys between which a card comes to stand; None where nothing is."""

    above: float | None
    below: float | None


def place_of(session: Session, location_id: UUID, day: date, status: Status, starts_at: datetime) -> Neighbours:
    """Return where a card that comes into a column belongs: what is still to come by its start, all else at the tail.

    The column is the day's, with the cars that are still here. People may have ordered it otherwise: the card
    goes behind the last one that starts no later.
    """
    column = (
        Appointment.location_id == location_id,
        sa.or_(
            Appointment.day == day,
            sa.and_(Appointment.check_in_at.is_not(None), Appointment.check_out_at.is_(None)),
        ),
        Appointment.status == status,
        Appointment.deleted_at.is_(None),
    )
    key = Appointment.order_key
    earlier = (*column, Appointment.starts_at <= starts_at) if status is Status.SCHEDULED else column
    above = session.scalar(sa.select(sa.func.max(key)).where(*earlier))
    later = column if above is None else (*column, key > above)
    return Neighbours(above, session.scalar(sa.select(sa.func.min(key)).where(*later)))
