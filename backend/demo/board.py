"""The days around today: cars left over from earlier, today's board, what is booked next, and everybody's texts.

Where each job stands follows from the clock: before opening nothing of today has begun, and what is done was planned
for earlier than now. From an hour before closing nothing more is begun, so that something is still to do; what nobody got to
stays until the next day.
"""

from datetime import timedelta

from backend.appointments.rules import OPEN, Status
from backend.demo import coming, scenes, stories
from backend.demo.desk import Desk
from backend.demo.left_over import leave_over
from backend.demo.randomness import stream
from backend.demo.shop import Place, Population
from backend.demo.today import Today
from backend.demo.visits import Book, Visit

UNREAD_THREADS = {"brooklyn": 6, "mesa": 4}


def draw(place: Place, population: Population, book: Book, busy: set[str]) -> list[Visit]:
    """Return a location's visits from the left-over ones to those of the coming days; cars taken are added to `busy`."""
    desk = Desk(place, population, book, busy)
    leave_over(desk)
    Today(desk).draw()
    coming.book(desk)
    _write_threads(desk)
    return desk.visits


def _write_threads(desk: Desk) -> None:
    """Write everybody's texts; some end with a question that nobody has read."""
    latest = desk.place.hours.last_open(desk.place.now) - timedelta(minutes=1)
    can_ask = [visit for visit in desk.visits if visit.customer and visit.customer.phone and _is_current(desk, visit)]
    # Every other one, so that some of each column are among them.
    asking = can_ask[:: len(can_ask) // UNREAD_THREADS[desk.place.key]][: UNREAD_THREADS[desk.place.key]]
    for visit in desk.visits:
        random = stream("thread", *visit.key)
        if visit in asking or random.random() < 0.75:  # noqa: PLR2004  a share of the customers
            stories.write_thread(random, visit, latest, has_unread=visit in asking)
        stories.send_invoice(visit)
    lost = next(visit for visit in desk.visits if visit.texts and _is_booked(desk, visit) and visit not in asking)
    stories.mark_failed(lost)
    scenes.play(desk, [*asking, lost], latest)
    for visit in desk.visits:
        visit.texts.sort(key=lambda text: text.at)


def _is_current(desk: Desk, visit: Visit) -> bool:
    is_near = visit.starts_at < desk.place.hours.at(desk.place.day(1), 0)
    return visit.status in OPEN and is_near


def _is_booked(desk: Desk, visit: Visit) -> bool:
    return visit.status is Status.SCHEDULED and visit.starts_at > desk.place.now
