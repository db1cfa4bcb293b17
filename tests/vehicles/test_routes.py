"""Vehicles and VINs over HTTP."""

import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.vehicles.models import Vehicle
from tests.factories.customers import make_customer
from tests.factories.vehicles import make_vehicle

VIN = "1HGCM82633A004352"
NOWHERE = "01900000-0000-7000-8000-000000000000"


def _count(session, table):
    return session.scalar(sa.select(sa.func.count()).select_from(table))


def test_the_same_request_again_has_one_effect(session, as_role):
    advisor = as_role("Advisor")
    headers = {"Idempotency-Key": "a-double-click"}

    first, second = (advisor.post("/api/vehicles", json={"plate": "KPX 912"}, headers=headers) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    assert _count(session, Vehicle) == 1


def test_a_vehicle_is_created_found_changed_and_deleted(session, as_role):
    rosa = make_customer(session)
    advisor = as_role("Advisor")

    created = advisor.post(
        "/api/vehicles",
        json={
            "customerId": str(rosa.id),
            "year": 2003,
            "make": "Honda",
            "model": "Accord",
            "plate": "kpx-912",
            "vin": VIN,
        },
    )
    car = created.get_json()
    by_plate = advisor.get("/api/vehicles?q=KPX 912").get_json()["items"]
    by_vin = advisor.get("/api/vehicles?q=004352").get_json()["items"]
    by_owner = advisor.get(f"/api/vehicles?customerId={rosa.id}").get_json()["items"]
    changed = advisor.patch(f"/api/vehicles/{car['id']}", json={"customerId": None, "mileage": 90000, "version": 1})
    deleted = advisor.delete(f"/api/vehicles/{car['id']}")

    assert created.status_code == 201
    assert (car["label"], car["plate"], car["customerName"]) == ("2003 Honda Accord", "KPX-912", "Rosa Delgado")
    assert [[item["id"] for item in found] for found in (by_plate, by_vin, by_owner)] == [[car["id"]]] * 3
    assert (changed.get_json()["customerId"], changed.get_json()["mileage"], changed.get_json()["version"]) == (
        None,
        90000,
        2,
    )
    assert deleted.status_code == 204
    assert advisor.get(f"/api/vehicles/{car['id']}").status_code == 404


def test_vehicles_come_in_pages_newest_first(session, as_role):
    plates = [make_vehicle(session, plate=f"P{number}").plate for number in range(3)]
    advisor = as_role("Advisor")

    first = advisor.get("/api/vehicles?limit=2").get_json()
    second = advisor.get("/api/vehicles", query_string={"limit": 2, "cursor": first["nextCursor"]}).get_json()

    assert [item["plate"] for item in first["items"] + second["items"]] == plates[::-1]
    assert second["nextCursor"] is None


def test_a_vin_in_use_names_the_other_vehicle(session, as_role):
    car = make_vehicle(session, make_customer(session), vin=VIN)

    answer = as_role("Advisor").post("/api/vehicles", json={"vin": VIN})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "vin_in_use")
    assert answer.get_json()["vehicle"]["id"] == str(car.id)


def test_a_vin_is_decoded(as_role):
    tech = as_role("Tech")

    right = tech.get("/api/vin/1hgcm82633a004352").get_json()
    wrong = tech.get("/api/vin/1HGCM82633A0O4352")

    assert right == {
        "vin": VIN,
        "isValid": True,
        "checkDigit": "3",
        "expectedCheckDigit": "3",
        "year": 2003,
        "make": "Honda",
        "manufacturer": "Honda",
        "region": "North America",
        "country": "United States",
        "errors": [],
    }
    assert wrong.status_code == 200
    assert (wrong.get_json()["isValid"], wrong.get_json()["errors"]) == (
        False,
        ["A VIN has no O: look again for 1 and 0."],
    )


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/api/vehicles", {"plate": "X1"}),
        ("patch", "/api/vehicles/{vehicle}", {"plate": "X1"}),
        ("delete", "/api/vehicles/{vehicle}", None),
    ],
)
@pytest.mark.parametrize("role", ["Tech", "Accountant"])
def test_those_who_may_not_edit_change_nothing(session, as_role, role, method, path, body):
    car = make_vehicle(session)
    address = path.format(vehicle=car.id)

    answer = getattr(as_role(role), method)(address, json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    session.refresh(car)
    assert (car.version, car.deleted_at) == (1, None)
    assert _count(session, Vehicle) == 1


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param("{}", "plate", id="no vehicle"),
        pytest.param('{"year": 1885}', "year", id="before cars"),
        pytest.param('{"year": 2099}', "year", id="far future"),
        pytest.param('{"year": 1e400}', "year", id="infinite year"),
        pytest.param('{"year": 99999999999999999999999}', "year", id="huge year"),
        pytest.param('{"year": "2019"}', "year", id="text year"),
        pytest.param('{"year": 2019.5}', "year", id="half a year"),
        pytest.param('{"mileage": -1}', "mileage", id="negative miles"),
        pytest.param('{"mileage": 9223372036854775808}', "mileage", id="more miles than bigint"),
        pytest.param('{"vin": "1HGCM82633A004353"}', "vin", id="check digit"),
        pytest.param('{"vin": "\\u0000"}', "vin", id="NUL VIN"),
        pytest.param('{"customerId": "7"}', "customerId", id="wrong id"),
        pytest.param('{"plate": "X1", "version": 1}', "version", id="a version on creation"),
    ],
)
def test_bad_input_gets_a_problem_that_names_the_field_and_nothing_is_written(session, as_role, text, field):
    answer = as_role("Advisor").post("/api/vehicles", data=text, content_type="application/json")

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code == 422 or (field == "year" and answer.status_code == 400)
    if answer.status_code == 422 and field is not None:
        assert list(answer.get_json()["errors"]) == [field]
    assert _count(session, Vehicle) == 0
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.entity == "vehicle")) == 0


@pytest.mark.parametrize(
    ("method", "address"),
    [
        pytest.param("get", f"/api/vehicles/{NOWHERE}", id="vehicle"),
        pytest.param("patch", f"/api/vehicles/{NOWHERE}", id="vehicle change"),
        pytest.param("delete", f"/api/vehicles/{NOWHERE}", id="vehicle delete"),
    ],
)
def test_what_is_not_there_is_a_404(as_role, method, address):
    answer = getattr(as_role("Owner"), method)(address, json={} if method == "patch" else None)

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("vin", ["%00", "%ff", "a" * 3000, "1HGCM82633A004352%0a", "💥" * 17])
def test_an_odd_vin_is_answered(as_role, vin):
    answer = as_role("Advisor").get(f"/api/vin/{vin}")

    assert answer.status_code == 200
    assert isinstance(answer.get_json()["isValid"], bool)
