"""The sending processes: with Redis, without it, with one that is away, silent or wiped; workers that die and stop."""

import os
import signal
import time
from datetime import timedelta

import pytest
import redis
import sqlalchemy as sa

from backend import dispatcher
from backend.core import live, queue
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.ids import new_id
from backend.core.queue import Kicker, Queue, task_name
from backend.messages.models import Message
from backend.messages.rules import KICK_SECONDS, SEND_TASK
from backend.sender import commands, tasks
from backend.sender.rules import BEGIN_WITHIN_SECONDS, LEASE, Timing
from bench.measure import tree
from tests.factories.messages import make_message
from tests.messages.conftest import PHONE
from tools.paths import ROOT, VENV_PYTHON
from tools.processes import Child

AWAY = "redis://127.0.0.1:1/0"


@pytest.fixture
def start(environment, tmp_path):
    """Return `start(name, **environment)`: start a worker or dispatcher."""
    children = []

    def begin(name: str, **changes: str) -> Child:
        settings = {**environment, "PYTHONUNBUFFERED": "1", "KEYTAG_LOG_LEVEL": "INFO", **changes}
        child = Child(
            name, [VENV_PYTHON, "-m", f"backend.{name}"], log=tmp_path / f"{name}.log", cwd=ROOT, environment=settings
        )
        children.append(child)
        return child

    yield begin
    for child in children:
        child.stop(5)


