from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.appointments.rules import Status
from backend.notices import rules
from backend.notices.rules import Cause, Certainty, Job, StartChange, StatusChange, Trigger

NEW_YORK = ZoneInfo("America/New_York")
ID = UUID("01900000-0000-7000-8000-000000000001")
# A Friday, 10:00 in New York.
START = datetime(2026, 11, 20, 15, tzinfo=UTC)
BOOKED_AT = START - timedelta(days=9)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def _job(**changes):
    values = {
        "id": ID,
        "location_id": ID,
        "zone": NEW_YORK,
        "customer_id": ID,
        "status": Status.SCHEDULED,
        "status_since": BOOKED_AT,
        "starts_at": START,
        "ends_at": START + HOUR,
        "promised_at": None,
        "check_in_at": None,
        "check_out_at": None,
        "created_at": BOOKED_AT,
        "updated_at": BOOKED_AT,
        "deleted_at": None,
    }
    return Job(**{**values, **changes})


def _local(*parts):
    return datetime(*parts, tzinfo=NEW_YORK).astimezone(UTC)


# --- keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "key"),
    [
        (Cause(Trigger.REMINDER_24H, ID, START), f"reminder_24h:{ID}:20261120T150000.000000Z"),
        (Cause(Trigger.READY, ID, START), f"stage:{ID}:ready:20261120T150000.000000Z"),
        (Cause(Trigger.RESCHEDULED, ID, START, 7), f"stage:{ID}:rescheduled:20261120T150000.000000Z:7"),
    ],
)
def test_keys_name_the_job_the_trigger_and_the_instant(cause, key):
    assert rules.key_of(cause) == key
    assert rules.read_key(key) == cause


@given(
    st.sampled_from(Trigger),
    st.uuids(),
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)),
    st.integers(1, 9999),
)
def test_a_key_says_what_it_was_made_of(trigger, identifier, at, version):
    cause = Cause(trigger, identifier, at.replace(tzinfo=UTC), version if trigger is Trigger.RESCHEDULED else None)
    key = rules.key_of(cause)

    assert rules.read_key(key) == cause
    assert rules.read_key(rules.withdrawn_key(key, ID)) == cause
    assert rules.withdrawn_key(key, ID) != key


@pytest.mark.parametrize(
    "key", [None, "", "SM123", "stage:x:ready:y", f"ready:{ID}:20261120T150000.000000Z", f"stage:{ID}:late:x"]
)
def test_what_is_no_notices_key_names_nothing(key):
    assert rules.read_key(key) is None


# --- still true? --------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", [Trigger.BOOKED, Trigger.RESCHEDULED, Trigger.REMINDER_24H, Trigger.REMINDER_2H])
@pytest.mark.parametrize(
    ("changes", "now", "is_true"),
    [
        pytest.param({}, START - SECOND, True, id="to come"),
        pytest.param({}, START, False, id="has begun"),
        pytest.param({"starts_at": START + HOUR}, START - HOUR, False, id="moved"),
        pytest.param({"status": Status.CANCELED}, START - HOUR, False, id="canceled"),
        pytest.param({"status": Status.IN_PROGRESS}, START - HOUR, False, id="here already"),
        pytest.param({"deleted_at": START}, START - HOUR, False, id="deleted"),
    ],
)
def test_a_start_is_told_while_it_is_to_come(trigger, changes, now, is_true):
    assert rules.is_still_true(Cause(trigger, ID, START), _job(**changes), now) is is_true


@pytest.mark.parametrize(
    ("status", "trigger"),
    [
        (Status.IN_PROGRESS, Trigger.IN_PROGRESS),
        (Status.READY, Trigger.READY),
        (Status.COMPLETED, Trigger.COMPLETED),
        (Status.CANCELED, Trigger.CANCELED),
        (Status.NO_SHOW, Trigger.NO_SHOW),
    ],
)
def test_a_stage_is_told_while_the_job_is_in_it_since_then(status, trigger):
    job = _job(status=status, status_since=START)
    cause = Cause(trigger, ID, START)

    assert rules.is_still_true(cause, job, START + 10 * HOUR)
    assert not rules.is_still_true(cause, replace(job, status_since=START + SECOND), START + HOUR), "again since"
    assert not rules.is_still_true(cause, replace(job, status=Status.SCHEDULED), START + HOUR)
    assert not rules.is_still_true(cause, replace(job, deleted_at=START), START + HOUR)


def test_ready_is_not_told_of_a_car_that_was_collected():
    job = _job(status=Status.READY, status_since=START, check_in_at=START, check_out_at=START + HOUR)

    assert not rules.is_still_true(Cause(Trigger.READY, ID, START), job, START + HOUR)


# --- what is told -------------------------------------------------------------------------------


def test_a_booking_is_told_and_a_walk_in_is_not():
    assert rules.cause_of_booking(_job()) == Cause(Trigger.BOOKED, ID, START)
    assert rules.cause_of_booking(_job(status=Status.IN_PROGRESS)) is None


