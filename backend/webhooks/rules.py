"""Who sent a request, what it tells, and what keywords are answered with; pure but for the provider's own arithmetic."""

import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from twilio.request_validator import RequestValidator, add_port, remove_port

TWILIO, STRIPE = "twilio", "stripe"
# A text of 1,600 characters in UTF-8, escaped, with ten pictures' addresses stays below a third of it.
MAXIMUM_BODY_BYTES = 64 * 1024
LONGEST_TEXT = 10_000
# An event holds one object of the card processor's, whose notes are ours and short.
LARGEST_EVENT_BYTES = 256 * 1024
# How far the card processor's clock and ours may be apart, either way.
SIGNED_WITHIN = timedelta(minutes=5)
# What we act on: a page of ours was paid or is over, or money was given back.
PAGE_EVENTS = frozenset(
    f"checkout.session.{what}" for what in ("completed", "async_payment_succeeded", "async_payment_failed", "expired")
)
REFUND_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed"})
_KEPT_OF_PAYMENTS = (
    *("id", "object", "client_reference_id", "payment_intent", "payment_status", "status", "amount", "amount_total"),
    *("currency", "metadata", "created"),
)
# 47 CFR 64.1200(a)(12): one confirmation, within five minutes, without advertising.
CONFIRM_WITHIN = timedelta(minutes=5)
# How long a receipt waits for the text that it is about.
ORPHANS_WAIT = timedelta(days=7)
KEEP_EVENTS = timedelta(days=30)
# The status of a text to us.
RECEIVED = "received"

_KEPT_CONTROLS = frozenset("\n\t")
_SID = re.compile(r"[A-Za-z0-9]{10,64}")
_STATUS = re.compile(r"[a-z_-]{1,40}")
_CODE = re.compile(r"[0-9]{0,10}")


@dataclass(frozen=True, slots=True)
class Told:
    """What a request tells: a status of a text of ours, or (`RECEIVED`) a text to us.

    `message_id` and `attempt` are our own, from the address that the provider was given.
    """

    sid: str
    status: str
    error_code: str
    payload: Mapping[str, str]
    message_id: UUID | None = None
    attempt: int | None = None

    @property
    def is_inbound(self) -> bool:
        """True for a text to us."""
        return self.status == RECEIVED


# --- who sent it ---------------------------------------------------------------------------------


def read_form(body: bytes) -> list[tuple[str, str]] | None:
    """Return a form's fields as they came, untrimmed, empty ones too; None for what is no form in UTF-8."""
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict")
    except ValueError:
        return None


def is_signed(url: str, fields: Sequence[tuple[str, str]], signature: str, tokens: Iterable[str]) -> bool:
    """Tell whether one of the account's tokens has signed a request: HMAC-SHA1 over address, names and values.

    https://www.twilio.com/docs/usage/webhooks/webhooks-security. `url` is our own public address with the query as it
    came; the provider may have written its port out. Compared in constant time.
    """
    form = dict(fields)
    address = urlsplit(url)
    offered = signature.encode("utf-8", "surrogateescape")
    good = False
    for token in tokens:
        validator = RequestValidator(token)
        for variant in {url, add_port(address), remove_port(address)}:
            expected = validator.compute_signature(variant, form)
            good |= hmac.compare_digest(expected.encode(), offered)
    return good


def read(fields: Sequence[tuple[str, str]], query: str, account_sid: str) -> Told | None:
    """Return what a signed request tells; None for one of another account, or that lacks or doubles a field.

    Names and values are signed without a mark between them, so a request whose letters were moved from a value to its
    name bears a good signature: what must be there is asked for by its whole name.
    """
    form = dict(fields)
    if len(form) != len(fields) or form.get("AccountSid") != account_sid:
        return None
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    code = form.get("ErrorCode", "")
    if not status and {"Body", "From", "To"} <= form.keys():
        status, code = RECEIVED, ""
    elif status == RECEIVED:
        return None
    if not (_SID.fullmatch(sid) and _STATUS.fullmatch(status) and _CODE.fullmatch(code)):
        return None
    ours = dict(parse_qsl(query))
    payload = {name: without_controls(value) for name, value in form.items()}
    return Told(sid, status, code, payload, _uuid(ours.get("message")), _count(ours.get("attempt")))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004


