"""Today: the day's jobs by technician, brought to where the clock says that they stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.appointments.rules import Status
from backend.core.events import EventType
from backend.demo import stories
from backend.demo.desk import LONGEST_MINUTES, MOVED, SOON, Desk
from backend.demo.randomness import stream
from backend.demo.visits import Change, Visit

# The day's last jobs begin this long before closing: after the time at which the board stops following the clock, so
# that something is still to come.
LAST_START_MINUTES = 60
QUICK_MINUTES = 45
JOBS_PER_TECHNICIAN = {"brooklyn": 5, "mesa": 3}
LEAST_ACTIVE, LEAST_FINISHED = 2, 2
# Cars late by about so much, where they were promised for at most so long after the planned end; none in the first hour and a half.
MINUTES_LATE = (40, 16)
LONGEST_OVERRUN = 135
FIRST_LATE_MINUTES = 90
# A customer who is stuck in traffic calls after so long, and comes or not within so long.
CALL_MINUTES = 10
LONGEST_STUCK = 40
NOT_HERE = "Not here yet"
# Who is not there after so long is not on time any more.
HERE_MINUTES = 12

OVERBOOK_REASONS = (
    "Customer flies out that night; ten minutes for a battery test between two steps.",
    "Slow leak, regular customer; squeezed in while the other car is on the rack.",
)
# What a customer says when booking.
BOOKING_NOTES = (
    "Wheel lock key is in the glove box.",
    "Aftermarket alarm: lock with the remote only.",
    "Left front window does not close all the way, handle with care.",
    "Garage remote is clipped to the visor, leave it there.",
    "Check for the open recall on the airbag.",
    "Please wash before pick-up.",
)


@dataclass(slots=True)
class Slot:
    """One of today's visits with its planned [start, end) in local minutes after midnight."""

    visit: Visit
    start: int
    end: int


