"""What tests stand on: a database of their own, a real Redis, a real web server, a real browser.

Every test worker has a copy of the migrated database. Tests commit, as the product does, so that constraints, races
and COMMIT-time behaviour are the real ones; after each test every table is emptied again.

    def test_moves(session, as_role):
        appointment = make_appointment(session)                    # tests/factories/
        answer = as_role("Advisor").patch(f"/api/admin/appointments/{appointment.id}/move", json={...})
        assert answer.status_code == 200
        session.refresh(appointment)                               # sees what the request committed

`session` is committed by itself before each request of `client` and `as_role(...)`, and forgets afterwards what it
had read. A test that drives `live_server` or `page` says `session.commit()` before the server shall see its rows.
"""

import contextlib
import gc
import itertools
import os
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError

import hypothesis
import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright, sync_playwright
from psycopg import sql
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backend.accounts import rules
from backend.accounts.models import User, UserLocation
from backend.accounts.permissions import Role
from backend.accounts.rules import hash_password
from backend.core.db import SessionFactory, transaction
from backend.core.ids import new_id
from backend.demo.seed import seed_demo
from backend.devices.rules import COOKIE
from backend.settings import load_settings
from backend.shop.models import Location
from migrations import roles
from tests.database_copy import DatabaseCopy
from tests.factories.devices import make_tablet
from tests.witness import CHANGING, Witness, complaints_of_the_run
from tools import browser as browsers
from tools import frontend, ports
from tools.card_simulator.process import CardSimulator
from tools.paths import ROOT, VENV_BIN
from tools.postgres import password_of
from tools.processes import Child
from tools.redis_server import RedisServer
from tools.sms_simulator.process import SimulatorServer

# Where a failed browser test leaves its picture.
RESULTS = ROOT / "test-results"
SCREEN = {"width": 1440, "height": 900}
START_SECONDS = 30.0
PASSWORD = "seven lively wrenches"
# What the product hashes passwords with. A server of its own process hashes anew what was hashed otherwise.
COSTLY_HASHER = rules._hasher
PIN = "508214"
SECRET_KEY = "a secret of the tests, long enough to be accepted as one"
SIMULATOR_TOKEN = "5ec2e7" * 10

# The same examples in every run: a red build means the change, not the dice.
hypothesis.settings.register_profile("keytag", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("keytag")


# --- servers and the database -----------------------------------------------------------------


@pytest.fixture(scope="session")
def worker_folder(worker_id: str) -> Path:
    """Return a folder of this test worker's own; it goes when the run ends."""
    base = os.environ.get("KEYTAG_TEST_FOLDER")
    if base is None:
        pytest.exit("start tests with `./keytag test`; it brings the servers they need.", returncode=2)
    folder = Path(base) / worker_id
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def administrator_url(worker_id: str) -> Iterator[str]:
    """Make this worker's copy of the migrated database and return its address for the server's administrator."""
    template = make_url(os.environ["KEYTAG_TEST_DATABASE_URL"])
    name = f"{template.database}_{worker_id}"
    with _connect(template.set(database="postgres").render_as_string(hide_password=False)) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER keytag_owner").format(
                sql.Identifier(name), sql.Identifier(str(template.database))
            )
        )
    yield template.set(database=name).render_as_string(hide_password=False)
    with _connect(template.set(database="postgres").render_as_string(hide_password=False)) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def database_url(administrator_url: str) -> str:
    """Return the address of this worker's database as the product signs in: tests can do no more than it may."""
    return role_url(administrator_url, roles.APP)


@pytest.fixture(scope="session")
def owner_url(administrator_url: str) -> str:
    """Return the address of this worker's database for who owns its tables."""
    return role_url(administrator_url, roles.OWNER)


@pytest.fixture
def owner(owner_url: str) -> "Iterator[psycopg.Connection[Any]]":
    """Connect as who owns the tables, each statement by itself, for what the product must not do."""
    with _connect(owner_url) as connection:
        yield connection


@pytest.fixture
def unguarded(session: Session, administrator_url: str) -> Callable[..., int]:
    """Return `unguarded(statement, **values)`: do what no role of ours may, past every trigger; return how many rows it met.

    What was arranged is committed before.
    """

    def do(statement: str, **values: Any) -> int:
        session.commit()
        with _connect(administrator_url) as connection, connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            count = connection.execute(statement, values).rowcount
        session.expire_all()
        return count

    return do


