"""What the sweep and the reconciler catch up on: orphans, failed tries, and texts that the provider could not tell."""

import urllib.parse
import urllib.request
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.core.clock import utc_now
from backend.messages.rules import MessageStatus
from backend.settings import load_settings
from backend.webhooks import commands, tasks
from backend.webhooks.rules import RECEIVED, Told
from tests.factories.appointments import make_appointment
from tests.factories.messages import make_consent, make_message
from tests.factories.shop import make_location
from tests.webhooks.conftest import PHONE, inbound, new_query, new_sid, status


@pytest.fixture
def shop(session):
    return make_location(session, name="Main Street")


@pytest.fixture
def settings(environment, app):
    """Set this process up as the dispatcher is."""
    settings = load_settings(environment)
    tasks.configure(settings)
    yield settings
    tasks.configure(settings)


def _sending(session, shop, **overrides):
    values = {"status": MessageStatus.SENDING, "attempts": 1, "claimed_at": utc_now(), "lease_until": utc_now()}
    return make_message(
        session, make_appointment(session, shop), direction="out", phone=PHONE, **{**values, **overrides}
    )


# --- orphans --------------------------------------------------------------------------------------


def test_a_status_of_an_unknown_text_is_kept_and_matched_when_its_name_is_saved(session, shop, tell, rows, settings):
    message, sid = _sending(session, shop), new_sid()
    tell(status("delivered", sid))
    assert [tuple(row) for row in rows("SELECT result, processed_at FROM provider_events")] == [("orphan", None)]
    tasks.sweep()
    assert rows("SELECT status FROM messages")[0].status == "sending"

    message.provider_sid, message.accepted_at, message.provider_status = sid, utc_now(), "queued"
    session.add(message)
    session.commit()
    tasks.sweep()

    assert rows("SELECT status FROM messages")[0].status == "delivered"
    assert rows("SELECT processed_at FROM provider_events")[0].processed_at is not None


def test_a_status_that_carries_our_id_finds_a_text_whose_answer_was_lost(session, shop, tell, rows, settings):
    message, sid = _sending(session, shop), new_sid()

    tell(status("sent", sid), new_query(message.id))

    [row] = rows("SELECT status, provider_sid FROM messages")
    assert tuple(row) == ("sent", sid)


def test_an_orphan_is_forgotten_after_a_week_and_nothing_else_before_a_month(session, shop, tell, rows, settings):
    tell(status("delivered", new_sid()))
    tell(inbound())
    for days, left in ((6, 2), (2, 1), (21, 1), (2, 0)):
        session.execute(
            sa.text("UPDATE provider_events SET received_at = received_at - make_interval(days => :d)"),
            {"d": days},
        )
        session.commit()
        tasks.forget_old()
        assert rows("SELECT count(*) AS n FROM provider_events")[0].n == left


# --- failed tries ---------------------------------------------------------------------------------


def test_what_failed_is_tried_again_later_and_later(session, shop, rows, settings, tell, broken_inbox):
    with broken_inbox():
        tell(inbound("Is it ready?"))
        tasks.sweep()
        assert rows("SELECT attempts FROM provider_events")[0].attempts == 1, "not at once"
        for attempts in (2, 3):
            _age(session, seconds=60)
            tasks.sweep()
            assert rows("SELECT attempts FROM provider_events")[0].attempts == attempts

    _age(session, seconds=60)
    tasks.sweep()

    assert rows("SELECT body FROM messages")[0].body == "Is it ready?"
    assert rows("SELECT result FROM provider_events")[0].result == "talk"


def test_what_a_killed_request_left_behind_is_acted_on(session, shop, rows, settings):
    form = inbound("STOP")
    commands.keep(session, Told(form["MessageSid"], RECEIVED, "", form), utc_now() - timedelta(seconds=10))
    session.commit()

    tasks.sweep()

    assert rows("SELECT informational FROM consent_states")[0].informational == "revoked"


