"""The card processor's webhook: signed within five minutes, kept first, acted on once, in whatever order."""

import hmac
import json
import random
import time
from copy import deepcopy
from uuid import uuid4

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY as PROCESS_REGISTRY
from stripe import WebhookSignature

from backend.core.clock import utc_now
from backend.payments import tasks
from backend.settings import load_settings
from backend.webhooks import tasks as webhook_tasks
from tests.conftest import SIMULATOR_TOKEN
from tests.factories.shop import make_location
from tests.journeys.pages import eventually
from tests.payments.conftest import make_visit

PATH = "/api/webhooks/payments"
SECRET = f"whsec_{SIMULATOR_TOKEN}"


@pytest.fixture
def visit(session):
    return make_visit(session, make_location(session, name="Brooklyn"))


@pytest.fixture
def page(visit, session, environment, cards):
    """Return a page, as the processor tells of it once it is paid."""
    session.commit()
    tasks.start_checkout(
        load_settings(environment), visit.id, link_visit_id=None, amount_cents=None, back_to="http://x", now=utc_now()
    )
    cards.tell("/control/pay", id=cards.ask("/control/state")["pages"][0]["id"])
    return cards.ask("/control/state")["pages"][0]


def event(kind, subject):
    return {"id": f"evt_{uuid4().hex}", "object": "event", "type": kind, "data": {"object": subject}}


def refund_of(page, cents=25_00, status="succeeded"):
    return {
        "id": f"re_{uuid4().hex}",
        "object": "refund",
        "payment_intent": page["payment_intent"],
        "amount": cents,
        "currency": "usd",
        "status": status,
        "metadata": {"reason": "Goodwill"},
    }


def signed(body, *, secret=SECRET, at=None):
    """Sign by the processor's own library."""
    return WebhookSignature.generate_signature_header(body.decode(), secret, timestamp=int(at or time.time()))


def tell(client, told, **options):
    body = json.dumps(told).encode()
    return client.post(
        PATH, data=body, content_type="application/json", headers={"Stripe-Signature": signed(body, **options)}
    )


def paid_cents(session):
    session.rollback()
    return session.scalar(sa.text("SELECT paid_cents FROM appointments"))


def test_a_paid_page_is_entered_once_however_often_it_is_told(client, session, page):
    told = event("checkout.session.completed", page)

    assert {tell(client, told).status_code for _ in range(100)} == {200}
    # The same of another event, as after a "resend" by hand.
    assert tell(client, event("checkout.session.completed", page)).status_code == 200
    assert paid_cents(session) == 100_00
    assert session.scalar(sa.text("SELECT count(*) FROM payments")) == 1
    results = session.execute(sa.text("SELECT result FROM provider_events ORDER BY id")).scalars().all()
    assert results == ["done", "known"]
    kept = session.execute(sa.text("SELECT payload FROM provider_events")).scalars().first()
    assert "success_url" not in kept, "what we need, and no more"


def _forged(body):
    now = int(time.time())
    good = signed(body).partition("v1=")[2]
    yield "none", ""
    yield "not a header", "abc"
    yield "another secret", signed(body, secret="whsec_other")
    yield "no time", f"v1={good}"
    yield "two times", f"t={now},t={now},v1={good}"
    yield "another time", f"t={now - 1},v1={good}"
    yield "a letter less", signed(body)[:-1]
    yield "upper case", f"t={now},v1={good.upper()}"
    yield "an old scheme", f"t={now},v0={good}"
    yield "too old", signed(body, at=now - 310)
    yield "from the future", signed(body, at=now + 310)
    yield (
        "foreign digits",
        signed(body, at=now).replace(str(now), str(now).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))),
    )
    yield "a sign", signed(body).replace("t=", "t=+")
    yield "a huge time", f"t={'9' * 400},v1={good}"
    yield "not ASCII", f"t={now},v1=é{good[1:]}"


def test_what_is_not_signed_just_now_is_not_kept(client, session, page):
    body = json.dumps(event("checkout.session.completed", page)).encode()
    answers = {
        name: client.post(
            PATH,
            data=body,
            content_type="application/json",
            headers={"Stripe-Signature": header.encode().decode("latin-1")},
        ).status_code
        for name, header in _forged(body)
    }
    changed = body.replace(b"10000", b"20000")
    answers["another body"] = client.post(PATH, data=changed, headers={"Stripe-Signature": signed(body)}).status_code
    answers["spaces in the body"] = client.post(
        PATH, data=body + b" ", headers={"Stripe-Signature": signed(body)}
    ).status_code

    assert {name: status for name, status in answers.items() if status != 403} == {}
    assert session.scalar(sa.text("SELECT count(*) FROM provider_events")) == 0
    assert paid_cents(session) == 0


