"""Handing over: once, with every guard asked again, and what comes of each answer."""

import socket
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.accounts.permissions import Role
from backend.audit.models import AuditLog
from backend.consent.models import ConsentEvent, ConsentReview
from backend.consent.rules import ConsentKind, ConsentMethod, ReviewKind
from backend.core.actor import SYSTEM, Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.db import SessionFactory, transaction
from backend.core.ids import new_id
from backend.desk import commands as desk_commands
from backend.messages import commands, queries, rules
from backend.messages.models import Message
from backend.messages.rules import Channel, MessageClass, Origin
from backend.notices.commands import is_true
from backend.sender import commands as sender_commands
from backend.sender import providers, tasks
from backend.sender.rules import Timing
from tests.factories.messages import make_consent, make_message
from tests.messages.conftest import PHONE, zone_where_it_is
from tools.ports import free_port


def test_a_due_text_is_handed_over_with_all_that_the_provider_must_know(
    waiting, row, calls, session, desk, environment
):
    consent = session.scalars(sa.select(ConsentEvent)).one()
    message_id = waiting()

    tasks.send(str(message_id))

    [call] = calls()
    message = row(message_id)
    assert (call["to"], call["from"], call["body"]) == (PHONE, environment["TWILIO_FROM"], message.body)
    assert call["statusCallback"].endswith(f"/api/webhooks/messaging?message={message_id}&attempt=1")
    assert call["validityPeriod"] == 3600
    assert (message.status, message.provider_sid, message.attempts) == ("sending", call["sid"], 1)
    assert message.consent_event_id == consent.id
    assert message.accepted_at is not None
    assert message.lease_until is None
    assert message.due_at is None


def test_while_the_owner_has_switched_texting_off_nothing_leaves_and_all_is_kept(waiting, row, calls, as_role):
    message_id = waiting()
    owner = as_role("Owner")
    assert owner.put("/api/switches/messaging", json={"isOn": False, "reason": "wrong street"}).status_code == 200

    tasks.send(str(message_id))
    tasks.sweep()

    assert calls() == []
    assert (row(message_id).status, row(message_id).attempts) == ("queued", 0)
    assert owner.put("/api/switches/messaging", json={"isOn": True}).status_code == 200
    tasks.send(str(message_id))
    assert len(calls()) == 1


def test_a_locations_own_number_is_the_sender(session, desk, waiting, calls):
    desk.location.sms_number = "+17185550199"

    tasks.send(str(waiting()))

    assert calls()[0]["from"] == "+17185550199"


