"""Find vehicles and whose they are; and the locks that changes take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.core.errors import NotFoundError
from backend.vehicles import rules
from backend.vehicles.models import Vehicle


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A vehicle with its owner; one whose owner was deleted has none."""

    id: UUID
    label: str | None
    year: int | None
    make: str | None
    model: str | None
    trim: str | None
    engine: str | None
    color: str | None
    plate: str | None
    plate_state: str | None
    vin: str | None
    mileage: int | None
    notes: str | None
    customer_id: UUID | None
    customer_name: str | None
    version: int
    created_at: datetime
    updated_at: datetime


# --- owners -----------------------------------------------------------------------------------------
# Customers stand above vehicles on the map, so their table is named here and not imported. What
# must be known of an owner stands here once, for all.

_OWNERS = sa.table(
    "customers",
    sa.column("id", sa.Uuid),
    sa.column("name", sa.Text),
    sa.column("deleted_at", sa.DateTime(timezone=True)),
)


def lock_owner(session: Session, customer_id: UUID) -> bool:
    """True when the customer is on file; they then can't be merged or deleted before the commit.

    Whoever stores a customer's id calls this first.
    """
    statement = sa.select(_OWNERS.c.id).where(_OWNERS.c.id == customer_id, _OWNERS.c.deleted_at.is_(None))
    return session.scalar(statement.with_for_update(read=True)) is not None


def find_owner(session: Session, vehicle_id: UUID) -> UUID | None:
    """Return whose vehicle it is, None where nobody is known or the owner was deleted."""
    statement = sa.select(_OWNERS.c.id).join_from(_OWNERS, Vehicle, Vehicle.customer_id == _OWNERS.c.id)
    return session.scalar(statement.where(Vehicle.id == vehicle_id, _OWNERS.c.deleted_at.is_(None)))


# Merges can be merged again; the last one is who people look for. A chain has no circle: both sides of a merge are alive.
_MERGED_INTO = sa.text("""
    WITH RECURSIVE chain (id, merged_into_id, deleted_at, depth) AS (
        SELECT id, merged_into_id, deleted_at, 0 FROM customers WHERE id = :customer_id
        UNION ALL
        SELECT c.id, c.merged_into_id, c.deleted_at, chain.depth + 1
          FROM chain JOIN customers c ON c.id = chain.merged_into_id
    )
    SELECT id FROM chain WHERE depth > 0 AND deleted_at IS NULL
""")


def customer_gone(session: Session, customer_id: UUID) -> rules.CustomerGoneError:
    """Build the refusal of a customer who is not on file, with who took them over."""
    survivor_id = session.scalar(_MERGED_INTO, {"customer_id": customer_id})
    if survivor_id is None:
        return rules.CustomerGoneError("There is no such customer.")
    return rules.CustomerGoneError("This customer was merged into another one.", merged_into=survivor_id)


# --- one vehicle ------------------------------------------------------------------------------------


