"""Small promises about names and texts of the tree."""

import ast
import re
import subprocess

from backend.core.events import EventType
from tools.paths import ROOT


def _tracked(*patterns: str) -> list[str]:
    done = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_every_function_in_a_test_file_is_a_test_or_used():
    """A test whose name lost its `test_` never runs and looks as if it did."""
    lost = []
    for file in (ROOT / "tests").rglob("test_*.py"):
        text = file.read_text()
        for node in ast.parse(text).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("test_"):
                continue
            is_given = any(re.search("fixture|_attack", ast.unparse(decorator)) for decorator in node.decorator_list)
            if not is_given and len(re.findall(rf"\b{node.name}\b", text)) == 1:
                lost.append(f"{file.relative_to(ROOT)}:{node.name}")
    assert lost == []


def test_every_event_is_recorded_somewhere_and_they_are_in_order():
    text = "\n".join(file.read_text() for file in (ROOT / "backend").rglob("*.py") if file.name != "events.py")
    unused = [event.name for event in EventType if event.name not in text and f"'{event.value}'" not in text]

    assert unused == []
    assert [event.value for event in EventType] == sorted(event.value for event in EventType)


def test_no_test_is_switched_off():
    pattern = re.compile(r"mark\.(skip\b|xfail)|\b(it|test|describe)\.(skip|only)\(")
    here = "tests/architecture/test_names.py"
    files = [f for f in _tracked("tests/*.py", "frontend/src/*.ts", "frontend/src/*.tsx") if f != here]
    guilty = [file for file in files if (ROOT / file).exists() and pattern.search((ROOT / file).read_text())]

    assert guilty == []
