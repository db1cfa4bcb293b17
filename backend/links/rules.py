"""What links are for, how long they last, and what of their secrets is kept."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from backend.core.errors import DomainError, NotFoundError, PermissionDeniedError, RuleViolationError
from backend.core.phone import digits

MAXIMUM_AGE = timedelta(days=7)
DEFAULT_AGE = timedelta(hours=48)
# Wrong last four digits, after which the link asks to call the shop.
STEP_UP_TRIES = 5
STEP_UP_DIGITS = 4
# 256 bits, written as 43 characters.
TOKEN_BYTES = 32
TOKEN_LENGTH = 43


class Purpose(StrEnum):
    """What a link lets its holder do."""

    ESTIMATE = "estimate"
    INVOICE = "invoice"
    REPORT = "report"


class LinkUnknownError(NotFoundError):
    """404: there never was such a link, or it is not for this."""

    code = "link_unknown"


class LinkEndedError(DomainError):
    """410: the link expired or was taken back; `shop` is whom to call."""

    code = "link_ended"
    status = 410


class StepUpRequiredError(PermissionDeniedError):
    """403: the link alone does not allow this; the last four digits of the customer's phone do."""

    code = "step_up_required"


class WrongDigitsError(RuleViolationError):
    """422: not the last four digits; `left` is how many tries are left."""

    code = "wrong_digits"


class StepUpEndedError(PermissionDeniedError):
    """403: too many wrong digits, or no phone on file: a call to the shop is what helps."""

    code = "step_up_ended"


@dataclass(frozen=True, slots=True)
class Secret:
    """What a browser keeps of a link that it opened: the link's id and a secret of its own, nothing personal."""

    link_id: UUID
    purpose: Purpose
    secret: str


def new_token() -> str:
    """Draw what stands in a link's address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str, purpose: Purpose) -> bytes:
    """Return what is kept of a token: it opens a link of its own purpose only."""
    return hmac.digest(f"keytag.link.{purpose}".encode(), token.encode(), hashlib.sha256)


def hash_secret(secret: str) -> bytes:
    """Return what is kept of a browser's secret."""
    return hashlib.sha256(secret.encode()).digest()


def is_token(text: str) -> bool:
    """Tell whether a text can be a token at all."""
    return len(text) == TOKEN_LENGTH and text.isascii()


def expires_at(lifetime: timedelta, now: datetime) -> datetime:
    """Return when a link that is made now ends: never after seven days."""
    return now + min(lifetime, MAXIMUM_AGE)


def has_ended(expires: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    """Tell whether a link is over."""
    return revoked_at is not None or now >= expires


def are_last_digits(offered: str, phone: str) -> bool:
    """Tell whether somebody knows how a phone number ends, taking the same time for every answer."""
    return hmac.compare_digest(digits(offered)[-STEP_UP_DIGITS:].encode(), digits(phone)[-STEP_UP_DIGITS:].encode())
