"""Vehicle checks: what is looked at, and what was found."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from backend.demo.shop import Colleague
from backend.inspections.rules import Result


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a check: its note when it needs attention and when it fails.

    `below` are the limits of a reading in `unit`, attention first, and `readings` what is measured when it passes, needs
    attention, fails.
    """

    label: str
    section: str | None = None
    attention: str | None = None
    failure: str | None = None
    unit: str | None = None
    below: tuple[str, str] | None = None
    readings: tuple[str, str, str] | None = None
    help: str | None = None
    needs_photo: bool = False

    def note(self, result: Result | None) -> str | None:
        """Return what the technician wrote."""
        return {Result.ATTENTION: self.attention, Result.FAIL: self.failure}.get(result) if result else None

    def reading(self, result: Result | None) -> str | None:
        """Return what was measured."""
        if self.readings is None or result not in _READ:
            return None
        return self.readings[_READ.index(result)]


_READ = (Result.PASS, Result.ATTENTION, Result.FAIL)


@dataclass(slots=True)
class Check:
    """A checklist: points with their result, or None when still open."""

    title: str
    at: datetime
    by: Colleague
    items: list[tuple[Point, Result | None]] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether every point was looked at."""
        return all(result is not None for _, result in self.items)


_PADS, _TREAD = ("5", "3"), ("4", "3")
MULTI_POINT = (
    Point(
        *("Brake pads, front", "Brakes", "Plan new pads within 6 months", "Worn down, replace now"),
        unit="mm",
        below=_PADS,
        readings=("8", "4", "2"),
        help="Measure the thinner one, inside and outside.",
        needs_photo=True,
    ),
    Point(
        *("Brake pads, rear", "Brakes", "Plan new pads within a year", "Worn to the indicator"),
        unit="mm",
        below=_PADS,
        readings=("7", "4.5", "2.5"),
        help="Drum brakes: measure the lining.",
    ),
    Point("Brake rotors", "Brakes", "Light scoring", "Below minimum thickness"),
    Point(
        *("Brake fluid", "Brakes", "Dark, flush recommended", "Too much water in the fluid"),
        unit="% water",
        below=None,
        readings=("1", "2.5", "4.5"),
        help="Test strip or meter.",
    ),
    Point(
        *("Tire tread, front axle", "Tires", "Getting low", "Below the legal limit"),
        unit="/32 in",
        below=_TREAD,
        readings=("7", "3.5", "2"),
        help="The shallowest groove of both tires.",
        needs_photo=True,
    ),
    Point(
        *("Tire tread, rear axle", "Tires", "Getting low", "Uneven wear, cords visible"),
        unit="/32 in",
        below=_TREAD,
        readings=("8", "3.5", "1"),
        help="The shallowest groove of both tires.",
    ),
    Point("Tire pressure incl. spare", "Tires", "Spare at 38 psi, set to 60", "Left rear loses air"),
    Point("Battery and terminals", "Electrical", "Tests at 62 % of its rating", "Fails load test"),
    Point("Lights and signals", "Electrical", "License plate light dim", "Right brake light out"),
    Point("Wipers and washer", "Outside", "Streaks", "Torn blade"),
    Point("Engine oil level and leaks", "Under the hood", "Seepage at the valve cover", "Drips from the oil pan"),
    Point("Coolant and hoses", "Under the hood", "Coolant at minimum", "Upper hose swollen"),
    Point("Belts", "Under the hood", "Fine cracks", "Missing ribs"),
    Point("Cabin and engine air filters", "Under the hood", "Due at the next oil change", "Clogged"),
    Point("Steering and suspension", "Under the car", "Bushing cracked, front right", "Ball joint has play"),
)
PICK_UP = (
    Point("Test drive done"),
    Point("No warning lights"),
    Point("Steering wheel and seat clean"),
    Point("Oil sticker and service reminder set"),
    Point("Key and tag together"),
)
MULTI_POINT_TITLE, PICK_UP_TITLE = "Multi-point inspection", "Before pick-up"


def multi_point(random: Random, at: datetime, by: Colleague, *, share_done: float = 1.0) -> Check:
    """Return a multi-point inspection of which the first `share_done` is filled in."""
    done = round(len(MULTI_POINT) * share_done)
    check = Check(MULTI_POINT_TITLE, at, by)
    for index, point in enumerate(MULTI_POINT):
        if index >= done:
            check.items.append((point, None))
            continue
        check.items.append((point, random.choices(_READ, (78, 16, 6))[0]))
    return check


def pick_up(at: datetime, by: Colleague) -> Check:
    """Return the check before a car is given back, all passed."""
    return Check(PICK_UP_TITLE, at, by, [(point, Result.PASS) for point in PICK_UP])
