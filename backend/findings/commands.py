"""What becomes of findings: opened, seen again, resolved; made a job of.

Whoever makes a job of a finding holds the visit's row first, then the checklist's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.audit import commands as audit
from backend.core import edits
from backend.core.actor import Actor
from backend.core.errors import NotFoundError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.findings import queries, rules
from backend.findings.models import Finding
from backend.findings.rules import FOUND
from backend.inspections import commands as inspections
from backend.inspections import queries as inspection_queries
from backend.inspections.commands import Held
from backend.inspections.models import InspectionItem
from backend.inspections.rules import Result
from backend.services import queries as service_queries
from backend.services.commands import jobs
from backend.services.commands.jobs import JobDraft
from backend.services.rules import Urgency
from backend.vehicles.models import Vehicle

FINDING = "finding"
_URGENCY = {Result.FAIL: Urgency.NOW, Result.ATTENTION: Urgency.SOON}


# --- through a car's visits -------------------------------------------------------------------


def follow(held: Held) -> None:
    """Open, change and resolve what the car needs, as a submitted inspection says: known again by the point's key.

    Only what it says anew: a correction elsewhere brings nothing back that was resolved since. What a later inspection saw
    is left as it is.
    """
    session, visit = held.session, held.visit
    if visit.vehicle_id is None:
        return
    items = inspection_queries.list_items(session, held.row.id)
    said = [item for item in items if _result_of(item) != item.followed_result]
    if not said and not any(item.is_added for item in items):
        return
    # One submission at a time: a point of a car has one open finding.
    session.get(Vehicle, visit.vehicle_id, with_for_update={"key_share": True})
    known = {
        rules.key_of(finding.point_key, finding.label): finding
        for finding in queries.find_open(session, visit.vehicle_id)
    }
    for item in said:
        finding = known.get(rules.key_of(item.point_key, item.label))
        result = _result_of(item)
        # What was found before and is no open finding was resolved; how bad it was changes nothing of that.
        is_new = result in FOUND and item.followed_result not in FOUND
        item.followed_result = result
        if finding is not None:
            _follow_item(held, finding, item)
        elif is_new:
            _open_finding(held, item)
    _follow_names(held, items, known.values())
    session.flush()


def _result_of(item: InspectionItem) -> Result | None:
    """Return what a point says; one that was added and taken away again says nothing of the car."""
    return Result.NOT_APPLICABLE if item.is_removed else item.result


def _follow_names(held: Held, items: Collection[InspectionItem], findings: Collection[Finding]) -> None:
    """Call what added points found as they are called by now."""
    names = {item.id: item.label for item in items if item.is_added and not item.is_removed}
    for finding in findings:
        label = names.get(finding.latest_item_id, finding.label)
        if finding.resolved_at is None and label != finding.label:
            changes = {"label": (finding.label, label)}
            finding.label = label
            _record_finding(held.session, EventType.FINDING_CHANGED, finding, changes, held.actor, held.now)


def withdraw(held: Held) -> None:
    """Resolve what a deleted inspection found first and no other one saw."""
    session, vehicle_id = held.session, held.visit.vehicle_id
    if vehicle_id is None:
        return
    items = {item.id for item in inspection_queries.list_items(session, held.row.id)}
    for finding in queries.find_open(session, vehicle_id):
        if finding.latest_item_id in items and finding.opened_item_id in items:
            _resolve(session, finding, "The inspection was deleted.", actor=held.actor, now=held.now)


def _follow_item(held: Held, finding: Finding, item: InspectionItem) -> None:
    if _is_past(held, finding, item):
        return
    result = _result_of(item)
    if result in FOUND:
        _see_again(held, finding, item)
    elif result == Result.PASS:
        when = queries.say_when(held.visit.day, held.visit.number)
        _resolve(held.session, finding, f"Passed at {when}.", actor=held.actor, now=held.now)
    elif finding.opened_item_id == finding.latest_item_id == item.id:
        # Nobody else saw it: it was a slip of the finger.
        _resolve(held.session, finding, "Taken back: it does not apply.", actor=held.actor, now=held.now)


def _is_past(held: Held, finding: Finding, item: InspectionItem) -> bool:
    """Tell whether a later inspection saw what a point of this one found."""
    first = held.row.first_submitted_at
    return finding.latest_item_id != item.id and first is not None and finding.seen_at > first


def _open_finding(held: Held, item: InspectionItem) -> None:
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


def _see_again(held: Held, finding: Finding, item: InspectionItem) -> None:
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
    inspections.announce(session, appointment.location_id, appointment.id)


def _resolve(session: Session, finding: Finding, resolution: str, *, actor: Actor, now: datetime) -> None:
    finding.resolved_at, finding.resolved_by, finding.resolution = now, actor.id, resolution
    session.flush()
    told = {"resolution": (None, resolution), "label": (finding.label, finding.label)}
    _record_finding(session, EventType.FINDING_RESOLVED, finding, told, actor, now)


def _tell_visits(session: Session, vehicle_id: UUID) -> None:
    """Tell open screens of the car's open visits."""
    for location_id, appointment_id in queries.list_open_visits(session, vehicle_id):
        inspections.announce(session, location_id, appointment_id)


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
    """What shall be done about a finding: a canned job, one of a name, or without either what the catalogue suggests.

    With `job_id` a job that is on the visit already mends it too, and none is added.
    """

    catalog_id: UUID | None = None
    name: str | None = None
    job_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The job of a finding; one that was there, and was not asked for, `is_new` not: the point now is that one's too."""

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
        NotFoundError: no such inspection, point, canned job, or job of the visit.
        RuleViolationError: the point found nothing.
        InvoiceLockedError: an invoice stands.
    """
    checklist = inspection_queries.get_checklist(session, checklist_id, location_ids, now)
    visit = appointment_queries.get_for_update(session, checklist["appointmentId"], location_ids)
    held = inspections.hold(session, checklist_id, location_ids, actor, now)
    item = inspection_queries.get_item(session, checklist_id, item_id)
    if _result_of(item) not in FOUND:
        raise invalid_field("result", "Only what needs attention or failed becomes a job.")
    own = queries.find_job(session, item.job_id)
    if own is not None:
        return Made(own.id, is_new=False)
    finding = _find_open(session, visit, item)
    wished = _find_wished(session, visit.id, mending)
    here = wished or queries.find_job_here(session, visit.id, rules.key_of(item.point_key, item.label), finding)
    job_id = here or jobs.create_job(
        session, visit.id, _draft(session, item, mending, visit), actor=actor, location_ids=location_ids, now=now
    )
    before, item.job_id = item.job_id, job_id
    session.flush()
    inspections.record_item(held, item, {"jobId": (before, job_id)}, None)
    if finding is not None and finding.job_id != job_id and not _is_past(held, finding, item):
        _give_job(session, finding, job_id, actor, now)
    inspections.announce(session, visit.location_id, visit.id)
    return Made(job_id, is_new=here is None or wished is not None)


def _find_wished(session: Session, appointment_id: UUID, mending: Mending) -> UUID | None:
    """Return the job of the visit that shall mend a finding too; None where another one is wished for."""
    if mending.job_id is not None and not service_queries.has_job(session, appointment_id, mending.job_id):
        raise NotFoundError("There is no such job in this visit.")
    return mending.job_id


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
        NotFoundError: no such appointment, no such open finding of its car, or no such job of the visit.
        InvoiceLockedError: an invoice stands.
    """
    visit = appointment_queries.get_for_update(session, appointment_id, location_ids)
    finding = queries.get_finding_for_update(session, finding_id, location_ids)
    if finding.vehicle_id != visit.vehicle_id or finding.resolved_at is not None:
        raise NotFoundError("There is no such open finding of this car.")
    wished = _find_wished(session, appointment_id, mending)
    here = wished or queries.find_job_here(
        session, appointment_id, rules.key_of(finding.point_key, finding.label), finding
    )
    earlier = queries.find_job(session, finding.job_id)
    if here is not None:
        job_id = here
    elif earlier is not None and earlier.can_be_revived and mending == Mending():
        job_id = jobs.revive_job(session, earlier.id, appointment_id, actor=actor, location_ids=location_ids, now=now)
    else:
        item = session.get(InspectionItem, finding.latest_item_id)
        assert item is not None
        draft = _draft(session, item, mending, visit)
        job_id = jobs.create_job(session, appointment_id, draft, actor=actor, location_ids=location_ids, now=now)
    if finding.job_id != job_id:
        _give_job(session, finding, job_id, actor, now)
    inspections.announce(session, visit.location_id, appointment_id)
    return Made(job_id, is_new=here is None or wished is not None)


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
