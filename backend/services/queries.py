"""What can be seen of a visit's work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.audit.commands import plain
from backend.catalog.rules import LineKind
from backend.core.edits import wire_name
from backend.core.errors import NotFoundError
from backend.customers.models import Customer
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import Approval, JobMoney, Line, Totals, Urgency, sum_jobs
from backend.shop.models import Location
from backend.vehicles.models import Vehicle

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


# --- what a paper shows -----------------------------------------------------------------------


def read_document(session: Session, appointment_id: UUID) -> dict[str, Any]:
    """Return a visit as its papers show it, in JSON's own types: shop, visit, customer, vehicle, jobs, totals, taxes.

    What is frozen of it (an estimate that was sent, an invoice) never changes with its sources. Totals are of what
    counts; an alternative that was not chosen and a declined job keep their own. Money in cents, instants in UTC.

    Raises:
        NotFoundError: no such appointment.
    """
    visit: tuple[Appointment, Location, Customer | None, Vehicle | None] | None = (
        session.execute(
            sa.select(Appointment, Location, Customer, Vehicle)
            .join(Location, Location.id == Appointment.location_id)
            .outerjoin(Customer, Customer.id == Appointment.customer_id)
            .outerjoin(Vehicle, Vehicle.id == Appointment.vehicle_id)
            .where(Appointment.id == appointment_id, Appointment.deleted_at.is_(None))
        )
        .tuples()
        .first()
    )
    if visit is None:
        raise NotFoundError("There is no such appointment.")
    appointment, location, customer, vehicle = visit
    jobs = list_jobs(session, appointment_id)
    counted = [line for job in jobs if job.money.counts for line in job.lines]
    return {
        "shop": _same(location, "name", "address", "phone", "registration_number", "warranty_terms", "state")
        | _same(location, "timezone", "currency", "paper"),
        "visit": _same(appointment, "number", "day", "promised_at", "title", "key_tag", "tech_name", "check_in_at"),
        "customer": None if customer is None else _same(customer, "name", "company", "phone", "email"),
        "vehicle": None
        if vehicle is None
        else {"label": appointment.vehicle_label, **_same(vehicle, "plate", "plate_state", "vin", "mileage", "color")},
        "jobs": [_shown_job(job) for job in jobs],
        "totals": {
            **{
                name: sum(line.money.net_cents for line in counted if line.kind == kind)
                for name, kind in (
                    ("laborCents", LineKind.LABOR),
                    ("partsCents", LineKind.PART),
                    ("feesCents", LineKind.FEE),
                )
            },
            **_shown_totals(sum_jobs(job.money for job in jobs)),
        },
        "taxes": _taxes(counted),
    }


def _shown_job(job: Job) -> dict[str, Any]:
    return {
        **_same(job, "id", "name", "category", "description", "urgency", "choice_id", "is_chosen", "approval"),
        **_same(job, "decline_reason"),
        "lines": [
            _same(line, "id", "kind", "name", "quantity", "hours", "is_flat", "unit_price_cents", "price_cents")
            | _same(line, "discount_cents", "discount_reason", "tax_class", "tax_bp", "tax_cents")
            for line in job.lines
        ],
        **_shown_totals(job.totals),
    }


def _shown_totals(totals: Totals) -> dict[str, int]:
    return {
        "netCents": totals.net_cents,
        "discountCents": totals.discount_cents,
        "taxCents": totals.tax_cents,
        "totalCents": totals.total_cents,
    }


def _taxes(lines: list[Line]) -> list[dict[str, Any]]:
    """Sum the taxes by class and rate: rounded lines, so that they add up to the total's."""
    sums: dict[tuple[str, Decimal], tuple[int, int]] = {}
    for line in lines:
        net, tax = sums.get((line.tax_class, line.tax_bp), (0, 0))
        sums[line.tax_class, line.tax_bp] = (net + line.money.net_cents, tax + line.tax_cents)
    return [
        {"taxClass": tax_class, "taxBp": plain(rate), "netCents": net, "taxCents": tax}
        for (tax_class, rate), (net, tax) in sorted(sums.items())
        if tax
    ]


def _same(source: object, *names: str) -> dict[str, Any]:
    return {wire_name(name): plain(getattr(source, name)) for name in names}
