"""The shared tablet over HTTP: who opens it, what ends that, and whose name stands on what was done there."""

import threading
from datetime import timedelta

import orjson
import pytest
import redis
import sqlalchemy as sa

from backend.accounts import pins, rules
from backend.accounts.models import Session, User
from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.core import live
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.errors import DomainError
from backend.devices.models import Device
from backend.devices.rules import COOKIE, DeviceKind
from tests.conftest import PASSWORD, PIN
from tests.factories.appointments import make_appointment
from tests.factories.devices import make_tablet
from tests.factories.shop import make_location

PEOPLE, ENTER, LOCK, TODAY = "/api/tablet/people", "/api/tablet/enter", "/api/tablet/lock", "/api/tech/today"


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn")


def _enter(client, user, pin=PIN):
    return client.post(ENTER, json={"userId": str(user.id), "pin": pin})


def test_a_tablet_says_who_may_open_it(session, location, on_tablet, as_role):
    tablet = on_tablet(location)
    as_role("Accountant", [location])
    as_role("Tech", [make_location(session, name="Queens")])
    advisor = as_role("Advisor", [location]).user

    shown = tablet.get(PEOPLE).get_json()

    assert shown["locationName"] == "Brooklyn"
    assert shown["idleSeconds"] == 300
    assert [(one["id"], one["hasPin"], one["isLocked"]) for one in shown["items"]] == [
        (str(advisor.id), False, False),
        (str(tablet.user.id), True, False),
    ]


def test_a_browser_that_is_no_tablet_learns_nothing(session, client, location, on_tablet):
    tablet = on_tablet(location)
    session.execute(sa.update(Device).values(kind=DeviceKind.WALLBOARD))

    assert client.get(PEOPLE).status_code == 401
    assert _enter(client, tablet.user).status_code == 401
    assert tablet.get(PEOPLE).status_code == 401


def test_entering_signs_in_by_cookies_and_the_log_says_where(session, location, on_tablet):
    tablet = on_tablet(location)

    answer = _enter(tablet, tablet.user)

    assert answer.get_json()["userId"] == str(tablet.user.id)
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("keytag_access=") and "HttpOnly" in cookie for cookie in cookies)
    me = tablet.get(
        "/api/me", headers={"Authorization": f"Bearer {tablet.get_cookie('keytag_access').value}"}
    ).get_json()
    assert me["onTablet"] is True
    assert me["permissions"] == ["appointment:move", "inspection:fill", "work:track"]
    started = session.scalars(
        sa.select(AuditLog).where(AuditLog.action == "session.started").order_by(AuditLog.id.desc()).limit(1)
    ).one()
    assert (started.actor_id, started.changes) == (tablet.user.id, {"device": [None, "Bay tablet"]})


def test_five_wrong_pins_and_only_the_password_helps(session, location, on_tablet, as_role):
    tablet = on_tablet(location)

    answers = [_enter(tablet, tablet.user, "508213") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 403]
    assert [answer.get_json().get("triesLeft") for answer in answers] == [4, 3, 2, 1, None]
    right = _enter(tablet, tablet.user)
    assert (right.status_code, right.get_json()["code"]) == (403, "pin_locked")
    assert next(one for one in tablet.get(PEOPLE).get_json()["items"])["isLocked"] is True
    locked = session.scalars(sa.select(AuditLog.entity_id).where(AuditLog.action == "user.pin_locked")).all()
    assert locked == [tablet.user.id]
    # The Owner sees it, nobody else.
    told = {one["id"]: one for one in as_role("Owner", [location]).get("/api/users").get_json()["items"]}
    assert told[str(tablet.user.id)]["isPinLocked"] is True
    assert "isPinLocked" not in as_role("Advisor", [location]).get("/api/users").get_json()["items"][0]
    # The full sign-in opens it again.
    assert tablet.post("/api/auth/token", json={"email": tablet.user.email, "password": PASSWORD}).status_code == 200
    assert _enter(tablet, tablet.user).status_code == 200


def test_a_right_pin_forgives_wrong_ones_and_another_persons_are_not_counted(session, location, on_tablet, as_role):
    tablet = on_tablet(location)
    other = as_role("Tech", [location]).user
    other.pin_hash = tablet.user.pin_hash
    for _ in range(4):
        _enter(tablet, tablet.user, "508213")

    assert _enter(tablet, other, "508213").get_json()["triesLeft"] == 4
    assert _enter(tablet, tablet.user).status_code == 200
    assert _enter(tablet, tablet.user, "508213").get_json()["triesLeft"] == 4


def test_of_many_tries_at_once_five_are_compared(session, location, on_tablet):
    tablet = on_tablet(location)
    session.commit()
    counted, refused = [], []
    start = threading.Barrier(12)

    def guess() -> None:
        start.wait()
        try:
            with transaction() as own:
                counted.append(pins.count_try(own, tablet.user.id, location.id).tries_left)
        except DomainError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counted) == [0, 1, 2, 3, 4]
    assert refused == ["pin_locked"] * 7


