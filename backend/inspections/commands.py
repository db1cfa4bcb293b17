"""What can be done with inspections: templates; starting, filling, taking over and submitting one; what it found.

Who answers a point holds its checklist's row; whoever makes a job of a finding holds the visit's first, then the checklist's.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
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
    Finding,
    InspectionChecklist,
    InspectionItem,
    InspectionTemplate,
    InspectionTemplateVersion,
)
from backend.inspections.queries import FIT_FIELDS
from backend.inspections.rules import FOUND, ChecklistStatus, Fit, Result
from backend.outbox import commands as outbox
from backend.services import commands as services
from backend.services.commands import JobDraft
from backend.services.rules import Urgency
from backend.vehicles.models import Vehicle

TEMPLATE, CHECKLIST, ITEM, FINDING = "inspection_template", "inspection", "inspection_item", "finding"
# What an editor may change of a template; a location keeps its own. `points` make a version of their own.
CHANGEABLE = ("name", *FIT_FIELDS, "is_active")
_URGENCY = {Result.FAIL: Urgency.NOW, Result.ATTENTION: Urgency.SOON}


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
class _Held:
    """A locked inspection with its visit, who changes it, and when."""

    session: Session
    row: InspectionChecklist
    visit: Appointment
    actor: Actor
    now: datetime


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
    held = _Held(session, row, visit, actor, now)
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
    that a correction leaves incomplete is open again.

    Raises:
        NotFoundError: no such inspection at the actor's locations, or no such point in it.
        StaleVersionError: there never was such a version.
        RuleViolationError: a reading where none is asked for.
    """
    held = _hold(session, checklist_id, location_ids, actor, now)
    item = queries.get_item(session, checklist_id, item_id)
    if patch.get("reading") is not None and item.unit is None:
        raise invalid_field("reading", "This point asks for no reading.")
    current = {
        "result": item.result,
        "reading": None if item.reading is None else plain_number(item.reading),
        "note": item.note,
    }
    overtaken = audit_queries.fields_overtaken(session, item_id, present=item.version, seen=version)
    edit = edits.split(current, patch, overtaken)
    if edit.applies:
        changes = {name: (current[name], value) for name, value in edit.applies.items()}
        values = dict(edit.applies)
        if "reading" in values:
            values["reading"] = queries.as_reading(values["reading"])
        edits.apply(item, values, now)
        item.updated_by = actor.id
        held.row.updated_at = now
        session.flush()
        _record_item(held, item, changes, item.version)
        if held.row.status == ChecklistStatus.SUBMITTED:
            _correct(held)
        _announce(held)
    return item, edit


def _correct(held: _Held) -> None:
    """Let a submitted inspection that is not complete any more be open, and what it found follow the correction."""
    if rules.missing(queries.list_answers(held.session, held.row.id)):
        _reopen(held)
    else:
        _follow(held)


