"""The copies that the board reads always say what the lines say, whatever people and customers do."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.errors import DomainError
from backend.core.events import EventType
from backend.services import queries, rules
from backend.services.commands import decisions
from backend.services.commands.jobs import JobDraft, arrange_jobs, create_job, delete_job, revive_job
from backend.services.commands.lines import change_line, create_line, delete_line, discount_job
from backend.services.rules import Approval
from tests.factories.appointments import make_appointment
from tests.factories.catalog import make_catalog_job
from tests.factories.services import make_job
from tests.services.conftest import check_sums


@pytest.fixture
def owner(as_role):
    user = as_role("Owner").user
    return Actor(ActorKind.USER, user.id, user.name, "Owner")


PAD = {"kind": "part", "name": "Pads", "unit_price_cents": 100_00}


def test_a_job_without_a_price_is_not_approved_and_one_that_is_free_is(session, visit, owner):
    unpriced = make_job(session, visit.appointment, lines=())
    free = make_job(session, visit.appointment, lines=({"unit_price_cents": 0},))
    courtesy = {"discount_cents": 100_00, "discount_reason": "Courtesy", "discounted_by": owner.id}
    given = make_job(session, visit.appointment, lines=(courtesy,))
    session.commit()

    with pytest.raises(rules.NotPricedError), transaction() as work:
        decisions.decide(work, unpriced.id, Approval.APPROVED, actor=owner, now=utc_now())
    with transaction() as work:
        decisions.decide(work, unpriced.id, Approval.DECLINED, reason="Not now", actor=owner, now=utc_now())
        for job in (free, given):
            decisions.decide(work, job.id, Approval.APPROVED, actor=owner, now=utc_now())

    session.expire_all()
    assert [job.approval for job in queries.list_jobs(session, visit.appointment.id)] == [
        "declined",
        "approved",
        "approved",
    ]


def test_a_decision_is_kept_with_its_reason_and_leaves_the_question_open(session, visit, owner):
    job = make_job(session, visit.appointment)
    session.commit()
    now = utc_now()

    with transaction() as work:
        decisions.ask(work, job.id, "Can it wait?", at=now)
    session.refresh(job)
    assert job.asked_at == now
    with transaction() as work:
        decided = decisions.decide(
            work,
            job.id,
            Approval.DECLINED,
            reason="Next month",
            deferred_until=date(2026, 12, 24),
            actor=owner,
            now=now,
        )

    assert (decided.approval, decided.decline_reason, decided.deferred_until, decided.asked_at) == (
        Approval.DECLINED,
        "Next month",
        date(2026, 12, 24),
        now,
    )
    assert check_sums(session, visit.appointment) == 0
    told = session.scalars(sa.select(AuditLog).where(AuditLog.action == EventType.APPROVAL_RECORDED)).one()
    assert told.changes["approval"] == ["pending", "declined"]

    with transaction() as work:
        assert decisions.decide(work, job.id, Approval.APPROVED, actor=owner, now=now).decline_reason is None
        # The same once more is no other decision.
        decisions.decide(work, job.id, Approval.APPROVED, actor=owner, now=now)
    assert check_sums(session, visit.appointment) == 100_00
    assert visit.appointment.jobs_approved == 1
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.action == EventType.APPROVAL_RECORDED)) == 2


@pytest.mark.parametrize("last", [Approval.APPROVED, Approval.DECLINED])
def test_work_that_waits_for_an_approval_goes_on_with_the_last_answer(session, visit, owner, last):
    first, second = (make_job(session, visit.appointment) for _ in range(2))
    visit.appointment.needs_approval = visit.appointment.needs_part = True
    session.commit()
    now = utc_now()

    with transaction() as work:
        decisions.decide(work, first.id, Approval.APPROVED, actor=owner, now=now)
    session.refresh(visit.appointment)
    assert visit.appointment.needs_approval, "one job waits for the customer's word yet"
    with transaction() as work:
        decisions.decide(work, second.id, last, actor=owner, now=now)

    session.refresh(visit.appointment)
    assert (visit.appointment.needs_approval, visit.appointment.needs_part) == (False, True)
    told = session.scalars(
        sa.select(AuditLog).where(
            AuditLog.action == EventType.APPOINTMENT_CHANGED, AuditLog.entity_id == visit.appointment.id
        )
    ).one()
    assert (told.actor_id, told.changes["needsApproval"]) == (owner.id, [True, False])


def test_offering_a_job_again_ends_no_wait(session, visit, owner):
    job = make_job(session, visit.appointment, approval=Approval.DECLINED, lines=({"unit_price_cents": 0},))
    visit.appointment.needs_approval = True
    session.commit()

    with transaction() as work:
        decisions.offer_again(
            work, visit.appointment.id, job.id, actor=owner, location_ids=[visit.location.id], now=utc_now()
        )

    session.refresh(visit.appointment)
    assert visit.appointment.needs_approval


def test_approving_an_alternative_takes_the_place_of_an_approved_one(session, visit, owner):
    session.commit()
    scope = {"actor": owner, "location_ids": [visit.location.id], "now": utc_now()}
    with transaction() as work:
        first = create_job(work, visit.appointment.id, JobDraft(name="Standard", lines=[PAD]), **scope)
        second = create_job(
            work, visit.appointment.id, JobDraft(name="Ceramic", lines=[PAD], alternative_to=first), **scope
        )
        for job_id in (first, second):
            decisions.decide(work, job_id, Approval.APPROVED, actor=owner, now=utc_now())

    session.expire_all()
    jobs = {job.name: job for job in queries.list_jobs(session, visit.appointment.id)}
    assert (jobs["Standard"].approval, jobs["Standard"].is_chosen) == (Approval.PENDING, False)
    assert (jobs["Ceramic"].approval, jobs["Ceramic"].is_chosen) == (Approval.APPROVED, True)
    assert visit.appointment.services_summary == "Ceramic"


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_in_whatever_order_the_visits_total_is_the_sum_of_what_counts(session, visit, owner, seed):
    canned = make_catalog_job(session)
    earlier = make_appointment(
        session,
        visit.location,
        vehicle_id=visit.appointment.vehicle_id,
        starts_at=visit.appointment.starts_at.replace(month=5),
    )
    declined = [make_job(session, earlier, approval=Approval.DECLINED) for _ in range(3)]
    random, done = Random(seed), 0
    walk = _Walk(random, visit.appointment.id, canned.id, [job.id for job in declined], owner, [visit.location.id])
    session.commit()

    for _ in range(70):
        try:
            with transaction() as work:
                walk.step(work)
            done += 1
        except DomainError:
            pass  # refused as a whole: nothing may have changed
        check_sums(session, visit.appointment)
        session.rollback()

    assert done > 35


class _Walk:
    """Does one thing after another with a visit, drawn by dice."""

    def __init__(self, random, visit_id, canned_id, declined_ids, owner, location_ids):
        self.random, self.visit_id, self.canned_id, self.declined_ids = random, visit_id, canned_id, declined_ids
        self.owner = owner
        self.scope = {"actor": owner, "location_ids": location_ids, "now": utc_now()}

    def step(self, session):
        jobs = queries.list_jobs(session, self.visit_id)
        lines = [line for job in jobs for line in job.lines]
        acts = [self.add_canned, self.add_line, self.revive]
        if jobs:
            acts += [self.decide, self.decide, self.discount, self.choose, self.arrange, self.offer_instead]
            acts += [self.delete_job] * (len(jobs) > 5)
        if lines:
            acts += [self.change_line, self.change_line, self.delete_line]
        self.random.choice(acts)(session, jobs, lines)

    def add_canned(self, session, _jobs, _lines):
        create_job(session, self.visit_id, JobDraft(catalog_id=self.canned_id), **self.scope)

    def add_line(self, session, jobs, _lines):
        job_id = self.random.choice([None, *(job.id for job in jobs)])
        kind = self.random.choice(["labor", "part", "fee"])
        line = {"kind": kind, "name": "Work", "unit_price_cents": self.random.randint(0, 900_00)}
        line |= {"hours": Decimal(self.random.randint(0, 300)) / 100} if kind == "labor" else {}
        create_line(session, self.visit_id, job_id, line, **self.scope)

    def offer_instead(self, session, jobs, _lines):
        line = {"kind": "part", "name": "Dearer", "unit_price_cents": self.random.randint(0, 900_00)}
        draft = JobDraft(name="Dearer", lines=[line], alternative_to=self.random.choice(jobs).id)
        create_job(session, self.visit_id, draft, **self.scope)

    def revive(self, session, _jobs, _lines):
        revive_job(session, self.random.choice(self.declined_ids), self.visit_id, **self.scope)

    def decide(self, session, jobs, _lines):
        job = self.random.choice(jobs)
        approval = self.random.choice([one for one in Approval if one is not Approval.APPROVED or job.is_priced])
        decisions.decide(session, job.id, approval, actor=self.owner, now=utc_now())

    def discount(self, session, jobs, _lines):
        percent = Decimal(self.random.randint(0, 10_000)) / 100
        job_id = self.random.choice(jobs).id
        discount_job(session, self.visit_id, job_id, percent=percent, reason="Kind", **self.scope)

    def choose(self, session, jobs, _lines):
        decisions.choose_job(session, self.visit_id, self.random.choice(jobs).id, **self.scope)

    def arrange(self, session, jobs, _lines):
        ids = [job.id for job in jobs]
        self.random.shuffle(ids)
        arrange_jobs(session, self.visit_id, ids, **self.scope)

    def delete_job(self, session, jobs, _lines):
        delete_job(session, self.visit_id, self.random.choice(jobs).id, **self.scope)

    def delete_line(self, session, _jobs, lines):
        delete_line(session, self.visit_id, self.random.choice(lines).id, **self.scope)

    def change_line(self, session, jobs, lines):
        patch = self.random.choice(
            [
                {"unit_price_cents": self.random.randint(0, 900_00)},
                {"quantity": Decimal(self.random.randint(1, 9000)) / 1000},
                {"tax_class": self.random.choice(["labor", "parts", "fees", "exempt"])},
                {"job_id": self.random.choice(jobs).id},
                {"notes": "Only a note"},
            ]
        )
        change_line(session, self.visit_id, self.random.choice(lines).id, patch, version=None, **self.scope)
