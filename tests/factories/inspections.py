"""A technician's job with all that can belong to it."""

from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.appointments.rules import Status
from backend.clocks.models import WorkTimer
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.inspections.models import InspectionChecklist, InspectionItem, InspectionPhoto
from backend.shop.models import Location
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job


def make_inspected(session: Session, location: Location, technician: User) -> dict[str, UUID]:
    """Make a job in progress with work, an inspection, a photo and a clock; return their ids by their names in addresses."""
    now = utc_now()
    appointment = make_appointment(
        session, location, tech_id=technician.id, status=Status.IN_PROGRESS, check_in_at=now, starts_at=now
    )
    job = make_job(session, appointment)
    checklist = InspectionChecklist(
        id=new_id(),
        appointment_id=appointment.id,
        title="Courtesy check",
        holder_id=technician.id,
        created_at=now,
        updated_at=now,
    )
    session.add(checklist)
    session.flush()
    item = InspectionItem(id=new_id(), checklist_id=checklist.id, label="Front tires")
    session.add(item)
    session.flush()
    photo = InspectionPhoto(id=new_id(), item_id=item.id, byte_count=10, content_hash="0" * 64, created_at=now)
    timer = WorkTimer(id=new_id(), user_id=technician.id, appointment_id=appointment.id, started_at=now)
    session.add_all([photo, timer])
    session.flush()
    return {
        "appointment_id": appointment.id,
        "checklist_id": checklist.id,
        "item_id": item.id,
        "job_id": job.id,
        "photo_id": photo.id,
        "timer_id": timer.id,
    }