def _reopen(held: _Held) -> None:
    values = {"status": ChecklistStatus.OPEN, "submitted_at": None, "submitted_by": None}
    changes = edits.apply(held.row, values, held.now)
    held.session.flush()
    _record(held, EventType.INSPECTION_CHANGED, {"status": changes["status"]})


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """A point of a locked inspection that is about to lose a photo; see `photos.commands.HeldPoint`."""

    held: _Held

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
    return HeldPoint(_hold(session, item.checklist_id, location_ids, actor, now))


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
        EditConflictError: somebody did the same otherwise since `version`, or sent what shall be opened.
    """
    held = _hold(session, checklist_id, location_ids, actor, now)
    _check_is_news(held, wish)
    if wish.holder_id is not None and wish.holder_id != held.row.holder_id:
        _take_over(held, wish.holder_id)
    if wish.status is ChecklistStatus.SUBMITTED and held.row.status != wish.status:
        _submit(held, _believed(wish.submitted_at, wish.sent_at, now))
    elif wish.status is ChecklistStatus.OPEN and held.row.status != wish.status:
        _reopen(held)
    _announce(held)


def _check_is_news(held: _Held, wish: Wish) -> None:
    """Refuse what was wished before somebody else changed the same."""
    row = held.row
    overtaken = dict(audit_queries.fields_overtaken(held.session, row.id, present=row.version, seen=wish.version))
    if "status" in overtaken:
        # Submitted and opened again it is not as it was: somebody had a reason.
        overtaken["status"] = replace(overtaken["status"], after=None)
    elif "sentAt" in overtaken:
        # The customer has the report: who wanted to go on with it did not know that.
        overtaken["status"] = replace(overtaken["sentAt"], before=ChecklistStatus.SUBMITTED)
    if "holder" in overtaken:
        # The log knows people by their names, and two may have one.
        overtaken["holder"] = replace(overtaken["holder"], after=None)
    current = {"status": row.status, "holder": row.holder_id}
    wishes = {"status": wish.status, "holder": wish.holder_id}
    edit = edits.split(current, {name: value for name, value in wishes.items() if value is not None}, overtaken)
    if edit.conflicts:
        theirs = queries.name_of(held.session, row.holder_id)
        told = tuple(
            replace(one, yours=held.actor.name, theirs=theirs) if one.field == "holder" else one
            for one in edit.conflicts
        )
        shown = queries.get_checklist(held.session, row.id, (held.visit.location_id,))
        raise edits.conflict_error(replace(edit, conflicts=told), inspection=shown)


def _take_over(held: _Held, holder_id: UUID) -> None:
    if holder_id != held.actor.id:
        raise invalid_field("holderId", "You can take an inspection over for yourself only.")
    before = queries.name_of(held.session, held.row.holder_id)
    edits.apply(held.row, {"holder_id": holder_id}, held.now)
    held.session.flush()
    _record(held, EventType.INSPECTION_CHANGED, {"holder": (before, held.actor.name)})


def _submit(held: _Held, at: datetime) -> None:
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
    _follow(held)


def delete_checklist(
    session: Session, checklist_id: UUID, *, actor: Actor, location_ids: Collection[UUID], now: datetime
) -> None:
    """Take an inspection away that was begun by mistake; what it found first and nobody else saw is resolved.

    Raises:
        NotFoundError: no such inspection at the actor's locations.
        ConflictError: the customer got its report.
    """
    held = _hold(session, checklist_id, location_ids, actor, now)
    if held.row.sent_at is not None:
        raise ConflictError("The customer got the report of this inspection. It stays.")
    changes = edits.apply(held.row, {"deleted_at": now}, now)
    session.flush()
    _record(held, EventType.INSPECTION_DELETED, changes | {"title": (held.row.title, None)})
    if held.visit.vehicle_id is not None:
        items = {item.id for item in queries.list_items(session, checklist_id)}
        for finding in queries.find_open(session, held.visit.vehicle_id):
            if finding.latest_item_id in items and finding.opened_item_id in items:
                _resolve(session, finding, "The inspection was deleted.", actor=actor, now=now)
    _announce(held)


def _hold(session: Session, checklist_id: UUID, location_ids: Collection[UUID], actor: Actor, now: datetime) -> _Held:
    row, visit = queries.get_checklist_for_update(session, checklist_id, location_ids)
    return _Held(session, row, visit, actor, now)


def _record(held: _Held, event: EventType, changes: edits.Changes) -> None:
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


def _record_item(held: _Held, item: InspectionItem, changes: edits.Changes, version: int | None) -> None:
    audit.record(
        held.session,
        EventType.INSPECTION_ITEM_CHANGED,
        entity=ITEM,
        entity_id=item.id,
        actor=held.actor,
        at=held.now,
        changes=changes,
        location_id=held.visit.location_id,
        version=version,
    )


def _announce(held: _Held) -> None:
    """Tell every open screen, after the commit, that the visit's inspections changed."""
    announce(held.session, held.visit.location_id, held.visit.id)


def announce(session: Session, location_id: UUID, appointment_id: UUID) -> None:
    """Tell every open screen, after the commit, that a visit's inspections changed."""
    after_commit(session, live.publisher("inspections", location_id, {"id": appointment_id}))


# --- findings ---------------------------------------------------------------------------------


def _follow(held: _Held) -> None:
    """Open, change and resolve what the car needs, as a submitted inspection says: known again by the point's key.

    Only what it says anew: a correction elsewhere brings nothing back that was resolved since. What a later inspection saw
    is left as it is.
    """
    session, visit = held.session, held.visit
    if visit.vehicle_id is None:
        return
    said = [item for item in queries.list_items(session, held.row.id) if item.result != item.followed_result]
    if not said:
        return
    # One submission at a time: a point of a car has one open finding.
    session.get(Vehicle, visit.vehicle_id, with_for_update={"key_share": True})
    known = {
        rules.key_of(finding.point_key, finding.label): finding
        for finding in queries.find_open(session, visit.vehicle_id)
    }
    for item in said:
        finding = known.get(rules.key_of(item.point_key, item.label))
        # What was found before and is no open finding was resolved; how bad it was changes nothing of that.
        is_new = item.result in FOUND and item.followed_result not in FOUND
        item.followed_result = item.result
        if finding is not None:
            _follow_item(held, finding, item)
        elif is_new:
            _open_finding(held, item)
    session.flush()


