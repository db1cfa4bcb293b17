"""Read the audit log."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit.models import AuditLog
from backend.core.db import StaleVersionError
from backend.core.edits import FieldChange
from backend.core.events import EventType


def fields_overtaken(session: Session, entity_id: UUID, *, present: int, seen: int | None) -> dict[str, FieldChange]:
    """Return what others changed since the version that an editor saw; nothing for one that named none.

    Raises:
        StaleVersionError: there never was such a version.
    """
    if seen is None or seen == present:
        return {}
    if seen > present:
        raise StaleVersionError("This version does not exist. Reload and try again.", version=present)
    return fields_changed_since(session, entity_id, seen)


def fields_changed_since(session: Session, entity_id: UUID, version: int) -> dict[str, FieldChange]:
    """Return by wire name what was changed after `version` of the entity, several changes of a field as one.

    Call it with the entity's row locked: only then is the answer still true when the caller writes.
    """
    rows = session.execute(
        sa.select(AuditLog.changes, AuditLog.actor_name, AuditLog.at)
        .where(AuditLog.entity_id == entity_id, AuditLog.version > version)
        .order_by(AuditLog.version, AuditLog.id)
    )
    found: dict[str, FieldChange] = {}
    for changes, actor_name, at in rows:
        for field, (before, after) in changes.items():
            first = found.get(field)
            found[field] = FieldChange(first.before if first else before, after, actor_name, at)
    return found


@dataclass(frozen=True, slots=True)
class Happening:
    """That something happened to an entity: when, and by whom."""

    at: datetime
    actor_id: UUID | None
    actor_name: str | None


def list_of_action(session: Session, entity_id: UUID, event: EventType) -> list[Happening]:
    """List when something happened to an entity, the first time first."""
    rows = session.execute(
        sa.select(AuditLog.at, AuditLog.actor_id, AuditLog.actor_name)
        .where(AuditLog.entity_id == entity_id, AuditLog.action == event.value)
        .order_by(AuditLog.id)
    )
    return [Happening(*row) for row in rows]
