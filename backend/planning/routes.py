"""What a time would collide with."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_principal, requires
from backend.accounts.permissions import Permission
from backend.core.clock import to_instant
from backend.core.db import reading
from backend.core.http import Blueprint, json_response
from backend.planning import queries, rules, schemas
from backend.shop import queries as shop

blueprint = Blueprint("planning", __name__, url_prefix="/api/appointments", description="Planning")


@blueprint.post("/preview")
@requires(Permission.APPOINTMENT_EDIT)
@blueprint.arguments(schemas.PreviewRequest)
@blueprint.response(200, schemas.PreviewSchema)
def preview(body: dict[str, Any]) -> Response:
    """Say what a time would collide with; changes nothing."""
    location_ids = current_principal().location_ids
    with reading() as session:
        slot = _slot(session, body)
        found = queries.list_collisions(session, slot, besides=body["appointment_id"], location_ids=location_ids)
    return json_response({"collisions": [collision.shown() for collision in found]})


def _slot(session: Session, body: dict[str, Any]) -> queries.Slot:
    """Return the time that a preview asks about: what it names, the rest as the appointment is planned."""
    plan = None
    if body["appointment_id"] is not None:
        plan = queries.get_plan(session, body["appointment_id"], current_principal().location_ids)
    location_id = plan.location_id if plan else chosen_location(body["location_id"])
    zone = shop.get_zone(session, location_id)
    start, end = (to_instant(body[name], zone, name) for name in ("start", "end"))
    rules.check_window(start, end)
    return queries.Slot(
        location_id,
        start,
        end,
        body.get("tech_id", plan.tech_id if plan else None),
        body.get("bay_id", plan.bay_id if plan else None),
    )
