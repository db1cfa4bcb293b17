"""What is killed, hung or used up takes nothing with it that was acknowledged, and the rest goes on.

Real processes: a gunicorn of the product, a PostgreSQL and a Redis of these tests' own, and clients that keep book of
every answer they got. Afterwards the database is compared with the book.
"""

import contextlib
import http.client
import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import User, UserLocation
from backend.accounts.permissions import Role
from backend.appointments.models import Appointment
from backend.core import live
from backend.core.ids import new_id
from tests.conftest import COSTLY_HASHER, PASSWORD, LiveServer
from tests.factories.appointments import make_appointment
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle
from tools import migrate
from tools.postgres import PostgresServer
from tools.redis_server import RedisServer

CLIENTS = 6
CARDS = 24
BOARD = "/api/admin/appointments/board?from=2026-11-20"


# --- clients that keep book -------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a client got, and when; status 0 where the connection broke instead."""

    kind: str
    status: int
    body: dict[str, Any]
    retry_after: str | None
    started: float
    seconds: float
    name: str = ""


class Caller:
    """One client with one kept-alive connection, as a browser has."""

    def __init__(self, url: str, token: str = "") -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, kind: str, method: str, path: str, body: Any = None) -> Answer:
        """Send one request and return what came of it."""
        started = time.monotonic()
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body), headers)
            got = self._connection.getresponse()
            data = got.read()
            answer = json.loads(data) if data else {}
            return Answer(kind, got.status, answer, got.headers["Retry-After"], started, time.monotonic() - started)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return Answer(kind, 0, {}, None, started, time.monotonic() - started)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass
class Shop:
    """A location with cards on its board, and somebody who may move them."""

    location_id: UUID
    cards: list[UUID]
    email: str

    def token(self, url: str) -> str:
        """Sign in at a server."""
        caller = Caller(url)
        answer = caller.call("login", "POST", "/api/auth/token", {"email": self.email, "password": PASSWORD})
        caller.close()
        assert answer.status == 200, answer
        return answer.body["accessToken"]


class Load:
    """Clients that move cards, open walk-ins and look at the board until they are told to stop."""

    def __init__(self, url: str, token: str, shop: Shop, clients: int = CLIENTS) -> None:
        self.answers: list[Answer] = []
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(url, token, shop, number), daemon=True)
            for number in range(clients)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in self._threads), "a client is still waiting"

    def _work(self, url: str, token: str, shop: Shop, number: int) -> None:
        caller = Caller(url, token)
        turn = number
        while not self._ending.is_set():
            turn += 1
            if turn % 4 == 0:
                name = f"Walk-in {number} {turn}"
                body = {"locationId": str(shop.location_id), "customer": {"name": name}}
                answer = replace(caller.call("create", "POST", "/api/appointments", body), name=name)
            elif turn % 7 == 0:
                answer = caller.call("board", "GET", BOARD)
            else:
                card = shop.cards[turn * 5 % len(shop.cards)]
                target = "IN_PROGRESS" if turn % 2 else "SCHEDULED"
                body = {"status": target, "position": turn % 3 + 1}
                answer = caller.call("move", "PATCH", f"/api/admin/appointments/{card}/move", body)
            self.answers.append(answer)
            if answer.status in {0, 503}:
                time.sleep(0.05)
        caller.close()

    def wait(self, enough: Callable[[list[Answer]], bool], seconds: float) -> None:
        """Wait until the book says enough."""
        deadline = time.monotonic() + seconds
        while not enough(self.answers):
            assert time.monotonic() < deadline, Counter(answer.status for answer in self.answers)
            time.sleep(0.02)

    def acknowledged(self, kind: str) -> list[Answer]:
        """List what was promised."""
        return [answer for answer in self.answers if answer.kind == kind and answer.status in {200, 201}]


def _furnish(session: Session, password_hash: str) -> Shop:
    place = make_location(session)
    now = datetime.now(UTC)
    user = User(
        id=new_id(),
        email=f"advisor-{new_id()}@keytag.test",
        name="Advisor of the test",
        role=Role.ADVISOR,
        password_hash=password_hash,
        created_at=now,
        updated_at=now,
        password_changed_at=now,
    )
    session.add(user)
    session.flush()
    session.add(UserLocation(user_id=user.id, location_id=place.id))
    cards = [make_appointment(session, place, vehicle_id=make_vehicle(session).id).id for _ in range(CARDS)]
    session.commit()
    return Shop(place.id, cards, user.email)


