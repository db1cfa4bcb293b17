"""The simulator's addresses: the provider's API, the controls, and the pages."""

import base64
import hmac
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from backend.core.phone import time_zones
from tools.sms_simulator.callbacks import Callbacks
from tools.sms_simulator.mail import Mailbox
from tools.sms_simulator.moods import ACCEPTING, Answer, Moods, shown
from tools.sms_simulator.provider import Provider, Refusal, Text, resource

PAGES = Path(__file__).parent / "page"
FILES = {
    "/": ("phone.html", "text/html"),
    "/mailbox": ("mailbox.html", "text/html"),
    "/links.js": ("links.js", "text/javascript"),
    "/phone.js": ("phone.js", "text/javascript"),
    "/mailbox.js": ("mailbox.js", "text/javascript"),
    "/simulator.css": ("simulator.css", "text/css"),
}
LONGEST_BODY = 1024 * 1024
PAGE_SIZE, LARGEST_PAGE = 50, 1000
TEXTS_OF_A_THREAD = 200
WATCH_SECONDS = 20.0


@dataclass(slots=True)
class Simulator:
    """All parts of one simulator."""

    provider: Provider
    moods: Moods
    callbacks: Callbacks
    mailbox: Mailbox
    ending: threading.Event


class Server(ThreadingHTTPServer):
    """One thread a request; requests may hang."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, simulator: Simulator) -> None:
        """Bind; port 0 lets the system choose."""
        super().__init__((host, port), Handler)
        self.simulator = simulator

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away: they are killed in tests all the time."""


