"""What can be done with appointments: schedule, change, move through the states, delete, restore.

Whoever plans a technician or bay claims their time first, see `planning.commands.claim_slot`.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.permissions import Permission, actor_may
from backend.appointments import queries, rules
from backend.appointments.models import Appointment, KeyTagInUseError
from backend.appointments.queries import AppointmentView
from backend.appointments.rules import NOT_BLOCKING, OPEN, FailedCheck, HasMoneyError, IllegalTransitionError, Status
from backend.audit import commands as audit
from backend.audit import queries as audit_queries
from backend.core import edits, live
from backend.core.actor import Actor
from backend.core.clock import local_day, to_instant
from backend.core.db import StaleVersionError, after_commit
from backend.core.errors import NotFoundError, PermissionDeniedError, invalid_field
from backend.core.events import EventType
from backend.customers import commands as customers
from backend.customers.commands import Visitors
from backend.customers.rules import not_on_file
from backend.outbox import commands as outbox
from backend.planning import commands as planning
from backend.planning.queries import Collision, Slot, list_collisions
from backend.planning.rules import OverlapError, check_window, planned_time
from backend.shop import queries as shop

ENTITY = "appointment"
_INSTANTS = ("start", "end", "promised_at", "check_in_at", "check_out_at")
_PLAN = frozenset({"start", "end", "tech_id", "bay_id"})
# The row's name of a field that is called otherwise on the wire.
_COLUMNS = {"start": "starts_at", "end": "ends_at"}
# What a role that may only write notes may change of its own appointments.
_NOTES_ONLY = frozenset({"notes"})


@dataclass(frozen=True, slots=True)
class Draft:
    """An appointment as somebody asks for it; instants without an offset are the location's wall clock.

    `is_checked_in` opens it in progress: the car of a walk-in is already here.
    """

    location_id: UUID
    visitors: Visitors
    start: datetime | None = None
    end: datetime | None = None
    tech_id: UUID | None = None
    bay_id: UUID | None = None
    title: str | None = None
    notes: str | None = None
    promised_at: datetime | None = None
    key_tag: str | None = None
    visit_type: str | None = None
    is_waiting: bool = False
    is_checked_in: bool = False
    override_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Wishes by field; `version` is what the editor saw, None to change whatever is there."""

    wishes: Mapping[str, Any]
    version: int | None = None
    override_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step to another status; `override_reason` revives a canceled job into a taken time."""

    target: Status
    reason: str | None = None
    version: int | None = None
    override_reason: str | None = None


def find_taken(session: Session, draft: Draft, location_ids: Iterable[UUID]) -> OverlapError | None:
    """Return the refusal of a draft whose time is taken already, before anything is written or waited for.

    None decides nothing, `schedule_appointment` does: the time may be taken the next moment, or depend on
    the location's zone, or an override is given. But of many who want the same hour all but a few end here.
    """
    start, end = draft.start, draft.end
    if draft.override_reason is not None or start is None or end is None or not (start.tzinfo and end.tzinfo):
        return None
    slot = Slot(draft.location_id, start, end, draft.tech_id, draft.bay_id)
    collisions = list_collisions(session, slot, besides=None, location_ids=location_ids)
    # Of a technician who works elsewhere more is said further down.
    return planning.overlap_error(collisions) if collisions else None


def schedule_appointment(
    session: Session, draft: Draft, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> AppointmentView:
    """Put an appointment in the calendar and in its column, behind those that start no later.

    Raises:
        NotFoundError: the actor does not work at the location.
        RuleViolationError: a value is wrong, or neither a customer nor a vehicle is named.
        OverlapError: the technician or bay is taken and no override is given.
        KeyTagInUseError: another open job has the key tag.
    """
    if draft.location_id not in location_ids:
        raise NotFoundError("There is no such location.")
    zone = shop.get_zone(session, draft.location_id)
    start, end = planned_time(_instant(draft.start, zone, "start"), _instant(draft.end, zone, "end"), now)
    planning.check_slot(session, draft.location_id, tech_id=draft.tech_id, bay_id=draft.bay_id)
    customer_id, vehicle_id = customers.receive_visitors(session, draft.visitors, actor=actor, now=now)
    key_tag = rules.normalize_key_tag(draft.key_tag)
    _check_key_tag(session, draft.location_id, key_tag, besides=None)
    slot = Slot(draft.location_id, start, end, draft.tech_id, draft.bay_id)
    collisions = planning.claim_slot(
        session, slot, besides=None, override_reason=draft.override_reason, actor=actor, location_ids=location_ids
    )
    status = Status.IN_PROGRESS if draft.is_checked_in else Status.SCHEDULED
    day = local_day(start, zone)
    appointment = Appointment(
        location_id=draft.location_id,
        day=day,
        starts_at=start,
        ends_at=end,
        status=status,
        status_since=now,
        promised_at=_instant(draft.promised_at, zone, "promisedAt"),
        check_in_at=now if draft.is_checked_in else None,
        customer_id=customer_id,
        vehicle_id=vehicle_id,
        tech_id=draft.tech_id,
        bay_id=draft.bay_id,
        key_tag=key_tag,
        title=draft.title,
        notes=draft.notes,
        visit_type=draft.visit_type,
        is_waiting=draft.is_waiting,
        created_at=now,
        created_by=actor.id,
        updated_at=now,
    )
    _mark_overbooked(appointment, draft.override_reason if collisions else None, actor, now)
    _to_its_place(session, appointment, local_day(now, zone))
    session.add(appointment)
    session.flush()
    return _tell(session, appointment, EventType.APPOINTMENT_SCHEDULED, None, collisions, actor=actor, now=now)


def change_appointment(
    session: Session, appointment_id: UUID, change: Change, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> AppointmentView:
    """Change fields of an appointment; what others changed meanwhile in other fields stays.

    Raises:
        NotFoundError: no such appointment at the actor's locations.
        PermissionDeniedError: the role may only write notes, of its own appointments.
        EditConflictError: somebody changed the same field since the editor's version.
        RuleViolationError, OverlapError, KeyTagInUseError: as when scheduling.
    """
    missing = customers.lock_visitors(session, change.wishes.get("customer_id"), change.wishes.get("vehicle_id"))
    appointment = queries.get_for_update(session, appointment_id, location_ids)
    _check_may_change(appointment, change.wishes, actor)
    zone = shop.get_zone(session, appointment.location_id)
    before = queries.get_view(session, appointment_id)
    wishes: dict[str, Any] = {
        name: _instant(value, zone, edits.wire_name(name)) if name in _INSTANTS else value
        for name, value in change.wishes.items()
    }
    if "key_tag" in wishes:
        wishes["key_tag"] = rules.normalize_key_tag(wishes["key_tag"])
    edit = _split(session, appointment, wishes, change.version)
    if edit.conflicts:
        raise edits.conflict_error(
            edit, appointment=queries.shown(before, with_money=actor_may(actor, Permission.MONEY_VIEW))
        )
    if not edit.applies:
        return before
    for name in missing & edit.applies.keys():
        raise not_on_file(name)
    _check_wishes(session, appointment, edit.applies, now)
    for name, value in edit.applies.items():
        setattr(appointment, _COLUMNS.get(name, name), value)
    check_window(appointment.starts_at, appointment.ends_at)
    if edit.applies.keys() & {"start", "customer_id"}:
        # It was this customer who said that they will come, at that time.
        appointment.confirmed_at = None
    if appointment.customer_id is None and appointment.vehicle_id is None:
        raise invalid_field("customerId", "An appointment needs a customer or a vehicle.")
    collisions: list[Collision] = []
    if edit.applies.keys() & _PLAN and appointment.status not in NOT_BLOCKING:
        collisions = _replan(
            session, appointment, change.override_reason, actor=actor, location_ids=location_ids, now=now
        )
    day = local_day(appointment.starts_at, zone)
    if day != appointment.day:
        appointment.day = day
        _to_its_place(session, appointment, local_day(now, zone))
    _touch(appointment, now)
    session.flush()
    return _tell(session, appointment, EventType.APPOINTMENT_CHANGED, before, collisions, actor=actor, now=now)


def change_status(
    session: Session, appointment_id: UUID, step: Step, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> AppointmentView:
    """Bring an appointment to another status and into that column. The same status changes nothing.

    Raises:
        NotFoundError: no such appointment at the actor's locations.
        IllegalTransitionError: nobody may make this step; the card comes along.
        TransitionForbiddenError, ReasonRequiredError: see `rules.check_transition`.
        StaleVersionError: it changed since `step.version`; the card comes along.
        OverlapError, KeyTagInUseError: its time or key tag was given to another meanwhile.
    """
    appointment = queries.get_for_update(session, appointment_id, location_ids)
    source = Status(appointment.status)
    try:
        rules.check_transition(
            source,
            step.target,
            role=actor.role,
            reason=step.reason,
            is_on_tablet=actor.is_on_tablet,
            failed_check=appointment.failed_check,
        )
    except IllegalTransitionError as error:
        raise IllegalTransitionError(
            error.message, **error.context, card=_card_for(session, appointment_id, actor)
        ) from error
    _check_version(session, appointment, step.version, actor)
    before = queries.get_view(session, appointment_id)
    if source is step.target:
        return before
    collisions: list[Collision] = []
    if source in NOT_BLOCKING and step.target not in NOT_BLOCKING:
        collisions = _replan(
            session, appointment, step.override_reason, actor=actor, location_ids=location_ids, now=now
        )
    if source not in OPEN and step.target in OPEN:
        _check_key_tag(session, appointment.location_id, appointment.key_tag, besides=appointment.id)
    today = local_day(now, shop.get_zone(session, appointment.location_id))
    appointment.status = step.target
    appointment.status_since = now
    appointment.check_in_at, appointment.check_out_at = rules.times_after(
        step.target, appointment.check_in_at, appointment.check_out_at, now, source=source
    )
    _to_its_place(session, appointment, today)
    _touch(appointment, now)
    session.flush()
    event = EventType.APPOINTMENT_STATUS_CHANGED
    return _tell(session, appointment, event, before, collisions, actor=actor, now=now, reason=step.reason)


@dataclass(frozen=True, slots=True)
class Needs:
    """What the work waits for, as somebody who does it says; None leaves it. `wanted_part` says which part it is."""

    part: bool | None = None
    approval: bool | None = None
    wanted_part: str | None = None


def set_needs(
    session: Session, appointment_id: UUID, needs: Needs, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> None:
    """Say what the work waits for, or that it is here: then its technician is told, and it is kept when that was.

    No edit: the version stays, so nobody's drag is refused for it.

    Raises:
        NotFoundError: no such appointment at the actor's locations.
    """
    appointment = queries.get_for_update(session, appointment_id, location_ids)
    changes: dict[str, tuple[Any, Any]] = {}
    is_own = appointment.tech_id is not None and appointment.tech_id == actor.id
    for name, value in (("part", needs.part), ("approval", needs.approval)):
        field = f"needs_{name}"
        before = getattr(appointment, field)
        if value is not None and value != before:
            setattr(appointment, field, value)
            # What technicians do themselves is no news to them.
            setattr(appointment, f"{name}_here_at", None if value or is_own else now)
            changes[edits.wire_name(field)] = (before, value)
    wanted = (needs.wanted_part or appointment.wanted_part) if appointment.needs_part else None
    if wanted != appointment.wanted_part:
        changes["wantedPart"] = (appointment.wanted_part, wanted)
        appointment.wanted_part = wanted
    if not changes:
        return
    session.flush()
    audit.record(
        session,
        EventType.APPOINTMENT_CHANGED,
        entity=ENTITY,
        entity_id=appointment.id,
        actor=actor,
        at=now,
        changes=changes,
        location_id=appointment.location_id,
    )
    announce(session, appointment.id)
    arrived = [field for field, (_, value) in changes.items() if value is False]
    if arrived and appointment.tech_id is not None and not is_own:
        news = {"id": appointment.id, "number": appointment.number, "arrived": arrived, "by": actor.name}
        after_commit(session, live.teller(appointment.tech_id, "work", news))


def set_failed_check(session: Session, appointment: Appointment, failed: FailedCheck | None) -> None:
    """Keep which check a locked visit's work has not passed, for its card; no edit, the version stays."""
    appointment.failed_check = failed
    session.flush()


