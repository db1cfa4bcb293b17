"""A shop that texts: many small places at noon, customers who agreed, and everything that sends; the simulator is the provider.

Many, because each place may send 200 texts an hour and each customer get 20 a day; the caps are not what is measured.
"""

import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from backend.accounts.rules import hash_password
from backend.core.ids import new_id
from bench.env import Account, Environment
from bench.traffic import PROCESSES, Load, Outcome, Paced, send
from tools import migrate
from tools.paths import ROOT, VENV_PYTHON
from tools.processes import Child
from tools.sms_simulator.process import SimulatorServer

PLACES, JOBS_OF_A_PLACE = 40, 10
EMAIL, PASSWORD = "owner@texts.test", "bench of the shop"
WORDS = "Your car is ready. We close at six."


@dataclass(frozen=True)
class Stage:
    """Where texts are sent: a web server's port, the processes' settings, the provider, the database, the visits."""

    port: int
    environment: Mapping[str, str]
    simulator: SimulatorServer
    connection: "psycopg.Connection[Any]"
    headers: str
    jobs: Sequence[str]
    folder: Path
    web_pid: int = 0

    @contextmanager
    def senders(self, **changes: str) -> Iterator[None]:
        """Run the workers and the dispatcher, with settings that differ for them."""
        environment = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **self.environment, **changes}
        children = [
            Child(name, [VENV_PYTHON, "-m", f"backend.{name}"], log=self.log(name), cwd=ROOT, environment=environment)
            for name in ("worker", "dispatcher")
        ]
        try:
            yield
        finally:
            for child in children:
                child.stop(3)

    def log(self, name: str) -> Path:
        """Return where a sending process writes."""
        return self.folder / f"{name}.log"

    def text(self, number: int) -> bytes:
        """Ask for a text to be sent, with words and a key of its own, to one customer after the other."""
        return send(
            "POST",
            f"/api/appointments/{self.jobs[number % len(self.jobs)]}/messages",
            {"channel": "sms", "body": f"{WORDS} {uuid4().hex[:12]}"},
            f"{self.headers}Idempotency-Key: {uuid4()}\r\n",
        )

    def post(self, load: Load, count: int, *, connections: int = 16, per_second: float | None = None) -> Outcome:
        """Post `count` texts, as fast as they are taken, or at a pace by one connection of each load process."""
        if per_second is not None:
            connections = PROCESSES
        texts = [self.text(number) for number in range(count)]
        hands = [texts[at::connections] for at in range(connections)]
        pause = None if per_second is None else connections / per_second
        return load.run(self.port, [Paced(hands[at::PROCESSES], pause) for at in range(PROCESSES)])

    def count(self, condition: str) -> int:
        """Count messages."""
        count: int = self.connection.execute(f"SELECT count(*) FROM messages WHERE {condition}").fetchone()[0]
        return count

    def wait_until(self, none_left: str, seconds: float) -> float:
        """Wait until no message meets a condition any more, at most so long; return how long it took."""
        started = time.monotonic()
        while self.count(none_left) and time.monotonic() - started < seconds:
            time.sleep(0.2)
        return time.monotonic() - started


@contextmanager
def at_noon(environment: Environment, database: str) -> Iterator[Stage]:
    """Make the shop anew in a database of the bench's servers, with a web server and a provider."""
    with environment.connect("postgres") as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{database}"')
    migrate.upgrade(environment.url(database))
    # What a run before left there would be done first.
    environment.redis.flush()
    folder = environment.scratch / database
    simulator = SimulatorServer(folder / "simulator.log", secrets.token_hex(16), webhook=None)
    simulator.start()
    try:
        with environment.connect(database) as connection:
            jobs = fill(connection)
            connection.execute("ANALYZE")
            server = environment.serve(database, **simulator.environment)
            # Receipts come some seconds later, as from a real network.
            simulator.tell("/control/mode", pause=3)
            settings = {**server.environment, "KEYTAG_PUBLIC_URL": server.url}
            headers = server.sign_in(Account(EMAIL, password=PASSWORD)).headers(unsafe=True)
            yield Stage(server.port, settings, simulator, connection, headers, jobs, folder, server.child.pid)
    finally:
        simulator.stop()


def fill(connection: "psycopg.Connection[Any]") -> list[str]:
    """Write the places, their customers with consent, one visit each, and an Owner; return the visits' ids."""
    now = datetime.now(UTC)
    ahead = (12 - now.hour + 12) % 24 - 12
    owner = new_id()
    connection.execute(
        "INSERT INTO users (id, email, name, role, password_hash, created_at, updated_at, password_changed_at) "
        "VALUES (%s, %s, 'Olga Owner', 'Owner', %s, now(), now(), now() - interval '1 hour')",
        [owner, EMAIL, hash_password(PASSWORD)],
    )
    jobs = []
    for place in range(PLACES):
        location = new_id()
        connection.execute(
            "INSERT INTO locations (id, name, timezone, opens_at, closes_at, created_at) VALUES (%s, %s, %s, '08:00', '18:00', now())",
            [location, f"Place {place}", f"Etc/GMT{-ahead:+d}"],
        )
        connection.execute("INSERT INTO user_locations (user_id, location_id) VALUES (%s, %s)", [owner, location])
        for number in range(JOBS_OF_A_PLACE):
            # Toll-free: the place's own zone alone decides the hours.
            phone, customer, job = f"+1888555{place * JOBS_OF_A_PLACE + number:04}", new_id(), new_id()
            connection.execute(
                "INSERT INTO customers (id, name, name_key, phone, created_at, updated_at) VALUES (%s, 'Ana Flores', 'ana flores', %s, now(), now())",
                [customer, phone],
            )
            connection.execute(
                "INSERT INTO consent_events (id, phone, kind, method, at) VALUES (%s, %s, 'express', 'web_form', now())",
                [new_id(), phone],
            )
            connection.execute(
                "INSERT INTO appointments (id, location_id, day, starts_at, ends_at, status, status_since, order_key, customer_id, created_at, updated_at) "
                "VALUES (%s, %s, current_date, now(), now() + interval '1 hour', 'SCHEDULED', now(), %s, %s, now(), now())",
                [job, location, float(number), customer],
            )
            jobs.append(str(job))
    return jobs
