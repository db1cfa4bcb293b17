"""The task workers: `python -m backend.worker`.

One parent loads everything and forks KEYTAG_WORKERS workers; one that dies, at whatever instruction, is replaced within
a moment by another that first lets go of the texts it held; the leases of the rows heal the rest. Each runs tasks in its own process: a fork per task costs a second
of latency under load. The parent itself opens no connection that a child could share.
"""

import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from uuid import UUID

import redis
from rq import Queue as RqQueue
from rq import SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import JobTimeoutException
from rq.worker import WorkerStatus
from sqlalchemy.orm import configure_mappers

from backend import wiring
from backend.core import db, live, log, queue
from backend.core.ids import new_id
from backend.core.queue import Queue
from backend.notices import tasks as notices
from backend.payments import tasks as payments
from backend.photos import tasks as photos
from backend.sender import tasks as sender
from backend.sender.rules import LEASE
from backend.settings import Settings, load_settings
from backend.webhooks import tasks as webhooks

logger = logging.getLogger(__name__)

RECONNECT_SECONDS = 2.0
POOL_SIZE = 2
WORKER_TTL_SECONDS = 30
# A worker's entry in Redis lives for 90 s.
HEARTBEAT_SECONDS = 10.0
# A worker that dies sooner than this after its start is not replaced before it is over: it would die again.
SHORTEST_LIFE_SECONDS = 1.0
# How long those who are told to stop may finish their task: longer than a call to a provider may take.
GRACE_SECONDS = 35.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Keep workers alive until told to stop; without Redis they wait for it, the dispatcher does the work meanwhile."""
    settings = load_settings()
    log.configure(settings.log_level)
    if settings.redis_url is None:
        sys.exit("REDIS_URL is not set: the dispatcher runs tasks by itself, no worker is needed.")
    policy = queue.eviction_of(settings.redis_url)
    if policy is not None:
        sys.exit(
            f"The Redis of REDIS_URL drops what waits when it is full ({policy}): set its maxmemory-policy to noeviction."
        )
    # Before the forks, so that it is loaded once.
    sender.configure(settings)
    notices.configure(settings)
    payments.configure(settings)
    photos.configure(settings)
    webhooks.configure(settings)
    assert wiring.BLUEPRINTS, "imported for what it registers"
    configure_mappers()
    Pool(settings).run()


@dataclass(frozen=True, slots=True)
class _Life:
    """A worker's: under which name it claims, and since or until when it lived, by the monotonic clock."""

    holder: UUID
    at: float


