"""The appointment drawer."""

import hashlib
from typing import Any
from uuid import UUID

from flask import Response, g

from backend.accounts import guards
from backend.accounts.guards import requires_in_statement
from backend.accounts.permissions import Permission
from backend.core import log
from backend.core.encoding import Encoded
from backend.core.errors import NotFoundError
from backend.core.http import Blueprint, etag_matches, not_modified
from backend.drawer import queries, schemas

blueprint = Blueprint("drawer", __name__, url_prefix="/api/appointments", description="Appointment drawer")
_UNCHANGED: dict[str, Any] = {"responses": {"304": {"description": "Unchanged since the ETag in If-None-Match."}}}


@blueprint.get("/<uuid:appointment_id>")
@requires_in_statement(Permission.APPOINTMENT_VIEW)
@blueprint.response(200, schemas.DrawerSchema)
@blueprint.doc(**_UNCHANGED)
def show_drawer(appointment_id: UUID) -> Response:
    """Show everything about one appointment, and the last changes of the visit itself."""
    return _answer(queries.read_drawer(g.session_id, appointment_id, guards.flags()))


@blueprint.get("/<uuid:appointment_id>/history")
@requires_in_statement(Permission.APPOINTMENT_VIEW)
@blueprint.response(200, schemas.DrawerHistorySchema)
@blueprint.doc(**_UNCHANGED)
def show_history(appointment_id: UUID) -> Response:
    """Show what was done with an appointment, its work, its inspections and its money, newest first."""
    return _answer(queries.read_history(g.session_id, appointment_id, guards.flags()))


def _answer(found: queries.Answer | None) -> Response:
    if found is None:
        guards.refuse_session()
    log.user_id.set(str(found.user_id))
    guards.check_role(found.role, Permission.APPOINTMENT_VIEW)
    if found.body is None:
        raise NotFoundError("There is no such appointment. It may have been deleted.")
    etag = hashlib.sha256(found.body).hexdigest()[:24]
    if etag_matches(etag):
        return not_modified(etag)
    return Encoded(etag, found.body).response()
