"""What can be done with inspections: templates; starting, filling, taking over and submitting one.

Who answers a point holds its checklist's row. What cars need follows what is said here, see `follow_with`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.audit import commands as audit
from backend.audit import queries as audit_queries
from backend.catalog import queries as catalog
from backend.core import edits, live
from backend.core.actor import Actor
from backend.core.clock import happened_at
from backend.core.db import after_commit
from backend.core.errors import ConflictError, NotFoundError, RuleViolationError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.core.money import plain_number
from backend.inspections import queries, rules
from backend.inspections.models import (
    InspectionChecklist,
    InspectionItem,
    InspectionTemplate,
    InspectionTemplateVersion,
)
from backend.inspections.queries import FIT_FIELDS
from backend.inspections.rules import ChecklistStatus, Fit, Result
from backend.outbox import commands as outbox
from backend.shop import queries as shop

TEMPLATE, CHECKLIST, ITEM = "inspection_template", "inspection", "inspection_item"
# What an editor may change of a template; a location keeps its own. `points` make a version of their own.
CHANGEABLE = ("name", *FIT_FIELDS, "is_active")


# --- templates --------------------------------------------------------------------------------


def create_template(
    session: Session, values: Mapping[str, Any], *, actor: Actor, location_ids: Collection[UUID], now: datetime
) -> UUID:
    """Make a template with the first version of its points and return its id; `location_id` None is of every location.

    Raises:
        NotFoundError: the actor does not work at the location.
        RuleViolationError: its limits or points can't be.
    """
    location_id = values.get("location_id")
    if location_id is not None and location_id not in location_ids:
        raise NotFoundError("There is no such location.")
    rules.check_fit(Fit(**{name: values[name] for name in FIT_FIELDS}))
    points = rules.completed_points(values["points"])
    _check_canned(session, points, location_ids, known=[])
    fields = {name: values[name] for name in CHANGEABLE}
    template = InspectionTemplate(
        id=new_id(), location_id=location_id, **fields, version=1, created_at=now, updated_at=now
    )
    session.add(template)
    session.flush()
    _add_version(session, template.id, 1, points, actor, now)
    changes = edits.first_values(fields | {"points": _told_points(points)})
    _record_template(session, EventType.INSPECTION_TEMPLATE_CREATED, template, changes, actor, now)
    return template.id


def change_template(
    session: Session,
    template_id: UUID,
    patch: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> None:
    """Change the fields in `patch`; new points are a new version, and running inspections keep theirs.

    Raises:
        NotFoundError: no such template at the actor's locations.
        EditConflictError: somebody set one of the fields to another value since `version`.
        RuleViolationError: its limits or points can't be.
    """
    template, newest = queries.get_template_for_update(session, template_id, location_ids)
    wishes = dict(patch)
    if "points" in wishes:
        wishes["points"] = rules.completed_points(wishes["points"])
        _check_canned(session, wishes["points"], location_ids, known=newest.points)
    current = {name: getattr(template, name) for name in CHANGEABLE} | {"points": newest.points}
    overtaken = audit_queries.fields_overtaken(session, template_id, present=template.version, seen=version)
    edit = edits.split(current, wishes, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, template=queries.get_template(session, template_id, location_ids))
    if not edit.applies:
        return
    points = edit.applies.pop("points", None)
    rules.check_fit(Fit(**{name: edit.applies.get(name, current[name]) for name in FIT_FIELDS}))
    changes = edits.apply(template, edit.applies, now)
    if points is not None:
        _add_version(session, template_id, newest.version_no + 1, points, actor, now)
        changes["points"] = (_told_points(newest.points), _told_points(points))
    session.flush()
    _record_template(session, EventType.INSPECTION_TEMPLATE_CHANGED, template, changes, actor, now)


def _check_canned(
    session: Session, points: list[dict[str, Any]], location_ids: Collection[UUID], *, known: list[dict[str, Any]]
) -> None:
    """Refuse a canned job that the catalogue does not have; what a point named in the version before may have been deleted.

    Raises:
        RuleViolationError: naming the point.
    """
    before = {point.get("catalogId") for point in known}
    asked = {point["catalogId"] for point in points if point.get("catalogId") is not None} - before
    found = catalog.find_catalog_jobs(session, [UUID(one) for one in asked], location_ids) if asked else {}
    for number, point in enumerate(points):
        if point.get("catalogId") in asked and UUID(point["catalogId"]) not in found:
            raise invalid_field(f"points.{number}.catalogId", f"{point['label']}: there is no such canned job.")


def delete_template(
    session: Session,
    template_id: UUID,
    *,
    version: int | None = None,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> None:
    """Take a template away; inspections that were started with it go on.

    Raises:
        NotFoundError: no such template at the actor's locations, or deleted already.
        StaleVersionError: somebody changed it since `version`.
    """
    template, _ = queries.get_template_for_update(session, template_id, location_ids)
    edits.require_version(template.version, version)
    changes = edits.apply(template, {"deleted_at": now}, now)
    session.flush()
    _record_template(session, EventType.INSPECTION_TEMPLATE_DELETED, template, changes, actor, now)


def _add_version(
    session: Session, template_id: UUID, number: int, points: list[dict[str, Any]], actor: Actor, now: datetime
) -> None:
    session.add(
        InspectionTemplateVersion(
            id=new_id(), template_id=template_id, version_no=number, points=points, created_at=now, created_by=actor.id
        )
    )
    session.flush()


def _told_points(points: list[dict[str, Any]]) -> list[str]:
    """Return points as the audit log tells them: their words, and what is asked; the versions keep the rest."""
    return [point["label"] for point in points]


def _record_template(
    session: Session,
    event: EventType,
    template: InspectionTemplate,
    changes: edits.Changes,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the audit row, and tell that other visits than before may be such that an inspection is for."""
    places = shop.list_ids(session) if template.location_id is None else [template.location_id]
    after_commit(session, live.figures_teller(places))
    audit.record(
        session,
        event,
        entity=TEMPLATE,
        entity_id=template.id,
        actor=actor,
        at=now,
        changes=changes,
        location_id=template.location_id,
        version=template.version,
    )


