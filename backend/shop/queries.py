"""Where cars are worked on: locations with their bays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, time, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from backend.core.edits import wire_name
from backend.core.errors import NotFoundError, invalid_field
from backend.shop.models import Bay, Location


@dataclass(frozen=True, slots=True)
class BayView:
    """A bay that is in use."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class LocationView:
    """A location; `timezone` is an IANA name, hours are local wall-clock times."""

    id: UUID
    name: str
    timezone: str
    currency: str
    opens_at: time
    closes_at: time
    bays: tuple[BayView, ...]


def list_locations(session: Session, location_ids: tuple[UUID, ...]) -> list[LocationView]:
    """List these locations by name, each with its active bays in the shop's order; one statement."""
    bay = postgresql.aggregate_order_by(
        sa.func.json_build_object("id", Bay.id, "name", Bay.name), Bay.sort_order, Bay.name
    )
    bays = (
        sa.select(sa.func.coalesce(sa.func.json_agg(bay), sa.literal_column("'[]'::json")))
        .where(Bay.location_id == Location.id, Bay.is_active)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            Location.id,
            Location.name,
            Location.timezone,
            Location.currency,
            Location.opens_at,
            Location.closes_at,
            bays.label("bays"),
        )
        .where(Location.id.in_(location_ids))
        .order_by(Location.name, Location.id)
    )
    return [
        LocationView(
            row.id,
            row.name,
            row.timezone,
            row.currency,
            row.opens_at,
            row.closes_at,
            tuple(BayView(UUID(entry["id"]), entry["name"]) for entry in row.bays),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class LocationSettings:
    """What a location prints and allows; `link_cap_cents` in its currency, `margin_target_bp` in hundredths of a percent."""

    id: UUID
    name: str
    registration_number: str | None
    warranty_terms: str | None
    paper: str
    state: str | None
    link_cap_cents: int
    margin_target_bp: int
    is_checked_by_another: bool
    version: int


def get_settings(session: Session, location_id: UUID) -> LocationSettings:
    """Return a location's settings.

    Raises:
        NotFoundError: no such location.
    """
    columns = [getattr(Location, name) for name in LocationSettings.__dataclass_fields__]
    row = session.execute(sa.select(*columns).where(Location.id == location_id)).first()
    if row is None:
        raise NotFoundError("There is no such location.")
    return LocationSettings(*row)


def get_location_for_update(session: Session, location_id: UUID) -> Location:
    """Lock and return a location; what is added at it meanwhile need not wait.

    Raises:
        NotFoundError: no such location.
    """
    found = session.scalars(
        sa.select(Location).where(Location.id == location_id).with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such location.")
    return found


def get_zone(session: Session, location_id: UUID) -> ZoneInfo:
    """Return a location's time zone.

    Raises:
        NotFoundError: no such location.
    """
    name = session.scalar(sa.select(Location.timezone).where(Location.id == location_id))
    if name is None:
        raise NotFoundError("There is no such location.")
    return ZoneInfo(name)


def common_zone(session: Session, location_ids: Collection[UUID]) -> tzinfo:
    """Return the time zone that bounds days of these locations: their own where all keep the same time, else UTC."""
    zones = set(session.scalars(sa.select(Location.timezone).where(Location.id.in_(location_ids)).distinct()))
    return ZoneInfo(zones.pop()) if len(zones) == 1 else UTC


def list_ids(session: Session) -> list[UUID]:
    """List the ids of all locations."""
    return list(session.scalars(sa.select(Location.id).order_by(Location.id)))


def are_all(session: Session, location_ids: Collection[UUID]) -> bool:
    """Tell whether there is no other location than these."""
    return not session.scalar(sa.select(sa.exists().where(Location.id.not_in(location_ids))))


def has_bay(session: Session, location_id: UUID, bay_id: UUID) -> bool:
    """True when the location has this bay and uses it."""
    return bool(
        session.scalar(sa.select(sa.exists().where(Bay.id == bay_id, Bay.location_id == location_id, Bay.is_active)))
    )


def common_currency(session: Session, location_ids: tuple[UUID, ...]) -> str:
    """Return the currency that all these locations keep their books in.

    Raises:
        RuleViolationError: they keep several, whose amounts can't be added.
    """
    currencies = session.scalars(
        sa.select(Location.currency).where(Location.id.in_(location_ids)).distinct().order_by(Location.currency)
    ).all()
    if len(currencies) > 1:
        raise invalid_field("locationId", f"These locations keep {' and '.join(currencies)}. Choose one of them.")
    return currencies[0] if currencies else "USD"


def get_letterhead(session: Session, location_id: UUID) -> dict[str, Any]:
    """Return a location as papers name it, see `services.queries.read_document`.

    Raises:
        NotFoundError: no such location.
    """
    location = session.get(Location, location_id)
    if location is None:
        raise NotFoundError("There is no such location.")
    names = (
        "name",
        "address",
        "phone",
        "registration_number",
        "warranty_terms",
        "state",
        "timezone",
        "currency",
        "paper",
    )
    return {wire_name(name): getattr(location, name) for name in names}
