"""Everything that a technician's tablet keeps of a day, a handful of statements whatever the number of jobs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.appointments.rules import NOT_BLOCKING, OPEN, Status
from backend.catalog.rules import LineKind
from backend.clocks import queries as clocks
from backend.clocks.models import WorkCheck, WorkTimer
from backend.clocks.rules import CheckKind
from backend.core.clock import local_day
from backend.core.edits import wire_name
from backend.core.errors import NotFoundError
from backend.core.money import plain_number
from backend.findings.models import Finding
from backend.inspections import queries as inspections
from backend.inspections.models import InspectionChecklist, InspectionItem, InspectionTemplateVersion
from backend.inspections.rules import Car, Fit, age_of
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import Approval
from backend.shop import queries as shop
from backend.shop.models import Location
from backend.vehicles.models import Vehicle

# Of a car's earlier visits so many come along.
HISTORY = 5


@dataclass(frozen=True, slots=True)
class Person:
    """Whose day it is."""

    id: UUID
    name: str


def read_today(session: Session, person: Person, location_id: UUID, now: datetime) -> dict[str, Any]:
    """Return a person's jobs of today and those still here from before, with all that the work needs and no money."""
    zone = shop.get_zone(session, location_id)
    today = local_day(now, zone)
    visits = _visits(session, person.id, location_id, today)
    ids = [visit.id for visit, _, _ in visits]
    to_check = _to_check(session, person.id, location_id)
    jobs = _jobs(session, [*ids, *(one["id"] for one in to_check)])
    timers = clocks.list_timers(session, ids)
    checks = clocks.list_checks(session, ids)
    history = _history(session, {visit.vehicle_id for visit, _, _ in visits if visit.vehicle_id is not None}, ids)
    checklists = inspections.list_checklists(session, ids, now)
    templates = inspections.list_templates(session, [location_id])
    return {
        "now": now,
        "today": today,
        "timezone": zone.key,
        "me": {"id": person.id, "name": person.name},
        "timer": clocks.find_running(session, person.id),
        "appointments": [
            {
                **_shown(visit, vehicle),
                "jobs": jobs[visit.id],
                "timers": timers[visit.id],
                "checks": checks.get(visit.id, []),
                "history": history[visit.vehicle_id],
                "checklists": checklists.get(visit.id, []),
                "fittingTemplateIds": _fitting(templates, visit, vehicle),
                "begunTemplateIds": begun,
            }
            for visit, vehicle, begun in visits
        ],
        "toCheck": [{**one, "jobs": jobs[one["id"]]} for one in to_check],
        "templates": [{name: one[name] for name in _OF_TEMPLATES} for one in templates],
    }


