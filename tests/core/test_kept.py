"""Answers kept in Redis: made once for many, never kept when overtaken, made directly when Redis is away or silent."""

import itertools
import os
import signal
import threading
import time
from uuid import uuid4

import pytest
import redis

from backend.core import kept, live
from backend.core.errors import UnavailableError
from backend.core.kept import Shelves
from backend.core.live import Hub, Publisher, figures_key
from tools.redis_server import RedisServer

LOCATION = uuid4()
SHELF = figures_key(LOCATION)


class Maker:
    """Counts how often it is asked, and takes its time."""

    def __init__(self, seconds: float = 0.0, body: bytes = b"figures") -> None:
        self.seconds, self.body, self.count = seconds, body, 0

    def __call__(self) -> bytes:
        self.count += 1
        time.sleep(self.seconds)
        return self.body


@pytest.fixture
def own_redis(tmp_path_factory):
    """Start a Redis that a test may stop."""
    server = RedisServer(tmp_path_factory.mktemp("kept"), "redis-of-kept", throw_away=True)
    server.start()
    yield server
    os.kill(server.child.pid, signal.SIGCONT)
    server.stop()


def _together(count: int, act) -> list:
    answers, start = [], threading.Barrier(count)

    def one() -> None:
        start.wait()
        answers.append(act())

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_who_ask_at_once_one_makes_the_answer(redis_url):
    shelves = [Shelves(redis_url) for _ in range(3)]
    make = Maker(0.15)

    answers = _together(12, lambda: shelves[threading.get_ident() % 3].read(SHELF, "today", make).raw)

    assert answers == [b"figures"] * 12
    assert make.count == 1
    assert shelves[0].read(SHELF, "today", make).raw == b"figures"
    assert make.count == 1


def test_answers_of_other_names_are_their_own(redis_url):
    shelves = Shelves(redis_url)

    assert shelves.read(SHELF, "today", Maker(body=b"a")).raw == b"a"
    assert shelves.read(SHELF, "month", Maker(body=b"b")).raw == b"b"
    assert shelves.read(figures_key(uuid4()), "today", Maker(body=b"c")).raw == b"c"


@pytest.mark.parametrize("event", sorted(live.OF_FIGURES))
def test_an_event_of_the_location_drops_its_answers(redis_url, event):
    shelves, make = Shelves(redis_url), Maker()
    publisher = Publisher(redis_url, lambda location_id: shelves.let_go(figures_key(location_id)))
    shelves.read(SHELF, "today", make)

    publisher.publish("message", LOCATION, {})
    publisher.publish(event, uuid4(), {})
    shelves.read(SHELF, "today", make)
    assert make.count == 1, "neither a text nor another location changes figures"

    publisher.publish(event, LOCATION, {})
    shelves.read(SHELF, "today", make)
    assert make.count == 2


def test_an_answer_that_was_overtaken_is_not_kept(redis_url):
    shelves, publisher = Shelves(redis_url), Publisher(redis_url)

    def overtaken() -> bytes:
        publisher.publish(live.FIGURES, LOCATION, {})
        return b"old"

    assert shelves.read(SHELF, "today", overtaken).raw == b"old"
    assert shelves.read(SHELF, "today", Maker(body=b"new")).raw == b"new"


def test_whoever_dies_over_an_answer_holds_nobody_up_for_long(redis_url, monkeypatch):
    monkeypatch.setattr(kept, "MAKING_MS", 300)
    shelves = Shelves(redis_url)
    # A process that was killed after it had claimed the making.
    kept._begin(redis.Redis.from_url(redis_url), SHELF, "today", f"{SHELF}:today:making")
    started = time.monotonic()

    assert shelves.read(SHELF, "today", Maker()).raw == b"figures"

    assert 0.2 < time.monotonic() - started < 1
    assert kept.STALE_SECONDS > 0


def test_a_slow_answer_is_made_by_one_and_the_others_give_up(redis_url, monkeypatch):
    """When the database is slow is just when not everybody may ask it."""
    monkeypatch.setattr(kept, "MAKING_MS", 200)
    shelves = [Shelves(redis_url) for _ in range(3)]
    make, turn = Maker(1.0), itertools.count()

    def ask() -> bytes | None:
        try:
            return shelves[next(turn) % 3].read(SHELF, "slow", make).raw
        except UnavailableError:
            return None

    answers = _together(6, ask)

    assert make.count == 1
    assert (answers.count(None), answers.count(b"figures")) == (5, 1)
    assert shelves[0].read(SHELF, "slow", make).raw == b"figures"
    assert make.count == 1


def test_a_failure_is_told_and_the_next_one_tries_at_once(redis_url):
    shelves = Shelves(redis_url)

    def fail() -> bytes:
        raise ValueError("the database is away")

    with pytest.raises(ValueError, match="away"):
        shelves.read(SHELF, "today", fail)
    started = time.monotonic()

    assert shelves.read(SHELF, "today", Maker()).raw == b"figures"
    assert time.monotonic() - started < 0.2


