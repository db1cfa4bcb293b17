"""When a number may be texted.

Hours are wall-clock times, [opens, closes), and must hold in every zone where the phone may be. Instants are UTC; a
next opening is found on the wall clock and only then turned into UTC, so that it is right on the two nights a year
that are 10 and 12 hours long.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# A number whose area code is in more zones than this could be anywhere: toll-free numbers, for instance.
MOST_ZONES = 4
# How far ahead a common opening is looked for; a state may close a whole Sunday.
SEARCH_DAYS = 8


@dataclass(frozen=True, slots=True)
class Hours:
    """A day's window by the wall clock, [opens, closes)."""

    opens: time
    closes: time


# A week, Monday first; None is closed all day.
Week = tuple[Hours | None, ...]


def _week(weekdays: Hours, saturday: Hours | None = None, sunday: Hours | None = None, *, whole: bool = True) -> Week:
    """Return a week; with `whole` the days that are not named are as weekdays are."""
    last = (saturday or weekdays, sunday or weekdays) if whole else (saturday, sunday)
    return (weekdays,) * 5 + last


def _hours(opens: int, closes: int) -> Hours:
    return Hours(time(opens), time(closes))


# 47 CFR 64.1200(c)(1): no solicitation before 8 a.m. or after 9 p.m., local time at the called party's location. Held
# for every text of ours, also for those that solicit nothing.
FEDERAL = _week(_hours(8, 21))


# --- advertising, by state ---------------------------------------------------------------------

# What the stricter states say of advertising. Secondary sources, which disagree in places: of two the narrower window
# stands here. Public holidays, on which Alabama and Louisiana forbid it altogether, are not known to this table.
AS_OF = date(2026, 11, 30)
SOURCES = (
    "support.referrizer.com: TCPA quiet hours and state-specific rules for text campaigns",
    "dropcowboy.com: state compliance guide, last updated 2025-11-01",
)
# Everywhere else, also where the federal rule would allow an hour more.
USUAL = _week(_hours(8, 20))
BY_STATE: dict[str, Week] = {
    "AL": _week(_hours(8, 20), _hours(8, 20), whole=False),
    "CT": _week(_hours(9, 20)),  # Conn. Gen. Stat. 42-288a
    "FL": _week(_hours(8, 20)),  # Fla. Stat. 501.616(6)(a)
    "KY": _week(_hours(10, 20)),
    "LA": _week(_hours(8, 20), _hours(8, 20), whole=False),
    "MA": _week(_hours(8, 20)),
    "MD": _week(_hours(8, 20)),
    "MI": _week(_hours(9, 20)),
    "MN": _week(_hours(9, 20)),
    "MS": _week(_hours(8, 20), _hours(8, 20), whole=False),
    "NJ": _week(_hours(8, 20)),
    "NM": _week(_hours(9, 20)),
    "NV": _week(_hours(9, 20)),
    "OK": _week(_hours(8, 20)),  # Okla. Stat. tit. 15, 775C.4
    "PA": _week(_hours(8, 20), _hours(8, 12)),
    "RI": _week(_hours(9, 18), _hours(10, 17), whole=False),
    "TX": _week(_hours(9, 21), _hours(9, 21), _hours(12, 21)),
}
_AREA_CODES = {
    "AL": "205 251 256 334 659 938",
    "CT": "203 475 860 959",
    "FL": "239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 954",
    "KY": "270 364 502 606 859",
    "LA": "225 318 337 457 504 985",
    "MA": "339 351 413 508 617 774 781 857 978",
    "MD": "227 240 301 410 443 667",
    "MI": "231 248 269 313 517 586 616 679 734 810 906 947 989",
    "MN": "218 320 507 612 651 763 924 952",
    "MS": "228 471 601 662 769",
    "NJ": "201 551 609 640 732 848 856 862 908 973",
    "NM": "505 575",
    "NV": "702 725 775",
    "OK": "405 539 572 580 918",
    "PA": "215 223 267 272 412 445 484 570 582 610 717 724 814 835 878",
    "RI": "401",
    "TX": (
        "210 214 254 281 325 346 361 409 430 432 469 512 621 682 713 726 737 806 817 830 832 903 915 936 940 945 956 "
        "972 979"
    ),
}
_STATE_OF = {code: state for state, codes in _AREA_CODES.items() for code in codes.split()}


# Which of the stricter states show the time of a zone, wholly or in part.
_STATES_BY_ZONE = {
    "America/New_York": "CT FL KY MA MD MI NJ PA RI",
    "America/Chicago": "AL FL KY LA MI MN MS OK TX",
    "America/Denver": "NM NV TX",
    "America/Los_Angeles": "NV",
}


