"""Signing in and out: limits, refresh rotation, CSRF, forged tokens."""

import threading
from datetime import timedelta

import jwt
import pytest
import sqlalchemy as sa

from backend.accounts.models import LoginAttempt, Session, User
from backend.accounts.rules import network_of
from backend.accounts.tasks import purge_expired
from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from tests.conftest import COSTLY_HASHER, PASSWORD, SECRET_KEY
from tests.factories.shop import make_location


@pytest.fixture
def advisor(as_role, session):
    make_location(session, name="Brooklyn")
    return as_role("Advisor")


@pytest.fixture
def browser_client(advisor, client):
    """Return a client signed in by cookies, and how to read its CSRF cookies."""
    answer = client.post("/api/auth/login", json={"email": advisor.user.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def _csrf(client, kind: str = "access") -> dict[str, str]:
    cookie = client.get_cookie(f"csrf_{kind}_token")
    return {"X-CSRF-TOKEN": cookie.value} if cookie else {}


def _refresh_cookie(client) -> str:
    return client.get_cookie("keytag_refresh", path="/api/auth").value


def test_login_answers_who_one_is_and_sets_httponly_cookies(advisor, client):
    answer = client.post("/api/auth/login", json={"email": advisor.user.email.upper(), "password": PASSWORD})

    me = answer.get_json()
    assert me["user"]["role"] == "Advisor"
    assert "board:view" in me["permissions"]
    assert "user:manage" not in me["permissions"]
    assert [location["name"] for location in me["locations"]] == ["Brooklyn"]
    cookies = {cookie.split("=")[0]: cookie for cookie in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"keytag_access", "keytag_refresh", "csrf_access_token", "csrf_refresh_token"}
    assert "HttpOnly" in cookies["keytag_access"]
    assert "HttpOnly" in cookies["keytag_refresh"]
    assert all("SameSite=Lax" in cookie for cookie in cookies.values())
    assert "keytag_access" not in answer.text


@pytest.mark.parametrize("email", ["nobody@keytag.test", None])
def test_a_wrong_password_and_an_unknown_person_answer_alike(advisor, client, email):
    answer = client.post("/api/auth/login", json={"email": email or advisor.user.email, "password": "wrong password"})

    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (401, "invalid_credentials")
    assert problem["detail"] == "The email or the password is not right."


def test_the_sixth_try_is_refused_even_with_the_right_password(advisor, client, session):
    for _ in range(5):
        assert client.post("/api/auth/token", json={"email": "x@keytag.test", "password": "no"}).status_code == 401

    answer = client.post("/api/auth/token", json={"email": advisor.user.email, "password": PASSWORD})

    assert (answer.status_code, answer.get_json()["code"]) == (429, "too_many_requests")
    assert 890 <= int(answer.headers["Retry-After"]) <= 901
    session.execute(sa.update(LoginAttempt).values(attempted_at=utc_now() - timedelta(minutes=15, seconds=1)))
    assert client.post("/api/auth/token", json={"email": advisor.user.email, "password": PASSWORD}).status_code == 200


def test_parallel_guesses_cannot_pass_the_limit(advisor, app, session):
    session.commit()
    statuses = []

    def guess() -> None:
        answer = app.test_client().post("/api/auth/token", json={"email": "x@keytag.test", "password": "no"})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [401] * 5 + [429] * 11


def test_an_address_in_a_header_is_not_believed_without_a_proxy(advisor, client):
    for number in range(6):
        answer = client.post(
            "/api/auth/token",
            json={"email": "x@keytag.test", "password": "no"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )

    assert answer.status_code == 429


def test_a_change_needs_the_csrf_header_and_a_bearer_does_not(browser_client, advisor):
    without = browser_client.post("/api/auth/logout")
    wrong = browser_client.post("/api/auth/logout", headers={"X-CSRF-TOKEN": "made-up"})

    assert (without.status_code, without.get_json()["code"]) == (403, "csrf")
    assert (wrong.status_code, wrong.get_json()["code"]) == (403, "csrf")
    assert browser_client.get("/api/me").status_code == 200
    assert advisor.post("/api/auth/logout").status_code == 204


def test_logout_ends_the_session_for_every_copy_of_the_token(browser_client, app, session):
    stolen = browser_client.get_cookie("keytag_access").value

    assert browser_client.post("/api/auth/logout", headers=_csrf(browser_client)).status_code == 204

    assert browser_client.get_cookie("keytag_access") is None
    thief = app.test_client()
    answer = thief.get("/api/me", headers={"Authorization": f"Bearer {stolen}"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "session_ended")
    # Also on the routes that read the person in their own statement.
    for path in ("/api/admin/appointments/board", "/api/appointments/01900000-0000-7000-8000-000000000000"):
        assert thief.get(path, headers={"Authorization": f"Bearer {stolen}"}).status_code == 401
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.action == "session.ended")) == 1


def test_refresh_gives_new_cookies_and_the_old_one_ends_everything(browser_client, app, session):
    first = _refresh_cookie(browser_client)
    first_csrf = _csrf(browser_client, "refresh")

    assert browser_client.post("/api/auth/refresh", headers=first_csrf).status_code == 204
    second = _refresh_cookie(browser_client)
    assert second != first
    assert browser_client.get("/api/me").status_code == 200

    thief = app.test_client()
    thief.set_cookie("keytag_refresh", first, path="/api/auth")
    reused = thief.post("/api/auth/refresh", headers=first_csrf)

    assert (reused.status_code, reused.get_json()["code"]) == (401, "session_ended")
    assert browser_client.get("/api/me").status_code == 401
    assert browser_client.post("/api/auth/refresh", headers=_csrf(browser_client, "refresh")).status_code == 401
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.action == "session.reuse_detected")) == 1


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(browser_client, app):
    access = browser_client.get_cookie("keytag_access").value
    client = app.test_client()
    client.set_cookie("keytag_refresh", access, path="/api/auth")

    assert client.post("/api/auth/refresh", headers=_csrf(browser_client)).status_code == 401
    refresh = _refresh_cookie(browser_client)
    assert client.get("/api/me", headers={"Authorization": f"Bearer {refresh}"}).status_code == 401


