"""Load from two processes of plain keep-alive sockets: cheap enough that the server, not the client, is what is measured.

Bounded in every way: a fixed number of connections, each with one request under way, for a fixed time or number of
requests, and to this machine's loopback only.
"""

import contextlib
import json
import multiprocessing
import random
import selectors
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Protocol, Self

PROCESSES = 2
ANSWER_SECONDS = 30.0
HTTP_UNAVAILABLE = 503
# How often somebody comes back who was told to.
TRIES = 20
# What browsers of this year send.
ACCEPT = "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"


def get(path: str, headers: str = "") -> bytes:
    """Return the bytes of a GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{ACCEPT}{headers}\r\n".encode()


def send(method: str, path: str, body: Any, headers: str = "") -> bytes:
    """Return the bytes of a request with a JSON body."""
    data = json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{ACCEPT}{headers}Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data


@dataclass(frozen=True)
class Answer:
    """One answer: its status, head and body as they came."""

    status: int
    head: bytes
    body: bytes


class Script(Protocol):
    """What the connections of one load process ask; lives in that process."""

    connections: int

    def next(self, connection: int, answer: Answer | None) -> bytes | None:
        """Return the next request of a connection, given the answer to its last one; None closes it."""


@dataclass
class Cycle:
    """Each connection repeats its list of requests."""

    requests: Sequence[Sequence[bytes]]
    _at: list[int] = field(default_factory=list)

    @property
    def connections(self) -> int:
        return len(self.requests)

    def next(self, connection: int, _answer: Answer | None) -> bytes | None:
        if not self._at:
            self._at = [0] * len(self.requests)
        own = self.requests[connection]
        request = own[self._at[connection] % len(own)]
        self._at[connection] += 1
        return request


@dataclass
class Once:
    """Each connection asks its list of requests one time."""

    requests: Sequence[Sequence[bytes]]
    _at: list[int] = field(default_factory=list)

    @property
    def connections(self) -> int:
        return len(self.requests)

    def next(self, connection: int, _answer: Answer | None) -> bytes | None:
        if not self._at:
            self._at = [0] * len(self.requests)
        own = self.requests[connection]
        if self._at[connection] >= len(own):
            return None
        self._at[connection] += 1
        return own[self._at[connection] - 1]


@dataclass
class Paced:
    """Each connection asks its list of requests one time, each `pause` seconds after the one before; without one at once."""

    requests: Sequence[Sequence[bytes]]
    pause: float | None
    _at: list[int] = field(default_factory=list)
    _due: list[float] = field(default_factory=list)

    @property
    def connections(self) -> int:
        return len(self.requests)

    def next(self, connection: int, _answer: Answer | None) -> bytes | None:
        if not self._at:
            now = time.perf_counter()
            self._at = [0] * len(self.requests)
            # Spread over one pause, so that they don't all ask at the same moment.
            self._due = [now + (self.pause or 0.0) * at / len(self.requests) for at in range(len(self.requests))]
        own = self.requests[connection]
        if self._at[connection] >= len(own):
            return None
        if self.pause is not None:
            time.sleep(max(0.0, self._due[connection] - time.perf_counter()))
            self._due[connection] += self.pause
        self._at[connection] += 1
        return own[self._at[connection] - 1]


@dataclass
class Persistent:
    """Each connection asks its list of requests one time, and again what it is told to come back for, as clients do."""

    requests: Sequence[Sequence[bytes]]
    _at: list[int] = field(default_factory=list)
    _tries: list[int] = field(default_factory=list)

    @property
    def connections(self) -> int:
        return len(self.requests)

    def next(self, connection: int, answer: Answer | None) -> bytes | None:
        if not self._at:
            self._at, self._tries = [0] * len(self.requests), [0] * len(self.requests)
        if answer is not None:
            comes_back = answer.status == HTTP_UNAVAILABLE and self._tries[connection] < TRIES
            self._tries[connection] = self._tries[connection] + 1 if comes_back else 0
            self._at[connection] += not comes_back
        own = self.requests[connection]
        return own[self._at[connection]] if self._at[connection] < len(own) else None


@dataclass
class Movers:
    """Each connection is a person who keeps dropping their own cards right behind the same card, naming the version they saw."""

    cards: list[list[tuple[str, int]]]  # by connection: id and version
    drops: int
    neighbour: str
    statuses: tuple[str, ...]
    headers: str
    applied: int = 0
    _made: list[int] = field(default_factory=list)

    @property
    def connections(self) -> int:
        return len(self.cards)

    def next(self, connection: int, answer: Answer | None) -> bytes | None:
        if not self._made:
            self._made = [0] * len(self.cards)
        own = self.cards[connection]
        if answer is not None and answer.status in (200, 409):
            said = json.loads(answer.body)
            card = said["card"]
            at = next(index for index, (identifier, _) in enumerate(own) if identifier == card["id"])
            self.applied += answer.status == 200 and card["version"] > own[at][1]
            own[at] = (card["id"], card["version"])
        made = self._made[connection]
        if made == self.drops:
            return None
        self._made[connection] += 1
        identifier, version = own[made % len(own)]
        wanted = {"status": self.statuses[made % len(self.statuses)], "afterId": self.neighbour, "version": version}
        return send("PATCH", f"/api/admin/appointments/{identifier}/move", wanted, self.headers)


@dataclass
class Outcome:
    """What came back."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    bytes: int = 0
    wall: float = 0.0
    # Moves that changed something, as far as their callers were told.
    applied: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many answers."""
        return sum(self.statuses.values())

    @property
    def good(self) -> int:
        """How many 2xx and 304."""
        return sum(count for status, count in self.statuses.items() if status < 300 or status == 304)

    def add(self, other: "Outcome") -> None:
        """Join what another process saw at the same time."""
        self.statuses.update(other.statuses)
        self.seconds.extend(other.seconds)
        self.bytes += other.bytes
        self.applied += other.applied
        self.wall = max(self.wall, other.wall)
        self.failures.extend(other.failures)

    def percentile(self, share: float) -> float:
        """Return a percentile of the latencies, in ms."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