def test_another_start_is_told_with_its_version():
    later = START + HOUR
    changes = [StartChange(START - 5 * HOUR, 4, START, later)]

    assert rules.cause_of_change(_job(starts_at=later), changes) == Cause(Trigger.RESCHEDULED, ID, later, 4)


@pytest.mark.parametrize(
    ("changes", "job", "cause"),
    [
        pytest.param([], {}, None, id="nothing of the start"),
        pytest.param([(10, 2, 15, 16)], {"starts_at": START}, None, id="an edit after a move that was taken back"),
        pytest.param([(10, 3, 16, 15), (9.995, 2, 15, 16)], {}, None, id="back within the grace"),
        pytest.param(
            [(11, 3, 16, 15), (10, 2, 15, 16)], {}, Cause(Trigger.RESCHEDULED, ID, START, 3), id="back an hour later"
        ),
        pytest.param(
            [(10.005, 3, 17, 15), (10, 2, 16, 17)], {}, Cause(Trigger.RESCHEDULED, ID, START, 3), id="two within the grace"
        ),
        pytest.param([(10, 2, 16, 15)], {"status": Status.CANCELED}, None, id="of a canceled job"),
        pytest.param(
            [(10, 2, 16, 15)], {"created_at": _local(2026, 11, 19, 5)}, Cause(Trigger.BOOKED, ID, START),
            id="right after the booking",
        ),
    ],
)  # fmt: skip
def test_which_moves_are_told(changes, job, cause):
    """Hours of November 20 UTC for starts, hours of the day before for when; 0.005 h are 18 seconds."""
    yesterday, today = datetime(2026, 11, 19, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    made = [
        StartChange(yesterday + at * HOUR, version, today + before * HOUR, today + after * HOUR)
        for at, version, before, after in changes
    ]
    if "created_at" in job:
        assert made[0].at == job["created_at"]

    assert rules.cause_of_change(_job(**job), made) == cause


def test_a_step_is_told_by_where_the_job_stands():
    assert rules.cause_of_step(_job(status=Status.READY, status_since=START)) == Cause(Trigger.READY, ID, START)
    assert rules.cause_of_step(_job()) is None


S, P, R, C = Status.SCHEDULED, Status.IN_PROGRESS, Status.READY, Status.COMPLETED


@pytest.mark.parametrize(
    ("steps", "stays"),
    [
        pytest.param([(0, S, P)], [0], id="a first step"),
        pytest.param([(0, S, P), (60, P, R)], [60], id="one step after the other"),
        pytest.param([(0, S, P), (60, P, R), (65, R, P)], [65, 0], id="taken back"),
        pytest.param([(0, S, P), (60, P, R), (70, R, P)], [70, 0], id="at the end of the hold"),
        pytest.param([(0, S, P), (60, P, R), (70.1, R, P)], [70.1], id="after it"),
        pytest.param([(0, S, P), (60, P, R), (61, R, P), (62, P, R)], [62, 60], id="and done again"),
        pytest.param([(0, S, P), (60, P, R), (61, R, P), (80, P, R)], [80], id="later"),
        pytest.param(
            [(0, S, P), (60, P, R), (90, R, P), (95, P, R), (99, R, P), (103, P, R)], [103, 95, 60], id="often"
        ),
        pytest.param([(0, S, P), (50, P, R), (53, R, C), (56, C, R), (58, R, P)], [58, 0], id="by a way round"),
        pytest.param([(0, S, P), (50, P, R), (53, R, C), (59, C, R), (61, R, P)], [61], id="by one that took long"),
        pytest.param([(0, P, R), (5, R, P)], [], id="it began there"),
        pytest.param([(0, P, R), (30, R, P)], [30], id="it began there, long before"),
    ],
)
def test_a_status_left_for_moments_was_not_left(steps, stays):
    """Seconds, the earliest first."""
    changes = [StatusChange(START + at * SECOND, before, after) for at, before, after in reversed(steps)]

    assert rules.stays_as_one(changes) == [START + since * SECOND for since in stays]


def test_news_is_news_for_half_a_day():
    assert rules.is_news(START, START + rules.NEWS_FOR)
    assert not rules.is_news(START, START + rules.NEWS_FOR + SECOND)


# --- reminders ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "due"),
    [
        pytest.param(_local(2026, 11, 20, 10), _local(2026, 11, 19, 10), id="an ordinary day"),
        pytest.param(_local(2026, 11, 1, 10), _local(2026, 10, 31, 10), id="the clocks go back: 25 hours"),
        pytest.param(_local(2026, 3, 8, 10), _local(2026, 3, 7, 10), id="the clocks go forward: 23 hours"),
        pytest.param(_local(2026, 3, 9, 2, 30), _local(2026, 3, 8, 3, 30), id="a time that the day before has not"),
        pytest.param(_local(2026, 11, 2, 1, 30), _local(2026, 11, 1, 1, 30), id="a time that it has twice: the first"),
    ],
)
def test_the_day_before_is_the_same_time_on_the_wall(start, due):
    assert rules.reminder_at(Trigger.REMINDER_24H, start, NEW_YORK) == due


