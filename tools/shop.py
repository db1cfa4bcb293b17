"""`./keytag run`: the whole shop on this machine, from nothing to a page that answers.

PORT (8080), HOST (127.0.0.1) and KEYTAG_STATE (.state) say where; DATABASE_URL and REDIS_URL bring servers of yours.
"""

import fcntl
import json
import os
import secrets
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from tools import frontend, ports
from tools.card_simulator.process import CardSimulator
from tools.console import Failure, say, step
from tools.paths import ROOT, VENV_BIN, VENV_PYTHON
from tools.processes import Child, ignore_stop_signals, interrupt_on_stop_signals
from tools.secret_store import Secrets
from tools.services import Services
from tools.sms_simulator.process import SimulatorServer
from tools.stamps import Stamp

READY_SECONDS = 60.0
LOOK_SECONDS = 0.25
# After a crash: wait this long, twice as long each time, at most the second; forgotten after the third.
FIRST_RESTART_SECONDS = 0.5
LAST_RESTART_SECONDS = 10.0
STABLE_SECONDS = 60.0
# On a developer's machine nobody wants to wait for slow requests.
WEB_GRACE_SECONDS = 2

LOGINS = ("owner@keytag.test", "advisor@keytag.test", "tech@keytag.test", "accountant@keytag.test")
PIN = "508214"
PASSWORD = "keytag-demo"  # noqa: S105 - of the demo data; a production start refuses it


def run(arguments: list[str]) -> int:
    """Start everything, keep it alive, and stop it in order on Ctrl-C."""
    if arguments:
        raise Failure("run takes no arguments; PORT, HOST and KEYTAG_STATE are environment variables.")
    host = os.environ.get("HOST", "127.0.0.1")
    port = _port()
    ports.check_free(host, port)
    state = Path(os.environ.get("KEYTAG_STATE") or ROOT / ".state").absolute()
    interrupt_on_stop_signals()
    with _only_one(state):
        shop = Shop(state, host, port)
        try:
            shop.open()
            say(shop.welcome)
            shop.watch()
        except KeyboardInterrupt:
            say("\nStopping …")
        finally:
            ignore_stop_signals()
            shop.close()
    return 0