def role_url(administrator_url: str, role: str) -> str:
    """Return the same address for another of the database's roles."""
    url = make_url(administrator_url)
    return url.set(username=role, password=password_of(role, str(url.password))).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def redis_server(worker_folder: Path) -> Iterator[RedisServer]:
    """Start this worker's own Redis: channels are shared by all databases of a server."""
    server = RedisServer(worker_folder / "redis", "redis-of-the-tests", throw_away=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url(redis_server: RedisServer) -> str:
    """Return the address of this worker's Redis."""
    return redis_server.url()


class Eraser:
    """Empties the database between tests: one statement, keys and append-only triggers aside."""

    def __init__(self, database_url: str) -> None:
        """Connect as the administrator and look up what there is to empty."""
        self._connection = _connect(database_url)
        tables = self._connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        # DELETE, not TRUNCATE: it does not wait for a page that still reads, and costs nothing on empty tables.
        self._statement = "; ".join(
            [
                "BEGIN",
                "SET LOCAL session_replication_role = replica",
                "SET LOCAL lock_timeout = '5s'",
                *(f"DELETE FROM {table}" for (table,) in tables),
                (
                    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) "
                    "FROM pg_sequences WHERE schemaname = 'public'"
                ),
                "COMMIT",
            ]
        )

    def erase(self) -> None:
        """Empty every table and start every sequence anew.

        Raises:
            psycopg.errors.LockNotAvailable: the test left a transaction open that holds rows.
        """
        for is_last in (False, False, True):
            try:
                self._connection.execute(self._statement)
            except psycopg.errors.DeadlockDetected:
                # With the last request of a page that has just been closed; it is done by the next try.
                self._connection.execute("ROLLBACK")
                if is_last:
                    raise
            except psycopg.Error:
                self._connection.execute("ROLLBACK")
                raise
            else:
                return

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


@pytest.fixture(scope="session")
def eraser(administrator_url: str) -> Iterator[Eraser]:
    """Return what empties this worker's database."""
    eraser = Eraser(administrator_url)
    yield eraser
    eraser.close()


@pytest.fixture(autouse=True)
def _leave_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the database and Redis after each test that could write to them."""
    # Asked for before the test: pytest makes no fixtures while it takes a test down.
    eraser = request.getfixturevalue("eraser") if "administrator_url" in request.fixturenames else None
    redis_server = request.getfixturevalue("redis_server") if "redis_server" in request.fixturenames else None
    yield
    if eraser is not None:
        eraser.erase()
    if redis_server is not None:
        redis_server.flush()


def _connect(url: str) -> "psycopg.Connection[Any]":
    """Connect with psycopg to an address in SQLAlchemy's form."""
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


# --- the provider of texts ----------------------------------------------------------------------


@pytest.fixture(scope="session")
def _simulator(worker_folder: Path) -> Iterator[SimulatorServer]:
    """Choose this worker's simulator's address; it is started by the first test that asks for `simulator`."""
    server = SimulatorServer(worker_folder / "sms-simulator.log", SIMULATOR_TOKEN, webhook=None)
    yield server
    server.stop()


@pytest.fixture
def simulator(_simulator: SimulatorServer) -> SimulatorServer:
    """Return the SMS simulator, which the tested product takes for its provider; it has forgotten the test before.

    It brings what customers write to `simulator.tell("/control/webhook", url=…)`.
    """
    if _simulator.child is None:
        _simulator.start()
    _simulator.tell("/control/reset")
    _simulator.tell("/control/webhook", url=None)
    return _simulator


# --- the card processor ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _cards(worker_folder: Path) -> Iterator[CardSimulator]:
    """Choose this worker's card simulator's address; it is started by the first test that asks for `cards`."""
    server = CardSimulator(worker_folder / "card-simulator.log", SIMULATOR_TOKEN, webhook=None)
    yield server
    server.stop()


@pytest.fixture
def cards(_cards: CardSimulator) -> CardSimulator:
    """Return the card simulator, which the tested product takes for its processor; it has forgotten the test before.

    It tells its events to `cards.tell("/control/webhook", url=…)`.
    """
    if _cards.child is None:
        _cards.start()
    _cards.tell("/control/reset")
    _cards.tell("/control/webhook", url=None)
    return _cards


