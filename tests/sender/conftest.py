"""A sender in this process, the simulator for a provider, and messages that wait for them."""

import pytest

from backend.core import queue
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.messages import commands
from backend.messages.commands import Draft
from backend.messages.models import Message
from backend.sender import tasks
from backend.settings import load_settings
from tests.messages.conftest import desk, make_desk, say, send, sent  # noqa: F401  a desk is the same here


@pytest.fixture
def sender(app, environment, simulator):
    """Make this process a sender by hand: nothing is kicked, times are short; `sender(**environment)` changes settings."""

    def configure(**changes: str) -> None:
        rehearsal = {"KEYTAG_REHEARSAL": "lease=0 reconcile=0 resend=0"}
        tasks.configure(load_settings({**environment, **rehearsal, **changes}))

    queue.configure(None)
    configure()
    yield configure
    tasks._Process.office = None
    tasks._Process.rehearsal = tasks.Rehearsal()
    queue.configure(environment["REDIS_URL"])


@pytest.fixture
def waiting(session, desk, sender):  # noqa: F811  the fixture, not the import
    """Return `waiting(**draft)`: a text that is due, of a customer who agreed to it."""

    def compose(**draft) -> Message:
        session.commit()
        wanted = {"body": "Your car is ready.", "appointment_id": desk.appointment.id, **draft}
        with transaction() as work:
            made = commands.compose(work, Draft(desk.location.id, **wanted), actor=SYSTEM, now=utc_now())
            return made.id

    return compose


@pytest.fixture
def row(session):
    """Return `row(id)`: a message as it stands now."""

    def read(message_id) -> Message:
        session.rollback()
        session.expire_all()
        return session.get(Message, message_id)

    return read


@pytest.fixture
def calls(simulator):
    """Return `calls()`: what the provider took, the oldest first."""
    return lambda: simulator.ask("/control/calls")["calls"]
