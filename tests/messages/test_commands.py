"""What becomes of messages: composed once, received once."""

from datetime import timedelta

import sqlalchemy as sa

from backend.accounts.models import User
from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.messages import commands
from backend.messages.models import Message
from backend.messages.rules import MessageClass, Origin
from tests.factories.templates import make_template
from tests.messages.conftest import PHONE

AUTOMATED = {"origin": Origin.STAGE, "message_class": MessageClass.INFORMATIONAL}


# --- composing -----------------------------------------------------------------------------------


def test_what_has_a_key_is_made_once(compose, session):
    first = compose(origin_key="ready:1", **AUTOMATED)
    second = compose(origin_key="ready:1", body="Other words", **AUTOMATED)

    assert first.id == second.id
    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 1


def test_what_the_shop_sends_by_itself_begins_with_its_name_and_the_footer_comes_every_30_days(compose, desk, session):
    first, second = compose(**AUTOMATED), compose(**AUTOMATED)

    assert first.body == f"{desk.location.name}: Hello\nReply STOP to opt out"
    assert second.body == f"{desk.location.name}: Hello"
    session.execute(sa.update(Message).values(created_at=Message.created_at - timedelta(days=30, hours=1)))
    assert compose(**AUTOMATED).body.endswith("Reply STOP to opt out")


def test_a_footer_that_never_left_tells_nobody_and_one_that_left_late_counts_from_then(compose, session):
    first = compose(**AUTOMATED)
    session.execute(sa.update(Message).values(status="failed"))
    second = compose(**AUTOMATED)
    assert first.body.endswith("Reply STOP to opt out")
    assert second.body.endswith("Reply STOP to opt out")

    month = timedelta(days=30, hours=1)
    values = {"created_at": Message.created_at - month, "accepted_at": Message.created_at - timedelta(days=29)}
    session.execute(sa.update(Message).values(**values))
    assert not compose(**AUTOMATED).body.endswith("Reply STOP to opt out")


def test_what_no_person_wrote_and_is_longer_than_three_texts_does_not_leave(compose):
    message = compose(body="a" * 500, **AUTOMATED)

    assert (message.status, message.reason, message.due_at) == ("suppressed", "too_long", None)


def test_a_template_is_filled_counted_and_named(compose, session, desk):
    template = make_template(session, body="Hi {customer_first_name}, your {vehicle|car} is ready.")

    message = compose(template_id=template.id)

    assert message.body == f"{desk.location.name}: Hi Rosa, your car is ready.\nReply STOP to opt out"
    assert (message.template_id, message.template_version, message.message_class) == (template.id, 1, "informational")
    session.refresh(template)
    assert template.use_count == 1


def test_a_template_that_lacks_a_value_is_kept_suppressed_where_nobody_can_be_told(compose, session):
    template = make_template(session, body="Your plate is {plate}.")

    message = compose(template_id=template.id, **AUTOMATED)

    assert (message.status, message.reason, message.due_at) == ("suppressed", "missing_values", None)
    session.refresh(template)
    assert template.use_count == 0


def test_what_is_proposed_waits_for_a_persons_word(compose, session, as_role):
    proposed = compose(is_proposed=True, **AUTOMATED)
    assert (proposed.status, proposed.due_at) == ("proposed", None)

    answer = as_role("Advisor").post(f"/api/messages/{proposed.id}/send")

    assert (answer.status_code, answer.get_json()["status"]) == (200, "queued")
    assert answer.get_json()["by"] == session.get_one(User, proposed.created_by).name, "whose word sent it"
    assert session.scalars(sa.select(AuditLog).where(AuditLog.action == "message.released")).one()


def test_a_person_is_told_what_is_wrong_with_the_text(send, desk, session):
    invited = send(desk, body="Reply CANCEL to cancel")
    foreign = send(desk, body="See http://example.com/x")
    lacking = send(desk, body="Your plate is {plate}.")
    long = send(desk, body="a" * 500)

    assert [answer.status_code for answer in (invited, foreign, lacking, long)] == [422] * 4
    assert invited.get_json()["findings"][0]["code"] == "invites_keyword"
    assert foreign.get_json()["findings"][0]["code"] == "foreign_link"
    assert lacking.get_json()["missing"] == ["plate"]
    assert long.get_json()["findings"][0]["code"] == "too_long"
    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 0


# --- receiving and reading -----------------------------------------------------------------------


def _receive(desk, sid: str = "SM1", body: str = "Is it ready?"):
    with transaction() as work:
        return commands.receive(
            work,
            location_id=desk.location.id,
            phone=PHONE,
            body=body,
            provider_sid=sid,
            at=utc_now(),
            appointment_id=desk.appointment.id,
            customer_id=desk.customer.id,
        ).id


def test_a_reply_is_kept_once_and_counts_on_the_card(session, desk):
    session.commit()

    assert _receive(desk) == _receive(desk)
    _receive(desk, "SM2")

    session.expire_all()
    assert desk.appointment.unread_count == 2
    assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == 2
    assert {row.changes["status"][1] for row in session.scalars(sa.select(AuditLog))} == {"received"}


def test_a_number_that_is_read_is_read_for_every_visit(session, desk):
    session.commit()
    _receive(desk)
    _receive(desk, "SM2")

    with transaction() as work:
        assert commands.mark_read(work, number=(desk.location.id, PHONE), now=utc_now()) == 2

    session.expire_all()
    assert desk.appointment.unread_count == 0
