"""What follows from a visit's step: its car does not need any more what was mended."""

from uuid import UUID

from backend.appointments import queries as appointments
from backend.appointments.rules import Status
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.findings import commands


def after_step(appointment_id: str) -> None:
    """Resolve what a completed visit's approved jobs mended; repeating it is fine."""
    with transaction() as session:
        visit = appointments.find_for_update(session, UUID(appointment_id))
        if visit is not None and visit.status == Status.COMPLETED:
            commands.resolve_mended(session, visit, actor=SYSTEM, now=utc_now())
