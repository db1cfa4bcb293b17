"""A visit with three jobs, one of them a choice of two, and people who speak to it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.accounts.permissions import Role
from backend.appointments.models import Appointment
from backend.core.actor import Actor, ActorKind
from backend.core.ids import new_id
from backend.services.models import AppointmentJob
from backend.shop.models import Location
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import make_consent
from tests.factories.services import make_job
from tests.factories.shop import make_location
from tests.factories.templates import make_template
from tests.factories.vehicles import make_vehicle

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
PHONE = "+17185550123"
CUSTOMER = Actor(ActorKind.CUSTOMER, name="Ana Reyes", ip="203.0.113.7", user_agent="Phone")


@dataclass
class Offered:
    """A visit, its jobs and the text that brings its estimate; `pads` or `ceramic` is done, not both."""

    location: Location
    visit: Appointment
    brakes: AppointmentJob
    flush: AppointmentJob
    pads: AppointmentJob
    ceramic: AppointmentJob
    advisor: Actor
    template_id: object

    @property
    def here(self):
        return [self.location.id]


@pytest.fixture
def offered(session: Session) -> Offered:
    location = make_location(session, phone="+17185550100", link_cap_cents=250_00)
    customer = make_customer(session, name="Ana Reyes", phone=PHONE, email="ana@example.com")
    vehicle = make_vehicle(session, customer, vin="1HGCM82633A004352")
    visit = make_appointment(
        session,
        location,
        customer_id=customer.id,
        vehicle_id=vehicle.id,
        customer_name=customer.name,
        customer_phone=customer.phone,
    )
    make_consent(session, PHONE)
    choice = new_id()
    jobs = [
        make_job(
            session,
            visit,
            name="Brake inspection",
            sort_order=0,
            lines=[{"kind": "labor", "unit_price_cents": 120_00, "name": "Look"}],
        ),
        make_job(session, visit, name="Brake fluid", sort_order=1, lines=[{"unit_price_cents": 90_00}]),
        make_job(
            session,
            visit,
            name="Standard pads",
            sort_order=2,
            choice_id=choice,
            lines=[{"unit_price_cents": 100_00, "tax_bp": Decimal("887.5")}],
        ),
        make_job(
            session,
            visit,
            name="Ceramic pads",
            sort_order=3,
            choice_id=choice,
            is_chosen=False,
            lines=[{"unit_price_cents": 160_00, "tax_bp": Decimal("887.5")}],
        ),
    ]
    user = User(
        id=new_id(),
        email="ada@keytag.test",
        name="Ada Advisor",
        role=Role.ADVISOR,
        password_hash="-",
        created_at=NOW,
        updated_at=NOW,
        password_changed_at=NOW,
    )
    session.add(user)
    template = make_template(session, name="Estimate", category="estimate", body="Your estimate: {link}")
    session.flush()
    advisor = Actor(ActorKind.USER, user.id, user.name, Role.ADVISOR.value)
    return Offered(location, visit, *jobs, advisor, template.id)
