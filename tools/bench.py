"""`./keytag bench`: the measurements in bench/, which bring the servers they need."""

import subprocess

from tools.paths import ROOT, VENV_PYTHON


def run(arguments: list[str]) -> int:
    """Run `python -m bench` with these arguments."""
    return subprocess.run([VENV_PYTHON, "-m", "bench", *arguments], cwd=ROOT, check=False).returncode
