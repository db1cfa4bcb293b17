"""What the tests of customers, vehicles and their search share: actors, counted statements, and a way to race."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.permissions import Role
from backend.audit.models import AuditLog
from backend.core.actor import Actor, ActorKind
from backend.core.db import SessionFactory, transaction
from backend.core.ids import new_id

SAM = Actor(ActorKind.USER, new_id(), "Sam Rivera", Role.ADVISOR)
OLIVIA = Actor(ActorKind.USER, new_id(), "Olivia Park", Role.OWNER)


def as_work(command: Callable[..., Any], *arguments: Any, **more: Any) -> Callable[[], Any]:
    """Return a call that runs `command` in a transaction of its own."""

    def call() -> Any:
        with transaction() as session:
            return command(session, *arguments, **more)

    return call


@pytest.fixture
def audit_of(session: Session) -> Callable[[Any], list[tuple[str, int | None, dict[str, Any]]]]:
    """Return `audit_of(row)`: its audit rows, oldest first, as (action, version, changes)."""

    def read(row: Any) -> list[tuple[str, int | None, dict[str, Any]]]:
        rows = session.execute(
            sa.select(AuditLog.action, AuditLog.version, AuditLog.changes)
            .where(AuditLog.entity_id == row.id)
            .order_by(AuditLog.version, AuditLog.id)
        )
        return [(action, version, changes) for action, version, changes in rows]

    return read


@pytest.fixture
def statements(session: Session) -> Callable[[], AbstractContextManager[list[str]]]:
    """Return `statements()`: a context whose list fills with the SQL that is sent meanwhile."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        engine = SessionFactory.kw["bind"]
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def race() -> Callable[..., list[Any]]:
    """Return `race(*calls)`: run them at one moment, each in a thread; give back results or errors in order."""

    def run(*calls: Callable[[], Any]) -> list[Any]:
        results: list[Any] = [None] * len(calls)
        gate = threading.Barrier(len(calls))

        def enter(place: int, call: Callable[[], Any]) -> None:
            gate.wait(timeout=10)
            try:
                results[place] = call()
            except Exception as error:  # noqa: BLE001  the test looks at it
                results[place] = error

        threads = [threading.Thread(target=enter, args=(place, call)) for place, call in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        return results

    return run
