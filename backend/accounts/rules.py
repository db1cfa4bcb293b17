"""Passwords, session lengths and the limits on sign-in tries."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.core.errors import (
    ConflictError,
    PermissionDeniedError,
    RuleViolationError,
    TooManyRequestsError,
    UnauthenticatedError,
)


class Switchable(StrEnum):
    """Features that the Owner can switch off while everything runs, by their name in `FeatureFlags`."""

    MESSAGING = "messaging"


ACCESS_LIFETIME = timedelta(minutes=30)
REFRESH_LIFETIME = timedelta(days=7)
# Seed 003 §5: five tries in fifteen minutes per address.
LOGIN_TRIES = 5
LOGIN_WINDOW = timedelta(minutes=15)
# One account, whatever addresses the tries come from: after ten that failed within the window, one at a time.
# 1,440 guesses a day find no password that passes `check_password_strength`.
ACCOUNT_TRIES = 10
ACCOUNT_PAUSE = timedelta(minutes=1)
# Who signed in from a network this recently is not slowed down there by strangers' tries.
KNOWN_NETWORK = timedelta(days=30)
# One subscriber of an IPv6 provider has at least this many addresses to choose from.
_IPV6_PREFIX = 64
MINIMUM_PASSWORD_LENGTH = 10
MAXIMUM_PASSWORD_LENGTH = 200

# OWASP's least argon2id parameters: 19 MiB, 2 passes, 1 lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# What people try first, and what attackers try first; longer lists live in their tools.
_COMMON = frozenset(
    [
        "password123",
        "password1234",
        "1234567890",
        "12345678910",
        "qwertyuiop",
        "qwerty12345",
        "iloveyou123",
        "letmein123",
        "welcome123",
        "administrator",
        "changeme123",
        "mechanic123",
        "autoshop123",
        "password12",
        "1q2w3e4r5t",
        "abcdefghij",
        "abc1234567",
    ]
)


# A PIN opens a paired tablet, for one's own jobs: a million guesses, five of which are free.
PIN_LENGTH, PIN_MOST = 6, 12
PIN_TRIES = 5
# A session opened with a PIN: so long at most, and so long without a word from the tablet.
PIN_LIFETIME = timedelta(hours=12)
PIN_SILENCE = timedelta(hours=1)
# The tablet locks itself when nobody has touched it for so long.
PIN_IDLE = timedelta(minutes=5)


class InvalidCredentialsError(UnauthenticatedError):
    """401: no active user with this email and password; which of the two is not said."""

    code = "invalid_credentials"


class SessionEndedError(UnauthenticatedError):
    """401: the sign-in is over: signed out, expired, replaced or switched off."""

    code = "session_ended"


class TooManyTriesError(TooManyRequestsError):
    """429: too many tries failed lately, from this address or at this account."""


class WeakPasswordError(RuleViolationError):
    """422: too short or too common."""

    code = "weak_password"


class WeakPinError(RuleViolationError):
    """422: the first that anybody would try."""

    code = "weak_pin"


class WrongPinError(RuleViolationError):
    """422: not this person's PIN; `triesLeft` says how many more there are before only the password helps."""

    code = "wrong_pin"


class NoPinError(ConflictError):
    """409: this person has set no PIN yet, or it was removed."""

    code = "no_pin"


class PinLockedError(PermissionDeniedError):
    """403: too many wrong PINs; the full sign-in opens it again."""

    code = "pin_locked"


class LastOwnerError(ConflictError):
    """409: the shop would be left without an active Owner."""

    code = "last_owner"


def network_of(ip: str) -> str:
    """Return what a caller's tries are counted by: an IPv4 address, or the /64 that an IPv6 address lies in."""
    address = ip_address(ip)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return str(ip_network((int(address), _IPV6_PREFIX), strict=False))
        address = address.ipv4_mapped
    return str(address)


def account_hash(email: str) -> bytes:
    """Return what tries at an account are counted by: people type passwords here too, so it is kept as a hash."""
    return hashlib.sha256(email.lower().encode()).digest()


def seconds_until(instant: datetime, now: datetime) -> int:
    """Return the whole seconds after which `instant` is over, at least one."""
    return max(1, int((instant - now).total_seconds()) + 1)


def hash_password(password: str) -> str:
    """Return an argon2id hash with its salt and parameters."""
    return _hasher.hash(password)


# Verified when there is no such user, so that both answers take the same time.
_NOBODY = hash_password(secrets.token_hex())


def verify_password(password: str, password_hash: str | None) -> bool:
    """True when the password is right; costs the same when there is no hash to compare."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """True when the hash was made with older parameters."""
    return _hasher.check_needs_rehash(password_hash)


def check_password_strength(password: str, *, field: str = "password") -> None:
    """Refuse what would be guessed first.

    Raises:
        WeakPasswordError: shorter than 10 characters or on the list of common ones.
    """
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        message = f"Use at least {MINIMUM_PASSWORD_LENGTH} characters."
    elif password.lower() in _COMMON or len(set(password)) < 4:  # noqa: PLR2004  aaaaaaaaaa, 1212121212
        message = "This password is too easy to guess. Try three unrelated words."
    else:
        return
    raise WeakPasswordError(message, errors={field: [message]})


def check_pin_strength(pin: str) -> None:
    """Refuse what would be guessed first: 111111, 121212, 123456, 987654.

    Raises:
        WeakPinError: too few different digits, or a staircase.
    """
    steps = {int(right) - int(left) for left, right in pairwise(pin)}
    if len(set(pin)) < 3 or steps in ({1}, {-1}):  # noqa: PLR2004  121212
        message = "This PIN is too easy to guess. Mix the digits."
        raise WeakPinError(message, errors={"pin": [message]})


def pin_session_until(began_at: datetime, now: datetime) -> datetime:
    """Return when a session opened with a PIN ends if the tablet is silent from now on."""
    return min(now + PIN_SILENCE, began_at + PIN_LIFETIME)


def temporary_password() -> str:
    """Return a password to hand over once: 80 random bits in groups that can be read out."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))
