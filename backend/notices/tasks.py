"""What follows when something happened to a job, and the reminders' turn. All are safe to repeat."""

import logging
import time
from functools import partial
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.rules import Switchable
from backend.consent import queries as consent
from backend.consent.rules import ConsentKind
from backend.core.clock import RUN_SECONDS, utc_now
from backend.core.db import in_transaction, reading
from backend.notices import commands, queries
from backend.settings import FeatureFlags, Settings

log = logging.getLogger(__name__)


_AGREES = frozenset({ConsentKind.RESTORED, ConsentKind.EXPRESS, ConsentKind.EXPRESS_WRITTEN})


class _Process:
    """What this process was told by its environment; set once where it starts."""

    flags = FeatureFlags()


def configure(settings: Settings) -> None:
    """Set up this process: while texting is switched off nothing is told, only taken back; what happened then is no news."""
    _Process.flags = settings.flags


def _is_on() -> bool:
    return accounts.is_on(_Process.flags, Switchable.MESSAGING)


def after_booking(appointment_id: str) -> None:
    """Tell, or propose to tell, that a job was booked."""
    if _is_on():
        in_transaction(lambda session: commands.tell_booking(session, UUID(appointment_id), now=utc_now()))


def after_change(appointment_id: str) -> None:
    """Tell, or propose to tell, another start; take back what an edit made untrue."""
    tell = commands.tell_change if _is_on() else commands.take_back
    in_transaction(lambda session: tell(session, UUID(appointment_id), now=utc_now()))


def after_step(appointment_id: str) -> None:
    """Tell, or propose to tell, where a job stands; take back what the step made untrue."""
    tell = commands.tell_step if _is_on() else commands.take_back
    in_transaction(lambda session: tell(session, UUID(appointment_id), now=utc_now()))


def after_deletion(appointment_id: str) -> None:
    """Take back what waits to be sent about a deleted job."""
    in_transaction(lambda session: commands.take_back(session, UUID(appointment_id), now=utc_now()))


def after_customer_change(customer_id: str) -> None:
    """Write anew what waits to be sent to a customer whose name, number or address changed, and judge their hours anew."""
    with reading() as session:
        jobs = queries.list_jobs_with_waiting(session, UUID(customer_id))
    for appointment_id in jobs:
        tell = commands.tell_customer_change if _is_on() else commands.take_back
        in_transaction(partial(tell, appointment_id=appointment_id, now=utc_now()))
    if _is_on():
        in_transaction(lambda session: commands.judge_anew(session, UUID(customer_id), now=utc_now()))


def after_consent(event_id: str) -> None:
    """Owe a number again what it is to be reminded of, if it may be texted from now on; repeating it is fine."""
    with reading() as session:
        event = consent.get_event(session, UUID(event_id))
        phone, may_be_texted = event.phone, event.kind in _AGREES
    if may_be_texted:
        in_transaction(lambda session: commands.owe_reminders(session, phone, now=utc_now()))


def remind() -> None:
    """Write down the reminders that are to be seen by now, each job in a transaction of its own."""
    if not _is_on():
        return
    now = utc_now()
    with reading() as session:
        jobs = queries.list_jobs_to_remind(session, now)
    made = 0
    deadline = time.monotonic() + RUN_SECONDS
    for appointment_id, triggers in jobs:
        if time.monotonic() > deadline:
            # The soonest are first; the next turn goes on.
            break
        made += len(in_transaction(partial(commands.remind, appointment_id=appointment_id, triggers=triggers, now=now)))
    if made:
        log.info("reminders_made", extra={"count": made})
