"""One line per step, so that a person sees what takes the time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Failure(Exception):  # noqa: N818 - reads better at the raise site than FailureError
    """A problem that the person at the keyboard can do something about; printed without a traceback."""


def say(message: str) -> None:
    """Print one line at once, whatever the output is connected to."""
    print(message, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce a slow step and say how many seconds it took."""
    print(f"  {what} … ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def fail(message: str) -> NoReturn:
    """Print why it stopped and leave with status 1."""
    sys.stdout.flush()
    sys.exit(f"keytag: {message}")
