"""Write the audit log."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.audit.models import AuditLog
from backend.core.actor import Actor
from backend.core.events import EventType


def record(
    session: Session,
    event: EventType,
    *,
    entity: str,
    entity_id: UUID,
    actor: Actor,
    at: datetime,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    location_id: UUID | None = None,
    version: int | None = None,
    reason: str | None = None,
) -> None:
    """Add an audit row to the session's transaction.

    `changes` maps a field (camelCase, as on the wire) to (before, after); `version` is the
    version that the entity has after the change.
    """
    session.add(
        AuditLog(
            at=at,
            action=event.value,
            entity=entity,
            entity_id=entity_id,
            location_id=location_id,
            version=version,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
            actor_name=actor.name or None,
            actor_role=actor.role,
            changes={field: [plain(before), plain(after)] for field, (before, after) in (changes or {}).items()},
            reason=reason,
            ip=actor.ip,
            user_agent=actor.user_agent,
            request_id=actor.request_id,
        )
    )


def plain(value: Any) -> Any:
    """Return `value` as JSON can hold it, the way the API writes it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value
