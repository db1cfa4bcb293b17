"""Open locations, and set what they print and allow."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit import commands as audit
from backend.audit import queries as audit_queries
from backend.core import edits, live
from backend.core.actor import Actor
from backend.core.db import after_commit
from backend.core.errors import invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.shop import queries
from backend.shop.models import Bay, Location

OPENS_AT, CLOSES_AT = time(8), time(18)
CHANGEABLE = (
    *("registration_number", "warranty_terms", "paper", "state", "link_cap_cents", "margin_target_bp"),
    "is_checked_by_another",
)
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


def change_location(
    session: Session, location_id: UUID, patch: Mapping[str, Any], *, version: int | None, actor: Actor, now: datetime
) -> None:
    """Change a location's settings; what others changed in other fields since `version` stays.

    Raises:
        NotFoundError: no such location.
        EditConflictError: somebody set one of the fields to another value since `version`.
    """
    location = queries.get_location_for_update(session, location_id)
    current = {field: getattr(location, field) for field in CHANGEABLE}
    overtaken = audit_queries.fields_overtaken(session, location_id, present=location.version, seen=version)
    edit = edits.split(current, patch, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, location=queries.get_settings(session, location_id))
    if not edit.applies:
        return
    for field, value in edit.applies.items():
        setattr(location, field, value)
    location.version += 1
    session.flush()
    after_commit(session, live.figures_teller([location_id]))
    audit.record(
        session,
        EventType.LOCATION_CHANGED,
        entity="location",
        entity_id=location_id,
        actor=actor,
        at=now,
        changes={edits.wire_name(field): (current[field], value) for field, value in edit.applies.items()},
        location_id=location_id,
        version=location.version,
    )
