"""`python -m tools.card_simulator`: start a card processor that charges nobody.

Its account's secrets come from STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, as for the product.
"""

import argparse
import os
import signal
import threading
from types import FrameType

from tools.card_simulator.events import Events
from tools.card_simulator.server import Server
from tools.console import say


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m tools.card_simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook", help="where events are told")
    options = parser.parse_args()
    ending = threading.Event()
    events = Events(os.environ["STRIPE_WEBHOOK_SECRET"], options.webhook)
    server = Server(options.host, options.port, os.environ["STRIPE_SECRET_KEY"], events, ending)

    def end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"ready: cards http://{options.host}:{options.port}")
    ending.wait()


if __name__ == "__main__":
    main()
