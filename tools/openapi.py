"""`./keytag types`: the API's description and the frontend's types from it; `--check` only says whether they differ."""

import os
import subprocess
import sys

import orjson

from tools import frontend, node
from tools.console import Failure, say
from tools.paths import FRONTEND, ROOT

DOCUMENT = ROOT / "docs" / "openapi.json"
TYPES = FRONTEND / "src" / "generated" / "openapi.d.ts"

_DESCRIBE = """
import sys
from backend.app import create_app
from backend.site import openapi_bytes
sys.stdout.buffer.write(openapi_bytes(create_app()))
"""


def run(arguments: list[str]) -> int:
    """Write docs/openapi.json and frontend/src/generated/openapi.d.ts, or compare them."""
    if arguments not in ([], ["--check"]):
        raise Failure("types takes nothing but --check.")
    frontend.ensure_packages()
    fresh = document()
    if arguments:
        same = DOCUMENT.is_file() and DOCUMENT.read_bytes() == fresh and TYPES.read_text() == types()
        say("The API and its description agree." if same else "They differ; run ./keytag types.")
        return 0 if same else 1
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_bytes(fresh)
    TYPES.parent.mkdir(exist_ok=True)
    TYPES.write_text(types())
    say(f"Wrote {DOCUMENT.relative_to(ROOT)} and {TYPES.relative_to(ROOT)}.")
    return 0


def document() -> bytes:
    """Return the OpenAPI document of the code as it is, in a form that makes good diffs.

    In a process of its own, so that an application of this one is left alone; no server is contacted.
    """
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            _DESCRIBE,
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ.get("PATH", ""),
            "KEYTAG_ENV": "test",
            "KEYTAG_SECRET_KEY": "0" * 64,
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        },
        capture_output=True,
        check=False,
    )
    if result.returncode != 0:
        raise Failure(f"the API could not be described:\n{result.stderr.decode()}")
    return orjson.dumps(
        orjson.loads(result.stdout), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    )


def types() -> str:
    """Return the TypeScript types of docs/openapi.json as it lies there."""
    result = subprocess.run(
        [node.node(), FRONTEND / "node_modules" / "openapi-typescript" / "bin" / "cli.js", DOCUMENT],
        cwd=FRONTEND,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise Failure(f"openapi-typescript failed:\n{result.stderr}")
    return result.stdout
