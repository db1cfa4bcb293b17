"""Find customers and vehicles, their visits, and what they have twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.core.errors import NotFoundError
from backend.customers import rules
from backend.customers.models import Customer, Vehicle

# Shown of each customer in a list.
VEHICLES_IN_LIST = 3
# A person with more cars than this is a fleet; its page shows the newest.
VEHICLES_OF_CUSTOMER = 200
# What each reading of a search text may bring in; who needs more narrows the search.
MOST_HITS = 200
# With so many exact answers nobody looks for typing errors.
ENOUGH_HITS = 20
DUPLICATES = 20
# Likeness of whole names, 0 to 1, from which two people may be one.
ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class VehicleSummary:
    """A vehicle in a list of customers."""

    id: UUID
    label: str | None
    plate: str | None
    vin: str | None


@dataclass(frozen=True, slots=True)
class CustomerSummary:
    """A customer in a list; `matched_on` says which reading of the search text found them."""

    id: UUID
    name: str
    company: str | None
    phone: str | None
    email: str | None
    vehicle_count: int
    last_visit_at: datetime | None
    vehicles: tuple[VehicleSummary, ...]
    matched_on: str | None


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


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    """A customer with their vehicles, newest first, and what their visits come to at all locations."""

    id: UUID
    name: str
    company: str | None
    phone: str | None
    email: str | None
    notes: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    visit_count: int
    last_visit_at: datetime | None
    open_appointment_count: int
    vehicles: tuple[VehicleRow, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment in a history; the cents are None for those who may not see money."""

    appointment_id: UUID
    number: int
    location_id: UUID
    location_name: str
    timezone: str
    status: str
    start: datetime
    customer_id: UUID | None
    customer_name: str | None
    vehicle_id: UUID | None
    vehicle: str | None
    plate: str | None
    title: str | None
    services_summary: str | None
    total_cents: int | None
    paid_cents: int | None


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


@dataclass(frozen=True, slots=True)
class OpenAppointment:
    """An appointment that is still open."""

    id: UUID
    number: int


# --- one customer, one vehicle ------------------------------------------------------------------


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
            raise _gone(session, customer_id)
    return [found[customer_id] for customer_id in customer_ids]


