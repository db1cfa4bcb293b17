"""What the provider knows: every text, who opted out with it, and each call that it took. Thread-safe and bounded."""

import re
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from tools.sms_simulator.moods import Moods, Outcome

TEXTS_KEPT = 20_000
CALLS_KEPT = 50_000
LONGEST_BODY = 1600

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
START_WORDS = frozenset({"start", "yes", "unstop"})
HELP_WORDS = frozenset({"help", "info"})
_ANSWERS = (
    (
        STOP_WORDS,
        "You have successfully been unsubscribed. You will not receive any more messages. Reply START to resubscribe.",
    ),
    (START_WORDS, "You have successfully been re-subscribed. Reply HELP for help. Reply STOP to unsubscribe."),
    (HELP_WORDS, "Reply STOP to unsubscribe. Msg&Data Rates May Apply."),
)
_GSM = re.compile(r"^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\\[~\]|€]*$")


@dataclass(slots=True)
class Text:
    """One text. `customer` is the customer's number and `shop` the shop's, whichever way it went."""

    sid: str
    customer: str
    shop: str
    body: str
    is_inbound: bool
    status: str
    at: datetime
    service_sid: str | None = None
    status_callback: str | None = None
    validity_seconds: int | None = None
    pictures: int = 0
    error_code: int | None = None
    sent_at: datetime | None = None
    is_automatic: bool = False
    history: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the provider answers instead of taking a text: an HTTP status, its own code, and words."""

    status: int
    code: int
    message: str


class Provider:
    """All texts, the numbers that opted out, and the calls."""

    def __init__(self, account_sid: str, token: str, number: str, moods: Moods) -> None:
        """Know nothing yet; `number` is the shop's where a text does not say."""
        self.account_sid = account_sid
        self.token = token
        self.number = number
        self.moods = moods
        self._lock = threading.Condition()
        self._texts: OrderedDict[str, Text] = OrderedDict()
        self._calls: deque[dict[str, Any]] = deque(maxlen=CALLS_KEPT)
        self._calls_taken = 0
        self._blocked: set[tuple[str, str]] = set()
        self.revision = 0

    def accept(self, form: Mapping[str, str]) -> Text | Refusal:
        """Take a text that the shop wants sent, or say why not; each text that is taken is a call on record."""
        to, body = form.get("To", ""), form.get("Body", "")
        service = form.get("MessagingServiceSid") or None
        shop = form.get("From") or (self.number if service else "")
        with self._lock:
            refusal = self._refusal(to, shop, body)
            if refusal is not None:
                return refusal
            validity = form.get("ValidityPeriod")
            text = Text(
                sid="SM" + secrets.token_hex(16),
                customer=to,
                shop=shop,
                body=body,
                is_inbound=False,
                status="accepted" if service else "queued",
                at=datetime.now(UTC),
                service_sid=service,
                status_callback=form.get("StatusCallback") or None,
                validity_seconds=int(validity) if validity else None,
            )
            self._keep(text)
            self._calls_taken += 1
            self._calls.append(
                {
                    "number": self._calls_taken,
                    "at": time.time(),
                    "sid": text.sid,
                    "to": to,
                    "from": shop,
                    "body": body,
                    "statusCallback": text.status_callback,
                    "validityPeriod": text.validity_seconds,
                }
            )
            return text

    def _refusal(self, to: str, shop: str, body: str) -> Refusal | None:
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", to):
            return Refusal(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if not shop:
            return Refusal(400, 21603, "A 'From' phone number is required.")
        if not body:
            return Refusal(400, 21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            return Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if self.moods.now.answers_keywords and (to, shop) in self._blocked:
            return Refusal(400, 21610, "Attempt to send to unsubscribed recipient")
        return None

    def take_in(self, customer: str, shop: str | None, body: str, pictures: int = 0) -> tuple[Text, Text | None]:
        """Take a text from a customer; return it and the provider's own answer to a keyword, if it gives one."""
        with self._lock:
            to = shop or self._shop_of(customer)
            text = Text(
                sid="SM" + secrets.token_hex(16),
                customer=customer,
                shop=to,
                body=body,
                is_inbound=True,
                status="received",
                at=datetime.now(UTC),
                pictures=pictures,
            )
            self._keep(text)
            return text, self._answer_keyword(text)

    def _answer_keyword(self, text: Text) -> Text | None:
        word = text.body.strip().lower()
        answer = next((answer for words, answer in _ANSWERS if word in words), None)
        if not self.moods.now.answers_keywords or answer is None:
            return None
        if word in STOP_WORDS:
            self._blocked.add((text.customer, text.shop))
        elif word in START_WORDS:
            if (text.customer, text.shop) not in self._blocked:
                return None
            self._blocked.discard((text.customer, text.shop))
        reply = Text(
            sid="SM" + secrets.token_hex(16),
            customer=text.customer,
            shop=text.shop,
            body=answer,
            is_inbound=False,
            status="delivered",
            at=datetime.now(UTC),
            sent_at=datetime.now(UTC),
            is_automatic=True,
        )
        self._keep(reply)
        return reply

    def advance(self, sid: str, status: str, error_code: int | None = None) -> Text | None:
        """Bring a text to a status; None if it is forgotten already."""
        with self._lock:
            text = self._texts.get(sid)
            if text is None:
                return None
            text.status = status
            text.history.append(status)
            text.error_code = error_code
            if status in {"sent", "delivered", "undelivered"} and text.sent_at is None:
                text.sent_at = datetime.now(UTC)
            self._changed()
            return text

    def course(self) -> list[tuple[str, int | None]]:
        """Return the statuses that the next text goes through, with the error code of the last."""
        mood = self.moods.now
        match mood.outcome:
            case Outcome.FAILED:
                return [("failed", mood.error_code)]
            case Outcome.UNDELIVERED:
                return [("sending", None), ("sent", None), ("undelivered", mood.error_code)]
            case Outcome.SILENT:
                return [("sending", None), ("sent", None)]
            case Outcome.DELIVERED:
                return [("sending", None), ("sent", None), ("delivered", None)]

    def find(self, sid: str) -> Text | None:
        """Return a text."""
        with self._lock:
            return self._texts.get(sid)

    def find_all(self, wanted: Callable[[Text], bool]) -> list[Text]:
        """List texts, the newest first."""
        with self._lock:
            return [text for text in reversed(self._texts.values()) if wanted(text)]

    def calls(self, after: int = 0) -> list[dict[str, Any]]:
        """List the calls that were taken after call number `after`, the oldest first."""
        with self._lock:
            return [call for call in self._calls if call["number"] > after]

    @property
    def call_count(self) -> int:
        """How many calls were taken since the last reset."""
        return self._calls_taken

    def is_blocked(self, customer: str) -> bool:
        """True when the provider itself blocks texts to a customer."""
        with self._lock:
            return any(number == customer for number, _ in self._blocked)

    def threads(self) -> dict[str, list[Text]]:
        """Return the texts by the customer's number, each thread's oldest first, the thread with the newest text first."""
        with self._lock:
            found: dict[str, list[Text]] = {}
            for text in reversed(self._texts.values()):
                found.setdefault(text.customer, []).append(text)
            return {number: texts[::-1] for number, texts in found.items()}

    def wait(self, revision: int, seconds: float) -> int:
        """Wait until something is newer than `revision`, at most so long; return the newest."""
        with self._lock:
            self._lock.wait_for(lambda: self.revision != revision, timeout=seconds)
            return self.revision

    def touch(self) -> None:
        """Say that something has changed that pages show."""
        with self._lock:
            self._changed()

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._texts.clear()
            self._calls.clear()
            self._calls_taken = 0
            self._blocked.clear()
            self._changed()

    def _shop_of(self, customer: str) -> str:
        return next((text.shop for text in reversed(self._texts.values()) if text.customer == customer), self.number)

    def _keep(self, text: Text) -> None:
        self._texts[text.sid] = text
        while len(self._texts) > TEXTS_KEPT:
            self._texts.popitem(last=False)
        self._changed()

    def _changed(self) -> None:
        self.revision += 1
        self._lock.notify_all()


def resource(text: Text, account_sid: str) -> dict[str, Any]:
    """Return a text as Twilio's API shows a message: https://www.twilio.com/docs/messaging/api/message-resource."""
    uri = f"/2010-04-01/Accounts/{account_sid}/Messages/{text.sid}"
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": _rfc2822(text.at),
        "date_sent": _rfc2822(text.sent_at or (text.at if text.is_inbound else None)),
        "date_updated": _rfc2822(text.at),
        "direction": "inbound" if text.is_inbound else "outbound-api",
        "error_code": text.error_code,
        "error_message": None,
        "from": text.customer if text.is_inbound else text.shop,
        "messaging_service_sid": text.service_sid,
        "num_media": str(text.pictures),
        "num_segments": str(segments(text.body)),
        "price": None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": text.shop if text.is_inbound else text.customer,
        "uri": f"{uri}.json",
    }


def segments(body: str) -> int:
    """Return how many segments a text takes, near enough for a bill that nobody pays."""
    one, more = (160, 153) if _GSM.match(body) else (70, 67)
    return 1 if len(body) <= one else -(-len(body) // more)


def _rfc2822(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)
