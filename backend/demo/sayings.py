"""What customers and the shop text each other, and when that can be said.

A text may name only times that are still to come, a promise only as it was when the text was sent, and nothing that the
job's work, money or state speaks against.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from backend.demo.jobs import Line
from backend.demo.threads import dollars
from backend.demo.visits import Visit

NEWS_NOTICE = timedelta(minutes=30)
FIVE_PM = 17


@dataclass(frozen=True, slots=True)
class Moment:
    """A visit as it stood at one instant."""

    visit: Visit
    at: datetime

    def local(self, instant: datetime) -> datetime:
        """Return that instant on the location's clock."""
        return instant.astimezone(self.visit.place.hours.zone)

    @property
    def today(self) -> date:
        """The local day."""
        return self.local(self.at).date()

    @property
    def closing(self) -> datetime:
        """When the shop closes on that day."""
        return self.visit.place.hours.at(self.today, self.visit.place.hours.closes)

    @property
    def promised(self) -> datetime | None:
        """The promise in force."""
        return self.visit.promise_known(self.at)

    @property
    def is_paid(self) -> bool:
        """Whether the customer has paid anything by then."""
        return any(entry.at <= self.at for entry in self.visit.ledger)

    def stays(self, minutes: int) -> bool:
        """Whether the car is still at the shop so many minutes later, and the shop open."""
        later, left_at = self.at + timedelta(minutes=minutes), self.visit.check_out_at
        return later < self.closing and (left_at is None or later < left_at)

    def starts_in(self, least: int, most: int | None = None) -> bool:
        """Whether the visit starts in so many minutes."""
        wait = self.visit.starts_at - self.at
        return timedelta(minutes=least) <= wait and (most is None or wait <= timedelta(minutes=most))

    def line(self, name: str) -> Line | None:
        """Return the work line of that name."""
        return next((line for line in self.visit.lines if line.name == name), None)

    def clock(self, instant: datetime) -> str:
        """Return a time as a text says it: with its weekday where that is another day."""
        local = self.local(instant)
        return f"{local:%-I:%M %p}" if local.date() == self.today else f"{local:%a %-I:%M %p}"

    def fill(self, words: str) -> str:
        """Fill in names and times."""
        visit = self.visit
        return words.format(
            name=visit.customer.greeting if visit.customer else "there",
            car=visit.vehicle.label if visit.vehicle else "car",
            tech=visit.tech.name.split()[0] if visit.tech else "one of us",
            promised=self.clock(self.promised or visit.ends_at),
            later=self.clock(visit.starts_at + timedelta(hours=1)),
            total=dollars(visit.total_cents),
            closes=self.clock(self.closing),
        )


@dataclass(frozen=True, slots=True)
class Saying:
    """A text that can be sent where it `fits`; `answers` are what customers write back."""

    words: str
    fits: Callable[[Moment], bool] = lambda _: True
    answers: tuple[str, ...] = ()


def say(random: Random, sayings: tuple[Saying, ...], moment: Moment) -> Saying | None:
    """Return one that fits, None where none does."""
    fitting = [saying for saying in sayings if saying.fits(moment)]
    return random.choice(fitting) if fitting else None


def _can_have_news(moment: Moment) -> bool:
    promised = moment.promised
    return promised is not None and promised >= moment.at + NEWS_NOTICE


def _asks_for_after_five(moment: Moment) -> bool:
    promised = moment.promised
    if promised is None or moment.visit.is_waiting:
        return False
    local, five = moment.local(promised), moment.local(moment.at).replace(hour=FIVE_PM, minute=0, second=0)
    return local.date() == moment.today and max(local, moment.local(moment.at)) < five < moment.local(moment.closing)


def _is_noisy(moment: Moment) -> bool:
    return any(word in (moment.visit.title or "") for word in ("noise", "Squeals", "Grinding", "Clunk"))


def _is_tomorrow(moment: Moment) -> bool:
    start = moment.local(moment.visit.starts_at).date()
    return start - moment.today == timedelta(days=1) and not moment.visit.is_waiting


def _has_room_later(moment: Moment) -> bool:
    hours = moment.visit.place.hours
    # An hour later, with an hour for the work.
    return hours.minute_of_day(moment.visit.starts_at) + 120 <= hours.closes


