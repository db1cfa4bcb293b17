"""The calendar's and the editor's address: /api/appointments."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, now, requires
from backend.accounts.permissions import Permission
from backend.appointments import commands, queries, rules, schemas
from backend.core import idempotency
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.errors import invalid_field
from backend.core.http import Blueprint, decode_cursor, encode_cursor, json_response, version_from_if_match
from backend.customers.commands import Visitors

blueprint = Blueprint("appointments", __name__, url_prefix="/api/appointments", description="Appointments")

# Lists that name no dates and nobody start here, not at the shop's first day.
DEFAULT_DAYS_BACK = timedelta(days=31)


@blueprint.get("")
@requires(Permission.APPOINTMENT_VIEW)
@blueprint.arguments(schemas.AppointmentQuery, location="query")
@blueprint.response(200, schemas.AppointmentPage)
def list_appointments(query: dict[str, Any]) -> Response:
    """List appointments by day and start."""
    after = decode_cursor(query["cursor"], _list_key)
    wanted = _filter(query)
    with reading() as session:
        found = queries.list_appointments(session, wanted, after=after, limit=query["limit"] + 1)
    page = found[: query["limit"]]
    more = len(found) > len(page)
    return json_response(
        {
            "items": [_shown(view) for view in page],
            "nextCursor": encode_cursor(page[-1].day, page[-1].starts_at, page[-1].id) if more else None,
        }
    )


@blueprint.post("")
@requires(Permission.APPOINTMENT_EDIT)
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.AppointmentCreate)
@blueprint.response(201, schemas.AppointmentSchema)
@blueprint.alt_response(409, description="The time or the key tag is taken; `collisions` say by what.")
def schedule_appointment(body: dict[str, Any]) -> Response:
    """Schedule an appointment, or open a walk-in."""
    reason = _reason(body.pop("override"))
    location_id = chosen_location(body.pop("location_id"))
    visitors = Visitors(**{part: body.pop(part) for part in Visitors.__dataclass_fields__ if part in body})
    draft = commands.Draft(location_id, visitors, **body, override_reason=reason)

    def schedule(session: Session) -> Response:
        taken = commands.find_taken(session, draft, current_principal().location_ids)
        # A repeated request would collide with what it made itself.
        if taken is not None and not idempotency.is_used(session, current_principal().user_id):
            raise taken
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        return claim.keep(_shown(commands.schedule_appointment(session, draft, **_who())), 201)

    return in_transaction(schedule)


@blueprint.patch("/<uuid:appointment_id>")
@requires(Permission.APPOINTMENT_NOTE)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.AppointmentChange)
@blueprint.response(200, schemas.AppointmentSchema)
@blueprint.alt_response(409, description="Somebody changed the same field, or the time or key tag is taken.")
def change_appointment(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Change fields; what others changed meanwhile in other fields stays."""
    version, reason = _version(body.pop("version")), _reason(body.pop("override"))
    change = commands.Change(body, version, reason)
    return json_response(
        in_transaction(lambda session: _shown(commands.change_appointment(session, appointment_id, change, **_who())))
    )


@blueprint.patch("/<uuid:appointment_id>/status")
@requires(Permission.APPOINTMENT_MOVE)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.StatusChange)
@blueprint.response(200, schemas.AppointmentSchema)
@blueprint.alt_response(409, description="The step is impossible from the present status; `card` shows it.")
def change_status(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Bring an appointment to another status."""
    target, version = rules.Status(body["status"]), _version(body["version"])
    step = commands.Step(target, body["reason"], version, _reason(body["override"]))
    return json_response(
        in_transaction(lambda session: _shown(commands.change_status(session, appointment_id, step, **_who())))
    )


@blueprint.patch("/<uuid:appointment_id>/needs")
@requires(Permission.WORK_TRACK)
@blueprint.arguments(schemas.NeedsChange)
@blueprint.response(200, schemas.NeedsSchema)
def set_needs(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Say that the work waits for a part or an approval, or that it is here: then its technician is told, and nobody else."""
    needs = commands.Needs(body["needs_part"], body["needs_approval"], body["wanted_part"])

    def change(session: Session) -> Response:
        commands.set_needs(session, appointment_id, needs, **_who())
        card = queries.get_card(session, appointment_id)
        return json_response({name: name in card["flags"] for name in ("needsPart", "needsApproval")})

    return in_transaction(change)


@blueprint.delete("/<uuid:appointment_id>")
@requires(Permission.APPOINTMENT_DELETE)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(204)
@blueprint.alt_response(409, description="Money was taken for it, or its invoice stands (`has_money`).")
def delete_appointment(appointment_id: UUID) -> None:
    """Delete an appointment; it can be restored."""
    version = version_from_if_match()
    in_transaction(lambda session: commands.delete_appointment(session, appointment_id, version, **_who()))


@blueprint.post("/<uuid:appointment_id>/restore")
@requires(Permission.APPOINTMENT_DELETE)
@blueprint.arguments(schemas.Restore, required=False)
@blueprint.response(200, schemas.AppointmentSchema)
@blueprint.alt_response(409, description="Its time or key tag was given to another meanwhile.")
def restore_appointment(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Undo a deletion."""
    reason = _reason(body["override"])
    return json_response(
        in_transaction(lambda session: _shown(commands.restore_appointment(session, appointment_id, reason, **_who())))
    )


def _who() -> dict[str, Any]:
    """Return who acts, where they may, and when: what every command asks for."""
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}


def _shown(view: queries.AppointmentView) -> dict[str, Any]:
    return queries.shown(view, with_money=current_principal().may(Permission.MONEY_VIEW))


def _reason(override: dict[str, str] | None) -> str | None:
    return None if override is None else override["reason"]


def _version(in_body: int | None) -> int | None:
    """Return the version that the editor read: of the body, else of If-Match."""
    return in_body if in_body is not None else version_from_if_match()


def _filter(query: dict[str, Any]) -> queries.AppointmentFilter:
    first_day, last_day = query["first_day"], query["last_day"]
    if first_day and last_day and first_day > last_day:
        raise invalid_field("to", "Choose a date that is not before `from`.")
    if not (first_day or query["number"] or query["customer_id"] or query["vehicle_id"]):
        first_day = (last_day or now().date()) - DEFAULT_DAYS_BACK
    location_ids = current_principal().location_ids
    return queries.AppointmentFilter(
        location_ids=location_ids if query["location_id"] is None else (chosen_location(query["location_id"]),),
        first_day=first_day,
        last_day=last_day,
        tech_id=query["tech_id"],
        customer_id=query["customer_id"],
        vehicle_id=query["vehicle_id"],
        number=query["number"],
        statuses=tuple(rules.Status(status) for status in query["status"]),
        text=query["q"],
    )


def _list_key(day: str, start: str, identifier: str) -> queries.ListKey:
    moment = datetime.fromisoformat(start)
    if moment.tzinfo is None:
        raise ValueError("a start without its offset")
    return date.fromisoformat(day), moment, UUID(identifier)
