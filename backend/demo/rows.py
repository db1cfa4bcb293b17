"""The rows of the demo shop, table by table in the order in which they refer to each other."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from backend.appointments.rules import ORDER_GAP, Status
from backend.audit.commands import plain
from backend.core.clock import local_day
from backend.core.events import EventType
from backend.customers.rules import name_key
from backend.demo import board, history, inspecting, jobs, shop, texting, work
from backend.demo.randomness import seeded_id
from backend.demo.shop import Colleague, Customer, Place, Vehicle
from backend.demo.tables import Table
from backend.demo.visits import Book, Change, Visit
from backend.vehicles.rules import plate_key, vehicle_label

FIRST_NUMBER = 1001
CURRENCY = "USD"


def build_tables(now: datetime, hash_password: Callable[[], str]) -> list[Table]:
    """Return the whole shop as it stands at `now`; all but the password hashes follows from `now`."""
    places = shop.build_places(now)
    populations = {place.key: shop.build_population(place) for place in places}
    book = Book()
    busy: set[str] = set()
    current = [visit for place in places for visit in board.draw(place, populations[place.key], book, busy)]
    visits = history.past_visits(places, populations, book, current) + current
    people = [customer for place in places for customer in populations[place.key].customers]
    cars = [car for place in places for car in populations[place.key].cars + populations[place.key].ownerless]
    opened_at = min(place.hours.at(place.day(-shop.OPENED_DAYS_AGO), place.hours.opens) for place in places)
    return [
        *_shop_tables(places, hash_password),
        _customers(people),
        _vehicles(cars),
        *work.catalog_tables(places, opened_at),
        *inspecting.template_tables(places, opened_at),
        texting.template_table(places, visits),
        *texting.rule_tables(places),
        *_visit_tables(places, visits, opened_at),
    ]


def _shop_tables(places: list[Place], hash_password: Callable[[], str]) -> list[Table]:
    colleagues: dict[UUID, Colleague] = {person.id: person for place in places for person in place.staff}
    opened = {place.key: place.hours.at(place.day(-shop.OPENED_DAYS_AGO), place.hours.opens) for place in places}
    hired = opened[places[0].key]
    return [
        Table(
            "locations",
            (
                *("id", "name", "timezone", "currency", "phone", "sms_number", "address", "opens_at", "closes_at"),
                *("created_at", "state", "registration_number", "warranty_terms"),
            ),
            [
                (
                    place.id,
                    place.entry.name,
                    place.entry.timezone,
                    CURRENCY,
                    place.entry.phone,
                    # The shop's own number takes texts; nobody's customer has it.
                    place.entry.phone,
                    place.entry.address,
                    time(*divmod(place.hours.opens, 60)),
                    time(*divmod(place.hours.closes, 60)),
                    opened[place.key],
                    *work.PAPERS[place.key],
                    work.WARRANTY,
                )
                for place in places
            ],
        ),
        Table(
            "bays",
            ("id", "location_id", "name", "sort_order"),
            [(bay.id, place.id, bay.name, order) for place in places for order, bay in enumerate(place.bays)],
        ),
        Table(
            "users",
            (
                "id",
                "email",
                "name",
                "role",
                "color",
                "created_at",
                "updated_at",
                "password_changed_at",
                "password_hash",
            ),
            [
                (
                    person.id,
                    person.entry.email,
                    person.name,
                    person.role.value,
                    person.entry.color,
                    hired,
                    hired,
                    hired,
                    hash_password(),
                )
                for person in colleagues.values()
            ],
        ),
        Table(
            "user_locations",
            ("user_id", "location_id"),
            [(person.id, place.id) for place in places for person in place.staff],
        ),
    ]


def _customers(people: list[Customer]) -> Table:
    return Table(
        "customers",
        ("id", "name", "name_key", "company", "phone", "email", "notes", "timezone", "created_at", "updated_at"),
        [
            (
                person.id,
                person.name,
                name_key(person.name, person.company),
                person.company,
                person.phone,
                person.email,
                person.notes,
                person.timezone,
                person.created_at,
                person.created_at,
            )
            for person in people
        ],
    )


def _vehicles(cars: list[Vehicle]) -> Table:
    return Table(
        "vehicles",
        (
            *(
                "id",
                "customer_id",
                "year",
                "make",
                "model",
                "trim",
                "engine",
                "color",
                "plate",
                "plate_key",
                "plate_state",
            ),
            *("vin", "mileage", "created_at", "updated_at"),
        ),
        [
            (
                car.id,
                car.owner.id if car.owner else None,
                car.year,
                car.model.make,
                car.model.model,
                car.trim,
                car.model.engine,
                car.color,
                car.plate,
                plate_key(car.plate),
                car.plate_state,
                car.vin,
                car.mileage,
                car.created_at,
                car.created_at,
            )
            for car in cars
        ],
    )


# --- visits -----------------------------------------------------------------------------------

APPOINTMENT_COLUMNS = (
    *("id", "number", "location_id", "day", "starts_at", "ends_at", "status", "status_since", "order_key", "version"),
    *("promised_at", "check_in_at", "check_out_at", "customer_id", "vehicle_id", "tech_id", "bay_id", "key_tag"),
    *("title", "notes", "is_waiting", "overbook_reason", "overbooked_by", "overbooked_at", "total_cents"),
    *(
        "unread_count",
        "services_summary",
        "created_at",
        "created_by",
        "updated_at",
        "confirmed_at",
        "jobs_offered",
        "jobs_approved",
    ),
)


def _visit_tables(places: list[Place], visits: list[Visit], opened_at: datetime) -> list[Table]:
    for visit in visits:
        visit.changes.sort(key=lambda change: change.at)
    ids = {visit.key: seeded_id(visit.booked_at, "appointment", *visit.key) for visit in visits}
    by_booking = sorted(visits, key=lambda visit: (visit.booked_at, visit.key))
    numbers = {visit.key: FIRST_NUMBER + index for index, visit in enumerate(by_booking)}
    appointments: list[tuple[Any, ...]] = []
    columns: dict[tuple[str, Status], int] = defaultdict(int)
    for visit in sorted(visits, key=lambda visit: (visit.starts_at, visit.key)):
        column = (visit.place.key, visit.status)
        columns[column] += 1
        appointments.append(_appointment(visit, ids[visit.key], numbers[visit.key], ORDER_GAP * columns[column]))
    return [
        Table("appointments", APPOINTMENT_COLUMNS, appointments),
        *work.work_tables(visits, ids),
        *texting.thread_tables(places, visits, ids),
        *inspecting.tables(visits, ids, numbers, opened_at),
        _payments(visits, ids),
        _audit_logs([visit for visit in visits if visit.is_logged], ids, numbers),
    ]


def _appointment(visit: Visit, identity: UUID, number: int, order_key: float) -> tuple[Any, ...]:
    is_overbooked = visit.overbook_reason is not None
    return (
        identity,
        number,
        visit.place.id,
        local_day(visit.starts_at, visit.place.hours.zone),
        visit.starts_at,
        visit.ends_at,
        visit.status.value,
        visit.status_since or visit.booked_at,
        order_key,
        visit.version,
        visit.promised_at,
        visit.check_in_at,
        visit.check_out_at,
        visit.customer.id if visit.customer else None,
        visit.vehicle.id if visit.vehicle else None,
        visit.tech.id if visit.tech else None,
        visit.bay.id if visit.bay else None,
        visit.key_tag,
        visit.title,
        visit.notes,
        visit.is_waiting,
        visit.overbook_reason,
        visit.booked_by.id if is_overbooked else None,
        visit.booked_at if is_overbooked else None,
        visit.total_cents,
        sum(text.is_unread for text in visit.texts),
        jobs.summary_of(visit.lines),
        visit.booked_at,
        visit.booked_by.id,
        visit.updated_at,
        visit.confirmed_at,
        *work.jobs_of(visit),
    )


def _payments(visits: list[Visit], ids: dict[tuple[object, ...], UUID]) -> Table:
    rows = []
    for visit in visits:
        entries = [seeded_id(entry.at, "payment", *visit.key, order) for order, entry in enumerate(visit.ledger)]
        rows += [
            (
                identity,
                visit.place.id,
                ids[visit.key],
                entry.kind.value,
                entry.method.value,
                entry.amount_cents,
                CURRENCY,
                entry.note,
                entry.is_deposit,
                None if entry.reverses is None else entries[entry.reverses],
                local_day(entry.at, visit.place.hours.zone),
                entry.at,
                entry.by.id,
            )
            for identity, entry in zip(entries, visit.ledger, strict=True)
        ]
    return Table(
        "payments",
        (
            *(
                "id",
                "location_id",
                "appointment_id",
                "kind",
                "method",
                "amount_cents",
                "currency",
                "note",
                "is_deposit",
                "reverses_id",
            ),
            *("accounting_on", "created_at", "created_by"),
        ),
        rows,
    )


# --- the log ----------------------------------------------------------------------------------


def _audit_logs(
    visits: list[Visit], ids: dict[tuple[object, ...], UUID], numbers: dict[tuple[object, ...], int]
) -> Table:
    rows: list[tuple[Any, ...]] = []
    for visit in visits:
        scheduled = Change(EventType.APPOINTMENT_SCHEDULED, visit.booked_at, visit.booked_by, _first_values(visit))
        version = 0
        for order, change in enumerate([scheduled, *visit.changes]):
            version += change.bumps
            changes = {
                name: [plain(before), [_collision(after, numbers)] if isinstance(after, Visit) else plain(after)]
                for name, (before, after) in change.changes.items()
            }
            rows.append(
                (
                    seeded_id(change.at, "audit", *visit.key, order),
                    change.at,
                    change.event.value,
                    "appointment",
                    ids[visit.key],
                    visit.place.id,
                    version,
                    "user",
                    change.by.id,
                    change.by.name,
                    change.by.role.value,
                    json.dumps(changes, ensure_ascii=False),
                    change.reason,
                )
            )
        if visit.confirmed_at is not None and visit.customer is not None:
            rows.append(_confirmation(visit, ids[visit.key], visit.confirmed_at, visit.customer))
    # The log is read in the order of its ids.
    rows.sort(key=lambda row: (row[1], str(row[0])))
    return Table(
        "audit_logs",
        (
            *("id", "at", "action", "entity", "entity_id", "location_id", "version", "actor_kind", "actor_id"),
            *("actor_name", "actor_role", "changes", "reason"),
        ),
        rows,
    )


def _confirmation(visit: Visit, identity: UUID, at: datetime, customer: Customer) -> tuple[Any, ...]:
    """Return the row of a reply that confirmed: the customer's doing, and no edit."""
    changes = json.dumps({"confirmedAt": [None, plain(at)]})
    about = (at, EventType.APPOINTMENT_CONFIRMED.value, "appointment", identity, visit.place.id, None)
    return (
        seeded_id(at, "audit", *visit.key, "confirmed"),
        *about,
        "customer",
        None,
        customer.name,
        None,
        changes,
        None,
    )


