import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.accounts.permissions import Role
from backend.appointments import commands as appointments
from backend.appointments.commands import Change, Step
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.consent import commands as consents
from backend.consent.rules import ConsentMethod
from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.db import StaleVersionError
from backend.core.errors import NotFoundError, RuleViolationError
from backend.core.ids import new_id
from backend.customers.models import Customer
from backend.desk import commands as desk_commands
from backend.messages import queries as message_queries
from backend.messages import rules as message_rules
from backend.messages.commands import CUSTOMER, Subject
from backend.messages.models import Message
from backend.messages.rules import MessageClass, MessageStatus, Origin, Reason
from backend.notices import commands, queries, rules
from backend.notices.models import NoticeRule
from backend.notices.rules import Cause, Loudness, Trigger
from tests.factories.appointments import START, make_appointment
from tests.factories.customers import make_customer
from tests.factories.messages import PHONE, make_consent, make_message
from tests.factories.notices import make_rule
from tests.factories.shop import make_location
from tests.factories.templates import make_template
from tests.messages.conftest import PHONE as TOLL_FREE
from tests.messages.conftest import zone_where_it_is

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
# Thursday, 10:00 in New York.
YESTERDAY = START - 24 * HOUR


@pytest.fixture
def shop(session):
    return make_location(session, name="Harbor Auto")


@pytest.fixture
def job(session, shop):
    """Return a job of tomorrow whose customer agreed to texts."""
    ana = make_customer(session, name="Ana Flores", phone=PHONE)
    make_consent(session)
    return make_appointment(session, shop, customer_id=ana.id, created_at=YESTERDAY, updated_at=YESTERDAY)


@pytest.fixture
def olivia(as_role, shop):
    """Return the Owner as an actor."""
    user = as_role("Owner").user
    return Actor(ActorKind.USER, user.id, user.name, Role.OWNER)


def _texts(session):
    session.expire_all()
    return session.scalars(sa.select(Message).order_by(Message.id)).all()


def _step(session, job, target, olivia, now, reason=None):
    appointments.change_status(
        session, job.id, Step(target, reason), actor=olivia, location_ids=[job.location_id], now=now
    )
    session.flush()


def _move(session, job, start, olivia, now):
    appointments.change_appointment(
        session,
        job.id,
        Change({"start": start, "end": start + HOUR}),
        actor=olivia,
        location_ids=[job.location_id],
        now=now,
    )
    session.flush()


# --- rules of a location -----------------------------------------------------------------------


def _set(session, shop, template_id, loudness=Loudness.LOUD, trigger=Trigger.READY, version=None, **more):
    actor = Actor(ActorKind.SYSTEM, name="Sam Rivera")
    values = {"version": version, "actor": actor, "location_ids": [shop.id], "now": START}
    commands.set_rule(session, shop.id, trigger, loudness, template_id, **{**values, **more})


def test_a_rule_is_set_changed_and_in_the_log(session, shop):
    template = make_template(session)

    _set(session, shop, template.id, version=0)
    _set(session, shop, template.id, Loudness.ASK, version=1)

    rule = session.scalars(sa.select(NoticeRule)).one()
    assert (rule.loudness, rule.template_id, rule.version) == ("ask", template.id, 2)
    changes = session.scalars(sa.select(AuditLog.changes).order_by(AuditLog.version)).all()
    assert changes == [
        {
            "trigger": ["ready", "ready"],
            "loudness": ["quiet", "loud"],
            "templateId": [None, str(template.id)],
        },
        {"trigger": ["ready", "ready"], "loudness": ["loud", "ask"]},
    ]


def test_what_is_set_as_it_is_changes_nothing(session, shop):
    template = make_template(session)
    _set(session, shop, template.id)
    _set(session, shop, template.id)

    assert session.scalars(sa.select(NoticeRule.version)).all() == [1]


def test_two_editors_of_one_rule_are_told(session, shop):
    template = make_template(session)
    _set(session, shop, template.id, version=0)

    with pytest.raises(StaleVersionError) as caught:
        _set(session, shop, template.id, Loudness.ASK, version=0)

    assert (caught.value.context["rule"]["loudness"], caught.value.context["rule"]["version"]) == ("loud", 1)
    assert session.scalars(sa.select(NoticeRule.loudness)).all() == ["loud"]


@pytest.mark.parametrize("which", ["none", "elsewhere", "advertising"])
def test_what_is_said_has_an_informational_template_of_the_location(session, shop, which):
    elsewhere = make_template(session, location_id=make_location(session).id)
    advertising = make_template(session, name="Offer", category="marketing", purpose="marketing")
    template_id = {"none": None, "elsewhere": elsewhere.id, "advertising": advertising.id}[which]

    with pytest.raises(RuleViolationError) as caught:
        _set(session, shop, template_id)

    assert list(caught.value.context["errors"]) == ["templateId"]
    assert session.scalars(sa.select(NoticeRule)).all() == []


def test_a_location_where_one_does_not_work_is_unknown(session, shop):
    with pytest.raises(NotFoundError):
        _set(session, shop, None, Loudness.QUIET, location_ids=[])


def test_a_rule_made_quiet_takes_back_what_waits(session, shop, job):
    make_rule(session, shop, Trigger.REMINDER_24H)
    commands.remind(session, job.id, [Trigger.REMINDER_24H], now=YESTERDAY - HOUR)

    _set(session, shop, None, Loudness.QUIET, Trigger.REMINDER_24H)

    (text,) = _texts(session)
    assert (text.status, text.reason) == ("suppressed", "rule_changed")
    assert text.origin_key.endswith(f"#{text.id}")