def test_lengths_of_the_nights_of_the_clock_change():
    for start, hours in ((_local(2026, 11, 1, 10), 25), (_local(2026, 3, 8, 10), 23)):
        assert start - rules.reminder_at(Trigger.REMINDER_24H, start, NEW_YORK) == timedelta(hours=hours)


def test_two_hours_before_are_two_hours():
    start = _local(2026, 11, 1, 2, 30)

    assert start - rules.reminder_at(Trigger.REMINDER_2H, start, NEW_YORK) == timedelta(hours=2)


@pytest.mark.parametrize(
    ("trigger", "now", "changes", "due"),
    [
        pytest.param(Trigger.REMINDER_24H, -27, {}, None, id="too early to write down"),
        pytest.param(Trigger.REMINDER_24H, -26, {}, -24, id="seen coming"),
        pytest.param(Trigger.REMINDER_24H, -23.5, {}, -24, id="a little late, as nothing ran"),
        pytest.param(Trigger.REMINDER_24H, -22.9, {}, None, id="too late"),
        pytest.param(Trigger.REMINDER_24H, -23.5, {"updated_at": START - 23.8 * HOUR}, None, id="booked less than a day before"),
        pytest.param(Trigger.REMINDER_2H, -23.5, {"updated_at": START - 23.8 * HOUR}, -2, id="which gets the other one"),
        pytest.param(Trigger.REMINDER_2H, -1.9, {"updated_at": START - 1.95 * HOUR}, None, id="booked for now"),
        pytest.param(Trigger.REMINDER_2H, -1.4, {}, None, id="too late for two hours"),
        pytest.param(Trigger.REMINDER_2H, 0, {}, None, id="begun"),
        pytest.param(Trigger.REMINDER_2H, -3, {"status": Status.IN_PROGRESS}, None, id="a walk-in"),
        pytest.param(Trigger.REMINDER_2H, -3, {"status": Status.CANCELED}, None, id="canceled"),
        pytest.param(Trigger.REMINDER_2H, -3, {"deleted_at": BOOKED_AT}, None, id="deleted"),
    ],
)  # fmt: skip
def test_which_reminders_are_made_when(trigger, now, changes, due):
    """Hours before the start."""
    expected = None if due is None else START + due * HOUR

    assert rules.reminder_to_make(trigger, _job(**changes), START + now * HOUR) == expected


# --- the simulator ------------------------------------------------------------------------------


def _planned(job, now):
    return [(one.trigger, one.at, one.certainty) for one in rules.list_planned(job, now)]


def test_a_job_to_come_will_be_told_about_all_its_way():
    now = START - 48 * HOUR

    assert _planned(_job(promised_at=START + 5 * HOUR), now) == [
        (Trigger.REMINDER_24H, START - 24 * HOUR, Certainty.EXACT),
        (Trigger.REMINDER_2H, START - 2 * HOUR, Certainty.EXACT),
        (Trigger.IN_PROGRESS, START + rules.HOLD, Certainty.EXPECTED),
        (Trigger.READY, START + 5 * HOUR + rules.HOLD, Certainty.EXPECTED),
        (Trigger.COMPLETED, START + 5 * HOUR + rules.HOLD, Certainty.EXPECTED),
        (Trigger.CANCELED, now + rules.HOLD, Certainty.IF),
        (Trigger.NO_SHOW, now + rules.HOLD, Certainty.IF),
        (Trigger.RESCHEDULED, now + rules.GRACE, Certainty.IF),
    ]


def test_a_job_booked_for_today_gets_the_last_reminder_only():
    triggers = [trigger for trigger, _, _ in _planned(_job(), START - 3 * HOUR)]

    assert triggers[:2] == [Trigger.REMINDER_2H, Trigger.IN_PROGRESS]


def test_work_that_is_late_is_expected_from_now():
    now = START + 3 * HOUR

    assert _planned(_job(status=Status.IN_PROGRESS), now)[0] == (
        Trigger.READY,
        now + rules.HOLD,
        Certainty.EXPECTED,
    )


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELED, Status.NO_SHOW])
def test_nothing_follows_the_end(status):
    assert _planned(_job(status=status), START) == []


def test_nothing_is_planned_for_a_deleted_job():
    assert _planned(_job(deleted_at=START), START - HOUR) == []


# --- confirming by reply -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "C", "c", " C. ", "“C”", "confirm", "CONFIRMED", "Confirmed!", "ok c", "C ok", "yes c", "Yes, confirmed",
        "c thanks", "C thank you 👍", "I confirm", "we confirm the appointment", "confirmed, will be there",
        "confirmo", "sí confirmo", "Si, confirmo la cita", "confirmado gracias",
    ],
)  # fmt: skip
def test_replies_that_confirm(text):
    assert rules.reads_as_confirmation(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "yes", "ok", "👍", "C?", "can you confirm", "confirm?", "can't confirm", "not confirmed", "don't confirm",
        "c u later", "vitamin c", "STOP", "cancel", "I confirm but at 11", "no confirmo", "car", "see you there",
        "please confirm the price", "c c c c c c c c c",
    ],
)  # fmt: skip
def test_replies_that_say_something_else(text):
    assert not rules.reads_as_confirmation(text)
