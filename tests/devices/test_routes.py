"""Devices over HTTP: pairing, what a device's cookie opens, how it ends."""

import re
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.devices import commands, rules
from backend.devices.models import Device, PairingTry
from backend.devices.rules import COOKIE, DeviceKind
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle
from tests.stats.conftest import make_technician

DEVICES, PAIR, WALL = "/api/devices", "/api/devices/pair", "/api/wall"


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn")


@pytest.fixture
def owner(as_role, location):
    return as_role("Owner")


@pytest.fixture
def added(owner, location):
    """Return a new wallboard with its code."""
    answer = owner.post(DEVICES, json={"locationId": str(location.id), "name": "Bay wall"})
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def _pair(client, code: str, kind: str = "wallboard"):
    return client.post(PAIR, json={"code": code, "kind": kind})


def test_a_code_pairs_one_screen_once(client, owner, added):
    code = added["code"]

    answer = _pair(client, f" {code[:4].lower()}-{code[4:]} ")

    assert answer.status_code == 200
    assert answer.get_json() == {"kind": "wallboard", "name": "Bay wall"}
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/api" in cookie
    again = _pair(client, code)
    assert again.status_code == 422
    assert again.get_json()["code"] == "pairing_code_refused"
    listed = owner.get(DEVICES).get_json()["items"]
    assert [(device["name"], device["codeExpiresAt"]) for device in listed] == [("Bay wall", None)]
    assert listed[0]["pairedAt"] is not None


