"""The frontend's packages and build, each skipped while nothing it depends on has changed."""

import subprocess
from pathlib import Path

from tools import node
from tools.console import Failure, step
from tools.paths import FRONTEND
from tools.python_packages import setup_lock
from tools.stamps import Stamp

# What a build is made of: everything in frontend/ but what npm and the build make themselves.
NOT_SOURCES = {"node_modules", "dist", "coverage"}


def ensure_packages() -> None:
    """Install what package-lock.json names."""
    with setup_lock():
        inputs = [FRONTEND / "package.json", FRONTEND / "package-lock.json", FRONTEND / ".npmrc"]
        stamp = Stamp(FRONTEND / "node_modules" / ".keytag.stamp", *inputs, str(node.node()))
        if stamp.is_fresh:
            return
        with step("Frontend packages (npm ci)"):
            run_npm("ci", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", "--loglevel=error")
        stamp.write()


def ensure_build() -> None:
    """Build frontend/dist."""
    file = FRONTEND / "dist" / ".keytag.stamp"
    if Stamp(file, *sources()).is_fresh:
        return
    ensure_packages()
    with setup_lock():
        stamp = Stamp(file, *sources())
        if stamp.is_fresh:
            return
        with step("Frontend build (npm run build)"):
            run_npm("run", "build")
        stamp.write()


def sources() -> list[Path]:
    """Return what the build and the checks depend on."""
    return sorted(path for path in FRONTEND.iterdir() if path.name not in NOT_SOURCES)


def run_npm(*arguments: str) -> None:
    """Run npm in frontend/ and show its output only when it fails."""
    result = subprocess.run(
        node.npm(*arguments),
        cwd=FRONTEND,
        env=node.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise Failure(f"`npm {' '.join(arguments)}` failed:\n{result.stdout}")
