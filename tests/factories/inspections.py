"""Inspections for tests."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.clocks.models import WorkTimer
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.inspections.models import (
    InspectionChecklist,
    InspectionItem,
    InspectionTemplate,
    InspectionTemplateVersion,
)
from backend.inspections.rules import completed_points
from backend.photos.models import InspectionPhoto
from backend.shop.models import Location
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job

POINTS: Sequence[Mapping[str, Any]] = (
    {
        "label": "Front brake pads",
        "section": "Brakes",
        "reading": {"unit": "mm", "failBelow": "3", "attentionBelow": "5"},
    },
    {"label": "Tire tread", "section": "Tires", "needsPhoto": True},
    {"label": "Wipers", "section": "Outside"},
)


def make_inspection_template(
    session: Session, *, name: str = "Multi-point", points: Sequence[Mapping[str, Any]] = POINTS, **overrides: Any
) -> InspectionTemplate:
    """Make a template of every location, for every car: pads with a reading, tread with a photo when it fails, wipers."""
    now = utc_now()
    template = InspectionTemplate(id=new_id(), name=name, created_at=now, updated_at=now, **overrides)
    session.add(template)
    session.flush()
    empty = {"section": None, "help": None, "reading": None, "needsPhoto": False, "catalogId": None}
    session.add(
        InspectionTemplateVersion(
            id=new_id(),
            template_id=template.id,
            version_no=1,
            points=completed_points([{**empty, **point} for point in points]),
            created_at=now,
        )
    )
    session.flush()
    return template


def make_checklist(
    session: Session,
    appointment: Appointment,
    *,
    title: str = "Multi-point",
    items: Sequence[Mapping[str, Any]] = ({"label": "Front brake pads"}, {"label": "Wipers"}),
    **overrides: Any,
) -> tuple[InspectionChecklist, list[InspectionItem]]:
    """Make an inspection of a visit with these items, open and held by nobody unless it says otherwise."""
    now = utc_now()
    checklist = InspectionChecklist(
        id=new_id(),
        appointment_id=appointment.id,
        title=title,
        **{"created_at": now, "updated_at": now, "first_submitted_at": overrides.get("submitted_at"), **overrides},
    )
    session.add(checklist)
    session.flush()
    made = [
        InspectionItem(
            id=new_id(),
            checklist_id=checklist.id,
            sort_order=order,
            **{"point_key": item["label"].lower().replace(" ", "_"), **item},
        )
        for order, item in enumerate(items)
    ]
    session.add_all(made)
    session.flush()
    return checklist, made


def make_photo(session: Session, item: InspectionItem, *, stored_at: datetime | None = None) -> InspectionPhoto:
    """Make a photo of an item; stored where `stored_at` says when."""
    photo = InspectionPhoto(
        id=new_id(),
        item_id=item.id,
        byte_count=1000,
        content_hash="0" * 64,
        created_at=utc_now(),
        stored_at=stored_at,
        storage_key=new_id().hex,
        width=None if stored_at is None else 1600,
        height=None if stored_at is None else 1200,
    )
    session.add(photo)
    session.flush()
    return photo


def make_inspected(session: Session, location: Location, technician: User) -> dict[str, UUID]:
    """Make a job in progress with work, an inspection, a photo and a clock; return their ids by their names in addresses."""
    now = utc_now()
    appointment = make_appointment(
        session,
        location,
        tech_id=technician.id,
        status=Status.IN_PROGRESS,
        check_in_at=now,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
    )
    job = make_job(session, appointment)
    checklist, (item, *_) = make_checklist(session, appointment, holder_id=technician.id)
    timer = WorkTimer(id=new_id(), user_id=technician.id, appointment_id=appointment.id, started_at=now)
    session.add(timer)
    session.flush()
    return {
        "appointment_id": appointment.id,
        "checklist_id": checklist.id,
        "item_id": item.id,
        "job_id": job.id,
        "photo_id": make_photo(session, item).id,
        "timer_id": timer.id,
    }
