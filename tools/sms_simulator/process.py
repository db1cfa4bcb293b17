"""The simulator as a process of its own: for `./keytag run`, tests and benches; and how they talk to it."""

import json
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from tools.console import Failure
from tools.paths import ROOT, VENV_PYTHON
from tools.ports import free_port, is_free
from tools.processes import Child

START_SECONDS = 10.0
STOP_SECONDS = 2.0
PORT_TRIES = 5
ANSWER_SECONDS = 60.0
HOST = "127.0.0.1"
# A number that can exist and never will: Twilio's own for trials.
NUMBER = "+15005550006"
SENDER = "Keytag <shop@keytag.test>"

# Loopback is never behind a proxy, whatever the environment says.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SimulatorServer:
    """One simulator with an account of its own; started again it keeps its address, and has forgotten everything."""

    description = "The SMS simulator"

    def __init__(
        self, log: Path, token: str, *, webhook: str | None, port: int | None = None, answers_keywords: bool = False
    ) -> None:
        """Describe it: `token` is the account's secret, `webhook` where texts from customers go, `port` the preferred one."""
        self._log = log
        self._token = token
        self._webhook = webhook
        self._port = port if port is not None and is_free(HOST, port) else free_port()
        self._mail_port = free_port()
        self._answers_keywords = answers_keywords
        self.account_sid = "AC" + token[:32]
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """The address of its page and of its API."""
        return f"http://{HOST}:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings by which the product talks to it rather than to somebody's real account."""
        return {
            "TWILIO_ACCOUNT_SID": self.account_sid,
            "TWILIO_AUTH_TOKEN": self._token,
            "TWILIO_FROM": NUMBER,
            "TWILIO_API_URL": self.url,
            "TWILIO_ANSWERS_KEYWORDS": "on" if self._answers_keywords else "off",
            "SMTP_URL": f"smtp://{HOST}:{self._mail_port}",
            "SMTP_FROM": SENDER,
        }

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
                self._port, self._mail_port = free_port(), free_port()
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
        """Return what a control address says, for instance `/control/calls`."""
        with _DIRECT.open(self.url + path, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)

    def tell(self, path: str, **body: Any) -> Any:
        """Change a control, for instance `tell("/control/mode", answer="429", share=0.3)`, and return its answer."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        with _DIRECT.open(request, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)

    def _launch(self) -> None:
        command: list[str | Path] = [VENV_PYTHON, "-m", "tools.sms_simulator"]
        command += ["--port", str(self._port), "--mail-port", str(self._mail_port), "--number", NUMBER]
        command += ["--webhook", self._webhook] if self._webhook else []
        command += ["--answers-keywords"] if self._answers_keywords else []
        environment = {
            "TWILIO_ACCOUNT_SID": self.account_sid,
            "TWILIO_AUTH_TOKEN": self._token,
            "PYTHONUNBUFFERED": "1",
        }
        self.child = Child("SMS simulator", command, log=self._log, cwd=ROOT, environment=environment)

    def _answers(self) -> bool:
        try:
            return bool(self.ask("/control/state")["number"] == NUMBER)
        except (HTTPError, URLError, OSError, ValueError, KeyError):
            return False
