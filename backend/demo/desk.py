"""The desk at which a location's present is written down: draws cars and work, books people and bays, knows the time."""

from datetime import datetime, timedelta

from backend.appointments.rules import Status
from backend.core.events import EventType
from backend.demo import jobs
from backend.demo.randomness import stream
from backend.demo.shop import Colleague, Customer, Place, Population, Vehicle
from backend.demo.visits import Book, Visit, minutes_of, plan_work

# The board follows the clock until so many minutes before closing; later it shows that moment.
LAST_MINUTES = 75
LONGEST_MINUTES = 150
# A car picked for the board has been known for so long.
KNOWN_DAYS = 30
# A promise for less than this from now would soon be over.
SOON = timedelta(minutes=15)
MOVED = EventType.APPOINTMENT_MOVED


class Desk:
    """What the visits of one location's present are made with, and those made so far.

    `clock` is what the shop has come to today, in local minutes after midnight; `minute` is what the local clock shows.
    """

    def __init__(self, place: Place, population: Population, book: Book, busy: set[str]) -> None:
        """Prepare; cars taken are added to `busy` by their VIN."""
        self.place = place
        self.population = population
        self.random = stream("board", place.key)
        self.visits: list[Visit] = []
        self._book = book
        self._busy = busy
        self._tags = [str(number) for number in range(1, 61)]
        self.random.shuffle(self._tags)
        self.minute = place.hours.minute_of_day(place.now)
        self.clock = min(self.minute, place.hours.closes - LAST_MINUTES)
        self.is_open = place.hours.opens <= self.minute < place.hours.closes
        self.is_over = self.minute >= place.hours.closes

    def instant(self, minute: float) -> datetime:
        """Return the instant at which the local clock shows `minute` minutes after midnight of today."""
        return self.place.hours.at(self.place.today, minute)

    def draw_vehicle(self, *, has_engine: bool = False) -> Vehicle:
        """Return a car that is nowhere else around today; `has_engine` for work that electric ones don't need."""
        while True:
            vehicle = self.population.draw_car(self.random, -KNOWN_DAYS)
            if vehicle.vin not in self._busy and not (has_engine and vehicle.is_electric):
                self._busy.add(vehicle.vin)
                return vehicle

    def visit(
        self, name: str, offset: int, start: int, vehicle: Vehicle | None, *, booked_days: tuple[int, int]
    ) -> Visit:
        """Return a visit at that local time, an hour long until it has work; offset and booking in working days."""
        place, random = self.place, self.random
        booked_at = place.hours.at(
            place.work_day(-random.randint(*booked_days)),
            random.randint(place.hours.opens + 5, place.hours.closes - 30),
        )
        starts_at = place.hours.at(place.work_day(offset), start)
        visit = Visit(
            ("board", place.key, name, offset, len(self.visits)),
            place,
            starts_at,
            starts_at + timedelta(hours=1),
            booked_at + timedelta(seconds=random.randint(0, 59)),
            random.choice(place.advisors),
            customer=vehicle.owner if vehicle else None,
            vehicle=vehicle,
        )
        visit.status_since = visit.booked_at
        self.visits.append(visit)
        return visit

    def plan_work(self, visit: Visit, longest: int = LONGEST_MINUTES) -> int:
        """Draw work of at most `longest` minutes and return its minutes."""
        while True:
            plan_work(self.random, visit)
            minutes = minutes_of(visit.lines)
            if minutes <= longest:
                visit.ends_at = visit.starts_at + timedelta(minutes=minutes)
                return minutes

    def promise(self, visit: Visit, minutes: int) -> None:
        """Promise the car for so long after its planned end, but not for after closing."""
        hours = self.place.hours
        closing = hours.at(visit.starts_at.astimezone(hours.zone).date(), hours.closes)
        visit.promised_at = min(visit.ends_at + timedelta(minutes=minutes), closing)

    def set_work(self, visit: Visit, *names: str) -> None:
        """Give the visit these jobs and the first one's reason to come."""
        chosen = [next(job for job in jobs.JOBS if job.name == name) for name in names]
        visit.lines = jobs.lines_of(chosen, self.place.key)
        visit.title = chosen[0].concern

    def assign(self, visit: Visit, technician: int) -> None:
        """Give the visit to a technician and a free bay."""
        visit.tech = self.place.technicians[technician]
        visit.bay = self._book.free_bay(self.place, visit.starts_at, visit.ends_at, technician)
        for resource in (visit.tech, visit.bay):
            if resource is not None:
                self._book.take(resource.id, visit.starts_at, visit.ends_at)

    def hang_tag(self, visit: Visit, at: datetime, by: Colleague) -> None:
        """Hang a key tag that no other car has."""
        visit.key_tag = self._tags.pop()
        visit.note_change(at, by, keyTag=(None, visit.key_tag))

    def promise_again(self, visit: Visit, index: int) -> None:
        """Where the promised time is over and the car is not ready, let the advisor have agreed on another.

        That is later today or else on the next working day. A car that is not here was booked for that from the start.
        """
        place, now = self.place, self.place.now
        if visit.promised_at is None or visit.promised_at > now + SOON or visit.ready_at is not None:
            return
        if self.is_over and visit.status is Status.SCHEDULED:
            # What the day had no time for is settled at closing.
            return
        later = self.quarter_hour(now + timedelta(minutes=45 + 15 * (index % 5)))
        if not (self.is_open and later < self.instant(place.hours.closes)):
            later = place.hours.at(place.work_day(1), place.hours.opens + 60 + 15 * (index % 8))
        if visit.check_in_at is None:
            visit.promised_at = later
            return
        # The customer hears of it before the time is over.
        agreed_at = min(visit.promised_at - SOON, now - timedelta(minutes=1))
        visit.promise_again(max(agreed_at, visit.check_in_at + timedelta(minutes=2)), visit.booked_by, later)

    def newcomer(self) -> Customer:
        """Return a customer without a car on file."""
        with_car = {car.owner.id for car in self.population.cars if car.owner}
        return next(
            customer
            for customer in reversed(self.population.customers)
            if customer.id not in with_car and customer.phone and customer.email
        )

    def quarter_hour(self, at: datetime) -> datetime:
        """Return the beginning of a quarter of an hour."""
        return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
