"""Customers with their vehicles, the locks that changes take, and who is on file twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.customers.models import Customer
from backend.vehicles import queries as vehicles
from backend.vehicles.queries import VehicleRow

# A person with more cars than this is a fleet; its page shows the newest.
VEHICLES_OF_CUSTOMER = 200
DUPLICATES = 20
# Likeness of whole names, 0 to 1, from which two people may be one.
ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    """A customer with their vehicles, newest first, and what their visits come to at all locations."""

    id: UUID
    name: str
    company: str | None
    phone: str | None
    email: str | None
    timezone: str | None
    notes: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    visit_count: int
    last_visit_at: datetime | None
    open_appointment_count: int
    vehicles: tuple[VehicleRow, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A customer who may be the same person; `matched_on` lists phone, email and name, as they agree."""

    id: UUID
    name: str
    company: str | None
    phone: str | None
    email: str | None
    matched_on: tuple[str, ...]
    vehicle_count: int
    last_visit_at: datetime | None


# --- one customer -------------------------------------------------------------------------------


def get_customer_for_update(session: Session, customer_id: UUID) -> Customer:
    """Lock and return a customer.

    Raises:
        CustomerGoneError: no such customer, deleted, or merged.
    """
    return lock_customers(session, [customer_id])[0]


def lock_customers(session: Session, customer_ids: Sequence[UUID]) -> list[Customer]:
    """Lock customers in the order of their ids, so that two merges wait instead of deadlocking; return as asked.

    Raises:
        CustomerGoneError: one of them is not there, deleted, or merged.
    """
    found = {
        customer.id: customer
        for customer in session.scalars(
            sa.select(Customer)
            .where(Customer.id.in_(customer_ids), Customer.deleted_at.is_(None))
            .order_by(Customer.id)
            # Not the key: new appointments may point at a customer who is being edited.
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    }
    for customer_id in customer_ids:
        if customer_id not in found:
            raise vehicles.customer_gone(session, customer_id)
    return [found[customer_id] for customer_id in customer_ids]


# --- joins on appointments ------------------------------------------------------------------------
# Appointments stand above customers on the map, so their table is named in SQL and not imported.

_VISITED = "a.deleted_at IS NULL AND a.status NOT IN ('CANCELED', 'NO_SHOW')"
LAST_VISIT = f"""(
    SELECT a.starts_at FROM appointments a
     WHERE a.customer_id = c.id AND {_VISITED} AND a.starts_at <= :now
     ORDER BY a.starts_at DESC LIMIT 1
)"""  # noqa: S608  constants only
VEHICLE_COUNT = "(SELECT count(*) FROM vehicles v WHERE v.customer_id = c.id AND v.deleted_at IS NULL)"

_CUSTOMER = sa.text(f"""
    SELECT c.id, c.name, c.company, c.phone, c.email, c.timezone, c.notes, c.version, c.created_at, c.updated_at,
           count(a.id) FILTER (WHERE {_VISITED}) AS visit_count,
           max(a.starts_at) FILTER (WHERE {_VISITED} AND a.starts_at <= :now) AS last_visit_at,
           count(a.id) FILTER (WHERE a.is_open) AS open_appointment_count
      FROM customers c LEFT JOIN appointments a ON a.customer_id = c.id
     WHERE c.id = :customer_id AND c.deleted_at IS NULL
     GROUP BY c.id
""")  # noqa: S608  constants only


def get_customer(session: Session, customer_id: UUID, now: datetime) -> CustomerDetail:
    """Return a customer with vehicles.

    Raises:
        CustomerGoneError: no such customer, deleted, or merged.
    """
    row = session.execute(_CUSTOMER, {"customer_id": customer_id, "now": now}).one_or_none()
    if row is None:
        raise vehicles.customer_gone(session, customer_id)
    owned = vehicles.list_vehicles(session, vehicles.VehicleFilter(customer_id=customer_id), limit=VEHICLES_OF_CUSTOMER)
    return CustomerDetail(**row._asdict(), vehicles=tuple(owned))


# --- duplicates -----------------------------------------------------------------------------------------

_DUPLICATES = sa.text(f"""
    WITH hit AS (
        SELECT id, 4 AS weight, 'phone' AS matched_on, 0::real AS likeness FROM customers WHERE phone = :phone
        UNION ALL
        SELECT id, 2, 'email', 0 FROM customers WHERE email = :email
        UNION ALL
        SELECT s.id, 1, 'name', similarity(c.name_key, :name_key)
          FROM keytag_similar_customers(:name_key, '{{}}', 100) s JOIN customers c ON c.id = s.id
         WHERE similarity(c.name_key, :name_key) >= :alike
    ),
    likely AS (
        SELECT id, sum(weight) AS weight, max(likeness) AS likeness, array_agg(matched_on ORDER BY weight DESC) AS matched_on
          FROM hit GROUP BY id
    )
    SELECT c.id, c.name, c.company, c.phone, c.email, likely.matched_on,
           {VEHICLE_COUNT} AS vehicle_count, {LAST_VISIT} AS last_visit_at
      FROM likely JOIN customers c ON c.id = likely.id
     WHERE c.deleted_at IS NULL AND c.id <> :customer_id
     ORDER BY likely.weight DESC, likely.likeness DESC, c.name_key, c.id
     LIMIT :limit
""")  # noqa: S608  constants only


def list_duplicates(session: Session, customer_id: UUID, *, now: datetime, limit: int = DUPLICATES) -> list[Duplicate]:
    """List customers who may be the same person, the likeliest first: same phone, same email, similar name.

    Raises:
        CustomerGoneError: no such customer, deleted, or merged.
    """
    customer = session.execute(
        sa.select(Customer.phone, Customer.email, Customer.name_key).where(
            Customer.id == customer_id, Customer.deleted_at.is_(None)
        )
    ).one_or_none()
    if customer is None:
        raise vehicles.customer_gone(session, customer_id)
    values = {**customer._asdict(), "customer_id": customer_id, "now": now, "alike": ALIKE, "limit": limit}
    return [
        Duplicate(**{**row._asdict(), "matched_on": tuple(row.matched_on)})
        for row in session.execute(_DUPLICATES, values)
    ]