def _follow_item(held: _Held, finding: Finding, item: InspectionItem) -> None:
    if _is_past(held, finding, item):
        return
    if item.result in FOUND:
        _see_again(held, finding, item)
    elif item.result == Result.PASS:
        when = queries.say_when(held.visit.day, held.visit.number)
        _resolve(held.session, finding, f"Passed at {when}.", actor=held.actor, now=held.now)
    elif finding.opened_item_id == finding.latest_item_id == item.id:
        # Nobody else saw it: it was a slip of the finger.
        _resolve(held.session, finding, "Taken back: it does not apply.", actor=held.actor, now=held.now)


def _is_past(held: _Held, finding: Finding, item: InspectionItem) -> bool:
    """Tell whether a later inspection saw what a point of this one found."""
    first = held.row.first_submitted_at
    return finding.latest_item_id != item.id and first is not None and finding.seen_at > first


def _open_finding(held: _Held, item: InspectionItem) -> None:
    assert held.visit.vehicle_id is not None
    assert item.result is not None
    finding = Finding(
        id=new_id(),
        vehicle_id=held.visit.vehicle_id,
        location_id=held.visit.location_id,
        point_key=item.point_key,
        label=item.label,
        severity=item.result,
        opened_item_id=item.id,
        latest_item_id=item.id,
        job_id=item.job_id,
        opened_at=held.now,
        seen_at=held.now,
    )
    held.session.add(finding)
    held.session.flush()
    told = {"label": item.label, "severity": item.result, "vehicleId": held.visit.vehicle_id}
    _record_finding(held.session, EventType.FINDING_OPENED, finding, edits.first_values(told), held.actor, held.now)


def _see_again(held: _Held, finding: Finding, item: InspectionItem) -> None:
    values = {"severity": item.result, "label": item.label, "latest_item_id": item.id}
    # Said again by the same inspection, the job may be one of a later visit by now.
    if item.job_id is not None and (finding.job_id is None or finding.latest_item_id != item.id):
        values["job_id"] = item.job_id
    changes = {
        edits.wire_name(name): (getattr(finding, name), value)
        for name, value in values.items()
        if getattr(finding, name) != value
    }
    if not changes:
        return
    for name, value in values.items():
        setattr(finding, name, value)
    finding.seen_at = held.now
    held.session.flush()
    _record_finding(held.session, EventType.FINDING_CHANGED, finding, changes, held.actor, held.now)


