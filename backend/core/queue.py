"""RQ behind one door: queues, tasks, and a kick that never slows a request.

PostgreSQL is the truth (outbox and schedule rows); RQ only makes the normal case quick.
Arguments of a task are ids; the JSON serializer is set because RQ's default is pickle.
"""

import logging
import time
from collections.abc import Callable
from enum import StrEnum

import redis
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer

from backend.core.live import connect

log = logging.getLogger(__name__)

KICK_TIMEOUT_SECONDS = 0.2
BREAKER_SECONDS = 30.0
JOB_TIMEOUT_SECONDS = 30
MOST_WAITING = 1000
# For so long a length is believed: every kick brings it anew.
LENGTH_SECONDS = 1.0
FAILURE_SECONDS = 7 * 24 * 3600
KEEPS_ALL = "noeviction"


class Queue(StrEnum):
    """Every queue a worker listens to, in the order in which it empties them."""

    # Of which nobody knows whether it was done: it is looked for before anything else.
    LOST = "lost"
    # What was kicked before, and is late: it does not stand at the end of the line again.
    LATE = "late"
    DEFAULT = "default"


Task = Callable[..., None]


def task_name(task: Task) -> str:
    """Return the import path RQ calls, `backend.accounts.tasks.purge_expired`."""
    return f"{task.__module__}.{task.__qualname__}"


class Kicker:
    """Enqueues with a time limit; after a failure it rests, the dispatcher's sweep does the work."""

    def __init__(self, url: str | None) -> None:
        """Connect lazily; with no URL `kick` says no and the caller runs the task itself."""
        self._client = connect(url, KICK_TIMEOUT_SECONDS) if url else None
        self._open_until = 0.0
        # How many waited, and when that was said.
        self._lengths: dict[Queue, tuple[int, float]] = {}

    @property
    def is_connected(self) -> bool:
        """True where there is a Redis to enqueue in, away or not."""
        return self._client is not None

    def waiting(self, queue: Queue) -> list[str]:
        """List the `job_id` of what waits; nothing does where Redis is away or resting."""
        if self._client is None or time.monotonic() < self._open_until:
            return []
        try:
            return list(_queue(queue, self._client).job_ids)
        except redis.RedisError:
            return []

    def length(self, queue: Queue) -> int:
        """Count what waits; nothing does where Redis is away or resting."""
        if self._client is None or time.monotonic() < self._open_until:
            return 0
        try:
            return int(_queue(queue, self._client).count)
        except redis.RedisError:
            return 0

    def kick(
        self, task: Task | str, *ids: str, job_id: str, into: Queue = Queue.DEFAULT, ttl: int | None = None
    ) -> bool:
        """Enqueue `task(*ids)`, a function or its import path; False when Redis is away or resting.

        In one round trip: who is answered waits for it. What no worker has begun within `ttl` seconds is forgotten, for a task
        that a sweep kicks again; and where MOST_WAITING wait already it is not put behind them, as the workers are away or far
        behind.
        """
        if self._client is None or time.monotonic() < self._open_until:
            return False
        try:
            if ttl is not None and self._known_length(into, self._client) >= MOST_WAITING:
                return False
            queue = _queue(into, self._client)
            job = queue.create_job(
                task if isinstance(task, str) else task_name(task),
                ids,
                job_id=job_id,
                timeout=JOB_TIMEOUT_SECONDS,
                failure_ttl=FAILURE_SECONDS,
                ttl=ttl,
            )
            # RQ's own `enqueue` adds what dependents and dashboards read, in three round trips.
            with self._client.pipeline(transaction=False) as pipeline:
                job.save(pipeline=pipeline, include_meta=False)
                if ttl is not None:
                    pipeline.expire(job.key, ttl)
                queue.push_job_id(job.id, pipeline=pipeline)
                # A push says how many wait now.
                self._lengths[into] = (int(pipeline.execute()[-1]), time.monotonic())
        except redis.RedisError as error:
            self._open_until = time.monotonic() + BREAKER_SECONDS
            log.warning("queue_kick_failed", extra={"error": type(error).__name__})
            return False
        return True

    def _known_length(self, queue: Queue, client: redis.Redis) -> int:
        length, said_at = self._lengths.get(queue, (0, 0.0))
        if time.monotonic() - said_at >= LENGTH_SECONDS:
            length = int(_queue(queue, client).count)
            self._lengths[queue] = (length, time.monotonic())
        return length


def eviction_of(url: str) -> str | None:
    """Return by which policy a Redis drops what waits when its memory is full; None for one that does not, or is away.

    The connection is closed again: who forks afterwards shares none.
    """
    client = connect(url, KICK_TIMEOUT_SECONDS)
    try:
        # Managed ones refuse CONFIG.
        policy = str(client.info("memory").get("maxmemory_policy", KEEPS_ALL))
    except redis.RedisError:
        return None
    finally:
        client.close()
    return None if policy == KEEPS_ALL else policy


def _queue(name: Queue, client: redis.Redis) -> RqQueue:
    return RqQueue(name, connection=client, serializer=JSONSerializer)


# --- the process's own ------------------------------------------------------------------------

_kicker = Kicker(None)


def configure(url: str | None) -> None:
    """Set up this process's kicker; called once where it starts."""
    global _kicker  # noqa: PLW0603  one per process, like the engine
    _kicker = Kicker(url)


def kicker(task: str, *ids: str, job_id: str, ttl: int | None = None) -> Callable[[], object]:
    """Return a callback for `after_commit` that enqueues a task by its import path; losing it is healed by a sweep."""
    return lambda: _kicker.kick(task, *ids, job_id=job_id, ttl=ttl)


def kick(task: str, *ids: str, job_id: str, into: Queue = Queue.DEFAULT, ttl: int | None = None) -> bool:
    """Enqueue a task by its import path through the process's kicker; False when the caller must run it."""
    return _kicker.kick(task, *ids, job_id=job_id, into=into, ttl=ttl)


def length(queue: Queue) -> int:
    """Count what waits in a queue."""
    return _kicker.length(queue)


def waiting(queue: Queue) -> list[str]:
    """List the `job_id` of what waits in a queue."""
    return _kicker.waiting(queue)


def is_connected() -> bool:
    """Tell whether this process has a queue at all, away or not."""
    return _kicker.is_connected
