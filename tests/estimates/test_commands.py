from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit.models import AuditLog
from backend.consent.rules import ConsentKind, ConsentMethod
from backend.core.db import transaction
from backend.core.errors import DomainError, NotFoundError, RuleViolationError
from backend.core.events import EventType
from backend.estimates import queries, rules
from backend.estimates.commands import answering, evidence, questions, versions
from backend.estimates.commands.versions import Published, Showing
from backend.estimates.models import ApprovalRecord, Estimate
from backend.estimates.rules import Answer, Decision, EstimateChangedError, Method, Saying
from backend.inbox.models import Conversation
from backend.links import commands as links
from backend.links.commands import Caller
from backend.links.models import SignedLink
from backend.links.rules import StepUpRequiredError
from backend.messages import commands as messages
from backend.messages import queries as message_queries
from backend.messages.models import Message
from backend.outbox.models import OutboxEvent
from backend.services import queries as service_queries
from backend.services.commands import decisions, jobs, lines
from backend.services.commands.jobs import JobDraft
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import NotPricedError
from backend.wiring import SUBSCRIPTIONS
from tests.estimates.conftest import CUSTOMER, NOW, PHONE, Offered
from tests.factories.appointments import make_appointment
from tests.factories.messages import make_consent
from tests.factories.services import make_job

LATER = NOW + timedelta(minutes=5)


def publish(session: Session, offered: Offered, how: str = "link", now=NOW, **options) -> Published:
    showing = Showing(how, "https://shop.test", "shop.test", template_id=offered.template_id, **options)
    return versions.publish(
        session, offered.visit.id, showing, actor=offered.advisor, location_ids=offered.here, now=now
    )


def say(is_known: bool = False, **given) -> Saying:
    return Saying(Method.LINK, LATER, person="Ana Reyes", is_known=is_known, **given)


def answer(
    session: Session, offered: Offered, shown: Published, *answers: Answer, saying: Saying | None = None, now=LATER
) -> None:
    answering.answer_by_link(
        session,
        offered.visit.id,
        shown.estimate.document_hash,
        list(answers),
        saying or say(),
        actor=CUSTOMER,
        now=now,
    )


def approve(job: AppointmentJob) -> Answer:
    return Answer(job.id, Decision.APPROVED)


def decline(job: AppointmentJob, reason: str = "Not now") -> Answer:
    return Answer(job.id, Decision.DECLINED, reason)


def edit_by_a_cent(session: Session, offered: Offered, job: AppointmentJob) -> None:
    line = session.scalars(sa.select(AppointmentService).where(AppointmentService.job_id == job.id)).one()
    lines.change_line(
        session,
        offered.visit.id,
        line.id,
        {"unit_price_cents": line.unit_price_cents + 1},
        version=None,
        actor=offered.advisor,
        location_ids=offered.here,
        now=LATER + timedelta(minutes=1),
    )


def state(session: Session, offered: Offered) -> tuple[str | None, int, int]:
    session.refresh(offered.visit)
    return offered.visit.estimate_state, offered.visit.jobs_approved, offered.visit.jobs_offered


def test_what_was_shown_is_frozen_with_its_hash(session, offered):
    shown = publish(session, offered, intro="We looked at the noise.")
    session.commit()
    kept = session.scalars(sa.select(Estimate)).one()
    assert kept.document["intro"] == "We looked at the noise."
    assert rules.hash_document(kept.document) == kept.document_hash == shown.estimate.document_hash
    assert [job["name"] for job in kept.document["jobs"]][:2] == ["Brake inspection", "Brake fluid"]
    assert state(session, offered)[0] == "sent"
    for change in ({"document": {}}, {"document_hash": "0" * 64}, {"total_cents": 1}, {"version_no": 9}):
        with pytest.raises(sa.exc.DBAPIError), session.begin_nested():
            session.execute(sa.update(Estimate).values(**change))


