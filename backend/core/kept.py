"""Answers kept in Redis for a while: made by one process, read by all.

A shelf is one Redis hash: a name that whoever changes what it is made from deletes. `read` returns an answer from it, or has
it made. Of many who miss the same answer at once one makes it; the others wait for it, or take the last one if there is one
that has just become old. Without Redis, or while it is silent, everybody makes their own.

A shelf has a generation. An answer is put on it only while the generation is the one from before it was made: what changed
meanwhile has deleted the shelf, so an answer that may lack the change is never kept.
"""

import contextlib
import logging
import secrets
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import redis

from backend.core import metrics
from backend.core.encoding import Encoded, EncodedCache
from backend.core.http import fingerprint
from backend.core.live import BREAKER_SECONDS, connect

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 0.2
# An answer is fresh for five minutes; for one more it is given to those who would wait for the next.
FRESH_SECONDS = 300.0
STALE_SECONDS = 60.0
# Whoever makes an answer has so long before another one tries; and so long others wait.
MAKING_MS = 2000
POLL_SECONDS = 0.02
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


class Shelves:
    """This process's way to the shelves, with the compressed forms of what it has handed out lately."""

    def __init__(self, url: str | None) -> None:
        """Connect lazily; with no URL every answer is made anew."""
        self._client = connect(url, TIMEOUT_SECONDS) if url else None
        self._resting_until = 0.0
        self._forms: EncodedCache[Encoded] = EncodedCache(MOST_ANSWERS)
        self._connections: deque[Any] = deque(maxlen=MOST_CONNECTIONS)

    def read(self, shelf: str, name: str, make: Callable[[], bytes]) -> Encoded:
        """Return an answer from a shelf, or make it and put it there."""
        if self._client is None or time.monotonic() < self._resting_until:
            return _encoded(make())
        try:
            found = _found(self._lookup(self._client, shelf, name))
            if found is not None and found.age < FRESH_SECONDS:
                metrics.CACHE_HITS.labels("figures", "hit").inc()
                return self._shown(shelf, name, found)
            return self._make_one(self._client, shelf, name, make, found)
        except redis.RedisError as error:
            log.warning("shelf_away", extra={"error": type(error).__name__})
            self._resting_until = time.monotonic() + BREAKER_SECONDS
            return _encoded(make())

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
        deadline = time.monotonic() + MAKING_MS / 1000
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
        return _encoded(make())

    def _make(
        self, client: redis.Redis, shelf: str, name: str, make: Callable[[], bytes], claim: tuple[str, bytes]
    ) -> Encoded:
        lock, generation = claim
        metrics.CACHE_HITS.labels("figures", "miss").inc()
        made_at = time.time()
        try:
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
