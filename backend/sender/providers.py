"""The outside: Twilio for texts, by its own SDK, and a mail server for emails.

A call says one of four things: it was accepted, the provider said no, it did not begin, or nobody knows. Which of the
last two it was decides whether a text may be sent again, so connecting is a step of its own.
"""

import base64
import contextlib
import http.client
import select
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from twilio.base.exceptions import TwilioException

from backend.messages.rules import Channel
from backend.sender.rules import Claim, Lost
from backend.settings import Settings

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
# An email is a dialogue: all of its steps together, however slowly each of them goes on.
MAIL_SECONDS = 13.0
# A connection that came too late for its call is kept this long for the next one.
KEEP_CONNECTION_SECONDS = 5.0
# How far our clock and the provider's may be apart when a lost message is looked for.
CLOCKS_APART = timedelta(seconds=5)
LOOK_AT = 50
# What the provider writes before the texts of an account that is being tried.
TRIAL = "Sent from your Twilio trial account - "
TWILIO_HOST = "https://api.twilio.com"
CALLBACK = "/api/webhooks/messaging"
HTTP_SERVER_ERROR, HTTP_TOO_MANY = 500, 429


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a provider has: its name for it (emails have none), and how far it is."""

    sid: str | None
    status: str
    error_code: str | None = None


class CallError(Exception):
    """The call failed; `code` is the provider's, or `connect` (it did not begin), or `timeout` (nobody knows)."""

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        """Keep the code, and how many seconds the provider asks us to wait."""
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


class TooLateError(Exception):
    """The call did not begin in time; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, as the SDK reads one."""

    status_code: int
    text: str
    headers: dict[str, str]


class Transport:
    """The SDK's way out, its HttpClient: one base address, time limits, and no call that begins too late."""

    def __init__(self, base_url: str) -> None:
        """Send to `base_url` what the SDK addresses to Twilio."""
        self._address = urlsplit(base_url)
        # Once: reading whom to trust takes longer than a call does.
        self._trusted = ssl.create_default_context() if self._address.scheme == "https" else None
        self._own = threading.local()

    @contextlib.contextmanager
    def beginning_by(self, deadline: float | None) -> Iterator[None]:
        """Let no call of this thread begin after `deadline`, by the monotonic clock."""
        self._own.deadline = deadline
        try:
            yield
        finally:
            self._own.deadline = None

    @property
    def retry_after(self) -> float | None:
        """How many seconds the last answer asked this thread to wait."""
        value: float | None = getattr(self._own, "retry_after", None)
        return value

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002  ours stand
        allow_redirects: bool = False,  # noqa: ARG002  none are followed
    ) -> Answer:
        """Send one request and return its answer.

        Raises:
            TooLateError: it would have begun after the deadline.
            CallError: it did not begin (`connect`), or no whole answer came (`timeout`).
        """
        self._own.retry_after = None
        target = self._address.path + uri.removeprefix(TWILIO_HOST)
        if params:
            target += "?" + urlencode(params, doseq=True)
        body = urlencode(data, doseq=True).encode() if data else None
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = _basic(*auth)
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = self._connected()
        deadline = getattr(self._own, "deadline", None)
        if deadline is not None and time.monotonic() > deadline:
            self._own.spare = (connection, time.monotonic())
            raise TooLateError
        try:
            connection.request(method, target, body, sent)
            answer = connection.getresponse()
            text = _read(connection, answer, time.monotonic() + READ_SECONDS)
        except (OSError, http.client.HTTPException) as error:
            raise CallError("timeout") from error
        finally:
            connection.close()
        self._own.retry_after = _seconds(answer.getheader("Retry-After"))
        return Answer(answer.status, text, dict(answer.getheaders()))

    def _connected(self) -> http.client.HTTPConnection:
        spare, since = getattr(self._own, "spare", (None, 0.0))
        self._own.spare = (None, 0.0)
        if spare is not None:
            if time.monotonic() - since < KEEP_CONNECTION_SECONDS and _is_quiet(spare.sock):
                kept: http.client.HTTPConnection = spare
                return kept
            spare.close()
        host, port = self._address.hostname or "", self._address.port
        connection = (
            http.client.HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=self._trusted)
            if self._trusted is not None
            else http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        )
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise CallError("connect") from error
        connection.sock.settimeout(READ_SECONDS)
        return connection


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _is_quiet(sock: socket.socket) -> bool:
    """True while the other side has neither hung up nor said anything."""
    return not select.select([sock], [], [], 0)[0]