def test_another_version_takes_the_place_of_the_first(session, offered):
    first = publish(session, offered)
    second = publish(session, offered, "print", now=LATER)
    assert [(one.version_no, one.superseded_at) for one in queries.list_versions(session, offered.visit.id)] == [
        (1, LATER),
        (2, None),
    ]
    assert second.url is None
    assert first.url is not None
    with pytest.raises(EstimateChangedError):
        answer(session, offered, first, approve(offered.flush))


def test_what_has_no_price_yet_is_approved_neither_by_link_nor_by_phone(session, offered):
    shield = make_job(session, offered.visit, name="Heat shield", sort_order=9, lines=())
    session.commit()
    shown = publish(session, offered)
    session.commit()
    with pytest.raises(NotPricedError, match="Heat shield"), transaction() as work:
        answer(work, offered, shown, approve(offered.flush), approve(shield))
    spoken = Saying(Method.IN_PERSON, LATER, person="Ana Reyes")
    with pytest.raises(NotPricedError), transaction() as work:
        answering.record_answers(
            work,
            offered.visit.id,
            [approve(shield)],
            spoken,
            actor=offered.advisor,
            location_ids=offered.here,
            now=LATER,
        )
    assert session.scalars(sa.select(ApprovalRecord)).all() == []
    assert {job.approval for job in service_queries.list_jobs(session, offered.visit.id)} == {"pending"}


def test_a_text_brings_the_link_and_nobody_reads_it_in_the_thread(session, offered):
    shown = publish(session, offered, "sms")
    message = session.scalars(sa.select(Message)).one()
    assert shown.estimate.message_id == message.id
    assert shown.url in message.body
    from backend.messages import queries as messages  # noqa: PLC0415

    seen = messages.shown(messages.get_view(session, message.id), with_money=True)
    assert shown.url.rpartition("/")[2] not in seen["body"]
    assert "/c/[…]" in seen["body"]


def test_a_text_that_a_guard_refuses_publishes_nothing(session, offered):
    make_consent(session, PHONE, kind=ConsentKind.REVOKED, method=ConsentMethod.STOP_KEYWORD, at=LATER)
    session.commit()
    with pytest.raises(DomainError) as error, transaction() as other:
        publish(other, offered, "sms")
    assert error.value.code == "opted_out"
    assert session.scalar(sa.select(sa.func.count()).select_from(SignedLink)) == 0


def test_a_customer_approves_declines_and_chooses(session, offered):
    shown = publish(session, offered)
    answer(
        session,
        offered,
        shown,
        approve(offered.ceramic),
        decline(offered.flush, "Did it last year"),
        saying=say(spending_cap_cents=300_00),
    )
    assert state(session, offered) == ("partly", 1, 3)
    session.refresh(offered.ceramic)
    session.refresh(offered.pads)
    session.refresh(offered.flush)
    assert (offered.ceramic.is_chosen, offered.pads.is_chosen) == (True, False)
    assert offered.flush.decline_reason == "Did it last year"
    records = queries.list_records(session, offered.visit.id)
    assert {(one.job_name, one.decision, one.amount_cents, one.person) for one in records} == {
        ("Ceramic pads", "approved", 174_20, "Ana Reyes"),
        ("Brake fluid", "declined", 90_00, "Ana Reyes"),
    }
    assert {one.document_hash for one in records} == {shown.estimate.document_hash}
    assert queries.spending_cap_of(records) == 300_00


def test_a_limit_is_not_below_what_is_approved_with_it(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.brakes))
    with pytest.raises(RuleViolationError) as error:
        answer(session, offered, shown, approve(offered.flush), saying=say(spending_cap_cents=209_99))
    assert error.value.context["errors"] == {
        "spendingCapCents": ["$210.00 is approved with this. The limit can't be below that."],
    }
    answer(session, offered, shown, approve(offered.flush), saying=say(spending_cap_cents=210_00))
    # Who approves nothing may set it lower: the shop is told to call.
    answer(session, offered, shown, decline(offered.ceramic), saying=say(spending_cap_cents=100_00))
    assert queries.spending_cap_of(queries.list_records(session, offered.visit.id)) == 100_00


