"""How soon a change reaches the open screens, with some hundred of them on one server."""

import contextlib
import selectors
import socket
import time
from dataclasses import dataclass

from bench.env import Account
from bench.requests import Requests
from bench.traffic import ask, get
from tools.console import Failure

# Screens of one person; the server admits 20 in each of its processes.
EACH = 15
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
    """Open event streams as many people have them, move a card again and again, and time each arrival."""
    seconds: list[float] = []
    people = [
        requests.server.sign_in(Account(f"tech{number}@bench.test")).headers() for number in range(-(-streams // EACH))
    ]
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as selector:
        for number in range(streams):
            connection = stack.enter_context(
                socket.create_connection(("127.0.0.1", requests.port), timeout=OPEN_SECONDS)
            )
            connection.sendall(get("/api/events", people[number // EACH]))
            selector.register(connection, selectors.EVENT_READ)
        # A process at its cap refuses, and the screen polls instead; the connections are not spread evenly.
        opened = len(_wait(selector, streams, b"event: hello", OPEN_SECONDS))
        if opened < streams * 0.8:
            raise Failure(f"only {opened} of {streams} event streams opened")
        for turn in range(changes):
            status = ("READY", "IN_PROGRESS")[turn % 2]
            started = time.perf_counter()
            answer = ask(requests.port, requests.move(requests.movable[0], status, {"position": 1}))
            if answer.status != 200:
                raise Failure(f"the move was refused: {answer.body[:300]!r}")
            seconds.extend(at - started for at in _wait(selector, opened, b"event: appointment", ARRIVE_SECONDS))
            time.sleep(0.1)
    ordered = sorted(seconds)
    if not ordered:
        raise Failure("no event reached any stream")
    return Fanout(
        opened,
        len(ordered) / (opened * changes),
        ordered[len(ordered) // 2] * 1000,
        ordered[int(len(ordered) * 0.95)] * 1000,
    )


def _wait(selector: selectors.BaseSelector, count: int, wanted: bytes, within: float) -> list[float]:
    """Return when each stream said `wanted` for the first time, as far as that was in time; forget those that are refused."""
    arrived: dict[int, float] = {}
    buffers: dict[int, bytes] = {}
    refused = 0
    deadline = time.perf_counter() + within
    while len(arrived) + refused < count and time.perf_counter() < deadline:
        for key, _events in selector.select(0.2):
            part = key.fileobj.recv(65_536)  # type: ignore[union-attr]
            now = time.perf_counter()
            # The end of the last part: the words may come in two.
            text = buffers.get(key.fd, b"")[-64:] + part
            buffers[key.fd] = text
            if not part or text.startswith(b"HTTP/1.1 503"):
                refused += 1
                selector.unregister(key.fileobj)
            elif wanted in text:
                arrived.setdefault(key.fd, now)
    return list(arrived.values())
