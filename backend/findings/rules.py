"""What is a finding, by what one is known again, and which job's name is like it."""

import re
from decimal import Decimal

from backend.core.errors import ConflictError
from backend.core.money import plain_number
from backend.inspections.rules import Result

# What needs something done.
FOUND = frozenset({Result.ATTENTION, Result.FAIL})


class FindingResolvedError(ConflictError):
    """409: it was resolved already."""

    code = "finding_resolved"


class HasJobError(ConflictError):
    """409: the finding is a job of this visit already; `jobId` is which."""

    code = "finding_has_job"


def key_of(point_key: str | None, label: str) -> str:
    """Return by what a point is known again at other visits: its key, without one its label."""
    return point_key or label.casefold()


_WORD = re.compile(r"[a-z0-9]+")
# Words that say where or which, not what.
_COMMON = frozenset({"and", "the", "of", "for", "all", "incl", "level", "levels", "check", "a", "to"})
# Front brake pads do not mend rear ones.
_SIDES = ({"front", "rear"}, {"left", "right"}, {"upper", "lower"}, {"engine", "cabin"})


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in _WORD.findall(text.lower()) if word not in _COMMON}


def likeness(label: str, name: str) -> float:
    """Return how much of a point's words a job's name says, from 0 to 1; 0 where it is about the other side of the car.

    Half of the words must agree; of two jobs that do equally the one that says less beside them is nearer.
    """
    wanted, offered = _words(label), _words(name)
    for one, other in _SIDES:
        if (one in wanted and other in offered and other not in wanted) or (
            other in wanted and one in offered and one not in wanted
        ):
            return 0.0
    shared = len(wanted & offered)
    if shared * 2 < len(wanted) or not shared:
        return 0.0
    return shared / len(wanted) - 0.01 * len(offered - wanted)


def say_finding(label: str, note: str | None, reading: Decimal | None, unit: str | None) -> str:
    """Say what a point found, as its job tells the customer."""
    said = [] if reading is None else [_say_reading(reading, unit)]
    if note is not None:
        said.append(note)
    return f"{label}: {'. '.join(said)}" if said else label


def _say_reading(reading: Decimal, unit: str | None) -> str:
    """Say a reading: a unit that is a part of an inch makes a fraction of it, "4/32 in"; others follow, "32 PSI"."""
    return f"{plain_number(reading)}{'' if unit and unit.startswith('/') else ' '}{unit or ''}".rstrip()
