"""A customer who may be texted, at an hour at which they may."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from backend.appointments.models import Appointment
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.ids import new_id
from backend.customers.models import Customer
from backend.messages import commands
from backend.messages.commands import Draft
from backend.messages.models import Message
from backend.messages.rules import Progress
from backend.sender import commands as sender
from backend.shop.models import Location
from tests.customers.conftest import statements  # noqa: F401  a fixture
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import make_consent, make_message
from tests.factories.shop import make_location

# Toll-free: it says nothing about where the phone is, so that the location's zone alone decides the hours.
PHONE = "+18885550142"


def zone_where_it_is(hour: int) -> str:
    """Return a zone in which the clock shows `hour` now."""
    ahead = (hour - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


@dataclass(frozen=True)
class Desk:
    """A shop with one visit of one customer."""

    location: Location
    customer: Customer
    appointment: Appointment


@pytest.fixture
def make_desk(session):
    """Return `make_desk(hour=12, agrees=True, …)`: a visit where the clock shows `hour`, of a customer with a number."""

    def make(hour: int = 12, *, agrees: bool = True, phone: str | None = PHONE, **overrides) -> Desk:
        location = make_location(session, timezone=zone_where_it_is(hour), phone="+17185550100")
        customer = make_customer(session, phone=phone, **overrides)
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
        appointment = make_appointment(session, location, customer_id=customer.id, starts_at=start)
        if agrees and phone is not None:
            make_consent(session, phone)
        return Desk(location, customer, appointment)

    return make


@pytest.fixture
def desk(make_desk) -> Desk:
    """Return a visit at noon of a customer who agreed to be texted."""
    return make_desk()


@pytest.fixture
def send(as_role):
    """Return `send(desk, role="Advisor", **body)`: post a message and return the answer."""
    clients = {}

    def post(desk: Desk, role: str = "Advisor", *, key: str | None = None, path: str = "", **body):
        client = clients.get(role) or clients.setdefault(role, as_role(role))
        headers = {"Idempotency-Key": key or str(new_id())}
        wanted = {"channel": "sms", **({} if "templateId" in body else {"body": "Your car is ready."}), **body}
        return client.post(f"/api/appointments/{desk.appointment.id}/messages{path}", json=wanted, headers=headers)

    return post


@pytest.fixture
def compose(session, desk):
    """Return `compose(**draft)`: compose in a transaction of its own and return the row as it then is."""

    def do(**draft) -> Message:
        session.commit()
        wanted = {
            "appointment_id": desk.appointment.id,
            **({} if "template_id" in draft else {"body": "Hello"}),
            **draft,
        }
        with transaction() as work:
            made = commands.compose(work, Draft(desk.location.id, **wanted), actor=SYSTEM, now=utc_now()).id
        return session.get(Message, made)

    return do


@pytest.fixture
def sent(session, desk):
    """Return `sent(**overrides)`: a text that the provider has accepted."""

    def make(**overrides) -> Message:
        now = utc_now()
        values = {
            "status": "sending",
            "phone": PHONE,
            "provider_sid": f"SM{new_id().hex}",
            "provider_status": "queued",
            "accepted_at": now,
            "claimed_at": now,
            "first_claimed_at": now,
            "attempts": 1,
        }
        message = make_message(session, desk.appointment, direction="out", **{**values, **overrides})
        session.commit()
        return message

    return make


@pytest.fixture
def say(session):
    """Return `say(message, status, **said)`: what the provider says of a text, in a transaction of its own."""

    def tell(message, status: str, **said) -> Progress | None:
        with transaction() as work:
            result = sender.apply_provider_status(
                work,
                status,
                at=utc_now(),
                **{"message_id": message.id, "sid": message.provider_sid, "attempt": 1, **said},
            )
        session.expire_all()
        return result

    return tell
