"""The verdict, the provider's statuses, and what is done about each error."""

import itertools
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.consent.rules import ConsentState
from backend.core.ids import new_id
from backend.hours.rules import FEDERAL, STRICTEST, USUAL, Zones
from backend.messages import rules
from backend.messages.rules import (
    Channel,
    Consent,
    Counts,
    Facts,
    Guard,
    MessageClass,
    MessageStatus,
    Origin,
    Progress,
    Reason,
    Retry,
    VerdictKind,
    judge,
    progress,
)

NEW_YORK = "America/New_York"
# 12:00 in New York.
NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 4, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 13, tzinfo=UTC)
EVENT = new_id()
FINE = Facts(
    channel=Channel.SMS,
    message_class=MessageClass.INFORMATIONAL,
    origin=Origin.STAFF,
    address="+17185550142",
    consent=Consent(ConsentState.EXPRESS, EVENT, NOON, "web_form"),
    zones=Zones((NEW_YORK,), is_certain=True),
    week=FEDERAL,
)


def _verdict(now: datetime = NOON, **changes):
    verdict = judge(replace(FINE, **changes), now).verdict
    return verdict.kind, verdict.reason


def test_what_nothing_speaks_against_leaves_now_with_its_consent_and_an_hour_to_go():
    judgement = judge(FINE, NOON)

    assert judgement.verdict.kind is VerdictKind.NOW
    assert judgement.consent_event_id == EVENT
    assert judgement.validity == timedelta(hours=1)
    assert [step.guard for step in judgement.steps] == list(Guard)


@pytest.mark.parametrize(
    ("state", "conversation", "informational", "marketing"),
    [
        (ConsentState.UNKNOWN, Reason.NO_CONSENT, Reason.NO_CONSENT, Reason.NO_CONSENT),
        (ConsentState.CONVERSATIONAL, None, Reason.NO_CONSENT, Reason.NO_CONSENT),
        (ConsentState.EXPRESS, None, None, Reason.NO_CONSENT),
        (ConsentState.EXPRESS_WRITTEN, None, None, None),
        (ConsentState.REVOKED, Reason.OPTED_OUT, Reason.OPTED_OUT, Reason.OPTED_OUT),
        (ConsentState.PROVIDER_BLOCKED, Reason.PROVIDER_BLOCKED, Reason.PROVIDER_BLOCKED, Reason.PROVIDER_BLOCKED),
    ],
)
def test_what_each_class_needs(state, conversation, informational, marketing):
    consent = Consent(state, EVENT, NOON, "counter")
    asked = {
        MessageClass.CONVERSATION: conversation,
        MessageClass.INFORMATIONAL: informational,
        MessageClass.MARKETING: marketing,
    }
    for message_class, reason in asked.items():
        expected = (VerdictKind.NOW, None) if reason is None else (VerdictKind.REFUSED, reason)
        assert _verdict(consent=consent, message_class=message_class) == expected
    assert _verdict(consent=consent, message_class=MessageClass.KEYWORD_REPLY) == (VerdictKind.NOW, None)
    email = {"consent": consent, "channel": Channel.EMAIL, "address": "a@b.test"}
    assert _verdict(**email) == (VerdictKind.NOW, None)
    assert _verdict(**email, message_class=MessageClass.MARKETING) == (VerdictKind.REFUSED, Reason.NO_CONSENT)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"address": None}, (VerdictKind.REFUSED, Reason.NO_PHONE), id="no number"),
        pytest.param(
            {"address": None, "channel": Channel.EMAIL}, (VerdictKind.REFUSED, Reason.NO_EMAIL), id="no address"
        ),
        pytest.param({"is_still_true": False}, (VerdictKind.REFUSED, Reason.NO_LONGER_TRUE), id="not true any more"),
        pytest.param(
            {"has_open_review": True, "origin": Origin.STAGE},
            (VerdictKind.HELD, Reason.REVIEW_OPEN),
            id="unclear reply",
        ),
        pytest.param({"has_open_review": True}, (VerdictKind.NOW, None), id="a person answers an unclear reply"),
        pytest.param({"counts": Counts(19, 199)}, (VerdictKind.NOW, None), id="one below the caps"),
        pytest.param({"counts": Counts(20, 0)}, (VerdictKind.REFUSED, Reason.CAP_CUSTOMER), id="20 to a number"),
        pytest.param({"counts": Counts(0, 200)}, (VerdictKind.REFUSED, Reason.CAP_LOCATION), id="200 of a location"),
        pytest.param(
            {"not_before": NOON + timedelta(hours=1)}, (VerdictKind.HELD, Reason.REQUESTED_LATER), id="wanted later"
        ),
        pytest.param({"not_before": NOON}, (VerdictKind.NOW, None), id="wanted now"),
    ],
)
def test_each_guard(changes, expected):
    assert _verdict(**changes) == expected