# --- booking and moving ------------------------------------------------------------------------


def test_a_loud_booking_waits_half_a_minute_and_says_who_writes(session, shop, job):
    template = make_rule(
        session, shop, Trigger.BOOKED, body="You are booked for {appointment_day} at {appointment_time}."
    )

    commands.tell_booking(session, job.id, now=YESTERDAY + SECOND)

    (text,) = _texts(session)
    assert (text.status, text.reason, text.due_at) == ("held", "requested_later", YESTERDAY + 30 * SECOND)
    assert (text.origin, text.message_class, text.template_id) == (
        Origin.CONFIRMATION,
        MessageClass.INFORMATIONAL,
        template.id,
    )
    assert text.body == "Harbor Auto: You are booked for Fri, Nov 20 at 10:00 AM.\nReply STOP to opt out"
    assert text.origin_key == f"stage:{job.id}:booked:20261120T150000.000000Z"
    assert (text.phone, text.created_by) == (PHONE, None)


def test_telling_twice_makes_one_text(session, shop, job):
    make_rule(session, shop, Trigger.BOOKED)

    for seconds in (1, 2):
        commands.tell_booking(session, job.id, now=YESTERDAY + seconds * SECOND)

    assert len(_texts(session)) == 1


def test_a_rule_that_asks_proposes(session, shop, job):
    make_rule(session, shop, Trigger.BOOKED, Loudness.ASK)

    commands.tell_booking(session, job.id, now=YESTERDAY)

    (text,) = _texts(session)
    assert (text.status, text.due_at, text.reason) == (MessageStatus.PROPOSED, None, None)


@pytest.mark.parametrize("loudness", [Loudness.QUIET, None])
def test_a_quiet_rule_and_none_say_nothing(session, shop, job, loudness):
    if loudness is not None:
        make_rule(session, shop, Trigger.BOOKED, loudness)

    assert commands.tell_booking(session, job.id, now=YESTERDAY) is None
    assert _texts(session) == []


def test_nobody_is_written_to_without_a_number(session, shop):
    make_rule(session, shop, Trigger.BOOKED)
    rosa = make_customer(session)
    job = make_appointment(session, shop, customer_id=rosa.id, created_at=YESTERDAY)

    assert commands.tell_booking(session, job.id, now=YESTERDAY) is None
    assert _texts(session) == []


def test_who_did_not_agree_is_not_texted_and_the_thread_says_so(session, shop):
    make_rule(session, shop, Trigger.BOOKED)
    rosa = make_customer(session, phone="+17185550199")
    job = make_appointment(session, shop, customer_id=rosa.id, created_at=YESTERDAY)

    commands.tell_booking(session, job.id, now=YESTERDAY)

    (text,) = _texts(session)
    assert (text.status, text.reason) == ("suppressed", "no_consent")


def test_a_missing_value_is_told_in_the_thread(session, shop, job):
    make_rule(session, shop, Trigger.BOOKED, body="{plate} is booked.")

    commands.tell_booking(session, job.id, now=YESTERDAY)

    (text,) = _texts(session)
    assert (text.status, text.reason) == ("suppressed", "missing_values")


def test_a_booking_of_long_ago_is_no_news(session, shop, job):
    make_rule(session, shop, Trigger.BOOKED)

    commands.tell_booking(session, job.id, now=YESTERDAY + 13 * HOUR)

    assert _texts(session) == []


def test_a_move_takes_back_the_old_start_and_tells_the_new_one(session, shop, job, olivia):
    make_rule(session, shop, Trigger.RESCHEDULED, body="Now {appointment_time}.")
    make_rule(session, shop, Trigger.REMINDER_2H)
    commands.remind(session, job.id, [Trigger.REMINDER_2H], now=YESTERDAY + HOUR)
    moved_at = YESTERDAY + 2 * HOUR

    _move(session, job, START + HOUR, olivia, moved_at)
    commands.tell_change(session, job.id, now=moved_at)

    reminder, moved = _texts(session)
    assert (reminder.status, reminder.reason) == ("suppressed", "no_longer_true")
    assert (moved.status, moved.due_at) == ("held", moved_at + 30 * SECOND)
    assert moved.body.startswith("Harbor Auto: Now 11:00 AM.")
    assert moved.origin_key == f"stage:{job.id}:rescheduled:20261120T160000.000000Z:2"


@pytest.mark.parametrize("is_booking_first", [True, False], ids=["booking first", "move first"])
def test_a_job_moved_before_its_booking_was_told_is_told_once_as_booked(session, shop, job, olivia, is_booking_first):
    make_rule(session, shop, Trigger.BOOKED, body="You are booked for {appointment_time}.")
    make_rule(session, shop, Trigger.RESCHEDULED)
    _move(session, job, START + HOUR, olivia, YESTERDAY + HOUR)
    back = YESTERDAY + 2 * HOUR
    tell = [commands.tell_booking, commands.tell_change]

    # What waited for the dispatcher is taken up in whatever order, and perhaps twice.
    for each in (tell if is_booking_first else tell[::-1]) * 2:
        each(session, job.id, now=back)

    (text,) = _texts(session)
    assert text.origin_key == f"stage:{job.id}:booked:20261120T160000.000000Z"
    assert "You are booked for 11:00 AM." in text.body


