"""One set-up at a time: a second one waits, and then finds the work done."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from tools.console import step
from tools.paths import VENV


@contextmanager
def exclusive(what: str, waiting: str | None = None) -> Iterator[None]:
    """Hold the lock of one part of the set-up; say `waiting` if somebody else holds it."""
    VENV.mkdir(exist_ok=True)
    with (VENV / f".{what}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step(waiting or f"Waiting for another set-up ({what})"):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
