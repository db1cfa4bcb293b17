"""What people do with an appointment that is there: edit together, move through the states, delete, restore."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import orjson
import pytest
import redis
import sqlalchemy as sa

from backend.accounts.permissions import Role
from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.core.ids import new_id
from backend.core.live import CHANNEL
from backend.customers.models import Customer
from tests.appointments.test_rules import DESK_ONLY, STEPS
from tests.factories.appointments import START, make_appointment

ADDRESS = "/api/appointments"


def audit_of(session, appointment):
    statement = sa.select(AuditLog).where(AuditLog.entity_id == appointment.id).order_by(AuditLog.id)
    return session.scalars(statement).all()


@pytest.fixture
def appointment(session, shop):
    return make_appointment(session, shop.here)


@pytest.fixture
def edit(advisor, appointment):
    """Return `edit(json, client=advisor, **headers)`: patch the appointment."""

    def send(json, client=advisor, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.patch(f"{ADDRESS}/{appointment.id}", json=json, headers=named)

    return send


# --- fields -----------------------------------------------------------------------------------


def test_each_field_can_be_changed_and_the_log_tells_before_and_after(session, shop, technician, appointment, edit):
    now = datetime.now(UTC)
    customer = Customer(id=new_id(), name="Ada Park", name_key="ada park", created_at=now, updated_at=now)
    session.add(customer)
    came = (now - timedelta(hours=1)).isoformat()

    answer = edit(
        {
            "customerId": str(customer.id),
            "start": "2026-11-20T13:00",
            "end": "2026-11-20T14:30",
            "techId": str(technician.id),
            "bayId": str(shop.bay.id),
            "promisedAt": "2026-11-20T16:00",
            "keyTag": " a 7",
            "title": "Brakes",
            "notes": "Two lines\nof notes",
            "isWaiting": True,
            "checkInAt": came,
        }
    )

    assert answer.status_code == 200, answer.text
    session.refresh(appointment)
    assert (appointment.starts_at, appointment.ends_at) == (
        datetime(2026, 11, 20, 18, tzinfo=UTC),
        datetime(2026, 11, 20, 19, 30, tzinfo=UTC),
    )
    assert (appointment.customer_name, appointment.tech_name, appointment.bay_name) == (
        "Ada Park",
        technician.name,
        "Bay 1",
    )
    assert (appointment.key_tag, appointment.title, appointment.is_waiting) == ("A 7", "Brakes", True)
    assert appointment.check_in_at == datetime.fromisoformat(came)
    assert (appointment.version, appointment.updated_at > now) == (2, True)
    [row] = audit_of(session, appointment)
    assert (row.action, row.version) == ("appointment.changed", 2)
    assert row.changes["start"] == ["2026-11-20T15:00:00Z", "2026-11-20T18:00:00Z"]
    assert row.changes["techName"] == [None, technician.name]
    assert row.changes["notes"] == [None, "Two lines\nof notes"]
    assert row.changes["isWaiting"] == [False, True]
    assert "day" not in row.changes


def test_values_that_are_there_already_are_no_change(session, appointment, edit, everything):
    appointment.key_tag = "A 7"
    session.commit()
    before = everything()

    answer = edit({"start": "2026-11-20T10:00", "keyTag": "a 7", "techId": None, "isWaiting": False})

    assert answer.status_code == 200
    assert answer.get_json()["version"] == 1
    assert everything() == before


def test_a_move_to_another_local_day_goes_to_the_tail_there(session, shop, appointment, edit):
    last = make_appointment(session, shop.here, starts_at=START + timedelta(days=1), order_key=9000.0)

    answer = edit({"start": "2026-11-21T23:30", "end": "2026-11-22T00:30"})

    assert answer.get_json()["day"] == "2026-11-21"
    session.refresh(appointment)
    assert appointment.day == date(2026, 11, 21)
    assert 512 <= appointment.order_key - last.order_key <= 1536


def test_a_move_within_the_day_keeps_its_place(session, appointment, edit):
    place = appointment.order_key

    edit({"start": "2026-11-20T09:00"})

    session.refresh(appointment)
    assert appointment.order_key == place


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"start": "2026-11-20T12:00"}, "end", id="start after the present end"),
        pytest.param({"end": "2027-01-01T10:00"}, "end", id="more than 31 days"),
        pytest.param({"start": None}, "start", id="no start"),
        pytest.param({"start": "2026-03-08T02:30", "end": "2026-03-08T04:00"}, "start", id="gap"),
        pytest.param({"promisedAt": "2026-11-01T01:30"}, "promisedAt", id="fold"),
        pytest.param({"techId": str(uuid4())}, "techId", id="foreign technician"),
        pytest.param({"bayId": str(uuid4())}, "bayId", id="foreign bay"),
        pytest.param({"customerId": str(uuid4())}, "customerId", id="foreign customer"),
        pytest.param({"vehicleId": str(uuid4())}, "vehicleId", id="foreign vehicle"),
        pytest.param({"vehicleId": None}, "customerId", id="nobody left"),
        pytest.param({"checkInAt": "2099-01-01T00:00Z"}, "checkInAt", id="check-in in the future"),
        pytest.param({"checkOutAt": "2020-01-01T00:00Z"}, "checkOutAt", id="out without in"),
        pytest.param({"version": 0}, "version", id="version 0"),
        pytest.param({"version": 1.5}, "version", id="half a version"),
        pytest.param({"status": "READY"}, "status", id="status has its own address"),
        pytest.param({"locationId": str(uuid4())}, "locationId", id="the location stays"),
        pytest.param({"title": "x" * 201}, "title", id="long title"),
        pytest.param({"notes": "\x00"}, "notes", id="NUL"),
    ],
)
def test_a_bad_edit_names_the_field_and_changes_nothing(session, advisor, appointment, edit, everything, body, field):
    session.commit()
    before = everything()

    answer = edit({"title": "New title", **body} if "title" not in body else body)

    assert answer.status_code == 422, answer.text
    assert list(answer.get_json()["errors"]) == [field]
    assert everything() == before


@pytest.mark.parametrize("who", ["works elsewhere", "has left"])
def test_only_active_people_of_the_location_take_work(session, shop, as_role, appointment, edit, everything, who):
    person = as_role("Tech", [shop.there] if who == "works elsewhere" else [shop.here]).user
    person.is_active = who != "has left"
    session.commit()
    before = everything()

    answer = edit({"techId": str(person.id)})

    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"techId": ["Choose somebody who works at this location."]}
    assert everything() == before


@pytest.mark.parametrize("bay", ["foreign_bay", "bay"])
def test_only_bays_in_use_at_the_location_are_taken(session, shop, appointment, edit, bay):
    shop.bay.is_active = False

    answer = edit({"bayId": str(getattr(shop, bay).id)})

    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"bayId": ["Choose a bay of this location."]}


# --- key tags ---------------------------------------------------------------------------------


def test_a_key_tag_hangs_on_one_open_job_of_a_location(session, shop, advisor, appointment, edit, everything):
    holder = make_appointment(session, shop.here, key_tag="A 7")
    make_appointment(session, shop.there, key_tag="B 8")
    make_appointment(session, shop.here, key_tag="C 9", status="COMPLETED")
    session.commit()
    before = everything()

    refused = edit({"keyTag": " a  7"})
    created = advisor.post(
        ADDRESS, json={"locationId": str(shop.here.id), "customer": {"name": "Ada Park"}, "keyTag": "a 7"}
    )

    for answer in (refused, created):
        assert answer.status_code == 409
        problem = answer.get_json()
        assert (problem["code"], problem["appointment"]["number"]) == ("key_tag_in_use", holder.number)
        assert list(problem["errors"]) == ["keyTag"]
    assert everything() == before
    assert session.scalars(sa.select(Customer)).all() == []
    assert edit({"keyTag": "b 8"}).status_code == 200
    assert edit({"keyTag": "c 9"}).status_code == 200


def test_a_job_comes_back_only_with_a_free_key_tag(session, shop, advisor, everything):
    gone = [
        make_appointment(session, shop.here, key_tag="A 7", status="CANCELED"),
        make_appointment(session, shop.here, key_tag="A 7", status="COMPLETED", check_in_at=START, check_out_at=START),
        make_appointment(session, shop.here, key_tag="A 7", deleted_at=START),
    ]
    make_appointment(session, shop.here, key_tag="A 7")
    session.commit()
    before = everything()

    answers = [
        advisor.patch(f"{ADDRESS}/{gone[0].id}/status", json={"status": "SCHEDULED"}),
        advisor.patch(f"{ADDRESS}/{gone[1].id}/status", json={"status": "READY", "reason": "Noise is back"}),
        advisor.post(f"{ADDRESS}/{gone[2].id}/restore", json={}),
    ]

    assert [(answer.status_code, answer.get_json()["code"]) for answer in answers] == [(409, "key_tag_in_use")] * 3
    assert everything() == before


def test_two_who_hang_the_same_tag_at_once_settle_it(session, shop, advisor, race):
    made = [make_appointment(session, shop.here) for _ in range(6)]

    answers = race(advisor, [("PATCH", f"{ADDRESS}/{row.id}", {"keyTag": "A 7"}, {}) for row in made])

    assert sorted(status for status, _ in answers) == [200] + [409] * 5
    assert {answer["code"] for status, answer in answers if status == 409} == {"key_tag_in_use"}


# --- two editors ------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["body", "If-Match"])
def test_two_who_edit_two_fields_both_keep_their_work(session, as_role, appointment, edit, how):
    other = as_role("Owner")
    edit({"title": "Brakes", "version": 1}, client=other)

    answer = edit({"notes": "Squeals", "version": 1}) if how == "body" else edit({"notes": "Squeals"}, If_Match='"1"')

    assert answer.status_code == 200, answer.text
    shown = answer.get_json()
    assert (shown["title"], shown["notes"], shown["version"]) == ("Brakes", "Squeals", 3)


def test_two_who_edit_one_field_are_told_who_wrote_what(session, as_role, appointment, edit, everything):
    edit({"title": "First"})
    other = as_role("Owner")
    edit({"title": "Theirs", "version": 2}, client=other)
    before = everything()

    answer = edit({"title": "Mine", "notes": "Mine too", "version": 2})

    assert answer.status_code == 409
    problem = answer.get_json()
    assert problem["code"] == "edit_conflict"
    [conflict] = problem["conflicts"]
    assert {key: conflict[key] for key in ("field", "yours", "theirs", "base", "changedBy")} == {
        "field": "title",
        "yours": "Mine",
        "theirs": "Theirs",
        "base": "First",
        "changedBy": other.user.name,
    }
    assert datetime.fromisoformat(conflict["changedAt"]).tzinfo is not None
    assert (problem["appointment"]["version"], problem["appointment"]["title"]) == (3, "Theirs")
    assert everything() == before


def test_both_wishing_the_same_is_no_conflict(as_role, appointment, edit):
    edit({"title": "Brakes", "version": 1}, client=as_role("Owner"))

    answer = edit({"title": "Brakes", "version": 1})

    assert (answer.status_code, answer.get_json()["version"]) == (200, 2)


def test_times_written_in_other_words_conflict_by_their_instant(as_role, appointment, edit):
    edit({"end": "2026-11-20T11:30", "version": 1}, client=as_role("Owner"))

    same = edit({"end": "2026-11-20T16:30:00Z", "version": 1})
    other = edit({"end": "2026-11-20T16:45:00Z", "version": 1})

    assert (same.status_code, other.status_code) == (200, 409)
    [conflict] = other.get_json()["conflicts"]
    assert (conflict["yours"], conflict["theirs"], conflict["base"]) == (
        "2026-11-20T16:45:00Z",
        "2026-11-20T16:30:00Z",
        "2026-11-20T16:00:00Z",
    )


def test_a_version_that_never_was_is_refused(session, appointment, edit, everything):
    session.commit()
    before = everything()

    answers = [
        edit({"title": "x", "version": 7}),
        edit({"title": "x"}, If_Match='"7"'),
        edit({"title": "x"}, If_Match="abc"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 422]
    assert everything() == before


def test_without_a_version_the_last_word_counts(as_role, appointment, edit):
    edit({"title": "Theirs"}, client=as_role("Owner"))

    assert edit({"title": "Mine"}).get_json()["title"] == "Mine"


def test_eight_who_edit_eight_fields_at_once_lose_nothing(session, shop, advisor, technician, appointment, race):
    wishes = [
        {"title": "Brakes"},
        {"notes": "Squeals"},
        {"keyTag": "A 7"},
        {"isWaiting": True},
        {"promisedAt": "2026-11-20T16:00"},
        {"techId": str(technician.id)},
        {"bayId": str(shop.bay.id)},
        {"end": "2026-11-20T12:00"},
    ]

    answers = race(advisor, [("PATCH", f"{ADDRESS}/{appointment.id}", {**wish, "version": 1}, {}) for wish in wishes])

    assert [status for status, _ in answers] == [200] * len(wishes)
    session.refresh(appointment)
    assert appointment.version == 1 + len(wishes)
    assert (appointment.title, appointment.notes, appointment.key_tag, appointment.is_waiting) == (
        "Brakes",
        "Squeals",
        "A 7",
        True,
    )
    assert (appointment.tech_id, appointment.bay_id) == (technician.id, shop.bay.id)
    assert sorted(row.version for row in audit_of(session, appointment)) == list(range(2, 2 + len(wishes)))


# --- technicians ------------------------------------------------------------------------------


def test_a_technician_writes_notes_on_their_own_job(session, shop, as_role, appointment, edit):
    tech = as_role("Tech")
    appointment.tech_id = tech.user.id

    answer = edit({"notes": "Pads at 2 mm", "version": 1}, client=tech)

    assert answer.status_code == 200, answer.text
    assert answer.get_json()["notes"] == "Pads at 2 mm"
    assert "totalCents" not in answer.get_json()


@pytest.mark.parametrize(
    ("role", "is_own", "body"),
    [
        pytest.param("Tech", True, {"title": "x"}, id="another field"),
        pytest.param("Tech", True, {"notes": "x", "title": "x"}, id="notes and another field"),
        pytest.param("Tech", False, {"notes": "x"}, id="somebody else's job"),
        pytest.param("Accountant", True, {"notes": "x"}, id="an accountant"),
    ],
)
def test_other_edits_by_the_floor_and_the_books_are_403(
    session, as_role, appointment, edit, everything, role, is_own, body
):
    person = as_role(role)
    if is_own:
        appointment.tech_id = person.user.id
    session.commit()
    before = everything()

    answer = edit(body, client=person)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    assert everything() == before


# --- states -----------------------------------------------------------------------------------


def in_state(session, shop, status):
    here = {"check_in_at": START} if status in {"IN_PROGRESS", "READY", "COMPLETED"} else {}
    out = {"check_out_at": START} if status == "COMPLETED" else {}
    return make_appointment(session, shop.here, status=status, total_cents=5000, **here, **out)


@pytest.mark.parametrize("role", list(Role))
def test_every_step_for_every_role_is_made_or_refused_without_a_trace(session, shop, as_role, everything, role):
    person = as_role(role)
    for source in Status:
        for target in Status:
            appointment = in_state(session, shop, source)
            session.commit()
            before = everything()

            answer = person.patch(
                f"{ADDRESS}/{appointment.id}/status", json={"status": target, "reason": "The customer came back"}
            )

            case = (source, target)
            if role is Role.ACCOUNTANT:
                expected = 403
            elif source is target:
                expected = 200
            elif target not in STEPS[source]:
                expected = 409
            elif role is Role.TECH and case in DESK_ONLY:
                expected = 403
            else:
                expected = 200
            assert answer.status_code == expected, (case, answer.text)
            if expected != 200 or source is target:
                assert everything() == before, case
            if expected == 409:
                problem = answer.get_json()
                assert (problem["code"], problem["card"]["status"]) == ("illegal_transition", source)
                assert ("totalCents" in problem["card"]) == (role is not Role.TECH)
            elif expected == 200:
                session.refresh(appointment)
                assert appointment.status == target
                assert answer.get_json()["version"] == appointment.version == 1 + (source is not target)
                assert len(audit_of(session, appointment)) == (source is not target)


def test_a_step_sets_its_times_its_place_and_its_audit_row(session, shop, advisor, appointment):
    # Of an earlier day and still here: both stand on today's board, whichever day that is.
    make_appointment(session, shop.here, status="IN_PROGRESS", check_in_at=appointment.starts_at, order_key=7000.0)
    since = appointment.status_since

    advisor.patch(f"{ADDRESS}/{appointment.id}/status", json={"status": "IN_PROGRESS"})

    session.refresh(appointment)
    assert appointment.check_in_at == appointment.status_since > since
    assert 7512 <= appointment.order_key <= 8536
    [row] = audit_of(session, appointment)
    assert (row.action, row.version) == ("appointment.status_changed", 2)
    assert set(row.changes) == {"status", "checkInAt"}
    assert row.changes["status"] == ["SCHEDULED", "IN_PROGRESS"]


def test_time_in_this_state_does_not_start_over_with_an_edit(session, appointment, edit):
    since = appointment.status_since

    edit({"title": "Brakes"})

    session.refresh(appointment)
    assert appointment.status_since == since


def test_reopening_says_why_and_the_log_keeps_it(session, shop, advisor, everything):
    appointment = in_state(session, shop, "COMPLETED")
    address = f"{ADDRESS}/{appointment.id}/status"
    session.commit()
    before = everything()

    refused = advisor.patch(address, json={"status": "READY"})

    assert (refused.status_code, refused.get_json()["code"]) == (422, "reason_required")
    assert everything() == before
    assert advisor.patch(address, json={"status": "READY", "reason": "Noise is back"}).status_code == 200
    [row] = audit_of(session, appointment)
    assert (row.reason, row.changes["checkOutAt"][1]) == ("Noise is back", None)


def test_a_step_from_a_stale_version_shows_the_present_card(session, advisor, appointment, edit, everything):
    edit({"title": "Brakes"})
    before = everything()

    answer = advisor.patch(f"{ADDRESS}/{appointment.id}/status", json={"status": "IN_PROGRESS", "version": 1})

    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (409, "stale_version")
    assert (problem["card"]["version"], problem["card"]["title"]) == (2, "Brakes")
    assert everything() == before


@pytest.mark.parametrize("status", ["DONE", "ready", "", None, 3])
def test_an_unknown_status_is_422(advisor, appointment, status):
    assert advisor.patch(f"{ADDRESS}/{appointment.id}/status", json={"status": status}).status_code == 422


def test_eight_who_check_in_the_same_car_make_one_step(session, advisor, appointment, race):
    answers = race(advisor, [("PATCH", f"{ADDRESS}/{appointment.id}/status", {"status": "IN_PROGRESS"}, {})] * 8)

    assert [status for status, _ in answers] == [200] * 8
    session.refresh(appointment)
    assert appointment.version == 2
    assert len(audit_of(session, appointment)) == 1


# --- deleting ---------------------------------------------------------------------------------


def test_a_deleted_appointment_is_gone_everywhere_until_it_is_restored(session, advisor, appointment, edit):
    listing = f"{ADDRESS}?from=2026-11-20&to=2026-11-20"

    assert advisor.delete(f"{ADDRESS}/{appointment.id}").status_code == 204

    assert advisor.get(listing).get_json()["items"] == []
    assert edit({"title": "x"}).status_code == 404
    assert advisor.patch(f"{ADDRESS}/{appointment.id}/status", json={"status": "CANCELED"}).status_code == 404
    assert advisor.delete(f"{ADDRESS}/{appointment.id}").status_code == 404
    session.refresh(appointment)
    assert appointment.deleted_at is not None

    restored = advisor.post(f"{ADDRESS}/{appointment.id}/restore", json={})

    assert restored.status_code == 200
    assert restored.get_json()["version"] == 3
    assert [item["id"] for item in advisor.get(listing).get_json()["items"]] == [str(appointment.id)]
    actions = [(row.action, row.version, set(row.changes)) for row in audit_of(session, appointment)]
    assert actions == [("appointment.deleted", 2, {"deletedAt"}), ("appointment.restored", 3, {"deletedAt"})]


def test_restoring_what_is_there_changes_nothing(session, advisor, appointment, everything):
    session.commit()
    before = everything()

    answer = advisor.post(f"{ADDRESS}/{appointment.id}/restore", json={})

    assert (answer.status_code, answer.get_json()["version"]) == (200, 1)
    assert everything() == before


def test_restoring_needs_no_body(session, advisor, appointment):
    advisor.delete(f"{ADDRESS}/{appointment.id}")

    assert advisor.post(f"{ADDRESS}/{appointment.id}/restore").status_code == 200


def test_deleting_a_version_that_is_gone_is_refused(session, advisor, appointment, edit, everything):
    edit({"title": "Brakes"})
    before = everything()

    answer = advisor.delete(f"{ADDRESS}/{appointment.id}", headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "stale_version")
    assert everything() == before
    assert advisor.delete(f"{ADDRESS}/{appointment.id}", headers={"If-Match": '"2"'}).status_code == 204


# --- open screens -----------------------------------------------------------------------------


@pytest.fixture
def heard(redis_url):
    """Return a function that lists the live events since the last call, as the streams get them."""
    with redis.Redis.from_url(redis_url, socket_timeout=5) as client, client.pubsub() as subscription:
        subscription.subscribe(CHANNEL)
        assert subscription.get_message(timeout=5)["type"] == "subscribe"

        def listen():
            events = []
            while message := subscription.get_message(timeout=0.3):
                events.append(orjson.loads(message["data"]))
            return events

        yield listen


def test_every_change_is_told_once_with_the_card_as_it_then_is(session, advisor, appointment, edit, heard):
    edit({"title": "Brakes"})
    advisor.patch(f"{ADDRESS}/{appointment.id}/status", json={"status": "IN_PROGRESS"})
    advisor.delete(f"{ADDRESS}/{appointment.id}")
    advisor.post(f"{ADDRESS}/{appointment.id}/restore", json={})

    events = heard()

    assert {event["name"] for event in events} == {"appointment"}
    assert {event["locationId"] for event in events} == {str(appointment.location_id)}
    told = [event["data"] for event in events]
    assert [(data["id"], data["version"], data["day"]) for data in told] == [
        (str(appointment.id), version, "2026-11-20") for version in (2, 3, 4, 5)
    ]
    assert [data["rev"] for data in told] == sorted({data["rev"] for data in told})
    assert [data.get("deleted") for data in told] == [None, None, True, None]
    assert [data.get("card", {}).get("status") for data in told] == ["SCHEDULED", "IN_PROGRESS", None, "IN_PROGRESS"]
    assert told[0]["card"]["title"] == "Brakes"


def test_a_refused_change_is_not_told(shop, advisor, technician, appointment, edit, session, heard):
    make_appointment(session, shop.here, tech_id=technician.id)

    answers = [
        edit({"techId": str(technician.id)}),
        edit({"end": "2026-11-20T09:00"}),
        advisor.patch(f"{ADDRESS}/{appointment.id}/status", json={"status": "READY"}),
    ]

    assert [answer.status_code for answer in answers] == [409, 422, 409]
    assert heard() == []
