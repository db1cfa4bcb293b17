"""What can be done with customers and vehicles.

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
from backend.core.db import StaleVersionError, after_commit
from backend.core.errors import invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.customers import queries, rules
from backend.customers.models import Customer, Vehicle, VinInUseError
from backend.outbox import commands as outbox

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

# Rows of domains above this one that point at a customer. A merge must move them in its own
# transaction, and the map lets nothing here import them, so their tables are only named. A test
# compares this list with the database's foreign keys.
MOVED_TABLES = ("appointments", "messages")


# --- customers --------------------------------------------------------------------------------


def create_customer(session: Session, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> UUID:
    """Put a customer on file and return their id; `values` by attribute, `name` required, phone in E.164."""
    fields = _tidied_customer(values)
    customer = Customer(id=new_id(), **fields, name_key=_name_key(fields), version=1, created_at=now, updated_at=now)
    session.add(customer)
    session.flush()
    _record(session, EventType.CUSTOMER_CREATED, customer, _created(fields), actor=actor, now=now)
    _announce(session, customer)
    return customer.id


def change_customer(
    session: Session, customer_id: UUID, patch: Mapping[str, Any], *, version: int | None, actor: Actor, now: datetime
) -> None:
    """Change the fields in `patch`; what others changed in other fields since `version` stays.

    Raises:
        CustomerGoneError: no such customer, deleted, or merged.
        EditConflictError: somebody set one of the fields to another value since `version`.
        StaleVersionError: there never was such a version.
    """
    customer = queries.get_customer_for_update(session, customer_id)
    current = {field: getattr(customer, field) for field in rules.CUSTOMER_FIELDS}
    edit = edits.split(current, _tidied_customer(patch), _changed_since(session, customer, version))
    if edit.conflicts:
        raise edits.conflict_error(edit, customer=queries.get_customer(session, customer_id, now))
    if not edit.applies:
        return
    changes = _apply(customer, edit.applies, now)
    customer.name_key = rules.name_key(customer.name, customer.company)
    session.flush()
    _record(session, EventType.CUSTOMER_CHANGED, customer, changes, actor=actor, now=now)
    _announce(session, customer)


def delete_customer(
    session: Session, customer_id: UUID, *, version: int | None = None, actor: Actor, now: datetime
) -> None:
    """Take a customer off the lists; visits and vehicles stay, the vehicles without an owner.

    Raises:
        CustomerGoneError: no such customer, deleted already, or merged.
        OpenAppointmentsError: they still have open appointments, here or elsewhere.
        StaleVersionError: somebody changed the customer since `version`.
    """
    customer = queries.get_customer_for_update(session, customer_id)
    _require_version(customer, version)
    _refuse_open(queries.list_open_appointments_of_customer(session, customer_id), "customer")
    customer.deleted_at = now
    customer.updated_at = now
    customer.version += 1
    session.flush()
    _record(session, EventType.CUSTOMER_DELETED, customer, {}, actor=actor, now=now)
    _announce(session, customer, deleted=True)


def merge_customers(
    session: Session,
    customer_id: UUID,
    duplicate_id: UUID,
    choices: Mapping[str, rules.MergeChoice],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Make two customers one: all that the duplicate has goes to `customer_id`, the duplicate points there.

    `choices` says for a field whether the survivor keeps its value or takes the duplicate's;
    without a choice it keeps its own unless it has none.

    Raises:
        CustomerGoneError: one of them is not there, or was merged before.
        RuleViolationError: both are the same customer.
    """
    if customer_id == duplicate_id:
        raise invalid_field("duplicateId", "Choose two different customers.")
    survivor, duplicate = queries.lock_customers(session, [customer_id, duplicate_id])
    taken = {
        field: getattr(duplicate, field)
        for field in rules.CUSTOMER_FIELDS
        if rules.takes_field(getattr(survivor, field), getattr(duplicate, field), choices.get(field))
        and getattr(survivor, field) != getattr(duplicate, field)
    }
    changes = _apply(survivor, taken, now)
    survivor.name_key = rules.name_key(survivor.name, survivor.company)
    duplicate.deleted_at = now
    duplicate.updated_at = now
    duplicate.merged_into_id = survivor.id
    duplicate.version += 1
    # First the names, then the rows that copy them.
    session.flush()
    moved = {"vehicles": _move_vehicles(session, survivor, duplicate, actor=actor, now=now)}
    moved |= {table: _move(session, table, survivor.id, duplicate.id) for table in MOVED_TABLES}
    counts = {table: len(ids) for table, ids in moved.items()}
    merged = EventType.CUSTOMER_MERGED
    _record(
        session,
        merged,
        survivor,
        changes | {"merged": (None, duplicate.id), "moved": (None, counts)},
        actor=actor,
        now=now,
    )
    # The ids stand with the duplicate, so that a merge by mistake can be told apart again.
    lost = {
        "mergedInto": (None, survivor.id),
        "moved": ({table: list(map(str, ids)) for table, ids in moved.items()}, None),
    }
    _record(session, merged, duplicate, lost, actor=actor, now=now)
    _announce(session, survivor)
    _announce(session, duplicate, deleted=True)


