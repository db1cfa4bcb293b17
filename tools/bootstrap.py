"""The part of `./keytag` that runs before anything is installed: make `.venv`, then start again inside it."""

import os
import sys
from pathlib import Path

from tools import frontend, python_packages
from tools.console import Failure, fail, say
from tools.paths import ROOT, VENV, VENV_PYTHON
from tools.verbs import VERBS, carry_out, usage


def main(arguments: list[str]) -> None:
    """Prepare the packages that the verb needs and carry it out with `.venv`'s Python."""
    name, *rest = arguments or ["help"]
    if name in ("help", "-h", "--help"):
        say(usage())
        return
    verb = VERBS.get(name)
    if verb is None:
        fail(f"there is no `{name}`.\n\n{usage()}")
    try:
        is_inside = Path(sys.prefix).resolve() == VENV.resolve()
        if verb.builds_frontend and not is_inside:
            frontend.begin()
        python_packages.ensure(verb.lock)
        if not is_inside:
            os.execv(VENV_PYTHON, [str(VENV_PYTHON), str(ROOT / "keytag"), *arguments])
        sys.exit(carry_out(verb, rest))
    except Failure as failure:
        fail(str(failure))
    except KeyboardInterrupt:
        say("")
        sys.exit(130)
