from datetime import UTC, datetime, timedelta

from backend.core.ids import new_id
from backend.inspections.models import InspectionChecklist, InspectionItem
from backend.payments.models import Payment
from tests.factories.appointments import make_appointment
from tests.factories.messages import make_message
from tests.factories.shop import make_location

SENT = datetime(2026, 11, 20, 15, 0, 0, 500_000, tzinfo=UTC)


def test_the_newest_fifty_messages_come_oldest_first_with_their_authors(session, as_role):
    location = make_location(session)
    appointment = make_appointment(session, location)
    advisor = as_role("Advisor")
    for minutes in range(55):
        make_message(
            session,
            appointment,
            direction="out",
            body=f'"{minutes}" \\ 12:30+00:00 é',
            created_at=SENT + timedelta(minutes=minutes),
            created_by=advisor.user.id if minutes < 30 else None,
        )
    messages = advisor.get(f"/api/appointments/{appointment.id}").get_json()["messages"]
    assert [message["body"] for message in messages] == [f'"{minutes}" \\ 12:30+00:00 é' for minutes in range(5, 55)]
    assert [message.get("by") for message in messages] == ["Advisor of the test"] * 25 + [None] * 25
    assert messages[0]["createdAt"] == "2026-11-20T15:05:00.5Z"


def test_a_message_is_told_as_its_thread_tells_it_but_for_what_is_null_or_false(session, as_role):
    appointment = make_appointment(session, make_location(session))
    at = SENT.replace(microsecond=0)
    for status, extra in (
        ("held", {"reason": "quiet_hours", "due_at": at}),
        ("held", {"reason": "review_open", "due_at": at}),
        ("failed", {"reason": "provider_refused", "error_code": "30007"}),
        ("failed", {"reason": "provider_blocked", "error_code": "21610"}),
        ("queued", {"due_at": at, "segments": 2}),
        ("delivered", {"sent_at": at, "delivered_at": at}),
    ):
        make_message(session, appointment, direction="out", status=status, **extra)
    make_message(session, appointment)
    owner = as_role("Owner").user
    owner.name = 'Olga "O" \\ Owner'
    awkward = 'a "quote", a \\ and a\nline'
    make_message(
        session,
        appointment,
        direction="out",
        status="sending",
        claimed_at=at,
        lease_until=at + timedelta(minutes=1),
        due_at=at,
        error_code=awkward,
        subject=awkward,
        override_reason=awkward,
        overridden_by=owner.id,
        created_by=owner.id,
        created_at=at + timedelta(minutes=1),
    )
    client = as_role("Advisor")

    in_drawer = client.get(f"/api/appointments/{appointment.id}").get_json()["messages"]

    in_thread = client.get(f"/api/appointments/{appointment.id}/messages").get_json()["items"]
    assert in_drawer == [
        {name: value for name, value in message.items() if value is not None and value is not False}
        for message in in_thread[::-1]
    ]
    assert in_drawer[-1]["overriddenBy"] == owner.name
    assert in_drawer[-1]["sendingSince"] == "2026-11-20T15:00:00Z"
    assert [message.get("canRetry") for message in in_drawer] == [None, None, True, None, None, None, None, None]
    assert [message.get("canCancel") for message in in_drawer] == [True, True, True, True, True, None, None, None]
    assert [message.get("dueAt") for message in in_drawer] == ["2026-11-20T15:00:00Z"] + [None] * 7


def test_lists_without_rows_are_empty(session, as_role):
    appointment = make_appointment(session, make_location(session))
    owner = as_role("Owner")
    drawer = owner.get(f"/api/appointments/{appointment.id}").get_json()
    assert [drawer[name] for name in ("services", "messages", "payments", "checklists")] == [[]] * 4
    assert owner.get(f"/api/appointments/{appointment.id}/history").get_json() == {"changes": []}


def test_checklists_carry_their_items_in_order_and_a_tech_sees_no_payments(session, as_role):
    location = make_location(session)
    appointment = make_appointment(session, location)
    checklist = InspectionChecklist(
        id=new_id(), appointment_id=appointment.id, title="Brakes", created_at=SENT, updated_at=SENT
    )
    session.add(checklist)
    session.flush()
    session.add_all(
        InspectionItem(checklist_id=checklist.id, sort_order=-order, label=f"Item {order}") for order in range(3)
    )
    session.add(
        Payment(
            location_id=appointment.location_id,
            appointment_id=appointment.id,
            kind="payment",
            method="cash",
            amount_cents=1250,
            currency="USD",
            accounting_on=SENT.date(),
            created_at=SENT,
        )
    )
    owner = as_role("Owner").get(f"/api/appointments/{appointment.id}").get_json()
    assert [item["label"] for item in owner["checklists"][0]["items"]] == ["Item 2", "Item 1", "Item 0"]
    assert [payment["amountCents"] for payment in owner["payments"]] == [1250]
    assert as_role("Tech").get(f"/api/appointments/{appointment.id}").get_json()["payments"] == []