def test_the_same_answer_again_is_kept_once(session, offered):
    shown = publish(session, offered)
    for _ in range(3):
        # Ceramic is an alternative that another one stands before.
        answer(session, offered, shown, approve(offered.flush), decline(offered.ceramic))
    assert len(queries.list_records(session, offered.visit.id)) == 2


def test_two_alternatives_are_not_approved_together(session, offered):
    shown = publish(session, offered)
    with pytest.raises(RuleViolationError):
        answer(session, offered, shown, approve(offered.ceramic), approve(offered.pads))


def test_the_link_alone_approves_up_to_the_cap_in_sum(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.brakes), approve(offered.flush))
    with pytest.raises(StepUpRequiredError):
        answer(session, offered, shown, approve(offered.ceramic))
    answer(session, offered, shown, approve(offered.ceramic), saying=say(is_known=True))
    assert state(session, offered) == ("approved", 3, 3)


def test_an_alternative_in_place_of_an_approved_one_is_for_who_is_known(session, offered):
    """Whoever has a forwarded link could otherwise take an approval back, under a name of their own."""
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.pads))
    for _ in range(2):
        with pytest.raises(EstimateChangedError):
            answer(session, offered, shown, approve(offered.ceramic))
    session.refresh(offered.pads)
    assert (offered.pads.approval, offered.pads.is_chosen) == ("approved", True)
    answer(session, offered, shown, approve(offered.ceramic), saying=say(is_known=True))
    assert state(session, offered) == ("partly", 1, 3)


def test_what_is_approved_is_not_declined_by_link(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.flush))
    with pytest.raises(EstimateChangedError):
        answer(session, offered, shown, decline(offered.flush))


def test_a_cent_takes_back_that_approval_alone(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.brakes), approve(offered.flush))
    edit_by_a_cent(session, offered, offered.flush)
    for _ in range(2):
        evidence.keep_revocations(session, offered.flush.id, LATER + timedelta(minutes=2))
    session.refresh(offered.brakes)
    session.refresh(offered.flush)
    assert (offered.brakes.approval, offered.flush.approval) == ("approved", "pending")
    assert state(session, offered) == ("changed", 1, 3)
    last = queries.list_records(session, offered.visit.id)[-1]
    assert (last.decision, last.amount_cents, last.person) == ("revoked", 90_00, "Ada Advisor")
    assert (last.method, last.reason) == ("shop", "The job or its price was changed.")
    with pytest.raises(EstimateChangedError):
        answer(session, offered, shown, approve(offered.flush))
    newer = publish(session, offered, now=LATER + timedelta(minutes=3))
    assert state(session, offered)[0] == "partly"
    answer(session, offered, newer, approve(offered.flush), now=LATER + timedelta(minutes=4))
    assert state(session, offered) == ("partly", 2, 3)
    told = queries.read_evidence(session, offered.visit.id)
    assert [(one["jobName"], one["decision"], one["amountCents"]) for one in told["records"]] == [
        ("Brake inspection", "approved", 120_00),
        ("Brake fluid", "approved", 90_00),
        ("Brake fluid", "revoked", 90_00),
        ("Brake fluid", "approved", 90_01),
    ]
    assert told["changesSince"] == [
        {"jobName": "Standard pads", "thenName": None, "thenCents": None, "nowCents": 108_88}
    ]


def test_an_approved_job_that_is_deleted_leaves_its_evidence(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.flush))
    jobs.delete_job(
        session, offered.visit.id, offered.flush.id, actor=offered.advisor, location_ids=offered.here, now=LATER
    )
    evidence.keep_revocations(session, offered.flush.id, LATER)
    assert [one.decision for one in queries.list_records(session, offered.visit.id)] == ["approved", "revoked"]
    assert queries.list_records(session, offered.visit.id)[-1].reason == "The job was taken out."
    gone = {"jobName": "Brake fluid", "thenName": None, "thenCents": 90_00, "nowCents": None}
    assert gone in queries.read_evidence(session, offered.visit.id)["changesSince"]


