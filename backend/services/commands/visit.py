"""What every change of a visit's work stands on, and what it leaves behind.

Every command locks the visit's row first, so that totals are never summed over half a change, and leaves the copies that the
board reads (`total_cents`, `services_summary`, `jobs_offered`, `jobs_approved`) as the lines say. The visit's version stays:
nobody's drag is refused for a line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.audit import commands as audit
from backend.core import edits, live
from backend.core.actor import Actor
from backend.core.db import after_commit
from backend.core.errors import NotFoundError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.outbox import commands as outbox
from backend.services import queries, rules
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import MOST_JOBS, Approval, Revocation


@dataclass(frozen=True, slots=True)
class Visit:
    """A locked visit, who changes it, and when."""

    session: Session
    row: Appointment
    actor: Actor
    now: datetime

    @property
    def id(self) -> UUID:
        """The visit's."""
        return self.row.id


def lock_visit(
    session: Session, appointment_id: UUID, location_ids: Iterable[UUID], *, actor: Actor, now: datetime
) -> Visit:
    """Lock a visit of these locations."""
    return Visit(session, appointment_queries.get_for_update(session, appointment_id, location_ids), actor, now)


def lock_visit_of(session: Session, job_id: UUID, *, actor: Actor, now: datetime) -> Visit:
    """Lock the visit of a job, at whatever location: for what customers say."""
    row = appointment_queries.find_for_update(session, queries.find_appointment_of(session, job_id))
    if row is None:
        raise NotFoundError("There is no such job.")
    return Visit(session, row, actor, now)


def open_visit(
    session: Session, appointment_id: UUID, location_ids: Iterable[UUID], *, actor: Actor, now: datetime
) -> Visit:
    """Lock a visit whose work may be changed."""
    visit = lock_visit(session, appointment_id, location_ids, actor=actor, now=now)
    refuse_locked(visit)
    return visit


def refuse_locked(visit: Visit) -> None:
    """Refuse to change work over which an invoice stands."""
    if visit.row.locked_at is None:
        return
    number = queries.find_invoice_number(visit.session, visit.id)
    named = "An invoice" if number is None else f"Invoice {number}"
    raise rules.InvoiceLockedError(f"{named} stands. The owner or the accountant can unlock it.", number=number)


def changeable(visit: Visit, job_id: UUID) -> AppointmentJob:
    """Return a job whose lines may be changed."""
    job = queries.get_job_for_update(visit.session, visit.id, job_id)
    if job.approval == Approval.DECLINED:
        raise rules.JobDeclinedError("This job was declined and stays as it was offered. Offer it again to change it.")
    return job


def add_job(visit: Visit, values: Mapping[str, Any]) -> AppointmentJob:
    """Add a job at the end of a visit, without lines."""
    present = queries.list_jobs(visit.session, visit.id)
    if len(present) >= MOST_JOBS:
        raise invalid_field("name", f"A visit has at most {MOST_JOBS} jobs.")
    if values["name"] is None:
        raise invalid_field("name", "Please fill this in.")
    job = AppointmentJob(
        id=new_id(),
        appointment_id=visit.id,
        sort_order=queries.next_order(visit.session, visit.id),
        **values,
        version=1,
        created_at=visit.now,
        created_by=visit.actor.id,
        updated_at=visit.now,
    )
    visit.session.add(job)
    visit.session.flush()
    return job


def choose(visit: Visit, job: AppointmentJob) -> None:
    """Make a job the chosen one of its alternatives: the one before it first, the index lets no two be."""
    for other in queries.list_alternatives(visit.session, job):
        if other.is_chosen:
            record_job(visit, EventType.JOB_CHANGED, other, edits.apply(other, {"is_chosen": False}, visit.now))
    visit.session.flush()
    if not job.is_chosen:
        record_job(visit, EventType.JOB_CHANGED, job, edits.apply(job, {"is_chosen": True}, visit.now))
    visit.session.flush()


def revoke(visit: Visit, job: AppointmentJob, why: Revocation) -> None:
    """Let an approved job wait for another approval, and tell those who told the customer."""
    if job.approval != Approval.APPROVED:
        return
    changes = edits.apply(job, {"approval": Approval.PENDING, "decided_at": None}, visit.now)
    record(visit, EventType.APPROVAL_REVOKED, "job", job.id, changes, job.version, why)
    _tell_origin(visit, job)


def settle(visit: Visit) -> None:
    """Make the visit's copies agree with its lines, and tell open screens."""
    session, row = visit.session, visit.row
    session.flush()
    jobs = queries.list_jobs(session, visit.id)
    offered = [job for job in jobs if job.is_chosen]
    row.total_cents = rules.sum_jobs(job.money for job in jobs).total_cents
    row.services_summary = rules.summary_of(job.name for job in jobs if job.money.counts)
    row.jobs_offered = len(offered)
    approved = sum(job.approval == Approval.APPROVED for job in offered)
    # Whoever was done with the car has something to do again.
    row.is_work_done = row.is_work_done and approved <= row.jobs_approved
    row.jobs_approved = approved
    session.flush()
    appointments.announce(session, visit.id)
    after_commit(session, live.publisher("services", row.location_id, {"id": visit.id}))


def record_line(visit: Visit, event: EventType, line: AppointmentService, changes: edits.Changes) -> None:
    """Tell what changed of a line."""
    record(visit, event, "line", line.id, changes, line.version)


def record_job(visit: Visit, event: EventType, job: AppointmentJob, changes: edits.Changes) -> None:
    """Tell what changed of a job, also where it was declined before."""
    record(visit, event, "job", job.id, changes, job.version)
    _tell_origin(visit, job)


def _tell_origin(visit: Visit, job: AppointmentJob) -> None:
    """Tell that what came of declined work has changed where it was declined, which may be another location."""
    if job.revived_from_id is not None:
        after_commit(visit.session, live.figures_teller([queries.location_of_job(visit.session, job.revived_from_id)]))


def record(
    visit: Visit,
    event: EventType,
    entity: str,
    entity_id: UUID,
    changes: edits.Changes,
    version: int | None = None,
    reason: str | None = None,
) -> None:
    """Write the audit row, and the event for those who subscribed: both name the line or job, and the visit."""
    audit.record(
        visit.session,
        event,
        entity=entity,
        entity_id=entity_id,
        actor=visit.actor,
        at=visit.now,
        changes=changes,
        location_id=visit.row.location_id,
        version=version,
        reason=reason,
    )
    outbox.record(visit.session, event, entity_id, at=visit.now, appointment_id=str(visit.id))
