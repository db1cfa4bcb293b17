"""Every open screen hears of a change; without Redis or past the cap a screen is told to poll."""

import contextlib
import http.client
import json
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest

from tests.factories.appointments import make_appointment
from tests.factories.shop import make_location


class Listener:
    """A screen's event stream, read in the background."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
        self._connection.request("GET", "/api/events", headers={"Authorization": f"Bearer {token}"})
        self._socket = self._connection.sock
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self.retry_after = int(self._response.headers.get("Retry-After", "0"))
        self.events: list[tuple[str, dict, float]] = []
        self.hello = threading.Event()
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        if self.status == 200:
            assert self.hello.wait(10)

    def _read(self) -> None:
        name = ""
        try:
            for line in self._response:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    name = text[7:]
                elif text.startswith("data: "):
                    if name == "hello":
                        self.hello.set()
                    else:
                        self.events.append((name, json.loads(text[6:]), time.monotonic()))
        except OSError:
            pass  # one side hung up
        self._response.close()
        self._connection.close()
        self.ended.set()

    def wait(self, count: int) -> list[tuple[str, dict, float]]:
        """Wait up to five seconds until `count` events came."""
        deadline = time.monotonic() + 5
        while len(self.events) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.events

    def hang_up(self) -> None:
        """Close the screen."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)


@pytest.fixture
def listen():
    """Return `listen(url, token)`; what it opened is closed after the test."""
    screens: list[Listener] = []

    def open_stream(url: str, token: str) -> Listener:
        screens.append(Listener(url, token))
        return screens[-1]

    yield open_stream
    for screen in screens:
        screen.hang_up()


def _send(url: str, token: str, path: str, body: dict) -> int:
    request = urllib.request.Request(
        url + path,
        method="PATCH",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def shop(session, as_role):
    here, there = make_location(session, name="Brooklyn"), make_location(session, name="Mesa")
    card = make_appointment(session, here, total_cents=9_900)
    people = {role: as_role(role, [here]) for role in ("Advisor", "Tech", "Accountant")}
    elsewhere = as_role("Advisor", [there])
    session.commit()
    return card, people, elsewhere


def test_a_move_reaches_every_screen_of_the_location_within_two_seconds(start_server, shop, listen):
    server = start_server()
    card, people, elsewhere = shop
    # Two web processes serve them: an event crosses from one to the other.
    screens = [listen(server.url, people["Advisor"].token) for _ in range(6)]
    tech, outsider = listen(server.url, people["Tech"].token), listen(server.url, elsewhere.token)
    accountant = listen(server.url, people["Accountant"].token)

    started = time.monotonic()
    path = f"/api/admin/appointments/{card.id}/move"
    assert _send(server.url, people["Advisor"].token, path, {"status": "IN_PROGRESS", "afterId": None}) == 200

    for screen in screens:
        name, data, at = screen.wait(1)[0]
        assert (name, data["version"], data["card"]["status"]) == ("appointment", 2, "IN_PROGRESS")
        assert data["card"]["totalCents"] == 9_900
        assert at - started < 2
    assert "totalCents" not in tech.wait(1)[0][1]["card"]
    time.sleep(0.3)
    assert outsider.events == [], "another location's"
    assert accountant.events == [], "accountants see no board"


def test_without_redis_the_screen_is_told_to_poll_and_the_board_works(start_server, shop, listen):
    server = start_server(REDIS_URL="")
    card, people, _ = shop

    refused = listen(server.url, people["Advisor"].token)

    assert refused.status == 503
    assert refused.retry_after > 0
    path = f"/api/admin/appointments/{card.id}/move"
    assert _send(server.url, people["Advisor"].token, path, {"status": "IN_PROGRESS", "afterId": None}) == 200


def test_past_the_cap_a_stream_is_refused_and_ordinary_requests_go_on(start_server, shop, listen):
    server = start_server(KEYTAG_STREAM_CAP="2", WEB_CONCURRENCY="1")
    card, people, _ = shop
    token = people["Advisor"].token
    for _ in range(2):
        listen(server.url, token)

    assert listen(server.url, token).status == 503
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
        assert answer.status == 200


def test_streams_end_when_the_server_stops(start_server, shop, listen):
    server = start_server()
    _, people, _ = shop
    screens = [listen(server.url, people["Advisor"].token) for _ in range(4)]

    started = time.monotonic()
    server.child.stop(5)

    assert all(screen.ended.wait(5) for screen in screens)
    assert time.monotonic() - started < 5
