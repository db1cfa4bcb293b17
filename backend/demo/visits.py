"""A visit of a car: what the calendar, the work, the money, the texts and the log say about it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from backend.appointments.rules import Status
from backend.consent.rules import ConsentMethod, ReviewKind
from backend.core.events import EventType
from backend.demo import jobs
from backend.demo.checks import Check
from backend.demo.jobs import Line
from backend.demo.randomness import stream
from backend.demo.shop import Bay, Colleague, Customer, Place, Vehicle
from backend.demo.threads import Text
from backend.messages.rules import Direction
from backend.notices.rules import reads_as_confirmation
from backend.payments.models import PaymentKind, PaymentMethod

DISCOUNTED_SHARE = 0.06


@dataclass(slots=True)
class LedgerEntry:
    """A payment; one that reverses another names its place in the visit's list."""

    kind: PaymentKind
    method: PaymentMethod
    amount_cents: int
    at: datetime
    by: Colleague
    note: str | None = None
    reverses: int | None = None
    is_deposit: bool = False


@dataclass(slots=True)
class Change:
    """An audit row of the visit after its creation; `bumps` is False for one that tells more about the row before it."""

    event: EventType
    at: datetime
    by: Colleague
    changes: dict[str, tuple[object, object]]
    reason: str | None = None
    bumps: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What a reply meant for texting: it `revokes` the consent in that way, or a person must read it."""

    text: Text
    revokes: ConsentMethod | None
    review: ReviewKind | None


@dataclass(slots=True)
class Visit:
    """One appointment with everything that hangs on it; `key` names its random stream and id."""

    key: tuple[object, ...]
    place: Place
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime
    booked_by: Colleague
    status: Status = Status.SCHEDULED
    status_since: datetime | None = None
    customer: Customer | None = None
    vehicle: Vehicle | None = None
    tech: Colleague | None = None
    bay: Bay | None = None
    promised_at: datetime | None = None
    check_in_at: datetime | None = None
    check_out_at: datetime | None = None
    key_tag: str | None = None
    title: str | None = None
    notes: str | None = None
    is_waiting: bool = False
    overbook_reason: str | None = None
    lines: list[Line] = field(default_factory=list)
    ledger: list[LedgerEntry] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    is_logged: bool = True

    @property
    def total_cents(self) -> int:
        """What the work costs."""
        return jobs.total_of(self.lines)

    @property
    def version(self) -> int:
        """The version after all changes."""
        return 1 + sum(change.bumps for change in self.changes)

    @property
    def updated_at(self) -> datetime:
        """When it was booked or last changed."""
        return max([self.booked_at, *(change.at for change in self.changes)])

    @property
    def confirmed_at(self) -> datetime | None:
        """When the customer's reply said that they will come."""
        told = False
        for text in sorted(self.texts, key=lambda text: text.at):
            told = told or (text.trigger is not None and text.has_left)
            if told and text.direction is Direction.IN and reads_as_confirmation(text.body):
                return text.at if text.at < self.starts_at else None
        return None

    def step(
        self, status: Status, at: datetime, by: Colleague, event: EventType = EventType.APPOINTMENT_STATUS_CHANGED
    ) -> None:
        """Bring the visit to `status` at `at`, with the times and the log row that go with it."""
        changes: dict[str, tuple[object, object]] = {"status": (self.status, status)}
        if status is Status.IN_PROGRESS and self.check_in_at is None:
            self.check_in_at = at
            changes["checkInAt"] = (None, at)
        if status is Status.COMPLETED:
            self.check_out_at = at
            changes["checkOutAt"] = (None, at)
        self.status, self.status_since = status, at
        self.changes.append(Change(event, at, by, changes))

    def note_change(self, at: datetime, by: Colleague, **changes: tuple[object, object]) -> None:
        """Log an edit; `changes` maps a wire name to (before, after), and what stays as it was is no change."""
        real = {name: values for name, values in changes.items() if values[0] != values[1]}
        if real:
            self.changes.append(Change(EventType.APPOINTMENT_CHANGED, at, by, real))

    def promise_again(self, at: datetime, by: Colleague, promised_at: datetime) -> None:
        """Agree with the customer on another time, and log that."""
        self.note_change(at, by, promisedAt=(self.promised_at, promised_at))
        self.promised_at = promised_at

    def write_note(self, at: datetime, by: Colleague, words: str) -> None:
        """Replace the note, and log that."""
        self.note_change(at, by, notes=(self.notes, words))
        self.notes = words

    def promise_known(self, at: datetime) -> datetime | None:
        """Return the promise in force at that instant."""
        promised_at: object = self.promised_at
        for change in sorted(self.changes, key=lambda change: change.at, reverse=True):
            if change.at > at and "promisedAt" in change.changes:
                promised_at = change.changes["promisedAt"][0]
        assert promised_at is None or isinstance(promised_at, datetime)
        return promised_at

    @property
    def ready_at(self) -> datetime | None:
        """When the work was first done."""
        times = (change.at for change in self.changes if change.changes.get("status", ("", ""))[1] == Status.READY)
        return min(times, default=None)

    def pay(
        self,
        amount_cents: int,
        at: datetime,
        by: Colleague,
        method: PaymentMethod = PaymentMethod.CARD,
        note: str | None = None,
        *,
        is_deposit: bool = False,
    ) -> None:
        """Enter a payment; none where there is nothing to pay."""
        if amount_cents > 0:
            entry = LedgerEntry(PaymentKind.PAYMENT, method, amount_cents, at, by, note, is_deposit=is_deposit)
            self.ledger.append(entry)

    def reverse(self, kind: PaymentKind, at: datetime, by: Colleague, note: str) -> None:
        """Enter what takes the latest payment back."""
        latest = self.ledger[-1]
        self.ledger.append(
            LedgerEntry(kind, latest.method, -latest.amount_cents, at, by, note, reverses=len(self.ledger) - 1)
        )


