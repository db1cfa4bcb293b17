"""What can be seen of a visit's work."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.audit.commands import plain
from backend.catalog import queries as catalog
from backend.catalog.queries import CatalogView
from backend.catalog.rules import LineKind, Rates
from backend.core.edits import wire, wire_name
from backend.core.errors import NotFoundError, RuleViolationError
from backend.core.money import plain_number
from backend.customers.models import Customer
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import (
    Approval,
    JobMoney,
    Line,
    Totals,
    Urgency,
    is_priced,
    margin_of,
    money_of,
    sold,
    sum_jobs,
)
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
# Members of a job that the wire does not show with it.
_NOT_SHOWN = frozenset({"appointment_id", "lines"})
_INVOICES = sa.table("invoices", sa.column("number", sa.BigInteger), sa.column("appointment_id", sa.Uuid))


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
    def is_priced(self) -> bool:
        """See `rules.is_priced`."""
        return is_priced(self.lines)

    @property
    def totals(self) -> Totals:
        """What it costs, whether or not it counts."""
        return sum_jobs([JobMoney(Approval.PENDING, True, tuple(line.money for line in self.lines))])


def list_jobs(session: Session, appointment_id: UUID) -> list[Job]:
    """List a visit's jobs with their lines, in the order that people gave them; deleted ones stay out."""
    return _jobs(session, AppointmentJob.appointment_id == appointment_id)


def authorized_cents(session: Session, appointment_id: UUID) -> int:
    """Return what the customer has approved of a visit, with its taxes."""
    jobs = list_jobs(session, appointment_id)
    return sum_jobs(job.money for job in jobs if job.approval == Approval.APPROVED).total_cents


def list_unapproved(session: Session, appointment_id: UUID) -> list[str]:
    """Name the jobs of a visit that cost something and wait for the customer's word."""
    return [
        job.name
        for job in list_jobs(session, appointment_id)
        if job.money.counts and job.approval == Approval.PENDING and job.totals.total_cents
    ]


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


