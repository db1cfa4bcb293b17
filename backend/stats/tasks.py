"""What follows a change of status: how long the car stood in the one before."""

from datetime import timedelta
from uuid import UUID

from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.stats import commands, queries
from backend.stats.rules import first_id_of

BATCH = 500
# How far back the hourly look reaches for what no event told.
LOOK_BACK = timedelta(days=2)


def after_step(appointment_id: str) -> None:
    """Fill the spans of a visit; repeating it changes nothing."""
    with transaction() as session:
        commands.fill_spans(session, [UUID(appointment_id)])


def sweep_spans() -> None:
    """Fill what is missing of the last days."""
    since = first_id_of(utc_now() - LOOK_BACK)
    while True:
        with transaction() as session:
            ids = queries.list_unspanned(session, since, BATCH)
            commands.fill_spans(session, ids)
        if len(ids) < BATCH:
            return
