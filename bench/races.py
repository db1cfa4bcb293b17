"""Many people at the same thing at once: exactly one gets it, nothing is lost, nobody waits for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import psycopg

from bench.load import DAYS_AHEAD, LANES
from bench.requests import Requests
from bench.traffic import PROCESSES, Load, Movers, Outcome, Persistent, send

CLIENTS = 200
MOVERS = 8
DROPS = 250
CONSTANT_SECONDS = 3.0
# What it takes to say by whom a time is taken.
REFUSAL_BYTES = 700


@dataclass(frozen=True)
class Drops:
    """What came of eight people dropping their cards behind the same one."""

    outcome: Outcome
    versions: int
    audit_rows: int
    ties: int

    @property
    def is_consistent(self) -> bool:
        """Whether each move that was told to be made made one version and one audit row, and none other did."""
        return self.outcome.applied == self.versions == self.audit_rows

    @property
    def conflict_share(self) -> float:
        """The share of moves that were refused because of somebody else's."""
        return self.outcome.statuses[409] / max(1, self.outcome.count)


def drops(connection: "psycopg.Connection[Any]", load: Load, requests: Requests, count: int = DROPS) -> Drops:
    """Let eight people drop their own cards right behind the same card, `count` times each."""
    neighbour, *others = requests.movable
    read = "SELECT id::text, version FROM appointments WHERE id = ANY (%s::uuid[])"
    versions = dict(connection.execute(read, [others]).fetchall())
    audit = "SELECT count(*) FROM audit_logs WHERE entity_id = ANY (%s::uuid[])"
    audit_before = connection.execute(audit, [others]).fetchone()[0]
    hands = [[(identifier, versions[identifier]) for identifier in others[at::MOVERS]] for at in range(MOVERS)]
    scripts = [
        Movers(hands[at::PROCESSES], count, neighbour, ("READY", "IN_PROGRESS", "READY"), requests.unsafe_headers)
        for at in range(PROCESSES)
    ]
    outcome = load.run(requests.port, scripts)
    after = dict(connection.execute(read, [others]).fetchall())
    board = requests.read_board()["cards"]
    places = {(card["status"], card["orderKey"]) for card in board}
    return Drops(
        outcome,
        sum(after.values()) - sum(versions.values()),
        connection.execute(audit, [others]).fetchone()[0] - audit_before,
        len(board) - len(places),
    )


def wait_for_constant_bytes(load: Load, requests: Requests) -> float:
    """Return within how many ms 95 % of eight people's requests for a move's constant bytes are answered."""
    move = requests.move(requests.movable[0], "READY", {"position": 9})
    return load.run(requests.port, requests.constant(move), seconds=CONSTANT_SECONDS).percentile(0.95)


def crowd_for_constant_bytes(load: Load, requests: Requests) -> float:
    """Return within how many ms 95 % of 200 people who ask at once for a refusal's constant bytes are answered."""
    request = requests.constant_request(REFUSAL_BYTES)
    hands = [[request]] * CLIENTS
    return load.run(requests.port, [Persistent(hands[at::PROCESSES]) for at in range(PROCESSES)]).percentile(0.95)


@dataclass(frozen=True)
class Bookings:
    """What came of many people booking at once."""

    outcome: Outcome
    made: int

    @property
    def is_clean(self) -> bool:
        """Whether everybody was told in the end that they have it or that it is taken, and the table agrees."""
        statuses = self.outcome.statuses
        return set(statuses) <= {201, 409, 503} and statuses[201] == self.made and not self.outcome.failures


def one_slot(connection: "psycopg.Connection[Any]", load: Load, requests: Requests) -> Bookings:
    """Let 200 people book the same hour of the same technician."""
    start = _night(requests, DAYS_AHEAD - 1)
    tech = _technicians(connection, requests)[0]
    return _book(connection, load, requests, [(tech, start, timedelta(hours=1))] * CLIENTS)


def many_slots(connection: "psycopg.Connection[Any]", load: Load, requests: Requests, each: int) -> Bookings:
    """Let `each` people book each of 500 slots: 25 technicians, 20 half hours."""
    start = _night(requests, DAYS_AHEAD - 2)
    length = timedelta(minutes=30)
    slots = [
        (tech, start + at * length, length)
        for _ in range(each)
        for at in range(20)
        for tech in _technicians(connection, requests)
    ]
    return _book(connection, load, requests, slots)


def overlapping_starts(connection: "psycopg.Connection[Any]", load: Load, requests: Requests, count: int) -> Bookings:
    """Let people book hours that start each quarter of an hour, with four technicians."""
    start = _night(requests, DAYS_AHEAD - 3)
    technicians = _technicians(connection, requests)[:4]
    slots = [
        (technicians[at % 4], start + (at * 7 % 37) * timedelta(minutes=15), timedelta(hours=1)) for at in range(count)
    ]
    return _book(connection, load, requests, slots)


def overlapping_pairs(connection: "psycopg.Connection[Any]") -> int:
    """Return how many pairs of the bookings made here overlap for a technician."""
    count: int = connection.execute(
        """
        SELECT count(*) FROM appointments a JOIN appointments b
            ON a.tech_id = b.tech_id AND a.during && b.during AND a.id < b.id AND a.blocks AND b.blocks
         WHERE a.created_by IS NOT NULL
        """
    ).fetchone()[0]
    return count


def _night(requests: Requests, days_ahead: int) -> datetime:
    """Return an evening at which the loaded shop has no visits."""
    return datetime.combine(requests.shop.today + timedelta(days=days_ahead - 4), time(1), UTC)


def _technicians(connection: "psycopg.Connection[Any]", requests: Requests) -> list[str]:
    rows = connection.execute(
        "SELECT u.id::text FROM users u JOIN user_locations l ON l.user_id = u.id WHERE u.role = 'Tech' AND l.location_id = %s ORDER BY u.id LIMIT %s",
        [requests.shop.location_id, LANES],
    )
    return [row[0] for row in rows]


def _book(
    connection: "psycopg.Connection[Any]",
    load: Load,
    requests: Requests,
    slots: Sequence[tuple[str, datetime, timedelta]],
) -> Bookings:
    """Book the slots from as many connections as there are people, 200 at most."""
    customer = str(connection.execute("SELECT id FROM customers ORDER BY id LIMIT 1").fetchone()[0])
    counted = "SELECT count(*) FROM appointments WHERE created_by IS NOT NULL"
    before = connection.execute(counted).fetchone()[0]
    orders = [
        send(
            "POST",
            "/api/appointments",
            {
                "locationId": requests.shop.location_id,
                "customerId": customer,
                "techId": tech,
                "start": start.isoformat().replace("+00:00", "Z"),
                "end": (start + length).isoformat().replace("+00:00", "Z"),
            },
            f"{requests.unsafe_headers}Idempotency-Key: {uuid4()}\r\n",
        )
        for tech, start, length in slots
    ]
    people = min(CLIENTS, len(orders))
    hands = [orders[at::people] for at in range(people)]
    outcome = load.run(requests.port, [Persistent(hands[at::PROCESSES]) for at in range(PROCESSES)])
    return Bookings(outcome, connection.execute(counted).fetchone()[0] - before)