def test_one_of_several_signatures_is_enough_and_the_clocks_may_be_apart(client, session, page):
    body = json.dumps(event("checkout.session.completed", page)).encode()
    header = signed(body, at=time.time() - 290)
    first = header.replace("v1=", "v1=00ff,v1=")
    ahead = signed(body, at=time.time() + 290)

    for header in (first, ahead):
        assert client.post(PATH, data=body, headers={"Stripe-Signature": header}).status_code == 200
    assert paid_cents(session) == 100_00


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"id": 1, "type": "x", "data": {"object": {}}}', b"\xff", b"[" * 9_000]
)
def test_what_is_no_event_is_refused(client, session, visit, body):
    now = int(time.time())
    good = hmac.new(SECRET.encode(), f"{now}.".encode() + body, "sha256").hexdigest()

    assert client.post(PATH, data=body, headers={"Stripe-Signature": f"t={now},v1={good}"}).status_code == 400


def test_an_unknown_kind_of_event_is_counted_and_left(client, session, visit):
    before = _counted("unknown")
    assert tell(client, event("invoice.paid", {"id": "in_1"})).status_code == 200

    assert _counted("unknown") == before + 1
    assert session.scalar(sa.text("SELECT count(*) FROM provider_events")) == 0


def _counted(result):
    value = PROCESS_REGISTRY.get_sample_value("webhook_received_total", {"provider": "stripe", "result": result})
    return value or 0.0


def test_what_does_not_fit_is_asked_about(client, session, page, cards):
    wrong = deepcopy(page) | {"amount_total": 1_00}
    calls = len(cards.ask("/control/state")["calls"])

    assert tell(client, event("checkout.session.completed", wrong)).status_code == 200
    assert paid_cents(session) == 100_00, "what the processor says when asked"
    assert len(cards.ask("/control/state")["calls"]) == calls + 1
    assert session.execute(sa.text("SELECT processed_at IS NOT NULL FROM provider_events")).scalars().all() == [True]


def test_a_doubt_that_nobody_can_settle_waits(client, session, page, cards):
    cards.tell("/control/mood", answer="500", times=2)
    assert tell(client, event("checkout.session.expired", page | {"payment_status": "unpaid"})).status_code == 200

    assert session.scalar(sa.text("SELECT count(*) FROM provider_events WHERE processed_at IS NULL")) == 1
    assert paid_cents(session) == 0


def test_of_another_shop_nothing_is_entered(client, session, page):
    told = event("checkout.session.completed", page | {"client_reference_id": str(uuid4())})

    assert tell(client, told).status_code == 200
    assert session.scalar(sa.text("SELECT result FROM provider_events")) == "not_ours"
    assert paid_cents(session) == 0


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_any_number_end_the_same(client, session, page, seed):
    refund = refund_of(page)
    events = [
        event("checkout.session.completed", page),
        event("checkout.session.expired", page | {"payment_status": "unpaid"}),
        event("refund.created", refund),
        event("refund.updated", refund),
        event("refund.failed", refund_of(page, status="failed")),
    ] * 3
    random.Random(seed).shuffle(events)
    for told in events:
        assert tell(client, told).status_code == 200
    # A refund that came before its payment waits for the sweep.
    session.execute(sa.text("UPDATE provider_events SET received_at = received_at - interval '1 hour'"))
    session.commit()
    webhook_tasks.sweep()

    assert paid_cents(session) == 75_00
    rows = session.execute(sa.text("SELECT kind, amount_cents, note FROM payments ORDER BY amount_cents")).all()
    assert [tuple(row) for row in rows] == [("refund", -25_00, "Goodwill"), ("payment", 100_00, None)]


def test_the_whole_loop_over_http(live_server, cards, session, visit, environment):
    cards.tell("/control/webhook", url=live_server.url + PATH)
    session.commit()
    tasks.start_checkout(
        load_settings(environment), visit.id, link_visit_id=None, amount_cents=60_00, back_to="http://x", now=utc_now()
    )
    cards.tell("/control/pay", id=cards.ask("/control/state")["pages"][0]["id"])
    eventually(lambda: paid_cents(session), lambda cents: cents == 60_00)

    cards.tell("/control/refund", payment_intent=cards.ask("/control/state")["payments"][0]["id"], amount=10_00)
    eventually(lambda: paid_cents(session), lambda cents: cents == 50_00)
    told = cards.ask("/control/state")["events"][0]["id"]
    assert cards.tell("/control/send", id=told)["answered"] == 200
    assert paid_cents(session) == 50_00
