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

    # history of an entity, and which fields changed after a version; by time, the ids themselves sort
    __table_args__ = (sa.Index("ix_audit_logs_entity_id_id", "entity_id", "id"),)


class AuditSeal(Model):
    """A link of a location's hash chain: append-only. `position` counts from 1 without gaps.

    `row_hash` is SHA-256 of the seal before and the audit row's canonical JSON (see `audit.rules`).
    `chain` is the location's id, or the nil UUID for what belongs to none.
    """

    __tablename__ = "audit_seals"

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("audit_logs.id"), unique=True)
    row_hash: Mapped[bytes]
    sealed_at: Mapped[datetime]


class AuditAnchor(Model):
    """A chain's head as it was written to the log of the day: a tail cut off later is missed by it."""

    __tablename__ = "audit_anchors"

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    row_hash: Mapped[bytes]
    anchored_at: Mapped[datetime]


class AuditCheck(Model):
    """One walk over all chains, in steps: `chain` and `position` say how far it is, `finished_at` that it is through.

    `faults` holds the first ones as JSON; `fault_count` counts all. `late_count` counts rows sealed more than an hour after they
    were written, which happens when nobody sealed for a while, and to rows whose seals were made anew.
    """

    __tablename__ = "audit_checks"

    id: Mapped[UUID] = id_column()
    started_at: Mapped[datetime]
    # Nobody: the day's own check.
    started_by: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    chain: Mapped[UUID | None]
    position: Mapped[int] = mapped_column(default=0)
    rows_checked: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int]
    late_count: Mapped[int] = mapped_column(default=0)
    fault_count: Mapped[int] = mapped_column(default=0)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(postgresql.JSONB, default=list)

    __table_args__ = (
        # the newest that is through
        sa.Index(None, "finished_at"),
    )
