"""`./keytag bench [--quick|--full] [--check] [--only PART ...]`: measure, print one table, write bench/last.json.

`./keytag bench faults`: 3,000 texts while workers are killed and the provider fails; about six minutes, not part of the above.

--quick   the shops with 10,000 and a million appointments, about two minutes (the default)
--full    five million too, longer slices, more rounds: about half an hour
--only    one or more of counts, costs, races, search, stats, streams, messages, browser
--check   exit with 1 when a goal is missed; what depends on the machine is measured once more first, the better counts
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import browser, counters, env, faults, load, measure, messages, races, report, search, stage, streams
from bench.load import RECENT_DAYS
from bench.measure import Target
from bench.report import Goal, Row, growth, share_of, times_cheaper, value
from bench.requests import Requests
from bench.traffic import Load, ask
from tools.console import Failure, say

LAST = Path(__file__).resolve().parent / "last.json"
DRAWER, BOARD, MOVE = "drawer", "board", "move"


def main(arguments: list[str]) -> int:
    """Run the measurements and return the exit status."""
    options = _options(arguments)
    started = time.monotonic()
    try:
        measure.check_platform()
        state = env.state_folder()
        # The load processes are forks: they come before connections and threads.
        with env.only_one(state), Load() as traffic, env.Environment(state) as environment:
            bench = Bench(environment, traffic, _parts(options), is_full=options.full)
            rows = bench.run(repeats_failures=options.check)
    except Failure as failure:
        say(f"keytag: {failure}")
        return 2
    took = time.monotonic() - started
    say("\n" + report.table(rows))
    missed = report.failures(rows)
    met = sum(1 for row in rows if row.ok)
    say(f"\n{met} goals met, {len(missed)} missed, in {took:.0f} s ({bench.loading_seconds:.0f} s of them loading).")
    about = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "form": "full" if options.full else "quick",
        "seconds": round(took),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}",
        "servers": f"{environment.postgres.description}, {environment.redis.description}",
    }
    report.write(LAST, rows, about)
    return 1 if missed and options.check else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="keytag bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--quick", action="store_true", help="10,000 and a million appointments (the default)")
    form.add_argument("--full", action="store_true", help="five million too, more rounds")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a goal is missed")
    parser.add_argument("apart", nargs="?", choices=APART, metavar="faults", help="texts while everything fails")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, metavar="PART", help=f"measure only these: {', '.join(PARTS)}"
    )
    return parser.parse_args(arguments)


def _parts(options: argparse.Namespace) -> list[str]:
    return [options.apart] if options.apart else options.only or list(PARTS)


# What can be measured: a word for the command line, what it is called, the method.
PARTS = {
    "counts": ("statements, pages, bytes", "_counts"),
    "costs": ("cost of a request", "_costs"),
    "races": ("people at the same card and the same hour", "_races"),
    "search": ("finding customers", "_search"),
    "stats": ("the shop's numbers", "_stats"),
    "streams": ("open screens", "_streams"),
    "messages": ("texts", "_messages"),
    "browser": ("Chromium", "_browser"),
}
# Only when asked for by name.
APART = {"faults": ("texts while everything fails", "_faults")}
# These bring a shop of their own.
OWN_SHOP = {"messages", "faults"}


class Bench:
    """One run: the servers, the shops, and the parts that are measured."""

    def __init__(self, environment: env.Environment, traffic: Load, parts: Sequence[str], *, is_full: bool) -> None:
        """Load what is missing and start a web server on each shop."""
        self._environment = environment
        self._traffic = traffic
        self._is_full = is_full
        self._parts = parts
        self.loading_seconds = 0.0
        sizes = [load.TEN_THOUSAND] if set(parts) - OWN_SHOP else []
        if set(parts) - OWN_SHOP - {"browser"}:
            sizes += [load.MILLION, *([load.FIVE_MILLION] if is_full else [])]
        self._shops: dict[str, Requests] = {}
        for size in sizes:
            shop, seconds = load.ensure(environment, size)
            self.loading_seconds += seconds
            self._open_day(shop)
            with environment.connect(shop.database) as connection:
                load.tidy(connection)
            self._shops[size.label] = Requests(environment.serve(shop.database), shop)
        if self._shops:
            self._small = self._shops["10k"]
            self._large = self._shops.get("1m", self._small)

    def run(self, *, repeats_failures: bool) -> list[Row]:
        """Measure part after part; a part with a noisy row that fails is measured once more if wanted."""
        rows: list[Row] = []
        for key in self._parts:
            name, method = (PARTS | APART)[key]
            part = getattr(self, method)
            with _told(name):
                found = report.attempted(name, part)
            if repeats_failures and any(row.is_noisy for row in report.failures(found)):
                with _told(f"{name}, once more"):
                    found = report.best_of_two(found, report.attempted(name, part))
            rows += found
        return rows

    def _open_day(self, shop: load.Shop) -> None:
        with self._environment.connect(shop.database) as connection:
            load.open_day(connection, shop)

    # --- exact --------------------------------------------------------------------------------

    def _counts(self) -> list[Row]:
        rows = []
        requests = self._large
        with (
            self._environment.connect(self._small.shop.database) as small,
            self._environment.connect(requests.shop.database) as large,
        ):
            moves = [
                [requests.move(requests.movable[at], status, {"position": 1 + at}) for at in range(10)]
                for status in ("READY", "IN_PROGRESS")
            ]
            asked = {
                "board, warm": ([requests.board()] * 10, 1),
                "board, fresh": (
                    [requests.board(day, prefix="/__fresh/api/admin/appointments") for day in requests.shop.past_days],
                    2,
                ),
                "drawer": ([requests.drawer(identifier) for identifier in requests.ids[:10]], 1),
                "move": (moves[1], 1),
            }
            for name, (bytes_sent, most) in asked.items():
                statements = counters.statements_per_request(
                    large, requests.port, moves[0] if name == "move" else bytes_sent, bytes_sent
                )
                rows.append(value(f"{name}: SQL statements", statements, "statements", Goal("≤", most)))
            pages = counters.board_pages(large, requests)
            rows += [
                value("board: pages touched, 200 cards of 1M", pages, "pages", Goal("≤", 130)),
                growth(
                    "board: pages touched, 1M to 10k",
                    pages,
                    counters.board_pages(small, self._small),
                    "pages",
                    Goal("≤", 1.2),
                    is_noisy=False,
                ),
                growth(
                    "board's check: pages touched, 1M to 10k",
                    counters.digest_pages(large, requests),
                    counters.digest_pages(small, self._small),
                    "pages",
                ),
                growth(
                    "drawer: pages touched, 1M to 10k",
                    counters.drawer_pages(large, requests),
                    counters.drawer_pages(small, self._small),
                    "pages",
                ),
            ]
            self._open_day(requests.shop)
            costs = counters.move_costs(large, self._traffic, requests)
            rows += [
                value("move: HOT updates", costs.hot_share * 100, "%", Goal("≥", 95)),
                value("move: write-ahead log", costs.wal_bytes, "bytes", Goal("≤", 1400)),
            ]
        self._open_day(requests.shop)
        return rows + self._transfer()

    def _transfer(self) -> list[Row]:
        requests = self._large
        rows = []
        for encoding in ("zstd", "br", "gzip"):
            plain = requests.board().replace(b"gzip, deflate, br, zstd", encoding.encode())
            answer = ask(requests.port, plain)
            if f"content-encoding: {encoding}".encode() not in answer.head.lower():
                raise Failure(f"the board does not come in {encoding}")
            goal = Goal("≤", 16_500) if encoding == "zstd" else None
            rows.append(value(f"board: 200 cards in {encoding}", len(answer.body), "bytes", goal))
        etag = (
            next(line for line in answer.head.decode().split("\r\n") if line.lower().startswith("etag:"))
            .partition(":")[2]
            .strip()
        )
        unchanged = ask(requests.port, requests.board(headers=f"If-None-Match: {etag}\r\n"))
        rows.append(value("board: status when unchanged", unchanged.status, "HTTP", Goal("=", 304)))
        return rows

    # --- costs --------------------------------------------------------------------------------

    def _costs(self) -> list[Row]:
        small, large = self._small, self._large
        targets = {
            "ceiling of the board": (large, large.constant(large.board())),
            "ceiling of the drawer": (large, large.constant(large.drawer(large.ids[0]))),
            "ceiling of the move": (large, large.constant(large.move(large.movable[0], "READY", {"position": 9}))),
            "bare": (large, large.constant(large.board(), "/__bare")),
            "warm": (large, large.warm_boards()),
            "unchanged": (large, large.unchanged_boards()),
            "fresh": (large, large.fresh_boards()),
            "fresh, 10k": (small, small.fresh_boards()),
            "cold": (large, large.fresh_boards("/__cold/api/admin/appointments")),
            "drawer": (large, large.drawers()),
            "drawer, 10k": (small, small.drawers()),
            "move": (large, large.moves()),
            "board by ORM": (large, large.fresh_boards("/__orm")),
            "drawer by ORM": (large, large.drawers("/__orm/drawer")),
            "move by ORM": (large, large.moves(large.orm_move)),
        }
        if self._is_full:
            huge = self._shops["5m"]
            targets["fresh, 5m"] = (huge, huge.fresh_boards())
        series = measure.compare(
            self._traffic,
            [Target(name, asked.port, asked.server.child.pid, scripts) for name, (asked, scripts) in targets.items()],
            self._environment.postgres_pid,
            rounds=6 if self._is_full else 2,
            seconds=1.0 if self._is_full else 0.5,
        )
        self._open_day(large.shop)
        best = {name: found.best() for name, found in series.items()}
        cost = {name: sample.cpu_ms for name, sample in best.items()}
        board, drawer, move = (cost[f"ceiling of the {name}"] for name in (BOARD, DRAWER, MOVE))
        rows = [
            value("ceiling: constant bytes of a board's size", board, "CPU ms"),
            value("the same by Flask without the product's hooks", cost["bare"], "CPU ms"),
            share_of("board, warm, of its ceiling", cost["warm"], board, Goal("≥", 0.40)),
            share_of("board, unchanged (304), of its ceiling", cost["unchanged"], board),
            share_of("board, fresh, of its ceiling", cost["fresh"], board, Goal("≥", 0.17)),
            share_of("board, nothing kept, of its ceiling", cost["cold"], board),
            times_cheaper("board, nothing kept, against the ORM", cost["cold"], cost["board by ORM"]),
            times_cheaper("board, fresh, against the ORM", cost["fresh"], cost["board by ORM"], Goal("≥", 8)),
            growth("board, fresh, 1M to 10k", cost["fresh"], cost["fresh, 10k"], "CPU ms", Goal("≤", 1.15)),
            share_of("drawer, of its ceiling", cost["drawer"], drawer, Goal("≥", 0.36)),
            times_cheaper("drawer, against the ORM", cost["drawer"], cost["drawer by ORM"], Goal("≥", 5)),
            growth("drawer, 1M to 10k", cost["drawer"], cost["drawer, 10k"], "CPU ms", Goal("≤", 1.1)),
            share_of("move, of its ceiling", cost["move"], move, Goal("≥", 0.20)),
            times_cheaper("move, against the ORM", cost["move"], cost["move by ORM"], Goal("≥", 2.5)),
        ]
        if self._is_full:
            rows.append(
                growth("board, fresh, 5M to 10k", cost["fresh, 5m"], cost["fresh, 10k"], "CPU ms", Goal("≤", 1.2))
            )
        rows += [
            value(f"{name}: PostgreSQL's part", best[name].database_ms, "CPU ms")
            for name in ("warm", "fresh", "drawer", "move")
        ]
        rows += [
            value(f"{name}: best rate", best[name].per_second, "per second")
            for name in ("warm", "fresh", "drawer", "move")
        ]
        return rows

    # --- races --------------------------------------------------------------------------------

    def _races(self) -> list[Row]:
        requests = self._large
        with self._environment.connect(requests.shop.database) as connection:
            deadlocks = counters.deadlocks(connection)
            constant_ms = races.wait_for_constant_bytes(self._traffic, requests)
            drops = races.drops(connection, self._traffic, requests)
            crowd_ms = races.crowd_for_constant_bytes(self._traffic, requests)
            slot = races.one_slot(connection, self._traffic, requests)
            slots = races.many_slots(connection, self._traffic, requests, each=8 if self._is_full else 2)
            starts = races.overlapping_starts(connection, self._traffic, requests, 2000 if self._is_full else 400)
            pairs = races.overlapping_pairs(connection)
            deadlocks = counters.deadlocks(connection) - deadlocks
        for name, bookings in (("one slot", slot), ("500 slots", slots), ("overlapping starts", starts)):
            if not bookings.is_clean:
                say(
                    f"{name}: answers {dict(bookings.outcome.statuses)}, {bookings.made} made {bookings.outcome.failures[:3]}"
                )
        self._open_day(requests.shop)
        return [
            value("8 movers x 250 behind one card: places shared", drops.ties, "ties", Goal("=", 0)),
            value(
                "8 movers: moves told, versions and audit rows agree",
                float(drops.is_consistent),
                "yes/no",
                Goal("=", 1),
            ),
            value("8 movers: refused because of others", drops.conflict_share * 100, "%", Goal("≤", 5)),
            growth(
                "8 movers: 95 % answered within, to constant bytes",
                drops.outcome.percentile(0.95),
                constant_ms,
                "ms",
                Goal("≤", 8),
            ),
            value("200 people, one slot: bookings", slot.made, "bookings", Goal("=", 1)),
            growth(
                "200 people, one slot: 95 % answered within, to constant bytes",
                slot.outcome.percentile(0.95),
                crowd_ms,
                "ms",
                Goal("≤", 6),
            ),
            value("200 people, 500 slots: bookings", slots.made, "bookings", Goal("=", 500)),
            value("overlapping starts: overlapping pairs", pairs, "pairs", Goal("=", 0)),
            value(
                "bookings: answers besides 201 and 409",
                sum(not part.is_clean for part in (slot, slots, starts)),
                "runs",
                Goal("=", 0),
            ),
            value("deadlocks", deadlocks, "deadlocks", Goal("=", 0)),
        ]

    def _search(self) -> list[Row]:
        with self._environment.connect(self._large.shop.database) as connection:
            way, took, people = search.slowest(connection, self._large)
        return [value(f"search, {people:,} customers: slowest way ({way})", took, "ms", Goal("≤", 300), is_noisy=True)]

    def _stats(self) -> list[Row]:
        """Measure the numbers: kept ones to constant bytes of their size, computed ones over a day and a month."""
        small, large = self._small, self._large
        # What the parts before this one moved and booked, in the old shop alone, is no growth of it.
        for requests in {small, large}:
            with self._environment.connect(requests.shop.database) as connection:
                load.tidy(connection)
        targets = {
            "ceiling": (large, large.constant(large.stats())),
            "warm": (large, large.warm_stats()),
            "computed": (large, large.fresh_stats()),
            "computed, 10k": (small, small.fresh_stats()),
        }
        series = measure.compare(
            self._traffic,
            [Target(name, asked.port, asked.server.child.pid, scripts) for name, (asked, scripts) in targets.items()],
            self._environment.postgres_pid,
            rounds=6 if self._is_full else 3,
            seconds=1.0 if self._is_full else 0.5,
        )
        best = {name: found.best() for name, found in series.items()}
        cost = {name: sample.cpu_ms for name, sample in best.items()}
        rows = [
            value("ceiling: constant bytes of the numbers' size", cost["ceiling"], "CPU ms"),
            share_of("numbers, warm, of their ceiling", cost["warm"], cost["ceiling"], Goal("≥", 0.55)),
            value("numbers, warm: best rate", best["warm"].per_second, "per second"),
            growth(
                "numbers of a day, computed, 1M to 10k",
                cost["computed"],
                cost["computed, 10k"],
                "CPU ms",
                Goal("≤", 1.3),
            ),
        ]
        today = large.shop.today
        # The longest that the young shop is old, and what both have booked ahead: about a month, with as many rows in both.
        spans = {
            "day": (today, today),
            "month": (today - timedelta(days=RECENT_DAYS), today + timedelta(days=RECENT_DAYS)),
        }
        with (
            self._environment.connect(small.shop.database) as young,
            self._environment.connect(large.shop.database) as old,
        ):
            statements = counters.statements_per_request(old, large.port, [large.stats()] * 3, [large.stats()] * 10)
            rows.append(value("numbers, warm: SQL statements", statements, "statements", Goal("≤", 1)))
            for name, span in spans.items():
                (pages, took), (pages_young, took_young) = (
                    counters.stats_cost(connection, shop, span) for connection, shop in ((old, large), (young, small))
                )
                rows += [
                    growth(f"statement of a {name}'s numbers, 1M to 10k", took, took_young, "ms", Goal("≤", 1.3)),
                    growth(
                        f"numbers of a {name}: pages touched",
                        pages,
                        pages_young,
                        "pages",
                        Goal("≤", 1.3),
                        is_noisy=False,
                    ),
                ]
        return rows

    def _streams(self) -> list[Row]:
        fanout = streams.fan_out(self._large, 360 if self._is_full else 300, 10 if self._is_full else 5)
        self._open_day(self._large.shop)
        return [
            value("open screens", fanout.streams, "streams"),
            value("open screens: events delivered", fanout.delivered * 100, "%", Goal("=", 100)),
            value(
                f"{fanout.streams} open screens: 95 % told within", fanout.p95_ms, "ms", Goal("≤", 80), is_noisy=True
            ),
        ]

    def _messages(self) -> list[Row]:
        with stage.at_noon(self._environment, "bench_texts") as texts:
            rounds, seconds = (6, 1.0) if self._is_full else (2, 0.5)
            # First: what is only accepted for its cost is put in the queue too.
            rows = messages.latencies(texts, self._traffic)
            return rows + messages.costs(
                texts, self._traffic, self._environment.postgres_pid, rounds=rounds, seconds=seconds
            )

    def _faults(self) -> list[Row]:
        with stage.at_noon(self._environment, "bench_faults") as texts:
            return faults.rehearse(texts, self._traffic).rows()

    def _browser(self) -> list[Row]:
        return browser.measure(
            self._environment, self._small, self._small.shop.loaded_on, paints=7, is_quick=not self._is_full
        )


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say what is measured and how long it took."""
    started = time.monotonic()
    print(f"  Measuring: {what} … ", end="", flush=True)
    try:
        yield
    finally:
        print(f"{time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
