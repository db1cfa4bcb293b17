"""What of a late edit applies, and what clashes."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from backend.core import edits
from backend.core.edits import Conflict, FieldChange

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
CURRENT = {"name": "Rosa", "plate_state": "NY", "notes": None}


def test_an_edit_of_what_nobody_touched_applies():
    edit = edits.split(CURRENT, {"name": "Rosa D."}, {"notes": FieldChange("old", None, "Sam", AT)})

    assert edit == edits.Edit({"name": "Rosa D."}, ())


def test_an_edit_of_what_somebody_changed_meanwhile_conflicts_and_the_rest_applies():
    changed = {"plateState": FieldChange("NJ", "NY", "Sam Rivera", AT)}

    edit = edits.split(CURRENT, {"name": "Rosa D.", "plate_state": "PA"}, changed)

    assert edit.applies == {"name": "Rosa D."}
    assert edit.conflicts == (Conflict("plateState", "PA", "NY", "NJ", "Sam Rivera", AT),)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="untouched"),
        pytest.param({"plateState": FieldChange("NJ", "NY", "Sam", AT)}, id="both had the same wish"),
    ],
)
def test_a_wish_that_is_true_already_is_nothing(changed):
    assert edits.split(CURRENT, {"plate_state": "NY"}, changed) == edits.Edit({}, ())


def test_a_field_that_was_changed_and_changed_back_is_free():
    changed = {"plateState": FieldChange("NY", "NY", "Sam", AT)}

    assert edits.split(CURRENT, {"plate_state": "PA"}, changed) == edits.Edit({"plate_state": "PA"}, ())


def test_the_refusal_says_who_what_and_how_it_stands():
    @dataclass(frozen=True)
    class Car:
        plate_state: str

    edit = edits.split(CURRENT, {"plate_state": "PA"}, {"plateState": FieldChange("NJ", "NY", "Sam Rivera", AT)})

    error = edits.conflict_error(edit, car=Car("NY"))

    assert error.message.startswith("Sam Rivera changed this while you were editing: plateState.")
    assert (error.status, error.code) == (409, "edit_conflict")
    assert error.context == {
        "conflicts": [
            {
                "field": "plateState",
                "yours": "PA",
                "theirs": "NY",
                "base": "NJ",
                "changedBy": "Sam Rivera",
                "changedAt": AT,
            }
        ],
        "car": {"plateState": "NY"},
    }
