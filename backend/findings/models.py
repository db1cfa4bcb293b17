"""Findings: what cars need."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

import backend.inspections.models  # noqa: F401  tables that foreign keys point at
from backend.core.db import Model, id_column
from backend.inspections.rules import Result


class Finding(Model):
    """Something a car needs: opened by an inspection, alive through its visits until it is resolved."""

    __tablename__ = "findings"

    id: Mapped[UUID] = id_column()
    vehicle_id: Mapped[UUID] = mapped_column(sa.ForeignKey("vehicles.id"))
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    point_key: Mapped[str | None]
    label: Mapped[str]
    severity: Mapped[Result] = mapped_column(sa.Text)
    # The first item that saw it and the last.
    opened_item_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspection_items.id"))
    latest_item_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspection_items.id"))
    # The job that shall mend it, of whichever visit.
    job_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("appointment_jobs.id"))
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    resolution: Mapped[str | None]

    __table_args__ = (
        sa.CheckConstraint("severity IN ('attention', 'fail')", name="severity_is_known"),
        # one open finding for a point of a car
        sa.Index(
            "uq_findings_open",
            "vehicle_id",
            "point_key",
            unique=True,
            postgresql_where=sa.text("resolved_at IS NULL AND point_key IS NOT NULL"),
        ),
        sa.Index(None, "vehicle_id"),
        sa.Index(None, "job_id", postgresql_where=sa.text("job_id IS NOT NULL")),
        sa.Index(None, "opened_item_id"),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name="a_resolution_says_how"),
    )