def _read(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse, deadline: float) -> str:
    """Read an answer's body; a trickle that goes on past the deadline is no answer."""
    parts = []
    while part := answer.read1(65_536):
        parts.append(part)
        if time.monotonic() > deadline:
            raise TimeoutError
        if connection.sock is not None:
            connection.sock.settimeout(max(0.1, deadline - time.monotonic()))
    if answer.length:
        raise http.client.IncompleteRead(b"".join(parts), answer.length)
    return b"".join(parts).decode("utf-8", "replace")


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


# --- texts ---------------------------------------------------------------------------------------


class Texts:
    """Twilio, or what speaks like it."""

    def __init__(self, settings: Settings) -> None:
        """Sign in with the settings' account; where there is none every text fails."""
        self._transport = Transport(settings.twilio_api_url)
        self._client = None
        if settings.twilio_account_sid is not None:
            # Here, because it takes a second that only those who send should wait for.
            from twilio.rest import Client  # noqa: PLC0415

            self._client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=self._transport)
            # It loads most of itself when it is first asked: here once, not in each worker while a text waits.
            assert self._client.messages
        self._service = settings.twilio_messaging_service_sid
        self._number = settings.twilio_from
        self._callback = settings.public_url + CALLBACK

    def hand_over(self, claim: Claim, begin_by: float) -> Accepted:
        """Hand a text over; the call begins before `begin_by` of the monotonic clock or not at all.

        Raises:
            TooLateError: it would have begun too late.
            CallError: it failed; see there.
        """
        wanted: dict[str, Any] = {
            "to": claim.address,
            "body": claim.body,
            "status_callback": f"{self._callback}?message={claim.message_id}&attempt={claim.attempt}",
        }
        if claim.validity is not None:
            wanted["validity_period"] = int(claim.validity.total_seconds())
        if self._service is not None:
            wanted["messaging_service_sid"] = self._service
        if claim.sender or self._service is None:
            wanted["from_"] = claim.sender or self._number
        with self._transport.beginning_by(begin_by), self._said() as client:
            return _accepted(client.messages.create(**wanted))

    def find(self, lost: Lost) -> list[Accepted]:
        """List what the provider has with a lost text's words for its number since it was claimed, the oldest first.

        Raises:
            CallError: it can't be asked now.
        """
        wanted: dict[str, Any] = {"to": lost.address}
        if lost.sender or self._service is None:
            wanted["from_"] = lost.sender or self._number
        with self._said() as client:
            listed = client.messages.list(**wanted, limit=LOOK_AT, page_size=LOOK_AT)
        since = lost.claimed_at - CLOCKS_APART
        found = [
            (made.date_created or datetime.now(UTC), made)  # noqa: TID251  an answer without its time is a fresh one
            for made in listed
            if (made.body or "").removeprefix(TRIAL) == lost.body
        ]
        return [
            _accepted(made)
            for at, made in sorted(found, key=lambda pair: pair[0])
            if at >= since.replace(microsecond=0)
        ]

    def fetch(self, sid: str) -> Accepted:
        """Return how far a text is.

        Raises:
            CallError: it can't be asked now, or knows no such text.
        """
        with self._said() as client:
            return _accepted(client.messages(sid).fetch())

    @contextlib.contextmanager
    def _said(self) -> Iterator[Any]:
        """Turn what the SDK raises into what it means for sending again."""
        if self._client is None:
            raise CallError("not_configured")
        try:
            yield self._client
        except TwilioException as error:
            status = getattr(error, "status", None)
            code = getattr(error, "code", None)
            if isinstance(status, int) and status >= HTTP_SERVER_ERROR:
                raise CallError(str(status), self._transport.retry_after) from error
            if status == HTTP_TOO_MANY and str(code) not in {"21611", "20429"}:
                code = HTTP_TOO_MANY
            raise CallError(str(code or "unknown"), self._transport.retry_after) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # An answer that is no JSON, or not the one we asked for.
            raise CallError("timeout") from error


def _accepted(made: Any) -> Accepted:
    if not made.sid:
        raise CallError("timeout")
    return Accepted(made.sid, str(made.status or "queued"), None if made.error_code is None else str(made.error_code))


# --- emails --------------------------------------------------------------------------------------


