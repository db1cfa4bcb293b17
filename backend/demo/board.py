"""The days around today: cars left over from earlier, today's full board, and what is booked next.

Where each of today's jobs stands follows from the clock, so that the board looks right at ten
in the morning and at four. Outside of that span the board shows the nearest hour of it, and
what would have happened later than now is told as having happened at the end of the last
working day: all six columns have cards at any time of the day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.appointments.rules import OPEN, Status
from backend.core.events import EventType
from backend.demo import jobs, stories
from backend.demo.randomness import stream
from backend.demo.shop import Colleague, Customer, Place, Population, Vehicle
from backend.demo.visits import Book, Change, Visit, minutes_of, plan_work

# Minutes after opening and before closing between which the board follows the clock.
FIRST_MINUTES, LAST_MINUTES = 180, 75
# The day's last jobs begin this long before closing: after the span above, so that something is still to come.
LAST_START_MINUTES = 60
QUICK_MINUTES, LONGEST_MINUTES = 45, 150
JOBS_PER_TECHNICIAN = {"brooklyn": 5, "mesa": 3}
LEAST_ACTIVE, LEAST_FINISHED = 2, 2
# A car picked for the board has been known for so long.
KNOWN_DAYS = 14
MOVED = EventType.APPOINTMENT_MOVED

UNREAD_THREADS = {"brooklyn": 6, "mesa": 4}

# offset from today -> how many are booked
COMING_DAYS = {"brooklyn": {1: 5, 2: 3, 3: 2, 6: 2}, "mesa": {1: 4, 2: 2, 4: 2}}


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A car still here from an earlier day, [start, end) in minutes after opening."""

    offset: int
    start: int
    end: int
    technician: int
    status: Status
    jobs: tuple[str, ...]
    notes: str
    # when it shall be ready: day offset from today and minutes after opening
    promised: tuple[int, int]


LEFT_OVER = {
    "brooklyn": (
        LeftOver(
            -2,
            390,
            540,
            1,
            Status.IN_PROGRESS,
            ("Wheel bearing, front left", "Wheel alignment"),
            "Hub assembly on back order, supplier says tomorrow noon.",
            (1, 330),
        ),
        LeftOver(
            -1,
            360,
            540,
            0,
            Status.IN_PROGRESS,
            ("Front brake pads", "Front rotors"),
            "Wrong rotors delivered, right ones on the 10 o'clock truck.",
            (-1, 600),
        ),
        LeftOver(
            -1,
            450,
            555,
            2,
            Status.READY,
            ("Four new tires", "Wheel alignment"),
            "Customer was held up, picks up today.",
            (-1, 570),
        ),
    ),
    "mesa": (
        LeftOver(
            -1,
            390,
            555,
            0,
            Status.IN_PROGRESS,
            ("Alternator replacement",),
            "Alternator out; belt tensioner seized as well, waiting for the customer's word.",
            (-1, 585),
        ),
        LeftOver(-1, 480, 570, 3, Status.READY, ("Four new tires",), "Needs a ride here, shuttle at 11.", (-1, 600)),
    ),
}

OVERBOOK_REASONS = (
    "Customer flies out tonight; ten minutes for a battery test between two steps.",
    "Flat on the way to work, regular customer; squeezed in while the other car is on the rack.",
)
JOB_NOTES = (
    "Test drive with the customer done, noise confirmed.",
    "Wheel lock key is in the glove box.",
    "Aftermarket alarm: lock with the remote only.",
    "Left front window does not close all the way, handle with care.",
    "Customer brought own wiper blades.",
    "Check for the open recall on the airbag.",
    "Part arrives with the 2 pm delivery.",
    "Please wash before pick-up.",
)


@dataclass(slots=True)
class Slot:
    """One of today's visits with its planned [start, end) in local minutes after midnight."""

    visit: Visit
    start: int
    end: int


