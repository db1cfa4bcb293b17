"""Which visits a history has, in which order, with how many statements."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.vehicles.rules import CustomerGoneError
from backend.visits import queries
from tests.factories.appointments import make_appointment
from tests.factories.customers import CREATED_AT, make_customer
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def _visit(session, location, days_ago, **more):
    start = NOW - timedelta(days=days_ago)
    return make_appointment(session, location, starts_at=start, ends_at=start + timedelta(hours=1), **more)


def test_a_history_covers_all_locations_newest_first_in_pages_of_one_statement(session, statements):
    here, there = (
        make_location(session, name="Brooklyn"),
        make_location(session, name="Mesa", timezone="America/Phoenix"),
    )
    rosa = make_customer(session)
    numbers = [
        _visit(session, location, days, customer_id=rosa.id, total_cents=12_300, paid_cents=100).number
        for days, location in [(1, here), (5, there), (5, here), (9, there)]
    ]
    _visit(session, here, 2, customer_id=rosa.id, deleted_at=CREATED_AT)
    _visit(session, here, 3)

    with statements() as sent:
        first = queries.list_visits_of_customer(session, rosa.id, after=None, limit=3, with_money=True)
    cursor = queries.VisitCursor(first[-1].start, first[-1].appointment_id)
    second = queries.list_visits_of_customer(session, rosa.id, after=cursor, limit=3, with_money=True)

    assert len(sent) == 1
    assert [visit.number for visit in first + second] == [numbers[0], numbers[2], numbers[1], numbers[3]]
    assert [visit.location_name for visit in first] == ["Brooklyn", "Brooklyn", "Mesa"]
    assert (second[0].timezone, second[0].total_cents, second[0].paid_cents) == ("America/Phoenix", 12_300, 100)


def test_a_history_without_money_has_no_cents(session):
    rosa = make_customer(session)
    _visit(session, make_location(session), 1, customer_id=rosa.id, total_cents=12_300)

    (visit,) = queries.list_visits_of_customer(session, rosa.id, after=None, limit=3, with_money=False)

    assert (visit.total_cents, visit.paid_cents) == (None, None)


def test_a_car_keeps_the_visits_of_its_earlier_owners(session):
    location = make_location(session)
    rosa, john = make_customer(session), make_customer(session, name="John Smith")
    car = make_vehicle(session, john)
    _visit(session, location, 9, customer_id=rosa.id, vehicle_id=car.id)
    _visit(session, location, 1, customer_id=john.id, vehicle_id=car.id)

    visits = queries.list_visits_of_vehicle(session, car.id, after=None, limit=9, with_money=False)

    assert [visit.customer_name for visit in visits] == ["John Smith", "Rosa Delgado"]


def test_no_visits_is_an_empty_history_and_nobody_is_a_404(session):
    rosa = make_customer(session)
    gone = make_customer(session, deleted_at=CREATED_AT)

    assert queries.list_visits_of_customer(session, rosa.id, after=None, limit=3, with_money=False) == []
    with pytest.raises(CustomerGoneError):
        queries.list_visits_of_customer(session, gone.id, after=None, limit=3, with_money=False)
