"""What devices are, and the codes that pair them."""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

from backend.core.errors import ConflictError, RuleViolationError, TooManyRequestsError, UnauthenticatedError

CODE_LIFE = timedelta(minutes=10)
CODE_LENGTH = 8
# Without what people take for one another when they read it off a screen: 0 O, 1 I L, U V.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
# 29^8 codes, few of them alive: at ten tries in ten minutes nobody finds one.
TRIES = 10
TRIES_WINDOW = timedelta(minutes=10)
TOKEN_BYTES = 32
COOKIE = "keytag_device"
# The longest that browsers keep one.
COOKIE_LIFE = timedelta(days=400)
# When a device was last seen is worth no write at each of its polls.
SEEN_EVERY = timedelta(minutes=1)


class DeviceKind(StrEnum):
    """What a device may show."""

    WALLBOARD = "wallboard"
    TABLET = "tablet"


# What to do with the code of a device of this kind that was typed on a page for another.
OTHER_KIND_WORDS = {
    DeviceKind.WALLBOARD: "This is a wallboard's code. Open /wall on the screen that it is for and type it there.",
    DeviceKind.TABLET: "This is a tablet's code. Open /tech on the tablet that it is for and type it there.",
}


class CodeRefusedError(RuleViolationError):
    """422: no device waits for this code; it was used, is too old, or was mistyped."""

    code = "pairing_code_refused"


class OtherKindError(RuleViolationError):
    """422: the code is for another kind of device, as `kind` says; it still works there."""

    code = "pairing_code_other_kind"


class TooManyCodesError(TooManyRequestsError):
    """429: too many wrong codes from this network."""

    code = "too_many_codes"


class NotPairedError(UnauthenticatedError):
    """401: this browser is no paired device, or was revoked."""

    code = "not_paired"


class DeviceRevokedError(ConflictError):
    """409: a revoked device gets no new code."""

    code = "device_revoked"


def new_code() -> str:
    """Return a fresh pairing code."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def new_token() -> str:
    """Return a fresh device token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def normalize_code(typed: str) -> str:
    """Return a typed code as it was shown: people type small letters, spaces and dashes."""
    return "".join(character for character in typed.upper() if character.isalnum())


def secret_hash(secret: str) -> bytes:
    """Return what is kept of a code or token: enough, as both are random."""
    return hashlib.sha256(secret.encode()).digest()
