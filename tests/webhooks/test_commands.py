"""What a customer's text leads to: where it belongs, what it says about texting, and what is answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.appointments.rules import Status
from backend.core.clock import utc_now
from backend.core.db import in_transaction
from backend.messages.rules import MessageStatus
from backend.templates.rules import count_segments
from backend.webhooks import commands
from backend.webhooks.commands import Manners
from backend.webhooks.rules import RECEIVED, Told
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import make_consent, make_message
from tests.factories.shop import make_location
from tests.webhooks.conftest import PHONE, inbound

ANSWERS = Manners(answers_keywords=True)
HOUR = timedelta(hours=1)
OPTED_OUT = (
    "Main Street: you are opted out and will get no more texts from us. Reply START to get texts about your car again."
)
OPTED_OUT_IN_SPANISH = (
    "Main Street: usted ya no va a recibir textos de nosotros. "
    "Responda START para recibir textos sobre su auto otra vez."
)


@pytest.fixture
def shop(session):
    return make_location(session, name="Main Street", phone="+17185550100")


@pytest.fixture
def thread(rows):
    """Return `thread()`: the texts, (direction, status, body), as they were made."""
    return lambda: [tuple(row) for row in rows("SELECT direction, status, body FROM messages ORDER BY id")]


def _state(rows):
    return [tuple(row) for row in rows("SELECT informational, marketing FROM consent_states WHERE phone = :p", p=PHONE)]


def _reviews(rows):
    return [row.kind for row in rows("SELECT kind FROM consent_reviews ORDER BY id")]


# --- where a text belongs -----------------------------------------------------------------------------


def _visit(session, location, customer, hours, **overrides):
    start = utc_now() + timedelta(hours=hours)
    return make_appointment(session, location, customer_id=customer.id, starts_at=start, **overrides)


def _routed(rows):
    return tuple(rows("SELECT location_id, customer_id, appointment_id FROM messages")[0])


def test_a_number_of_its_own_decides_the_location(session, shop, tell, rows):
    own = make_location(session, sms_number="+15005550017")
    customer = make_customer(session, phone=PHONE)
    _visit(session, shop, customer, 2)

    tell(inbound(To="+15005550017"))

    assert _routed(rows) == (own.id, customer.id, None)


def test_the_shared_number_belongs_to_where_the_customer_was_last(session, shop, tell, rows):
    second = make_location(session)
    customer = make_customer(session, phone=PHONE)
    _visit(session, shop, customer, -900)
    latest = _visit(session, second, customer, -48, status=Status.COMPLETED)

    tell(inbound())

    assert _routed(rows) == (second.id, customer.id, latest.id)


def test_an_unknown_number_writes_to_the_first_location_and_has_a_conversation(session, shop, tell, rows):
    make_location(session, created_at=datetime(2026, 2, 1, tzinfo=UTC))

    tell(inbound("Do you do brakes?"))

    assert _routed(rows) == (shop.id, None, None)
    [told] = rows("SELECT state, customer_id, unread_count, preview FROM conversations")
    assert tuple(told) == ("open", None, 1, "Do you do brakes?")


def test_of_several_customers_with_a_number_the_one_with_a_car_here_is_meant(session, shop, tell, rows):
    make_customer(session, phone=PHONE, name="First")
    expected = make_customer(session, phone=PHONE, name="Second")
    last_here = make_customer(session, phone=PHONE, name="Third")
    job = _visit(session, shop, expected, -3, status=Status.IN_PROGRESS, check_in_at=utc_now())
    _visit(session, shop, last_here, -1, status=Status.COMPLETED)

    tell(inbound())

    assert _routed(rows) == (shop.id, expected.id, job.id)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        pytest.param([(-2, Status.IN_PROGRESS), (30, Status.SCHEDULED)], 0, id="the nearest open one, behind"),
        pytest.param([(-40, Status.READY), (5, Status.SCHEDULED)], 1, id="the nearest open one, ahead"),
        pytest.param([(-1, Status.COMPLETED), (200, Status.SCHEDULED)], 1, id="an open one before a closed one"),
        pytest.param([(-29 * 24, Status.COMPLETED), (-48, Status.CANCELED)], 1, id="else the latest"),
        pytest.param([(-31 * 24, Status.COMPLETED)], None, id="not one of long ago"),
        pytest.param([], None, id="none"),
    ],
)
def test_which_job_a_text_is_about(session, shop, tell, rows, visits, expected):
    customer = make_customer(session, phone=PHONE)
    jobs = [
        _visit(session, shop, customer, hours, status=status, check_in_at=None, check_out_at=None)
        for hours, status in visits
    ]

    tell(inbound())

    assert _routed(rows)[2] == (None if expected is None else jobs[expected].id)


def test_a_deleted_customer_and_job_are_not_meant(session, shop, tell, rows):
    customer = make_customer(session, phone=PHONE, deleted_at=utc_now())
    _visit(session, shop, customer, 2)

    tell(inbound())

    assert _routed(rows) == (shop.id, None, None)


def test_a_text_is_unread_on_the_card_and_in_the_inbox(session, shop, tell, rows):
    job = _visit(session, shop, make_customer(session, phone=PHONE), 2)

    tell(inbound("one"))
    tell(inbound("two"))

    session.refresh(job)
    assert job.unread_count == 2
    [told] = rows("SELECT unread_count, appointment_id, preview, waiting_since FROM conversations")
    assert (told.unread_count, told.appointment_id, told.preview) == (2, job.id, "two")
    assert told.waiting_since == rows("SELECT min(created_at) AS at FROM messages")[0].at


# --- how it is shown ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        pytest.param(inbound("  two\r\nlines  "), "two\nlines", id="lines"),
        pytest.param(inbound("nul\0 and bell\x07"), "nul and bell", id="control characters"),
        pytest.param(
            inbound("see", NumMedia="1", MediaUrl0="https://api.twilio.com/x"), "see\n[picture]", id="picture"
        ),
        pytest.param(inbound("", NumMedia="3"), "[3 pictures]", id="pictures alone"),
        pytest.param(inbound(""), "[empty text]", id="nothing"),
        pytest.param(inbound("🚗👨‍👩‍👧 ñ مرحبا"), "🚗👨‍👩‍👧 ñ مرحبا", id="every script"),
        pytest.param(inbound("x", NumMedia="many"), "x", id="a count that is none"),
    ],
)
def test_what_the_thread_shows(shop, tell, thread, form, shown):
    tell(form)

    assert thread()[0] == ("in", "received", shown)


@pytest.mark.parametrize("sender", ["262966", "AMAZON", "+1", ""])
def test_a_sender_without_a_number_is_kept_and_put_in_no_thread(shop, tell, rows, thread, sender):
    tell(inbound("Your code is 1234", From=sender))

    assert thread() == []
    [event] = rows("SELECT result, processed_at FROM provider_events")
    assert event.result == "not_a_number"
    assert event.processed_at is not None


# --- what it says about texting ---------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["ALTO", "No me envíe más mensajes", "Número equivocado"])
def test_who_opts_out_in_spanish_is_told_so_in_spanish_once_in_one_part(session, shop, tell, rows, said):
    make_consent(session, PHONE)

    tell(inbound(said))
    tell(inbound(said))

    assert _state(rows) == [("revoked", "revoked")]
    replies = rows("SELECT body, segments FROM messages WHERE origin = 'keyword'")
    assert [tuple(reply) for reply in replies] == [(OPTED_OUT_IN_SPANISH, 1)]
    assert count_segments(OPTED_OUT_IN_SPANISH).encoding == "gsm7"


def test_a_stop_ends_texting_takes_back_what_waits_and_is_confirmed_once(session, shop, tell, rows, thread):
    customer = make_customer(session, phone=PHONE)
    job = _visit(session, shop, customer, 2)
    make_consent(session, PHONE)
    waiting = [
        make_message(session, job, direction="out", phone=PHONE, status=status, due_at=utc_now() + HOUR)
        for status in (MessageStatus.HELD, MessageStatus.QUEUED, MessageStatus.PROPOSED)
    ]
    elsewhere = make_message(
        session, job, direction="out", phone="+18885550199", status=MessageStatus.HELD, due_at=utc_now() + HOUR
    )

    tell(inbound("Stop."))
    tell(inbound("STOP"))

    assert _state(rows) == [("revoked", "revoked")]
    for message in waiting:
        session.refresh(message)
        assert (message.status, message.reason) == ("suppressed", "opted_out")
    session.refresh(elsewhere)
    assert elsewhere.status == "held"
    replies = rows("SELECT body, status, message_class, phone FROM messages WHERE origin = 'keyword'")
    assert [tuple(reply) for reply in replies] == [(OPTED_OUT, "queued", "keyword_reply", PHONE)]
    [stop, *_] = rows("SELECT e.*, m.body FROM consent_events e JOIN messages m ON m.id = e.message_id ORDER BY e.id")
    assert (stop.method, stop.wording, stop.body, stop.purpose) == ("stop_keyword", "Stop.", "Stop.", None)
    assert stop.provider_sid.startswith("SM")


def test_where_the_provider_answers_keywords_we_are_silent(session, shop, tell, rows, app, monkeypatch):
    settings = replace(app.config["KEYTAG_SETTINGS"], twilio_answers_keywords=True)
    monkeypatch.setitem(app.config, "KEYTAG_SETTINGS", settings)

    for body in ("STOP", "START", "HELP"):
        tell(inbound(body))

    assert rows("SELECT count(*) AS n FROM messages WHERE direction = 'out'")[0].n == 0
    assert _state(rows) == [("express", "revoked")]


def test_a_wordy_revocation_revokes_too(session, shop, tell, rows):
    make_consent(session, PHONE)

    tell(inbound("Please stop texting me, I sold the car"))

    assert _state(rows) == [("revoked", "revoked")]
    assert rows("SELECT method FROM consent_events ORDER BY id DESC LIMIT 1")[0].method == "stop_phrase"
    assert _reviews(rows) == []


@pytest.mark.parametrize(
    ("body", "review", "informational"),
    [
        ("please stop the work", ["opt_out_or_job"], "express"),
        ("cancel my 3pm appointment", ["opt_out_or_job"], "express"),
        ("CANCEL", ["cancel_appointment"], "revoked"),
        ("Sorry, wrong number", ["wrong_number"], "revoked"),
        ("can you stop by at 5?", [], "express"),
    ],
)
def test_which_replies_a_person_must_read(session, shop, tell, rows, body, review, informational):
    make_consent(session, PHONE)

    tell(inbound(body))

    assert _reviews(rows) == review
    assert _state(rows)[0][0] == informational


def test_start_brings_texts_about_the_car_back(session, shop, tell, rows, thread):
    make_consent(session, PHONE, kind="express_written")
    tell(inbound("STOP"))

    tell(inbound("Start"))

    assert _state(rows) == [("express", "revoked")]
    assert thread()[-1] == (
        "out",
        "queued",
        "Main Street: you will get texts about your car again. Reply HELP for help, STOP to opt out.",
    )


def test_a_yes_brings_them_back_only_where_they_were_ended(session, shop, tell, rows):
    tell(inbound("YES"))
    assert _state(rows) == [("conversational", "unknown")]
    tell(inbound("STOP"))
    tell(inbound("yes"))

    assert _state(rows) == [("express", "revoked")]


def test_help_says_who_we_are_and_how_to_end_it(shop, tell, thread):
    tell(inbound("help"))

    assert thread()[-1][2] == (
        "Main Street: texts about your car. Call (718) 555-0100. Msg & data rates may apply. Reply STOP to opt out."
    )


@pytest.mark.parametrize("body", ["HELP", "Is my car ready?", "please stop the work", "STOP", "CANCEL"])
def test_nothing_is_sent_to_an_opted_out_number(session, shop, tell, rows, body):
    tell(inbound("STOP"))

    tell(inbound(body))

    assert rows("SELECT count(*) AS n FROM messages WHERE direction = 'out'")[0].n == 1, "its one confirmation"
    assert _state(rows) == [("revoked", "revoked")]


def test_who_writes_first_may_be_answered_and_no_more(session, shop, tell, rows):
    tell(inbound("Do you do brakes?"))
    tell(inbound("And tires?"))

    assert _state(rows) == [("conversational", "unknown")]
    assert rows("SELECT count(*) AS n FROM consent_events")[0].n == 1


def test_a_reply_may_confirm_the_visit(session, shop, tell):
    job = _visit(session, shop, make_customer(session, phone=PHONE), 20)
    make_message(session, job, direction="out", phone=PHONE, origin="reminder", accepted_at=utc_now())

    tell(inbound("C"))

    session.refresh(job)
    assert job.confirmed_at is not None


# --- what is found late --------------------------------------------------------------------------------------


def _found_late(session, body, at):
    """Keep a text as the reconciler finds it, sent at an instant, and act on it now."""
    form = {**inbound(body), "_sent_at": at.isoformat()}
    session.commit()
    event_id = in_transaction(lambda own: commands.keep(own, Told(form["MessageSid"], RECEIVED, "", form), utc_now()))
    assert commands.act(in_transaction, event_id, ANSWERS, utc_now())


def test_a_stop_that_is_found_late_revokes_without_a_confirmation(session, shop, rows):
    make_consent(session, PHONE)

    _found_late(session, "STOP", utc_now() - 6 * HOUR)

    assert _state(rows) == [("revoked", "revoked")]
    assert rows("SELECT count(*) AS n FROM messages WHERE direction = 'out'")[0].n == 0


def test_a_start_that_is_found_late_does_not_undo_a_later_stop(session, shop, tell, rows):
    tell(inbound("STOP"))

    _found_late(session, "START", utc_now() - 6 * HOUR)

    assert _state(rows) == [("revoked", "revoked")]


def test_a_stop_that_is_found_late_does_not_undo_a_later_start(session, shop, tell, rows):
    tell(inbound("STOP"))
    tell(inbound("START"))

    _found_late(session, "STOP", utc_now() - 6 * HOUR)

    assert _state(rows) == [("express", "revoked")]


def test_a_text_that_is_found_late_stands_where_it_was_sent(session, shop, tell, rows):
    tell(inbound("second"))

    _found_late(session, "first", utc_now() - HOUR)

    assert [row.body for row in rows("SELECT body FROM messages ORDER BY created_at")] == ["first", "second"]
    [told] = rows("SELECT preview, unread_count, waiting_since FROM conversations")
    assert (told.preview, told.unread_count) == ("second", 2)
    assert told.waiting_since == rows("SELECT min(created_at) AS at FROM messages")[0].at


def test_an_event_is_acted_on_once_however_often_it_is_tried(session, shop, tell, rows):
    tell(inbound("STOP"))
    event_id = rows("SELECT id FROM provider_events")[0].id

    assert all(commands.act(in_transaction, event_id, ANSWERS, utc_now()) for _ in range(3))

    assert rows("SELECT count(*) AS n FROM messages")[0].n == 2
    assert session.scalar(sa.text("SELECT attempts FROM provider_events")) == 1