def resolve_finding(
    session: Session,
    finding_id: UUID,
    resolution: str,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> Finding:
    """Note that a car does not need something any more, and why.

    Raises:
        NotFoundError: no such finding of a car that visited one of the actor's locations.
        FindingResolvedError: it was resolved already.
    """
    finding = queries.get_finding_for_update(session, finding_id, location_ids)
    if finding.resolved_at is not None:
        raise rules.FindingResolvedError("This was resolved already.")
    _resolve(session, finding, resolution, actor=actor, now=now)
    _tell_visits(session, finding.vehicle_id)
    return finding


def resolve_mended(session: Session, appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """Resolve what the jobs of a completed visit mended."""
    for finding in queries.list_mended(session, appointment.id):
        when = queries.say_when(appointment.day, appointment.number)
        _resolve(session, finding, f"Repaired at {when}.", actor=actor, now=now)
    announce(session, appointment.location_id, appointment.id)


def _resolve(session: Session, finding: Finding, resolution: str, *, actor: Actor, now: datetime) -> None:
    finding.resolved_at, finding.resolved_by, finding.resolution = now, actor.id, resolution
    session.flush()
    told = {"resolution": (None, resolution), "label": (finding.label, finding.label)}
    _record_finding(session, EventType.FINDING_RESOLVED, finding, told, actor, now)


def _tell_visits(session: Session, vehicle_id: UUID) -> None:
    """Tell open screens of the car's open visits."""
    for location_id, appointment_id in queries.list_open_visits(session, vehicle_id):
        announce(session, location_id, appointment_id)


def _record_finding(
    session: Session, event: EventType, finding: Finding, changes: edits.Changes, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        event,
        entity=FINDING,
        entity_id=finding.id,
        actor=actor,
        at=now,
        changes=changes,
        location_id=finding.location_id,
    )


# --- a job for a finding ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mending:
    """What shall be done about a finding: a canned job, one of a name, or without either what the catalogue suggests."""

    catalog_id: UUID | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The job of a finding; one that was there already `is_new` not, and the point now is that one's too."""

    job_id: UUID
    is_new: bool


def add_job(
    session: Session,
    checklist_id: UUID,
    item_id: UUID,
    mending: Mending,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> Made:
    """Make a priced job of what a point found, on its visit; the photos of the point are its.

    What another inspection found too, or an earlier visit, is one job of the visit.

    Raises:
        NotFoundError: no such inspection, point or canned job.
        RuleViolationError: the point found nothing.
        InvoiceLockedError: an invoice stands.
    """
    checklist = queries.get_checklist(session, checklist_id, location_ids)
    visit = appointment_queries.get_for_update(session, checklist["appointmentId"], location_ids)
    held = _hold(session, checklist_id, location_ids, actor, now)
    item = queries.get_item(session, checklist_id, item_id)
    if item.result not in FOUND:
        raise invalid_field("result", "Only what needs attention or failed becomes a job.")
    own = queries.find_job(session, item.job_id)
    if own is not None:
        return Made(own.id, is_new=False)
    finding = _find_open(session, visit, item)
    here = queries.find_job_here(session, visit.id, rules.key_of(item.point_key, item.label), finding)
    job_id = here or services.create_job(
        session, visit.id, _draft(session, item, mending, visit), actor=actor, location_ids=location_ids, now=now
    )
    before, item.job_id = item.job_id, job_id
    session.flush()
    _record_item(held, item, {"jobId": (before, job_id)}, None)
    if finding is not None and finding.job_id != job_id and not _is_past(held, finding, item):
        _give_job(session, finding, job_id, actor, now)
    _announce(held)
    return Made(job_id, is_new=here is None)


def _find_open(session: Session, visit: Appointment, item: InspectionItem) -> Finding | None:
    """Lock and return what the visit's car is known to need by a point's key."""
    if visit.vehicle_id is None:
        return None
    wanted = rules.key_of(item.point_key, item.label)
    known = queries.find_open(session, visit.vehicle_id)
    return next((one for one in known if rules.key_of(one.point_key, one.label) == wanted), None)


def add_job_of_finding(
    session: Session,
    finding_id: UUID,
    appointment_id: UUID,
    mending: Mending,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> Made:
    """Offer what an earlier visit found in this one; what was declined is taken up again.

    Raises:
        NotFoundError: no such appointment, or no such open finding of its car.
        InvoiceLockedError: an invoice stands.
    """
    visit = appointment_queries.get_for_update(session, appointment_id, location_ids)
    finding = queries.get_finding_for_update(session, finding_id, location_ids)
    if finding.vehicle_id != visit.vehicle_id or finding.resolved_at is not None:
        raise NotFoundError("There is no such open finding of this car.")
    here = queries.find_job_here(session, appointment_id, rules.key_of(finding.point_key, finding.label), finding)
    earlier = queries.find_job(session, finding.job_id)
    if here is not None:
        job_id = here
    elif earlier is not None and earlier.can_be_revived and mending == Mending():
        job_id = services.revive_job(
            session, earlier.id, appointment_id, actor=actor, location_ids=location_ids, now=now
        )
    else:
        item = session.get(InspectionItem, finding.latest_item_id)
        assert item is not None
        draft = _draft(session, item, mending, visit)
        job_id = services.create_job(session, appointment_id, draft, actor=actor, location_ids=location_ids, now=now)
    if finding.job_id != job_id:
        _give_job(session, finding, job_id, actor, now)
    announce(session, visit.location_id, appointment_id)
    return Made(job_id, is_new=here is None)


def _draft(session: Session, item: InspectionItem, mending: Mending, visit: Appointment) -> JobDraft:
    catalog_id, name = mending.catalog_id, mending.name
    if catalog_id is None and name is None:
        offers = queries.suggest_jobs(session, item, visit.location_id)
        catalog_id = offers[0].catalog_id if offers else None
        name = None if offers else item.label
    return JobDraft(
        catalog_id=catalog_id,
        name=name,
        description=rules.say_finding(item.label, item.note, item.reading, item.unit),
        urgency=_URGENCY[Result(item.result)] if item.result in FOUND else Urgency.LATER,
    )


def _give_job(session: Session, finding: Finding, job_id: UUID, actor: Actor, now: datetime) -> None:
    before, finding.job_id = finding.job_id, job_id
    session.flush()
    _record_finding(session, EventType.FINDING_CHANGED, finding, {"jobId": (before, job_id)}, actor, now)
