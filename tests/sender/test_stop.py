"""After a STOP is committed no call to the provider starts."""

import random
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.consent import commands as consents
from backend.consent.rules import START_WITHIN_SECONDS, ConsentKind, ConsentMethod
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.ids import new_id
from backend.desk import commands as desk_commands
from backend.messages.models import Message
from backend.messages.rules import Reason
from backend.sender import commands as sender
from backend.sender import queries, tasks
from backend.sender.rules import BEGIN_WITHIN_SECONDS, Timing
from tests.factories.messages import make_consent, make_message
from tests.messages.conftest import PHONE


def _stop(phone: str) -> float:
    """Say STOP for a number and return when that was durable."""
    with transaction() as session:
        consents.revoke(
            session, phone, ConsentMethod.STOP_KEYWORD, evidence=consents.Evidence(), actor=SYSTEM, now=utc_now()
        )
        desk_commands.cancel_waiting(session, Reason.OPTED_OUT, phone=phone, now=utc_now())
    return time.time()


def test_no_call_starts_after_the_stop_however_they_meet(waiting, session, calls, desk):
    dice = random.Random(7)
    numbers = [f"+1888555{number:04}" for number in range(40)]
    for phone in numbers:
        make_consent(session, phone)
    messages = {phone: waiting(phone=phone) for phone in numbers}
    stopped: dict[str, float] = {}

    def meet(phone: str) -> None:
        sending = threading.Thread(target=tasks.send, args=(str(messages[phone]),))
        sending.start()
        # From before the claim to after the answer.
        time.sleep(dice.random() * 0.03)
        stopped[phone] = _stop(phone)
        sending.join()

    for at in range(0, len(numbers), 2):
        pairs = [threading.Thread(target=meet, args=(phone,)) for phone in numbers[at : at + 2]]
        for pair in pairs:
            pair.start()
        for pair in pairs:
            pair.join()

    late = [call["to"] for call in calls() if call["at"] > stopped[call["to"]]]
    assert late == []
    session.rollback()
    assert queries.count_without_consent(session, utc_now()) == 0
    ends = dict(session.execute(sa.select(Message.status, sa.func.count()).group_by(Message.status)).all())
    assert sum(ends.values()) == len(numbers)
    assert set(ends) <= {"sending", "sent", "delivered", "suppressed"}


def test_a_text_that_left_without_consent_would_be_counted(session, desk, sender):
    now = utc_now()
    consent = make_consent(session, "+18885550001", at=now - timedelta(hours=2))
    later = {"consent_event_id": consent.id, "phone": "+18885550001", "created_at": now, "accepted_at": now}
    make_message(session, desk.appointment, direction="out", claimed_at=now - timedelta(minutes=90), **later)
    session.commit()
    assert queries.count_without_consent(session, now) == 0

    make_consent(
        session,
        "+18885550001",
        kind=ConsentKind.REVOKED,
        method=ConsentMethod.STOP_KEYWORD,
        at=now - timedelta(hours=1),
    )
    make_message(session, desk.appointment, direction="out", claimed_at=now, **later)
    make_message(session, desk.appointment, direction="out", claimed_at=now, **{**later, "phone": "+18885550002"})

    assert queries.count_without_consent(session, now) == 2


def test_a_consent_that_is_not_enough_for_the_text_would_be_counted_however_long_it_waited(session, desk, sender):
    now = utc_now()
    kinds = (ConsentKind.CONVERSATIONAL, ConsentKind.EXPRESS, ConsentKind.EXPRESS_WRITTEN)
    for number, kind in enumerate(kinds):
        phone = f"+1888555010{number}"
        consent = make_consent(session, phone, kind=kind, at=now - timedelta(days=5))
        for message_class in ("conversation", "informational", "marketing"):
            make_message(
                session,
                desk.appointment,
                direction="out",
                message_class=message_class,
                consent_event_id=consent.id,
                phone=phone,
                created_at=now - timedelta(days=3),
                claimed_at=now - timedelta(hours=1),
                accepted_at=now,
            )

    # What was said in conversation allows neither notices nor offers, and a plain yes no offers.
    assert queries.count_without_consent(session, now) == 3


