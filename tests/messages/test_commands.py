"""What becomes of messages: composed once, received once, followed, taken back, sent again."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.accounts.models import User
from backend.audit.models import AuditLog
from backend.consent.rules import ConsentKind, ConsentMethod
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.ids import new_id
from backend.messages import commands
from backend.messages.commands import Draft
from backend.messages.models import Message
from backend.messages.rules import MessageClass, Origin, Progress, Reason
from tests.factories.messages import make_consent, make_message
from tests.factories.templates import make_template
from tests.messages.conftest import PHONE


@pytest.fixture
def compose(session, desk):
    """Return `compose(**draft)`: compose in a transaction of its own and return the row as it then is."""

    def do(**draft) -> Message:
        session.commit()
        wanted = {
            "appointment_id": desk.appointment.id,
            **({} if "template_id" in draft else {"body": "Hello"}),
            **draft,
        }
        with transaction() as work:
            made = commands.compose(work, Draft(desk.location.id, **wanted), actor=SYSTEM, now=utc_now()).id
        return session.get(Message, made)

    return do


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


# --- what the provider says ----------------------------------------------------------------------


@pytest.fixture
def sent(session, desk):
    """Return `sent(**overrides)`: a text that the provider has accepted."""

    def make(**overrides) -> Message:
        now = utc_now()
        values = {
            "status": "sending",
            "phone": PHONE,
            "provider_sid": f"SM{new_id().hex}",
            "provider_status": "queued",
            "accepted_at": now,
            "claimed_at": now,
            "first_claimed_at": now,
            "attempts": 1,
        }
        message = make_message(session, desk.appointment, direction="out", **{**values, **overrides})
        session.commit()
        return message

    return make


def _say(session, message, status: str, **said) -> Progress | None:
    with transaction() as work:
        result = commands.apply_provider_status(
            work, status, at=utc_now(), **{"message_id": message.id, "sid": message.provider_sid, "attempt": 1, **said}
        )
    session.expire_all()
    return result


def test_orders_of_callbacks_end_the_same_in_the_database(session, sent):
    ends = set()
    for order in itertools.permutations(("sending", "sent", "delivered", "sent")):
        message = sent()
        for status in order:
            _say(session, message, status)
        ends.add((message.status, message.provider_status, message.delivered_at is not None))

    assert ends == {("delivered", "delivered", True)}


def test_the_first_end_stays(session, sent):
    message = sent()

    assert _say(session, message, "delivered") is Progress.ADVANCES
    assert _say(session, message, "undelivered", error_code="30005") is Progress.CONFLICTS

    assert (message.status, message.error_code) == ("delivered", None)


def test_a_callback_that_is_first_tells_that_the_provider_has_it(session, sent):
    lost = sent(provider_sid=None, provider_status=None, accepted_at=None, lease_until=utc_now(), due_at=utc_now())

    assert _say(session, lost, "sent", sid="SMlate") is Progress.ADVANCES

    assert (lost.status, lost.provider_sid, lost.lease_until, lost.due_at) == ("sent", "SMlate", None, None)


def test_a_callback_of_an_earlier_attempt_or_of_nobody_changes_nothing(session, sent):
    message = sent(attempts=2)

    assert _say(session, message, "delivered", attempt=1) is Progress.IS_KNOWN
    assert _say(session, message, "delivered", attempt=2, sid="SMother") is Progress.IS_KNOWN
    assert _say(session, message, "delivered", message_id=new_id()) is None
    assert _say(session, message, "delivered", message_id=None, sid="SMunknown") is None

    assert message.status == "sending"


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("30003", "held", "retry_later"),
        ("30008", "held", "retry_later"),
        ("30005", "undelivered", "provider_refused"),
        ("30007", "undelivered", "provider_refused"),
        ("99999", "undelivered", "provider_refused"),
    ],
)
def test_an_undelivered_text_is_tried_again_once_where_half_an_hour_may_help(session, sent, code, status, reason):
    message = sent()
    before = utc_now()

    _say(session, message, "undelivered", error_code=code)

    assert (message.status, message.reason, message.error_code) == (status, reason, code)
    if status == "held":
        assert message.due_at - before >= timedelta(minutes=30)
        again = sent(attempts=2, error_code=code)
        _say(session, again, "undelivered", error_code=code, attempt=2)
        assert (again.status, again.reason) == ("undelivered", "provider_refused")


def test_what_is_to_be_tried_again_is_tried_now_once(session, sent, as_role):
    message = sent()
    _say(session, message, "undelivered", error_code="30003")
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


def test_unconfirmed_can_still_be_confirmed(session, sent):
    message = sent(status="unconfirmed", provider_status="sent", reason="no_receipt")

    _say(session, message, "delivered")

    assert (message.status, message.reason) == ("delivered", None)


# --- taking back and sending again ---------------------------------------------------------------


def test_a_stop_takes_back_what_waits_except_the_answer_to_it(compose, session):
    first, second = compose(), compose(not_before=utc_now() + timedelta(minutes=5))
    answer = compose(origin=Origin.KEYWORD, message_class=MessageClass.KEYWORD_REPLY)

    with transaction() as work:
        assert commands.cancel_waiting(work, Reason.OPTED_OUT, phone=PHONE, now=utc_now()) == 2

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
            assert commands.cancel_waiting(work, Reason.OPTED_OUT, phone=PHONE, now=utc_now()) == count
        return len(said)

    assert take_back(2) == take_back(10)


def test_what_was_given_up_is_sent_again_after_every_guard_is_asked_again(session, sent, as_role):
    client = as_role("Advisor")
    failed = sent(status="failed", reason="provider_refused", error_code="30007")

    answer = client.post(f"/api/messages/{failed.id}/retry")

    assert answer.status_code == 200
    session.refresh(failed)
    assert (failed.status, failed.error_code, failed.sent_at) == ("queued", None, None)
    assert client.post(f"/api/messages/{failed.id}/retry").get_json()["code"] == "not_retryable"


@pytest.mark.parametrize("late", ["sending", "sent", "delivered", "undelivered"])
def test_a_late_status_of_the_attempt_before_does_not_swallow_a_retry(session, sent, as_role, late):
    failed = sent(status="undelivered", provider_status="undelivered", error_code="30007")
    assert as_role("Advisor").post(f"/api/messages/{failed.id}/retry").status_code == 200

    _say(session, failed, late, sid=failed.provider_sid)

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


def test_retry_is_refused_where_it_can_not_help_or_the_number_opted_out(session, sent, as_role):
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
