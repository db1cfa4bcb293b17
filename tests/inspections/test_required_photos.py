"""A point that failed keeps the photo that it needs."""

import threading

import pytest
import sqlalchemy as sa

from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.inspections import commands
from backend.inspections.models import InspectionChecklist, InspectionItem
from backend.inspections.rules import ChecklistStatus
from backend.photos.models import InspectionPhoto
from tests.factories.inspections import make_photo
from tests.inspections.conftest import item_of


@pytest.fixture
def tech(as_role, inspected):
    return as_role("Tech")


@pytest.fixture
def failed(session, tech, inspected):
    """Return an inspection whose tread failed, and the one photo of that."""
    checklist = inspected.start(tech)
    item = session.get(InspectionItem, item_of(checklist, "tire_tread")["id"])
    photo = make_photo(session, item, stored_at=utc_now())
    inspected.fill(tech, checklist, tire_tread="fail")
    session.commit()
    return checklist, photo


def _status(client, checklist):
    return client.get(f"/api/checklists/{checklist['id']}").get_json()["status"]


def test_without_it_a_submitted_inspection_is_open_again(session, tech, inspected, failed):
    checklist, photo = failed
    assert inspected.submit(tech, checklist).status_code == 200
    spare = make_photo(session, session.get(InspectionItem, photo.item_id), stored_at=utc_now())

    assert tech.delete(f"/api/photos/{spare.id}").status_code == 204
    assert _status(tech, checklist) == "submitted"
    assert tech.delete(f"/api/photos/{photo.id}").status_code == 204
    assert _status(tech, checklist) == "open"
    assert inspected.submit(tech, checklist).get_json()["missing"][0]["what"] == "photo"


def test_what_the_customer_saw_stays(session, tech, inspected, failed):
    checklist, photo = failed
    assert inspected.submit(tech, checklist).status_code == 200
    session.get(InspectionChecklist, checklist["id"]).sent_at = utc_now()
    on_its_way = make_photo(session, session.get(InspectionItem, photo.item_id))

    assert tech.delete(f"/api/photos/{photo.id}").status_code == 409
    assert tech.delete(f"/api/photos/{on_its_way.id}").status_code == 204
    assert _status(tech, checklist) == "submitted"
    session.refresh(photo)
    assert photo.deleted_at is None


def test_a_deletion_waits_for_who_counts_photos(session, tech, inspected, failed):
    """Submitted and without its photo it never is, whichever of the two comes first."""
    checklist, photo = failed
    deleting = threading.Thread(target=lambda: tech.delete(f"/api/photos/{photo.id}"))
    waits = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    with transaction() as work:
        commands.change_checklist(
            work,
            checklist["id"],
            commands.Wish(ChecklistStatus.SUBMITTED),
            actor=SYSTEM,
            location_ids=[inspected.location.id],
            now=utc_now(),
        )
        deleting.start()
        while deleting.is_alive() and not work.scalar(waits):
            pass
        assert work.scalar(sa.select(InspectionPhoto.deleted_at).where(InspectionPhoto.id == photo.id)) is None
    deleting.join()

    assert _status(tech, checklist) == "open"
    session.expire_all()
    assert session.get_one(InspectionPhoto, photo.id).deleted_at is not None
