"""A technician's day in one answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.clocks.models import WorkTimer
from backend.core.clock import utc_now
from backend.core.db import SessionFactory
from backend.core.ids import new_id
from backend.findings.models import Finding
from backend.inspections.rules import Result
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.inspections import make_checklist, make_inspected, make_inspection_template
from tests.factories.services import make_job
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle

TODAY = "/api/tech/today"


@pytest.fixture
def location(session):
    return make_location(session)


@pytest.fixture
def tech(as_role, location):
    return as_role("Tech", [location])


def _now(**more):
    now = utc_now()
    return {"starts_at": now, "ends_at": now + timedelta(hours=1), **more}


def test_a_day_has_ones_own_jobs_with_all_that_the_work_needs(session, location, tech):
    ids = make_inspected(session, location, tech.user)
    make_inspection_template(session)

    day = tech.get(TODAY).get_json()

    assert day["me"] == {"id": str(tech.user.id), "name": "Tech of the test"}
    assert day["timer"]["id"] == str(ids["timer_id"])
    (visit,) = day["appointments"]
    assert visit["id"] == str(ids["appointment_id"])
    assert [job["name"] for job in visit["jobs"]] == ["Front brake pads"]
    assert [timer["id"] for timer in visit["timers"]] == [str(ids["timer_id"])]
    assert [one["id"] for one in visit["checklists"]] == [str(ids["checklist_id"])]
    assert visit["vehicle"]["version"] == 1
    assert (visit["needsPart"], visit["needsApproval"]) == (False, False)
    assert [one["name"] for one in day["templates"]] == ["Multi-point"]
    assert day["templates"][0]["points"][0]["label"] == "Front brake pads"


def test_no_price_leaves_for_anybody(session, location, as_role):
    owner = as_role("Owner", [location])
    make_inspected(session, location, owner.user)

    text = owner.get(TODAY).text

    assert "Cents" not in text
    assert "10000" not in text


def test_others_jobs_and_other_days_stay_out(session, location, tech, as_role):
    other = as_role("Tech", [location]).user
    yesterday = utc_now() - timedelta(days=1)
    make_appointment(session, location, tech_id=other.id, **_now())
    make_appointment(
        session, location, tech_id=tech.user.id, starts_at=yesterday, ends_at=yesterday + timedelta(hours=1)
    )
    here = make_appointment(
        session,
        location,
        tech_id=tech.user.id,
        starts_at=yesterday - timedelta(days=3),
        ends_at=yesterday - timedelta(days=2),
        status=Status.IN_PROGRESS,
        check_in_at=yesterday,
    )
    canceled = {"status": Status.CANCELED, **_now()}
    make_appointment(session, location, tech_id=tech.user.id, **canceled)

    assert [one["id"] for one in tech.get(TODAY).get_json()["appointments"]] == [str(here.id)]


def test_an_inspection_that_one_holds_comes_along(session, location, tech, as_role):
    appointment = make_appointment(session, location, tech_id=as_role("Tech", [location]).user.id, **_now())
    make_checklist(session, appointment, holder_id=tech.user.id)

    assert [one["id"] for one in tech.get(TODAY).get_json()["appointments"]] == [str(appointment.id)]


def test_the_cars_past_comes_along_newest_first(session, location, tech):
    car = make_vehicle(session, make_customer(session))
    long_ago = utc_now() - timedelta(days=400)
    for days, title in ((0, "Oil"), (30, "Brakes")):
        start = long_ago + timedelta(days=days)
        past = make_appointment(
            session,
            location,
            vehicle_id=car.id,
            title=title,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            status=Status.COMPLETED,
            check_in_at=start,
            check_out_at=start + timedelta(hours=1),
        )
    _, (item, *_) = make_checklist(session, past, items=[{"label": "Front brake pads", "result": Result.ATTENTION}])
    session.add(
        Finding(
            id=new_id(),
            vehicle_id=car.id,
            location_id=location.id,
            label="Front brake pads",
            severity=Result.ATTENTION,
            opened_item_id=item.id,
            latest_item_id=item.id,
            opened_at=long_ago,
            seen_at=long_ago,
        )
    )
    make_appointment(session, location, vehicle_id=car.id, tech_id=tech.user.id, **_now())

    (visit,) = tech.get(TODAY).get_json()["appointments"]

    assert [(one["title"], [found["severity"] for found in one["findings"]]) for one in visit["history"]] == [
        ("Brakes", ["attention"]),
        ("Oil", []),
    ]


def test_finished_work_of_others_waits_for_a_check_where_the_switch_is_on(session, location, tech, as_role):
    other = as_role("Tech", [location])
    ids = make_inspected(session, location, other.user)
    assert tech.get(TODAY).get_json()["toCheck"] == []
    location.is_checked_by_another = True
    assert tech.get(TODAY).get_json()["toCheck"] == [], "the clock still runs"
    stop = {"stoppedAt": utc_now().isoformat()}
    assert other.post(f"/api/tech/timers/{ids['timer_id']}/stop", json=stop).status_code == 200

    assert [one["id"] for one in tech.get(TODAY).get_json()["toCheck"]] == [str(ids["appointment_id"])]
    assert other.get(TODAY).get_json()["toCheck"] == []
    check = {"id": str(new_id()), "kind": "quality", "isPassed": True}
    assert tech.post(f"/api/appointments/{ids['appointment_id']}/checks", json=check).status_code == 200
    assert tech.get(TODAY).get_json()["toCheck"] == []


def test_what_was_found_wrong_is_checked_again_once_it_was_worked_on(session, location, tech, as_role):
    location.is_checked_by_another = True
    other = as_role("Tech", [location])
    ids = make_inspected(session, location, other.user)
    timer = session.get(WorkTimer, ids["timer_id"])
    timer.started_at = utc_now() - timedelta(minutes=30)
    timer.stopped_at = utc_now() - timedelta(minutes=20)
    session.get(Appointment, ids["appointment_id"]).status_since = utc_now() - timedelta(minutes=40)
    session.flush()

    (waiting,) = tech.get(TODAY).get_json()["toCheck"]
    assert [job["name"] for job in waiting["jobs"]] == ["Front brake pads"]
    check = {"id": str(new_id()), "kind": "quality", "isPassed": False, "note": "A bolt is missing"}
    assert tech.post(f"/api/appointments/{ids['appointment_id']}/checks", json=check).status_code == 200
    assert tech.get(TODAY).get_json()["toCheck"] == []
    session.add(
        WorkTimer(
            id=new_id(),
            user_id=other.user.id,
            appointment_id=ids["appointment_id"],
            started_at=utc_now() - timedelta(minutes=5),
            stopped_at=utc_now() + timedelta(minutes=1),
        )
    )
    session.flush()
    assert [one["id"] for one in tech.get(TODAY).get_json()["toCheck"]] == [str(ids["appointment_id"])]


def test_the_inspections_for_a_visit_and_car_come_first_and_those_begun_are_named(session, location, tech):
    everyone = make_inspection_template(session, name="All cars")
    old = make_inspection_template(session, name="Old cars", from_age=8)
    brakes = make_inspection_template(session, name="Brakes", visit_type="brakes")
    make_inspection_template(session, name="Far driven", from_mileage=100_000)
    car = make_vehicle(session, make_customer(session), year=utc_now().year - 10, mileage=40_000)
    visit = make_appointment(session, location, tech_id=tech.user.id, vehicle_id=car.id, visit_type="Brakes", **_now())

    (shown,) = tech.get(TODAY).get_json()["appointments"]
    assert shown["fittingTemplateIds"] == [str(one.id) for one in (brakes, old, everyone)]
    assert shown["begunTemplateIds"] == []

    begun = {"id": str(new_id()), "templateId": str(old.id)}
    assert tech.post(f"/api/appointments/{visit.id}/checklists", json=begun).status_code == 201
    old.name = "Elderly cars"
    session.flush()
    (shown,) = tech.get(TODAY).get_json()["appointments"]
    assert shown["begunTemplateIds"] == [str(old.id)]


def test_it_costs_the_same_statements_for_one_job_and_for_nine(session, location, tech):
    statements = []
    engine = SessionFactory.kw["bind"]

    def count(*_args):
        # Which switches are off is kept for some seconds: asked again or not, the day costs the same.
        if "switches" not in _args[2] and not _args[2].startswith("SET TRANSACTION"):
            statements.append(_args[2])

    def ask() -> int:
        statements.clear()
        assert tech.get(TODAY).status_code == 200
        return len(statements)

    event.listen(engine, "before_cursor_execute", count)
    try:
        _busy(session, location, tech, 1)
        one = ask()
        _busy(session, location, tech, 8)
        nine = ask()
    finally:
        event.remove(engine, "before_cursor_execute", count)

    assert one == nine <= 13


def _busy(session, location, tech, count):
    for _ in range(count):
        overbooked = {"overbook_reason": "test", "overbooked_by": tech.user.id, "overbooked_at": utc_now()}
        appointment = make_appointment(session, location, tech_id=tech.user.id, **_now(**overbooked))
        make_job(session, appointment)
        make_checklist(session, appointment)
    assert session.scalar(sa.select(sa.func.count())) == 1
