"""What can be done with estimates: show one, answer it by link, in person or by phone, ask and answer, take approvals back.

Whoever changes a job holds its appointment's row, and so does whoever answers: an approval is of what stands, or refused.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit import commands as audit
from backend.audit import queries as audits
from backend.catalog.rules import LineKind
from backend.core import edits
from backend.core.actor import SYSTEM, Actor, ActorKind
from backend.core.errors import NotFoundError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.estimates import queries, rules
from backend.estimates.models import ApprovalRecord, Estimate
from backend.estimates.queries import EstimateView
from backend.estimates.rules import (
    Answer,
    Decision,
    EstimateChangedError,
    EstimateClosedError,
    EstimateState,
    Method,
    NothingToShowError,
    Saying,
    Sums,
)
from backend.inbox import commands as inbox
from backend.inbox.commands import Incoming
from backend.links import commands as links
from backend.links.rules import DEFAULT_AGE, Purpose, StepUpRequiredError
from backend.messages import commands as messages
from backend.messages import queries as message_queries
from backend.messages.commands import Draft
from backend.messages.models import Message
from backend.messages.rules import Channel
from backend.outbox import commands as outbox
from backend.services import commands as services
from backend.services import queries as service_queries
from backend.services.queries import Job
from backend.services.rules import Approval, Revocation
from backend.shop import queries as shop
from backend.shop.models import Location

ENTITY = "estimate"
_CLOSED = frozenset({Status.COMPLETED, Status.CANCELED, Status.NO_SHOW})


# --- showing one ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Showing:
    """How an estimate goes to the customer: by text or email with a `template_id`, as a link to copy, or on paper.

    `address` is what a link's address begins with, `host` our own for the linter.
    """

    how: str
    address: str
    host: str
    intro: str | None = None
    template_id: UUID | None = None
    lifetime: timedelta = DEFAULT_AGE

    @property
    def channel(self) -> Channel | None:
        """How it travels, None where a person carries it."""
        return Channel(self.how) if self.how in {Channel.SMS.value, Channel.EMAIL.value} else None


@dataclass(frozen=True, slots=True)
class Published:
    """A version that was shown; `url` is its link's address, which nobody can read again."""

    estimate: EstimateView
    url: str | None


