"""Which times a job can have."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.core.errors import RuleViolationError
from backend.planning import rules

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EARLIER, LATER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "end", "planned"),
    [
        pytest.param(None, None, (NOON, NOON + timedelta(minutes=60)), id="a walk-in starts this minute for an hour"),
        pytest.param(LATER, None, (LATER, LATER + timedelta(minutes=60)), id="an hour by default"),
        pytest.param(None, LATER, (NOON, LATER), id="from now to a given end"),
        pytest.param(EARLIER, LATER, (EARLIER, LATER), id="as asked for"),
        pytest.param(NOON, NOON + timedelta(days=31), (NOON, NOON + timedelta(days=31)), id="31 days are allowed"),
    ],
)
def test_what_is_left_open_is_planned_from_now_for_an_hour(start, end, planned):
    assert rules.planned_time(start, end, NOON + timedelta(seconds=59, microseconds=7)) == planned


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(NOON, NOON, id="empty"),
        pytest.param(LATER, NOON, id="backwards"),
        pytest.param(NOON, NOON + timedelta(days=31, microseconds=1), id="longer than 31 days"),
        pytest.param(None, EARLIER, id="ended before now"),
    ],
)
def test_an_impossible_time_names_the_end(start, end):
    with pytest.raises(RuleViolationError) as refusal:
        rules.planned_time(start, end, NOON)

    assert list(refusal.value.context["errors"]) == ["end"]
