"""Findings: /api/appointments/:id/findings, /api/checklists/:id/items/:id/findings/job, /api/findings."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.core import edits, idempotency
from backend.core.db import in_transaction, reading
from backend.core.http import Blueprint, json_response
from backend.findings import commands, queries, schemas
from backend.findings.commands import Made, Mending
from backend.findings.rules import HasJobError
from backend.inspections import queries as inspections

blueprint = Blueprint("findings", __name__, url_prefix="/api", description="What cars need, and the jobs made of it")


@blueprint.get("/appointments/<uuid:appointment_id>/findings")
@requires(Permission.APPOINTMENT_VIEW)
@feature("inspections")
@blueprint.response(200, schemas.CarFindingList)
def list_findings(appointment_id: UUID) -> Response:
    """List what this visit's car needs, at whatever visit it was seen."""
    with reading() as session:
        return json_response(_findings(session, appointment_id))


@blueprint.get("/checklists/<uuid:checklist_id>/items/<uuid:item_id>/findings/job")
@requires(Permission.SERVICE_EDIT)
@feature("inspections")
@blueprint.response(200, schemas.JobOfferList)
def suggest_job(checklist_id: UUID, item_id: UUID) -> Response:
    """List canned jobs that may mend what a point found, the likeliest first."""
    with reading() as session:
        location_id = inspections.get_location_of(session, checklist_id, current_principal().location_ids)
        offers = queries.suggest_jobs(session, inspections.get_item(session, checklist_id, item_id), location_id)
        return json_response({"items": edits.wire(offers)})


@blueprint.post("/checklists/<uuid:checklist_id>/items/<uuid:item_id>/findings/job")
@requires(Permission.SERVICE_EDIT)
@feature("inspections")
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.JobOfFinding)
@blueprint.response(201, schemas.MadeJobSchema)
@blueprint.alt_response(409, description="It is a job already (`jobId`), or an invoice stands.")
def add_job(body: dict[str, Any], checklist_id: UUID, item_id: UUID) -> Response:
    """Make a priced job of what a point found."""
    return _make_job(lambda session: commands.add_job(session, checklist_id, item_id, Mending(**body), **_who()))


@blueprint.post("/appointments/<uuid:appointment_id>/findings/<uuid:finding_id>/job")
@requires(Permission.SERVICE_EDIT)
@feature("inspections")
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.JobOfFinding)
@blueprint.response(201, schemas.MadeJobSchema)
@blueprint.alt_response(409, description="It is a job of this visit already (`jobId`), or an invoice stands.")
def add_job_of_finding(body: dict[str, Any], appointment_id: UUID, finding_id: UUID) -> Response:
    """Offer in this visit what an earlier one found."""
    return _make_job(
        lambda session: commands.add_job_of_finding(session, finding_id, appointment_id, Mending(**body), **_who())
    )


def _make_job(make: Callable[[Session], Made]) -> Response:
    """Answer with the new job, or refuse and name the one that there is."""

    def add(session: Session) -> Response | HasJobError:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        made = make(session)
        if made.is_new:
            return claim.keep({"jobId": made.job_id}, 201)
        claim.release()
        return HasJobError("This is a job of this visit already.", job_id=made.job_id)

    answer = in_transaction(add)
    # Raised after the commit: the point and what was found before it are that job's now.
    if isinstance(answer, HasJobError):
        raise answer
    return answer


@blueprint.post("/findings/<uuid:finding_id>/resolve")
@requires(Permission.APPOINTMENT_EDIT)
@feature("inspections")
@blueprint.arguments(schemas.Resolution)
@blueprint.response(204)
@blueprint.alt_response(409, description="It was resolved already.")
def resolve_finding(body: dict[str, Any], finding_id: UUID) -> None:
    """Note that a car does not need something any more, and why."""

    def resolve(session: Session) -> None:
        commands.resolve_finding(session, finding_id, body["resolution"], **_who())

    in_transaction(resolve)


def _findings(session: Session, appointment_id: UUID) -> dict[str, Any]:
    vehicle_id = inspections.get_visit(session, appointment_id, current_principal().location_ids).vehicle_id
    found = [] if vehicle_id is None else queries.list_findings(session, [vehicle_id], now()).get(vehicle_id, [])
    return {"items": found}


def _who() -> dict[str, Any]:
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}
