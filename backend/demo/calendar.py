"""The demo shop's working time: local opening hours, the days without any, and walking back through both."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_PER_HOUR = 60
SATURDAY, SUNDAY = 5, 6
# How full a Saturday is, against the other working days.
SATURDAY_SHARE = 0.65
_DAYS_PER_WEEK = 7
# month and day
_FIXED_HOLIDAYS = {(1, 1), (7, 4), (12, 25)}


def is_holiday(day: date) -> bool:
    """Whether repair shops in the United States are closed on that day: Sundays and six holidays."""
    if day.weekday() == SUNDAY or (day.month, day.day) in _FIXED_HOLIDAYS:
        return True
    in_month = (day.day - 1) // _DAYS_PER_WEEK + 1
    is_last = (day + timedelta(days=_DAYS_PER_WEEK)).month != day.month
    return (
        # Thanksgiving, the fourth Thursday of November
        ((day.month, day.weekday(), in_month) == (11, 3, 4))
        # Memorial Day, the last Monday of May
        or ((day.month, day.weekday()) == (5, 0) and is_last)
        # Labor Day, the first Monday of September
        or ((day.month, day.weekday(), in_month) == (9, 0, 1))
    )


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of a location, the same on every working day.

    `opens` and `closes` are minutes after local midnight, [opens, closes). `today` is worked whatever day it is, so that
    a visitor on a Sunday finds the demo shop at work.
    """

    zone: ZoneInfo
    opens: int
    closes: int
    today: date

    def is_work_day(self, day: date) -> bool:
        """Whether the shop opens on that day."""
        return day == self.today or not is_holiday(day)

    def work_day(self, offset: int) -> date:
        """Return the working day that many working days from today, 0 for today itself."""
        step = timedelta(days=1 if offset > 0 else -1)
        day = self.today
        for _ in range(abs(offset)):
            day += step
            while not self.is_work_day(day):
                day += step
        return day

    def at(self, day: date, minute: float) -> datetime:
        """Return the instant (UTC) at which the local clock shows `minute` minutes after midnight."""
        whole, seconds = divmod(round(minute * 60), 60)
        hour, minutes = divmod(whole, MINUTES_PER_HOUR)
        return datetime.combine(day, time(hour, minutes, seconds), tzinfo=self.zone).astimezone(UTC)

    def minute_of_day(self, instant: datetime) -> float:
        """Return what the local clock shows, in minutes after midnight."""
        local = instant.astimezone(self.zone)
        return local.hour * MINUTES_PER_HOUR + local.minute + local.second / 60

    def last_open(self, instant: datetime) -> datetime:
        """Return the latest instant up to `instant` at which the shop was open."""
        day = instant.astimezone(self.zone).date()
        if self.is_work_day(day) and self.minute_of_day(instant) >= self.opens:
            return min(instant, self.at(day, self.closes))
        return self.at(self._work_day_before(day), self.closes)

    def back(self, instant: datetime, minutes: float) -> datetime:
        """Return the instant that lies `minutes` of opening hours before `instant`, which is in opening hours."""
        left = timedelta(seconds=round(minutes * 60))
        day = instant.astimezone(self.zone).date()
        while left > instant - self.at(day, self.opens):
            left -= instant - self.at(day, self.opens)
            day = self._work_day_before(day)
            instant = self.at(day, self.closes)
        return instant - left

    def _work_day_before(self, day: date) -> date:
        day -= timedelta(days=1)
        while not self.is_work_day(day):
            day -= timedelta(days=1)
        return day


def clock_time(hour: int, minute: int = 0) -> int:
    """Return a time of the day as minutes after midnight."""
    return hour * MINUTES_PER_HOUR + minute
