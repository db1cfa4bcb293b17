"""Take what the customer says to jobs: by link, in person or by phone."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.catalog.rules import LineKind
from backend.core.actor import Actor
from backend.core.errors import NotFoundError, invalid_field
from backend.estimates import queries, rules
from backend.estimates.commands.evidence import keep, said_to
from backend.estimates.commands.standing import check_is_open, settle
from backend.estimates.commands.versions import freeze, read_document
from backend.estimates.queries import EstimateView
from backend.estimates.rules import (
    Answer,
    Decision,
    EstimateChangedError,
    Method,
    Saying,
    Sums,
)
from backend.links.rules import StepUpRequiredError
from backend.services import queries as service_queries
from backend.services.commands import decisions
from backend.services.queries import Job
from backend.services.rules import Approval, Revocation
from backend.shop import queries as shop


def answer_by_link(
    session: Session,
    appointment_id: UUID,
    document_hash: str,
    answers: list[Answer],
    saying: Saying,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Take what a customer says on the page about the version they saw.

    Raises:
        NotFoundError: the visit is gone.
        EstimateClosedError: it is over, or invoiced.
        EstimateChangedError: another version is in force, a job was changed since, or an approval would end by it that the
            link alone may not end.
        StepUpRequiredError: more than the link alone may approve.
        RuleViolationError: an answer that says nothing, or names no job of the estimate, or a limit below what is approved.
    """
    rules.check_answers(answers)
    rules.check_saying(saying, now)
    appointment = appointment_queries.find_for_update(session, appointment_id)
    if appointment is None:
        raise NotFoundError("There is no such visit.")
    check_is_open(appointment)
    current = queries.find_current(session, appointment_id)
    if current is None or current.document_hash != document_hash:
        raise EstimateChangedError("The shop changed this estimate. Please look at the new one.")
    changed = rules.changed_jobs(current.document, service_queries.read_document(session, appointment_id))
    shown = {UUID(job["id"]) for job in current.document["jobs"]}
    if any(answer.job_id not in shown for answer in answers):
        raise invalid_field("answers", "Answer jobs of this estimate.")
    if any(answer.job_id in changed for answer in answers):
        raise EstimateChangedError("The shop is changing this job just now. It will show you the new price.")
    news = _news(session, appointment_id, answers)
    if any(job.approval == Approval.APPROVED and answer.decision is Decision.DECLINED for job, answer in news):
        raise EstimateChangedError("You approved this job already. Call the shop to take that back.")
    if not saying.is_known:
        _check_alternatives(session, appointment_id, news)
    _check_cap(session, current, news, saying)
    _check_sums(session, appointment, answers, news, saying)
    _take(session, appointment, current, news, saying, actor=actor, now=now)