class Today:
    """Draws one location's today."""

    def __init__(self, desk: Desk) -> None:
        """Prepare to write at `desk`."""
        self.desk = desk

    def draw(self) -> None:
        """Plan the day and bring it to now."""
        slots = self._plan_today()
        self._follow_clock(slots)
        self._add_unassigned()
        self._add_overbooked(slots)
        self._add_fallen_through()
        self._bring_in()

    def _plan_today(self) -> list[Slot]:
        """Fill the technicians' day with jobs, lunch at different times, and return them by start."""
        slots: list[Slot] = []
        hours = self.desk.place.hours
        for technician in range(len(self.desk.place.technicians)):
            start = hours.opens + (30, 15, 45, 30)[technician]
            lunch = (11, 12, 12, 13)[technician] * 60 + 30
            had_lunch = False
            last_start = hours.closes - LAST_START_MINUTES - 15 * (technician % 2)
            for _ in range(JOBS_PER_TECHNICIAN[self.desk.place.key]):
                if start >= lunch and not had_lunch:
                    start, had_lunch = start + 45, True
                room = last_start - start
                if room < 60:  # noqa: PLR2004  minutes, the longest of the common jobs
                    break
                slots.append(self._slot(start, technician, min(LONGEST_MINUTES, room)))
                # In Mesa it is quieter: more time between two jobs.
                start = slots[-1].end + self.desk.random.choice(
                    (0, 0, 15) if self.desk.place.key == "brooklyn" else (0, 30, 45)
                )
            slots.append(self._slot(last_start, technician, QUICK_MINUTES))
        return sorted(slots, key=lambda slot: (slot.start, str(slot.visit.key)))

    def _slot(self, start: int, technician: int, longest: int) -> Slot:
        visit = self.desk.visit("today", 0, start, self.desk.draw_vehicle(), booked_days=(2, 9))
        minutes = self.desk.plan_work(visit, longest)
        self.desk.assign(visit, technician)
        self.desk.promise(visit, 15 * self.desk.random.randint(1, 4))
        if minutes <= QUICK_MINUTES and self.desk.random.random() < 0.4:  # noqa: PLR2004  a share of the quick jobs
            visit.is_waiting = True
        if self.desk.random.random() < 0.3:  # noqa: PLR2004
            visit.notes = self.desk.random.choice(BOOKING_NOTES)
        return Slot(visit, start, start + minutes)

    def _follow_clock(self, slots: list[Slot]) -> None:
        """Bring each of today's jobs to where it stands by now."""
        finished = [slot for slot in slots if slot.end <= self.desk.clock - 20]
        active = [slot for slot in slots if slot.start <= self.desk.clock - 15 and slot not in finished]
        finished.sort(key=lambda slot: slot.end)
        # Around lunch and early in the day some jobs take longer than planned.
        while len(active) < LEAST_ACTIVE and len(finished) > LEAST_FINISHED:
            active.insert(0, finished.pop())
        is_late = self._overrun(active, finished)
        waiting_for_pick_up = max(1, min(4, len(finished) // 3))
        for index, slot in enumerate(reversed(finished)):
            self._work(slot, Status.READY if index < waiting_for_pick_up else Status.COMPLETED)
        # One customer is late: everybody else's car is being worked on.
        latest = active[-1] if len(active) > LEAST_ACTIVE + 1 else None
        if latest and latest.visit not in is_late and self.desk.minute - latest.start <= LONGEST_STUCK:
            active.remove(latest)
            self._call_from_traffic(latest)
        for slot in active:
            self._work(slot, Status.IN_PROGRESS)
        self._decorate([slot.visit for slot in finished], [slot.visit for slot in active], slots, is_late)

    def _overrun(self, active: list[Slot], finished: list[Slot]) -> list[Visit]:
        """Let two jobs take longer than promised, and return them; when the shop is closed everybody has another promise."""
        late: list[Visit] = []
        if not self.desk.is_open or self.desk.minute < self.desk.place.hours.opens + FIRST_LATE_MINUTES:
            return late
        for minutes in MINUTES_LATE:
            promised_at = self.desk.quarter_hour(self.desk.instant(self.desk.minute - minutes))
            candidates = [
                slot
                for slot in active + (finished if len(finished) > LEAST_FINISHED else [])
                if slot.visit not in late
                and slot.visit.ends_at <= promised_at
                # What is in work anyway takes as long as it takes.
                and (slot in active or promised_at - slot.visit.ends_at <= timedelta(minutes=LONGEST_OVERRUN))
            ]
            if not candidates:
                continue
            slot = max(candidates, key=lambda candidate: candidate.end)
            if slot in finished:
                finished.remove(slot)
                active.insert(0, slot)
            slot.visit.promised_at = promised_at
            late.append(slot.visit)
        return late

    def _call_from_traffic(self, slot: Slot) -> None:
        at = self.desk.instant(slot.start + CALL_MINUTES)
        called = at.astimezone(self.desk.place.hours.zone)
        slot.visit.write_note(at, slot.visit.booked_by, f"{NOT_HERE}, called at {called:%-I:%M %p}: stuck in traffic.")

    def _work(self, slot: Slot, status: Status) -> None:
        """Let a job come in and go as far as `status`."""
        # A stream of its own: how far the day has come must not change which cars it has.
        visit, random, clock = slot.visit, stream("work", *slot.visit.key), self.desk.clock
        assert visit.tech is not None
        arrived = min(slot.start + random.uniform(-10, 12), clock - 4)
        starter = visit.tech if random.random() < 0.6 else visit.booked_by  # noqa: PLR2004
        visit.step(Status.IN_PROGRESS, self.desk.instant(arrived), starter, MOVED)
        self.desk.hang_tag(visit, self.desk.instant(arrived + 0.7), visit.booked_by)
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
        visit.step(Status.READY, self.desk.instant(ready), visit.tech, MOVED)
        if status is Status.COMPLETED:
            left = max(ready + 1, min(ready + random.uniform(6, 60), clock - 1))
            visit.step(Status.COMPLETED, self.desk.instant(left), visit.booked_by, MOVED)
            stories.settle_bill(random, visit)
        if random.random() < 0.75:  # noqa: PLR2004
            stories.inspect(random, visit)

    def _decorate(self, finished: list[Visit], active: list[Visit], slots: list[Slot], is_late: list[Visit]) -> None:
        """Add what makes a day: other promises, a refund, a reopened job, a misdrop, a new technician."""
        ready = [visit for visit in finished if visit.status is Status.READY]
        for index, slot in enumerate(slots):
            visit = slot.visit
            if visit.status is not Status.COMPLETED and visit not in is_late:
                self.desk.promise_again(visit, index)
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
        if active:
            self._undo_misdrop(active[-1])
        coming = [slot.visit for slot in slots if slot.visit.status is Status.SCHEDULED]
        self._reassign(coming[-1])
        # A new customer has called; which car it is nobody asked.
        newcomer = self.desk.newcomer()
        coming[-2].vehicle, coming[-2].customer = None, newcomer
        self.desk.set_work(coming[-2], "Check engine diagnosis")
        coming[-2].notes = "New customer, asked for a quote; car not known yet."
        coming[-2].promised_at = None

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
        first = next(person for person in self.desk.place.technicians if person is not visit.tech)
        visit.note_change(
            visit.booked_at + timedelta(minutes=22),
            visit.booked_by,
            techId=(first.id, visit.tech.id),
            techName=(first.name, visit.tech.name),
        )

    def _add_unassigned(self) -> None:
        """Add jobs that nobody has taken yet; cars that are here already wait in the lot, one of them without an owner."""
        hours = self.desk.place.hours
        starts = (hours.opens + 210, hours.closes - 90) if self.desk.place.key == "brooklyn" else (hours.opens + 390,)
        for start in starts:
            visit = self.desk.visit("unassigned", 0, start, self.desk.draw_vehicle(), booked_days=(2, 5))
            self.desk.plan_work(visit, min(LONGEST_MINUTES, hours.closes - 15 - start))
            self.desk.promise(visit, 30)
            if start <= self.desk.clock - 20:
                self._check_in(visit, self.desk.instant(start - 5))
            self.desk.promise_again(visit, start)
        towed = self.desk.visit("towed", 0, hours.opens + 120, self.desk.population.ownerless[0], booked_days=(2, 2))
        self.desk.set_work(towed, "No-start diagnosis")
        towed.title = "Towed in, keys in the drop box, no name on the envelope"
        towed.notes = "Driver of the tow truck says the owner will call."
        towed.promised_at = None
        dropped_at = hours.at(self.desk.place.work_day(-1), hours.closes - 25)
        towed.booked_at = towed.status_since = dropped_at - timedelta(minutes=3)
        self._check_in(towed, dropped_at)

    def _check_in(self, visit: Visit, at: datetime) -> None:
        """Let a car have come that nobody works on yet."""
        visit.check_in_at = at
        visit.note_change(at, visit.booked_by, checkInAt=(None, at))
        self.desk.hang_tag(visit, at + timedelta(seconds=40), visit.booked_by)

    def _bring_in(self) -> None:
        """Let the cars be here whose time has come though nobody works on them; after closing they stay until the next day."""
        hours, place = self.desk.place.hours, self.desk.place
        today = [visit for visit in self.desk.visits if visit.key[2] in {"today", "unassigned", "overbooked"}]
        for index, visit in enumerate(today):
            start = hours.minute_of_day(visit.starts_at)
            if visit.status is not Status.SCHEDULED or start > self.desk.minute - HERE_MINUTES:
                continue
            is_stuck = visit.notes is not None and visit.notes.startswith(NOT_HERE)
            if visit.vehicle is None:
                if start <= self.desk.minute - LONGEST_STUCK:
                    visit.write_note(
                        self.desk.instant(start + LONGEST_STUCK), visit.booked_by, "Did not come and can't be reached."
                    )
            elif visit.check_in_at is None and not is_stuck:
                self._check_in(visit, self.desk.instant(start - 3 + index % 5))
        if not self.desk.is_over:
            return
        for index, visit in enumerate(today):
            if visit.status is not Status.SCHEDULED or visit.check_in_at is None:
                continue
            again = hours.at(place.work_day(1), hours.opens + 90 + 15 * (index % 8))
            assert visit.promised_at is not None
            at = visit.promised_at - SOON + timedelta(seconds=7 * index)
            visit.write_note(at, visit.booked_by, f"No time left for it, agreed on {place.work_day(1):%a}.")
            visit.promise_again(at + timedelta(seconds=5), visit.booked_by, again)
        for visit in today:
            # Nobody waits in the shop overnight.
            visit.is_waiting = visit.is_waiting and visit.status is Status.COMPLETED

    def _add_overbooked(self, slots: list[Slot]) -> None:
        """Squeeze quick jobs in beside planned ones, one of them late in the day."""
        places = (-6, len(slots) // 2) if self.desk.place.key == "brooklyn" else (-5,)
        for number, index in enumerate(places):
            beside = slots[index]
            visit = self.desk.visit(
                "overbooked", 0, beside.start + 15, self.desk.draw_vehicle(has_engine=True), booked_days=(2, 4)
            )
            self.desk.set_work(visit, ("Battery test", "Flat repair")[number])
            visit.ends_at = visit.starts_at + timedelta(minutes=30)
            self.desk.promise(visit, 15)
            visit.tech = beside.visit.tech
            visit.is_waiting = True
            visit.overbook_reason = OVERBOOK_REASONS[number]
            # Quick, and the customer waits: it goes as planned.
            slot = Slot(visit, beside.start + 15, beside.start + 45)
            if slot.end <= self.desk.clock - 20 or self.desk.is_over:
                self._work(slot, Status.COMPLETED)
            elif slot.start <= self.desk.clock - 15:
                self._work(slot, Status.IN_PROGRESS)
            if visit.status is not Status.COMPLETED:
                self.desk.promise_again(visit, number)
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
        hours = self.desk.place.hours
        is_large = self.desk.place.key == "brooklyn"
        for number, start in enumerate((hours.opens + 150, hours.opens + 450) if is_large else (hours.opens + 270,)):
            visit = self._fallen_through("canceled", start, number)
            visit.step(
                Status.CANCELED,
                hours.at(self.desk.place.work_day(-1), hours.closes - 50 - number),
                visit.booked_by,
                MOVED,
            )
            visit.changes[-1].reason = ("Found a shop closer to work", "Sick, will call again")[number]
        for number, start in enumerate((hours.opens + 60,)):
            visit = self._fallen_through("no-show", start, number)
            # Nobody's time: as long as they may still come, it stands beside planned jobs.
            visit.tech = None
            if start + 45 <= self.desk.clock:
                visit.step(Status.NO_SHOW, self.desk.instant(start + 45), visit.booked_by, MOVED)

    def _fallen_through(self, name: str, start: int, number: int) -> Visit:
        visit = self.desk.visit(name, 0, start, self.desk.draw_vehicle(), booked_days=(2, 9))
        self.desk.plan_work(visit)
        visit.tech = self.desk.place.technicians[number]
        self.desk.promise(visit, 30)
        return visit
