"""Send what is due, find what was lost, and what makes both happen: the sweep of the dispatcher's turns.

Each task takes an id, looks at the row, and may run twice or at the same time with one effect. No database session is
open while a provider is asked.
"""

import contextlib
import logging
import os
import random
import signal
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.rules import Switchable
from backend.core import queue
from backend.core.clock import RUN_SECONDS, utc_now
from backend.core.db import transaction
from backend.core.errors import UnavailableError
from backend.core.ids import new_id
from backend.core.queue import Queue, Task, task_name
from backend.messages.rules import ALARMS, KICK_SECONDS, Channel, Progress
from backend.sender import commands, queries
from backend.sender.providers import Accepted, CallError, Office, TooLateError, open_office
from backend.sender.rules import (
    BEGIN_WITHIN_SECONDS,
    DAILY_BACK,
    HOURLY_AFTER,
    KICK_FIRST,
    Claim,
    Failpoint,
    Rehearsal,
    read_rehearsal,
)
from backend.settings import Settings

log = logging.getLogger(__name__)

# How many messages wait for workers by the sweeps' word. Half at most were lost: looking for them must not keep the others
# waiting.
BATCH = 200
# For so long workers who are far behind may take to come to it; meanwhile it is not asked for again.
LATE_SECONDS = 120
# Of the failpoints a text passes so many on its way to the provider.
PASSED_ON_THE_WAY = 4
# Without Redis the dispatcher sends by itself, so many at once, for so long before it looks after the rest.
OWN_THREADS, OWN_SECONDS = 4, 2.0
# A claim whose call came too late is tried again at once so often: its connection is open by then.
TRIES = 3
# Of a reconciler's run; what is left is the next one's.
RECEIPTS = 500
# The provider does not answer: who asks for many ends here.
AWAY = frozenset({"connect", "timeout"})


class _Process:
    """What this process sends with, and the rehearsal it is part of; set once where it starts."""

    office: Office | None = None
    # Whose the claims are; of a process that was forked its own, by `work_as`.
    holder = new_id()
    # What stands first in the sweeps' line, and since when by the monotonic clock.
    first: tuple[str, float] | None = None
    rehearsal = Rehearsal()


def configure(settings: Settings) -> None:
    """Set up this process as a sender; without it nothing is sent from here."""
    _Process.office = open_office(settings)
    _Process.rehearsal = read_rehearsal(settings.rehearsal)


def work_as(holder: UUID) -> None:
    """Claim under a name by which whoever sees this process die can let go of what it held."""
    _Process.holder = holder


def let_go(holders: Collection[UUID]) -> None:
    """Have what processes held that have ended looked for at once."""
    with transaction() as session:
        freed = commands.let_go(session, holders, now=utc_now())
    if freed:
        log.warning("claims_let_go", extra={"count": freed})


def open_connections() -> None:
    """Connect to the database, so that no text waits for it; where that is away, a text tries again."""
    with contextlib.suppress(UnavailableError):
        accounts.list_switched_off()
        with transaction() as session:
            queries.lock_due(session, UUID(int=0), utc_now())


def _office() -> Office | None:
    """Return what to send with, None while texting is switched off, here or by the Owner: what waits is kept."""
    office = _Process.office
    if office is None or not office.is_on or Switchable.MESSAGING in accounts.list_switched_off():
        return None
    return office


def _pass(failpoint: Failpoint, message_id: str) -> None:
    """Die or stand still here if the rehearsal says so."""
    rehearsal = _Process.rehearsal
    if rehearsal.struck_share and rehearsal.failpoint in {None, failpoint}:
        # Each takes its part of the share.
        share = rehearsal.struck_share if rehearsal.failpoint else rehearsal.struck_share / PASSED_ON_THE_WAY
        if random.random() < share:  # noqa: S311  a rehearsal
            step = "killed" if rehearsal.signal is signal.SIGKILL else "stopped"
            _note(step, message_id, at=failpoint.value)
            os.kill(os.getpid(), rehearsal.signal)


def _note(step: str, message_id: str, **more: str) -> None:
    """Tell the rehearsal's audience what happens, to the millisecond."""
    if _Process.rehearsal.struck_share:
        log.warning("rehearsal", extra={"step": step, "message_id": message_id, "moment": time.time(), **more})