def test_a_move_after_the_booking_was_told_is_a_move(session, shop, job, olivia):
    make_rule(session, shop, Trigger.BOOKED)
    make_rule(session, shop, Trigger.RESCHEDULED)
    commands.tell_booking(session, job.id, now=YESTERDAY + HOUR)
    (booked,) = _texts(session)
    booked.status, booked.reason, booked.due_at = "delivered", None, None
    booked.accepted_at = booked.sent_at = booked.delivered_at = YESTERDAY + HOUR
    session.flush()
    for hours, start in ((2, START + HOUR), (3, START)):
        _move(session, job, start, olivia, YESTERDAY + hours * HOUR)
        commands.tell_change(session, job.id, now=YESTERDAY + hours * HOUR)

    told = [(rules.read_key(text.origin_key).trigger, text.status) for text in _texts(session)]
    assert told == [
        (Trigger.BOOKED, "delivered"),
        (Trigger.RESCHEDULED, "suppressed"),
        (Trigger.RESCHEDULED, "held"),
    ]


@pytest.mark.parametrize("is_reminder_first", [True, False], ids=["reminder first", "event first"])
@pytest.mark.parametrize("is_moved", [True, False], ids=["moved", "booked"])
def test_what_was_changed_and_came_due_while_nothing_ran_is_one_text(
    session, shop, job, olivia, is_moved, is_reminder_first
):
    make_rule(session, shop, Trigger.RESCHEDULED if is_moved else Trigger.BOOKED)
    make_rule(session, shop, Trigger.REMINDER_24H)
    due = YESTERDAY + 10 * SECOND
    if is_moved:
        due = YESTERDAY + HOUR
        _move(session, job, START + HOUR, olivia, due - 5 * SECOND)
    else:
        job.starts_at = START + 10 * SECOND
        session.flush()
    back = due + HOUR / 2

    def tell():
        (commands.tell_change if is_moved else commands.tell_booking)(session, job.id, now=back)

    def remind():
        commands.remind(session, job.id, [Trigger.REMINDER_24H], now=back)

    for each in (remind, tell, remind) if is_reminder_first else (tell, remind, tell):
        each()

    (text,) = _texts(session)
    assert text.origin == (Origin.REMINDER if is_reminder_first else Origin.CONFIRMATION)


@pytest.mark.parametrize("end", ["proposed", "canceled", "failed"])
def test_a_late_reminder_that_nobody_got_is_no_reason_to_be_silent_about_a_move(session, shop, job, olivia, end):
    make_rule(session, shop, Trigger.RESCHEDULED)
    make_rule(session, shop, Trigger.REMINDER_24H, loudness=Loudness.ASK)
    due = YESTERDAY + HOUR
    _move(session, job, START + HOUR, olivia, due - 5 * SECOND)
    commands.remind(session, job.id, [Trigger.REMINDER_24H], now=due + HOUR / 2)
    (reminder,) = _texts(session)
    assert reminder.status == "proposed"
    reminder.status = end
    session.flush()

    commands.tell_change(session, job.id, now=due + HOUR / 2)

    assert [rules.read_key(text.origin_key).trigger for text in _texts(session)] == [
        Trigger.REMINDER_24H,
        Trigger.RESCHEDULED,
    ]


@pytest.mark.parametrize("booked", [Loudness.ASK, Loudness.QUIET])
def test_a_move_is_told_as_one_where_bookings_are_not_told_by_themselves(session, shop, job, olivia, booked):
    make_rule(session, shop, Trigger.BOOKED, loudness=booked)
    make_rule(session, shop, Trigger.RESCHEDULED)
    commands.tell_booking(session, job.id, now=YESTERDAY + HOUR)
    _move(session, job, START + HOUR, olivia, YESTERDAY + 2 * HOUR)

    commands.tell_change(session, job.id, now=YESTERDAY + 2 * HOUR)

    *_, moved = _texts(session)
    assert (rules.read_key(moved.origin_key).trigger, moved.status) == (Trigger.RESCHEDULED, "held")


def test_a_move_that_was_told_is_not_told_again_as_a_booking(session, shop, job, olivia):
    booked = make_rule(session, shop, Trigger.BOOKED, loudness=Loudness.QUIET)
    make_rule(session, shop, Trigger.RESCHEDULED)
    at = YESTERDAY + HOUR
    _move(session, job, START + HOUR, olivia, at)
    commands.tell_change(session, job.id, now=at)
    _set(session, shop, booked.id, Loudness.LOUD, Trigger.BOOKED, version=1)

    commands.tell_change(session, job.id, now=at + HOUR)

    assert [rules.read_key(text.origin_key).trigger for text in _texts(session)] == [Trigger.RESCHEDULED]


def test_moved_back_at_once_nothing_is_told(session, shop, job, olivia):
    make_rule(session, shop, Trigger.RESCHEDULED)
    at = YESTERDAY + HOUR
    _move(session, job, START + HOUR, olivia, at)
    commands.tell_change(session, job.id, now=at)
    _move(session, job, START, olivia, at + 20 * SECOND)
    commands.tell_change(session, job.id, now=at + 20 * SECOND)

    assert [(text.status, text.reason) for text in _texts(session)] == [("suppressed", "no_longer_true")]


def test_an_edit_of_something_else_tells_nothing(session, shop, job, olivia):
    make_rule(session, shop, Trigger.RESCHEDULED)
    appointments.change_appointment(
        session, job.id, Change({"title": "Brakes"}), actor=olivia, location_ids=[shop.id], now=YESTERDAY + HOUR
    )

    assert commands.tell_change(session, job.id, now=YESTERDAY + HOUR) is None
    assert _texts(session) == []


