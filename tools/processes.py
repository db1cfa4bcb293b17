"""Child processes that end with their parent, and end in time when told to."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from tools.console import Failure

# A log beyond this is set aside once at the start of the process that writes it.
LOG_BYTES = 5_000_000
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1


class Child:
    """One process we started: its output goes to a log file, and it does not outlive us.

    It gets a session of its own, so that Ctrl-C reaches the supervisor only and the order of stopping is ours.
    On Linux the kernel signals it when the supervisor dies, however it dies.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
        user: "User | None" = None,
        input_file: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start `command`, as `user` and with `input_file` to read if given; `stop_signal` asks it to end in good order."""
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        # A log that outlives runs is read from where this one began.
        self._log_start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output, (input_file or Path(os.devnull)).open("rb") as given:
            try:
                self._process = subprocess.Popen(
                    [str(part) for part in command],
                    cwd=cwd,
                    env=dict(environment) if environment is not None else None,
                    stdin=given,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    # It makes one system call, no more: safe beside threads.
                    preexec_fn=die_with_parent(stop_signal),  # noqa: PLW1509
                    **as_user(user),
                )
            except OSError as error:
                raise Failure(f"could not start {name}: {error}") from error

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """The exit status (negative: the signal that ended it), None while it runs."""
        return self._process.poll()

    def stop(self, within: float) -> None:
        """Ask it to end; after `within` seconds end its whole process group by force."""
        if self.exit_status is None:
            self._process.send_signal(self.stop_signal)
            try:
                self._process.wait(within)
            except subprocess.TimeoutExpired:
                self._kill_group()
        # What the process itself may have left behind, e.g. a web worker that hangs.
        self._kill_group()
        self._process.wait()

    def tail(self, lines: int = 15) -> str:
        """Return the last lines it wrote in this run, for an error message."""
        with self.log.open("rb") as file:
            file.seek(max(self._log_start, self.log.stat().st_size - 20_000))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])

    def _kill_group(self) -> None:
        """End everything in the process's session; nobody there is fine."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


class User:
    """An account to give up root's rights for."""

    def __init__(self, uid: int, gid: int) -> None:
        """Name the account by its numbers."""
        self.uid = uid
        self.gid = gid


def as_user(user: User | None) -> dict[str, Any]:
    """Return what subprocess needs to run something as `user`, nothing for None."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def interrupt_on_stop_signals() -> None:
    """Treat a request to end and a closed terminal like Ctrl-C.

    SIGINT too: a shell that starts us in the background has us ignore it.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in STOP_SIGNALS:
        signal.signal(number, interrupt)


def ignore_stop_signals() -> None:
    """Let nothing interrupt an orderly stop; it has time limits of its own."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def die_with_parent(signal_number: signal.Signals = signal.SIGTERM) -> Callable[[], None] | None:
    """Return what the child does before it becomes its program, None where the kernel has no such wish."""
    if sys.platform != "linux":
        return None
    # Loaded here, not after the fork, where only little may be done safely.
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def wish() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != parent:  # it died before the wish was heard
            os._exit(1)

    return wish
