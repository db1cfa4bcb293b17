"""Technicians' clocks."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

import backend.services.models  # noqa: F401  the table that a foreign key points at
from backend.clocks.rules import PauseReason
from backend.core.db import Model, enum_check, id_column


class WorkTimer(Model):
    """A stretch of a technician's work on a visit, [started_at, stopped_at) in UTC; running while `stopped_at` is NULL.

    The client makes the id, so that a start sent twice is one.
    """

    __tablename__ = "work_timers"

    id: Mapped[UUID] = id_column()
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"))
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    job_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("appointment_jobs.id"))
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    pause_reason: Mapped[PauseReason | None] = mapped_column(sa.Text)

    __table_args__ = (
        sa.Index("uq_work_timers_running", "user_id", unique=True, postgresql_where=sa.text("stopped_at IS NULL")),
        sa.Index(None, "appointment_id"),
        sa.Index(None, "user_id", "started_at"),
        enum_check("pause_reason", PauseReason, "pause_reason_is_known"),
        sa.CheckConstraint("stopped_at >= started_at", name="stops_after_it_starts"),
        sa.CheckConstraint("pause_reason IS NULL OR stopped_at IS NOT NULL", name="a_running_clock_has_no_reason"),
    )