def test_a_moved_job_gets_its_reminder_again_when_it_is_moved_back(session, shop, job, olivia):
    make_rule(session, shop, Trigger.REMINDER_2H)
    commands.remind(session, job.id, [Trigger.REMINDER_2H], now=YESTERDAY + HOUR)
    for hours, start in ((2, START + HOUR), (3, START)):
        _move(session, job, start, olivia, YESTERDAY + hours * HOUR)
        commands.tell_change(session, job.id, now=YESTERDAY + hours * HOUR)

    commands.remind(session, job.id, [Trigger.REMINDER_2H], now=YESTERDAY + 4 * HOUR)

    first, again = _texts(session)
    assert (first.status, again.status) == ("suppressed", "held")
    assert again.origin_key == f"reminder_2h:{job.id}:20261120T150000.000000Z"


def test_what_the_sender_found_untrue_is_told_when_it_comes_true_again(session, shop, job, olivia):
    """A move whose text the sender stopped before anybody heard of the move; then back."""
    make_rule(session, shop, Trigger.REMINDER_2H)
    commands.remind(session, job.id, [Trigger.REMINDER_2H], now=START - 3 * HOUR)
    [reminder] = _texts(session)
    _move(session, job, START + HOUR, olivia, START - 2 * HOUR - SECOND)
    reminder.status, reminder.reason, reminder.due_at = MessageStatus.SUPPRESSED, Reason.NO_LONGER_TRUE, None
    commands.tell_change(session, job.id, now=START - 2 * HOUR)
    _move(session, job, START, olivia, START - 2 * HOUR + SECOND)
    session.execute(sa.update(Appointment).values(updated_at=START - 3 * HOUR))

    assert len(commands.remind(session, job.id, [Trigger.REMINDER_2H], now=START - 2 * HOUR + 2 * SECOND)) == 1


@pytest.mark.parametrize("trigger", list(Trigger))
def test_a_text_is_known_by_what_it_follows(trigger):
    key = rules.key_of(rules.Cause(trigger, new_id(), START, 3))
    origin = Origin.REMINDER if trigger in rules.REMINDERS else Origin.STAGE
    for written in (key, rules.withdrawn_key(key, new_id())):
        assert message_rules.trigger_of(origin, written) == trigger
    assert message_rules.trigger_of(Origin.KEYWORD, "keyword:SM1") is None


# --- stages --------------------------------------------------------------------------------------


def test_a_step_is_told_when_eight_seconds_to_take_it_back_are_over(session, shop, job, olivia):
    make_rule(session, shop, Trigger.IN_PROGRESS)
    _step(session, job, Status.IN_PROGRESS, olivia, START)

    commands.tell_step(session, job.id, now=START + SECOND)

    (text,) = _texts(session)
    assert (text.status, text.due_at, text.origin) == ("held", START + rules.HOLD, Origin.STAGE)
    assert timedelta(seconds=8) < rules.HOLD <= timedelta(seconds=10)


def test_a_misdrop_taken_back_tells_nothing(session, shop, job, olivia):
    make_rule(session, shop, Trigger.IN_PROGRESS)
    _step(session, job, Status.IN_PROGRESS, olivia, START)
    commands.tell_step(session, job.id, now=START)

    _step(session, job, Status.SCHEDULED, olivia, START + 8 * SECOND)
    commands.tell_step(session, job.id, now=START + 8 * SECOND)

    assert [(text.status, text.reason) for text in _texts(session)] == [("suppressed", "undone")]
    # It stays in the history, and is no bubble of the thread.
    assert message_queries.list_thread(session, job.id, limit=9) == []
    assert session.scalars(sa.select(AuditLog).where(AuditLog.action == "message.suppressed")).one()


def test_a_step_taken_back_does_not_tell_again_what_was_told_before_it(session, shop, job, olivia):
    make_rule(session, shop, Trigger.IN_PROGRESS)
    make_rule(session, shop, Trigger.READY)
    _step(session, job, Status.IN_PROGRESS, olivia, START)
    commands.tell_step(session, job.id, now=START)
    [begun] = _texts(session)
    begun.status, begun.due_at = MessageStatus.DELIVERED, None
    for seconds, target in ((0, Status.READY), (8, Status.IN_PROGRESS)):
        now = START + HOUR + seconds * SECOND
        _step(session, job, target, olivia, now)
        commands.tell_step(session, job.id, now=now)

    assert [text.status for text in _texts(session)] == ["delivered", "suppressed"]
    # Once more, and this time it stays.
    _step(session, job, Status.READY, olivia, START + HOUR + 10 * SECOND)
    commands.tell_step(session, job.id, now=START + HOUR + 10 * SECOND)
    assert [text.status for text in _texts(session)] == ["delivered", "suppressed", "held"]


def test_a_step_back_later_is_a_step_of_its_own(session, shop, job, olivia):
    make_rule(session, shop, Trigger.IN_PROGRESS)
    for minutes, target in ((0, Status.IN_PROGRESS), (60, Status.READY), (61, Status.IN_PROGRESS)):
        now = START + timedelta(minutes=minutes)
        _step(session, job, target, olivia, now)
        commands.tell_step(session, job.id, now=now)

    assert [text.status for text in _texts(session)] == ["suppressed", "held"]


