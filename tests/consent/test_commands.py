"""The log: what it amounts to, what the database refuses whoever asks, and who takes turns with whom."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.consent import commands, queries
from backend.consent.commands import Evidence
from backend.consent.models import ConsentEvent
from backend.consent.rules import (
    START_WITHIN_SECONDS,
    ConsentKind,
    ConsentMethod,
    ConsentState,
    OptedOutError,
    Purpose,
    ReviewDecidedError,
    ReviewDecision,
    ReviewKind,
)
from backend.core.actor import Actor, ActorKind
from backend.core.db import SessionFactory, transaction
from backend.core.ids import new_id
from backend.customers import commands as customers
from backend.messages.rules import MessageStatus
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import PHONE, make_consent, make_message
from tests.factories.shop import make_location

CUSTOMER = Actor(ActorKind.CUSTOMER)
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
STATES = ConsentState


def revoke(session, phone=PHONE, **kwargs):
    said = {"evidence": Evidence("STOP"), "actor": CUSTOMER, "now": NOW, **kwargs}
    return commands.revoke(session, phone, ConsentMethod.STOP_KEYWORD, **said)


def restore(session, phone=PHONE):
    evidence = Evidence("START", message_id=new_id())
    return commands.restore(session, phone, ConsentMethod.START_KEYWORD, evidence=evidence, actor=CUSTOMER, now=NOW)


def state(session, phone=PHONE):
    consent = queries.find_consent(session, phone)
    return None if consent is None else (consent.informational, consent.marketing)


# --- what events amount to ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], None),
        ([("conversational", "informational")], (STATES.CONVERSATIONAL, STATES.UNKNOWN)),
        ([("express", "informational")], (STATES.EXPRESS, STATES.UNKNOWN)),
        ([("express", "informational"), ("conversational", "informational")], (STATES.EXPRESS, STATES.UNKNOWN)),
        ([("express_written", None)], (STATES.EXPRESS_WRITTEN, STATES.EXPRESS_WRITTEN)),
        ([("express_written", None), ("revoked", None)], (STATES.REVOKED, STATES.REVOKED)),
        ([("express", None), ("revoked", "marketing")], (STATES.EXPRESS, STATES.REVOKED)),
        ([("provider_blocked", None)], (STATES.PROVIDER_BLOCKED, STATES.PROVIDER_BLOCKED)),
        ([("provider_blocked", None), ("revoked", None)], (STATES.REVOKED, STATES.REVOKED)),
        ([("revoked", None), ("provider_blocked", None)], (STATES.REVOKED, STATES.REVOKED)),
        ([("express_written", None), ("revoked", None), ("restored", None)], (STATES.EXPRESS, STATES.REVOKED)),
        ([("provider_blocked", None), ("restored", None)], (STATES.EXPRESS, STATES.PROVIDER_BLOCKED)),
    ],
)
def test_what_a_numbers_events_amount_to(session, events, expected):
    for kind, purpose in events:
        method = ConsentMethod.SIGNED_FORM if kind == "restored" else ConsentMethod.WEB_FORM
        make_consent(session, kind=ConsentKind(kind), purpose=purpose, method=method)

    assert state(session) == expected


def test_the_event_that_decided_is_named_until_another_decides(session):
    first = make_consent(session)
    make_consent(session)

    assert queries.find_consent(session, PHONE).informational_event_id == first.id
    stop = revoke(session)
    assert queries.find_consent(session, PHONE).informational_event_id == stop.event_id


def test_a_stop_ends_every_purpose_at_once_and_is_new_once(session):
    make_consent(session, kind=ConsentKind.EXPRESS_WRITTEN)

    assert revoke(session).is_new
    assert state(session) == (STATES.REVOKED, STATES.REVOKED)
    assert not revoke(session).is_new
    assert len(queries.list_events(session, PHONE)) == 3, "a repeated STOP is evidence too"


def test_start_brings_back_what_is_about_the_car_and_no_advertising(session):
    make_consent(session, kind=ConsentKind.EXPRESS_WRITTEN)
    revoke(session)

    restore(session)

    assert state(session) == (STATES.EXPRESS, STATES.REVOKED)
    assert revoke(session).is_new, "the next STOP is confirmed again"


# --- what nobody can do ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_events SET kind = 'express'",
        "UPDATE consent_events SET phone = '+17185550199'",
        "DELETE FROM consent_events",
        "TRUNCATE consent_events CASCADE",
    ],
)
def test_the_log_is_never_changed(session, statement):
    revoke(session)
    session.commit()

    with pytest.raises(sa.exc.DBAPIError), session.begin():
        session.execute(sa.text(statement))

    assert state(session) == (STATES.REVOKED, STATES.REVOKED)
    assert [event.kind for event in queries.list_events(session, PHONE)] == ["revoked"]


@pytest.mark.parametrize("kind", ["conversational", "express", "express_written"])
@pytest.mark.parametrize("method", ["web_form", "signed_form", "import", "start_keyword", "inbound_text"])
@pytest.mark.parametrize("blocked_by", ["revoked", "provider_blocked"])
def test_nothing_but_its_owner_brings_a_number_back(session, kind, method, blocked_by):
    make_consent(session, kind=ConsentKind(blocked_by))
    session.commit()

    with pytest.raises(sa.exc.IntegrityError, match="restored by its owner alone"):
        make_consent(session, kind=ConsentKind(kind), method=ConsentMethod(method))
    session.rollback()

    assert state(session) == (STATES(blocked_by), STATES(blocked_by))


@pytest.mark.parametrize(
    "values",
    [
        {"method": "web_form"},
        {"method": "inbound_text"},
        {"method": "import"},
        {"method": "start_keyword"},
        {"method": "start_keyword", "message_id": new_id(), "purpose": "marketing"},
    ],
)
def test_a_restoration_is_the_customers_own_start_or_signed_form(session, values):
    revoke(session)
    session.commit()

    with pytest.raises(sa.exc.IntegrityError, match="restored_by_the_owner_alone"):
        make_consent(session, kind=ConsentKind.RESTORED, **values)
    session.rollback()

    assert state(session) == (STATES.REVOKED, STATES.REVOKED)


@pytest.mark.parametrize("method", ["staff", "counter", "phone_call", "email"])
def test_what_staff_says_names_who_said_it(session, method):
    with pytest.raises(sa.exc.IntegrityError, match="staff_is_named"):
        make_consent(session, method=ConsentMethod(method))
    session.rollback()

    assert state(session) is None


@pytest.mark.parametrize("kind", [ConsentKind.EXPRESS, ConsentKind.EXPRESS_WRITTEN, ConsentKind.CONVERSATIONAL])
def test_a_grant_to_an_opted_out_number_is_refused_and_says_since_when(session, kind):
    revoke(session)

    with pytest.raises(OptedOutError) as refused:
        commands.record(session, PHONE, kind, ConsentMethod.WEB_FORM, evidence=Evidence(), actor=CUSTOMER, now=NOW)

    assert refused.value.context == {"at": NOW, "method": "stop_keyword"}
    assert [event.kind for event in queries.list_events(session, PHONE)] == ["revoked"]


def test_marketing_may_not_be_granted_after_start(session):
    revoke(session)
    restore(session)

    with pytest.raises(OptedOutError):
        commands.record(
            session,
            PHONE,
            ConsentKind.EXPRESS_WRITTEN,
            ConsentMethod.WEB_FORM,
            evidence=Evidence("yes"),
            actor=CUSTOMER,
            now=NOW,
            purpose=Purpose.MARKETING,
        )


# --- whose consent it is --------------------------------------------------------------------------


def test_a_suppression_outlives_the_customer(session):
    customer = make_customer(session, phone=PHONE)
    revoke(session)

    customers.delete_customer(session, customer.id, version=None, actor=CUSTOMER, now=NOW)
    session.commit()

    assert state(session) == (STATES.REVOKED, STATES.REVOKED)


def test_a_suppression_outlives_a_merge_whichever_number_is_kept(session):
    kept = make_customer(session, phone="+17185550101")
    gone = make_customer(session, phone=PHONE)
    revoke(session)

    customers.merge_customers(session, kept.id, gone.id, {}, actor=CUSTOMER, now=NOW)
    session.commit()

    assert state(session) == (STATES.REVOKED, STATES.REVOKED)
    assert state(session, "+17185550101") is None


def test_a_changed_number_carries_no_consent_and_takes_none_along(session):
    customer = make_customer(session, phone=PHONE)
    make_consent(session)

    customers.change_customer(session, customer.id, {"phone": "+17185550177"}, version=None, actor=CUSTOMER, now=NOW)
    session.commit()

    assert state(session, "+17185550177") is None
    assert state(session) == (STATES.EXPRESS, STATES.EXPRESS)


def test_two_customers_with_one_number_share_its_stop(session):
    make_customer(session, phone=PHONE)
    make_customer(session, phone=PHONE, name="Ana Reyes")

    revoke(session)

    assert session.scalar(sa.select(sa.func.count()).select_from(ConsentEvent)) == 1
    assert queries.find_consent(session, PHONE).is_opted_out


# --- turns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["stop", "grant"])
def test_a_stop_and_a_grant_at_once_end_opted_out(session, first):
    make_consent(session)
    session.commit()
    both_have_begun = threading.Barrier(2)
    outcomes = {}

    def say(what):
        with SessionFactory() as own:
            if what != first:
                both_have_begun.wait(5)
            try:
                with own.begin():
                    if what == "stop":
                        revoke(own)
                    else:
                        make_consent(own, kind=ConsentKind.EXPRESS_WRITTEN)
                    if what == first:
                        both_have_begun.wait(5)
                outcomes[what] = "done"
            except sa.exc.IntegrityError:
                outcomes[what] = "refused"

    threads = [threading.Thread(target=say, args=(what,)) for what in ("stop", "grant")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert outcomes == {"stop": "done", "grant": "refused" if first == "stop" else "done"}
    assert state(session) == (STATES.REVOKED, STATES.REVOKED)


@pytest.mark.parametrize("_try", range(10))
def test_many_stops_and_grants_at_once_end_opted_out(session, _try):
    make_consent(session)
    session.commit()
    start = threading.Barrier(8)

    def say(number):
        start.wait(5)
        try:
            with transaction() as own:
                if number == 3:
                    revoke(own)
                else:
                    commands.record(
                        own,
                        PHONE,
                        ConsentKind.EXPRESS_WRITTEN,
                        ConsentMethod.WEB_FORM,
                        evidence=Evidence(str(number)),
                        actor=CUSTOMER,
                        now=NOW,
                    )
        except OptedOutError:
            pass

    threads = [threading.Thread(target=say, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert state(session) == (STATES.REVOKED, STATES.REVOKED)


def test_a_send_that_looks_at_consent_makes_a_stop_wait_and_sees_it_afterwards(session):
    make_consent(session)
    session.commit()
    done = threading.Event()

    def stop():
        with transaction() as own:
            revoke(own)
        done.set()

    with SessionFactory() as sender, sender.begin():
        assert queries.lock_consent(sender, PHONE).informational == STATES.EXPRESS
        thread = threading.Thread(target=stop)
        thread.start()
        assert not done.wait(0.3), "the STOP must wait for the claim"
    thread.join(10)

    with SessionFactory() as sender, sender.begin():
        assert queries.lock_consent(sender, PHONE).informational == STATES.REVOKED


def _claimed(session, **overrides):
    location = make_location(session)
    appointment = make_appointment(session, location)
    values = {"status": MessageStatus.SENDING, "claimed_at": datetime.now(UTC), "phone": PHONE, "direction": "out"}
    message = make_message(session, appointment, **{**values, **overrides})
    session.commit()
    return message


def _seconds_to_revoke():
    started = time.monotonic()
    with transaction() as own:
        revoke(own, now=datetime.now(UTC))
    return time.monotonic() - started


def test_a_stop_waits_until_no_claimed_call_can_start_any_more(session):
    _claimed(session)

    assert _seconds_to_revoke() >= START_WITHIN_SECONDS


@pytest.mark.parametrize("said_by_its_clock", [timedelta(minutes=-5), timedelta(minutes=5)])
def test_a_stop_waits_whatever_the_clock_of_the_machine_that_claimed(session, said_by_its_clock):
    _claimed(session, claimed_at=datetime.now(UTC) + said_by_its_clock)

    assert _seconds_to_revoke() >= START_WITHIN_SECONDS


def test_a_stop_goes_on_as_soon_as_the_provider_has_accepted_what_was_claimed(session):
    message = _claimed(session)
    waits = threading.Event()
    finished = threading.Event()

    def stop():
        with transaction() as own:
            waits.set()
            revoke(own, now=datetime.now(UTC))
        finished.set()

    thread = threading.Thread(target=stop)
    thread.start()
    waits.wait(5)
    with SessionFactory() as sender, sender.begin():
        # The acceptance must not have to wait for the STOP.
        sender.execute(
            sa.text("UPDATE messages SET accepted_at = now(), provider_sid = 'SM1' WHERE id = :id"), {"id": message.id}
        )
    assert finished.wait(10)
    thread.join(10)
    assert state(session) == (STATES.REVOKED, STATES.REVOKED)


@pytest.mark.parametrize(
    "overrides",
    [
        {"phone": "+17185550199"},
        {"status": MessageStatus.SENT, "accepted_at": NOW},
    ],
)
def test_a_stop_waits_for_nothing_else(session, overrides, monkeypatch):
    _claimed(session, **overrides)
    monkeypatch.setattr(time, "sleep", lambda _seconds: pytest.fail("it waited"))

    _seconds_to_revoke()


# --- reviews ----------------------------------------------------------------------------------------


@pytest.fixture
def review(session):
    """A question about "please stop the work" at a location in New York; returns its id and the message."""
    location = make_location(session)
    message = make_message(session, make_appointment(session, location), body="please stop the work")
    make_consent(session)
    for _ in range(2):
        commands.open_review(
            session,
            PHONE,
            ReviewKind.OPT_OUT_OR_JOB,
            message_id=message.id,
            location_id=location.id,
            actor=CUSTOMER,
            now=NOW,
        )
    return queries.list_open_reviews(session, (location.id,))[0]


def _decide(session, review, decision):
    user = session.scalar(sa.text("SELECT id FROM users LIMIT 1"))
    actor = Actor(ActorKind.USER, user, "Vera")
    return commands.decide_review(
        session, review.id, decision, actor=actor, location_ids=(review.location_id,), now=NOW
    )


def test_a_reply_is_asked_about_once_and_texts_are_held_meanwhile(session, review):
    assert len(queries.list_open_reviews(session, (review.location_id,))) == 1
    assert queries.has_open_review(session, PHONE)
    assert (review.text, review.due_at) == ("please stop the work", datetime(2026, 12, 8, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("decision", "ends"),
    [
        (ReviewDecision.OPT_OUT, True),
        (ReviewDecision.BOTH, True),
        (ReviewDecision.ABOUT_THE_JOB, False),
        (ReviewDecision.DISMISSED, False),
    ],
)
def test_a_decision_closes_the_question_and_ends_consent_where_it_says_so(session, review, as_role, decision, ends):
    as_role("Advisor")

    decided = _decide(session, review, decision)

    assert (decided.decision, decided.decided_at) == (decision, NOW)
    assert not queries.has_open_review(session, PHONE)
    assert queries.find_consent(session, PHONE).is_opted_out is ends
    if ends:
        event = queries.list_events(session, PHONE)[0]
        assert (event.kind, event.method, event.wording, event.by) == (
            "revoked",
            "stop_phrase",
            "please stop the work",
            "Vera",
        )


def test_a_question_is_decided_once(session, review, as_role):
    as_role("Advisor")
    _decide(session, review, ReviewDecision.ABOUT_THE_JOB)
    session.commit()

    with pytest.raises(ReviewDecidedError) as refused:
        _decide(session, review, ReviewDecision.OPT_OUT)

    assert refused.value.context["decision"] == ReviewDecision.ABOUT_THE_JOB
    assert not queries.find_consent(session, PHONE).is_opted_out
