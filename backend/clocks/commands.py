"""What can be done with clocks: start one, stop one; and what is said of finished work.

A person's stretches of work never overlap: each begins when it was started and ends when it was stopped, or when the next one
began. So they come out the same in whatever order a tablet that was offline tells of them. Whoever changes a person's stretches
holds that person's row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.accounts.permissions import Permission, actor_may
from backend.appointments import commands as appointments
from backend.appointments import queries as appointment_queries
from backend.appointments.commands import Needs, Step
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit import commands as audit
from backend.clocks import queries
from backend.clocks.models import WorkCheck, WorkTimer
from backend.clocks.rules import (
    SECOND_THOUGHTS,
    CheckByAnotherError,
    CheckKind,
    CheckTakenError,
    PauseReason,
    TimerTakenError,
    TooLateError,
)
from backend.core.actor import Actor
from backend.core.clock import happened_at
from backend.core.errors import NotFoundError, invalid_field
from backend.core.events import EventType
from backend.services import queries as services
from backend.shop.models import Location

TIMER, CHECK = "work_timer", "work_check"
_AT_WORK = frozenset({Status.SCHEDULED, Status.IN_PROGRESS})
_WAITS_FOR: dict[PauseReason | None, Needs] = {
    PauseReason.NEEDS_PART: Needs(part=True),
    PauseReason.NEEDS_APPROVAL: Needs(approval=True),
}


@dataclass(frozen=True, slots=True)
class Start:
    """A clock to start; the client made the id. `sent_at` is the device's time as it tells, see `clock.happened_at`."""

    id: UUID
    appointment_id: UUID
    job_id: UUID | None
    started_at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """When and why a clock stopped; no reason means that the work is done."""

    stopped_at: datetime
    reason: PauseReason | None = None
    sent_at: datetime | None = None


def start_timer(session: Session, start: Start, *, actor: Actor, location_ids: Iterable[UUID], now: datetime) -> None:
    """Start the actor's clock on a visit; what ran before stops then. Started again, it is as it was.

    Work that begins brings a scheduled job into progress.

    Raises:
        NotFoundError: no such appointment at these locations.
        TimerTakenError: the id is another's clock.
        RuleViolationError: the job is not of this visit, or it was too long ago.
    """
    assert actor.id is not None
    _hold_person(session, actor.id)
    existing = session.get(WorkTimer, start.id)
    if existing is not None:
        if existing.user_id != actor.id:
            raise TimerTakenError("This clock is another person's. Start your own.")
        return
    locations = tuple(location_ids)
    visit = appointment_queries.get_for_update(session, start.appointment_id, locations)
    if start.job_id is not None and not services.has_job(session, visit.id, start.job_id):
        raise invalid_field("jobId", "This job is not of this visit.")
    at = happened_at(start.started_at, start.sent_at, now, field="startedAt")
    cut = queries.list_running_at(session, actor.id, at)
    for other in cut:
        other.stopped_at = at
        elsewhere = session.get_one(Appointment, other.appointment_id)
        _record(session, EventType.WORK_STOPPED, other, elsewhere.location_id, actor=actor, now=now)
    session.flush()
    # What is told late ends where the next one began, or when the work had ended.
    ends = [queries.next_start(session, actor.id, at), None if visit.status in _AT_WORK else visit.status_since]
    timer = WorkTimer(
        id=start.id,
        user_id=actor.id,
        appointment_id=visit.id,
        job_id=start.job_id,
        started_at=at,
        stopped_at=min((end for end in ends if end is not None and end > at), default=None),
    )
    session.add(timer)
    session.flush()
    _record(session, EventType.WORK_STARTED, timer, visit.location_id, actor=actor, now=now, told=start.started_at)
    if timer.stopped_at is None:
        appointments.set_work_done(session, visit.id, is_done=False)
    if timer.stopped_at is None and visit.status == Status.SCHEDULED:
        timer.began_visit = True
        step = Step(Status.IN_PROGRESS)
        appointments.change_status(session, visit.id, step, actor=actor, location_ids=locations, now=now)
    for appointment_id in {visit.id, *(other.appointment_id for other in cut)}:
        _announce(session, appointment_id)


