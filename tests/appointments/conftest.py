"""What the tests of appointments share: a shop with two locations, people, and a way to race."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.audit.models import AuditLog
from backend.outbox.models import OutboxEvent
from backend.shop.models import Bay, Location
from tests.factories.shop import make_bay, make_location


@dataclass
class Shop:
    """A location in New York with two bays, and one in Phoenix with a bay."""

    here: Location
    bay: Bay
    other_bay: Bay
    there: Location
    foreign_bay: Bay


@pytest.fixture
def shop(session: Session) -> Shop:
    here = make_location(session, name="Brooklyn", timezone="America/New_York")
    there = make_location(session, name="Mesa", timezone="America/Phoenix")
    return Shop(
        here,
        make_bay(session, here, name="Bay 1"),
        make_bay(session, here, name="Bay 2"),
        there,
        make_bay(session, there, name="Desert bay"),
    )


@pytest.fixture
def advisor(as_role, shop: Shop):
    """Return a client of an advisor who works at both locations."""
    return as_role("Advisor")


@pytest.fixture
def technician(as_role, shop: Shop) -> User:
    """Return a technician who works here, not there."""
    return as_role("Tech", [shop.here]).user


@pytest.fixture
def everything(session: Session) -> Callable[[], tuple[Any, ...]]:
    """Return a function that photographs all rows a refusal must leave as they are."""

    def photograph() -> tuple[Any, ...]:
        session.rollback()
        tables = (Appointment, AuditLog, OutboxEvent)
        return tuple(
            tuple(tuple(row) for row in session.execute(sa.select(*table.__table__.c).order_by(table.id)))
            for table in tables
        )

    return photograph


@pytest.fixture
def race(app: Flask, session: Session) -> Callable[..., list[tuple[int, Any]]]:
    """Return `race(client, requests)`: send all requests at the same moment, one thread each; (status, JSON) in order.

    A request is (method, path, json, headers).
    """

    def run(client: Any, requests: Sequence[tuple[str, str, Any, dict[str, str]]]) -> list[tuple[int, Any]]:
        session.commit()
        gate = threading.Barrier(len(requests))
        answers: list[tuple[int, Any]] = [(0, None)] * len(requests)

        def send(index: int, method: str, path: str, json: Any, headers: dict[str, str]) -> None:
            racer = app.test_client()
            gate.wait()
            answer = racer.open(
                path, method=method, json=json, headers={"Authorization": f"Bearer {client.token}", **headers}
            )
            answers[index] = (answer.status_code, answer.get_json(silent=True))

        threads = [threading.Thread(target=send, args=(index, *request)) for index, request in enumerate(requests)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        session.rollback()
        return answers

    return run


def blocking_overlaps(session: Session) -> list[tuple[Any, Any]]:
    """List pairs of blocking appointments that share a technician or a bay at some moment."""
    one, two = sa.orm.aliased(Appointment), sa.orm.aliased(Appointment)
    return [
        (row[0], row[1])
        for row in session.execute(
            sa.select(one.number, two.number).where(
                one.id < two.id,
                sa.or_(one.tech_id == two.tech_id, one.bay_id == two.bay_id),
                one.starts_at < two.ends_at,
                two.starts_at < one.ends_at,
                *(
                    clause
                    for side in (one, two)
                    for clause in (
                        side.status.not_in(["CANCELED", "NO_SHOW"]),
                        side.deleted_at.is_(None),
                        side.overbook_reason.is_(None),
                    )
                ),
            )
        )
    ]
