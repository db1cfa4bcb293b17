from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.permissions import Role
from backend.appointments import rules
from backend.appointments.rules import Status
from backend.core.errors import RuleViolationError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EARLIER, LATER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)

# The product's table of steps, written a second time on purpose: from -> what may follow.
STEPS = {
    "SCHEDULED": {"IN_PROGRESS", "CANCELED", "NO_SHOW"},
    "IN_PROGRESS": {"READY", "SCHEDULED", "CANCELED"},
    "READY": {"COMPLETED", "IN_PROGRESS"},
    "COMPLETED": {"READY"},
    "CANCELED": {"SCHEDULED"},
    "NO_SHOW": {"SCHEDULED"},
}
# Steps that not everybody on the floor may make.
DESK_ONLY = {("READY", "COMPLETED"), ("COMPLETED", "READY")}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("source", list(Status))
@pytest.mark.parametrize("target", list(Status))
def test_each_step_is_allowed_refused_or_somebody_elses(source, target, role):
    def step():
        rules.check_transition(source, target, role=role, reason="the customer came back")

    if source is target:
        step()
    elif target.value not in STEPS[source.value]:
        with pytest.raises(rules.IllegalTransitionError) as refusal:
            step()
        assert refusal.value.status == 409
        assert refusal.value.context["current"] == source
    elif role is Role.ACCOUNTANT or (role is Role.TECH and (source.value, target.value) in DESK_ONLY):
        with pytest.raises(rules.TransitionForbiddenError) as forbidden:
            step()
        assert forbidden.value.status == 403
    else:
        step()


@pytest.mark.parametrize("reason", [None, ""])
def test_a_completed_job_is_reopened_only_with_a_reason(reason):
    with pytest.raises(rules.ReasonRequiredError) as refusal:
        rules.check_transition(Status.COMPLETED, Status.READY, role=Role.OWNER, reason=reason)

    assert refusal.value.code == "reason_required"
    assert refusal.value.context["errors"] == {"reason": ["Please give a reason."]}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("target", list(Status))
@pytest.mark.parametrize("has_reason", [True, False])
def test_the_boards_sources_are_those_that_check_transition_lets_through(role, target, has_reason):
    def is_let_through(source):
        try:
            rules.check_transition(source, target, role=role, reason="because" if has_reason else None)
        except (rules.IllegalTransitionError, rules.TransitionForbiddenError, rules.ReasonRequiredError):
            return False
        return role is not Role.ACCOUNTANT

    sources = rules.sources_for(role, target, has_reason=has_reason)

    assert set(sources) == {source for source in Status if is_let_through(source)}


@pytest.mark.parametrize(
    ("source", "target", "given_times", "left"),
    [
        pytest.param("SCHEDULED", "IN_PROGRESS", (None, None), (NOON, None), id="work begins with a check-in"),
        pytest.param("SCHEDULED", "IN_PROGRESS", (EARLIER, None), (EARLIER, None), id="an earlier check-in stays"),
        pytest.param("IN_PROGRESS", "SCHEDULED", (EARLIER, None), (None, None), id="a misdrop undone"),
        pytest.param("IN_PROGRESS", "SCHEDULED", (EARLIER, NOON), (None, None), id="no leaving without coming"),
        pytest.param("IN_PROGRESS", "READY", (EARLIER, None), (EARLIER, None), id="ready keeps its times"),
        pytest.param("READY", "IN_PROGRESS", (EARLIER, None), (EARLIER, None), id="back to work keeps them too"),
        pytest.param("READY", "COMPLETED", (EARLIER, None), (EARLIER, NOON), id="completing ends with a check-out"),
        pytest.param("READY", "COMPLETED", (LATER, None), (LATER, LATER), id="never out before in"),
        pytest.param("READY", "COMPLETED", (EARLIER, EARLIER), (EARLIER, EARLIER), id="an earlier check-out stays"),
        pytest.param("COMPLETED", "READY", (EARLIER, NOON), (EARLIER, None), id="reopening clears the check-out"),
        pytest.param("IN_PROGRESS", "CANCELED", (EARLIER, None), (EARLIER, None), id="canceling clears nothing"),
        pytest.param("CANCELED", "SCHEDULED", (EARLIER, None), (EARLIER, None), id="reviving clears nothing"),
    ],
)
def test_times_after_a_step(source, target, given_times, left):
    assert rules.times_after(Status(target), *given_times, NOON, source=Status(source)) == left


@given(
    st.lists(st.sampled_from(list(Status)), max_size=12),
    st.booleans(),
)
def test_no_walk_through_the_states_ever_checks_out_before_in(targets, was_checked_in):
    status, times, now = Status.SCHEDULED, (NOON if was_checked_in else None, None), NOON
    for target in targets:
        if target.value not in STEPS[status.value]:
            continue
        now += timedelta(minutes=7)
        times = rules.times_after(target, *times, now, source=status)
        status = target
        check_in_at, check_out_at = times
        assert check_out_at is None or (check_in_at is not None and check_in_at <= check_out_at)
        assert check_in_at is not None or status not in rules.ON_SITE
        assert (check_out_at is not None) == (status is Status.COMPLETED)


@pytest.mark.parametrize(
    ("status", "times", "field"),
    [
        pytest.param("SCHEDULED", (NOON + timedelta(minutes=6), None), "checkInAt", id="check-in in the future"),
        pytest.param("READY", (EARLIER, LATER), "checkOutAt", id="check-out in the future"),
        pytest.param("SCHEDULED", (None, NOON), "checkOutAt", id="out without in"),
        pytest.param("READY", (NOON, EARLIER), "checkOutAt", id="out before in"),
        pytest.param("IN_PROGRESS", (None, None), "checkInAt", id="in progress without a car"),
        pytest.param("COMPLETED", (EARLIER, None), "checkOutAt", id="completed but still here"),
    ],
)
def test_impossible_check_in_and_check_out_times_are_refused(status, times, field):
    with pytest.raises(RuleViolationError) as refusal:
        rules.check_presence(Status(status), *times, NOON)

    assert list(refusal.value.context["errors"]) == [field]


@pytest.mark.parametrize(
    ("status", "times"),
    [
        pytest.param("SCHEDULED", (None, None), id="not here yet"),
        pytest.param("SCHEDULED", (NOON + timedelta(minutes=5), None), id="a clock that runs ahead"),
        pytest.param("SCHEDULED", (EARLIER, None), id="dropped off the evening before"),
        pytest.param("COMPLETED", (NOON, NOON), id="in and out at once"),
    ],
)
def test_possible_check_in_and_check_out_times_pass(status, times):
    rules.check_presence(Status(status), *times, NOON)


@pytest.mark.parametrize(
    ("text", "tag"), [(" a 12 ", "A 12"), ("a\t 12", "A 12"), ("B7", "B7"), ("", None), ("  ", None), (None, None)]
)
def test_key_tags_compare_in_upper_case_with_single_spaces(text, tag):
    assert rules.normalize_key_tag(text) == tag