def _differences(session: Session, load: Load, shop: Shop) -> list[str]:
    """Compare the book with the database: what was promised and is not there, and what is there by halves."""
    session.rollback()
    session.expire_all()
    versions = dict(session.execute(sa.select(Appointment.id, Appointment.version)).all())
    audited: dict[UUID, list[int]] = {}
    for entity_id, version in session.execute(
        sa.text("SELECT entity_id, version FROM audit_logs WHERE entity = 'appointment' ORDER BY version")
    ):
        audited.setdefault(entity_id, []).append(version)
    wrong = [
        f"lost: a walk-in {answer.body['number']}"
        for answer in load.acknowledged("create")
        if UUID(answer.body["id"]) not in versions
    ]
    for answer in load.acknowledged("move"):
        card, version = UUID(answer.body["id"]), answer.body["version"]
        if versions[card] < version or (version > 1 and version not in audited.get(card, ())):
            wrong.append(f"lost: version {version} of card {card}")
    for appointment_id, version in versions.items():
        # The cards were put there without an audit row; everything since has exactly one.
        first = 2 if appointment_id in shop.cards else 1
        if audited.get(appointment_id, []) != list(range(first, version + 1)):
            wrong.append(f"half: {appointment_id} is at {version}, its audit rows at {audited.get(appointment_id)}")
    wrong += [f"half: audit of nothing {entity_id}" for entity_id in audited if entity_id not in versions]
    customers = session.scalar(sa.text("SELECT count(*) FROM customers"))
    if customers != len(versions) - len(shop.cards):
        wrong.append(f"half: {customers} customers of {len(versions) - len(shop.cards)} walk-ins")
    return wrong


def _untrue(session: Session, load: Load) -> list[str]:
    """List walk-ins that are there although their client was told that nothing was changed."""
    session.rollback()
    names = set(session.scalars(sa.text("SELECT name FROM customers")))
    refused = [answer for answer in load.answers if answer.kind == "create" and answer.status == 503]
    return [
        answer.name for answer in refused if answer.name in names and "Nothing was changed" in answer.body["detail"]
    ]


def _children(pid: int) -> list[int]:
    """List the processes that `pid` started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name, in parentheses, may hold anything.
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def hashed_password() -> str:
    return COSTLY_HASHER.hash(PASSWORD)


@pytest.fixture
def shop(session, hashed_password) -> Shop:
    return _furnish(session, hashed_password)


@pytest.fixture
def serve(start_server) -> Iterator[Callable[..., LiveServer]]:
    """Return `start_server`; what it started ends with the test."""
    servers: list[LiveServer] = []

    def start(**changes: Any) -> LiveServer:
        servers.append(start_server(**changes))
        return servers[-1]

    yield start
    for server in servers:
        server.child.stop(0)


# --- the web process --------------------------------------------------------------------------


def test_a_killed_worker_loses_nothing_and_is_replaced(serve, session, shop):
    server = serve()
    killed = 0
    with Load(server.url, shop.token(server.url), shop) as load:
        for _ in range(3):
            done = len(load.answers)
            load.wait(lambda answers, done=done: len(answers) > done + 50, 30)
            workers = _children(server.child.pid)
            os.kill(workers[killed % len(workers)], signal.SIGKILL)
            killed += 1
        done = len(load.answers)
        load.wait(lambda answers: len(answers) > done + 50, 30)

    assert server.child.exit_status is None
    statuses = Counter(answer.status for answer in load.answers)
    assert set(statuses) <= {0, 200, 201}, statuses
    # Each kill breaks at most what was under way.
    assert statuses[0] <= 3 * CLIENTS
    assert len(load.acknowledged("move")) > 50
    assert len(load.acknowledged("create")) > 20
    assert _differences(session, load, shop) == []


def test_a_killed_server_loses_nothing_and_starts_again(serve, session, shop):
    server = serve()
    with Load(server.url, shop.token(server.url), shop) as load:
        load.wait(lambda answers: len(answers) > 100, 30)
        os.killpg(server.child.pid, signal.SIGKILL)
        time.sleep(0.3)

    assert {answer.status for answer in load.answers} <= {0, 200, 201}
    assert len(load.acknowledged("move")) > 30
    assert _differences(session, load, shop) == []
    again = serve()
    with Load(again.url, shop.token(again.url), shop) as more:
        more.wait(lambda answers: len(answers) > 20, 30)
    assert {answer.status for answer in more.answers} <= {200, 201}


@contextlib.contextmanager
def _held(database_url: str, card: UUID) -> Iterator[None]:
    """Hold a card's row, so that who wants to write it waits."""
    address = database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address) as holder:
        holder.execute("SELECT FROM appointments WHERE id = %s FOR UPDATE", [card])
        yield
        holder.rollback()


