"""What can be seen of a visit's work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import Approval, JobMoney, Line, Totals, Urgency, sum_jobs

_LINE_COLUMNS = (
    AppointmentService.id,
    AppointmentService.job_id,
    AppointmentService.kind,
    AppointmentService.name,
    AppointmentService.notes,
    AppointmentService.hours,
    AppointmentService.is_flat,
    AppointmentService.quantity,
    AppointmentService.unit_price_cents,
    AppointmentService.unit_cost_cents,
    AppointmentService.price_cents,
    AppointmentService.discount_cents,
    AppointmentService.discount_reason,
    AppointmentService.tax_class,
    AppointmentService.tax_bp,
    AppointmentService.tax_cents,
    AppointmentService.version,
)
_JOB_COLUMNS = (
    AppointmentJob.id,
    AppointmentJob.appointment_id,
    AppointmentJob.name,
    AppointmentJob.category,
    AppointmentJob.description,
    AppointmentJob.catalog_id,
    AppointmentJob.choice_id,
    AppointmentJob.is_chosen,
    AppointmentJob.urgency,
    AppointmentJob.approval,
    AppointmentJob.decided_at,
    AppointmentJob.asked_at,
    AppointmentJob.decline_reason,
    AppointmentJob.deferred_until,
    AppointmentJob.revived_from_id,
    AppointmentJob.version,
)


@dataclass(frozen=True, slots=True)
class Job:
    """A job with its lines, in their order."""

    id: UUID
    appointment_id: UUID
    name: str
    category: str | None
    description: str | None
    catalog_id: UUID | None
    choice_id: UUID | None
    is_chosen: bool
    urgency: Urgency | None
    approval: Approval
    decided_at: datetime | None
    asked_at: datetime | None
    decline_reason: str | None
    deferred_until: date | None
    revived_from_id: UUID | None
    version: int
    lines: tuple[Line, ...]

    @property
    def money(self) -> JobMoney:
        """Its part of a total."""
        return JobMoney(Approval(self.approval), self.is_chosen, tuple(line.money for line in self.lines))

    @property
    def totals(self) -> Totals:
        """What it costs, whether or not it counts."""
        return sum_jobs([JobMoney(Approval.PENDING, True, tuple(line.money for line in self.lines))])


def list_jobs(session: Session, appointment_id: UUID) -> list[Job]:
    """List a visit's jobs with their lines, in the order that people gave them; deleted ones stay out."""
    return _jobs(session, AppointmentJob.appointment_id == appointment_id)


def jobs_by_ids(session: Session, ids: Iterable[UUID]) -> list[Job]:
    """List these jobs with their lines."""
    return _jobs(session, AppointmentJob.id.in_(list(ids)))


def _jobs(session: Session, which: sa.ColumnElement[bool]) -> list[Job]:
    lines: dict[UUID, list[Line]] = {}
    for row in session.execute(
        sa.select(*_LINE_COLUMNS)
        .join(AppointmentJob, AppointmentJob.id == AppointmentService.job_id)
        .where(which, AppointmentService.deleted_at.is_(None))
        .order_by(AppointmentService.sort_order, AppointmentService.id)
    ).mappings():
        lines.setdefault(row["job_id"], []).append(Line(**row))
    found = session.execute(
        sa.select(*_JOB_COLUMNS)
        .where(which, AppointmentJob.deleted_at.is_(None))
        .order_by(AppointmentJob.sort_order, AppointmentJob.id)
    ).mappings()
    return [Job(**row, lines=tuple(lines.get(row["id"], ()))) for row in found]