class Load:
    """The load processes; a context. Made before anything else, because they are forks of this process."""

    def __enter__(self) -> Self:
        """Start them."""
        context = multiprocessing.get_context("fork")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(PROCESSES):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them."""
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.send(None)
            pipe.close()
        for process in self._processes:
            process.join(2)
            if process.is_alive():
                process.kill()

    def run(self, port: int, scripts: Sequence[Script], seconds: float | None = None) -> Outcome:
        """Run one script per process, for `seconds` or until the scripts end."""
        for pipe, script in zip(self._pipes, scripts, strict=False):
            pipe.send((port, script, seconds))
        outcome = Outcome()
        for pipe, _ in zip(self._pipes, scripts, strict=False):
            part = pipe.recv()
            if isinstance(part, BaseException):
                raise part
            outcome.add(part)
        return outcome


def spread(requests: Sequence[bytes], connections: int, *, seed: int = 1) -> list[Cycle]:
    """Deal requests to `connections` endless connections over the load processes, shuffled the same way every time."""
    shuffled = list(requests)
    random.Random(seed).shuffle(shuffled)
    hands = [shuffled[at::connections] or shuffled for at in range(connections)]
    return [Cycle(hands[at::PROCESSES]) for at in range(PROCESSES)]


def _work(pipe: Connection) -> None:
    while True:
        try:
            job = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        if job is None:
            return
        try:
            pipe.send(_run(*job))
        except KeyboardInterrupt:
            return
        except Exception as error:  # noqa: BLE001 - the parent decides what it means
            pipe.send(RuntimeError(f"load: {type(error).__name__}: {error}"))


@dataclass
class _Socket:
    socket: socket.socket
    index: int
    received: bytearray = field(default_factory=bytearray)
    asked_at: float = 0.0
    head_end: int = -1
    needed: int = 0
    status: int = 0


def _run(port: int, script: Script, seconds: float | None) -> Outcome:
    outcome = Outcome()
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        for index in range(script.connections):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ, _Socket(connection, index))
        started = time.perf_counter()
        deadline = started + (seconds if seconds is not None else 3600)
        open_count = 0
        for key in list(selector.get_map().values()):
            open_count += _ask(key.data, script, None, selector)
        while open_count:
            ready = selector.select(ANSWER_SECONDS)
            if not ready:
                outcome.failures.append(f"no answer within {ANSWER_SECONDS} s on {open_count} connections")
                break
            for key, _events in ready:
                connection = key.data
                answer = _read(connection, outcome)
                if answer is None:
                    continue
                if answer.status == 0 or time.perf_counter() >= deadline:
                    selector.unregister(connection.socket)
                    open_count -= 1
                else:
                    open_count -= 1 - _ask(connection, script, answer, selector)
        outcome.wall = time.perf_counter() - started
    outcome.applied = getattr(script, "applied", 0)
    return outcome


def _ask(connection: _Socket, script: Script, answer: Answer | None, selector: selectors.BaseSelector) -> int:
    """Send the connection's next request; return whether it stays open."""
    request = script.next(connection.index, answer)
    if request is None:
        selector.unregister(connection.socket)
        return 0
    connection.asked_at = time.perf_counter()
    connection.socket.sendall(request)
    return 1


def _read(connection: _Socket, outcome: Outcome) -> Answer | None:
    """Take in what arrived; return the answer once it is whole, one of status 0 when the server hung up."""
    part = connection.socket.recv(262_144)
    if not part:
        outcome.failures.append("the server closed the connection")
        return Answer(0, b"", b"")
    received = connection.received
    received += part
    if connection.head_end < 0:
        end = received.find(b"\r\n\r\n")
        if end < 0:
            return None
        connection.head_end = end + 4
        head = bytes(received[:end]).lower()
        connection.status = int(head[9:12])
        at = head.find(b"\r\ncontent-length:")
        length = int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 and connection.status not in (204, 304) else 0
        connection.needed = connection.head_end + length
    if len(received) < connection.needed:
        return None
    outcome.seconds.append(time.perf_counter() - connection.asked_at)
    outcome.statuses[connection.status] += 1
    outcome.bytes += connection.needed
    answer = Answer(connection.status, bytes(received[: connection.head_end]), bytes(received[connection.head_end :]))
    connection.received = bytearray()
    connection.head_end = -1
    return answer


def ask(port: int, request: bytes) -> Answer:
    """Ask once and return the answer."""
    outcome = Outcome()
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as connection:
        own = _Socket(connection, 0)
        connection.sendall(request)
        while True:
            answer = _read(own, outcome)
            if answer is not None:
                return answer
