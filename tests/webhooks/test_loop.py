"""The whole loop over real sockets: a web server, the provider, the sender, and a customer with a phone."""

import time
from collections.abc import Callable

import pytest

from backend.sender import tasks as sender
from backend.settings import load_settings
from tests.conftest import Client
from tests.factories.customers import make_customer
from tests.factories.shop import make_location
from tests.messages.conftest import zone_where_it_is
from tests.webhooks.conftest import PATH, PHONE
from tools import ports


def _eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


@pytest.fixture
def provider(start_server, simulator, environment, monkeypatch):
    """A shop on the air: its texts go to the simulator, which calls its webhook."""
    monkeypatch.setattr(Client, "is_accompanied", True)
    port = ports.free_port()
    url = f"http://127.0.0.1:{port}"
    server = start_server(port=port, KEYTAG_PUBLIC_URL=url)
    simulator.tell("/control/webhook", url=url + PATH)
    simulator.tell("/control/mode", pause=0)
    sender.configure(load_settings({**environment, "KEYTAG_PUBLIC_URL": url}))
    yield simulator
    # What the provider still repeats must not reach the next test's database.
    server.child.stop(3)
    sender.configure(load_settings(environment))


def test_a_question_an_answer_a_receipt_and_a_stop(session, provider, as_role, rows):
    location = make_location(session, name="Main Street", timezone=zone_where_it_is(12))
    make_customer(session, phone=PHONE)
    advisor = as_role("Advisor", locations=[location])
    session.commit()

    asked = provider.tell("/control/inbound", **{"from": PHONE, "body": "Do you do brakes?"})
    [waiting] = advisor.get("/api/inbox").get_json()["items"]
    answer = advisor.post(
        f"/api/inbox/{waiting['id']}/messages",
        json={"channel": "sms", "body": "We do. Come by!"},
        headers={"Idempotency-Key": "an-answer"},
    )
    assert answer.status_code == 201, answer.text
    sender.send(answer.get_json()["id"])

    assert (asked["answered"], answer.status_code) == (204, 201)
    _eventually(lambda: rows("SELECT status FROM messages WHERE direction = 'out'")[0].status == "delivered")

    assert provider.tell("/control/inbound", **{"from": PHONE, "body": "STOP"})["answered"] == 204
    assert rows("SELECT informational FROM consent_states")[0].informational == "revoked", "when it was acknowledged"
    sender.send(str(rows("SELECT id FROM messages WHERE origin = 'keyword'")[0].id))
    refused = advisor.post(
        f"/api/inbox/{waiting['id']}/messages",
        json={"channel": "sms", "body": "Why?"},
        headers={"Idempotency-Key": "one-more"},
    )

    assert (refused.status_code, refused.get_json()["code"]) == (409, "opted_out")
    _eventually(lambda: len(rows("SELECT 1 FROM messages WHERE direction = 'out' AND status = 'delivered'")) == 2)
    texts = provider.ask(f"/control/threads/{PHONE[1:]}")["texts"]
    assert [(text["isInbound"], text["body"].split("\n")[0]) for text in texts[:-1]] == [
        (True, "Do you do brakes?"),
        (False, "Main Street: We do. Come by!"),
        (True, "STOP"),
    ]
    assert texts[-1]["body"].startswith("Main Street: ")
    assert len(provider.ask("/control/calls")["calls"]) == 2


def test_a_receipt_that_is_shuffled_and_repeated_ends_delivered(session, provider, as_role, rows):
    location = make_location(session, timezone=zone_where_it_is(12))
    advisor = as_role("Advisor", locations=[location])
    session.commit()
    provider.tell("/control/mode", isShuffled=True, repeat=3, seed=5)
    provider.tell("/control/inbound", **{"from": PHONE, "body": "Hello?"})
    [waiting] = advisor.get("/api/inbox").get_json()["items"]

    answer = advisor.post(
        f"/api/inbox/{waiting['id']}/messages",
        json={"channel": "sms", "body": "Hello!"},
        headers={"Idempotency-Key": "an-answer"},
    )
    assert answer.status_code == 201, answer.text
    sender.send(answer.get_json()["id"])

    done = "SELECT 1 FROM provider_events WHERE kind = 'status' AND processed_at IS NOT NULL"
    _eventually(lambda: len(rows(done)) == 3)
    assert rows("SELECT status FROM messages WHERE direction = 'out'")[0].status == "delivered"
