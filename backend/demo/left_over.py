"""Cars that are still here from earlier days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.appointments.rules import Status
from backend.demo import stories
from backend.demo.desk import MOVED, Desk


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
    # when it shall be ready, the first of these that is not over yet: day offset from today, minutes after opening
    promised: tuple[tuple[int, int], ...]
    # late by half an hour or so while the shop works, from an hour and a half after opening
    is_late: bool = False


# A promise for less than this from now would soon be over.
SOON = timedelta(minutes=15)

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
            ((1, 330),),
        ),
        LeftOver(
            -1,
            360,
            540,
            0,
            Status.IN_PROGRESS,
            ("Front brake pads", "Front rotors"),
            "Wrong rotors delivered, right ones on the 10 o'clock truck.",
            ((0, 330), (0, 570), (1, 240)),
        ),
        LeftOver(
            -1,
            450,
            555,
            2,
            Status.READY,
            ("Four new tires", "Wheel alignment"),
            "Customer was held up, picks up today.",
            ((0, 600), (1, 180)),
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
            ((0, 360), (0, 570), (1, 240)),
            is_late=True,
        ),
        LeftOver(
            -1,
            480,
            570,
            3,
            Status.READY,
            ("Four new tires",),
            "Needs a ride here, shuttle at 11.",
            ((0, 285), (0, 585), (1, 285)),
        ),
    ),
}


def leave_over(desk: Desk) -> None:
    """Bring in the cars of earlier days, as far as they have come."""
    hours = desk.place.hours
    for entry in LEFT_OVER[desk.place.key]:
        vehicle = desk.draw_vehicle(has_engine=True)
        visit = desk.visit("left-over", entry.offset, hours.opens + entry.start, vehicle, booked_days=(3, 8))
        desk.set_work(visit, *entry.jobs)
        visit.ends_at = visit.starts_at + timedelta(minutes=entry.end - entry.start)
        desk.assign(visit, entry.technician)
        assert visit.tech is not None
        day = desk.place.day(entry.offset)
        arrived = hours.at(day, hours.opens + entry.start - 6 + desk.random.random() * 5)
        visit.step(Status.IN_PROGRESS, arrived, visit.booked_by, MOVED)
        desk.hang_tag(visit, arrived + timedelta(seconds=50), visit.booked_by)
        stories.pay_deposit(visit, visit.booked_by)
        noted_at = hours.at(day, hours.opens + entry.end - 20)
        visit.notes = entry.notes
        visit.note_change(noted_at, visit.tech, notes=(None, visit.notes))
        first_promise = visit.ends_at + timedelta(minutes=15)
        visit.promised_at = _promise(desk, entry)
        visit.note_change(
            noted_at + timedelta(minutes=2), visit.booked_by, promisedAt=(first_promise, visit.promised_at)
        )
        if entry.status is Status.READY:
            visit.step(Status.READY, hours.at(day, hours.opens + entry.end + 12), visit.tech, MOVED)
        stories.inspect(desk.random, visit)


def _promise(desk: Desk, entry: LeftOver) -> datetime:
    """Return until when the car shall be ready."""
    hours = desk.place.hours
    if entry.is_late and desk.is_open and desk.clock >= hours.opens + 90:
        return desk.quarter_hour(desk.instant(desk.clock - 30))
    promises = (hours.at(desk.place.day(offset), hours.opens + minute) for offset, minute in entry.promised)
    return next(at for at in promises if at > desk.place.now + SOON)
