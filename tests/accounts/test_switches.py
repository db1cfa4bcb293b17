"""The Owner's switch: texting ends everywhere within moments, nothing is lost, and it goes on when switched on again."""

import time

import pytest
import sqlalchemy as sa

from backend.accounts import queries
from backend.audit.models import AuditLog
from backend.core import live
from tests.factories.shop import make_location

PATH = "/api/switches/messaging"
OFF = {"isOn": False, "reason": "The texts say the wrong street."}


@pytest.fixture(autouse=True)
def forget():
    """What a test switched off is no business of the next one."""
    yield
    queries.forget_switches()


@pytest.fixture
def owner(session, as_role):
    make_location(session)
    return as_role("Owner")


def test_texting_is_switched_off_and_on_while_everything_runs(session, owner):
    [shown] = owner.get("/api/switches").get_json()["items"]
    assert (shown["name"], shown["isOn"], shown["isInstalled"], shown["changedBy"]) == ("messaging", True, True, None)

    [off] = owner.put(PATH, json=OFF).get_json()["items"]

    assert (off["isOn"], off["reason"], off["changedBy"]) == (False, OFF["reason"], owner.user.name)
    refused = owner.get("/api/inbox/summary")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "feature_off")
    assert owner.get("/api/me").get_json()["flags"]["messaging"] is False

    [on] = owner.put(PATH, json={"isOn": True}).get_json()["items"]
    assert (on["isOn"], on["reason"]) == (True, None)
    assert owner.get("/api/inbox/summary").status_code == 200
    rows = session.scalars(sa.select(AuditLog).where(AuditLog.action == "switch.changed").order_by(AuditLog.id)).all()
    assert [(row.changes, row.reason) for row in rows] == [
        ({"messaging": [True, False]}, OFF["reason"]),
        ({"messaging": [False, True]}, None),
    ]


def test_every_screen_is_told_and_finds_it_so_when_it_asks(session, owner, as_role, monkeypatch):
    told = []
    monkeypatch.setattr(live, "publish", lambda *event: told.append(event))
    advisor = as_role("Advisor")
    assert advisor.get("/api/me").get_json()["flags"]["messaging"] is True

    owner.put(PATH, json=OFF)
    session.commit()

    assert told == [("switch", None, {"name": "messaging", "isOn": False})]
    # As a process that has not heard of it, and asked a moment ago.
    queries._Known.off, queries._Known.asked_at = frozenset(), time.monotonic()
    assert advisor.get("/api/me").get_json()["flags"]["messaging"] is False


def test_who_reads_texts_is_told_who_switched_them_off_since_when_and_why(owner, as_role):
    advisor = as_role("Advisor")
    assert advisor.get("/api/me").get_json()["switchedOff"] == []

    [off] = owner.put(PATH, json=OFF).get_json()["items"]

    told = {"name": "messaging", "by": owner.user.name, "since": off["changedAt"], "reason": OFF["reason"]}
    assert advisor.get("/api/me").get_json()["switchedOff"] == [told]
    assert as_role("Accountant").get("/api/me").get_json()["switchedOff"] == []


def test_other_processes_obey_within_two_seconds():
    assert queries.SWITCHES_FOR_SECONDS <= 2


def test_what_it_is_already_changes_nothing(session, owner):
    for _ in range(2):
        assert owner.put(PATH, json=OFF).status_code == 200

    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.action == "switch.changed")) == 1


def test_off_says_why_and_only_the_owner_says_it(owner, as_role):
    answer = owner.put(PATH, json={"isOn": False})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["reason"])
    for role in ("Advisor", "Tech", "Accountant"):
        assert as_role(role).put(PATH, json=OFF).status_code == 403
        assert as_role(role).get("/api/switches").status_code == 403
    assert owner.put("/api/switches/payments", json=OFF).status_code == 404
    assert owner.get("/api/inbox/summary").status_code == 200
