"""What the measurements stand on: PostgreSQL (fsync on), Redis and web servers of their own, kept apart from the shop's."""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from tools import ports
from tools.console import Failure
from tools.paths import ROOT, VENV_BIN
from tools.postgres import PostgresServer
from tools.processes import Child
from tools.redis_server import RedisServer
from tools.secret_store import Secrets

# The product's own settings, with two that keep housekeeping out of the short slices that are compared.
POSTGRES_SETTINGS = {
    "autovacuum": "off",
    "checkpoint_timeout": "30min",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "512MB",
    "track_io_timing": "off",
}
WEB_PROCESSES = 2
START_SECONDS = 30.0
# Loopback is never behind a proxy, whatever the environment says.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Account:
    """Somebody who signs in to the measured shops, working at one of their places."""

    email: str
    name: str = ""
    place: int = 1
    role: str = "Advisor"
    password: str = "bench of the shop"


ADVISOR = Account("advisor@bench.test", "Ada Bench", 1)
# Of the two small places beside the young shop that the browser looks at: one day with 2,000 cards; 30 visits a day.
CROWD = Account("crowd@bench.test", "Cory Crowd", 3)
PLANNER = Account("planner@bench.test", "Pia Planner", 4)
ACCOUNTS = (ADVISOR, CROWD, PLANNER)


@dataclass(frozen=True)
class SignIn:
    """The headers of a signed-in browser, ready to be sent."""

    cookies: dict[str, str]

    def headers(self, *, unsafe: bool = False) -> str:
        """Return request header lines; unsafe methods need the CSRF token too."""
        # Browsers send the refresh token to /api/auth only.
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if name != "keytag_refresh")
        lines = [f"Cookie: {cookie}"]
        if unsafe:
            lines.append(f"X-CSRF-TOKEN: {self.cookies['csrf_access_token']}")
        return "".join(f"{line}\r\n" for line in lines)


@dataclass(frozen=True)
class Server:
    """A running gunicorn with the real application (and the bench's own routes) on one database."""

    name: str
    port: int
    child: Child
    # What it was told; other processes of the product that share its work are told the same.
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def sign_in(self, account: Account) -> SignIn:
        """Sign in as a browser does."""
        request = urllib.request.Request(
            f"{self.url}/api/auth/login",
            json.dumps({"email": account.email, "password": account.password}).encode(),
            {"Content-Type": "application/json"},
        )
        with _DIRECT.open(request, timeout=20) as answer:
            cookies = [value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie", [])]
        return SignIn(dict(cookie.split("=", 1) for cookie in cookies))


class Environment:
    """The servers of one run; a context: everything is stopped on the way out."""

    def __init__(self, state: Path) -> None:
        """Describe servers with their data in `state`; nothing is started before entry."""
        self.state = state
        self._secrets = Secrets(state / "secrets.json")
        self.postgres = PostgresServer(
            state / "postgres", self._secrets.get("postgres_password"), settings=POSTGRES_SETTINGS
        )
        self.redis = RedisServer(state / "redis", self._secrets.get("redis_password"))
        self._servers: list[Server] = []
        self.scratch = Path(tempfile.mkdtemp(prefix="keytag-bench-"))
        self._password = self._secrets.get("postgres_password")

    def __enter__(self) -> Self:
        """Start PostgreSQL and Redis."""
        try:
            self.redis.launch()
            self.postgres.launch()
            self.redis.wait()
            self.postgres.wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything, web servers first."""
        self._stop()

    def _stop(self) -> None:
        for server in self._servers:
            server.child.stop(3)
        self.redis.stop()
        self.postgres.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)

    @property
    def postgres_pid(self) -> int:
        """The postmaster; every backend is its child."""
        assert self.postgres.child is not None
        return self.postgres.child.pid

    def url(self, database: str) -> str:
        """Return a database's address in SQLAlchemy's form."""
        return self.postgres.url(database)

    def connect(self, database: str, **options: Any) -> "psycopg.Connection[Any]":
        """Connect to a database; each statement is its own transaction."""
        address = self.url(database).replace("postgresql+psycopg://", "postgresql://")
        return psycopg.connect(address, autocommit=True, **options)

    def serve(self, database: str, **environment: str) -> Server:
        """Start a web server on `database` as production has it, and wait until it answers."""
        port = ports.free_port()
        nonce = secrets.token_hex(8)
        settings = {
            "PATH": os.environ["PATH"],
            "KEYTAG_ENV": "development",
            "KEYTAG_SECRET_KEY": self._secrets.get("secret_key"),
            "KEYTAG_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": self.url(database),
            "REDIS_URL": self.redis.url(),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        child = Child(
            f"web on {database}",
            [
                VENV_BIN / "gunicorn",
                "-c",
                ROOT / "backend" / "gunicorn_conf.py",
                "--graceful-timeout=1",
                "bench.server:application",
            ],
            log=self.scratch / f"{database}-{len(self._servers)}.log",
            cwd=ROOT,
            environment={
                **settings,
                "KEYTAG_BOOT_NONCE": nonce,
                "HOST": "127.0.0.1",
                "PORT": str(port),
                "WEB_CONCURRENCY": str(WEB_PROCESSES),
                "PROMETHEUS_MULTIPROC_DIR": str(self.scratch / f"metrics-{len(self._servers)}"),
            },
        )
        server = Server(database, port, child, settings)
        self._servers.append(server)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers(server, nonce):
            if child.exit_status is not None or time.monotonic() > deadline:
                raise Failure(f"the measured web server did not start:\n{child.tail(30)}")
            time.sleep(0.05)
        return server

    @staticmethod
    def _answers(server: Server, nonce: str) -> bool:
        try:
            with _DIRECT.open(f"{server.url}/healthz", timeout=2) as answer:
                return nonce in answer.read().decode()
        except OSError:
            return False


def state_folder() -> Path:
    """Return where the loaded databases are kept between runs."""
    return Path(os.environ.get("KEYTAG_STATE") or ROOT / ".state").absolute() / "bench"


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Let one measurement at a time use a state folder: two would measure each other."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Failure("another ./keytag bench runs in this folder; wait for it, or set KEYTAG_STATE.") from error
        yield
