"""The loop that makes what must happen happen: `python -m backend.dispatcher`.

Each turn publishes the outbox, enqueues what is due or was left behind by a dead worker, sweeps,
and starts the schedule's periods. Several may run at once. Without Redis it runs the tasks itself.
"""

import logging
import signal
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from types import FrameType

from backend import wiring
from backend.core import db, live, log, queue
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.errors import UnavailableError
from backend.core.events import EventType
from backend.core.queue import Kicker, Task, task_name
from backend.notices import tasks as notices
from backend.outbox import commands as outbox
from backend.outbox import tasks as outbox_tasks
from backend.payments import tasks as payments
from backend.photos import tasks as photos
from backend.sender import tasks as sender
from backend.settings import load_settings
from backend.webhooks import tasks as webhooks

logger = logging.getLogger(__name__)

TURN_SECONDS = 2.0
# Between turns at least, however many texts are due one after the other.
SHORTEST_REST_SECONDS = 0.25
# One for the loop or its four sending threads, one for the thread of the periods.
POOL_SIZE = 5


class Dispatcher:
    """One loop over the outbox, the due deliveries and the schedule."""

    def __init__(
        self,
        kicker: Kicker,
        subscriptions: Mapping[EventType, Sequence[Task]],
        schedule: Sequence[tuple[timedelta, Task]],
        sweeps: Sequence[Task] = (),
    ) -> None:
        """Take the tables of `wiring`, or a test's own."""
        self._kicker = kicker
        self._names = {event: [task_name(task) for task in tasks] for event, tasks in subscriptions.items()}
        self._schedule = schedule
        self._sweeps = sweeps
        # What a period starts may ask a provider that hangs; what is due every two seconds does not wait for it.
        self._aside = ThreadPoolExecutor(1, "periods")
        self._begun: list[Future[None]] = []

    def turn(self) -> int:
        """Do everything that is due once; return how many deliveries and periods were started."""
        now = utc_now()
        with transaction() as session:
            outbox.relay(session, self._names, now)
        with transaction() as session:
            due = outbox.lease_due(session, now)
        for event_id, task in due:
            self._run(
                outbox_tasks.deliver, str(event_id), task, job_id=f"{event_id}-{task.rsplit('.', 1)[-1]}-{now:%H%M%S}"
            )
        for sweep in self._sweeps:
            self._do(sweep)
        return len(due) + self._start_periods(now)

    def _start_periods(self, now: datetime) -> int:
        started = 0
        for every, task in self._schedule:
            period = datetime.fromtimestamp(now.timestamp() // every.total_seconds() * every.total_seconds(), UTC)
            with transaction() as session:
                taken = outbox.take_period(session, task_name(task), period, now)
            if taken:
                # By its whole path: two domains may call what they do each hour by one name.
                name = task_name(task).replace(".", "-")
                if not self._kicker.kick(task, job_id=f"{name}-{period:%Y%m%d%H%M%S}"):
                    self._begun.append(self._aside.submit(self._do, task))
                started += 1
        self._begun = [run for run in self._begun if not run.done()]
        return started

    def finish_periods(self) -> None:
        """Wait until what was started aside has ended."""
        wait(self._begun)

    def _run(self, task: Task, *ids: str, job_id: str) -> None:
        if not self._kicker.kick(task, *ids, job_id=job_id):
            self._do(task, *ids)

    @staticmethod
    def _do(task: Task, *ids: str) -> None:
        try:
            task(*ids)
        except Exception:  # one broken task must not stop the loop for the others
            logger.exception("task_failed", extra={"task": task_name(task)})


def main() -> None:
    """Turn every two seconds, and when a text is due, until told to stop."""
    settings = load_settings()
    log.configure(settings.log_level)
    db.bind(db.create_engine(settings.database_url, pool_size=POOL_SIZE, application_name="keytag-dispatcher"))
    live.configure(settings.redis_url, 0)
    queue.configure(settings.redis_url)
    sender.configure(settings)
    notices.configure(settings)
    payments.configure(settings)
    photos.configure(settings)
    webhooks.configure(settings)
    dispatcher = Dispatcher(Kicker(settings.redis_url), wiring.SUBSCRIPTIONS, wiring.SCHEDULE, wiring.SWEEPS)
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while not stop.is_set():
        pause = TURN_SECONDS
        try:
            dispatcher.turn()
            pause = rest()
        except UnavailableError as error:
            logger.warning("dispatcher_waits_for_database", extra={"error": error.message})
        except Exception:  # the loop outlives any one turn
            logger.exception("dispatcher_turn_failed")
        stop.wait(pause)


def rest() -> float:
    """Return for how many seconds there is nothing to do: until a text that waits is due, at most two."""
    due = sender.next_due()
    left = TURN_SECONDS if due is None else (due - utc_now()).total_seconds()
    return min(max(left, SHORTEST_REST_SECONDS), TURN_SECONDS)


if __name__ == "__main__":
    main()
