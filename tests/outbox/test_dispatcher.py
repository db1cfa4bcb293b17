"""What must happen does: with Redis, without it, with two dispatchers, after a worker's death."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
import redis
import sqlalchemy as sa

from backend.appointments.models import Appointment
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.core.queue import Kicker, Queue, task_name
from backend.dispatcher import Dispatcher
from backend.outbox import commands as outbox
from backend.outbox import tasks as outbox_tasks
from backend.outbox.models import Delivery, OutboxEvent, ScheduleLease
from backend.wiring import SCHEDULE, SUBSCRIPTIONS
from tests.factories.appointments import make_appointment
from tests.factories.shop import make_location
from tools.paths import ROOT

NO_REDIS = Kicker(None)


@pytest.fixture
def renamed_tech(session, as_role):
    """Rename a technician who has an open and a completed job; nothing is dispatched yet."""
    location = make_location(session, name="Brooklyn")
    tech = as_role("Tech").user
    open_job = make_appointment(session, location, tech_id=tech.id)
    hours = timedelta(hours=5)
    old_job = make_appointment(
        session, location, tech_id=tech.id, starts_at=open_job.starts_at + hours, status="COMPLETED"
    )
    owner = as_role("Owner")
    assert owner.patch(f"/api/users/{tech.id}", json={"name": "Renamed Tech"}).status_code == 200
    return tech, open_job, old_job


def _names(session, *jobs) -> list[str]:
    session.rollback()
    session.expire_all()
    return [session.get(Appointment, job.id).tech_name for job in jobs]


def test_open_jobs_follow_at_once_and_past_ones_from_the_outbox(session, renamed_tech):
    _tech, open_job, old_job = renamed_tech
    assert _names(session, open_job, old_job) == ["Renamed Tech", "Tech of the test"]

    Dispatcher(NO_REDIS, SUBSCRIPTIONS, ()).turn()

    assert _names(session, open_job, old_job) == ["Renamed Tech", "Renamed Tech"]
    delivery = session.scalars(sa.select(Delivery)).one()
    assert delivery.done_at is not None
    assert delivery.attempts == 1
    assert session.scalars(sa.select(OutboxEvent)).one().published_at is not None


def test_a_real_worker_does_it_within_seconds(session, renamed_tech, environment, redis_url):
    _tech, _open_job, old_job = renamed_tech
    worker = subprocess.Popen([sys.executable, "-m", "backend.worker"], cwd=ROOT, env={**os.environ, **environment})
    try:
        Dispatcher(Kicker(redis_url), SUBSCRIPTIONS, ()).turn()
        deadline = time.monotonic() + 20
        while _names(session, old_job) != ["Renamed Tech"] and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0

    assert _names(session, old_job) == ["Renamed Tech"]


def test_subscribers_and_periods_that_are_called_alike_keep_places_of_their_own_in_the_queue(session, app, redis_url):
    with transaction() as first:
        outbox.record(first, EventType.APPOINTMENT_STATUS_CHANGED, new_id(), at=utc_now())
    names = [task.__name__ for task in SUBSCRIPTIONS[EventType.APPOINTMENT_STATUS_CHANGED]]
    assert len(set(names)) < len(names)
    kicker = Kicker(redis_url)

    started = Dispatcher(kicker, SUBSCRIPTIONS, SCHEDULE).turn()

    waiting = kicker.waiting(Queue.DEFAULT)
    assert started == len(names) + len(SCHEDULE)
    assert len(set(waiting)) == started


def test_a_delivery_that_a_dead_worker_held_comes_again_after_its_lease(session, renamed_tech):
    _tech, _open_job, _old_job = renamed_tech
    now = utc_now()
    names = {EventType.USER_CHANGED: [task_name(task) for task in SUBSCRIPTIONS[EventType.USER_CHANGED]]}
    with transaction() as held:
        outbox.relay(held, names, now)
        assert len(outbox.lease_due(held, now)) == 1

    with transaction() as early:
        assert outbox.lease_due(early, now + outbox.LEASE) == []
    with transaction() as late:
        assert len(outbox.lease_due(late, now + outbox.LEASE + timedelta(seconds=1))) == 1


def test_a_delivery_that_kills_its_worker_each_time_is_given_up(session, renamed_tech):
    now = utc_now()
    names = {EventType.USER_CHANGED: ["a.task"]}
    for attempt in range(outbox.MAXIMUM_ATTEMPTS + 1):
        with transaction() as worker:
            outbox.relay(worker, names, now)
            leased = outbox.lease_due(worker, now + attempt * (outbox.LEASE + timedelta(seconds=1)))
        assert len(leased) == int(attempt < outbox.MAXIMUM_ATTEMPTS)
        with transaction() as worker:
            begun = [outbox.begin(worker, event_id, task) for event_id, task in leased]
        assert None not in begun

    delivery = session.scalars(sa.select(Delivery)).one()
    assert delivery.failed_at is not None
    assert delivery.error == "its worker ended each time"


def test_a_delivery_that_no_worker_takes_is_not_given_up(session, renamed_tech):
    """Workers who are away for long find it when they are back, whatever their queue holds of it."""
    _tech, _open_job, old_job = renamed_tech
    now = utc_now()
    names = {EventType.USER_CHANGED: [task_name(task) for task in SUBSCRIPTIONS[EventType.USER_CHANGED]]}
    for turn in range(outbox.MAXIMUM_ATTEMPTS + 2):
        with transaction() as dispatcher:
            outbox.relay(dispatcher, names, now)
            [(event_id, task)] = outbox.lease_due(dispatcher, now + turn * (outbox.LEASE + timedelta(seconds=1)))

    outbox_tasks.deliver(str(event_id), task)

    assert _names(session, old_job) == ["Renamed Tech"]


def test_what_failed_waits_for_its_turn_however_often_it_was_enqueued(session, app):
    with transaction() as first:
        outbox.record(first, EventType.USER_CHANGED, new_id(), at=utc_now())
    with transaction() as dispatcher:
        outbox.relay(dispatcher, {EventType.USER_CHANGED: [task_name(boom)]}, utc_now())
        [(event_id, task)] = outbox.lease_due(dispatcher, utc_now())

    for _ in range(3):
        outbox_tasks.deliver(str(event_id), task)

    delivery = session.scalars(sa.select(Delivery)).one()
    assert (delivery.attempts, delivery.failed_at) == (1, None)


def test_what_nobody_subscribed_to_is_published_at_once(session, app):
    with transaction() as first:
        for _ in range(300):
            outbox.record(first, EventType.VEHICLE_CHANGED, new_id(), at=utc_now())

    Dispatcher(NO_REDIS, SUBSCRIPTIONS, ()).turn()

    assert session.scalar(sa.select(sa.func.count()).where(OutboxEvent.published_at.is_(None))) == 0


def test_a_hung_redis_costs_little_and_the_dispatcher_does_the_work(session, renamed_tech, redis_url, redis_server):
    _tech, _open_job, old_job = renamed_tech
    redis.Redis.from_url(redis_url).ping()
    os.kill(redis_server.child.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        Dispatcher(Kicker(redis_url), SUBSCRIPTIONS, ()).turn()
        seconds = time.monotonic() - started
    finally:
        os.kill(redis_server.child.pid, signal.SIGCONT)

    assert _names(session, old_job) == ["Renamed Tech"]
    assert seconds < 5


def boom(_subject_id: str) -> None:
    """Fail, as a subscriber might."""
    raise RuntimeError("on purpose")


def test_a_failing_subscriber_is_retried_later_and_later_and_then_given_up_visibly(session, app):
    with transaction() as first:
        outbox.record(first, EventType.USER_CHANGED, new_id(), at=utc_now())
    dispatcher = Dispatcher(NO_REDIS, {EventType.USER_CHANGED: (boom,)}, ())

    waits = []
    for _ in range(outbox.MAXIMUM_ATTEMPTS):
        before = utc_now()
        dispatcher.turn()
        session.expire_all()
        delivery = session.scalars(sa.select(Delivery)).one()
        waits.append(round((delivery.next_attempt_at - before).total_seconds()))
        delivery.next_attempt_at = before - timedelta(seconds=1)
        session.commit()

    assert waits[:4] == [5, 10, 20, 40]
    assert delivery.failed_at is not None
    assert delivery.error == "RuntimeError"
    dispatcher.turn()
    session.expire_all()
    assert session.scalars(sa.select(Delivery)).one().attempts == outbox.MAXIMUM_ATTEMPTS


def test_what_was_given_up_is_told_and_tried_again_by_a_command(session, renamed_tech, client, environment):
    _tech, _open_job, old_job = renamed_tech
    Dispatcher(NO_REDIS, {EventType.USER_CHANGED: (boom,)}, ()).turn()
    delivery = session.scalars(sa.select(Delivery)).one()
    delivery.failed_at, delivery.task = utc_now(), task_name(SUBSCRIPTIONS[EventType.USER_CHANGED][0])
    session.commit()
    assert "\ndeliveries_given_up 1.0" in client.get("/metrics").text

    command = [sys.executable, "-m", "backend.cli", "try-deliveries-again"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    Dispatcher(NO_REDIS, SUBSCRIPTIONS, ()).turn()

    assert done.stdout == "1 deliveries are tried again by the dispatcher.\n"
    assert _names(session, old_job) == ["Renamed Tech"]
    assert "\ndeliveries_given_up 0.0" in client.get("/metrics").text


def test_three_relays_at_once_publish_each_event_once(session, app):
    with transaction() as first:
        for _ in range(200):
            outbox.record(first, EventType.USER_CHANGED, new_id(), at=utc_now())
    names = {EventType.USER_CHANGED: ["a.task"]}

    def relay() -> None:
        for _ in range(5):
            with transaction() as mine:
                outbox.relay(mine, names, utc_now())

    threads = [threading.Thread(target=relay) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 200
    assert session.scalar(sa.select(sa.func.count()).where(OutboxEvent.published_at.is_(None))) == 0


_RUNS: list[str] = []


def periodic() -> None:
    """Count a run."""
    _RUNS.append("run")


def test_two_dispatchers_start_each_period_once(session, app):
    _RUNS.clear()
    schedule = ((timedelta(days=1), periodic),)
    dispatchers = [Dispatcher(NO_REDIS, {}, schedule) for _ in range(2)]

    threads = [threading.Thread(target=dispatcher.turn) for dispatcher in dispatchers for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for dispatcher in dispatchers:
        dispatcher.finish_periods()

    assert _RUNS == ["run"]
    assert session.scalar(sa.select(sa.func.count()).select_from(ScheduleLease)) == 1


_MAY_END = threading.Event()


def hanging() -> None:
    """Run until the test says so, as when a provider does not answer."""
    assert _MAY_END.wait(20)
    _RUNS.append("ended")


def sweep() -> None:
    """Count a sweep."""
    _RUNS.append("swept")


def test_a_period_that_hangs_holds_up_no_sweep(app):
    _RUNS.clear()
    _MAY_END.clear()
    dispatcher = Dispatcher(NO_REDIS, {}, ((timedelta(days=1), hanging),), (sweep,))

    dispatcher.turn()
    dispatcher.turn()
    assert _RUNS == ["swept", "swept"]

    _MAY_END.set()
    dispatcher.finish_periods()
    assert _RUNS == ["swept", "swept", "ended"]


def test_what_is_done_is_forgotten_after_a_week_and_what_is_not_is_kept(session, app):
    old = utc_now() - timedelta(days=8)
    done, undone = new_id(), new_id()
    for key in (done, undone):
        session.add(
            OutboxEvent(id=key, event="user.changed", subject_id=key, payload={}, created_at=old, published_at=old)
        )
    session.flush()
    for key, at in ((done, old), (undone, None)):
        session.add(Delivery(event_id=key, task="a.task", subject_id=key, next_attempt_at=old, done_at=at))
    session.commit()

    outbox_tasks.purge_published()

    assert session.scalars(sa.select(OutboxEvent.id)).all() == [undone]


def test_delivering_twice_runs_once(session, renamed_tech):
    _tech, _open_job, old_job = renamed_tech
    Dispatcher(NO_REDIS, SUBSCRIPTIONS, ()).turn()
    event_id = session.scalars(sa.select(OutboxEvent.id)).one()
    session.execute(sa.update(Appointment).where(Appointment.id == old_job.id).values(tech_name="touched"))
    session.commit()

    outbox_tasks.deliver(str(event_id), task_name(SUBSCRIPTIONS[EventType.USER_CHANGED][0]))

    assert _names(session, old_job) == ["touched"]