def test_what_a_customer_puts_in_an_approved_ones_place_is_their_own_word(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.pads))
    answer(
        session, offered, shown, approve(offered.ceramic), saying=say(is_known=True), now=LATER + timedelta(minutes=1)
    )
    evidence.keep_revocations(session, offered.pads.id, LATER + timedelta(minutes=2))
    ended = [one for one in queries.list_records(session, offered.visit.id) if one.decision == "revoked"]
    assert [(one.job_name, one.method, one.person, one.reason, one.is_known) for one in ended] == [
        ("Standard pads", "link", "Ana Reyes", "An alternative was chosen instead.", True)
    ]


def test_what_an_advisor_puts_in_an_approved_ones_place_is_the_shops(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.pads))
    decisions.choose_job(
        session, offered.visit.id, offered.ceramic.id, actor=offered.advisor, location_ids=offered.here, now=LATER
    )
    evidence.keep_revocations(session, offered.pads.id, LATER)
    last = queries.list_records(session, offered.visit.id)[-1]
    assert (last.decision, last.method, last.person, last.reason) == (
        "revoked",
        "shop",
        "Ada Advisor",
        "An alternative was chosen instead.",
    )


@pytest.mark.parametrize("words", [{"name": "Rear brake fluid"}, {"description": "The rear ones, too."}])
def test_other_words_are_another_job_than_the_approved_one(session, offered, words):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.brakes), approve(offered.flush))
    jobs.change_job(
        session,
        offered.visit.id,
        offered.flush.id,
        words,
        version=None,
        actor=offered.advisor,
        location_ids=offered.here,
        now=LATER + timedelta(minutes=1),
    )
    evidence.keep_revocations(session, offered.flush.id, LATER + timedelta(minutes=2))
    assert state(session, offered) == ("changed", 1, 3)
    told = queries.read_evidence(session, offered.visit.id)
    assert told["records"][-1]["decision"] == "revoked"
    changed = next(one for one in told["changesSince"] if one["thenCents"] is not None)
    assert (changed["thenName"], changed["thenCents"], changed["nowCents"]) == (
        "Brake fluid" if "name" in words else None,
        90_00,
        90_00,
    )


def test_lines_that_sum_to_the_same_are_told_as_a_change(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.flush))
    line = session.scalars(sa.select(AppointmentService).where(AppointmentService.job_id == offered.flush.id)).one()
    lines.change_line(
        session,
        offered.visit.id,
        line.id,
        {"name": "Cheaper fluid"},
        version=None,
        actor=offered.advisor,
        location_ids=offered.here,
        now=LATER + timedelta(minutes=1),
    )
    changes = queries.read_evidence(session, offered.visit.id)["changesSince"]
    assert {"jobName": "Brake fluid", "thenName": None, "thenCents": 90_00, "nowCents": 90_00} in changes


def test_the_record_says_whether_the_digits_had_been_given(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, approve(offered.flush), saying=say(user_agent="Somebody's phone"))
    answer(session, offered, shown, approve(offered.brakes), saying=say(is_known=True))
    kept = {one["jobName"]: one for one in queries.read_evidence(session, offered.visit.id)["records"]}
    assert (kept["Brake fluid"]["isKnown"], kept["Brake fluid"]["userAgent"]) == (False, "Somebody's phone")
    assert kept["Brake inspection"]["isKnown"] is True


def test_when_and_by_which_link_it_was_shown_stays_what_it_was(session, offered):
    shown = publish(session, offered)
    link_id = shown.estimate.link_id
    visit_id = links.start_visit(session, link_id, "secret", Caller("203.0.113.7", "Phone"), NOW)
    versions.note_opened(session, offered.visit.id, link_id, LATER)
    links.step_up(session, link_id, visit_id, PHONE[-4:], LATER)
    session.commit()
    for change in (
        "UPDATE estimates SET opened_at = opened_at - interval '1 day'",
        "UPDATE estimates SET opened_at = NULL",
        "UPDATE estimates SET link_cap_cents = 900000",
        "UPDATE estimates SET link_id = NULL",
        "UPDATE signed_links SET opened_at = NULL",
        "UPDATE signed_links SET phone = '+17185550999'",
        "UPDATE signed_links SET created_by = NULL",
        "UPDATE link_visits SET stepped_up_at = stepped_up_at - interval '1 hour'",
        "UPDATE link_visits SET stepped_up_at = NULL",
        "UPDATE link_visits SET ip = '203.0.113.8'",
        "DELETE FROM link_visits",
        "DELETE FROM signed_links",
    ):
        with pytest.raises(sa.exc.DBAPIError, match=r"can not be changed|permission denied"), session.begin_nested():
            session.execute(sa.text(change))


