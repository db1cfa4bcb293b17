"""What providers told and nobody has acted on yet, and what they could not tell."""

import logging
import time
from datetime import datetime, timedelta

from backend.consent.rules import REVOKING, classify
from backend.core.clock import RUN_SECONDS, utc_now
from backend.core.db import in_transaction, transaction
from backend.settings import Settings
from backend.webhooks import commands, queries
from backend.webhooks.commands import Manners
from backend.webhooks.providers import Postbox, Received, UnreachableError

log = logging.getLogger(__name__)

BATCH = 200
HOURLY_BACK = timedelta(hours=3)
DAILY_BACK = timedelta(days=3)


class _Process:
    """What this process was told by its environment; set once where it starts."""

    settings: Settings | None = None


def configure(settings: Settings) -> None:
    """Set up this process; without it events are acted on and keywords not answered."""
    _Process.settings = settings


def _manners() -> Manners:
    settings = _Process.settings
    return Manners(answers_keywords=False) if settings is None else Manners.of(settings)


def sweep() -> None:
    """Act on what was kept and not acted on: its request failed or was killed, or its text was not known yet."""
    now = utc_now()
    with transaction() as session:
        waiting = queries.list_waiting(session, now, limit=BATCH)
    for event_id in waiting:
        commands.act(in_transaction, event_id, _manners(), now)


def reconcile_hourly() -> None:
    """Ask the provider for customers' texts of the last three hours that we were not told of."""
    _reconcile(utc_now() - HOURLY_BACK)


def reconcile_daily() -> None:
    """Ask the provider for customers' texts of the last three days that we were not told of."""
    _reconcile(utc_now() - DAILY_BACK)


def _reconcile(since: datetime) -> None:
    """Take in what the provider has and we don't, as if it had been told: STOPs first, then as they were sent."""
    settings = _Process.settings
    if settings is None or settings.twilio_account_sid is None:
        return
    deadline = time.monotonic() + RUN_SECONDS
    with transaction() as session:
        numbers = queries.list_numbers(session)
    if settings.twilio_messaging_service_sid is not None:
        # Its numbers are the provider's to know: the whole account is asked.
        numbers = []
    elif settings.twilio_from is not None:
        numbers = sorted({*numbers, settings.twilio_from})
    try:
        listed = Postbox(settings).list_received(numbers, since, until=deadline)
    except UnreachableError as error:
        log.warning("received_texts_not_listed", extra={"code": str(error)})
        return
    with transaction() as session:
        known = queries.list_known_sids(session, [received.told.sid for received in listed])
    missed = sorted((received for received in listed if received.told.sid not in known), key=_urgency)
    for received in missed:
        if time.monotonic() > deadline:
            # The next run finds the rest as this one did.
            break
        with transaction() as session:
            event_id = commands.keep(session, received.told, utc_now())
        if event_id is not None:
            commands.act(in_transaction, event_id, _manners(), utc_now())
    log.info("received_texts_listed", extra={"listed": len(listed), "missed": len(missed)})


def _urgency(received: Received) -> tuple[bool, datetime]:
    revokes = classify(received.told.payload["Body"]).meaning in REVOKING
    return not revokes, received.sent_at


def forget_old() -> None:
    """Forget what was acted on more than 30 days ago, and receipts for texts that never were ours after seven."""
    with transaction() as session:
        commands.forget_old(session, utc_now())
