"""Vehicles, and what a VIN says."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import current_actor, current_principal, now, requires
from backend.accounts.permissions import Permission
from backend.core import idempotency
from backend.core.clock import utc_now
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.http import Blueprint, decode_cursor, encode_cursor, version_from_if_match
from backend.vehicles import commands, queries, rules, schemas

blueprint = Blueprint("vehicles", __name__, url_prefix="/api", description="Vehicles and VINs")

# More characters than people put into a VIN need not be looked at one by one.
READ_OF_A_VIN = 64


@blueprint.get("/vehicles")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.arguments(schemas.VehicleQuery, location="query")
@blueprint.response(200, schemas.VehiclePage)
def list_vehicles(query: dict[str, Any]) -> dict[str, Any]:
    """List vehicles, the newest entry first."""
    before_id = decode_cursor(query["cursor"], UUID)
    wanted = queries.VehicleFilter(query["customer_id"], query["q"])
    with reading() as session:
        rows = queries.list_vehicles(session, wanted, limit=query["limit"] + 1, before_id=before_id)
    page = rows[: query["limit"]]
    return {"items": page, "next_cursor": encode_cursor(page[-1].id) if len(rows) > len(page) else None}


@blueprint.post("/vehicles")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.VehicleCreate)
@blueprint.response(201, schemas.VehicleSchema)
@blueprint.alt_response(409, description="Another vehicle has this VIN.")
def create_vehicle(body: dict[str, Any]) -> Response:
    """Put a vehicle on file, with or without an owner."""

    def create(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        vehicle_id = commands.create_vehicle(session, body, actor=current_actor(), now=now())
        return claim.keep(schemas.VehicleSchema().dump(queries.get_vehicle(session, vehicle_id)), 201)

    return in_transaction(create)


@blueprint.get("/vehicles/<uuid:vehicle_id>")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.response(200, schemas.VehicleSchema)
def show_vehicle(vehicle_id: UUID) -> queries.VehicleRow:
    """Show a vehicle with its owner."""
    with reading() as session:
        return queries.get_vehicle(session, vehicle_id)


@blueprint.patch("/vehicles/<uuid:vehicle_id>")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.VehicleChange)
@blueprint.response(200, schemas.VehicleSchema)
@blueprint.alt_response(409, description="Somebody changed the same field, or another vehicle has this VIN.")
def change_vehicle(body: dict[str, Any], vehicle_id: UUID) -> queries.VehicleRow:
    """Change fields, the owner among them; what others changed meanwhile in other fields stays."""
    version = _version(body)

    def change(session: Session) -> queries.VehicleRow:
        commands.change_vehicle(session, vehicle_id, body, version=version, actor=current_actor(), now=now())
        return queries.get_vehicle(session, vehicle_id)

    return in_transaction(change)


@blueprint.delete("/vehicles/<uuid:vehicle_id>")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(204)
@blueprint.alt_response(409, description="There are open appointments, or somebody changed the vehicle.")
def delete_vehicle(vehicle_id: UUID) -> None:
    """Take a vehicle off the lists."""
    version = version_from_if_match()
    in_transaction(
        lambda session: commands.delete_vehicle(session, vehicle_id, version=version, actor=current_actor(), now=now())
    )


@blueprint.get("/vin/<string:vin>")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.response(200, schemas.VinSchema)
def decode_vin(vin: str) -> rules.Vin:
    """Check and decode a VIN; what is wrong with it stands in `errors`."""
    return rules.decode_vin(vin[:READ_OF_A_VIN], utc_now().year)


def _version(body: dict[str, Any]) -> int | None:
    """Take the version out of the body, or from If-Match."""
    header = version_from_if_match()
    version: int | None = body.pop("version", None)
    return header if version is None else version
