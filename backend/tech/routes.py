"""The tablet's one question, /api/tech/today, and what its technician reads off a car."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.core import idempotency
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.http import Blueprint, json_response, version_from_if_match
from backend.tech import commands, queries, schemas

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


@blueprint.patch("/appointments/<uuid:appointment_id>/odometer")
@requires(Permission.WORK_TRACK)
@feature("inspections")
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY, IF_MATCH])
@blueprint.arguments(schemas.OdometerChange)
@blueprint.response(200, schemas.OdometerSchema)
@blueprint.alt_response(409, description="Somebody wrote another mileage meanwhile: `conflicts` has both values.")
def read_odometer(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Keep what a visit's car shows on its odometer, in miles."""
    said: int | None = body.get("version")
    version = version_from_if_match() if said is None else said
    principal = current_principal()

    def keep(session: Session) -> Response:
        claim = idempotency.claim(session, principal.user_id, now())
        if claim.replay is not None:
            return claim.replay
        commands.read_odometer(
            session,
            appointment_id,
            body["mileage"],
            version=version,
            actor=current_actor(),
            location_ids=principal.location_ids,
            now=now(),
        )
        return claim.keep(queries.get_odometer(session, appointment_id), 200)

    return in_transaction(keep)