def test_a_question_waits_on_card_and_desk_until_it_is_answered(session, offered):
    publish(session, offered)
    questions.ask(session, offered.visit.id, offered.flush.id, say(words="Can it wait?"), actor=CUSTOMER, now=LATER)
    assert state(session, offered)[0] == "question"
    thread = session.scalars(sa.select(Conversation)).one()
    assert (thread.phone, thread.unread_count, thread.state) == (PHONE, 1, "open")
    assert (
        session.scalars(sa.select(Message.body).where(Message.channel == "page")).one() == "Brake fluid: Can it wait?"
    )
    questions.answer_question(
        session,
        offered.visit.id,
        offered.flush.id,
        "Until spring.",
        actor=offered.advisor,
        location_ids=offered.here,
        now=LATER,
    )
    assert state(session, offered)[0] == "sent"
    session.refresh(thread)
    assert thread.unread_count == 0
    [answer] = session.scalars(sa.select(Message).where(Message.channel == "page", Message.direction == "out"))
    assert (answer.body, answer.status, answer.created_by) == (
        "Brake fluid: Until spring.",
        "delivered",
        offered.advisor.id,
    )
    assert [one.words for one in queries.list_records(session, offered.visit.id)] == ["Can it wait?", "Until spring."]
    asked, answered = told(session, EventType.JOB_CHANGED)
    assert (asked["question"], answered["answer"]) == ([None, "Can it wait?"], [None, "Until spring."])
    with pytest.raises(NotFoundError):
        questions.ask(session, offered.visit.id, offered.visit.id, say(words="?"), actor=CUSTOMER, now=LATER)


def test_a_question_about_an_alternative_waits_on_the_card_when_another_one_is_approved(session, offered):
    shown = publish(session, offered)
    questions.ask(
        session, offered.visit.id, offered.ceramic.id, say(words="Are they quieter?"), actor=CUSTOMER, now=LATER
    )
    assert state(session, offered)[0] == "question"
    answer(session, offered, shown, approve(offered.pads))
    assert state(session, offered)[0] == "question"
    questions.answer_question(
        session,
        offered.visit.id,
        offered.ceramic.id,
        "They are.",
        actor=offered.advisor,
        location_ids=offered.here,
        now=LATER,
    )
    assert state(session, offered)[0] == "partly"


def test_an_answer_leaves_other_questions_and_texts_unread(session, offered):
    publish(session, offered)
    for job in (offered.flush, offered.brakes):
        questions.ask(session, offered.visit.id, job.id, say(words="Can it wait?"), actor=CUSTOMER, now=LATER)
    messages.receive(
        session,
        location_id=offered.location.id,
        phone=PHONE,
        body="I come at ten",
        provider_sid="SM1",
        at=LATER,
        appointment_id=offered.visit.id,
    )
    message_queries.count_unread_of_numbers(session, {(offered.location.id, PHONE)})
    unread = sa.select(sa.func.count()).where(Message.direction == "in", Message.read_at.is_(None))

    def answer(job) -> None:
        who = {"actor": offered.advisor, "location_ids": offered.here, "now": LATER}
        questions.answer_question(session, offered.visit.id, job.id, "It can.", **who)

    answer(offered.flush)
    assert session.scalar(unread) == 3
    answer(offered.brakes)
    assert session.scalar(unread) == 1


def told(session: Session, event: EventType) -> list[dict[str, Any]]:
    """Return what the log has of an act, the oldest first."""
    return list(session.scalars(sa.select(AuditLog.changes).where(AuditLog.action == event).order_by(AuditLog.id)))


