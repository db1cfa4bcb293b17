"""Live events: what changed, told to every open screen within moments.

A change is published to Redis after its commit, with a hard time limit; losing one is
healed by the screens' own polling. Each web process holds one subscription and hands
events to its streams through bounded queues. Past the cap, or without Redis, a stream is
refused and the client polls.

An event that changes a location's figures also drops what is kept of them, in the same pipeline, and what the processes
that send or hear it hold of them; see `core.kept`.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

CHANNEL = "keytag:live"
PUBLISH_TIMEOUT_SECONDS = 0.2
# After a failure publishing rests this long: a hung Redis costs a request 0.2 s now and then, not each time.
BREAKER_SECONDS = 2.0
KEEP_ALIVE_SECONDS = 15.0
# An event rather than a comment: a screen that hears nothing for longer knows that its connection is dead.
PING = b"event: ping\ndata: {}\n\n"
# A stream ends by itself so that what nobody could tell it of can't go on for long; clients reconnect.
STREAM_SECONDS = 300.0
QUEUE_LENGTH = 500
# A person's screens in one process; more are somebody's script, and would take the places of others.
STREAMS_EACH = 20
MONEY_KEYS = ("totalCents", "paidCents")
# Told to the processes, not to the screens: somebody's role, locations or sessions have changed.
ACCESS = "access"
# Told to the screens: something may have been missed, ask anew.
RESYNC = "resync"
# Told to one person's screens alone.
NEWS = "news"
# Told to the screens of everybody: what this shop has switched on or off.
SWITCH = "switch"
# Told to the screens that show a location's figures: what they are made of has changed, and none of the others says so.
FIGURES = "figures"
# What figures are made of. Jobs with their status, prices, payments, invoices, photos and clocks are told by `appointment`.
OF_FIGURES = frozenset({"appointment", "inspections", FIGURES})


@dataclass(frozen=True, slots=True)
class Event:
    """An event as the streams need it: encoded twice, for those who may see money and those who may not."""

    location_id: str | None
    with_money: bytes
    without_money: bytes
    tech_id: str | None = None


@dataclass(slots=True, eq=False)
class Stream:
    """One listening screen."""

    user_id: str
    location_ids: frozenset[str]
    may_see_money: bool
    # A shared tablet: it hears of its person's own jobs alone, and without money.
    only_own: bool = False
    events: "queue.Queue[bytes | None]" = field(default_factory=lambda: queue.Queue(QUEUE_LENGTH))


# What is told of a location whose figures have changed.
LetGo = Callable[[UUID], None]


class Publisher:
    """Sends to Redis with a time limit; after a failure it rests for 2 s so that requests stay fast.

    What it could not tell, it makes up for: as soon as Redis takes messages again, every screen is
    asked to fetch anew.
    """

    def __init__(self, url: str | None, let_go: LetGo | None = None) -> None:
        """Connect lazily; with no URL every publish is silently nothing. `let_go` is told of each location with other figures."""
        self._let_go = let_go
        self._client = connect(url, PUBLISH_TIMEOUT_SECONDS) if url else None
        self._resting_until = 0.0
        # Locations whose figures could not be dropped.
        self._missed: set[UUID] = set()

    def publish(self, name: str, location_id: UUID | None, data: dict[str, object]) -> None:
        """Tell every process that `data` happened; never raises, never blocks for more than 0.2 s."""
        changed = location_id if name in OF_FIGURES else None
        self._try(_message(name, location_id, data), changed)
        # Last: what is read from now on is read after what is kept was dropped.
        if changed is not None and self._let_go is not None:
            self._let_go(changed)

    def _try(self, message: bytes, changed: UUID | None) -> None:
        if self._client is None:
            return
        if time.monotonic() >= self._resting_until:
            try:
                self._tell(self._client, message, {changed} if changed else set())
            except redis.RedisError as error:
                log.warning("live_publish_failed", extra={"error": type(error).__name__})
                self._rest()
            else:
                return
        if changed is not None:
            self._missed.add(changed)

    @staticmethod
    def _tell(client: redis.Redis, message: bytes, changed: set[UUID]) -> None:
        with client.pipeline(transaction=False) as pipeline:
            # Whoever hears of it finds nothing kept any more.
            if changed:
                pipeline.delete(*(figures_key(location_id) for location_id in changed))
            pipeline.publish(CHANNEL, message)
            pipeline.execute()

    def _rest(self) -> None:
        self._resting_until = time.monotonic() + BREAKER_SECONDS
        timer = threading.Timer(BREAKER_SECONDS, self._catch_up)
        timer.daemon = True
        timer.start()

    def _catch_up(self) -> None:
        assert self._client is not None
        missed, self._missed = self._missed, set()
        try:
            self._tell(self._client, _message(RESYNC, None, {}), missed)
        except redis.RedisError:
            self._missed |= missed
            self._rest()


def figures_key(location_id: UUID) -> str:
    """Return the Redis key under which a location's figures are kept."""
    return f"keytag:figures:{location_id}"


