"""The wire: creating in one form, lists, permissions, bad input."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from backend.accounts.permissions import Role
from backend.appointments.models import Appointment
from backend.audit.models import AuditLog
from backend.core.ids import new_id
from backend.customers.models import Customer
from backend.vehicles.models import Vehicle
from tests.factories.appointments import START, make_appointment

TEN, ELEVEN = "2026-11-20T10:00", "2026-11-20T11:00"  # wall clock
ADDRESS = "/api/appointments"


def rows(session):
    return session.scalars(sa.select(Appointment).order_by(Appointment.number)).all()


def audit_rows(session):
    return session.scalars(sa.select(AuditLog).where(AuditLog.entity == "appointment").order_by(AuditLog.id)).all()


# --- opening in one form ----------------------------------------------------------------------


def test_a_name_is_enough_to_open_a_walk_in_that_starts_now(session, shop, advisor):
    before = datetime.now(UTC).replace(second=0, microsecond=0)

    answer = advisor.post(ADDRESS, json={"locationId": str(shop.here.id), "customer": {"name": "Ada Park"}})

    assert answer.status_code == 201, answer.text
    shown = answer.get_json()
    start = datetime.fromisoformat(shown["start"])
    assert before <= start <= datetime.now(UTC)
    assert (start.second, start.microsecond) == (0, 0)
    assert datetime.fromisoformat(shown["end"]) - start == timedelta(minutes=60)
    assert (shown["customerName"], shown["status"], shown["version"], shown["number"]) == (
        "Ada Park",
        "SCHEDULED",
        1,
        1001,
    )
    assert shown["checkInAt"] is None
    assert shown["vehicleId"] is None
    [row] = rows(session)
    assert str(row.id) == shown["id"]
    assert row.created_by == advisor.user.id


def test_a_vehicle_is_enough_and_a_checked_in_one_opens_in_progress(session, shop, advisor):
    answer = advisor.post(
        ADDRESS,
        json={
            "locationId": str(shop.here.id),
            "vehicle": {"plate": "KLM 4421", "year": 2019, "make": "Toyota"},
            "checkIn": True,
        },
    )

    assert answer.status_code == 201, answer.text
    shown = answer.get_json()
    assert (shown["plate"], shown["vehicle"], shown["status"]) == ("KLM 4421", "2019 Toyota", "IN_PROGRESS")
    assert shown["checkInAt"] is not None
    assert shown["customerId"] is None


def test_one_form_makes_the_customer_the_car_and_the_appointment(session, shop, advisor, technician):
    answer = advisor.post(
        ADDRESS,
        json={
            "locationId": str(shop.here.id),
            "customer": {"name": "Ada Park", "phone": "(718) 555-0142", "email": "Ada@Example.com"},
            "vehicle": {"year": 2019, "make": "Toyota", "model": "Corolla", "plate": "KLM4421"},
            "start": TEN,
            "end": "2026-11-20T11:30",
            "techId": str(technician.id),
            "bayId": str(shop.bay.id),
            "title": "Squeal when braking",
            "notes": "Only in the rain",
            "promisedAt": "2026-11-20T17:00:00-05:00",
            "keyTag": " b 12 ",
            "isWaiting": True,
        },
    )

    assert answer.status_code == 201, answer.text
    shown = answer.get_json()
    assert {
        key: shown[key] for key in ("start", "end", "day", "promisedAt", "keyTag", "isWaiting", "isOverbooked")
    } == {
        "start": "2026-11-20T15:00:00Z",
        "end": "2026-11-20T16:30:00Z",
        "day": "2026-11-20",
        "promisedAt": "2026-11-20T22:00:00Z",
        "keyTag": "B 12",
        "isWaiting": True,
        "isOverbooked": False,
    }
    assert (shown["techName"], shown["bayName"], shown["vehicle"]) == (technician.name, "Bay 1", "2019 Toyota Corolla")
    customer = session.scalars(sa.select(Customer)).one()
    vehicle = session.scalars(sa.select(Vehicle)).one()
    assert (customer.phone, customer.email) == ("+17185550142", "ada@example.com")
    assert vehicle.customer_id == customer.id
    [audited] = audit_rows(session)
    assert (audited.action, audited.version, audited.actor_id) == ("appointment.scheduled", 1, advisor.user.id)
    assert audited.changes["keyTag"] == [None, "B 12"]
    assert audited.changes["techName"] == [None, technician.name]


def test_a_known_car_brings_its_owner(session, shop, advisor):
    now = datetime.now(UTC)
    customer = Customer(id=new_id(), name="Ada Park", name_key="ada park", created_at=now, updated_at=now)
    session.add(customer)
    session.flush()
    vehicle = Vehicle(id=new_id(), customer_id=customer.id, make="Ford", created_at=now, updated_at=now)
    session.add(vehicle)

    shown = advisor.post(ADDRESS, json={"locationId": str(shop.here.id), "vehicleId": str(vehicle.id)}).get_json()

    assert (shown["customerId"], shown["customerName"], shown["vehicle"]) == (str(customer.id), "Ada Park", "Ford")


def test_who_works_at_one_location_need_not_name_it(shop, as_role):
    advisor = as_role("Advisor", [shop.there])

    shown = advisor.post(ADDRESS, json={"customer": {"name": "Ada Park"}, "start": TEN}).get_json()

    assert shown["locationId"] == str(shop.there.id)
    assert shown["start"] == "2026-11-20T17:00:00Z"  # Phoenix


def test_who_works_at_two_must_say_where(session, advisor):
    answer = advisor.post(ADDRESS, json={"customer": {"name": "Ada Park"}})

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["locationId"]
    assert rows(session) == []


def test_new_appointments_line_up_by_their_start(session, shop, advisor):
    starts = {
        "Ten": TEN,
        "Eleven": "2026-11-20T11:00",
        "Nine": "2026-11-20T09:00",
        "Also ten": TEN,
        "Next day": "2026-11-21T10:00",
    }
    for name, start in starts.items():
        advisor.post(ADDRESS, json={"locationId": str(shop.here.id), "customer": {"name": name}, "start": start})

    here = [row for row in rows(session) if row.customer_name != "Next day"]
    assert [row.customer_name for row in sorted(here, key=lambda row: row.order_key)] == [
        "Nine",
        "Ten",
        "Also ten",
        "Eleven",
    ]
    assert len({row.order_key for row in here}) == len(here)


def test_who_lined_them_up_otherwise_is_respected(session, shop, advisor):
    """A new job goes behind the last that starts no later, wherever people put it; the rest stays as it is."""
    late = make_appointment(session, shop.here, starts_at=datetime(2026, 11, 20, 22, tzinfo=UTC), order_key=0.0)
    early = make_appointment(session, shop.here, starts_at=datetime(2026, 11, 20, 14, tzinfo=UTC), order_key=1024.0)

    advisor.post(ADDRESS, json={"locationId": str(shop.here.id), "customer": {"name": "New"}, "start": TEN})

    (new,) = [row for row in rows(session) if row.customer_name == "New"]
    assert late.order_key < early.order_key < new.order_key


def test_the_day_is_the_locations_own(session, shop, advisor):
    for location in (shop.here, shop.there):
        advisor.post(
            ADDRESS,
            json={"locationId": str(location.id), "customer": {"name": "Night owl"}, "start": "2026-11-21T05:30:00Z"},
        )

    assert [row.day for row in rows(session)] == [date(2026, 11, 21), date(2026, 11, 20)]


# --- the changes of the clocks ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "options"),
    [
        pytest.param("2026-03-08T02:30", ["2026-03-08T01:30", "2026-03-08T03:30"], id="gap"),
        pytest.param("2026-11-01T01:30", ["2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00"], id="fold"),
    ],
)
def test_a_local_time_that_does_not_exist_or_exists_twice_is_refused_with_what_to_use(
    session, shop, advisor, start, options
):
    answer = advisor.post(
        ADDRESS, json={"locationId": str(shop.here.id), "customer": {"name": "Ada Park"}, "start": start}
    )

    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["options"] == options
    assert list(problem["errors"]) == ["start"]
    assert rows(session) == []
    assert session.scalars(sa.select(Customer)).all() == []


@pytest.mark.parametrize(
    ("location", "start", "instant"),
    [
        pytest.param("here", "2026-11-01T01:30-05:00", "2026-11-01T06:30:00Z", id="the second 01:30"),
        pytest.param("here", "2026-11-01T01:30-04:00", "2026-11-01T05:30:00Z", id="the first 01:30"),
        pytest.param("there", "2026-03-08T02:30", "2026-03-08T09:30:00Z", id="Phoenix changes no clocks"),
    ],
)
def test_with_an_offset_or_in_another_zone_the_same_time_is_fine(shop, advisor, location, start, instant):
    answer = advisor.post(
        ADDRESS, json={"locationId": str(getattr(shop, location).id), "customer": {"name": "Ada Park"}, "start": start}
    )

    assert answer.status_code == 201, answer.text
    assert answer.get_json()["start"] == instant


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25)])
def test_a_day_of_23_or_25_hours_is_listed_whole(session, shop, advisor, day, hours):
    midnight = datetime.fromisoformat(f"{day}T05:00Z" if hours == 23 else f"{day}T04:00Z")
    for hour in range(-1, hours + 1):
        moment = midnight + timedelta(hours=hour)
        make_appointment(session, shop.here, starts_at=moment, ends_at=moment + timedelta(hours=1))

    page = advisor.get(f"{ADDRESS}?from={day}&to={day}&limit=200").get_json()

    starts = [datetime.fromisoformat(item["start"]) for item in page["items"]]
    assert starts == [midnight + timedelta(hours=hour) for hour in range(hours)]


# --- lists ------------------------------------------------------------------------------------


def test_a_range_holds_what_touches_it_also_over_midnight(session, shop, advisor):
    def at(start, end, **overrides):
        return make_appointment(
            session,
            shop.here,
            starts_at=datetime.fromisoformat(start),
            ends_at=datetime.fromisoformat(end),
            **overrides,
        ).number

    at("2026-11-18T15:00Z", "2026-11-19T05:00Z")  # ends at the midnight that begins the 19th
    over_midnight = at("2026-11-19T04:00Z", "2026-11-19T05:01Z")
    weeks = at("2026-10-21T15:00Z", "2026-11-20T15:00Z")
    inside = at("2026-11-19T15:00Z", "2026-11-19T16:00Z")
    last = at("2026-11-21T04:30Z", "2026-11-21T06:00Z")
    at("2026-11-21T05:00Z", "2026-11-21T06:00Z")
    at("2026-11-19T15:00Z", "2026-11-19T16:00Z", deleted_at=START)

    page = advisor.get(f"{ADDRESS}?from=2026-11-19&to=2026-11-20&locationId={shop.here.id}").get_json()

    assert [item["number"] for item in page["items"]] == [weeks, over_midnight, inside, last]
    assert page["nextCursor"] is None


def test_pages_follow_each_other_without_gap_or_double(session, shop, advisor):
    made = [
        make_appointment(session, shop.here if index % 2 else shop.there, starts_at=START + timedelta(hours=index // 3))
        for index in range(11)
    ]
    numbers = {row.number for row in made}

    seen, cursor = [], ""
    while cursor is not None:
        page = advisor.get(f"{ADDRESS}?from=2026-11-01&limit=4{cursor and '&cursor=' + cursor}").get_json()
        seen += page["items"]
        cursor = page["nextCursor"]

    assert len(seen) == 11
    assert {item["number"] for item in seen} == numbers
    assert [(item["day"], item["start"], item["id"]) for item in seen] == sorted(
        (item["day"], item["start"], item["id"]) for item in seen
    )


def test_filters_narrow_the_list(session, shop, advisor, technician):
    plain = make_appointment(session, shop.here, title="Oil 100% synthetic")
    tagged = make_appointment(session, shop.here, key_tag="B 7", status="CANCELED")
    theirs = make_appointment(session, shop.here, tech_id=technician.id)
    away = make_appointment(session, shop.there)

    def found(query):
        answer = advisor.get(f"{ADDRESS}?from=2026-11-20&to=2026-11-20&{query}")
        assert answer.status_code == 200, answer.text
        return {item["number"] for item in answer.get_json()["items"]}

    assert found(f"techId={technician.id}") == {theirs.number}
    assert found(f"locationId={shop.there.id}") == {away.number}
    assert found(f"vehicleId={plain.vehicle_id}") == {plain.number}
    assert found(f"customerId={uuid4()}") == set()
    assert found("status=CANCELED") == {tagged.number}
    assert found("status=CANCELED,SCHEDULED") == {plain.number, tagged.number, theirs.number, away.number}
    assert found("q=100%25") == {plain.number}
    assert found("q=b%207") == {tagged.number}
    assert found(f"q=%23{away.number}") == {away.number}
    assert found(f"number={away.number}") == {away.number}
    assert found("q=corolla") == {plain.number, tagged.number, theirs.number, away.number}
    assert found("q=_") == set()


def test_a_list_is_one_statement_however_long(session, shop, advisor):
    for hour in range(30):
        make_appointment(session, shop.here, starts_at=START + timedelta(hours=hour))
    session.commit()
    statements = []

    def count(_connection, _cursor, statement, *_rest):
        if "FROM appointments" in statement:
            statements.append(statement)

    sa.event.listen(session.get_bind(), "before_cursor_execute", count)
    try:
        page = advisor.get(f"{ADDRESS}?from=2026-11-20&to=2026-11-22").get_json()
    finally:
        sa.event.remove(session.get_bind(), "before_cursor_execute", count)

    assert len(page["items"]) == 30
    assert len(statements) == 1


def test_without_dates_the_list_starts_31_days_ago_but_a_vehicle_shows_all(session, shop, advisor):
    old = make_appointment(session, shop.here, starts_at=datetime(2019, 5, 6, 15, tzinfo=UTC))
    new = make_appointment(session, shop.here, starts_at=datetime.now(UTC) - timedelta(days=3))

    recent = advisor.get(ADDRESS).get_json()["items"]
    of_vehicle = advisor.get(f"{ADDRESS}?vehicleId={old.vehicle_id}").get_json()["items"]

    assert [item["number"] for item in recent] == [new.number]
    assert [item["number"] for item in of_vehicle] == [old.number]


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_money_is_only_there_for_those_who_may_see_it(session, shop, as_role, role):
    make_appointment(session, shop.here, total_cents=12_300, paid_cents=300)

    answer = as_role(role).get(f"{ADDRESS}?from=2026-11-20&to=2026-11-20")

    if role is Role.ACCOUNTANT:
        assert answer.status_code == 403
        return
    [item] = answer.get_json()["items"]
    money = {key: item.get(key, "absent") for key in ("totalCents", "paidCents")}
    expected = {"totalCents": "absent", "paidCents": "absent"}
    assert money == (expected if role is Role.TECH else {"totalCents": 12_300, "paidCents": 300})


@pytest.mark.parametrize("role", ["Tech", "Accountant"])
def test_only_owner_and_advisor_create_delete_restore_and_preview(session, shop, as_role, everything, role):
    appointment = make_appointment(session, shop.here)
    person = as_role(role)
    session.commit()
    before = everything()

    answers = [
        person.post(ADDRESS, json={"locationId": str(shop.here.id), "customer": {"name": "Ada Park"}}),
        person.delete(f"{ADDRESS}/{appointment.id}"),
        person.post(f"{ADDRESS}/{appointment.id}/restore", json={}),
        person.post(f"{ADDRESS}/preview", json={"locationId": str(shop.here.id), "start": TEN, "end": ELEVEN}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert {answer.get_json()["code"] for answer in answers} == {"forbidden"}
    assert everything() == before


def test_people_of_another_location_are_told_that_there_is_nothing(session, shop, as_role, everything):
    appointment = make_appointment(session, shop.here)
    stranger = as_role("Owner", [shop.there])
    session.commit()
    before = everything()
    own = f"{ADDRESS}/{appointment.id}"

    answers = [
        stranger.get(f"{ADDRESS}?locationId={shop.here.id}"),
        stranger.post(ADDRESS, json={"locationId": str(shop.here.id), "customer": {"name": "Ada Park"}}),
        stranger.patch(own, json={"title": "Mine now"}),
        stranger.patch(f"{own}/status", json={"status": "CANCELED"}),
        stranger.delete(own),
        stranger.post(f"{own}/restore", json={}),
        stranger.post(f"{ADDRESS}/preview", json={"appointmentId": str(appointment.id), "start": TEN, "end": ELEVEN}),
        stranger.post(f"{ADDRESS}/preview", json={"locationId": str(shop.here.id), "start": TEN, "end": ELEVEN}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 8
    assert everything() == before
    assert stranger.get(f"{ADDRESS}?from=2026-11-20").get_json()["items"] == []


# --- bad input --------------------------------------------------------------------------------

NAME = {"customer": {"name": "Ada Park"}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({}, "customer", id="nobody"),
        pytest.param({"customer": {"name": " "}}, "customer.name", id="empty name"),
        pytest.param({"customer": {"name": "Nul\x00"}}, "customer.name", id="NUL"),
        pytest.param({"customer": {"name": "x" * 201}}, "customer.name", id="long name"),
        pytest.param({"customer": {"name": "Ada", "phone": "12"}}, "customer.phone", id="no phone number"),
        pytest.param({"customer": {"name": "Ada", "age": 3}}, "customer.age", id="unknown inner field"),
        pytest.param({**NAME, "customerId": str(uuid4())}, "customer", id="customer twice"),
        pytest.param({"vehicle": {"plate": "A"}, "vehicleId": str(uuid4())}, "vehicle", id="vehicle twice"),
        pytest.param({"customerId": str(uuid4())}, "customerId", id="foreign customer"),
        pytest.param({"vehicleId": str(uuid4())}, "vehicleId", id="foreign vehicle"),
        pytest.param({"vehicle": {"year": 1e30}}, "vehicle.year", id="float year"),
        pytest.param({"vehicle": {"year": 2**63 - 1, "plate": "A"}}, "vehicle.year", id="huge year"),
        pytest.param({"vehicle": {}}, "vehicle.plate", id="a vehicle without anything"),
        pytest.param({"vehicle": {"vin": "1HGCM82633A004353"}}, "vehicle.vin", id="a VIN with a wrong check digit"),
        pytest.param({**NAME, "techId": str(uuid4())}, "techId", id="foreign technician"),
        pytest.param({**NAME, "techId": "me"}, "techId", id="no id"),
        pytest.param({**NAME, "bayId": str(uuid4())}, "bayId", id="foreign bay"),
        pytest.param({**NAME, "start": "2026-11-20"}, "start", id="a date is no instant"),
        pytest.param({**NAME, "start": "9999-12-31T23:59:59-12:00"}, "start", id="year 9999"),
        pytest.param({**NAME, "start": "0001-01-01T00:00Z"}, "start", id="year 1"),
        pytest.param({**NAME, "start": 1795186800}, "start", id="number for an instant"),
        pytest.param({**NAME, "start": "2026-02-30T10:00"}, "start", id="no such date"),
        pytest.param({**NAME, "start": ELEVEN, "end": TEN}, "end", id="backwards"),
        pytest.param({**NAME, "start": TEN, "end": TEN}, "end", id="empty time"),
        pytest.param({**NAME, "start": TEN, "end": "2026-12-21T10:01"}, "end", id="more than 31 days"),
        pytest.param({**NAME, "isWaiting": "yes"}, "isWaiting", id="text for a flag"),
        pytest.param({**NAME, "isWaiting": 1}, "isWaiting", id="number for a flag"),
        pytest.param({**NAME, "checkIn": None}, "checkIn", id="null for a flag"),
        pytest.param({**NAME, "override": {}}, "override.reason", id="override without a reason"),
        pytest.param({**NAME, "override": {"reason": " "}}, "override.reason", id="override with an empty reason"),
        pytest.param({**NAME, "keyTag": "x" * 41}, "keyTag", id="long key tag"),
        pytest.param({**NAME, "notes": "x" * 10_001}, "notes", id="long notes"),
        pytest.param({**NAME, "totalCents": 5}, "totalCents", id="a field that nobody may set"),
        pytest.param({**NAME, "status": "READY"}, "status", id="status is not set here"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(session, shop, advisor, everything, body, field):
    session.commit()
    before = everything()

    answer = advisor.post(ADDRESS, json={"locationId": str(shop.here.id), **body})

    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert list(answer.get_json()["errors"]) == [field]
    assert everything() == before
    assert session.scalars(sa.select(Customer)).all() == []
    assert session.scalars(sa.select(Vehicle)).all() == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"1",
        b'"x"',
        b"{",
        b'{"start": 1e400}',
        b'{"notes": "\\ud800"}',
        b'{"isWaiting": NaN}',
        b"\xff",
    ],
)
def test_a_body_that_is_no_object_is_refused(session, shop, advisor, everything, data):
    session.commit()
    before = everything()

    for method, path in (("POST", ADDRESS), ("PATCH", f"{ADDRESS}/{uuid4()}"), ("POST", f"{ADDRESS}/preview")):
        answer = advisor.open(path, method=method, data=data, content_type="application/json")
        assert answer.status_code in {400, 404, 422}, (path, data, answer.text)
        assert answer.content_type == "application/problem+json"

    assert everything() == before


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-11-21&to=2026-11-20",
        "from=yesterday",
        "from=9999-12-31",
        "from=2026-11-20T00:00",
        "to=0001-01-01",
        "limit=0",
        "limit=201",
        "limit=1e3",
        "status=LOST",
        "techId=1",
        "locationId=x",
        "cursor=x",
        "cursor=WyIyMDI2LTExLTIwIiwiMjAyNi0xMS0yMCAxNTowMCIsIngiXQ",
        "cursor=bnVsbA",
        "q=%00",
        "since=2026-11-20",
        "q=" + "x" * 101,
    ],
)
def test_a_bad_query_is_422(advisor, query):
    answer = advisor.get(f"{ADDRESS}?{query}")

    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"


def test_a_huge_number_in_a_search_finds_nothing(advisor):
    answer = advisor.get(f"{ADDRESS}?q=%23{'9' * 60}&from=2026-11-20")

    assert answer.get_json() == {"items": [], "nextCursor": None}


@pytest.mark.parametrize(
    ("identifier", "statuses"),
    [
        ("00000000-0000-7000-8000-000000000000", {404}),
        # No address of ours: the interface's own catch-all answers these to GET only.
        ("1", {404, 405}),
        ("00000000-0000-0000-0000-00000000000g", {404, 405}),
    ],
)
def test_an_unknown_appointment_is_refused(advisor, identifier, statuses):
    answers = [
        advisor.patch(f"{ADDRESS}/{identifier}", json={"title": "x"}),
        advisor.patch(f"{ADDRESS}/{identifier}/status", json={"status": "CANCELED"}),
        advisor.delete(f"{ADDRESS}/{identifier}"),
        advisor.post(f"{ADDRESS}/{identifier}/restore", json={}),
    ]

    assert {answer.status_code for answer in answers} <= statuses
    assert all(answer.content_type == "application/problem+json" for answer in answers)


# --- idempotency ------------------------------------------------------------------------------


def test_the_same_key_gets_the_first_answer_and_makes_one_row(session, shop, advisor):
    body = {"locationId": str(shop.here.id), "customer": {"name": "Ada Park"}}

    first = advisor.post(ADDRESS, json=body, headers={"Idempotency-Key": "k1"})
    again = advisor.post(ADDRESS, json=body, headers={"Idempotency-Key": "k1"})
    other = advisor.post(ADDRESS, json={**body, "title": "Else"}, headers={"Idempotency-Key": "k1"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.get_json()["code"] == "idempotency_key_reused"
    assert len(rows(session)) == 1
    assert len(session.scalars(sa.select(Customer)).all()) == 1


def test_a_repeated_booking_of_a_technicians_hour_does_not_collide_with_itself(
    session, shop, advisor, technician, race
):
    """Its time is taken by what the first request made: the key, not the time, says so."""
    body = {
        "locationId": str(shop.here.id),
        "customer": {"name": "Ada Park"},
        "techId": str(technician.id),
        "start": "2026-12-04T15:00:00Z",
        "end": "2026-12-04T16:00:00Z",
    }

    answers = race(advisor, [("POST", ADDRESS, body, {"Idempotency-Key": "hour"})] * 8)
    again = advisor.post(ADDRESS, json=body, headers={"Idempotency-Key": "hour"})
    other = advisor.post(ADDRESS, json=body, headers={"Idempotency-Key": "another"})

    assert [status for status, _ in answers] == [201] * 8
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert (other.status_code, other.get_json()["code"]) == (409, "overlap")
    assert len(rows(session)) == 1


def test_a_refused_request_does_not_use_up_its_key(session, shop, advisor):
    headers = {"Idempotency-Key": "k2"}
    body = {"locationId": str(shop.here.id), "customer": {"name": "Ada Park"}, "techId": str(uuid4())}
    refused = advisor.post(ADDRESS, json=body, headers=headers)

    accepted = advisor.post(ADDRESS, json={**body, "techId": None}, headers=headers)

    assert (refused.status_code, accepted.status_code) == (422, 201)


def test_eight_requests_with_one_key_at_once_make_one_row(session, shop, advisor, race):
    body = {"locationId": str(shop.here.id), "customer": {"name": "Ada Park"}}

    answers = race(advisor, [("POST", ADDRESS, body, {"Idempotency-Key": "same"})] * 8)

    assert [status for status, _ in answers] == [201] * 8
    assert len({answer["id"] for _, answer in answers}) == 1
    assert len(rows(session)) == 1
    assert len(session.scalars(sa.select(Customer)).all()) == 1
    assert len(audit_rows(session)) == 1
