"""Answers kept in Redis for a while: made by one process, read by all.

A shelf is one Redis hash: a name that whoever changes what it is made from deletes. `read` returns an answer from it, or has
it made. Of many who miss the same answer at once one makes it, however long that takes; the others wait for it, or take the last
one if there is one that has just become old, and give up after a while: all of them asking a slow database would only make it slower. Without Redis, or while it is silent, everybody makes their own.

A shelf has a generation. An answer is put on it only while the generation is the one from before it was made: what changed
meanwhile has deleted the shelf, so an answer that may lack the change is never kept.

What a process found in Redis it holds for a second, in which it does not ask Redis again; a change that it makes or hears
of lets go of it at once.
"""

import contextlib
import logging
import secrets
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import redis

from backend.core import metrics
from backend.core.encoding import Encoded, EncodedCache
from backend.core.errors import UnavailableError
from backend.core.http import fingerprint
from backend.core.live import BREAKER_SECONDS, connect, figures_key

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 0.2
# An answer is fresh for five minutes; for one more it is given to those who would wait for the next.
FRESH_SECONDS = 300.0
STALE_SECONDS = 60.0
# So long a process answers without asking Redis; screens rest twice as long before they ask for changed figures.
HELD_SECONDS = 1.0
# A claim ends so long after whoever makes an answer last said that it is at it.
MAKING_MS = 2000
# So many such times others wait for the answer: one who died over it is noticed in the first, another makes it in the second.
WAITS = 2
POLL_SECONDS = 0.02
RETRY_SECONDS = 2
MOST_ANSWERS = 256
MOST_CONNECTIONS = 32
GENERATION = "generation"
_HEAD = struct.Struct(">d24s")
_KEEP = """
    if redis.call('hget', KEYS[1], 'generation') == ARGV[1] then
        if redis.call('hlen', KEYS[1]) >= tonumber(ARGV[4]) then
            redis.call('del', KEYS[1])
            redis.call('hset', KEYS[1], 'generation', ARGV[1])
        end
        redis.call('hset', KEYS[1], ARGV[2], ARGV[3])
        redis.call('expire', KEYS[1], ARGV[5])
    end
    return redis.call('del', KEYS[2])
"""


@dataclass(frozen=True, slots=True)
class _Found:
    """An answer as it lies on a shelf."""

    made_at: float
    etag: str
    body: bytes

    @property
    def age(self) -> float:
        return time.time() - self.made_at


_NOTHING: dict[str, tuple[Encoded, float]] = {}


