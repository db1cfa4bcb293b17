"""What follows for clocks when a visit moves on or is deleted."""

from uuid import UUID

from backend.clocks import commands
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction


def after_step(appointment_id: str) -> None:
    """Stop what still runs on a visit whose work has ended or that was deleted; repeating it changes nothing."""
    with transaction() as session:
        commands.stop_all(session, UUID(appointment_id), actor=SYSTEM, now=utc_now())
