"""A customer who may be texted, at an hour at which they may."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from backend.appointments.models import Appointment
from backend.core.ids import new_id
from backend.customers.models import Customer
from backend.shop.models import Location
from tests.customers.conftest import statements  # noqa: F401  a fixture
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import make_consent
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
