"""What can be counted exactly: statements, pages, HOT updates, WAL, bytes. No noise, so no tolerance."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import mean, median
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from backend.board import queries as board_queries
from backend.core import db
from backend.drawer import queries as drawer_queries
from backend.stats import queries as stats_queries
from bench.requests import Requests
from bench.traffic import Load, ask

# A backend tells its counters at most once a second, when it is asked something after that.
STATISTICS_SECONDS = 1.1
STATISTICS_TRIES = 12
STATS_TRIES = 15


def statements_per_request(
    connection: "psycopg.Connection[Any]", port: int, before: Sequence[bytes], requests: Sequence[bytes]
) -> float:
    """Return how many SQL statements the server runs for one of these requests, on average; `before` warms it up."""
    for request in before:
        ask(port, request)
    connection.execute("SELECT pg_stat_statements_reset()")
    for request in requests:
        answer = ask(port, request)
        assert answer.status in (200, 304), answer
    calls = connection.execute(
        """
        SELECT coalesce(sum(calls), 0)::int FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
         WHERE d.datname = current_database() AND query NOT LIKE '%pg_stat_statements%'
        """
    ).fetchone()[0]
    return calls / len(requests)


def board_pages(connection: "psycopg.Connection[Any]", requests: Requests) -> float:
    """Return the pages that reading a board's 200 cards touches, the mean over the last days."""
    return mean(
        _pages(
            connection,
            board_queries._CARDS,  # noqa: SLF001 - the very statement that the product runs
            {"location_id": UUID(requests.shop.location_id), "first_day": day, "last_day": day},
        )
        for day in requests.shop.past_days
    )


def digest_pages(connection: "psycopg.Connection[Any]", requests: Requests) -> float:
    """Return the pages that checking a board touches, sign-in included."""
    session_id = newest_session(connection)
    return mean(
        _pages(
            connection,
            board_queries._CHECK,  # noqa: SLF001
            {
                "session_id": session_id,
                "now": datetime.now(UTC),
                "location_id": None,
                "first_day": day,
                "last_day": day,
            },
        )
        for day in requests.shop.past_days
    )


def drawer_pages(connection: "psycopg.Connection[Any]", requests: Requests) -> float:
    """Return the pages that a drawer touches, the mean over some appointments."""
    session_id = newest_session(connection)
    return mean(
        _pages(
            connection,
            drawer_queries._STATEMENT,  # noqa: SLF001
            {
                "session_id": session_id,
                "id": UUID(identifier),
                "messaging": True,
                "payments": True,
                "inspections": True,
            },
        )
        for identifier in requests.ids[:20]
    )


def stats_cost(connection: "psycopg.Connection[Any]", requests: Requests, span: tuple[date, date]) -> tuple[int, float]:
    """Return the pages that computing the numbers of these days touches, and how many ms it takes, the median of some.

    As the product runs it: planned once, whatever the days.
    """
    text, names = db._numbered(stats_queries._FIGURES[True, False])  # noqa: SLF001
    values = {"location_id": requests.shop.location_id, "first_day": span[0], "last_day": span[1]}
    execute = sql.SQL("EXECUTE figures ({})").format(sql.SQL(", ").join(sql.Literal(values[name]) for name in names))
    with connection.transaction(), psycopg.ClientCursor(connection) as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(b"PREPARE figures AS " + text)
        seconds = []
        for _ in range(STATS_TRIES):
            started = time.perf_counter()
            cursor.execute(execute)
            seconds.append(time.perf_counter() - started)
        cursor.execute(sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {}").format(execute))
        pages = _shared_pages(cursor.fetchone()[0])
        cursor.execute("DEALLOCATE figures")
    return pages, median(seconds) * 1000


def newest_session(connection: "psycopg.Connection[Any]") -> UUID:
    """Return the sign-in that the measurements use."""
    session_id: UUID = connection.execute("SELECT id FROM sessions ORDER BY created_at DESC LIMIT 1").fetchone()[0]
    return session_id


def _pages(connection: "psycopg.Connection[Any]", statement: str, values: dict[str, Any]) -> int:
    """Return the shared pages a statement touches when planning is done and everything is in memory."""
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute(statement, values)
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
        return _shared_pages(cursor.fetchone()[0])


def _shared_pages(plan: Any) -> int:
    root = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(root["Shared Hit Blocks"]) + int(root["Shared Read Blocks"])


@dataclass(frozen=True)
class MoveCosts:
    """What moves left in PostgreSQL."""

    hot_share: float
    wal_bytes: float


def move_costs(connection: "psycopg.Connection[Any]", load: Load, requests: Requests) -> MoveCosts:
    """Move cards about and return the share of HOT updates and the WAL bytes per move.

    The first pass pays for the full pages that PostgreSQL logs after a checkpoint; the second one is counted.
    """
    scripts = requests.moves_once()
    load.run(requests.port, scripts)
    before, wal = _updates(connection), _wal(connection)
    outcome = load.run(requests.port, scripts)
    wal_after = _wal(connection)
    applied = connection.execute("SELECT pg_wal_lsn_diff(%s, %s)", [wal_after, wal]).fetchone()[0]
    after = before
    for _ in range(STATISTICS_TRIES):
        time.sleep(STATISTICS_SECONDS)
        load.run(requests.port, requests.polls_once())
        after = _updates(connection)
        if after[0] - before[0] >= outcome.good * 0.9:
            break
    return MoveCosts((after[1] - before[1]) / max(1, after[0] - before[0]), float(applied) / max(1, outcome.good))


def _updates(connection: "psycopg.Connection[Any]") -> tuple[int, int]:
    row = connection.execute(
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'appointments'"
    ).fetchone()
    return row[0], row[1]


def _wal(connection: "psycopg.Connection[Any]") -> str:
    position: str = connection.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()[0]
    return position


def deadlocks(connection: "psycopg.Connection[Any]") -> int:
    """Return how many deadlocks this database has seen."""
    count: int = connection.execute(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ).fetchone()[0]
    return count