def set_work_done(session: Session, appointment_id: UUID, *, is_done: bool) -> None:
    """Keep whether a visit's technician is done with it, for its card; no edit, the version stays."""
    session.execute(
        sa.update(Appointment)
        .where(Appointment.id == appointment_id, Appointment.is_work_done.is_not(is_done))
        .values(is_work_done=is_done)
    )


def confirm_appointment(session: Session, appointment_id: UUID, *, actor: Actor, now: datetime) -> bool:
    """Note that the customer will come; False for one that was confirmed before, is not to come, or is gone.

    No edit: the version stays, so nobody's drag is refused for it.
    """
    appointment = queries.find_for_update(session, appointment_id)
    if (
        appointment is None
        or appointment.status != Status.SCHEDULED
        or appointment.starts_at <= now
        or appointment.confirmed_at is not None
    ):
        return False
    appointment.confirmed_at = now
    session.flush()
    audit.record(
        session,
        EventType.APPOINTMENT_CONFIRMED,
        entity=ENTITY,
        entity_id=appointment.id,
        actor=actor,
        at=now,
        changes={"confirmedAt": (None, now)},
        location_id=appointment.location_id,
    )
    outbox.record(session, EventType.APPOINTMENT_CONFIRMED, appointment.id, at=now, version=appointment.version)
    announce(session, appointment.id)
    return True


