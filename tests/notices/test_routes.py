from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from backend.appointments.rules import Status
from backend.core.clock import utc_now
from backend.messages.models import Message
from backend.messages.rules import Origin
from backend.notices.models import NoticeRule
from backend.notices.rules import Cause, Loudness, Trigger, key_of
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import PHONE, make_consent, make_message
from tests.factories.notices import make_rule
from tests.factories.shop import make_location
from tests.factories.templates import make_template

RULES = "/api/notice-rules"
HOUR = timedelta(hours=1)


@pytest.fixture
def shop(session):
    return make_location(session, name="Harbor Auto")


def test_every_trigger_is_listed_and_quiet_at_first(shop, as_role):
    answer = as_role("Tech").get(RULES).get_json()

    assert answer["nextCursor"] is None
    assert [item["trigger"] for item in answer["items"]] == [
        "booked",
        "rescheduled",
        "reminder_24h",
        "reminder_2h",
        "in_progress",
        "ready",
        "completed",
        "canceled",
        "no_show",
    ]
    assert answer["items"][5] == {
        "trigger": "ready",
        "loudness": "quiet",
        "templateId": None,
        "templateName": None,
        "version": 0,
        "updatedAt": None,
        "updatedBy": None,
    }


def test_what_a_move_tells_is_shown_to_who_moved(session, shop, as_role):
    make_rule(session, shop, Trigger.READY)
    ana = make_customer(session, phone=PHONE)
    make_consent(session)
    at = utc_now()
    job = make_appointment(session, shop, customer_id=ana.id, status=Status.READY, status_since=at, check_in_at=at)

    [text] = as_role("Tech").get(f"/api/appointments/{job.id}/texts/leaving").get_json()["items"]

    assert (text["trigger"], text["loudness"], text["state"]) == ("ready", "loud", "planned")
    assert text["text"].startswith("Harbor Auto: ")
    assert as_role("Tech", [make_location(session)]).get(f"/api/appointments/{job.id}/texts/leaving").status_code == 404


def test_a_rule_is_set_and_says_by_whom(session, shop, as_role):
    template = make_template(session)
    advisor = as_role("Advisor")
    body = {"trigger": "ready", "loudness": "ask", "templateId": str(template.id), "version": 0}

    answer = advisor.put(RULES, json=body)

    assert answer.status_code == 200
    shown = answer.get_json()
    assert {name: shown[name] for name in ("loudness", "templateName", "version", "updatedBy")} == {
        "loudness": "ask",
        "templateName": "Ready",
        "version": 1,
        "updatedBy": "Advisor of the test",
    }
    assert advisor.get(RULES).get_json()["items"][5] == shown


def test_a_rule_that_somebody_changed_is_shown(session, shop, as_role):
    make_rule(session, shop, Trigger.READY)

    answer = as_role("Owner").put(RULES, json={"trigger": "ready", "loudness": "quiet", "version": 0})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "stale_version")
    assert answer.get_json()["rule"]["loudness"] == "loud"
    assert session.scalars(sa.select(NoticeRule.loudness)).all() == ["loud"]


def test_only_who_manages_the_catalogue_sets_rules(session, shop, as_role):
    for role in ("Tech", "Accountant"):
        assert as_role(role).put(RULES, json={"trigger": "ready", "loudness": "quiet"}).status_code == 403
    assert session.scalars(sa.select(NoticeRule)).all() == []


def test_another_locations_rules_are_unknown(session, shop, as_role):
    there = make_location(session)
    advisor = as_role("Advisor", locations=[shop])

    assert advisor.get(f"{RULES}?locationId={there.id}").status_code == 404
    body = {"locationId": str(there.id), "trigger": "ready", "loudness": "quiet"}
    assert advisor.put(RULES, json=body).status_code == 404


def test_a_template_that_is_sent_by_itself_is_kept(session, shop, as_role):
    template = make_rule(session, shop, Trigger.READY)

    answer = as_role("Owner").delete(f"/api/message-templates/{template.id}")

    assert (answer.status_code, answer.get_json()["code"]) == (409, "template_in_use")
    assert answer.get_json()["triggers"] == ["ready"]
    assert template.deleted_at is None


# --- the texts of a job --------------------------------------------------------------------------


@pytest.fixture
def start():
    """Return 10:00 in New York on the third day from now."""
    day = (utc_now() + timedelta(days=3)).date()
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)


@pytest.fixture
def job(session, shop, start):
    ana = make_customer(session, name="Ana Flores", phone=PHONE)
    make_consent(session)
    return make_appointment(
        session,
        shop,
        customer_id=ana.id,
        starts_at=start,
        promised_at=start + 14 * HOUR,
        total_cents=1234,
        created_at=utc_now() - timedelta(days=1),
    )


