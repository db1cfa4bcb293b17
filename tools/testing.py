"""`./keytag test`: every test against a real PostgreSQL, Redis and Chromium, with nothing prepared by hand.

Without arguments: the frontend's own tests and types, then all of pytest. Arguments go to pytest, and then only
pytest runs: `./keytag test tests/board -k move -x`.
"""

import fcntl
import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import browser, frontend, migrate, node, redis_server
from tools.console import say, step
from tools.paths import FRONTEND, ROOT, VENV_PYTHON
from tools.postgres import PostgresServer
from tools.processes import die_with_parent, ignore_stop_signals, interrupt_on_stop_signals

MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - a folder with an unguessable name is made in it
MEMORY_BYTES = 2 * 1024**3
FOLDER_PREFIX = "keytag-test-"
# Each test worker has a test application, a live server of two processes, and what a test opens itself.
SETTINGS = {"max_connections": "400", "shared_buffers": "128MB"}
# What a developer's shell may hold and a test must not see.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "PORT", "HOST", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR")
FOREIGN_PREFIXES = ("KEYTAG_", "FF_", "BRAND_")
# Where pytest keeps what failed last, and its status when something did.
LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
TESTS_FAILED = 1
# Each worker goes through files in their order, so that what a file makes once is made once; who is done first takes of the
# others' rest. One more than the processors of a small machine: much of a test of browsers, leases or killed servers is waiting.
THREE_AT_ONCE = ("-n", "3", "--dist", "worksteal")
# More than this is no accident.
MOST_ASKED_AGAIN = 8
# The frontend's own checks: npm script -> what it is called.
FRONTEND_CHECKS = {"typecheck": "Frontend types", "test": "Frontend tests"}

_COLORS = re.compile(r"\x1b\[[0-9;]*m")


def run(arguments: list[str]) -> int:
    """Prepare everything, run the tests and return pytest's status; its summary is the last that is printed."""
    interrupt_on_stop_signals()
    frontend_passed = True
    if not arguments:
        # Narrow runs prepare these only when a test asks for a browser.
        frontend.ensure_build()
        browser.find()
        frontend_passed = _frontend_passes()
    with _throw_away_folder() as folder:
        server = PostgresServer(folder / "postgres", secrets.token_hex(16), throw_away=True, settings=SETTINGS)
        try:
            server.start()
            say(f"  {server.description}, {redis_server.find().description}")
            migrate.upgrade(server.url(role="keytag_owner"))
            status = _pytest(
                arguments,
                {
                    **_clean_environment(),
                    # The migrated database, for its administrator: each test worker works on a copy of its own.
                    "KEYTAG_TEST_DATABASE_URL": server.url(),
                    "KEYTAG_TEST_FOLDER": str(folder),
                },
            )
        finally:
            ignore_stop_signals()
            server.stop()
    if not frontend_passed:
        say("keytag: the frontend's own checks failed; see above.")
    return status or (0 if frontend_passed else 1)


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """Run pytest and return its status.

    In a whole run the few tests that failed are asked once more, alone: what passes then failed for want of a quiet
    machine. They stay named in the output above, as what somebody should look at.
    """
    if arguments:
        return _run_pytest(arguments if _chooses_workers(arguments) else [*THREE_AT_ONCE, *arguments], environment)
    # What failed in an earlier run may be no test any more.
    status = _run_pytest([*THREE_AT_ONCE, "--cache-clear", "tests"], environment)
    if status != TESTS_FAILED:
        return status
    failed = json.loads(LAST_FAILED.read_text()) if LAST_FAILED.exists() else {}
    if not 0 < len(failed) <= MOST_ASKED_AGAIN:
        return status
    say(f"keytag: {len(failed)} failed; each is asked once more, alone.")
    return _run_pytest(["-n", "1", *failed], environment)


def _run_pytest(options: list[str], environment: dict[str, str]) -> int:
    """Run pytest; on Ctrl-C let it say what it knows."""
    process = subprocess.Popen(
        [VENV_PYTHON, "-m", "pytest", *options],
        cwd=ROOT,
        env=environment,
        preexec_fn=die_with_parent(),  # noqa: PLW1509 - it makes one system call
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait(20)
        raise


def _chooses_workers(arguments: list[str]) -> bool:
    """Whether the caller says how many tests run at once, or wants a debugger, or names a single test."""
    return any(
        argument.startswith(("-n", "--numprocesses", "--pdb", "-s")) or "::" in argument for argument in arguments
    )


def _frontend_passes() -> bool:
    """Run the frontend's tests and types at the same time; show what failed."""
    with step(" and ".join(FRONTEND_CHECKS.values())):
        processes = {
            name: subprocess.Popen(
                node.npm("run", name),
                cwd=FRONTEND,
                env=node.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for name in FRONTEND_CHECKS
        }
        outputs = {name: process.communicate()[0] for name, process in processes.items()}
    failed = [name for name, process in processes.items() if process.returncode != 0]
    for name in failed:
        say(f"\n{FRONTEND_CHECKS[name]} failed:\n{outputs[name]}")
    # The counts, so that a reader sees that something was tested.
    for line in _COLORS.sub("", outputs["test"]).splitlines():
        if line.strip().startswith(("Test Files", "Tests")):
            say(f"    {line.strip()}")
    return not failed


def _clean_environment() -> dict[str, str]:
    """Return our environment without what could steer the tested product."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and not name.startswith(FOREIGN_PREFIXES)
    }


@contextmanager
def _throw_away_folder() -> Iterator[Path]:
    """Make a folder for everything the tests write, in memory when there is room, and remove it afterwards."""
    in_memory = (
        MEMORY_FOLDER.is_dir()
        and os.access(MEMORY_FOLDER, os.W_OK)
        and shutil.disk_usage(MEMORY_FOLDER).free > MEMORY_BYTES
    )
    base = MEMORY_FOLDER if in_memory else Path(tempfile.gettempdir())
    for stale in base.glob(f"{FOLDER_PREFIX}*"):
        _remove_abandoned(stale)
    folder = base / f"{FOLDER_PREFIX}{secrets.token_hex(6)}"
    # PostgreSQL, which is somebody else when we are root, must pass through.
    folder.mkdir(mode=0o711)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(folder: Path) -> None:
    """Remove the folder of a test run that was killed; one that still runs holds its lock."""
    try:
        with (folder / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return