def get_vehicle_for_update(session: Session, vehicle_id: UUID) -> Vehicle:
    """Lock and return a vehicle.

    Raises:
        NotFoundError: no such vehicle, or deleted.
    """
    vehicle = session.scalars(
        sa.select(Vehicle)
        .where(Vehicle.id == vehicle_id, Vehicle.deleted_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if vehicle is None:
        raise NotFoundError("There is no such vehicle.")
    return vehicle


def lock_vehicle(session: Session, vehicle_id: UUID) -> bool:
    """True when the vehicle is on file; it then can't be deleted or change owners before the commit."""
    statement = sa.select(Vehicle.id).where(Vehicle.id == vehicle_id, Vehicle.deleted_at.is_(None))
    return session.scalar(statement.with_for_update(read=True)) is not None


# Appointments stand above too.
_OPEN_APPOINTMENTS = """
    SELECT a.id, a.number FROM appointments a WHERE a.{column} = :id AND a.is_open ORDER BY a.starts_at, a.id LIMIT 20
"""


def list_open_appointments(
    session: Session, column: Literal["customer_id", "vehicle_id"], identifier: UUID
) -> list[rules.OpenAppointment]:
    """List the open appointments of a customer or vehicle at all locations by start, at most 20."""
    rows = session.execute(sa.text(_OPEN_APPOINTMENTS.format(column=column)), {"id": identifier})
    return [rules.OpenAppointment(row.id, row.number) for row in rows]


_PLACES = sa.text("SELECT DISTINCT location_id FROM appointments WHERE vehicle_id = :id")


def list_places(session: Session, vehicle_id: UUID) -> list[UUID]:
    """List the locations that a vehicle has visits at; appointments stand above vehicles on the map, so they are only named."""
    return list(session.scalars(_PLACES, {"id": vehicle_id}))


# --- vehicles with their owners ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VehicleFilter:
    """Which vehicles to list; None does not filter. `text` is a plate, part of one, or the tail of a VIN."""

    customer_id: UUID | None = None
    text: str | None = None


_VEHICLE_COLUMNS = (
    Vehicle.id,
    Vehicle.year,
    Vehicle.make,
    Vehicle.model,
    Vehicle.trim,
    Vehicle.engine,
    Vehicle.color,
    Vehicle.plate,
    Vehicle.plate_state,
    Vehicle.vin,
    Vehicle.mileage,
    Vehicle.notes,
    Vehicle.version,
    Vehicle.created_at,
    Vehicle.updated_at,
    _OWNERS.c.id.label("customer_id"),
    _OWNERS.c.name.label("customer_name"),
)
_OWNED_VEHICLES = sa.select(*_VEHICLE_COLUMNS).outerjoin_from(
    Vehicle, _OWNERS, sa.and_(_OWNERS.c.id == Vehicle.customer_id, _OWNERS.c.deleted_at.is_(None))
)


def get_vehicle(session: Session, vehicle_id: UUID) -> VehicleRow:
    """Return a vehicle with its owner.

    Raises:
        NotFoundError: no such vehicle, or deleted.
    """
    row = session.execute(_OWNED_VEHICLES.where(Vehicle.id == vehicle_id, Vehicle.deleted_at.is_(None))).one_or_none()
    if row is None:
        raise NotFoundError("There is no such vehicle.")
    return _vehicle_row(row)


def find_vehicle_by_vin(session: Session, vin: str) -> VehicleRow | None:
    """Return the vehicle with this whole VIN, None when it is not on file."""
    row = session.execute(_OWNED_VEHICLES.where(Vehicle.vin == vin, Vehicle.deleted_at.is_(None))).one_or_none()
    return None if row is None else _vehicle_row(row)


def list_vehicles(
    session: Session, vehicle_filter: VehicleFilter, *, limit: int, before_id: UUID | None = None
) -> list[VehicleRow]:
    """List vehicles, the newest entry first, before `before_id`."""
    statement = _OWNED_VEHICLES.where(Vehicle.deleted_at.is_(None)).order_by(Vehicle.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(Vehicle.id < before_id)
    if vehicle_filter.customer_id is not None:
        statement = statement.where(Vehicle.customer_id == vehicle_filter.customer_id)
    if vehicle_filter.text is not None:
        statement = statement.where(Vehicle.id.in_(_vehicles_found(vehicle_filter.text)))
    return [_vehicle_row(row) for row in session.execute(statement)]


def _vehicles_found(text: str) -> sa.CompoundSelect[UUID]:
    """Select the ids of vehicles whose plate contains the text or whose VIN ends in it."""
    readings = [sa.select(Vehicle.id).where(sa.false())]
    plate, vin = rules.plate_in(text), rules.vin_in(text)
    if plate is not None:
        readings.append(sa.select(Vehicle.id).where(Vehicle.plate_key.like(rules.plate_pattern(plate))))
    if vin is not None:
        readings.append(sa.select(Vehicle.id).where(Vehicle.vin.like(f"%{vin}")))
    return sa.union(*readings)


def _vehicle_row(row: sa.Row[*tuple[Any, ...]]) -> VehicleRow:
    return VehicleRow(label=rules.vehicle_label(row.year, row.make, row.model), **row._asdict())
