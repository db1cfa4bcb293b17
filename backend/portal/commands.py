"""Give a customer the way to their invoice: a link that shows it, and takes its money from who knows the phone's last digits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import queries as appointments
from backend.appointments.models import Appointment
from backend.core.actor import Actor
from backend.invoices.rules import NotIssuedError
from backend.links import commands as links
from backend.links.rules import MAXIMUM_AGE, Purpose
from backend.messages import commands as messages
from backend.messages.commands import Draft
from backend.messages.rules import Channel


@dataclass(frozen=True, slots=True)
class Sending:
    """How the link goes: by text or email with a `template_id`, or (None) copied by a person.

    `address` is what a link's address begins with, `host` our own for the linter.
    """

    channel: Channel | None
    template_id: UUID | None
    address: str
    host: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A link to an invoice; `url` is its address, which nobody can read again."""

    link_id: UUID
    url: str
    message_id: UUID | None


def send_invoice(
    session: Session,
    appointment_id: UUID,
    sending: Sending,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> Sent:
    """Make a link to a visit's invoice that lasts seven days, with the message that brings it.

    Raises:
        NotFoundError: no such visit at the actor's locations.
        NotIssuedError: no invoice of it stands.
        RefusalError: a guard of messages says no; there is no link then.
    """
    appointment = appointments.get_for_update(session, appointment_id, location_ids)
    if appointment.locked_at is None:
        raise NotIssuedError("Issue the invoice first: the link shows it.")
    link_id, token = links.create_link(
        session,
        purpose=Purpose.INVOICE,
        appointment_id=appointment.id,
        location_id=appointment.location_id,
        phone=appointment.customer_phone,
        lifetime=MAXIMUM_AGE,
        actor=actor,
        now=now,
    )
    url = f"{sending.address}/c/{token}"
    message = None
    if sending.channel is not None:
        message = messages.compose(session, draft_of(appointment, sending, url), actor=actor, now=now)
    return Sent(link_id, url, None if message is None else message.id)


def draft_of(appointment: Appointment, sending: Sending, url: str) -> Draft:
    """Return the message that brings a link to an invoice."""
    assert sending.channel is not None
    return Draft(
        appointment.location_id,
        sending.channel,
        template_id=sending.template_id,
        appointment_id=appointment.id,
        host=sending.host,
        link=url,
    )