def test_a_reminder_written_before_the_number_agreed_waits_for_its_hour_with_that():
    reminder = replace(FINE, consent=Consent(ConsentState.UNKNOWN), origin=Origin.REMINDER)
    due = NOON + timedelta(hours=1)

    ahead, then = judge(replace(reminder, not_before=due), NOON).verdict, judge(reminder, due).verdict

    assert (ahead.kind, ahead.reason, ahead.until) == (VerdictKind.HELD, Reason.NO_CONSENT, due)
    assert (then.kind, then.reason) == (VerdictKind.REFUSED, Reason.NO_CONSENT)
    revoked = replace(reminder, not_before=due, consent=Consent(ConsentState.REVOKED, EVENT, NOON, "stop_keyword"))
    assert judge(revoked, NOON).verdict.kind is VerdictKind.REFUSED


@pytest.mark.parametrize("counts", [Counts(20, 0, MORNING), Counts(0, 200, None, MORNING)])
def test_what_no_person_wrote_waits_for_room_under_the_caps(counts):
    verdict = judge(replace(FINE, origin=Origin.STAGE, counts=counts), NOON).verdict

    assert (verdict.kind, verdict.until) == (VerdictKind.HELD, MORNING)


def test_at_night_it_is_held_until_the_morning_there():
    verdict = judge(FINE, NIGHT).verdict

    assert (verdict.kind, verdict.reason, verdict.until, verdict.zone) == (
        VerdictKind.HELD,
        Reason.QUIET_HOURS,
        MORNING,
        NEW_YORK,
    )
    assert verdict.can_override


def test_the_owners_reason_passes_the_night_but_not_for_advertising():
    marketing = {"message_class": MessageClass.MARKETING, "consent": Consent(ConsentState.EXPRESS_WRITTEN, EVENT)}

    assert _verdict(NIGHT, is_overridden=True) == (VerdictKind.NOW, None)
    assert judge(replace(FINE, is_overridden=True), NIGHT).validity == timedelta(hours=1)
    held = judge(replace(FINE, is_overridden=True, week=USUAL, **marketing), NIGHT).verdict
    assert (held.reason, held.can_override) == (Reason.MARKETING_HOURS, False)


def test_emails_and_answers_to_keywords_know_no_night():
    assert _verdict(NIGHT, channel=Channel.EMAIL) == (VerdictKind.NOW, None)
    assert _verdict(NIGHT, message_class=MessageClass.KEYWORD_REPLY) == (VerdictKind.NOW, None)
    assert judge(replace(FINE, message_class=MessageClass.KEYWORD_REPLY), NIGHT).validity == timedelta(minutes=5)


def test_an_answer_to_a_keyword_is_owed_for_five_minutes_of_the_customers_text():
    reply = replace(FINE, message_class=MessageClass.KEYWORD_REPLY, written_at=NOON)

    in_time, late = judge(reply, NOON + timedelta(minutes=4)), judge(reply, NOON + timedelta(minutes=5))

    assert (in_time.verdict.kind, in_time.validity) == (VerdictKind.NOW, timedelta(minutes=1))
    assert (late.verdict.kind, late.verdict.reason) == (VerdictKind.REFUSED, Reason.NO_LONGER_TRUE)


@pytest.mark.parametrize(
    ("state", "method", "seconds", "kind"),
    [
        pytest.param(ConsentState.REVOKED, "stop_keyword", 0, VerdictKind.NOW, id="the STOP that it answers"),
        pytest.param(ConsentState.EXPRESS, "start_keyword", 5, VerdictKind.REFUSED, id="START came after it"),
        pytest.param(ConsentState.REVOKED, "stop_keyword", 5, VerdictKind.REFUSED, id="STOP came after it"),
        pytest.param(ConsentState.EXPRESS, "counter", 5, VerdictKind.NOW, id="agreed at the counter meanwhile"),
    ],
)
def test_an_answer_whose_keyword_was_superseded_does_not_leave(state, method, seconds, kind):
    consent = Consent(state, EVENT, NOON + timedelta(seconds=seconds), method)
    reply = replace(FINE, message_class=MessageClass.KEYWORD_REPLY, written_at=NOON, consent=consent)

    assert judge(reply, NOON + timedelta(seconds=10)).verdict.kind is kind