def test_a_text_to_a_shop_without_a_location_waits_for_one(session, rows, settings, tell):
    tell(inbound("hello"))
    assert rows("SELECT result, processed_at FROM provider_events")[0] == ("no_location", None)

    make_location(session)
    _age(session, seconds=60)
    tasks.sweep()

    assert rows("SELECT body FROM messages")[0].body == "hello"


def test_one_broken_event_does_not_keep_others_waiting(session, shop, rows, settings, broken_inbox):
    for body in ("poison", "one", "two"):
        form = inbound(body, From=f"+1888555030{len(body)}")
        commands.keep(session, Told(form["MessageSid"], RECEIVED, "", form), utc_now() - timedelta(seconds=10))

    with broken_inbox("poison"):
        tasks.sweep()

    assert sorted(row.body for row in rows("SELECT body FROM messages")) == ["one", "two"]
    assert rows("SELECT count(*) AS n FROM provider_events WHERE processed_at IS NULL")[0].n == 1


def _age(session, *, seconds):
    session.execute(
        sa.text("UPDATE provider_events SET received_at = received_at - make_interval(secs => :s)"), {"s": seconds}
    )
    session.commit()


# --- what the provider could not tell -------------------------------------------------------------


def _lost(simulator, body, sender=PHONE, **changes):
    return simulator.tell("/control/inbound", **{"from": sender, "body": body, "isLost": True, **changes})["text"][
        "sid"
    ]


def test_texts_that_never_came_are_found_stops_first(session, shop, rows, settings, simulator):
    make_consent(session, PHONE)
    session.commit()
    _lost(simulator, "Is my car ready?", "+18885550101")
    _lost(simulator, "STOP")

    tasks.reconcile_daily()

    assert [row.body for row in rows("SELECT body FROM messages WHERE direction = 'in' ORDER BY id")] == [
        "STOP",
        "Is my car ready?",
    ]
    assert rows("SELECT informational FROM consent_states WHERE phone = :p", p=PHONE)[0].informational == "revoked"


def test_what_came_is_not_taken_in_again(session, shop, rows, settings, simulator, tell):
    sid = _lost(simulator, "Is it ready?")
    tell(inbound("Is it ready?", MessageSid=sid, SmsSid=sid))

    tasks.reconcile_hourly()
    tasks.reconcile_daily()

    assert rows("SELECT count(*) AS n FROM messages")[0].n == 1
    assert rows("SELECT count(*) AS n FROM provider_events")[0].n == 1
    assert rows("SELECT unread_count FROM conversations")[0].unread_count == 1


def test_what_was_found_and_then_comes_late_is_not_taken_in_again(session, shop, rows, settings, simulator, tell):
    session.commit()
    sid = _lost(simulator, "Is it ready?")
    tasks.reconcile_hourly()

    tell(inbound("Is it ready?", MessageSid=sid, SmsSid=sid))

    assert rows("SELECT count(*) AS n FROM messages")[0].n == 1


def test_our_own_texts_are_not_taken_for_customers(session, shop, rows, settings, simulator):
    body = urllib.parse.urlencode({"To": settings.twilio_from, "From": settings.twilio_from, "Body": "to ourselves"})
    request = urllib.request.Request(
        f"{simulator.url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json", body.encode(), method="POST"
    )
    login = f"{settings.twilio_account_sid}:{settings.twilio_auth_token}".encode()
    request.add_header("Authorization", "Basic " + b64encode(login).decode())
    urllib.request.urlopen(request, timeout=10).read()

    tasks.reconcile_daily()

    assert rows("SELECT count(*) AS n FROM provider_events")[0].n == 0


def test_a_location_with_a_number_of_its_own_is_asked_for(session, shop, rows, settings, simulator):
    own = make_location(session, sms_number="+15005550017")
    session.commit()
    _lost(simulator, "hello", to="+15005550017")

    tasks.reconcile_hourly()

    assert rows("SELECT location_id FROM messages")[0].location_id == own.id


def test_a_provider_that_does_not_answer_is_asked_next_time(session, shop, rows, settings):
    tasks.configure(replace(settings, twilio_api_url="http://127.0.0.1:9"))

    tasks.reconcile_hourly()

    assert rows("SELECT count(*) AS n FROM provider_events")[0].n == 0
