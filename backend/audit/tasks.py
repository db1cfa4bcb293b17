"""Seal what was written, check what was sealed, write down where the chains end."""

import time
from datetime import timedelta
from uuid import UUID

from backend.audit import commands, queries
from backend.core.actor import SYSTEM
from backend.core.clock import RUN_SECONDS, utc_now
from backend.core.db import reading, transaction

# So many batches a turn: other sweeps wait meanwhile.
BATCHES = 10
# Rows that the catch-up looks at in one statement.
STRETCH = 100_000
DAILY = timedelta(hours=23)


def sweep() -> None:
    """Seal what was written in the last moments."""
    for _ in range(BATCHES):
        with transaction() as session:
            count = commands.seal(session, now=utc_now())
        if count < commands.BATCH:
            return


def catch_up() -> None:
    """Look for rows without a seal in the whole log, the newest first: some commit long after they got their id."""
    deadline = time.monotonic() + RUN_SECONDS
    above = queries.LAST_ID
    while time.monotonic() < deadline:
        with reading() as session:
            below = queries.ids_apart(session, above, STRETCH)
        count = commands.BATCH
        while count == commands.BATCH:
            with transaction() as session:
                count = commands.seal(session, now=utc_now(), since=below or UUID(int=0), until=above)
        if below is None:
            return
        above = below


def anchor_daily() -> None:
    """Write down the heads of the chains."""
    with transaction() as session:
        commands.anchor(session, now=utc_now())


def check_daily() -> None:
    """Check all chains once a day, as far as one run comes; the next goes on."""
    deadline = time.monotonic() + RUN_SECONDS
    with transaction() as session:
        check = queries.unfinished_daily(session)
        if check is None:
            newest = queries.newest_daily(session)
            if newest is not None and newest > utc_now() - DAILY:
                return
            check = commands.begin_check(session, by=None, now=utc_now())
        check_id = check.id
    while time.monotonic() < deadline:
        with transaction() as session:
            if commands.advance_check(session, check_id, actor=SYSTEM, now=utc_now()).finished_at is not None:
                return
