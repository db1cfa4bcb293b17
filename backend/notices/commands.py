"""What can be done with notices: set a location's rules, tell what happened, remind, take back, hear a confirmation.

Every notice is made through `messages.commands.compose` under a key of its own, so that what is done twice has one
effect, and the engine that decides about every text decides about it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.audit import commands as audit
from backend.consent.rules import Purpose
from backend.core import edits
from backend.core.actor import SYSTEM, Actor, ActorKind
from backend.core.db import StaleVersionError
from backend.core.errors import NotFoundError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.desk import commands as desk
from backend.messages import commands as messages
from backend.messages import queries as message_queries
from backend.messages.commands import Draft, Subject
from backend.messages.models import Message
from backend.messages.rules import DEAD, WAITING, Channel, MessageStatus, Origin, Reason, Verdict, VerdictKind
from backend.notices import queries, rules
from backend.notices.models import NoticeRule
from backend.notices.queries import NoticeMessage, RuleView
from backend.notices.rules import REMINDERS, Addressee, Cause, Certainty, Job, Loudness, Planned, StartChange, Trigger
from backend.templates import commands as template_commands
from backend.templates import queries as templates
from backend.templates.rules import VARIABLES, fill, parse, transliterate

# --- rules of a location -----------------------------------------------------------------------


def set_rule(
    session: Session,
    location_id: UUID,
    trigger: Trigger,
    loudness: Loudness,
    template_id: UUID | None,
    *,
    version: int | None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Say what a location does at a trigger. What waits to be sent by the rule of before is taken back.

    `version` is the one that the editor saw, 0 for a trigger without a rule, None for whatever is there.

    Raises:
        NotFoundError: the actor does not work at the location.
        RuleViolationError: no such template there, an advertising one, or none although something is said.
        StaleVersionError: somebody changed it since `version`; the present `rule` comes along.
    """
    if location_id not in location_ids:
        raise NotFoundError("There is no such location.")
    _check_template(session, location_id, loudness, template_id)
    # One row from here on, whoever else is setting it for the first time.
    session.execute(
        insert(NoticeRule)
        .values(
            id=new_id(), location_id=location_id, trigger=trigger, loudness=Loudness.QUIET, version=0, updated_at=now
        )
        .on_conflict_do_nothing()
    )
    rule = queries.find_rule_for_update(session, location_id, trigger)
    assert rule is not None
    if version is not None and version != rule.version:
        raise StaleVersionError(
            "Somebody changed this since you opened it. Look at it again.",
            rule=edits.wire(queries.get_rule(session, location_id, trigger)),
        )
    before = (rule.loudness, rule.template_id)
    if before == (loudness, template_id) and rule.version > 0:
        return
    rule.loudness, rule.template_id = loudness, template_id
    rule.version += 1
    rule.updated_at, rule.updated_by = now, actor.id
    session.flush()
    changes = {"loudness": (before[0], loudness), "templateId": (before[1], template_id)}
    audit.record(
        session,
        EventType.NOTICE_RULE_CHANGED,
        entity="notice_rule",
        entity_id=rule.id,
        actor=actor,
        at=now,
        changes={"trigger": (trigger, trigger)} | {name: pair for name, pair in changes.items() if pair[0] != pair[1]},
        location_id=location_id,
        version=rule.version,
    )
    _withdraw(session, queries.lock_waiting_of_trigger(session, location_id, trigger), Reason.RULE_CHANGED, now)


def _check_template(session: Session, location_id: UUID, loudness: Loudness, template_id: UUID | None) -> None:
    if template_id is None:
        if loudness is not Loudness.QUIET:
            raise invalid_field("templateId", "Choose what it says.")
        return
    try:
        template = templates.get_template(session, template_id, (location_id,))
    except NotFoundError as error:
        raise invalid_field("templateId", "Choose a template of this location.") from error
    if template.purpose == Purpose.MARKETING:
        raise invalid_field("templateId", "Advertising is not sent by itself.")


