"""What takes whose time; and the lock of who plans."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg.rows import TupleRow
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from backend.core.db import session_cursor
from backend.core.errors import NotFoundError
from backend.planning.rules import MAXIMUM_LENGTH, TAKES_NO_TIME

# Appointments stand above planning on the map, so their table is named here and not imported.
_INSTANT = sa.DateTime(timezone=True)
_JOBS = sa.table(
    "appointments",
    *(sa.column(name, sa.Uuid) for name in ("id", "location_id", "tech_id", "bay_id")),
    sa.column("status", sa.Text),
    *(sa.column(name, _INSTANT) for name in ("starts_at", "ends_at", "deleted_at")),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """The time [starts_at, ends_at) of a technician and a bay at a location, as asked for."""

    location_id: UUID
    starts_at: datetime
    ends_at: datetime
    tech_id: UUID | None
    bay_id: UUID | None


@dataclass(frozen=True, slots=True)
class Collision:
    """An appointment that takes the time of a technician or bay; `kind` says whose, `name` is theirs.

    One of a location where the asking person does not work shows no customer and no vehicle.
    """

    id: UUID
    number: int
    start: datetime
    end: datetime
    kind: str
    name: str | None
    customer_name: str | None
    vehicle: str | None

    def shown(self) -> dict[str, Any]:
        """Return it as the wire shows it."""
        return {
            "id": self.id,
            "number": self.number,
            "start": self.start,
            "end": self.end,
            "kind": self.kind,
            "name": self.name,
            "customerName": self.customer_name,
            "vehicle": self.vehicle,
        }


_OF_TECHNICIAN = "a.tech_id = %(tech_id)s"
_OF_BAY = "a.location_id = %(location_id)s AND a.bay_id = %(bay_id)s"


def _takers(whose: str) -> str:
    return f"""
        SELECT a.id, a.number, a.starts_at, a.ends_at, a.tech_id, a.tech_name, a.bay_id, a.bay_name, a.location_id,
               a.customer_name, a.vehicle_label
          FROM appointments a
         WHERE ({whose}) AND a.day BETWEEN %(first_day)s AND %(last_day)s
           AND a.starts_at < %(ends_at)s AND a.ends_at > %(starts_at)s
           AND a.status NOT IN ({", ".join(f"'{status}'" for status in sorted(TAKES_NO_TIME))}) AND a.deleted_at IS NULL
           AND a.id IS DISTINCT FROM %(besides)s
         ORDER BY a.starts_at, a.id
    """  # noqa: S608  constants of the package


# By whether a technician and a bay are asked for: a plan for both reads the whole location's month.
_TAKERS = {
    (True, False): _takers(_OF_TECHNICIAN),
    (False, True): _takers(_OF_BAY),
    (True, True): _takers(f"{_OF_TECHNICIAN} OR {_OF_BAY}"),
}


def list_collisions(
    session: Session, slot: Slot, *, besides: UUID | None, location_ids: Iterable[UUID]
) -> list[Collision]:
    """List what takes the slot's technician or bay in its time, by start; `besides` is left out.

    Overbooked appointments count too: the constraint does not see them, people must.
    """
    takers = _TAKERS.get((slot.tech_id is not None, slot.bay_id is not None))
    if takers is None:
        return []
    with session_cursor(session) as cursor:
        cursor.execute(takers, _slot_values(slot, besides))
        return _collisions(cursor.fetchall(), slot, frozenset(location_ids))


def _slot_values(slot: Slot, besides: UUID | None) -> dict[str, Any]:
    return {
        "location_id": slot.location_id,
        "tech_id": slot.tech_id,
        "bay_id": slot.bay_id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        # No appointment is longer than 31 days, so a few weeks of the day indexes are enough; a day
        # more on each side for the distance between local dates and UTC.
        "first_day": (slot.starts_at - MAXIMUM_LENGTH).date() - timedelta(days=1),
        "last_day": slot.ends_at.date() + timedelta(days=1),
        "besides": besides,
    }


def _collisions(rows: Iterable[TupleRow], slot: Slot, known: frozenset[UUID]) -> list[Collision]:
    found = []
    for row in rows:
        identifier, number, start, end, tech_id, tech_name, bay_id, bay_name, location_id, customer_name, vehicle = row
        about = (customer_name, vehicle) if location_id in known else (None, None)
        when = (identifier, number, start, end)
        if slot.tech_id is not None and tech_id == slot.tech_id:
            found.append(Collision(*when, "technician", tech_name, *about))
        if slot.bay_id is not None and bay_id == slot.bay_id:
            found.append(Collision(*when, "bay", bay_name, *about))
    return found


@dataclass(frozen=True, slots=True)
class Plan:
    """Where, when and whose time an appointment takes, and whether it does (by its status)."""

    location_id: UUID
    starts_at: datetime
    ends_at: datetime
    tech_id: UUID | None
    bay_id: UUID | None
    status: str


def find_plan(session: Session, appointment_id: UUID, location_ids: Iterable[UUID]) -> Plan | None:
    """Return the plan of an appointment of one of these locations; None for none such, or a deleted one."""
    columns = (_JOBS.c[name] for name in Plan.__dataclass_fields__)
    row = session.execute(
        sa.select(*columns).where(
            _JOBS.c.id == appointment_id,
            _JOBS.c.location_id.in_(tuple(location_ids)),
            _JOBS.c.deleted_at.is_(None),
        )
    ).first()
    return None if row is None else Plan(*row)


def get_plan(session: Session, appointment_id: UUID, location_ids: Iterable[UUID]) -> Plan:
    """Return the plan of an appointment of one of these locations.

    Raises:
        NotFoundError: none such, or it is deleted.
    """
    plan = find_plan(session, appointment_id, location_ids)
    if plan is None:
        raise NotFoundError("There is no such appointment.")
    return plan


def lock_slot(session: Session, slot: Slot) -> None:
    """Wait for, and hold until the commit, the right to plan the slot's technician and bay.

    The keys are taken in a fixed order, so that two who want the same two never wait for
    each other. Who holds them sees every booking that was made before.
    """
    keys = sorted(
        _lock_key(kind, identifier)
        for kind, identifier in (("technician", slot.tech_id), ("bay", slot.bay_id))
        if identifier is not None
    )
    if keys:
        wanted = sa.func.unnest(sa.cast(keys, postgresql.ARRAY(sa.BigInteger))).column_valued("key")
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(wanted)))


def _lock_key(kind: str, identifier: UUID) -> int:
    digest = hashlib.blake2b(identifier.bytes, digest_size=8, person=kind.encode()).digest()
    return int.from_bytes(digest, "big", signed=True)
