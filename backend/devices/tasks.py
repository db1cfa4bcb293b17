"""Housekeeping of pairing."""

from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.devices import commands


def purge_tries() -> None:
    """Forget wrong codes that count no more."""
    with transaction() as session:
        commands.purge_tries(session, utc_now())