def stop_timer(
    session: Session, timer_id: UUID, stop: Stop, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> None:
    """Stop a clock, one's own, or as somebody who plans the work a forgotten one; stopped already, it ends at the earlier of both.

    A pause for a part or an approval marks the visit as waiting for it, unless that was deleted meanwhile.

    Raises:
        NotFoundError: no such clock of this person.
        RuleViolationError: it was too long ago.
    """
    locations = tuple(location_ids)
    found = queries.find_timer(session, timer_id, locations)
    if found is None or (found.user_id != actor.id and not actor_may(actor, Permission.APPOINTMENT_EDIT)):
        raise NotFoundError("There is no such clock of yours.")
    _hold_person(session, found.user_id)
    timer = session.get(WorkTimer, timer_id, populate_existing=True)
    assert timer is not None
    at = max(happened_at(stop.stopped_at, stop.sent_at, now, field="stoppedAt"), timer.started_at)
    is_shorter = timer.stopped_at is None or at < timer.stopped_at
    gives_reason = stop.reason is not None and timer.pause_reason is None
    if not is_shorter and not gives_reason:
        return
    if is_shorter:
        timer.stopped_at = at
    if gives_reason:
        timer.pause_reason = stop.reason
    session.flush()
    _record(session, EventType.WORK_STOPPED, timer, found.location_id, actor=actor, now=now, told=stop.stopped_at)
    visit = session.get_one(Appointment, timer.appointment_id)
    if gives_reason and stop.reason in _WAITS_FOR and visit.deleted_at is None:
        needs = _WAITS_FOR[stop.reason]
        appointments.set_needs(session, visit.id, needs, actor=actor, location_ids=locations, now=now)
    # A clock that somebody else stops was forgotten: that says nothing of the work.
    if stop.reason is None and timer.user_id == actor.id and not queries.list_running_on(session, visit.id):
        appointments.set_work_done(session, visit.id, is_done=True)
    _announce(session, visit.id)


@dataclass(frozen=True, slots=True)
class SecondThought:
    """When somebody saw that a start was a mistake, by their device's clock, see `clock.happened_at`."""

    taken_back_at: datetime
    sent_at: datetime | None = None


def take_back_start(
    session: Session,
    timer_id: UUID,
    thought: SecondThought,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Take one's clock back that was started by mistake, as if it had never run; what ran before it stays stopped.

    A visit that it brought into progress is scheduled again, unless somebody did something about it since.

    Raises:
        NotFoundError: no such clock of this person: it was taken back already.
        TooLateError: it was started more than an hour before.
        RuleViolationError: it was too long ago, or the device's clock is days off.
    """
    locations = tuple(location_ids)
    found = queries.find_timer(session, timer_id, locations)
    if found is None or found.user_id != actor.id:
        raise NotFoundError("There is no such clock of yours.")
    _hold_person(session, found.user_id)
    timer = session.get(WorkTimer, timer_id, populate_existing=True)
    if timer is None:
        raise NotFoundError("There is no such clock of yours.")
    # Nobody else starts on it, or moves it, between the look and the step.
    visit = appointment_queries.find_for_update(session, timer.appointment_id)
    at = happened_at(thought.taken_back_at, thought.sent_at, now, field="takenBackAt")
    if at - timer.started_at > SECOND_THOUGHTS:
        raise TooLateError("This clock was started more than an hour before. Stop it instead.")
    visit_id, began_visit = timer.appointment_id, timer.began_visit
    _record(session, EventType.WORK_TAKEN_BACK, timer, found.location_id, actor=actor, now=now)
    session.delete(timer)
    session.flush()
    appointments.set_work_done(session, visit_id, is_done=queries.is_finished(session, visit_id))
    if began_visit and visit is not None and queries.is_untouched(session, visit_id):
        step = Step(Status.SCHEDULED)
        appointments.change_status(session, visit_id, step, actor=actor, location_ids=locations, now=now)
    _announce(session, visit_id)


def stop_all(session: Session, appointment_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Stop every clock on a visit whose work has ended, or that was deleted."""
    visit = session.get(Appointment, appointment_id)
    people = queries.list_running_on(session, appointment_id)
    if visit is None or not people:
        return
    ended = visit.deleted_at if visit.status in _AT_WORK else visit.status_since
    if ended is None:
        return
    for user_id in people:
        _hold_person(session, user_id)
    stopped = session.scalars(
        sa.select(WorkTimer)
        .where(WorkTimer.appointment_id == appointment_id, WorkTimer.stopped_at.is_(None))
        .execution_options(populate_existing=True)
    ).all()
    for timer in stopped:
        timer.stopped_at = max(timer.started_at, min(ended, now))
        _record(session, EventType.WORK_STOPPED, timer, visit.location_id, actor=actor, now=now)
    session.flush()
    _announce(session, appointment_id)


def _announce(session: Session, appointment_id: UUID) -> None:
    """Tell open screens how a visit stands now; one that was deleted stays away from them."""
    visit = session.get_one(Appointment, appointment_id)
    appointments.announce(session, appointment_id, is_deleted=visit.deleted_at is not None)


# --- what is said of finished work ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a visit's work as somebody says it; the client made the id."""

    id: UUID
    kind: CheckKind
    is_passed: bool
    note: str | None = None


def check_work(
    session: Session,
    appointment_id: UUID,
    check: Check,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Keep a test drive or a quality check; the same one again changes nothing.

    Raises:
        NotFoundError: no such appointment at these locations.
        CheckTakenError: the id is another visit's check.
        CheckByAnotherError: the location wants it done by somebody who did not do the work.
        RuleViolationError: it is not passed, and does not say why.
    """
    assert actor.id is not None
    visit = appointment_queries.get_for_update(session, appointment_id, location_ids)
    known = session.get(WorkCheck, check.id)
    if known is not None:
        if known.appointment_id != appointment_id:
            raise CheckTakenError("This id is another visit's check. Say it anew.")
        return
    if not check.is_passed and check.note is None:
        raise invalid_field("note", "Say what is not right.")
    if check.kind is CheckKind.QUALITY and _wants_another(session, visit.location_id):
        workers = queries.list_workers(session, appointment_id) | {visit.tech_id}
        if actor.id in workers:
            raise CheckByAnotherError("You worked on this car. Somebody else checks it here.")
    session.add(
        WorkCheck(
            id=check.id,
            appointment_id=appointment_id,
            kind=check.kind,
            is_passed=check.is_passed,
            note=check.note,
            checked_at=now,
            checked_by=actor.id,
        )
    )
    session.flush()
    appointments.set_failed_check(session, visit, queries.find_failed_check(session, appointment_id))
    audit.record(
        session,
        EventType.WORK_CHECKED,
        entity=CHECK,
        entity_id=check.id,
        actor=actor,
        at=now,
        changes={
            "appointment": (None, visit.number),
            "kind": (None, check.kind),
            "isPassed": (None, check.is_passed),
            "note": (None, check.note),
        },
        location_id=visit.location_id,
    )
    appointments.announce(session, appointment_id)


def _wants_another(session: Session, location_id: UUID) -> bool:
    return bool(session.scalar(sa.select(Location.is_checked_by_another).where(Location.id == location_id)))


def _hold_person(session: Session, user_id: UUID) -> None:
    """Take turns with whoever changes this person's stretches; what is added for them elsewhere need not wait."""
    session.execute(sa.select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def _record(
    session: Session,
    event: EventType,
    timer: WorkTimer,
    location_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    told: datetime | None = None,
) -> None:
    """Tell the log a stretch as it now is; what a device said otherwise by its own clock stands beside it."""
    changes: dict[str, tuple[object, object]] = {
        "startedAt": (None, timer.started_at),
        "stoppedAt": (None, timer.stopped_at),
        "pauseReason": (None, timer.pause_reason),
    }
    kept = timer.started_at if event is EventType.WORK_STARTED else timer.stopped_at
    if told is not None and told != kept:
        changes["deviceTime"] = (None, told)
    audit.record(
        session,
        event,
        entity=TIMER,
        entity_id=timer.id,
        actor=actor,
        at=now,
        changes={name: pair for name, pair in changes.items() if pair[1] is not None},
        location_id=location_id,
    )