def _visits(
    session: Session, user_id: UUID, location_id: UUID, today: date
) -> list[tuple[Appointment, Vehicle | None, list[UUID]]]:
    """List a person's own visits, and those whose inspection they hold, in the order of the day.

    With each come its car and the templates whose inspections were begun there, whatever these are called by now.
    """
    held = sa.exists().where(
        InspectionChecklist.appointment_id == Appointment.id,
        InspectionChecklist.holder_id == user_id,
        InspectionChecklist.deleted_at.is_(None),
    )
    still_here = sa.and_(
        Appointment.day < today,
        Appointment.check_in_at.is_not(None),
        Appointment.check_out_at.is_(None),
        Appointment.status.in_(OPEN),
    )
    begun = (
        sa.select(sa.func.array_agg(InspectionTemplateVersion.template_id))
        .join(InspectionChecklist, InspectionChecklist.template_version_id == InspectionTemplateVersion.id)
        .where(InspectionChecklist.appointment_id == Appointment.id, InspectionChecklist.deleted_at.is_(None))
        .scalar_subquery()
        .correlate(Appointment)
    )
    rows = session.execute(
        sa.select(Appointment, Vehicle, begun)
        .outerjoin(Vehicle, Vehicle.id == Appointment.vehicle_id)
        .where(
            Appointment.location_id == location_id,
            Appointment.deleted_at.is_(None),
            Appointment.status.not_in(NOT_BLOCKING),
            sa.or_(Appointment.day == today, still_here),
            sa.or_(Appointment.tech_id == user_id, held),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return [(visit, vehicle, templates or []) for visit, vehicle, templates in rows]


def _shown(visit: Appointment, vehicle: Vehicle | None) -> dict[str, Any]:
    return {
        "id": visit.id,
        "number": visit.number,
        "status": visit.status,
        "statusSince": visit.status_since,
        "start": visit.starts_at,
        "end": visit.ends_at,
        "promisedAt": visit.promised_at,
        "keyTag": visit.key_tag,
        "vehicle": None
        if vehicle is None
        else {
            "id": vehicle.id,
            "label": visit.vehicle_label,
            "plate": vehicle.plate,
            "mileage": vehicle.mileage,
            "version": vehicle.version,
        },
        "customerName": visit.customer_name,
        "title": visit.title,
        "notes": visit.notes,
        "version": visit.version,
        "needsPart": visit.needs_part,
        "needsApproval": visit.needs_approval,
        "wantedPart": visit.wanted_part,
        "partHereAt": visit.part_here_at,
        "approvalHereAt": visit.approval_here_at,
    }


def _jobs(session: Session, appointment_ids: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """List the work by visit: what is to be done, or may be; hours as sold, notes of the lines."""
    hours = sa.func.sum(AppointmentService.hours * AppointmentService.quantity).filter(
        AppointmentService.kind == LineKind.LABOR
    )
    notes = sa.func.string_agg(
        sa.func.concat(AppointmentService.name, ": ", AppointmentService.notes),
        sa.literal("\n"),
    ).filter(AppointmentService.notes.is_not(None))
    rows = session.execute(
        sa.select(AppointmentJob, hours, notes)
        .outerjoin(
            AppointmentService,
            sa.and_(AppointmentService.job_id == AppointmentJob.id, AppointmentService.deleted_at.is_(None)),
        )
        .where(
            AppointmentJob.appointment_id.in_(list(appointment_ids)),
            AppointmentJob.deleted_at.is_(None),
            AppointmentJob.is_chosen,
            AppointmentJob.approval != Approval.DECLINED,
        )
        .group_by(AppointmentJob.id)
        .order_by(AppointmentJob.sort_order, AppointmentJob.id)
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for job, sold, words in rows:
        found[job.appointment_id].append(
            {
                "id": job.id,
                "name": job.name,
                "hours": None if sold is None else plain_number(sold),
                "approval": job.approval,
                "decidedAt": job.decided_at,
                "notes": "\n".join(text for text in (job.description, words) if text) or None,
                "cause": job.cause,
                "correction": job.correction,
                "version": job.version,
            }
        )
    return found


def _history(session: Session, vehicle_ids: set[UUID], besides: list[UUID]) -> dict[UUID | None, list[dict[str, Any]]]:
    """List each car's last visits at any location, newest first, with what their inspections found first."""
    rank = sa.func.row_number().over(partition_by=Appointment.vehicle_id, order_by=Appointment.starts_at.desc())
    ranked = (
        sa.select(Appointment.id, Appointment.vehicle_id, Appointment.day, Appointment.title, rank.label("rank"))
        .add_columns(Appointment.services_summary)
        .where(
            Appointment.vehicle_id.in_(vehicle_ids),
            Appointment.id.not_in(besides),
            Appointment.status == Status.COMPLETED,
            Appointment.deleted_at.is_(None),
        )
        .subquery()
    )
    rows = session.execute(
        sa.select(ranked, Finding.label, Finding.severity)
        .outerjoin(
            InspectionChecklist,
            sa.and_(InspectionChecklist.appointment_id == ranked.c.id, InspectionChecklist.deleted_at.is_(None)),
        )
        .outerjoin(InspectionItem, InspectionItem.checklist_id == InspectionChecklist.id)
        .outerjoin(Finding, Finding.opened_item_id == InspectionItem.id)
        .where(ranked.c.rank <= HISTORY)
        .order_by(ranked.c.vehicle_id, ranked.c.rank, InspectionItem.sort_order, InspectionItem.id)
    )
    found: dict[UUID | None, list[dict[str, Any]]] = defaultdict(list)
    seen: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        visit = seen.get(row.id)
        if visit is None:
            visit = seen[row.id] = {"day": row.day, "title": row.title or row.services_summary, "findings": []}
            found[row.vehicle_id].append(visit)
        if row.label is not None:
            visit["findings"].append({"label": row.label, "severity": row.severity})
    return found


def _to_check(session: Session, user_id: UUID, location_id: UUID) -> list[dict[str, Any]]:
    """List finished work of others that waits for somebody else's eyes, where the location wants them.

    What was found wrong is looked at again once somebody has worked on it since, or moved it on.
    """
    clock = sa.exists().where(WorkTimer.appointment_id == Appointment.id)
    last_stop = (
        sa.select(sa.func.max(WorkTimer.stopped_at))
        .where(WorkTimer.appointment_id == Appointment.id)
        .scalar_subquery()
        .correlate(Appointment)
    )
    checked = sa.exists().where(
        WorkCheck.appointment_id == Appointment.id,
        WorkCheck.kind == CheckKind.QUALITY,
        sa.or_(WorkCheck.is_passed, WorkCheck.checked_at >= sa.func.greatest(last_stop, Appointment.status_since)),
    )
    rows = session.execute(
        sa.select(
            Appointment.id,
            Appointment.number,
            Appointment.key_tag,
            Appointment.vehicle_label,
            Appointment.title,
            Appointment.tech_name,
        )
        .join(Location, Location.id == Appointment.location_id)
        .where(
            Location.is_checked_by_another,
            Appointment.location_id == location_id,
            Appointment.deleted_at.is_(None),
            Appointment.check_in_at.is_not(None),
            Appointment.check_out_at.is_(None),
            sa.or_(
                Appointment.status == Status.READY,
                sa.and_(
                    Appointment.status == Status.IN_PROGRESS,
                    clock,
                    ~clock.where(WorkTimer.stopped_at.is_(None)),
                    ~Appointment.needs_part,
                    ~Appointment.needs_approval,
                ),
            ),
            Appointment.tech_id.is_distinct_from(user_id),
            ~clock.where(WorkTimer.user_id == user_id),
            ~checked,
        )
        .order_by(Appointment.promised_at.nulls_last(), Appointment.starts_at, Appointment.id)
    )
    return [
        {
            "id": row.id,
            "number": row.number,
            "keyTag": row.key_tag,
            "vehicle": row.vehicle_label,
            "title": row.title,
            "techName": row.tech_name,
        }
        for row in rows
    ]


# Of a template the tablet needs no more: which visits it is for is worked out here.
_OF_TEMPLATES = ("id", "name", "versionId", "points")


def _fitting(templates: list[dict[str, Any]], visit: Appointment, vehicle: Vehicle | None) -> list[UUID]:
    """List the templates that are for a visit, the one that is made for it in most ways first, then by name."""
    car = Car(
        visit.visit_type,
        None if vehicle is None else age_of(vehicle.year, visit.day),
        None if vehicle is None else vehicle.mileage,
    )
    scores = {
        one["id"]: score
        for one in templates
        if (score := Fit(**{name: one[wire_name(name)] for name in inspections.FIT_FIELDS}).score(car)) is not None
    }
    by_id = {one["id"]: one for one in templates}
    return sorted(scores, key=lambda key: (-scores[key], by_id[key]["locationId"] is None))


def get_odometer(session: Session, appointment_id: UUID) -> dict[str, Any]:
    """Return what is kept of a visit's car's odometer, in miles, and the car's version.

    Raises:
        NotFoundError: no such visit, or it has no car.
    """
    row = session.execute(
        sa.select(Vehicle.mileage, Vehicle.version)
        .join(Appointment, Appointment.vehicle_id == Vehicle.id)
        .where(Appointment.id == appointment_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such job, or it has no car.")
    return {"mileage": row.mileage, "version": row.version}