# What a new location says: the prepared template of each trigger, and how loud it begins. Only a person's word sends
# anything before the Owner chose otherwise.
PREPARED = {
    Trigger.BOOKED: ("Booking confirmed", Loudness.QUIET),
    Trigger.RESCHEDULED: ("Appointment moved", Loudness.QUIET),
    Trigger.REMINDER_24H: ("Reminder, the day before", Loudness.ASK),
    Trigger.REMINDER_2H: ("Reminder, two hours before", Loudness.QUIET),
    Trigger.IN_PROGRESS: ("Checked in", Loudness.QUIET),
    Trigger.READY: ("Ready for pick-up", Loudness.ASK),
    Trigger.COMPLETED: ("Thank you", Loudness.QUIET),
    Trigger.CANCELED: ("Appointment canceled", Loudness.QUIET),
    Trigger.NO_SHOW: ("We missed you", Loudness.QUIET),
}


def give_prepared(session: Session, location_id: UUID, *, now: datetime) -> None:
    """Give a location that has no rules yet the prepared ones, with what is left of the prepared templates."""
    template_commands.give_prepared(session, now)
    known = templates.find_by_names(session, [name for name, _ in PREPARED.values()])
    if any(rule.version for rule in queries.list_rules(session, location_id)):
        return
    session.add_all(
        NoticeRule(
            id=new_id(),
            location_id=location_id,
            trigger=trigger,
            loudness=loudness,
            template_id=known[name],
            version=1,
            updated_at=now,
        )
        for trigger, (name, loudness) in PREPARED.items()
        if name in known
    )
    session.flush()


# --- what happened to a job ----------------------------------------------------------------------


def tell_booking(session: Session, appointment_id: UUID, *, now: datetime) -> Message | None:
    """Make the text for a new job, if its location says something; return it."""
    job = queries.find_job(session, appointment_id)
    if job is None or not rules.is_news(job.created_at, now) or _was_reminded_since(session, job, job.created_at):
        return None
    return _make(session, job, rules.cause_of_booking(job), job.created_at, now)


def tell_change(session: Session, appointment_id: UUID, *, now: datetime) -> Message | None:
    """Take back what an edit made untrue, and make the text for another start, if there is one to tell."""
    job = queries.find_job(session, appointment_id)
    if job is None:
        return None
    _make_again(session, job, withdraw_untrue(session, job, now), now)
    changes = queries.list_start_changes(session, appointment_id)
    cause = rules.cause_of_change(job, changes)
    if cause is None or not rules.is_news(changes[0].at, now) or _was_reminded_since(session, job, changes[0].at):
        return None
    if cause.trigger is Trigger.RESCHEDULED and _owes_booking(session, job, cause, changes, now):
        # Under the booking's own key: whichever of the two events comes first, it is one text.
        cause = rules.cause_of_booking(job)
    return _make(session, job, cause, changes[0].at, now)


def _owes_booking(session: Session, job: Job, cause: Cause, changes: Sequence[StartChange], now: datetime) -> bool:
    """Tell whether the first that a customer hears of a job is still to come, although it was moved: nothing ran until now.

    `cause` is the move's, which may have been told already. A booking that was told after the last move has told the start of now.
    """
    if not rules.is_news(job.created_at, now):
        return False
    # Where bookings are not told by themselves, a move is not the first that is heard of one.
    if queries.get_rule(session, job.location_id, Trigger.BOOKED).loudness is not Loudness.LOUD:
        return False
    if queries.was_told(session, job, [rules.key_of(cause)]):
        return False
    return not queries.was_told(session, job, rules.keys_of_starts(job, changes), before=changes[0].at)


def _was_reminded_since(session: Session, job: Job, happened_at: datetime) -> bool:
    """Tell whether a reminder that came late, nothing having run at its time, has told the start of now since then."""
    for trigger in REMINDERS:
        key = rules.key_of(rules.cause_of_reminder(trigger, job))
        due = rules.reminder_at(trigger, job.starts_at, job.zone)
        if queries.was_told(session, job, [key], since=max(due, happened_at)):
            return True
    return False


