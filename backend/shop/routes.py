"""Locations and their bays."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, now, requires, signed_in
from backend.accounts.permissions import Permission
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.http import Blueprint, version_from_if_match
from backend.shop import commands, queries, schemas

blueprint = Blueprint("shop", __name__, url_prefix="/api", description="Locations and bays")


@blueprint.get("/locations")
@signed_in
@blueprint.response(200, schemas.LocationList)
def list_locations() -> dict[str, Any]:
    """List the locations where the signed-in person works, with their bays."""
    with reading() as session:
        locations = queries.list_locations(session, current_principal().location_ids)
    return {"items": locations}


@blueprint.get("/locations/<uuid:location_id>")
@requires(Permission.CATALOG_MANAGE)
@blueprint.response(200, schemas.LocationSettingsSchema)
def show_location(location_id: UUID) -> queries.LocationSettings:
    """Show what a location prints and allows."""
    with reading() as session:
        return queries.get_settings(session, chosen_location(location_id))


@blueprint.patch("/locations/<uuid:location_id>")
@requires(Permission.SETTINGS_MANAGE)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.LocationChange)
@blueprint.response(200, schemas.LocationSettingsSchema)
@blueprint.alt_response(409, description="Somebody changed the same field; `conflicts` has both values.")
def change_location(body: dict[str, Any], location_id: UUID) -> queries.LocationSettings:
    """Change what a location prints and allows."""
    chosen = chosen_location(location_id)
    said = body.pop("version", None)
    version = version_from_if_match() if said is None else said

    def change(session: Session) -> queries.LocationSettings:
        commands.change_location(session, chosen, body, version=version, actor=current_actor(), now=now())
        return queries.get_settings(session, chosen)

    return in_transaction(change)
