"""What can be done with customers.

Locks are taken in one order everywhere: customers by id, then vehicles, then what points at them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
from backend.core.errors import DomainError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.customers import queries, rules
from backend.customers.models import Customer
from backend.outbox import commands as outbox
from backend.vehicles import commands as vehicles
from backend.vehicles import queries as vehicle_queries
from backend.vehicles.rules import refuse_open

# Rows of domains above this one that point at a customer. A merge must move them in its own
# transaction, and the map lets nothing here import them, so their tables are only named. A test
# compares this list with the database's foreign keys.
MOVED_TABLES = ("appointments", "messages", "conversations")


def create_customer(session: Session, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> UUID:
    """Put a customer on file and return their id; `values` by attribute, `name` required, phone in E.164."""
    fields = _tidied(values)
    customer = Customer(
        id=new_id(),
        **fields,
        name_key=rules.name_key(fields["name"], fields.get("company")),
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(customer)
    session.flush()
    _record(session, EventType.CUSTOMER_CREATED, customer, edits.first_values(fields), actor=actor, now=now)
    _announce(session, customer)
    return customer.id


def _tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    fields = {field: values[field] for field in rules.CUSTOMER_FIELDS if field in values}
    for field in ("name", "company"):
        if fields.get(field) is not None:
            fields[field] = rules.tidy_name(fields[field])
    if fields.get("email") is not None:
        fields["email"] = fields["email"].lower()
    return fields


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
    overtaken = audit_queries.fields_overtaken(session, customer_id, present=customer.version, seen=version)
    edit = edits.split(current, _tidied(patch), overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, customer=queries.get_customer(session, customer_id, now))
    if not edit.applies:
        return
    changes = edits.apply(customer, edit.applies, now)
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
    edits.require_version(customer.version, version)
    refuse_open(vehicle_queries.list_open_appointments(session, "customer_id", customer_id), "customer")
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
    changes = edits.apply(survivor, taken, now)
    survivor.name_key = rules.name_key(survivor.name, survivor.company)
    duplicate.deleted_at = now
    duplicate.updated_at = now
    duplicate.merged_into_id = survivor.id
    duplicate.version += 1
    # First the names, then the rows that copy them.
    session.flush()
    moved = {"vehicles": vehicles.move_vehicles(session, duplicate.id, survivor.id, actor=actor, now=now)}
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


def _move(session: Session, table: str, survivor_id: UUID, duplicate_id: UUID) -> list[UUID]:
    rows = sa.table(table, sa.column("id", sa.Uuid), sa.column("customer_id", sa.Uuid))
    statement = sa.update(rows).where(rows.c.customer_id == duplicate_id).values(customer_id=survivor_id)
    return list(session.scalars(statement.returning(rows.c.id)))


# --- visitors ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visitors:
    """Who comes, and with what: each on file, by id, or new, as it would be created."""

    customer_id: UUID | None = None
    customer: Mapping[str, Any] | None = None
    vehicle_id: UUID | None = None
    vehicle: Mapping[str, Any] | None = None


def receive_visitors(
    session: Session, visitors: Visitors, *, actor: Actor, now: datetime
) -> tuple[UUID | None, UUID | None]:
    """Return the customer's and the vehicle's id, of those on file or newly put there; not both are None.

    Raises:
        RuleViolationError: one is named twice, is not on file, or can't be created; or neither is named.
    """
    for known, new, part in (
        (visitors.customer_id, visitors.customer, "customer"),
        (visitors.vehicle_id, visitors.vehicle, "vehicle"),
    ):
        if known is not None and new is not None:
            raise invalid_field(part, f"Name a {part} on file or a new one, not both.")
    customer_id, vehicle_id = visitors.customer_id, visitors.vehicle_id
    for field in lock_visitors(session, customer_id, vehicle_id):
        raise rules.not_on_file(field)
    if visitors.customer is not None:
        with _inside("customer"):
            customer_id = create_customer(session, visitors.customer, actor=actor, now=now)
    if visitors.vehicle is not None:
        with _inside("vehicle"):
            values = {**visitors.vehicle, "customer_id": customer_id}
            vehicle_id = vehicles.create_vehicle(session, values, actor=actor, now=now)
    elif vehicle_id is not None and customer_id is None:
        customer_id = vehicle_queries.find_owner(session, vehicle_id)
    if customer_id is None and vehicle_id is None:
        raise invalid_field("customer", "Name the customer or the vehicle.")
    return customer_id, vehicle_id


def lock_visitors(session: Session, customer_id: UUID | None, vehicle_id: UUID | None) -> set[str]:
    """Hold a customer and a vehicle as they are until the commit; return which of the fields names nobody on file.

    Before the row that points at them: who merges customers locks them first and their appointments then.
    """
    missing = set()
    if customer_id is not None and not vehicle_queries.lock_owner(session, customer_id):
        missing.add("customer_id")
    if vehicle_id is not None and not vehicle_queries.lock_vehicle(session, vehicle_id):
        missing.add("vehicle_id")
    return missing


@contextmanager
def _inside(part: str) -> Iterator[None]:
    """Name the fields of a refusal as the form does: `vehicle.vin`, not `vin`."""
    try:
        yield
    except DomainError as error:
        if "errors" in error.context:
            error.context["errors"] = {f"{part}.{field}": said for field, said in error.context["errors"].items()}
        raise


# --- what every change leaves behind --------------------------------------------------------------


def _record(
    session: Session, event: EventType, customer: Customer, changes: edits.Changes, *, actor: Actor, now: datetime
) -> None:
    """Write the audit row, and the event for those who subscribed."""
    audit.record(
        session,
        event,
        entity="customer",
        entity_id=customer.id,
        actor=actor,
        at=now,
        changes=changes,
        version=customer.version,
    )
    outbox.record(session, event, customer.id, at=now, version=customer.version)


def _announce(session: Session, customer: Customer, *, deleted: bool = False) -> None:
    """Tell open screens everywhere, customers belong to no location."""
    event: dict[str, object] = {"id": customer.id, "version": customer.version}
    if deleted:
        event["deleted"] = True
    after_commit(session, live.publisher("customer", None, event))
