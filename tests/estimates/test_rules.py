from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from backend.core.errors import RuleViolationError
from backend.core.ids import new_id
from backend.estimates import rules
from backend.estimates.rules import Answer, Decision, EstimateState, Method, Saying, Standing, Sums
from backend.services.rules import Approval

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
ID = "0198c0de-0000-7000-8000-000000000001"


def _document(**job):
    offered = {"id": ID, "name": "Pads", "totalCents": 100_00, "approval": "pending", "isChosen": True}
    return {"jobs": [{**offered, "declineReason": None, **job}], "intro": "Hello"}


def test_the_hash_is_of_the_content_not_of_the_order_of_keys():
    one, other = {"a": 1, "b": {"c": "é", "d": None}}, {"b": {"d": None, "c": "é"}, "a": 1}
    assert rules.hash_document(one) == rules.hash_document(other)
    assert rules.hash_document(one) != rules.hash_document({**one, "a": 2})
    assert rules.canonical(one) == '{"a":1,"b":{"c":"é","d":null}}'.encode()


def test_an_answer_is_no_change_and_a_cent_is():
    shown = _document()
    answered = _document(approval="approved", isChosen=False, declineReason="x")
    assert rules.changed_jobs(shown, answered) == frozenset()
    assert rules.says_the_same(shown, answered)
    assert rules.changed_jobs(shown, _document(totalCents=100_01)) == {UUID(ID)}
    assert rules.changed_jobs(shown, {"jobs": []}) == {UUID(ID)}
    assert not rules.says_the_same(shown, {"jobs": []})


P, A, D = Approval.PENDING, Approval.APPROVED, Approval.DECLINED


@pytest.mark.parametrize(
    ("jobs", "was_shown", "is_opened", "state"),
    [
        ([(P, 0, 0)], False, False, None),
        ([(P, 0, 0)], True, False, EstimateState.SENT),
        ([(P, 0, 0), (P, 0, 0)], True, True, EstimateState.OPENED),
        ([(A, 0, 0), (P, 1, 0)], True, True, EstimateState.QUESTION),
        ([(A, 0, 0), (P, 0, 1)], True, True, EstimateState.CHANGED),
        ([(A, 0, 0), (P, 0, 0)], True, True, EstimateState.PARTLY),
        ([(A, 0, 0), (D, 0, 0)], True, True, EstimateState.PARTLY),
        ([(A, 0, 0), (A, 0, 1)], True, True, EstimateState.APPROVED),
        ([(D, 0, 0)], True, True, EstimateState.DECLINED),
        ([(A, 0, 0)], False, False, EstimateState.APPROVED),
        ([], True, False, EstimateState.SENT),
    ],
)
def test_the_card_says_first_what_somebody_must_do(jobs, was_shown, is_opened, state):
    standings = [Standing(approval, bool(asked), bool(revoked)) for approval, asked, revoked in jobs]
    assert rules.state_of(standings, was_shown=was_shown, is_opened=is_opened) == state


def _field(call) -> str:
    with pytest.raises(RuleViolationError) as error:
        call()
    return next(iter(error.value.context["errors"]))


def test_answers_say_one_thing_each_and_a_refusal_says_why():
    job = new_id()
    approved = Answer(job, Decision.APPROVED)
    assert _field(lambda: rules.check_answers([])) == "answers"
    assert _field(lambda: rules.check_answers([approved, approved])) == "answers.1.jobId"
    assert _field(lambda: rules.check_answers([Answer(job, Decision.DECLINED)])) == "answers.0.reason"
    assert _field(lambda: rules.check_answers([Answer(job, Decision.APPROVED, reason="x")])) == "answers.0.reason"
    rules.check_answers([approved, Answer(new_id(), Decision.DECLINED, reason="Too much")])


def test_a_record_says_who_when_and_at_which_number():
    def say(method=Method.PHONE, said_at=NOW, person="Ana", phone="+17185550123"):
        return lambda: rules.check_saying(Saying(method, said_at, person=person, phone=phone), NOW)

    assert _field(say(person=None)) == "person"
    assert _field(say(phone=None)) == "phone"
    assert _field(say(said_at=NOW + timedelta(minutes=6))) == "saidAt"
    assert _field(say(said_at=NOW - timedelta(days=32))) == "saidAt"
    say()()
    say(Method.IN_PERSON, phone=None)()


@pytest.mark.parametrize("missing", ["added_parts_cents", "added_labor_cents", "new_total_cents"])
def test_an_approval_by_phone_says_every_amount_and_the_right_one(missing):
    sums = Sums(added_parts_cents=40_00, added_labor_cents=56_00, new_total_cents=508_80)
    said = {"added_parts_cents": 40_00, "added_labor_cents": 56_00, "new_total_cents": 508_80}
    rules.check_phone_sums(Saying(Method.PHONE, NOW, "Ana", **said), sums, "USD")
    for wrong in (None, said[missing] + 1):
        saying = Saying(Method.PHONE, NOW, "Ana", **{**said, missing: wrong})
        assert _field(lambda saying=saying: rules.check_phone_sums(saying, sums, "USD")).startswith(missing[:3])