def tell_step(session: Session, appointment_id: UUID, *, now: datetime) -> Message | None:
    """Take back what a step made untrue, and make the text for the status that the job came to."""
    job = queries.find_job(session, appointment_id)
    if job is None:
        return None
    _make_again(session, job, withdraw_untrue(session, job, now), now)
    if not rules.is_news(job.status_since, now):
        return None
    return _make(session, job, _step_to_tell(session, job), job.status_since, now)


def _step_to_tell(session: Session, job: Job) -> Cause | None:
    """Return what to tell of the status that a job is in; nothing where it was left for moments only and told before."""
    cause = rules.cause_of_step(job)
    # What came since the job was read is another event's.
    steps = [step for step in queries.list_last_steps(session, job.id) if step.at <= job.status_since]
    if cause is None or not steps:
        return cause
    stays = rules.stays_as_one(steps)
    earlier = [rules.key_of(replace(cause, at=since)) for since in stays[1:]]
    is_new = bool(stays) and not (earlier and queries.was_told(session, job, earlier))
    return cause if is_new else None


def tell_customer_change(session: Session, appointment_id: UUID, *, now: datetime) -> None:
    """Write anew what waits to be sent about a job whose customer has another name, number or address."""
    job = queries.find_job(session, appointment_id)
    if job is not None:
        _make_again(session, job, withdraw_untrue(session, job, now), now)


def judge_anew(session: Session, customer_id: UUID, *, now: datetime) -> None:
    """Ask whether the hours still hold what waits for a customer's morning: their zone or number may be another one."""
    for message in message_queries.lock_held_by_hours(session, customer_id):
        cause = rules.read_key(message.origin_key)
        wanted = None
        if cause is not None and cause.trigger in REMINDERS:
            job = queries.find_job(session, cause.appointment_id)
            wanted = None if job is None else rules.reminder_at(cause.trigger, cause.at, job.zone)
        desk.judge_anew(session, message, wanted, now=now)


def _make_again(session: Session, job: Job, withdrawn: Sequence[Cause], now: datetime) -> None:
    """Write once more what was taken back, for the customer and with the values of now."""
    for cause in withdrawn:
        if cause.trigger in REMINDERS:
            remind(session, job.id, [cause.trigger], now=now)
        else:
            _make(session, job, cause, now, now)


def take_back(session: Session, appointment_id: UUID, *, now: datetime) -> None:
    """Take back what waits to be sent about a job and is no longer so: of a deleted one everything."""
    job = queries.find_job(session, appointment_id)
    if job is not None:
        withdraw_untrue(session, job, now)


def remind(session: Session, appointment_id: UUID, triggers: Sequence[Trigger], *, now: datetime) -> list[Message]:
    """Write down the reminders of a job that are to be seen by now; return those that are new.

    A loud one waits until its time; one that asks is proposed when its time has come.
    """
    job = queries.find_job(session, appointment_id)
    made = []
    for trigger in triggers:
        due = None if job is None else rules.reminder_to_make(trigger, job, now)
        if job is None or due is None or (due <= now and _was_told_since(session, job, due)):
            continue
        rule = queries.get_rule(session, job.location_id, trigger)
        if rule.loudness is Loudness.ASK and due > now:
            continue
        message = _compose(session, job, rule, rules.cause_of_reminder(trigger, job), not_before=due, now=now)
        if message is not None and message.created_at == now:
            made.append(message)
    return made


def _was_told_since(session: Session, job: Job, due: datetime) -> bool:
    """Tell whether a booking or a move has told the start of now since a reminder of it was due: one text is enough."""
    keys = rules.keys_of_starts(job, queries.list_start_changes(session, job.id))
    return queries.was_told(session, job, keys, since=due)


def owe_reminders(session: Session, phone: str, *, now: datetime) -> int:
    """Let the reminders be made again that did not leave because their number had not agreed; return how many.

    Its owner's START, or a signature, lets it be texted about its car: the visit is still to come, and nobody was told of
    it. The next turn of `remind` makes those whose time is not over. Stages and bookings are news, and those are past.
    """
    refused = queries.lock_reminders_not_agreed_to(session, phone, now)
    for message in refused:
        _free_key(message)
    session.flush()
    return len(refused)


