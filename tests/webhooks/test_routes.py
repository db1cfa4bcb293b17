"""The webhook over HTTP: who is let in, that what is let in is kept first, and that repeating and shuffling do nothing."""

import http.client
import random
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from backend.messages.rules import MessageStatus
from tests.conftest import SIMULATOR_TOKEN
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import make_consent, make_message
from tests.factories.shop import make_location
from tests.webhooks.conftest import (
    FORM,
    PATH,
    PHONE,
    PUBLIC_URL,
    Request,
    inbound,
    new_query,
    new_sid,
    status,
)


def _nothing_is_stored(session):
    session.rollback()
    tables = ("provider_events", "messages", "conversations", "consent_events", "consent_states")
    return all(not session.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in tables)


# --- who is let in ----------------------------------------------------------------------------------


def _moved_letter(request):
    """Move a letter from a value into its name: the signature stays good."""
    request.signed()
    request.form = {
        ("BodyS" if name == "Body" else name): (value[1:] if name == "Body" else value)
        for name, value in request.form.items()
    }


def _doubled_field(request):
    request.signed()
    request.body = (urlencode(request.form) + "&Body=STOP").encode()


def _change(**changes):
    def change(request):
        request.signed()
        request.form = {**request.form, **changes}

    return change


def _set(**changes):
    def change(request):
        request.signed()
        for name, value in changes.items():
            setattr(request, name, value)

    return change


def _drop_empty_field(request):
    request.signed()
    del request.form["FromCity"]


def _signed_for(url):
    return lambda request: request.signed(url=url)


def _other_account(request):
    request.form["AccountSid"] = "AC" + "0" * 32
    request.signed()


def _incomplete(request):
    del request.form["From"]
    request.signed()


def _not_a_form(request):
    request.signed()
    request.content_type = "application/json"
    request.body = b'{"Body": "STOP"}'


def _not_utf8(request):
    request.signed()
    request.body = b"Body=%ff%fe&" + urlencode(request.form).encode()