def _is_done_with_cabin_filter(moment: Moment) -> bool:
    line = moment.line("Cabin air filter")
    return line is not None and not line.is_declined and moment.visit.title != "Musty smell from the vents"


def _is_cabin_filter_declined(moment: Moment) -> bool:
    line = moment.line("Cabin air filter")
    return line is not None and line.is_declined


def _is_about_brakes(moment: Moment) -> bool:
    return any(line.category == "Brakes" for line in moment.visit.lines)


BOOKED_REPLIES = ("C", "C", "Confirmed, thanks", "c", "Yes, see you then", "👍")
CHECKED_IN = (
    Saying(
        "Hi {name}, we have your {car}. We'll text you when {tech} has looked at it.",
        lambda moment: moment.visit.tech is not None,
    ),
    Saying("Hi {name}, your {car} is checked in. Expect news from us by {promised}.", _can_have_news),
)
CHECKED_IN_REPLIES = (
    Saying("Thanks! Could you also look at the wipers?", lambda moment: moment.line("Wiper blades") is None),
    Saying("Ok. How long will it take roughly?"),
    Saying("Thank you. Is it ok if I pick up after 5?", _asks_for_after_five),
    Saying("There is a child seat in the back, please leave it in"),
    Saying("Great. The noise is worst when turning left btw", _is_noisy),
)
_CABIN_FILTER = "{tech} found the cabin filter is due as well, $35 plus 0.2 h labor. Shall we do it while it's here?"
# What the shop found.
FINDINGS = (
    Saying(_CABIN_FILTER, _is_done_with_cabin_filter, ("Yes please go ahead", "Go for it", "ok do it")),
    Saying(_CABIN_FILTER, _is_cabin_filter_declined, ("Not today, thanks", "Next time, thank you")),
    Saying(
        "Rear pads are at 3 mm. No rush, but we'd plan them for the next visit.",
        lambda moment: not _is_about_brakes(moment),
        ("Thanks for letting me know", "Ok, next time then", "How many miles will they last?"),
    ),
    Saying("Washer fluid was empty; we filled it up, no charge.", answers=("You're the best", "Thank you!!", "👍")),
)
READY = (
    Saying(
        "Good news: your {car} is ready. Total {total}. We're open until {closes}.",
        lambda moment: moment.at + NEWS_NOTICE < moment.closing,
    ),
    Saying("Hi {name}, your {car} is done and parked out front. Total is {total}, see you soon!"),
)
READY_REPLIES = (
    Saying("Wonderful, be there in 30 min", lambda moment: moment.stays(20) and not moment.visit.is_waiting),
    Saying(
        "Can my wife pick it up? Her name is on the account",
        lambda moment: (
            moment.stays(15)
            and not moment.visit.is_waiting
            and moment.visit.customer is not None
            and not moment.visit.customer.is_company
        ),
    ),
    Saying("Do you take American Express?", lambda moment: moment.stays(3) and not moment.is_paid),
    Saying(
        "Running late, can you leave the key in the box?",
        lambda moment: moment.visit.check_out_at is None and not moment.visit.is_waiting,
    ),
    Saying("Thanks! On my way", lambda moment: moment.stays(3) and not moment.visit.is_waiting),
    Saying("Thank you! Coming to the counter", lambda moment: moment.stays(1) and moment.visit.is_waiting),
)
THANKS = (
    Saying("Thanks for coming in, {name}. Drive safely!"),
    Saying(
        "Thank you, {name}! Your invoice is in your email.",
        lambda moment: moment.visit.customer is not None and moment.visit.customer.email is not None,
    ),
)
THANKS_REPLIES = ("Thank you!", "Drives like new, thanks", "Thanks, great service as always")
# What is asked before the car has come.
QUESTIONS = (
    Saying("Sorry, stuck in traffic. Be there in 20", lambda moment: moment.starts_in(-30, 10)),
    Saying(
        "Hi, can I come at {later} instead?",
        lambda moment: moment.starts_in(30) and _has_room_later(moment),
    ),
    Saying("Is it ok if I drop the key tonight already?", _is_tomorrow),
    Saying("Is there a coffee place nearby where I can sit for a while?", lambda moment: moment.starts_in(0)),
    Saying("Do you need the registration too, or just the key?", lambda moment: moment.starts_in(0)),
    Saying("Sorry, I could not make it. When can I come instead?", lambda moment: not moment.starts_in(-30)),
)