class _AnsweredError(Exception):
    """The request ends here: `body` is the answer."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name of the overridden argument
        """Keep quiet: numbers and texts belong in no log."""

    def do_GET(self) -> None:
        """Answer a page, a list or a text."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Answer a call, or a change of the controls."""
        self._answer(self._post)

    def _answer(self, work: Any) -> None:
        try:
            work()
        except _AnsweredError as answered:
            self._json(answered.body, answered.status, answered.headers)
        except (ValueError, KeyError, TypeError) as error:
            self._json({"error": str(error)}, 400)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    @property
    def _simulator(self) -> Simulator:
        return self.server.simulator

    # --- the provider's API ---------------------------------------------------------------------

    def _get(self) -> None:
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        if address.path in FILES:
            self._file(*FILES[address.path])
        elif address.path.startswith("/2010-04-01/"):
            self._read_api(address.path, query)
        else:
            self._read_control(address.path, query)

    def _post(self) -> None:
        path = urlsplit(self.path).path
        body = self._body()
        if path.startswith("/2010-04-01/"):
            self._check_account(path)
            if not path.endswith("/Messages.json"):
                raise _AnsweredError(404, _problem(404, 20404, "The requested resource was not found"))
            self._send_text(dict(parse_qsl(body.decode(), keep_blank_values=True)))
        else:
            # No other site's page can send this type without asking first.
            if self.headers.get_content_type() != "application/json":
                raise _AnsweredError(415, {"error": "send JSON"})
            self._change_control(path, json.loads(body or b"{}"))

    def _check_account(self, path: str) -> None:
        provider = self._simulator.provider
        expected = base64.b64encode(f"{provider.account_sid}:{provider.token}".encode()).decode()
        given = self.headers.get("Authorization", "").removeprefix("Basic ")
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise _AnsweredError(401, _problem(401, 20003, "Authenticate"))
        if path.split("/")[3:4] != [provider.account_sid]:
            raise _AnsweredError(404, _problem(404, 20404, "The requested resource was not found"))

    def _send_text(self, form: dict[str, str]) -> None:
        moods = self._simulator.moods
        answer = moods.answer()
        mood = moods.now
        match answer:
            case Answer.TOO_MANY:
                raise _AnsweredError(
                    429, _problem(429, 20429, "Too Many Requests"), {"Retry-After": str(mood.retry_after)}
                )
            case Answer.ERROR:
                raise _AnsweredError(500, _problem(500, 20500, "Internal Server Error"))
            case Answer.UNAVAILABLE:
                raise _AnsweredError(503, _problem(503, 20503, "Service Unavailable"))
            case Answer.REFUSE:
                raise _AnsweredError(400, _problem(400, mood.error_code, "Refused by the simulator"))
            case Answer.RESET:
                self._reset()
                return
        assert answer in ACCEPTING
        text = self._simulator.provider.accept(form)
        if isinstance(text, Refusal):
            raise _AnsweredError(text.status, _problem(text.status, text.code, text.message))
        self._simulator.callbacks.follow(text)
        self._tell(answer, text, mood.seconds)

    def _tell(self, answer: Answer, text: Text, seconds: float) -> None:
        """Tell the caller that its text was taken, or let it guess."""
        match answer:
            case Answer.RESET_AFTER_ACCEPT:
                self._reset()
                return
            case Answer.LOSE_RESPONSE:
                self.close_connection = True
                return
            case Answer.HANG:
                self._simulator.ending.wait(seconds)
                self.close_connection = True
                return
            case Answer.SLOW:
                self._simulator.ending.wait(seconds)
            case Answer.INVALID_JSON:
                self._bytes(b'{"sid": "SM', 201, "application/json")
                return
        self._json(resource(text, self._simulator.provider.account_sid), 201)

    def _reset(self) -> None:
        """Drop the connection so that the caller's system says "connection reset"."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _read_api(self, path: str, query: dict[str, str]) -> None:
        self._check_account(path)
        account_sid = self._simulator.provider.account_sid
        if path.endswith("/Messages.json"):
            self._json(self._listed(path, query))
            return
        text = self._simulator.provider.find(path.rpartition("/")[2].removesuffix(".json"))
        if text is None:
            raise _AnsweredError(404, _problem(404, 20404, "The requested resource was not found"))
        self._json(resource(text, account_sid))

    def _listed(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        account_sid = self._simulator.provider.account_sid
        found = self._simulator.provider.find_all(lambda text: _is_wanted(text, query))
        size = min(int(query.get("PageSize", PAGE_SIZE)), LARGEST_PAGE)
        page = int(query.get("Page", 0))
        shown_ = found[page * size : (page + 1) * size]

        def uri(number: int) -> str:
            return f"{path}?{urlencode({**query, 'PageSize': str(size), 'Page': str(number)})}"

        return {
            "messages": [resource(text, account_sid) for text in shown_],
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + max(0, len(shown_) - 1),
            "uri": uri(page),
            "first_page_uri": uri(0),
            "previous_page_uri": uri(page - 1) if page else None,
            "next_page_uri": uri(page + 1) if len(found) > (page + 1) * size else None,
        }

    # --- the controls ---------------------------------------------------------------------------

    def _read_control(self, path: str, query: dict[str, str]) -> None:
        simulator = self._simulator
        match path:
            case "/control/state":
                self._json(self._state())
            case "/control/calls":
                self._json({"calls": simulator.provider.calls(int(query.get("after", 0)))})
            case "/control/threads":
                threads = simulator.provider.threads()
                self._json({"threads": [_thread(number, texts) for number, texts in threads.items()]})
            case "/control/watch":
                revision = simulator.provider.wait(int(query.get("revision", -1)), WATCH_SECONDS)
                self._json({"revision": revision})
            case "/control/mail":
                self._json({"letters": [letter.shown() for letter in simulator.mailbox.letters()]})
            case _ if path.startswith("/control/threads/"):
                number = "+" + path.rpartition("/")[2].removeprefix("%2B").removeprefix("+")
                texts = simulator.provider.find_all(lambda text: text.customer == number)[:TEXTS_OF_A_THREAD]
                blocked = simulator.provider.is_blocked(number)
                shown = [_shown(text) for text in texts[::-1]]
                self._json({"number": number, "zone": _zone(number), "isBlocked": blocked, "texts": shown})
            case _:
                raise _AnsweredError(404, {"error": "nothing here"})

    def _change_control(self, path: str, body: dict[str, Any]) -> None:
        simulator = self._simulator
        match path:
            case "/control/mode":
                simulator.moods.change(body)
                simulator.provider.touch()
                self._json(self._state())
            case "/control/inbound":
                self._inbound(body)
            case "/control/callback":
                text = simulator.provider.find(str(body["sid"]))
                if text is None:
                    raise _AnsweredError(404, {"error": "no such text"})
                answered = simulator.callbacks.tell(text, str(body["status"]), body.get("errorCode"))
                self._json({"answered": answered})
            case "/control/webhook":
                simulator.callbacks.webhook = body["url"]
                self._json(self._state())
            case "/control/mail":
                simulator.mailbox.refusal = body.get("refusal")
                self._json({"refusal": simulator.mailbox.refusal})
            case "/control/reset":
                simulator.provider.forget()
                simulator.moods.forget()
                simulator.mailbox.forget()
                self._json(self._state())
            case _:
                raise _AnsweredError(404, {"error": "nothing here"})

    def _inbound(self, body: dict[str, Any]) -> None:
        """Take a text from a customer and bring it to the shop, unless `isLost`: then the shop must ask for it."""
        simulator = self._simulator
        pictures = min(10, int(body.get("pictures", 0)))
        number = str(body["from"])
        if not number.removeprefix("+").isdigit():
            raise ValueError("from must be a number like +17185550142")
        text, reply = simulator.provider.take_in(number, body.get("to"), str(body["body"]), pictures)
        answered = None if body.get("isLost") else simulator.callbacks.bring(text)
        self._json({"text": _shown(text), "reply": None if reply is None else _shown(reply), "answered": answered})

    def _state(self) -> dict[str, Any]:
        simulator = self._simulator
        return {
            "mode": shown(simulator.moods.now),
            "number": simulator.provider.number,
            "calls": simulator.provider.call_count,
            "webhook": simulator.callbacks.webhook,
            "revision": simulator.provider.revision,
            "now": time.time(),
        }

    # --- answers ----------------------------------------------------------------------------------

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            raise _AnsweredError(413, {"error": "too large"})
        return self.rfile.read(length)

    def _file(self, name: str, kind: str) -> None:
        self._bytes((PAGES / name).read_bytes(), 200, f"{kind}; charset=utf-8")

    def _json(self, body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._bytes(json.dumps(body).encode(), status, "application/json", headers)

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


def _problem(status: int, code: int, message: str) -> dict[str, Any]:
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more_info, "status": status}


def _shown(text: Text) -> dict[str, Any]:
    return {
        "sid": text.sid,
        "customer": text.customer,
        "shop": text.shop,
        "body": text.body,
        "isInbound": text.is_inbound,
        "isAutomatic": text.is_automatic,
        "status": text.status,
        "errorCode": text.error_code,
        "pictures": text.pictures,
        "validitySeconds": text.validity_seconds,
        "at": text.at.isoformat().replace("+00:00", "Z"),
    }


def _thread(number: str, texts: list[Text]) -> dict[str, Any]:
    return {"number": number, "zone": _zone(number), "count": len(texts), "last": _shown(texts[-1])}


def _zone(number: str) -> str | None:
    """Return whose clock a phone shows: that of its area code, None where that has several or none."""
    zones = time_zones(number)
    return zones[0] if len(zones) == 1 else None


def _is_wanted(text: Text, query: dict[str, str]) -> bool:
    """Apply the list's filters: To, From, and DateSent, DateSent< and DateSent>, both inclusive, days in UTC."""
    sender, recipient = (text.customer, text.shop) if text.is_inbound else (text.shop, text.customer)
    if query.get("To", recipient) != recipient or query.get("From", sender) != sender:
        return False
    sent = text.sent_at or text.at
    if "DateSent" in query and not _begin(query["DateSent"]) <= sent < _end(query["DateSent"]):
        return False
    if "DateSent<" in query and sent >= _end(query["DateSent<"]):
        return False
    return not ("DateSent>" in query and sent < _begin(query["DateSent>"]))


def _begin(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _end(value: str) -> datetime:
    """Return the end, exclusive, of a day or of the second that an instant is in."""
    if len(value) == len("2026-11-20"):
        return datetime.combine(date.fromisoformat(value) + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    return _begin(value) + timedelta(seconds=1)
