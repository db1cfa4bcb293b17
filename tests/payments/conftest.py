"""A visit that costs something, and how its ledger stands."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from backend.core.ids import new_id
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.shop import make_location


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn")


@pytest.fixture
def visit(session, location):
    """Return a visit of $100.00."""
    return make_visit(session, location)


def make_visit(session, location, cents=100_00, **overrides):
    appointment = make_appointment(session, location, **overrides)
    make_job(session, appointment, lines=({"unit_price_cents": cents},))
    return appointment


def key() -> dict[str, str]:
    """Return the header of a new request."""
    return {"Idempotency-Key": str(new_id())}


def pay(client, visit, cents=100_00, *, method="cash", headers=None, **more):
    return client.post(
        f"/api/appointments/{visit.id}/payments",
        json={"amountCents": cents, "method": method, **more},
        headers=headers or key(),
    )


def paid(client, visit, cents=100_00, **more) -> dict[str, Any]:
    answer = pay(client, visit, cents, **more)
    assert answer.status_code == 201, answer.text
    entry: dict[str, Any] = answer.get_json()
    return entry


@pytest.fixture
def books(session) -> Callable[[], list[int]]:
    """Return what checks that every visit's `paid_cents` is its ledger's sum, and lists those sums."""

    def check() -> list[int]:
        session.rollback()
        rows = session.execute(
            sa.text(
                "SELECT a.paid_cents, coalesce(sum(p.amount_cents), 0)::bigint AS ledger FROM appointments a "
                "LEFT JOIN payments p ON p.appointment_id = a.id GROUP BY a.id, a.paid_cents ORDER BY a.number"
            )
        ).all()
        assert [row.paid_cents for row in rows] == [row.ledger for row in rows]
        return [row.paid_cents for row in rows]

    return check


def all_at_once(app, token: str, calls: list[tuple[str, dict[str, Any], dict[str, str]]], threads: int = 16):
    """Post `(path, body, headers)` at the same time; return the answers."""
    gate = threading.Barrier(min(threads, len(calls)))
    answers: list[Any] = []

    def run(share):
        client = app.test_client()
        gate.wait()
        for path, body, headers in share:
            answers.append(client.post(path, json=body, headers={**headers, "Authorization": f"Bearer {token}"}))

    workers = [threading.Thread(target=run, args=(calls[start :: gate.parties],)) for start in range(gate.parties)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return answers