# --- the application in this process ----------------------------------------------------------


@pytest.fixture(scope="session")
def environment(
    database_url: str, redis_url: str, worker_folder: Path, _simulator: SimulatorServer, _cards: CardSimulator
) -> dict[str, str]:
    """Return the settings that the tested product gets, as environment variables."""
    return {
        "KEYTAG_ENV": "test",
        "KEYTAG_SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "KEYTAG_DB_POOL": "8",
        "KEYTAG_LOG_LEVEL": "WARNING",
        "PHOTO_FOLDER": str(worker_folder / "photos"),
        **_simulator.environment,
        **_cards.environment,
    }


@pytest.fixture(scope="session")
def app(environment: dict[str, str], witness: Witness, quick_hasher: PasswordHasher) -> Flask:
    """Return the application, made once per worker."""
    from backend.app import create_app  # noqa: PLC0415 - tests of pure functions need not import it

    return create_app(load_settings(environment))


@pytest.fixture(scope="session")
def quick_hasher() -> Iterator[PasswordHasher]:
    """Hash the passwords of this process quickly: the product takes 40 ms for each sign-in, and thousands of tests sign in."""
    rules._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield rules._hasher
    rules._hasher = COSTLY_HASHER


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Open a session for arranging and checking; each request of a test client commits it first."""
    with SessionFactory() as session:
        yield session


class Client(FlaskClient):
    """Flask's test client, as a person's browser or script.

    Arranged rows are committed before each request; what `session` had read is forgotten after it.
    """

    # Set by fixtures.
    arranged: Session
    witness: Witness  # of all clients of the worker
    # Whether another program writes while a request is on its way: the provider's word, for one.
    is_accompanied: bool = False
    user: User | None = None
    token: str | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request, with the bearer token if there is one."""
        if self.token:
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("Authorization", f"Bearer {self.token}")
            kwargs["headers"] = headers
        self.arranged.commit()
        method = str(kwargs.get("method", "GET")).upper()
        if method in CHANGING and args and isinstance(args[0], str):
            with self.witness.watch(self.application, args[0], method) as watch:
                # What a race of threads wrote is not this one request's.
                watch.alone = threading.current_thread() is threading.main_thread() and not self.is_accompanied
                watch.answer = answer = super().open(*args, **kwargs)
        else:
            answer = super().open(*args, **kwargs)
        self.arranged.expire_all()
        return answer


@pytest.fixture(scope="session")
def witness(database_url: str, worker_folder: Path) -> Iterator[Witness]:
    """Return what looks whether each change is told in the audit log."""
    Client.witness = Witness(database_url, worker_folder / "told.txt")
    yield Client.witness
    Client.witness.close()


@pytest.fixture
def client(app: Flask, session: Session) -> Client:
    """Return a client that nobody is signed in with."""
    return _client(app, session)


def _client(app: Flask, session: Session) -> Client:
    """Make a client that commits `session`."""
    client = Client(app, app.response_class, use_cookies=True)
    client.arranged = session
    return client


@pytest.fixture(scope="session")
def _password_hash(quick_hasher: PasswordHasher) -> str:
    """Hash the password of all test users once."""
    return hash_password(PASSWORD)


