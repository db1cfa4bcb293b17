"""Customers over HTTP."""

import json

import pytest
import redis
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.ids import new_id
from backend.core.live import CHANNEL
from backend.customers.models import Customer
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle

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


def test_the_same_request_again_has_one_effect(session, as_role):
    advisor = as_role("Advisor")
    headers = {"Idempotency-Key": "a-double-click"}

    first, second = (advisor.post("/api/customers", json={"name": "Rosa"}, headers=headers) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    assert _count(session, Customer) == 1


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


def test_duplicates_are_listed(session, as_role):
    rosa = make_customer(session, phone="+17185550123")
    make_customer(session, name="R. D.", phone="+17185550123")

    answer = as_role("Tech").get(f"/api/customers/{rosa.id}/duplicates")

    assert [(item["name"], item["matchedOn"]) for item in answer.get_json()["items"]] == [("R. D.", ["phone"])]


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
    ],
)
@pytest.mark.parametrize("role", ["Tech", "Accountant"])
def test_those_who_may_not_edit_change_nothing(session, as_role, role, method, path, body):
    rosa = make_customer(session)
    address = path.format(customer=rosa.id)

    answer = getattr(as_role(role), method)(address, json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    session.refresh(rosa)
    assert (rosa.version, rosa.deleted_at) == (1, None)
    assert _count(session, Customer) == 1


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param('{"name": "a\\u0000b"}', "name", id="NUL"),
        pytest.param('{"name": ""}', "name", id="empty name"),
        pytest.param('{"name": null}', "name", id="null name"),
        pytest.param("{}", "name", id="no name"),
        pytest.param('{"name": "%s"}' % ("x" * 121), "name", id="long name"),
        pytest.param('{"name": 1e400}', "name", id="infinite name"),
        pytest.param('{"name": "A", "phone": "12"}', "phone", id="short phone"),
        pytest.param('{"name": "A", "phone": "call me"}', "phone", id="words for a phone"),
        pytest.param('{"name": "A", "email": "a@b"}', "email", id="half an email"),
        pytest.param('{"name": "A", "notes": "%s"}' % ("x" * 10_001), "notes", id="long notes"),
        pytest.param('{"name": "A", "nmae": "B"}', "nmae", id="unknown field"),
        pytest.param("[]", None, id="a list"),
    ],
)
def test_bad_input_gets_a_problem_that_names_the_field_and_nothing_is_written(session, as_role, text, field):
    answer = as_role("Advisor").post("/api/customers", data=text, content_type="application/json")

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code == 422 or (field == "name" and answer.status_code == 400)
    if answer.status_code == 422 and field is not None:
        assert list(answer.get_json()["errors"]) == [field]
    assert _count(session, Customer) == 0
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.entity == "customer")) == 0


@pytest.mark.parametrize(
    ("method", "address"),
    [
        pytest.param("get", f"/api/customers/{NOWHERE}", id="customer"),
        pytest.param("get", "/api/customers/1", id="no id"),
        pytest.param("get", f"/api/customers/{NOWHERE}/duplicates", id="duplicates"),
        pytest.param("patch", f"/api/customers/{NOWHERE}", id="change"),
        pytest.param("delete", f"/api/customers/{NOWHERE}", id="delete"),
    ],
)
def test_what_is_not_there_is_a_404(as_role, method, address):
    answer = getattr(as_role("Owner"), method)(address, json={} if method == "patch" else None)

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


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


def test_a_customer_says_in_which_zone_they_live(session, as_role):
    rosa = make_customer(session)
    advisor = as_role("Advisor")
    path = f"/api/customers/{rosa.id}"

    assert advisor.get(path).get_json()["timezone"] is None
    assert advisor.patch(path, json={"timezone": "America/Phoenix"}).get_json()["timezone"] == "America/Phoenix"
    refused = advisor.patch(path, json={"timezone": "Mars/Olympus"})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["timezone"])
    assert advisor.get(path).get_json()["timezone"] == "America/Phoenix"
    assert advisor.patch(path, json={"timezone": None}).get_json()["timezone"] is None
