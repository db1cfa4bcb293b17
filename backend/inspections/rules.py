"""What an inspection asks, which one fits a car, what can be answered, when it is complete, and what it finds."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.core.errors import ConflictError, RuleViolationError, invalid_field
from backend.core.money import plain_number

MOST_POINTS = 120
# Of one inspection, beside what its template asks for.
MOST_ADDED = 60


class Result(StrEnum):
    """What the technician found."""

    PASS = "pass"  # noqa: S105  a finding, no secret
    ATTENTION = "attention"
    FAIL = "fail"
    NOT_APPLICABLE = "na"


class ChecklistStatus(StrEnum):
    """A submitted inspection can still be corrected, visibly; a sent one is what the customer saw."""

    OPEN = "open"
    SUBMITTED = "submitted"


# A reading fails below and above these, or needs attention; limits are open, in the point's unit. The tablet suggests.
LIMITS = ("failBelow", "attentionBelow", "attentionAbove", "failAbove")


# --- templates --------------------------------------------------------------------------------


class NoTemplateError(ConflictError):
    """409: there is no inspection to start."""

    code = "no_template"


@dataclass(frozen=True, slots=True)
class Fit:
    """For which visits a template is: NULL admits all. Ages are in years, mileage in miles, limits are closed."""

    visit_type: str | None = None
    from_age: int | None = None
    to_age: int | None = None
    from_mileage: int | None = None
    to_mileage: int | None = None

    def score(self, car: "Car") -> int | None:
        """Return in how many ways it is made for a car at such a visit; None when it is not for it.

        What is not known of a car fits no limit, so that an old car's long list is not asked of any car.
        """
        score = 0
        if self.visit_type is not None:
            if car.visit_type is None or self.visit_type.casefold() != car.visit_type.casefold():
                return None
            # The kind of visit says more than any number.
            score += 4
        for value, least, most in (
            (car.age, self.from_age, self.to_age),
            (car.mileage, self.from_mileage, self.to_mileage),
        ):
            if least is None and most is None:
                continue
            if value is None or (least is not None and value < least) or (most is not None and value > most):
                return None
            score += (least is not None) + (most is not None)
        return score


@dataclass(frozen=True, slots=True)
class Car:
    """What of a visit decides on its template."""

    visit_type: str | None
    age: int | None
    mileage: int | None


def age_of(model_year: int | None, day: date) -> int | None:
    """Return a car's age in years, by its model year; next year's model is new."""
    return None if model_year is None else max(0, day.year - model_year)


def check_fit(fit: Fit) -> None:
    """Refuse limits that no car can be within.

    Raises:
        RuleViolationError: a lower limit is above its upper one.
    """
    for least, most, field in ((fit.from_age, fit.to_age, "toAge"), (fit.from_mileage, fit.to_mileage, "toMileage")):
        if least is not None and most is not None and least > most:
            raise invalid_field(field, "Choose a number that is not below the other one.")


def completed_points(points: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return points as a version keeps them, each with its key: the given one, else one made of its label.

    A key stays through versions, and is the same for the same label in every template, so that what one inspection found
    another one can find mended.

    Raises:
        RuleViolationError: two points have one key, limits are not in order, or there are too many.
    """
    if len(points) > MOST_POINTS:
        raise invalid_field("points", f"An inspection has at most {MOST_POINTS} points.")
    given = [point["key"] for point in points if point.get("key") is not None]
    taken = set(given)
    if len(taken) < len(given):
        raise invalid_field("points", "Two points have the same key.")
    kept = []
    for number, point in enumerate(points):
        key = point.get("key") or free_key(point["label"], taken)
        taken.add(key)
        _check_limits(point.get("reading"), f"points.{number}.reading")
        kept.append({**point, "key": key})
    return kept


def free_key(label: str, taken: Collection[str]) -> str:
    """Return the key that is made of a label: letters, digits and _, with a number where it is taken."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50] or "point"
    return next(
        key for number in range(1, len(taken) + 2) if (key := stem if number == 1 else f"{stem}_{number}") not in taken
    )


def _check_limits(reading: Mapping[str, Any] | None, field: str) -> None:
    if reading is None:
        return
    limits = [Decimal(reading[name]) for name in LIMITS if reading.get(name) is not None]
    if limits != sorted(limits):
        raise invalid_field(
            field, "Bring the limits into order: urgent below, attention below, attention above, urgent above."
        )


# --- filling one in ---------------------------------------------------------------------------

# A reading this many times its largest limit was typed wrong: a comma slipped, or a glove pressed twice.
_ABSURD = 100


def check_reading(reading: Decimal, limits: Mapping[str, Any] | None) -> None:
    """Refuse a reading that nothing with these limits can have; limits are texts by their name, in the reading's unit.

    Raises:
        RuleViolationError: it is far beyond the largest limit.
    """
    bounds = [Decimal(value) for value in (limits or {}).values() if value is not None]
    most = max(bounds, default=Decimal(0)) * _ABSURD
    if most > 0 and reading > most:
        raise invalid_field("reading", f"At most {plain_number(most)} can be measured here. Look at what was typed.")


class ChecklistTakenError(ConflictError):
    """409: the id that the device made is another inspection's."""

    code = "id_taken"


class PointStaysError(ConflictError):
    """409: somebody relies on this point; it is not taken away."""

    code = "point_stays"


class IncompleteError(RuleViolationError):
    """422: it can't be submitted yet; `missing` names each point and whether an answer or a photo is."""

    code = "inspection_incomplete"


@dataclass(frozen=True, slots=True)
class Missing:
    """What a point lacks."""

    item_id: UUID
    label: str
    what: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A point as completeness and counts see it; `photo_count` is of those that are stored."""

    id: UUID
    label: str
    result: Result | None
    needs_photo: bool
    photo_count: int


def missing(items: Iterable[Answered]) -> list[Missing]:
    """List what keeps an inspection from being submitted: an answer, or a photo of what failed."""
    found = []
    for item in items:
        if item.result is None:
            found.append(Missing(item.id, item.label, "answer"))
        elif item.result == Result.FAIL and item.needs_photo and not item.photo_count:
            found.append(Missing(item.id, item.label, "photo"))
    return found


def say_missing(lacking: Sequence[Missing]) -> str:
    """Say what is missing, the first three by name."""
    named = [f"{one.label} ({'no photo' if one.what == 'photo' else 'no answer'})" for one in lacking[:3]]
    more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""  # noqa: PLR2004  three are named
    return f"Not complete yet: {', '.join(named)}{more}."
