"""Customers and vehicles over HTTP."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import redis
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.ids import new_id
from backend.core.live import CHANNEL
from backend.customers.models import Customer, Vehicle
from tests.factories.appointments import make_appointment
from tests.factories.customers import CREATED_AT, make_customer, make_vehicle
from tests.factories.shop import make_location

VIN = "1HGCM82633A004352"
NOWHERE = "01900000-0000-7000-8000-000000000000"


def _count(session, table):
    return session.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_customer_is_created_and_duplicates_are_hinted(session, as_role):
    make_customer(session, name="Rosa Delgado", phone="+17185550123")

    answer = as_role("Advisor").post(
        "/api/customers", json={"name": "Rosa Delgato", "phone": "(718) 555-0123", "email": "ROSA@example.com"}
    )

    assert answer.status_code == 201
    body = answer.get_json()
    assert (body["name"], body["phone"], body["email"], body["version"]) == (
        "Rosa Delgato",
        "+17185550123",
        "rosa@example.com",
        1,
    )
    assert (body["vehicles"], body["visitCount"], body["lastVisitAt"]) == ([], 0, None)
    (hint,) = body["possibleDuplicates"]
    assert (hint["name"], hint["phone"], hint["matchedOn"]) == ("Rosa Delgado", "+17185550123", ["phone", "name"])
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "body", "table"),
    [("/api/customers", {"name": "Rosa"}, Customer), ("/api/vehicles", {"plate": "KPX 912"}, Vehicle)],
)
def test_the_same_request_again_has_one_effect(session, as_role, path, body, table):
    advisor = as_role("Advisor")
    headers = {"Idempotency-Key": "a-double-click"}

    first, second = (advisor.post(path, json=body, headers=headers) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    assert _count(session, table) == 1


def test_a_customer_is_shown_changed_and_deleted(as_role):
    advisor = as_role("Advisor")
    path = f"/api/customers/{advisor.post('/api/customers', json={'name': 'Rosa'}).get_json()['id']}"

    changed = advisor.patch(path, json={"phone": "718-555-0123", "version": 1})
    shown = advisor.get(path)
    deleted = advisor.delete(path, headers={"If-Match": '"2"'})

    assert (changed.status_code, changed.get_json()["version"]) == (200, 2)
    assert shown.get_json() == changed.get_json()
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert advisor.get(path).status_code == 404


@pytest.mark.parametrize("how", ["body", "header"])
def test_two_editors_of_one_field_get_a_conflict_in_words(session, as_role, how):
    rosa = make_customer(session)
    path = f"/api/customers/{rosa.id}"
    advisor, owner = as_role("Advisor"), as_role("Owner")
    owner.patch(path, json={"notes": "theirs", "version": 1})

    answer = advisor.patch(
        path,
        json={"notes": "mine"} | ({"version": 1} if how == "body" else {}),
        headers={"If-Match": '"1"'} if how == "header" else {},
    )

    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (409, "edit_conflict")
    assert answer.headers["Content-Type"] == "application/problem+json"
    (conflict,) = problem["conflicts"]
    assert {key: conflict[key] for key in ("field", "yours", "theirs", "base", "changedBy")} == {
        "field": "notes",
        "yours": "mine",
        "theirs": "theirs",
        "base": None,
        "changedBy": "Owner of the test",
    }
    assert (problem["customer"]["notes"], problem["customer"]["version"]) == ("theirs", 2)


def test_a_customer_with_an_open_appointment_is_kept(session, as_role):
    rosa = make_customer(session)
    visit = make_appointment(session, make_location(session), customer_id=rosa.id)
    number = visit.number

    answer = as_role("Advisor").delete(f"/api/customers/{rosa.id}")

    assert (answer.status_code, answer.get_json()["code"]) == (409, "open_appointments")
    assert answer.get_json()["appointments"] == [{"id": str(visit.id), "number": number}]


def test_a_merge_answers_with_the_survivor_and_the_duplicate_points_to_it(session, as_role):
    rosa, second = make_customer(session), make_customer(session, name="Rose", email="rose@example.com")
    make_vehicle(session, second, plate="KPX 912")
    advisor = as_role("Advisor")

    merged = advisor.post(
        f"/api/customers/{rosa.id}/merge", json={"duplicateId": str(second.id), "fields": {"name": "take"}}
    )
    gone = advisor.get(f"/api/customers/{second.id}")

    body = merged.get_json()
    assert (merged.status_code, body["name"], body["email"]) == (200, "Rose", "rose@example.com")
    assert [car["plate"] for car in body["vehicles"]] == ["KPX 912"]
    assert (gone.status_code, gone.get_json()["code"]) == (404, "not_found")
    assert gone.get_json()["mergedInto"] == str(rosa.id)


def test_the_list_is_searched_and_paged(session, as_role):
    for name in ("Rosa A", "Rosa B", "John"):
        make_customer(session, name=name)
    advisor = as_role("Advisor")

    everybody = advisor.get("/api/customers?limit=2").get_json()
    rest = advisor.get("/api/customers", query_string={"limit": 2, "cursor": everybody["nextCursor"]}).get_json()
    first = advisor.get("/api/customers?q=rsoa&limit=1").get_json()
    second = advisor.get(
        "/api/customers", query_string={"q": "rsoa", "limit": 1, "cursor": first["nextCursor"]}
    ).get_json()

    assert [item["name"] for item in everybody["items"] + rest["items"]] == ["John", "Rosa A", "Rosa B"]
    assert rest["nextCursor"] is None
    assert "matchedOn" not in everybody["items"][0]
    assert [(item["name"], item["matchedOn"]) for item in first["items"] + second["items"]] == [
        ("Rosa A", "name"),
        ("Rosa B", "name"),
    ]


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


def test_duplicates_are_listed(session, as_role):
    rosa = make_customer(session, phone="+17185550123")
    make_customer(session, name="R. D.", phone="+17185550123")

    answer = as_role("Tech").get(f"/api/customers/{rosa.id}/duplicates")

    assert [(item["name"], item["matchedOn"]) for item in answer.get_json()["items"]] == [("R. D.", ["phone"])]


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


def test_open_screens_are_told_once_the_change_is_kept(session, as_role, redis_url):
    rosa = make_customer(session)
    advisor = as_role("Advisor")
    client = redis.Redis.from_url(redis_url)
    subscription = client.pubsub(ignore_subscribe_messages=True)
    subscription.subscribe(CHANNEL)
    subscription.get_message(timeout=2)

    advisor.patch(f"/api/customers/{rosa.id}", json={"notes": "x"})
    advisor.patch(f"/api/customers/{rosa.id}", json={"phone": "12"})
    message = None
    for _ in range(20):
        message = subscription.get_message(timeout=0.5)
        if message is not None:
            break
    more = subscription.get_message(timeout=0.3)
    subscription.close()
    client.close()

    assert json.loads(message["data"]) == {
        "name": "customer",
        "locationId": None,
        "data": {"id": str(rosa.id), "version": 2},
    }
    assert more is None


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/api/customers", {"name": "Eve"}),
        ("patch", "/api/customers/{customer}", {"name": "Eve"}),
        ("delete", "/api/customers/{customer}", None),
        ("post", "/api/customers/{customer}/merge", {"duplicateId": NOWHERE}),
        ("post", "/api/vehicles", {"plate": "X1"}),
        ("patch", "/api/vehicles/{vehicle}", {"plate": "X1"}),
        ("delete", "/api/vehicles/{vehicle}", None),
    ],
)
@pytest.mark.parametrize("role", ["Tech", "Accountant"])
def test_those_who_may_not_edit_change_nothing(session, as_role, role, method, path, body):
    rosa = make_customer(session)
    car = make_vehicle(session, rosa)
    address = path.format(customer=rosa.id, vehicle=car.id)

    answer = getattr(as_role(role), method)(address, json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    session.refresh(rosa)
    session.refresh(car)
    assert (rosa.version, rosa.deleted_at, car.version, car.deleted_at) == (1, None, 1, None)
    assert (_count(session, Customer), _count(session, Vehicle)) == (1, 1)


@pytest.mark.parametrize(
    ("path", "text", "field"),
    [
        pytest.param("customers", '{"name": "a\\u0000b"}', "name", id="NUL"),
        pytest.param("customers", '{"name": ""}', "name", id="empty name"),
        pytest.param("customers", '{"name": null}', "name", id="null name"),
        pytest.param("customers", "{}", "name", id="no name"),
        pytest.param("customers", '{"name": "%s"}' % ("x" * 121), "name", id="long name"),
        pytest.param("customers", '{"name": 1e400}', "name", id="infinite name"),
        pytest.param("customers", '{"name": "A", "phone": "12"}', "phone", id="short phone"),
        pytest.param("customers", '{"name": "A", "phone": "call me"}', "phone", id="words for a phone"),
        pytest.param("customers", '{"name": "A", "email": "a@b"}', "email", id="half an email"),
        pytest.param("customers", '{"name": "A", "notes": "%s"}' % ("x" * 10_001), "notes", id="long notes"),
        pytest.param("customers", '{"name": "A", "nmae": "B"}', "nmae", id="unknown field"),
        pytest.param("customers", "[]", None, id="a list"),
        pytest.param("vehicles", "{}", "plate", id="no vehicle"),
        pytest.param("vehicles", '{"year": 1885}', "year", id="before cars"),
        pytest.param("vehicles", '{"year": 2099}', "year", id="far future"),
        pytest.param("vehicles", '{"year": 1e400}', "year", id="infinite year"),
        pytest.param("vehicles", '{"year": 99999999999999999999999}', "year", id="huge year"),
        pytest.param("vehicles", '{"year": "2019"}', "year", id="text year"),
        pytest.param("vehicles", '{"year": 2019.5}', "year", id="half a year"),
        pytest.param("vehicles", '{"mileage": -1}', "mileage", id="negative miles"),
        pytest.param("vehicles", '{"mileage": 9223372036854775808}', "mileage", id="more miles than bigint"),
        pytest.param("vehicles", '{"vin": "1HGCM82633A004353"}', "vin", id="check digit"),
        pytest.param("vehicles", '{"vin": "\\u0000"}', "vin", id="NUL VIN"),
        pytest.param("vehicles", '{"customerId": "7"}', "customerId", id="wrong id"),
        pytest.param("vehicles", '{"plate": "X1", "version": 1}', "version", id="a version on creation"),
    ],
)
def test_bad_input_gets_a_problem_that_names_the_field_and_nothing_is_written(session, as_role, path, text, field):
    answer = as_role("Advisor").post(f"/api/{path}", data=text, content_type="application/json")

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code == 422 or (field in {"name", "year"} and answer.status_code == 400)
    if answer.status_code == 422 and field is not None:
        assert list(answer.get_json()["errors"]) == [field]
    assert (_count(session, Customer), _count(session, Vehicle)) == (0, 0)
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.entity.in_(["customer", "vehicle"]))) == 0


@pytest.mark.parametrize(
    ("method", "address"),
    [
        pytest.param("get", f"/api/customers/{NOWHERE}", id="customer"),
        pytest.param("get", "/api/customers/1", id="no id"),
        pytest.param("get", f"/api/customers/{NOWHERE}/history", id="history"),
        pytest.param("get", f"/api/customers/{NOWHERE}/duplicates", id="duplicates"),
        pytest.param("patch", f"/api/customers/{NOWHERE}", id="change"),
        pytest.param("delete", f"/api/customers/{NOWHERE}", id="delete"),
        pytest.param("get", f"/api/vehicles/{NOWHERE}", id="vehicle"),
        pytest.param("get", f"/api/vehicles/{NOWHERE}/history", id="vehicle history"),
        pytest.param("patch", f"/api/vehicles/{NOWHERE}", id="vehicle change"),
        pytest.param("delete", f"/api/vehicles/{NOWHERE}", id="vehicle delete"),
    ],
)
def test_what_is_not_there_is_a_404(as_role, method, address):
    answer = getattr(as_role("Owner"), method)(address, json={} if method == "patch" else None)

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("q=%00", id="NUL"),
        pytest.param("q=" + "x" * 101, id="long text"),
        pytest.param("limit=0", id="no limit"),
        pytest.param("limit=1e400", id="infinite limit"),
        pytest.param("limit=99999999999999999999", id="huge limit"),
        pytest.param("cursor=zzz", id="no cursor"),
        pytest.param("cursor=WyIxIl0", id="a cursor of another list"),
        pytest.param(
            "cursor=WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTkiLCJhIiwiMDE5MDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwIl0",
            id="huge",
        ),
        pytest.param(
            "cursor=WyIwIiwiYVx1MDAwMGIiLCIwMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAiXQ", id="NUL in a cursor"
        ),
        pytest.param("sort=name", id="unknown parameter"),
    ],
)
def test_a_bad_query_is_a_422(as_role, query):
    answer = as_role("Advisor").get(f"/api/customers?{query}")

    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")
    assert answer.get_json()["errors"]


@pytest.mark.parametrize("query", ["", "q=", "q=%ff%fe", "q=%ed%a0%80", "q=%25%5f%5c", "q=%27%22%3b--", "q=ß", "q=%20"])
def test_an_odd_search_is_answered(session, as_role, query):
    make_customer(session)

    assert as_role("Advisor").get(f"/api/customers?{query}").status_code == 200


@pytest.mark.parametrize("vin", ["%00", "%ff", "a" * 3000, "1HGCM82633A004352%0a", "💥" * 17])
def test_an_odd_vin_is_answered(as_role, vin):
    answer = as_role("Advisor").get(f"/api/vin/{vin}")

    assert answer.status_code == 200
    assert isinstance(answer.get_json()["isValid"], bool)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param({"If-Match": "banana"}, {"notes": "x"}, 422, id="If-Match is no version"),
        pytest.param({}, {"notes": "x", "version": 0}, 422, id="version zero"),
        pytest.param({}, {"notes": "x", "version": 2**40}, 422, id="huge version"),
        pytest.param({}, {"notes": "x", "version": 5}, 409, id="version of the future"),
        pytest.param({"If-Match": "*"}, {"notes": "x"}, 200, id="any version"),
    ],
)
def test_versions_are_checked(session, as_role, headers, body, status):
    rosa = make_customer(session)

    answer = as_role("Advisor").patch(f"/api/customers/{rosa.id}", json=body, headers=headers)

    assert answer.status_code == status
    session.refresh(rosa)
    assert rosa.notes == ("x" if status == 200 else None)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nobody"),
        pytest.param({"duplicateId": "x"}, id="no id"),
        pytest.param({"duplicateId": NOWHERE, "fields": {"name": "steal"}}, id="unknown choice"),
        pytest.param({"duplicateId": NOWHERE, "fields": {"version": "take"}}, id="unknown field"),
        pytest.param({"duplicateId": NOWHERE, "fields": []}, id="a list"),
    ],
)
def test_a_merge_that_says_nonsense_is_a_422(session, as_role, body):
    rosa = make_customer(session)

    assert as_role("Owner").post(f"/api/customers/{rosa.id}/merge", json=body).status_code == 422


def test_empty_text_empties_a_field(session, as_role):
    rosa = make_customer(session, notes="x", email="rosa@example.com", phone="+17185550123")

    answer = as_role("Advisor").patch(f"/api/customers/{rosa.id}", json={"notes": " ", "email": "", "phone": ""})

    assert answer.status_code == 200
    assert [answer.get_json()[field] for field in ("notes", "email", "phone")] == [None, None, None]


def test_a_merge_with_nobody_is_a_404(session, as_role):
    rosa = make_customer(session)

    assert (
        as_role("Owner").post(f"/api/customers/{rosa.id}/merge", json={"duplicateId": str(new_id())}).status_code == 404
    )


def test_nobody_sees_customers_without_signing_in(session, client):
    make_customer(session, created_at=CREATED_AT)

    assert client.get("/api/customers").status_code == 401