def follow(session: Session) -> None:
    """Run what follows from what happened to jobs, as the dispatcher does."""
    session.commit()
    for event in session.scalars(sa.select(OutboxEvent).order_by(OutboxEvent.id)).all():
        if event.event.startswith(("job.", "approval.")):
            for task in SUBSCRIPTIONS[EventType(event.event)]:
                task(str(event.subject_id))
    session.expire_all()


def test_a_job_that_is_taken_out_takes_its_question_off_the_card(session, offered):
    publish(session, offered)
    questions.ask(session, offered.visit.id, offered.flush.id, say(words="Can it wait?"), actor=CUSTOMER, now=LATER)
    jobs.delete_job(
        session, offered.visit.id, offered.flush.id, actor=offered.advisor, location_ids=offered.here, now=LATER
    )
    follow(session)
    assert state(session, offered)[0] == "sent"


def test_the_card_follows_jobs_that_come_go_and_are_offered_again(session, offered):
    who = {"actor": offered.advisor, "location_ids": offered.here, "now": LATER + timedelta(minutes=1)}
    shown = publish(session, offered)
    answer(
        session,
        offered,
        shown,
        approve(offered.brakes),
        approve(offered.flush),
        approve(offered.pads),
        saying=say(is_known=True),
    )
    assert state(session, offered)[0] == "approved"
    added = jobs.create_job(session, offered.visit.id, JobDraft(name="Wipers"), **who)
    follow(session)
    assert state(session, offered)[0] == "partly"
    jobs.delete_job(session, offered.visit.id, added, **who)
    follow(session)
    assert state(session, offered)[0] == "approved"
    for job in (offered.brakes, offered.flush, offered.pads):
        record(session, offered, Saying(Method.IN_PERSON, LATER, person="Ana Reyes"), decline(job))
    assert state(session, offered)[0] == "declined"
    decisions.offer_again(session, offered.visit.id, offered.brakes.id, **who)
    follow(session)
    assert state(session, offered)[0] == "partly"


def by_phone(offered: Offered, **changes) -> Saying:
    said = {
        "phone": PHONE,
        "added_parts_cents": 90_00,
        "added_labor_cents": 120_00,
        "new_total_cents": 210_00,
        "words": "Asked twice about the price",
    }
    return Saying(Method.PHONE, LATER, person="Ana Reyes", **{**said, **changes})


def record(session: Session, offered: Offered, saying: Saying, *answers: Answer) -> None:
    answering.record_answers(
        session,
        offered.visit.id,
        list(answers),
        saying,
        actor=offered.advisor,
        location_ids=offered.here,
        now=LATER,
    )


def test_what_was_kept_with_a_spoken_answer_was_shown_to_nobody(session, offered):
    publish(session, offered, "print")
    edit_by_a_cent(session, offered, offered.brakes)
    record(session, offered, Saying(Method.IN_PERSON, LATER, person="Ana Reyes"), approve(offered.brakes))

    overview = queries.read_overview(session, offered.visit.id, offered.here, LATER)
    assert [one["how"] for one in overview["versions"]] == ["print", "record"]
    told = queries.read_evidence(session, offered.visit.id)
    assert [one["isSpoken"] for one in told["estimates"]] == [False, True]


def test_the_same_answer_spoken_again_keeps_no_other_version(session, offered):
    said = Saying(Method.IN_PERSON, LATER, person="Ana Reyes")
    record(session, offered, said, approve(offered.flush))
    edit_by_a_cent(session, offered, offered.brakes)
    record(session, offered, said, approve(offered.flush))
    assert len(queries.list_versions(session, offered.visit.id)) == 1


