"""`./keytag run` from the outside: it answers, heals, refuses a second shop on its data, and leaves nothing behind."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest

from backend.demo.seed import PIN
from tools import frontend, ports
from tools.paths import ROOT

pytestmark = pytest.mark.timeout(180)


@dataclass
class Run:
    """A shop that was started with the command people use."""

    process: "subprocess.Popen[str]"
    port: int
    state: Path
    welcome: str

    def ask(self, path: str, body: dict[str, str] | None = None) -> dict[str, object]:
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            answered: dict[str, object] = json.load(answer)
            return answered


def _eventually(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def _descendants(pid: int) -> set[int]:
    """Every process that a process started, and what those started."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(status.rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def _runs(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def _environment(state: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEYTAG_")}
    return {**kept, "PORT": str(port), "KEYTAG_STATE": str(state)}


@pytest.fixture
def shop(worker_folder: Path) -> Iterator[Run]:
    """Start the shop on a free port and wait for its welcome; the first start makes its data, the others find it as it was left."""
    frontend.ensure_build()
    state = worker_folder / "shop"
    port = ports.free_port()
    process = subprocess.Popen(
        [ROOT / "keytag", "run"],
        env=_environment(state, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    welcome = ""
    for line in process.stdout:
        welcome += line
        if "Ctrl-C stops everything" in line:
            break
    yield Run(process, port, state, welcome)
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    process.stdout.close()


def test_the_demo_shop_opens_for_each_login_it_names(shop: Run) -> None:
    assert f"Keytag is open at http://127.0.0.1:{shop.port}" in shop.welcome, shop.welcome
    logins = re.findall(r"\S+@keytag\.test", shop.welcome)
    roles = [
        shop.ask("/api/auth/login", {"email": login, "password": "keytag-demo"})["user"]["role"]  # type: ignore[index]
        for login in logins
    ]
    assert roles == ["Owner", "Advisor", "Tech", "Accountant"]
    assert f"http://127.0.0.1:{shop.port}/tech (PIN {PIN}" in shop.welcome
    assert shop.ask("/readyz") == {"status": "ok", "database": "ok", "migrations": "ok", "role": "ok", "redis": "ok"}
    assert (shop.state / "secrets.json").stat().st_mode & 0o777 == 0o600

    second = subprocess.run(
        [ROOT / "keytag", "run"],
        env=_environment(shop.state, ports.free_port()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "a shop already runs with its data in" in second.stderr


def test_what_is_killed_starts_again_and_ctrl_c_ends_everything_quietly(shop: Run) -> None:
    before = _descendants(shop.process.pid)
    for name in ("gunicorn", "backend.worker", "backend.dispatcher", "valkey-server|redis-server", "postgres -D"):
        victims = [pid for pid in before if re.search(name, _command(pid))]
        assert victims, f"no {name} runs"
        os.kill(min(victims), signal.SIGKILL)

    def is_whole() -> bool:
        try:
            ready = shop.ask("/readyz")
        except (URLError, OSError):
            return False
        commands = "\n".join(_command(pid) for pid in _descendants(shop.process.pid) - before)
        return ready["redis"] == "ok" and "backend.worker" in commands and "backend.dispatcher" in commands

    assert _eventually(is_whole)

    everything = _descendants(shop.process.pid)
    started = time.monotonic()
    shop.process.send_signal(signal.SIGINT)
    assert shop.process.wait(30) == 0
    assert time.monotonic() - started < 15, "five seconds on a machine that is not busy with tests"
    assert shop.process.stdout is not None
    assert shop.process.stdout.read().splitlines()[-1] == "Stopping …"
    assert _eventually(lambda: not any(_runs(pid) for pid in everything), 2)


def test_a_killed_supervisor_leaves_nothing(shop: Run) -> None:
    everything = _descendants(shop.process.pid)
    assert len(everything) > 5
    shop.process.kill()
    assert _eventually(lambda: not any(_runs(pid) for pid in everything))


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
