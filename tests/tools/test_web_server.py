"""gunicorn as `backend/gunicorn_conf.py` sets it up: streams end when it stops, figures are those of all processes."""

import re
import subprocess
import time
import urllib.request
from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.conftest import Client, LiveServer
from tests.factories.shop import make_location
from tools.paths import ROOT, VENV_PYTHON

# As many threads as streams, each of which asks the C library itself for memory; then the library's own account of its heaps.
HEAPS_OF_THREADS = """
import ctypes, threading
import backend.gunicorn_conf
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
meet = threading.Barrier(24)
def hold():
    pieces = [libc.malloc(64_000) for _ in range(8)]
    meet.wait(20)
threads = [threading.Thread(target=hold) for _ in range(24)]
for thread in threads: thread.start()
for thread in threads: thread.join()
out = ctypes.c_void_p.in_dll(libc, "stdout")
libc.malloc_info(0, out)
libc.fflush(out)
"""


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def test_a_stopping_server_ends_its_streams_instead_of_waiting_for_them(
    start_server: Callable[..., LiveServer], session: Session, as_role: Callable[..., Client]
) -> None:
    server = start_server(grace=25)
    make_location(session)
    request = urllib.request.Request(
        f"{server.url}/api/events", headers={"Authorization": f"Bearer {as_role('Advisor').token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as stream:
        while stream.readline() != b"event: hello\n":
            pass
        started = time.monotonic()
        server.child.stop(25)
        assert time.monotonic() - started < 15
        # It ended as a stream should, with its last bytes, not torn off.
        assert stream.read().endswith(b"\n\n")
    assert server.child.exit_status == 0


def test_the_figures_are_those_of_every_process_of_this_run(start_server: Callable[..., LiveServer]) -> None:
    server = start_server(WEB_CONCURRENCY="3")
    for _ in range(30):
        _get(f"{server.url}/version")
    counted = re.search(
        r'http_server_request_duration_seconds_count\{[^}]*route="/version"[^}]*\} (\S+)', _get(f"{server.url}/metrics")
    )
    assert counted is not None
    assert float(counted[1]) == 30


def test_threads_share_two_heaps() -> None:
    told = subprocess.run(
        [VENV_PYTHON, "-c", HEAPS_OF_THREADS], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert 1 <= told.count("<heap nr=") <= 2