def send(message_id: str) -> None:
    """Send a message that is due, once, whoever else tries it at the same time."""
    office, key = _office(), UUID(message_id)
    if office is None:
        return
    for _ in range(TRIES):
        # Before the claim's first statement: a STOP counts from there.
        begin_by = time.monotonic() + BEGIN_WITHIN_SECONDS
        _pass(Failpoint.BEFORE_CLAIM, message_id)
        with transaction() as session:
            claim = commands.claim(
                session, key, holder=_Process.holder, now=utc_now(), timing=_Process.rehearsal.timing
            )
        if claim is None:
            return
        _note("claimed", message_id)
        _pass(Failpoint.AFTER_CLAIM, message_id)
        try:
            accepted = office.hand_over(claim, begin_by=begin_by, now=utc_now())
        except TooLateError:
            with transaction() as session:
                commands.put_back(session, claim, now=utc_now())
            continue
        except CallError as error:
            _fail(claim, error)
            return
        _pass(Failpoint.AFTER_ACCEPT, message_id)
        with transaction() as session:
            is_kept = commands.accept(
                session, claim, accepted.sid, accepted.status, error_code=accepted.error_code, now=utc_now()
            )
            _pass(Failpoint.BEFORE_COMMIT, message_id)
        log.info("message_accepted", extra={**_named(claim), "is_kept": is_kept})
        return


def _fail(claim: Claim, error: CallError) -> None:
    level = logging.ERROR if error.code in ALARMS else logging.WARNING
    log.log(level, "message_call_failed", extra={**_named(claim), "code": error.code})
    chance = random.random()  # noqa: S311  spreads retries, guards nothing
    with transaction() as session:
        commands.fail(session, claim, error.code, now=utc_now(), chance=chance, retry_after=error.retry_after)


def _named(claim: Claim) -> dict[str, object]:
    return {"message_id": str(claim.message_id), "attempt": claim.attempt, "channel": claim.channel.value}


def reconcile(message_id: str) -> None:
    """Look for a message whose answer was lost, before anybody sends it again."""
    office, key, timing = _office(), UUID(message_id), _Process.rehearsal.timing
    if office is None:
        return
    with transaction() as session:
        lost = commands.take_lost(session, key, holder=_Process.holder, now=utc_now(), timing=timing)
    if lost is None:
        return
    _note("looked for", message_id)
    _pass(Failpoint.LOOKING, message_id)
    found: Sequence[Accepted] = ()
    if lost.channel is Channel.SMS:
        try:
            found = office.texts.find(lost)
        except CallError as error:
            log.warning("lost_message_not_looked_for", extra={"message_id": message_id, "code": error.code})
            with transaction() as session:
                commands.look_again(session, key, now=utc_now(), timing=timing, has_looked=False)
            return
    with transaction() as session:
        known = queries.list_known_sids(session, [made.sid for made in found if made.sid is not None])
        own = next((made for made in found if made.sid is not None and made.sid not in known), None)
        if own is not None and own.sid is not None:
            commands.attach(session, key, own.sid, own.status, error_code=own.error_code, now=utc_now())
        else:
            commands.look_again(session, key, now=utc_now(), timing=timing)
    log.info("lost_message_looked_for", extra={"message_id": message_id, "is_found": own is not None})


# --- what makes it happen ------------------------------------------------------------------------


