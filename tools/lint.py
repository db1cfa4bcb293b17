"""`./keytag lint`: everything about the code that can be checked without running it; `--fix` repairs what it can."""

import subprocess
from pathlib import Path

from tools import frontend, node
from tools.console import Failure, say, step
from tools.paths import FRONTEND, ROOT, VENV_BIN


def run(arguments: list[str]) -> int:
    """Run each checker, show what the failing ones say, and return 1 if there was one."""
    if arguments not in ([], ["--fix"]):
        raise Failure("lint takes nothing but --fix.")
    frontend.ensure_packages()
    if arguments:
        subprocess.run([VENV_BIN / "ruff", "check", "--fix", "--quiet", "."], cwd=ROOT, check=False)
        subprocess.run([VENV_BIN / "ruff", "format", "--quiet", "."], cwd=ROOT, check=False)
    checks: dict[str, tuple[list[str | Path], Path]] = {
        "Style (ruff)": ([VENV_BIN / "ruff", "check", "--output-format=concise", "."], ROOT),
        "Format (ruff)": ([VENV_BIN / "ruff", "format", "--check", "."], ROOT),
        "Types (mypy)": ([VENV_BIN / "mypy", "--no-error-summary"], ROOT),
        "The map of packages (import-linter)": ([VENV_BIN / "lint-imports"], ROOT),
        "Frontend style (eslint)": ([*node.npm("run", "--silent", "lint")], FRONTEND),
        "Frontend types (tsc)": ([*node.npm("run", "--silent", "typecheck")], FRONTEND),
    }
    failed = []
    for name, (command, folder) in checks.items():
        with step(name):
            result = subprocess.run(
                command, cwd=folder, env=node.environment(), capture_output=True, text=True, check=False
            )
        if result.returncode != 0:
            failed.append(name)
            say(result.stdout + result.stderr)
    if failed:
        say(f"keytag: not clean: {', '.join(failed)}")
    return 1 if failed else 0
