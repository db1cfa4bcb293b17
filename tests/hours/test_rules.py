"""When a number may be texted."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.core import phone
from backend.hours import rules
from backend.hours.rules import FEDERAL, candidate_zones, closed_zone, closes_at, marketing_week, next_opening

NEW_YORK, CHICAGO, BOISE = "America/New_York", "America/Chicago", "America/Boise"
# Every zone that the United States has or had since 2024, territories included.
ZONES = (
    NEW_YORK,
    CHICAGO,
    BOISE,
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "America/Detroit",
    "America/Indiana/Indianapolis",
    "America/Indiana/Knox",
    "America/Kentucky/Louisville",
    "America/North_Dakota/Center",
    "America/Puerto_Rico",
    "Pacific/Honolulu",
    "Pacific/Guam",
    "Pacific/Pago_Pago",
)


def _instant(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [
        ("2026-11-20T07:59:59.999", False),
        ("2026-11-20T08:00:00", True),
        ("2026-11-20T20:59:59.999", True),
        ("2026-11-20T21:00:00", False),
    ],
)
def test_the_window_holds_its_first_moment_and_not_its_last(clock, is_open):
    assert (closed_zone(_instant(clock, NEW_YORK), [NEW_YORK], FEDERAL) is None) is is_open


@pytest.mark.parametrize(
    ("zone", "evening", "morning", "hours"),
    [
        pytest.param(NEW_YORK, "2026-03-07T21:00", "2026-03-08T08:00", 10, id="spring forward"),
        pytest.param(NEW_YORK, "2026-10-31T21:00", "2026-11-01T08:00", 12, id="fall back"),
        pytest.param("America/Indiana/Indianapolis", "2026-03-07T21:00", "2026-03-08T08:00", 10, id="Indiana"),
        pytest.param(BOISE, "2026-10-31T21:00", "2026-11-01T08:00", 12, id="Boise"),
        pytest.param("America/Phoenix", "2026-03-07T21:00", "2026-03-08T08:00", 11, id="Phoenix keeps its time"),
        pytest.param("Pacific/Honolulu", "2026-10-31T21:00", "2026-11-01T08:00", 11, id="Honolulu keeps its time"),
        pytest.param(
            "America/Puerto_Rico", "2026-10-31T21:00", "2026-11-01T08:00", 11, id="Puerto Rico keeps its time"
        ),
    ],
)
def test_a_night_is_as_long_as_its_clock_says(zone, evening, morning, hours):
    closing, opening = _instant(evening, zone), _instant(morning, zone)

    assert next_opening(closing, [zone], FEDERAL) == opening
    assert opening - closing == timedelta(hours=hours)
    assert closes_at(opening, [zone], FEDERAL).astimezone(ZoneInfo(zone)).time() == time(21)


def test_every_zone_must_be_open():
    # 08:30 in New York is 07:30 in Chicago; 20:30 in Chicago is 21:30 in New York.
    zones = [NEW_YORK, CHICAGO]

    assert closed_zone(_instant("2026-11-20T08:30", NEW_YORK), zones, FEDERAL) == CHICAGO
    assert next_opening(_instant("2026-11-20T08:30", NEW_YORK), zones, FEDERAL) == _instant("2026-11-20T08:00", CHICAGO)
    assert closed_zone(_instant("2026-11-20T20:30", CHICAGO), zones, FEDERAL) == NEW_YORK
    assert closes_at(_instant("2026-11-20T12:00", NEW_YORK), zones, FEDERAL) == _instant("2026-11-20T21:00", NEW_YORK)


def test_zones_that_are_never_open_together_have_no_opening():
    thirds = ["Etc/GMT+8", "Etc/GMT", "Etc/GMT-8"]

    assert next_opening(datetime(2026, 11, 20, tzinfo=UTC), thirds, FEDERAL) is None


def _changes() -> list[datetime]:
    """List every change of a clock in these zones from 2024 through 2030."""
    found = set()
    for name in ZONES:
        zone, moment = ZoneInfo(name), datetime(2024, 1, 1, tzinfo=UTC)
        offset = moment.astimezone(zone).utcoffset()
        while moment.year < 2031:
            moment += timedelta(hours=1)
            now = moment.astimezone(zone).utcoffset()
            if now != offset:
                found.add(moment)
                offset = now
    return sorted(found)


def test_no_text_leaves_outside_its_window_at_any_of_100_000_moments():
    dice = random.Random(20261130)
    changes = _changes()
    assert len(changes) > 80
    begin, seconds = datetime(2024, 1, 1, tzinfo=UTC), 7 * 366 * 86_400
    weeks = [FEDERAL, rules.USUAL, rules.STRICTEST, *rules.BY_STATE.values()]
    violations, opened = [], 0
    for number in range(100_000):
        if number % 2:
            instant = begin + timedelta(seconds=dice.random() * seconds)
        else:
            # Within a day of a change of some clock, where arithmetic goes wrong.
            instant = dice.choice(changes) + timedelta(seconds=dice.uniform(-86_400, 86_400))
        zones = dice.sample(ZONES, dice.choice((1, 1, 2, 3)))
        week = dice.choice(weeks)
        moment = next_opening(instant, zones, week)
        if moment is None:
            continue
        opened += 1
        for name in zones:
            local = moment.astimezone(ZoneInfo(name))
            hours = week[local.weekday()]
            if moment < instant or hours is None or not hours.opens <= local.time() < hours.closes:
                violations.append((instant, zones, moment))
        # Nothing a second before it would have done, unless it is the very moment that was asked for.
        if moment != instant and closed_zone(moment - timedelta(seconds=1), zones, week) is None:
            violations.append((instant, zones, moment))
        if closes_at(moment, zones, week) <= moment:
            violations.append((instant, zones, moment))
    assert violations == []
    assert opened > 90_000


# --- where a phone may be ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "stated", "zones", "is_certain"),
    [
        pytest.param("+17185550142", None, (NEW_YORK,), True, id="the shop's own zone"),
        pytest.param("+13125550142", None, (NEW_YORK, CHICAGO), True, id="a Chicago number in New York"),
        pytest.param("+13125550142", "America/Denver", (NEW_YORK, "America/Denver", CHICAGO), True, id="stated"),
        pytest.param("+12085550142", None, (NEW_YORK, BOISE, "America/Los_Angeles"), True, id="a split area code"),
        pytest.param("+18005550142", None, (NEW_YORK,), False, id="toll-free"),
        pytest.param("+15555550142", None, (NEW_YORK,), False, id="no area code"),
    ],
)
def test_candidate_zones(number, stated, zones, is_certain):
    found = candidate_zones(NEW_YORK, stated, phone.time_zones(number))

    assert (found.names, found.is_certain) == (zones, is_certain)


# --- advertising ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area_code", "sunday", "monday"),
    [
        pytest.param("512", (12, 21), (9, 21), id="Texas: Sundays from noon"),
        pytest.param("305", (8, 20), (8, 20), id="Florida"),
        pytest.param("203", (9, 20), (9, 20), id="Connecticut"),
        pytest.param("401", None, (9, 18), id="Rhode Island: no Sundays"),
        pytest.param("718", (8, 20), (8, 20), id="a state without a row"),
    ],
)
def test_advertising_by_state(area_code, sunday, monday):
    at_home = phone.time_zones(f"+1{area_code}5550142")
    week = marketing_week(area_code, candidate_zones(at_home[0], None, at_home), at_home)

    for day, expected in ((6, sunday), (0, monday)):
        assert _hours_of(week, day) == expected


def _hours_of(week: rules.Week, day: int) -> tuple[int, int] | None:
    hours = week[day]
    return None if hours is None else (hours.opens.hour, hours.closes.hour)


@pytest.mark.parametrize(
    ("shop", "stated", "sunday", "monday"),
    [
        pytest.param(NEW_YORK, None, (8, 20), (8, 20), id="a New York number at home"),
        pytest.param(CHICAGO, None, None, (10, 20), id="its shop is where seven stricter states are"),
        pytest.param(NEW_YORK, CHICAGO, None, (10, 20), id="its owner says so"),
        pytest.param(NEW_YORK, "America/Los_Angeles", (9, 20), (9, 20), id="perhaps Nevada"),
        pytest.param(NEW_YORK, "America/Phoenix", (8, 20), (8, 20), id="Arizona has no row"),
        pytest.param(NEW_YORK, "America/Indiana/Knox", None, (10, 20), id="another name of Chicago's time"),
    ],
)
def test_advertising_obeys_every_state_where_the_phone_may_be(shop, stated, sunday, monday):
    at_home = (NEW_YORK,)
    week = marketing_week("718", candidate_zones(shop, stated, at_home), at_home)

    assert (_hours_of(week, 6), _hours_of(week, 0)) == (sunday, monday)


def test_a_number_that_could_be_anywhere_gets_what_every_state_allows():
    week = marketing_week("800", candidate_zones(NEW_YORK, None, ()), ())

    assert week == rules.STRICTEST
    assert week[6] is None
    assert (week[0].opens, week[0].closes) == (time(10), time(18))


def test_the_table_says_how_old_it_is_and_from_where_it_comes():
    assert date(2026, 11, 30) <= rules.AS_OF
    assert rules.SOURCES
    codes = [code for codes in rules._AREA_CODES.values() for code in codes.split()]
    assert len(codes) == len(set(codes))
    assert set(rules._AREA_CODES) == set(rules.BY_STATE)
    assert {state for states in rules._STATES_BY_ZONE.values() for state in states.split()} == set(rules.BY_STATE)