def test_a_step_done_again_is_told_although_nothing_had_run_in_between(session, shop, job, olivia):
    make_rule(session, shop, Trigger.READY)
    for seconds, target in ((0, Status.IN_PROGRESS), (60, Status.READY), (61, Status.IN_PROGRESS), (62, Status.READY)):
        _step(session, job, target, olivia, START + seconds * SECOND)

    for _ in range(3):
        commands.tell_step(session, job.id, now=START + 63 * SECOND)

    [text] = _texts(session)
    assert (text.status, text.due_at) == ("held", START + 62 * SECOND + rules.HOLD)


def test_a_walk_in_that_began_in_a_status_is_not_told_it_by_a_misdrop(session, shop, olivia):
    make_rule(session, shop, Trigger.IN_PROGRESS)
    ben = make_customer(session, name="Ben Ortiz", phone=PHONE)
    make_consent(session)
    here = make_appointment(session, shop, customer_id=ben.id, status="IN_PROGRESS", check_in_at=START)
    for seconds, target in ((60, Status.READY), (65, Status.IN_PROGRESS)):
        _step(session, here, target, olivia, START + seconds * SECOND)
        commands.tell_step(session, here.id, now=START + seconds * SECOND)

    assert _texts(session) == []


WAYS = {
    Status.SCHEDULED: (Status.IN_PROGRESS, Status.NO_SHOW),
    Status.IN_PROGRESS: (Status.READY, Status.SCHEDULED),
    Status.READY: (Status.COMPLETED, Status.IN_PROGRESS),
    Status.COMPLETED: (Status.READY,),
    Status.NO_SHOW: (Status.SCHEDULED,),
}
GAPS = (1, 4, 8, 9.99, 10, 10.01, 11, 25, 60)
LAGS = (0, 0.5, 2, 12)


@pytest.mark.parametrize("seed", range(24))
def test_whatever_steps_are_taken_and_taken_back_each_stay_is_told_once(session, shop, job, olivia, seed):
    """Steps seconds apart, told at once or late, and a sender that sends what is due and still true."""
    dice = random.Random(seed)
    for trigger in rules.STAGES.values():
        make_rule(session, shop, trigger)
    status, at, steps = Status.SCHEDULED, START, []
    for _ in range(7):
        # Back where it came from half of the time: that is what is hunted for.
        last = steps[-1][1] if steps and steps[-1][1] in WAYS[status] else None
        target = last if last is not None and dice.random() < 0.5 else dice.choice(WAYS[status])
        at += dice.choice(GAPS) * SECOND
        steps.append((at, status, target))
        status = target
    events = sorted(
        [(at, 0, target) for at, _, target in steps]
        + [(at + dice.choice(LAGS) * SECOND, 1, None) for at, _, _ in steps],
        key=lambda event: event[:2],
    )
    left = []
    for number, (now, _, target) in enumerate(events):
        if target is not None:
            _step(session, job, target, olivia, now, "by mistake")
        else:
            commands.tell_step(session, job.id, now=now)
        until = events[number + 1][0] if number + 1 < len(events) else now + HOUR
        left += _send_what_is_due(session, now, until)

    ends = [*(at for at, _, _ in steps[1:]), None]
    stays = [(target, since, end) for (since, _, target), end in zip(steps, ends, strict=True)]
    groups: list[list] = []
    for stay in stays:
        same = next((group for group in reversed(groups) if group[-1][0] is stay[0]), None)
        if same is not None and stay[1] - same[-1][2] <= rules.HOLD:
            same.append(stay)
        else:
            groups.append([stay])
    for group in groups:
        told = [
            at
            for cause, at in left
            if any((cause.at, rules.STAGES.get(stay[0])) == (stay[1], cause.trigger) for stay in group)
        ]
        assert len(told) <= 1, (seed, group)
        is_long = any(end is None or end - since > rules.HOLD + max(LAGS) * SECOND for _, since, end in group)
        assert not is_long or group[0][0] is Status.SCHEDULED or len(told) == 1, (seed, group)
    assert all(at - cause.at >= rules.HOLD for cause, at in left)


def _send_what_is_due(session, now, until):
    """Hand over what becomes due before `until`, as the sender would; return (cause, when) of what left."""
    left = []
    while True:
        session.flush()
        due = session.scalars(
            sa.select(Message)
            .where(Message.status.in_(("held", "queued")), Message.due_at < until)
            .order_by(Message.due_at)
            .limit(1)
        ).one_or_none()
        if due is None:
            return left
        at = max(now, due.due_at)
        subject = Subject(Origin(due.origin), due.origin_key, due.appointment_id, at)
        if commands.is_true(session, subject):
            left.append((rules.read_key(due.origin_key), at))
            due.status, due.due_at = MessageStatus.DELIVERED, None
        else:
            due.status, due.reason, due.due_at = MessageStatus.SUPPRESSED, Reason.NO_LONGER_TRUE, None


@pytest.mark.parametrize("is_made", [True, False])
def test_what_a_step_tells_is_shown_word_for_word_before_it_leaves(session, shop, job, olivia, is_made):
    make_rule(session, shop, Trigger.IN_PROGRESS)
    _step(session, job, Status.IN_PROGRESS, olivia, START)
    shown = _leaving(session, job, START)
    if is_made:
        commands.tell_step(session, job.id, now=START + SECOND)
        shown = _leaving(session, job, START + 2 * SECOND)

    assert (shown.trigger, shown.loudness, shown.at) == (Trigger.IN_PROGRESS, Loudness.LOUD, START + rules.HOLD)
    commands.tell_step(session, job.id, now=START + SECOND)
    [text] = _texts(session)
    assert (shown.text, shown.message_id) == (text.body, text.id if is_made else None)
    # Moved back within the eight seconds, it tells nothing any more.
    _step(session, job, Status.SCHEDULED, olivia, START + 8 * SECOND)
    assert _leaving(session, job, START + 8 * SECOND) is None


