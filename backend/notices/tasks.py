"""What follows when something happened to a job, and the reminders' turn. All are safe to repeat."""

import logging
from functools import partial
from uuid import UUID

from backend.core.clock import utc_now
from backend.core.db import in_transaction, reading
from backend.notices import commands, queries

log = logging.getLogger(__name__)


def after_booking(appointment_id: str) -> None:
    """Tell, or propose to tell, that a job was booked."""
    in_transaction(lambda session: commands.tell_booking(session, UUID(appointment_id), now=utc_now()))


def after_change(appointment_id: str) -> None:
    """Tell, or propose to tell, another start; take back what an edit made untrue."""
    in_transaction(lambda session: commands.tell_change(session, UUID(appointment_id), now=utc_now()))


def after_step(appointment_id: str) -> None:
    """Tell, or propose to tell, where a job stands; take back what the step made untrue."""
    in_transaction(lambda session: commands.tell_step(session, UUID(appointment_id), now=utc_now()))


def after_deletion(appointment_id: str) -> None:
    """Take back what waits to be sent about a deleted job."""
    in_transaction(lambda session: commands.tell_deletion(session, UUID(appointment_id), now=utc_now()))


def after_customer_change(customer_id: str) -> None:
    """Write anew what waits to be sent to a customer whose name, number or address changed."""
    with reading() as session:
        jobs = queries.list_jobs_with_waiting(session, UUID(customer_id))
    for appointment_id in jobs:
        in_transaction(partial(commands.tell_customer_change, appointment_id=appointment_id, now=utc_now()))


def remind() -> None:
    """Write down the reminders that are to be seen by now, each job in a transaction of its own."""
    now = utc_now()
    with reading() as session:
        jobs = queries.list_jobs_to_remind(session, now)
    made = 0
    for appointment_id, triggers in jobs:
        made += len(in_transaction(partial(commands.remind, appointment_id=appointment_id, triggers=triggers, now=now)))
    if made:
        log.info("reminders_made", extra={"count": made})
