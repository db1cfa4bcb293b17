"""The caps are exact, however many send at once and however Redis is."""

import os
import signal
import threading
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.core import live, queue
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.errors import DomainError, UnavailableError
from backend.messages import commands
from backend.messages.commands import Draft
from backend.messages.models import Message
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
