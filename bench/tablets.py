"""A shop's own tablet for the browser to measure: two technicians with PINs, and an inspection that one of them fills."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

import backend.wiring  # noqa: F401  every table that foreign keys point at
from backend.accounts.models import User, UserLocation
from backend.accounts.permissions import Role
from backend.accounts.rules import hash_password
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.core.clock import local_day, utc_now
from backend.core.ids import new_id
from backend.customers.models import Customer
from backend.devices import rules as devices
from backend.devices.models import Device
from backend.devices.rules import DeviceKind
from backend.inspections.models import InspectionChecklist, InspectionItem
from backend.shop.models import Location
from bench.env import PLANNER, Environment

PIN = "314159"
FILLS, OTHER = "Terry Tablet", "Tilda Tablet"

# What the tablet wrote, and what was made for it; triggers sleep, as nothing of this is a shop's.
_FORGET = (
    "SET LOCAL session_replication_role = replica",
    "DELETE FROM audit_logs WHERE actor_id = ANY (:people)",
    "DELETE FROM idempotency_keys WHERE split_part(scope, ' ', 1) = ANY (CAST(:people AS text[]))",
    "DELETE FROM sessions WHERE user_id = ANY (:people)",
    "DELETE FROM inspection_items WHERE checklist_id = :checklist",
    "DELETE FROM inspection_checklists WHERE id = :checklist",
    "DELETE FROM appointments WHERE id = ANY (:visits)",
    "DELETE FROM customers WHERE id = :customer",
    "DELETE FROM devices WHERE id = :device",
    "DELETE FROM user_locations WHERE user_id = ANY (:people)",
    "DELETE FROM users WHERE id = ANY (:people)",
)


@dataclass(frozen=True)
class Tablet:
    """What the browser needs to be that tablet: its cookie, and what waits to be filled."""

    token: str
    fills_id: UUID
    visit_id: UUID
    checklist_id: UUID
    item_ids: tuple[UUID, ...]


@contextmanager
def paired(environment: Environment, database: str, points: int) -> Iterator[Tablet]:
    """Have a paired tablet at the planner's place, with an inspection of so many points; all of it is gone afterwards."""
    engine = sa.create_engine(environment.url(database))
    try:
        with Session(engine) as session:
            tablet, made = _make(session, points)
            session.commit()
        try:
            yield tablet
        finally:
            with engine.begin() as connection:
                for statement in _FORGET:
                    connection.execute(sa.text(statement), made)
    finally:
        engine.dispose()


def _make(session: Session, points: int) -> tuple[Tablet, dict[str, object]]:
    place = session.execute(
        sa.select(UserLocation.location_id, Location.timezone, User.id)
        .join(User, User.id == UserLocation.user_id)
        .join(Location, Location.id == UserLocation.location_id)
        .where(User.email == PLANNER.email)
    ).one()
    now = utc_now()
    pin_hash = hash_password(PIN)
    people = [
        User(
            id=new_id(),
            email=f"{name.split()[0].lower()}-{new_id()}@bench.test",
            name=name,
            role=Role.TECH,
            password_hash=pin_hash,
            pin_hash=pin_hash,
            created_at=now,
            updated_at=now,
            password_changed_at=now,
        )
        for name in (FILLS, OTHER)
    ]
    session.add_all(people)
    session.flush()
    session.add_all(UserLocation(user_id=one.id, location_id=place.location_id) for one in people)
    customer = Customer(id=new_id(), name="Tablet", name_key="tablet", created_at=now, updated_at=now)
    session.add(customer)
    session.flush()
    visits = [
        Appointment(
            id=new_id(),
            location_id=place.location_id,
            day=local_day(now, ZoneInfo(place.timezone)),
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            status=Status.IN_PROGRESS,
            status_since=now,
            order_key=0.0,
            check_in_at=now,
            customer_id=customer.id,
            tech_id=one.id,
            title="Tablet",
            created_at=now,
            updated_at=now,
        )
        for one in people
    ]
    session.add_all(visits)
    session.flush()
    checklist = InspectionChecklist(
        id=new_id(),
        appointment_id=visits[0].id,
        title="Inspection",
        holder_id=people[0].id,
        created_at=now,
        updated_at=now,
    )
    session.add(checklist)
    session.flush()
    items = [
        InspectionItem(id=new_id(), checklist_id=checklist.id, sort_order=n, point_key=f"point_{n}", label=f"Point {n}")
        for n in range(points)
    ]
    token = devices.new_token()
    device = Device(
        id=new_id(),
        location_id=place.location_id,
        kind=DeviceKind.TABLET,
        name="Bay tablet",
        token_hash=devices.secret_hash(token),
        paired_at=now,
        created_at=now,
        created_by=place.id,
    )
    session.add_all([*items, device])
    session.flush()
    tablet = Tablet(token, people[0].id, visits[0].id, checklist.id, tuple(item.id for item in items))
    made = {
        "people": [one.id for one in people],
        "visits": [one.id for one in visits],
        "customer": customer.id,
        "checklist": checklist.id,
        "device": device.id,
    }
    return tablet, made
