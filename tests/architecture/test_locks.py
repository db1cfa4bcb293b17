"""The lock files: versions and hashes, and no word about where anything is downloaded from. And the locks that parts take in turns."""

import json
import re

import pytest

from backend.core.locks import Fixed, Seed
from tools.paths import FRONTEND, ROOT

PYTHON_LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"]


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_python_locks_pin_hashes_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index-url" not in text
    # A requirement begins at the margin; its hashes follow, indented.
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert len(requirements) == len(re.findall(r"^\S+==", text, flags=re.MULTILINE))
    without_hash = [lines.split()[0] for lines in requirements if "--hash=sha256:" not in lines]
    assert without_hash == []


def test_frontend_lock_pins_hashes_and_names_no_address() -> None:
    packages = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    installed = {path: package for path, package in packages.items() if path}
    assert installed
    assert [path for path, package in installed.items() if "resolved" in package] == []
    # A bundled package is part of the one that holds it, and covered by its hash.
    own = {path: package for path, package in installed.items() if not package.get("inBundle")}
    assert [path for path, package in own.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_development_installs_what_runs_in_production() -> None:
    runtime, development = (
        set(re.findall(r"^([a-z0-9][\w.-]*==\S+)", (ROOT / name).read_text(), flags=re.MULTILINE | re.IGNORECASE))
        for name in PYTHON_LOCKS[:2]
    )
    assert runtime - development == set()


def test_every_advisory_lock_has_its_number_from_the_one_list() -> None:
    """Two parts with the same number would wait for each other, or think that they hold what another one does."""
    numbers = [lock.value for kind in (Fixed, Seed) for lock in kind]
    assert len(numbers) == len(set(numbers))
    taken = re.compile(
        r"pg_(?:try_)?advisory_\w+\(\s*(?:hashtextextended\([^)]*?,\s*)?\d|hashtextextended\([^()]*,\s*\d|\b7_?215_?300_?8\d\d\b"
    )
    sources = [path for folder in ("backend", "migrations", "tools", "bench") for path in (ROOT / folder).rglob("*.py")]
    assert len(sources) > 100
    own = [
        str(path.relative_to(ROOT)) for path in sources if path.name != "locks.py" and taken.search(path.read_text())
    ]
    assert own == []
