"""What can be done with vehicles.

Locks are taken in one order everywhere: customers by id, then vehicles, then what points at them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit import commands as audit
from backend.audit import queries as audit_queries
from backend.core import edits, live
from backend.core.actor import Actor
from backend.core.db import after_commit
from backend.core.errors import invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.outbox import commands as outbox
from backend.vehicles import queries, rules
from backend.vehicles.models import Vehicle, VinInUseError

VEHICLE_FIELDS = (
    "customer_id",
    "year",
    "make",
    "model",
    "trim",
    "engine",
    "color",
    "plate",
    "plate_state",
    "vin",
    "mileage",
    "notes",
)
# Which inspections are for a car, and so figures, follow from these.
_OF_FIGURES = frozenset({"year", "mileage"})


def create_vehicle(session: Session, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> UUID:
    """Put a vehicle on file and return its id; `values` by attribute, an owner may come later.

    Raises:
        CustomerGoneError: the owner is not there, deleted, or merged.
        InvalidVinError: the VIN can't be one.
        RuleViolationError: nothing says which vehicle it is, or its year is in the future.
        VinInUseError: another vehicle on file has this VIN.
    """
    fields = _tidied(values, now)
    if not any(value is not None for field, value in fields.items() if field != "customer_id"):
        raise invalid_field("plate", "Say something about the vehicle: its plate, VIN, make or model.")
    _require_owner(session, fields.get("customer_id"))
    _require_unused_vin(session, fields.get("vin"))
    vehicle = Vehicle(
        id=new_id(),
        **fields,
        plate_key=rules.plate_key(fields.get("plate")),
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(vehicle)
    session.flush()
    _record(session, EventType.VEHICLE_CREATED, vehicle, edits.first_values(fields), actor=actor, now=now)
    _announce(session, vehicle.id, [vehicle.customer_id])
    return vehicle.id


def _tidied(values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    fields = {field: values[field] for field in VEHICLE_FIELDS if field in values}
    for field in ("make", "model", "trim", "engine", "color"):
        if fields.get(field) is not None:
            fields[field] = rules.tidy(fields[field])
    for field in ("plate", "plate_state"):
        if fields.get(field) is not None:
            fields[field] = rules.tidy(fields[field]).upper()
    if fields.get("vin") is not None:
        fields["vin"] = rules.require_vin(fields["vin"])
    if fields.get("year") is not None:
        rules.require_year(fields["year"], now.year)
    return fields


def _require_owner(session: Session, customer_id: UUID | None) -> None:
    if customer_id is not None and not queries.lock_owner(session, customer_id):
        raise queries.customer_gone(session, customer_id)


def _require_unused_vin(session: Session, vin: str | None) -> None:
    """Name the vehicle that has the VIN; the unique index settles the race of two that ask at once."""
    other = queries.find_vehicle_by_vin(session, vin) if vin is not None else None
    if other is not None:
        raise VinInUseError(
            "Another vehicle on file has this VIN.", errors={"vin": ["Already on file."]}, vehicle=edits.wire(other)
        )


def change_vehicle(
    session: Session, vehicle_id: UUID, patch: Mapping[str, Any], *, version: int | None, actor: Actor, now: datetime
) -> None:
    """Change the fields in `patch`; what others changed in other fields since `version` stays.

    `customer_id` gives the vehicle a new owner; its past visits stay with those who made them.

    Raises:
        CustomerGoneError: the new owner is not there, deleted, or merged.
        EditConflictError: somebody set one of the fields to another value since `version`.
        InvalidVinError: the VIN can't be one.
        NotFoundError: no such vehicle, or deleted.
        StaleVersionError: there never was such a version.
        VinInUseError: another vehicle on file has this VIN.
    """
    wishes = _tidied(patch, now)
    _require_owner(session, wishes.get("customer_id"))
    vehicle = queries.get_vehicle_for_update(session, vehicle_id)
    current = {field: getattr(vehicle, field) for field in VEHICLE_FIELDS}
    overtaken = audit_queries.fields_overtaken(session, vehicle_id, present=vehicle.version, seen=version)
    edit = edits.split(current, wishes, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, vehicle=queries.get_vehicle(session, vehicle_id))
    if not edit.applies:
        return
    _require_unused_vin(session, edit.applies.get("vin"))
    owners = [vehicle.customer_id, edit.applies.get("customer_id")]
    changes = edits.apply(vehicle, edit.applies, now)
    vehicle.plate_key = rules.plate_key(vehicle.plate)
    session.flush()
    _record(session, EventType.VEHICLE_CHANGED, vehicle, changes, actor=actor, now=now)
    _announce(session, vehicle.id, owners)
    if edit.applies.keys() & _OF_FIGURES:
        after_commit(session, live.figures_teller(queries.list_places(session, vehicle.id)))


def delete_vehicle(
    session: Session, vehicle_id: UUID, *, version: int | None = None, actor: Actor, now: datetime
) -> None:
    """Take a vehicle off the lists; its visits stay.

    Raises:
        NotFoundError: no such vehicle, or deleted already.
        OpenAppointmentsError: it still has open appointments.
        StaleVersionError: somebody changed the vehicle since `version`.
    """
    vehicle = queries.get_vehicle_for_update(session, vehicle_id)
    edits.require_version(vehicle.version, version)
    rules.refuse_open(queries.list_open_appointments(session, "vehicle_id", vehicle_id), "vehicle")
    vehicle.deleted_at = now
    vehicle.updated_at = now
    vehicle.version += 1
    session.flush()
    _record(session, EventType.VEHICLE_DELETED, vehicle, {}, actor=actor, now=now)
    _announce(session, vehicle.id, [vehicle.customer_id])


def move_vehicles(
    session: Session, from_customer_id: UUID, to_customer_id: UUID, *, actor: Actor, now: datetime
) -> list[UUID]:
    """Give all vehicles of a customer, deleted ones too, to another; return their ids. Both customers are locked."""
    moved = session.scalars(
        sa.select(Vehicle)
        .where(Vehicle.customer_id == from_customer_id)
        .order_by(Vehicle.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for vehicle in moved:
        changes = edits.apply(vehicle, {"customer_id": to_customer_id}, now)
        _record(session, EventType.VEHICLE_CHANGED, vehicle, changes, actor=actor, now=now)
    session.flush()
    return [vehicle.id for vehicle in moved]


def _record(
    session: Session, event: EventType, vehicle: Vehicle, changes: edits.Changes, *, actor: Actor, now: datetime
) -> None:
    """Write the audit row, and the event for those who subscribed."""
    audit.record(
        session,
        event,
        entity="vehicle",
        entity_id=vehicle.id,
        actor=actor,
        at=now,
        changes=changes,
        version=vehicle.version,
    )
    outbox.record(session, event, vehicle.id, at=now, version=vehicle.version)


def _announce(session: Session, vehicle_id: UUID, owner_ids: Sequence[UUID | None]) -> None:
    """Tell open screens through the owners, whose pages show the vehicle; `id` is null without one."""
    owners: set[UUID | None] = {owner_id for owner_id in owner_ids if owner_id is not None}
    for owner_id in owners or {None}:
        after_commit(session, live.publisher("customer", None, {"id": owner_id, "vehicleId": vehicle_id}))
