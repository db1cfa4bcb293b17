"""The odometer, read at the car."""

from datetime import timedelta

import pytest

from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from backend.core.ids import new_id
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle


@pytest.fixture
def location(session):
    return make_location(session)


@pytest.fixture
def car(session):
    return make_vehicle(session, make_customer(session, name="Ana Reyes"), mileage=41_000, notes="Pays late")


def _visit(session, location, car, tech):
    now = utc_now()
    return make_appointment(
        session, location, tech_id=tech.user.id, vehicle_id=car.id, starts_at=now, ends_at=now + timedelta(hours=1)
    )


def _path(visit):
    return f"/api/tech/appointments/{visit.id}/odometer"


def test_on_a_tablet_it_is_written_down_under_the_technicians_name(session, location, car, on_tablet):
    tech = on_tablet(location)
    visit = _visit(session, location, car, tech)

    answer = tech.patch(_path(visit), json={"mileage": 41_250, "version": 1})

    assert answer.get_json() == {"mileage": 41_250, "version": 2}
    session.refresh(car)
    assert car.mileage == 41_250
    row = session.query(AuditLog).filter_by(entity_id=car.id).one()
    assert row.actor_id == tech.user.id


def test_anothers_job_is_not_written_to(session, location, car, on_tablet):
    tech, other = on_tablet(location), on_tablet(location)
    visit = _visit(session, location, car, other)

    assert tech.patch(_path(visit), json={"mileage": 41_250, "version": 1}).status_code == 404


def test_what_the_advisor_wrote_meanwhile_stands_beside_it_and_nothing_else(session, location, car, as_role, on_tablet):
    tech = on_tablet(location)
    visit = _visit(session, location, car, tech)
    advisor = as_role("Advisor", [location])
    change = {"mileage": 41_100, "color": "Red", "version": 1}
    assert advisor.patch(f"/api/vehicles/{car.id}", json=change).status_code == 200

    answer = tech.patch(_path(visit), json={"mileage": 41_250, "version": 1})

    assert answer.status_code == 409
    problem = answer.get_json()
    (conflict,) = problem["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"]) == ("mileage", 41_250, 41_100)
    assert conflict["changedBy"] == advisor.user.name
    assert problem["vehicle"] == {"mileage": 41_100, "version": 2}
    assert tech.patch(_path(visit), json={"mileage": 41_250, "version": 2}).status_code == 200


def test_what_the_advisor_changed_of_the_rest_is_no_conflict(session, location, car, as_role, on_tablet):
    tech = on_tablet(location)
    visit = _visit(session, location, car, tech)
    change = {"color": "Red", "version": 1}
    assert as_role("Advisor", [location]).patch(f"/api/vehicles/{car.id}", json=change).status_code == 200

    assert tech.patch(_path(visit), json={"mileage": 41_250, "version": 1}).status_code == 200


def test_the_same_request_twice_counts_once(session, location, car, as_role, on_tablet):
    tech = on_tablet(location)
    visit = _visit(session, location, car, tech)
    again = {"json": {"mileage": 41_250, "version": 1}, "headers": {"Idempotency-Key": str(new_id())}}
    assert tech.patch(_path(visit), **again).status_code == 200
    advisor = as_role("Advisor", [location])
    assert advisor.patch(f"/api/vehicles/{car.id}", json={"mileage": 41_300, "version": 2}).status_code == 200

    assert tech.patch(_path(visit), **again).get_json() == {"mileage": 41_250, "version": 2}
    session.refresh(car)
    assert car.mileage == 41_300


@pytest.mark.parametrize("mileage", [-1, 10_000_000, "many", None])
def test_what_no_odometer_shows_is_refused(session, location, car, on_tablet, mileage):
    tech = on_tablet(location)
    visit = _visit(session, location, car, tech)

    assert tech.patch(_path(visit), json={"mileage": mileage, "version": 1}).status_code == 422