def publish(
    session: Session,
    appointment_id: UUID,
    showing: Showing,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> Published:
    """Freeze the visit's work as a version, with its link and its message as asked for.

    Raises:
        NotFoundError: no such appointment at the actor's locations.
        NothingToShowError: it has no job.
        EstimateClosedError: it is over, or invoiced.
        RefusalError: a guard of messages says no; nothing was published then.
    """
    appointment = appointment_queries.get_for_update(session, appointment_id, location_ids)
    _check_is_open(appointment)
    link_id = url = None
    message: Message | None = None
    if showing.how != "print":
        link_id, token = links.create_link(
            session,
            purpose=Purpose.ESTIMATE,
            appointment_id=appointment.id,
            location_id=appointment.location_id,
            phone=appointment.customer_phone,
            lifetime=showing.lifetime,
            actor=actor,
            now=now,
        )
        url = f"{showing.address}/c/{token}"
    if showing.channel is not None:
        message = messages.compose(session, draft_of(appointment, showing, url), actor=actor, now=now)
    estimate = _freeze(
        session,
        appointment,
        _document(session, appointment, showing.intro),
        link_id=link_id,
        message_id=None if message is None else message.id,
        actor=actor,
        now=now,
    )
    _settle(session, appointment)
    return Published(estimate, url)


def show_along(
    session: Session,
    appointment: Appointment,
    *,
    link_id: UUID,
    message_id: UUID | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Let a link that shows something else show the visit's work too, for approving; the caller holds the appointment.

    What stands is frozen as a version, unless the one in force says the same. Nothing is shown where there is no work, or
    where the visit is over or invoiced.
    """
    if appointment.status in _CLOSED or appointment.locked_at is not None:
        return
    document = service_queries.read_document(session, appointment.id)
    current = queries.find_current(session, appointment.id)
    if not document["jobs"] or (current is not None and rules.says_the_same(current.document, document)):
        return
    intro = None if current is None else current.document.get("intro")
    whole = {**document, "intro": intro}
    _freeze(session, appointment, whole, link_id=link_id, message_id=message_id, actor=actor, now=now)
    _settle(session, appointment)


def preview(
    session: Session, appointment_id: UUID, showing: Showing, *, location_ids: Collection[UUID]
) -> tuple[Appointment, dict[str, Any]]:
    """Return a visit and the document that it would be shown as, without freezing it.

    Raises:
        NotFoundError, NothingToShowError, EstimateClosedError: see `publish`.
    """
    appointment = queries.get_appointment(session, appointment_id, location_ids)
    _check_is_open(appointment)
    return appointment, _document(session, appointment, showing.intro)


def draft_of(appointment: Appointment, showing: Showing, url: str | None) -> Draft:
    """Return the message that brings an estimate."""
    assert showing.channel is not None
    return Draft(
        appointment.location_id,
        showing.channel,
        template_id=showing.template_id,
        appointment_id=appointment.id,
        host=showing.host,
        link=url,
    )


def _check_is_open(appointment: Appointment) -> None:
    if appointment.status in _CLOSED:
        raise EstimateClosedError("This visit is over. Nothing can be approved in it any more.")
    if appointment.locked_at is not None:
        raise EstimateClosedError("This visit was invoiced. Unlock the invoice first.")


def _document(session: Session, appointment: Appointment, intro: str | None) -> dict[str, Any]:
    document = service_queries.read_document(session, appointment.id)
    if not document["jobs"]:
        raise NothingToShowError("Add a job first: there is nothing to show yet.")
    return {**document, "intro": intro}


def _freeze(
    session: Session,
    appointment: Appointment,
    document: Mapping[str, Any],
    *,
    link_id: UUID | None = None,
    message_id: UUID | None = None,
    is_spoken: bool = False,
    actor: Actor,
    now: datetime,
) -> EstimateView:
    """Keep a document as the visit's version in force, `is_spoken` if nobody was shown it; the caller holds the appointment."""
    number = queries.last_version_no(session, appointment.id) + 1
    session.execute(
        sa.update(Estimate)
        .where(Estimate.appointment_id == appointment.id, Estimate.superseded_at.is_(None))
        .values(superseded_at=now)
    )
    whole = {**document, "versionNo": number}
    row = Estimate(
        id=new_id(),
        location_id=appointment.location_id,
        appointment_id=appointment.id,
        version_no=number,
        document=whole,
        document_hash=rules.hash_document(whole),
        total_cents=whole["totals"]["totalCents"],
        link_cap_cents=session.scalars(
            sa.select(Location.link_cap_cents).where(Location.id == appointment.location_id)
        ).one(),
        link_id=link_id,
        message_id=message_id,
        created_at=now,
        created_by=actor.id if actor.kind is ActorKind.USER else None,
    )
    session.add(row)
    session.flush()
    changes: edits.Changes = {
        "versionNo": (None, number),
        "documentHash": (None, row.document_hash),
        **({"isSpoken": (None, True)} if is_spoken else {}),
    }
    audit.record(
        session,
        EventType.ESTIMATE_PUBLISHED,
        entity=ENTITY,
        entity_id=row.id,
        actor=actor,
        at=now,
        changes={"appointmentId": (None, appointment.id), **changes},
        location_id=appointment.location_id,
    )
    outbox.record(session, EventType.ESTIMATE_PUBLISHED, row.id, at=now, appointment_id=str(appointment.id))
    found = queries.find_current(session, appointment.id)
    assert found is not None
    return found


def note_opened(session: Session, appointment_id: UUID, link_id: UUID, now: datetime) -> None:
    """Note that the customer looks at the estimate; the first look changes its card."""
    links.note_opened(session, link_id, now)
    appointment = appointment_queries.find_for_update(session, appointment_id)
    if appointment is None:
        return
    opened = session.execute(
        sa.update(Estimate)
        .where(
            Estimate.appointment_id == appointment_id, Estimate.superseded_at.is_(None), Estimate.opened_at.is_(None)
        )
        .values(opened_at=now)
        .returning(Estimate.id)
    ).first()
    if opened is not None:
        _settle(session, appointment)


# --- answering --------------------------------------------------------------------------------


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
    _check_is_open(appointment)
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
    _check_is_open(appointment)
    news = _news(session, appointment_id, answers)
    _check_sums(session, appointment, answers, news, saying)
    current = queries.find_current(session, appointment_id)
    document = _document(session, appointment, None if current is None else current.document.get("intro"))
    if current is None or (news and not rules.says_the_same(current.document, document)):
        # Kept, not shown: `queries.list_spoken` knows it by the answers of the same moment.
        current = _freeze(session, appointment, document, is_spoken=True, actor=actor, now=now)
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
        services.decide(
            session,
            job.id,
            Approval(answer.decision.value),
            reason=answer.reason,
            deferred_until=answer.deferred_until,
            amount_cents=_said_to(job).amount_cents,
            said_via=saying.method.value,
            actor=actor,
            now=now,
        )
        _keep(session, current, _said_to(job), answer.decision, saying, reason=answer.reason, actor=actor, now=now)
    _settle(session, appointment)


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
            _keep(
                session,
                current,
                _said_to(other),
                Decision.REVOKED,
                who,
                reason=Revocation.REPLACED,
                actor=actor,
                now=now,
            )


@dataclass(frozen=True, slots=True)
class _Subject:
    """What something was said to: a job as it was then, also one that is gone since."""

    appointment_id: UUID
    job_id: UUID
    name: str
    amount_cents: int


def _said_to(job: Job) -> _Subject:
    return _Subject(job.appointment_id, job.id, job.name, job.totals.total_cents)


def _keep(
    session: Session,
    current: EstimateView,
    subject: _Subject,
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


# --- questions --------------------------------------------------------------------------------


def ask(session: Session, appointment_id: UUID, job_id: UUID, saying: Saying, *, actor: Actor, now: datetime) -> None:
    """Take a customer's question about a job: it waits on the card and in the inbox until somebody answers.

    Raises:
        NotFoundError: the visit is gone, or has no such job on its estimate.
        EstimateClosedError: it is over, or invoiced.
        TooManyQuestionsError: enough waits for an answer, or was asked by this link within a day.
    """
    current = queries.find_current(session, appointment_id)
    name = None if current is None else queries.name_in(current.document, job_id)
    if current is None or name is None:
        raise NotFoundError("There is no such job on this estimate.")
    # The conversation before the appointment, as where a text comes in.
    _put_on_a_desk(session, appointment_id, f"{name}: {saying.words}", now)
    appointment = appointment_queries.find_for_update(session, appointment_id)
    if appointment is None:
        raise NotFoundError("There is no such visit.")
    _check_is_open(appointment)
    rules.check_questions(
        waiting=queries.count_waiting(session, job_id),
        asked=queries.count_asked_by_link(session, saying.link_visit_id, now - rules.ASKED_WITHIN),
    )
    services.ask(session, job_id, saying.words or "", at=now, actor=actor)
    _keep(
        session, current, _said_to(_job(session, appointment_id, job_id)), Decision.ASKED, saying, actor=actor, now=now
    )
    _settle(session, appointment)


def _put_on_a_desk(session: Session, appointment_id: UUID, words: str, now: datetime) -> None:
    """Have a question wait in the inbox, unread, as a text would: it is somebody's until it is answered."""
    location_id, customer_id, phone = queries.get_whom(session, appointment_id)
    if phone is None:
        # No conversation without a number; the card says it.
        return
    incoming = Incoming(location_id, phone, words, now, customer_id, appointment_id)
    conversation_id = inbox.open_thread(session, incoming, now=now)
    messages.receive(
        session,
        location_id=location_id,
        phone=phone,
        body=words,
        provider_sid=None,
        at=now,
        appointment_id=appointment_id,
        customer_id=customer_id,
        channel=Channel.PAGE,
    )
    message_queries.count_unread_of_numbers(session, {(location_id, phone)})
    inbox.announce(session, conversation_id, now)


def answer_question(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    words: str,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> None:
    """Answer a customer's question about a job; the answer stands on the customer's page.

    Raises:
        NotFoundError: no such appointment at the actor's locations, or nothing was asked about such a job.
    """
    queries.get_appointment(session, appointment_id, location_ids)
    job = _job(session, appointment_id, job_id)
    current = queries.find_current(session, appointment_id)
    if current is None:
        raise NotFoundError("Nothing was asked about this job.")
    # The conversation before the appointment, as where a text comes in.
    _put_answer_on_desk(session, appointment_id, job, words, actor, now)
    appointment = appointment_queries.get_for_update(session, appointment_id, location_ids)
    services.answer(session, job_id, words, at=now, actor=actor)
    saying = Saying(Method.SHOP, now, person=actor.name or None, words=words)
    _keep(session, current, _said_to(job), Decision.ANSWERED, saying, actor=actor, now=now)
    _settle(session, appointment)


def _put_answer_on_desk(
    session: Session, appointment_id: UUID, job: Job, words: str, actor: Actor, now: datetime
) -> None:
    """Show the answer in the conversation that the question waits in; with the last one, what was asked is read."""
    location_id, customer_id, phone = queries.get_whom(session, appointment_id)
    if phone is None:
        return
    others = (one for one in service_queries.list_jobs(session, appointment_id) if one.id != job.id)
    if not any(one.asked_at is not None for one in others):
        messages.mark_read(session, appointment_id=appointment_id, channel=Channel.PAGE, now=now)
    messages.note_on_page(
        session,
        location_id=location_id,
        phone=phone,
        body=f"{job.name}: {words}",
        actor=actor,
        at=now,
        appointment_id=appointment_id,
        customer_id=customer_id,
    )


def _job(session: Session, appointment_id: UUID, job_id: UUID) -> Job:
    found = next((job for job in service_queries.list_jobs(session, appointment_id) if job.id == job_id), None)
    if found is None:
        raise NotFoundError("There is no such job in this visit.")
    return found


# --- approvals that an edit took back ---------------------------------------------------------


def keep_revocations(session: Session, job_id: UUID, now: datetime) -> None:
    """Append the evidence that the shop took a job's approval back, once for each time; see `services.commands`.

    What the customer put in its place is written down with their own words and way, see `_keep_displaced`.

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
        subject = _Subject(last.appointment_id, job_id, last.job_name, last.amount_cents)
        saying = Saying(Method.SHOP, revoked.at, person=revoked.actor_name)
        _keep(session, current, subject, Decision.REVOKED, saying, reason=revoked.reason, actor=SYSTEM, now=now)
    _settle(session, appointment)


# --- jobs that come, go and change ------------------------------------------------------------


def follow_work(session: Session, job_id: UUID) -> None:
    """Bring how a visit's estimate stands up to its jobs, after one of them came, went or changed."""
    appointment_id = queries.find_appointment_of_job(session, job_id)
    appointment = None if appointment_id is None else appointment_queries.find_for_update(session, appointment_id)
    if appointment is not None and appointment.estimate_state != _state_of(session, appointment):
        _settle(session, appointment)


# --- what every change leaves behind ----------------------------------------------------------


def _settle(session: Session, appointment: Appointment) -> None:
    """Write how the estimate stands on the appointment, and tell every open screen."""
    appointment.estimate_state = _state_of(session, appointment)
    session.flush()
    appointments.announce(session, appointment.id)


def _state_of(session: Session, appointment: Appointment) -> EstimateState | None:
    current = queries.find_current(session, appointment.id)
    jobs = service_queries.list_jobs(session, appointment.id)
    records = queries.list_records(session, appointment.id)
    return rules.state_of(
        queries.standings(jobs, records, current),
        was_shown=current is not None,
        is_opened=current is not None and current.opened_at is not None,
    )