class Book:
    """Who and what is taken when: no technician and no bay twice at one time."""

    def __init__(self) -> None:
        """Start empty."""
        # By day (UTC), so that a look at one time does not read eighteen months.
        self._taken: dict[tuple[UUID, date], list[tuple[datetime, datetime]]] = {}

    def is_free(self, resource: UUID, start: datetime, end: datetime) -> bool:
        """Whether nothing of [start, end) is taken; it is shorter than a day."""
        return all(
            end <= taken_from or taken_to <= start
            for day in {start.date(), end.date()}
            for taken_from, taken_to in self._taken.get((resource, day), ())
        )

    def take(self, resource: UUID, start: datetime, end: datetime) -> None:
        """Take [start, end), shorter than a day."""
        for day in {start.date(), end.date()}:
            self._taken.setdefault((resource, day), []).append((start, end))

    def free_bay(self, place: Place, start: datetime, end: datetime, preferred: int) -> Bay | None:
        """Return the first free bay, beginning the search with the preferred one."""
        count = len(place.bays)
        for index in range(count):
            bay = place.bays[(preferred + index) % count]
            if self.is_free(bay.id, start, end):
                return bay
        return None


def plan_work(random: Random, visit: Visit) -> None:
    """Fill in the work lines and what the customer said."""
    visit_jobs = jobs.draw_jobs(
        random, visit.place.key, electric=visit.vehicle is not None and visit.vehicle.is_electric
    )
    visit.lines = jobs.lines_of(visit_jobs, visit.place.key)
    if stream("discount", *visit.key).random() < DISCOUNTED_SHARE:
        jobs.discount(stream("discount of", *visit.key), visit.lines)
    visit.title = visit_jobs[0].concern


def minutes_of(lines: list[Line]) -> int:
    """Return how long the lines' work stands in the calendar, in quarter hours."""
    names = {line.name for line in lines}
    minutes = sum(job.minutes for job in jobs.JOBS if job.name in names)
    return -(-minutes // 15) * 15


def shortly_after(random: Random, at: datetime, least: int, most: int) -> datetime:
    """Return an instant between `least` and `most` minutes after `at`, to the second."""
    return at + timedelta(seconds=random.randint(least * 60, most * 60))