def _move_vehicles(
    session: Session, survivor: Customer, duplicate: Customer, *, actor: Actor, now: datetime
) -> list[UUID]:
    vehicles = session.scalars(
        sa.select(Vehicle)
        .where(Vehicle.customer_id == duplicate.id)
        .order_by(Vehicle.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for vehicle in vehicles:
        changes = _apply(vehicle, {"customer_id": survivor.id}, now)
        _record(session, EventType.VEHICLE_CHANGED, vehicle, changes, actor=actor, now=now)
    session.flush()
    return [vehicle.id for vehicle in vehicles]


def _move(session: Session, table: str, survivor_id: UUID, duplicate_id: UUID) -> list[UUID]:
    rows = sa.table(table, sa.column("id", sa.Uuid), sa.column("customer_id", sa.Uuid))
    statement = sa.update(rows).where(rows.c.customer_id == duplicate_id).values(customer_id=survivor_id)
    return list(session.scalars(statement.returning(rows.c.id)))


# --- vehicles ---------------------------------------------------------------------------------


def create_vehicle(session: Session, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> UUID:
    """Put a vehicle on file and return its id; `values` by attribute, an owner may come later.

    Raises:
        CustomerGoneError: the owner is not there, deleted, or merged.
        InvalidVinError: the VIN can't be one.
        RuleViolationError: nothing says which vehicle it is, or its year is in the future.
        VinInUseError: another vehicle on file has this VIN.
    """
    fields = _tidied_vehicle(values, now)
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
    _record(session, EventType.VEHICLE_CREATED, vehicle, _created(fields), actor=actor, now=now)
    _announce_vehicle(session, vehicle.id, [vehicle.customer_id])
    return vehicle.id


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
    wishes = _tidied_vehicle(patch, now)
    _require_owner(session, wishes.get("customer_id"))
    vehicle = queries.get_vehicle_for_update(session, vehicle_id)
    current = {field: getattr(vehicle, field) for field in VEHICLE_FIELDS}
    edit = edits.split(current, wishes, _changed_since(session, vehicle, version))
    if edit.conflicts:
        raise edits.conflict_error(edit, vehicle=queries.get_vehicle(session, vehicle_id))
    if not edit.applies:
        return
    _require_unused_vin(session, edit.applies.get("vin"))
    owners = [vehicle.customer_id, edit.applies.get("customer_id")]
    changes = _apply(vehicle, edit.applies, now)
    vehicle.plate_key = rules.plate_key(vehicle.plate)
    session.flush()
    _record(session, EventType.VEHICLE_CHANGED, vehicle, changes, actor=actor, now=now)
    _announce_vehicle(session, vehicle.id, owners)


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
    _require_version(vehicle, version)
    _refuse_open(queries.list_open_appointments_of_vehicle(session, vehicle_id), "vehicle")
    vehicle.deleted_at = now
    vehicle.updated_at = now
    vehicle.version += 1
    session.flush()
    _record(session, EventType.VEHICLE_DELETED, vehicle, {}, actor=actor, now=now)
    _announce_vehicle(session, vehicle.id, [vehicle.customer_id])


# --- what both need -----------------------------------------------------------------------------

Changes = Mapping[str, tuple[Any, Any]]


def _tidied_customer(values: Mapping[str, Any]) -> dict[str, Any]:
    fields = {field: values[field] for field in rules.CUSTOMER_FIELDS if field in values}
    for field in ("name", "company"):
        if fields.get(field) is not None:
            fields[field] = rules.tidy_name(fields[field])
    if fields.get("email") is not None:
        fields["email"] = fields["email"].lower()
    return fields


def _tidied_vehicle(values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    fields = {field: values[field] for field in VEHICLE_FIELDS if field in values}
    for field in ("make", "model", "trim", "engine", "color"):
        if fields.get(field) is not None:
            fields[field] = rules.tidy_name(fields[field])
    for field in ("plate", "plate_state"):
        if fields.get(field) is not None:
            fields[field] = rules.tidy_name(fields[field]).upper()
    if fields.get("vin") is not None:
        fields["vin"] = rules.require_vin(fields["vin"])
    if fields.get("year") is not None:
        rules.require_year(fields["year"], now.year)
    return fields


def _name_key(fields: Mapping[str, Any]) -> str:
    return rules.name_key(fields["name"], fields.get("company"))


def _created(fields: Mapping[str, Any]) -> Changes:
    return {edits.wire_name(field): (None, value) for field, value in fields.items() if value is not None}


def _apply(row: Customer | Vehicle, values: Mapping[str, Any], now: datetime) -> dict[str, tuple[Any, Any]]:
    """Write `values`, count the version up, and return what changed as the audit log tells it."""
    changes = {edits.wire_name(field): (getattr(row, field), value) for field, value in values.items()}
    for field, value in values.items():
        setattr(row, field, value)
    row.version += 1
    row.updated_at = now
    return changes


def _changed_since(session: Session, row: Customer | Vehicle, version: int | None) -> dict[str, edits.FieldChange]:
    if version is None or version == row.version:
        return {}
    if version > row.version:
        raise StaleVersionError("This version does not exist. Reload and try again.", version=row.version)
    return audit_queries.fields_changed_since(session, row.id, version)


def _require_version(row: Customer | Vehicle, version: int | None) -> None:
    if version is not None and version != row.version:
        raise StaleVersionError(
            "Somebody changed this since you opened it. Look again before you delete it.", version=row.version
        )


def _require_owner(session: Session, customer_id: UUID | None) -> None:
    if customer_id is not None:
        queries.get_customer_for_share(session, customer_id)


def _require_unused_vin(session: Session, vin: str | None) -> None:
    """Name the vehicle that has the VIN; the unique index settles the race of two that ask at once."""
    other = queries.find_vehicle_by_vin(session, vin) if vin is not None else None
    if other is not None:
        raise VinInUseError(
            "Another vehicle on file has this VIN.", errors={"vin": ["Already on file."]}, vehicle=edits.wire(other)
        )


def _refuse_open(appointments: Sequence[queries.OpenAppointment], what: str) -> None:
    if appointments:
        numbers = ", ".join(f"#{appointment.number}" for appointment in appointments)
        raise rules.OpenAppointmentsError(
            f"This {what} still has open appointments: {numbers}. Complete, cancel or move them first.",
            appointments=[edits.wire(appointment) for appointment in appointments],
        )


def _record(
    session: Session, event: EventType, row: Customer | Vehicle, changes: Changes, *, actor: Actor, now: datetime
) -> None:
    """Write the audit row, and the event for those who subscribed."""
    entity = "customer" if isinstance(row, Customer) else "vehicle"
    audit.record(
        session, event, entity=entity, entity_id=row.id, actor=actor, at=now, changes=changes, version=row.version
    )
    outbox.record(session, event, row.id, at=now, version=row.version)


def _announce(session: Session, customer: Customer, *, deleted: bool = False) -> None:
    """Tell open screens everywhere, customers belong to no location."""
    event: dict[str, object] = {"id": customer.id, "version": customer.version}
    if deleted:
        event["deleted"] = True
    after_commit(session, live.publisher("customer", None, event))


def _announce_vehicle(session: Session, vehicle_id: UUID, owner_ids: Sequence[UUID | None]) -> None:
    """Tell open screens through the owners, whose pages show the vehicle; `id` is null without one."""
    owners: set[UUID | None] = {owner_id for owner_id in owner_ids if owner_id is not None}
    for owner_id in owners or {None}:
        after_commit(session, live.publisher("customer", None, {"id": owner_id, "vehicleId": vehicle_id}))