def test_an_old_answer_is_given_while_the_next_is_made(redis_url, monkeypatch):
    shelves = Shelves(redis_url)
    shelves.read(SHELF, "today", Maker(body=b"old"))
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0.05)
    time.sleep(0.06)
    make = Maker(0.2, b"new")

    answers = _together(6, lambda: shelves.read(SHELF, "today", make).raw)

    assert make.count == 1
    assert sorted(set(answers)) == [b"new", b"old"]
    assert answers.count(b"old") == 5


def test_five_minutes_are_the_longest(redis_url, monkeypatch):
    shelves, make = Shelves(redis_url), Maker()
    shelves.read(SHELF, "today", make)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + kept.FRESH_SECONDS + 1)

    shelves.read(SHELF, "today", make)

    assert make.count == 2


def test_a_shelf_does_not_grow_without_end(redis_url, monkeypatch):
    monkeypatch.setattr(kept, "MOST_ANSWERS", 10)
    shelves = Shelves(redis_url)
    for number in range(40):
        shelves.read(SHELF, f"{number}", Maker())

    assert redis.Redis.from_url(redis_url).hlen(SHELF) <= 11


def test_without_redis_answers_are_made(redis_url):
    make = Maker()

    assert Shelves(None).read(SHELF, "today", make).raw == b"figures"
    assert Shelves("redis://127.0.0.1:1/0").read(SHELF, "today", make).raw == b"figures"
    assert make.count == 2


def test_a_process_asks_redis_once_a_second(redis_url, monkeypatch):
    shelves, make = Shelves(redis_url), Maker()
    looked_up = []
    lookup = Shelves._lookup
    monkeypatch.setattr(Shelves, "_lookup", lambda self, *of: looked_up.append(of) or lookup(self, *of))
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for _ in range(5):
        shelves.read(SHELF, "today", make)
    assert (make.count, len(looked_up)) == (1, 2), "who has made it does not hold it: it may have been overtaken"

    # What another process changed is dropped in Redis alone.
    Publisher(redis_url).publish(live.FIGURES, LOCATION, {})
    assert shelves.read(SHELF, "today", Maker(body=b"new")).raw == b"figures"
    now += kept.HELD_SECONDS
    assert shelves.read(SHELF, "today", Maker(body=b"new")).raw == b"new"


def test_what_was_looked_for_before_a_change_is_not_held_after_it(redis_url, monkeypatch):
    shelves = Shelves(redis_url)
    publisher = Publisher(redis_url, lambda location_id: shelves.let_go(figures_key(location_id)))
    shelves.read(SHELF, "today", Maker(body=b"old"))
    lookup = Shelves._lookup

    def overtaken(self, *of):
        found = lookup(self, *of)
        publisher.publish(live.FIGURES, LOCATION, {})
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Shelves, "_lookup", overtaken)
        assert shelves.read(SHELF, "today", Maker()).raw == b"old"

    assert shelves.read(SHELF, "today", Maker(body=b"new")).raw == b"new"


def test_what_another_process_tells_is_let_go_of(redis_url):
    shelves = Shelves(redis_url)
    hub = Hub(redis_url, 1, lambda location_id: shelves.let_go(figures_key(location_id)))
    shelves.read(SHELF, "today", Maker(body=b"old"))
    shelves.read(SHELF, "today", Maker())

    redis.Redis.from_url(redis_url).delete(SHELF)
    assert shelves.read(SHELF, "today", Maker(body=b"new")).raw == b"old"
    hub._hear(live._message("inspections", LOCATION, {}))

    assert shelves.read(SHELF, "today", Maker(body=b"new")).raw == b"new"


def test_a_redis_that_was_started_anew_is_used_at_once(own_redis, monkeypatch):
    monkeypatch.setattr(kept, "HELD_SECONDS", 0.0)
    shelves, make = Shelves(own_redis.url()), Maker()
    shelves.read(SHELF, "today", make)
    shelves.read(SHELF, "today", make)
    # What Redis closed while it was away.
    redis.Redis.from_url(own_redis.url()).client_kill_filter(_type="normal", skipme=True)

    assert shelves.read(SHELF, "today", make).raw == b"figures"
    assert make.count == 1


def test_a_hung_redis_costs_a_fifth_of_a_second_now_and_then(own_redis):
    shelves, publisher, make = Shelves(own_redis.url()), Publisher(own_redis.url()), Maker()
    shelves.read(SHELF, "today", make)
    os.kill(own_redis.child.pid, signal.SIGSTOP)
    started = time.monotonic()

    answers = _together(8, lambda: [shelves.read(SHELF, "today", make).raw for _ in range(20)])

    assert time.monotonic() - started < 1
    assert make.count == 1 + 8 * 20
    assert all(answer == b"figures" for own in answers for answer in own)

    # What happens meanwhile is made up for: the answer from before does not come back.
    publisher.publish("appointment", LOCATION, {})
    os.kill(own_redis.child.pid, signal.SIGCONT)
    client = redis.Redis.from_url(own_redis.url())
    deadline = time.monotonic() + 5
    while client.exists(SHELF) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not client.exists(SHELF)
