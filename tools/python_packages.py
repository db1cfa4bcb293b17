"""The virtual environment and its packages, installed from the lock files with their hashes checked.

Runs on plain Python: nothing here may import an installed package.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tools.console import Failure, step
from tools.exclusive import exclusive
from tools.paths import ROOT, VENV, VENV_PYTHON
from tools.stamps import Stamp

RUNTIME_LOCK = ROOT / "requirements.lock"
DEVELOPMENT_LOCK = ROOT / "requirements-dev.lock"
NODE_LOCK = ROOT / "requirements-node.lock"


def ensure(lock: Path) -> None:
    """Make `.venv` and install what `lock` names, unless that is already so."""
    if _is_installed(lock):
        return
    with exclusive("python"):
        _ensure_venv()
        if _is_installed(lock):
            return
        with step(f"Python packages ({lock.name})"):
            install(lock)
        _packages_stamp(lock).write()


def install(lock: Path) -> None:
    """Install exactly what a lock file names, refusing any file whose hash it does not list."""
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    # Python compiles what is really imported when it is, at a third of the time.
    command.append("--no-compile")
    if os.geteuid() == 0:
        command.append("--root-user-action=ignore")
    result = subprocess.run(
        [*command, "--require-hashes", "--no-deps", "-r", str(lock)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise Failure(f"could not install {lock.name}:\n{result.stdout}{result.stderr}")


def _is_installed(lock: Path) -> bool:
    """Whether `.venv` is this Python's and holds what `lock` names; the development packages contain the runtime's."""
    if not (_venv_stamp().is_fresh and VENV_PYTHON.exists()):
        return False
    return _packages_stamp(lock).is_fresh or (lock == RUNTIME_LOCK and _packages_stamp(DEVELOPMENT_LOCK).is_fresh)


def _packages_stamp(lock: Path) -> Stamp:
    return Stamp(VENV / f".{lock.stem}.stamp", lock, sys.version)


def _venv_stamp() -> Stamp:
    return Stamp(VENV / ".venv.stamp", sys.version, str(VENV))


def _ensure_venv() -> None:
    """Create `.venv` for this Python; a venv made by another Python or moved here is made anew."""
    if _venv_stamp().is_fresh and VENV_PYTHON.exists():
        return
    for child in VENV.iterdir():
        if child.suffix == ".lock":
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
    with step("Virtual environment (.venv)"):
        try:
            venv.EnvBuilder(symlinks=True, with_pip=True).create(VENV)
        except subprocess.CalledProcessError as error:
            raise Failure(
                "Python could not make a virtual environment; on Debian and Ubuntu install `python3-venv` first."
            ) from error
    _venv_stamp().write()


def write_locks() -> None:
    """Write the three lock files anew from pyproject.toml; they carry hashes and no download address."""
    common = [
        str(VENV / "bin" / "uv"),
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--python-version=3.11",
        "--generate-hashes",
        "--no-header",
        "--no-emit-index-url",
    ]
    for lock, arguments in (
        (RUNTIME_LOCK, ["pyproject.toml"]),
        # The development lock contains the runtime's packages in the same versions.
        (DEVELOPMENT_LOCK, ["pyproject.toml", "--extra=dev", f"--constraints={RUNTIME_LOCK.name}"]),
        (NODE_LOCK, ["--group=node"]),
    ):
        with step(lock.name):
            result = subprocess.run([*common, *arguments, f"--output-file={lock.name}"], cwd=ROOT, check=False)
        if result.returncode != 0:
            raise Failure(f"could not resolve {lock.name}")
