"""A mail server that keeps what it gets, for its page; small enough to need no package."""

import email
import email.policy
import socketserver
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

LETTERS_KEPT = 500
LONGEST_LETTER = 2 * 1024 * 1024
LONGEST_LINE = 4096
IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Letter:
    """An email as it came."""

    number: int
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    source: bytes

    @property
    def parsed(self) -> EmailMessage:
        """Return it read."""
        message = email.message_from_bytes(self.source, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def shown(self) -> dict[str, Any]:
        """Return what the mailbox shows of it."""
        message = self.parsed
        body = message.get_body(("plain", "html"))
        return {
            "number": self.number,
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "sender": self.sender,
            "recipients": list(self.recipients),
            "from": str(message["From"] or self.sender),
            "to": str(message["To"] or ", ".join(self.recipients)),
            "subject": str(message["Subject"] or ""),
            "messageId": str(message["Message-ID"] or ""),
            "text": body.get_content() if body is not None else "",
        }


class Mailbox:
    """The newest letters; thread-safe."""

    def __init__(self) -> None:
        """Begin empty."""
        self._lock = threading.Lock()
        self._letters: deque[Letter] = deque(maxlen=LETTERS_KEPT)
        self._count = 0
        # What the server answers to a letter instead of taking it, for instance "451 try again later".
        self.refusal: str | None = None

    def put(self, sender: str, recipients: tuple[str, ...], source: bytes) -> None:
        """Keep a letter."""
        with self._lock:
            self._count += 1
            self._letters.append(Letter(self._count, datetime.now(UTC), sender, recipients, source))

    def letters(self) -> list[Letter]:
        """List the letters, the newest first."""
        with self._lock:
            return list(reversed(self._letters))

    def forget(self) -> None:
        """Throw everything away."""
        with self._lock:
            self._letters.clear()
            self.refusal = None


class _Conversation(socketserver.StreamRequestHandler):
    """One client: RFC 5321's smallest set of commands."""

    timeout = IDLE_SECONDS
    server: "MailServer"

    def handle(self) -> None:
        """Talk until QUIT, silence, or the client's end."""
        self._sender = ""
        self._recipients: list[str] = []
        try:
            self._say("220 sms-simulator ready")
            while self._command():
                pass
        except OSError:
            return

    def _command(self) -> bool:
        line = self.rfile.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            return False
        verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
        match verb.upper():
            case "EHLO":
                self._say(f"250-sms-simulator\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {LONGEST_LETTER}")
            case "HELO" | "NOOP":
                self._say("250 fine")
            case "RSET":
                self._sender, self._recipients = "", []
                self._say("250 fine")
            case "MAIL":
                self._sender = _address(rest)
                self._say("250 fine")
            case "RCPT":
                self._recipients.append(_address(rest))
                self._say("250 fine")
            case "DATA":
                return self._data()
            case "QUIT":
                self._say("221 bye")
                return False
            case _:
                self._say("502 not here")
        return True

    def _data(self) -> bool:
        if not self._recipients:
            self._say("503 to whom?")
            return True
        self._say("354 end with a dot on a line of its own")
        source, is_bare = bytearray(), False
        while (line := self.rfile.readline(LONGEST_LINE)) != b".\r\n":
            if not line or len(source) > LONGEST_LETTER:
                return False
            is_bare = is_bare or not line.endswith(b"\r\n")
            source += line[1:] if line.startswith(b"..") else line
        # RFC 5321 2.3.8: a line ends with CR LF and nothing else; many servers refuse the other.
        refusal = "550 5.6.11 a bare LF" if is_bare else self.server.mailbox.refusal
        if refusal is None:
            self.server.mailbox.put(self._sender, tuple(self._recipients), bytes(source))
        self._sender, self._recipients = "", []
        self._say(refusal or "250 kept")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a port of this machine."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, host: str, port: int, mailbox: Mailbox) -> None:
        """Bind; port 0 lets the system choose."""
        super().__init__((host, port), _Conversation)
        self.mailbox = mailbox


def _address(rest: str) -> str:
    """Read the address of `FROM:<somebody@example.org> SIZE=10`."""
    inside = rest.partition("<")[2].partition(">")[0]
    return inside or rest.partition(":")[2].strip().split(" ")[0]
