"""What every answer carries, what other origins may read, and what logs and figures must never hold.

Asked of a real server in production settings: cookies, HSTS and logs are those of a shop at work.
"""

import http.client
import io
import json
import logging
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from backend.core import log
from tests.conftest import PASSWORD, LiveServer
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle
from tools.paths import ROOT

DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_bytes())
FRIEND, STRANGER = "https://app.keytag.test", "https://evil.test"
METRICS_TOKEN = "a token of the tests for figures"
# Answers with a tag of their own may be kept by the person's own browser, which must ask each time.
TAGGED = {
    "/api/admin/appointments/board",
    "/api/admin/dashboard/stats",
    "/api/appointments/{appointment_id}/history",
    "/api/appointments/{appointment_id}",
}
STREAM = "/api/events"


@dataclass(frozen=True)
class Answer:
    """A status, headers and a body as they came over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Wire:
    """Sends requests to a server, and nothing that was not asked for."""

    def __init__(self, server: LiveServer, token: str = "") -> None:
        self.server = server
        self.address = urlsplit(server.url)
        self.token = token

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, body: Any = None) -> Answer:
        """Send one request; a body that is no bytes goes as JSON."""
        all_headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            all_headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=10)
        try:
            connection.request(method, path, body=body, headers={**all_headers, **(headers or {})})
            answer = connection.getresponse()
            is_endless = answer.headers["Content-Type"] == "text/event-stream"
            return Answer(answer.status, answer.headers, b"" if is_endless else answer.read())
        finally:
            connection.close()

    def raw(self, data: bytes) -> bytes:
        """Send bytes as they are and return what comes back until the server closes."""
        with socket.create_connection((self.address.hostname, self.address.port), timeout=5) as connection:
            connection.sendall(data)
            received = b""
            while part := connection.recv(65536):
                received += part
            return received


@pytest.fixture(scope="module")
def production(start_server, worker_folder) -> LiveServer:
    static = worker_folder / "static"
    (static / "assets").mkdir(parents=True, exist_ok=True)
    (static / "index.html").write_text("<!doctype html><title>Keytag</title>")
    (static / "assets" / "app-1a2b3c.js").write_text("export {};")
    (static / "tech.html").write_text("<!doctype html><title>Keytag tablet</title>")
    (static / "tech-worker.js").write_text("'use strict';")
    return start_server(
        KEYTAG_ENV="production",
        # Of the outside nothing is asked here, and in production it is spoken to with TLS only.
        TWILIO_API_URL="",
        SMTP_URL="",
        STRIPE_API_URL="",
        STRIPE_SECRET_KEY="",
        STRIPE_WEBHOOK_SECRET="",
        KEYTAG_SECRET_KEY=uuid4().hex * 2,
        KEYTAG_PUBLIC_URL="https://keytag.test",
        KEYTAG_CORS_ORIGINS=FRIEND,
        KEYTAG_METRICS_TOKEN=METRICS_TOKEN,
        KEYTAG_STATIC_DIR=str(static),
        KEYTAG_LOG_LEVEL="INFO",
        WEB_CONCURRENCY="1",
    )


@pytest.fixture
def wire(production, session, as_role) -> Wire:
    """Return somebody who is signed in as Owner, at a shop with one job, on the server in production settings."""
    place = make_location(session)
    vehicle = make_vehicle(session, make_customer(session))
    job = make_appointment(session, place, vehicle_id=vehicle.id)
    user = as_role("Owner").user
    session.commit()
    wire = Wire(production)
    answer = wire.send("POST", "/api/auth/token", body={"email": user.email, "password": PASSWORD})
    wire.token = json.loads(answer.body)["accessToken"]
    wire.user = user
    wire.ids = {
        "appointment_id": str(job.id),
        "customer_id": str(vehicle.customer_id),
        "vehicle_id": str(vehicle.id),
        "user_id": str(user.id),
        "vin": "1HGCM82633A004352",
    }
    return wire


def _paths(wire: Wire) -> Iterator[tuple[str, str]]:
    """Yield each described path that can be read, and the same with ids."""
    for path, item in DOCUMENT["paths"].items():
        if "get" in item:
            filled = path
            for name, value in wire.ids.items():
                filled = filled.replace("{" + name + "}", value)
            yield path, filled


def _everything(wire: Wire) -> Iterator[tuple[str, Answer]]:
    """Ask for everything that can be read, and for every kind of refusal."""
    for path, filled in _paths(wire):
        yield path, wire.send("GET", filled)
        yield f"{path} of nobody", wire.send("GET", filled, headers={"Authorization": ""})
    for path in (
        "/",
        "/board",
        "/tech/queue",
        "/tech-worker.js",
        "/assets/app-1a2b3c.js",
        "/assets/missing.js",
        "/api/missing",
        "/%00",
        "/missing.txt",
    ):
        yield path, wire.send("GET", path)
    page = wire.send("GET", "/")
    yield "not modified", wire.send("GET", "/", headers={"If-None-Match": page.headers["ETag"]})
    for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PROPFIND"):
        yield f"{method} /api/me", wire.send(method, "/api/me")
        yield f"{method} /", wire.send(method, "/")
    yield "no JSON", wire.send("POST", "/api/customers", body=b"{", headers={"Content-Type": "application/json"})
    yield "no such type", wire.send("POST", "/api/customers", body=b"{}", headers={"Content-Type": "text/plain"})
    yield "not valid", wire.send("POST", "/api/customers", body={})
    yield "too large", wire.send("POST", "/api/customers", body={"name": "x" * 1_100_000})
    yield "forged", wire.send("GET", "/api/me", headers={"Authorization": "Bearer x.y.z"})


def test_every_answer_carries_the_security_headers(wire):
    lacking = []
    for what, answer in _everything(wire):
        headers = answer.headers
        policy = headers.get("Content-Security-Policy", "")
        wanted = {
            "status": answer.status < 500,
            "nosniff": headers["X-Content-Type-Options"] == "nosniff",
            "referrer": headers["Referrer-Policy"] in {"same-origin", "no-referrer"},
            "policy": policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy,
            "scripts": "'unsafe-eval'" not in policy and not re.search(r"script-src[^;]*unsafe-inline", policy),
            "frame": headers["X-Frame-Options"] == "DENY",
            "HSTS": headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains",
            "request id": re.fullmatch(r"[A-Za-z0-9-]{8,64}", headers.get("X-Request-Id", "")),
            "cross origin": headers["Cross-Origin-Resource-Policy"] == "same-origin",
            "opener": headers["Cross-Origin-Opener-Policy"] == "same-origin",
            "once": all(len(headers.get_all(name)) == 1 for name in ("Content-Security-Policy", "X-Request-Id")),
            "no foreign origin": "Access-Control-Allow-Origin" not in headers,
        }
        if not all(wanted.values()):
            lacking.append((what, answer.status, [name for name, has in wanted.items() if not has]))
    assert lacking == []


def test_what_people_are_shown_is_kept_by_nobody_else(wire):
    for path, filled in _paths(wire):
        if not path.startswith("/api") or DOCUMENT["paths"][path]["get"]["x-permission"] == "public":
            continue
        kept = wire.send("GET", filled).headers["Cache-Control"]
        refused = wire.send("GET", filled, headers={"Authorization": ""}).headers["Cache-Control"]
        expected = "private, no-cache" if path in TAGGED else "no-cache, no-transform" if path == STREAM else "no-store"
        assert (kept, refused) == (expected, "no-store"), path


def test_hashed_files_are_kept_for_good_and_the_page_is_asked_for_each_time(wire):
    assert wire.send("GET", "/assets/app-1a2b3c.js").headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert wire.send("GET", "/").headers["Cache-Control"] == "no-cache"


def test_the_tablet_has_its_page_everywhere_below_and_alone_may_listen(wire):
    for path in ("/tech", "/tech/jobs/1", "/tech/checks/1/12"):
        page = wire.send("GET", path)
        assert b"Keytag tablet" in page.body
        assert "microphone=(self)" in page.headers["Permissions-Policy"]
    for path in ("/", "/board", "/technicians"):
        other = wire.send("GET", path)
        assert b"Keytag tablet" not in other.body
        assert "microphone=()" in other.headers["Permissions-Policy"]


def test_the_tablets_worker_may_fetch_from_us_and_nothing_else(wire):
    worker = wire.send("GET", "/tech-worker.js")
    assert worker.headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    assert worker.headers["Cache-Control"] == "no-cache"


def test_no_hsts_where_there_is_no_tls(client):
    assert "Strict-Transport-Security" not in client.get("/healthz").headers


def test_cookies_are_secure_and_out_of_reach_of_scripts(wire):
    answer = wire.send("POST", "/api/auth/login", body={"email": wire.user.email, "password": PASSWORD})
    cookies = {text.split("=")[0]: text.split("; ")[1:] for text in answer.headers.get_all("Set-Cookie")}

    assert set(cookies) == {"keytag_access", "keytag_refresh", "csrf_access_token", "csrf_refresh_token"}
    for name, attributes in cookies.items():
        assert "Secure" in attributes, name
        assert {"SameSite=Lax", "SameSite=Strict"} & set(attributes), name
        assert ("HttpOnly" in attributes) is name.startswith("keytag_"), name
        assert not any(attribute.startswith("Domain=") for attribute in attributes), name
    assert "Path=/api/auth" in cookies["keytag_refresh"]
    assert b"eyJ" not in answer.body, "a token in a body is for scripts only"


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs", "/api/docs/redoc"])
def test_the_description_of_the_api_is_for_people_of_the_shop(wire, client, path):
    assert wire.send("GET", path).status == 200
    refused = wire.send("GET", path, headers={"Authorization": ""})

    assert (refused.status, json.loads(refused.body)["code"]) == (401, "not_signed_in")
    # Elsewhere it is for whoever looks.
    assert client.get(path).status_code == 200


# --- other origins ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin", [STRANGER, "null", f"{FRIEND}.evil.test", "http://app.keytag.test", f"{FRIEND}:444", ""]
)
def test_an_unknown_origin_may_read_nothing(wire, origin):
    for method, path in (("GET", "/api/me"), ("OPTIONS", "/api/me"), ("GET", "/api/missing"), ("GET", "/")):
        answer = wire.send(method, path, headers={"Origin": origin, "Access-Control-Request-Method": "PATCH"})
        assert not [name for name in answer.headers if name.startswith("Access-Control-")], (method, path)


def test_the_named_origin_may_read_answers_and_refusals(wire):
    for path, status in (("/api/me", 200), ("/api/missing", 404), ("/api/users?limit=x", 422)):
        answer = wire.send("GET", path, headers={"Origin": FRIEND})
        assert answer.status == status
        assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in answer.headers["Vary"]
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


def test_a_preflight_needs_nobody_signed_in_and_allows_what_is_used(wire):
    wire.token = ""
    for path, item in DOCUMENT["paths"].items():
        filled = re.sub(r"\{\w+_id\}", str(uuid4()), path.replace("{version_no}", "1").replace("{start}", "0"))
        asked = {
            "Origin": FRIEND,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "authorization,content-type,if-match,x-csrf-token",
        }
        answer = wire.send("OPTIONS", filled, headers=asked)
        assert answer.status in {200, 204}, path
        allowed = {name.strip() for name in answer.headers["Access-Control-Allow-Methods"].split(",")}
        assert {method.upper() for method in item if method != "parameters"} <= allowed
        headers = answer.headers["Access-Control-Allow-Headers"].lower()
        assert all(name in headers for name in asked["Access-Control-Request-Headers"].split(","))
        assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
        assert "*" not in answer.headers["Access-Control-Allow-Methods"] + headers


# --- requests that try something --------------------------------------------------------------


def test_trace_sends_nothing_back(wire):
    for path in ("/", "/api/me", "/healthz", "/assets/app-1a2b3c.js"):
        answer = wire.send("TRACE", path, headers={"Cookie": "keytag_access=secret-of-a-cookie"})
        assert answer.status == 405
        assert b"secret-of-a-cookie" not in answer.body


@pytest.mark.parametrize(
    "offered", ["short", "x" * 65, "a b c d e f g h", "<script>alert(1)</script>", '{"a":"b"}', "é" * 10]
)
def test_a_request_id_that_is_none_is_replaced(wire, offered):
    got = wire.send("GET", "/healthz", headers={"X-Request-Id": offered.encode().decode("latin-1")}).headers[
        "X-Request-Id"
    ]

    assert got != offered
    assert UUID(got).version == 7


def test_a_good_request_id_is_kept_and_stands_in_refusals(wire):
    answer = wire.send("GET", "/api/missing", headers={"X-Request-Id": "from-the-proxy-42"})

    assert answer.headers["X-Request-Id"] == "from-the-proxy-42"
    assert json.loads(answer.body)["requestId"] == "from-the-proxy-42"


NO_HTTP = {
    "binary": b"\x00\x01\x02\x03\r\n\r\n",
    "another version": b"GET /healthz HTTP/9.9\r\n\r\n",
    "length is no number": b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
    "negative length": b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
    "two lengths": (
        b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n0\r\n\r\n"
    ),
    "no chunk": b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
    "NUL in a name": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Bad\x00Name: 1\r\nConnection: close\r\n\r\n",
    "NUL in a value": b"GET /healthz HTTP/1.1\r\nHost: a\r\nUser-Agent: a\x00b\r\nConnection: close\r\n\r\n",
    "folded": b"GET /healthz HTTP/1.1\r\n X-Folded: 1\r\n\r\n",
    "long line": b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "long header": b"GET /healthz HTTP/1.1\r\nHost: a\r\nCookie: " + b"x" * 20000 + b"\r\nConnection: close\r\n\r\n",
    "many headers": (
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
        + b"".join(b"X-%d: 1\r\n" % number for number in range(200))
        + b"Connection: close\r\n\r\n"
    ),
}


@pytest.mark.parametrize("data", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_refused_and_the_server_goes_on(wire, data):
    received = wire.raw(data)

    assert b"500" not in received[:40]
    assert b"Traceback" not in received
    assert wire.send("GET", "/healthz").status == 200


def test_a_chunked_body_has_the_same_limit(wire):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    head = (
        b"POST /api/customers HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\nAuthorization: Bearer " + wire.token.encode() + b"\r\n\r\n"
    )

    received = wire.raw(head + chunk * 20 + b"0\r\n\r\n")

    assert received.startswith(b"HTTP/1.1 413")


# --- logs and figures -------------------------------------------------------------------------

CANARIES = {
    "phone": "+17185559143",
    "email": "canary-7f3a@keytag.test",
    "name": "Canarina Zzyzx",
    "vin": "5YJSA1E27HF000337",
    "plate": "CNRY7F3",
    "password": "canary feather 7f3a",
    "token": "eyJcanary7f3a.eyJcanary7f3a.canary7f3a",
    "note": "the canary sings at 7f3a",
    "key": "canary-key-7f3a",
}


def _sing(wire: Wire) -> None:
    """Send each canary where people's data goes: bodies, queries, paths, headers, and into refusals of all of them."""
    bird = CANARIES
    person = {"name": bird["name"], "phone": bird["phone"], "email": bird["email"], "notes": bird["note"]}
    for _ in range(2):  # the second is a duplicate
        assert wire.send("POST", "/api/customers", body=person, headers={"Idempotency-Key": bird["key"]}).status == 201
    car = {"vin": bird["vin"], "plate": bird["plate"]}
    assert wire.send("POST", "/api/vehicles", body=car).status == 201
    assert wire.send("POST", "/api/vehicles", body=car).status == 409
    wrong = {**person, "phone": bird["phone"] + "x" * 50, bird["token"]: 1}
    assert wire.send("POST", "/api/customers", body=wrong).status == 422
    for word in ("phone", "email", "plate", "vin"):
        query = bird[word].replace("+", "%2B").replace(" ", "%20")
        assert wire.send("GET", f"/api/customers?q={query}").status == 200
        assert wire.send("GET", f"/api/customers?{query}=1").status == 422
        assert wire.send("GET", f"/api/{query}").status == 404
    assert wire.send("GET", f"/api/vin/{bird['vin']}").status == 200
    user = {
        "name": bird["name"],
        "email": bird["email"],
        "role": "Tech",
        "password": bird["password"],
        "locationIds": [],
    }
    assert wire.send("POST", "/api/users", body=user).status == 422
    login = {"email": bird["email"], "password": bird["password"]}
    assert wire.send("POST", "/api/auth/login", body=login).status == 401
    assert wire.send("GET", "/api/me", headers={"Authorization": f"Bearer {bird['token']}"}).status == 401
    cookies = {"Cookie": f"keytag_access={bird['token']}", "User-Agent": bird["note"], "Authorization": ""}
    assert wire.send("GET", f"/api/me?token={bird['token']}", headers=cookies).status == 401
    body = json.dumps({"name": bird["name"]})[:-1].encode()
    assert wire.send("POST", "/api/customers", body=body, headers={"Content-Type": "application/json"}).status == 400