class Shop:
    """The running product: two servers, the simulators of texts and cards, and three processes."""

    def __init__(self, state: Path, host: str, port: int) -> None:
        """Describe a shop with its data in `state` and its page on `host`:`port`."""
        self._state = state
        self._host = host
        self._port = port
        self._nonce = secrets.token_hex(16)
        self._secrets = Secrets(state / "secrets.json")
        self._services = Services(state, self._secrets)
        # Next door, so that its address is easy to find again; elsewhere if that is taken.
        self._simulator = SimulatorServer(
            self._log("sms-simulator"),
            self._secrets.get("simulator_token"),
            webhook=f"{self.url}/api/webhooks/messaging",
            port=port + 1,
        )
        self._cards = CardSimulator(
            self._log("card-simulator"),
            self._secrets.get("card_simulator_token"),
            webhook=f"{self.url}/api/webhooks/payments",
            port=port + 2,
        )
        self._processes: list[Process] = []

    @property
    def url(self) -> str:
        """The address to open on this machine."""
        host = "127.0.0.1" if self._host in ("0.0.0.0", "::") else self._host  # noqa: S104 - a comparison
        return f"http://{host}:{self._port}"

    @property
    def welcome(self) -> str:
        """What a person needs to know now."""
        postgres = self._services.postgres
        elsewhere = (
            [f"  PostgreSQL's data is in {postgres.folder}: `nobody`, who runs it for root, can't reach the above."]
            if postgres and not postgres.folder.is_relative_to(self._state)
            else []
        )
        return "\n".join(
            [
                "",
                f"  Keytag is open at {self.url}",
                "",
                *(f"    {login}" for login in LOGINS),
                f"    password: {PASSWORD}",
                "",
                f"  The technicians' tablet is at {self.url}/tech (PIN {PIN}, once Devices has given it a code)",
                f"  Texts go to the customers' phones at {self._simulator.url}",
                f"  and emails to the mailbox at {self._simulator.url}/mailbox",
                f"  Cards are charged by nobody at {self._cards.url}",
                "",
                f"  {self._services.description}. Data and logs are in {_short(self._state)}. Ctrl-C stops everything.",
                *elsewhere,
            ]
        )

    def open(self) -> None:
        """Start everything and return when the page answers."""
        self._services.start()
        self._simulator.start()
        self._cards.start()
        self._migrate()
        self._seed()
        frontend.ensure_build()
        web = Process(
            "web",
            [
                VENV_BIN / "gunicorn",
                "-c",
                ROOT / "backend" / "gunicorn_conf.py",
                f"--graceful-timeout={WEB_GRACE_SECONDS}",
                "backend.app:create_app()",
            ],
            stop_within=WEB_GRACE_SECONDS + 1,
        )
        dispatcher = Process("dispatcher", [VENV_PYTHON, "-m", "backend.dispatcher"], stop_within=1)
        worker = Process("worker", [VENV_PYTHON, "-m", "backend.worker"], stop_within=1)
        self._processes = [worker, dispatcher, web]
        web.start(self._environment(), self._log("web"))
        self._wait_until_ready(web)
        for process in (dispatcher, worker):
            process.start(self._environment(), self._log(process.name))

    def watch(self) -> None:
        """Start again what ends by itself; ends only by KeyboardInterrupt."""
        while True:
            time.sleep(LOOK_SECONDS)
            for server in (self._services.postgres, self._services.redis, self._simulator, self._cards):
                if server and server.child and server.child.exit_status is not None:
                    say(f"  {server.description} ended ({server.child.exit_status}); starting it again.")
                    server.start()
            for process in self._processes:
                process.look_after(self._environment(), self._log(process.name))

    def close(self) -> None:
        """Stop everything: nothing loses what it depends on before it has ended itself."""
        for process in self._processes:
            process.stop()
        self._simulator.stop()
        self._cards.stop()
        self._services.stop()

    def _environment(self) -> dict[str, str]:
        """Return what the product's processes are told."""
        return {
            "KEYTAG_ENV": "development",
            "KEYTAG_DEMO": "1",
            "KEYTAG_PUBLIC_URL": self.url,
            "KEYTAG_SECRET_KEY": self._secrets.get("secret_key"),
            **os.environ,
            # Last: a real account that happens to be in the environment must not get the demo shop's texts and payments.
            **self._simulator.environment,
            **self._cards.environment,
            "HOST": self._host,
            "PORT": str(self._port),
            "DATABASE_URL": self._services.database_url,
            "REDIS_URL": self._services.redis_url,
            "KEYTAG_BOOT_NONCE": self._nonce,
            "PROMETHEUS_MULTIPROC_DIR": str(self._state / "metrics"),
            "PYTHONUNBUFFERED": "1",
        }

    def _log(self, name: str) -> Path:
        """Return where a process writes."""
        return self._state / "logs" / f"{name}.log"

    def _migrate(self) -> None:
        """Bring the database to the newest migration; our own is only asked when the migrations have changed."""
        stamp = self._own_stamp("migrated", ROOT / "migrations" / "versions", ROOT / "migrations" / "roles.py")
        if stamp and stamp.is_fresh:
            return
        from tools import migrate  # noqa: PLC0415 - it takes longer to import than all the rest

        migrate.upgrade(self._services.owner_url)
        if stamp:
            stamp.write()

    def _seed(self) -> None:
        """Fill an empty database with the demo shop."""
        stamp = self._own_stamp("demo")
        if stamp and stamp.is_fresh:
            return
        with step("Demo shop"):
            result = subprocess.run(
                [VENV_PYTHON, "-m", "backend.cli", "seed-demo", "--if-empty"],
                cwd=ROOT,
                env={key: value for key, value in self._environment().items() if key != "PROMETHEUS_MULTIPROC_DIR"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        if result.returncode != 0:
            raise Failure(f"the demo shop could not be made:\n{result.stdout}")
        from tools import migrate  # noqa: PLC0415 - it takes longer to import than all the rest

        migrate.analyze(self._services.owner_url)
        if stamp:
            stamp.write()

    def _own_stamp(self, name: str, *inputs: Path) -> Stamp | None:
        """Return a stamp that lives and goes with the data of our own server, None for a server of yours."""
        postgres = self._services.postgres
        return Stamp(postgres.folder / f"{name}.stamp", *inputs) if postgres else None

    def _wait_until_ready(self, web: "Process") -> None:
        """Wait until the page answers with this run's nonce; a stale server on the port does not count."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if web.has_ended or time.monotonic() > deadline:
                raise Failure(f"the web server did not start:\n{web.tail()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        """Whether /healthz echoes our nonce."""
        try:
            with _DIRECT.open(f"{self.url}/healthz", timeout=2) as response:
                return bool(json.load(response).get("nonce") == self._nonce)
        except (URLError, OSError, ValueError):
            return False


class Process:
    """One of the product's processes, started again when it ends by itself."""

    def __init__(self, name: str, command: list[str | Path], *, stop_within: float) -> None:
        """Describe it; `stop_within` seconds after the request to stop, force is used."""
        self.name = name
        self._command = command
        self._stop_within = stop_within
        self._child: Child | None = None
        self._started_at = 0.0
        self._restart_at: float | None = None
        self._pause = FIRST_RESTART_SECONDS

    @property
    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self._child is not None and self._child.exit_status is not None

    def start(self, environment: dict[str, str], log: Path) -> None:
        """Start it."""
        self._child = Child(self.name, self._command, log=log, cwd=ROOT, environment=environment)
        self._started_at = time.monotonic()
        self._restart_at = None

    def look_after(self, environment: dict[str, str], log: Path) -> None:
        """Start it again if it ended, later and later while it keeps ending."""
        if not self.has_ended:
            return
        now = time.monotonic()
        if self._restart_at is None:
            if now - self._started_at > STABLE_SECONDS:
                self._pause = FIRST_RESTART_SECONDS
            assert self._child is not None
            say(f"  {self.name} ended ({self._child.exit_status}); starting it again. The end of {_short(log)}:")
            say("\n".join(f"    {line}" for line in self._child.tail().splitlines()[-5:]))
            self._restart_at = now + self._pause
            self._pause = min(self._pause * 2, LAST_RESTART_SECONDS)
        elif now >= self._restart_at:
            assert self._child is not None
            # What the ended one left behind must not work beside the new one.
            self._child.stop(0)
            self.start(environment, log)

    def stop(self) -> None:
        """Stop it if it runs."""
        if self._child is not None:
            self._child.stop(self._stop_within)

    def tail(self) -> str:
        """Return the end of what it wrote."""
        return self._child.tail() if self._child else ""


# Loopback is never behind a proxy, whatever the environment says.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _port() -> int:
    """Read PORT."""
    text = os.environ.get("PORT", "8080")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failure(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


@contextmanager
def _only_one(state: Path) -> Iterator[None]:
    """Let one shop at a time use a state folder."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Failure(
                f"a shop already runs with its data in {_short(state)}. Give this one a folder of its own: "
                "KEYTAG_STATE=/some/folder ./keytag run"
            ) from error
        yield


def _short(path: Path) -> str:
    """Shorten a path below the work tree."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
