"""Every open screen hears of a change; without Redis or past the cap a screen is told to poll."""

import contextlib
import http.client
import json
import os
import queue
import signal
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest

from backend.core import live
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


@pytest.fixture(scope="module")
def server(start_server):
    """Start a server for the tests that leave it as it is."""
    return start_server()


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


def test_a_move_reaches_every_screen_of_the_location_within_two_seconds(server, shop, listen):
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
    _card, people, _ = shop
    token = people["Advisor"].token
    for _ in range(2):
        listen(server.url, token)

    assert listen(server.url, token).status == 503
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
        assert answer.status == 200


def test_a_stream_ends_when_its_persons_role_changes_and_nobody_elses(server, shop, listen, as_role):
    _, people, _ = shop
    owner = as_role("Owner")
    owner.arranged.commit()
    changed, other = (listen(server.url, people[role].token) for role in ("Advisor", "Tech"))

    path = f"/api/users/{people['Advisor'].user.id}"
    assert _send(server.url, owner.token, path, {"role": "Tech"}) == 200

    assert changed.ended.wait(5), "it would go on hearing of money"
    assert not other.ended.is_set()
    assert owner.post(f"/api/users/{people['Tech'].user.id}/sign-out").status_code == 204
    assert other.ended.wait(5)


def test_streams_end_when_the_server_stops(start_server, shop, listen):
    server = start_server()
    _, people, _ = shop
    screens = [listen(server.url, people["Advisor"].token) for _ in range(4)]

    started = time.monotonic()
    server.child.stop(5)

    assert all(screen.ended.wait(5) for screen in screens)
    assert time.monotonic() - started < 5


def test_asking_for_the_head_of_the_stream_takes_no_place(start_server, shop, listen):
    server = start_server(KEYTAG_STREAM_CAP="2", WEB_CONCURRENCY="1")
    _card, people, _ = shop
    headers = {"Authorization": f"Bearer {people['Advisor'].token}"}
    for _ in range(5):
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
        connection.request("HEAD", "/api/events", headers=headers)
        connection.getresponse().read()
        connection.close()

    assert listen(server.url, people["Advisor"].token).status == 200


def test_one_person_cannot_take_every_place(start_server, shop, listen):
    server = start_server(KEYTAG_STREAM_CAP="30", WEB_CONCURRENCY="1")
    _card, people, _ = shop

    answers = [listen(server.url, people["Tech"].token).status for _ in range(live.STREAMS_EACH + 1)]

    assert answers == [200] * live.STREAMS_EACH + [503]
    assert listen(server.url, people["Advisor"].token).status == 200


def test_what_a_hung_redis_swallowed_is_made_up_for(start_server, shop, listen, redis_server):
    server = start_server()
    card, people, _ = shop
    screen = listen(server.url, people["Advisor"].token)

    os.kill(redis_server.child.pid, signal.SIGSTOP)
    try:
        path = f"/api/admin/appointments/{card.id}/move"
        assert _send(server.url, people["Advisor"].token, path, {"status": "IN_PROGRESS", "afterId": None}) == 200
    finally:
        os.kill(redis_server.child.pid, signal.SIGCONT)

    deadline = time.monotonic() + 10
    while "resync" not in [name for name, _, _ in screen.events] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "resync" in [name for name, _, _ in screen.events]


def test_a_crowded_queue_starts_over_even_while_it_is_read():
    hub = live.Hub(None, 1)
    stream = live.Stream(user_id="x", location_ids=frozenset({"here"}), may_see_money=True)
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            with contextlib.suppress(queue.Empty):
                stream.events.get(timeout=0.001)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20_000):
        hub._offer(stream, b"event")
    stop.set()
    reader.join()

    for _ in range(live.QUEUE_LENGTH + 1):
        hub._offer(stream, b"event")
    assert stream.events.get_nowait() == b"event: resync\ndata: {}\n\n"