def test_a_refusal_comes_before_whatever_would_hold_it():
    consent = Consent(ConsentState.REVOKED, EVENT, NOON, "stop_keyword")

    verdict = judge(replace(FINE, consent=consent), NIGHT).verdict

    assert (verdict.reason, verdict.detail) == (Reason.OPTED_OUT, {"at": NOON, "method": "stop_keyword"})


@pytest.mark.parametrize(
    ("clock", "kind", "seconds"),
    [
        pytest.param("2026-11-21T00:59:59", VerdictKind.NOW, 3600, id="an hour and a second left"),
        pytest.param("2026-11-21T01:30:00", VerdictKind.NOW, 1800, id="half an hour left"),
        pytest.param("2026-11-21T01:58:00", VerdictKind.NOW, 120, id="two minutes left"),
        pytest.param("2026-11-21T01:58:01", VerdictKind.HELD, None, id="too late to begin"),
    ],
)
def test_the_provider_may_not_keep_it_into_the_night(clock, kind, seconds):
    judgement = judge(FINE, datetime.fromisoformat(clock).replace(tzinfo=UTC))

    assert judgement.verdict.kind is kind
    if kind is VerdictKind.NOW:
        assert judgement.validity == timedelta(seconds=seconds)
    else:
        assert judgement.verdict.until == MORNING


def test_what_is_wanted_for_the_night_waits_for_the_morning_after_it():
    verdict = judge(replace(FINE, not_before=NIGHT), NOON).verdict

    assert (verdict.reason, verdict.until, verdict.can_override) == (Reason.QUIET_HOURS, MORNING, True)


def test_nothing_is_let_out_at_any_of_100_000_moments_in_any_state_of_consent_but_what_may_leave():
    dice = random.Random(20261201)
    zones = ("America/New_York", "America/Chicago", "America/Boise", "America/Phoenix", "Pacific/Honolulu")
    states, begin = list(ConsentState), datetime(2024, 1, 1, tzinfo=UTC)
    weeks = {MessageClass.MARKETING: (USUAL, STRICTEST), MessageClass.KEYWORD_REPLY: (FEDERAL,)}
    wrong, let_out = [], Counter()
    for _ in range(100_000):
        message_class = dice.choice(list(MessageClass))
        facts = Facts(
            channel=Channel.SMS,
            message_class=message_class,
            origin=dice.choice([Origin.STAFF, Origin.STAGE]),
            address="+17185550142",
            consent=Consent(dice.choice(states), EVENT, NOON, "counter"),
            zones=Zones(tuple(dice.sample(zones, dice.choice((1, 2)))), is_certain=True),
            week=dice.choice(weeks.get(message_class, (FEDERAL,))),
            has_open_review=dice.random() < 0.2,
            is_still_true=dice.random() < 0.9,
            is_overridden=dice.random() < 0.1,
        )
        now = begin + timedelta(seconds=dice.random() * 7 * 366 * 86_400)
        judgement = judge(facts, now)
        if judgement.verdict.kind is not VerdictKind.NOW:
            continue
        let_out[message_class] += 1
        if not _may_leave(facts, now, judgement):
            wrong.append((facts, now))
    assert wrong == []
    assert all(let_out[message_class] > 1000 for message_class in MessageClass), let_out


def _may_leave(facts: Facts, now: datetime, judgement: rules.Judgement) -> bool:
    """Say by the words of the rules, not by their code, whether a text may leave."""
    if facts.message_class is MessageClass.KEYWORD_REPLY:
        return judgement.validity == timedelta(minutes=5)
    agreed = {
        MessageClass.CONVERSATION: "conversational express express_written",
        MessageClass.INFORMATIONAL: "express express_written",
        MessageClass.MARKETING: "express_written",
    }[facts.message_class]
    if facts.consent.state not in agreed.split() or not facts.is_still_true:
        return False
    if facts.has_open_review and facts.origin is Origin.STAGE:
        return False
    if facts.is_overridden and facts.message_class is not MessageClass.MARKETING:
        return True
    assert judgement.validity is not None
    # From its beginning to the last moment at which the provider may still hand it over.
    for moment in (now, now + judgement.validity - timedelta(microseconds=1)):
        for name in facts.zones.names:
            local = moment.astimezone(ZoneInfo(name))
            hours = facts.week[local.weekday()]
            if hours is None or not hours.opens <= local.time() < hours.closes:
                return False
    return judgement.validity >= timedelta(seconds=120)