class Emails:
    """A mail server, by SMTP."""

    def __init__(self, settings: Settings) -> None:
        """Remember where it is; where there is none every email fails."""
        self._address = urlsplit(settings.smtp_url) if settings.smtp_url else None
        # With or without a name beside it: each letter has its location's.
        self._from = parseaddr(settings.smtp_from or "")[1]
        self._may_be_plain = settings.may_mail_plainly
        self._host = urlsplit(settings.public_url).hostname or "localhost"

    def hand_over(self, claim: Claim, now: datetime) -> Accepted:
        """Hand an email over. Its Message-ID is the message's own, so that a mailbox knows a second copy.

        Raises:
            CallError: it failed; see there.
        """
        letter = EmailMessage()
        letter["From"] = formataddr((claim.location_name, self._from))
        letter["To"] = claim.address
        letter["Subject"] = claim.subject or claim.location_name
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = f"<{claim.message_id}@{self._host}>"
        letter.set_content(claim.body)
        with self._server() as server:
            _say(lambda: server.mail(self._from))
            _say(lambda: server.rcpt(claim.address))
            try:
                code, _ = server.data(letter.as_bytes(policy=SMTP))
            except smtplib.SMTPDataError as error:
                raise CallError(_mail_code(error.smtp_code)) from error
            except (OSError, smtplib.SMTPException) as error:
                # The letter may have been taken.
                raise CallError("timeout") from error
        if code != 250:  # noqa: PLR2004  RFC 5321: requested mail action okay, completed
            raise CallError(_mail_code(code))
        return Accepted(None, "sent")

    @contextlib.contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        if self._address is None:
            raise CallError("not_configured")
        server = self._unconnected()
        is_over = threading.Event()
        # Each wait for the other side has its own limit, and a trickle renews it; so the line is cut from outside.
        clock = threading.Thread(target=_cut, args=(server, is_over), daemon=True)
        clock.start()
        try:
            self._connect(server)
            yield server
        except (OSError, smtplib.SMTPException) as error:
            raise CallError("connect") from error
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            is_over.set()

    def _unconnected(self) -> smtplib.SMTP:
        assert self._address is not None
        if self._address.scheme == "smtps":
            return smtplib.SMTP_SSL(timeout=CONNECT_SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(timeout=CONNECT_SECONDS)

    def _connect(self, server: smtplib.SMTP) -> None:
        assert self._address is not None
        is_tls = self._address.scheme == "smtps"
        host = self._address.hostname or ""
        server._host = host  # type: ignore[attr-defined]  # noqa: SLF001  what its constructor notes for TLS
        server.connect(host, self._address.port or (465 if is_tls else 587))
        if not is_tls:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            elif not self._may_be_plain:
                raise CallError("mail_without_tls")
        assert server.sock is not None
        server.sock.settimeout(READ_SECONDS)
        server.ehlo_or_helo_if_needed()
        if self._address.username:
            server.login(unquote(self._address.username), unquote(self._address.password or ""))


def _cut(server: smtplib.SMTP, is_over: threading.Event) -> None:
    """Cut the line of a dialogue that takes too long, also where TLS has just put another in its place."""
    pause = MAIL_SECONDS
    while not is_over.wait(pause):
        pause = 0.5
        sock = server.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _say(step: Callable[[], tuple[int, bytes]]) -> None:
    """Take one step of the dialogue; what the server says no to was not sent."""
    code, _ = step()
    if code >= 400:  # noqa: PLR2004  RFC 5321: 4yz may pass, 5yz is final
        raise CallError(_mail_code(code))


def _mail_code(code: int) -> str:
    return "mail_later" if code < 500 else f"mail_{code}"  # noqa: PLR2004  likewise


# --- the process's own ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Office:
    """What a process sends with."""

    is_on: bool
    texts: Texts
    emails: Emails

    def hand_over(self, claim: Claim, *, begin_by: float, now: datetime) -> Accepted:
        """Hand a message over to whoever carries it.

        Raises:
            TooLateError: the call would have begun too late.
            CallError: it failed; see there.
        """
        if claim.channel is Channel.EMAIL:
            return self.emails.hand_over(claim, now)
        return self.texts.hand_over(claim, begin_by)


def open_office(settings: Settings) -> Office:
    """Return what a process with these settings sends with."""
    return Office(settings.flags.messaging, Texts(settings), Emails(settings))
