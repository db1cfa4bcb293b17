"""The frontend's packages and build, each skipped while nothing it depends on has changed.

Runs on plain Python, because it begins before the Python packages are there: npm mostly waits for the network, pip
for the processor.
"""

import contextlib
import subprocess
import sys
from pathlib import Path

from tools import node
from tools.console import Failure, step
from tools.exclusive import exclusive
from tools.paths import FRONTEND, ROOT
from tools.processes import die_with_parent
from tools.stamps import Stamp

# What a build is made of: everything in frontend/ but what npm and the build make themselves.
NOT_SOURCES = {"node_modules", "dist", "coverage"}
BEGUN = "Frontend packages and build (begun at the start)"


def begin() -> None:
    """Prepare the frontend in a process beside this one; `ensure_build` waits for it, and tells if it failed."""
    if _packages_stamp().is_fresh and _build_stamp().is_fresh:
        return
    subprocess.Popen(
        [sys.executable, "-m", "tools.frontend"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),  # noqa: PLW1509 - no threads here yet
    )


def ensure_packages() -> None:
    """Install what package-lock.json names."""
    if _packages_stamp().is_fresh:
        return
    with exclusive("frontend", BEGUN):
        _install()


def ensure_build() -> None:
    """Build frontend/dist."""
    if _build_stamp().is_fresh:
        return
    with exclusive("frontend", BEGUN):
        stamp = _build_stamp()
        if stamp.is_fresh:
            return
        _install()
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
        preexec_fn=die_with_parent(),
    )
    if result.returncode != 0:
        raise Failure(f"`npm {' '.join(arguments)}` failed:\n{result.stdout}")


def _install() -> None:
    """Run `npm ci` unless it ran with the same lock file; the caller holds the lock."""
    if _packages_stamp().is_fresh:
        return
    with step("Frontend packages (npm ci)"):
        # No package's own scripts: none of ours needs one.
        run_npm("ci", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", "--loglevel=error")
    _packages_stamp().write()


def _packages_stamp() -> Stamp:
    inputs = [FRONTEND / "package.json", FRONTEND / "package-lock.json", FRONTEND / ".npmrc"]
    return Stamp(FRONTEND / "node_modules" / ".keytag.stamp", *inputs)


def _build_stamp() -> Stamp:
    return Stamp(FRONTEND / "dist" / ".keytag.stamp", *sources())


if __name__ == "__main__":
    # Whatever fails here is tried again, and reported, by the process that needs it.
    with contextlib.suppress(Failure):
        ensure_build()