def _message(name: str, location_id: UUID | None, data: dict[str, object]) -> bytes:
    return orjson.dumps({"name": name, "locationId": location_id, "data": data}, option=orjson.OPT_UTC_Z)


def connect(url: str, timeout: float) -> redis.Redis:
    """Return a Redis client that gives up after `timeout` seconds and never retries by itself."""
    return redis.Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


class Hub:
    """The process's one subscription and its streams."""

    def __init__(self, url: str | None, cap: int, let_go: LetGo | None = None) -> None:
        """Remember where to listen; the subscription starts with the first stream. `let_go` as with `Publisher`."""
        self._let_go = let_go
        self._url = url
        self._cap = cap
        self._lock = threading.Lock()
        self._streams: set[Stream] = set()
        self._thread: threading.Thread | None = None
        self._connected = threading.Event()
        self._ending = False

    @property
    def count(self) -> int:
        """How many streams are open in this process."""
        return len(self._streams)

    def open(
        self, user_id: UUID, location_ids: frozenset[str], *, may_see_money: bool, only_own: bool = False
    ) -> Stream | None:
        """Register a listener; None when full, ending, or with no live Redis within a second."""
        if self._url is None or self._ending:
            return None
        with self._lock:
            own = sum(stream.user_id == str(user_id) for stream in self._streams)
            if len(self._streams) >= self._cap or own >= STREAMS_EACH:
                return None
            stream = Stream(str(user_id), location_ids, may_see_money, only_own)
            self._streams.add(stream)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._listen, name="live-hub", daemon=True)
                self._thread.start()
        if not self._connected.wait(timeout=1.0):
            self.close(stream)
            return None
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a listener."""
        with self._lock:
            self._streams.discard(stream)

    def read(self, stream: Stream, hello: bytes) -> Iterator[bytes]:
        """Yield the stream's bytes until it is old, the process ends, or the client goes."""
        deadline = time.monotonic() + STREAM_SECONDS
        try:
            yield hello
            while not self._ending and time.monotonic() < deadline:
                try:
                    event = stream.events.get(timeout=min(KEEP_ALIVE_SECONDS, max(0.01, deadline - time.monotonic())))
                except queue.Empty:
                    yield PING
                    continue
                if event is None:
                    return
                yield event
        finally:
            self.close(stream)

    def shut_down(self) -> None:
        """End every stream, so that a worker can stop at once."""
        self._ending = True
        for stream in list(self._streams):
            self._offer(stream, None)

    def _listen(self) -> None:
        assert self._url is not None
        while not self._ending:
            try:
                # A long socket timeout with pings: a hung Redis is noticed within 10 s.
                client = redis.Redis.from_url(self._url, socket_timeout=10, socket_connect_timeout=1)
                subscription = client.pubsub(ignore_subscribe_messages=False)  # type: ignore[no-untyped-call]
                subscription.subscribe(CHANNEL)
                self._pump(subscription)
            except (redis.RedisError, OSError) as error:
                log.warning("live_subscription_lost", extra={"error": type(error).__name__})
            except Exception:  # whatever it was, the streams below must end rather than stay open and silent
                log.exception("live_subscription_failed")
            self._connected.clear()
            # Streams end rather than stay silent: their clients then poll, and reconnect later.
            for stream in list(self._streams):
                self._offer(stream, None)
            time.sleep(1.0)

    def _pump(self, subscription: "redis.client.PubSub") -> None:
        last_heard = time.monotonic()
        while not self._ending:
            message = subscription.get_message(timeout=2.0)
            now = time.monotonic()
            if message is None:
                if now - last_heard > 10:  # noqa: PLR2004  seconds, see the socket timeout
                    raise redis.ConnectionError("no answer to ping")
                subscription.ping()
                continue
            last_heard = now
            if message["type"] == "subscribe":
                self._connected.set()
            elif message["type"] == "message":
                self._hear(message["data"])

    def _hear(self, message: bytes) -> None:
        """Tell the streams; end those of a person whose access has changed: their screens come back as who they are now."""
        event = orjson.loads(message)
        if event["name"] in OF_FIGURES and event["locationId"] is not None and self._let_go is not None:
            self._let_go(UUID(event["locationId"]))
        if event["name"] not in {ACCESS, NEWS}:
            self._fan_out(_encode(event))
            return
        told = None if event["name"] == ACCESS else _frame(event["data"]["topic"], event["data"]["news"])
        for stream in list(self._streams):
            if stream.user_id == event["data"]["userId"]:
                self._offer(stream, told)

    def _fan_out(self, event: Event) -> None:
        for stream in list(self._streams):
            if event.location_id is None or event.location_id in stream.location_ids:
                if stream.only_own and event.tech_id != stream.user_id and event.location_id is not None:
                    continue
                self._offer(stream, event.with_money if stream.may_see_money else event.without_money)

    @staticmethod
    def _offer(stream: Stream, data: bytes | None) -> None:
        try:
            stream.events.put_nowait(data)
        except queue.Full:
            # A screen that can't keep up starts over: drop its backlog, tell it to refetch. Its own
            # thread may be taking from the queue meanwhile, so "not empty" would promise nothing.
            with contextlib.suppress(queue.Empty):
                while True:
                    stream.events.get_nowait()
            with contextlib.suppress(queue.Full):
                stream.events.put_nowait(_frame(RESYNC, {}) if data is not None else None)


