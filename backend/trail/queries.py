"""Read the audit log page by page, and how its chains stand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit.models import AuditLog, AuditSeal
from backend.audit.rules import SHARED, FieldClass, first_id, without
from backend.core.events import EventType
from backend.shop.models import Location

# What one asks for who reviews discounts: lines that got one, or whose discount was changed. No action is called so.
DISCOUNTED = "line.discounted"
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
    """A row of the log; `label` is what people call what it is about (`#4436 · Front pads`), `position` its place in the chain, None until sealed."""

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
    # The visit that it is about, where it is about one and that is there.
    appointment_id: UUID | None


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
        sa.select(AuditLog, AuditSeal.position)
        .outerjoin(AuditSeal, AuditSeal.audit_id == AuditLog.id)
        .where(sa.or_(places, AuditLog.location_id.is_(None)) if wanted.with_shared else places)
        .order_by(AuditLog.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AuditLog.id < before)
    if wanted.who:
        statement = statement.where(AuditLog.actor_name.icontains(wanted.who, autoescape=True))
    if wanted.action == DISCOUNTED:
        given = AuditLog.changes["discountCents"]
        statement = statement.where(
            AuditLog.action.in_((EventType.LINE_CREATED.value, EventType.LINE_CHANGED.value)),
            sa.or_(*(given[side].astext.not_in(("0", "null")) for side in (0, 1))),
        )
    elif wanted.action:
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
    found = session.execute(statement).all()
    subjects = _read_subjects(session, [row for row, _ in found], wanted.location_ids)
    return [_view(row, position, subjects.get(row.id), hidden) for row, position in found]


@dataclass(frozen=True, slots=True)
class _Subject:
    appointment_id: UUID | None
    number: int | None
    name: str | None

    @property
    def label(self) -> str | None:
        number = None if self.number is None else f"#{self.number}"
        return " · ".join(part for part in (number, self.name) if part) or None


# What each of these kinds belongs to, and what people call it.
_SUBJECTS = """
    WITH told AS (SELECT * FROM unnest(CAST(:rows AS uuid[]), CAST(:entities AS uuid[]), CAST(:visits AS uuid[])) t (row_id, id, visit_id)),
    subject AS (
        SELECT p.id, p.appointment_id, NULL::text AS name FROM payments p WHERE p.id = ANY (CAST(:entities AS uuid[]))
        UNION ALL SELECT i.id, i.appointment_id, NULL FROM invoices i WHERE i.id = ANY (CAST(:entities AS uuid[]))
        UNION ALL SELECT j.id, j.appointment_id, j.name FROM appointment_jobs j WHERE j.id = ANY (CAST(:entities AS uuid[]))
        UNION ALL SELECT s.id, s.appointment_id, s.name FROM appointment_services s WHERE s.id = ANY (CAST(:entities AS uuid[]))
        UNION ALL SELECT a.id, a.id, NULL FROM appointments a WHERE a.id = ANY (CAST(:entities AS uuid[]))
    )
    SELECT told.row_id, a.id, a.number, subject.name
      FROM told LEFT JOIN subject ON subject.id = told.id
      JOIN appointments a ON a.id = coalesce(subject.appointment_id, told.visit_id) AND a.location_id = ANY (CAST(:places AS uuid[]))
"""


def _read_subjects(session: Session, rows: Collection[AuditLog], places: Collection[UUID]) -> dict[UUID, _Subject]:
    """Return by row the visit at these places that it is about, by what it is about or by the visit that it names; one statement."""
    values = {
        "rows": [row.id for row in rows],
        "entities": [row.entity_id for row in rows],
        "visits": [_visit_of(row) for row in rows],
        "places": list(places),
    }
    return {found[0]: _Subject(*found[1:]) for found in session.execute(sa.text(_SUBJECTS), values)}


def _visit_of(row: AuditLog) -> UUID | None:
    named = [value for value in row.changes.get("appointmentId", ()) if isinstance(value, str)]
    try:
        return UUID(named[-1]) if named else None
    except ValueError:
        return None


def _view(row: AuditLog, position: int | None, subject: _Subject | None, hidden: Collection[FieldClass]) -> TrailRow:
    return TrailRow(
        row.id,
        row.at,
        row.action,
        row.entity,
        row.entity_id,
        subject.label if subject else None,
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
        subject.appointment_id if subject else None,
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
