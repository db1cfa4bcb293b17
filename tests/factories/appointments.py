"""Appointments for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import factory
from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.core.clock import local_day
from backend.core.ids import new_id
from backend.shop.models import Location
from tests.factories.vehicles import make_vehicle

# A Friday before any change of the clocks; 10:00 in New York.
START = datetime(2026, 11, 20, 15, tzinfo=UTC)


class _AppointmentFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Appointment
        sqlalchemy_session_persistence = "flush"

    class Params:
        zone = ZoneInfo("America/New_York")

    id = factory.LazyFunction(new_id)
    starts_at = START
    ends_at = factory.LazyAttribute(lambda made: made.starts_at + timedelta(hours=1))
    day = factory.LazyAttribute(lambda made: local_day(made.starts_at, made.zone))
    status = Status.SCHEDULED
    status_since = factory.SelfAttribute("created_at")
    order_key = factory.Sequence(lambda number: 1024.0 * (number + 1))
    created_at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    updated_at = factory.SelfAttribute("created_at")


def make_appointment(session: Session, location: Location, **overrides: Any) -> Appointment:
    """Make an appointment of an unknown owner's car, scheduled for 10:00 to 11:00 New York time.

    Its row is as a command leaves it, without the audit row: version 1, no technician, no bay.
    """
    if "customer_id" not in overrides and "vehicle_id" not in overrides:
        vehicle = make_vehicle(session)
        overrides["vehicle_id"] = vehicle.id
    _AppointmentFactory._meta.sqlalchemy_session = session  # type: ignore[attr-defined]
    return cast(
        "Appointment", _AppointmentFactory(location_id=location.id, zone=ZoneInfo(location.timezone), **overrides)
    )
