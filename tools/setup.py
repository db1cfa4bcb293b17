"""`./keytag setup`: install everything that `run` and `test` would install on their first use."""

from tools import frontend
from tools.console import say


def run(_arguments: list[str]) -> int:
    """Install the frontend's packages and build it; the Python packages are in place when this is reached."""
    frontend.ensure_packages()
    frontend.ensure_build()
    say("Everything is installed. `./keytag run` starts the shop, `./keytag test` tests it.")
    return 0
