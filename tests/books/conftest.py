"""A location whose local day is known, and entries on it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.core.ids import new_id
from backend.payments.models import Payment
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.shop import make_location


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn")


@pytest.fixture
def today(location):
    """Return the location's local day, a quarter hour from midnight or not."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return datetime.now(ZoneInfo(location.timezone)).date()


@pytest.fixture
def visit(session, location):
    appointment = make_appointment(session, location)
    make_job(session, appointment, lines=[{"unit_price_cents": 1_000_00}])
    return appointment


@pytest.fixture
def entry(session, location, visit):
    """Return what enters money of a day as it lies in the ledger."""

    def enter(cents: int, day: date, *, method: str = "cash", reverses: Payment | None = None, kind: str = "payment"):
        made = Payment(
            id=new_id(),
            location_id=location.id,
            appointment_id=visit.id,
            kind=kind,
            method=method,
            amount_cents=cents,
            currency="USD",
            reverses_id=reverses.id if reverses else None,
            accounting_on=day,
            created_at=datetime.now(UTC) + timedelta(microseconds=new_id().int % 1000),
        )
        session.add(made)
        session.flush()
        return made

    return enter
