"""Content stamps: a step is skipped while its inputs are what they were when it last succeeded."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(inputs: Iterable[Path | str]) -> str:
    """Hash files (a folder means every file below it) and plain strings, in the order given."""
    total = hashlib.sha256()
    for item in inputs:
        if isinstance(item, str):
            total.update(item.encode())
            continue
        files = sorted(path for path in item.rglob("*") if path.is_file()) if item.is_dir() else [item]
        for path in files:
            total.update(str(path).encode())
            total.update(path.read_bytes() if path.exists() else b"\0absent")
    return total.hexdigest()


class Stamp:
    """The remembered digest of one step."""

    def __init__(self, file: Path, *inputs: Path | str) -> None:
        """Keep the digest of `inputs` in `file`."""
        self._file = file
        self._digest = digest(inputs)

    @property
    def is_fresh(self) -> bool:
        """Whether the step already succeeded with exactly these inputs."""
        return self._file.is_file() and self._file.read_text() == self._digest

    def forget(self) -> None:
        """Make the step run again, for use before a step that may be interrupted half-way."""
        self._file.unlink(missing_ok=True)

    def write(self) -> None:
        """Remember that the step succeeded."""
        self._file.write_text(self._digest)