def delete_appointment(
    session: Session,
    appointment_id: UUID,
    version: int | None,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Take an appointment off every board and list; its row stays and can be restored.

    Raises:
        NotFoundError: no such appointment at the actor's locations, or deleted already.
        StaleVersionError: it changed since `version`.
        HasMoneyError: money was taken for it, or its invoice stands: both would be owed by nobody that anyone can find.
    """
    appointment = queries.get_for_update(session, appointment_id, location_ids)
    _check_version(session, appointment, version, actor)
    if appointment.locked_at is not None:
        raise HasMoneyError("This visit was invoiced. Unlock the invoice first, or leave the visit where it is.")
    if appointment.paid_cents:
        raise HasMoneyError("Money was taken for this visit. Refund or void it first, or cancel the visit instead.")
    appointment.deleted_at = now
    _touch(appointment, now)
    session.flush()
    _record(session, appointment, EventType.APPOINTMENT_DELETED, {"deletedAt": (None, now)}, actor=actor, now=now)
    announce(session, appointment.id, is_deleted=True)


def restore_appointment(
    session: Session,
    appointment_id: UUID,
    override_reason: str | None,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> AppointmentView:
    """Undo a deletion; one that is not deleted stays as it is.

    Raises:
        NotFoundError: no such appointment at the actor's locations.
        OverlapError, KeyTagInUseError: its time or key tag was given to another meanwhile.
    """
    appointment = queries.get_for_update(session, appointment_id, location_ids, is_deleted=True)
    before = queries.get_view(session, appointment_id)
    deleted_at = appointment.deleted_at
    if deleted_at is None:
        return before
    collisions: list[Collision] = []
    if appointment.status not in NOT_BLOCKING:
        collisions = _replan(session, appointment, override_reason, actor=actor, location_ids=location_ids, now=now)
    if appointment.status in OPEN:
        _check_key_tag(session, appointment.location_id, appointment.key_tag, besides=appointment.id)
    # Its order key is still the one it had: it comes back to its place.
    appointment.deleted_at = None
    _touch(appointment, now)
    session.flush()
    event = EventType.APPOINTMENT_RESTORED
    return _tell(
        session, appointment, event, before, collisions, actor=actor, now=now, also={"deletedAt": (deleted_at, None)}
    )


# --- double booking ---------------------------------------------------------------------------


def _replan(
    session: Session,
    appointment: Appointment,
    override_reason: str | None,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> list[Collision]:
    """Claim the slot that the appointment now names, and mark it overbooked or no longer so."""
    slot = Slot(
        appointment.location_id, appointment.starts_at, appointment.ends_at, appointment.tech_id, appointment.bay_id
    )
    # The row carries changes that are not in the database yet; the claim must not write them.
    with session.no_autoflush:
        collisions = planning.claim_slot(
            session,
            slot,
            besides=appointment.id,
            override_reason=override_reason,
            actor=actor,
            location_ids=location_ids,
        )
    _mark_overbooked(appointment, override_reason if collisions else None, actor, now)
    return collisions


def _mark_overbooked(appointment: Appointment, reason: str | None, actor: Actor, now: datetime) -> None:
    appointment.overbook_reason = reason
    appointment.overbooked_by = actor.id if reason is not None else None
    appointment.overbooked_at = now if reason is not None else None


# --- checks -----------------------------------------------------------------------------------


def _instant(moment: datetime | None, zone: ZoneInfo, field: str) -> datetime | None:
    return None if moment is None else to_instant(moment, zone, field)


def _check_key_tag(session: Session, location_id: UUID, key_tag: str | None, *, besides: UUID | None) -> None:
    holder = key_tag and queries.find_key_tag_holder(session, location_id, key_tag, besides=besides)
    if holder:
        raise KeyTagInUseError(
            f"Key tag {key_tag} hangs on #{holder[1]}. Use another tag.",
            errors={"keyTag": [f"In use on #{holder[1]}."]},
            appointment={"id": holder[0], "number": holder[1]},
        )


def _check_may_change(appointment: Appointment, wishes: Mapping[str, Any], actor: Actor) -> None:
    if actor_may(actor, Permission.APPOINTMENT_EDIT):
        return
    if not wishes.keys() <= _NOTES_ONLY:
        raise PermissionDeniedError(f"Your role ({actor.role}) can only write notes.")
    if appointment.tech_id is None or appointment.tech_id != actor.id:
        raise PermissionDeniedError("You can write notes on your own jobs only.")


def _check_wishes(session: Session, appointment: Appointment, wishes: Mapping[str, Any], now: datetime) -> None:
    """Check the values that change; what stays as it is was checked when it came."""
    location_id = appointment.location_id
    planning.check_slot(session, location_id, tech_id=wishes.get("tech_id"), bay_id=wishes.get("bay_id"))
    if "key_tag" in wishes and appointment.status in OPEN:
        _check_key_tag(session, location_id, wishes["key_tag"], besides=appointment.id)
    if wishes.keys() & {"check_in_at", "check_out_at"}:
        check_in_at = wishes.get("check_in_at", appointment.check_in_at)
        check_out_at = wishes.get("check_out_at", appointment.check_out_at)
        rules.check_presence(Status(appointment.status), check_in_at, check_out_at, now)


def _split(session: Session, appointment: Appointment, wishes: Mapping[str, Any], version: int | None) -> edits.Edit:
    """Tell what of the wishes is new, and which of them others overtook since `version`."""
    overtaken = audit_queries.fields_overtaken(session, appointment.id, present=appointment.version, seen=version)
    current = {name: getattr(appointment, _COLUMNS.get(name, name)) for name in wishes}
    return edits.split(current, wishes, overtaken)


def _card_for(session: Session, appointment_id: UUID, actor: Actor) -> dict[str, Any]:
    return queries.get_card_for(session, appointment_id, with_money=actor_may(actor, Permission.MONEY_VIEW))


def _check_version(session: Session, appointment: Appointment, version: int | None, actor: Actor) -> None:
    if version is not None and version != appointment.version:
        raise StaleVersionError(
            "Somebody changed this appointment after you opened it. Look at it again.",
            card=_card_for(session, appointment.id, actor),
        )


# --- what every change leaves behind ----------------------------------------------------------


def _to_its_place(session: Session, appointment: Appointment, today: date) -> None:
    """Put the appointment where it belongs in the column it now is in.

    A car of an earlier day that is still here, or leaves just now, is on today's board; one that never came
    is on its own day's.
    """
    day = appointment.day if appointment.check_in_at is None else max(appointment.day, today)
    # Not flushed: the row must not count as its own neighbour.
    with session.no_autoflush:
        place = queries.place_of(
            session, appointment.location_id, day, Status(appointment.status), appointment.starts_at
        )
    # Drawn at random: two that come at the same moment must not share a key.
    share = random.uniform(0.25, 0.75)  # noqa: S311  spreads keys, guards nothing
    if place.above is None or place.below is None:
        edge, side = (place.below, -1) if place.above is None else (place.above, 1)
        appointment.order_key = (edge or 0.0) + side * 2 * share * rules.ORDER_GAP
    else:
        appointment.order_key = place.above + share * (place.below - place.above)


def _touch(appointment: Appointment, now: datetime) -> None:
    appointment.version += 1
    appointment.updated_at = now


def _tell(
    session: Session,
    appointment: Appointment,
    event: EventType,
    before: AppointmentView | None,
    collisions: list[Collision],
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    also: Mapping[str, tuple[Any, Any]] | None = None,
) -> AppointmentView:
    """Record a flushed change for the log, for subscribers and for open screens; return what it made."""
    after = queries.get_view(session, appointment.id)
    changes = {**queries.changes_between(before, after), **(also or {})}
    _record(session, appointment, event, changes, actor=actor, now=now, reason=reason)
    if collisions:
        beside = [f"#{collision.number} {collision.kind} {collision.name}" for collision in collisions]
        changes = {"collidesWith": (None, beside)}
        _record(
            session,
            appointment,
            EventType.APPOINTMENT_OVERBOOKED,
            changes,
            actor=actor,
            now=now,
            reason=appointment.overbook_reason,
        )
    announce(session, appointment.id)
    return after


def _record(
    session: Session,
    appointment: Appointment,
    event: EventType,
    changes: Mapping[str, tuple[Any, Any]],
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    audit.record(
        session,
        event,
        entity=ENTITY,
        entity_id=appointment.id,
        actor=actor,
        at=now,
        changes=changes,
        location_id=appointment.location_id,
        version=appointment.version,
        reason=reason,
    )
    outbox.record(session, event, appointment.id, at=now, version=appointment.version)


def announce(session: Session, appointment_id: UUID, *, is_deleted: bool = False) -> None:
    """Tell every open screen, after the commit, how the appointment stands now."""
    card, rev = queries.get_card_and_rev(session, appointment_id)
    event: dict[str, object] = {
        "id": card["id"],
        "locationId": card["locationId"],
        "version": card["version"],
        "rev": rev,
        "day": card["day"],
    }
    event |= {"deleted": True} if is_deleted else {"card": card}
    after_commit(session, live.publisher("appointment", card["locationId"], event))
