"""The thread of a conversation: found by its number, read page by page, tried before it is answered."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.appointments.models import Appointment
from backend.core.db import SessionFactory
from backend.core.ids import new_id
from backend.inbox.models import Conversation, ConversationState
from backend.messages.models import Message
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import make_consent, make_message
from tests.factories.shop import make_location
from tests.messages.conftest import zone_where_it_is

# Toll-free: the location's zone alone decides the hours.
PHONE, OTHER = "+18885550142", "+18885550143"


def make_conversation(session, location, phone, **overrides) -> Conversation:
    at = datetime.now(UTC)
    values = {
        "state": ConversationState.OPEN,
        "last_message_at": at,
        "preview": "Is it ready?",
        "created_at": at,
        "updated_at": at,
    }
    conversation = Conversation(id=new_id(), location_id=location.id, phone=phone, **{**values, **overrides})
    session.add(conversation)
    session.flush()
    return conversation


@pytest.fixture
def shop(session):
    location = make_location(session, timezone=zone_where_it_is(12), phone="+17185550100")
    customer = make_customer(session, name="Ana Reyes", phone=PHONE)
    return location, make_appointment(session, location, customer_id=customer.id)


def test_a_conversation_is_found_by_its_number(session, shop, as_role):
    location, _ = shop
    mine = make_conversation(session, location, PHONE)
    make_conversation(session, location, OTHER)

    found = as_role("Tech").get("/api/inbox", query_string={"locationId": str(location.id), "phone": "(888) 555-0142"})

    assert [item["id"] for item in found.get_json()["items"]] == [str(mine.id)]


def test_the_thread_is_read_page_by_page_the_newest_first(session, shop, as_role):
    location, job = shop
    conversation = make_conversation(session, location, PHONE, appointment_id=job.id)
    at = datetime(2026, 11, 20, 15, tzinfo=UTC)
    for minute in range(3):
        make_message(session, job, phone=PHONE, body=f"{minute}", created_at=at + timedelta(minutes=minute))
    make_message(session, job, phone=OTHER, body="somebody else", created_at=at)
    client = as_role("Tech")

    first = client.get(f"/api/inbox/{conversation.id}/messages?limit=2").get_json()
    rest = client.get(f"/api/inbox/{conversation.id}/messages?limit=2&cursor={first['nextCursor']}").get_json()

    assert [item["body"] for item in first["items"]] == ["2", "1"]
    assert [item["body"] for item in rest["items"]] == ["0"]
    assert rest["nextCursor"] is None


def test_an_answer_is_tried_without_sending_it(session, shop, as_role):
    location, job = shop
    make_consent(session, PHONE)
    conversation = make_conversation(session, location, PHONE, appointment_id=job.id, customer_id=job.customer_id)
    path = f"/api/inbox/{conversation.id}/messages/preview"

    said = as_role("Advisor").post(path, json={"channel": "sms", "body": "Yes, {customer_first_name}."})

    assert said.status_code == 200, said.text
    assert "Yes, Ana." in said.get_json()["text"]
    assert said.get_json()["verdict"]["kind"] == "now"
    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 0
    assert as_role("Tech").post(path, json={"channel": "sms", "body": "Hi"}).status_code == 403


def test_a_number_that_nobody_knows_has_no_consent(session, shop, as_role):
    location, _ = shop
    conversation = make_conversation(session, location, OTHER)

    said = as_role("Owner").post(
        f"/api/inbox/{conversation.id}/messages/preview", json={"channel": "sms", "body": "Who is this?"}
    )

    assert said.get_json()["verdict"]["reason"] == "no_consent"


def test_reading_waits_for_the_conversation_before_it_takes_the_appointment(session, shop, as_role):
    """An incoming text takes them in this order: the other way round the two would wait for each other."""
    location, job = shop
    conversation_id = make_conversation(session, location, PHONE, unread_count=1).id
    make_message(session, job, phone=PHONE)
    session.commit()
    advisor = as_role("Advisor")
    session.commit()
    reading = threading.Thread(target=lambda: advisor.post(f"/api/appointments/{job.id}/messages/read"))
    waits = sa.text("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")

    with SessionFactory() as other, other.begin():
        other.execute(sa.select(Conversation.id).where(Conversation.id == conversation_id).with_for_update())
        reading.start()
        deadline = time.monotonic() + 20
        while not other.scalar(waits) and time.monotonic() < deadline:
            pass
        assert other.scalar(waits)
        # Refused at once if the reader had it.
        other.execute(sa.select(Appointment.id).where(Appointment.id == job.id).with_for_update(nowait=True))
    reading.join(20)

    session.expire_all()
    assert session.scalar(sa.select(Appointment.unread_count).where(Appointment.id == job.id)) == 0
    assert session.scalar(sa.select(Conversation.unread_count).where(Conversation.id == conversation_id)) == 0
