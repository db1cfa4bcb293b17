"""What takes whose time; and the lock of who plans."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from backend.core.errors import NotFoundError
from backend.planning.rules import MAXIMUM_LENGTH, TAKES_NO_TIME

# Appointments stand above planning on the map, so their table is named here and not imported.
_INSTANT = sa.DateTime(timezone=True)
_JOBS = sa.table(
    "appointments",
    *(sa.column(name, sa.Uuid) for name in ("id", "location_id", "tech_id", "bay_id")),
    *(sa.column(name, sa.Text) for name in ("status", "tech_name", "bay_name", "customer_name", "vehicle_label")),
    *(sa.column(name, _INSTANT) for name in ("starts_at", "ends_at", "deleted_at")),
    sa.column("number", sa.BigInteger),
    sa.column("day", sa.Date),
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


def list_collisions(
    session: Session, slot: Slot, *, besides: UUID | None, location_ids: Iterable[UUID]
) -> list[Collision]:
    """List what takes the slot's technician or bay in its time, by start; `besides` is left out.

    Overbooked appointments count too: the constraint does not see them, people must.
    """
    if slot.tech_id is None and slot.bay_id is None:
        return []
    # No appointment is longer than 31 days, so a few weeks of the day indexes are enough; a day
    # more on each side for the distance between local dates and UTC.
    first_day = (slot.starts_at - MAXIMUM_LENGTH).date() - timedelta(days=1)
    last_day = slot.ends_at.date() + timedelta(days=1)
    takers = []
    if slot.tech_id is not None:
        takers.append(_JOBS.c.tech_id == slot.tech_id)
    if slot.bay_id is not None:
        takers.append(sa.and_(_JOBS.c.location_id == slot.location_id, _JOBS.c.bay_id == slot.bay_id))
    statement = (
        sa.select(
            _JOBS.c.id,
            _JOBS.c.number,
            _JOBS.c.starts_at,
            _JOBS.c.ends_at,
            _JOBS.c.tech_id,
            _JOBS.c.tech_name,
            _JOBS.c.bay_id,
            _JOBS.c.bay_name,
            _JOBS.c.location_id,
            _JOBS.c.customer_name,
            _JOBS.c.vehicle_label,
        )
        .where(
            sa.or_(*takers),
            _JOBS.c.day.between(first_day, last_day),
            _JOBS.c.starts_at < slot.ends_at,
            _JOBS.c.ends_at > slot.starts_at,
            _JOBS.c.status.not_in(TAKES_NO_TIME),
            _JOBS.c.deleted_at.is_(None),
        )
        .order_by(_JOBS.c.starts_at, _JOBS.c.id)
    )
    if besides is not None:
        statement = statement.where(_JOBS.c.id != besides)
    known = frozenset(location_ids)
    found = []
    for row in session.execute(statement):
        about = (row.customer_name, row.vehicle_label) if row.location_id in known else (None, None)
        when = (row.id, row.number, row.starts_at, row.ends_at)
        if slot.tech_id is not None and row.tech_id == slot.tech_id:
            found.append(Collision(*when, "technician", row.tech_name, *about))
        if slot.bay_id is not None and row.bay_id == slot.bay_id:
            found.append(Collision(*when, "bay", row.bay_name, *about))
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