def test_without_a_pin_the_answer_says_what_to_do(location, on_tablet, as_role):
    tablet = on_tablet(location)
    other = as_role("Tech", [location]).user

    answer = _enter(tablet, other)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "no_pin")


def test_who_works_elsewhere_or_fills_no_inspections_can_not_enter(session, location, on_tablet, as_role):
    tablet = on_tablet(location)
    strangers = [as_role("Tech", [make_location(session)]).user, as_role("Accountant", [location]).user]
    for stranger in strangers:
        stranger.pin_hash = tablet.user.pin_hash

    assert [_enter(tablet, stranger).status_code for stranger in strangers] == [404, 404]


def test_the_next_person_ends_the_session_of_the_one_before(session, location, on_tablet, as_role):
    tablet = on_tablet(location)
    other = as_role("Tech", [location]).user
    other.pin_hash = tablet.user.pin_hash
    assert tablet.get(TODAY).status_code == 200

    assert _enter(tablet, other).status_code == 200

    assert tablet.get(TODAY).status_code == 401, "the token of who was here before"


def test_the_owner_sees_who_has_a_tablet_in_use(location, on_tablet, as_role):
    tablet, owner = on_tablet(location), as_role("Owner", [location])

    def in_use_by():
        return [one["inUseBy"] for one in owner.get("/api/devices").get_json()["items"]]

    tablet.post(LOCK)
    assert in_use_by() == [None]
    _enter(tablet, tablet.user)
    assert in_use_by() == [tablet.user.name]