def test_an_approval_by_phone_freezes_what_was_read_out(session, offered):
    record(session, offered, by_phone(offered), approve(offered.brakes), approve(offered.flush))
    kept = session.scalars(sa.select(ApprovalRecord)).first()
    assert (kept.method, kept.phone, kept.new_total_cents, kept.recorded_by) == (
        "phone",
        PHONE,
        210_00,
        offered.advisor.id,
    )
    assert kept.document_hash == queries.find_current(session, offered.visit.id).document_hash
    assert state(session, offered) == ("partly", 2, 3)
    decided = told(session, EventType.APPROVAL_RECORDED)
    assert [one["saidVia"] for one in decided] == [[None, "phone"]] * 2
    assert sum(one["amountCents"][1] for one in decided) == 210_00
    [frozen] = told(session, EventType.ESTIMATE_PUBLISHED)
    assert frozen["isSpoken"] == [None, True], "nobody was shown it"


@pytest.mark.parametrize("missing", ["phone", "added_parts_cents", "added_labor_cents", "new_total_cents"])
def test_an_approval_by_phone_is_refused_without(session, offered, missing):
    with pytest.raises(RuleViolationError):
        record(session, offered, by_phone(offered, **{missing: None}), approve(offered.brakes), approve(offered.flush))


def test_the_new_total_is_of_what_is_authorized(session, offered):
    record(session, offered, by_phone(offered), approve(offered.brakes), approve(offered.flush))
    said = by_phone(offered, added_parts_cents=160_00, added_labor_cents=0, new_total_cents=384_20)
    record(session, offered, said, approve(offered.ceramic))
    assert state(session, offered) == ("approved", 3, 3)


def test_in_person_needs_a_name_alone_and_uses_the_version_that_says_the_same(session, offered):
    publish(session, offered, "print")
    record(session, offered, Saying(Method.IN_PERSON, LATER, person="Ana Reyes"), approve(offered.flush))
    assert len(queries.list_versions(session, offered.visit.id)) == 1
    edit_by_a_cent(session, offered, offered.brakes)
    record(session, offered, Saying(Method.IN_PERSON, LATER, person="Ana Reyes"), approve(offered.brakes))
    assert len(queries.list_versions(session, offered.visit.id)) == 2


def test_an_edit_and_an_approval_at_once_end_in_an_approval_of_what_stands(session, offered):
    shown = publish(session, offered)
    session.commit()

    def approve_it(_turn: int) -> bool:
        try:
            with transaction() as other:
                answer(other, offered, shown, approve(offered.flush))
        except EstimateChangedError:
            return False
        return True

    def edit_it(_turn: int) -> bool:
        with transaction() as other:
            edit_by_a_cent(other, offered, offered.flush)
        return True

    with ThreadPoolExecutor(4) as pool:
        turns = [pool.submit(work, turn) for turn in range(4) for work in (approve_it, edit_it)]
        [turn.result() for turn in turns]
    session.expire_all()
    job = session.get(AppointmentJob, offered.flush.id)
    approved = [one for one in queries.list_records(session, offered.visit.id) if one.decision == "approved"]
    # Whoever was first: nothing stands approved at a price that nobody was shown.
    assert job.approval == "pending"
    assert all(one.amount_cents == 90_00 for one in approved)


def test_nothing_is_said_to_a_visit_that_is_over(session, offered):
    shown = publish(session, offered)
    offered.visit.status = "CANCELED"
    session.flush()
    with pytest.raises(DomainError) as error:
        answer(session, offered, shown, approve(offered.flush))
    assert error.value.code == "estimate_closed"


def test_declined_work_comes_back_once_with_its_origin(session, offered):
    shown = publish(session, offered)
    answer(session, offered, shown, decline(offered.flush, "Next time"), approve(offered.brakes))
    later = make_appointment(session, offered.location, vehicle_id=offered.visit.vehicle_id)
    (open_job,) = service_queries.list_declined(session, later.id, offered.here)
    assert (open_job.name, open_job.decline_reason, open_job.price_then_cents) == ("Brake fluid", "Next time", 90_00)
    revived = jobs.revive_job(
        session, open_job.id, later.id, actor=offered.advisor, location_ids=offered.here, now=LATER
    )
    assert service_queries.list_declined(session, later.id, offered.here) == []
    assert session.get(AppointmentJob, revived).revived_from_id == open_job.id
