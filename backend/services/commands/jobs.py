"""What can be done with the jobs of a visit: added, also in another one's place or from an earlier visit, worded, put in order, taken off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.permissions import Permission, actor_may
from backend.appointments import commands as appointments
from backend.appointments.models import Appointment
from backend.audit import queries as audit_queries
from backend.catalog import queries as catalog
from backend.core import edits
from backend.core.actor import Actor
from backend.core.errors import NotFoundError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.services import queries, rules
from backend.services.commands.lines import add_lines, completed
from backend.services.commands.visit import (
    Visit,
    add_job,
    choose,
    lock_visit,
    open_visit,
    record,
    record_job,
    revoke,
    settle,
)
from backend.services.models import AppointmentJob
from backend.services.rules import Approval, Revocation, Urgency

JOB_FIELDS = ("name", "category", "description", "urgency")
# What of these the customer approves; the others are the shop's own order and emphasis.
_APPROVED_WORDS = frozenset({"name", "description"})
# What a technician says of the work, as notes: open also under an invoice.
OUTCOME_FIELDS = ("cause", "correction")


@dataclass(frozen=True, slots=True)
class JobDraft:
    """A job as somebody adds it: from the catalogue, or by hand with a name, perhaps with lines.

    `alternative_to` is the job of this visit instead of which it may be done.
    """

    catalog_id: UUID | None = None
    name: str | None = None
    category: str | None = None
    description: str | None = None
    urgency: Urgency | None = None
    lines: Sequence[Mapping[str, Any]] = ()
    alternative_to: UUID | None = None


def create_job(
    session: Session,
    appointment_id: UUID,
    draft: JobDraft,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> UUID:
    """Add a job to a visit and return its id; what is canned comes with its lines at this location's rates.

    Raises:
        NotFoundError: no such appointment, canned job or job to be an alternative to.
        InvoiceLockedError: an invoice stands.
        RuleViolationError: a value is wrong.
    """
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    rates = catalog.read_rates(session, visit.row.location_id)
    named = {name: getattr(draft, name) for name in JOB_FIELDS}
    lines = [completed(line, rates) for line in draft.lines]
    if draft.catalog_id is not None:
        canned = catalog.get_catalog_job(session, draft.catalog_id, [visit.row.location_id])
        named = {
            **named,
            **{name: named[name] or getattr(canned, name) for name in ("name", "category", "description")},
        }
        lines = [rules.sold(line, rates) for line in canned.lines] + lines
    job = add_job(visit, {**named, "catalog_id": draft.catalog_id})
    if draft.alternative_to is not None:
        _offer_instead(visit, job, draft.alternative_to)
    add_lines(visit, job, lines, rates)
    record_job(visit, EventType.JOB_CREATED, job, edits.first_values(named))
    settle(visit)
    return job.id


def change_job(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    patch: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Change a job's words; what others changed in other fields since `version` stays.

    Another name or description is another job than the one that was approved: it waits for another approval.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError: an invoice stands.
        EditConflictError: somebody set one of the fields to another value since `version`.
    """
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    job = queries.get_job_for_update(session, appointment_id, job_id)
    current = {name: getattr(job, name) for name in JOB_FIELDS}
    overtaken = audit_queries.fields_overtaken(session, job_id, present=job.version, seen=version)
    edit = edits.split(current, patch, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, job=_shown_job(visit, job_id))
    if not edit.applies:
        return
    if edit.applies.keys() & _APPROVED_WORDS:
        revoke(visit, job, Revocation.CHANGED)
    changes = edits.apply(job, edit.applies, now)
    record_job(visit, EventType.JOB_CHANGED, job, changes)
    settle(visit)


