"""What is kept of a location's figures goes with every change of what they read: a tile and its rows are never two truths."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import UserLocation
from backend.accounts.permissions import Role
from backend.appointments import tasks as appointment_tasks
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.core.live import figures_key
from backend.inspections.rules import ChecklistStatus
from backend.services.models import AppointmentService
from backend.services.rules import Approval
from backend.shop.models import Location
from backend.stats import queries, tasks
from tests.factories.appointments import make_appointment
from tests.factories.inspections import make_checklist, make_inspection_template, make_photo
from tests.factories.services import make_job
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle
from tests.stats.conftest import log_status, make_estimate, make_technician

STATS = "/api/admin/dashboard/stats"


@dataclass
class Shop:
    """A shop of today: a car that came, with work, an inspection with a photo, and a technician."""

    session: Session
    owner: Any
    location: Location
    visit: Appointment

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        """Change something as its Owner does."""
        answer = self.owner.open(
            path, method=method, json=body, headers={"Idempotency-Key": str(new_id())} if method == "POST" else {}
        )
        assert answer.status_code < 300, answer.text

    def job(self, **overrides: Any) -> Any:
        """Make a job of the visit that an estimate has shown."""
        job = make_job(self.session, self.visit, **overrides)
        make_estimate(self.session, self.visit, 1, utc_now())
        return job

    def inspection(self) -> Any:
        """Make a submitted inspection of the visit with one photo."""
        checklist, items = make_checklist(
            self.session, self.visit, status=ChecklistStatus.SUBMITTED, submitted_at=utc_now()
        )
        return checklist, make_photo(self.session, items[0], stored_at=utc_now())

    def technician(self) -> UUID:
        """Make a technician whose hours are available."""
        return make_technician(self.session, self.location, "Tom").id


@pytest.fixture
def shop(session, as_role) -> Shop:
    location = make_location(session, name="Brooklyn", timezone="UTC")
    owner = as_role("Owner")
    vehicle = make_vehicle(session, mileage=50_000)
    # In the middle of the day, whatever time it is.
    at = datetime.combine(utc_now().date(), datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)
    visit = make_appointment(
        session,
        location,
        starts_at=at,
        vehicle_id=vehicle.id,
        status=Status.IN_PROGRESS,
        check_in_at=at,
    )
    return Shop(session, owner, location, visit)


def _move(shop: Shop) -> Callable[[], None]:
    path = f"/api/admin/appointments/{shop.visit.id}/move"
    return lambda: shop.send("PATCH", path, {"status": "READY", "position": 1})


def _step(shop: Shop) -> Callable[[], None]:
    visit, at = shop.visit, shop.visit.starts_at
    visit.status, visit.check_out_at = Status.COMPLETED, at + timedelta(hours=2)
    log_status(shop.session, visit, Status.SCHEDULED, Status.IN_PROGRESS, at)
    log_status(shop.session, visit, Status.IN_PROGRESS, Status.COMPLETED, at + timedelta(hours=2))
    return lambda: tasks.after_step(str(visit.id))


def _invoice(shop: Shop) -> Callable[[], None]:
    make_job(shop.session, shop.visit)
    return lambda: shop.send("POST", f"/api/appointments/{shop.visit.id}/invoice")


def _unlock(shop: Shop) -> Callable[[], None]:
    make_job(shop.session, shop.visit)
    invoice = shop.owner.post(f"/api/appointments/{shop.visit.id}/invoice").get_json()
    return lambda: shop.send("POST", f"/api/invoices/{invoice['id']}/unlock", {"reason": "Wrong part"})


def _delete_job(shop: Shop) -> Callable[[], None]:
    path = f"/api/appointments/{shop.visit.id}/jobs/{shop.job().id}"
    return lambda: shop.send("DELETE", path)


def _price(shop: Shop) -> Callable[[], None]:
    job = shop.job()
    line = shop.session.scalars(sa.select(AppointmentService).where(AppointmentService.job_id == job.id)).one()
    path = f"/api/appointments/{shop.visit.id}/services/{line.id}"
    return lambda: shop.send("PATCH", path, {"unitPriceCents": 12_300})


def _show(shop: Shop) -> Callable[[], None]:
    make_job(shop.session, shop.visit)
    return lambda: shop.send("POST", f"/api/appointments/{shop.visit.id}/estimates", {"how": "link"})


def _send_report(shop: Shop) -> Callable[[], None]:
    checklist, _ = shop.inspection()
    return lambda: shop.send("POST", f"/api/checklists/{checklist.id}/report", {"how": "link"})


def _begin(shop: Shop) -> Callable[[], None]:
    template = make_inspection_template(shop.session, from_mileage=100_000)
    path = f"/api/appointments/{shop.visit.id}/checklists"
    return lambda: shop.send("POST", path, {"templateId": str(template.id)})


def _delete_photo(shop: Shop) -> Callable[[], None]:
    _, photo = shop.inspection()
    return lambda: shop.send("DELETE", f"/api/photos/{photo.id}")


def _switch_off(shop: Shop) -> Callable[[], None]:
    template = make_inspection_template(shop.session)
    return lambda: shop.send("PATCH", f"/api/inspection-templates/{template.id}", {"isActive": False})


def _print(shop: Shop) -> Callable[[], None]:
    return lambda: shop.send("PATCH", f"/api/locations/{shop.location.id}", {"paper": "a4"})


def _end_work(shop: Shop) -> Callable[[], None]:
    tech = shop.technician()
    return lambda: shop.send("PATCH", f"/api/users/{tech}", {"isActive": False})


def _work_elsewhere(shop: Shop) -> Callable[[], None]:
    tech, elsewhere = shop.technician(), make_location(shop.session, name="Queens")
    return lambda: shop.send("PATCH", f"/api/users/{tech}", {"locationIds": [str(elsewhere.id)]})


def _drive(shop: Shop) -> Callable[[], None]:
    make_inspection_template(shop.session, from_mileage=100_000)
    return lambda: shop.send("PATCH", f"/api/vehicles/{shop.visit.vehicle_id}", {"mileage": 100_000, "version": 1})


# By table: who prepares a change of it as people make it, and a figure that the change is seen in.
CHANGES: dict[str, tuple[Callable[[Shop], Callable[[], None]], str | None]] = {
    "appointment_jobs": (_delete_job, "closeRatio"),
    "appointment_services": (_price, "closeRatio"),
    "appointments": (_move, "inProgress"),
    "estimates": (_show, "closeRatio"),
    "inspection_checklists": (_send_report, "inspectionsSent"),
    "inspection_items": (_begin, "inspectionsSent"),
    "inspection_photos": (_delete_photo, "inspectionPhotos"),
    "inspection_templates": (_switch_off, "inspectionsSent"),
    "invoice_reversals": (_unlock, "revenue"),
    "invoice_versions": (_invoice, "revenue"),
    # What figures read of a location nobody can change yet: its zone, its hours.
    "locations": (_print, None),
    "status_spans": (_step, "cycleInProgress"),
    "user_locations": (_work_elsewhere, "techHours"),
    "users": (_end_work, "techHours"),
    "vehicles": (_drive, "inspectionsSent"),
}


def test_each_table_that_figures_read_has_its_change_here(session):
    """A figure of something new needs a line above, and its writers `live.figures_teller` or an event of `live.OF_FIGURES`."""
    tables = set(session.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    read = {
        name
        for statement in queries._FIGURES.values()
        for name in re.findall(r"(?:FROM|JOIN)\s+(\w+)", statement)
        if name in tables
    }

    assert read == CHANGES.keys()


@pytest.mark.parametrize("table", sorted(CHANGES))
def test_a_change_of_what_figures_read_is_in_tile_and_rows_at_once(shop, redis_url, table):
    prepare, key = CHANGES[table]
    change = prepare(shop)
    before = shop.owner.get(STATS).get_json()
    assert redis.Redis.from_url(redis_url).exists(figures_key(shop.location.id)), "they were kept"

    change()

    assert not redis.Redis.from_url(redis_url).exists(figures_key(shop.location.id))
    if key is not None:
        after = shop.owner.get(STATS).get_json()
        rows = shop.owner.get(f"{STATS}/{key}/rows").get_json()
        assert _numbers(after, key) != _numbers(before, key)
        assert _numbers(after, key) == (
            sum(row["value"] for row in rows["items"]),
            sum(row["weight"] or 0 for row in rows["items"]),
        )


def _numbers(stats, key):
    figure = next(figure for figure in stats["figures"] if figure["formula"]["key"] == key)
    return figure["numerator"], figure["denominator"] or 0


def test_work_that_another_location_takes_up_is_recovered_where_it_was_declined(shop):
    declined = shop.job(approval=Approval.DECLINED, decline_reason="Not now")
    elsewhere = make_location(shop.session, name="Queens", timezone="UTC")
    shop.session.add(UserLocation(user_id=shop.owner.user.id, location_id=elsewhere.id))
    later = make_appointment(shop.session, elsewhere, vehicle_id=shop.visit.vehicle_id)
    taken_up = make_job(shop.session, later, revived_from_id=declined.id, approval=Approval.APPROVED)
    asked = f"{STATS}?locationId={shop.location.id}"
    assert _numbers(shop.owner.get(asked).get_json(), "recovery") == (1, 1)

    shop.send("DELETE", f"/api/appointments/{later.id}/jobs/{taken_up.id}")

    assert _numbers(shop.owner.get(asked).get_json(), "recovery") == (0, 1)


def test_a_renamed_technicians_past_hours_bear_the_new_name(shop, unguarded):
    tech = make_technician(shop.session, shop.location, "Tom")
    tech.is_active, shop.visit.tech_id = False, tech.id
    unguarded("UPDATE appointments SET tech_name = 'Tim'")
    assert shop.owner.get(STATS).get_json()["hoursByTechnician"][0]["name"] == "Tim"

    appointment_tasks.refresh_technician_name(str(tech.id))

    assert shop.owner.get(STATS).get_json()["hoursByTechnician"][0]["name"] == "Tom"


def test_a_template_of_every_location_changes_the_figures_of_each(shop, as_role, redis_url):
    elsewhere = make_location(shop.session, name="Queens", timezone="UTC")
    theirs = as_role(Role.OWNER, [elsewhere])
    theirs.get(STATS)

    template = make_inspection_template(shop.session)
    shop.send("PATCH", f"/api/inspection-templates/{template.id}", {"name": "Whole car"})

    assert not redis.Redis.from_url(redis_url).exists(figures_key(elsewhere.id))
