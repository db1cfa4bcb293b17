"""Nobody's number, text or token is in a log line or a metric, all the way out and back."""

import json
import time

import pytest
import sqlalchemy as sa

from backend.messages.models import Message
from tests.factories.messages import make_consent
from tests.messages.conftest import PHONE
from tools.paths import ROOT, VENV_PYTHON
from tools.processes import Child

TEXT, REPLY, REASON = "canary-of-the-shop 8841", "canary-of-the-customer 2213", "canary-of-the-owner"
NUMBER = "+18885557261"


@pytest.fixture
def processes(environment, tmp_path, start_server):
    """Start a web server, a worker and a dispatcher that log all they have to say; return the server and the logs."""
    server = start_server(KEYTAG_LOG_LEVEL="DEBUG")
    settings = {**environment, "KEYTAG_PUBLIC_URL": server.url, "KEYTAG_LOG_LEVEL": "DEBUG", "PYTHONUNBUFFERED": "1"}
    children = [
        Child(
            name, [VENV_PYTHON, "-m", f"backend.{name}"], log=tmp_path / f"{name}.log", cwd=ROOT, environment=settings
        )
        for name in ("worker", "dispatcher")
    ]
    yield server, [server.child.log, *(child.log for child in children)]
    for child in children:
        child.stop(5)


def _wait(session, condition, what: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        session.rollback()
        if session.scalar(sa.select(sa.func.count()).select_from(Message).where(condition)):
            return
        time.sleep(0.1)
    pytest.fail(f"{what} did not happen")


def test_canaries(session, make_desk, simulator, environment, processes, send, client):
    server, logs = processes
    desk = make_desk(hour=2, agrees=False, phone=NUMBER)
    make_consent(session, NUMBER)
    simulator.tell("/control/webhook", url=f"{server.url}/api/webhooks/messaging")
    simulator.tell("/control/mode", pause=0.05)

    # Out, with an override; a refused one; an answer; a failed one; a STOP.
    assert send(desk, "Owner", body=TEXT, override={"reason": REASON}).status_code == 201
    _wait(session, Message.status == "delivered", "the delivery")
    assert send(make_desk(phone=None), body=TEXT).status_code == 422
    simulator.tell("/control/inbound", **{"from": NUMBER, "body": REPLY})
    _wait(session, Message.status == "received", "the reply")
    simulator.tell("/control/mode", answer="refuse", errorCode=21610)
    assert send(desk, "Owner", body=TEXT, override={"reason": REASON}).status_code == 201
    _wait(session, Message.status == "failed", "the refusal")
    # A STOP also ends what had failed: counted before it.
    metrics = client.get("/metrics").text
    simulator.tell("/control/inbound", **{"from": NUMBER, "body": "STOP"})
    _wait(session, Message.body == "STOP", "the STOP")

    metrics += client.get("/metrics").text
    written = "\n".join(log.read_text() for log in logs)
    assert "message_accepted" in written
    assert 'provider_errors_total{code="21610"} 1.0' in metrics
    assert 'messages_total{class="conversation",state="delivered"} 1.0' in metrics
    assert "outbox_oldest_age_seconds" in metrics
    token = environment["TWILIO_AUTH_TOKEN"]
    canaries = [TEXT, REPLY, REASON, NUMBER, NUMBER.removeprefix("+1"), PHONE, token, "canary", "Rosa Delgado"]
    assert [canary for canary in canaries if canary in written or canary in metrics] == []
    for line in written.splitlines():
        if line.startswith("{"):
            json.loads(line)