def tell_outcome(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    patch: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Write what was found and what was done about it; what others changed in other fields since `version` stays.

    Raises:
        NotFoundError: no such appointment or job.
        EditConflictError: somebody wrote something else in the same field since `version`.
    """
    visit = lock_visit(session, appointment_id, location_ids, actor=actor, now=now)
    job = queries.get_job_for_update(session, appointment_id, job_id)
    overtaken = audit_queries.fields_overtaken(session, job_id, present=job.version, seen=version)
    edit = edits.split({name: getattr(job, name) for name in OUTCOME_FIELDS}, patch, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, job=edits.wire(queries.get_outcome(session, job_id)))
    if not edit.applies:
        return
    record_job(visit, EventType.JOB_CHANGED, job, edits.apply(job, edit.applies, now))
    session.flush()
    appointments.announce(session, appointment_id)


def delete_job(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    *,
    version: int | None = None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Take a job and its lines off a visit. Of alternatives the next one stands for it; one alone is none.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError: an invoice stands.
        StaleVersionError: somebody changed it since `version`.
    """
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    job = queries.get_job_for_update(session, appointment_id, job_id)
    edits.require_version(job.version, version)
    revoke(visit, job, Revocation.REMOVED)
    others = queries.list_alternatives(session, job)
    for line in queries.list_lines_for_update(session, job_id):
        line.deleted_at, line.updated_at = now, now
    changes = edits.apply(job, {"deleted_at": now}, now)
    session.flush()
    if others and job.is_chosen:
        choose(visit, next((other for other in others if other.approval != Approval.DECLINED), others[0]))
    if len(others) == 1:
        others[0].choice_id = None
    record_job(visit, EventType.JOB_DELETED, job, changes | {"name": (job.name, None)})
    settle(visit)


def arrange_jobs(
    session: Session,
    appointment_id: UUID,
    job_ids: Sequence[UUID],
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Bring a visit's jobs into this order; those that are not named keep theirs, behind.

    Raises:
        NotFoundError: no such appointment.
        InvoiceLockedError: an invoice stands.
        RuleViolationError: one of them is no job of this visit.
    """
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    before = queries.list_jobs(session, appointment_id)
    known = {job.id for job in before}
    if not known.issuperset(job_ids) or len(set(job_ids)) < len(job_ids):
        raise invalid_field("jobIds", "Name jobs of this visit, each once.")
    wanted = [*job_ids, *(job.id for job in before if job.id not in job_ids)]
    if wanted == [job.id for job in before]:
        return
    for job in queries.list_jobs_for_update(session, appointment_id):
        job.sort_order = wanted.index(job.id)
    names = {job.id: job.name for job in before}
    record(
        visit,
        EventType.JOB_CHANGED,
        appointments.ENTITY,
        appointment_id,
        {"jobOrder": ([job.name for job in before], [names[job_id] for job_id in wanted])},
    )
    settle(visit)


def revive_job(
    session: Session,
    declined_job_id: UUID,
    appointment_id: UUID,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> UUID:
    """Offer what an earlier visit of the car declined in this one, at today's prices, and return the new job's id.

    Raises:
        NotFoundError: no such appointment, or no such declined job of its vehicle.
        InvoiceLockedError: an invoice stands.
        AlreadyRevivedError: another visit has taken it up.
    """
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    # Two visits can't take it up at once: the job's row is locked by whoever comes first.
    origin = session.get(AppointmentJob, declined_job_id, with_for_update={"key_share": True}, populate_existing=True)
    earlier = None if origin is None else session.get(Appointment, origin.appointment_id)
    if (
        origin is None
        or earlier is None
        or earlier.id == appointment_id
        or earlier.vehicle_id is None
        or earlier.vehicle_id != visit.row.vehicle_id
        or origin.deleted_at is not None
        or origin.approval != Approval.DECLINED
    ):
        raise NotFoundError("There is no such declined job of this vehicle.")
    taken = queries.find_revival(session, declined_job_id)
    if taken is not None:
        raise rules.AlreadyRevivedError(f"#{taken} has taken this job up already.", number=taken)
    (declined,) = queries.jobs_by_ids(session, [declined_job_id])
    rates = catalog.read_rates(session, visit.row.location_id)
    canned = catalog.find_catalog_jobs(
        session, [declined.catalog_id] if declined.catalog_id else [], [visit.row.location_id]
    )
    named = {name: getattr(declined, name) for name in JOB_FIELDS}
    job = add_job(visit, {**named, "catalog_id": declined.catalog_id, "revived_from_id": declined_job_id})
    add_lines(visit, job, queries.renewed(declined, canned, rates), rates)
    record_job(visit, EventType.JOB_REVIVED, job, edits.first_values({**named, "revived_from_id": declined_job_id}))
    settle(visit)
    return job.id


def _offer_instead(visit: Visit, job: AppointmentJob, other_id: UUID) -> None:
    """Make a new job an alternative to another one of the visit, which stays the chosen one."""
    other = queries.get_job_for_update(visit.session, visit.id, other_id)
    if other.choice_id is None:
        other.choice_id = new_id()
    job.choice_id, job.is_chosen, job.sort_order = other.choice_id, False, other.sort_order
    visit.session.flush()
    if other.is_chosen and other.approval == Approval.DECLINED:
        choose(visit, job)


def _shown_job(visit: Visit, job_id: UUID) -> dict[str, Any]:
    (view,) = queries.jobs_by_ids(visit.session, [job_id])
    return queries.shown_job(view, with_money=actor_may(visit.actor, Permission.MONEY_VIEW))
