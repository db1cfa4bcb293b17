"""A visit of a known car at a shop with rates, and an inspection to fill."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.inspections.models import InspectionTemplate
from backend.shop.models import Location
from tests.factories.appointments import make_appointment
from tests.factories.catalog import make_rates
from tests.factories.inspections import make_inspection_template
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle


@dataclass
class Inspected:
    """A visit, its car, and the template that fits it."""

    session: Session
    location: Location
    visit: Appointment
    template: InspectionTemplate

    @property
    def checklists(self) -> str:
        return f"/api/appointments/{self.visit.id}/checklists"

    @property
    def findings(self) -> str:
        return f"/api/appointments/{self.visit.id}/findings"

    def start(self, client: Any, **body: Any) -> dict[str, Any]:
        """Begin an inspection of the visit."""
        answer = client.post(self.checklists, json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.get_json())

    def fill(self, client: Any, checklist: dict[str, Any], **answers: str) -> None:
        """Answer points by key; the others pass."""
        for item in checklist["items"]:
            body = {"result": answers.get(item["pointKey"], "pass"), "version": item["version"]}
            answer = client.patch(f"/api/checklists/{checklist['id']}/items/{item['id']}", json=body)
            assert answer.status_code == 200, answer.text

    def submit(self, client: Any, checklist: dict[str, Any]) -> Any:
        """Submit an inspection."""
        return client.patch(f"/api/checklists/{checklist['id']}", json={"status": "submitted"})

    def later(self, **overrides: Any) -> "Inspected":
        """Return another visit of the same car."""
        visit = make_appointment(self.session, self.location, vehicle_id=self.visit.vehicle_id, **overrides)
        return Inspected(self.session, self.location, visit, self.template)


@pytest.fixture
def inspected(session: Session) -> Inspected:
    location = make_location(session)
    make_rates(session, location)
    vehicle = make_vehicle(session, year=2019, mileage=61_000)
    visit = make_appointment(session, location, vehicle_id=vehicle.id)
    return Inspected(session, location, visit, make_inspection_template(session))


def item_of(checklist: dict[str, Any], key: str) -> dict[str, Any]:
    """Return an item of an inspection by its point's key."""
    return next(item for item in checklist["items"] if item["pointKey"] == key)
