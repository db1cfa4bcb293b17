"""Read the audit log page by page, and how its chains stand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.audit.models import AuditLog, AuditSeal
from backend.audit.rules import SHARED, FieldClass, first_id, without
from backend.shop.models import Location

# A row's id is made a moment after the instant that it tells.
_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which rows: at these locations and, unless one was chosen, of none; the others narrow it down where they are set."""

    location_ids: tuple[UUID, ...]
    with_shared: bool
    who: str | None = None
    action: str | None = None
    entity: str | None = None
    entity_id: UUID | None = None
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailRow:
    """A row of the log; `label` is what people call what it is about, `position` its place in the chain, None until sealed."""

    id: UUID
    at: datetime
    action: str
    entity: str
    entity_id: UUID
    label: str | None
    location_id: UUID | None
    version: int | None
    actor_kind: str
    actor_name: str | None
    actor_role: str | None
    changes: dict[str, Any]
    reason: str | None
    ip: str | None
    user_agent: str | None
    request_id: str | None
    position: int | None


@dataclass(frozen=True, slots=True)
class ChainView:
    """How a chain stands: `location_id` is None for what belongs to none, `sealed_to` tells of the newest sealed row."""

    location_id: UUID | None
    name: str | None
    links: int
    sealed_to: datetime | None


def list_rows(
    session: Session, wanted: TrailFilter, *, before: UUID | None, limit: int, hidden: Collection[FieldClass]
) -> list[TrailRow]:
    """List rows, the newest first, from below the id `before` on."""
    places = AuditLog.location_id.in_(wanted.location_ids)
    statement = (
        sa.select(AuditLog, Appointment.number, AuditSeal.position)
        .outerjoin(AuditSeal, AuditSeal.audit_id == AuditLog.id)
        .outerjoin(Appointment, sa.and_(AuditLog.entity == "appointment", Appointment.id == AuditLog.entity_id))
        .where(sa.or_(places, AuditLog.location_id.is_(None)) if wanted.with_shared else places)
        .order_by(AuditLog.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AuditLog.id < before)
    if wanted.who:
        statement = statement.where(AuditLog.actor_name.icontains(wanted.who, autoescape=True))
    if wanted.action:
        statement = statement.where(AuditLog.action == wanted.action)
    if wanted.entity:
        statement = statement.where(AuditLog.entity == wanted.entity)
    if wanted.entity_id:
        statement = statement.where(AuditLog.entity_id == wanted.entity_id)
    # By the id, which has an index, and by the instant, which is exact.
    if wanted.first:
        statement = statement.where(AuditLog.id >= first_id(wanted.first - _MOMENT), AuditLog.at >= wanted.first)
    if wanted.last:
        statement = statement.where(AuditLog.id < first_id(wanted.last + _MOMENT), AuditLog.at < wanted.last)
    return [_view(*found, hidden) for found in session.execute(statement)]


def _view(row: AuditLog, number: int | None, position: int | None, hidden: Collection[FieldClass]) -> TrailRow:
    return TrailRow(
        row.id,
        row.at,
        row.action,
        row.entity,
        row.entity_id,
        None if number is None else f"#{number}",
        row.location_id,
        row.version,
        row.actor_kind,
        row.actor_name,
        row.actor_role,
        without(row.changes, hidden),
        row.reason,
        row.ip,
        row.user_agent,
        row.request_id,
        position,
    )


def list_chains(session: Session, location_ids: Collection[UUID]) -> list[ChainView]:
    """Describe the chains of these locations, by name, and last that of what belongs to none."""
    names = session.execute(
        sa.select(Location.id, Location.name).where(Location.id.in_(location_ids)).order_by(Location.name, Location.id)
    ).all()
    return [*(_chain(session, place, name) for place, name in names), _chain(session, None, None)]


def _chain(session: Session, location_id: UUID | None, name: str | None) -> ChainView:
    head = session.execute(
        sa.select(AuditSeal.position, AuditLog.at)
        .outerjoin(AuditLog, AuditLog.id == AuditSeal.audit_id)
        .where(AuditSeal.chain == (location_id or SHARED))
        .order_by(AuditSeal.position.desc())
        .limit(1)
    ).first()
    return ChainView(location_id, name, head.position if head else 0, head.at if head else None)
