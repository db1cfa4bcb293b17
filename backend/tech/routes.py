"""The tablet's one question: /api/tech/today."""

from typing import Any

from flask import Response

from backend.accounts.guards import chosen_location, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.core.db import reading
from backend.core.http import Blueprint, json_response
from backend.tech import queries, schemas

blueprint = Blueprint("tech", __name__, url_prefix="/api/tech", description="A technician's day")


@blueprint.get("/today")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.arguments(schemas.TodayQuery, location="query")
@blueprint.response(200, schemas.TodaySchema)
def show_today(query: dict[str, Any]) -> Response:
    """Show one's own jobs of today with their work, clocks, history and inspections; no prices for anybody."""
    location_id = chosen_location(query["location_id"])
    principal = current_principal()
    with reading() as session:
        return json_response(
            queries.read_today(session, queries.Person(principal.user_id, principal.name), location_id, now())
        )
