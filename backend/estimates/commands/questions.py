"""Take a customer's question about a job, and the shop's answer to it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import queries as appointment_queries
from backend.core.actor import Actor
from backend.core.errors import NotFoundError
from backend.estimates import queries, rules
from backend.estimates.commands.evidence import find_job, keep, said_to
from backend.estimates.commands.standing import check_is_open, settle
from backend.estimates.rules import (
    Decision,
    Method,
    Saying,
)
from backend.inbox import commands as inbox
from backend.inbox.commands import Incoming
from backend.messages import commands as messages
from backend.messages import queries as message_queries
from backend.messages.rules import Channel
from backend.services import queries as service_queries
from backend.services.commands import decisions
from backend.services.queries import Job


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
    check_is_open(appointment)
    rules.check_questions(
        waiting=queries.count_waiting(session, job_id),
        asked=queries.count_asked_by_link(session, saying.link_visit_id, now - rules.ASKED_WITHIN),
    )
    decisions.ask(session, job_id, saying.words or "", at=now, actor=actor)
    keep(
        session,
        current,
        said_to(find_job(session, appointment_id, job_id)),
        Decision.ASKED,
        saying,
        actor=actor,
        now=now,
    )
    settle(session, appointment)


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
    job = find_job(session, appointment_id, job_id)
    current = queries.find_current(session, appointment_id)
    if current is None:
        raise NotFoundError("Nothing was asked about this job.")
    # The conversation before the appointment, as where a text comes in.
    _put_answer_on_desk(session, appointment_id, job, words, actor, now)
    appointment = appointment_queries.get_for_update(session, appointment_id, location_ids)
    decisions.answer(session, job_id, words, at=now, actor=actor)
    saying = Saying(Method.SHOP, now, person=actor.name or None, words=words)
    keep(session, current, said_to(job), Decision.ANSWERED, saying, actor=actor, now=now)
    settle(session, appointment)


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