def get_job_for_update(session: Session, appointment_id: UUID, job_id: UUID) -> AppointmentJob:
    """Return a job of a visit, as it stands under the visit's lock.

    Raises:
        NotFoundError: none such, or it is deleted.
    """
    found = session.scalars(
        sa.select(AppointmentJob)
        .where(
            AppointmentJob.id == job_id,
            AppointmentJob.appointment_id == appointment_id,
            AppointmentJob.deleted_at.is_(None),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such job in this visit.")
    return found


def get_line_for_update(session: Session, appointment_id: UUID, line_id: UUID) -> AppointmentService:
    """Return a line of a visit, as it stands under the visit's lock.

    Raises:
        NotFoundError: none such, or it is deleted.
    """
    found = session.scalars(
        sa.select(AppointmentService)
        .where(
            AppointmentService.id == line_id,
            AppointmentService.appointment_id == appointment_id,
            AppointmentService.deleted_at.is_(None),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such line in this visit.")
    return found


def check_job_at(session: Session, appointment_id: UUID, job_id: UUID, location_ids: Iterable[UUID]) -> None:
    """Refuse a job that is not of this visit, or whose visit is at none of these locations.

    Raises:
        NotFoundError: it is not.
    """
    here = sa.exists().where(
        AppointmentJob.id == job_id,
        AppointmentJob.appointment_id == Appointment.id,
        Appointment.id == appointment_id,
        Appointment.location_id.in_(tuple(location_ids)),
    )
    if not session.scalar(sa.select(here)):
        raise NotFoundError("There is no such job in this visit.")


NO_HOURS = Decimal(0)


@dataclass(frozen=True, slots=True)
class SoldHours:
    """The hours of a job, whether the customer approved it, and what its technician said of it."""

    id: UUID
    name: str
    hours: Decimal
    is_sold: bool
    cause: str | None
    correction: str | None
    version: int


def list_sold_hours(session: Session, appointment_id: UUID) -> list[SoldHours]:
    """List the jobs of a visit that are done, or may be, with their hours of labor; sold is what was approved."""
    hours = sa.func.coalesce(sa.func.sum(AppointmentService.hours * AppointmentService.quantity), NO_HOURS)
    rows = session.execute(
        sa.select(
            AppointmentJob.id,
            AppointmentJob.name,
            hours,
            AppointmentJob.approval == Approval.APPROVED,
            AppointmentJob.cause,
            AppointmentJob.correction,
            AppointmentJob.version,
        )
        .outerjoin(
            AppointmentService,
            sa.and_(AppointmentService.job_id == AppointmentJob.id, AppointmentService.deleted_at.is_(None)),
        )
        .where(
            AppointmentJob.appointment_id == appointment_id,
            AppointmentJob.deleted_at.is_(None),
            AppointmentJob.is_chosen,
            AppointmentJob.approval != Approval.DECLINED,
        )
        .group_by(AppointmentJob.id)
        .order_by(AppointmentJob.sort_order, AppointmentJob.id)
    )
    return [
        SoldHours(identifier, name, labor or NO_HOURS, is_sold, cause, correction, version)
        for identifier, name, labor, is_sold, cause, correction, version in rows
    ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a technician found and did in a job."""

    id: UUID
    cause: str | None
    correction: str | None
    version: int


def get_outcome(session: Session, job_id: UUID) -> Outcome:
    """Return what was found and done in a job.

    Raises:
        NotFoundError: no such job.
    """
    columns = [getattr(AppointmentJob, name) for name in Outcome.__dataclass_fields__]
    row = session.execute(sa.select(*columns).where(AppointmentJob.id == job_id)).first()
    if row is None:
        raise NotFoundError("There is no such job in this visit.")
    return Outcome(*row)


def has_job(session: Session, appointment_id: UUID, job_id: UUID) -> bool:
    """Tell whether a job is of this visit."""
    here = sa.exists().where(
        AppointmentJob.id == job_id,
        AppointmentJob.appointment_id == appointment_id,
        AppointmentJob.deleted_at.is_(None),
    )
    return bool(session.scalar(sa.select(here)))


def list_jobs_for_update(session: Session, appointment_id: UUID) -> list[AppointmentJob]:
    """Return a visit's jobs under its lock, in their order."""
    return list(
        session.scalars(
            sa.select(AppointmentJob)
            .where(AppointmentJob.appointment_id == appointment_id, AppointmentJob.deleted_at.is_(None))
            .order_by(AppointmentJob.sort_order, AppointmentJob.id)
            .execution_options(populate_existing=True)
        )
    )


def list_lines_for_update(session: Session, job_id: UUID) -> list[AppointmentService]:
    """Return a job's lines under its visit's lock, in their order."""
    return list(
        session.scalars(
            sa.select(AppointmentService)
            .where(AppointmentService.job_id == job_id, AppointmentService.deleted_at.is_(None))
            .order_by(AppointmentService.sort_order, AppointmentService.id)
            .execution_options(populate_existing=True)
        )
    )


def next_order(session: Session, appointment_id: UUID, job_id: UUID | None = None) -> int:
    """Return the place behind a visit's jobs, or behind the lines of one of them."""
    if job_id is None:
        last = sa.select(sa.func.max(AppointmentJob.sort_order)).where(AppointmentJob.appointment_id == appointment_id)
    else:
        last = sa.select(sa.func.max(AppointmentService.sort_order)).where(AppointmentService.job_id == job_id)
    found = session.scalar(last)
    return 0 if found is None else found + 1


def get_line(session: Session, line_id: UUID) -> Line:
    """Return a line as it stands.

    Raises:
        NotFoundError: no such line.
    """
    row = session.execute(sa.select(*_LINE_COLUMNS).where(AppointmentService.id == line_id)).mappings().first()
    if row is None:
        raise NotFoundError("There is no such line in this visit.")
    return Line(**row)


def list_alternatives(session: Session, job: AppointmentJob) -> list[AppointmentJob]:
    """List the other jobs of which one is done instead of this one, in their order."""
    if job.choice_id is None:
        return []
    return list(
        session.scalars(
            sa.select(AppointmentJob)
            .where(
                AppointmentJob.choice_id == job.choice_id,
                AppointmentJob.id != job.id,
                AppointmentJob.deleted_at.is_(None),
            )
            .order_by(AppointmentJob.sort_order, AppointmentJob.id)
        )
    )


def find_appointment_of(session: Session, job_id: UUID) -> UUID:
    """Return the visit of a job.

    Raises:
        NotFoundError: no such job, or it is deleted.
    """
    found = session.scalar(
        sa.select(AppointmentJob.appointment_id).where(AppointmentJob.id == job_id, AppointmentJob.deleted_at.is_(None))
    )
    if found is None:
        raise NotFoundError("There is no such job.")
    return found


def location_of_job(session: Session, job_id: UUID) -> UUID:
    """Return the location at which a job was offered, deleted or not."""
    return session.execute(sa.select(AppointmentJob.location_id).where(AppointmentJob.id == job_id)).scalar_one()


def find_revival(session: Session, job_id: UUID) -> int | None:
    """Return the number of the visit that has taken a declined job up, None for none."""
    return session.scalar(
        sa.select(Appointment.number)
        .join(AppointmentJob, AppointmentJob.appointment_id == Appointment.id)
        .where(
            AppointmentJob.revived_from_id == job_id,
            AppointmentJob.deleted_at.is_(None),
            Appointment.deleted_at.is_(None),
        )
        .limit(1)
    )


def find_invoice_number(session: Session, appointment_id: UUID) -> int | None:
    """Return the number of a visit's invoice; invoices stand above services on the map, so their table is only named."""
    return session.scalar(sa.select(_INVOICES.c.number).where(_INVOICES.c.appointment_id == appointment_id))


# --- the drawer's sheet -----------------------------------------------------------------------


def read_sheet(
    session: Session, appointment_id: UUID, location_ids: Iterable[UUID], *, with_money: bool
) -> dict[str, Any]:
    """Return a visit's jobs, its lines as `items`, and the sums, as the wire shows them; without `with_money` no amount.

    Raises:
        NotFoundError: no such appointment at these locations.
    """
    visit = session.execute(
        sa.select(Appointment.locked_at, Location.margin_target_bp)
        .join(Location, Location.id == Appointment.location_id)
        .where(
            Appointment.id == appointment_id,
            Appointment.location_id.in_(tuple(location_ids)),
            Appointment.deleted_at.is_(None),
        )
    ).first()
    if visit is None:
        raise NotFoundError("There is no such appointment.")
    jobs = list_jobs(session, appointment_id)
    sheet: dict[str, Any] = {
        "items": [shown_line(line, with_money=with_money) for job in jobs for line in job.lines],
        "nextCursor": None,
        "jobs": [shown_job(job, with_money=with_money) for job in jobs],
        "lockedAt": visit.locked_at,
        "invoiceNumber": find_invoice_number(session, appointment_id),
    }
    if with_money:
        counted = [line for job in jobs if job.money.counts for line in job.lines]
        sheet["totals"] = {
            **_shown_totals(sum_jobs(job.money for job in jobs)),
            **wire(margin_of(counted)),
            "marginTargetBp": visit.margin_target_bp,
        }
    return sheet


def shown_line(line: Line, *, with_money: bool) -> dict[str, Any]:
    """Return a line as the wire shows it."""
    value: dict[str, Any] = {
        "id": line.id,
        "jobId": line.job_id,
        "kind": line.kind,
        "name": line.name,
        "notes": line.notes,
        "hours": None if line.hours is None else plain_number(line.hours),
        "quantity": plain_number(line.quantity),
        "version": line.version,
    }
    if with_money:
        value |= {
            "isFlat": line.is_flat,
            "unitPriceCents": line.unit_price_cents,
            "unitCostCents": line.unit_cost_cents,
            "priceCents": line.price_cents,
            "discountCents": line.discount_cents,
            "discountReason": line.discount_reason,
            "taxClass": line.tax_class,
            "taxBp": plain_number(line.tax_bp),
            "taxCents": line.tax_cents,
        }
    return value


def shown_job(job: Job, *, with_money: bool) -> dict[str, Any]:
    """Return a job as the wire shows it, without its lines."""
    value: dict[str, Any] = {
        wire_name(name): getattr(job, name) for name in Job.__dataclass_fields__ if name not in _NOT_SHOWN
    }
    value["isPriced"] = job.is_priced
    if with_money:
        value |= _shown_totals(job.totals) | {"marginBp": margin_of(job.lines).margin_bp}
    return value


# --- declined work ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeclinedJob:
    """Work that an earlier visit of a vehicle declined and none has taken up; cents with tax, then and at today's prices here."""

    id: UUID
    name: str
    description: str | None
    urgency: Urgency | None
    decline_reason: str | None
    decided_at: datetime | None
    deferred_until: date | None
    appointment_id: UUID
    number: int
    location_name: str
    price_then_cents: int
    price_now_cents: int


MOST_DECLINED = 20


def list_declined(session: Session, appointment_id: UUID, location_ids: Iterable[UUID]) -> list[DeclinedJob]:
    """List what this visit's vehicle was declined at its other visits, everywhere, newest first, at most 20.

    Raises:
        NotFoundError: no such appointment at these locations.
    """
    visit = session.execute(
        sa.select(Appointment.vehicle_id, Appointment.location_id).where(
            Appointment.id == appointment_id,
            Appointment.location_id.in_(tuple(location_ids)),
            Appointment.deleted_at.is_(None),
        )
    ).first()
    if visit is None:
        raise NotFoundError("There is no such appointment.")
    if visit.vehicle_id is None:
        return []
    later = orm.aliased(AppointmentJob)
    rows = session.execute(
        sa.select(AppointmentJob.id, Appointment.number, Location.name.label("location_name"))
        .join(Appointment, Appointment.id == AppointmentJob.appointment_id)
        .join(Location, Location.id == Appointment.location_id)
        .where(
            Appointment.vehicle_id == visit.vehicle_id,
            Appointment.id != appointment_id,
            Appointment.deleted_at.is_(None),
            AppointmentJob.approval == Approval.DECLINED,
            AppointmentJob.deleted_at.is_(None),
            ~sa.exists().where(later.revived_from_id == AppointmentJob.id, later.deleted_at.is_(None)),
        )
        .order_by(AppointmentJob.decided_at.desc(), AppointmentJob.id)
        .limit(MOST_DECLINED)
    ).all()
    jobs = {job.id: job for job in jobs_by_ids(session, [row.id for row in rows])}
    rates = catalog.read_rates(session, visit.location_id)
    canned = catalog.find_catalog_jobs(
        session, {job.catalog_id for job in jobs.values() if job.catalog_id is not None}, [visit.location_id]
    )
    return [
        DeclinedJob(
            **{name: getattr(jobs[row.id], name) for name in DeclinedJob.__dataclass_fields__ if hasattr(Job, name)},
            number=row.number,
            location_name=row.location_name,
            price_then_cents=jobs[row.id].totals.total_cents,
            price_now_cents=sum(money_of(fields, rates).total_cents for fields in renewed(jobs[row.id], canned, rates)),
        )
        for row in rows
    ]


def renewed(job: Job, canned: Mapping[UUID, CatalogView], rates: Rates) -> list[dict[str, Any]]:
    """Return the fields of the lines that a job has when it is offered anew: the catalogue's, else its own without discounts."""
    found = None if job.catalog_id is None else canned.get(job.catalog_id)
    if found is not None and found.is_active:
        with contextlib.suppress(RuleViolationError):  # a labor rate that is gone
            return [sold(line, rates) for line in found.lines]
    names = ("kind", "name", "hours", "is_flat", "quantity", "unit_price_cents", "unit_cost_cents", "tax_class")
    return [{name: getattr(line, name) for name in names} for line in job.lines]


# --- what a paper shows -----------------------------------------------------------------------


def read_document(session: Session, appointment_id: UUID) -> dict[str, Any]:
    """Return a visit as its papers show it, in JSON's own types: shop, visit, customer, vehicle, jobs, totals, taxes.

    What is frozen of it (an estimate that was sent, an invoice) never changes with its sources. Totals are of what
    counts; an alternative that was not chosen and a declined job keep their own. Money in cents, instants in UTC.

    Raises:
        NotFoundError: no such appointment.
    """
    document = read_documents(session, [appointment_id]).get(appointment_id)
    if document is None:
        raise NotFoundError("There is no such appointment.")
    return document


def read_documents(session: Session, appointment_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the papers of many visits, those that are there, as `read_document` does; three statements for all."""
    visits = session.execute(
        sa.select(Appointment, Location, Customer, Vehicle)
        .join(Location, Location.id == Appointment.location_id)
        .outerjoin(Customer, Customer.id == Appointment.customer_id)
        .outerjoin(Vehicle, Vehicle.id == Appointment.vehicle_id)
        .where(Appointment.id.in_(appointment_ids), Appointment.deleted_at.is_(None))
    )
    work: dict[UUID, list[Job]] = {}
    for job in _jobs(session, AppointmentJob.appointment_id.in_(appointment_ids)):
        work.setdefault(job.appointment_id, []).append(job)
    return {
        visit.id: _document(visit, location, customer, vehicle, work.get(visit.id, []))
        for visit, location, customer, vehicle in visits
    }


def _document(
    appointment: Appointment, location: Location, customer: Customer | None, vehicle: Vehicle | None, jobs: list[Job]
) -> dict[str, Any]:
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