# --- checklists -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """How an inspection begins: of a template (else the best for the visit), with ids that a device may have made.

    `version_id` is the points that the device had; `item_ids` has the id of each point's item by its key. `started_at` and
    `sent_at` are the device's own times, see `clock.happened_at`.
    """

    checklist_id: UUID | None = None
    template_id: UUID | None = None
    version_id: UUID | None = None
    item_ids: Mapping[str, UUID] | None = None
    started_at: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A locked inspection with its visit, who changes it, and when."""

    session: Session
    row: InspectionChecklist
    visit: Appointment
    actor: Actor
    now: datetime


Follower = Callable[[Held], None]


class _Registered:
    """Who follows what inspections say, in the same transaction; `wiring` says it."""

    submitted: Follower = staticmethod(lambda _held: None)
    deleted: Follower = staticmethod(lambda _held: None)


def follow_with(*, submitted: Follower, deleted: Follower) -> None:
    """Have `submitted` follow each submission and each correction of a submitted one, `deleted` what was taken away."""
    _Registered.submitted = staticmethod(submitted)
    _Registered.deleted = staticmethod(deleted)


def start_checklist(
    session: Session,
    appointment_id: UUID,
    start: Start,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> UUID:
    """Begin an inspection of a visit's car and return its id; one that was begun with the same id is that one.

    Raises:
        NotFoundError: no such appointment, template or version.
        NoTemplateError: no template fits the visit.
        ChecklistTakenError: an id is another inspection's.
    """
    visit = appointment_queries.get_for_update(session, appointment_id, location_ids)
    known = None if start.checklist_id is None else queries.find_checklist(session, start.checklist_id)
    if known is not None:
        if known.appointment_id != appointment_id or known.deleted_at is not None:
            raise rules.ChecklistTakenError("This id is another inspection's.")
        return known.id
    template_id = start.template_id or queries.find_best_template(session, visit)
    if template_id is None:
        raise rules.NoTemplateError("No inspection is made for this visit. Choose one, or make one in Settings.")
    template, version = queries.get_version(session, template_id, start.version_id, location_ids)
    checklist_id = start.checklist_id or new_id()
    made = session.execute(
        insert(InspectionChecklist)
        .values(
            id=checklist_id,
            appointment_id=appointment_id,
            template_version_id=version.id,
            title=template.name,
            holder_id=actor.id,
            started_at=_believed(start.started_at, start.sent_at, now),
            created_at=now,
            created_by=actor.id,
            updated_at=now,
        )
        # Somebody begins one with this id under another visit at the same moment.
        .on_conflict_do_nothing(index_elements=[InspectionChecklist.id])
        .returning(InspectionChecklist.id)
    ).first()
    if made is None:
        raise rules.ChecklistTakenError("This id is another inspection's.")
    row = session.get_one(InspectionChecklist, checklist_id)
    _add_items(session, row.id, version.points, start.item_ids or {})
    held = Held(session, row, visit, actor, now)
    _record(held, EventType.INSPECTION_STARTED, edits.first_values({"title": row.title, "holder": actor.name}))
    _announce(held)
    return row.id


def _believed(told: datetime | None, sent_at: datetime | None, now: datetime) -> datetime:
    """Return when it was, as a device tells; what can't be believed was now: no inspection is refused for its minutes."""
    if told is None:
        return now
    try:
        return happened_at(told, sent_at, now, field="sentAt")
    except RuleViolationError:
        return now


def _add_items(
    session: Session, checklist_id: UUID, points: list[dict[str, Any]], item_ids: Mapping[str, UUID]
) -> None:
    wanted = [item_ids.get(point["key"]) or new_id() for point in points]
    if not wanted:
        return
    rows = []
    for order, (identity, point) in enumerate(zip(wanted, points, strict=True)):
        reading = point.get("reading") or {}
        rows.append(
            {
                "id": identity,
                "checklist_id": checklist_id,
                "sort_order": order,
                "point_key": point["key"],
                "section": point.get("section"),
                "label": point["label"],
                "help": point.get("help"),
                "unit": reading.get("unit"),
                "limits": {name: reading.get(name) for name in rules.LIMITS} if reading else None,
                "needs_photo": bool(point.get("needsPhoto")),
                "catalog_id": None if point.get("catalogId") is None else UUID(point["catalogId"]),
            }
        )
    # Another inspection may be begun with one of these ids at the same moment.
    made = session.scalars(
        insert(InspectionItem)
        .values(rows)
        .on_conflict_do_nothing(index_elements=[InspectionItem.id])
        .returning(InspectionItem.id)
    ).all()
    if len(made) < len(wanted):
        raise rules.ChecklistTakenError("An id is another point's.")


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that the template does not ask for; `item_id` may be a device's own."""

    label: str
    result: Result = Result.ATTENTION
    note: str | None = None
    item_id: UUID | None = None


def add_item(
    session: Session,
    checklist_id: UUID,
    seen: Seen,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> InspectionItem:
    """Add a point to one inspection, after its others, and return it; one that was added with the same id is that one.

    Its key is made of its label, as a template's points have theirs, so that what it finds is known again at other visits.
    Like an answer it is not refused for who holds the inspection, nor because it was submitted meanwhile.

    Raises:
        NotFoundError: no such inspection at the actor's locations.
        ChecklistTakenError: the id is another inspection's point's.
        RuleViolationError: there are too many already.
    """
    held = hold(session, checklist_id, location_ids, actor, now)
    present = queries.list_items(session, checklist_id)
    known = next((item for item in present if item.id == seen.item_id), None)
    if known is not None:
        return known
    if sum(item.is_added and not item.is_removed for item in present) >= rules.MOST_ADDED:
        raise invalid_field("label", f"At most {rules.MOST_ADDED} points can be added to an inspection.")
    item_id = session.scalar(
        insert(InspectionItem)
        .values(
            id=seen.item_id or new_id(),
            checklist_id=checklist_id,
            sort_order=max((item.sort_order for item in present), default=-1) + 1,
            point_key=rules.free_key(seen.label, {item.point_key for item in present if item.point_key is not None}),
            label=seen.label,
            is_added=True,
            result=seen.result,
            note=seen.note,
            updated_at=now,
            updated_by=actor.id,
        )
        .on_conflict_do_nothing(index_elements=[InspectionItem.id])
        .returning(InspectionItem.id)
    )
    if item_id is None:
        raise rules.ChecklistTakenError("This id is another point's.")
    item = session.get_one(InspectionItem, item_id)
    held.row.updated_at = now
    session.flush()
    told = {"label": seen.label, "result": seen.result, "note": seen.note}
    record_item(held, item, edits.first_values(told), item.version, EventType.INSPECTION_ITEM_ADDED)
    if held.row.status == ChecklistStatus.SUBMITTED:
        _correct(held)
    _announce(held)
    return item


def change_item(
    session: Session,
    checklist_id: UUID,
    item_id: UUID,
    patch: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> tuple[InspectionItem, edits.Edit]:
    """Answer a point: what is not in conflict is kept, what is comes back in the edit, for the caller to tell.

    What a device kept while it was offline is never refused for who holds the inspection or how it stands. A submitted one
    that a correction leaves incomplete is open again. Who takes an added point away that another has changed since is asked,
    as is who changes one that another has taken away.

    Raises:
        NotFoundError: no such inspection at the actor's locations, or no such point in it.
        StaleVersionError: there never was such a version.
        RuleViolationError: a reading where none is asked for; another name for a point of the template, or its removal.
        PointStaysError: it is a job, or the customer got the report with it.
    """
    held = hold(session, checklist_id, location_ids, actor, now)
    item = queries.get_item(session, checklist_id, item_id)
    wishes = {"is_removed": False, **patch} if item.is_removed else dict(patch)
    _check_point(item, wishes)
    current = {
        "result": item.result,
        "reading": None if item.reading is None else plain_number(item.reading),
        "note": item.note,
        "label": item.label,
        "is_removed": item.is_removed,
    }
    overtaken = dict(audit_queries.fields_overtaken(session, item_id, present=item.version, seen=version))
    if wishes.get("is_removed") and overtaken:
        # It is not any more what they took away.
        overtaken["isRemoved"] = replace(next(iter(overtaken.values())), before=None, after=False)
    edit = edits.split(current, wishes, overtaken)
    if edit.applies:
        if edit.applies.get("is_removed"):
            _check_may_go(held, item)
        changes = {edits.wire_name(name): (current[name], value) for name, value in edit.applies.items()}
        values = dict(edit.applies)
        if "reading" in values:
            values["reading"] = queries.as_reading(values["reading"])
        # Until it was submitted nothing knows it by its name; from then on it is known again by the first.
        if "label" in values and item.followed_result is None:
            values["point_key"] = _key_for(session, item, values["label"])
        edits.apply(item, values, now)
        item.updated_by = actor.id
        held.row.updated_at = now
        session.flush()
        record_item(held, item, changes, item.version)
        if held.row.status == ChecklistStatus.SUBMITTED:
            _correct(held)
        _announce(held)
    return item, edit


def _check_point(item: InspectionItem, wishes: Mapping[str, Any]) -> None:
    if wishes.get("reading") is not None and item.unit is None:
        raise invalid_field("reading", "This point asks for no reading.")
    if wishes.get("reading") is not None:
        rules.check_reading(Decimal(wishes["reading"]), item.limits)
    if item.is_added:
        return
    if wishes.get("label", item.label) != item.label:
        raise invalid_field("label", "The template names this point.")
    if wishes.get("is_removed"):
        raise invalid_field("isRemoved", "The template asks for this point. Answer that it does not apply.")


def _check_may_go(held: Held, item: InspectionItem) -> None:
    if queries.is_job(held.session, item):
        raise rules.PointStaysError("This is a job of the estimate by now. It stays.")
    if held.row.sent_at is not None:
        raise rules.PointStaysError("The customer got the report with this point. It stays.")


def _key_for(session: Session, item: InspectionItem, label: str) -> str:
    others = queries.list_items(session, item.checklist_id)
    return rules.free_key(label, {one.point_key for one in others if one.id != item.id and one.point_key is not None})


def _correct(held: Held) -> None:
    """Let a submitted inspection that is not complete any more be open, and what it found follow the correction."""
    if rules.missing(queries.list_answers(held.session, held.row.id)):
        _reopen(held)
    else:
        _Registered.submitted(held)


def _reopen(held: Held) -> None:
    values = {"status": ChecklistStatus.OPEN, "submitted_at": None, "submitted_by": None}
    changes = edits.apply(held.row, values, held.now)
    held.session.flush()
    _record(held, EventType.INSPECTION_CHANGED, {"status": changes["status"]})


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """A point of a locked inspection that is about to lose a photo; see `photos.commands.HeldPoint`."""

    held: Held

    def check_may_lose_photo(self) -> None:
        """Refuse once the customer got the report.

        Raises:
            ConflictError: they did.
        """
        if self.held.row.sent_at is not None:
            raise ConflictError("The customer got the report with this photo. It stays.")

    def lost_photo(self) -> None:
        """Open a submitted inspection again if that was the photo that it needs."""
        if self.held.row.status == ChecklistStatus.SUBMITTED:
            _correct(self.held)
            _announce(self.held)


def hold_point(
    session: Session, item_id: UUID, actor: Actor, location_ids: Collection[UUID], now: datetime
) -> HeldPoint:
    """Lock the inspection of a point that is about to lose a photo.

    Raises:
        NotFoundError: no such point at these locations.
    """
    item = session.get_one(InspectionItem, item_id)
    return HeldPoint(hold(session, item.checklist_id, location_ids, actor, now))


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall become of an inspection: its status, who holds it. `version` is the one that was read.

    `submitted_at` and `sent_at` are a device's own times, see `clock.happened_at`.
    """

    status: ChecklistStatus | None = None
    holder_id: UUID | None = None
    version: int | None = None
    submitted_at: datetime | None = None
    sent_at: datetime | None = None


def change_checklist(
    session: Session,
    checklist_id: UUID,
    wish: Wish,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> None:
    """Take an inspection over, submit it, or open it again; what is so already stays as it is.

    Raises:
        NotFoundError: no such inspection at the actor's locations.
        IncompleteError: a point has no answer, or one that failed not the photo that it needs.
        RuleViolationError: somebody else shall hold it.
        EditConflictError: somebody else did the same otherwise since `version`, took over what shall be submitted, or sent
            what shall be opened.
    """
    held = hold(session, checklist_id, location_ids, actor, now)
    _check_is_news(held, wish)
    if wish.holder_id is not None and wish.holder_id != held.row.holder_id:
        _take_over(held, wish.holder_id)
    if wish.status is ChecklistStatus.SUBMITTED and held.row.status != wish.status:
        _submit(held, _believed(wish.submitted_at, wish.sent_at, now))
    elif wish.status is ChecklistStatus.OPEN and held.row.status != wish.status:
        _reopen(held)
    _announce(held)


def _check_is_news(held: Held, wish: Wish) -> None:
    """Refuse what was wished before somebody else changed the same.

    What the same person did meanwhile is no conflict: a tablet sends what was done in a row with the version that stood on
    its screen all the while.
    """
    row = held.row
    overtaken = dict(
        audit_queries.fields_overtaken(
            held.session, row.id, present=row.version, seen=wish.version, besides=held.actor.id
        )
    )
    if "status" in overtaken:
        # Submitted and opened again it is not as it was: somebody had a reason.
        overtaken["status"] = replace(overtaken["status"], after=None)
    elif "sentAt" in overtaken:
        # The customer has the report: who wanted to go on with it did not know that.
        overtaken["status"] = replace(overtaken["sentAt"], before=ChecklistStatus.SUBMITTED)
    elif "holder" in overtaken and wish.status is ChecklistStatus.SUBMITTED and row.holder_id != held.actor.id:
        # Somebody else fills it by now, and is not done with it.
        overtaken["status"] = replace(overtaken["holder"], before=ChecklistStatus.OPEN, after=None)
    if "holder" in overtaken:
        # The log knows people by their names, and two may have one.
        overtaken["holderId"] = replace(overtaken["holder"], after=None)
    current = {"status": row.status, "holder_id": row.holder_id}
    wishes = {"status": wish.status, "holder_id": wish.holder_id}
    edit = edits.split(current, {name: value for name, value in wishes.items() if value is not None}, overtaken)
    if edit.conflicts:
        theirs = queries.name_of(held.session, row.holder_id)
        told = tuple(
            replace(one, yours=held.actor.name, theirs=theirs) if one.field == "holderId" else one
            for one in edit.conflicts
        )
        shown = queries.get_checklist(held.session, row.id, (held.visit.location_id,), held.now)
        raise edits.conflict_error(replace(edit, conflicts=told), inspection=shown)


def _take_over(held: Held, holder_id: UUID) -> None:
    if holder_id != held.actor.id:
        raise invalid_field("holderId", "You can take an inspection over for yourself only.")
    before = queries.name_of(held.session, held.row.holder_id)
    edits.apply(held.row, {"holder_id": holder_id}, held.now)
    held.session.flush()
    _record(held, EventType.INSPECTION_CHANGED, {"holder": (before, held.actor.name)})


def _submit(held: Held, at: datetime) -> None:
    lacking = rules.missing(queries.list_answers(held.session, held.row.id))
    if lacking:
        raise rules.IncompleteError(rules.say_missing(lacking), missing=[edits.wire(one) for one in lacking])
    at = max(at, held.row.started_at or at)
    values = {"status": ChecklistStatus.SUBMITTED, "submitted_at": at, "submitted_by": held.actor.id}
    if held.row.first_submitted_at is None:
        values["first_submitted_at"] = at
    changes = edits.apply(held.row, values, held.now)
    held.session.flush()
    _record(held, EventType.INSPECTION_SUBMITTED, {"status": changes["status"], "submittedAt": (None, at)})
    outbox.record(
        held.session,
        EventType.INSPECTION_SUBMITTED,
        held.row.id,
        at=held.now,
        appointment_id=str(held.visit.id),
    )
    _Registered.submitted(held)


def delete_checklist(
    session: Session, checklist_id: UUID, *, actor: Actor, location_ids: Collection[UUID], now: datetime
) -> None:
    """Take an inspection away that was begun by mistake, with what it alone found.

    Raises:
        NotFoundError: no such inspection at the actor's locations.
        ConflictError: the customer got its report.
    """
    held = hold(session, checklist_id, location_ids, actor, now)
    if held.row.sent_at is not None:
        raise ConflictError("The customer got the report of this inspection. It stays.")
    changes = edits.apply(held.row, {"deleted_at": now}, now)
    session.flush()
    _record(held, EventType.INSPECTION_DELETED, changes | {"title": (held.row.title, None)})
    _Registered.deleted(held)
    _announce(held)


def hold(session: Session, checklist_id: UUID, location_ids: Collection[UUID], actor: Actor, now: datetime) -> Held:
    """Lock an inspection that is about to change.

    Raises:
        NotFoundError: no such inspection at these locations.
    """
    row, visit = queries.get_checklist_for_update(session, checklist_id, location_ids)
    return Held(session, row, visit, actor, now)


def _record(held: Held, event: EventType, changes: edits.Changes) -> None:
    audit.record(
        held.session,
        event,
        entity=CHECKLIST,
        entity_id=held.row.id,
        actor=held.actor,
        at=held.now,
        changes={"appointmentId": (None, held.visit.id), **changes}
        if event is EventType.INSPECTION_STARTED
        else changes,
        location_id=held.visit.location_id,
        version=held.row.version,
    )


def record_item(
    held: Held,
    item: InspectionItem,
    changes: edits.Changes,
    version: int | None,
    event: EventType = EventType.INSPECTION_ITEM_CHANGED,
) -> None:
    """Write into the log what became of a point; `version` is the one that this made, None where it made none."""
    audit.record(
        held.session,
        event,
        entity=ITEM,
        entity_id=item.id,
        actor=held.actor,
        at=held.now,
        changes=changes,
        location_id=held.visit.location_id,
        version=version,
    )


def _announce(held: Held) -> None:
    """Tell every open screen, after the commit, that the visit's inspections changed."""
    announce(held.session, held.visit.location_id, held.visit.id)


def announce(session: Session, location_id: UUID, appointment_id: UUID) -> None:
    """Tell every open screen, after the commit, that a visit's inspections changed."""
    after_commit(session, live.publisher("inspections", location_id, {"id": appointment_id}))
