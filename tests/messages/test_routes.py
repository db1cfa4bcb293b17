"""What people do with messages over HTTP."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.consent.rules import ConsentKind, ConsentMethod
from backend.core.clock import utc_now
from backend.inbox.commands import Incoming, open_thread
from backend.messages.models import Message
from tests.factories.messages import AT, make_consent, make_message
from tests.factories.shop import make_location
from tests.messages.conftest import PHONE, zone_where_it_is

HOUR = timedelta(hours=1)


def _messages(session) -> list[Message]:
    return session.scalars(sa.select(Message).order_by(Message.id)).all()


def test_a_text_is_accepted_and_waits_for_the_sender(session, desk, send):
    answer = send(desk)

    assert answer.status_code == 201, answer.text
    [message] = _messages(session)
    assert answer.get_json() == {"id": str(message.id), "status": "queued", "heldUntil": None, "reason": None}
    assert (message.status, message.phone, message.attempts, message.due_at) == ("queued", PHONE, 0, message.created_at)
    assert message.body == f"{desk.location.name}: Your car is ready.\nReply STOP to opt out"
    assert message.segments == 1
    row = session.scalars(sa.select(AuditLog).where(AuditLog.action == "message.composed")).one()
    assert "ready" not in str(row.changes)


def test_the_first_text_of_a_person_says_who_writes_and_the_next_ones_do_not(session, desk, send):
    name = desk.location.name

    shown = send(desk, body="a" * 145, path="/preview").get_json()
    send(desk, body=f"{name.upper()} here: your car is ready.")
    send(desk, body="Bring the spare key.")

    assert shown["text"].startswith(f"{name}: aaa")
    assert shown["segments"] == 2  # of 145 signs, with the name and the footer
    bodies = [message.body for message in _messages(session)]
    assert bodies == [f"{name.upper()} here: your car is ready.\nReply STOP to opt out", "Bring the spare key."]


def test_without_an_idempotency_key_nothing_is_sent(session, desk, as_role):
    answer = as_role("Advisor").post(
        f"/api/appointments/{desk.appointment.id}/messages", json={"channel": "sms", "body": "Hello"}
    )

    assert (answer.status_code, answer.get_json()["code"]) == (400, "idempotency_key_required")
    assert _messages(session) == []


def test_the_same_key_sends_once(session, desk, send):
    first, second = send(desk, key="a"), send(desk, key="a")

    assert first.get_json() == second.get_json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(_messages(session)) == 1
    assert send(desk, key="a", body="Something else").get_json()["code"] == "idempotency_key_reused"


def test_at_night_a_text_is_held_until_the_morning_where_the_customer_is(session, make_desk, send):
    desk = make_desk(hour=2)

    answer = send(desk).get_json()

    assert (answer["status"], answer["reason"]) == ("held", "quiet_hours")
    [message] = _messages(session)
    assert message.due_at.astimezone(ZoneInfo(desk.location.timezone)).strftime("%H:%M:%S") == "08:00:00"


def test_only_the_owner_sends_at_night_and_says_why(session, make_desk, send):
    desk = make_desk(hour=2)
    override = {"reason": "The tow truck waits."}

    refused = send(desk, "Advisor", override=override)
    sent = send(desk, "Owner", override=override)

    assert (refused.status_code, refused.get_json()["code"]) == (403, "override_forbidden")
    assert sent.get_json()["status"] == "queued"
    [message] = _messages(session)
    assert message.override_reason == "The tow truck waits."
    assert message.overridden_by is not None


@pytest.mark.parametrize("word", ["STOP", "Cancel"])
def test_a_number_that_opted_out_is_told_since_when_and_by_which_word(session, make_desk, send, word):
    desk = make_desk()
    make_consent(session, PHONE, kind=ConsentKind.REVOKED, method=ConsentMethod.STOP_KEYWORD, wording=word)

    answer = send(desk)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "opted_out")
    verdict = answer.get_json()["verdict"]
    since = AT.isoformat().replace("+00:00", "Z")
    assert verdict["detail"] == {"at": since, "method": "stop_keyword", "wording": word}
    assert verdict["canOverride"] is False
    assert _messages(session) == []


@pytest.mark.parametrize(("is_here", "told"), [(True, {"wording": "no more texts", "by": "Ana"}), (False, {})])
def test_what_the_shop_noted_is_told_with_its_words_where_it_was_said(session, make_desk, as_role, send, is_here, told):
    desk = make_desk()
    place = desk.location if is_here else make_location(session)
    make_consent(
        session,
        PHONE,
        kind=ConsentKind.REVOKED,
        method=ConsentMethod.COUNTER,
        wording="no more texts",
        actor_id=as_role("Advisor").user.id,
        actor_name="Ana",
        location_id=place.id,
    )

    detail = send(desk).get_json()["verdict"]["detail"]

    assert {name: value for name, value in detail.items() if name != "at"} == {"method": "counter", **told}


NOW = datetime.now(UTC)


def _failed(session, desk, code="30006", days=3, **values):
    at = NOW - timedelta(days=days)
    return make_message(
        session,
        desk.appointment,
        direction="out",
        phone=PHONE,
        **{"status": "failed", "error_code": code, "created_at": at} | values,
    )


@pytest.mark.parametrize("code", ["21211", "21614", "30006"])
def test_a_number_of_which_the_provider_said_that_it_gets_no_texts_is_refused(session, desk, send, code):
    _failed(session, desk, code)

    verdict = send(desk, path="/preview").get_json()["verdict"]
    answer = send(desk)

    assert (verdict["kind"], verdict["reason"], verdict["detail"]["code"]) == ("refused", "unreachable", code)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "unreachable")


def test_a_landline_is_called_one_in_the_thread_that_was_put_away(session, desk, send):
    _failed(session, desk, status="canceled")

    assert send(desk).get_json()["code"] == "unreachable"


@pytest.mark.parametrize(
    ("code", "days"),
    [pytest.param("30003", 3, id="a phone that was off"), pytest.param("30006", 100, id="a season ago")],
)
def test_other_failures_of_before_stop_nothing(session, desk, send, code, days):
    _failed(session, desk, code, days)

    assert send(desk).status_code == 201


def test_a_number_that_got_a_text_since_is_no_landline(session, desk, send):
    _failed(session, desk)
    _failed(session, desk, None, days=2, status="delivered")

    assert send(desk).status_code == 201


def test_a_number_that_wrote_to_us_since_is_no_landline(session, desk, send):
    _failed(session, desk)
    at = NOW - timedelta(days=1)
    text = Incoming(desk.location.id, PHONE, "It is me", at)
    open_thread(session, text, now=at)

    assert send(desk).status_code == 201


def test_a_number_that_never_agreed_is_refused(session, make_desk, send):
    answer = send(make_desk(agrees=False))

    assert (answer.status_code, answer.get_json()["code"]) == (409, "no_consent")
    assert _messages(session) == []


def test_a_customer_without_a_number_can_be_written_no_text(session, make_desk, send):
    answer = send(make_desk(phone=None))

    assert (answer.status_code, answer.get_json()["code"]) == (422, "no_phone")
    assert _messages(session) == []


def test_the_thread_is_listed_newest_first_in_pages(session, desk, send, as_role):
    for body in ("One", "Two", "Three"):
        assert send(desk, body=body).status_code == 201
    client = as_role("Tech")

    first = client.get(f"/api/appointments/{desk.appointment.id}/messages?limit=2").get_json()
    second = client.get(
        f"/api/appointments/{desk.appointment.id}/messages?limit=2&cursor={first['nextCursor']}"
    ).get_json()

    bodies = [message["body"].split("\n")[0] for message in first["items"] + second["items"]]
    assert bodies == ["Three", "Two", f"{desk.location.name}: One"]
    assert second["nextCursor"] is None
    assert first["items"][0]["canCancel"] is True


def test_a_preview_is_the_exact_text_and_writes_nothing(session, desk, send):
    answer = send(desk, path="/preview", body="Hi {customer_first_name}, it\u2019s ready \u2014 {plate}.")

    assert answer.status_code == 200, answer.text
    shown = answer.get_json()
    assert shown["text"] == f"{desk.location.name}: Hi Rosa, it's ready - {{plate}}.\nReply STOP to opt out"
    assert (shown["encoding"], shown["segments"], shown["footer"], shown["missing"]) == ("gsm7", 1, True, ["plate"])
    assert [replaced["sign"] for replaced in shown["replaced"]] == ["\u2019", "\u2014"]
    assert shown["verdict"]["kind"] == "now"
    assert _messages(session) == []


def test_who_had_it_sent_in_quiet_hours_and_why_is_shown_and_explained(session, make_desk, send, as_role):
    desk = make_desk(hour=2)
    made = send(desk, "Owner", override={"reason": "The tow truck waits."}).get_json()
    session.execute(
        sa.text(
            "UPDATE messages SET status = 'delivered', first_claimed_at = created_at, claimed_at = created_at,"
            " consent_event_id = (SELECT id FROM consent_events LIMIT 1)"
        )
    )
    advisor = as_role("Advisor")

    [shown] = advisor.get(f"/api/appointments/{desk.appointment.id}/messages").get_json()["items"]
    why = advisor.get(f"/api/messages/{made['id']}/why").get_json()

    assert (shown["overrideReason"], shown["overriddenBy"]) == ("The tow truck waits.", shown["by"])
    assert shown["sendingSince"] is None
    [hours] = [step for step in why["steps"] if step["guard"] == "hours"]
    assert (hours["passed"], hours["detail"]["overridden"]) == (True, True)


def test_reading_clears_the_count_for_everybody(session, desk, as_role):
    make_message(session, desk.appointment)
    desk.appointment.unread_count = 1

    answer = as_role("Advisor").post(f"/api/appointments/{desk.appointment.id}/messages/read")

    assert answer.status_code == 204
    session.refresh(desk.appointment)
    assert desk.appointment.unread_count == 0
    assert _messages(session)[0].read_at is not None


@pytest.mark.parametrize("status", ["failed", "undelivered", "unknown"])
def test_what_was_given_up_can_be_put_away_and_does_not_leave_by_that(session, make_desk, as_role, status):
    desk = make_desk()
    text = make_message(session, desk.appointment, direction="out", status=status, error_code="30003")
    client = as_role("Advisor")

    assert client.post(f"/api/messages/{text.id}/send").get_json()["code"] == "not_waiting"
    answer = client.post(f"/api/messages/{text.id}/cancel")

    shown = answer.get_json()
    assert (answer.status_code, shown["status"], shown["reason"]) == (200, "canceled", "canceled_by_person")
    assert (shown["canRetry"], shown["canCancel"]) == (False, False)
    assert client.get("/api/messages/waiting").get_json()["items"] == []
    assert client.get("/api/inbox/summary").get_json()["failed"] == 0
    actions = session.scalars(sa.select(AuditLog.action).where(AuditLog.entity_id == text.id)).all()
    assert actions == ["message.canceled"]


def test_what_waits_can_be_taken_back_once(session, make_desk, send, as_role):
    held = send(make_desk(hour=2)).get_json()
    client = as_role("Advisor")

    answer = client.post(f"/api/messages/{held['id']}/cancel")

    assert (answer.status_code, answer.get_json()["status"]) == (200, "canceled")
    assert client.post(f"/api/messages/{held['id']}/cancel").get_json()["code"] == "not_waiting"
    assert _messages(session)[0].due_at is None


def test_what_waits_is_listed_with_whom_it_is_for(session, make_desk, send, as_role):
    desk = make_desk(hour=2)
    held = send(desk).get_json()

    [waiting] = as_role("Tech").get("/api/messages/waiting?kind=held").get_json()["items"]

    assert (waiting["id"], waiting["customerName"], waiting["phone"]) == (held["id"], "Rosa Delgado", PHONE)
    assert waiting["appointmentNumber"] == desk.appointment.number
    assert as_role("Tech").get("/api/messages/waiting?kind=failed").get_json()["items"] == []


def test_what_is_held_is_listed_by_its_release_and_what_is_planned_is_not(session, desk, as_role):
    at = utc_now() + timedelta(hours=1)
    held = [
        make_message(
            session,
            desk.appointment,
            direction="out",
            phone=PHONE,
            status="held",
            due_at=at + hours * HOUR,
            reason=reason,
        )
        for hours, reason in ((2, "quiet_hours"), (0, "requested_later"), (1, "quiet_hours"), (3, "cap_customer"))
    ]
    tech = as_role("Tech")

    first = tech.get("/api/messages/waiting?kind=held&limit=2").get_json()
    rest = tech.get("/api/messages/waiting", query_string={"kind": "held", "limit": 2, "cursor": first["nextCursor"]})

    listed = [item["id"] for item in first["items"] + rest.get_json()["items"]]
    assert listed == [str(held[index].id) for index in (2, 0, 3)]


def test_why_is_answered_by_the_engine_that_decided(session, make_desk, send, as_role):
    held = send(make_desk(hour=2)).get_json()

    why = as_role("Advisor").get(f"/api/messages/{held['id']}/why").get_json()

    assert (why["verdictThen"]["kind"], why["verdictThen"]["reason"]) == ("held", "quiet_hours")
    assert (why["now"]["kind"], why["now"]["until"]) == ("held", held["heldUntil"])
    assert [step["guard"] for step in why["steps"] if not step["passed"]] == ["hours"]


def test_why_tells_a_held_text_on_the_clock_of_the_customer(session, make_desk, send, as_role):
    theirs = zone_where_it_is(2)
    held = send(make_desk(hour=12, timezone=theirs)).get_json()

    why = as_role("Advisor").get(f"/api/messages/{held['id']}/why").get_json()

    assert (why["verdictThen"]["reason"], why["verdictThen"]["until"]) == ("quiet_hours", held["heldUntil"])
    assert (why["verdictThen"]["zone"], why["now"]["zone"]) == (theirs, theirs)


def test_why_says_who_overrode_the_hours_and_for_what_reason(session, make_desk, send, as_role):
    sent = send(make_desk(hour=2), "Owner", override={"reason": "The tow truck waits."}).get_json()

    why = as_role("Advisor").get(f"/api/messages/{sent['id']}/why").get_json()

    [hours] = [step for step in why["steps"] if step["guard"] == "hours"]
    assert (hours["passed"], hours["detail"]["overridden"]) == (True, True)
    assert (hours["detail"]["by"], hours["detail"]["reason"]) == ("Owner of the test", "The tow truck waits.")
    assert all("by" not in step["detail"] for step in why["steps"] if step["guard"] != "hours")
