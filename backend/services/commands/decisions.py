"""What is said to jobs: which alternative is done, what the customer approves and declines, what they ask."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.core import edits
from backend.core.actor import SYSTEM, Actor
from backend.core.events import EventType
from backend.services import queries, rules
from backend.services.commands.visit import (
    Visit,
    changeable,
    choose,
    lock_visit_of,
    open_visit,
    record_job,
    refuse_locked,
    revoke,
    settle,
)
from backend.services.models import AppointmentJob
from backend.services.queries import Job
from backend.services.rules import Approval, Revocation


def choose_job(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Make an alternative the one that is offered first and counts; an approval of another one is revoked.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError, JobDeclinedError: it can't be changed.
    """
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    job = changeable(visit, job_id)
    if job.is_chosen:
        return
    for other in queries.list_alternatives(session, job):
        revoke(visit, other, Revocation.REPLACED)
    choose(visit, job)
    settle(visit)


def offer_again(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Offer a declined job again: it waits for a decision, and may be changed. One that waits already goes on waiting.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError: an invoice stands.
        JobNotDeclinedError: it is approved, and stays so until the work or the customer's word changes.
    """
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    job = queries.get_job_for_update(session, appointment_id, job_id)
    if job.approval == Approval.APPROVED:
        raise rules.JobNotDeclinedError("This job is approved. Only a declined one can be offered again.")
    if job.approval == Approval.DECLINED:
        _decide(visit, job, Approval.PENDING)


def decide(
    session: Session,
    job_id: UUID,
    approval: Approval,
    *,
    reason: str | None = None,
    deferred_until: date | None = None,
    amount_cents: int | None = None,
    said_via: str | None = None,
    actor: Actor,
    now: datetime,
) -> Job:
    """Keep what a customer said to a job, and return it; of alternatives an approved one is the one that is done.

    The same decision again changes nothing. The audit row tells of it, with what it was said to and how, where those are
    given; evidence is the caller's.

    Raises:
        NotFoundError: no such job.
        InvoiceLockedError: an invoice stands.
        NotPricedError: it is approved without a price.
    """
    visit = lock_visit_of(session, job_id, actor=actor, now=now)
    refuse_locked(visit)
    if approval is Approval.APPROVED:
        _refuse_unpriced(session, job_id)
    told = edits.first_values({"amount_cents": amount_cents, "said_via": said_via})
    _decide(visit, queries.get_job_for_update(session, visit.id, job_id), approval, reason, deferred_until, told)
    (decided,) = queries.jobs_by_ids(session, [job_id])
    return decided


def _refuse_unpriced(session: Session, job_id: UUID) -> None:
    for job in queries.jobs_by_ids(session, [job_id]):
        if not job.is_priced:
            raise rules.NotPricedError(f"{job.name}: there is no price yet, so it can't be approved.")


def _decide(
    visit: Visit,
    job: AppointmentJob,
    approval: Approval,
    reason: str | None = None,
    deferred_until: date | None = None,
    told: edits.Changes | None = None,
) -> None:
    wishes: dict[str, Any] = {
        "approval": approval,
        "decline_reason": reason if approval is Approval.DECLINED else None,
        "deferred_until": deferred_until if approval is Approval.DECLINED else None,
    }
    applies = {name: value for name, value in wishes.items() if getattr(job, name) != value}
    # A question is not answered by it: who asked and then signed still waits for the answer.
    if applies or (approval is Approval.APPROVED and not job.is_chosen):
        if approval is Approval.APPROVED:
            for other in queries.list_alternatives(visit.session, job):
                revoke(visit, other, Revocation.REPLACED)
            choose(visit, job)
        job.decided_at = None if approval is Approval.PENDING else visit.now
        changes = edits.apply(job, applies, visit.now)
        record_job(visit, EventType.APPROVAL_RECORDED, job, {**changes, **(told or {})})
        settle(visit)
        if approval is not Approval.PENDING:
            _end_wait(visit)


def _end_wait(visit: Visit) -> None:
    """Let the work go on that waits for an approval, once no job waits for the customer's word any more."""
    if not visit.row.needs_approval or queries.list_unapproved(visit.session, visit.id):
        return
    appointments.set_needs(
        visit.session,
        visit.id,
        appointments.Needs(approval=False),
        actor=visit.actor,
        location_ids=(visit.row.location_id,),
        now=visit.now,
    )


def ask(session: Session, job_id: UUID, words: str, *, at: datetime, actor: Actor = SYSTEM) -> None:
    """Note that a customer asked about a job and waits; a second question keeps the first one's time.

    Raises:
        NotFoundError: no such job.
    """
    visit = lock_visit_of(session, job_id, actor=actor, now=at)
    job = queries.get_job_for_update(session, visit.id, job_id)
    if job.asked_at is not None:
        record_job(visit, EventType.JOB_CHANGED, job, {"askedAgainAt": (None, at), "question": (None, words)})
    _set_asked(visit, job, at, {"question": (None, words)})


def answer(session: Session, job_id: UUID, words: str, *, at: datetime, actor: Actor = SYSTEM) -> None:
    """Note that the question about a job has its answer.

    Raises:
        NotFoundError: no such job.
    """
    visit = lock_visit_of(session, job_id, actor=actor, now=at)
    job = queries.get_job_for_update(session, visit.id, job_id)
    if job.asked_at is None:
        record_job(visit, EventType.JOB_CHANGED, job, {"answeredAgainAt": (None, at), "answer": (None, words)})
    _set_asked(visit, job, None, {"answer": (None, words)})


def _set_asked(visit: Visit, job: AppointmentJob, asked_at: datetime | None, told: edits.Changes) -> None:
    if (job.asked_at is None) is (asked_at is None):
        return
    changes = edits.apply(job, {"asked_at": asked_at}, visit.now)
    record_job(visit, EventType.JOB_CHANGED, job, {**changes, **told})
    settle(visit)
