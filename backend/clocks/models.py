"""Technicians' clocks."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

import backend.services.models  # noqa: F401  the table that a foreign key points at
from backend.clocks.rules import CheckKind, PauseReason
from backend.core.db import Model, enum_check, explain_constraint, id_column
from backend.core.errors import ConflictError


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
    # This start brought the visit into progress: taken back, it is scheduled again.
    began_visit: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    __table_args__ = (
        sa.Index("uq_work_timers_running", "user_id", unique=True, postgresql_where=sa.text("stopped_at IS NULL")),
        sa.Index(None, "appointment_id"),
        sa.Index(None, "user_id", "started_at"),
        # Nobody works on two cars at once: running, a clock has no end.
        postgresql.ExcludeConstraint(
            ("user_id", "="),
            (sa.text("tstzrange(started_at, stopped_at)"), "&&"),
            using="gist",
            name="ex_work_timers_one_at_a_time",
        ),
        enum_check("pause_reason", PauseReason, "pause_reason_is_known"),
        sa.CheckConstraint("stopped_at >= started_at", name="stops_after_it_starts"),
        sa.CheckConstraint("pause_reason IS NULL OR stopped_at IS NOT NULL", name="a_running_clock_has_no_reason"),
    )


class WorkCheck(Model):
    """A test drive or a quality check of a visit's work, and by whom: append-only. What is not passed says why."""

    __tablename__ = "work_checks"

    id: Mapped[UUID] = id_column()
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    kind: Mapped[CheckKind] = mapped_column(sa.Text)
    is_passed: Mapped[bool]
    note: Mapped[str | None]
    checked_at: Mapped[datetime]
    checked_by: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.Index(None, "appointment_id"),
        enum_check("kind", CheckKind, "kind_is_known"),
        sa.CheckConstraint("is_passed OR note IS NOT NULL", name="what_is_not_passed_says_why"),
    )


# The commands take turns by person; the database has the last word on what slips past them.
for _name in ("uq_work_timers_running", "ex_work_timers_one_at_a_time"):
    explain_constraint(
        _name, lambda: ConflictError("Another clock of this person runs at that time. Look at it again.")
    )
