"""The stream of live events."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from backend.accounts.guards import check, check_location, current_principal, signed_in_or_pin
from backend.accounts.permissions import Permission
from backend.core import live
from backend.core.clock import utc_now
from backend.core.errors import NotFoundError, UnavailableError
from backend.core.fields import Schema
from backend.core.http import Blueprint, dump_json

blueprint = Blueprint("live", __name__, url_prefix="/api", description="Live events")

RETRY_AFTER_SECONDS = 15


class EventsQuery(Schema):
    """Which location to follow; all of one's own by default."""

    location_id = fields.UUID(load_default=None)


@blueprint.get("/events")
@signed_in_or_pin
@blueprint.arguments(EventsQuery, location="query")
@blueprint.doc(
    responses={
        "200": {
            "description": "Server-sent events: hello, appointment, customer, figures, work (one's own), switch, resync.",
            "content": {"text/event-stream": {}},
        }
    }
)
def stream_events(query: dict[str, Any]) -> Response:
    """Follow what changes, as server-sent events; 503 with Retry-After when the client should poll instead."""
    principal = current_principal()
    is_tablet = principal.device_id is not None
    if not is_tablet:
        check(principal, Permission.CUSTOMER_VIEW)
    wanted: UUID | None = query["location_id"]
    if wanted is not None and not check_location(principal, wanted):
        raise NotFoundError("There is no such location.")
    locations = (wanted,) if wanted else principal.location_ids
    # Those who may not see the board (accountants) still hear of customers, which have no location.
    hears = is_tablet or principal.may(Permission.BOARD_VIEW)
    heard = frozenset(str(key) for key in locations) if hears else frozenset()
    hub = live.hub()
    stream = hub.open(principal.user_id, heard, may_see_money=principal.may(Permission.MONEY_VIEW), only_own=is_tablet)
    if stream is None:
        raise UnavailableError(
            "Live updates are not available right now; the screen asks by itself.", retry_after=RETRY_AFTER_SECONDS
        )
    hello = b"retry: 3000\nevent: hello\ndata: " + dump_json({"time": utc_now()}) + b"\n\n"
    response = Response(hub.read(stream, hello), content_type="text/event-stream")
    # Also for a HEAD, whose body nobody reads: a generator that was never begun runs no `finally`.
    response.call_on_close(lambda: hub.close(stream))
    response.headers["Cache-Control"] = "no-cache, no-transform"
    response.headers["X-Accel-Buffering"] = "no"
    return response