# --- what the card processor tells ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """An event of the card processor's: its id, what happened, and to what; of that, what we need and nobody's name."""

    id: str
    type: str
    subject: Mapping[str, Any]

    @property
    def is_wanted(self) -> bool:
        """Whether it is one of those that we act on."""
        return self.type in PAGE_EVENTS | REFUND_EVENTS


def is_signed_event(body: bytes, header: str, secret: str, now: datetime) -> bool:
    """Tell whether an event was signed with our secret within five minutes: HMAC-SHA256 over the time and the raw body.

    https://docs.stripe.com/webhooks#verify-manually. The library refuses only what is too old; a time to come is as wrong.
    While the secret is being changed there are several signatures. Compared in constant time.
    """
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in parts if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal() and len(times[0]) < 12):  # noqa: PLR2004
        return False
    if abs(now.timestamp() - int(times[0])) > SIGNED_WITHIN.total_seconds():
        return False
    expected = hmac.new(secret.encode(), times[0].encode() + b"." + body, "sha256").hexdigest().encode()
    good = False
    for name, value in parts:
        if name == "v1":
            good |= hmac.compare_digest(expected, value.encode("utf-8", "surrogateescape"))
    return good


def read_event(body: bytes) -> PaymentEvent | None:
    """Return what a signed event tells; None for what is none."""
    try:
        event = json.loads(body)
        subject = event["data"]["object"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    identifier, kind = event.get("id"), event.get("type")
    if not (isinstance(identifier, str) and isinstance(kind, str) and isinstance(subject, dict)):
        return None
    return PaymentEvent(identifier, kind, {name: subject[name] for name in _KEPT_OF_PAYMENTS if name in subject})


# --- what a customer wrote -----------------------------------------------------------------------


def without_controls(text: str) -> str:
    """Return a text without NUL and other control characters; lines and tabs stay."""
    return "".join(sign for sign in text if sign in _KEPT_CONTROLS or unicodedata.category(sign) not in {"Cc", "Cs"})


def shown_text(body: str, pictures: int) -> str:
    """Return what a thread shows of a text: its words, and that pictures came, which are not fetched."""
    said = without_controls(body.replace("\r\n", "\n")).strip()[:LONGEST_TEXT]
    sent = "" if pictures <= 0 else "[picture]" if pictures == 1 else f"[{pictures} pictures]"
    return "\n".join(part for part in (said, sent) if part) or "[empty text]"


# --- what keywords are answered with -------------------------------------------------------------


def opt_out_reply(shop: str) -> str:
    """Return the one confirmation of an opt-out; it sells nothing and asks nothing."""
    return (
        f"{shop}: you are opted out and will get no more texts from us. Reply START to get texts about your car again."
    )


def opt_out_reply_in_spanish(shop: str) -> str:
    """Return the same to who opted out in Spanish, with no accent that the short alphabet lacks: it stays one part."""
    return (
        f"{shop}: usted ya no va a recibir textos de nosotros. "
        "Responda START para recibir textos sobre su auto otra vez."
    )


def opt_in_reply(shop: str) -> str:
    """Return the answer to START."""
    return f"{shop}: you will get texts about your car again. Reply HELP for help, STOP to opt out."


def help_reply(shop: str, phone: str | None) -> str:
    """Return the answer to HELP: who we are, how to reach us and how to end it."""
    call = f" Call {phone}." if phone else ""
    return f"{shop}: texts about your car.{call} Msg & data rates may apply. Reply STOP to opt out."
