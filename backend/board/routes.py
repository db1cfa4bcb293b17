"""The status board: show it, move a card."""

from collections.abc import Callable
from typing import Any, NoReturn
from uuid import UUID

from flask import Response, g, request

from backend.accounts import guards
from backend.accounts.guards import check_location, requires_in_statement
from backend.accounts.permissions import Permission, may
from backend.appointments import queries as appointments
from backend.appointments import rules as appointment_rules
from backend.appointments.models import KeyTagInUseError
from backend.appointments.rules import NOT_BLOCKING, Status
from backend.board import commands, queries, schemas
from backend.board.commands import Move
from backend.board.rules import MONEY_KEYS, BoardRequest, MoveRequest, Origin, check_range
from backend.core import live, log, metrics
from backend.core.clock import utc_now
from backend.core.db import StaleVersionError, in_transaction, reading, transaction
from backend.core.encoding import Encoded
from backend.core.errors import ConflictError, DomainError, NotFoundError, invalid_field
from backend.core.http import (
    Blueprint,
    dump_json,
    etag_matches,
    fingerprint,
    json_response,
    not_modified,
)
from backend.devices import commands as devices
from backend.devices.rules import COOKIE, DeviceKind, NotPairedError
from backend.planning.rules import OverlapError

blueprint = Blueprint("board", __name__, url_prefix="/api/admin/appointments", description="Status board")

NO_LOCATION = "There is no such location, or you don't work there."
NO_APPOINTMENT = "There is no such appointment."
RENUMBERINGS = 3

wall = Blueprint("wall", __name__, url_prefix="/api/wall", description="The screen on the wall")


@blueprint.get("/board")
@requires_in_statement(Permission.BOARD_VIEW)
@blueprint.arguments(schemas.BoardQuery, location="query")
@blueprint.response(200, schemas.BoardSchema)
@blueprint.doc(responses={"304": {"description": "Unchanged since the ETag in If-None-Match."}})
def show_board(query: dict[str, Any]) -> Response:
    """Show the board of a location for a range of local days, today by default."""
    check_range(query["first_day"], query["last_day"])
    request = BoardRequest(query["location_id"], query["first_day"], query["last_day"], query["tech_id"], query["q"])
    check = queries.check_board(g.session_id, request, utc_now())
    if check is None:
        guards.refuse_session()
    log.user_id.set(str(check.user_id))
    guards.check_role(check.role, Permission.BOARD_VIEW)
    if check.location_id is None:
        raise NotFoundError(NO_LOCATION)
    with_money = may(check.role, Permission.MONEY_VIEW)
    etag = check.etag(request, with_money=with_money)
    if etag_matches(etag):
        metrics.CACHE_HITS.labels("board", "not_modified").inc()
        return not_modified(etag)
    return queries.read_board(check, request, with_money=with_money, etag=etag).response()