def test_locking_signs_out(location, on_tablet):
    tablet = on_tablet(location)

    answer = tablet.post(LOCK)

    assert answer.status_code == 204
    assert any("keytag_access=;" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert tablet.get(TODAY).status_code == 401
    assert tablet.get(PEOPLE).status_code == 200


def _revoke(session, tablet, owner):
    device_id = session.scalars(sa.select(Device.id)).one()
    assert owner.post(f"/api/devices/{device_id}/revoke").status_code == 204


def _disable(session, tablet, owner):
    assert owner.patch(f"/api/users/{tablet.user.id}", json={"isActive": False}).status_code == 200


def _move_away(session, tablet, owner):
    other = make_location(session, name="Queens")
    assert owner.patch(f"/api/users/{tablet.user.id}", json={"locationIds": [str(other.id)]}).status_code == 200


def _reset_pin(session, tablet, owner):
    assert owner.post(f"/api/users/{tablet.user.id}/pin-reset").status_code == 204


def _make_accountant(session, tablet, owner):
    assert owner.patch(f"/api/users/{tablet.user.id}", json={"role": "Accountant"}).status_code == 200


def _pair_another(session, tablet, owner):
    device_id = session.scalars(sa.select(Device.id)).one()
    code = owner.post(f"/api/devices/{device_id}/code").get_json()["code"]
    assert tablet.get(TODAY).status_code == 200, "until the new code is used"
    found = tablet.application.test_client()
    assert found.post("/api/devices/pair", json={"code": code, "kind": "tablet"}).status_code == 200


@pytest.fixture
def heard(redis_url):
    """Return `heard()`: the first event of somebody's access since the test began, or since it was asked before."""
    with redis.Redis.from_url(redis_url, socket_timeout=5) as client, client.pubsub() as subscription:
        subscription.subscribe(live.CHANNEL)
        assert subscription.get_message(timeout=5)["type"] == "subscribe"

        def next_event():
            while message := subscription.get_message(timeout=5):
                event = orjson.loads(message["data"])
                if event["name"] == live.ACCESS:
                    return event
            return None

        yield next_event


@pytest.mark.parametrize("end", [_revoke, _disable, _move_away, _reset_pin, _pair_another])
def test_access_ends_at_once(session, location, on_tablet, as_role, heard, end):
    owner = as_role("Owner", [location])
    tablet = on_tablet(location)
    assert tablet.get(TODAY).status_code == 200

    end(session, tablet, owner)

    assert tablet.get(TODAY).status_code == 401
    assert heard()["data"]["userId"] == str(tablet.user.id), "what was open there hears no more"
    assert _enter(tablet, tablet.user).status_code in {401, 404, 409}


def test_another_role_acts_at_once(session, location, on_tablet, as_role):
    owner = as_role("Owner", [location])
    tablet = on_tablet(location)

    _make_accountant(session, tablet, owner)

    assert tablet.get(TODAY).status_code == 403


def test_an_open_tablet_ends_after_an_hour_of_silence_and_after_a_shift(session, location, on_tablet):
    tablet = on_tablet(location)
    opened = session.scalars(sa.select(Session).where(Session.device_id.is_not(None))).one()

    assert opened.expires_at - opened.created_at == rules.PIN_SILENCE
    began = utc_now()
    assert rules.pin_session_until(began, began + timedelta(hours=11.5)) == began + rules.PIN_LIFETIME
    opened.expires_at = utc_now() - timedelta(seconds=1)
    assert tablet.get(TODAY).status_code == 401


def test_renewing_keeps_within_the_shift(session, location, on_tablet):
    tablet = on_tablet(location)
    opened = session.scalars(sa.select(Session).where(Session.device_id.is_not(None))).one()
    opened.created_at = utc_now() - rules.PIN_LIFETIME + timedelta(minutes=10)
    csrf = tablet.get_cookie("csrf_refresh_token", path="/") or tablet.get_cookie(
        "csrf_refresh_token", path="/api/auth"
    )

    answer = tablet.post("/api/auth/refresh", headers={"Authorization": "", "X-CSRF-TOKEN": csrf.value})

    assert answer.status_code == 204, answer.text
    session.refresh(opened)
    assert opened.expires_at == opened.created_at + rules.PIN_LIFETIME


def test_the_actor_of_what_is_done_there_is_the_person(session, location, on_tablet):
    tablet = on_tablet(location)
    appointment = make_appointment(session, location, tech_id=tablet.user.id)

    answer = tablet.patch(f"/api/appointments/{appointment.id}/status", json={"status": "IN_PROGRESS"})

    assert answer.status_code == 200, answer.text
    told = session.scalars(sa.select(AuditLog).where(AuditLog.entity_id == appointment.id)).one()
    assert (told.actor_id, told.actor_name, told.actor_role) == (tablet.user.id, "Tech of the test", "Tech")


def test_an_owner_on_a_tablet_reads_no_money(session, location, on_tablet):
    tablet = on_tablet(location, "Owner")
    appointment = make_appointment(session, location, tech_id=tablet.user.id)

    answer = tablet.patch(f"/api/appointments/{appointment.id}/status", json={"status": "IN_PROGRESS"})

    assert "totalCents" not in answer.get_json()
    assert "Cents" not in tablet.get(TODAY).text


def _move(tablet, appointment, **body):
    return tablet.patch(f"/api/appointments/{appointment.id}/status", json=body)


def test_a_refusal_on_a_tablet_reads_no_money_to_an_owner(session, location, on_tablet):
    tablet = on_tablet(location, "Owner")
    appointment = make_appointment(session, location, tech_id=tablet.user.id)

    for body in ({"status": "IN_PROGRESS", "version": 7}, {"status": "COMPLETED"}):
        answer = _move(tablet, appointment, **body)
        assert (answer.status_code, answer.get_json()["card"]["status"]) == (409, "SCHEDULED")
        assert "Cents" not in answer.text


def test_a_pin_neither_completes_nor_reopens_nor_overbooks_whoever_entered_it(session, location, on_tablet):
    tablet = on_tablet(location, "Owner")
    now = utc_now()
    times = {"starts_at": now, "ends_at": now + timedelta(hours=1), "tech_id": tablet.user.id}
    ready = make_appointment(session, location, status=Status.READY, check_in_at=now, **times)
    gone = make_appointment(
        session,
        location,
        status=Status.COMPLETED,
        check_in_at=now,
        check_out_at=now,
        tech_id=tablet.user.id,
        starts_at=now + timedelta(hours=2),
        ends_at=now + timedelta(hours=3),
    )
    canceled = make_appointment(session, location, status=Status.CANCELED, **times)

    assert _move(tablet, ready, status="COMPLETED").status_code == 403
    assert _move(tablet, gone, status="READY", reason="The customer is back").status_code == 403
    override = {"override": {"reason": "He is quick"}}
    assert _move(tablet, canceled, status="SCHEDULED", **override).status_code == 403
    session.expire_all()
    assert [one.status for one in (ready, gone, canceled)] == [Status.READY, Status.COMPLETED, Status.CANCELED]


def test_two_who_open_and_revoke_at_once_leave_nothing_open(session, location, on_tablet, as_role):
    """Whichever comes first: after the revocation no session of the tablet lives."""
    owner = as_role("Owner", [location])
    tablet = on_tablet(location)
    device_id = session.scalars(sa.select(Device.id)).one()
    session.commit()
    start = threading.Barrier(2)

    def enter() -> None:
        start.wait()
        _enter(tablet, tablet.user)

    def revoke() -> None:
        start.wait()
        owner.post(f"/api/devices/{device_id}/revoke")

    threads = [threading.Thread(target=one) for one in (enter, revoke)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    alive = sa.select(sa.func.count()).where(Session.device_id == device_id, Session.ended_at.is_(None))
    assert session.scalar(alive) == 0


def test_the_tablets_token_alone_opens_nothing(session, client, location, as_role):
    owner = as_role("Owner", [location])
    client.set_cookie(COOKIE, make_tablet(session, location, created_by=owner.user), path="/api")

    assert client.get(PEOPLE).status_code == 200
    assert client.get(TODAY).status_code == 401
    assert client.get("/api/wall").status_code == 401
    assert session.scalar(sa.select(User.pin_failures).where(User.id == owner.user.id)) == 0