def get_customer_for_share(session: Session, customer_id: UUID) -> Customer:
    """Return a customer and keep them from being deleted or merged until the transaction ends.

    Whoever stores a customer's id calls this first.

    Raises:
        CustomerGoneError: no such customer, deleted, or merged.
    """
    customer = session.scalars(
        sa.select(Customer)
        .where(Customer.id == customer_id, Customer.deleted_at.is_(None))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if customer is None:
        raise _gone(session, customer_id)
    return customer


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


def _gone(session: Session, customer_id: UUID) -> rules.CustomerGoneError:
    survivor_id = session.scalar(_MERGED_INTO, {"customer_id": customer_id})
    if survivor_id is None:
        return rules.CustomerGoneError("There is no such customer.")
    return rules.CustomerGoneError("This customer was merged into another one.", merged_into=survivor_id)


# --- joins on appointments ------------------------------------------------------------------------
# Appointments stand above customers on the map, so their table is named in SQL and not imported.

_VISITED = "a.deleted_at IS NULL AND a.status NOT IN ('CANCELED', 'NO_SHOW')"
_LAST_VISIT = f"""(
    SELECT a.starts_at FROM appointments a
     WHERE a.customer_id = c.id AND {_VISITED} AND a.starts_at <= :now
     ORDER BY a.starts_at DESC LIMIT 1
)"""  # noqa: S608  constants only
_VEHICLE_COUNT = "(SELECT count(*) FROM vehicles v WHERE v.customer_id = c.id AND v.deleted_at IS NULL)"
_LABEL = "keytag_vehicle_label(v.year, v.make, v.model)"

_CUSTOMER = sa.text(f"""
    SELECT c.id, c.name, c.company, c.phone, c.email, c.notes, c.version, c.created_at, c.updated_at,
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
        raise _gone(session, customer_id)
    vehicles = list_vehicles(session, VehicleFilter(customer_id=customer_id), limit=VEHICLES_OF_CUSTOMER)
    return CustomerDetail(**row._asdict(), vehicles=tuple(vehicles))


_OPEN_APPOINTMENTS = """
    SELECT a.id, a.number FROM appointments a WHERE a.{column} = :owner_id AND a.is_open ORDER BY a.starts_at, a.id LIMIT 20
"""


def list_open_appointments_of_customer(session: Session, customer_id: UUID) -> list[OpenAppointment]:
    """List a customer's open appointments at all locations by start, at most 20."""
    rows = session.execute(sa.text(_OPEN_APPOINTMENTS.format(column="customer_id")), {"owner_id": customer_id})
    return [OpenAppointment(row.id, row.number) for row in rows]


def list_open_appointments_of_vehicle(session: Session, vehicle_id: UUID) -> list[OpenAppointment]:
    """List a vehicle's open appointments at all locations by start, at most 20."""
    rows = session.execute(sa.text(_OPEN_APPOINTMENTS.format(column="vehicle_id")), {"owner_id": vehicle_id})
    return [OpenAppointment(row.id, row.number) for row in rows]


# --- vehicles ---------------------------------------------------------------------------------------


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
    Customer.id.label("customer_id"),
    Customer.name.label("customer_name"),
)
_OWNED_VEHICLES = sa.select(*_VEHICLE_COLUMNS).outerjoin_from(
    Vehicle, Customer, sa.and_(Customer.id == Vehicle.customer_id, Customer.deleted_at.is_(None))
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
        statement = statement.where(Vehicle.id.in_(_vehicles_found(rules.search_terms(vehicle_filter.text))))
    return [_vehicle_row(row) for row in session.execute(statement)]


def _vehicles_found(terms: rules.SearchTerms) -> sa.CompoundSelect[UUID]:
    """Select the ids of vehicles whose plate contains the text or whose VIN ends in it."""
    readings = [sa.select(Vehicle.id).where(sa.false())]
    if terms.plate is not None:
        readings.append(sa.select(Vehicle.id).where(Vehicle.plate_key.like(_plate_pattern(terms.plate))))
    if terms.vin is not None:
        readings.append(sa.select(Vehicle.id).where(Vehicle.vin.like(f"%{terms.vin}")))
    return sa.union(*readings)


def _plate_pattern(plate: str) -> str:
    # Two characters inside a plate are no trigram; where it begins they are.
    return f"%{plate}%" if len(plate) > rules.SHORTEST_PLATE else f"{plate}%"


def _vehicle_row(row: sa.Row[*tuple[Any, ...]]) -> VehicleRow:
    return VehicleRow(label=rules.vehicle_label(row.year, row.make, row.model), **row._asdict())


# --- visits -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VisitCursor:
    """The last visit of a page."""

    start: datetime
    appointment_id: UUID


_VISITS = """
    SELECT visit.*
      FROM {owner_table} owner
      LEFT JOIN LATERAL (
           SELECT a.id AS appointment_id, a.number, a.location_id, l.name AS location_name, l.timezone, a.status,
                  a.starts_at AS start, a.customer_id, a.customer_name, a.vehicle_id, a.vehicle_label AS vehicle,
                  a.plate, a.title, a.services_summary, {money}
             FROM appointments a JOIN locations l ON l.id = a.location_id
            WHERE a.{owner_column} = owner.id AND a.deleted_at IS NULL {older}
            ORDER BY a.starts_at DESC, a.id DESC
            LIMIT :limit
      ) visit ON true
     WHERE owner.id = :owner_id AND owner.deleted_at IS NULL
     ORDER BY visit.start DESC, visit.appointment_id DESC
"""


def _visits(
    session: Session, owner: tuple[str, str, UUID], *, after: VisitCursor | None, limit: int, with_money: bool
) -> list[Visit] | None:
    """Read a page of visits, None when the owner is not there; one statement for both."""
    table, column, owner_id = owner
    money = "a.total_cents, a.paid_cents" if with_money else "NULL::bigint AS total_cents, NULL::bigint AS paid_cents"
    values: dict[str, Any] = {"owner_id": owner_id, "limit": limit}
    older = ""
    if after is not None:
        older = "AND (a.starts_at, a.id) < (:start, :appointment_id)"
        values |= {"start": after.start, "appointment_id": after.appointment_id}
    statement = _VISITS.format(owner_table=table, owner_column=column, money=money, older=older)
    rows = session.execute(sa.text(statement), values).all()
    if not rows:
        return None
    return [Visit(**row._asdict()) for row in rows if row.appointment_id is not None]


def list_visits_of_customer(
    session: Session, customer_id: UUID, *, after: VisitCursor | None, limit: int, with_money: bool
) -> list[Visit]:
    """List a customer's visits at all locations, newest first.

    Raises:
        CustomerGoneError: no such customer, deleted, or merged.
    """
    owner = ("customers", "customer_id", customer_id)
    visits = _visits(session, owner, after=after, limit=limit, with_money=with_money)
    if visits is None:
        raise _gone(session, customer_id)
    return visits


def list_visits_of_vehicle(
    session: Session, vehicle_id: UUID, *, after: VisitCursor | None, limit: int, with_money: bool
) -> list[Visit]:
    """List a vehicle's visits at all locations and with all its owners, newest first.

    Raises:
        NotFoundError: no such vehicle, or deleted.
    """
    owner = ("vehicles", "vehicle_id", vehicle_id)
    visits = _visits(session, owner, after=after, limit=limit, with_money=with_money)
    if visits is None:
        raise NotFoundError("There is no such vehicle.")
    return visits


# --- search -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchCursor:
    """The last customer of a page: score (0 in the list of all), name key and id."""

    score: int
    name_key: str
    id: UUID


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A page of customers and, when there are more, where the next begins."""

    items: tuple[CustomerSummary, ...]
    next: SearchCursor | None


# Each reading of the text is one scan of one index with a bound on what it brings. Scores order
# the readings: a whole number or plate says more than a part of one, a name more than a resemblance.
_BY_PHONE = """
    (SELECT id, CASE WHEN phone IN (:phone_whole, :phone_national) THEN 1000
                     WHEN phone LIKE :phone_tail THEN 950 ELSE 800 END, 'phone'
       FROM customers WHERE phone LIKE :phone_part AND deleted_at IS NULL
      ORDER BY 2 DESC, name_key, id LIMIT :most)
"""
# A range instead of LIKE: it uses the index also in a prepared statement.
_BY_EMAIL = """
    (SELECT id, CASE WHEN email = :email THEN 1000 ELSE 860 END, 'email'
       FROM customers WHERE email ~>=~ :email AND email ~<~ :email_end AND deleted_at IS NULL
      ORDER BY 2 DESC, name_key, id LIMIT :most)
"""
_BY_PLATE = """
    (SELECT customer_id, CASE WHEN plate_key = :plate THEN 1000 WHEN starts_with(plate_key, :plate) THEN 900 ELSE 850 END, 'plate'
       FROM vehicles WHERE plate_key LIKE :plate_part AND deleted_at IS NULL AND customer_id IS NOT NULL
      ORDER BY 2 DESC, plate_key, id LIMIT :most)
"""
_BY_VIN = """
    (SELECT customer_id, CASE WHEN vin = :vin THEN 1000 ELSE 930 END, 'vin'
       FROM vehicles WHERE vin LIKE :vin_tail AND deleted_at IS NULL AND customer_id IS NOT NULL
      ORDER BY 2 DESC, vin, id LIMIT :most)
"""
_BY_NAME = """
    (SELECT id, CASE WHEN name_key = :name THEN 990 WHEN starts_with(name_key, :name) THEN 940 ELSE 870 END, 'name'
       FROM customers WHERE {words} AND deleted_at IS NULL
      ORDER BY 2 DESC, name_key, id LIMIT :most)
"""
# The condition needs no row, so PostgreSQL asks it once and skips the function when it fails.
_BY_LIKENESS = """
    UNION ALL
    SELECT id, (likeness * 500)::int, 'name'
      FROM keytag_similar_customers(:similar, CAST(:swapped AS text[]), :most)
     WHERE (SELECT count(*) FROM direct) < :enough
"""
_SUMMARY = f"""
    SELECT page.score, page.matched_on, c.name_key, c.id, c.name, c.company, c.phone, c.email,
           {_VEHICLE_COUNT} AS vehicle_count, {_LAST_VISIT} AS last_visit_at,
           (SELECT coalesce(json_agg(json_build_object('id', s.id, 'label', s.label, 'plate', s.plate, 'vin', s.vin)
                                     ORDER BY s.is_hit DESC, s.id DESC), '[]')
              FROM (SELECT v.id, {_LABEL} AS label, v.plate, v.vin, {{is_hit}} AS is_hit
                      FROM vehicles v WHERE v.customer_id = c.id AND v.deleted_at IS NULL
                     ORDER BY is_hit DESC, v.id DESC LIMIT {VEHICLES_IN_LIST}) s) AS vehicles
"""  # noqa: S608  constants only


def search_customers(
    session: Session, text: str, *, now: datetime, limit: int, after: SearchCursor | None = None
) -> CustomerPage:
    """Find customers by name with typing errors, any part of a phone number, plate, VIN tail or start of the email.

    One statement; best first. Each reading of the text brings at most 200 customers.
    """
    terms = rules.search_terms(text)
    readings, values = _readings(terms)
    if not readings:
        return CustomerPage((), None)
    values |= {"most": MOST_HITS, "enough": ENOUGH_HITS, "now": now, "limit": limit + 1}
    further = ""
    if after is not None:
        further = "AND (-best.score, c.name_key, c.id) > (:after_score, :after_name_key, :after_id)"
        values |= {"after_score": -after.score, "after_name_key": after.name_key, "after_id": after.id}
    statement = f"""
        WITH direct (id, score, matched_on) AS MATERIALIZED ({" UNION ALL ".join(readings)}),
        best AS (
            SELECT id, max(score) AS score, (array_agg(matched_on ORDER BY score DESC, matched_on))[1] AS matched_on
              FROM (SELECT id, score, matched_on FROM direct {_BY_LIKENESS if terms.similar else ""}) hit
             GROUP BY id
        ),
        page AS MATERIALIZED (
            SELECT best.*
              FROM best JOIN customers c ON c.id = best.id
             WHERE c.deleted_at IS NULL {further}
             ORDER BY best.score DESC, c.name_key, c.id
             LIMIT :limit
        )
        {_SUMMARY.format(is_hit=_is_hit(terms))}
          FROM page JOIN customers c ON c.id = page.id
         ORDER BY page.score DESC, c.name_key, c.id
    """  # noqa: S608  constants only, values are bound
    return _page(session.execute(sa.text(statement), values).all(), limit)


def _readings(terms: rules.SearchTerms) -> tuple[list[str], dict[str, Any]]:
    """Return the branches of the search that the text can mean, and their values."""
    readings: list[str] = []
    values: dict[str, Any] = {}
    if terms.phone is not None:
        readings.append(_BY_PHONE)
        values |= {"phone_whole": f"+{terms.phone}", "phone_national": f"+1{terms.phone}"}
        values |= {"phone_tail": f"%{terms.phone}", "phone_part": f"%{terms.phone}%"}
    if terms.email is not None:
        readings.append(_BY_EMAIL)
        values |= {"email": terms.email, "email_end": terms.email[:-1] + chr(ord(terms.email[-1]) + 1)}
    if terms.plate is not None:
        readings.append(_BY_PLATE)
        values |= {"plate": terms.plate, "plate_part": _plate_pattern(terms.plate)}
    if terms.vin is not None:
        readings.append(_BY_VIN)
        values |= {"vin": terms.vin, "vin_tail": f"%{terms.vin}"}
    if terms.name is not None:
        words = []
        for place, word in enumerate(terms.words):
            words.append(f"(name_key LIKE :begins_{place} OR name_key LIKE :has_{place})")
            values |= {f"begins_{place}": f"{word}%", f"has_{place}": f"% {word}%"}
        readings.append(_BY_NAME.format(words=" AND ".join(words)))
        values["name"] = terms.name
    if terms.similar is not None:
        values |= {"similar": terms.similar, "swapped": list(terms.swapped)}
    return readings, values


def _is_hit(terms: rules.SearchTerms) -> str:
    """Return the condition that puts the vehicle that was searched for first."""
    conditions = []
    if terms.plate is not None:
        conditions.append("v.plate_key LIKE :plate_part")
    if terms.vin is not None:
        conditions.append("v.vin LIKE :vin_tail")
    return f"coalesce({' OR '.join(conditions)}, false)" if conditions else "false"


def list_customers(session: Session, *, now: datetime, limit: int, after: SearchCursor | None = None) -> CustomerPage:
    """List all customers by name."""
    further = ""
    values: dict[str, Any] = {"now": now, "limit": limit + 1}
    if after is not None:
        further = "AND name_key ~>=~ :after_name_key AND (name_key ~>~ :after_name_key OR id > :after_id)"
        values |= {"after_name_key": after.name_key, "after_id": after.id}
    # The operators of text_pattern_ops: the same order whatever the database's collation.
    statement = f"""
        WITH page AS MATERIALIZED (
            SELECT id, 0 AS score, NULL::text AS matched_on FROM customers
             WHERE deleted_at IS NULL {further}
             ORDER BY name_key USING ~<~, id LIMIT :limit
        )
        {_SUMMARY.format(is_hit="false")}
          FROM page JOIN customers c ON c.id = page.id
         ORDER BY c.name_key USING ~<~, c.id
    """  # noqa: S608  constants only, values are bound
    return _page(session.execute(sa.text(statement), values).all(), limit)


def _page(rows: Sequence[sa.Row[*tuple[Any, ...]]], limit: int) -> CustomerPage:
    items = tuple(
        CustomerSummary(
            id=row.id,
            name=row.name,
            company=row.company,
            phone=row.phone,
            email=row.email,
            vehicle_count=row.vehicle_count,
            last_visit_at=row.last_visit_at,
            vehicles=tuple(
                VehicleSummary(UUID(vehicle["id"]), vehicle["label"], vehicle["plate"], vehicle["vin"])
                for vehicle in row.vehicles
            ),
            matched_on=row.matched_on,
        )
        for row in rows[:limit]
    )
    more = (
        SearchCursor(rows[limit - 1].score, rows[limit - 1].name_key, rows[limit - 1].id) if len(rows) > limit else None
    )
    return CustomerPage(items, more)


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
           {_VEHICLE_COUNT} AS vehicle_count, {_LAST_VISIT} AS last_visit_at
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
        raise _gone(session, customer_id)
    values = {**customer._asdict(), "customer_id": customer_id, "now": now, "alike": ALIKE, "limit": limit}
    return [
        Duplicate(**{**row._asdict(), "matched_on": tuple(row.matched_on)})
        for row in session.execute(_DUPLICATES, values)
    ]
