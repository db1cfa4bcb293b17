"""Housekeeping of sign-ins and keys."""

from backend.accounts import commands
from backend.core import idempotency
from backend.core.clock import utc_now
from backend.core.db import transaction


def purge_expired() -> None:
    """Forget old sign-in tries, ended sessions and used idempotency keys."""
    now = utc_now()
    with transaction() as session:
        commands.purge_expired(session, now)
        idempotency.purge(session, now)
