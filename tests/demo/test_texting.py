"""The texts of the demo shop stand as the product itself would have left them, and none leaves when it starts."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.consent.rules import Meaning, classify
from backend.messages import commands as messages
from backend.messages.models import Message
from backend.messages.rules import MessageStatus, VerdictKind
from backend.notices import commands as notices
from backend.notices import queries as notice_queries
from backend.notices.rules import read_key
from backend.templates.rules import count_segments, lint
from tests.demo.shops import NEW_YORK, PHOENIX, at, shop_at

MIDDAY = at(NEW_YORK, 2026, 11, 20, 13)
INSTANTS = [
    pytest.param(MIDDAY, id="midday"),
    pytest.param(at(NEW_YORK, 2026, 11, 20, 7, 40), id="before eight"),
    pytest.param(at(NEW_YORK, 2026, 11, 1, 22, 40), id="night of the long day"),
    pytest.param(at(PHOENIX, 2026, 7, 20, 16), id="a summer afternoon in Mesa"),
]


@pytest.fixture(scope="module", params=INSTANTS)
def now(request):
    return request.param


def _out(shop):
    return [row for row in shop["messages"] if row["channel"] == "sms" and row["direction"] == "out"]


def test_each_location_shows_what_can_become_of_a_text(now):
    shop = shop_at(now)

    phones = {row["id"]: row["phone"] for row in shop["customers"]}

    for location in shop["locations"]:
        # Before the shop opens the only car that is worked on may be one whose owner has no phone.
        is_at_work = any(
            row["status"] == "IN_PROGRESS" and row["location_id"] == location["id"] and phones.get(row["customer_id"])
            for row in shop["appointments"]
        )
        found = Counter(row["status"] for row in _out(shop) if row["location_id"] == location["id"])
        assert min(found[status] for status in ("delivered", "held", "undelivered", "failed")) >= 1
        assert (found["proposed"] > 0) is is_at_work
        codes = {row["error_code"] for row in _out(shop) if row["status"] in {"undelivered", "failed"}}
        assert codes == {"30003", "21614"}
        assert location["sms_number"] == location["phone"]
        reviews = [row["kind"] for row in shop["consent_reviews"] if row["location_id"] == location["id"]]
        assert sorted(reviews) == ["cancel_appointment", *(["opt_out_or_job"] if is_at_work else [])]


def test_nothing_is_due_when_the_shop_starts(now):
    for row in _out(shop_at(now)):
        assert row["status"] not in {"queued", "sending"}
        assert (row["due_at"] is not None) == (row["status"] == "held")
        assert row["due_at"] is None or row["due_at"] > now


def test_who_opted_out_got_one_answer_and_nothing_more(now):
    shop = shop_at(now)
    revoked = {row["phone"]: row["at"] for row in shop["consent_events"] if row["kind"] == "revoked"}

    assert len(revoked) == 4
    for phone, said_at in revoked.items():
        after = [row for row in _out(shop) if row["phone"] == phone and row["created_at"] > said_at]
        assert [row["message_class"] for row in after] == ["keyword_reply"]
        assert after[0]["created_at"] - said_at <= timedelta(minutes=5)


def test_replies_read_as_the_product_reads_them(now):
    shop = shop_at(now)
    meant = {row["message_id"] for row in (*shop["consent_events"], *shop["consent_reviews"]) if row["message_id"]}

    for row in shop["messages"]:
        if row["direction"] == "in":
            meaning = classify(row["body"]).meaning
            assert (meaning is not Meaning.TALK) == (row["id"] in meant), row["body"]


def test_what_leaves_has_a_consent_of_before(now):
    shop = shop_at(now)
    agreed = {row["id"]: row for row in shop["consent_events"]}

    for row in _out(shop):
        if row["status"] in {"delivered", "undelivered"} and row["message_class"] != "keyword_reply":
            event = agreed[row["consent_event_id"]]
            assert (event["phone"], event["kind"]) == (row["phone"], "express")
            assert event["at"] <= row["created_at"]
        else:
            assert row["consent_event_id"] is None


def test_texts_are_short_and_plain_and_say_how_to_opt_out(now):
    shop = shop_at(now)
    said = defaultdict(list)

    for row in sorted(_out(shop), key=lambda row: row["created_at"]):
        counted = count_segments(row["body"])
        assert row["segments"] == counted.segments
        # Only how somebody's name is spelled.
        assert all(sign.isalpha() for sign in counted.forced_by), row["body"]
        if row["message_class"] != "keyword_reply":
            assert lint(row["body"], host="shop.example") == [], row["body"]
        if row["status"] != "proposed":
            said[row["location_id"], row["phone"]].append(row["body"])
    assert all("Reply STOP to opt out" in bodies[0] for bodies in said.values())


def test_each_notice_is_once_and_of_its_job(now):
    shop = shop_at(now)
    keys = [row["origin_key"] for row in shop["messages"] if row["origin_key"]]

    assert len(keys) == len(set(keys)) > 900
    for row in shop["messages"]:
        cause = read_key(row["origin_key"])
        assert cause is None or cause.appointment_id == row["appointment_id"]
        assert (row["origin"] in {"confirmation", "reminder"}) <= (cause is not None)


def test_who_confirmed_wrote_so(now):
    shop = shop_at(now)
    confirmed = {row["id"]: row["confirmed_at"] for row in shop["appointments"] if row["confirmed_at"]}
    replies = {(row["appointment_id"], row["created_at"]) for row in shop["messages"] if row["direction"] == "in"}

    assert len(confirmed) > 100
    assert set(confirmed.items()) <= replies


def test_conversations_are_those_of_the_threads(now):
    shop = shop_at(now)
    threads = defaultdict(list)
    for row in sorted(shop["messages"], key=lambda row: row["created_at"]):
        if row["phone"] and row["status"] != "proposed":
            threads[row["location_id"], row["phone"]].append(row)

    assert {(row["location_id"], row["phone"]) for row in shop["conversations"]} == {
        key for key, rows in threads.items() if any(row["direction"] == "in" for row in rows)
    }
    for row in shop["conversations"]:
        thread = threads[row["location_id"], row["phone"]]
        unread = [text for text in thread if text["direction"] == "in" and text["read_at"] is None]
        assert row["last_message_at"] == thread[-1]["created_at"]
        assert row["unread_count"] == len(unread)
        assert row["waiting_since"] == (unread[0]["created_at"] if unread else None)
        assert row["state"] == "open" or not unread
        assert (row["snoozed_until"] is not None) == (row["state"] == "snoozed")
    for location in shop["locations"]:
        waiting = [row for row in shop["conversations"] if row["location_id"] == location["id"] and row["unread_count"]]
        assert len(waiting) >= 4
        assert {row["owner_id"] is None for row in waiting} == {True, False}


def test_templates_and_rules_are_the_prepared_ones(now):
    shop = shop_at(now)

    assert len(shop["message_templates"]) == 21
    loudness = Counter((row["trigger"], row["loudness"]) for row in shop["notice_rules"])
    assert sum(loudness.values()) == 18
    assert [trigger for (trigger, loud) in loudness if loud == "loud"] == ["reminder_24h", "ready"]
    used = {row["name"]: row["use_count"] for row in shop["message_templates"]}
    assert used["Booking confirmed"] > 900
    assert used["Winter check"] == 0


# --- in the database -----------------------------------------------------------------------------


@pytest.fixture
def seeded(demo_shop, session):
    demo_shop(MIDDAY)
    return session


def test_the_engine_says_of_each_text_that_waits_what_stands_there(seeded):
    waiting = seeded.scalars(sa.select(Message).where(Message.status.in_(["held", "proposed"]))).all()

    assert len(waiting) >= 4
    for message in waiting:
        verdict = messages.judge(seeded, message, MIDDAY).verdict
        if message.status == MessageStatus.HELD:
            assert (verdict.kind, verdict.reason, verdict.until) == (VerdictKind.HELD, message.reason, message.due_at)
        else:
            assert verdict.kind is VerdictKind.NOW


def test_the_first_turn_of_the_reminders_finds_them_made(seeded):
    before = seeded.scalar(sa.select(sa.func.count()).select_from(Message))

    for appointment_id, triggers in notice_queries.list_jobs_to_remind(seeded, MIDDAY):
        for message in notices.remind(seeded, appointment_id, triggers, now=MIDDAY):
            # Who opted out is not reminded, and the thread says why.
            assert message.status is MessageStatus.SUPPRESSED
            before += 1

    assert seeded.scalar(sa.select(sa.func.count()).select_from(Message)) == before


def test_the_states_of_consent_follow_from_the_log(seeded):
    states = seeded.execute(sa.text("SELECT informational, count(*) FROM consent_states GROUP BY 1 ORDER BY 1")).all()

    assert [state for state, _ in states] == ["express", "revoked"]
    assert states[1].count == 4