def _texts(client, job):
    answer = client.get(f"/api/appointments/{job.id}/texts")
    assert answer.status_code == 200, answer.text
    return answer.get_json()["items"]


def test_a_job_says_what_it_will_send_and_when(session, shop, job, start, as_role):
    make_rule(session, shop, Trigger.REMINDER_24H, body="See you {appointment_day} at {appointment_time}.")
    make_rule(session, shop, Trigger.READY, Loudness.ASK, body="Ready. The balance is {balance}.")
    make_rule(session, shop, Trigger.COMPLETED, body="Thanks! {plate}")
    make_rule(session, shop, Trigger.NO_SHOW, Loudness.QUIET)

    reminder, ready, done = _texts(as_role("Advisor"), job)

    assert (reminder["trigger"], reminder["state"], reminder["certainty"]) == ("reminder_24h", "planned", "exact")
    local = (start - 24 * HOUR).astimezone(ZoneInfo("America/New_York"))
    assert reminder["localAt"] == local.isoformat(timespec="seconds")
    assert (reminder["zone"], reminder["verdict"]["kind"]) == ("America/New_York", "now")
    assert reminder["text"].startswith("Harbor Auto: See you ")
    # Promised for midnight, so the text is held until the morning after.
    assert (ready["loudness"], ready["verdict"]["kind"], ready["verdict"]["reason"]) == ("ask", "held", "quiet_hours")
    assert ready["text"].startswith("Harbor Auto: Ready. The balance is $12.34.")
    assert (done["text"], done["missing"], done["verdict"]["reason"]) == (None, ["plate"], "missing_values")


def test_nothing_is_written_by_asking(session, shop, job, as_role):
    make_rule(session, shop, Trigger.REMINDER_24H)

    _texts(as_role("Tech"), job)

    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 0


def test_what_was_made_is_told_with_what_became_of_it(session, shop, job, start, as_role):
    make_rule(session, shop, Trigger.BOOKED)
    make_rule(session, shop, Trigger.REMINDER_24H)
    make_rule(session, shop, Trigger.REMINDER_2H)
    due = start - 24 * HOUR
    booked, reminder, _ = (
        make_message(
            session,
            job,
            direction="out",
            origin=Origin.CONFIRMATION,
            origin_key=key_of(Cause(Trigger.BOOKED, job.id, start)),
            sent_at=utc_now(),
        ),
        make_message(
            session,
            job,
            direction="out",
            status="held",
            reason="requested_later",
            due_at=due,
            origin=Origin.REMINDER,
            origin_key=key_of(Cause(Trigger.REMINDER_24H, job.id, start)),
        ),
        make_message(session, job, direction="out", origin=Origin.STAFF),
    )

    found = _texts(as_role("Advisor"), job)

    assert [(item["trigger"], item["state"], item["messageId"]) for item in found] == [
        ("booked", "sent", str(booked.id)),
        ("reminder_24h", "held", str(reminder.id)),
        ("reminder_2h", "planned", None),
    ]
    assert found[1]["verdict"] == {
        "kind": "held",
        "reason": "requested_later",
        "until": due.isoformat().replace("+00:00", "Z"),
        "zone": None,
        "detail": {},
        "canOverride": False,
    }


def test_who_opted_out_gets_nothing_and_the_list_says_why(session, shop, job, as_role):
    make_rule(session, shop, Trigger.REMINDER_2H)
    make_consent(session, kind="revoked", method="stop_keyword", wording="STOP")

    (reminder,) = _texts(as_role("Advisor"), job)

    assert (reminder["verdict"]["kind"], reminder["verdict"]["reason"]) == ("refused", "opted_out")
    assert reminder["verdict"]["detail"]["method"] == "stop_keyword"


def test_a_technician_sees_the_texts_without_the_money(session, shop, job, as_role):
    make_rule(session, shop, Trigger.READY, body="The total is {total}.")
    make_rule(session, shop, Trigger.REMINDER_2H, body="See you.")

    reminder, ready = _texts(as_role("Tech"), job)

    assert reminder["text"].startswith("Harbor Auto: See you.")
    assert (ready["text"], ready["withheld"]) == (None, ["total"])


def test_a_car_that_is_here_is_not_reminded(session, shop, job, as_role):
    make_rule(session, shop, Trigger.REMINDER_24H)
    make_rule(session, shop, Trigger.REMINDER_2H)
    job.status, job.check_in_at = Status.IN_PROGRESS, utc_now()

    assert _texts(as_role("Advisor"), job) == []


def test_another_locations_job_is_unknown(session, job, as_role):
    elsewhere = make_location(session)

    answer = as_role("Advisor", locations=[elsewhere]).get(f"/api/appointments/{job.id}/texts")

    assert answer.status_code == 404
