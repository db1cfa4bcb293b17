"""Run one subscriber's share of an event."""

import logging
from importlib import import_module
from uuid import UUID

from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.outbox import commands

log = logging.getLogger(__name__)


def deliver(event_id: str, task: str) -> None:
    """Run `task` for the event's subject and mark the delivery; doing it twice has the effect of once.

    The subscriber is safe to repeat: a worker killed between its work and the mark is followed
    by another attempt when the lease ends.
    """
    key = UUID(event_id)
    with transaction() as session:
        subject_id = commands.begin(session, key, task)
    if subject_id is None:
        return
    module, _, name = task.rpartition(".")
    try:
        getattr(import_module(module), name)(str(subject_id))
    except Exception as error:
        log.exception("delivery_failed", extra={"task": task, "event_id": event_id})
        with transaction() as session:
            commands.fail(session, key, task, utc_now(), type(error).__name__)
        return
    with transaction() as session:
        commands.finish(session, key, task, utc_now())


def purge_published() -> None:
    """Forget what was published more than seven days ago."""
    with transaction() as session:
        commands.purge(session, utc_now())