@blueprint.patch("/<uuid:appointment_id>/move")
@requires_in_statement(Permission.APPOINTMENT_MOVE)
@blueprint.arguments(schemas.MoveSchema)
@blueprint.response(200, schemas.MovedSchema)
def move_card(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Move a card within its column or to another; a refusal carries the card as it stands."""
    request = MoveRequest(
        Status(body["status"]), body.get("after_id"), body.get("position"), body.get("version"), body.get("reason")
    )
    if request.after_id == appointment_id:
        raise invalid_field("afterId", "A card can't stand behind itself.")
    origin = Origin(guards.client_ip(), guards.client_agent(), g.get("request_id"), utc_now())
    move = _move(appointment_id, request, origin)
    if move.card is None:
        with reading() as session:
            card = appointments.get_card(session, appointment_id)
    else:
        card = move.card
        event = {
            "id": card["id"],
            "locationId": card["locationId"],
            "version": card["version"],
            "rev": move.rev,
            "card": card,
        }
        live.publish("appointment", card["locationId"], event)
    shown = _for_role(card, with_money=may(move.role, Permission.MONEY_VIEW))
    shown["position"] = move.position
    return json_response(
        {
            "id": card["id"],
            "status": card["status"],
            "position": move.position,
            "version": card["version"],
            "card": shown,
        }
    )


def _move(appointment_id: UUID, request: MoveRequest, origin: Origin) -> Move:
    """Move the card, whatever that takes.

    Raises:
        DomainError: why it can't, with the card as it stands.
    """
    try:
        move = _try_until_there_is_room(
            appointment_id, request, lambda: commands.move_card(g.session_id, appointment_id, request, origin)
        )
        if move is None and request.target not in NOT_BLOCKING:
            guards.check(guards.load_principal(), Permission.APPOINTMENT_MOVE)
            move = _try_until_there_is_room(appointment_id, request, lambda: _revive(appointment_id, request, origin))
    except (OverlapError, KeyTagInUseError) as error:
        _refuse(appointment_id, request, error)
    if move is None:
        _refuse(appointment_id, request, None)
    if move.is_full:
        _refuse(appointment_id, request, ConflictError("Many people drop cards at this place. Please try again."))
    return move


def _try_until_there_is_room(
    appointment_id: UUID, request: MoveRequest, attempt: Callable[[], Move | None]
) -> Move | None:
    """Try a move; when its gap is used up, space the column's keys and try again, three times at most."""
    move = attempt()
    for _ in range(RENUMBERINGS):
        if move is None or not move.is_full:
            break
        with transaction() as session:
            location_id = commands.renumber_column(session, appointment_id, request.target, utc_now())
        live.publish(live.RESYNC, location_id, {})
        move = attempt()
    return move


def _revive(appointment_id: UUID, request: MoveRequest, origin: Origin) -> Move | None:
    actor = guards.current_actor()
    return in_transaction(
        lambda session: commands.revive_card(session, g.session_id, appointment_id, request, actor, origin)
    )


def _for_role(card: dict[str, Any], *, with_money: bool) -> dict[str, Any]:
    return {name: value for name, value in card.items() if with_money or name not in MONEY_KEYS}


def _refuse(appointment_id: UUID, request: MoveRequest, cause: DomainError | None) -> NoReturn:
    """Find out why the statement did not move the card, and say it with the card as it stands."""
    principal = guards.load_principal()
    guards.check(principal, Permission.APPOINTMENT_MOVE)
    with reading() as session:
        card = appointments.get_card(session, appointment_id)
        is_neighbour_here = request.after_id is None or appointments.is_at(
            session, request.after_id, card["locationId"]
        )
    if not check_location(principal, card["locationId"]):
        raise NotFoundError(NO_APPOINTMENT)
    shown = _for_role(card, with_money=principal.may(Permission.MONEY_VIEW))
    try:
        if cause is not None:
            raise cause
        if request.version is not None and request.version != card["version"]:
            raise StaleVersionError("Somebody changed this job a moment ago. Here is how it stands now.")
        appointment_rules.check_transition(
            Status(card["status"]),
            request.target,
            role=principal.role,
            reason=request.reason,
            failed_check=appointments.failed_check_of(card),
        )
        if not is_neighbour_here:
            raise invalid_field("afterId", "There is no such card at this location. Reload the board.")
        raise ConflictError("Somebody was faster with this card. Please try again.")
    except DomainError as error:
        raise _with_card(error, shown) from cause


def _with_card(error: DomainError, card: dict[str, Any]) -> DomainError:
    error.context = {**error.context, "card": card}
    return error


# --- the screen on the wall -------------------------------------------------------------------


@wall.get("")
@guards.public
@wall.response(200, schemas.WallSchema)
@wall.alt_response(401, description="This browser is no paired wallboard.")
@wall.doc(responses={"304": {"description": "Unchanged since the ETag in If-None-Match."}})
def show_wall() -> Response:
    """Show today's open jobs of a paired wallboard's location; the device's cookie opens this and nothing else."""
    token = request.cookies.get(COOKIE, "")
    with transaction() as session:
        device = devices.authenticate(session, token, now=guards.now())
    if device is None or device.kind != DeviceKind.WALLBOARD:
        raise NotPairedError("This screen is not paired. Enter a code from Settings.")
    found = queries.read_wall(device.location_id, guards.now())
    body = {
        "locationName": device.location_name,
        "timezone": found.timezone,
        "opensAt": f"{found.opens_at:%H:%M}",
        "closesAt": f"{found.closes_at:%H:%M}",
        "columns": [
            {
                "key": status,
                "title": appointment_rules.TITLES[status],
                "cards": schemas.WallCardSchema(many=True).dump(cards),
            }
            for status, cards in found.columns.items()
        ],
    }
    raw = dump_json(body)
    etag = fingerprint(raw)
    return not_modified(etag) if etag_matches(etag) else Encoded(etag, raw).response()
