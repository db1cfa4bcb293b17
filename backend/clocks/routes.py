"""Clocks: /api/tech/timers for who works, /api/appointments/:id/work for everybody who looks at a visit."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import check_own, chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.clocks import commands, queries, schemas
from backend.clocks.rules import CheckKind, PauseReason, check_range
from backend.core.db import in_transaction, reading
from backend.core.http import Blueprint, json_response

blueprint = Blueprint("clocks", __name__, url_prefix="/api", description="Clocks, and checks of finished work")


@blueprint.post("/tech/timers")
@requires(Permission.WORK_TRACK)
@feature("inspections")
@blueprint.arguments(schemas.TimerStart)
@blueprint.response(200, schemas.TimerSchema)
@blueprint.alt_response(409, description="Another person's clock has this id.")
def start_timer(body: dict[str, Any]) -> Response:
    """Start one's clock on a visit, now or when a device that was offline says; what ran before stops then."""
    check_own(appointment_id=body["appointment_id"])
    start = commands.Start(**body)

    def act(session: Session) -> Response:
        commands.start_timer(session, start, **_who())
        return json_response(queries.get_timer(session, start.id))

    return in_transaction(act)


@blueprint.post("/tech/timers/<uuid:timer_id>/stop")
@requires(Permission.WORK_TRACK)
@feature("inspections")
@blueprint.arguments(schemas.TimerStop)
@blueprint.response(200, schemas.TimerSchema)
def stop_timer(body: dict[str, Any], timer_id: UUID) -> Response:
    """Stop a clock, with the reason if the work is not done; one that waits for a part or an approval marks its visit."""
    reason = body["pause_reason"]
    stop = commands.Stop(body["stopped_at"], None if reason is None else PauseReason(reason), body["sent_at"])

    def act(session: Session) -> Response:
        commands.stop_timer(session, timer_id, stop, **_who())
        return json_response(queries.get_timer(session, timer_id))

    return in_transaction(act)


@blueprint.post("/tech/timers/<uuid:timer_id>/take-back")
@requires(Permission.WORK_TRACK)
@feature("inspections")
@blueprint.arguments(schemas.TimerTakeBack)
@blueprint.response(204)
@blueprint.alt_response(409, description="It was started more than an hour before.")
def take_back_start(body: dict[str, Any], timer_id: UUID) -> None:
    """Take back a clock that was started by mistake, as if it had never run; its visit is then as it was."""
    thought = commands.SecondThought(**body)
    in_transaction(lambda session: commands.take_back_start(session, timer_id, thought, **_who()))


@blueprint.get("/appointments/<uuid:appointment_id>/work")
@requires(Permission.WORK_TRACK)
@feature("inspections")
@blueprint.response(200, schemas.WorkSchema)
def show_work(appointment_id: UUID) -> Response:
    """Show what was worked on a visit against what was sold, by job and by person, and its checks."""
    with reading() as session:
        return json_response(queries.read_work(session, appointment_id, current_principal().location_ids, now()))


@blueprint.get("/admin/worked-hours")
@requires(Permission.REPORT_VIEW)
@feature("inspections")
@blueprint.arguments(schemas.HoursQuery, location="query")
@blueprint.response(200, schemas.WorkedHoursList)
def list_hours(query: dict[str, Any]) -> dict[str, Any]:
    """List actual against sold hours by technician, of the visits that left in a range of days; at most 92."""
    check_range(query["first_day"], query["last_day"])
    location_id = chosen_location(query["location_id"])
    with reading() as session:
        items = queries.list_hours(session, location_id, query["first_day"], query["last_day"])
    return {"items": items, "next_cursor": None}


# Not only one's own: somebody else looks at finished work.
@blueprint.post("/appointments/<uuid:appointment_id>/checks")
@requires(Permission.WORK_TRACK, own=False)
@feature("inspections")
@blueprint.arguments(schemas.CheckCreate)
@blueprint.response(200, schemas.WorkCheckSchema)
@blueprint.alt_response(409, description="Another visit's check has this id.")
@blueprint.alt_response(422, description="Who did the work can't check it here.")
def check_work(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Keep a test drive or a quality check of a visit's work."""
    check = commands.Check(**{**body, "kind": CheckKind(body["kind"])})

    def act(session: Session) -> Response:
        commands.check_work(session, appointment_id, check, **_who())
        kept = queries.list_checks(session, [appointment_id])[appointment_id]
        return json_response(next(one for one in kept if one["id"] == check.id))

    return in_transaction(act)


def _who() -> dict[str, Any]:
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}
