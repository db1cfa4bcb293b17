"""The verbs of `./keytag`, one line each. Importing this needs no installed package."""

import importlib
from dataclasses import dataclass
from pathlib import Path

from tools.python_packages import DEVELOPMENT_LOCK, RUNTIME_LOCK


@dataclass(frozen=True)
class Verb:
    """One thing `./keytag` can do."""

    summary: str
    # "module:function"; the function takes the remaining arguments and returns the exit status.
    target: str
    # The packages that must be installed before the module is imported.
    lock: Path = DEVELOPMENT_LOCK
    # Whether the frontend is built for it; begun while the Python packages are still being installed.
    builds_frontend: bool = False


VERBS = {
    "run": Verb(
        "start the whole shop with demo data (PORT, HOST, KEYTAG_STATE)",
        "tools.shop:run",
        RUNTIME_LOCK,
        builds_frontend=True,
    ),
    "test": Verb("run every test, or those named: test tests/board -k move", "tools.testing:run", builds_frontend=True),
    "setup": Verb("install everything without starting anything", "tools.setup:run", builds_frontend=True),
    "lint": Verb("ruff, mypy, import-linter, eslint, tsc; lint --fix repairs what it can", "tools.lint:run"),
    "types": Verb("write docs/openapi.json and the frontend's types from it", "tools.openapi:run"),
    "lock": Verb("write the Python lock files anew after a change of pyproject.toml", "tools.lock:run"),
    "migrate": Verb(
        "alembic against DATABASE_URL; migrate alone means upgrade head", "tools.migrate:run", RUNTIME_LOCK
    ),
    "bench": Verb("measure the hot paths; bench --quick for the short form", "tools.bench:run"),
    "screenshots": Verb("make the pictures in the README", "tools.screenshots:run"),
}


def usage() -> str:
    """Describe every verb in a line."""
    lines = [f"  ./keytag {name:<12} {verb.summary}" for name, verb in VERBS.items()]
    return "\n".join(["Keytag: shop management for auto repair.", "", *lines, "  ./keytag help         this list"])


def carry_out(verb: Verb, arguments: list[str]) -> int:
    """Import the verb's module and run it; the result is the exit status."""
    module, function = verb.target.split(":")
    return int(getattr(importlib.import_module(module), function)(arguments) or 0)