def _until(condition, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def is_accepted(session):
    """Return `is_accepted()`: whether the provider has every message there is."""

    def look() -> bool:
        session.rollback()
        left = sa.select(sa.func.count()).where(Message.accepted_at.is_(None), Message.direction == "out")
        return session.scalar(left) == 0

    return look


@pytest.mark.parametrize("state", ["up", "not configured", "stopped", "hung", "wiped"])
def test_a_text_leaves_once_however_redis_is(
    session, desk, send, simulator, start, redis_url, redis_server, is_accepted, state
):
    url = {"not configured": "", "stopped": AWAY}.get(state, redis_url)
    live.configure(url or None, 200)
    queue.configure(url or None)
    try:
        if state == "hung":
            os.kill(redis_server.child.pid, signal.SIGSTOP)
        for _ in range(3):
            assert send(desk).status_code == 201
        if state == "wiped":
            redis.Redis.from_url(redis_url).flushall()
        if state in {"up", "wiped"}:
            start("worker")
        start("dispatcher", REDIS_URL=url)
        assert _until(is_accepted)
    finally:
        if state == "hung":
            os.kill(redis_server.child.pid, signal.SIGCONT)
        live.configure(redis_url, 200)
        queue.configure(redis_url)

    calls = simulator.ask("/control/calls")["calls"]
    assert len(calls) == 3
    assert len({call["statusCallback"] for call in calls}) == 3


def test_a_worker_that_is_killed_is_replaced_and_a_pool_that_is_stopped_ends_in_good_order(
    session, desk, send, start, is_accepted, simulator
):
    pool = start("worker", KEYTAG_WORKERS="2")
    assert _until(lambda: len(_children(pool.pid)) == 2)
    first = _children(pool.pid)

    os.kill(first[0], signal.SIGKILL)

    assert _until(lambda: len(_children(pool.pid)) == 2 and first[0] not in _children(pool.pid))
    assert first[1] in _children(pool.pid)
    assert send(desk).status_code == 201
    assert _until(is_accepted)
    os.kill(pool.pid, signal.SIGTERM)
    assert _until(lambda: pool.exit_status is not None)
    assert pool.exit_status == 0
    assert _children(pool.pid) == []


def test_workers_end_with_a_parent_that_is_killed(start):
    pool = start("worker", KEYTAG_WORKERS="2")
    assert _until(lambda: len(_children(pool.pid)) == 2)
    orphans = _children(pool.pid)

    os.kill(pool.pid, signal.SIGKILL)

    assert _until(lambda: not any(_is_alive(pid) for pid in orphans))


def test_workers_that_wait_for_redis_stop_when_they_are_told_to(start):
    pool = start("worker", KEYTAG_WORKERS="2", REDIS_URL=AWAY)
    assert _until(lambda: pool.log.read_text().count("worker_waits_for_redis") >= 2)

    os.kill(pool.pid, signal.SIGTERM)

    assert _until(lambda: pool.exit_status is not None, seconds=10)
    assert pool.exit_status == 0
    assert _children(pool.pid) == []


def test_a_call_that_has_begun_may_end_before_a_worker_stops(session, desk, send, start, simulator, is_accepted):
    simulator.tell("/control/mode", answer="slow", seconds=2)
    pool = start("worker", KEYTAG_WORKERS="1")
    assert send(desk).status_code == 201
    assert _until(lambda: len(simulator.ask("/control/calls")["calls"]) == 1)

    os.kill(pool.pid, signal.SIGTERM)

    assert _until(lambda: pool.exit_status is not None)
    assert is_accepted()
    assert len(simulator.ask("/control/calls")["calls"]) == 1


@pytest.mark.parametrize("failpoint", ["after_accept", "looking"])
def test_what_a_killed_worker_held_is_looked_for_long_before_its_lease_ends(
    session, desk, send, start, simulator, is_accepted, failpoint
):
    """Who takes a dead worker's place lets go of what it held; of one that looked for a text, too."""
    if failpoint == "looking":
        simulator.tell("/control/mode", answer="lose_response", times=1)
    share = 1 if failpoint == "after_accept" else 0.5
    for name in ("worker", "dispatcher"):
        start(name, KEYTAG_WORKERS="2", KEYTAG_REHEARSAL=f"lease=3600 kill={failpoint}:{share}")

    assert send(desk).status_code == 201

    assert _until(is_accepted)
    assert len(simulator.ask("/control/calls")["calls"]) == 1


@pytest.mark.parametrize("failpoint", ["after_claim", "after_accept"])
def test_a_worker_that_stood_still_while_others_did_its_work_sends_nothing_more(
    waiting, start, sender, simulator, row, redis_url, failpoint
):
    first, second = waiting(), waiting()
    sender(KEYTAG_REHEARSAL="lease=3600 reconcile=0 resend=0")
    for message_id in (first, second):
        assert Kicker(redis_url).kick(SEND_TASK, str(message_id), job_id=str(message_id))
    pool = start("worker", KEYTAG_WORKERS="1", KEYTAG_REHEARSAL=f"lease=0 stop={failpoint}:1")

    def stops() -> int:
        return pool.log.read_text().count('"step":"stopped"')

    assert _until(lambda: stops() == 1)
    [frozen] = _children(pool.pid)
    # A call may still begin so long after its claim, which is far less than a lease.
    time.sleep(BEGIN_WITHIN_SECONDS)

    while row(first).accepted_at is None:
        tasks.reconcile(str(first))
        tasks.send(str(first))
    os.kill(frozen, signal.SIGCONT)

    # It has come to the next one: it is through with the first.
    assert _until(lambda: stops() == 2)
    calls = [call for call in simulator.ask("/control/calls")["calls"] if f"message={first}" in call["statusCallback"]]
    assert len(calls) == 1
    assert row(first).attempts == (2 if failpoint == "after_claim" else 1)


def _children(pid: int) -> list[int]:
    return sorted(tree(pid)[1:])


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_kick_names_the_task():
    assert task_name(tasks.send) == SEND_TASK


# --- the sweep -------------------------------------------------------------------------------------


def test_a_held_text_is_released_at_its_hour(waiting, row, session, calls):
    message_id = waiting(not_before=utc_now() + timedelta(hours=1))
    tasks.sweep()
    assert (row(message_id).status, len(calls())) == ("held", 0)

    with transaction() as work:
        work.execute(sa.update(Message).where(Message.id == message_id).values(due_at=utc_now()))
    tasks.sweep()

    assert row(message_id).accepted_at is not None
    assert len(calls()) == 1


def test_what_a_dead_worker_had_claimed_is_looked_for_after_its_lease(waiting, row, sender, calls):
    sender(KEYTAG_REHEARSAL="lease=60 reconcile=0 resend=0")
    message_id = waiting()
    now = utc_now()
    with transaction() as work:
        assert commands.claim(work, message_id, holder=new_id(), now=now, timing=Timing(lease=timedelta(seconds=60)))

    tasks.sweep()
    assert (row(message_id).status, row(message_id).attempts) == ("sending", 1)

    _end_lease(message_id)
    for _ in range(3):
        tasks.sweep()

    assert len(calls()) == 1
    assert row(message_id).attempts == 2


def test_only_what_the_dead_held_is_let_go(waiting, row):
    dead, alive = new_id(), new_id()
    held, others, taken, known = (waiting() for _ in range(4))
    now = utc_now()
    with transaction() as work:
        claims = {
            message_id: commands.claim(
                work, message_id, holder=alive if message_id == others else dead, now=now, timing=Timing()
            )
            for message_id in (held, others, taken, known)
        }
        commands.accept(work, claims[known], "SM1", "queued", now=now)
    with transaction() as work:
        later = now + LEASE + timedelta(seconds=1)
        assert commands.take_lost(work, taken, holder=alive, now=later, timing=Timing()) is not None

    with transaction() as work:
        assert commands.let_go(work, [dead], now=now + timedelta(seconds=1)) == 1

    assert row(held).lease_until == now + timedelta(seconds=1)
    assert row(others).lease_until == now + LEASE
    assert row(taken).lease_until == later + LEASE
    assert (row(known).lease_until, row(known).provider_sid) == (None, "SM1")


def test_a_twin_whose_worker_died_in_its_call_may_yet_arrive_and_is_not_taken_for_the_lost_one(waiting):
    lost, twin = waiting(), waiting()
    for message_id in (lost, twin):
        _set(message_id, body="Your car is ready.")
    now, dead = utc_now(), new_id()
    with transaction() as work:
        for message_id in (lost, twin):
            assert commands.claim(work, message_id, holder=dead, now=now, timing=Timing()) is not None
        assert commands.let_go(work, [dead], now=now + timedelta(seconds=1)) == 2

    for seconds, is_taken in ((2.0, False), (LEASE.total_seconds() + 2, True)):
        with transaction() as work:
            later = now + timedelta(seconds=seconds)
            taken = commands.take_lost(work, lost, holder=new_id(), now=later, timing=Timing())
        assert (taken is not None) == is_taken


def test_who_holds_a_text_has_ended_before_its_lease_does():
    assert LEASE.total_seconds() > queue.JOB_TIMEOUT_SECONDS


def _end_lease(message_id) -> None:
    with transaction() as work:
        work.execute(sa.update(Message).where(Message.id == message_id).values(lease_until=utc_now()))


@pytest.fixture
def queued(redis_url):
    """Return `queued(queue)`: the names of what waits in it for workers, none of which run."""
    connection = redis.Redis.from_url(redis_url)
    queue.configure(redis_url)
    yield lambda name: [found.decode() for found in connection.lrange(f"rq:queue:{name}", 0, -1)]
    queue.configure(None)


def _fall_behind() -> None:
    """Put more into the workers' queue than they do soon."""
    for number in range(tasks.BATCH + 1):
        assert queue.kick("time.time", job_id=f"before-{number}")


def _set(message_id, **values) -> None:
    with transaction() as work:
        work.execute(sa.update(Message).where(Message.id == message_id).values(**values))


def test_what_was_lost_is_looked_for_at_once_however_far_the_workers_are_behind(waiting, queued):
    lost = [waiting() for _ in range(15)]
    for message_id in lost:
        with transaction() as work:
            commands.claim(work, message_id, holder=new_id(), now=utc_now(), timing=Timing(lease=timedelta()))
    _fall_behind()

    tasks.sweep()
    assert sorted(queued(Queue.LOST)) == sorted(f"reconcile-{message_id}" for message_id in lost)

    # What waits is not asked for again.
    tasks.sweep()
    assert len(queued(Queue.LOST)) == len(lost)
    assert queued(Queue.LATE) == []


def test_workers_who_are_behind_come_to_a_text_in_its_turn_and_to_what_their_queue_forgot_before(waiting, queued):
    young, old = waiting(), waiting()
    now = utc_now()
    _set(young, due_at=now - timedelta(seconds=10))
    _set(old, due_at=now - timedelta(seconds=KICK_SECONDS + 1))
    _fall_behind()

    tasks.sweep()

    assert queued(Queue.LATE) == [f"send-{old}"]


def test_what_was_tried_before_does_not_wait_behind_all_that_waits(waiting, queued, redis_url, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    new, tried, old = waiting(), waiting(), waiting()
    now = utc_now()
    _set(old, due_at=now - timedelta(seconds=40))
    _set(new, due_at=now - timedelta(seconds=30))
    _set(tried, due_at=now, first_claimed_at=now - timedelta(seconds=20), attempts=0)

    tasks.sweep()

    assert queued(Queue.LATE) == [f"send-{tried}", f"send-{old}"]
    # Far behind, workers come to it after longer than a web process's kick lasts.
    assert redis.Redis.from_url(redis_url).ttl(f"rq:job:send-{tried}") > KICK_SECONDS


def test_what_no_worker_takes_for_long_is_sent_by_the_sweep_itself(waiting, queued, row, calls, monkeypatch):
    """Redis is up and no worker is: what waits in the line is forgotten there, and would wait for ever."""
    monkeypatch.setattr(tasks._Process, "first", None)
    first, second = waiting(), waiting()
    now = utc_now()
    _set(first, due_at=now - timedelta(seconds=20))
    tasks.sweep()
    assert queued(Queue.LATE) == [f"send-{first}"]
    _set(second, due_at=now - timedelta(seconds=10), lease_until=None)

    tasks.sweep()
    assert calls() == []

    monkeypatch.setattr(tasks, "LATE_SECONDS", 0)
    for message_id in (first, second):
        _set(message_id, lease_until=None)
    tasks.sweep()
    assert {row(first).accepted_at is None, row(second).accepted_at is None} == {False}
    assert len(calls()) == 2


def test_what_was_held_is_asked_for_when_it_is_due_and_what_was_just_kicked_is_not(waiting, queued, monkeypatch):
    monkeypatch.setattr(tasks, "KICK_FIRST", timedelta(hours=1))
    held, _kicked = waiting(), waiting()
    _set(held, status="held", reason="requested_later")

    tasks.sweep()

    assert queued(Queue.LATE) == [f"send-{held}"]


@pytest.mark.parametrize(("before_it_is_due", "rests"), [(3600, 2.0), (0.9, 0.9), (0.001, 0.25), (0, 2.0)])
def test_the_dispatcher_rests_until_a_text_is_due_and_two_seconds_at_most(
    waiting, monkeypatch, before_it_is_due, rests
):
    due_at = utc_now()
    _set(waiting(), status="held", reason="requested_later", due_at=due_at)
    for module in (dispatcher, tasks):
        monkeypatch.setattr(module, "utc_now", lambda: due_at - timedelta(seconds=before_it_is_due))

    assert dispatcher.rest() == pytest.approx(rests)


def test_a_receipt_that_never_came_is_fetched_from_the_provider(waiting, row, simulator):
    simulator.tell("/control/mode", pause=0.01, lost=1.0)
    message_id = waiting()
    tasks.send(str(message_id))
    sid = row(message_id).provider_sid
    assert _until(lambda: _status_there(simulator, sid) == "delivered")
    with transaction() as work:
        long_ago = utc_now() - timedelta(minutes=16)
        work.execute(sa.update(Message).where(Message.id == message_id).values(accepted_at=long_ago))

    tasks.follow_up_hourly()

    assert (row(message_id).status, row(message_id).provider_status) == ("delivered", "delivered")


def _status_there(simulator, sid: str) -> str:
    texts = simulator.ask(f"/control/threads/{PHONE}")["texts"]
    return next(text["status"] for text in texts if text["sid"] == sid)


def _sent_hours_ago(session, appointment, hours: int, status: str = "sent"):
    return make_message(
        session,
        appointment,
        direction="out",
        provider_sid=f"SM{hours}{status}",
        accepted_at=utc_now() - timedelta(hours=hours),
        status=status,
        provider_status="queued" if status == "sending" else status,
        phone=PHONE,
        attempts=1,
    )


def test_what_was_sent_and_never_confirmed_is_called_so_after_72_hours(session, desk, sender, simulator):
    old, young = (_sent_hours_ago(session, desk.appointment, hours) for hours in (73, 71))
    # The provider took it, and even that it went on was never told.
    taken = _sent_hours_ago(session, desk.appointment, 73, "sending")
    session.commit()

    tasks.follow_up_hourly()

    session.expire_all()
    assert [(text.status, text.reason) for text in (old, taken)] == [("unconfirmed", "no_receipt")] * 2
    assert young.status == "sent"


def test_a_provider_that_is_away_is_asked_once_and_old_receipts_are_given_up_all_the_same(
    session, desk, sender, simulator, caplog
):
    sender(TWILIO_API_URL="http://127.0.0.1:1")
    texts = [_sent_hours_ago(session, desk.appointment, hours) for hours in (1, 2, 3, 73)]
    session.commit()

    tasks.follow_up_hourly()

    session.expire_all()
    assert [text.status for text in texts] == ["sent", "sent", "sent", "unconfirmed"]
    assert [record.msg for record in caplog.records].count("receipt_not_fetched") == 1
