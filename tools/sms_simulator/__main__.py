"""`python -m tools.sms_simulator`: start a provider of texts and a mail server that deliver nothing to anybody.

The account and its token come from TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, as for the product.
"""

import argparse
import os
import signal
import threading
from types import FrameType

from tools.console import say
from tools.sms_simulator.callbacks import Callbacks
from tools.sms_simulator.mail import Mailbox, MailServer
from tools.sms_simulator.moods import Moods
from tools.sms_simulator.provider import Provider
from tools.sms_simulator.server import Server, Simulator


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m tools.sms_simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mail-port", type=int, required=True)
    parser.add_argument("--number", required=True, help="the shop's number where a text does not say, E.164")
    parser.add_argument("--webhook", help="where texts from customers are told")
    parser.add_argument("--answers-keywords", action="store_true", help="answer STOP, START and HELP as Twilio does")
    options = parser.parse_args()
    moods = Moods(answers_keywords=options.answers_keywords)
    provider = Provider(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"], options.number, moods)
    mailbox = Mailbox()
    simulator = Simulator(provider, moods, Callbacks(provider, options.webhook), mailbox, threading.Event())
    servers = (
        Server(options.host, options.port, simulator),
        MailServer(options.host, options.mail_port, mailbox),
    )

    def end(_signal: int, _frame: FrameType | None) -> None:
        simulator.ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"ready: texts http://{options.host}:{options.port}, mail {options.host}:{options.mail_port}")
    simulator.ending.wait()
    simulator.callbacks.close()


if __name__ == "__main__":
    main()
