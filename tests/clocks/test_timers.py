"""Clocks over HTTP: one at a time, the same in whatever order they are told, honest about the device's time."""

import threading
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.accounts.permissions import Role
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit import commands as audit
from backend.audit.models import AuditLog
from backend.clocks import commands
from backend.clocks.models import WorkTimer
from backend.clocks.tasks import after_step
from backend.core.actor import SYSTEM, Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.services.rules import Approval
from backend.wiring import SUBSCRIPTIONS
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.shop import make_location

TIMERS = "/api/tech/timers"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def location(session):
    return make_location(session)


@pytest.fixture
def tech(as_role, location):
    return as_role("Tech", [location])


def _job(session, location, tech, **overrides):
    now = utc_now()
    values = {"status": Status.IN_PROGRESS, "check_in_at": now - timedelta(hours=8), "overbook_reason": "test"}
    values |= {"overbooked_by": tech.user.id, "overbooked_at": now, "starts_at": now, "ends_at": now + 60 * MINUTE}
    return make_appointment(session, location, tech_id=tech.user.id, **(values | overrides))


def _start(client, appointment, at, timer_id=None, **more):
    body = {"id": str(timer_id or new_id()), "appointmentId": str(appointment.id), "startedAt": at.isoformat(), **more}
    return client.post(TIMERS, json=body)


def _stop(client, timer_id, at, **more):
    return client.post(f"{TIMERS}/{timer_id}/stop", json={"stoppedAt": at.isoformat(), **more})