def test_people_and_secrets_are_in_no_log_and_no_figure(wire):
    _sing(wire)

    written = wire.server.child.log.read_text(errors="replace")
    figures = wire.send("GET", "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}).body.decode()
    secrets = {**CANARIES, "bearer": wire.token, "password of the person": PASSWORD, "address": wire.user.email}

    assert written.count('"route":') > 10
    assert [name for name, value in secrets.items() if value in written or value.replace("+", "%2B") in written] == []
    assert "http_server_request_duration_seconds" in figures
    assert [name for name, value in {**secrets, **wire.ids}.items() if value in figures] == []


def test_each_line_of_the_log_is_one_json_object_whatever_is_sent(wire):
    wire.send("GET", "/api/x%0d%0a%7B%22event%22:%22forged%22%7D")
    wire.send("GET", "/api/me", headers={"User-Agent": '\\n{"event": "forged"}', "X-Request-Id": '"},{"event":"forged'})

    lines = [line for line in wire.server.child.log.read_text().splitlines() if line.startswith("{")]

    assert lines
    events = [json.loads(line) for line in lines]
    assert all(event["ts"].endswith("Z") and event["event"] != "forged" for event in events)
    assert all("request_id" in event for event in events if event["event"] == "request")


def test_what_postgresql_quotes_from_a_row_stays_out_of_the_log(session, as_role):
    """An error that nobody foresaw is logged with its stack, and its message repeats the row."""
    user = as_role("Tech").user
    session.commit()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    log.configure("INFO")
    handler.setFormatter(logging.getLogger().handlers[0].formatter)
    logger = logging.getLogger("of the test")
    logger.addHandler(handler)
    with pytest.raises(sa.exc.DBAPIError) as raised:
        session.execute(sa.text("INSERT INTO users SELECT * FROM users"))
    session.rollback()
    assert str(user.id) in str(raised.value), "PostgreSQL itself quotes it"
    logger.error("unexpected_error", exc_info=raised.value)
    logger.removeHandler(handler)

    assert "UniqueViolation" in stream.getvalue()
    assert user.email not in stream.getvalue()
    assert str(user.id) not in stream.getvalue()


def test_figures_are_for_those_who_have_the_token(wire):
    for header in (
        "",
        "Bearer x",
        f"Basic {METRICS_TOKEN}",
        f"Bearer {wire.token}",
        "Bearer é".encode().decode("latin-1"),
    ):
        assert wire.send("GET", "/metrics", headers={"Authorization": header}).status == 401, header