def test_a_quiet_step_leaves_nothing_to_show(session, shop, job, olivia):
    _step(session, job, Status.IN_PROGRESS, olivia, START)

    assert _leaving(session, job, START) is None


def _leaving(session, job, now):
    session.flush()
    return commands.find_leaving(session, queries.find_job(session, job.id), with_money=True, now=now)


def test_each_time_a_car_is_ready_it_is_told(session, shop, job, olivia):
    make_rule(session, shop, Trigger.READY)
    _step(session, job, Status.IN_PROGRESS, olivia, START)
    for minutes, target in ((60, Status.READY), (70, Status.IN_PROGRESS), (90, Status.READY)):
        now = START + timedelta(minutes=minutes)
        _step(session, job, target, olivia, now)
        for _ in range(2):
            commands.tell_step(session, job.id, now=now)

    assert [text.status for text in _texts(session)] == ["suppressed", "held"]


def test_a_proposal_goes_when_the_car_goes(session, shop, job, olivia):
    make_rule(session, shop, Trigger.READY, Loudness.ASK)
    for minutes, target in ((0, Status.IN_PROGRESS), (60, Status.READY), (90, Status.COMPLETED)):
        now = START + timedelta(minutes=minutes)
        _step(session, job, target, olivia, now)
        commands.tell_step(session, job.id, now=now)

    assert [(text.status, text.reason) for text in _texts(session)] == [("suppressed", "no_longer_true")]


def test_what_a_person_wrote_stays_when_the_job_goes_on(session, shop, job, olivia):
    make_message(session, job, direction="out", status="held", due_at=START + HOUR, consent_event_id=None)
    _step(session, job, Status.IN_PROGRESS, olivia, START)

    commands.tell_step(session, job.id, now=START)

    assert [text.status for text in _texts(session)] == ["held"]


def test_a_deleted_job_takes_its_texts_along(session, shop, job, olivia):
    make_rule(session, shop, Trigger.REMINDER_2H)
    commands.remind(session, job.id, [Trigger.REMINDER_2H], now=YESTERDAY + HOUR)
    appointments.delete_appointment(session, job.id, None, actor=olivia, location_ids=[shop.id], now=YESTERDAY + HOUR)

    commands.take_back(session, job.id, now=YESTERDAY + HOUR)

    assert [(text.status, text.reason) for text in _texts(session)] == [("suppressed", "no_longer_true")]


# --- reminders -----------------------------------------------------------------------------------


def test_reminders_are_written_down_once_and_wait_for_their_time(session, shop, job):
    for trigger in rules.REMINDERS:
        make_rule(session, shop, trigger, body="See you {appointment_day} at {appointment_time}. Reply C to confirm.")
    now = YESTERDAY - HOUR

    first = commands.remind(session, job.id, list(rules.REMINDERS), now=now)
    again = commands.remind(session, job.id, list(rules.REMINDERS), now=now + 300 * SECOND)

    texts = _texts(session)
    assert [(text.origin_key.split(":")[0], text.due_at, text.status) for text in texts] == [
        ("reminder_24h", YESTERDAY, "held"),
        ("reminder_2h", START - 2 * HOUR, "held"),
    ]
    assert (len(first), again) == (2, [])


def test_a_reminder_that_asks_is_proposed_when_its_time_has_come(session, shop, job):
    make_rule(session, shop, Trigger.REMINDER_2H, Loudness.ASK)

    assert commands.remind(session, job.id, [Trigger.REMINDER_2H], now=START - 3 * HOUR) == []
    (text,) = commands.remind(session, job.id, [Trigger.REMINDER_2H], now=START - 2 * HOUR)

    assert text.status is MessageStatus.PROPOSED


def test_a_reminder_of_the_night_is_held_until_the_morning(session, shop, job):
    make_rule(session, shop, Trigger.REMINDER_2H)
    job.starts_at = START - timedelta(hours=1, minutes=30)
    session.flush()

    commands.remind(session, job.id, [Trigger.REMINDER_2H], now=YESTERDAY)

    # Two hours before 8:30 it is 6:30.
    (text,) = _texts(session)
    assert text.due_at == START - 2 * HOUR


def _suppressed_by_stop(session, shop, job, now):
    make_rule(session, shop, Trigger.REMINDER_24H)
    [text] = commands.remind(session, job.id, [Trigger.REMINDER_24H], now=now)
    stop = consents.Evidence("STOP", message_id=new_id())
    consents.revoke(session, PHONE, ConsentMethod.STOP_KEYWORD, evidence=stop, actor=CUSTOMER, now=now)
    desk_commands.cancel_waiting(session, Reason.OPTED_OUT, now=now, phone=PHONE)
    assert (text.status, text.reason) == ("suppressed", "opted_out")
    return text