def test_a_server_that_is_asked_to_stop_finishes_what_it_has_begun(serve, session, shop, database_url):
    server = serve(grace=10)
    token = shop.token(server.url)
    got: list[Answer] = []

    def move(card: UUID) -> None:
        caller = Caller(server.url, token)
        body = {"status": "IN_PROGRESS", "position": 1}
        got.append(caller.call("move", "PATCH", f"/api/admin/appointments/{card}/move", body))
        caller.close()

    with _held(database_url, shop.cards[0]):
        threads = [threading.Thread(target=move, args=(shop.cards[0],)) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        os.kill(server.child.pid, signal.SIGTERM)
        time.sleep(0.7)
        assert got == []
    for thread in threads:
        thread.join(10)

    assert [answer.status for answer in got] == [200] * 3
    deadline = time.monotonic() + 5
    while server.child.exit_status is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.child.exit_status == 0
    session.expire_all()
    assert session.get(Appointment, shop.cards[0]).status == "IN_PROGRESS"


def test_new_processes_for_old_ones_refuse_nobody(serve, session, shop):
    """SIGHUP, as a deployment does it: new workers take over while the old ones finish."""
    server = serve(grace=10)
    token = shop.token(server.url)
    answers: list[Answer] = []
    ending = threading.Event()

    def ask() -> None:
        while not ending.is_set():
            caller = Caller(server.url, token)
            answers.append(caller.call("board", "GET", BOARD))
            caller.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    before = set(_children(server.child.pid))
    os.kill(server.child.pid, signal.SIGHUP)
    deadline = time.monotonic() + 12
    while (before & set(_children(server.child.pid))) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    ending.set()
    for thread in threads:
        thread.join(10)

    assert not before & set(_children(server.child.pid)), "the old ones went"
    assert Counter(answer.status for answer in answers) == {200: len(answers)}
    assert len(answers) > 50


# --- PostgreSQL -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres(worker_folder) -> Iterator[PostgresServer]:
    """Start a PostgreSQL that may be killed; a commit it has acknowledged is written, as in a shop."""
    settings = {"synchronous_commit": "on", "full_page_writes": "on", "max_connections": "100"}
    server = PostgresServer(worker_folder / "killed", "of the tests", throw_away=True, settings=settings)
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url())
        migrate.upgrade(server.url())
    yield server
    server.stop()


@pytest.fixture
def own_session(postgres) -> Iterator[Session]:
    engine = sa.create_engine(postgres.url(), poolclass=sa.NullPool)
    with Session(engine, expire_on_commit=False) as session:
        yield session


def _kill_postgres(postgres: PostgresServer) -> None:
    """End the postmaster and all its processes at once, as a crash of the machine's kernel would not be kinder."""
    assert postgres.child is not None
    everyone = [postgres.child.pid, *_children(postgres.child.pid)]
    for pid in everyone:
        _kill(pid)
    while postgres.child.exit_status is None:
        time.sleep(0.01)


def test_a_killed_database_loses_nothing_and_everything_recovers_by_itself(
    serve, postgres, own_session, hashed_password
):
    shop = _furnish(own_session, hashed_password)
    server = serve(DATABASE_URL=postgres.url())
    outside = Caller(server.url)
    with Load(server.url, shop.token(server.url), shop) as load:
        load.wait(lambda answers: len(answers) > 100, 30)
        _kill_postgres(postgres)
        killed_at = time.monotonic()
        time.sleep(0.2)
        probes = [outside.call("probe", "GET", path) for path in ("/healthz", "/readyz") for _ in range(3)]
        time.sleep(0.5)
        postgres.start()
        up_at = time.monotonic()

        def has_recovered(answers: list[Answer]) -> bool:
            newest = [answer.status for answer in answers[-5 * CLIENTS :]]
            return all(status in {200, 201} for status in newest) and answers[-5 * CLIENTS].started > up_at

        load.wait(has_recovered, 8)

    assert [probe.status for probe in probes] == [200] * 3 + [503] * 3
    assert probes[-1].body["database"] == "not answering"
    statuses = Counter(answer.status for answer in load.answers)
    assert set(statuses) == {200, 201, 503}, statuses
    refused = [answer for answer in load.answers if answer.status == 503]
    assert all(int(answer.retry_after) > 0 and answer.body["code"] == "unavailable" for answer in refused)
    assert max(answer.seconds for answer in refused) < 3, "refused at once, not after a time limit"
    assert _untrue(own_session, load) == []
    last_refusal = max(answer.started for answer in refused)
    assert last_refusal - up_at < 3, "no restart is needed"
    assert killed_at < last_refusal
    ready = outside.call("probe", "GET", "/readyz")
    outside.close()
    assert ready.status == 200
    assert len(load.acknowledged("move")) > 30
    assert _differences(own_session, load, shop) == []


