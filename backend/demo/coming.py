"""The weeks ahead: full days at first, then fewer and fewer that have called already."""

from backend.demo import stories
from backend.demo.calendar import SATURDAY, SATURDAY_SHARE
from backend.demo.desk import LONGEST_MINUTES, Desk
from backend.demo.randomness import stream
from backend.demo.today import BOOKING_NOTES

# How much of the technicians' time is booked, by how many working days from today.
FULL_SHARE, LATER_SHARE = 0.68, 0.08
FULL_DAYS, LAST_FULLER_DAY, LAST_DAY = 4, 12, 26
# Minutes between two jobs; in Mesa it is quieter.
BREAKS = {"brooklyn": (0, 15, 30), "mesa": (30, 45, 75)}
LUNCH_MINUTES = 45
MARGIN_MINUTES = 30
UNASSIGNED_SHARE, WAITING_SHARE, NOTE_SHARE = 0.08, 0.15, 0.2


def share_booked(offset: int) -> float:
    """Return which share of the time is booked, `offset` working days from today."""
    if offset > LAST_FULLER_DAY:
        return LATER_SHARE
    lost = max(0, offset - FULL_DAYS) / (LAST_FULLER_DAY - FULL_DAYS)
    return FULL_SHARE - lost * FULL_SHARE / 2


def book(desk: Desk) -> None:
    """Book the coming weeks' working days, each technician's day from opening to closing."""
    # A stream of its own: how far today has come must not change what is booked.
    desk.random = stream("coming", desk.place.key)
    for offset in range(1, LAST_DAY + 1):
        share = share_booked(offset)
        if desk.place.work_day(offset).weekday() == SATURDAY:
            share *= SATURDAY_SHARE
        for technician in range(len(desk.place.technicians)):
            _book_day(desk, offset, technician, share)


def _book_day(desk: Desk, offset: int, technician: int, share: float) -> None:
    random, hours = desk.random, desk.place.hours
    start = hours.opens + 15 * random.randint(1, 4)
    lunch = (11, 12, 12, 13)[technician] * 60 + 30
    had_lunch = False
    while True:
        if start >= lunch and not had_lunch:
            start, had_lunch = start + LUNCH_MINUTES, True
        room = hours.closes - MARGIN_MINUTES - start
        if room < LUNCH_MINUTES:
            return
        if random.random() >= share:
            start += 15 * random.randint(4, 7)
            continue
        visit = desk.visit("coming", offset, start, desk.draw_vehicle(), booked_days=(1, 6 + offset // 2))
        minutes = desk.plan_work(visit, min(LONGEST_MINUTES, room))
        if random.random() >= UNASSIGNED_SHARE:
            desk.assign(visit, technician)
        desk.promise(visit, MARGIN_MINUTES)
        visit.is_waiting = minutes <= LUNCH_MINUTES and random.random() < WAITING_SHARE
        if random.random() < NOTE_SHARE:
            visit.notes = random.choice(BOOKING_NOTES)
        if visit.total_cents >= stories.LARGE_JOB_CENTS:
            stories.pay_deposit(visit, visit.booked_by)
        start += minutes + random.choice(BREAKS[desk.place.key])
