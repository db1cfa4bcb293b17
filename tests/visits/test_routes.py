"""Histories over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle

NOWHERE = "01900000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("role", "sees_money"), [("Owner", True), ("Advisor", True), ("Tech", False), ("Accountant", True)]
)
def test_cents_in_histories_are_only_for_those_who_may_see_money(session, as_role, role, sees_money):
    rosa = make_customer(session)
    car = make_vehicle(session, rosa)
    make_appointment(session, make_location(session), customer_id=rosa.id, vehicle_id=car.id, total_cents=12_300)
    person = as_role(role)

    for path in (f"/api/customers/{rosa.id}/history", f"/api/vehicles/{car.id}/history"):
        (visit,) = person.get(path).get_json()["items"]
        assert ("totalCents" in visit, "paidCents" in visit) == (sees_money, sees_money)
        assert (visit["customerName"], visit["vehicle"]) == ("Rosa Delgado", "2019 Toyota Corolla")
        if sees_money:
            assert visit["totalCents"] == 12_300


def test_a_history_comes_in_pages(session, as_role):
    location, rosa = make_location(session), make_customer(session)
    start = datetime(2026, 11, 20, 15, tzinfo=UTC)
    for days in range(5):
        moment = start - timedelta(days=days)
        make_appointment(session, location, customer_id=rosa.id, starts_at=moment, ends_at=moment + timedelta(hours=1))
    advisor = as_role("Advisor")

    starts, cursor = [], None
    for _ in range(3):
        page = advisor.get(
            f"/api/customers/{rosa.id}/history", query_string={"limit": 2} | ({"cursor": cursor} if cursor else {})
        ).get_json()
        starts += [item["start"][:10] for item in page["items"]]
        cursor = page["nextCursor"]

    assert starts == ["2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16"]
    assert cursor is None


@pytest.mark.parametrize(
    ("method", "address"),
    [
        pytest.param("get", f"/api/customers/{NOWHERE}/history", id="history"),
        pytest.param("get", f"/api/vehicles/{NOWHERE}/history", id="vehicle history"),
    ],
)
def test_what_is_not_there_is_a_404(as_role, method, address):
    answer = getattr(as_role("Owner"), method)(address, json={} if method == "patch" else None)

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
