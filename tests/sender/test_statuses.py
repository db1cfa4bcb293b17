"""What the provider says of a text, in whatever order and however often."""

import itertools
from datetime import timedelta

import pytest

from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.messages.rules import Progress


def test_orders_of_callbacks_end_the_same_in_the_database(session, say, sent):
    ends = set()
    for order in itertools.permutations(("sending", "sent", "delivered", "sent")):
        message = sent()
        for status in order:
            say(message, status)
        ends.add((message.status, message.provider_status, message.delivered_at is not None))

    assert ends == {("delivered", "delivered", True)}


def test_the_first_end_stays(session, say, sent):
    message = sent()

    assert say(message, "delivered") is Progress.ADVANCES
    assert say(message, "undelivered", error_code="30005") is Progress.CONFLICTS

    assert (message.status, message.error_code) == ("delivered", None)


def test_a_callback_that_is_first_tells_that_the_provider_has_it(session, say, sent):
    lost = sent(provider_sid=None, provider_status=None, accepted_at=None, lease_until=utc_now(), due_at=utc_now())

    assert say(lost, "sent", sid="SMlate") is Progress.ADVANCES

    assert (lost.status, lost.provider_sid, lost.lease_until, lost.due_at) == ("sent", "SMlate", None, None)


def test_a_callback_of_an_earlier_attempt_or_of_nobody_changes_nothing(session, say, sent):
    message = sent(attempts=2)

    assert say(message, "delivered", attempt=1) is Progress.IS_KNOWN
    assert say(message, "delivered", attempt=2, sid="SMother") is Progress.IS_KNOWN
    assert say(message, "delivered", message_id=new_id()) is None
    assert say(message, "delivered", message_id=None, sid="SMunknown") is None

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
def test_an_undelivered_text_is_tried_again_once_where_half_an_hour_may_help(session, say, sent, code, status, reason):
    message = sent()
    before = utc_now()

    say(message, "undelivered", error_code=code)

    assert (message.status, message.reason, message.error_code) == (status, reason, code)
    if status == "held":
        assert message.due_at - before >= timedelta(minutes=30)
        again = sent(attempts=2, error_code=code)
        say(again, "undelivered", error_code=code, attempt=2)
        assert (again.status, again.reason) == ("undelivered", "provider_refused")


def test_unconfirmed_can_still_be_confirmed(session, say, sent):
    message = sent(status="unconfirmed", provider_status="sent", reason="no_receipt")

    say(message, "delivered")

    assert (message.status, message.reason) == ("delivered", None)
