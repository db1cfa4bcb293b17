"""The simulator of cards as a process of its own."""

from pathlib import Path
from typing import Any

from tools.paths import VENV_PYTHON
from tools.simulators import SimulatorProcess


class CardSimulator(SimulatorProcess):
    """A card processor."""

    description = "The card simulator"

    def __init__(self, log: Path, token: str, *, webhook: str | None, port: int | None = None) -> None:
        """Describe it: the account's secrets are made of `token`, `webhook` is where events go, `port` the preferred one."""
        super().__init__(log, port)
        self._webhook = webhook
        self.secret_key = f"sk_test_{token}"
        self.webhook_secret = f"whsec_{token}"

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings by which the product talks to it rather than to somebody's real account."""
        return {**self._own_environment, "STRIPE_API_URL": self.url}

    @property
    def _own_environment(self) -> dict[str, str]:
        return {"STRIPE_SECRET_KEY": self.secret_key, "STRIPE_WEBHOOK_SECRET": self.webhook_secret}

    @property
    def _command(self) -> list[str | Path]:
        command: list[str | Path] = [VENV_PYTHON, "-m", "tools.card_simulator", "--port", str(self._port)]
        return [*command, "--webhook", self._webhook] if self._webhook else command

    def _is_ours(self, state: Any) -> bool:
        return bool(state["isCardSimulator"])
