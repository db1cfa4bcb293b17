from decimal import Decimal

import pytest

from backend.core.errors import RuleViolationError
from backend.core.ids import new_id
from backend.inspections.rules import (
    Answered,
    Car,
    Fit,
    Result,
    check_fit,
    check_reading,
    completed_points,
    missing,
    say_missing,
)


@pytest.mark.parametrize(
    ("fit", "score"),
    [
        (Fit(), 0),
        (Fit(visit_type="Brakes"), 4),
        (Fit(visit_type="seasonal"), None),
        (Fit(from_age=5), 1),
        (Fit(from_age=5, to_age=10), 2),
        (Fit(to_age=5), None),
        (Fit(from_mileage=60_000), 1),
        (Fit(from_mileage=61_001), None),
        (Fit("brakes", 5, 10, 50_000, 70_000), 8),
    ],
)
def test_a_template_fits_a_car_in_so_many_ways(fit, score):
    assert fit.score(Car("brakes", 7, 61_000)) == score


def test_what_is_not_known_of_a_car_is_within_no_limit():
    car = Car(None, None, None)
    assert Fit(from_age=5).score(car) is None
    assert Fit(to_mileage=100).score(car) is None
    assert Fit(visit_type="brakes").score(car) is None
    assert Fit().score(car) == 0


def test_limits_that_no_car_is_within_are_refused():
    with pytest.raises(RuleViolationError) as refusal:
        check_fit(Fit(from_age=9, to_age=3))
    assert "toAge" in refusal.value.context["errors"]


def test_points_get_keys_of_their_labels_and_keep_them():
    points = completed_points(
        [
            {"label": "Brake pads, front"},
            {"label": "Brake pads / front"},
            {"key": "tread", "label": "Profil der Reifen"},
            {"label": "Öl"},
            {"label": "制动"},
        ]
    )
    assert [point["key"] for point in points] == ["brake_pads_front", "brake_pads_front_2", "tread", "ol", "point"]


@pytest.mark.parametrize(
    "points",
    [
        [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}],
        [{"label": "A", "reading": {"unit": "mm", "failBelow": "5", "attentionBelow": "3"}}],
        [{"label": "A", "reading": {"unit": "psi", "attentionBelow": "30", "failAbove": "20"}}],
        [{"label": str(number)} for number in range(121)],
    ],
)
def test_points_that_can_not_be_are_refused(points):
    with pytest.raises(RuleViolationError):
        completed_points(points)


def _answered(result, *, needs_photo=False, photos=0, label="Pads"):
    return Answered(new_id(), label, result, needs_photo, photos)


def test_missing_is_an_answer_or_the_photo_of_what_failed():
    items = [
        _answered(None),
        _answered(Result.PASS, needs_photo=True),
        _answered(Result.NOT_APPLICABLE, needs_photo=True),
        _answered(Result.ATTENTION, needs_photo=True),
        _answered(Result.FAIL, needs_photo=True),
        _answered(Result.FAIL, needs_photo=True, photos=1),
        _answered(Result.FAIL),
    ]
    assert [(one.item_id, one.what) for one in missing(items)] == [(items[0].id, "answer"), (items[4].id, "photo")]


def test_what_is_missing_is_said_three_by_name():
    lacking = missing([_answered(None, label=name) for name in "ABCDE"])
    assert say_missing(lacking) == "Not complete yet: A (no answer), B (no answer), C (no answer) and 2 more."


PADS = {"failBelow": "3", "attentionBelow": "5", "attentionAbove": None, "failAbove": None}


@pytest.mark.parametrize("reading", ["0", "2.5", "500"])
def test_what_can_be_measured_is_taken_whatever_the_limits_say_of_it(reading):
    check_reading(Decimal(reading), PADS)


@pytest.mark.parametrize("limits", [None, {}, dict.fromkeys(PADS), {"failBelow": "0"}])
def test_without_limits_nobody_knows_what_is_absurd(limits):
    check_reading(Decimal(9_999_999), limits)


def test_a_reading_far_beyond_the_limits_is_refused_in_words():
    with pytest.raises(RuleViolationError) as caught:
        check_reading(Decimal(9_999_999), PADS)
    assert caught.value.context["errors"] == {"reading": ["At most 500 can be measured here. Look at what was typed."]}
