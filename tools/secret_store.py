"""Secrets of one installation, made once and kept in its state folder for its owner's eyes only."""

import json
import os
import secrets
from pathlib import Path


class Secrets:
    """Named random secrets in one file (mode 600); a name asked for the first time is made up and kept."""

    def __init__(self, file: Path) -> None:
        """Read what is there."""
        self._file = file
        self._values: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}

    def get(self, name: str) -> str:
        """Return a secret of 256 bits in hexadecimal."""
        if name not in self._values:
            self._values[name] = secrets.token_hex(32)
            self._save()
        return self._values[name]

    def _save(self) -> None:
        """Write the file whole or not at all."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self._values, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)
