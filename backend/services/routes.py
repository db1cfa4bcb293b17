"""A visit's work: /api/appointments/:id/services and /jobs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import current_actor, current_principal, now, requires
from backend.accounts.permissions import Permission
from backend.core import idempotency
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.errors import invalid_field
from backend.core.http import Blueprint, json_response, version_from_if_match
from backend.services import queries, schemas
from backend.services.commands import decisions, jobs, lines
from backend.services.rules import Urgency

blueprint = Blueprint(
    "services", __name__, url_prefix="/api/appointments/<uuid:appointment_id>", description="Work lines and jobs"
)


@blueprint.get("/services")
@requires(Permission.APPOINTMENT_VIEW)
@blueprint.response(200, schemas.SheetSchema)
def show_services(appointment_id: UUID) -> Response:
    """Show a visit's jobs, lines and sums."""
    with reading() as session:
        sheet = queries.read_sheet(
            session, appointment_id, current_principal().location_ids, with_money=_may_see_money()
        )
    return json_response(sheet)


@blueprint.post("/services")
@requires(Permission.SERVICE_EDIT)
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.LineCreate)
@blueprint.response(201, schemas.LineSchema)
@blueprint.alt_response(409, description="An invoice stands over the work, or the job was declined.")
def create_line(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Add a line to a job, or as a job of its own."""
    job_id = body.pop("job_id")
    return _created(lambda session: _line(session, lines.create_line(session, appointment_id, job_id, body, **_who())))


@blueprint.patch("/services/<uuid:line_id>")
@requires(Permission.SERVICE_NOTE)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.LineChange)
@blueprint.response(200, schemas.LineSchema)
@blueprint.alt_response(
    409, description="Somebody changed the same field (`conflicts` has both values), or an invoice stands."
)
def change_line(body: dict[str, Any], appointment_id: UUID, line_id: UUID) -> Response:
    """Change fields of a line; a technician writes its notes only."""
    version = _version(body)

    def change(session: Session) -> Response:
        lines.change_line(session, appointment_id, line_id, body, version=version, **_who())
        return json_response(_line(session, line_id))

    return in_transaction(change)


@blueprint.delete("/services/<uuid:line_id>")
@requires(Permission.SERVICE_EDIT)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(204)
def delete_line(appointment_id: UUID, line_id: UUID) -> None:
    """Take a line off its job."""
    version = version_from_if_match()
    in_transaction(lambda session: lines.delete_line(session, appointment_id, line_id, version=version, **_who()))


# --- jobs -------------------------------------------------------------------------------------


@blueprint.post("/jobs")
@requires(Permission.SERVICE_EDIT)
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.JobCreate)
@blueprint.response(201, schemas.JobSchema)
@blueprint.alt_response(409, description="An invoice stands over the work.")
def create_job(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Add a job, from the catalogue with its lines or by hand."""
    urgency = None if body["urgency"] is None else Urgency(body["urgency"])
    draft = jobs.JobDraft(**{**body, "urgency": urgency})
    return _created(lambda session: _job(session, jobs.create_job(session, appointment_id, draft, **_who())))


@blueprint.patch("/jobs/<uuid:job_id>")
@requires(Permission.SERVICE_EDIT)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.JobChange)
@blueprint.response(200, schemas.JobSchema)
@blueprint.alt_response(
    409, description="Somebody changed the same field (`conflicts` has both values), or an invoice stands."
)
def change_job(body: dict[str, Any], appointment_id: UUID, job_id: UUID) -> Response:
    """Change a job's words."""
    version = _version(body)
    return _on_job(
        job_id, lambda session: jobs.change_job(session, appointment_id, job_id, body, version=version, **_who())
    )


@blueprint.patch("/jobs/<uuid:job_id>/outcome")
@requires(Permission.WORK_TRACK)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.OutcomeChange)
@blueprint.response(200, schemas.OutcomeSchema)
@blueprint.alt_response(409, description="Somebody wrote something else there; `conflicts` has both.")
def tell_outcome(body: dict[str, Any], appointment_id: UUID, job_id: UUID) -> queries.Outcome:
    """Write the cause that was found and the correction that was made."""
    version = _version(body)

    def tell(session: Session) -> queries.Outcome:
        jobs.tell_outcome(session, appointment_id, job_id, body, version=version, **_who())
        return queries.get_outcome(session, job_id)

    return in_transaction(tell)


