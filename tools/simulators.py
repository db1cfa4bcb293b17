"""A simulator as a process of its own: for `./keytag run`, tests and benches; and how they talk to it."""

import json
import time
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from tools.console import Failure
from tools.paths import ROOT
from tools.ports import free_port, is_free
from tools.processes import Child

START_SECONDS = 10.0
STOP_SECONDS = 2.0
PORT_TRIES = 5
ANSWER_SECONDS = 60.0
HOST = "127.0.0.1"

# Loopback is never behind a proxy, whatever the environment says.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SimulatorProcess(ABC):
    """One simulator with an account of its own; started again it keeps its address, and has forgotten everything."""

    description: str

    def __init__(self, log: Path, port: int | None) -> None:
        """Describe it: `port` is the preferred one."""
        self._log = log
        self._port = port if port is not None and is_free(HOST, port) else free_port()
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """The address of its page and of its API."""
        return f"http://{HOST}:{self._port}"

    @property
    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return the settings by which the product talks to it rather than to somebody's real account."""

    @property
    @abstractmethod
    def _command(self) -> list[str | Path]:
        """What starts it."""

    @property
    @abstractmethod
    def _own_environment(self) -> dict[str, str]:
        """Return its account's secrets, by the variables that the product has them in."""

    @abstractmethod
    def _is_ours(self, state: Any) -> bool:
        """Whether what `/control/state` says is this simulator's."""

    def _move(self) -> None:
        """Choose other ports: somebody was faster."""
        self._port = free_port()

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            Failure: it ended or took longer than 10 s; the message has the end of its log.
        """
        tries = 1
        self._launch()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.child is not None
            if self.child.exit_status is not None and tries < PORT_TRIES and "in use" in self.child.tail():
                tries += 1
                self._move()
                self._launch()
            elif self.child.exit_status is not None or time.monotonic() > deadline:
                raise Failure(f"{self.description} did not start:\n{self.child.tail()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it; a second call does nothing."""
        child, self.child = self.child, None
        if child is not None:
            child.stop(STOP_SECONDS)

    def ask(self, path: str) -> Any:
        """Return what a control address says, for instance `/control/state`."""
        with _DIRECT.open(self.url + path, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)

    def tell(self, path: str, **body: Any) -> Any:
        """Change a control, for instance `tell("/control/webhook", url=None)`, and return its answer."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        with _DIRECT.open(request, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)

    def _launch(self) -> None:
        environment = {**self._own_environment, "PYTHONUNBUFFERED": "1"}
        name = self.description.removeprefix("The ")
        self.child = Child(name, self._command, log=self._log, cwd=ROOT, environment=environment)

    def _answers(self) -> bool:
        try:
            return self._is_ours(self.ask("/control/state"))
        except (HTTPError, URLError, OSError, ValueError, KeyError):
            return False