def _claims(advisor) -> dict[str, object]:
    return jwt.decode(advisor.token, options={"verify_signature": False})


@pytest.mark.parametrize(
    ("change", "key", "algorithm"),
    [
        pytest.param({}, "another secret of sufficient length, unknown here", "HS256", id="wrong key"),
        pytest.param({}, None, "none", id="no signature"),
        pytest.param({}, SECRET_KEY, "HS512", id="another algorithm"),
        pytest.param({"exp": 1}, SECRET_KEY, "HS256", id="expired"),
        pytest.param({"nbf": 4_000_000_000}, SECRET_KEY, "HS256", id="not yet valid"),
        pytest.param({"aud": "other"}, SECRET_KEY, "HS256", id="another audience"),
        pytest.param({"iss": "other"}, SECRET_KEY, "HS256", id="another issuer"),
        pytest.param({"sid": "01900000-0000-7000-8000-000000000000"}, SECRET_KEY, "HS256", id="unknown session"),
        pytest.param({"sid": "x"}, SECRET_KEY, "HS256", id="broken session"),
        pytest.param({"sid": None}, SECRET_KEY, "HS256", id="no session"),
    ],
)
@pytest.mark.parametrize("path", ["/api/me", "/api/admin/appointments/board"])
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_forged_and_stale_tokens_are_refused(advisor, client, change, key, algorithm, path):
    token = jwt.encode({**_claims(advisor), **change}, key, algorithm=algorithm)

    answer = client.get(path, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("header", ["Bearer", "Bearer a.b", "Basic eDp5", "Bearer " + "x" * 5000, "Bearer ünicode"])
def test_broken_authorization_headers_are_refused(client, header):
    assert client.get("/api/me", headers={"Authorization": header.encode()}).status_code == 401


def test_a_switched_off_user_is_out_at_the_next_request(advisor, session):
    assert advisor.get("/api/me").status_code == 200

    session.execute(sa.update(User).where(User.id == advisor.user.id).values(is_active=False))

    assert advisor.get("/api/me").status_code == 401
    assert advisor.get("/api/admin/appointments/board").status_code == 401


def test_a_new_role_acts_at_the_next_request(advisor, session):
    session.execute(sa.update(User).where(User.id == advisor.user.id).values(role="Accountant"))

    assert advisor.get("/api/admin/appointments/board").status_code == 403


def test_a_new_password_ends_the_other_sessions(browser_client, advisor, session):
    body = {"currentPassword": PASSWORD, "newPassword": "quiet orange tractors"}

    wrong = browser_client.post(
        "/api/auth/password", json={**body, "currentPassword": "no"}, headers=_csrf(browser_client)
    )
    weak = browser_client.post(
        "/api/auth/password", json={**body, "newPassword": "password123"}, headers=_csrf(browser_client)
    )
    done = browser_client.post("/api/auth/password", json=body, headers=_csrf(browser_client))

    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["currentPassword"])
    assert (weak.status_code, weak.get_json()["code"]) == (422, "weak_password")
    assert done.status_code == 204
    assert browser_client.get("/api/me").status_code == 200
    assert advisor.get("/api/me").status_code == 401