def test_a_hung_database_holds_up_only_those_who_were_with_it(serve, postgres, own_session, hashed_password):
    shop = _furnish(own_session, hashed_password)
    server = serve(DATABASE_URL=postgres.url(), KEYTAG_DB_POOL="4", WEB_CONCURRENCY="1")
    token = shop.token(server.url)
    answers: list[Answer] = []

    def look() -> None:
        caller = Caller(server.url, token)
        answers.append(caller.call("board", "GET", BOARD))
        caller.close()

    def crowd(size: int) -> list[threading.Thread]:
        threads = [threading.Thread(target=look) for _ in range(size)]
        for thread in threads:
            thread.start()
        return threads

    for thread in crowd(6):
        thread.join(10)
    assert {answer.status for answer in answers} == {200}
    answers.clear()
    everyone = [postgres.child.pid, *_children(postgres.child.pid)]
    for pid in everyone:
        os.kill(pid, signal.SIGSTOP)
    try:
        threads = crowd(30)
        outside = Caller(server.url)
        health = [outside.call("probe", "GET", "/healthz") for _ in range(10)]
        outside.close()
        time.sleep(4)
        refused = list(answers)
    finally:
        for pid in everyone:
            os.kill(pid, signal.SIGCONT)
    for thread in threads:
        thread.join(10)

    assert {answer.status for answer in health} == {200}
    assert max(answer.seconds for answer in health) < 0.5
    assert len(refused) >= 28
    assert {answer.status for answer in refused} == {503}
    assert max(answer.seconds for answer in refused) < 4
    assert len(answers) == 30
    after = Caller(server.url, token)
    assert [after.call("board", "GET", BOARD).status for _ in range(5)] == [200] * 5
    after.close()


