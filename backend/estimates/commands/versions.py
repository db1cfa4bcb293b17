"""Freeze a visit's work as a version, and bring it to the customer by link, message or paper."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.audit import commands as audit
from backend.core import edits
from backend.core.actor import Actor, ActorKind
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.estimates import queries, rules
from backend.estimates.commands.standing import CLOSED, ENTITY, check_is_open, settle
from backend.estimates.models import Estimate
from backend.estimates.queries import EstimateView
from backend.estimates.rules import (
    NothingToShowError,
)
from backend.links import commands as links
from backend.links.rules import DEFAULT_AGE, Purpose
from backend.messages import commands as messages
from backend.messages.commands import Draft
from backend.messages.models import Message
from backend.messages.rules import Channel
from backend.outbox import commands as outbox
from backend.services import queries as service_queries
from backend.services.rules import Approval
from backend.shop.models import Location


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
    check_is_open(appointment)
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
    estimate = freeze(
        session,
        appointment,
        read_document(session, appointment, showing.intro),
        link_id=link_id,
        message_id=None if message is None else message.id,
        actor=actor,
        now=now,
    )
    settle(session, appointment)
    return Published(estimate, url)


@dataclass(frozen=True, slots=True)
class Along:
    """A visit's work as another link shows it: as which version, which `is_new` if the customer was not shown it yet.

    `jobs` counts what can be approved, of alternatives one; `unpriced` what can't be for want of a price.
    """

    version_no: int
    is_new: bool
    jobs: int
    unpriced: int


def preview_along(session: Session, appointment: Appointment) -> Along | None:
    """Return what `show_along` would show of a visit, None for nothing; nothing is frozen."""
    document, current = _what_goes_along(session, appointment)
    if document is None:
        return None
    is_new = current is None or not rules.says_the_same(current.document, document)
    jobs = [job for job in service_queries.list_jobs(session, appointment.id) if job.is_chosen]
    return Along(
        version_no=queries.last_version_no(session, appointment.id) + 1
        if is_new or current is None
        else current.version_no,
        is_new=is_new,
        jobs=sum(job.is_priced and job.approval == Approval.PENDING for job in jobs),
        unpriced=len(rules.unpriced_jobs(document)),
    )


def _what_goes_along(session: Session, appointment: Appointment) -> tuple[dict[str, Any] | None, EstimateView | None]:
    """Return the work that another link shows too, and the version in force; no work where there is none to decide."""
    current = queries.find_current(session, appointment.id)
    if appointment.status in CLOSED or appointment.locked_at is not None:
        return None, current
    document = service_queries.read_document(session, appointment.id)
    return document if document["jobs"] else None, current


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
    document, current = _what_goes_along(session, appointment)
    if document is None or (current is not None and rules.says_the_same(current.document, document)):
        return
    intro = None if current is None else current.document.get("intro")
    whole = {**document, "intro": intro}
    freeze(session, appointment, whole, link_id=link_id, message_id=message_id, actor=actor, now=now)
    settle(session, appointment)


def preview(
    session: Session, appointment_id: UUID, showing: Showing, *, location_ids: Collection[UUID]
) -> tuple[Appointment, dict[str, Any]]:
    """Return a visit and the document that it would be shown as, without freezing it.

    Raises:
        NotFoundError, NothingToShowError, EstimateClosedError: see `publish`.
    """
    appointment = queries.get_appointment(session, appointment_id, location_ids)
    check_is_open(appointment)
    return appointment, read_document(session, appointment, showing.intro)


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
        settle(session, appointment)


def read_document(session: Session, appointment: Appointment, intro: str | None) -> dict[str, Any]:
    """Return a visit's work as a document with an introduction; see `publish` for what it raises."""
    document = service_queries.read_document(session, appointment.id)
    if not document["jobs"]:
        raise NothingToShowError("Add a job first: there is nothing to show yet.")
    return {**document, "intro": intro}


def freeze(
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
