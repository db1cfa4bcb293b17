"""Locations and bays for tests."""

from datetime import UTC, datetime, time
from typing import Any, cast

import factory
from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy.orm import Session

from backend.shop.models import Bay, Location


class _LocationFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Location
        sqlalchemy_session_persistence = "flush"

    name = factory.Sequence(lambda number: f"Shop {number}")
    timezone = "America/New_York"
    opens_at = time(8)
    closes_at = time(18)
    created_at = datetime(2026, 1, 1, tzinfo=UTC)


class _BayFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Bay
        sqlalchemy_session_persistence = "flush"

    name = factory.Sequence(lambda number: f"Bay {number}")
    sort_order = factory.Sequence(lambda number: number)


def make_location(session: Session, **overrides: Any) -> Location:
    """Make a location in New York, open from 8 to 18."""
    _LocationFactory._meta.sqlalchemy_session = session  # type: ignore[attr-defined]
    return cast("Location", _LocationFactory(**overrides))


def make_bay(session: Session, location: Location, **overrides: Any) -> Bay:
    """Make a bay of `location`."""
    _BayFactory._meta.sqlalchemy_session = session  # type: ignore[attr-defined]
    return cast("Bay", _BayFactory(location_id=location.id, **overrides))