class Board:
    """Draws one location's present."""

    def __init__(self, place: Place, population: Population, book: Book, busy: set[str]) -> None:
        """Prepare; cars taken are added to `busy` by their VIN."""
        self.place = place
        self.random = stream("board", place.key)
        self.visits: list[Visit] = []
        self._population = population
        self._book = book
        self._busy = busy
        self._tags = [str(number) for number in range(1, 61)]
        self.random.shuffle(self._tags)
        hours = place.hours
        minute = hours.minute_of_day(place.now)
        self._clock = max(hours.opens + FIRST_MINUTES, min(minute, hours.closes - LAST_MINUTES))

    def draw(self) -> list[Visit]:
        """Return the visits from the left-over ones to those of the coming days."""
        self._leave_over()
        slots = self._plan_today()
        self._follow_clock(slots)
        self._add_unassigned()
        self._add_overbooked(slots)
        self._add_fallen_through()
        self._book_coming_days()
        self._write_threads()
        return self.visits

    # --- building blocks ----------------------------------------------------------------------

    def _instant(self, minute: float) -> datetime:
        """Return when that happened which the board's clock puts at `minute` of today."""
        hours, now = self.place.hours, self.place.now
        if now >= hours.at(self.place.today, self._clock):
            return hours.at(self.place.today, minute)
        return hours.back(hours.last_open(now), self._clock - minute)

    def _draw_vehicle(self, *, has_engine: bool = False) -> Vehicle:
        while True:
            vehicle = self._population.draw_car(self.random, -KNOWN_DAYS)
            if vehicle.vin not in self._busy and not (has_engine and vehicle.is_electric):
                self._busy.add(vehicle.vin)
                return vehicle

    def _visit(
        self, name: str, offset: int, start: int, vehicle: Vehicle | None, *, booked_days: tuple[int, int]
    ) -> Visit:
        """Return a visit at that local time, an hour long until it has work; booked so many days ago."""
        place, random = self.place, self.random
        booked_at = place.hours.at(
            place.day(-random.randint(*booked_days)), random.randint(place.hours.opens + 5, place.hours.closes - 30)
        )
        starts_at = place.hours.at(place.day(offset), start)
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

    def _plan_work(self, visit: Visit, longest: int = LONGEST_MINUTES) -> int:
        """Draw work of at most `longest` minutes and return its minutes."""
        while True:
            plan_work(self.random, visit)
            minutes = minutes_of(visit.lines)
            if minutes <= longest:
                visit.ends_at = visit.starts_at + timedelta(minutes=minutes)
                return minutes

    def _set_work(self, visit: Visit, *names: str) -> None:
        """Give the visit these jobs and the first one's reason to come."""
        chosen = [next(job for job in jobs.JOBS if job.name == name) for name in names]
        visit.lines = jobs.lines_of(chosen, self.place.key)
        visit.title = chosen[0].concern

    def _assign(self, visit: Visit, technician: int) -> None:
        """Give the visit to a technician and a free bay."""
        visit.tech = self.place.technicians[technician]
        visit.bay = self._book.free_bay(self.place, visit.starts_at, visit.ends_at, technician)
        for resource in (visit.tech, visit.bay):
            if resource is not None:
                self._book.take(resource.id, visit.starts_at, visit.ends_at)

    def _hang_tag(self, visit: Visit, at: datetime, by: Colleague) -> None:
        visit.key_tag = self._tags.pop()
        visit.note_change(at, by, keyTag=(None, visit.key_tag))

    # --- earlier days -------------------------------------------------------------------------

    def _leave_over(self) -> None:
        hours = self.place.hours
        for entry in LEFT_OVER[self.place.key]:
            vehicle = self._draw_vehicle(has_engine=True)
            visit = self._visit("left-over", entry.offset, hours.opens + entry.start, vehicle, booked_days=(3, 8))
            self._set_work(visit, *entry.jobs)
            visit.ends_at = visit.starts_at + timedelta(minutes=entry.end - entry.start)
            self._assign(visit, entry.technician)
            assert visit.tech is not None
            day = self.place.day(entry.offset)
            arrived = hours.at(day, hours.opens + entry.start - 6 + self.random.random() * 5)
            visit.step(Status.IN_PROGRESS, arrived, visit.booked_by, MOVED)
            self._hang_tag(visit, arrived + timedelta(seconds=50), visit.booked_by)
            stories.pay_deposit(visit, visit.booked_by)
            noted_at = hours.at(day, hours.opens + entry.end - 20)
            visit.notes = entry.notes
            visit.note_change(noted_at, visit.tech, notes=(None, visit.notes))
            first_promise = visit.ends_at + timedelta(minutes=15)
            visit.promised_at = hours.at(self.place.day(entry.promised[0]), hours.opens + entry.promised[1])
            visit.note_change(
                noted_at + timedelta(minutes=2), visit.booked_by, promisedAt=(first_promise, visit.promised_at)
            )
            if entry.status is Status.READY:
                visit.step(Status.READY, hours.at(day, hours.opens + entry.end + 12), visit.tech, MOVED)
            stories.inspect(self.random, visit)

    # --- today --------------------------------------------------------------------------------

    def _plan_today(self) -> list[Slot]:
        """Fill the technicians' day with jobs, lunch at different times, and return them by start."""
        slots: list[Slot] = []
        hours = self.place.hours
        for technician in range(len(self.place.technicians)):
            start = hours.opens + (30, 15, 45, 30)[technician]
            lunch = (11, 12, 12, 13)[technician] * 60 + 30
            had_lunch = False
            last_start = hours.closes - LAST_START_MINUTES - 15 * (technician % 2)
            for _ in range(JOBS_PER_TECHNICIAN[self.place.key]):
                if start >= lunch and not had_lunch:
                    start, had_lunch = start + 45, True
                room = last_start - start
                if room < 60:  # noqa: PLR2004  minutes, the longest of the common jobs
                    break
                slots.append(self._slot(start, technician, min(LONGEST_MINUTES, room)))
                # In Mesa it is quieter: more time between two jobs.
                start = slots[-1].end + self.random.choice((0, 0, 15) if self.place.key == "brooklyn" else (0, 30, 45))
            slots.append(self._slot(last_start, technician, QUICK_MINUTES))
        return sorted(slots, key=lambda slot: (slot.start, str(slot.visit.key)))

    def _slot(self, start: int, technician: int, longest: int) -> Slot:
        visit = self._visit("today", 0, start, self._draw_vehicle(), booked_days=(2, 9))
        minutes = self._plan_work(visit, longest)
        self._assign(visit, technician)
        visit.promised_at = visit.ends_at + timedelta(minutes=15 * self.random.randint(1, 4))
        if minutes <= QUICK_MINUTES and self.random.random() < 0.4:  # noqa: PLR2004  a share of the quick jobs
            visit.is_waiting = True
        if self.random.random() < 0.3:  # noqa: PLR2004
            visit.notes = self.random.choice(JOB_NOTES)
        return Slot(visit, start, start + minutes)

    def _follow_clock(self, slots: list[Slot]) -> None:
        """Bring each of today's jobs to where it stands by now."""
        finished = [slot for slot in slots if slot.end <= self._clock - 20]
        active = [slot for slot in slots if slot.start <= self._clock - 15 and slot not in finished]
        finished.sort(key=lambda slot: slot.end)
        # Around lunch and early in the day some jobs take longer than planned.
        while len(active) < LEAST_ACTIVE and len(finished) > LEAST_FINISHED:
            active.insert(0, finished.pop())
        waiting_for_pick_up = max(1, min(4, len(finished) // 3))
        for slot in finished[:-waiting_for_pick_up]:
            self._work(slot, Status.COMPLETED)
        for slot in finished[-waiting_for_pick_up:]:
            self._work(slot, Status.READY)
        # One customer is late: everybody else's car is being worked on.
        late = active.pop() if len(active) > LEAST_ACTIVE + 1 else None
        for slot in active:
            self._work(slot, Status.IN_PROGRESS)
        if late is not None:
            late.visit.notes = "Not here yet, called at 10 past: stuck in traffic."
        self._decorate([slot.visit for slot in finished], [slot.visit for slot in active], slots)

    def _work(self, slot: Slot, status: Status) -> None:
        """Let a job come in and go as far as `status`."""
        # A stream of its own: how far the day has come must not change which cars it has.
        visit, random, clock = slot.visit, stream("work", *slot.visit.key), self._clock
        assert visit.tech is not None
        arrived = min(slot.start + random.uniform(-10, 12), clock - 4)
        starter = visit.tech if random.random() < 0.6 else visit.booked_by  # noqa: PLR2004
        visit.step(Status.IN_PROGRESS, self._instant(arrived), starter, MOVED)
        self._hang_tag(visit, self._instant(arrived + 0.7), visit.booked_by)
        if random.random() < 0.25:  # noqa: PLR2004
            stories.decline_something(random, visit)
        if status is Status.IN_PROGRESS:
            share = random.choice((0.4, 0.7, 1.0))
            if random.random() < 0.7:  # noqa: PLR2004
                stories.inspect(random, visit, share_done=share)
            if visit.total_cents >= stories.LARGE_JOB_CENTS:
                stories.pay_deposit(visit, visit.booked_by)
            return
        ready = max(arrived + 12, min(slot.end + random.uniform(-15, 10), clock - 3))
        visit.step(Status.READY, self._instant(ready), visit.tech, MOVED)
        if status is Status.COMPLETED:
            left = max(ready + 1, min(ready + random.uniform(6, 60), clock - 1))
            visit.step(Status.COMPLETED, self._instant(left), visit.booked_by, MOVED)
            stories.settle_bill(random, visit)
        if random.random() < 0.75:  # noqa: PLR2004
            stories.inspect(random, visit)

    def _decorate(self, finished: list[Visit], active: list[Visit], slots: list[Slot]) -> None:
        """Add what makes a day: promises missed, a refund, a reopened job, a misdrop, a new technician."""
        # What was promised for a time that is over, late on purpose or else for tomorrow.
        is_late = active[:2]
        for visit in is_late:
            visit.promised_at = self._quarter_hour(
                self._instant(self._clock - 40 if visit is is_late[0] else self._clock - 16)
            )
        ready = [visit for visit in finished if visit.status is Status.READY]
        for index, slot in enumerate(slots):
            visit = slot.visit
            if visit.status is not Status.COMPLETED and visit not in is_late and visit not in ready[:1]:
                self._promise_again(visit, index)
        completed = [visit for visit in finished if visit.status is Status.COMPLETED]
        private = [visit for visit in completed if visit.customer is not None and not visit.customer.is_company]
        if private and private[-1].check_out_at is not None:
            private[-1].ledger.clear()
            stories.refund_double_charge(private[-1], private[-1].check_out_at)
        if ready:
            self._reopen(ready[-1])
        if len(ready) > 1:
            paid_at = ready[0].status_since
            assert paid_at is not None
            ready[0].pay(
                ready[0].total_cents, paid_at + timedelta(seconds=40), ready[0].booked_by, note="Over the phone"
            )
        self._undo_misdrop(active[-1])
        coming = [slot.visit for slot in slots if slot.visit.status is Status.SCHEDULED]
        self._reassign(coming[-1])
        # A new customer has called; which car it is nobody asked.
        newcomer = self._newcomer()
        coming[-2].vehicle, coming[-2].customer = None, newcomer
        self._set_work(coming[-2], "Check engine diagnosis")
        coming[-2].notes = "New customer, asked for a quote; car not known yet."

    def _promise_again(self, visit: Visit, index: int) -> None:
        """Where the promised time is over, let the advisor have agreed on another: later today or else tomorrow."""
        place, now = self.place, self.place.now
        if visit.promised_at is None or visit.promised_at > now + timedelta(minutes=15):
            return
        later = self._quarter_hour(now + timedelta(minutes=45 + 15 * (index % 5)))
        if (
            not place.hours.at(place.today, place.hours.opens)
            < now
            < later
            < place.hours.at(place.today, place.hours.closes)
        ):
            later = place.hours.at(place.day(1), place.hours.opens + 60 + 15 * (index % 8))
        agreed_at = (visit.check_in_at or visit.booked_at) + timedelta(minutes=2)
        visit.note_change(agreed_at, visit.booked_by, promisedAt=(visit.promised_at, later))
        visit.promised_at = later

    def _newcomer(self) -> Customer:
        with_car = {car.owner.id for car in self._population.cars if car.owner}
        return next(
            customer
            for customer in reversed(self._population.customers)
            if customer.id not in with_car and customer.phone and customer.email
        )

    def _quarter_hour(self, at: datetime) -> datetime:
        return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)

    def _reopen(self, visit: Visit) -> None:
        """Complete a ready job and take that back, with the reason that this needs."""
        at = visit.status_since
        assert at is not None and visit.tech is not None  # noqa: PT018  one thought
        visit.pay(visit.total_cents, at + timedelta(seconds=20), visit.booked_by)
        visit.step(Status.COMPLETED, at + timedelta(seconds=45), visit.booked_by, MOVED)
        left_at, visit.check_out_at = visit.check_out_at, None
        visit.status, visit.status_since = Status.READY, at + timedelta(seconds=100)
        visit.changes.append(
            Change(
                MOVED,
                visit.status_since,
                visit.booked_by,
                {"status": (Status.COMPLETED, Status.READY), "checkOutAt": (left_at, None)},
                "Customer came back from the lot: washer fluid was not filled up.",
            )
        )

    def _undo_misdrop(self, visit: Visit) -> None:
        """Let somebody have dragged the wrong card before the car was here."""
        at = visit.check_in_at
        assert at is not None and visit.tech is not None  # noqa: PT018  one thought
        dropped_at, undone_at = at - timedelta(seconds=95), at - timedelta(seconds=70)
        for moment, before, after, check_in in (
            (dropped_at, Status.SCHEDULED, Status.IN_PROGRESS, (None, dropped_at)),
            (undone_at, Status.IN_PROGRESS, Status.SCHEDULED, (dropped_at, None)),
        ):
            visit.changes.append(Change(MOVED, moment, visit.tech, {"status": (before, after), "checkInAt": check_in}))

    def _reassign(self, visit: Visit) -> None:
        """Let the job have been planned for a colleague first."""
        assert visit.tech is not None
        first = next(person for person in self.place.technicians if person is not visit.tech)
        visit.note_change(
            visit.booked_at + timedelta(minutes=22),
            visit.booked_by,
            techId=(first.id, visit.tech.id),
            techName=(first.name, visit.tech.name),
        )

    def _add_unassigned(self) -> None:
        """Add jobs that nobody has taken yet; cars that are here already wait in the lot, one of them without an owner."""
        hours = self.place.hours
        starts = (hours.opens + 210, hours.closes - 90) if self.place.key == "brooklyn" else (hours.opens + 390,)
        for start in starts:
            visit = self._visit("unassigned", 0, start, self._draw_vehicle(), booked_days=(2, 5))
            self._plan_work(visit)
            visit.promised_at = visit.ends_at + timedelta(minutes=30)
            self._promise_again(visit, start)
            if start <= self._clock - 20:
                visit.check_in_at = self._instant(start - 5)
                visit.note_change(visit.check_in_at, visit.booked_by, checkInAt=(None, visit.check_in_at))
                self._hang_tag(visit, visit.check_in_at + timedelta(seconds=30), visit.booked_by)
        towed = self._visit("towed", 0, hours.opens + 120, self._population.ownerless[0], booked_days=(2, 2))
        self._set_work(towed, "No-start diagnosis")
        towed.title = "Towed in, keys in the drop box, no name on the envelope"
        towed.notes = "Driver of the tow truck says the owner will call."
        towed.promised_at = None
        towed.check_in_at = self._instant(hours.opens + 10)
        towed.booked_at = towed.status_since = towed.check_in_at - timedelta(minutes=3)
        towed.note_change(towed.check_in_at, towed.booked_by, checkInAt=(None, towed.check_in_at))
        self._hang_tag(towed, towed.check_in_at + timedelta(seconds=40), towed.booked_by)

    def _add_overbooked(self, slots: list[Slot]) -> None:
        """Squeeze quick jobs in beside planned ones, one of them late in the day."""
        places = (-6, len(slots) // 2) if self.place.key == "brooklyn" else (-5,)
        for number, index in enumerate(places):
            beside = slots[index]
            visit = self._visit(
                "overbooked", 0, beside.start + 15, self._draw_vehicle(has_engine=True), booked_days=(2, 4)
            )
            self._set_work(visit, ("Battery test", "Flat repair")[number])
            visit.ends_at = visit.starts_at + timedelta(minutes=30)
            visit.promised_at = visit.ends_at + timedelta(minutes=15)
            self._promise_again(visit, number)
            visit.tech = beside.visit.tech
            visit.is_waiting = True
            visit.overbook_reason = OVERBOOK_REASONS[number]
            visit.changes.append(
                Change(
                    EventType.APPOINTMENT_OVERBOOKED,
                    # The log is read in the order of its ids, and those have milliseconds.
                    visit.booked_at + timedelta(milliseconds=1),
                    visit.booked_by,
                    {"collidesWith": (None, beside.visit)},
                    visit.overbook_reason,
                    bumps=False,
                )
            )

    def _add_fallen_through(self) -> None:
        """Add today's canceled jobs and those whose customers did not come."""
        hours = self.place.hours
        is_large = self.place.key == "brooklyn"
        for number, start in enumerate((hours.opens + 150, hours.opens + 450) if is_large else (hours.opens + 270,)):
            visit = self._fallen_through("canceled", start, number)
            visit.step(
                Status.CANCELED, hours.at(self.place.day(-1), hours.closes - 50 - number), visit.booked_by, MOVED
            )
            visit.changes[-1].reason = ("Found a shop closer to work", "Sick, will call again")[number]
        for number, start in enumerate((hours.opens + 60,)):
            visit = self._fallen_through("no-show", start, number)
            visit.step(Status.NO_SHOW, self._instant(start + 45), visit.booked_by, MOVED)

    def _fallen_through(self, name: str, start: int, number: int) -> Visit:
        visit = self._visit(name, 0, start, self._draw_vehicle(), booked_days=(2, 9))
        self._plan_work(visit)
        visit.tech = self.place.technicians[number]
        visit.promised_at = visit.ends_at + timedelta(minutes=30)
        return visit

    # --- coming days --------------------------------------------------------------------------

    def _book_coming_days(self) -> None:
        for offset, count in COMING_DAYS[self.place.key].items():
            for number in range(count):
                technician = number % len(self.place.technicians)
                start = self.place.hours.opens + 45 + 15 * technician + 210 * (number // len(self.place.technicians))
                visit = self._visit("coming", offset, start, self._draw_vehicle(), booked_days=(1, 8))
                self._plan_work(visit)
                self._assign(visit, technician)
                visit.promised_at = visit.ends_at + timedelta(minutes=30)
                if visit.total_cents >= stories.LARGE_JOB_CENTS:
                    stories.pay_deposit(visit, visit.booked_by)

    # --- threads ------------------------------------------------------------------------------

    def _write_threads(self) -> None:
        """Write everybody's texts; some end with a question that nobody has read."""
        latest = self.place.hours.last_open(self.place.now) - timedelta(minutes=1)
        can_ask = [
            visit for visit in self.visits if visit.customer and visit.customer.phone and self._is_current(visit)
        ]
        # Every other one, so that some of each column are among them.
        asking = can_ask[:: len(can_ask) // UNREAD_THREADS[self.place.key]][: UNREAD_THREADS[self.place.key]]
        for visit in self.visits:
            random = stream("thread", *visit.key)
            if visit in asking or random.random() < 0.75:  # noqa: PLR2004  a share of the customers
                stories.write_thread(random, visit, latest, has_unread=visit in asking)
            stories.send_invoice(visit)
        stories.mark_failed(
            next(visit for visit in self.visits if visit.texts and self._is_booked(visit) and visit not in asking)
        )

    def _is_current(self, visit: Visit) -> bool:
        is_near = visit.starts_at < self.place.hours.at(self.place.day(2), 0)
        return visit.status in OPEN and is_near

    def _is_booked(self, visit: Visit) -> bool:
        return visit.status is Status.SCHEDULED and visit.starts_at > self.place.now