def test_a_start_sent_twice_is_one(session, location, tech):
    appointment, timer_id = _job(session, location, tech), new_id()
    at = utc_now() - 5 * MINUTE

    first, second = (_start(tech, appointment, at, timer_id) for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert first.get_json() == second.get_json()
    assert session.scalar(sa.select(sa.func.count(WorkTimer.id))) == 1
    told = session.scalars(sa.select(AuditLog).where(AuditLog.action == "work.started")).all()
    assert [one.actor_id for one in told] == [tech.user.id]


def test_starting_the_next_job_stops_the_one_before(session, location, tech):
    now = utc_now()
    first, second = _job(session, location, tech), _job(session, location, tech)
    one = _start(tech, first, now - 30 * MINUTE).get_json()

    two = _start(tech, second, now - 10 * MINUTE).get_json()

    kept = session.get(WorkTimer, one["id"])
    assert kept.stopped_at == now - 10 * MINUTE
    assert two["stoppedAt"] is None


def test_of_many_starts_at_once_one_runs(session, location, tech):
    appointments = [_job(session, location, tech) for _ in range(8)]
    session.commit()
    actor = Actor(ActorKind.USER, tech.user.id, tech.user.name, Role.TECH)
    start, failed = threading.Barrier(8), []

    def begin(appointment_id) -> None:
        start.wait()
        try:
            with transaction() as own:
                wanted = commands.Start(new_id(), appointment_id, None, utc_now())
                commands.start_timer(own, wanted, actor=actor, location_ids=[location.id], now=utc_now())
        except Exception as error:  # noqa: BLE001  whatever it was, the test shows it
            failed.append(error)

    threads = [threading.Thread(target=begin, args=[one.id]) for one in appointments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    timers = session.scalars(sa.select(WorkTimer)).all()
    assert len(timers) == 8
    assert sum(timer.stopped_at is None for timer in timers) == 1


def test_the_same_day_comes_out_in_whatever_order_it_is_told(session, location, tech):
    """Three stretches, one of them ended by the next: every order in which a tablet can tell their starts, stops behind."""
    now = utc_now()
    appointments = [_job(session, location, tech) for _ in range(3)]
    starts = [now - 90 * MINUTE, now - 60 * MINUTE, now - 40 * MINUTE]
    stops = [now - 70 * MINUTE, None, now - 5 * MINUTE]
    for order in permutations(range(3)):
        ids = [new_id() for _ in range(3)]
        for index in order:
            assert _start(tech, appointments[index], starts[index], ids[index]).status_code == 200
        for index in Random(str(order)).sample(range(3), 3):
            if stops[index] is not None:
                assert _stop(tech, ids[index], stops[index]).status_code == 200
        kept = [session.get(WorkTimer, one) for one in ids]
        assert [one.stopped_at for one in kept] == [stops[0], starts[2], stops[2]], order
        session.execute(sa.delete(WorkTimer))


def test_stretches_never_overlap_whatever_a_device_says(session, location, tech):
    appointments = [_job(session, location, tech) for _ in range(3)]
    now, random = utc_now(), Random(5)
    for _ in range(60):
        timer_id = new_id()
        told = now - random.randrange(0, 600) * MINUTE
        assert _start(tech, random.choice(appointments), told, timer_id).status_code == 200
        if random.random() < 0.7:
            assert _stop(tech, timer_id, told + random.randrange(-5, 90) * MINUTE).status_code == 200

    columns = (WorkTimer.started_at, WorkTimer.stopped_at)
    rows = session.execute(sa.select(*columns).order_by(WorkTimer.started_at, WorkTimer.stopped_at.nulls_last())).all()
    ends = [stop or now + timedelta(days=1) for _, stop in rows]
    assert [row for row, end in zip(rows, ends, strict=True) if row[0] > end] == []
    assert [row for end, row in zip(ends, rows[1:], strict=False) if end > row[0]] == []
    assert sum(stop is None for _, stop in rows) <= 1
    assert all(moment is None or moment <= utc_now() for row in rows for moment in row)


def test_nothing_is_told_to_be_in_the_future_and_the_log_keeps_what_the_device_said(session, location, tech):
    appointment, told = _job(session, location, tech), utc_now() + 10 * MINUTE

    timer = _start(tech, appointment, told).get_json()

    kept = session.get(WorkTimer, timer["id"])
    assert kept.started_at <= utc_now()
    changes = session.scalars(sa.select(AuditLog.changes).where(AuditLog.entity_id == kept.id)).one()
    assert changes["deviceTime"][1].startswith(told.isoformat()[:16])


def test_a_pause_says_why_and_marks_what_the_job_waits_for(session, location, tech):
    appointment = _job(session, location, tech)
    timer = _start(tech, appointment, utc_now() - 9 * MINUTE).get_json()

    stopped = _stop(tech, timer["id"], utc_now(), pauseReason="needs_part").get_json()

    assert stopped["pauseReason"] == "needs_part"
    session.refresh(appointment)
    assert appointment.needs_part
    # The part comes, and the tablet's queue tells the same stop again: nothing is taken back.
    assert tech.patch(f"/api/appointments/{appointment.id}/needs", json={"needsPart": False}).status_code == 200
    _stop(tech, timer["id"], utc_now(), pauseReason="needs_part")
    session.refresh(appointment)
    assert not appointment.needs_part


def test_a_clock_is_its_persons(session, location, tech, as_role):
    other = as_role("Tech", [location])
    appointment, timer_id = _job(session, location, tech), new_id()
    _start(tech, appointment, utc_now(), timer_id)

    assert _start(other, appointment, utc_now(), timer_id).status_code == 409
    assert _stop(other, timer_id, utc_now()).status_code == 404
    assert _stop(as_role("Advisor", [location]), timer_id, utc_now()).status_code == 200
    told = session.scalars(sa.select(AuditLog).where(AuditLog.action == "work.stopped")).one()
    assert told.actor_role == "Advisor"


def test_work_that_begins_brings_the_job_into_progress(session, location, tech):
    appointment = make_appointment(session, location, tech_id=tech.user.id)

    _start(tech, appointment, utc_now())

    session.refresh(appointment)
    assert appointment.status == Status.IN_PROGRESS
    assert appointment.check_in_at is not None


def test_a_job_that_is_ready_stops_its_clocks(session, location, tech):
    appointment = _job(session, location, tech)
    timer = _start(tech, appointment, utc_now() - 9 * MINUTE).get_json()
    assert tech.patch(f"/api/appointments/{appointment.id}/status", json={"status": "READY"}).status_code == 200

    after_step(str(appointment.id))
    after_step(str(appointment.id))

    session.expire_all()
    since = session.scalar(sa.select(Appointment.status_since))
    assert session.get(WorkTimer, timer["id"]).stopped_at == since


def test_a_deleted_visit_stops_its_clocks_and_a_late_stop_is_taken(session, location, tech, as_role):
    appointment = _job(session, location, tech)
    timer = _start(tech, appointment, utc_now() - 9 * MINUTE).get_json()
    advisor = as_role("Advisor", [location])
    assert advisor.delete(f"/api/appointments/{appointment.id}").status_code == 204

    assert after_step in SUBSCRIPTIONS[EventType.APPOINTMENT_DELETED]
    for _ in range(2):
        after_step(str(appointment.id))

    session.expire_all()
    kept = session.get(WorkTimer, timer["id"])
    assert kept.stopped_at == session.scalar(sa.select(Appointment.deleted_at))
    late = _stop(tech, timer["id"], utc_now() - 4 * MINUTE, pauseReason="needs_part")
    assert (late.status_code, late.get_json()["pauseReason"]) == (200, "needs_part")
    session.refresh(kept)
    session.refresh(appointment)
    assert kept.stopped_at - kept.started_at < 6 * MINUTE
    assert not appointment.needs_part


def test_the_log_of_a_location_has_how_its_own_stretches_end(session, location, as_role):
    other = make_location(session, name="Queens")
    tech = as_role("Tech", [location, other])
    first = _start(tech, _job(session, location, tech), utc_now() - 9 * MINUTE).get_json()
    starts_at = utc_now() + timedelta(hours=3)
    elsewhere = _job(session, other, tech, starts_at=starts_at, ends_at=starts_at + 60 * MINUTE)

    assert _start(tech, elsewhere, utc_now() - 5 * MINUTE).status_code == 200

    told = sa.select(AuditLog.action, AuditLog.location_id).where(AuditLog.entity_id == first["id"])
    assert set(session.execute(told)) == {("work.started", location.id), ("work.stopped", location.id)}


def test_a_start_told_after_the_work_has_ended_ends_with_it(session, location, tech):
    ended = utc_now() - 20 * MINUTE
    appointment = _job(session, location, tech, status=Status.READY, status_since=ended)

    late = _start(tech, appointment, utc_now() - 60 * MINUTE).get_json()
    again = _start(tech, appointment, utc_now() - 5 * MINUTE).get_json()

    assert session.get(WorkTimer, late["id"]).stopped_at == ended
    assert again["stoppedAt"] is None, "somebody works on it once more"


def test_elsewhere_nothing_starts(session, tech):
    appointment = make_appointment(session, make_location(session))

    assert _start(tech, appointment, utc_now()).status_code == 404


def test_a_moment_has_its_offset(session, location, tech):
    body = {"id": str(new_id()), "appointmentId": str(_job(session, location, tech).id)}

    assert tech.post(TIMERS, json={**body, "startedAt": "2026-11-30T10:00:00"}).status_code == 422


def test_on_a_tablet_only_own_jobs_are_started(session, location, tech, on_tablet):
    tablet = on_tablet(location)

    assert _start(tablet, _job(session, location, tech), utc_now()).status_code == 404
    assert _start(tablet, _job(session, location, tablet), utc_now()).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(13, 200), (15, 404)])