def _collision(beside: Visit, numbers: dict[tuple[object, ...], int]) -> str:
    assert beside.tech is not None
    return f"#{numbers[beside.key]} technician {beside.tech.name}"


def _first_values(visit: Visit) -> dict[str, tuple[object, object]]:
    """Return what the visit was booked with: its values now, less what changed since."""
    car, person = visit.vehicle, visit.customer
    values: dict[str, object] = {
        "status": Status.SCHEDULED,
        "start": visit.starts_at,
        "end": visit.ends_at,
        "day": local_day(visit.starts_at, visit.place.hours.zone),
        "promisedAt": visit.promised_at,
        "customerId": person.id if person else None,
        "customerName": person.name if person else None,
        "vehicleId": car.id if car else None,
        "vehicle": vehicle_label(car.year, car.model.make, car.model.model) if car else None,
        "plate": car.plate if car else None,
        "techId": visit.tech.id if visit.tech else None,
        "techName": visit.tech.name if visit.tech else None,
        "bayId": visit.bay.id if visit.bay else None,
        "bayName": visit.bay.name if visit.bay else None,
        "keyTag": visit.key_tag,
        "title": visit.title,
        "notes": visit.notes,
        "isWaiting": visit.is_waiting,
        "overbookReason": visit.overbook_reason,
    }
    for change in reversed(visit.changes):
        values |= {name: before for name, (before, _) in change.changes.items() if name in values}
    return {name: (None, value) for name, value in values.items() if value is not None}