def sweep() -> None:
    """Have sent what is due and looked for what was lost: by workers, or here where no queue answers."""
    if _office() is None:
        return
    line = [name for into in (Queue.LOST, Queue.LATE) for name in queue.waiting(into)]
    is_taken = not _is_left_standing(line)
    now, waiting = utc_now(), _waiting(line if is_taken else [])
    with transaction() as session:
        lost = queries.list_lost(
            session, now, besides=waiting[reconcile], limit=max(0, BATCH // 2 - len(waiting[reconcile]))
        )
        room = BATCH - len(lost) - sum(map(len, waiting.values()))
        due = queries.list_due(
            session, now, kicked_before=now - _first_kick(), besides=waiting[send], limit=max(0, room)
        )
        commands.lease_for_kick(session, due, until=now + _Process.rehearsal.timing.kick_again)
    wanted: list[tuple[Task, UUID, Queue]] = [
        *((send, key, Queue.LATE) for key in due),
        *((reconcile, key, Queue.LOST if is_new else Queue.LATE) for key, is_new in lost),
    ]
    left = [
        (task, key)
        for task, key, into in wanted
        if not is_taken
        or not queue.kick(task_name(task), str(key), job_id=f"{task.__name__}-{key}", into=into, ttl=LATE_SECONDS)
    ]
    if left:
        _do_here(left)


def _is_left_standing(line: Sequence[str]) -> bool:
    """Tell whether no worker has taken the first of the sweeps' line for as long as its kick lasts: there is none.

    The kick of what waits there is forgotten, and would be each time; until one is back it is done here.
    """
    first, stood = (line[0] if line else None), _Process.first
    if first is None or stood is None or stood[0] != first:
        _Process.first = None if first is None else (first, time.monotonic())
        return False
    return time.monotonic() - stood[1] > LATE_SECONDS


def _waiting(line: Sequence[str]) -> dict[Task, set[UUID]]:
    """Return what sweeps have kicked and no worker has begun: it is not asked for again, so that each gets to others."""
    names = [name.partition("-") for name in line]
    return {task: {UUID(key) for name, _, key in names if name == task.__name__} for task in (send, reconcile)}


def next_due() -> datetime | None:
    """Return when the next message that waits is due; None where none does, or nothing is sent from here."""
    if _Process.office is None:
        return None
    with transaction() as session:
        return queries.next_due(session, utc_now())


def _first_kick() -> timedelta:
    """Return for how long the kick of a web process, which has just accepted a text, is left to itself.

    Workers who are behind take it from their queue in its turn, until it is forgotten there.
    """
    if not queue.is_connected():
        return timedelta()
    return timedelta(seconds=KICK_SECONDS) if queue.length(Queue.DEFAULT) > BATCH else KICK_FIRST


def _do_here(left: Sequence[tuple[Task, UUID]]) -> None:
    """Run tasks in this process, several at once, for two seconds; what is left then is the next turn's."""
    deadline = time.monotonic() + OWN_SECONDS
    waiting = list(left)
    with ThreadPoolExecutor(OWN_THREADS) as threads:
        while waiting and time.monotonic() < deadline:
            several, waiting = waiting[:OWN_THREADS], waiting[OWN_THREADS:]
            for _ in threads.map(_do, several):
                pass
    if waiting:
        with transaction() as session:
            commands.lease_for_kick(session, [key for task, key in waiting if task is send], until=utc_now())


def _do(one: tuple[Task, UUID]) -> None:
    task, key = one
    try:
        task(str(key))
    except Exception:  # one broken message must not stop the others
        log.exception("task_failed", extra={"task": task_name(task), "message_id": str(key)})


# --- what providers did not tell -----------------------------------------------------------------


def follow_up_hourly() -> None:
    """Ask the provider for the end of what has none after 15 minutes; call unconfirmed what has none after 72 hours."""
    now = utc_now()
    # What needs no provider comes first: the one that is asked may be away.
    with transaction() as session:
        commands.give_up_waiting_for_receipts(session, now=now)
    _follow_up(now - timedelta(hours=24), now - HOURLY_AFTER)


def follow_up_daily() -> None:
    """Ask the provider for the end of what has none, three days back."""
    now = utc_now()
    _follow_up(now - DAILY_BACK, now - HOURLY_AFTER)


def _follow_up(after: datetime, before: datetime) -> None:
    office = _office()
    if office is None:
        return
    with transaction() as session:
        unfinished = queries.list_without_receipt(session, after, before, limit=RECEIPTS)
    # In another order each time: those whose end nobody knows must not take every run for themselves.
    random.shuffle(unfinished)
    deadline = time.monotonic() + RUN_SECONDS
    asked = repaired = 0
    for one in unfinished:
        if time.monotonic() > deadline:
            break
        asked += 1
        try:
            said = office.texts.fetch(one.provider_sid)
        except CallError as error:
            log.warning("receipt_not_fetched", extra={"message_id": str(one.id), "code": error.code})
            if error.code in AWAY:
                break
            continue
        with transaction() as session:
            result = commands.apply_provider_status(
                session, said.status, at=utc_now(), sid=one.provider_sid, error_code=said.error_code
            )
        repaired += result is Progress.ADVANCES
    if unfinished:
        log.info("receipts_followed_up", extra={"found": len(unfinished), "asked": asked, "repaired": repaired})