def test_on_a_tablet_work_counts_that_was_done_before_the_job_went_to_another(
    session, location, tech, on_tablet, days, status
):
    tablet = on_tablet(location)
    appointment = _job(session, location, tech)
    audit.record(
        session,
        EventType.APPOINTMENT_CHANGED,
        entity="appointment",
        entity_id=appointment.id,
        actor=SYSTEM,
        at=utc_now() - timedelta(days=days),
        changes={"techId": (tablet.user.id, tech.user.id)},
        location_id=location.id,
    )
    session.commit()

    assert _start(tablet, appointment, utc_now() - 5 * MINUTE).status_code == status


def test_actual_and_sold_hours_stand_side_by_side(session, location, tech):
    appointment = _job(session, location, tech)
    lines = [{"kind": "labor", "hours": Decimal("1.5")}, {}]
    job = make_job(session, appointment, lines=lines, approval=Approval.APPROVED)
    # Nothing is sold that the customer has not said yes to.
    offered = make_job(session, appointment, lines=[{"kind": "labor", "hours": Decimal(2)}])
    now = utc_now()
    timer_id = new_id()
    _start(tech, appointment, now - 50 * MINUTE, timer_id, jobId=str(job.id))
    _stop(tech, timer_id, now - 20 * MINUTE)
    _start(tech, appointment, now - 10 * MINUTE, timer_id := new_id())
    _stop(tech, timer_id, now)

    work = tech.get(f"/api/appointments/{appointment.id}/work").get_json()

    assert (work["soldHours"], work["offeredHours"], work["workedSeconds"]) == ("1.5", "2", 40 * 60)
    told = [(one["id"], one["soldHours"], one["offeredHours"], one["workedSeconds"]) for one in work["jobs"]]
    assert told == [(str(job.id), "1.5", "0", 30 * 60), (str(offered.id), "0", "2", 0)]
    assert [(one["workedSeconds"], one["isRunning"]) for one in work["people"]] == [(40 * 60, False)]
    assert "Cents" not in str(work)


