"""A technician's day in one answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from backend.appointments.rules import Status
from backend.core.clock import utc_now
from backend.core.db import SessionFactory
from backend.core.ids import new_id
from backend.inspections.models import Finding
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
    _, (taken_back, *_) = make_checklist(session, past, deleted_at=long_ago)
    session.add(
        Finding(
            id=new_id(),
            vehicle_id=car.id,
            location_id=location.id,
            label="Wipers",
            severity=Result.FAIL,
            opened_item_id=taken_back.id,
            latest_item_id=taken_back.id,
            opened_at=long_ago,
            seen_at=long_ago,
            resolved_at=long_ago,
            resolution="The inspection was deleted.",
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


def test_it_costs_the_same_statements_for_one_job_and_for_nine(session, location, tech):
    statements = []
    engine = SessionFactory.kw["bind"]

    def count(*_args):
        # What an Owner switched off is asked for again after a while, by whoever comes then.
        if not _args[2].startswith("SET") and "switches" not in _args[2]:
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

    assert one == nine <= 12


def _busy(session, location, tech, count):
    for _ in range(count):
        overbooked = {"overbook_reason": "test", "overbooked_by": tech.user.id, "overbooked_at": utc_now()}
        appointment = make_appointment(session, location, tech_id=tech.user.id, **_now(**overbooked))
        make_job(session, appointment)
        make_checklist(session, appointment)
    assert session.scalar(sa.select(sa.func.count())) == 1
