"""Open locations."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.core.errors import invalid_field
from backend.core.ids import new_id
from backend.shop.models import Bay, Location

OPENS_AT, CLOSES_AT = time(8), time(18)
FIRST_BAYS = ("Bay 1", "Bay 2", "Bay 3")


def ensure_location(session: Session, name: str, timezone: str, *, now: datetime) -> UUID:
    """Return the location of that name, made with three bays and hours of 8 to 18 if there is none.

    Raises:
        RuleViolationError: `timezone` is no IANA time zone.
    """
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise invalid_field("timezone", f"{timezone} is no IANA time zone; use one like America/Chicago.") from error
    existing = session.scalar(sa.select(Location.id).where(Location.name == name))
    if existing is not None:
        return existing
    location = Location(
        id=new_id(), name=name, timezone=timezone, opens_at=OPENS_AT, closes_at=CLOSES_AT, created_at=now
    )
    session.add(location)
    session.flush()
    session.add_all(Bay(location_id=location.id, name=bay, sort_order=order) for order, bay in enumerate(FIRST_BAYS))
    session.flush()
    return location.id