@pytest.mark.parametrize(
    ("after", "reminders"),
    [
        pytest.param(timedelta(minutes=20), 1, id="its time is still to come"),
        pytest.param(timedelta(hours=2), 1, id="a little late"),
        pytest.param(timedelta(hours=4), 0, id="its time is over"),
    ],
)
def test_a_reminder_that_a_stop_took_back_is_made_again_after_a_start(session, shop, job, after, reminders):
    now = YESTERDAY - HOUR
    job.updated_at = now
    _suppressed_by_stop(session, shop, job, now)
    assert commands.remind(session, job.id, [Trigger.REMINDER_24H], now=now + SECOND) == []

    then = now + after
    start = consents.Evidence("START", message_id=new_id())
    consents.restore(session, PHONE, ConsentMethod.START_KEYWORD, evidence=start, actor=CUSTOMER, now=then)
    assert commands.owe_reminders(session, PHONE, now=then) == 1
    assert commands.owe_reminders(session, PHONE, now=then) == 0
    made = commands.remind(session, job.id, [Trigger.REMINDER_24H], now=then)

    assert len(made) == reminders
    assert all(text.status in {"held", "queued"} for text in made)
    assert commands.remind(session, job.id, [Trigger.REMINDER_24H], now=then + SECOND) == []


def test_what_is_no_reminder_is_not_made_up_for(session, shop, job, olivia):
    make_rule(session, shop, Trigger.BOOKED)
    commands.tell_booking(session, job.id, now=YESTERDAY)
    desk_commands.cancel_waiting(session, Reason.OPTED_OUT, now=YESTERDAY, phone=PHONE)

    assert commands.owe_reminders(session, PHONE, now=YESTERDAY + SECOND) == 0


def test_jobs_to_remind_are_those_of_reminding_locations(session, shop, job):
    quiet = make_location(session)
    ana = make_customer(session)
    make_appointment(session, quiet, customer_id=ana.id)
    make_appointment(session, shop, customer_id=ana.id, status=Status.CANCELED)
    make_appointment(session, shop, customer_id=ana.id, starts_at=START + 3 * HOUR)
    make_appointment(session, shop)
    for trigger in rules.REMINDERS:
        make_rule(session, shop, trigger)
        make_rule(session, quiet, trigger, Loudness.QUIET)

    found = queries.list_jobs_to_remind(session, YESTERDAY - HOUR)

    assert [(identifier, sorted(triggers)) for identifier, triggers in found] == [
        (job.id, [Trigger.REMINDER_24H, Trigger.REMINDER_2H])
    ]


# --- still true? ---------------------------------------------------------------------------------


def test_the_engine_is_told_whether_a_text_is_still_true(session, shop, job, olivia):
    key = rules.key_of(Cause(Trigger.REMINDER_2H, job.id, START))

    def _ask(origin_key, now=YESTERDAY):
        return commands.is_true(session, Subject(Origin.REMINDER, origin_key, job.id, now))

    assert _ask(key)
    assert _ask(None), "what no notice made"
    assert not _ask(key, START)
    assert not _ask(rules.key_of(Cause(Trigger.REMINDER_2H, new_id(), START)))
    _step(session, job, Status.CANCELED, olivia, YESTERDAY)
    assert not _ask(key)


def _give_to(session, job, customer, olivia, now):
    change = Change({"customer_id": customer.id})
    appointments.change_appointment(session, job.id, change, actor=olivia, location_ids=[job.location_id], now=now)
    session.flush()


@pytest.fixture
def ben(session):
    make_consent(session, "+17185550177")
    return make_customer(session, name="Ben Cole", phone="+17185550177")


def test_a_job_given_to_another_customer_reminds_that_one(session, shop, job, olivia, ben):
    make_rule(session, shop, Trigger.REMINDER_24H, body="See you at {appointment_time}, {customer_first_name}.")
    commands.remind(session, job.id, [Trigger.REMINDER_24H], now=YESTERDAY - 2 * HOUR)
    _give_to(session, job, ben, olivia, YESTERDAY - HOUR)
    first = _texts(session)[0]

    assert not commands.is_true(session, Subject(Origin.REMINDER, first.origin_key, job.id, YESTERDAY))
    commands.tell_change(session, job.id, now=YESTERDAY - HOUR)

    old, new = _texts(session)
    assert (old.phone, old.status, old.reason) == (PHONE, "suppressed", "rewritten")
    assert (new.customer_id, new.phone, new.status, new.due_at) == (ben.id, ben.phone, "held", YESTERDAY)
    assert "Ben" in new.body


def test_who_was_not_reminded_yet_is_although_the_customer_before_was(session, shop, job, olivia, ben):
    make_rule(session, shop, Trigger.REMINDER_24H)
    [sent] = commands.remind(session, job.id, [Trigger.REMINDER_24H], now=YESTERDAY - 2 * HOUR)
    sent.status, sent.due_at, sent.consent_event_id = MessageStatus.DELIVERED, None, make_consent(session).id
    session.flush()
    _give_to(session, job, ben, olivia, YESTERDAY - HOUR)
    commands.tell_change(session, job.id, now=YESTERDAY - HOUR)

    [reminder] = commands.remind(session, job.id, [Trigger.REMINDER_24H], now=YESTERDAY - HOUR)

    assert (reminder.phone, sent.status) == (ben.phone, "delivered")