def _make(session: Session, job: Job, cause: Cause | None, happened_at: datetime, now: datetime) -> Message | None:
    if cause is None or not rules.is_still_true(cause, job, now):
        return None
    rule = queries.get_rule(session, job.location_id, cause.trigger)
    return _compose(session, job, rule, cause, not_before=happened_at + rules.grace_of(cause.trigger), now=now)


def _compose(
    session: Session, job: Job, rule: RuleView, cause: Cause, *, not_before: datetime, now: datetime
) -> Message | None:
    """Make a text by a rule; none for a quiet one, or where there is nobody to write to."""
    draft = _draft(session, job, rule)
    if draft is None:
        return None
    recipient = message_queries.find_recipient(session, job.location_id, job.id, None)
    if (recipient.phone if draft.channel is Channel.SMS else recipient.email) is None:
        return None
    is_proposed = rule.loudness is Loudness.ASK
    draft = replace(
        draft,
        origin_key=rules.key_of(cause),
        not_before=None if is_proposed else not_before,
        is_proposed=is_proposed,
    )
    return messages.compose(session, draft, actor=SYSTEM, now=now)


def _draft(session: Session, job: Job, rule: RuleView) -> Draft | None:
    """Return what a rule says about a job; None for a quiet one."""
    if rule.loudness is Loudness.QUIET or rule.template_id is None:
        return None
    template = templates.get_template(session, rule.template_id, (job.location_id,))
    return Draft(
        location_id=job.location_id,
        channel=Channel(template.channel),
        template_id=template.id,
        appointment_id=job.id,
        customer_id=job.customer_id,
        origin=_origin(rule.trigger),
    )


def _origin(trigger: Trigger) -> Origin:
    if trigger in REMINDERS:
        return Origin.REMINDER
    return Origin.CONFIRMATION if trigger in {Trigger.BOOKED, Trigger.RESCHEDULED} else Origin.STAGE


# --- still true? ---------------------------------------------------------------------------------


def is_true(session: Session, subject: Subject) -> bool:
    """Tell the engine whether what a text says is still so, and of whom it goes to.

    What no notice made has nothing that could change.
    """
    cause = rules.read_key(subject.origin_key)
    if cause is None:
        return True
    job = queries.find_job(session, cause.appointment_id)
    if job is None or not rules.is_still_true(cause, job, subject.now):
        return False
    addressee = queries.find_addressee(session, subject.origin_key)
    return addressee is None or rules.is_for_the_customer(addressee, job)


def withdraw_untrue(session: Session, job: Job, now: datetime) -> list[Cause]:
    """Take back what waits to be sent about a job and is no longer so; return the causes that are to be told anew.

    Those are still so, but were for another customer or number, or said another value.
    What another customer got about the job before it became this one's counts as not told.
    """
    untrue, undone, causes, anew = [], [], [], []
    is_undone = rules.is_step_back(queries.list_last_steps(session, job.id))
    for message in queries.lock_made(session, job.id):
        cause = rules.read_key(message.origin_key)
        if cause is None:
            continue
        if message.status in WAITING:
            if _is_as_told(session, job, cause, message, now):
                continue
            if rules.is_still_true(cause, job, now):
                anew.append(message)
                causes.append(cause)
            elif is_undone and rules.grace_of(cause.trigger) == rules.HOLD:
                undone.append(message)
            else:
                untrue.append(message)
        elif message.customer_id != job.customer_id or _was_found_untrue(message):
            _free_key(message)
        elif _is_given_up(message) and not rules.is_still_true(cause, job, now):
            desk.note_untrue(session, message, actor=SYSTEM, now=now)
    for waiting, reason in (
        (untrue, Reason.NO_LONGER_TRUE),
        (undone, Reason.UNDONE),
        (anew, Reason.REWRITTEN),
    ):
        _withdraw(session, waiting, reason, now)
    return causes


