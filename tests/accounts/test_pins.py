"""One's own PIN, and the Owner's reset."""

import pytest
import sqlalchemy as sa

from backend.accounts import rules
from backend.accounts.models import User
from backend.audit.models import AuditLog
from tests.conftest import PASSWORD
from tests.factories.shop import make_location

PIN_ROUTE = "/api/auth/pin"


@pytest.fixture
def person(session, as_role):
    return as_role("Tech", [make_location(session)])


def _set(person, pin="508214", password=PASSWORD):
    return person.put(PIN_ROUTE, json={"currentPassword": password, "pin": pin})


def test_a_person_sets_and_removes_their_own_pin(session, person):
    assert person.get("/api/me").get_json()["hasPin"] is False

    assert _set(person).status_code == 204

    assert person.get("/api/me").get_json()["hasPin"] is True
    kept = session.scalar(sa.select(User.pin_hash).where(User.id == person.user.id))
    assert kept.startswith("$argon2id$")
    assert rules.verify_password("508214", kept)
    assert person.delete(PIN_ROUTE).status_code == 204
    assert person.get("/api/me").get_json()["hasPin"] is False
    actions = session.scalars(
        sa.select(AuditLog.action).where(AuditLog.entity_id == person.user.id).order_by(AuditLog.id)
    ).all()
    assert actions == ["user.pin_changed", "user.pin_removed"]


@pytest.mark.parametrize(
    "pin", ["50821", "5082141234567", "50821a", "\uff15\uff10\uff18\uff12\uff11\uff14", "", "508214\n"]
)
def test_a_pin_is_six_to_twelve_digits(person, pin):
    assert _set(person, pin).status_code == 422


@pytest.mark.parametrize("pin", ["111111", "121212", "123456", "987654", "2345678"])
def test_what_is_guessed_first_is_refused(person, pin):
    answer = _set(person, pin)

    assert (answer.status_code, answer.get_json()["code"]) == (422, "weak_pin")


def test_only_who_knows_the_password_sets_one(session, person):
    answer = _set(person, password="something else")

    assert "currentPassword" in answer.get_json()["errors"]
    assert session.scalar(sa.select(User.pin_hash).where(User.id == person.user.id)) is None


def test_an_owner_resets_it_and_an_advisor_can_not(session, person, as_role):
    _set(person)

    assert as_role("Advisor").post(f"/api/users/{person.user.id}/pin-reset").status_code == 403
    assert as_role("Owner").post(f"/api/users/{person.user.id}/pin-reset").status_code == 204

    assert person.get("/api/me").get_json()["hasPin"] is False


def test_no_answer_has_the_pin_or_its_hash(person, as_role):
    _set(person)

    texts = [person.get("/api/me").text, as_role("Owner").get("/api/users").text]

    assert not any("508214" in text or "argon2" in text for text in texts)
