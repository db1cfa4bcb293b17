"""Threads of appointments: what was written, and what is to be."""

import time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app, g
from sqlalchemy.orm import Session

from backend.accounts.guards import current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.appointments import queries as appointments
from backend.core import idempotency, metrics
from backend.core.db import in_transaction, reading
from backend.core.errors import NotFoundError, invalid_field
from backend.core.fields import PageQuery
from backend.core.http import Blueprint, cut_page, decode_cursor, json_response, moment_key
from backend.messages import commands, queries, rules, schemas
from backend.messages.commands import Draft
from backend.messages.models import Message
from backend.settings import Settings

blueprint = Blueprint("messages", __name__, url_prefix="/api", description="Texts and emails")


@blueprint.get("/appointments/<uuid:appointment_id>/messages")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, schemas.MessagePage)
def list_messages(query: dict[str, Any], appointment_id: UUID) -> Response:
    """List an appointment's messages, the newest first."""
    after = decode_cursor(query["cursor"], moment_key)
    with reading() as session:
        queries.get_location_id(session, appointment_id, current_principal().location_ids)
        found = queries.list_thread(session, appointment_id, after=after, limit=query["limit"] + 1)
    page, cursor = cut_page(found, query["limit"], queries.key_of)
    return json_response({"items": [_shown(view) for view in page], "nextCursor": cursor})


@blueprint.post("/appointments/<uuid:appointment_id>/messages")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.doc(parameters=[idempotency.REQUIRED_KEY])
@blueprint.arguments(schemas.MessageCreate)
@blueprint.response(201, schemas.MessageAccepted)
@blueprint.alt_response(
    409,
    description="A guard refuses it (`code` is the reason, `verdict` the whole of it), or a colleague has answered.",
)
@blueprint.alt_response(
    422, description="The customer lacks a number, or the text a value; or it can't be used as it is."
)
@blueprint.alt_response(429, description="Too many texts to this number today, or of this location in this hour.")
def send_message(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Send a text or email to an appointment's customer."""

    def send(session: Session) -> Response:
        claim = idempotency.require(session, current_principal().user_id, now(), purpose="so that this goes out once")
        if claim.replay is not None:
            return claim.replay
        draft = _draft(session, body, appointment_id)
        message = commands.compose(session, draft, actor=current_actor(), now=now())
        return claim.keep(_accepted(message), 201)

    response = in_transaction(send)
    metrics.MESSAGE_ACCEPT_SECONDS.observe(time.perf_counter() - g.started)
    return response


@blueprint.post("/appointments/<uuid:appointment_id>/messages/preview")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.arguments(schemas.MessageCreate)
@blueprint.response(200, schemas.MessagePreview)
def preview_message(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Show the exact text that would be sent and what would become of it, without sending anything."""
    with reading() as session:
        draft = _draft(session, body, appointment_id)
        commands.check_override(draft.override_reason, current_actor())
        written, judgement = commands.preview(session, draft, now())
    may_override = current_principal().may(Permission.MESSAGE_OVERRIDE_QUIET_HOURS)
    return json_response(commands.shown_preview(written, judgement.verdict, may_override=may_override))


@blueprint.post("/appointments/<uuid:appointment_id>/messages/read")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.response(204)
def read_messages(appointment_id: UUID) -> None:
    """Call what the customer wrote about an appointment done, for everybody; an answer does the same."""

    def mark(session: Session) -> None:
        if not any(
            appointments.is_at(session, appointment_id, location_id) for location_id in current_principal().location_ids
        ):
            raise NotFoundError("There is no such appointment.")
        commands.mark_read(session, appointment_id=appointment_id, now=now())

    in_transaction(mark)


def _draft(session: Session, body: dict[str, Any], appointment_id: UUID) -> Draft:
    """Return what somebody wants to send about an appointment."""
    if (body["body"] is None) is (body["template_id"] is None):
        raise invalid_field("body", "Write a text, or choose a template.")
    location_id = queries.get_location_id(session, appointment_id, current_principal().location_ids)
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    channel = rules.Channel(body["channel"])
    if channel is rules.Channel.EMAIL and body["template_id"] is None and body["subject"] is None:
        raise invalid_field("subject", "Give the email a subject.")
    return Draft(
        location_id,
        channel,
        body=body["body"],
        subject=body["subject"] if channel is rules.Channel.EMAIL else None,
        template_id=body["template_id"],
        appointment_id=appointment_id,
        override_reason=_reason(body["override"]),
        seen_id=body["seen_id"],
        shown_id=body["shown_id"],
        host=urlsplit(settings.public_url).hostname or "",
    )


def _reason(override: dict[str, str] | None) -> str | None:
    return None if override is None else override["reason"]


def _accepted(message: Message) -> dict[str, Any]:
    is_held = message.status == rules.MessageStatus.HELD and message.reason not in queries.NO_RELEASE
    return {
        "id": message.id,
        "status": message.status,
        "heldUntil": message.due_at if is_held else None,
        "reason": message.reason,
    }


def _shown(view: queries.MessageView) -> dict[str, Any]:
    return queries.shown(view, with_money=current_principal().may(Permission.MONEY_VIEW))
