"""The simulator of texts as a process of its own."""

from pathlib import Path
from typing import Any

from tools.paths import VENV_PYTHON
from tools.ports import free_port
from tools.simulators import HOST, SimulatorProcess

# A number that can exist and never will: Twilio's own for trials.
NUMBER = "+15005550006"
SENDER = "Keytag <shop@keytag.test>"


class SimulatorServer(SimulatorProcess):
    """A provider of texts, and a mail server."""

    description = "The SMS simulator"

    def __init__(
        self, log: Path, token: str, *, webhook: str | None, port: int | None = None, answers_keywords: bool = False
    ) -> None:
        """Describe it: `token` is the account's secret, `webhook` where texts from customers go, `port` the preferred one."""
        super().__init__(log, port)
        self._token = token
        self._webhook = webhook
        self._mail_port = free_port()
        self._answers_keywords = answers_keywords
        self.account_sid = "AC" + token[:32]

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings by which the product talks to it rather than to somebody's real account."""
        return {
            **self._own_environment,
            "TWILIO_FROM": NUMBER,
            "TWILIO_API_URL": self.url,
            "TWILIO_ANSWERS_KEYWORDS": "on" if self._answers_keywords else "off",
            "SMTP_URL": f"smtp://{HOST}:{self._mail_port}",
            "SMTP_FROM": SENDER,
        }

    @property
    def _own_environment(self) -> dict[str, str]:
        return {"TWILIO_ACCOUNT_SID": self.account_sid, "TWILIO_AUTH_TOKEN": self._token}

    @property
    def _command(self) -> list[str | Path]:
        command: list[str | Path] = [VENV_PYTHON, "-m", "tools.sms_simulator"]
        command += ["--port", str(self._port), "--mail-port", str(self._mail_port), "--number", NUMBER]
        command += ["--webhook", self._webhook] if self._webhook else []
        command += ["--answers-keywords"] if self._answers_keywords else []
        return command

    def _move(self) -> None:
        super()._move()
        self._mail_port = free_port()

    def _is_ours(self, state: Any) -> bool:
        return bool(state["number"] == NUMBER)
