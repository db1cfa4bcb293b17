"""How soon a change reaches the open screens, with some hundred of them on one server."""

import contextlib
import selectors
import socket
import time
from dataclasses import dataclass

from bench.requests import Requests
from bench.traffic import ask, get
from tools.console import Failure

OPEN_SECONDS = 20.0
ARRIVE_SECONDS = 5.0


@dataclass(frozen=True)
class Fanout:
    """What the screens saw: how many are open, the share of events that came, ms from the request's start."""

    streams: int
    delivered: float
    p50_ms: float
    p95_ms: float


def fan_out(requests: Requests, streams: int, changes: int) -> Fanout:
    """Open event streams, move a card again and again, and time each arrival."""
    seconds: list[float] = []
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(streams):
            connection = stack.enter_context(
                socket.create_connection(("127.0.0.1", requests.port), timeout=OPEN_SECONDS)
            )
            connection.sendall(get("/api/events", requests.headers))
            selector.register(connection, selectors.EVENT_READ)
        _wait(selector, streams, b"event: hello", OPEN_SECONDS)
        for turn in range(changes):
            status = ("READY", "IN_PROGRESS")[turn % 2]
            started = time.perf_counter()
            ask(requests.port, requests.move(requests.movable[0], status, {"position": 1}))
            seconds.extend(at - started for at in _wait(selector, streams, b"event: appointment", ARRIVE_SECONDS))
            time.sleep(0.1)
    ordered = sorted(seconds)
    if not ordered:
        raise Failure("no event reached any stream")
    return Fanout(
        streams,
        len(ordered) / (streams * changes),
        ordered[len(ordered) // 2] * 1000,
        ordered[int(len(ordered) * 0.95)] * 1000,
    )


def _wait(selector: selectors.BaseSelector, count: int, wanted: bytes, within: float) -> list[float]:
    """Return when each stream said `wanted` for the first time, as far as that was in time."""
    arrived: dict[int, float] = {}
    buffers: dict[int, bytes] = {}
    deadline = time.perf_counter() + within
    while len(arrived) < count and time.perf_counter() < deadline:
        for key, _events in selector.select(0.2):
            part = key.fileobj.recv(65_536)  # type: ignore[union-attr]
            now = time.perf_counter()
            if not part:
                raise Failure("the server closed an event stream")
            # The end of the last part: the words may come in two.
            text = buffers.get(key.fd, b"")[-64:] + part
            buffers[key.fd] = text
            if wanted in text and key.fd not in arrived:
                arrived[key.fd] = now
    return list(arrived.values())