# --- statuses ----------------------------------------------------------------------------------


def _end(said: tuple[str, ...]) -> tuple[str | None, int]:
    present, conflicts = None, 0
    for status in said:
        result = progress(present, status)
        conflicts += result is Progress.CONFLICTS
        if result is Progress.ADVANCES:
            present = status
    return present, conflicts


@pytest.mark.parametrize("end", ["delivered", "undelivered", "failed", "canceled"])
def test_every_order_of_seven_callbacks_with_three_repeated_ends_the_same(end):
    callbacks = ("queued", "sending", "sent", end, "sending", "sent", end)
    orders = list(itertools.permutations(callbacks))

    assert len(orders) == 5040
    assert {_end(order) for order in orders} == {(end, 0)}


def test_read_is_further_than_delivered_in_every_order():
    callbacks = ("queued", "sending", "sent", "delivered", "read", "sent", "delivered")

    assert {_end(order) for order in itertools.permutations(callbacks)} == {("read", 0)}


def test_of_two_ends_the_first_stays_and_the_other_is_counted():
    assert _end(("sent", "delivered", "undelivered")) == ("delivered", 1)
    assert _end(("undelivered", "delivered", "read", "sent")) == ("undelivered", 2)


def test_a_word_that_is_no_status_changes_nothing():
    assert progress("sent", "teleported") is Progress.IS_KNOWN
    assert progress(None, "teleported") is Progress.IS_KNOWN


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "retry"),
    [
        ("429 20429 connect mail_later", Retry.SOON),
        ("timeout 500 501 502 503 504 520 599 20500 20503", Retry.RECONCILE),
        ("30003 30008 30001 21611", Retry.LATER_ONCE),
        ("21211 21610 21614 30002 30004 30005 30006 30007 30034 20003", Retry.NEVER),
        ("99999 0 50000 400 600 mail_550 not_configured", Retry.NEVER),
    ],
)
def test_what_is_done_about_each_code(codes, retry):
    assert {rules.retry_of(code) for code in codes.split()} == {retry}


def test_the_table_has_no_code_that_is_not_tested_above():
    tested = (
        "429 20429 connect mail_later timeout 500 502 503 504 20500 20503 30003 30008 30001 21611 21211 21610 21614 "
        "30002 30004 30005 30006 30007 30034 20003"
    )
    assert set(rules.RETRIES) == set(tested.split())


def test_four_attempts_within_six_hours():
    assert rules.may_try_again(3, NOON, NOON + timedelta(hours=6) - timedelta(seconds=1))
    assert not rules.may_try_again(4, NOON, NOON)
    # Let go again by a person after three: five to seven may be followed by another.
    assert [rules.begin_round(attempts) for attempts in (0, 1, 3, 4, 5)] == [0, 4, 4, 4, 8]
    assert [rules.may_try_again(attempts, NOON, NOON) for attempts in (5, 7, 8)] == [True, True, False]
    assert not rules.may_try_again(1, NOON, NOON + timedelta(hours=6))


@pytest.mark.parametrize(
    ("waited", "chance", "retry_after", "seconds"),
    [
        (0, 0.999, None, 2),
        (16, 0.999, None, 16),
        (600, 0.999, None, 60),
        (600, 0.0, None, 0.5),
        (0, 0.5, 7.0, 7),
        (0, 0.5, 3600.0, 60),
        (0, 0.5, -3.0, 1),
    ],
)
def test_the_pause_doubles_with_full_jitter_and_ends_at_a_minute(waited, chance, retry_after, seconds):
    assert rules.backoff(timedelta(seconds=waited), chance, retry_after).total_seconds() == pytest.approx(
        seconds, rel=0.01
    )


@pytest.mark.parametrize(
    ("status", "code", "can"),
    [
        (MessageStatus.FAILED, "30007", True),
        (MessageStatus.FAILED, None, True),
        (MessageStatus.UNKNOWN, "lost", True),
        (MessageStatus.UNDELIVERED, "30003", True),
        (MessageStatus.FAILED, "21610", False),
        (MessageStatus.UNDELIVERED, "30006", False),
        (MessageStatus.SUPPRESSED, None, False),
        (MessageStatus.DELIVERED, None, False),
    ],
)
def test_a_person_may_try_again_where_it_makes_sense(status, code, can):
    assert rules.can_retry(status, MessageClass.CONVERSATION, code) is can
    assert not rules.can_retry(status, MessageClass.KEYWORD_REPLY, code)
    assert not rules.can_retry(status, MessageClass.CONVERSATION, code, "no_longer_true")
