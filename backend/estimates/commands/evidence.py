"""Append what was said about a job, and that an edit took it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import queries as appointment_queries
from backend.audit import queries as audits
from backend.core.actor import SYSTEM, Actor, ActorKind
from backend.core.errors import NotFoundError
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.estimates import queries
from backend.estimates.commands.standing import settle
from backend.estimates.models import ApprovalRecord
from backend.estimates.queries import EstimateView
from backend.estimates.rules import (
    Decision,
    Method,
    Saying,
)
from backend.services import queries as service_queries
from backend.services.queries import Job


@dataclass(frozen=True, slots=True)
class Subject:
    """What something was said to: a job as it was then, also one that is gone since."""

    appointment_id: UUID
    job_id: UUID
    name: str
    amount_cents: int


def said_to(job: Job) -> Subject:
    """Return a job as something was said to it."""
    return Subject(job.appointment_id, job.id, job.name, job.totals.total_cents)


def keep(
    session: Session,
    current: EstimateView,
    subject: Subject,
    decision: Decision,
    saying: Saying,
    *,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Append what was said about a job to the evidence; the audit log has it from `services`."""
    session.add(
        ApprovalRecord(
            id=new_id(),
            location_id=current.location_id,
            appointment_id=subject.appointment_id,
            job_id=subject.job_id,
            estimate_id=current.id,
            decision=decision,
            method=saying.method,
            said_at=saying.said_at,
            recorded_at=now,
            job_name=subject.name,
            amount_cents=subject.amount_cents,
            document_hash=current.document_hash,
            person=saying.person,
            phone=saying.phone,
            reason=reason,
            words=saying.words,
            spending_cap_cents=saying.spending_cap_cents,
            added_parts_cents=saying.added_parts_cents,
            added_labor_cents=saying.added_labor_cents,
            new_total_cents=saying.new_total_cents,
            link_visit_id=saying.link_visit_id,
            is_known=saying.is_known,
            ip=saying.ip,
            user_agent=saying.user_agent,
            recorded_by=actor.id if actor.kind is ActorKind.USER else None,
        )
    )
    session.flush()


def find_job(session: Session, appointment_id: UUID, job_id: UUID) -> Job:
    """Return a job of a visit.

    Raises:
        NotFoundError: there is none such.
    """
    found = next((job for job in service_queries.list_jobs(session, appointment_id) if job.id == job_id), None)
    if found is None:
        raise NotFoundError("There is no such job in this visit.")
    return found


def keep_revocations(session: Session, job_id: UUID, now: datetime) -> None:
    """Append the evidence that the shop took a job's approval back, once for each time; see `services.commands.visit`.

    What the customer put in its place is written down with their own words and way, see `answering`.

    The audit log says when and by whom; the evidence is what the customer is shown and the paper prints.
    """
    approved = queries.list_records_of_job(session, job_id)
    if not approved:
        return
    appointment = appointment_queries.find_for_update(session, approved[0].appointment_id)
    current = queries.find_current(session, approved[0].appointment_id)
    if appointment is None or current is None:
        return
    # Once more, under the lock: the same event may be brought twice.
    records = queries.list_records_of_job(session, job_id)
    kept = {record.said_at for record in records if record.decision == Decision.REVOKED}
    for revoked in audits.list_of_action(session, job_id, EventType.APPROVAL_REVOKED):
        before = [
            record for record in records if record.decision == Decision.APPROVED and record.recorded_at <= revoked.at
        ]
        if revoked.at in kept or not before:
            continue
        last = before[-1]
        subject = Subject(last.appointment_id, job_id, last.job_name, last.amount_cents)
        saying = Saying(Method.SHOP, revoked.at, person=revoked.actor_name)
        keep(session, current, subject, Decision.REVOKED, saying, reason=revoked.reason, actor=SYSTEM, now=now)
    settle(session, appointment)