class Shelves:
    """This process's way to the shelves, with the compressed forms of what it has handed out lately."""

    def __init__(self, url: str | None) -> None:
        """Connect lazily; with no URL every answer is made anew."""
        self._client = connect(url, TIMEOUT_SECONDS) if url else None
        self._resting_until = 0.0
        self._forms: EncodedCache[Encoded] = EncodedCache(MOST_ANSWERS)
        self._connections: deque[Any] = deque(maxlen=MOST_CONNECTIONS)
        # By shelf and name: what was found, and until when it is handed out unasked.
        self._held: dict[str, dict[str, tuple[Encoded, float]]] = {}
        self._let_go_count = 0
        self._lock = threading.Lock()

    def read(self, shelf: str, name: str, make: Callable[[], bytes]) -> Encoded:
        """Return an answer from a shelf, or make it and put it there."""
        held = self._held.get(shelf, _NOTHING).get(name)
        if held is not None and time.monotonic() < held[1]:
            metrics.CACHE_HITS.labels("figures", "held").inc()
            return held[0]
        if self._client is None or time.monotonic() < self._resting_until:
            return _encoded(make())
        try:
            count = self._let_go_count
            found = _found(self._lookup(self._client, shelf, name))
            if found is not None and found.age < FRESH_SECONDS:
                metrics.CACHE_HITS.labels("figures", "hit").inc()
                shown = self._shown(shelf, name, found)
                self._hold(shelf, name, shown, min(HELD_SECONDS, FRESH_SECONDS - found.age), count)
                return shown
            return self._make_one(self._client, shelf, name, make, found)
        except redis.RedisError as error:
            log.warning("shelf_away", extra={"error": type(error).__name__})
            self._resting_until = time.monotonic() + BREAKER_SECONDS
            return _encoded(make())

    def let_go(self, shelf: str) -> None:
        """Hand out nothing of a shelf any more without asking Redis."""
        with self._lock:
            self._let_go_count += 1
            self._held.pop(shelf, None)

    def _hold(self, shelf: str, name: str, shown: Encoded, seconds: float, count: int) -> None:
        """Hand an answer out unasked for a while, unless something was let go since it was looked for."""
        with self._lock:
            if self._let_go_count != count:
                return
            names = self._held.setdefault(shelf, {})
            if len(names) >= MOST_ANSWERS:
                names.clear()
            names[name] = (shown, time.monotonic() + seconds)

    def _lookup(self, client: redis.Redis, shelf: str, name: str) -> bytes | None:
        """Return what lies on a shelf, by a connection kept for this: the client's own way to one costs as much again."""
        while True:
            try:
                connection, is_kept = self._connections.pop(), True
            except IndexError:
                connection, is_kept = client.connection_pool.make_connection(), False
            try:
                connection.send_packed_command(connection.pack_command("HGET", shelf, name), check_health=False)
                kept = cast("bytes | None", connection.read_response())
            except BaseException as error:
                connection.disconnect()
                # One that was kept may be of a Redis that has been started anew since: a fresh one tells.
                if is_kept and isinstance(error, redis.ConnectionError) and not isinstance(error, redis.TimeoutError):
                    continue
                raise
            self._connections.append(connection)
            return kept

    def _make_one(
        self, client: redis.Redis, shelf: str, name: str, make: Callable[[], bytes], found: _Found | None
    ) -> Encoded:
        lock = f"{shelf}:{name}:making"
        deadline = time.monotonic() + WAITS * MAKING_MS / 1000
        while time.monotonic() < deadline:
            generation, kept = _begin(client, shelf, name, lock)
            # Looked at again with the claim: another one may have made it since.
            found = _found(kept) or found
            if found is not None and found.age < FRESH_SECONDS:
                metrics.CACHE_HITS.labels("figures", "waited").inc()
                if generation is not None:
                    client.delete(lock)
                return self._shown(shelf, name, found)
            if generation is not None:
                return self._make(client, shelf, name, make, (lock, generation))
            if found is not None and found.age < FRESH_SECONDS + STALE_SECONDS:
                metrics.CACHE_HITS.labels("figures", "stale").inc()
                return self._shown(shelf, name, found)
            time.sleep(POLL_SECONDS)
        metrics.CACHE_HITS.labels("figures", "given_up").inc()
        raise UnavailableError(
            "These numbers take longer than usual. Please try again in a moment.", retry_after=RETRY_SECONDS
        )

    def _make(
        self, client: redis.Redis, shelf: str, name: str, make: Callable[[], bytes], claim: tuple[str, bytes]
    ) -> Encoded:
        lock, generation = claim
        metrics.CACHE_HITS.labels("figures", "miss").inc()
        made_at = time.time()
        try:
            with _renewed(client, lock):
                made = _encoded(make())
        except BaseException:
            with contextlib.suppress(redis.RedisError):
                client.delete(lock)
            raise
        kept = _HEAD.pack(made_at, made.etag.encode()) + made.raw
        try:
            client.eval(_KEEP, 2, shelf, lock, generation, name, kept, MOST_ANSWERS, int(FRESH_SECONDS + STALE_SECONDS))
        except redis.RedisError as error:
            log.warning("shelf_away", extra={"error": type(error).__name__})
            self._resting_until = time.monotonic() + BREAKER_SECONDS
        return made

    def _shown(self, shelf: str, name: str, found: _Found) -> Encoded:
        """Return an answer with the compressed forms that this process has made of it before."""
        known = self._forms.get((shelf, name), found.etag)
        if known is None:
            known = Encoded(found.etag, found.body)
            self._forms.put((shelf, name), known)
        return known


def _begin(client: redis.Redis, shelf: str, name: str, lock: str) -> tuple[bytes | None, bytes | None]:
    """Claim the making of an answer; return the shelf's generation, None while another one makes it, and what lies there.

    The claim ends by itself: whoever dies over it keeps nobody waiting for longer.
    """
    with client.pipeline(transaction=False) as pipeline:
        pipeline.set(lock, b"", nx=True, px=MAKING_MS)
        pipeline.hsetnx(shelf, GENERATION, secrets.token_hex(8))
        pipeline.expire(shelf, int(FRESH_SECONDS + STALE_SECONDS))
        pipeline.hmget(shelf, [GENERATION, name])
        claimed, _, _, (generation, kept) = pipeline.execute()
    return (generation if claimed else None), kept


@contextlib.contextmanager
def _renewed(client: redis.Redis, lock: str) -> Iterator[None]:
    """Say again and again that somebody is at it, for as long as it takes."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(MAKING_MS / 4000):
            with contextlib.suppress(redis.RedisError):
                client.pexpire(lock, MAKING_MS)

    thread = threading.Thread(target=renew, name="kept-claim", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()


def _found(kept: bytes | None) -> _Found | None:
    if kept is None:
        return None
    made_at, etag = _HEAD.unpack_from(kept)
    return _Found(made_at, etag.decode(), kept[_HEAD.size :])


def _encoded(body: bytes) -> Encoded:
    return Encoded(fingerprint(body), body)


# --- the process's own ------------------------------------------------------------------------

_shelves = Shelves(None)


def configure(url: str | None) -> None:
    """Set up this process's shelves; called once by the application factory."""
    global _shelves  # noqa: PLW0603  one per process, like the engine
    _shelves = Shelves(url)


def read(shelf: str, name: str, make: Callable[[], bytes]) -> Encoded:
    """Read through the process's shelves."""
    return _shelves.read(shelf, name, make)


def let_go(location_id: UUID) -> None:
    """Hold nothing of a location's figures any longer: they have changed."""
    _shelves.let_go(figures_key(location_id))