def _encode(event: dict[str, Any]) -> Event:
    data = event["data"]
    with_money = _frame(event["name"], data)
    card = data.get("card")
    if isinstance(card, dict) and any(key in card for key in MONEY_KEYS):
        data = {**data, "card": {key: value for key, value in card.items() if key not in MONEY_KEYS}}
    tech_id = card.get("techId") if isinstance(card, dict) else None
    return Event(event["locationId"], with_money, _frame(event["name"], data), tech_id)


def _frame(name: str, data: object) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"


# --- the process's own ------------------------------------------------------------------------

_publisher = Publisher(None)
_hub = Hub(None, 0)


def configure(url: str | None, cap: int, let_go: LetGo | None = None) -> None:
    """Set up this process's publisher and hub; called once by the application factory."""
    global _publisher, _hub  # noqa: PLW0603  one per process, like the engine
    _publisher = Publisher(url, let_go)
    _hub = Hub(url, cap, let_go)


def publish(name: str, location_id: UUID | None, data: dict[str, object]) -> None:
    """Publish through the process's publisher."""
    _publisher.publish(name, location_id, data)


def publisher(name: str, location_id: UUID | None, data: dict[str, object]) -> Callable[[], None]:
    """Return a callback for `after_commit`."""
    return lambda: publish(name, location_id, data)


def teller(user_id: UUID, topic: str, news: dict[str, object]) -> Callable[[], None]:
    """Return a callback for `after_commit` that tells one person's screens alone."""
    return publisher(NEWS, None, {"userId": user_id, "topic": topic, "news": news})


def figures_teller(location_ids: Iterable[UUID]) -> Callable[[], None]:
    """Return a callback for `after_commit` that drops what is kept of these locations' figures, and tells screens and processes.

    For changes of what figures read that no event of a visit tells; see `tests/stats/test_fresh.py`.
    """
    told = frozenset(location_ids)

    def tell() -> None:
        for location_id in told:
            publish(FIGURES, location_id, {})

    return tell


def hub() -> Hub:
    """Return the process's hub."""
    return _hub


def shut_down() -> None:
    """End the process's streams."""
    _hub.shut_down()
