"""Vehicle checks: what is looked at, and what was found."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from backend.demo.shop import Colleague
from backend.inspections.rules import Result


@dataclass(slots=True)
class Check:
    """A checklist: items of (label, result or None when still open, note)."""

    title: str
    at: datetime
    by: Colleague
    items: list[tuple[str, Result | None, str | None]] = field(default_factory=list)


# label, note when it needs attention, note when it fails
MULTI_POINT = (
    ("Brake pads, front", "4 mm left, plan within 6 months", "2 mm left, replace now"),
    ("Brake pads, rear", "5 mm left", "Worn to the indicator"),
    ("Brake rotors", "Light scoring", "Below minimum thickness"),
    ("Brake fluid", "Dark, flush recommended", "Moisture above 4 %"),
    ("Tire tread, front axle", "4/32 in", "2/32 in, below the legal limit"),
    ("Tire tread, rear axle", "5/32 in", "Uneven wear, cords visible"),
    ("Tire pressure incl. spare", "Spare at 38 psi, set to 60", "Left rear loses air"),
    ("Battery and terminals", "Tests at 62 % of its rating", "Fails load test"),
    ("Lights and signals", "License plate light dim", "Right brake light out"),
    ("Wipers and washer", "Streaks", "Torn blade"),
    ("Engine oil level and leaks", "Seepage at the valve cover", "Drips from the oil pan"),
    ("Coolant and hoses", "Coolant at minimum", "Upper hose swollen"),
    ("Belts", "Fine cracks", "Missing ribs"),
    ("Steering and suspension", "Bushing cracked, front right", "Ball joint has play"),
    ("Cabin and engine air filters", "Due at the next oil change", "Clogged"),
)
PICK_UP = (
    ("Test drive done", None, None),
    ("No warning lights", "Maintenance reminder still on", None),
    ("Steering wheel and seat clean", None, None),
    ("Oil sticker and service reminder set", None, None),
    ("Key and tag together", None, None),
)


def multi_point(random: Random, at: datetime, by: Colleague, *, share_done: float = 1.0) -> Check:
    """Return a multi-point inspection of which the first `share_done` is filled in."""
    done = round(len(MULTI_POINT) * share_done)
    check = Check("Multi-point inspection", at, by)
    for index, (label, attention, failure) in enumerate(MULTI_POINT):
        if index >= done:
            check.items.append((label, None, None))
            continue
        result = random.choices((Result.PASS, Result.ATTENTION, Result.FAIL), (78, 16, 6))[0]
        check.items.append(
            (label, result, {Result.PASS: None, Result.ATTENTION: attention, Result.FAIL: failure}[result])
        )
    return check


def pick_up(at: datetime, by: Colleague) -> Check:
    """Return the check before a car is given back, all passed."""
    return Check("Before pick-up", at, by, [(label, Result.PASS, None) for label, _, _ in PICK_UP])
