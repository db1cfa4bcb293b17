"""A board put together from cards that were written before says what a board read anew says."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.board import queries
from tests.factories.appointments import START, make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_location

BOARD = "/api/admin/appointments/board"
DAY = date(2026, 11, 20)
STATUSES = [Status.SCHEDULED, Status.IN_PROGRESS, Status.READY]


@pytest.fixture
def shop(session):
    location = make_location(session)
    customers = [make_customer(session, name=f"Customer {number}") for number in range(4)]
    for number in range(14):
        make_appointment(
            session,
            location,
            customer_id=customers[number % 4].id,
            starts_at=START + timedelta(minutes=number),
            status=STATUSES[number % 3],
            order_key=1024.0 * number,
            total_cents=100 * number,
            check_in_at=START if number % 3 else None,
        )
    return location


def _read_anew(client):
    """Return the board without anything kept from before."""
    kept, queries._cache._entries = queries._cache._entries, type(queries._cache._entries)()
    try:
        return client.get(f"{BOARD}?from={DAY}&to={DAY}").get_json()
    finally:
        queries._cache._entries = kept


def _change(session, location, dice):
    """Do one of the things that show on a board."""
    rows = session.scalars(sa.select(Appointment).order_by(Appointment.number)).all()
    row = dice.choice(rows)
    what = dice.randrange(6)
    if what == 0:
        row.order_key = dice.uniform(-1000, 20000)
    elif what == 1:
        row.status = dice.choice(STATUSES)
    elif what == 2:
        row.deleted_at = None if row.deleted_at else datetime(2026, 11, 20, 16, tzinfo=UTC)
    elif what == 3:
        row.total_cents += 1
    elif what == 4:
        make_appointment(session, location, starts_at=START - timedelta(days=dice.randrange(2)), check_in_at=START)
    else:
        session.execute(
            sa.text("UPDATE customers SET name = :name WHERE id = :id"),
            {"name": f"Renamed {dice.randrange(100)}", "id": row.customer_id},
        )


@pytest.mark.parametrize("role", ["Owner", "Tech"])
def test_a_changed_board_is_what_reading_it_anew_gives(session, as_role, shop, role):
    client, dice = as_role(role), random.Random(7)
    client.get(f"{BOARD}?from={DAY}&to={DAY}")
    for _ in range(40):
        for _ in range(dice.randrange(1, 4)):
            _change(session, shop, dice)
        answer = client.get(f"{BOARD}?from={DAY}&to={DAY}")
        assert answer.get_json() == _read_anew(client)


def test_only_changed_cards_are_read_again(session, as_role, shop, monkeypatch):
    client = as_role("Owner")
    client.get(f"{BOARD}?from={DAY}&to={DAY}")
    written = []
    monkeypatch.setattr(queries, "card", lambda row, make=queries.card: written.append(row[0]) or make(row))
    changed = session.scalars(sa.select(Appointment).limit(1)).one()
    changed.order_key = -1.0
    assert client.get(f"{BOARD}?from={DAY}&to={DAY}").get_json()["cards"][0]["id"] == str(changed.id)
    assert written == [changed.id]


def test_roles_with_and_without_money_have_boards_of_their_own(session, as_role, shop):
    owner, tech = as_role("Owner"), as_role("Tech")
    for _ in range(2):
        shown = owner.get(f"{BOARD}?from={DAY}&to={DAY}").get_json()
        assert "sumCents" in shown["columns"][0]
        assert "totalCents" in shown["cards"][0]
        hidden = tech.get(f"{BOARD}?from={DAY}&to={DAY}").get_json()
        assert "sumCents" not in hidden["columns"][0]
        assert not {"totalCents", "paidCents"} & set(hidden["cards"][0])
        session.scalars(sa.select(Appointment).limit(1)).one().order_key = 5.0