def _wait_for_lock_waiters(database_url, count: int) -> None:
    """Return once so many of the server's connections wait for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'keytag-web' AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 10
    address = database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        while connection.execute(waiting).fetchone()[0] < count:
            assert time.monotonic() < deadline, "nobody waits for the row"
            time.sleep(0.02)


def test_all_connections_in_use_is_a_quick_503_and_passes(serve, session, shop, database_url):
    server = serve(KEYTAG_DB_POOL="4", WEB_CONCURRENCY="1")
    token = shop.token(server.url)
    answers: list[Answer] = []

    def ask(method: str, path: str, body: Any = None) -> threading.Thread:
        def run() -> None:
            caller = Caller(server.url, token)
            answers.append(caller.call(method, method, path, body))
            caller.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    card = shop.cards[0]
    with _held(database_url, card):
        # Two hold the connections for transactions, then two those for single statements; all wait for the row.
        # In this order: who is asking is a single statement.
        move = {"status": "IN_PROGRESS", "position": 1}
        threads = [ask("PATCH", f"/api/appointments/{card}", {"title": "Brakes"}) for _ in range(2)]
        _wait_for_lock_waiters(database_url, 2)
        threads += [ask("PATCH", f"/api/admin/appointments/{card}/move", move) for _ in range(2)]
        _wait_for_lock_waiters(database_url, 4)
        crowd = [
            ask("GET", path) for path in (BOARD, "/api/me", "/api/customers", BOARD, "/api/users") for _ in range(4)
        ]
        outside = Caller(server.url)
        health = [outside.call("probe", "GET", "/healthz") for _ in range(10)]
        for thread in crowd:
            thread.join(10)
        refused = list(answers)
    for thread in threads:
        thread.join(10)

    assert {answer.status for answer in health} == {200}
    assert max(answer.seconds for answer in health) < 0.5
    assert {answer.status for answer in refused} == {503}
    assert all(int(answer.retry_after) > 0 for answer in refused)
    assert max(answer.seconds for answer in refused) < 4
    assert [answer.status for answer in answers if answer.kind == "PATCH"] == [200] * 4
    after = Caller(server.url, token)
    assert after.call("board", "GET", BOARD).status == 200
    after.close()
    outside.close()


# --- Redis ------------------------------------------------------------------------------------


@pytest.fixture
def own_redis(worker_folder) -> Iterator[RedisServer]:
    server = RedisServer(worker_folder / f"redis-{new_id()}", "of-the-tests", throw_away=True)
    server.start()
    yield server
    with contextlib.suppress(ProcessLookupError):
        os.kill(server.child.pid, signal.SIGCONT)
    server.stop()


def _day(server: LiveServer, shop: Shop, turns: int) -> list[Answer]:
    """Work for a while: sign in, look, open, move, create; return every answer."""
    entrance = Caller(server.url)
    credentials = {"email": shop.email, "password": PASSWORD}
    answers = [entrance.call("login", "POST", "/api/auth/login", credentials)]
    entrance.close()
    caller = Caller(server.url, shop.token(server.url))
    for turn in range(turns):
        card = shop.cards[turn % CARDS]
        body = {"locationId": str(shop.location_id), "customer": {"name": f"Walk-in {turn}"}}
        move = {"status": "IN_PROGRESS" if turn // CARDS % 2 == 0 else "SCHEDULED", "position": 1}
        answers += [
            caller.call("board", "GET", BOARD),
            caller.call("drawer", "GET", f"/api/appointments/{card}"),
            caller.call("move", "PATCH", f"/api/admin/appointments/{card}/move", move),
            caller.call("create", "POST", "/api/appointments", body),
        ]
    caller.close()
    return answers


def _p99(answers: list[Answer]) -> float:
    seconds = sorted(answer.seconds for answer in answers if answer.kind != "login")
    return seconds[int(len(seconds) * 0.99) - 1]


def _stream_status(server: LiveServer, token: str) -> tuple[int, str | None]:
    """Ask for the stream of events, and hang up when it comes."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
    connection.request("GET", "/api/events", headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.headers["Retry-After"]


def test_without_redis_a_day_goes_on_and_streams_are_refused(serve, own_redis, session, shop):
    server = serve(REDIS_URL=own_redis.url())
    token = shop.token(server.url)
    assert _stream_status(server, token) == (200, None)
    _day(server, shop, 2)

    _kill(own_redis.child.pid)
    answers = _day(server, shop, 25)

    assert {answer.status for answer in answers} == {200, 201}
    assert _p99(answers) <= 0.5
    status, retry_after = _stream_status(server, token)
    assert (status, int(retry_after) > 0) == (503, True)
    probe = Caller(server.url)
    ready = probe.call("probe", "GET", "/readyz")
    probe.close()
    assert (ready.status, ready.body["redis"]) == (200, "not answering")


def test_a_hung_redis_slows_nobody_down(serve, own_redis, session, shop):
    server = serve(REDIS_URL=own_redis.url(), WEB_CONCURRENCY="1")
    token = shop.token(server.url)
    assert _stream_status(server, token) == (200, None)
    _day(server, shop, 2)

    os.kill(own_redis.child.pid, signal.SIGSTOP)
    hung_at = time.monotonic()
    answers = _day(server, shop, 40)

    assert {answer.status for answer in answers} == {200, 201}
    assert _p99(answers) <= 0.5
    # The breaker opens at the first: after it only one in each of its rests waits for Redis at all.
    waited = server.child.tail(1000).count("live_publish_failed")
    assert 1 <= waited <= 1 + (time.monotonic() - hung_at) / live.BREAKER_SECONDS
    while (refused := _stream_status(server, token))[0] != 503:
        assert time.monotonic() - hung_at < 14, "the subscription is still believed in"
        time.sleep(0.2)
    assert int(refused[1]) > 0
    os.kill(own_redis.child.pid, signal.SIGCONT)
    back_at = time.monotonic()
    while _stream_status(server, token)[0] != 200:
        assert time.monotonic() - back_at < 4, "streams come back by themselves"
        time.sleep(0.2)
