"""Inspections: /api/inspection-templates, /api/appointments/:id/checklists, /api/checklists."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.core import edits, idempotency
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.http import Blueprint, json_response, version_from_if_match
from backend.core.money import plain_number
from backend.inspections import commands, queries, schemas
from backend.inspections.commands import Seen, Start, Wish
from backend.inspections.rules import ChecklistStatus, Result

blueprint = Blueprint("inspections", __name__, url_prefix="/api", description="Inspections")

# A tablet that was away over the weekend submits what it had submitted once only.
_KEPT_KEY = {**idempotency.REQUIRED_KEY, "required": False}


# --- templates --------------------------------------------------------------------------------


@blueprint.get("/inspection-templates")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.arguments(schemas.TemplatesQuery, location="query")
@blueprint.response(200, schemas.InspectionTemplateList)
def list_templates(query: dict[str, Any]) -> Response:
    """List inspection templates by name, with their points."""
    location_ids = current_principal().location_ids
    if query["location_id"] is not None:
        location_ids = (chosen_location(query["location_id"]),)
    with reading() as session:
        found = queries.list_templates(session, location_ids, with_inactive=query["with_inactive"])
    return json_response({"items": found})


@blueprint.get("/visit-types")
@requires(Permission.APPOINTMENT_VIEW)
@feature("inspections")
@blueprint.arguments(schemas.VisitTypesQuery, location="query")
@blueprint.response(200, schemas.VisitTypeList)
def list_visit_types(query: dict[str, Any]) -> Response:
    """List the kinds of visit that are in use at a location, to choose one from."""
    location_id = chosen_location(query["location_id"])
    with reading() as session:
        return json_response({"items": queries.list_visit_types(session, location_id, now())})


@blueprint.post("/inspection-templates")
@requires(Permission.CATALOG_MANAGE)
@feature("inspections")
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.InspectionTemplateCreate)
@blueprint.response(201, schemas.InspectionTemplateSchema)
def create_template(body: dict[str, Any]) -> Response:
    """Make an inspection template."""

    def create(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        template_id = commands.create_template(session, _template(body), **_who())
        return claim.keep(queries.get_template(session, template_id, current_principal().location_ids), 201)

    return in_transaction(create)


@blueprint.patch("/inspection-templates/<uuid:inspection_template_id>")
@requires(Permission.CATALOG_MANAGE)
@feature("inspections")
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.InspectionTemplateChange)
@blueprint.response(200, schemas.InspectionTemplateSchema)
@blueprint.alt_response(409, description="Somebody changed the same field; `conflicts` has both values.")
def change_template(body: dict[str, Any], inspection_template_id: UUID) -> Response:
    """Change a template; inspections that are under way keep the points they were started with."""
    version = _version(body)

    def change(session: Session) -> Response:
        commands.change_template(session, inspection_template_id, _template(body), version=version, **_who())
        return json_response(queries.get_template(session, inspection_template_id, current_principal().location_ids))

    return in_transaction(change)


@blueprint.delete("/inspection-templates/<uuid:inspection_template_id>")
@requires(Permission.CATALOG_MANAGE)
@feature("inspections")
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(204)
def delete_template(inspection_template_id: UUID) -> None:
    """Take a template away."""
    version = version_from_if_match()
    in_transaction(lambda session: commands.delete_template(session, inspection_template_id, version=version, **_who()))


def _template(body: dict[str, Any]) -> dict[str, Any]:
    """Return what was sent with points as versions keep them: names as on the wire, numbers as text."""
    if "points" not in body:
        return body
    return {**body, "points": [_point(point) for point in body["points"]]}


def _point(point: dict[str, Any]) -> dict[str, Any]:
    measured = point["reading"]
    return {
        "key": point["key"],
        "section": point["section"],
        "label": point["label"],
        "help": point["help"],
        "reading": None
        if measured is None
        else {
            edits.wire_name(name): value if value is None or isinstance(value, str) else plain_number(value)
            for name, value in measured.items()
        },
        "needsPhoto": point["needs_photo"],
        "catalogId": None if point["catalog_id"] is None else str(point["catalog_id"]),
    }


# --- checklists -------------------------------------------------------------------------------


@blueprint.get("/appointments/<uuid:appointment_id>/checklists")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.response(200, schemas.ChecklistList)
def list_checklists(appointment_id: UUID) -> Response:
    """List a visit's inspections with their points and photos."""
    with reading() as session:
        return json_response(_checklists(session, appointment_id))


