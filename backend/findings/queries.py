"""What can be seen of findings: what cars still need, what may mend it, and which job does."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.appointments.rules import OPEN
from backend.catalog import queries as catalog
from backend.catalog.queries import CatalogFilter
from backend.catalog.rules import price_of
from backend.core.errors import NotFoundError
from backend.core.money import plain_number
from backend.findings.models import Finding
from backend.findings.rules import key_of, likeness
from backend.inspections import queries as inspections
from backend.inspections.models import InspectionChecklist, InspectionItem
from backend.services import queries as services
from backend.services.models import AppointmentJob
from backend.services.rules import Approval

# Of the catalogue, how many jobs are looked at for one that mends a finding, and how many are offered.
_MOST_CANNED, _MOST_OFFERED = 500, 5


def list_findings(session: Session, vehicle_ids: Collection[UUID], now: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """Return what cars need, at every location and of every visit, the urgent first, by vehicle, as the wire shows it."""
    opened, latest, first_visit, last_visit = (
        aliased(InspectionItem),
        aliased(InspectionItem),
        aliased(Appointment),
        aliased(Appointment),
    )
    first_list, last_list = aliased(InspectionChecklist), aliased(InspectionChecklist)
    statement = (
        sa.select(
            Finding,
            latest,
            first_visit.number.label("opened_number"),
            first_visit.day.label("opened_day"),
            last_visit.number.label("seen_number"),
            last_visit.day.label("seen_day"),
            AppointmentJob.appointment_id.label("job_appointment_id"),
            AppointmentJob.approval,
            AppointmentJob.decline_reason,
            AppointmentJob.deleted_at.label("job_deleted_at"),
            User.name.label("resolved_by_name"),
        )
        .join(opened, opened.id == Finding.opened_item_id)
        .join(first_list, first_list.id == opened.checklist_id)
        .join(first_visit, first_visit.id == first_list.appointment_id)
        .join(latest, latest.id == Finding.latest_item_id)
        .join(last_list, last_list.id == latest.checklist_id)
        .join(last_visit, last_visit.id == last_list.appointment_id)
        .outerjoin(AppointmentJob, AppointmentJob.id == Finding.job_id)
        .outerjoin(User, User.id == Finding.resolved_by)
        .where(Finding.vehicle_id.in_(tuple(vehicle_ids)), Finding.resolved_at.is_(None))
        .order_by(Finding.severity.desc(), Finding.opened_at, Finding.id)
    )
    rows = session.execute(statement).all()
    pictures = inspections.list_photos(session, {row[0].latest_item_id for row in rows}, now)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        finding, item = row[0], row[1]
        has_job = row.job_appointment_id is not None and row.job_deleted_at is None
        found.setdefault(finding.vehicle_id, []).append(
            {
                "id": finding.id,
                "pointKey": finding.point_key,
                "label": finding.label,
                "severity": finding.severity,
                "note": item.note,
                "reading": None if item.reading is None else plain_number(item.reading),
                "unit": item.unit,
                "itemId": item.id,
                "checklistId": item.checklist_id,
                "openedNumber": row.opened_number,
                "openedDay": row.opened_day,
                "seenNumber": row.seen_number,
                "seenDay": row.seen_day,
                "jobId": finding.job_id if has_job else None,
                "jobAppointmentId": row.job_appointment_id if has_job else None,
                "approval": row.approval if has_job else None,
                "declineReason": row.decline_reason if has_job else None,
                "resolvedAt": finding.resolved_at,
                "resolvedByName": row.resolved_by_name,
                "resolution": finding.resolution,
                "photos": pictures.get(item.id, []),
            }
        )
    return found


def get_finding_for_update(session: Session, finding_id: UUID, location_ids: Collection[UUID]) -> Finding:
    """Lock and return a finding of a car that visited one of these locations.

    Raises:
        NotFoundError: none such.
    """
    visited = sa.exists().where(
        Appointment.vehicle_id == Finding.vehicle_id,
        Appointment.location_id.in_(tuple(location_ids)),
        Appointment.deleted_at.is_(None),
    )
    found = session.scalars(
        sa.select(Finding).where(Finding.id == finding_id, visited).with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such finding.")
    return found


def find_open(session: Session, vehicle_id: UUID) -> list[Finding]:
    """Lock and list a car's open findings."""
    return list(
        session.scalars(
            sa.select(Finding)
            .where(Finding.vehicle_id == vehicle_id, Finding.resolved_at.is_(None))
            .order_by(Finding.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def list_mended(session: Session, appointment_id: UUID) -> list[Finding]:
    """Lock and list the open findings whose job of this visit was approved and is done."""
    return list(
        session.scalars(
            sa.select(Finding)
            .join(AppointmentJob, AppointmentJob.id == Finding.job_id)
            .where(
                AppointmentJob.appointment_id == appointment_id,
                AppointmentJob.deleted_at.is_(None),
                AppointmentJob.approval == Approval.APPROVED,
                AppointmentJob.is_chosen,
                Finding.resolved_at.is_(None),
            )
            .order_by(Finding.id)
            .with_for_update(of=Finding, key_share=True)
        )
    )


# --- a job for a finding ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """A canned job that may mend a finding, with its price before tax here; None where it has none."""

    catalog_id: UUID
    name: str
    price_cents: int | None


def suggest_jobs(session: Session, item: InspectionItem, location_id: UUID) -> list[Offer]:
    """List canned jobs that may mend what a point found, the likeliest first: the point's own, then those of like names."""
    canned = catalog.list_catalog(
        session, CatalogFilter((location_id,), None, None, False), after=None, limit=_MOST_CANNED
    )
    if item.catalog_id is not None and all(job.id != item.catalog_id for job in canned):
        # Later in the alphabet than so many.
        canned = [*canned, *catalog.find_catalog_jobs(session, [item.catalog_id], [location_id]).values()]
    ranked = sorted(
        ((2.0 if job.id == item.catalog_id else likeness(item.label, job.name), job) for job in canned),
        key=lambda pair: (-pair[0], pair[1].name),
    )
    rates = catalog.read_rates(session, location_id)
    return [Offer(job.id, job.name, price_of(job.lines, rates)) for score, job in ranked[:_MOST_OFFERED] if score > 0]


@dataclass(frozen=True, slots=True)
class JobView:
    """A job that shall mend a finding; it can be taken up again if it was declined and no visit has done so."""

    id: UUID
    appointment_id: UUID
    can_be_revived: bool


def find_job_here(session: Session, appointment_id: UUID, key: str, finding: Finding | None) -> UUID | None:
    """Return the visit's job that mends what points of a key found: the open finding's, or one made of such a point.

    `key` is as `rules.key_of` returns it. None for none, or one that is gone.
    """
    earlier = find_job(session, None if finding is None else finding.job_id)
    if earlier is not None and earlier.appointment_id == appointment_id:
        return earlier.id
    rows = session.execute(
        sa.select(InspectionItem.point_key, InspectionItem.label, AppointmentJob.id)
        .join(InspectionChecklist, InspectionChecklist.id == InspectionItem.checklist_id)
        .join(AppointmentJob, AppointmentJob.id == InspectionItem.job_id)
        .where(
            InspectionChecklist.appointment_id == appointment_id,
            InspectionChecklist.deleted_at.is_(None),
            AppointmentJob.appointment_id == appointment_id,
            AppointmentJob.deleted_at.is_(None),
        )
        .order_by(AppointmentJob.created_at, AppointmentJob.id)
    )
    return next((row.id for row in rows if key_of(row.point_key, row.label) == key), None)


def find_job(session: Session, job_id: UUID | None) -> JobView | None:
    """Return the job of a finding; None for none, or one that is gone."""
    if job_id is None:
        return None
    row = session.execute(
        sa.select(AppointmentJob.id, AppointmentJob.appointment_id, AppointmentJob.approval).where(
            AppointmentJob.id == job_id, AppointmentJob.deleted_at.is_(None)
        )
    ).first()
    if row is None:
        return None
    is_declined = row.approval == Approval.DECLINED
    return JobView(row.id, row.appointment_id, is_declined and services.find_revival(session, job_id) is None)


# --- visits -----------------------------------------------------------------------------------


def list_open_visits(session: Session, vehicle_id: UUID) -> list[tuple[UUID, UUID]]:
    """List a car's visits that are not over, as (location, appointment)."""
    rows = session.execute(
        sa.select(Appointment.location_id, Appointment.id).where(
            Appointment.vehicle_id == vehicle_id, Appointment.deleted_at.is_(None), Appointment.status.in_(OPEN)
        )
    )
    return [(row.location_id, row.id) for row in rows]


def say_when(day: date, number: int) -> str:
    """Name a visit as a resolution does."""
    return f"#{number} on {day:%b} {day.day}, {day.year}"
