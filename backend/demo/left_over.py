"""Cars that are still here from earlier days, and what keeps them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.appointments.rules import Status
from backend.demo import stories
from backend.demo.desk import MOVED, Desk

# A day, in working days from today, and minutes after opening.
Moment = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """What became known about a car: a note, and the promise that the advisor then agreed on.

    `{day}` in the note is the weekday of `about`, for words that are still true when that day has come; it is the
    promise's day where there is one.
    """

    at: Moment
    note: str
    promised: Moment | None = None
    about: Moment | None = None


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A car still here from an earlier day; its work was planned for [start, end) in minutes after opening.

    It tells its turns up to now. `is_late`: those of today are not told while the shop works.
    """

    offset: int
    start: int
    end: int
    technician: int
    status: Status
    jobs: tuple[str, ...]
    turns: tuple[Turn, ...]
    is_late: bool = False


# Until this long after the planned end the car shall be ready.
MARGIN = timedelta(minutes=30)
READY_MINUTES_AFTER_END = 12
# A late car's next turn is told when its promise has been over for so long.
LONGEST_LATE = timedelta(minutes=75)

LEFT_OVER = {
    "brooklyn": (
        LeftOver(
            -2,
            390,
            540,
            1,
            Status.IN_PROGRESS,
            ("Wheel bearing, front left", "Wheel alignment"),
            (Turn((-2, 520), "Hub assembly on back order, supplier says {day} on the first truck.", (1, 330)),),
        ),
        LeftOver(
            -1,
            360,
            540,
            0,
            Status.IN_PROGRESS,
            ("Front brake pads", "Front rotors"),
            (
                Turn((-1, 520), "Wrong rotors delivered, right ones come {day} on the 10 AM truck.", (0, 330)),
                Turn((0, 305), "Rotors came late; pads and rotors go on {day} before closing.", (0, 570)),
                Turn((0, 545), "Caliper bolt seized, new one comes {day} on the first truck.", (1, 240)),
            ),
        ),
        LeftOver(
            -1,
            450,
            555,
            2,
            Status.READY,
            ("Four new tires", "Wheel alignment"),
            (
                Turn((-1, 612), "Customer was held up, picks up {day}.", about=(0, 0)),
                Turn((0, 615), "Customer was held up again, picks up {day}.", about=(1, 0)),
            ),
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
            (
                Turn((-1, 535), "Belt tensioner seized as well; customer says yes, it comes {day} morning.", (0, 360)),
                Turn((0, 335), "Wrong tensioner delivered, right one comes {day} at 2 PM.", (0, 570)),
                Turn((0, 545), "Tensioner did not come, supplier promises it for {day} morning.", (1, 240)),
            ),
            is_late=True,
        ),
        LeftOver(
            -1,
            480,
            570,
            3,
            Status.READY,
            ("Four new tires",),
            (
                Turn((-1, 605), "Needs a ride here, takes our shuttle {day} afternoon.", about=(0, 0)),
                Turn((0, 610), "Missed the shuttle, gets a ride from a neighbor {day}.", about=(1, 0)),
            ),
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
        visit.promised_at = visit.ends_at + MARGIN
        desk.assign(visit, entry.technician)
        assert visit.tech is not None
        day = desk.place.work_day(entry.offset)
        arrived = hours.at(day, hours.opens + entry.start - 6 + desk.random.random() * 5)
        visit.step(Status.IN_PROGRESS, arrived, visit.booked_by, MOVED)
        desk.hang_tag(visit, arrived + timedelta(seconds=50), visit.booked_by)
        stories.pay_deposit(visit, visit.booked_by)
        if entry.status is Status.READY:
            visit.step(Status.READY, visit.ends_at + timedelta(minutes=READY_MINUTES_AFTER_END), visit.tech, MOVED)
        for turn in entry.turns:
            if not _is_told(desk, entry, turn, visit.promised_at):
                break
            at, about = _instant(desk, turn.at), turn.promised or turn.about
            assert about is not None
            # The technician finds what is wrong; who comes when the advisor hears.
            author = visit.tech if turn.promised else visit.booked_by
            visit.write_note(at, author, turn.note.format(day=f"{desk.place.work_day(about[0]):%a}"))
            if turn.promised is not None:
                visit.promise_again(at + timedelta(minutes=2), visit.booked_by, _instant(desk, turn.promised))
        stories.inspect(desk.random, visit)


def _is_told(desk: Desk, entry: LeftOver, turn: Turn, promised_at: datetime) -> bool:
    at = _instant(desk, turn.at)
    if entry.is_late and turn.at[0] == 0 and desk.is_open:
        at = promised_at + LONGEST_LATE
    # The promise is agreed on a little after the note.
    return at + timedelta(minutes=2) < desk.place.now


def _instant(desk: Desk, moment: Moment) -> datetime:
    offset, minute = moment
    return desk.place.hours.at(desk.place.work_day(offset), desk.place.hours.opens + minute)
