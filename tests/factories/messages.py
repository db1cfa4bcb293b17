"""Messages and consent for tests."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.consent.models import ConsentEvent
from backend.consent.rules import ConsentKind, ConsentMethod
from backend.core.ids import new_id
from backend.messages.models import Message
from backend.messages.rules import Channel, Direction, MessageClass, MessageStatus, Origin

PHONE = "+17185550142"
AT = datetime(2026, 11, 20, 15, tzinfo=UTC)


def make_consent(session: Session, phone: str = PHONE, **overrides: Any) -> ConsentEvent:
    """Make the event by which `phone` agreed to informational texts on a form; triggers keep the state."""
    values: dict[str, Any] = {"kind": ConsentKind.EXPRESS, "method": ConsentMethod.WEB_FORM, "at": AT}
    event = ConsentEvent(id=new_id(), phone=phone, **{**values, **overrides})
    session.add(event)
    session.flush()
    return event


def make_message(session: Session, appointment: Appointment, **overrides: Any) -> Message:
    """Make a text from the customer, unread; with `direction="out"` a delivered one of the shop's, with its consent."""
    values: dict[str, Any] = {
        "location_id": appointment.location_id,
        "appointment_id": appointment.id,
        "customer_id": appointment.customer_id,
        "channel": Channel.SMS,
        "phone": PHONE,
        "message_class": MessageClass.CONVERSATION,
        "body": "Is it ready?",
        "created_at": AT,
    }
    if overrides.get("direction") == Direction.OUT:
        values |= {"status": MessageStatus.DELIVERED, "origin": Origin.STAFF}
        if "consent_event_id" not in overrides:
            values["consent_event_id"] = make_consent(session, overrides.get("phone", PHONE)).id
    else:
        values |= {"direction": Direction.IN, "status": MessageStatus.RECEIVED, "origin": Origin.CUSTOMER}
    message = Message(id=new_id(), **{**values, **overrides})
    session.add(message)
    session.flush()
    return message