def test_a_hash_is_as_slow_as_it_ought_to_be():
    assert COSTLY_HASHER.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_passwords_are_argon2id_and_appear_nowhere(browser_client, advisor, session):
    user = session.get(User, advisor.user.id)

    assert user.password_hash.startswith("$argon2id$")
    rows = session.execute(sa.text("SELECT to_jsonb(audit_logs.*)::text FROM audit_logs")).scalars().all()
    assert not any(PASSWORD in row or user.password_hash in row for row in rows)


def test_old_sign_ins_are_forgotten(advisor, session):
    old = utc_now() - timedelta(days=40)
    session.execute(sa.update(Session).values(ended_at=old))
    session.execute(sa.update(LoginAttempt).values(attempted_at=old))
    session.commit()

    purge_expired()

    assert session.scalar(sa.select(sa.func.count()).select_from(Session)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(LoginAttempt)) == 0


# --- the limits on tries ----------------------------------------------------------------------


def _token(client, email: str, password: str, ip: str):
    """Try to sign in from an address."""
    body = {"email": email, "password": password}
    return client.post("/api/auth/token", json=body, environ_overrides={"REMOTE_ADDR": ip})


def _guess(client, email: str, times: int) -> None:
    """Guess wrong, each time from another address."""
    for number in range(times):
        assert _token(client, email, "wrong", f"203.0.113.{number}").status_code == 401


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
    ],
)
def test_tries_are_counted_by_what_one_caller_has(ip, network):
    assert network_of(ip) == network


def test_the_addresses_of_one_ipv6_network_share_five_tries(advisor, client):
    for number in range(5):
        assert _token(client, "x@keytag.test", "no", f"2001:db8:0:1::{number}").status_code == 401

    assert _token(client, advisor.user.email, PASSWORD, "2001:db8:0:1:ffff::1").status_code == 429
    assert _token(client, advisor.user.email, PASSWORD, "2001:db8:0:2::1").status_code == 200


@pytest.mark.parametrize("exists", [True, False])
def test_guesses_at_one_account_from_many_addresses_are_slowed_down(advisor, client, session, exists):
    email = advisor.user.email if exists else "nobody@keytag.test"
    _guess(client, email, 10)

    answer = _token(client, email.upper(), PASSWORD, "198.51.100.1")

    assert (answer.status_code, answer.get_json()["code"]) == (429, "too_many_requests")
    assert 58 <= int(answer.headers["Retry-After"]) <= 61
    assert "wait" in answer.get_json()["detail"]
    # A refused try costs nothing: a minute later one is let through, and after it the next one waits again.
    session.execute(sa.update(LoginAttempt).values(attempted_at=LoginAttempt.attempted_at - timedelta(seconds=61)))
    assert _token(client, email, "wrong", "198.51.100.1").status_code == 401
    assert _token(client, email, PASSWORD, "198.51.100.2").status_code == 429


def test_a_stranger_does_not_lock_a_person_out_where_they_have_signed_in(advisor, client):
    assert _token(client, advisor.user.email, PASSWORD, "192.0.2.7").status_code == 200
    assert _token(client, advisor.user.email, PASSWORD, "2001:db8:0:7::7").status_code == 200
    _guess(client, advisor.user.email, 10)

    assert _token(client, advisor.user.email, PASSWORD, "192.0.2.7").status_code == 200
    assert _token(client, advisor.user.email, PASSWORD, "2001:db8:0:7::8").status_code == 200
    assert _token(client, advisor.user.email, PASSWORD, "192.0.2.8").status_code == 429


def test_parallel_guesses_from_many_addresses_cannot_pass_the_limit_of_an_account(advisor, app, session):
    session.commit()
    statuses = []

    def guess(number: int) -> None:
        answer = app.test_client().post(
            "/api/auth/token",
            json={"email": advisor.user.email, "password": "no"},
            environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"},
        )
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [401] * 10 + [429] * 6