@pytest.fixture
def as_role(app: Flask, session: Session, _password_hash: str) -> Callable[..., Client]:
    """Return `as_role(role, locations=None)`: a client signed in, by token, as a new user of that role.

    The user works at `locations`, or at every location there is. `client.user` is the row.
    """

    def sign_in(role: Role | str, locations: list[Location] | None = None) -> Client:
        now = datetime.now(UTC)
        role = Role(role)
        identifier = new_id()
        user = User(
            id=identifier,
            email=f"{role.value.lower()}-{identifier}@keytag.test",
            name=f"{role.value} of the test",
            role=role,
            password_hash=_password_hash,
            created_at=now,
            updated_at=now,
            password_changed_at=now - timedelta(seconds=1),
        )
        session.add(user)
        session.flush()
        for location in session.scalars(select(Location)) if locations is None else locations:
            session.add(UserLocation(user_id=user.id, location_id=location.id))
        client = _client(app, session)
        answer = client.post("/api/auth/token", json={"email": user.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.user = user
        client.token = answer.get_json()["accessToken"]
        return client

    return sign_in


@pytest.fixture(scope="session")
def _pin_hash(quick_hasher: PasswordHasher) -> str:
    """Hash the PIN of all test users once."""
    return hash_password(PIN)


@pytest.fixture
def on_tablet(
    app: Flask, session: Session, as_role: Callable[..., Client], _pin_hash: str
) -> Callable[[Location, Role | str], Client]:
    """Return `on_tablet(location, role="Tech")`: a new user of that role, who opened a paired tablet there with a PIN."""

    def enter(location: Location, role: Role | str = Role.TECH) -> Client:
        user = as_role(role, [location]).user
        assert user is not None
        user.pin_hash = _pin_hash
        client = _client(app, session)
        client.set_cookie(COOKIE, make_tablet(session, location, created_by=user), path="/api")
        answer = client.post("/api/tablet/enter", json={"userId": str(user.id), "pin": PIN})
        assert answer.status_code == 200, answer.text
        cookie = client.get_cookie("keytag_access")
        assert cookie is not None
        client.user, client.token = user, cookie.value
        return client

    return enter


# --- what takes long to make ------------------------------------------------------------------


@pytest.fixture(scope="session")
def _copies() -> Iterator[dict[Hashable, DatabaseCopy]]:
    """Return this worker's copies of what its database held, by name."""
    copies: dict[Hashable, DatabaseCopy] = {}
    yield copies
    for copy in copies.values():
        copy.close()


@pytest.fixture
def fill_once(
    administrator_url: str, _copies: dict[Hashable, DatabaseCopy]
) -> Callable[[Hashable, Callable[[], None]], None]:
    """Return `fill_once(name, fill)`: let `fill` fill the empty database and commit, or put back what it made before."""

    def fill_or_put_back(name: Hashable, fill: Callable[[], None]) -> None:
        if name in _copies:
            _copies[name].put_back()
            return
        fill()
        _copies[name] = DatabaseCopy(administrator_url, f"copy_{len(_copies)}")

    return fill_or_put_back


@pytest.fixture
def demo_shop(
    app: Flask, environment: dict[str, str], fill_once: Callable[[Hashable, Callable[[], None]], None]
) -> Callable[[datetime], None]:
    """Return `demo_shop(now)`: fill the empty database with the demo shop as it stands at `now`."""

    def fill(now: datetime) -> None:
        def seed() -> None:
            with transaction() as session:
                seed_demo(session, replace(load_settings(environment), is_demo=True), now=now)

        fill_once(("demo", now), seed)

    return fill


# --- a real web server ------------------------------------------------------------------------


@dataclass(frozen=True)
class LiveServer:
    """A gunicorn of two processes, as people use it, on this worker's database and Redis."""

    url: str
    child: Child


# Everything that the tests share stays: looked through as often as Python does by itself, it is a quarter of the demo shop's time.
gc.set_threshold(20_000, 20, 50)

# Each has a folder of its own for its log and figures.
_server_numbers = itertools.count()
StartServer = Callable[..., "LiveServer"]


@contextmanager
def _servers(environment: dict[str, str], worker_folder: Path) -> Iterator[StartServer]:
    """Give what starts web servers, and end them all at once."""
    servers: list[LiveServer] = []

    def start(grace: int = 1, port: int | None = None, **changes: str) -> LiveServer:
        folder = worker_folder / f"web-{next(_server_numbers)}"
        server = _start_server({**environment, **changes}, folder, grace, port)
        servers.append(server)
        return server

    yield start
    for server in servers:
        # Tests lose nothing by a quick end, and what they stop in good order they stop themselves.
        server.child.stop(0)


@pytest.fixture(scope="module")
def start_server(environment: dict[str, str], worker_folder: Path) -> Iterator[StartServer]:
    """Return `start_server(grace=1, port=None, **environment)`: start one more web server, for tests that stop or change it.

    `grace` is how many seconds a stopping server gives to running requests, `port` that of a server that was stopped
    before; the other arguments are environment variables that differ from the usual ones. It ends with the file's tests.
    """
    with _servers(environment, worker_folder) as start:
        yield start


@pytest.fixture(scope="session")
def live_server(environment: dict[str, str], worker_folder: Path) -> Iterator[LiveServer]:
    """Start the web server that all browser tests of this worker share."""
    frontend.ensure_build()
    with _servers(environment, worker_folder) as start:
        yield start()


def _start_server(environment: dict[str, str], folder: Path, grace: int, port: int | None = None) -> LiveServer:
    """Start gunicorn, on a free port unless one is given, and wait until it says that it is this one."""
    port = port or ports.free_port()
    url = f"http://127.0.0.1:{port}"
    nonce = str(new_id())
    child = Child(
        "web",
        [
            VENV_BIN / "gunicorn",
            "-c",
            ROOT / "backend" / "gunicorn_conf.py",
            f"--graceful-timeout={grace}",
            "backend.app:create_app()",
        ],
        log=folder / "web.log",
        cwd=ROOT,
        environment={
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "KEYTAG_PUBLIC_URL": url,
            "KEYTAG_BOOT_NONCE": nonce,
            "KEYTAG_STREAM_CAP": "50",
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
            **environment,
        },
    )
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(URLError, OSError), urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            if nonce in answer.read().decode():
                return LiveServer(url, child)
        if child.exit_status is not None or time.monotonic() > deadline:
            child.stop(0)
            pytest.fail(f"the web server did not start:\n{child.tail(40)}")
        time.sleep(0.05)


# --- a real browser ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _playwright(worker_folder: Path) -> Iterator[tuple[Playwright, browsers.Browser]]:
    """Find a Chromium and start Playwright's driver."""
    found = browsers.find()
    os.environ.update(found.environment)
    with sync_playwright() as playwright:
        yield playwright, found


@pytest.fixture(scope="session")
def browser(_playwright: tuple[Playwright, browsers.Browser]) -> Iterator[Browser]:
    """Start this worker's Chromium."""
    playwright, found = _playwright
    browser = playwright.chromium.launch(executable_path=found.executable, args=browsers.launch_arguments())
    yield browser
    browser.close()


# What Chromium itself writes for every 4xx; the tests look at the answers, not at this.
_NETWORK_NOISE = re.compile(r"Failed to load resource|net::ERR_")


class Screens:
    """The browser windows of one test; each is a person of their own, with cookies of their own."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        """Open windows of `browser` at `base_url`."""
        self._browser = browser
        self._base_url = base_url
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, **options: Any) -> Page:
        """Open a window; options are those of Playwright's `new_context`."""
        context = self._browser.new_context(
            **{"base_url": self._base_url, "viewport": SCREEN, "locale": "en-US", "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", self._page_error)
        page.on("console", self._console)
        return page

    def photograph(self, name: str) -> None:
        """Save a picture of each open page."""
        RESULTS.mkdir(exist_ok=True)
        for number, page in enumerate(page for context in self._contexts for page in context.pages):
            with contextlib.suppress(Error):
                page.screenshot(path=RESULTS / f"{name}-{number}.png")

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()

    def _page_error(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _NETWORK_NOISE.search(message.text):
            self.complaints.append(message.text)


@pytest.fixture
def screens(browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[Screens]:
    """Return a source of browser windows; an error in a page's console fails the test."""
    screens = Screens(browser, live_server.url)
    yield screens
    report = request.node.stash.get(_REPORT, None)
    if report is None or report.failed or screens.complaints:
        screens.photograph(re.sub(r"[^\w.-]+", "-", request.node.nodeid))
    screens.close()
    # A test that provokes errors on purpose empties this list.
    assert screens.complaints == [], "the page complained in its console"


@pytest.fixture
def page(screens: Screens) -> Page:
    """Open one browser window of a person who is not signed in."""
    return screens.open()


_REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Keep the result of the test itself, so that fixtures know whether it failed."""
    report = yield
    if report.when == "call":
        item.stash[_REPORT] = report
    return report


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Say after a whole run which routes that may change something never told anything in the audit log."""
    is_whole = list(session.config.args) == ["tests"] and not hasattr(session.config, "workerinput")
    folder = os.environ.get("KEYTAG_TEST_FOLDER")
    if not is_whole or folder is None or exitstatus not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        return
    from backend.app import create_app  # noqa: PLC0415 - only here, and only the routes are looked at

    settings = {
        "KEYTAG_ENV": "test",
        "KEYTAG_SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    complaints = complaints_of_the_run(create_app(load_settings(settings)), Path(folder))
    if complaints:
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        for complaint in complaints:
            reporter.write_line(complaint, yellow=True)
