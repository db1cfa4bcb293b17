"""What the tests of a visit's work share: a visit at a shop with rates, and people with their clients."""

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.shop.models import Location
from tests.factories.appointments import make_appointment
from tests.factories.catalog import make_rates
from tests.factories.shop import make_location

# What must always agree: the copies on the visit, and its lines, as PostgreSQL sums them.
_SUMS = sa.text("""
    SELECT a.total_cents, a.jobs_offered, a.jobs_approved,
           coalesce((SELECT sum(s.price_cents - s.discount_cents + s.tax_cents)
                       FROM appointment_services s JOIN appointment_jobs j ON j.id = s.job_id
                      WHERE s.appointment_id = a.id AND s.deleted_at IS NULL AND j.deleted_at IS NULL
                        AND j.is_chosen AND j.approval <> 'declined'), 0) AS total,
           (SELECT count(*) FROM appointment_jobs j WHERE j.appointment_id = a.id AND j.deleted_at IS NULL AND j.is_chosen) AS offered,
           (SELECT count(*) FROM appointment_jobs j
             WHERE j.appointment_id = a.id AND j.deleted_at IS NULL AND j.is_chosen AND j.approval = 'approved') AS approved
      FROM appointments a WHERE a.id = :id
""")


@dataclass
class Visit:
    """A visit and where it is."""

    location: Location
    appointment: Appointment

    @property
    def services(self) -> str:
        return f"/api/appointments/{self.appointment.id}/services"

    @property
    def jobs(self) -> str:
        return f"/api/appointments/{self.appointment.id}/jobs"


@pytest.fixture
def visit(session: Session) -> Visit:
    """Make a visit in New York, where labor and parts are taxed at 8.875 %, at $145.00 an hour."""
    location = make_location(session)
    make_rates(session, location)
    return Visit(location, make_appointment(session, location))


def check_sums(session: Session, appointment: Any) -> int:
    """Assert that the visit's copies say what its lines say, and return the total."""
    session.expire_all()
    row = session.execute(_SUMS, {"id": appointment.id}).one()
    assert (row.total_cents, row.jobs_offered, row.jobs_approved) == (row.total, row.offered, row.approved)
    return int(row.total_cents)