def _narrowest(weeks: Collection[Week]) -> Week:
    """Return what all of them allow."""
    days: list[Hours | None] = []
    for day in range(7):
        hours = [week[day] for week in weeks]
        windows = [window for window in hours if window is not None]
        if len(windows) < len(hours):
            days.append(None)
            continue
        opens, closes = max(window.opens for window in windows), min(window.closes for window in windows)
        days.append(Hours(opens, closes) if opens < closes else None)
    return tuple(days)


# For a number that could be in any state.
STRICTEST = _narrowest([USUAL, *BY_STATE.values()])


def marketing_week(area_code: str | None, zones: "Zones", number_zones: Collection[str]) -> Week:
    """Return the hours of advertising for a number, in whatever state its phone may be.

    `area_code` is its first three digits after +1, None for another country's; it names the state where the phone is at
    home. Where the shop's zone, or the one that the customer stated, is none of the area code's, the phone may be in any
    state with that zone. A number that could be anywhere gets what every state allows.
    """
    if not zones.is_certain:
        return STRICTEST
    home = BY_STATE.get(_STATE_OF.get(area_code or "", ""), USUAL)
    elsewhere = [BY_STATE[state] for zone in zones.names if zone not in number_zones for state in _states_in(zone)]
    return _narrowest([home, *elsewhere])


@lru_cache(maxsize=256)
def _states_in(zone: str) -> tuple[str, ...]:
    """List the stricter states whose clocks show what those of a zone do, in winter and in summer."""
    same = next((states for name, states in _STATES_BY_ZONE.items() if _offsets(name) == _offsets(zone)), "")
    return tuple(same.split())


def _offsets(zone: str) -> tuple[timedelta | None, ...]:
    return tuple(datetime(AS_OF.year, month, 1, 12, tzinfo=_zone(zone)).utcoffset() for month in (1, 7))


# --- zones -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Zones:
    """IANA names of every zone where a phone may be; `is_certain` is False when only the shop's is known."""

    names: tuple[str, ...]
    is_certain: bool


def candidate_zones(location_zone: str, stated_zone: str | None, number_zones: Sequence[str]) -> Zones:
    """Join the shop's zone, the one that the customer stated, and those of the number's area code.

    A number that may be in more than four zones says nothing about where the phone is.
    """
    is_certain = 0 < len(number_zones) <= MOST_ZONES
    names = [location_zone, *([stated_zone] if stated_zone else []), *(number_zones if is_certain else ())]
    return Zones(tuple(dict.fromkeys(names)), is_certain)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


# --- windows -----------------------------------------------------------------------------------


def closed_zone(instant: datetime, zones: Collection[str], week: Week) -> str | None:
    """Return the first of `zones` in which `instant` is outside the hours, None where it is open in all."""
    for name in zones:
        local = instant.astimezone(_zone(name))
        hours = week[local.weekday()]
        if hours is None or not hours.opens <= local.time() < hours.closes:
            return name
    return None


def closes_at(instant: datetime, zones: Collection[str], week: Week) -> datetime:
    """Return when the first of `zones` closes, for an instant at which all are open."""
    ends = []
    for name in zones:
        local = instant.astimezone(_zone(name))
        hours = week[local.weekday()]
        assert hours is not None, "closed: ask closed_zone first"
        ends.append(datetime.combine(local.date(), hours.closes, _zone(name)).astimezone(UTC))
    return min(ends)


def next_opening(instant: datetime, zones: Collection[str], week: Week) -> datetime | None:
    """Return the first instant, `instant` or later, at which all of `zones` are open; None where that never is."""
    moment = instant
    last = instant + timedelta(days=SEARCH_DAYS)
    while moment <= last:
        closed = [name for name in zones if closed_zone(moment, (name,), week)]
        if not closed:
            return moment
        # Nothing before the latest of these can do: that zone is closed until then.
        openings = [_opens_after(moment, name, week) for name in closed]
        moment = max(opening for opening in openings if opening is not None) if all(openings) else last + timedelta(1)
    return None


def _opens_after(moment: datetime, name: str, week: Week) -> datetime | None:
    """Return when a zone that is closed at `moment` opens next."""
    zone = _zone(name)
    day = moment.astimezone(zone).date()
    for ahead in range(SEARCH_DAYS + 1):
        date_there = day + timedelta(days=ahead)
        hours = week[date_there.weekday()]
        if hours is not None:
            # By the wall clock of that day: the night before may have been an hour shorter or longer.
            opening = datetime.combine(date_there, hours.opens, zone).astimezone(UTC)
            if opening > moment:
                return opening
    return None
