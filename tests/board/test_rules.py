import pytest

from backend.board.rules import stage_of


@pytest.mark.parametrize(
    ("estimate_state", "jobs_approved", "stage"),
    [
        ("sent", 0, "approval"),
        ("changed", 1, "approval"),
        ("question", 0, "approval"),
        ("question", 1, None),
        ("partly", 1, None),
        (None, 0, None),
    ],
)
def test_the_wall_says_which_cars_wait_for_approval(estimate_state, jobs_approved, stage):
    assert stage_of(estimate_state, jobs_approved) == stage
