"""The task worker: `python -m backend.worker`.

RQ's SimpleWorker runs tasks in this process: a fork per task costs a second of latency under
load. A crash is healed by the supervisor's restart and by the leases of the rows.
"""

import logging
import signal
import sys
import time
from types import FrameType

import redis
from rq import Queue as RqQueue
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from backend.core import db, live, log
from backend.core.queue import Queue
from backend.settings import load_settings

logger = logging.getLogger(__name__)

RECONNECT_SECONDS = 2.0
POOL_SIZE = 4
WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 10


def main() -> None:
    """Work until told to stop; without Redis wait for it, the dispatcher does the work meanwhile."""
    settings = load_settings()
    log.configure(settings.log_level)
    if settings.redis_url is None:
        sys.exit("REDIS_URL is not set: the dispatcher runs tasks by itself, no worker is needed.")
    db.bind(db.create_engine(settings.database_url, pool_size=POOL_SIZE, application_name="keytag-worker"))
    live.configure(settings.redis_url, 0)
    signal.signal(signal.SIGTERM, _exit)
    while True:
        try:
            connection = redis.Redis.from_url(settings.redis_url)
            queues = [RqQueue(queue, connection=connection, serializer=JSONSerializer) for queue in Queue]
            worker = SimpleWorker(
                queues,
                connection=connection,
                serializer=JSONSerializer,
                worker_ttl=WORKER_TTL_SECONDS,
                maintenance_interval=MAINTENANCE_SECONDS,
            )
            worker.work(logging_level="WARNING")
        except (redis.RedisError, OSError) as error:
            logger.warning("worker_waits_for_redis", extra={"error": type(error).__name__})
            time.sleep(RECONNECT_SECONDS)
        else:
            return


def _exit(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
