"""What a report shows, and what brings it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.findings.models import Finding
from backend.inspections import queries as inspections
from backend.inspections.models import InspectionChecklist, InspectionItem
from backend.inspections.rules import ChecklistStatus
from backend.reports import rules
from backend.templates import queries as templates
from backend.templates.queries import TemplateFilter
from backend.templates.rules import TemplateCategory, TemplateChannel, first_name, parse


def read_report(session: Session, checklist_id: UUID, now: datetime) -> dict[str, Any] | None:
    """Return an inspection as the customer sees it, as it stands now; None while the shop is looking once more.

    Raises:
        NotFoundError: it is gone.
    """
    checklist = inspections.get_checklist(session, checklist_id, None, now)
    if checklist["status"] != ChecklistStatus.SUBMITTED:
        return None
    return {
        "id": checklist["id"],
        "title": checklist["title"],
        "submittedAt": checklist["submittedAt"],
        "by": first_name(checklist["submittedByName"]),
        "counts": rules.count_results(checklist["items"]),
        "items": rules.shown_items(checklist["items"]),
    }


def photos_of_jobs(session: Session, job_ids: Collection[UUID], now: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """Return the stored photos of what jobs shall mend, by job: of this visit's points, and of what earlier visits found."""
    wanted = tuple(job_ids)
    rows = session.execute(
        sa.union(
            sa.select(InspectionItem.job_id, InspectionItem.id)
            .join(InspectionChecklist, InspectionChecklist.id == InspectionItem.checklist_id)
            .where(InspectionItem.job_id.in_(wanted), InspectionChecklist.deleted_at.is_(None)),
            sa.select(Finding.job_id, Finding.latest_item_id)
            .join(InspectionItem, InspectionItem.id == Finding.latest_item_id)
            .join(InspectionChecklist, InspectionChecklist.id == InspectionItem.checklist_id)
            .where(Finding.job_id.in_(wanted), InspectionChecklist.deleted_at.is_(None)),
        )
    ).all()
    photos = inspections.list_photos(session, [item_id for _, item_id in rows], now)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for job_id, item_id in rows:
        stored = [rules.shown_photo(photo) for photo in photos.get(item_id, [])]
        if job_id is not None and stored:
            found.setdefault(job_id, []).extend(stored)
    return found


def find_template(session: Session, appointment: Appointment, channel: str) -> UUID | None:
    """Return the first text, by name, that brings a report's link by a channel; None where the shop has written none."""
    wanted = TemplateFilter((appointment.location_id,), TemplateChannel(channel), TemplateCategory.INSPECTION)
    for template in templates.list_templates(session, wanted, after=None, limit=200):
        if any(variable.name == "link" for variable in parse(template.body)):
            return template.id
    return None