def record_answers(
    session: Session,
    appointment_id: UUID,
    answers: list[Answer],
    saying: Saying,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> None:
    """Write down what the customer said in person or by phone; the estimate that it was said to is frozen with it.

    Raises:
        NotFoundError: no such appointment at the actor's locations.
        EstimateClosedError: it is over, or invoiced.
        RuleViolationError: something is missing that the record needs, an amount is not the estimate's, or the limit is
            below what is approved.
    """
    rules.check_answers(answers)
    rules.check_saying(saying, now)
    appointment = appointment_queries.get_for_update(session, appointment_id, location_ids)
    check_is_open(appointment)
    news = _news(session, appointment_id, answers)
    _check_sums(session, appointment, answers, news, saying)
    current = queries.find_current(session, appointment_id)
    document = read_document(session, appointment, None if current is None else current.document.get("intro"))
    if current is None or (news and not rules.says_the_same(current.document, document)):
        # Kept, not shown: `queries.list_spoken` knows it by the answers of the same moment.
        current = freeze(session, appointment, document, is_spoken=True, actor=actor, now=now)
    _take(session, appointment, current, news, saying, actor=actor, now=now)


def sum_up(session: Session, appointment_id: UUID, answers: list[Answer], location_ids: Collection[UUID]) -> Sums:
    """Return what answers would add to a visit; nothing is written.

    Raises:
        NotFoundError: no such appointment at these locations.
    """
    queries.get_appointment(session, appointment_id, location_ids)
    return sums_of(service_queries.list_jobs(session, appointment_id), answers)


def sums_of(jobs: Iterable[Job], answers: Iterable[Answer]) -> Sums:
    """Return what answers add, and what is authorized with them: of alternatives, the approved one alone."""
    listed = list(jobs)
    said = {answer.job_id: answer.decision for answer in answers}
    added = [job for job in listed if said.get(job.id) is Decision.APPROVED and job.approval != Approval.APPROVED]
    displaced = {job.choice_id for job in added if job.choice_id is not None}
    kept = [
        job
        for job in listed
        if job.approval == Approval.APPROVED
        and job.is_chosen
        and said.get(job.id) is not Decision.DECLINED
        and job.choice_id not in displaced
    ]
    lines = [line for job in added for line in job.lines]
    return Sums(
        added_parts_cents=sum(line.money.net_cents for line in lines if line.kind == LineKind.PART),
        added_labor_cents=sum(line.money.net_cents for line in lines if line.kind == LineKind.LABOR),
        new_total_cents=sum(job.totals.total_cents for job in (*kept, *added)),
    )


_News = list[tuple[Job, Answer]]


def _news(session: Session, appointment_id: UUID, answers: list[Answer]) -> _News:
    """Pair each answer that says something new with its job, which the caller's lock keeps as it is."""
    jobs = {job.id: job for job in service_queries.list_jobs(session, appointment_id)}
    chosen: set[UUID] = set()
    news: _News = []
    for number, answer in enumerate(answers):
        job = jobs.get(answer.job_id)
        if job is None:
            raise invalid_field(f"answers.{number}.jobId", "There is no such job in this visit.")
        if answer.decision is Decision.APPROVED and job.choice_id is not None:
            if job.choice_id in chosen:
                raise invalid_field(f"answers.{number}.jobId", "Choose one of the alternatives.")
            chosen.add(job.choice_id)
        # An alternative that another one stands before is approved anew by being chosen; declined, it stays declined.
        if job.approval != answer.decision.value or (answer.decision is Decision.APPROVED and not job.is_chosen):
            news.append((job, answer))
    return news


def _check_alternatives(session: Session, appointment_id: UUID, news: _News) -> None:
    """Refuse to put an alternative in an approved one's place: whoever has a forwarded link can't take an approval back."""
    wanted = {job.choice_id for job, answer in news if answer.decision is Decision.APPROVED} - {None}
    if any(
        job.approval == Approval.APPROVED and job.choice_id in wanted
        for job in service_queries.list_jobs(session, appointment_id)
    ):
        raise EstimateChangedError(
            "You approved another alternative already. To change that, give the last four digits of your phone number first, "
            "or call the shop."
        )


def _check_cap(session: Session, current: EstimateView, news: _News, saying: Saying) -> None:
    """Refuse what a link alone may not approve, in sum with what stands approved by links."""
    if saying.is_known:
        return
    approved = [job for job, answer in news if answer.decision is Decision.APPROVED]
    if not approved:
        return
    displaced = {job.choice_id for job in approved if job.choice_id is not None}
    records = queries.list_records(session, current.appointment_id)
    jobs = service_queries.list_jobs(session, current.appointment_id)
    standing = queries.approved_by_link_cents(records, [job for job in jobs if job.choice_id not in displaced])
    if standing + sum(job.totals.total_cents for job in approved) > current.link_cap_cents:
        raise StepUpRequiredError(
            "For this amount we need to know that it is you. Give the last four digits of your phone number.",
            cap_cents=current.link_cap_cents,
        )


def _check_sums(session: Session, appointment: Appointment, answers: list[Answer], news: _News, saying: Saying) -> None:
    """Refuse amounts that new approvals contradict: a limit below them and, by phone, sums that are not theirs."""
    if not any(answer.decision is Decision.APPROVED for _, answer in news):
        return
    sums = sums_of(service_queries.list_jobs(session, appointment.id), answers)
    currency = shop.common_currency(session, (appointment.location_id,))
    if saying.method is Method.PHONE:
        rules.check_phone_sums(saying, sums, currency)
    rules.check_limit(saying, sums, currency)


def _take(
    session: Session,
    appointment: Appointment,
    current: EstimateView,
    news: _News,
    saying: Saying,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Decide jobs and keep the evidence, in one transaction."""
    for job, answer in news:
        if answer.decision is Decision.APPROVED:
            _keep_displaced(session, current, job, saying, actor=actor, now=now)
        decisions.decide(
            session,
            job.id,
            Approval(answer.decision.value),
            reason=answer.reason,
            deferred_until=answer.deferred_until,
            amount_cents=said_to(job).amount_cents,
            said_via=saying.method.value,
            actor=actor,
            now=now,
        )
        keep(session, current, said_to(job), answer.decision, saying, reason=answer.reason, actor=actor, now=now)
    settle(session, appointment)


def _keep_displaced(
    session: Session, current: EstimateView, job: Job, saying: Saying, *, actor: Actor, now: datetime
) -> None:
    """Append that the approval of an alternative ends by the approval of this one: by the same person, in the same way."""
    if job.choice_id is None:
        return
    who = Saying(
        saying.method,
        now,
        person=saying.person,
        phone=saying.phone,
        link_visit_id=saying.link_visit_id,
        is_known=saying.is_known,
        ip=saying.ip,
        user_agent=saying.user_agent,
    )
    for other in service_queries.list_jobs(session, job.appointment_id):
        if other.choice_id == job.choice_id and other.id != job.id and other.approval == Approval.APPROVED:
            keep(
                session,
                current,
                said_to(other),
                Decision.REVOKED,
                who,
                reason=Revocation.REPLACED,
                actor=actor,
                now=now,
            )
