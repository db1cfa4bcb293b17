"""The caps are exact, however many send at once and however Redis is."""

import os
import signal
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.core import live, queue
from backend.core.actor import SYSTEM, Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.errors import DomainError, UnavailableError
from backend.desk import commands as desk_commands
from backend.messages import commands, queries
from backend.messages.commands import Draft
from backend.messages.models import Message
from backend.messages.rules import MessageCapError, MessageClass, Origin
from tests.factories.messages import make_consent, make_message
from tests.messages.conftest import PHONE

THREADS, SENDS = 64, 300


@pytest.fixture(params=["up", "stopped", "hung"])
def redis_state(request, redis_server, redis_url):
    """Have Redis up, away or silent during the test."""
    port_of_nobody = "redis://127.0.0.1:1/0"
    url = port_of_nobody if request.param == "stopped" else redis_url
    live.configure(url, 200)
    queue.configure(url)
    if request.param == "hung":
        os.kill(redis_server.child.pid, signal.SIGSTOP)
    yield request.param
    if request.param == "hung":
        os.kill(redis_server.child.pid, signal.SIGCONT)
    live.configure(redis_url, 200)
    queue.configure(redis_url)


def test_of_300_sends_by_64_at_once_exactly_200_are_accepted(session, desk, redis_state):
    for number in range(SENDS):
        make_consent(session, f"+1888555{number:04}")
    session.commit()
    numbers = iter(range(SENDS))
    lock, outcomes = threading.Lock(), Counter()

    def send_some() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            outcome = _send(desk, f"+1888555{number:04}")
            with lock:
                outcomes[outcome] += 1

    threads = [threading.Thread(target=send_some) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == {"accepted": 200, "cap_location": 100}
    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 200


def _send(desk, phone: str) -> str:
    while True:
        try:
            with transaction() as session:
                commands.compose(
                    session,
                    Draft(desk.location.id, body="Hello", phone=phone, appointment_id=desk.appointment.id),
                    actor=SYSTEM,
                    now=utc_now(),
                )
        except UnavailableError:
            # No connection was free: a person's browser would come back too.
            continue
        except DomainError as error:
            return error.code
        return "accepted"


def test_the_21st_text_to_a_number_within_24_hours_is_refused_and_says_when(session, desk, send):
    now = utc_now()
    for hours in range(20):
        make_message(
            session, desk.appointment, direction="out", phone=PHONE, created_at=now - timedelta(hours=hours + 1)
        )

    answer = send(desk)

    assert (answer.status_code, answer.get_json()["code"]) == (429, "cap_customer")
    assert 3 * 3600 < int(answer.headers["Retry-After"]) <= 4 * 3600
    session.execute(sa.delete(Message).where(Message.created_at < now - timedelta(hours=19)))
    assert send(desk).status_code == 201


def test_what_never_left_and_what_is_older_does_not_count(session, desk, send):
    now = utc_now()
    for number in range(40):
        status = "canceled" if number % 2 else "delivered"
        at = now - timedelta(hours=1) if status == "canceled" else now - timedelta(hours=24, seconds=1)
        make_message(session, desk.appointment, direction="out", phone=PHONE, status=status, created_at=at)

    assert send(desk).status_code == 201


def test_of_30_proposals_released_by_8_at_once_exactly_20_leave_to_a_number(session, desk, as_role):
    """They are counted by the hour of the release, and counted one after the other."""
    yesterday = utc_now() - timedelta(hours=30)
    proposed = [
        make_message(
            session, desk.appointment, direction="out", phone=PHONE, status="proposed", created_at=yesterday
        ).id
        for _ in range(30)
    ]
    session.commit()
    advisor = Actor(ActorKind.USER, as_role("Advisor").user.id, role="Advisor")
    session.commit()
    lock, outcomes = threading.Lock(), Counter()

    def release_some() -> None:
        while True:
            with lock:
                if not proposed:
                    return
                message_id = proposed.pop()
            outcome = "released"
            try:
                with transaction() as work:
                    desk_commands.release(
                        work, message_id, None, actor=advisor, location_ids=[desk.location.id], now=utc_now()
                    )
            except MessageCapError as error:
                outcome = error.code
            with lock:
                outcomes[outcome] += 1

    threads = [threading.Thread(target=release_some) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == {"released": 20, "cap_customer": 10}


def test_answers_to_keywords_are_no_part_of_the_caps_and_end_at_ten(session, desk, send):
    reply = {"message_class": MessageClass.KEYWORD_REPLY, "origin": Origin.KEYWORD, "body": "Reply STOP to end."}
    session.commit()

    def answer() -> str:
        with transaction() as work:
            draft = Draft(desk.location.id, phone=PHONE, appointment_id=desk.appointment.id, **reply)
            return commands.compose(work, draft, actor=SYSTEM, now=utc_now()).status

    assert [answer() for _ in range(12)] == ["queued"] * 10 + ["suppressed"] * 2
    for _ in range(15):
        make_message(session, desk.appointment, direction="out", phone=PHONE, created_at=utc_now())
    assert send(desk).status_code == 201


def test_an_answer_to_a_keyword_waits_for_nobody_who_counts(session, desk):
    """Its writer holds the number's conversation; whoever counts and writes waits for that."""
    session.commit()
    with transaction() as counting:
        queries.lock_counts(counting, desk.location.id, PHONE)
        with transaction() as answering:
            answering.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            draft = Draft(desk.location.id, body="OK", phone=PHONE, message_class=MessageClass.KEYWORD_REPLY)
            made = commands.compose(answering, replace(draft, origin=Origin.KEYWORD), actor=SYSTEM, now=utc_now())
            assert made.status == "queued"