FORGERIES = {
    "no signature": lambda request: None,
    "an empty signature": _set(signature=""),
    "a garbled signature": _set(signature="!!! not base64 !!!"),
    "a signature that is no ASCII": _set(signature="\u00fc\u00df\u00ff" * 9),
    "an endless signature": _set(signature="A" * 5000),
    "two signatures": lambda request: (request.signed(), request.headers.append(("X-Twilio-Signature", request.signature))),
    "another token": lambda request: request.signed(token="0" * 32),
    "an empty token": lambda request: request.signed(token=""),
    "another text": _change(Body="START"),
    "another sender": _change(From="+18885550199"),
    "a trimmed text": lambda request: (request.form.update(Body=" STOP "), request.signed(), request.form.update(Body="STOP")),
    "one more field": _change(Extra="1"),
    "an empty field less": _drop_empty_field,
    "a doubled field": _doubled_field,
    "a letter moved from a value into its name": _moved_letter,
    "another query": _set(query="message=1&attempt=2"),
    "a query in another order": lambda request: (setattr(request, "query", "a=1&b=2"), request.signed(), setattr(request, "query", "b=2&a=1")),
    "signed for https": _signed_for(PUBLIC_URL.replace("http:", "https:") + PATH),
    "signed for another host that the Host header names": lambda request: (
        request.signed(url="http://evil.example" + PATH),
        request.headers.append(("Host", "evil.example")),
        request.headers.append(("X-Forwarded-Host", "evil.example")),
    ),
    "signed with a slash at the end": _signed_for(PUBLIC_URL + PATH + "/"),
    "another account": _other_account,
    "a form that lacks what must be there": _incomplete,
    "no form": _not_a_form,
    "a form that is no UTF-8": _not_utf8,
    "an empty body": _set(body=b""),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_request_is_refused_and_leaves_nothing(session, client, forgery):
    make_location(session)
    request = Request(inbound("STOP"))
    forgery(request)

    answer = request.send(client)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_signed")
    assert _nothing_is_stored(session)


def test_what_the_provider_signed_is_taken(session, client):
    make_location(session)

    assert Request(inbound(" Is it ready? 🚗 ", FromCity="")).signed().send(client).status_code == 204

    assert session.scalar(sa.text("SELECT body FROM messages")) == "Is it ready? 🚗"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080" + PATH, "http://127.0.0.1" + PATH])
def test_the_port_may_be_left_out_of_the_signed_address(session, client, url):
    make_location(session)

    assert Request(inbound()).signed(url=url).send(client).status_code == 204


def test_two_tokens_are_accepted_while_they_are_rotated(session, client, app, monkeypatch):
    make_location(session)
    settings = replace(
        app.config["KEYTAG_SETTINGS"], twilio_auth_token="n" * 32, twilio_auth_token_previous=SIMULATOR_TOKEN
    )
    monkeypatch.setitem(app.config, "KEYTAG_SETTINGS", settings)

    assert Request(inbound()).signed().send(client).status_code == 204
    assert Request(inbound()).signed(token="n" * 32).send(client).status_code == 204
    assert Request(inbound()).signed(token="o" * 32).send(client).status_code == 403


def test_without_an_account_nobody_is_let_in(session, client, app, monkeypatch):
    settings = replace(app.config["KEYTAG_SETTINGS"], twilio_account_sid=None, twilio_auth_token=None)
    monkeypatch.setitem(app.config, "KEYTAG_SETTINGS", settings)

    assert Request(inbound()).signed(token="").send(client).status_code == 403
    assert _nothing_is_stored(session)


@pytest.mark.parametrize("size", [64 * 1024 + 1, 300_000, 2_000_000])
def test_a_large_body_is_refused_before_it_is_looked_at(session, client, size):
    answer = Request(inbound("x" * size)).signed().send(client)

    assert answer.status_code == 413
    assert _nothing_is_stored(session)


def test_a_large_body_of_unknown_length_is_refused_too(live_server):
    connection = http.client.HTTPConnection(live_server.url.removeprefix("http://"), timeout=20)
    connection.request(
        "POST", PATH, iter([b"x" * 1024] * 80), {"Content-Type": FORM, "X-Twilio-Signature": "x"}, encode_chunked=True
    )

    assert connection.getresponse().status == 413


def test_only_post_is_answered(client):
    assert client.get(PATH).status_code == 405


# --- kept before it is acknowledged -----------------------------------------------------------------


def test_a_database_that_is_away_is_a_503_so_that_the_provider_comes_again(start_server):
    server = start_server(KEYTAG_PUBLIC_URL=PUBLIC_URL, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    answer = _over_a_socket(server, Request(inbound("STOP")).signed())

    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


def test_what_fails_after_it_was_kept_is_acknowledged_and_still_there(session, client, broken_inbox):
    make_location(session)

    with broken_inbox():
        answer = Request(inbound("Is it ready?")).signed().send(client)

    assert answer.status_code == 204
    event = session.execute(sa.text("SELECT processed_at, attempts, result FROM provider_events")).one()
    assert tuple(event) == (None, 1, "IntegrityError")
    assert not session.scalar(sa.text("SELECT count(*) FROM messages"))


def test_a_stop_is_honored_even_if_everything_around_it_fails(session, client, broken_inbox):
    make_location(session)
    make_consent(session, PHONE)

    with broken_inbox():
        assert Request(inbound("Stop texting me")).signed().send(client).status_code == 204

    state = session.execute(sa.text("SELECT informational, marketing FROM consent_states")).one()
    assert tuple(state) == ("revoked", "revoked")
    assert session.scalar(sa.text("SELECT processed_at FROM provider_events")) is None, "the text is still to be shown"


def test_a_stop_is_taken_while_messaging_is_switched_off_and_nothing_is_answered(session, client, app, monkeypatch):
    make_location(session)
    make_consent(session, PHONE)
    settings = app.config["KEYTAG_SETTINGS"]
    off = replace(settings.flags, messaging=False)
    monkeypatch.setitem(app.config, "KEYTAG_SETTINGS", replace(settings, flags=off))
    monkeypatch.setitem(app.config, "KEYTAG_FLAGS", off)

    assert Request(inbound("STOP")).signed().send(client).status_code == 204

    assert session.scalar(sa.text("SELECT informational FROM consent_states")) == "revoked"
    assert session.scalar(sa.text("SELECT count(*) FROM messages WHERE direction = 'out'")) == 0


# --- repeating ------------------------------------------------------------------------------------


def test_the_same_request_a_hundred_times_has_one_effect(session, client):
    make_location(session)
    make_consent(session, PHONE)
    request = Request(inbound("STOP")).signed()

    answers = {request.send(client).status_code for _ in range(100)}

    assert answers == {204}
    counts = session.execute(
        sa.text(
            "SELECT (SELECT count(*) FROM provider_events), (SELECT count(*) FROM messages WHERE direction = 'in'),"
            " (SELECT count(*) FROM messages WHERE direction = 'out'), (SELECT count(*) FROM consent_events),"
            " (SELECT unread_count FROM conversations)"
        )
    ).one()
    assert tuple(counts) == (1, 1, 1, 2, 1)


def _sending(session):
    location = make_location(session)
    customer = make_customer(session, phone=PHONE)
    appointment = make_appointment(session, location, customer_id=customer.id)
    sid = new_sid()
    message = make_message(
        session,
        appointment,
        direction="out",
        phone=PHONE,
        status=MessageStatus.SENDING,
        provider_sid=sid,
        provider_status="queued",
        accepted_at=datetime.now(UTC),
        attempts=1,
    )
    return message, sid


COURSES = {
    "delivered": ["queued", "sending", "sent", "delivered", "sent", "delivered", "read"],
    "undelivered": ["queued", "sending", "sent", "undelivered", "sending", "sent", "undelivered"],
    "failed": ["queued", "sending", "failed", "sending", "failed", "queued", "failed"],
}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("end", COURSES)
def test_callbacks_in_any_order_and_any_number_end_the_same(session, client, end, seed):
    message, sid = _sending(session)
    dice = random.Random(seed)
    told = [*COURSES[end], *dice.choices(COURSES[end], k=3)]
    dice.shuffle(told)

    for value in told:
        code = {"ErrorCode": "30005"} if value in {"undelivered", "failed"} else {}
        request = Request(status(value, sid, **code), new_query(message.id)).signed()
        assert request.send(client).status_code == 204

    session.refresh(message)
    assert message.status == end, told
    assert message.error_code == (None if end == "delivered" else "30005")


def test_a_status_with_an_error_code_is_not_the_one_without(session, client):
    message, sid = _sending(session)

    for code in ({}, {"ErrorCode": "30008"}):
        Request(status("undelivered", sid, **code), new_query(message.id)).signed().send(client)

    assert session.scalar(sa.text("SELECT count(*) FROM provider_events")) == 2


def test_a_broken_query_of_ours_is_no_reason_to_lose_a_status(session, client):
    message, sid = _sending(session)

    Request(status("delivered", sid), "message=nonsense&attempt=many").signed().send(client)

    session.refresh(message)
    assert message.status == "delivered"


def test_the_answer_has_nothing_in_it(client):
    answer = Request(inbound()).signed().send(client)

    assert (answer.status_code, answer.data) == (204, b"")


@pytest.fixture(scope="module")
def public(start_server):
    """Start a server that stands where the provider thinks that it does."""
    return start_server(KEYTAG_PUBLIC_URL=PUBLIC_URL)


@pytest.mark.parametrize("end", COURSES)
def test_real_sockets_bring_the_same_end(session, public, end):
    dice = random.Random(end)
    for _ in range(3):
        message, sid = _sending(session)
        session.commit()
        told = [*COURSES[end], *dice.choices(COURSES[end], k=3)]
        dice.shuffle(told)
        for value in told:
            code = {"ErrorCode": "30005"} if value in {"undelivered", "failed"} else {}
            request = Request(status(value, sid, **code), new_query(message.id)).signed()
            assert _over_a_socket(public, request).status == 204

        session.rollback()
        session.refresh(message)
        assert message.status == end, told


def _over_a_socket(server, request):
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=20)
    connection.request(
        "POST",
        f"{PATH}?{request.query}" if request.query else PATH,
        urlencode(request.form),
        {"Content-Type": f"{FORM}; charset=UTF-8", "X-Twilio-Signature": request.signature or ""},
    )
    return connection.getresponse()