def test_of_a_thousand_that_wait_none_leaves_after_a_stop(session, desk, sender, calls):
    session.commit()
    now = utc_now()
    values = {
        "location_id": desk.location.id,
        "direction": "out",
        "channel": "sms",
        "status": "queued",
        "message_class": "conversation",
        "origin": "staff",
        "phone": PHONE,
        "body": "Hello",
        "attempts": 0,
        "due_at": now,
        "created_at": now,
    }
    session.execute(sa.insert(Message), [values] * 1000)
    session.commit()
    sweeping = threading.Thread(target=tasks.sweep)
    sweeping.start()

    stopped_at = _stop(PHONE)

    sweeping.join()
    tasks.sweep()
    assert [call for call in calls() if call["at"] > stopped_at] == []
    session.rollback()
    left = session.scalar(sa.select(sa.func.count()).where(Message.status.in_(["queued", "held"])))
    assert left == 0


def test_a_claim_whose_call_would_begin_too_late_is_put_back(waiting, row, calls, monkeypatch):
    """As of a worker that was frozen between its claim and its call."""
    monkeypatch.setattr(tasks, "BEGIN_WITHIN_SECONDS", -1.0)
    message_id = waiting()

    tasks.send(str(message_id))

    assert calls() == []
    message = row(message_id)
    assert (message.status, message.attempts, message.lease_until) == ("queued", 0, None)


@pytest.mark.parametrize("tells", ["answer", "status"])
def test_a_block_told_by_the_provider_takes_the_number_before_the_text_as_a_stop_does(waiting, session, row, tells):
    """A STOP holds the number and wants the text: one that held the text and wanted the number would end them both."""
    message_id = waiting()
    with transaction() as work:
        claim = sender.claim(work, message_id, holder=new_id(), now=utc_now(), timing=Timing())
    began, ended = threading.Event(), []

    def block() -> None:
        with transaction() as work:
            began.set()
            if tells == "answer":
                sender.fail(work, claim, "21610", now=utc_now(), chance=0.5)
            else:
                said = {"message_id": message_id, "sid": "SM1", "attempt": 1, "error_code": "21610"}
                sender.apply_provider_status(work, "failed", at=utc_now(), **said)
        ended.append(True)

    blocking = threading.Thread(target=block)
    with transaction() as work:
        work.execute(sa.text("SELECT 1 FROM consent_states WHERE phone = :phone FOR UPDATE"), {"phone": PHONE})
        blocking.start()
        began.wait()
        while not work.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert blocking.is_alive()
        work.execute(sa.text("SELECT 1 FROM messages WHERE id = :id FOR UPDATE NOWAIT"), {"id": message_id})
    blocking.join()

    assert ended == [True]
    assert row(message_id).reason == "provider_blocked"


def test_a_call_has_less_time_to_begin_than_a_stop_waits_for_it():
    assert BEGIN_WITHIN_SECONDS <= START_WITHIN_SECONDS - 0.1


def test_a_number_that_agreed_during_the_claim_is_locked_by_the_next_one(waiting, row, calls, monkeypatch):
    """Whoever is about to claim finds no state to lock, and consent a moment later: a STOP would pass in between."""
    message_id = waiting()
    with monkeypatch.context() as patched:
        blind = queries._LOCK_DUE.replace("WHERE phone = (", "WHERE false AND phone = (")
        assert blind != queries._LOCK_DUE
        patched.setattr(queries, "_LOCK_DUE", blind)
        tasks.send(str(message_id))
        assert calls() == []
        assert (row(message_id).status, row(message_id).attempts) == ("queued", 0)

    tasks.send(str(message_id))

    assert len(calls()) == 1


def test_a_claim_whose_calls_never_begin_in_time_is_given_up_after_six_hours(waiting, row, calls, monkeypatch):
    monkeypatch.setattr(tasks, "BEGIN_WITHIN_SECONDS", -1.0)
    message_id = waiting()
    with transaction() as work:
        work.execute(sa.update(Message).values(first_claimed_at=utc_now() - timedelta(hours=6)))

    tasks.send(str(message_id))

    assert calls() == []
    assert (row(message_id).status, row(message_id).reason) == ("failed", "too_many_attempts")


def test_a_number_that_said_stop_gets_nothing_until_its_own_start(waiting, session, calls, row):
    message_id = waiting()
    _stop(PHONE)
    with transaction() as work:
        consents.restore(
            work,
            PHONE,
            ConsentMethod.SIGNED_FORM,
            evidence=consents.Evidence(wording="I want texts again."),
            actor=SYSTEM,
            now=utc_now(),
        )

    tasks.send(str(message_id))
    tasks.send(str(waiting()))

    assert row(message_id).status == "suppressed"
    assert len(calls()) == 1
