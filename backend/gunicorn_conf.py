"""How gunicorn serves the product: `gunicorn -c backend/gunicorn_conf.py 'backend.app:create_app()'`.

Threads wait most of the time: each open event stream holds one, and ordinary requests share the rest. So the thread
count is the cap on streams plus the number of requests that may run at once, and a full house of streams never
stops the board from answering.
"""

import contextlib
import ctypes
import gc
import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Any

# Requests that one process answers at the same time, next to its streams.
REQUEST_THREADS = 32
DEFAULT_STREAM_CAP = 200
# The C library gives threads up to eight heaps for each processor and returns little of what lies between their pieces: with
# so many threads a process stood at twice what it held, and went on growing. Python takes turns anyway.
HEAPS = 2
_M_ARENA_MAX = -8
# New objects that outlive their function before garbage is looked for; a board of 200 cards makes about a thousand.
COLLECT_AFTER = 20_000

with contextlib.suppress(AttributeError):  # another C library than glibc has no such setting
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, HEAPS)

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8080')}"
# Loaded once and then forked: the second process costs neither time nor most of the memory.
preload_app = True
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("KEYTAG_STREAM_CAP") or DEFAULT_STREAM_CAP) + REQUEST_THREADS
# Idle kept-alive connections beyond the threads cost one file descriptor each.
worker_connections = threads + 1000
backlog = 1024

# A process whose main loop says nothing for this long is replaced; requests have limits of their own.
timeout = 30
# How long a request may take to finish after we were asked to stop; streams end at once.
graceful_timeout = 20
# Longer than the 60 s of common load balancers, so that they, not we, close idle connections.
keepalive = 75

limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat, nothing secret
# Nobody steers a running server through a socket.
control_socket_disable = True
proc_name = "keytag-web"
errorlog = "-"
# The product logs each request itself, with its id; a second line would say less.
accesslog = None
loglevel = "warning"

# The processes share their figures through files in this folder. It must be known, and empty of the figures of
# processes that are gone, before the library is first used; a reload (SIGHUP) reads this file again and keeps them.
_OWN_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if _OWN_METRICS_FOLDER:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="keytag-metrics-")
_METRICS_FOLDER = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
if os.environ.get("KEYTAG_METRICS_READY") != str(os.getpid()):
    os.environ["KEYTAG_METRICS_READY"] = str(os.getpid())
    _METRICS_FOLDER.mkdir(parents=True, exist_ok=True)
    for _file in _METRICS_FOLDER.glob("*.db"):
        _file.unlink(missing_ok=True)

# After the folder is known.
from prometheus_client import multiprocess  # noqa: E402

from backend.core import db, live  # noqa: E402


def post_fork(_server: Any, _worker: Any) -> None:
    """Let no two processes share a database connection, should the application have opened one."""
    engine = db.SessionFactory.kw.get("bind")
    if engine is not None:
        engine.dispose(close=False)


def post_worker_init(_worker: Any) -> None:
    """Settle the collector of garbage, and end the event streams as soon as a worker is asked to stop.

    What the application is made of stays: looking through it again and again for garbage was a sixth of what
    a board costs. Streams would otherwise be waited for one by one.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 50)
    stop = signal.getsignal(signal.SIGTERM)

    def end_streams_and_stop(number: int, frame: FrameType | None) -> None:
        # In a thread: a signal handler must not wait for a lock that the interrupted code may hold.
        threading.Thread(target=live.shut_down, name="end-streams", daemon=True).start()
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, end_streams_and_stop)
    # Let a running system call go on, as gunicorn does for its own handler.
    signal.siginterrupt(signal.SIGTERM, False)


def worker_int(_worker: Any) -> None:
    """End the event streams on a quick stop."""
    live.shut_down()


def worker_abort(_worker: Any) -> None:
    """End the event streams of a worker that is replaced because it hangs."""
    live.shut_down()


def child_exit(_server: Any, worker: Any) -> None:
    """Take a gone worker's gauges out of the sums."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library has no types here


def on_exit(_server: Any) -> None:
    """Remove the figures' folder if it was ours."""
    if _OWN_METRICS_FOLDER:
        shutil.rmtree(_METRICS_FOLDER, ignore_errors=True)