def _is_given_up(message: Message) -> bool:
    """Tell whether a person could still try it again."""
    return message.status in DEAD and message.reason != Reason.NO_LONGER_TRUE


def _was_found_untrue(message: Message) -> bool:
    """Tell whether the last look found it untrue, the sender's or that at one given up: what it says may come true again."""
    return message.status in {MessageStatus.SUPPRESSED, *DEAD} and message.reason == Reason.NO_LONGER_TRUE


def _is_as_told(session: Session, job: Job, cause: Cause, message: Message, now: datetime) -> bool:
    """Tell whether a text is true, goes to the job's customer, and has the values of now in it."""
    addressee = Addressee(message.customer_id, message.phone, message.email)
    if not rules.is_still_true(cause, job, now) or not rules.is_for_the_customer(addressee, job):
        return False
    try:
        said = templates.get_template(session, message.template_id, (job.location_id,)) if message.template_id else None
    except NotFoundError:
        said = None
    if said is None or said.version != message.template_version:
        # Another wording is none of the job's doing.
        return True
    filled = fill(said.body, templates.read_values(session, job.id)).text
    return (transliterate(filled).text if message.channel == Channel.SMS else filled) in message.body


def _free_key(message: Message) -> None:
    if message.origin_key is not None:
        message.origin_key = rules.withdrawn_key(message.origin_key, message.id)


def _withdraw(session: Session, waiting: Sequence[Message], reason: Reason, now: datetime) -> int:
    """Suppress locked messages and give their keys free: what becomes true again may be told again."""
    for message in waiting:
        messages.settle(message, Verdict(VerdictKind.REFUSED, reason), now)
        _free_key(message)
        messages.record(session, EventType.MESSAGE_SUPPRESSED, message, actor=SYSTEM, now=now)
    session.flush()
    for message in waiting:
        messages.announce(session, message)
    return len(waiting)


# --- confirming by reply -------------------------------------------------------------------------


def confirm_by_reply(session: Session, location_id: UUID, phone: str, text: str, *, now: datetime) -> UUID | None:
    """Note that the customer will come, if a reply reads so and a text told them the time; return the job confirmed.

    None where it reads otherwise, where no time was told, or where the job was confirmed before: repeating it does
    nothing.
    """
    if not rules.reads_as_confirmation(text):
        return None
    appointment_id = queries.find_to_confirm(session, location_id, phone, now)
    return appointment_id if appointment_id is not None and confirm(session, appointment_id, now=now) else None


def confirm(session: Session, appointment_id: UUID, *, now: datetime) -> bool:
    """Note that the customer of a job will come; False for one confirmed before, not to come, or gone."""
    name = queries.find_customer_name(session, appointment_id)
    return appointments.confirm_appointment(
        session, appointment_id, actor=Actor(ActorKind.CUSTOMER, name=name), now=now
    )


# --- the simulator of a job ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JobText:
    """A text of a job: one that was made, or one to come with what would become of it.

    `state` is planned, held, proposed, sent, failed or refused. `text` is None where the job lacks the `missing`
    values, or says money that the asking person may not see.
    """

    trigger: Trigger
    loudness: Loudness
    template_name: str | None
    text: str | None
    missing: tuple[str, ...]
    withheld: tuple[str, ...]
    at: datetime
    certainty: Certainty
    verdict: Verdict
    state: str
    message_id: UUID | None = None


_STATES = {
    MessageStatus.PROPOSED: "proposed",
    MessageStatus.HELD: "held",
    MessageStatus.QUEUED: "held",
    MessageStatus.SENDING: "sent",
    MessageStatus.SENT: "sent",
    MessageStatus.DELIVERED: "sent",
    MessageStatus.UNCONFIRMED: "sent",
    MessageStatus.UNDELIVERED: "failed",
    MessageStatus.FAILED: "failed",
    MessageStatus.UNKNOWN: "failed",
    MessageStatus.SUPPRESSED: "refused",
    MessageStatus.CANCELED: "refused",
}
_KINDS = {
    "proposed": VerdictKind.HELD,
    "held": VerdictKind.HELD,
    "sent": VerdictKind.NOW,
    "failed": VerdictKind.REFUSED,
    "refused": VerdictKind.REFUSED,
}