def test_sold_hours_go_to_who_worked_by_their_share(session, location, tech, as_role):
    """Six sold hours; one worked three quarters of the clocked time, the helper a quarter; a visit without clocks is its technician's."""
    now, helper = utc_now(), as_role("Tech", [location])
    done = {"status": Status.COMPLETED, "check_out_at": now, "check_in_at": now - timedelta(hours=9)}
    worked, plain = (_job(session, location, tech, **done) for _ in range(2))
    make_job(session, worked, lines=[{"kind": "labor", "hours": Decimal(6)}])
    make_job(session, plain, lines=[{"kind": "labor", "hours": Decimal(1)}])
    for client, minutes in ((tech, 180), (helper, 60)):
        timer_id = new_id()
        assert _start(client, worked, now - timedelta(minutes=minutes), timer_id).status_code == 200
        assert _stop(client, timer_id, now).status_code == 200
    day = session.scalar(sa.select(Appointment.left_on).limit(1))

    answer = as_role("Owner", [location]).get(f"/api/admin/worked-hours?from={day}&to={day}")

    rows = {row["techId"]: (row["workedSeconds"], row["soldSeconds"]) for row in answer.get_json()["items"]}
    assert rows == {
        str(tech.user.id): (180 * 60, int(4.5 * 3600) + 3600),
        str(helper.user.id): (60 * 60, int(1.5 * 3600)),
    }
    assert tech.get(f"/api/admin/worked-hours?from={day}&to={day}").status_code == 403


# --- started by mistake -----------------------------------------------------------------------


def _take_back(client, timer_id, at=None):
    return client.post(f"{TIMERS}/{timer_id}/take-back", json={"takenBackAt": (at or utc_now()).isoformat()})


def _scheduled(session, location, tech):
    return _job(session, location, tech, status=Status.SCHEDULED, check_in_at=None)


def test_a_start_by_mistake_is_taken_back_and_the_car_is_scheduled_as_before(session, location, tech):
    visit = _scheduled(session, location, tech)
    timer = _start(tech, visit, utc_now() - MINUTE).get_json()
    session.refresh(visit)
    assert visit.status == Status.IN_PROGRESS

    answer = _take_back(tech, timer["id"])

    assert answer.status_code == 204, answer.text
    session.expire_all()
    assert (visit.status, visit.check_in_at) == (Status.SCHEDULED, None)
    assert session.scalar(sa.select(sa.func.count(WorkTimer.id))) == 0
    told = session.scalars(sa.select(AuditLog.action).where(AuditLog.entity_id == UUID(timer["id"]))).all()
    assert told == ["work.started", "work.taken_back"]
    # Told once more it is what it is.
    assert _take_back(tech, timer["id"]).status_code == 404


def test_a_car_that_others_work_on_stays_in_progress(session, location, tech, as_role):
    visit = _scheduled(session, location, tech)
    timer = _start(tech, visit, utc_now() - 2 * MINUTE).get_json()
    _start(as_role("Tech", [location]), visit, utc_now() - MINUTE)

    assert _take_back(tech, timer["id"]).status_code == 204

    session.expire_all()
    assert visit.status == Status.IN_PROGRESS


def test_a_car_that_was_in_progress_before_stays_so_and_finished_work_is_finished(session, location, tech):
    visit = _job(session, location, tech)
    now = utc_now()
    done = _start(tech, visit, now - 30 * MINUTE).get_json()
    _stop(tech, done["id"], now - 20 * MINUTE)
    again = _start(tech, visit, now - MINUTE).get_json()

    _take_back(tech, again["id"])

    session.expire_all()
    assert (visit.status, visit.is_work_done) == (Status.IN_PROGRESS, True)
    assert session.scalars(sa.select(WorkTimer.id)).all() == [UUID(done["id"])]


def test_a_car_that_the_desk_had_checked_in_before_keeps_that(session, location, tech):
    came = utc_now() - 30 * MINUTE
    visit = _job(session, location, tech, status=Status.SCHEDULED, check_in_at=came)
    timer = _start(tech, visit, utc_now() - MINUTE).get_json()

    _take_back(tech, timer["id"])

    session.expire_all()
    assert (visit.status, visit.check_in_at) == (Status.IN_PROGRESS, came)


@pytest.mark.parametrize(("minutes", "status"), [(59, 204), (61, 409)])
def test_a_start_can_be_taken_back_for_an_hour(session, location, tech, minutes, status):
    started = utc_now() - 5 * 60 * MINUTE
    timer = _start(tech, _job(session, location, tech), started).get_json()

    # A tablet that was offline tells of it when it can: what counts is when it was.
    assert _take_back(tech, timer["id"], started + minutes * MINUTE).status_code == status

    assert session.scalar(sa.select(sa.func.count(WorkTimer.id))) == (0 if status == 204 else 1)


def test_nobody_takes_back_anothers_start(session, location, tech, as_role):
    timer = _start(tech, _job(session, location, tech), utc_now() - MINUTE).get_json()
    assert _take_back(as_role("Advisor", [location]), timer["id"]).status_code == 404
    assert session.get(WorkTimer, UUID(timer["id"])) is not None
