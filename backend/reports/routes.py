"""Sending reports: /api/checklists/:id/report."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app
from sqlalchemy.orm import Session

from backend.accounts import guards
from backend.accounts.guards import FeatureOffError, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.appointments.models import Appointment
from backend.core import idempotency
from backend.core.db import in_transaction, reading
from backend.core.edits import wire
from backend.core.http import Blueprint, json_response
from backend.estimates import queries as estimates
from backend.estimates.commands import versions
from backend.inspections import queries as inspections
from backend.messages import commands as messages
from backend.reports import commands, queries, schemas
from backend.reports.commands import Sending
from backend.settings import Settings

blueprint = Blueprint(
    "reports",
    __name__,
    url_prefix="/api/checklists/<uuid:checklist_id>/report",
    description="Inspection reports for customers",
)
# As long as a link's address: the preview of a text that has none yet.
_NO_TOKEN = "x" * 43


@blueprint.post("/preview")
@requires(Permission.MESSAGE_SEND)
@feature("inspections")
@blueprint.arguments(schemas.ReportSend)
@blueprint.response(200, schemas.ReportPreview)
@blueprint.alt_response(409, description="The inspection is not submitted.")
def preview_report(body: dict[str, Any], checklist_id: UUID) -> Response:
    """Show what the customer would see, and the exact text that would bring it, without sending anything."""
    with reading() as session:
        checklist, visit = _ready(session, checklist_id)
        sending = _sending(session, visit, body)
        message = None
        if sending.channel is not None:
            draft = commands.draft_of(visit, sending, f"{sending.address}/c/{_NO_TOKEN}")
            written, judgement = messages.preview(session, draft, now())
            message = messages.shown_preview(written, judgement.verdict, may_override=False)
            message["text"] = message["text"].replace(_NO_TOKEN, "…")
        report = queries.read_report(session, checklist["id"], now())
        along = versions.preview_along(session, visit)
    estimate = None if along is None else wire(along)
    return json_response(
        {"report": report, "estimate": estimate, "templateId": sending.template_id, "message": message}
    )


@blueprint.post("")
@requires(Permission.MESSAGE_SEND)
@feature("inspections")
@blueprint.doc(parameters=[idempotency.REQUIRED_KEY])
@blueprint.arguments(schemas.ReportSend)
@blueprint.response(201, schemas.ReportSent)
@blueprint.alt_response(409, description="The inspection is not submitted, or a guard refuses the message.")
@blueprint.alt_response(429, description="Too many texts to this number today, or of this location in this hour.")
def send_report(body: dict[str, Any], checklist_id: UUID) -> Response:
    """Send the report to the customer, or make a link to copy."""
    if body["how"] != "link" and not guards.flags().messaging:
        raise FeatureOffError("Texting is switched off in this shop. Copy a link instead.", feature="messaging")

    def send(session: Session) -> Response:
        claim = idempotency.require(session, current_principal().user_id, now(), purpose="so that this goes out once")
        if claim.replay is not None:
            return claim.replay
        _, visit = _ready(session, checklist_id)
        sent = commands.send(
            session,
            checklist_id,
            _sending(session, visit, body),
            actor=current_actor(),
            location_ids=current_principal().location_ids,
            now=now(),
        )
        status, held_until = estimates.find_message_state(session, sent.message_id)
        shown = {"url": None, "messageStatus": status, "heldUntil": held_until}
        # The address is told once and kept nowhere: who asks again with the same key is not told it.
        response = claim.keep(shown, 201)
        if body["how"] == "link":
            response = json_response({**shown, "url": sent.url}, 201)
        return response

    return in_transaction(send)


def _ready(session: Session, checklist_id: UUID) -> tuple[dict[str, Any], Appointment]:
    location_ids = current_principal().location_ids
    checklist = inspections.get_checklist(session, checklist_id, location_ids, now())
    commands.check_is_ready(checklist["status"])
    return checklist, inspections.get_visit(session, checklist["appointmentId"], location_ids)


def _sending(session: Session, visit: Appointment, body: dict[str, Any]) -> Sending:
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    template_id = body["template_id"]
    if body["how"] != "link" and template_id is None:
        template_id = queries.find_template(session, visit, body["how"])
    return Sending(
        body["how"],
        settings.public_url,
        urlsplit(settings.public_url).hostname or "",
        template_id=template_id,
        lifetime=timedelta(hours=body["lifetime_hours"]),
    )
