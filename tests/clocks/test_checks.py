"""Cause, correction, test drive, and the quality check by somebody else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.ids import new_id
from backend.outbox.models import OutboxEvent
from backend.services.commands import decisions
from backend.services.rules import Approval
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.shop import make_location


@pytest.fixture
def location(session):
    return make_location(session)


@pytest.fixture
def tech(as_role, location):
    return as_role("Tech", [location])


@pytest.fixture
def appointment(session, location, tech):
    return make_appointment(session, location, tech_id=tech.user.id, status=Status.IN_PROGRESS, check_in_at=utc_now())


def _check(client, appointment, kind="quality", *, check_id=None, passed=True, **more):
    body = {"id": str(check_id or new_id()), "kind": kind, "isPassed": passed, **more}
    return client.post(f"/api/appointments/{appointment.id}/checks", json=body)


def test_without_the_switch_anybody_checks(tech, appointment):
    assert _check(tech, appointment).status_code == 200


def test_with_the_switch_who_worked_on_it_can_not_check_it(session, location, as_role, tech, appointment, on_tablet):
    owner = as_role("Owner", [location])
    assert owner.patch(f"/api/locations/{location.id}", json={"isCheckedByAnother": True}).status_code == 200
    helper = as_role("Tech", [location])
    started = {"id": str(new_id()), "appointmentId": str(appointment.id), "startedAt": utc_now().isoformat()}
    assert helper.post("/api/tech/timers", json=started).status_code == 200

    refusals = [_check(one, appointment) for one in (tech, helper)]

    assert [one.status_code for one in refusals] == [422, 422]
    assert {one.get_json()["code"] for one in refusals} == {"check_by_another"}
    assert _check(tech, appointment, "test_drive").status_code == 200
    # Another technician, at the shared tablet: it is not their job, and that is the point.
    answer = _check(on_tablet(location), appointment)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["checkedBy"] == "Tech of the test"


def test_what_is_not_right_says_why(tech, appointment):
    refused = _check(tech, appointment, "test_drive", passed=False)

    assert refused.status_code == 422
    assert "note" in refused.get_json()["errors"]
    assert _check(tech, appointment, "test_drive", passed=False, note="Pulls to the left").status_code == 200


BOARD = "/api/admin/appointments/board"


def _flags(client, appointment):
    cards = client.get(BOARD).get_json()["cards"]
    return next(card["flags"] for card in cards if card["id"] == str(appointment.id))


def _outbox(session, appointment):
    return session.scalars(sa.select(OutboxEvent.event).where(OutboxEvent.subject_id == appointment.id)).all()


@pytest.mark.parametrize(
    ("kind", "flag", "words"),
    [("test_drive", "testDriveFailed", "test drive"), ("quality", "qualityFailed", "quality check")],
)
def test_a_check_that_was_not_right_stands_on_the_card_until_it_is(
    tech, as_role, location, appointment, kind, flag, words
):
    advisor = as_role("Advisor", [location])
    _check(tech, appointment, kind, passed=False, note="Vibrates at 60")
    _check(tech, appointment, "quality" if kind == "test_drive" else "test_drive")

    assert _flags(advisor, appointment) == [flag]
    told = advisor.get(f"/api/appointments/{appointment.id}").get_json()["appointment"]["failedCheck"]
    assert (told["kind"], told["note"], told["by"]) == (kind, "Vibrates at 60", tech.user.name)

    _check(tech, appointment, kind)
    assert _flags(advisor, appointment) == []


def test_ready_after_a_check_that_was_not_right_says_why_first(session, tech, as_role, location, appointment):
    advisor = as_role("Advisor", [location])
    _check(tech, appointment, "test_drive", passed=False, note="Vibrates at 60")
    ways = [
        ("patch", f"/api/admin/appointments/{appointment.id}/move", {"status": "READY", "position": 1}),
        ("patch", f"/api/appointments/{appointment.id}/status", {"status": "READY"}),
    ]

    for method, path, body in ways:
        refused = getattr(advisor, method)(path, json=body)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "reason_required"), path
        assert "test drive was not right" in refused.get_json()["detail"]
    assert _outbox(session, appointment) == [], "no text is on its way"

    method, path, body = ways[0]
    assert getattr(advisor, method)(path, json=body | {"reason": "Tires balanced since"}).status_code == 200
    assert _outbox(session, appointment) == ["appointment.status_changed"]


def test_done_with_it_stands_on_the_card_until_work_goes_on(session, tech, as_role, location, appointment):
    advisor = as_role("Advisor", [location])

    def start():
        timer_id = str(new_id())
        body = {"id": timer_id, "appointmentId": str(appointment.id), "startedAt": utc_now().isoformat()}
        assert tech.post("/api/tech/timers", json=body).status_code == 200
        return timer_id

    def stop(client, timer_id, **more):
        body = {"stoppedAt": utc_now().isoformat(), **more}
        assert client.post(f"/api/tech/timers/{timer_id}/stop", json=body).status_code == 200
        return _flags(advisor, appointment)

    assert stop(advisor, start()) == [], "a forgotten clock says nothing of the work"
    assert stop(tech, start(), pauseReason="break") == []
    assert stop(tech, start()) == ["workDone"]
    start()
    assert _flags(advisor, appointment) == []


def test_work_that_is_approved_is_to_be_done_though_the_technician_was_done(session, as_role, location, appointment):
    owner = as_role("Owner", [location])
    job = make_job(session, appointment)
    appointment.is_work_done = True
    session.commit()

    with transaction() as work:
        decisions.decide(
            work,
            job.id,
            Approval.APPROVED,
            actor=Actor(ActorKind.USER, owner.user.id, owner.user.name, "Owner"),
            now=utc_now(),
        )

    assert _flags(owner, appointment) == []


def test_a_check_sent_twice_is_one_and_the_log_has_it(session, tech, appointment):
    check_id = new_id()

    answers = [_check(tech, appointment, check_id=check_id) for _ in range(2)]

    assert answers[0].get_json() == answers[1].get_json()
    told = session.scalars(sa.select(AuditLog).where(AuditLog.action == "work.checked")).one()
    assert told.actor_id == tech.user.id
    checks = tech.get(f"/api/appointments/{appointment.id}/work").get_json()["checks"]
    assert [(one["kind"], one["isPassed"]) for one in checks] == [("quality", True)]


def test_an_id_is_one_visits_check(session, location, tech, appointment):
    starts_at = appointment.ends_at
    other = make_appointment(session, location, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    check = {"id": str(new_id()), "kind": "test_drive", "isPassed": True}
    assert tech.post(f"/api/appointments/{appointment.id}/checks", json=check).status_code == 200

    taken = tech.post(f"/api/appointments/{other.id}/checks", json=check)

    assert (taken.status_code, taken.get_json()["code"]) == (409, "check_taken")


def test_cause_and_correction_are_merged_field_by_field(session, tech, as_role, location, appointment):
    job = make_job(session, appointment)
    address = f"/api/appointments/{appointment.id}/jobs/{job.id}/outcome"
    other = as_role("Advisor", [location])

    assert tech.patch(address, json={"cause": "Worn pads", "version": 1}).status_code == 200
    both = other.patch(address, json={"correction": "New pads", "version": 1})

    assert both.get_json() | {"id": ""} == {"id": "", "cause": "Worn pads", "correction": "New pads", "version": 3}
    late = other.patch(address, json={"cause": "Seized caliper", "version": 1})
    assert (late.status_code, late.get_json()["code"]) == (409, "edit_conflict")
    assert [(one["yours"], one["theirs"]) for one in late.get_json()["conflicts"]] == [("Seized caliper", "Worn pads")]


def test_what_was_done_can_be_said_under_an_invoice(session, tech, appointment):
    job = make_job(session, appointment)
    appointment.locked_at = utc_now()

    answer = tech.patch(f"/api/appointments/{appointment.id}/jobs/{job.id}/outcome", json={"cause": "Worn pads"})

    assert answer.status_code == 200
