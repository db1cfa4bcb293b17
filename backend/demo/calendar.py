"""The demo shop's working time: local opening hours, and walking back through them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of a location, the same on every day so that the demo shop is never closed for a visitor.

    `opens` and `closes` are minutes after local midnight, [opens, closes).
    """

    zone: ZoneInfo
    opens: int
    closes: int

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
        minute = self.minute_of_day(instant)
        if minute < self.opens:
            return self.at(day - timedelta(days=1), self.closes)
        return min(instant, self.at(day, self.closes))

    def back(self, instant: datetime, minutes: float) -> datetime:
        """Return the instant that lies `minutes` of opening hours before `instant`, which is in opening hours."""
        left = timedelta(seconds=round(minutes * 60))
        day = instant.astimezone(self.zone).date()
        while left > instant - self.at(day, self.opens):
            left -= instant - self.at(day, self.opens)
            day -= timedelta(days=1)
            instant = self.at(day, self.closes)
        return instant - left


def clock_time(hour: int, minute: int = 0) -> int:
    """Return a time of the day as minutes after midnight."""
    return hour * MINUTES_PER_HOUR + minute
