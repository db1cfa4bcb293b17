import time
from datetime import timedelta

import pytest
import time_machine

from backend.accounts import known_tokens
from backend.accounts.known_tokens import KnownTokens
from backend.accounts.rules import ACCESS_LIFETIME
from backend.core.clock import utc_now
from backend.core.ids import new_id
from tests.conftest import PASSWORD


def test_knows_a_token_until_it_expires():
    tokens, session_id = KnownTokens(), new_id()
    tokens.remember("a.b.c", session_id, {"exp": time.time() + 60, "csrf": "x"})
    known = tokens.find("a.b.c")
    assert known is not None
    assert (known.session_id, known.csrf) == (session_id, "x")
    assert tokens.find("a.b.d") is None
    with time_machine.travel(utc_now() + timedelta(seconds=61)):
        assert tokens.find("a.b.c") is None


def test_forgets_the_oldest_beyond_its_capacity(monkeypatch):
    monkeypatch.setattr(known_tokens, "CAPACITY", 2)
    tokens = KnownTokens()
    for name in ("first", "second", "third"):
        tokens.remember(name, new_id(), {"exp": time.time() + 60})
    assert tokens.find("first") is None
    assert tokens.find("second") is not None
    assert tokens.find("third") is not None


def test_a_known_token_of_a_signed_out_person_is_refused(as_role):
    client = as_role("Advisor")
    assert client.get("/api/me").status_code == 200
    assert client.get("/api/me").status_code == 200
    assert client.post("/api/auth/logout").status_code == 204
    answer = client.get("/api/me")
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "session_ended"


def test_a_known_token_expires(as_role):
    client = as_role("Advisor")
    assert client.get("/api/me").status_code == 200
    with time_machine.travel(utc_now() + ACCESS_LIFETIME + timedelta(seconds=1)):
        answer = client.get("/api/me")
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "session_expired"


@pytest.mark.parametrize("header", [None, "", "wrong", "wrong\u00e9"])
def test_a_known_cookie_still_needs_its_csrf_token_to_change_anything(as_role, client, header):
    person = as_role("Owner").user
    assert client.post("/api/auth/login", json={"email": person.email, "password": PASSWORD}).status_code == 200
    csrf = client.get_cookie("csrf_access_token")
    assert csrf is not None
    for _ in range(2):
        assert client.get("/api/me").status_code == 200
    headers = {} if header is None else {"X-CSRF-TOKEN": header}
    answer = client.post("/api/users", json={}, headers=headers)
    assert answer.status_code == 403, answer.text
    assert answer.get_json()["code"] == "csrf"
    assert client.post("/api/users", json={}, headers={"X-CSRF-TOKEN": csrf.value}).status_code == 422


def test_a_known_bearer_token_is_not_taken_from_a_malformed_header(as_role):
    client = as_role("Advisor")
    assert client.get("/api/me").status_code == 200
    for header in (f"bearer {client.token}", f"Bearer {client.token} x", f"{client.token}"):
        assert client.get("/api/me", headers={"Authorization": header}).status_code in (401, 422), header
