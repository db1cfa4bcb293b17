"""`./keytag lock`: resolve pyproject.toml into the lock files."""

from tools.python_packages import write_locks


def run(_arguments: list[str]) -> int:
    """Write the three Python lock files."""
    write_locks()
    return 0
