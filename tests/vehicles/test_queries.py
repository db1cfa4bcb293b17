"""Which vehicles are found, and whose they are."""

from datetime import UTC, datetime

from backend.vehicles import queries
from tests.factories.customers import CREATED_AT, make_customer
from tests.factories.vehicles import make_vehicle

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def test_a_car_of_a_deleted_owner_has_none(session):
    car = make_vehicle(session, make_customer(session, deleted_at=CREATED_AT))

    row = queries.get_vehicle(session, car.id)

    assert (row.customer_id, row.customer_name) == (None, None)


def test_a_list_is_one_statement(session, statements):
    make_vehicle(session, make_customer(session), plate="KPX-912")

    with statements() as sent:
        found = queries.list_vehicles(session, queries.VehicleFilter(text="912"), limit=20)

    assert [car.plate for car in found] == ["KPX-912"]
    assert len(sent) == 1
