"""What a visitor would find strange in the demo shop does not occur, at whatever time it is started."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from backend.appointments.rules import OPEN, Status
from backend.demo.calendar import SUNDAY, is_holiday
from tests.demo.shops import NEW_YORK, PHOENIX, Row, at, shop_at, zones

# Days of the week and of the year on which something is different.
DAYS = {
    "Thanksgiving": (2026, 11, 26),
    "the short Sunday": (2026, 3, 8),
    "the long Sunday": (2026, 11, 1),
}
# An ordinary Friday through all its hours; of the other days each another hour, in turn on one and the other clock.
FRIDAY = (2026, 11, 20)
FRIDAY_TIMES = [(7, 3), (13, 0), (17, 33)]
TIMES = [(17, 20), (10, 15), (7, 40), (21, 5), (13, 0), (8, 25), (16, 10)]
PLACES = (("Brooklyn", NEW_YORK), ("Mesa", PHOENIX))


def _moments() -> Iterator[tuple[str, datetime]]:
    for time in FRIDAY_TIMES:
        yield f"Friday {time[0]}:{time[1]:02d} Brooklyn", at(NEW_YORK, *FRIDAY, *time)
    for index, (name, parts) in enumerate(DAYS.items()):
        (place, zone), time = PLACES[index % 2], TIMES[index % len(TIMES)]
        yield f"{name} {time[0]}:{time[1]:02d} {place}", at(zone, *parts, *time)


MOMENTS = [pytest.param(moment, id=name) for name, moment in _moments()]

TIME = r"(?:(Sun|Mon|Tue|Wed|Thu|Fri|Sat) )?(\d{1,2}:\d\d [AP]M)"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_WORD = re.compile(r"\b(today|tonight|tomorrow|yesterday|noon)\b", re.IGNORECASE)


def _told_time(body: str, pattern: str, sent_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant that a text names, the next one of that weekday; None where it names none."""
    found = re.search(pattern, body)
    if found is None:
        return None
    sent = sent_at.astimezone(zone)
    clock = datetime.strptime(found[2], "%I:%M %p").time()
    days = (WEEKDAYS.index(found[1]) - sent.weekday()) % 7 if found[1] else 0
    return datetime.combine(sent.date() + timedelta(days=days), clock, tzinfo=zone).astimezone(UTC)


