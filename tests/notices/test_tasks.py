"""What happens to a job reaches the texts through the outbox, as it does in the shop."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.consent.rules import ConsentKind, ConsentMethod
from backend.core.clock import utc_now
from backend.core.events import EventType
from backend.core.queue import Kicker
from backend.dispatcher import Dispatcher
from backend.messages import commands as messages
from backend.messages.models import Message
from backend.notices import commands, tasks
from backend.notices.rules import Loudness, Trigger
from backend.outbox import commands as outbox
from backend.outbox.models import Delivery
from backend.settings import load_settings
from backend.wiring import SCHEDULE, SUBSCRIPTIONS
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import PHONE, make_consent, make_message
from tests.factories.notices import make_rule
from tests.factories.shop import make_location

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(session):
    return make_location(session, name="Harbor Auto")


@pytest.fixture
def turn(session):
    """Return one turn of the dispatcher without Redis, which runs everything itself."""
    dispatcher = Dispatcher(Kicker(None), SUBSCRIPTIONS, ())

    def run():
        session.commit()
        dispatcher.turn()
        session.expire_all()
        assert session.scalars(sa.select(Delivery.error).where(Delivery.error.is_not(None))).all() == []

    return run


def _book(advisor, customer, **more):
    start = utc_now() + 72 * HOUR
    body = {"customerId": str(customer.id), "start": start.isoformat(), "end": (start + HOUR).isoformat(), **more}
    answer = advisor.post("/api/appointments", json=body)
    assert answer.status_code == 201, answer.text
    return answer.get_json()["id"]


def test_who_agrees_again_is_owed_the_reminders_that_did_not_leave(session, shop, turn):
    ana = make_customer(session, phone=PHONE)
    job = make_appointment(session, shop, customer_id=ana.id, starts_at=utc_now() + 30 * HOUR)
    refused = {
        "direction": "out",
        "status": "suppressed",
        "reason": "opted_out",
        "origin": "reminder",
        "origin_key": "key",
    }
    text = make_message(session, job, **refused)
    event = {"kind": ConsentKind.RESTORED, "method": ConsentMethod.SIGNED_FORM, "at": utc_now()}
    event_id = make_consent(session, PHONE, **event).id
    outbox.record(session, EventType.CONSENT_CHANGED, event_id, at=utc_now())

    turn()

    assert text.origin_key == f"key#{text.id}"


def _statuses(session):
    # By night it is the hours that hold what waits, which is as good here.
    found = session.scalars(sa.select(Message).order_by(Message.id))
    return [(text.status, "requested_later" if text.reason == "quiet_hours" else text.reason) for text in found]


def test_booking_moving_and_deleting_are_told_or_taken_back(session, shop, as_role, turn):
    make_rule(session, shop, Trigger.BOOKED)
    make_rule(session, shop, Trigger.RESCHEDULED)
    ana = make_customer(session, phone=PHONE)
    make_consent(session)
    advisor = as_role("Advisor")

    job = _book(advisor, ana)
    turn()
    assert _statuses(session) == [("held", "requested_later")]

    # The move comes within half a minute, so it is the booking's text that is told anew.
    start = utc_now() + 96 * HOUR
    advisor.patch(f"/api/appointments/{job}", json={"start": start.isoformat(), "end": (start + HOUR).isoformat()})
    turn()
    assert _statuses(session) == [("suppressed", "no_longer_true"), ("held", "requested_later")]

    advisor.delete(f"/api/appointments/{job}")
    turn()
    assert _statuses(session) == [("suppressed", "no_longer_true")] * 2


def test_a_card_dragged_and_dragged_back_tells_nothing(session, shop, as_role, turn):
    make_rule(session, shop, Trigger.IN_PROGRESS, Loudness.ASK)
    ana = make_customer(session, phone=PHONE)
    make_consent(session)
    advisor = as_role("Advisor")
    job = _book(advisor, ana)

    for status, left in (("IN_PROGRESS", ("proposed", None)), ("SCHEDULED", ("suppressed", "undone"))):
        answer = advisor.patch(f"/api/admin/appointments/{job}/move", json={"status": status, "position": 1})
        assert answer.status_code == 200
        turn()
        assert _statuses(session) == [left]


def test_a_walk_in_is_not_told_that_it_is_booked(session, shop, as_role, turn):
    for trigger in (Trigger.BOOKED, Trigger.IN_PROGRESS, Trigger.REMINDER_2H):
        make_rule(session, shop, trigger)
    ana = make_customer(session, phone=PHONE)
    make_consent(session)

    as_role("Advisor").post("/api/appointments", json={"customerId": str(ana.id), "checkIn": True})
    turn()

    assert _statuses(session) == []


def test_the_schedule_reminds_every_five_minutes(session, shop, as_role):
    make_rule(session, shop, Trigger.REMINDER_24H)
    make_rule(session, shop, Trigger.REMINDER_2H)
    ana = make_customer(session, phone=PHONE)
    make_consent(session)
    start = utc_now() + 25 * HOUR
    as_role("Advisor").post(
        "/api/appointments",
        json={"customerId": str(ana.id), "start": start.isoformat(), "end": (start + HOUR).isoformat()},
    )
    every, remind = next((every, task) for every, task in SCHEDULE if task.__module__ == "backend.notices.tasks")

    for _ in range(2):
        remind()

    session.expire_all()
    assert every == timedelta(minutes=5)
    assert _statuses(session) == [("held", "requested_later")] * 2


def test_the_engine_asks_the_notices():
    assert messages._Registered.is_still_true is commands.is_true


def test_a_number_corrected_on_file_reaches_the_texts_that_wait(session, shop, as_role, turn):
    make_rule(session, shop, Trigger.BOOKED)
    ana = make_customer(session, phone=PHONE)
    make_consent(session)
    make_consent(session, "+17185550177")
    advisor = as_role("Advisor")
    _book(advisor, ana)
    turn()

    assert advisor.patch(f"/api/customers/{ana.id}", json={"phone": "+17185550177"}).status_code == 200
    turn()

    assert _statuses(session) == [("suppressed", "rewritten"), ("held", "requested_later")]


def test_while_texting_is_off_nothing_is_told_and_what_is_untrue_is_taken_back(
    session, shop, as_role, turn, environment
):
    for trigger in (Trigger.BOOKED, Trigger.RESCHEDULED, Trigger.REMINDER_24H):
        make_rule(session, shop, trigger)
    ana = make_customer(session, phone=PHONE)
    make_consent(session)
    advisor = as_role("Advisor")
    job = _book(advisor, ana)
    turn()
    start = utc_now() + 25 * HOUR

    tasks.configure(load_settings({**environment, "FF_MESSAGING": "false"}))
    try:
        advisor.patch(f"/api/appointments/{job}", json={"start": start.isoformat(), "end": (start + HOUR).isoformat()})
        _book(advisor, ana)
        turn()
        tasks.remind()
    finally:
        tasks.configure(load_settings(environment))

    session.expire_all()
    assert _statuses(session) == [("suppressed", "no_longer_true")]
