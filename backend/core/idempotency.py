"""One effect per Idempotency-Key, also when two requests come at once: for 24 hours, for seven days where a key must be sent.

The key is kept in the same transaction as the effect: the second request waits on the
first one's unique index entry, then gets the first one's answer. A refused or failed
request keeps nothing, so the same key may try again.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core.db import Model, session_row
from backend.core.errors import DomainError, RuleViolationError
from backend.core.http import dump_json, json_response

KEEP = timedelta(hours=24)
# What must have a key moves money or goes out to somebody: a device that was away over the weekend asks again.
KEEP_REQUIRED = timedelta(days=7)
# How the header stands in the OpenAPI document.
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": "One effect per key for 24 hours; the same request again gets the first one's answer.",
}
REQUIRED_KEY = {
    **IDEMPOTENCY_KEY,
    "required": True,
    "description": "One effect per key for seven days; the same request again gets the first one's answer.",
}
_ACCEPTABLE = re.compile(r"[\x21-\x7e]{1,200}")
# One that was kept long enough is as good as new.
_CLAIM = """
    INSERT INTO idempotency_keys (scope, key, fingerprint, created_at, kept_until)
    VALUES (%(scope)s, %(key)s, %(fingerprint)s, %(now)s, %(kept_until)s)
    ON CONFLICT (scope, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, kept_until = excluded.kept_until,
            status = NULL, body = NULL
        WHERE idempotency_keys.kept_until < %(now)s
    RETURNING 1
"""
_KEEP = "UPDATE idempotency_keys SET status = %(status)s, body = %(body)s WHERE scope = %(scope)s AND key = %(key)s"


class IdempotencyKey(Model):
    """A key somebody used, what for, and the answer that was given."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[bytes | None]
    created_at: Mapped[datetime]
    kept_until: Mapped[datetime] = mapped_column(index=True)


class KeyReusedError(RuleViolationError):
    """422: this key stood for another request."""

    code = "idempotency_key_reused"


class KeyRequiredError(DomainError):
    """400: what is sent, booked or paid has one effect per key, so there must be one."""

    code = "idempotency_key_required"
    status = 400


@dataclass(frozen=True, slots=True)
class Claim:
    """The present request's key, or the answer that an earlier one got."""

    session: Session
    scope: str
    key: str | None
    replay: Response | None = None

    def keep(self, body: Any, status: int) -> Response:
        """Build the answer and, with a key, keep it beside the effect."""
        data = dump_json(body)
        if self.key is not None:
            session_row(self.session, _KEEP, {"scope": self.scope, "key": self.key, "status": status, "body": data})
        return json_response(data, status)

    def release(self) -> None:
        """Let go of the key: the request is refused, though not without an effect, and may be tried again."""
        if self.key is not None:
            self.session.execute(
                sa.delete(IdempotencyKey).where(IdempotencyKey.scope == self.scope, IdempotencyKey.key == self.key)
            )


def is_used(session: Session, user_id: UUID) -> bool:
    """True when this person has sent the request's Idempotency-Key to this route before."""
    key = request.headers.get("Idempotency-Key")
    return key is not None and session.get(IdempotencyKey, (_scope(user_id), key)) is not None


def _scope(user_id: UUID) -> str:
    return f"{user_id} {request.method} {request.path}"


def claim(session: Session, user_id: UUID, now: datetime, *, keep: timedelta = KEEP) -> Claim:
    """Claim the request's Idempotency-Key for this person and route, and `keep` it so long.

    Raises:
        KeyReusedError: the key was used for another body.
        RuleViolationError: the key is no printable text of 1 to 200 characters.
    """
    key = _key()
    scope = _scope(user_id)
    if key is None:
        return Claim(session, scope, None)
    fingerprint = _fingerprint()
    values = {"scope": scope, "key": key, "fingerprint": fingerprint, "now": now, "kept_until": now + keep}
    if session_row(session, _CLAIM, values) is not None:
        return Claim(session, scope, key)
    earlier = session.execute(
        sa.select(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.key == key)
    ).scalar_one()
    return Claim(session, scope, key, _replay(earlier, fingerprint))


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _ACCEPTABLE.fullmatch(key):
        raise RuleViolationError(
            "Idempotency-Key must be 1 to 200 printable characters.", errors={"Idempotency-Key": ["Not a key."]}
        )
    return key


def _required(purpose: str) -> str:
    key = _key()
    if key is None:
        raise KeyRequiredError(
            f"Send an Idempotency-Key, {purpose}.",
            errors={"Idempotency-Key": ["Send a new one with each new request."]},
        )
    return key


def _fingerprint() -> str:
    return hashlib.sha256(request.get_data(cache=True)).hexdigest()


def _replay(earlier: IdempotencyKey, fingerprint: str) -> Response:
    if earlier.fingerprint != fingerprint:
        raise KeyReusedError("This Idempotency-Key was used for a different request. Use a new key for a new request.")
    response = json_response(earlier.body or b"", earlier.status or 200)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def require(session: Session, user_id: UUID, now: datetime, *, purpose: str) -> Claim:
    """Claim the request's Idempotency-Key, which must be there.

    Raises:
        KeyRequiredError: it is not; `purpose` says what for, "so that it is paid once".
        KeyReusedError, RuleViolationError: as `claim`.
    """
    _required(purpose)
    return claim(session, user_id, now, keep=KEEP_REQUIRED)


def digest(user_id: UUID, *, purpose: str) -> str:
    """Return what stands for this person's request and its key, the same each time that it is sent.

    For what asks somebody else before it can have an effect, and keeps by that name what it asks for.

    Raises:
        KeyRequiredError, RuleViolationError: as `require`.
    """
    return hashlib.sha256(f"{_scope(user_id)} {_required(purpose)}".encode()).hexdigest()


def find_answer(session: Session, user_id: UUID, now: datetime) -> Response | None:
    """Return the answer that the same request got before, without claiming its key; None for a new one.

    For what must ask somebody else before it can have an effect, and only then takes the key.

    Raises:
        KeyReusedError: the key was used for another body.
        RuleViolationError: as `claim`.
    """
    key = _key()
    earlier = None if key is None else session.get(IdempotencyKey, (_scope(user_id), key))
    return None if earlier is None or earlier.kept_until < now else _replay(earlier, _fingerprint())


def purge(session: Session, now: datetime) -> int:
    """Forget keys that were kept long enough; return how many."""
    result = session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.kept_until < now))
    return int(result.rowcount)  # type: ignore[attr-defined]
