"""What is done about a text after it was accepted: taken back, let go, tried again."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.consent.rules import ConsentKind, ConsentMethod
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.desk import commands as desk_commands
from backend.messages import commands
from backend.messages.commands import Draft
from backend.messages.models import Message
from backend.messages.rules import MessageClass, Origin, Reason
from tests.factories.messages import make_consent, make_message
from tests.messages.conftest import PHONE

AUTOMATED = {"origin": Origin.STAGE, "message_class": MessageClass.INFORMATIONAL}


def test_what_is_to_be_tried_again_is_tried_now_once(session, say, sent, as_role):
    message = sent()
    say(message, "undelivered", error_code="30003")
    advisor = as_role("Advisor")

    now = advisor.post(f"/api/messages/{message.id}/send").get_json()
    again = advisor.post(f"/api/messages/{message.id}/send")

    assert (now["status"], now["reason"], now["errorCode"]) == ("queued", None, None)
    session.refresh(message)
    assert message.due_at <= utc_now()
    # Nothing is there twice: it is one row, which the sender claims once.
    assert (again.status_code, again.get_json()["id"]) == (200, now["id"])
    message.status, message.due_at = "sending", None
    session.commit()
    assert advisor.post(f"/api/messages/{message.id}/send").status_code == 409


def test_a_stop_takes_back_what_waits_except_the_answer_to_it(compose, session):
    first, second = compose(), compose(not_before=utc_now() + timedelta(minutes=5))
    answer = compose(origin=Origin.KEYWORD, message_class=MessageClass.KEYWORD_REPLY)

    with transaction() as work:
        assert desk_commands.cancel_waiting(work, Reason.OPTED_OUT, phone=PHONE, now=utc_now()) == 2

    session.expire_all()
    assert [(row.status, row.reason) for row in (first, second)] == [("suppressed", "opted_out")] * 2
    assert answer.status == "queued"
    suppressed = session.scalars(sa.select(AuditLog).where(AuditLog.action == "message.suppressed")).all()
    assert {row.entity_id for row in suppressed} == {first.id, second.id}


def test_a_stop_takes_as_many_statements_for_ten_texts_as_for_two(compose, session, statements):
    def take_back(count: int) -> int:
        for _ in range(count):
            compose()
        session.commit()
        with statements() as said, transaction() as work:
            assert desk_commands.cancel_waiting(work, Reason.OPTED_OUT, phone=PHONE, now=utc_now()) == count
        return len(said)

    assert take_back(2) == take_back(10)


def test_what_was_given_up_is_sent_again_after_every_guard_is_asked_again(session, say, sent, as_role):
    client = as_role("Advisor")
    failed = sent(status="failed", reason="provider_refused", error_code="30007")

    answer = client.post(f"/api/messages/{failed.id}/retry")

    assert answer.status_code == 200
    session.refresh(failed)
    assert (failed.status, failed.error_code, failed.sent_at) == ("queued", None, None)
    assert client.post(f"/api/messages/{failed.id}/retry").get_json()["code"] == "not_retryable"


@pytest.mark.parametrize("late", ["sending", "sent", "delivered", "undelivered"])
def test_a_late_status_of_the_attempt_before_does_not_swallow_a_retry(session, say, sent, as_role, late):
    failed = sent(status="undelivered", provider_status="undelivered", error_code="30007")
    assert as_role("Advisor").post(f"/api/messages/{failed.id}/retry").status_code == 200

    say(failed, late, sid=failed.provider_sid)

    assert (failed.status, failed.accepted_at is not None, failed.sent_at) == ("queued", True, None)
    assert failed.due_at is not None


def test_a_retry_does_not_inherit_the_owners_reason_to_send_at_night(make_desk, session, as_role):
    night = make_desk(hour=2, phone="+18885550143")
    owner = as_role("Owner").user
    values = {"status": "failed", "error_code": "30007", "phone": "+18885550143", "attempts": 1}
    failed = make_message(
        session, night.appointment, direction="out", override_reason="Cold", overridden_by=owner.id, **values
    )

    answer = as_role("Advisor").post(f"/api/messages/{failed.id}/retry").get_json()

    session.refresh(failed)
    assert (answer["status"], answer["reason"]) == ("held", "quiet_hours")
    assert (failed.override_reason, failed.overridden_by) == (None, None)


def test_retry_is_refused_where_it_can_not_help_or_the_number_opted_out(session, say, sent, as_role):
    client = as_role("Advisor")
    hopeless = sent(status="failed", error_code="21614")
    dead = sent(status="failed", error_code="30007")
    make_consent(session, PHONE, kind=ConsentKind.REVOKED, method=ConsentMethod.STOP_KEYWORD)

    assert client.post(f"/api/messages/{hopeless.id}/retry").get_json()["code"] == "not_retryable"
    assert client.post(f"/api/messages/{dead.id}/retry").get_json()["code"] == "opted_out"
    session.expire_all()
    assert [message.status for message in (hopeless, dead)] == ["failed", "failed"]


def test_send_now_sends_what_waited_for_its_hour_by_request(compose, session, as_role):
    later = compose(not_before=utc_now() + timedelta(hours=1), **AUTOMATED)
    assert (later.status, later.reason) == ("held", "requested_later")

    answer = as_role("Advisor").post(f"/api/messages/{later.id}/send").get_json()

    assert (answer["status"], answer["reason"]) == ("queued", None)


def test_a_stage_text_that_the_night_holds_says_so_and_the_owner_may_send_it(make_desk, session, as_role):
    night = make_desk(hour=2)
    session.commit()
    with transaction() as work:
        draft = Draft(night.location.id, body="Hello", appointment_id=night.appointment.id, **AUTOMATED)
        draft = replace(draft, not_before=utc_now() + timedelta(minutes=2))
        held = commands.compose(work, draft, actor=SYSTEM, now=utc_now()).id
    assert session.get(Message, held).reason == "quiet_hours"

    answer = as_role("Owner").post(f"/api/messages/{held}/send", json={"override": {"reason": "She waits."}})

    assert answer.get_json()["status"] == "queued"


def test_the_owner_releases_a_held_text_with_a_reason(make_desk, send, session, as_role):
    held = send(make_desk(hour=2)).get_json()["id"]
    body = {"override": {"reason": "She waits in the cold."}}

    still_held = as_role("Advisor").post(f"/api/messages/{held}/send")
    refused = as_role("Advisor").post(f"/api/messages/{held}/send", json=body)
    released = as_role("Owner").post(f"/api/messages/{held}/send", json=body)

    assert still_held.get_json()["status"] == "held"
    assert refused.get_json()["code"] == "override_forbidden"
    assert released.get_json()["status"] == "queued"
    row = session.scalars(sa.select(AuditLog).where(AuditLog.action == "message.released").order_by(AuditLog.id.desc()))
    assert row.first().reason == "She waits in the cold."
