"""Kicks: what nobody takes is forgotten, and doesn't pile up."""

from datetime import timedelta

import pytest
import redis
from rq import Queue as RqQueue
from rq.job import Job
from rq.serializers import JSONSerializer

from backend.core import queue
from backend.core.queue import Kicker, Queue

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
