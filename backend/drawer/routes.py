"""The appointment drawer."""

import hashlib
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


@blueprint.get("/<uuid:appointment_id>")
@requires_in_statement(Permission.APPOINTMENT_VIEW)
@blueprint.response(200, schemas.DrawerSchema)
@blueprint.doc(responses={"304": {"description": "Unchanged since the ETag in If-None-Match."}})
def show_drawer(appointment_id: UUID) -> Response:
    """Show everything about one appointment."""
    drawer = queries.read_drawer(g.session_id, appointment_id, guards.flags())
    if drawer is None:
        guards.refuse_session()
    log.user_id.set(str(drawer.user_id))
    guards.check_role(drawer.role, Permission.APPOINTMENT_VIEW)
    if drawer.body is None:
        raise NotFoundError("There is no such appointment. It may have been deleted.")
    etag = hashlib.sha256(drawer.body).hexdigest()[:24]
    if etag_matches(etag):
        return not_modified(etag)
    return Encoded(etag, drawer.body).response()
