"""From a rule to the provider: a notice leaves as it was shown, and only while it is true."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.appointments import commands as appointments
from backend.appointments.commands import Step
from backend.appointments.rules import Status
from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from backend.desk import commands as desk_commands
from backend.messages.models import Message
from backend.messages.rules import MessageRefusedError
from backend.notices import commands
from backend.notices.rules import HOLD, Loudness, Trigger
from backend.sender import tasks
from tests.factories.notices import make_rule
from tests.messages.conftest import desk, make_desk  # noqa: F401  a desk is the same here
from tests.sender.conftest import calls, row, sender  # noqa: F401  and so is a sender


@pytest.fixture
def olivia(as_role, desk):  # noqa: F811  the fixture, not the import
    user = as_role("Owner").user
    return Actor(ActorKind.USER, user.id, user.name, user.role)


@pytest.fixture
def step(session, desk, olivia):  # noqa: F811
    """Return `step(status)`: bring the visit there and commit; no task has run yet."""

    def go(target):
        appointments.change_status(
            session, desk.appointment.id, Step(target), actor=olivia, location_ids=[desk.location.id], now=utc_now()
        )
        session.commit()

    return go


@pytest.fixture
def ready(session, desk, step, sender):  # noqa: F811
    """Return `ready(loudness)`: the text about a car that is ready, its seconds over."""

    def make(loudness=Loudness.LOUD):
        make_rule(session, desk.location, Trigger.READY, loudness, body="Your {vehicle|car} is ready.")
        step(Status.IN_PROGRESS)
        step(Status.READY)
        text = commands.tell_step(session, desk.appointment.id, now=utc_now())
        if loudness is Loudness.LOUD:
            assert text.due_at == desk.appointment.status_since + HOLD
            text.due_at = utc_now()
        session.commit()
        return text.id

    return make


def test_a_notice_leaves_when_its_seconds_are_over(ready, row, calls, desk):  # noqa: F811
    message_id = ready()

    tasks.send(str(message_id))

    [call] = calls()
    assert call["body"] == f"{desk.location.name}: Your car is ready.\nReply STOP to opt out"
    assert row(message_id).status == "sending"


@pytest.mark.parametrize("away", [Status.COMPLETED, Status.IN_PROGRESS])
def test_ready_does_not_leave_for_a_car_that_was_collected_or_moved_back(ready, step, row, calls, away):  # noqa: F811
    message_id = ready()
    step(away)

    tasks.send(str(message_id))

    assert calls() == []
    assert (row(message_id).status, row(message_id).reason) == ("suppressed", "no_longer_true")


def test_a_proposal_is_sent_by_a_persons_word_and_only_while_it_is_true(session, ready, step, row, calls, desk, olivia):  # noqa: F811
    message_id = ready(Loudness.ASK)
    assert row(message_id).status == "proposed"

    desk_commands.release(session, message_id, None, actor=olivia, location_ids=[desk.location.id], now=utc_now())
    session.commit()
    tasks.send(str(message_id))

    assert len(calls()) == 1


def test_a_proposal_that_is_not_true_any_more_is_refused(session, ready, step, row, calls, desk, olivia):  # noqa: F811
    message_id = ready(Loudness.ASK)
    step(Status.COMPLETED)

    with pytest.raises(MessageRefusedError) as caught:
        desk_commands.release(session, message_id, None, actor=olivia, location_ids=[desk.location.id], now=utc_now())
    session.rollback()

    assert caught.value.code == "no_longer_true"
    assert (row(message_id).status, calls()) == ("proposed", [])


def test_what_was_given_up_is_not_tried_again_once_the_car_went_on(session, ready, step, calls, desk, as_role):  # noqa: F811
    message_id = ready()
    session.execute(sa.update(Message).values(status="failed", reason="provider_refused", due_at=None))
    session.commit()
    step(Status.COMPLETED)
    advisor = as_role("Advisor", locations=[desk.location])
    [shown] = advisor.get(f"/api/appointments/{desk.appointment.id}/messages").get_json()["items"]
    assert shown["canRetry"] is True

    # Pressed before anything has heard of the step: it is not sent, and says why from then on.
    answer = advisor.post(f"/api/messages/{message_id}/retry")

    assert (answer.status_code, answer.get_json()["status"], answer.get_json()["reason"]) == (
        200,
        "failed",
        "no_longer_true",
    )
    assert (answer.get_json()["canRetry"], answer.get_json()["canCancel"], calls()) == (False, True, [])
    [shown] = advisor.get(f"/api/appointments/{desk.appointment.id}").get_json()["messages"]
    assert (shown.get("canRetry"), shown["canCancel"]) == (None, True)
    assert advisor.post(f"/api/messages/{message_id}/retry").status_code == 409


def test_a_step_notes_on_what_was_given_up_that_it_is_not_so_any_more(session, ready, step, row, desk):  # noqa: F811
    message_id = ready()
    session.execute(
        sa.update(Message).values(status="undelivered", reason="provider_refused", error_code="30003", due_at=None)
    )
    session.commit()
    step(Status.COMPLETED)

    commands.tell_step(session, desk.appointment.id, now=utc_now())
    session.commit()

    given_up = row(message_id)
    assert (given_up.status, given_up.reason, given_up.error_code) == ("undelivered", "no_longer_true", "30003")


def test_a_reminder_of_a_moved_visit_does_not_leave(session, desk, sender, row, calls):  # noqa: F811
    make_rule(session, desk.location, Trigger.REMINDER_2H)
    desk.appointment.starts_at = utc_now() + timedelta(hours=3)
    desk.appointment.ends_at = utc_now() + timedelta(hours=4)
    session.flush()
    (reminder,) = commands.remind(session, desk.appointment.id, [Trigger.REMINDER_2H], now=utc_now())
    reminder.due_at = utc_now()
    desk.appointment.starts_at += timedelta(minutes=15)
    session.commit()

    tasks.send(str(reminder.id))

    assert calls() == []
    assert row(reminder.id).reason == "no_longer_true"
    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 1
