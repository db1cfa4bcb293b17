from datetime import UTC, datetime

import pytest

from backend.appointments.models import Appointment
from backend.core.errors import NotFoundError
from backend.core.ids import new_id
from backend.templates import queries
from backend.templates.queries import TemplateFilter
from backend.templates.rules import TemplateCategory, TemplateChannel
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_location
from tests.factories.templates import make_template
from tests.factories.vehicles import make_vehicle


def test_a_job_says_its_values(session):
    shop = make_location(session, name="Harbor Auto", phone="+17185550100", address="412 Van Brunt St")
    ana = make_customer(session, name="Ana Flores")
    car = make_vehicle(session, ana, plate="ABC-1234")
    job = make_appointment(
        session,
        shop,
        customer_id=ana.id,
        vehicle_id=car.id,
        promised_at=datetime(2026, 11, 20, 22, tzinfo=UTC),
        total_cents=1000,
    )

    assert queries.read_values(session, job.id) == {
        "link": None,
        "customer_first_name": "Ana",
        "customer_name": "Ana Flores",
        "shop_name": "Harbor Auto",
        "shop_phone": "(718) 555-0100",
        "shop_address": "412 Van Brunt St",
        "vehicle": "2019 Toyota Corolla",
        "plate": "ABC-1234",
        "appointment_day": "Fri, Nov 20",
        "appointment_time": "10:00 AM",
        "promised_time": "Fri, Nov 20 at 5:00 PM",
        "tech_first_name": None,
        "order_number": str(session.get(Appointment, job.id).number),
        "total": "$10.00",
        "balance": "$10.00",
    }


def test_a_job_of_another_location_says_nothing(session):
    job = make_appointment(session, make_location(session))

    with pytest.raises(NotFoundError):
        queries.read_values(session, job.id, [new_id()])
    with pytest.raises(NotFoundError):
        queries.read_values(session, new_id())


def test_templates_of_the_location_and_of_all_are_listed_by_name(session):
    here, there = make_location(session), make_location(session)
    for name, location_id, more in (
        ("Ready", None, {}),
        ("Almost ready", here.id, {}),
        ("Invoice", here.id, {"channel": TemplateChannel.EMAIL, "subject": "Invoice"}),
        ("Elsewhere", there.id, {}),
        ("Gone", None, {"deleted_at": datetime(2026, 11, 2, tzinfo=UTC)}),
        ("Welcome", None, {"category": TemplateCategory.GENERAL}),
    ):
        make_template(session, name=name, location_id=location_id, **more)

    def listed(**wanted):
        found = queries.list_templates(session, TemplateFilter((here.id,), **wanted), after=None, limit=50)
        return [template.name for template in found]

    assert listed() == ["Almost ready", "Invoice", "Ready", "Welcome"]
    assert listed(channel=TemplateChannel.EMAIL) == ["Invoice"]
    assert listed(category=TemplateCategory.GENERAL) == ["Welcome"]


def test_the_next_page_begins_after_the_last_one(session):
    here = make_location(session)
    first, second = (make_template(session, name=name) for name in ("A", "B"))

    found = queries.list_templates(session, TemplateFilter((here.id,)), after=("A", first.id), limit=1)

    assert [template.id for template in found] == [second.id]