def test_sent_twice_and_by_eight_at_once_it_goes_once(waiting, row, calls):
    message_id = waiting()
    threads = [threading.Thread(target=tasks.send, args=(str(message_id),)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tasks.send(str(message_id))

    assert len(calls()) == 1
    assert row(message_id).attempts == 1


def test_no_database_session_is_open_while_the_provider_is_asked(waiting, simulator, calls):
    simulator.tell("/control/mode", answer="slow", seconds=1)
    message_id = waiting()
    sending = threading.Thread(target=tasks.send, args=(str(message_id),))
    sending.start()
    while not calls():
        assert sending.is_alive()

    in_use = SessionFactory.kw["bind"].pool.checkedout()
    is_under_way = sending.is_alive()

    sending.join()
    assert (in_use, is_under_way) == (0, True)


# --- the last look -------------------------------------------------------------------------------


def test_a_stop_between_acceptance_and_sending_is_heard(waiting, row, calls, session):
    message_id = waiting()
    make_consent(session, PHONE, kind=ConsentKind.REVOKED, method=ConsentMethod.STOP_KEYWORD)
    session.commit()

    tasks.send(str(message_id))

    message = row(message_id)
    assert calls() == []
    assert (message.status, message.reason, message.attempts) == ("suppressed", "opted_out", 0)
    assert session.scalars(sa.select(AuditLog).where(AuditLog.action == "message.suppressed")).one()


def test_a_text_that_no_person_wrote_waits_while_a_reply_is_unclear(waiting, row, calls, session, desk):
    by_itself = waiting(origin=Origin.STAGE, message_class=MessageClass.INFORMATIONAL)
    by_hand = waiting()
    now = utc_now()
    session.add(
        ConsentReview(
            id=new_id(),
            phone=PHONE,
            kind=ReviewKind.OPT_OUT_OR_JOB,
            message_id=new_id(),
            opened_at=now,
            due_at=now + timedelta(days=14),
        )
    )
    session.commit()

    tasks.send(str(by_itself))
    tasks.send(str(by_hand))

    held = row(by_itself)
    assert (held.status, held.reason) == ("held", "review_open")
    assert held.due_at > now
    assert len(calls()) == 1


def test_a_text_that_is_no_longer_true_is_dropped(waiting, row, calls):
    message_id = waiting(origin=Origin.STAGE, message_class=MessageClass.INFORMATIONAL)
    commands.ask_for_truth(lambda _session, subject: subject.origin is not Origin.STAGE)
    try:
        tasks.send(str(message_id))
    finally:
        commands.ask_for_truth(is_true)

    assert calls() == []
    assert (row(message_id).status, row(message_id).reason) == ("suppressed", "no_longer_true")


def test_the_hours_are_asked_again(waiting, row, calls, session, desk):
    message_id = waiting()
    desk.location.timezone = zone_where_it_is(23)
    session.commit()

    tasks.send(str(message_id))

    message = row(message_id)
    assert calls() == []
    assert (message.status, message.reason) == ("held", "quiet_hours")
    assert message.due_at > utc_now()


def test_a_reason_to_send_at_night_holds_for_the_attempts_of_that_moment(row, calls, session, desk, sender, as_role):
    owner = as_role("Owner").user
    desk.location.timezone = zone_where_it_is(2)
    session.commit()
    with transaction() as work:
        draft = commands.Draft(
            desk.location.id, body="Hello", appointment_id=desk.appointment.id, override_reason="She waits in the cold."
        )
        actor = Actor(ActorKind.USER, owner.id, role=Role.OWNER)
        message_id = commands.compose(work, draft, actor=actor, now=utc_now()).id
    assert row(message_id).status == "queued"
    with transaction() as work:
        work.execute(sa.update(Message).values(first_claimed_at=utc_now() - timedelta(minutes=15)))

    tasks.send(str(message_id))

    assert calls() == []
    assert (row(message_id).status, row(message_id).reason) == ("held", "quiet_hours")


def test_what_waits_for_room_asks_again_when_it_is_due(session, desk, sender, calls):
    now = utc_now()
    for hours in range(20):
        make_message(
            session, desk.appointment, direction="out", phone=PHONE, created_at=now - timedelta(hours=hours + 1)
        )
    session.commit()
    with transaction() as work:
        draft = commands.Draft(
            desk.location.id, body="It is ready.", appointment_id=desk.appointment.id, origin=Origin.STAGE
        )
        message_id = commands.compose(work, draft, actor=SYSTEM, now=now).id
    message = session.get(Message, message_id)
    assert (message.status, message.reason, message.due_at) == ("held", "cap_customer", now + timedelta(hours=4))

    with transaction() as work:
        desk_commands.release(work, message_id, None, actor=SYSTEM, location_ids=[desk.location.id], now=utc_now())
    session.expire_all()
    assert message.reason == "cap_customer"

    for is_room, status in ((False, "held"), (True, "sending")):
        if is_room:
            session.execute(sa.delete(Message).where(Message.created_at < now - timedelta(hours=19)))
        session.execute(sa.update(Message).where(Message.id == message_id).values(due_at=utc_now()))
        session.commit()
        tasks.send(str(message_id))
        session.expire_all()
        assert session.get(Message, message_id).status == status
    assert len(calls()) == 1


@pytest.mark.parametrize(("reason", "waits"), [("cap_customer", True), (None, False)])
def test_a_claim_of_what_waits_for_room_takes_its_turn_with_those_who_count(waiting, calls, desk, reason, waits):
    message_id = waiting()
    with transaction() as work:
        work.execute(sa.update(Message).values(status="held", reason=reason))
    sending = threading.Thread(target=tasks.send, args=(str(message_id),))

    with transaction() as counting:
        queries.lock_counts(counting, desk.location.id, PHONE)
        sending.start()
        is_waiting = False
        while sending.is_alive() and not is_waiting:
            is_waiting = bool(counting.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
        assert (is_waiting, len(calls())) == (waits, 0 if waits else 1)
        # Nothing is held while it waits for its turn.
        counting.execute(sa.text("SELECT 1 FROM consent_states FOR UPDATE NOWAIT"))
        counting.execute(sa.text("SELECT 1 FROM messages FOR UPDATE NOWAIT"))
    sending.join()

    assert len(calls()) == 1


def test_switched_off_nothing_leaves_and_the_queue_is_kept(waiting, row, calls, sender):
    message_id = waiting()
    sender(FF_MESSAGING="off")

    tasks.send(str(message_id))
    tasks.sweep()

    assert calls() == []
    assert (row(message_id).status, row(message_id).attempts) == ("queued", 0)

    sender()
    tasks.sweep()
    assert len(calls()) == 1


def test_what_was_taken_back_does_not_leave(waiting, row, calls, desk):
    message_id = waiting()
    with transaction() as session:
        desk_commands.cancel(session, message_id, actor=SYSTEM, location_ids=[desk.location.id], now=utc_now())

    tasks.send(str(message_id))

    assert calls() == []
    assert row(message_id).status == "canceled"


# --- what the provider answers -------------------------------------------------------------------


def test_429_waits_as_long_as_it_is_asked_to(waiting, row, calls, simulator):
    simulator.tell("/control/mode", answer="429", retryAfter=7)
    message_id = waiting()
    before = utc_now()

    tasks.send(str(message_id))

    message = row(message_id)
    assert calls() == []
    assert (message.status, message.error_code, message.attempts) == ("queued", "20429", 0)
    assert 6 <= (message.due_at - before).total_seconds() <= 12


def test_nobody_at_the_address_is_tried_for_six_hours_and_then_given_up(waiting, row, calls, sender, session):
    sender(TWILIO_API_URL=f"http://127.0.0.1:{free_port()}")
    message_id = waiting()

    for _ in range(6):
        _make_due(message_id)
        tasks.send(str(message_id))

    message = row(message_id)
    assert (message.status, message.error_code, message.attempts) == ("queued", "connect", 0)
    with transaction() as work:
        work.execute(sa.update(Message).values(due_at=utc_now(), first_claimed_at=utc_now() - timedelta(hours=6)))
    tasks.send(str(message_id))

    message = row(message_id)
    assert calls() == []
    assert (message.status, message.error_code, message.reason) == ("failed", "connect", "too_many_attempts")
    assert session.scalars(sa.select(AuditLog).where(AuditLog.action == "message.failed")).one().entity_id == message_id


def test_after_an_outage_everything_that_was_due_leaves(waiting, row, calls, simulator):
    """However often the provider was away: what it did not begin with is no attempt."""
    simulator.tell("/control/mode", answer="429", times=20)
    due = [waiting() for _ in range(4)]
    for _ in range(5):
        for message_id in due:
            _make_due(message_id)
            tasks.send(str(message_id))
    assert calls() == []

    for message_id in due:
        _make_due(message_id)
        tasks.send(str(message_id))

    assert [row(message_id).attempts for message_id in due] == [1, 1, 1, 1]
    assert len(calls()) == 4


def test_a_retry_by_a_person_has_four_attempts_of_its_own(waiting, row, calls, simulator, session, desk):
    message_id = waiting()
    with transaction() as work:
        work.execute(sa.update(Message).values(status="failed", attempts=4, error_code="30007", due_at=None))
    with transaction() as work:
        desk_commands.retry(work, message_id, actor=SYSTEM, location_ids=[desk.location.id], now=utc_now())
    simulator.tell("/control/mode", answer="refuse", errorCode=21611)

    tasks.send(str(message_id))

    assert (row(message_id).status, row(message_id).reason, row(message_id).attempts) == ("held", "retry_later", 5)


def test_what_the_provider_takes_and_what_it_refuses_is_in_the_audit_log(waiting, simulator, session):
    taken = waiting()
    tasks.send(str(taken))
    simulator.tell("/control/mode", answer="refuse", errorCode=30007)
    refused = waiting()
    tasks.send(str(refused))

    logged = session.execute(sa.select(AuditLog.action, AuditLog.entity_id, AuditLog.actor_kind)).all()

    assert ("message.accepted", taken, "system") in logged
    assert ("message.failed", refused, "system") in logged


def _make_due(message_id) -> None:
    with transaction() as session:
        session.execute(sa.update(Message).where(Message.id == message_id).values(due_at=utc_now()))


@pytest.mark.parametrize("answer", ["lose_response", "reset_after_accept", "invalid_json"])
def test_a_lost_answer_is_found_at_the_provider_and_not_sent_again(waiting, row, calls, simulator, answer):
    simulator.tell("/control/mode", answer=answer)
    message_id = waiting()

    tasks.send(str(message_id))
    lost = row(message_id)
    assert (lost.status, lost.error_code, lost.accepted_at) == ("sending", "timeout", None)

    simulator.tell("/control/mode", answer="ok")
    tasks.sweep()

    [call] = calls()
    found = row(message_id)
    assert (found.status in {"sending", "sent", "delivered"}, found.provider_sid) == (True, call["sid"])
    assert found.attempts == 1


@pytest.mark.parametrize("changed", [("+17185550199", "+17185550200"), ("+17185550199", None), (None, "+17185550200")])
def test_a_lost_answer_is_looked_for_under_the_number_it_was_sent_from(
    waiting, row, calls, simulator, session, desk, changed
):
    desk.location.sms_number, later = changed
    simulator.tell("/control/mode", answer="lose_response")
    message_id = waiting()
    tasks.send(str(message_id))
    desk.location.sms_number = later
    session.commit()
    simulator.tell("/control/mode", answer="ok")

    for _ in range(4):
        tasks.sweep()

    [call] = calls()
    assert (row(message_id).provider_sid, row(message_id).attempts) == (call["sid"], 1)


@pytest.mark.parametrize("answer", ["500", "503", "reset"])
def test_what_the_provider_does_not_have_is_sent_once_more_and_then_told_to_a_person(
    waiting, row, calls, simulator, answer
):
    simulator.tell("/control/mode", answer=answer)
    message_id = waiting()

    for _ in range(8):
        tasks.sweep()

    message = row(message_id)
    assert calls() == []
    assert (message.status, message.reason, message.attempts) == ("unknown", "provider_silent", 2)


def test_advertising_whose_answer_was_lost_is_never_sent_again_by_itself(waiting, row, calls, simulator, session):
    make_consent(session, PHONE, kind=ConsentKind.EXPRESS_WRITTEN, purpose="marketing")
    simulator.tell("/control/mode", answer="500")
    message_id = waiting(message_class=MessageClass.MARKETING)
    assert row(message_id).status == "queued"

    for _ in range(4):
        tasks.sweep()

    assert (row(message_id).status, row(message_id).attempts) == ("unknown", 1)


def test_what_is_found_with_an_error_keeps_its_code_and_what_may_be_done_about_it(waiting, row, calls, simulator):
    simulator.tell("/control/mode", answer="lose_response", outcome="undelivered", pause=0.01)
    message_id = waiting()
    tasks.send(str(message_id))
    while tasks._Process.office.texts.fetch(calls()[0]["sid"]).status != "undelivered":
        assert row(message_id).status == "sending"
    simulator.tell("/control/mode", answer="ok")

    tasks.reconcile(str(message_id))

    message = row(message_id)
    assert (message.status, message.reason, message.error_code) == ("held", "retry_later", "30003")


REPLY = {"origin": Origin.KEYWORD, "message_class": MessageClass.KEYWORD_REPLY}


def test_an_answer_to_a_keyword_that_is_late_does_not_leave(waiting, row, calls):
    message_id = waiting(**REPLY)
    with transaction() as session:
        session.execute(sa.update(Message).values(created_at=utc_now() - timedelta(minutes=5)))

    tasks.send(str(message_id))

    assert calls() == []
    assert (row(message_id).status, row(message_id).reason) == ("suppressed", "no_longer_true")


def test_an_answer_to_a_keyword_whose_answer_was_lost_is_never_sent_again(waiting, row, calls, simulator, session):
    simulator.tell("/control/mode", answer="500")
    message_id = waiting(**REPLY)

    for _ in range(4):
        tasks.sweep()

    assert (row(message_id).status, row(message_id).attempts) == ("unknown", 1)
    message = row(message_id)
    with pytest.raises(rules.NotRetryableError):
        desk_commands.retry(session, message_id, actor=SYSTEM, location_ids=[message.location_id], now=utc_now())


def test_a_twin_under_way_is_not_taken_for_the_lost_one(waiting, row, calls, simulator, sender):
    """Two texts with the same words: the second's call must not be taken for the first's."""
    simulator.tell("/control/mode", answer="500", times=1)
    first, second = waiting(), waiting()
    first_row, second_row = row(first), row(second)
    with transaction() as session:
        session.execute(sa.update(Message).where(Message.id == second).values(body=row(first).body))
    tasks.send(str(first))
    tasks.send(str(second))

    tasks.reconcile(str(first))

    assert row(second).provider_sid == calls()[0]["sid"]
    assert row(first).provider_sid is None
    assert {first_row.id, second_row.id} == {first, second}


def test_a_text_that_ends_in_the_lost_ones_words_is_not_taken_for_it(waiting, row, calls, simulator):
    """The provider has it, and we do not know its name yet: its worker is about to write it down."""
    simulator.tell("/control/mode", answer="500", times=1)
    lost, other = waiting(), waiting()
    with transaction() as session:
        session.execute(sa.update(Message).where(Message.id == other).values(body=f"Yes. {row(lost).body}"))
    tasks.send(str(lost))
    with transaction() as session:
        claim = sender_commands.claim(session, other, holder=new_id(), now=utc_now(), timing=Timing())
    accepted = tasks._office().hand_over(claim, begin_by=time.monotonic() + 10, now=utc_now())

    tasks.reconcile(str(lost))

    assert row(lost).provider_sid is None
    with transaction() as session:
        assert sender_commands.accept(session, claim, accepted.sid, accepted.status, now=utc_now())
    assert row(other).provider_sid == calls()[0]["sid"]


@pytest.mark.parametrize("code", ["21211", "21614", "30007", "30034", "99999"])
def test_a_refusal_is_final_and_says_its_code(waiting, row, calls, simulator, code):
    simulator.tell("/control/mode", answer="refuse", errorCode=int(code))
    message_id = waiting()

    tasks.send(str(message_id))
    tasks.sweep()

    message = row(message_id)
    assert calls() == []
    assert (message.status, message.reason, message.error_code) == ("failed", "provider_refused", code)
    assert message.attempts == 1


def test_a_number_that_opted_out_at_the_provider_is_blocked_in_the_consent_log(waiting, row, simulator, session):
    simulator.tell("/control/mode", answer="refuse", errorCode=21610)
    message_id = waiting()

    tasks.send(str(message_id))

    assert (row(message_id).status, row(message_id).reason) == ("failed", "provider_blocked")
    event = session.scalars(sa.select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
    assert (event.kind, event.method, event.phone, event.message_id) == (
        "provider_blocked",
        "provider",
        PHONE,
        message_id,
    )
    later = waiting(origin=Origin.STAGE, message_class=MessageClass.INFORMATIONAL)
    assert (row(later).status, row(later).reason) == ("suppressed", "provider_blocked")


def test_a_full_queue_at_the_provider_is_tried_again_half_an_hour_later_once(waiting, row, simulator):
    simulator.tell("/control/mode", answer="refuse", errorCode=21611)
    message_id = waiting()
    before = utc_now()

    tasks.send(str(message_id))

    message = row(message_id)
    assert (message.status, message.reason, message.error_code) == ("held", "retry_later", "21611")
    assert message.due_at - before >= timedelta(minutes=30)

    _make_due(message_id)
    tasks.send(str(message_id))
    assert (row(message_id).status, row(message_id).attempts) == ("failed", 2)


def test_an_installation_without_a_provider_says_so(waiting, row, calls, sender):
    sender(TWILIO_ACCOUNT_SID="")
    message_id = waiting()

    tasks.send(str(message_id))

    assert (row(message_id).status, row(message_id).error_code) == ("failed", "not_configured")
    assert calls() == []


# --- emails ----------------------------------------------------------------------------------------


def test_an_email_goes_the_same_way_under_the_messages_own_id(waiting, row, simulator, session, desk):
    desk.customer.email = "rosa@example.test"
    session.flush()
    message_id = waiting(channel=Channel.EMAIL, subject="Your car", body="It is ready.")

    tasks.send(str(message_id))

    [letter] = simulator.ask("/control/mail")["letters"]
    message = row(message_id)
    assert message.status == "sent"
    assert message.sent_at is not None
    assert (letter["subject"], letter["to"], letter["text"].strip()) == (
        "Your car",
        "rosa@example.test",
        "It is ready.",
    )
    assert letter["from"] == f"{desk.location.name} <shop@keytag.test>"
    assert letter["messageId"].startswith(f"<{message_id}@")


def test_a_mail_server_that_says_no_is_final_and_one_that_is_away_is_tried_again(
    waiting, row, simulator, session, desk, sender
):
    desk.customer.email = "rosa@example.test"
    session.flush()
    refused = waiting(channel=Channel.EMAIL, subject="Your car", body="It is ready.")
    simulator.tell("/control/mail", refusal="550 no such mailbox")
    tasks.send(str(refused))
    assert (row(refused).status, row(refused).error_code) == ("failed", "mail_550")

    sender(SMTP_URL=f"smtp://127.0.0.1:{free_port()}")
    later = waiting(channel=Channel.EMAIL, subject="Your car", body="It is ready.")
    tasks.send(str(later))
    assert (row(later).status, row(later).error_code) == ("queued", "connect")


def test_a_mail_server_that_says_a_little_at_a_time_has_one_deadline_for_all_of_it(
    waiting, row, session, desk, sender, monkeypatch
):
    """Each byte would renew the patience of each step."""
    monkeypatch.setattr(providers, "MAIL_SECONDS", 1.0)
    desk.customer.email = "rosa@example.test"
    session.flush()
    hung_up = threading.Event()

    def trickle(listener: socket.socket) -> None:
        peer, _ = listener.accept()
        with peer:
            while not hung_up.is_set():
                try:
                    peer.sendall(b"220-one moment\r\n")
                except OSError:
                    hung_up.set()
                hung_up.wait(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        talking = threading.Thread(target=trickle, args=(listener,))
        talking.start()
        sender(SMTP_URL=f"smtp://127.0.0.1:{listener.getsockname()[1]}")
        message_id = waiting(channel=Channel.EMAIL, subject="Your car", body="It is ready.")

        tasks.send(str(message_id))

        assert hung_up.wait(10)
        talking.join()
    assert (row(message_id).status, row(message_id).error_code) == ("queued", "connect")