class Look:
    """A shop with its rows put together by appointment."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.shop = shop_at(now)
        self.zones = zones(self.shop)
        self.locations = {row["id"]: row for row in self.shop["locations"]}
        self.jobs = {row["id"]: row for row in self.shop["appointments"]}
        self.logs: dict[Any, list[tuple[datetime, dict[str, list[Any]]]]] = defaultdict(list)
        for row in self.shop["audit_logs"]:
            self.logs[row["entity_id"]].append((row["at"], orjson.loads(row["changes"])))

    def today(self, location_id: Any) -> date:
        return self.now.astimezone(self.zones[location_id]).date()

    def local(self, job: Row, instant: datetime) -> datetime:
        return instant.astimezone(self.zones[job["location_id"]])

    def promise_at(self, job: Row, instant: datetime) -> datetime | None:
        """Return the promise that was in force, by the log."""
        promised = None
        for moment, changes in self.logs[job["id"]]:
            if moment <= instant and "promisedAt" in changes:
                promised = changes["promisedAt"][1]
        return datetime.fromisoformat(promised) if promised else job["promised_at"]

    def ready_at(self, job: Row) -> datetime | None:
        times = [moment for moment, changes in self.logs[job["id"]] if changes.get("status", [0, 0])[1] == "READY"]
        return min(times, default=None)

    def texts(self) -> Iterator[tuple[Row, Row]]:
        for row in self.shop["messages"]:
            if row["channel"] == "sms":
                yield row, self.jobs[row["appointment_id"]]

    def work_days(self, location_id: Any, count: int) -> list[date]:
        """Return the next days that are no holiday."""
        days, day = [], self.today(location_id)
        while len(days) < count:
            day += timedelta(days=1)
            if not is_holiday(day):
                days.append(day)
        return days


@pytest.fixture(scope="module", params=MOMENTS)
def look(request) -> Look:
    """Go through the moments, all tests of one after the other."""
    return Look(request.param)


# --- promises ---------------------------------------------------------------------------------


def test_no_job_is_promised_before_its_work_ends_nor_when_the_shop_is_closed(look):
    for job in look.jobs.values():
        if job["promised_at"] is None:
            continue
        assert job["promised_at"] >= job["ends_at"]
        local, location = look.local(job, job["promised_at"]), look.locations[job["location_id"]]
        assert location["opens_at"] < local.time() <= location["closes_at"]
        assert not is_holiday(local.date()) or local.date() == look.today(job["location_id"])


def test_every_promise_that_was_ever_made_was_for_later_and_not_before_the_work_ends(look):
    for identity, log in look.logs.items():
        for moment, changes in log:
            promised = changes.get("promisedAt", [None, None])[1]
            if promised:
                assert datetime.fromisoformat(promised) > moment
                assert datetime.fromisoformat(promised) >= look.jobs[identity]["ends_at"]


def test_what_is_ready_was_so_when_promised_and_what_is_not_is_hardly_late(look):
    for job in look.jobs.values():
        if job["promised_at"] is None:
            continue
        if job["status"] == Status.READY:
            assert job["status_since"] <= job["promised_at"]
        elif job["status"] in OPEN:
            assert look.now - job["promised_at"] < timedelta(hours=2)


def test_work_was_begun_around_its_start_and_no_car_comes_a_day_early(look):
    for job in look.jobs.values():
        if job["status"] in {Status.IN_PROGRESS, Status.READY, Status.COMPLETED}:
            assert abs(job["check_in_at"] - job["starts_at"]) <= timedelta(minutes=16)
            assert job["starts_at"] <= look.now
        elif job["status"] == Status.SCHEDULED and job["customer_id"] is not None and job["check_in_at"] is not None:
            assert abs(job["check_in_at"] - job["starts_at"]) <= timedelta(minutes=16)


def test_nobody_waits_in_the_shop_when_it_is_closed(look):
    for job in look.jobs.values():
        if job["is_waiting"] and job["status"] in OPEN and job["check_in_at"] is not None:
            location = look.locations[job["location_id"]]
            assert location["opens_at"] <= look.local(job, look.now).time() < location["closes_at"]


# --- the log ----------------------------------------------------------------------------------


def test_each_change_of_the_log_changes_something(look):
    for row in look.shop["audit_logs"]:
        changes = orjson.loads(row["changes"])
        assert changes
        assert [field for field, (before, after) in changes.items() if before == after] == []


def test_a_changed_promise_has_a_change_of_its_note_or_was_still_to_come(look):
    for log in look.logs.values():
        for moment, changes in log:
            before = changes.get("promisedAt", [None, None])[0]
            if before:
                assert moment < datetime.fromisoformat(before)


# --- texts ------------------------------------------------------------------------------------


def test_news_are_expected_by_the_promise_in_force_which_is_to_come(look):
    count = 0
    for text, job in look.texts():
        told = _told_time(text["body"], f"news from us by {TIME}", text["created_at"], look.zones[job["location_id"]])
        if told is not None:
            count += 1
            assert told > text["created_at"]
            assert told == look.promise_at(job, text["created_at"]), text["body"]
    assert count > 20


def test_a_booking_is_confirmed_for_the_time_of_the_job(look):
    for text, job in look.texts():
        if "you're booked for" in text["body"]:
            start = look.local(job, job["starts_at"])
            assert f"booked for {start:%a, %b %-d} at {start:%-I:%M %p} with" in text["body"]
            assert text["created_at"] < job["starts_at"]


def test_a_car_is_called_ready_after_it_is_ready_and_looked_at_before(look):
    for text, job in look.texts():
        # Of the oldest visits the log has been archived.
        ready_at = look.ready_at(job) if look.logs[job["id"]] else job["check_out_at"]
        if re.search(r"is ready\.|is done and parked", text["body"]):
            assert ready_at is not None
            assert text["created_at"] > (ready_at if look.logs[job["id"]] else job["check_in_at"])
            assert job["check_out_at"] is None or text["created_at"] < job["check_out_at"]
            closes = _told_time(text["body"], f"open until {TIME}", text["created_at"], look.zones[job["location_id"]])
            assert closes is None or closes > text["created_at"]
        elif re.search(r"^Hi .* (we have your|is checked in)", text["body"]):
            assert text["created_at"] > job["check_in_at"]
            assert ready_at is None or text["created_at"] < ready_at


def test_what_customers_ask_fits_the_time(look):
    for text, job in look.texts():
        body, sent_at = text["body"], text["created_at"]
        wait = job["starts_at"] - sent_at
        sent, start = look.local(job, sent_at), look.local(job, job["starts_at"])
        if "Be there in 20" in body:
            assert timedelta(minutes=-31) <= wait <= timedelta(minutes=11)
        if (later := _told_time(body, f"come at {TIME} instead", sent_at, look.zones[job["location_id"]])) is not None:
            assert later == job["starts_at"] + timedelta(hours=1)
        if "tonight" in body:
            assert start.date() == sent.date() + timedelta(days=1)
        if "pick up after 5" in body:
            promised = look.promise_at(job, sent_at)
            assert sent.hour < 17
            assert look.local(job, promised).date() == sent.date()
            assert look.local(job, promised).hour < 17
        if re.search(r"be there in 30|On my way|at the counter|leave the key in the box", body):
            assert job["check_out_at"] is None or sent_at < job["check_out_at"]
        if "invoice is in your email" in body:
            assert any(row["appointment_id"] == job["id"] for row in look.shop["messages"] if row["channel"] == "email")


# --- notes ------------------------------------------------------------------------------------


def test_no_note_says_a_day_that_means_another_one_tomorrow(look):
    for job in look.jobs.values():
        assert job["notes"] is None or DAY_WORD.search(job["notes"]) is None, job["notes"]


def test_the_days_that_notes_name_agree_with_the_promise(look):
    for job in look.jobs.values():
        named = re.search(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b", job["notes"] or "")
        if named is None:
            continue
        if job["status"] == Status.READY:
            # The pick-up is on the day that goes on, or on the next one where the day is over.
            location = job["location_id"]
            days = {look.today(location), *look.work_days(location, 1)}
            assert named[0] in {f"{day:%a}" for day in days}
        else:
            assert named[0] == f"{look.local(job, job['promised_at']):%a}", job["notes"]


def test_the_times_that_notes_name_are_before_the_promise(look):
    count = 0
    for job in look.jobs.values():
        for hour, minute, half in re.findall(r"\b(\d{1,2})(?::(\d\d))? ([AP]M)\b", job["notes"] or ""):
            count += 1
            named = int(hour) % 12 * 60 + int(minute or 0) + (12 * 60 if half == "PM" else 0)
            promised = look.local(job, job["promised_at"])
            assert named < promised.hour * 60 + promised.minute
    assert count <= 6


def test_who_picks_up_is_known_after_the_car_is_ready(look):
    for job in look.jobs.values():
        for moment, changes in look.logs[job["id"]]:
            note = changes.get("notes", [None, None])[1] or ""
            if re.search(r"picks up|shuttle|ride from", note):
                assert look.ready_at(job) < moment


def test_what_is_said_about_a_car_that_is_here_was_not_written_before_it_came(look):
    at_booking = {
        log[0][1]["notes"][1] for log in look.logs.values() if log and log[0][1].get("notes", [None, None])[1]
    }

    assert not [
        note for note in at_booking if re.search(r"not here|test drive|seized|delivered|came", note, re.IGNORECASE)
    ]


# --- the calendar -----------------------------------------------------------------------------


def test_sundays_and_holidays_are_closed_but_today(look):
    for job in look.jobs.values():
        assert not is_holiday(job["day"]) or job["day"] == look.today(job["location_id"])


def test_the_next_two_weeks_are_full_at_hours_spread_through_the_day_and_later_ones_thinner(look):
    for location_id, location in look.locations.items():
        booked = [job for job in look.jobs.values() if job["location_id"] == location_id]
        per_day = Counter(job["day"] for job in booked)
        days = look.work_days(location_id, 24)
        least = 6 if "Brooklyn" in location["name"] else 4
        assert all(per_day[day] >= least for day in days[:6]), location["name"]
        assert all(per_day[day] <= 24 for day in days)
        first, second, later = (
            sum(per_day[day] for day in days[a:b]) / (b - a) for a, b in ((0, 6), (6, 12), (12, 24))
        )
        assert first > second > later > 0.5
        assert first >= 1.5 * least

        coming = [look.local(job, job["starts_at"]).hour for job in booked if job["day"] in days[:6]]
        mornings, afternoons = sum(hour < 12 for hour in coming), sum(hour >= 13 for hour in coming)
        assert set(range(9, 16)) <= set(coming)
        assert min(mornings, afternoons) >= len(coming) / 4


def test_coming_jobs_lie_within_opening_hours(look):
    for job in look.jobs.values():
        location = look.locations[job["location_id"]]
        if job["day"] > look.today(job["location_id"]):
            assert look.local(job, job["starts_at"]).time() >= location["opens_at"]
            assert look.local(job, job["ends_at"]).time() <= location["closes_at"]
            assert look.local(job, job["ends_at"]).date() == job["day"]


def test_last_month_was_as_busy_as_the_next_week(look):
    for location_id in look.locations:
        per_day = Counter(job["day"] for job in look.jobs.values() if job["location_id"] == location_id)
        today = look.today(location_id)
        past = [today - timedelta(days=offset) for offset in range(1, 29)]
        for day in past:
            assert is_holiday(day) or per_day[day] >= 5, day


def test_about_60_are_open_around_today(look):
    around = [
        job
        for job in look.jobs.values()
        if job["status"] in OPEN and job["day"] <= look.work_days(job["location_id"], 1)[0]
    ]

    assert 50 <= len(around) <= 85


# --- holidays ---------------------------------------------------------------------------------


def test_holidays_are_the_six_and_sundays():
    days = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(365)]

    holidays = [day for day in days if is_holiday(day) and day.weekday() != SUNDAY]

    assert holidays == [
        date(2026, 1, 1),
        date(2026, 5, 25),
        date(2026, 7, 4),
        date(2026, 9, 7),
        date(2026, 11, 26),
        date(2026, 12, 25),
    ]


def test_the_coming_weeks_are_the_same_at_every_hour_of_a_day():
    morning, evening = (
        [
            (job["starts_at"], job["vehicle_id"], job["tech_id"], job["services_summary"])
            for job in shop_at(at(NEW_YORK, 2026, 11, 20, *time))["appointments"]
            if job["day"] > date(2026, 11, 20)
        ]
        for time in ((9, 10), (16, 50))
    )

    assert morning == evening
    assert len(set(chain(morning))) > 100
