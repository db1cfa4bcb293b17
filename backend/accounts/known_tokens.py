"""Access tokens whose signature and claims this process has verified before.

Verifying one costs more than everything else a board that has not changed needs. The same text verifies the
same way again, so only what time changes is looked at anew: the expiry here, the session in the database.
"""

import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

CAPACITY = 4096


@dataclass(frozen=True, slots=True)
class KnownToken:
    """What a verified access token says; `expires_at` is in seconds of Unix time, `csrf` the header it wants with cookies."""

    session_id: UUID
    csrf: str | None
    expires_at: float


class KnownTokens:
    """The latest verified tokens of one application, by digest: the tokens themselves are not kept."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._tokens: dict[bytes, KnownToken] = {}
        self._lock = threading.Lock()

    def find(self, token: str) -> KnownToken | None:
        """Return what an unexpired token says if it was verified here, else None."""
        known = self._tokens.get(_digest(token))
        return known if known is not None and known.expires_at > time.time() else None

    def remember(self, token: str, session_id: UUID, claims: Mapping[str, Any]) -> None:
        """Keep what a token says that was verified just now, dropping the oldest beyond the capacity."""
        known = KnownToken(session_id, claims.get("csrf"), float(claims["exp"]))
        # The oldest can't be looked up while another thread adds one.
        with self._lock:
            self._tokens[_digest(token)] = known
            while len(self._tokens) > CAPACITY:
                del self._tokens[next(iter(self._tokens))]


def _digest(token: str) -> bytes:
    return hashlib.blake2b(token.encode(), digest_size=16).digest()