def test_a_corrected_number_gets_what_waited_for_the_wrong_one(session, shop, job):
    make_rule(session, shop, Trigger.BOOKED, body="Booked, {customer_name}.")
    told = commands.tell_booking(session, job.id, now=YESTERDAY)
    make_consent(session, "+17185550177")
    customer = session.get_one(Customer, job.customer_id)
    customer.phone = "+17185550177"
    session.flush()

    assert not commands.is_true(session, Subject(Origin.CONFIRMATION, told.origin_key, job.id, YESTERDAY))
    commands.tell_customer_change(session, job.id, now=YESTERDAY + SECOND)

    old, new = _texts(session)
    assert (old.status, old.reason) == ("suppressed", "rewritten")
    assert (new.phone, new.status, new.due_at) == ("+17185550177", "held", YESTERDAY + 31 * SECOND)


@pytest.mark.parametrize("reminds", [True, False], ids=["a reminder for later", "a text for now"])
def test_another_zone_of_the_customer_judges_what_their_night_held(session, reminds):
    shop = make_location(session, timezone=zone_where_it_is(12), phone="+17185550100")
    make_consent(session, TOLL_FREE)
    customer = make_customer(session, phone=TOLL_FREE, timezone=zone_where_it_is(2))
    now = utc_now()
    job = make_appointment(session, shop, customer_id=customer.id, starts_at=now + timedelta(hours=4), created_at=now)
    trigger = Trigger.REMINDER_2H if reminds else Trigger.BOOKED
    make_rule(session, shop, trigger)
    if reminds:
        [text] = commands.remind(session, job.id, [trigger], now=now)
    else:
        text = commands.tell_booking(session, job.id, now=now)
    assert (text.status, text.reason) == ("held", "quiet_hours")

    customer.timezone = shop.timezone
    session.flush()
    commands.judge_anew(session, customer.id, now=now)

    expected = ("held", "requested_later", now + timedelta(hours=2)) if reminds else ("queued", None, now)
    assert (text.status, text.reason, text.due_at) == expected


def test_a_value_that_changed_is_written_anew_and_one_that_did_not_is_left(session, shop, job, olivia):
    make_rule(session, shop, Trigger.READY, body="Ready \u2013 {customer_name}, promised {promised_time|soon}.")
    _step(session, job, Status.IN_PROGRESS, olivia, START)
    _step(session, job, Status.READY, olivia, START + HOUR)
    commands.tell_step(session, job.id, now=START + HOUR)
    commands.tell_change(session, job.id, now=START + HOUR + SECOND)
    assert len(_texts(session)) == 1

    job.customer_name = "Ana Flores-Reyes"
    session.get_one(Customer, job.customer_id).name = "Ana Flores-Reyes"
    session.flush()
    commands.tell_customer_change(session, job.id, now=START + HOUR + 2 * SECOND)

    old, new = _texts(session)
    assert (old.status, new.status) == ("suppressed", "held")
    assert "Ready - Ana Flores-Reyes, promised soon." in new.body


# --- confirming ----------------------------------------------------------------------------------


@pytest.fixture
def reminded(session, job):
    make_message(session, job, direction="out", origin=Origin.REMINDER, accepted_at=YESTERDAY, sent_at=YESTERDAY)
    return job


def test_a_reply_confirms_the_job_that_the_customer_was_reminded_of(session, shop, reminded):
    later = make_appointment(session, shop, customer_id=reminded.customer_id, starts_at=START + 48 * HOUR)

    def _reply(text):
        return commands.confirm_by_reply(session, shop.id, PHONE, text, now=YESTERDAY + HOUR)

    assert _reply("What time again?") is None
    assert (_reply("C"), _reply("C")) == (reminded.id, None)
    session.refresh(reminded)
    assert (reminded.confirmed_at, later.confirmed_at) == (YESTERDAY + HOUR, None)
    row = session.execute(sa.select(AuditLog.action, AuditLog.actor_kind, AuditLog.actor_name)).one()
    assert tuple(row) == ("appointment.confirmed", "customer", "Ana Flores")


def test_a_reply_to_nothing_confirms_nothing(session, shop, job):
    assert commands.confirm_by_reply(session, shop.id, PHONE, "C", now=YESTERDAY) is None
    assert job.confirmed_at is None


def test_another_locations_job_is_not_confirmed(session, reminded):
    elsewhere = make_location(session)

    assert commands.confirm_by_reply(session, elsewhere.id, PHONE, "C", now=YESTERDAY) is None
    assert reminded.confirmed_at is None


# --- what a location starts with -----------------------------------------------------------------


def test_a_new_location_sends_nothing_by_itself_and_asks_about_two(session, shop):
    commands.give_prepared(session, shop.id, now=START)

    found = queries.list_rules(session, shop.id)
    assert [rule.trigger for rule in found if rule.loudness is Loudness.LOUD] == []
    assert [rule.trigger for rule in found if rule.loudness is Loudness.ASK] == [Trigger.REMINDER_24H, Trigger.READY]
    assert all(rule.template_name for rule in found)


def test_what_an_owner_chose_stays(session, shop):
    commands.give_prepared(session, shop.id, now=START)
    _set(session, shop, None, Loudness.QUIET)
    commands.give_prepared(session, shop.id, now=START)

    ready = queries.get_rule(session, shop.id, Trigger.READY)
    assert (ready.loudness, ready.template_id, ready.version) == (Loudness.QUIET, None, 2)


def test_a_second_location_gets_the_same_templates(session, shop):
    other = make_location(session)
    for location in (shop, other):
        commands.give_prepared(session, location.id, now=START)

    templates = [{rule.template_id for rule in queries.list_rules(session, place.id)} for place in (shop, other)]
    assert templates[0] == templates[1]