def test_of_two_screens_with_one_code_one_is_paired(session, added):
    session.commit()
    paired = []
    start = threading.Barrier(2)

    def pair() -> None:
        start.wait()
        with transaction() as own:
            paired.append(
                commands.pair(
                    own,
                    added["code"],
                    kind=DeviceKind.WALLBOARD,
                    ip="10.0.0.9",
                    user_agent=None,
                    now=utc_now(),
                )
            )

    threads = [threading.Thread(target=pair) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(one is not None for one in paired) == 1


def test_a_code_ends_after_ten_minutes(session, client, added):
    session.execute(sa.update(Device).values(code_expires_at=utc_now() - timedelta(seconds=1)))

    assert _pair(client, added["code"]).status_code == 422


@pytest.mark.parametrize(
    ("kind", "page", "where"), [("wallboard", "tablet", "Open /wall"), ("tablet", "wallboard", "Open /tech")]
)
def test_a_code_typed_on_a_page_for_another_kind_of_device_stays(client, owner, location, kind, page, where):
    told = owner.post(DEVICES, json={"locationId": str(location.id), "name": "Bay 2", "kind": kind}).get_json()

    refused = _pair(client, told["code"], page)

    assert refused.status_code == 422
    assert refused.get_json()["code"] == "pairing_code_other_kind"
    assert where in refused.get_json()["detail"]
    assert "Set-Cookie" not in refused.headers
    assert _pair(client, told["code"], kind).status_code == 200


def test_wrong_codes_are_limited_by_network(client, added):
    for _ in range(rules.TRIES):
        assert _pair(client, "WRONG234").status_code == 422

    refused = _pair(client, added["code"])

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_old_tries_are_forgotten(session, app):
    now = utc_now()
    session.add(PairingTry(ip="10.0.0.1", tried_at=now - timedelta(hours=1)))
    session.add(PairingTry(ip="10.0.0.1", tried_at=now))
    session.flush()

    commands.purge_tries(session, now)

    assert session.scalar(sa.select(sa.func.count(PairingTry.id))) == 1


def test_codes_and_tokens_are_kept_as_hashes_only(session, client, added):
    token = _pair(client, added["code"]).headers["Set-Cookie"].split("=", 1)[1].split(";")[0]
    device = session.scalars(sa.select(Device)).one()

    assert device.token_hash == rules.secret_hash(token)
    assert device.code_hash is None
    assert len(rules.new_code()) == 8


def test_the_wall_opens_for_the_paired_screen_and_closes_when_revoked(client, owner, added):
    assert client.get(WALL).get_json()["code"] == "not_paired"
    _pair(client, added["code"])
    assert client.get(WALL).status_code == 200

    assert owner.post(f"{DEVICES}/{added['deviceId']}/revoke").status_code == 204

    assert client.get(WALL).status_code == 401
    assert owner.get(DEVICES).get_json()["items"] == []
    assert owner.post(f"{DEVICES}/{added['deviceId']}/code").status_code == 409


def test_a_new_code_moves_the_device_to_another_screen(app, session, client, owner, added):
    _pair(client, added["code"])
    code = owner.post(f"{DEVICES}/{added['deviceId']}/code").get_json()["code"]
    assert client.get(WALL).status_code == 200, "until the new code is used"
    other = client.application.test_client()

    assert _pair(other, code).status_code == 200

    assert client.get(WALL).status_code == 401
    assert other.get(WALL).status_code == 200


def test_a_devices_cookie_opens_nothing_else(client, added):
    _pair(client, added["code"])

    for path in ("/api/admin/appointments/board", "/api/me", DEVICES, "/api/admin/dashboard/stats"):
        assert client.get(path).status_code == 401, path


def test_a_tablet_is_paired_but_is_no_wallboard(client, owner, location):
    told = owner.post(DEVICES, json={"locationId": str(location.id), "name": "Bay 3", "kind": "tablet"}).get_json()

    assert _pair(client, told["code"], "tablet").get_json()["kind"] == "tablet"

    assert client.get(WALL).status_code == 401
    token = client.get_cookie(COOKIE, path="/api").value
    with transaction() as own:
        device = commands.authenticate(own, token, now=utc_now())
    assert device is not None
    assert device.kind == DeviceKind.TABLET


def test_the_wall_tells_no_price_no_phone_and_no_name(session, client, location, added):
    now = utc_now()
    customer = make_customer(session, name="Rosa Delgado", phone="+17185550142")
    make_appointment(
        session,
        location,
        starts_at=now,
        status=Status.IN_PROGRESS,
        check_in_at=now,
        customer_id=customer.id,
        vehicle_id=make_vehicle(session, customer, plate="HGT 4821").id,
        tech_id=make_technician(session, location, "Luis Ortega").id,
        key_tag="14",
        title="Ring Mrs. Delgado at 718-555-0142",
        notes="owes $50",
        services_summary="Oil change +2",
        total_cents=41_280,
        unread_count=3,
        estimate_state="question",
        jobs_offered=2,
        jobs_approved=1,
    )
    _pair(client, added["code"])

    answer = client.get(WALL)

    # An instant may hold any digits by chance.
    told = re.sub(r'"[^"]*T[0-9:.]+Z"', "", answer.text)
    for secret in ("Rosa", "Delgado", "718", "412", "Cents", "Ortega", "HGT", "unread", "owes"):
        assert secret not in told, secret
    columns = {column["key"]: column["cards"] for column in answer.get_json()["columns"]}
    assert list(columns) == ["SCHEDULED", "IN_PROGRESS", "READY"]
    card = columns["IN_PROGRESS"][0]
    assert (card["keyTag"], card["plateTail"], card["vehicle"]) == ("14", "4821", "2019 Toyota Corolla")
    assert (card["job"], card["techName"], card["isWaiting"]) == ("Oil change +2", "Luis", False)
    # What is approved does not wait for the answer to a question.
    assert card["stage"] is None


def test_the_wall_is_not_sent_again_while_nothing_changes(session, client, location, added):
    appointment = make_appointment(session, location, starts_at=utc_now(), status=Status.READY)
    _pair(client, added["code"])
    etag = client.get(WALL).headers["ETag"]

    assert client.get(WALL, headers={"If-None-Match": etag}).status_code == 304

    appointment.status = Status.COMPLETED
    assert client.get(WALL, headers={"If-None-Match": etag}).status_code == 200


def test_when_it_was_seen_is_noted_once_a_minute(session, client, owner, added):
    _pair(client, added["code"])
    long_ago = utc_now() - timedelta(minutes=5)
    session.execute(sa.update(Device).values(last_seen_at=long_ago))

    client.get(WALL)

    seen = session.scalar(sa.select(Device.last_seen_at))
    assert seen > long_ago
    client.get(WALL)
    assert session.scalar(sa.select(Device.last_seen_at)) == seen


def test_what_happens_to_a_device_is_in_the_log(session, client, owner, added):
    _pair(client, added["code"])
    owner.post(f"{DEVICES}/{added['deviceId']}/code")
    owner.post(f"{DEVICES}/{added['deviceId']}/revoke")

    actions = session.scalars(sa.select(AuditLog.action).where(AuditLog.entity == "device").order_by(AuditLog.id)).all()

    assert actions == ["device.created", "device.paired", "device.code_renewed", "device.revoked"]


def test_another_locations_device_is_not_there(session, as_role, added):
    elsewhere = as_role("Owner", [make_location(session, name="Mesa")])

    assert elsewhere.get(DEVICES).get_json()["items"] == []
    assert elsewhere.post(f"{DEVICES}/{added['deviceId']}/revoke").status_code == 404
