"""What can be seen of appointments: cards, lists, collisions; and the row locks that changes take."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.appointments.models import Appointment
from backend.core.errors import NotFoundError

# One list for every statement that ends in a card; `card` reads its rows by this order, so a
# row of SQLAlchemy and a tuple of a driver cursor do alike.
CARD_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    Appointment.id,
    Appointment.number,
    Appointment.status,
    Appointment.version,
    Appointment.starts_at,
    Appointment.ends_at,
    Appointment.promised_at,
    Appointment.status_since,
    Appointment.customer_id,
    Appointment.customer_name,
    Appointment.customer_phone,
    Appointment.vehicle_id,
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
    Appointment.is_waiting,
    Appointment.overbook_reason,
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
    "customerId",
    "customerName",
    "customerPhone",
    "vehicleId",
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
)
_FLAGS_AT = len(CARD_KEYS)


def card(row: Sequence[Any]) -> dict[str, Any]:
    """Return the board's card of a row of CARD_COLUMNS, with its money; `position` is the board's to add.

    Values are ids, instants and dates as they are: `core.http.dump_json` writes them.
    """
    shown = dict(zip(CARD_KEYS, row, strict=False))
    is_waiting, overbook_reason = row[_FLAGS_AT], row[_FLAGS_AT + 1]
    flags = ["waiting"] if is_waiting else []
    if overbook_reason is not None:
        flags.append("overbooked")
    shown["flags"] = flags
    return shown


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
