"""Texts that wait for their hour or for a person, why they do, and what a person may do about one."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.core.db import in_transaction, reading
from backend.core.http import Blueprint, cut_page, decode_cursor, json_response, moment_key
from backend.desk import commands, schemas
from backend.messages import queries, rules
from backend.messages.models import Message
from backend.messages.schemas import MessageSchema

blueprint = Blueprint("desk", __name__, url_prefix="/api", description="Texts that wait for a person")


@blueprint.get("/messages/waiting")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(schemas.WaitingQuery, location="query")
@blueprint.response(200, schemas.WaitingPage)
def list_waiting(query: dict[str, Any]) -> Response:
    """List what was given up, what is held and what waits for a person's word, the newest first.

    Of kind `held` the next to leave is first. Reminders that wait for their own time are not held.
    """
    after = decode_cursor(query["cursor"], moment_key)
    location_ids = current_principal().location_ids
    if query["location_id"] is not None:
        location_ids = (chosen_location(query["location_id"]),)
    with reading() as session:
        found = queries.list_waiting(session, location_ids, query["kind"], after=after, limit=query["limit"] + 1)
    page, cursor = cut_page(
        found, query["limit"], lambda waiting: queries.waiting_key_of(query["kind"], waiting.message)
    )
    return json_response({"items": [_waiting(waiting) for waiting in page], "nextCursor": cursor})


@blueprint.get("/messages/<uuid:message_id>/why")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.response(200, schemas.WhySchema)
def explain_message(message_id: UUID) -> Response:
    """Say why a message was held, refused or sent, and what the same guards say now."""
    with reading() as session:
        message = queries.get_message(session, message_id, current_principal().location_ids)
        then, judgement = commands.explain(session, message, now())
        view = queries.get_view(session, message_id)
    steps = [
        {
            "guard": step.guard,
            "passed": step.verdict is None,
            "verdict": None if step.verdict is None else _verdict(step.verdict),
            "detail": {**step.detail, **(_override(view) if step.guard is rules.Guard.HOURS else {})},
        }
        for step in judgement.steps
    ]
    return json_response({"verdictThen": _verdict(then), "now": _verdict(judgement.verdict), "steps": steps})


@blueprint.post("/messages/<uuid:message_id>/retry")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.response(200, MessageSchema)
@blueprint.alt_response(409, description="It was not given up, trying again can't help, or a guard refuses it.")
@blueprint.alt_response(429, description="Too many texts to this number today, or of this location in this hour.")
def retry_message(message_id: UUID) -> Response:
    """Send a message once more that was given up; every guard is asked again.

    What it says may not be so any more: then it is not sent, and the answer is its row, `failed` as `no_longer_true`.
    """
    return json_response(in_transaction(lambda session: _done(session, commands.retry(session, message_id, **_who()))))


@blueprint.post("/messages/<uuid:message_id>/cancel")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.response(200, MessageSchema)
@blueprint.alt_response(409, description="It is not waiting any more.")
def cancel_message(message_id: UUID) -> Response:
    """Take back a message that has not left, or put away one that was given up."""
    return json_response(in_transaction(lambda session: _done(session, commands.cancel(session, message_id, **_who()))))


@blueprint.post("/messages/<uuid:message_id>/send")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.arguments(schemas.MessageRelease, required=False)
@blueprint.response(200, MessageSchema)
@blueprint.alt_response(409, description="It is not waiting any more, or a guard refuses it.")
@blueprint.alt_response(429, description="Too many texts to this number today, or of this location in this hour.")
def release_message(body: dict[str, Any], message_id: UUID) -> Response:
    """Send a proposed message, or a held one; with a reason the Owner sends it in quiet hours."""
    reason = None if body["override"] is None else body["override"]["reason"]
    return json_response(
        in_transaction(lambda session: _done(session, commands.release(session, message_id, reason, **_who())))
    )


def _who() -> dict[str, Any]:
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}


def _done(session: Session, message: Message) -> dict[str, Any]:
    return _shown(queries.get_view(session, message.id))


def _shown(view: queries.MessageView) -> dict[str, Any]:
    return queries.shown(view, with_money=current_principal().may(Permission.MONEY_VIEW))


def _verdict(verdict: rules.Verdict) -> dict[str, Any]:
    """Return a verdict as this person is told it: only who may override is told that it can be."""
    may_override = current_principal().may(Permission.MESSAGE_OVERRIDE_QUIET_HOURS)
    return {**rules.shown_verdict(verdict), "canOverride": verdict.can_override and may_override}


def _override(view: queries.MessageView) -> dict[str, Any]:
    """Return who had a message sent in quiet hours, and why; nothing where nobody did."""
    return {} if view.override_reason is None else {"by": view.overrider, "reason": view.override_reason}


def _waiting(waiting: queries.WaitingView) -> dict[str, Any]:
    view = waiting.message
    return {
        **_shown(view),
        "locationId": view.location_id,
        "appointmentId": view.appointment_id,
        "appointmentNumber": waiting.appointment_number,
        "customerId": view.customer_id,
        "customerName": waiting.customer_name,
        "phone": view.phone,
        "email": view.email,
    }
