"""What can be seen of inspections: templates, checklists with their items and photos, and what cars still need."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.core.edits import wire_name
from backend.core.errors import NotFoundError
from backend.core.money import plain_number
from backend.inspections.models import (
    InspectionChecklist,
    InspectionItem,
    InspectionTemplate,
    InspectionTemplateVersion,
)
from backend.inspections.rules import Answered, Car, Fit, Result, age_of
from backend.links.models import SignedLink
from backend.photos import queries as photos
from backend.photos.models import InspectionPhoto
from backend.services.models import AppointmentJob
from backend.vehicles.models import Vehicle

FIT_FIELDS = tuple(Fit.__dataclass_fields__)
# Of the catalogue, how many jobs are looked at for one that mends a finding, and how many are offered.
_MOST_CANNED, _MOST_OFFERED = 500, 5


# --- templates --------------------------------------------------------------------------------


def list_templates(
    session: Session, location_ids: Collection[UUID], *, with_inactive: bool = False
) -> list[dict[str, Any]]:
    """List the templates of these locations with the points of their newest version, by name, as the wire shows them."""
    statement = _templates(location_ids)
    if not with_inactive:
        statement = statement.where(InspectionTemplate.is_active)
    return [
        _shown_template(*row)
        for row in session.execute(statement.order_by(InspectionTemplate.name, InspectionTemplate.id))
    ]


# So far back visits are looked at for the kinds that are in use.
_KINDS_OF = timedelta(days=180)


def list_visit_types(session: Session, location_id: UUID, now: datetime) -> list[str]:
    """List the kinds of visit that templates of a location name or its visits of the last half year had, by name, each once."""
    of_visits = sa.select(Appointment.visit_type).where(
        Appointment.location_id == location_id,
        Appointment.day >= (now - _KINDS_OF).date(),
        Appointment.visit_type.is_not(None),
        Appointment.deleted_at.is_(None),
    )
    of_templates = sa.select(InspectionTemplate.visit_type).where(
        _used_at([location_id]), InspectionTemplate.visit_type.is_not(None)
    )
    # What a template asks for is spelled as it does.
    found = [*session.scalars(of_visits.distinct()), *session.scalars(of_templates)]
    spelled = {kind.casefold(): kind for kind in found if kind is not None}
    return sorted(spelled.values(), key=str.casefold)


def get_template(session: Session, template_id: UUID, location_ids: Collection[UUID]) -> dict[str, Any]:
    """Return a template as the wire shows it.

    Raises:
        NotFoundError: no such template at these locations, or it is deleted.
    """
    row = session.execute(_templates(location_ids).where(InspectionTemplate.id == template_id)).first()
    if row is None:
        raise NotFoundError("There is no such inspection template.")
    return _shown_template(*row)


def get_template_for_update(
    session: Session, template_id: UUID, location_ids: Collection[UUID]
) -> tuple[InspectionTemplate, InspectionTemplateVersion]:
    """Lock and return a template, with its newest version.

    Raises:
        NotFoundError: no such template at these locations, or it is deleted.
    """
    found = session.scalars(
        sa.select(InspectionTemplate)
        .where(InspectionTemplate.id == template_id, _used_at(location_ids))
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such inspection template.")
    return found, _newest_version(session, template_id)


def _newest_version(session: Session, template_id: UUID) -> InspectionTemplateVersion:
    return session.scalars(
        sa.select(InspectionTemplateVersion)
        .where(InspectionTemplateVersion.template_id == template_id)
        .order_by(InspectionTemplateVersion.version_no.desc())
        .limit(1)
    ).one()


def get_version(
    session: Session, template_id: UUID, version_id: UUID | None, location_ids: Collection[UUID]
) -> tuple[InspectionTemplate, InspectionTemplateVersion]:
    """Return a template with one of its versions, the newest unless one is named; a running inspection's may be older.

    A device that names a version began with it, perhaps before the template was deleted.

    Raises:
        NotFoundError: no such template at these locations, or no such version of it.
    """
    usable = _used_at(location_ids) if version_id is None else _is_of(location_ids)
    template = session.scalars(
        sa.select(InspectionTemplate).where(InspectionTemplate.id == template_id, usable)
    ).one_or_none()
    if template is None:
        raise NotFoundError("There is no such inspection template.")
    if version_id is None:
        return template, _newest_version(session, template_id)
    version = session.get(InspectionTemplateVersion, version_id)
    if version is None or version.template_id != template_id:
        raise NotFoundError("There is no such version of this inspection template.")
    return template, version


def find_best_template(session: Session, appointment: Appointment) -> UUID | None:
    """Return the template that is made for a visit in most ways: its kind, the car's age and mileage; None where none fits.

    Of equals the location's own comes before one of every location, then the first by name.
    """
    car = read_car(session, appointment)
    rows = session.scalars(
        sa.select(InspectionTemplate)
        .where(_used_at([appointment.location_id]), InspectionTemplate.is_active)
        .order_by(InspectionTemplate.location_id.is_(None), InspectionTemplate.name, InspectionTemplate.id)
    )
    best: tuple[int, UUID] | None = None
    for template in rows:
        score = Fit(**{name: getattr(template, name) for name in FIT_FIELDS}).score(car)
        if score is not None and (best is None or score > best[0]):
            best = (score, template.id)
    return None if best is None else best[1]


def read_car(session: Session, appointment: Appointment) -> Car:
    """Return what of a visit decides on its template."""
    vehicle = None if appointment.vehicle_id is None else session.get(Vehicle, appointment.vehicle_id)
    return Car(
        appointment.visit_type,
        None if vehicle is None else age_of(vehicle.year, appointment.day),
        None if vehicle is None else vehicle.mileage,
    )


def _used_at(location_ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    return sa.and_(InspectionTemplate.deleted_at.is_(None), _is_of(location_ids))


def _is_of(location_ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    return sa.or_(InspectionTemplate.location_id.is_(None), InspectionTemplate.location_id.in_(tuple(location_ids)))


def _templates(location_ids: Collection[UUID]) -> sa.Select[InspectionTemplate, InspectionTemplateVersion]:
    newer = aliased(InspectionTemplateVersion)
    return (
        sa.select(InspectionTemplate, InspectionTemplateVersion)
        .join(InspectionTemplateVersion, InspectionTemplateVersion.template_id == InspectionTemplate.id)
        .where(
            _used_at(location_ids),
            ~sa.exists().where(
                newer.template_id == InspectionTemplate.id, newer.version_no > InspectionTemplateVersion.version_no
            ),
        )
    )


def _shown_template(template: InspectionTemplate, version: InspectionTemplateVersion) -> dict[str, Any]:
    names = ("id", "location_id", "name", *FIT_FIELDS, "is_active", "version")
    return {
        **{wire_name(name): getattr(template, name) for name in names},
        "versionId": version.id,
        "versionNo": version.version_no,
        "points": version.points,
    }


# --- checklists -------------------------------------------------------------------------------


def list_checklists(
    session: Session, appointment_ids: Collection[UUID], now: datetime
) -> dict[UUID, list[dict[str, Any]]]:
    """Return the inspections of visits, oldest first, as the wire shows them, by appointment; three statements for all."""
    return _shown_checklists(session, InspectionChecklist.appointment_id.in_(tuple(appointment_ids)), now)


def get_checklist(
    session: Session, checklist_id: UUID, location_ids: Collection[UUID] | None, now: datetime
) -> dict[str, Any]:
    """Return one inspection as the wire shows it; of any location for None.

    Raises:
        NotFoundError: no such inspection at these locations.
    """
    which = InspectionChecklist.id == checklist_id
    if location_ids is not None:
        which = sa.and_(which, Appointment.location_id.in_(tuple(location_ids)))
    found = _shown_checklists(session, which, now)
    if not found:
        raise NotFoundError("There is no such inspection.")
    ((checklist,),) = found.values()
    return checklist


def find_checklist(session: Session, checklist_id: UUID) -> InspectionChecklist | None:
    """Return an inspection by its id alone, deleted or not."""
    return session.get(InspectionChecklist, checklist_id)


def get_checklist_for_update(
    session: Session, checklist_id: UUID, location_ids: Collection[UUID]
) -> tuple[InspectionChecklist, Appointment]:
    """Lock and return an inspection, and its visit, which is not locked.

    Raises:
        NotFoundError: no such inspection at these locations.
    """
    row = session.execute(
        sa.select(InspectionChecklist, Appointment)
        .join(Appointment, Appointment.id == InspectionChecklist.appointment_id)
        .where(
            InspectionChecklist.id == checklist_id,
            InspectionChecklist.deleted_at.is_(None),
            Appointment.location_id.in_(tuple(location_ids)),
            Appointment.deleted_at.is_(None),
        )
        .with_for_update(of=InspectionChecklist, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such inspection.")
    return row[0], row[1]


def get_item(session: Session, checklist_id: UUID, item_id: UUID) -> InspectionItem:
    """Return an item of an inspection, which the caller holds.

    Raises:
        NotFoundError: no such item in it.
    """
    found = session.get(InspectionItem, item_id, populate_existing=True)
    if found is None or found.checklist_id != checklist_id:
        raise NotFoundError("There is no such point in this inspection.")
    return found


def list_answers(session: Session, checklist_id: UUID) -> list[Answered]:
    """List an inspection's items as completeness sees them, in their order."""
    stored = (
        sa.select(sa.func.count())
        .where(
            InspectionPhoto.item_id == InspectionItem.id,
            InspectionPhoto.stored_at.is_not(None),
            InspectionPhoto.deleted_at.is_(None),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(InspectionItem.id, InspectionItem.label, InspectionItem.result, InspectionItem.needs_photo, stored)
        .where(InspectionItem.checklist_id == checklist_id, InspectionItem.is_removed.is_(False))
        .order_by(InspectionItem.sort_order, InspectionItem.id)
    )
    return [
        Answered(row.id, row.label, None if row.result is None else Result(row.result), row.needs_photo, row[4])
        for row in rows
    ]


def is_job(session: Session, item: InspectionItem) -> bool:
    """Tell whether a point's finding became a job that is still there."""
    if item.job_id is None:
        return False
    job = sa.select(AppointmentJob.id).where(AppointmentJob.id == item.job_id, AppointmentJob.deleted_at.is_(None))
    return session.scalar(job) is not None


def list_items(session: Session, checklist_id: UUID) -> list[InspectionItem]:
    """List an inspection's items in their order, with those that were taken away again."""
    return list(
        session.scalars(
            sa.select(InspectionItem)
            .where(InspectionItem.checklist_id == checklist_id)
            .order_by(InspectionItem.sort_order, InspectionItem.id)
            .execution_options(populate_existing=True)
        )
    )


def _shown_checklists(
    session: Session, which: sa.ColumnElement[bool], now: datetime
) -> dict[UUID, list[dict[str, Any]]]:
    holder, submitter = aliased(User), aliased(User)
    rows = session.execute(
        sa.select(
            InspectionChecklist,
            holder.name.label("holder_name"),
            submitter.name.label("submitted_by_name"),
            SignedLink.opened_at,
            InspectionTemplateVersion.template_id,
        )
        .join(Appointment, Appointment.id == InspectionChecklist.appointment_id)
        .outerjoin(holder, holder.id == InspectionChecklist.holder_id)
        .outerjoin(submitter, submitter.id == InspectionChecklist.submitted_by)
        .outerjoin(SignedLink, SignedLink.id == InspectionChecklist.link_id)
        .outerjoin(InspectionTemplateVersion, InspectionTemplateVersion.id == InspectionChecklist.template_version_id)
        .where(which, InspectionChecklist.deleted_at.is_(None), Appointment.deleted_at.is_(None))
        .order_by(InspectionChecklist.created_at, InspectionChecklist.id)
    ).all()
    items = _shown_items(session, [row[0].id for row in rows], now)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for checklist, holder_name, submitted_by_name, opened_at, template_id in rows:
        names = ("id", "title", "status", "version", "holder_id", "started_at", "submitted_at", "sent_at", "created_at")
        found.setdefault(checklist.appointment_id, []).append(
            {
                **{wire_name(name): getattr(checklist, name) for name in names},
                "appointmentId": checklist.appointment_id,
                "templateId": template_id,
                "holderName": holder_name,
                "submittedByName": submitted_by_name,
                "openedAt": opened_at,
                "items": items.get(checklist.id, []),
            }
        )
    return found


def _shown_items(session: Session, checklist_ids: Collection[UUID], now: datetime) -> dict[UUID, list[dict[str, Any]]]:
    rows = session.execute(
        sa.select(InspectionItem, User.name)
        .outerjoin(User, User.id == InspectionItem.updated_by)
        .where(InspectionItem.checklist_id.in_(tuple(checklist_ids)), InspectionItem.is_removed.is_(False))
        .order_by(InspectionItem.sort_order, InspectionItem.id)
    ).all()
    shown = list_photos(session, [item.id for item, _ in rows], now)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for item, by in rows:
        found.setdefault(item.checklist_id, []).append(shown_item(item, by, shown.get(item.id, [])))
    return found


def list_photos(session: Session, item_ids: Collection[UUID], now: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """Return the stored photos of items by item, oldest first, as the wire shows them; their addresses end within an hour."""
    return photos.list_photos(session, item_ids, now) if item_ids else {}


def shown_item(item: InspectionItem, updated_by_name: str | None, pictures: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an item as the wire shows it; the reading is text."""
    asked = ("id", "point_key", "section", "label", "help", "unit", "limits", "needs_photo", "is_added", "is_removed")
    return {
        **{wire_name(name): getattr(item, name) for name in (*asked, "result", "note")},
        "reading": None if item.reading is None else plain_number(item.reading),
        "jobId": item.job_id,
        "version": item.version,
        "updatedAt": item.updated_at,
        "updatedByName": updated_by_name,
        "photos": pictures,
    }


def read_item(session: Session, item: InspectionItem, now: datetime) -> dict[str, Any]:
    """Return one item as the wire shows it."""
    by = name_of(session, item.updated_by)
    return shown_item(item, by, list_photos(session, [item.id], now).get(item.id, []))


# --- what others ask ------------------------------------------------------------------------


def get_visit(session: Session, appointment_id: UUID, location_ids: Collection[UUID]) -> Appointment:
    """Return a visit.

    Raises:
        NotFoundError: no such appointment at these locations.
    """
    found = session.get(Appointment, appointment_id)
    if found is None or found.deleted_at is not None or found.location_id not in location_ids:
        raise NotFoundError("There is no such appointment.")
    return found


def get_location_of(session: Session, checklist_id: UUID, location_ids: Collection[UUID]) -> UUID:
    """Return where an inspection is made.

    Raises:
        NotFoundError: no such inspection at these locations.
    """
    found: UUID | None = session.scalar(
        sa.select(Appointment.location_id)
        .join(InspectionChecklist, InspectionChecklist.appointment_id == Appointment.id)
        .where(
            InspectionChecklist.id == checklist_id,
            InspectionChecklist.deleted_at.is_(None),
            Appointment.location_id.in_(tuple(location_ids)),
            Appointment.deleted_at.is_(None),
        )
    )
    if found is None:
        raise NotFoundError("There is no such inspection.")
    return found


def name_of(session: Session, user_id: UUID | None) -> str | None:
    """Return a person's name; None for nobody."""
    return None if user_id is None else session.scalar(sa.select(User.name).where(User.id == user_id))


def as_reading(value: str | None) -> Decimal | None:
    """Return what a reading's text is in the table."""
    return None if value is None else Decimal(value)
