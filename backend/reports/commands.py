"""What can be done with reports: send one, and note that it was opened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.audit import commands as audit
from backend.core import edits
from backend.core.actor import Actor
from backend.core.events import EventType
from backend.estimates.commands import versions
from backend.inspections import commands as inspections
from backend.inspections import queries as inspection_queries
from backend.inspections.rules import ChecklistStatus
from backend.links import commands as links
from backend.links.rules import DEFAULT_AGE, Purpose
from backend.messages import commands as messages
from backend.messages.commands import Draft
from backend.messages.models import Message
from backend.messages.rules import Channel
from backend.reports import rules


@dataclass(frozen=True, slots=True)
class Sending:
    """How a report goes to the customer: by text or email, with a template or the usual words, or as a link to copy.

    `address` is what a link's address begins with, `host` our own for the linter.
    """

    how: str
    address: str
    host: str
    template_id: UUID | None = None
    lifetime: timedelta = DEFAULT_AGE

    @property
    def channel(self) -> Channel | None:
        """How it travels, None where a person carries it."""
        return Channel(self.how) if self.how in {Channel.SMS.value, Channel.EMAIL.value} else None


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out; `url` is the link's address, which nobody can read again."""

    url: str
    message_id: UUID | None


def send(
    session: Session,
    checklist_id: UUID,
    sending: Sending,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> Sent:
    """Send an inspection's report; the visit's work is shown with it, for approving from there.

    Raises:
        NotFoundError: no such inspection at the actor's locations.
        ReportNotReadyError: it is not submitted.
        RefusalError: a guard of messages says no; nothing was sent then.
    """
    appointment_id = inspection_queries.get_checklist(session, checklist_id, location_ids, now)["appointmentId"]
    visit = appointment_queries.get_for_update(session, appointment_id, location_ids)
    checklist, _ = inspection_queries.get_checklist_for_update(session, checklist_id, location_ids)
    check_is_ready(checklist.status)
    link_id, token = links.create_link(
        session,
        purpose=Purpose.REPORT,
        appointment_id=visit.id,
        location_id=visit.location_id,
        subject_id=checklist_id,
        phone=visit.customer_phone,
        lifetime=sending.lifetime,
        actor=actor,
        now=now,
    )
    url = f"{sending.address}/c/{token}"
    message: Message | None = None
    if sending.channel is not None:
        message = messages.compose(session, draft_of(visit, sending, url), actor=actor, now=now)
    message_id = None if message is None else message.id
    versions.show_along(session, visit, link_id=link_id, message_id=message_id, actor=actor, now=now)
    before = checklist.sent_at
    edits.apply(checklist, {"link_id": link_id, "sent_at": now}, now)
    session.flush()
    audit.record(
        session,
        EventType.INSPECTION_SENT,
        entity=inspections.CHECKLIST,
        entity_id=checklist_id,
        actor=actor,
        at=now,
        changes={"sentAt": (before, now), "how": (None, sending.how)},
        location_id=visit.location_id,
        version=checklist.version,
    )
    inspections.announce(session, visit.location_id, visit.id)
    return Sent(url, message_id)


def check_is_ready(status: ChecklistStatus) -> None:
    """Refuse to show what is not submitted.

    Raises:
        ReportNotReadyError: it is not.
    """
    if status != ChecklistStatus.SUBMITTED:
        raise rules.ReportNotReadyError("Submit this inspection first. Then the customer can see it.")


def draft_of(visit: Appointment, sending: Sending, url: str) -> Draft:
    """Return the message that brings a report."""
    assert sending.channel is not None
    is_email = sending.channel is Channel.EMAIL
    return Draft(
        visit.location_id,
        sending.channel,
        body=None if sending.template_id is not None else rules.TEXT,
        subject=rules.SUBJECT if sending.template_id is None and is_email else None,
        template_id=sending.template_id,
        appointment_id=visit.id,
        host=sending.host,
        link=url,
    )


def note_opened(session: Session, appointment_id: UUID, link_id: UUID, now: datetime) -> None:
    """Note that the customer looks at a report, and at the estimate that it shows; the first look is told to the shop."""
    is_first = links.note_opened(session, link_id, now)
    versions.note_opened(session, appointment_id, link_id, now)
    visit = appointment_queries.find_for_update(session, appointment_id) if is_first else None
    if visit is not None:
        inspections.announce(session, visit.location_id, visit.id)