def simulate(session: Session, job: Job, *, with_money: bool, now: datetime) -> list[JobText]:
    """List every text that a job got and will get by its location's rules, by time; what may come last.

    What is to come is judged, at its own time, by the engine that will decide. Nothing is written.
    """
    by_trigger = {rule.trigger: rule for rule in queries.list_rules(session, job.location_id)}
    made = queries.list_made(session, job.id)
    keys = {message.origin_key for message in made}
    texts = []
    for message in made:
        cause = rules.read_key(message.origin_key)
        if cause is not None:
            texts.append(_made_text(message, by_trigger[cause.trigger], with_money=with_money))
    for planned in rules.list_planned(job, now):
        if planned.cause is None or rules.key_of(planned.cause) not in keys:
            text = _planned_text(session, job, by_trigger[planned.trigger], planned, with_money=with_money)
            if text is not None:
                texts.append(text)
    return sorted(texts, key=lambda text: (text.certainty is Certainty.IF, text.at))


def find_leaving(session: Session, job: Job, *, with_money: bool, now: datetime) -> JobText | None:
    """Return what a job's last step tells the customer, exactly as it will leave; None where it tells nothing.

    The text itself is made a moment after the step: until then it is shown as it will be.
    """
    cause = _step_to_tell(session, job)
    if cause is None or not rules.is_news(job.status_since, now):
        return None
    rule = queries.get_rule(session, job.location_id, cause.trigger)
    key = rules.key_of(cause)
    made = next((one for one in queries.list_made(session, job.id) if one.origin_key == key), None)
    if made is not None:
        return _made_text(made, rule, with_money=with_money)
    planned = Planned(cause.trigger, job.status_since + rules.grace_of(cause.trigger), Certainty.EXACT, cause)
    return _planned_text(session, job, rule, planned, with_money=with_money)


def _made_text(message: NoticeMessage, rule: RuleView, *, with_money: bool) -> JobText:
    state = _STATES[MessageStatus(message.status)]
    withheld = () if with_money else _money_in(message.template_body)
    reason = Reason(message.reason) if message.reason is not None else None
    return JobText(
        rule.trigger,
        rule.loudness,
        message.template_name,
        None if withheld else message.body,
        (),
        withheld,
        message.due_at if state == "held" and message.due_at is not None else message.at,
        Certainty.EXACT,
        Verdict(_KINDS[state], reason, message.due_at if state == "held" else None),
        state,
        message.id,
    )


def _planned_text(session: Session, job: Job, rule: RuleView, planned: Planned, *, with_money: bool) -> JobText | None:
    draft = _draft(session, job, rule)
    if draft is None:
        return None
    # What is not so yet has no key: nobody asks whether it is still true.
    draft = replace(draft, origin_key=None if planned.cause is None else rules.key_of(planned.cause))
    written, judgement = messages.preview(session, draft, planned.at)
    assert draft.template_id is not None
    template = templates.get_template(session, draft.template_id, (job.location_id,))
    withheld = () if with_money else _money_in(f"{template.subject or ''} {template.body}")
    verdict = judgement.verdict
    if written.missing and verdict.kind is not VerdictKind.REFUSED:
        verdict = Verdict(VerdictKind.REFUSED, Reason.MISSING_VALUES, detail={"missing": list(written.missing)})
    return JobText(
        rule.trigger,
        rule.loudness,
        rule.template_name,
        None if written.missing or withheld else written.body,
        written.missing,
        withheld,
        planned.at,
        planned.certainty,
        verdict,
        "planned",
    )


def _money_in(body: str | None) -> tuple[str, ...]:
    names = (placeholder.name for placeholder in parse(body or ""))
    return tuple(dict.fromkeys(name for name in names if name in VARIABLES and VARIABLES[name].is_money))
