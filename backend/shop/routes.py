"""Locations and their bays."""

from typing import Any

from backend.accounts.guards import current_principal, signed_in
from backend.core.db import reading
from backend.core.http import Blueprint
from backend.shop import queries, schemas

blueprint = Blueprint("shop", __name__, url_prefix="/api", description="Locations and bays")


@blueprint.get("/locations")
@signed_in
@blueprint.response(200, schemas.LocationList)
def list_locations() -> dict[str, Any]:
    """List the locations where the signed-in person works, with their bays."""
    with reading() as session:
        locations = queries.list_locations(session, current_principal().location_ids)
    return {"items": locations}
