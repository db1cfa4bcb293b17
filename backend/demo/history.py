"""Eighteen months of past visits."""

from datetime import datetime, timedelta
from random import Random

from backend.appointments.rules import Status
from backend.core.events import EventType
from backend.demo import stories
from backend.demo.calendar import SATURDAY, SATURDAY_SHARE
from backend.demo.randomness import stream
from backend.demo.shop import Colleague, Place, Population, Vehicle
from backend.demo.visits import Book, Visit, minutes_of, plan_work, shortly_after

OLDEST_DAYS_AGO = 545
# The last weeks are as full as real ones, so that the calendar's month looks lived in.
FULL_DAYS = 34
# In between, the demo shop remembers only a part: enough for histories, quick to write.
QUIET_DAY_VISITS = {"brooklyn": (2, 5), "mesa": (1, 4)}
FULL_DAY_VISITS = {"brooklyn": (13, 17), "mesa": (9, 12)}
MOST_DRAWS = 12
# The log is kept for visits of these days; older rows have been archived.
LOGGED_DAYS = 60
# A car does not come twice within a week.
LEAST_DAYS_BETWEEN = 7
TRAVELER_SHARE = 0.02
# So that opening a card shows a history: this share of past visits is of cars that are on the board.
REGULAR_SHARE = 0.12
REGULARS_LAST_DAYS_AGO = 20
STARTS = range(0, 480, 30)


def past_visits(
    places: list[Place], populations: dict[str, Population], book: Book, current: list[Visit]
) -> list[Visit]:
    """Return the visits from long ago until yesterday; cars of the `current` visits have come often, but not lately."""
    visits = []
    last_visit: dict[str, int] = {}
    present = {visit.vehicle.vin for visit in current if visit.vehicle}
    for place in places:
        elsewhere = next(populations[other.key] for other in places if other is not place)
        regulars = [
            visit.vehicle for visit in current if visit.place is place and visit.vehicle and visit.vehicle.owner
        ]
        for offset in range(-OLDEST_DAYS_AGO, 0):
            if not place.hours.is_work_day(place.day(offset)):
                continue
            random = stream("history", place.key, offset)
            known = [car for car in regulars if car.arrival <= offset]
            least, most = (FULL_DAY_VISITS if offset >= -FULL_DAYS else QUIET_DAY_VISITS)[place.key]
            share = SATURDAY_SHARE if place.day(offset).weekday() == SATURDAY else 1
            for index in range(round(random.randint(least, most) * share)):
                # Some people spend the winter in Arizona and take their car along.
                population = elsewhere if random.random() < TRAVELER_SHARE else populations[place.key]
                for _ in range(MOST_DRAWS):
                    vehicle = population.draw_car(random, offset)
                    if known and random.random() < REGULAR_SHARE:
                        vehicle = random.choice(known)
                    is_here_soon = vehicle.vin in present and offset >= -REGULARS_LAST_DAYS_AGO
                    if not is_here_soon and offset - last_visit.get(vehicle.vin, -10_000) >= LEAST_DAYS_BETWEEN:
                        break
                else:
                    continue
                visit = _visit(random, place, book, offset, index, vehicle)
                if visit is not None:
                    last_visit[vehicle.vin] = offset
                    visits.append(visit)
    return visits


def _visit(random: Random, place: Place, book: Book, offset: int, index: int, vehicle: Vehicle) -> Visit | None:
    """Return a visit of the car on that day, None where no technician has time for it."""
    day = place.day(offset)
    booked_on = place.day(offset - random.randint(1, 12))
    while not place.hours.is_work_day(booked_on):
        booked_on -= timedelta(days=1)
    booked_at = place.hours.at(booked_on, random.randint(place.hours.opens, place.hours.closes - 60))
    visit = Visit(
        ("past", place.key, offset, index),
        place,
        booked_at,
        booked_at,
        booked_at,
        random.choice(place.advisors),
        customer=vehicle.owner,
        vehicle=vehicle,
        is_logged=offset >= -LOGGED_DAYS,
    )
    plan_work(random, visit)
    length = timedelta(minutes=minutes_of(visit.lines))
    technicians = place.technicians
    random.shuffle(technicians)
    starts = random.sample(STARTS, 6)
    for start in starts:
        visit.starts_at = place.hours.at(day, place.hours.opens + 30 + start)
        visit.ends_at = visit.starts_at + length
        if visit.ends_at > place.hours.at(day, place.hours.closes - 20):
            continue
        for tech in technicians:
            bay = book.free_bay(place, visit.starts_at, visit.ends_at, place.technicians.index(tech))
            if bay is not None and book.is_free(tech.id, visit.starts_at, visit.ends_at):
                visit.tech, visit.bay = tech, bay
                _live_through(random, visit, tech, book)
                return visit
    return None


def _live_through(random: Random, visit: Visit, tech: Colleague, book: Book) -> None:
    """Let the visit happen, or not, with all that it leaves behind."""
    assert visit.bay is not None
    closing = visit.place.hours.at(visit.starts_at.astimezone(visit.place.hours.zone).date(), visit.place.hours.closes)
    visit.promised_at = min(visit.ends_at + timedelta(minutes=30), closing)
    fate = random.random()
    if fate < 0.03:  # noqa: PLR2004  shares of visits, here and below
        visit.step(Status.NO_SHOW, visit.starts_at + timedelta(minutes=45), visit.booked_by)
        return
    if fate < 0.06:  # noqa: PLR2004
        asked_at = visit.booked_at + (visit.starts_at - visit.booked_at) * random.uniform(0.3, 0.9)
        visit.step(Status.CANCELED, asked_at.replace(microsecond=0), visit.booked_by)
        return
    for resource in (tech.id, visit.bay.id):
        book.take(resource, visit.starts_at, visit.ends_at)
    if random.random() < 0.15:  # noqa: PLR2004
        stories.decline_something(random, visit)
    arrived = shortly_after(random, visit.starts_at, -12, 9)
    ready = shortly_after(random, visit.ends_at, -10, 15)
    left = min(shortly_after(random, ready, 6, 150), closing - timedelta(seconds=random.randint(20, 200)))
    visit.key_tag = str(random.randint(1, 60))
    visit.step(Status.IN_PROGRESS, arrived, visit.booked_by, EventType.APPOINTMENT_MOVED)
    visit.step(Status.READY, ready, tech, EventType.APPOINTMENT_MOVED)
    visit.step(Status.COMPLETED, max(left, ready), visit.booked_by, EventType.APPOINTMENT_MOVED)
    stories.settle_bill(random, visit)
    if random.random() < 0.25:  # noqa: PLR2004
        stories.write_thread(random, visit, _bedtime(visit), is_chatty=random.random() < 0.5)  # noqa: PLR2004
        stories.send_invoice(visit)
    if visit.is_logged and random.random() < 0.6:  # noqa: PLR2004
        stories.inspect(random, visit)


def _bedtime(visit: Visit) -> datetime:
    """Return when the last text of the visit's day can be."""
    day = visit.starts_at.astimezone(visit.place.hours.zone).date()
    return visit.place.hours.at(day, visit.place.hours.closes + 120)
