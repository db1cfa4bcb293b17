"""What a job waits for: on its card, and told to its technician alone when it is here."""

import json

import pytest
import sqlalchemy as sa

from backend.appointments import commands
from backend.appointments.commands import Needs
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.core import live
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from tests.factories.appointments import make_appointment
from tests.factories.shop import make_location

BOARD = "/api/admin/appointments/board"


@pytest.fixture
def location(session):
    return make_location(session)


@pytest.fixture
def tech(as_role, location):
    return as_role("Tech", [location])


@pytest.fixture
def appointment(session, location, tech):
    now = utc_now()
    return make_appointment(
        session, location, tech_id=tech.user.id, status=Status.IN_PROGRESS, check_in_at=now, version=4
    )


@pytest.fixture
def told(monkeypatch):
    """Return what is published, as (name, data)."""
    events = []
    monkeypatch.setattr(live, "publish", lambda name, location_id, data: events.append((name, data)))
    return events


def _needs(client, appointment, **needs):
    return client.patch(f"/api/appointments/{appointment.id}/needs", json=needs)


def _flags(client):
    (card,) = client.get(BOARD).get_json()["cards"]
    return card["flags"]


def test_the_card_shows_what_the_job_waits_for(session, tech, appointment):
    before = tech.get(BOARD).headers["ETag"]

    answer = _needs(tech, appointment, needsPart=True)

    assert answer.get_json() == {"needsPart": True, "needsApproval": False}
    shown = tech.get(BOARD, headers={"If-None-Match": before})
    assert shown.status_code == 200, "a board with another chip is another board"
    assert _flags(tech) == ["needsPart"]
    _needs(tech, appointment, needsApproval=True, needsPart=False)
    assert _flags(tech) == ["needsApproval"]


def test_no_drag_is_refused_for_it_and_the_log_has_it(session, tech, appointment):
    _needs(tech, appointment, needsPart=True)
    _needs(tech, appointment, needsPart=True)

    session.refresh(appointment)
    assert appointment.version == 4
    changes = session.scalars(sa.select(AuditLog.changes).where(AuditLog.entity_id == appointment.id)).all()
    assert changes == [{"needsPart": [False, True]}]


def test_which_part_is_kept_while_it_is_needed(session, as_role, location, tech, appointment):
    advisor = as_role("Advisor", [location])
    _needs(tech, appointment, needsPart=True, wantedPart="Front pads, ceramic")
    work = advisor.get(f"/api/appointments/{appointment.id}/work").get_json()
    assert work["wantedPart"] == "Front pads, ceramic"

    _needs(advisor, appointment, needsPart=False)

    session.refresh(appointment)
    assert appointment.wanted_part is None
    changes = session.scalars(
        sa.select(AuditLog.changes).where(AuditLog.entity_id == appointment.id).order_by(AuditLog.id)
    ).all()
    assert changes == [
        {"needsPart": [False, True], "wantedPart": [None, "Front pads, ceramic"]},
        {"needsPart": [True, False], "wantedPart": ["Front pads, ceramic", None]},
    ]


def test_when_somebody_elses_word_came_stays_until_it_is_waited_for_again(
    session, as_role, location, tech, appointment
):
    advisor = as_role("Advisor", [location])

    def here():
        (visit,) = tech.get("/api/tech/today").get_json()["appointments"]
        return visit["partHereAt"] is not None, visit["approvalHereAt"] is not None

    _needs(tech, appointment, needsPart=True, needsApproval=True)
    assert here() == (False, False)
    _needs(advisor, appointment, needsPart=False)
    assert here() == (True, False)
    _needs(tech, appointment, needsApproval=False)
    assert here() == (True, False), "who says so themselves need not be told"
    _needs(advisor, appointment, needsPart=True)
    assert here() == (False, False)


def test_a_part_that_is_here_is_told_to_its_technician_alone(as_role, location, tech, appointment, told):
    advisor = as_role("Advisor", [location])
    _needs(tech, appointment, needsPart=True)
    assert [name for name, _ in told] == ["appointment"]
    told.clear()

    _needs(advisor, appointment, needsPart=False)

    news = [data for name, data in told if name == live.NEWS]
    assert [(one["userId"], one["topic"], one["news"]["arrived"]) for one in news] == [
        (tech.user.id, "work", ["needsPart"])
    ]


def test_who_says_so_themselves_is_not_told(tech, appointment, told):
    _needs(tech, appointment, needsPart=True)
    _needs(tech, appointment, needsPart=False)

    assert live.NEWS not in [name for name, _ in told]


def test_news_reach_one_persons_screens(tech):
    hub = live.Hub("redis://nowhere", 10)
    mine = live.Stream(str(tech.user.id), frozenset(), may_see_money=False)
    others = live.Stream("somebody", frozenset({"here"}), may_see_money=True)
    hub._streams = {mine, others}

    hub._hear(live._message(live.NEWS, None, {"userId": tech.user.id, "topic": "work", "news": {"number": 7}}))

    assert mine.events.get_nowait() == b'event: work\ndata: {"number":7}\n\n'
    assert others.events.empty()


def test_a_tablet_hears_of_its_persons_jobs_alone(tech):
    hub = live.Hub("redis://nowhere", 10)
    tablet = live.Stream("me", frozenset({"here"}), may_see_money=False, only_own=True)
    hub._streams = {tablet}

    for tech_id in ("somebody", "me"):
        data = {"locationId": "here", "card": {"techId": tech_id, "totalCents": 5}}
        hub._hear(json.dumps({"name": "appointment", "locationId": "here", "data": data}).encode())

    assert tablet.events.qsize() == 1
    assert b"totalCents" not in tablet.events.get_nowait()


def test_what_two_requests_say_at_once_is_written_down_once(session, location, appointment):
    session.commit()
    needs, told = Needs(part=True), {"actor": SYSTEM, "location_ids": [location.id], "now": utc_now()}

    with transaction() as late:
        # Read before its lock, as a clock that is stopped reads its visit.
        seen = late.get_one(Appointment, appointment.id)
        assert not seen.needs_part
        with transaction() as early:
            commands.set_needs(early, appointment.id, needs, **told)
        commands.set_needs(late, appointment.id, needs, **told)
        assert seen.needs_part

    changes = session.scalars(sa.select(AuditLog.changes).where(AuditLog.entity_id == appointment.id)).all()
    assert changes == [{"needsPart": [False, True]}]