@blueprint.post("/appointments/<uuid:appointment_id>/checklists")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.ChecklistStart)
@blueprint.response(201, schemas.ChecklistSchema)
@blueprint.alt_response(409, description="No template fits the visit, or an id is another inspection's.")
def start_checklist(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Begin an inspection."""
    start = Start(checklist_id=body.pop("id"), **body)

    def begin(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        checklist_id = commands.start_checklist(session, appointment_id, start, **_who())
        return claim.keep(_checklist(session, checklist_id), 201)

    return in_transaction(begin)


@blueprint.get("/checklists/<uuid:checklist_id>")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.response(200, schemas.ChecklistSchema)
def show_checklist(checklist_id: UUID) -> Response:
    """Show an inspection."""
    with reading() as session:
        return json_response(_checklist(session, checklist_id))


@blueprint.patch("/checklists/<uuid:checklist_id>")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.doc(parameters=[_KEPT_KEY, IF_MATCH])
@blueprint.arguments(schemas.ChecklistChange)
@blueprint.response(200, schemas.ChecklistSchema)
@blueprint.alt_response(409, description="Somebody did otherwise since that version: `conflicts` says who and when.")
@blueprint.alt_response(422, description="It is not complete: `missing` names each point that has no answer or photo.")
def change_checklist(body: dict[str, Any], checklist_id: UUID) -> Response:
    """Submit an inspection, open it again, or take it over."""
    version = _version(body)
    status = ChecklistStatus(body.pop("status")) if "status" in body else None
    wish = Wish(status, version=version, **body)

    def change(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now(), keep=idempotency.KEEP_REQUIRED)
        if claim.replay is not None:
            return claim.replay
        commands.change_checklist(session, checklist_id, wish, **_who())
        return claim.keep(_checklist(session, checklist_id), 200)

    return in_transaction(change)


@blueprint.delete("/checklists/<uuid:checklist_id>")
@requires(Permission.APPOINTMENT_EDIT)
@feature("inspections")
@blueprint.response(204)
@blueprint.alt_response(409, description="The customer got its report.")
def delete_checklist(checklist_id: UUID) -> None:
    """Take an inspection away that was begun by mistake."""
    in_transaction(lambda session: commands.delete_checklist(session, checklist_id, **_who()))


@blueprint.get("/checklists/<uuid:checklist_id>/items")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.response(200, schemas.InspectionItemList)
def list_items(checklist_id: UUID) -> Response:
    """List the points of an inspection."""
    with reading() as session:
        return json_response({"items": _checklist(session, checklist_id)["items"]})


@blueprint.post("/checklists/<uuid:checklist_id>/items")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.doc(parameters=[_KEPT_KEY])
@blueprint.arguments(schemas.InspectionItemAdd)
@blueprint.response(201, schemas.InspectionItemSchema)
@blueprint.alt_response(409, description="The id is another point's.")
def add_item(body: dict[str, Any], checklist_id: UUID) -> Response:
    """Add a point that the template does not ask for; the template stays as it is."""
    seen = Seen(body["label"], Result(body["result"]), note=body["note"], item_id=body["id"])

    def add(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now(), keep=idempotency.KEEP_REQUIRED)
        if claim.replay is not None:
            return claim.replay
        item = commands.add_item(session, checklist_id, seen, **_who())
        return claim.keep(queries.read_item(session, item, now()), 201)

    return in_transaction(add)


@blueprint.patch("/checklists/<uuid:checklist_id>/items/<uuid:item_id>")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY, IF_MATCH])
@blueprint.arguments(schemas.InspectionItemChange)
@blueprint.response(200, schemas.InspectionItemSchema)
@blueprint.alt_response(
    409, description="Somebody changed the same field: `conflicts` has both values; the other fields were kept."
)
def change_item(body: dict[str, Any], checklist_id: UUID, item_id: UUID) -> Response:
    """Answer a point, correct an answer, write a note."""
    version = _version(body)
    patch = dict(body)
    if patch.get("result") is not None:
        patch["result"] = Result(patch["result"])
    if patch.get("reading") is not None:
        patch["reading"] = plain_number(patch["reading"])

    def change(session: Session) -> Response | edits.EditConflictError:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        item, edit = commands.change_item(session, checklist_id, item_id, patch, version=version, **_who())
        shown = queries.read_item(session, item, now())
        if edit.conflicts:
            claim.release()
            return edits.conflict_error(edit, item=shown)
        return claim.keep(shown, 200)

    answer = in_transaction(change)
    # Raised after the commit: what nobody else had changed is kept.
    if isinstance(answer, edits.EditConflictError):
        raise answer
    return answer


# --- what they share --------------------------------------------------------------------------


def _checklists(session: Session, appointment_id: UUID) -> dict[str, Any]:
    visit = queries.get_visit(session, appointment_id, current_principal().location_ids)
    found = queries.list_checklists(session, [appointment_id], now()).get(appointment_id, [])
    return {"items": found, "templateId": queries.find_best_template(session, visit)}


def _checklist(session: Session, checklist_id: UUID) -> dict[str, Any]:
    return queries.get_checklist(session, checklist_id, current_principal().location_ids, now())


def _version(body: dict[str, Any]) -> int | None:
    """Take the version out of the body, or from If-Match."""
    said: int | None = body.pop("version", None)
    return version_from_if_match() if said is None else said


def _who() -> dict[str, Any]:
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}
