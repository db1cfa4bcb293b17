"""gunicorn as `backend/gunicorn_conf.py` sets it up: streams end when it stops, figures are those of all processes."""

import re
import time
import urllib.request
from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.conftest import Client, LiveServer
from tests.factories.shop import make_location


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
