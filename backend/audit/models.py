"""The audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, id_column


class AuditLog(Model):
    """One change: who, what, from what to what, when, from where.

    `changes` maps a field to [before, after]; `version` is the entity's version that the change made.
    """

    __tablename__ = "audit_logs"

    id: Mapped[UUID] = id_column()
    at: Mapped[datetime]
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[UUID]
    location_id: Mapped[UUID | None]
    version: Mapped[int | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str | None]
    actor_role: Mapped[str | None]
    changes: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    ip: Mapped[str | None] = mapped_column(postgresql.INET)
    user_agent: Mapped[str | None]
    request_id: Mapped[str | None]

    # history of an entity, and which fields changed after a version
    __table_args__ = (sa.Index("ix_audit_logs_entity_id_id", "entity_id", "id"),)