@blueprint.delete("/jobs/<uuid:job_id>")
@requires(Permission.SERVICE_EDIT)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(204)
def delete_job(appointment_id: UUID, job_id: UUID) -> None:
    """Take a job with its lines off the visit."""
    version = version_from_if_match()
    in_transaction(lambda session: jobs.delete_job(session, appointment_id, job_id, version=version, **_who()))


@blueprint.put("/jobs/order")
@requires(Permission.SERVICE_EDIT)
@blueprint.arguments(schemas.JobOrder)
@blueprint.response(204)
def arrange_jobs(body: dict[str, Any], appointment_id: UUID) -> None:
    """Bring the jobs into an order."""
    in_transaction(lambda session: jobs.arrange_jobs(session, appointment_id, body["job_ids"], **_who()))


@blueprint.post("/jobs/<uuid:job_id>/discount")
@requires(Permission.SERVICE_EDIT)
@blueprint.arguments(schemas.JobDiscount)
@blueprint.response(200, schemas.JobSchema)
@blueprint.alt_response(403, description="More than the role may take off; `mostCents` says how much it may.")
def discount_job(body: dict[str, Any], appointment_id: UUID, job_id: UUID) -> Response:
    """Take a share or an amount off a job's price."""
    if ("percent" in body) is ("amount_cents" in body):
        raise invalid_field("percent", "Name a percentage or an amount.")
    return _on_job(job_id, lambda session: lines.discount_job(session, appointment_id, job_id, **body, **_who()))


@blueprint.post("/jobs/<uuid:job_id>/choose")
@requires(Permission.SERVICE_EDIT)
@blueprint.response(200, schemas.JobSchema)
def choose_job(appointment_id: UUID, job_id: UUID) -> Response:
    """Make an alternative the one that counts."""
    return _on_job(job_id, lambda session: decisions.choose_job(session, appointment_id, job_id, **_who()))


@blueprint.post("/jobs/<uuid:job_id>/offer-again")
@requires(Permission.SERVICE_EDIT)
@blueprint.response(200, schemas.JobSchema)
@blueprint.alt_response(409, description="It is approved, or an invoice stands.")
def offer_again(appointment_id: UUID, job_id: UUID) -> Response:
    """Offer a declined job of this visit again: it waits for a decision, and may be changed."""
    return _on_job(job_id, lambda session: decisions.offer_again(session, appointment_id, job_id, **_who()))


@blueprint.get("/jobs/declined")
@requires(Permission.SERVICE_EDIT)
@blueprint.response(200, schemas.DeclinedList)
def list_declined(appointment_id: UUID) -> dict[str, Any]:
    """List what the car was declined at other visits and none has taken up, with the price then and now."""
    with reading() as session:
        declined = queries.list_declined(session, appointment_id, current_principal().location_ids)
    return {"items": declined, "next_cursor": None}


@blueprint.post("/jobs/revive")
@requires(Permission.SERVICE_EDIT)
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.JobRevival)
@blueprint.response(201, schemas.JobSchema)
@blueprint.alt_response(409, description="Another visit has taken it up, or an invoice stands.")
def revive_job(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Offer declined work of an earlier visit in this one, at today's prices."""
    return _created(lambda session: _job(session, jobs.revive_job(session, body["job_id"], appointment_id, **_who())))


def _who() -> dict[str, Any]:
    """Return who acts, where they may, and when: what every command asks for."""
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}


def _may_see_money() -> bool:
    return current_principal().may(Permission.MONEY_VIEW)


def _line(session: Session, line_id: UUID) -> dict[str, Any]:
    return queries.shown_line(queries.get_line(session, line_id), with_money=_may_see_money())


def _job(session: Session, job_id: UUID) -> dict[str, Any]:
    (job,) = queries.jobs_by_ids(session, [job_id])
    return queries.shown_job(job, with_money=_may_see_money())


def _created(create: Callable[[Session], dict[str, Any]]) -> Response:
    """Do it once for the request's Idempotency-Key and answer with what was made."""

    def once(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        return claim.replay if claim.replay is not None else claim.keep(create(session), 201)

    return in_transaction(once)


def _on_job(job_id: UUID, act: Callable[[Session], None]) -> Response:
    """Act and answer with the job as it stands then."""

    def change(session: Session) -> Response:
        act(session)
        return json_response(_job(session, job_id))

    return in_transaction(change)


def _version(body: dict[str, Any]) -> int | None:
    """Take the version out of the body, or from If-Match."""
    said: int | None = body.pop("version")
    return version_from_if_match() if said is None else said