class Pool:
    """The workers of one parent."""

    def __init__(self, settings: Settings) -> None:
        """Start nothing yet."""
        self._settings = settings
        # By process id, since when they live.
        self._children: dict[int, _Life] = {}
        # Those who died, until nothing can be theirs any more: a replacement may die before it has let go of it.
        self._dead: list[_Life] = []

    def run(self) -> None:
        """Fork workers and replace those that end, until told to stop."""
        for number in STOP_SIGNALS:
            signal.signal(number, _stop)
        # What is loaded now is never garbage, and stays shared with the children.
        gc.freeze()
        with contextlib.suppress(_StopError):
            for _ in range(max(1, self._settings.workers)):
                self._fork()
            while True:
                self._replace_one()
        self._stop_all()

    def _replace_one(self) -> None:
        """Wait until a child ends, and fork another in its place."""
        process, status = os.waitpid(-1, 0)
        now = time.monotonic()
        child = self._children.pop(process, None)
        if child is None:  # an orphan that the kernel gave us
            return
        self._dead = [one for one in self._dead if now - one.at < LEASE.total_seconds()]
        self._dead.append(_Life(child.holder, now))
        lived = now - child.at
        logger.warning("worker_replaced", extra={"pid": process, "status": status, "lived_s": round(lived, 1)})
        if lived < SHORTEST_LIFE_SECONDS and os.WIFEXITED(status):
            time.sleep(SHORTEST_LIFE_SECONDS)
        self._fork()

    def _fork(self) -> None:
        # A word to stop that comes in between is heard once the child knows it for its own.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        parent, holder = os.getpid(), new_id()
        child = os.fork()
        if child == 0:
            for number in STOP_SIGNALS:
                signal.signal(number, _exit)
            _end_with(parent)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            status = 1
            try:
                sender.work_as(holder)
                _work(self._settings, [one.holder for one in self._dead])
                status = 0
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 1
            except BaseException:  # nothing of the parent's may run in the child after this
                logger.exception("worker_failed")
            finally:
                os._exit(status)
        self._children[child] = _Life(holder, time.monotonic())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _stop_all(self) -> None:
        """Ask the children to end, and end by force who has not done so in time."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for child in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while self._children and time.monotonic() < deadline:
            for child in list(self._children):
                with contextlib.suppress(ChildProcessError):
                    if os.waitpid(child, os.WNOHANG)[0] == 0:
                        continue
                del self._children[child]
            time.sleep(0.02)
        for child in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


class TaskWorker(SimpleWorker):
    """RQ's worker, less what it writes to Redis about each task: what was begun, done or lost is in the rows.

    That took longer than a short task does, most of it before the task began. A task is taken out of Redis before it runs; one that
    fails is put back as failed, with its error, for a week. Workers can't be suspended: they are stopped.
    """

    _told_at = 0.0

    def heartbeat(self, timeout: int | None = None, pipeline: redis.client.Pipeline | None = None) -> None:
        """Tell that this worker lives, now and then."""
        if time.monotonic() - self._told_at >= HEARTBEAT_SECONDS:
            self._told_at = time.monotonic()
            super().heartbeat(timeout, pipeline)

    def set_state(self, state: str, pipeline: redis.client.Pipeline | None = None) -> None:  # noqa: ARG002  RQ's
        """Keep what this worker does; a word to stop waits for a task."""
        self._state = state

    def check_for_suspension(self, burst: bool) -> None:
        """Ask nobody."""

    def subscribe(self) -> None:
        """Listen to nobody: words to a worker are signals."""

    def procline(self, message: str) -> None:
        """Keep the process's name."""

    def execute_job(self, job: Job, queue: RqQueue) -> None:
        """Run a task; what it raises is logged, and kept in Redis."""
        self.set_state(WorkerStatus.BUSY)
        self.connection.delete(job.key)
        try:
            with self.death_penalty_class(job.timeout, JobTimeoutException, job_id=job.id):
                job.func(*job.args, **job.kwargs)
        except Exception:  # noqa: BLE001  told by RQ's own handler
            self.handle_exception(job, *sys.exc_info())
            job.save()
            self.handle_job_failure(job, queue, exc_string=traceback.format_exc())
        self.set_state(WorkerStatus.IDLE)


def _work(settings: Settings, dead: Sequence[UUID]) -> None:
    """Work in a child, in the place of those who died: connections are its own."""
    assert settings.redis_url is not None
    db.bind(db.create_engine(settings.database_url, pool_size=POOL_SIZE, application_name="keytag-worker"))
    # What it has to say of tasks whose worker died, the rows know better.
    logging.getLogger("rq.registry").setLevel(logging.ERROR)
    live.configure(settings.redis_url, 0)
    queue.configure(settings.redis_url)
    sender.open_connections()
    if dead:
        _let_go(dead)
    while True:
        try:
            connection = redis.Redis.from_url(settings.redis_url)
            queues = [RqQueue(name, connection=connection, serializer=JSONSerializer) for name in Queue]
            worker = TaskWorker(
                queues,
                connection=connection,
                serializer=JSONSerializer,
                worker_ttl=WORKER_TTL_SECONDS,
            )
            worker.work(logging_level="WARNING")
        except (redis.RedisError, OSError) as error:
            # RQ's own handlers would tell a worker that is no more.
            for number in STOP_SIGNALS:
                signal.signal(number, _exit)
            logger.warning("worker_waits_for_redis", extra={"error": type(error).__name__})
            time.sleep(RECONNECT_SECONDS)
        else:
            return


def _let_go(dead: Sequence[UUID]) -> None:
    try:
        sender.let_go(dead)
    except Exception:  # a worker works all the same: their leases end
        logger.exception("claims_not_let_go")


def _end_with(parent: int) -> None:
    """Have the kernel stop this child when its parent dies, however it dies; elsewhere than on Linux it lives on."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:  # it died before the wish was heard
            os._exit(1)


class _StopError(Exception):
    """The pool was told to stop."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # An exception, because a wait for a child is taken up again after a handler that returns.
    raise _StopError


def _exit(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
