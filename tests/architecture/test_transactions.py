"""Commands never end a transaction; entry points open exactly one."""

import re

from tools.paths import ROOT

BACKEND = ROOT / "backend"


def test_only_the_platform_commits_or_rolls_back():
    guilty = [
        str(file.relative_to(ROOT))
        for file in BACKEND.rglob("*.py")
        if re.search(r"\.(commit|rollback)\(", file.read_text()) and file != BACKEND / "core" / "db.py"
    ]

    assert guilty == []


def test_commands_queries_and_rules_open_no_transaction():
    guilty = [
        str(file.relative_to(ROOT))
        for name in ("queries", "rules", "models", "commands")
        for file in [*BACKEND.glob(f"*/{name}.py"), *BACKEND.glob(f"*/{name}/*.py")]
        if re.search(r"\bwith (transaction|reading)\(", file.read_text())
    ]

    assert guilty == []
