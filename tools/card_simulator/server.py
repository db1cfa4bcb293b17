"""The simulator's addresses: the processor's API, the customer's page, and the controls."""

import hmac
import json
import socket
import struct
import threading
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tools.card_simulator.accounts import DECLINED, Account, Object, Refusal, unfold
from tools.card_simulator.events import Events

PAGES = Path(__file__).parent / "page"
LONGEST_BODY = 256 * 1024
# How a call may end: the three last do what was asked, and the caller does not learn it.
ANSWERS = frozenset({"ok", "429", "500", "refuse", "reset", "lose_response", "hang"})


@dataclass(slots=True)
class Mood:
    """What becomes of the next `times` calls, and whether the shop is told of what happens."""

    answer: str = "ok"
    times: int = 0
    seconds: float = 30.0
    is_silent: bool = False


class Server(ThreadingHTTPServer):
    """One thread a request; requests may hang."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, secret_key: str, events: Events, ending: threading.Event) -> None:
        """Bind; port 0 lets the system choose."""
        super().__init__((host, port), Handler)
        self.secret_key = secret_key
        self.account = Account(f"http://{host}:{self.server_port}")
        self.events = events
        self.mood = Mood()
        self.ending = ending

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away: they are killed in tests all the time."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name of the overridden argument
        """Keep quiet."""

    def do_GET(self) -> None:
        """Answer a page, a list, or an object."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Answer a call, a customer's choice, or a change of the controls."""
        self._answer(self._post)

    def _answer(self, work: Any) -> None:
        try:
            work()
        except Refusal as refusal:
            self._json(refusal.body, refusal.status)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            self._json({"error": {"type": "invalid_request_error", "message": repr(error)}}, 400)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _get(self) -> None:
        address = urlsplit(self.path)
        form = unfold(parse_qsl(address.query))
        match address.path.strip("/").split("/"):
            case ["v1", "checkout", "sessions", identifier]:
                self._call(lambda: self.server.account.find("sessions", identifier), form)
            case ["v1", "refunds", identifier]:
                self._call(lambda: self.server.account.find("refunds", identifier), form)
            case ["v1", ("payment_intents" | "refunds") as kind]:
                self._call(lambda: self.server.account.listed(kind, form), form)
            case ["pay", identifier]:
                self._page(identifier)
            case [""]:
                self._overview()
            case ["pay.css"]:
                self._bytes((PAGES / "pay.css").read_bytes(), 200, "text/css")
            case ["control", "state"]:
                self._json(self._state())
            case _:
                raise Refusal(404, "Unrecognized request URL")

    def _post(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY))
        parts = urlsplit(self.path).path.strip("/").split("/")
        account = self.server.account
        if parts[0] == "control":
            # No other site's page can send this type without asking first.
            if self.headers.get_content_type() != "application/json":
                raise Refusal(415, "send JSON")
            self._control(parts[1], json.loads(body or b"{}"))
            return
        form = unfold(parse_qsl(body.decode(), keep_blank_values=True))
        match parts:
            case ["v1", "checkout", "sessions"]:
                self._call(lambda: account.open_page(form), form)
            case ["v1", "refunds"]:
                self._call(lambda: self._refunded(form), form)
            case ["pay", identifier, ("pay" | "decline") as choice]:
                self._choose(identifier, choice)
            case _:
                raise Refusal(404, "Unrecognized request URL")

    # --- the processor's API ----------------------------------------------------------------------

    def _call(self, work: Any, form: Object) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.server.secret_key.encode()):
            raise Refusal(401, "Invalid API Key provided")
        self.server.account.calls.append(f"{self.command} {urlsplit(self.path).path}")
        mood = self.server.mood
        answer = "ok"
        if mood.times > 0:
            mood.times -= 1
            answer = mood.answer
        match answer:
            case "429":
                raise Refusal(429, "Too many requests", "rate_limit_error")
            case "500":
                raise Refusal(500, "An error on our side", "api_error")
            case "refuse":
                raise Refusal(402, "This was refused by the simulator.", "card_error")
            case "reset":
                self._reset()
                return
        key = self.headers.get("Idempotency-Key") if self.command == "POST" else None
        done = self.server.account.once(key, form, work)
        if answer == "lose_response":
            self._reset()
        elif answer == "hang":
            self.server.ending.wait(mood.seconds)
            self.close_connection = True
        else:
            self._json(done)

    def _refunded(self, form: Object) -> Object:
        refund = self.server.account.refund(form)
        self.server.events.happened("refund.created", refund, is_lost=self.server.mood.is_silent)
        return refund

    def _reset(self) -> None:
        """Drop the connection so that the caller's system says "connection reset"."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    # --- the customer's page ------------------------------------------------------------------------

    def _page(self, identifier: str, said: str = "", status: int = 200) -> None:
        page = self.server.account.find("sessions", identifier)
        is_open = page["status"] == "open"
        if not is_open:
            said = "This was paid. Thank you." if page["status"] == "complete" else "This page is over."
        amount = f"{page['currency'].upper()} {page['amount_total'] // 100:,}.{page['amount_total'] % 100:02}"
        text = Template((PAGES / "pay.html").read_text()).substitute(
            identifier=escape(identifier),
            description=escape(page["description"]),
            amount=escape(amount),
            said=escape(said),
            hidden="" if is_open else "hidden",
            back=escape(page["success_url"] if page["status"] == "complete" else page["cancel_url"]),
        )
        self._bytes(text.encode(), status, "text/html; charset=utf-8")

    def _choose(self, identifier: str, choice: str) -> None:
        if choice == "decline":
            self._page(identifier, DECLINED, 402)
            return
        page = self.server.account.pay(identifier)
        if page is None:
            self._page(identifier, "This page is over.", 409)
            return
        self.server.events.happened("checkout.session.completed", page, is_lost=self.server.mood.is_silent)
        self._bytes(b"", 303, "text/plain", {"Location": page["success_url"]})

    def _overview(self) -> None:
        account = self.server.account
        rows = "".join(
            f'<li><a href="/pay/{escape(page["id"])}">{escape(page["description"])}</a> '
            f"<span>{page['currency'].upper()} {page['amount_total'] / 100:,.2f} · {escape(page['status'])}</span></li>"
            for page in reversed(account.pages.values())
        )
        text = Template((PAGES / "overview.html").read_text()).substitute(
            rows=rows or "<li>Nobody has paid online yet.</li>", refunds=len(account.refunds)
        )
        self._bytes(text.encode(), 200, "text/html; charset=utf-8")

    # --- the controls -------------------------------------------------------------------------------

    def _control(self, name: str, body: Object) -> None:
        server = self.server
        match name:
            case "reset":
                server.account.forget()
                server.events.forget()
                server.mood = Mood()
            case "webhook":
                server.events.webhook = body["url"]
            case "mood":
                if body.get("answer", "ok") not in ANSWERS:
                    raise ValueError("no such answer")
                server.mood = Mood(**{_NAMES[wire]: value for wire, value in body.items()})
            case "pay":
                page = server.account.pay(body["id"])
                if page is not None:
                    server.events.happened("checkout.session.completed", page, is_lost=server.mood.is_silent)
            case "expire":
                page = server.account.expire(body["id"])
                server.events.happened("checkout.session.expired", page, is_lost=server.mood.is_silent)
            case "refund":
                self._json(self._refunded(body))
                return
            case "send":
                self._json({"answered": server.events.send(body["id"])})
                return
            case _:
                raise Refusal(404, "nothing here")
        self._json(self._state())

    def _state(self) -> Object:
        account = self.server.account
        return {
            "isCardSimulator": True,
            "webhook": self.server.events.webhook,
            "calls": account.calls,
            "pages": list(account.pages.values()),
            "payments": list(account.payments.values()),
            "refunds": list(account.refunds.values()),
            "events": self.server.events.kept(),
        }

    # --- answers ------------------------------------------------------------------------------------

    def _json(self, body: Object, status: int = 200) -> None:
        self._bytes(json.dumps(body).encode(), status, "application/json")

    def _bytes(self, body: bytes, status: int, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


_NAMES = {"answer": "answer", "times": "times", "seconds": "seconds", "isSilent": "is_silent"}
