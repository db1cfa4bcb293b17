"""Kicks: what nobody takes is forgotten, and doesn't pile up."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import redis
from rq import Queue as RqQueue
from rq.job import Job
from rq.serializers import JSONSerializer

from backend.core import queue
from backend.core.queue import Kicker, Queue
from backend.worker import TaskWorker
from tools.paths import ROOT

TASK = "backend.sender.tasks.send"


@pytest.fixture
def connection(redis_url):
    """Return a Redis in which nothing waits."""
    client = redis.Redis.from_url(redis_url)
    RqQueue(Queue.DEFAULT, connection=client, serializer=JSONSerializer).empty()
    yield client
    RqQueue(Queue.DEFAULT, connection=client, serializer=JSONSerializer).empty()


def test_a_kick_that_no_worker_takes_is_forgotten(connection, redis_url):
    assert Kicker(redis_url).kick(TASK, "1", job_id="send-1", ttl=15)
    assert Kicker(redis_url).kick(TASK, "2", job_id="send-2")

    left = [connection.ttl(Job.key_for(name)) for name in ("send-1", "send-2")]
    assert 0 < left[0] <= timedelta(seconds=15).total_seconds()
    assert left[1] == -1


def test_what_would_wait_behind_many_is_not_kicked(connection, redis_url, monkeypatch):
    monkeypatch.setattr(queue, "MOST_WAITING", 2)
    kicker = Kicker(redis_url)

    kicked = [kicker.kick(TASK, str(number), job_id=f"send-{number}", ttl=15) for number in range(4)]

    assert kicked == [True, True, False, False]
    assert connection.llen(f"rq:queue:{Queue.DEFAULT}") == 2
    assert kicker.kick(TASK, "5", job_id="purge")


def test_no_worker_starts_where_what_waits_may_be_dropped(connection, redis_url, environment):
    assert queue.eviction_of(redis_url) is None
    assert queue.eviction_of("redis://127.0.0.1:1/0") is None, "away: it works without"
    connection.config_set("maxmemory-policy", "volatile-lru")
    try:
        assert queue.eviction_of(redis_url) == "volatile-lru"
        ended = subprocess.run(
            [sys.executable, "-m", "backend.worker"],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        connection.config_set("maxmemory-policy", "noeviction")
    assert ended.returncode == 1
    assert "maxmemory-policy" in ended.stderr


# --- the worker ---------------------------------------------------------------------------------


def _work(connection) -> None:
    queues = [RqQueue(name, connection=connection, serializer=JSONSerializer) for name in Queue]
    TaskWorker(queues, connection=connection, serializer=JSONSerializer).work(burst=True, logging_level="CRITICAL")


def test_a_task_that_is_done_leaves_nothing_in_redis_and_costs_a_few_commands(connection, redis_url):
    kicker = Kicker(redis_url)
    for number in range(200):
        assert kicker.kick("time.time", job_id=f"done-{number}")
    before = connection.info("stats")["total_commands_processed"]

    _work(connection)

    per_task = (connection.info("stats")["total_commands_processed"] - before) / 200
    assert list(connection.scan_iter("rq:*done-*")) == []
    # Taken from one of two queues, read, deleted; and what a worker says when it comes and goes.
    assert per_task < 6


def test_a_task_that_fails_is_kept_with_its_error(connection, redis_url):
    Kicker(redis_url).kick("tests.outbox.test_dispatcher.boom", "1", job_id="fails", ttl=15)

    _work(connection)

    queue_of_it = RqQueue(Queue.DEFAULT, connection=connection, serializer=JSONSerializer)
    assert queue_of_it.failed_job_registry.get_job_ids() == ["fails"]
    failed = Job.fetch("fails", connection=connection, serializer=JSONSerializer)
    assert list(failed.args) == ["1"]
    assert "on purpose" in failed.latest_result().exc_string


def test_what_is_kicked_twice_is_done(connection, redis_url):
    for _ in range(2):
        assert Kicker(redis_url).kick("time.time", job_id="twice", ttl=15)

    _work(connection)

    assert connection.llen(f"rq:queue:{Queue.DEFAULT}") == 0
