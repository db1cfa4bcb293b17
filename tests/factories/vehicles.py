"""Vehicles for tests."""

from typing import Any, cast

import factory
from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy.orm import Session

from backend.core.ids import new_id
from backend.customers.models import Customer
from backend.vehicles.models import Vehicle
from backend.vehicles.rules import plate_key
from tests.factories.customers import CREATED_AT


class _VehicleFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Vehicle
        sqlalchemy_session_persistence = "flush"

    id = factory.LazyFunction(new_id)
    year = 2019
    make = "Toyota"
    model = "Corolla"
    plate = None
    plate_key = factory.LazyAttribute(lambda made: plate_key(made.plate))
    version = 1
    created_at = CREATED_AT
    updated_at = factory.SelfAttribute("created_at")


def make_vehicle(session: Session, owner: Customer | None = None, **overrides: Any) -> Vehicle:
    """Make a 2019 Toyota Corolla of `owner`, or of nobody, version 1, without audit rows."""
    _VehicleFactory._meta.sqlalchemy_session = session  # type: ignore[attr-defined]
    return cast("Vehicle", _VehicleFactory(customer_id=owner.id if owner else None, **overrides))
