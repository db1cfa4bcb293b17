"""The shared inbox: /api/inbox."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.consent import queries as consent
from backend.core import idempotency
from backend.core.db import in_transaction, reading
from backend.core.errors import invalid_field
from backend.core.fields import PageQuery
from backend.core.http import Blueprint, cut_page, decode_cursor, json_response, moment_key
from backend.inbox import commands, queries, schemas
from backend.inbox.models import ConversationState
from backend.inbox.queries import ConversationView
from backend.messages import commands as messages
from backend.messages import queries as message_queries
from backend.messages.rules import Channel, MessageStatus
from backend.messages.schemas import MessageAccepted, MessageCreate, MessagePage, MessagePreview
from backend.settings import Settings

blueprint = Blueprint("inbox", __name__, url_prefix="/api/inbox", description="The shared inbox")

NEWEST_MESSAGES = 50


@blueprint.get("")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(schemas.InboxQuery, location="query")
@blueprint.response(200, schemas.ConversationPage)
def list_conversations(query: dict[str, Any]) -> dict[str, Any]:
    """List conversations: who waits for an answer, the longest first; then the others, the newest first."""
    after = decode_cursor(query["cursor"], _inbox_key)
    wanted = _filter(query)
    with reading() as session:
        found = queries.list_conversations(session, wanted, now(), after=after, limit=query["limit"] + 1)
    page, cursor = cut_page(found, query["limit"], queries.key_of)
    return {"items": [view.seen(with_money=_with_money()) for view in page], "next_cursor": cursor}


@blueprint.get("/summary")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(schemas.SummaryQuery, location="query")
@blueprint.response(200, schemas.InboxSummarySchema)
def summarize(query: dict[str, Any]) -> queries.Summary:
    """Count what waits, each kind by itself."""
    location_ids = _locations(query["location_id"])
    with reading() as session:
        return queries.summarize(session, location_ids, current_principal().user_id, now())


@blueprint.get("/<uuid:conversation_id>")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.response(200, schemas.ThreadSchema)
def show_conversation(conversation_id: UUID) -> dict[str, Any]:
    """Show a conversation with its texts, whom it is with, what may be sent and the jobs it may be about."""
    location_ids = current_principal().location_ids
    with reading() as session:
        view = queries.get_conversation(session, conversation_id, location_ids, now())
        agreed = consent.find_consent(session, view.phone)
        decided = consent.find_event(session, agreed.informational_event_id) if agreed else None
        return {
            "conversation": view.seen(with_money=_with_money()),
            "messages": _newest(session, view),
            "consent": {
                "informational": agreed.informational if agreed else "unknown",
                "marketing": agreed.marketing if agreed else "unknown",
                "since": decided.at if decided else None,
                "method": decided.method if decided else None,
            },
            "reviews": consent.list_open_reviews(session, location_ids, phone=view.phone),
            "customer": queries.find_customer(session, view.customer_id),
            "jobs": queries.list_open_jobs(session, view.customer_id, location_ids),
        }


@blueprint.post("/<uuid:conversation_id>/assign")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.arguments(schemas.Assign)
@blueprint.response(200, schemas.ConversationSchema)
def assign(body: dict[str, Any], conversation_id: UUID) -> ConversationView:
    """Give a conversation to somebody, or to nobody."""
    return in_transaction(lambda session: commands.assign(session, conversation_id, body["owner_id"], **_who()))


@blueprint.post("/<uuid:conversation_id>/done")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.response(200, schemas.ConversationSchema)
def finish(conversation_id: UUID) -> ConversationView:
    """Call a conversation done: its texts are read for everybody, and its next text opens it again."""

    def done(session: Session) -> ConversationView:
        _mark_read(session, conversation_id)
        return commands.finish(session, conversation_id, **_who())

    return in_transaction(done)


@blueprint.post("/<uuid:conversation_id>/snooze")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.arguments(schemas.Snooze)
@blueprint.response(200, schemas.ConversationSchema)
def snooze(body: dict[str, Any], conversation_id: UUID) -> ConversationView:
    """Let a conversation sleep; it opens by itself then, or at its next text."""
    until: datetime = body["until"]
    if until.tzinfo is None:
        raise invalid_field("until", "Add the offset, as in 2026-11-20T14:30:00Z.")
    return in_transaction(lambda session: commands.snooze(session, conversation_id, until, **_who()))


@blueprint.post("/<uuid:conversation_id>/reopen")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.response(200, schemas.ConversationSchema)
def reopen(conversation_id: UUID) -> ConversationView:
    """Make a conversation wait for somebody again."""
    return in_transaction(lambda session: commands.reopen(session, conversation_id, **_who()))


@blueprint.post("/<uuid:conversation_id>/read")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.response(200, schemas.ConversationSchema)
def read(conversation_id: UUID) -> ConversationView:
    """Call a conversation's texts done, for everybody; an answer does the same."""

    def mark(session: Session) -> ConversationView:
        _mark_read(session, conversation_id)
        commands.announce(session, conversation_id, now())
        return queries.view_of(session, conversation_id, now()).seen(with_money=_with_money())

    return in_transaction(mark)


@blueprint.post("/<uuid:conversation_id>/answering")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.response(200, schemas.AnsweringNow)
def answering(conversation_id: UUID) -> dict[str, Any]:
    """Say that you have the composer open, for the next 15 seconds; the answer says who has it open instead."""
    return {"answering": in_transaction(lambda session: commands.answer(session, conversation_id, **_who()))}


@blueprint.get("/<uuid:conversation_id>/messages")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, MessagePage)
def list_messages(query: dict[str, Any], conversation_id: UUID) -> Response:
    """List a conversation's texts, the newest first."""
    after = decode_cursor(query["cursor"], moment_key)
    with reading() as session:
        view = queries.get_conversation(session, conversation_id, current_principal().location_ids, now())
        found = message_queries.list_of_number(
            session, view.location_id, view.phone, after=after, limit=query["limit"] + 1
        )
    page, cursor = cut_page(found, query["limit"], message_queries.key_of)
    return json_response({"items": [_message(message) for message in page], "nextCursor": cursor})


@blueprint.post("/<uuid:conversation_id>/messages/preview")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.arguments(MessageCreate)
@blueprint.response(200, MessagePreview)
def preview_message(body: dict[str, Any], conversation_id: UUID) -> Response:
    """Show the exact text of an answer and what would become of it, without sending anything."""
    with reading() as session:
        view = queries.get_conversation(session, conversation_id, current_principal().location_ids, now())
        draft = _draft(view, body)
        messages.check_override(draft.override_reason, current_actor())
        written, judgement = messages.preview(session, draft, now())
    may_override = current_principal().may(Permission.MESSAGE_OVERRIDE_QUIET_HOURS)
    return json_response(messages.shown_preview(written, judgement.verdict, may_override=may_override))


@blueprint.post("/<uuid:conversation_id>/messages")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.doc(parameters=[idempotency.REQUIRED_KEY])
@blueprint.arguments(MessageCreate)
@blueprint.response(201, MessageAccepted)
@blueprint.alt_response(
    409,
    description="A guard refuses it (`code` is the reason, `verdict` the whole of it), or a colleague has answered.",
)
@blueprint.alt_response(429, description="Too many texts to this number today, or of this location in this hour.")
def send_message(body: dict[str, Any], conversation_id: UUID) -> Response:
    """Answer a conversation; what was nobody's is then yours."""

    def send(session: Session) -> Response:
        claim = idempotency.require(session, current_principal().user_id, now(), purpose="so that this goes out once")
        if claim.replay is not None:
            return claim.replay
        view = queries.get_conversation(session, conversation_id, current_principal().location_ids, now())
        message = messages.compose(session, _draft(view, body), actor=current_actor(), now=now())
        commands.has_answered(session, conversation_id, actor=current_actor(), now=now())
        is_held = message.status == MessageStatus.HELD and message.reason not in message_queries.NO_RELEASE
        held_until = message.due_at if is_held else None
        answer = {"id": message.id, "status": message.status, "heldUntil": held_until, "reason": message.reason}
        return claim.keep(answer, 201)

    return in_transaction(send)


def _who() -> dict[str, Any]:
    """Return who acts, where they may, and when: what every command asks for."""
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}


def _mark_read(session: Session, conversation_id: UUID) -> None:
    """Mark read what a conversation's number wrote; that locks the conversation first."""
    view = queries.get_conversation(session, conversation_id, current_principal().location_ids, now())
    messages.mark_read(session, number=(view.location_id, view.phone), now=now())


def _newest(session: Session, view: ConversationView) -> list[dict[str, Any]]:
    """Return the newest texts, the oldest of them first."""
    found = message_queries.list_of_number(session, view.location_id, view.phone, limit=NEWEST_MESSAGES)
    return [_message(message) for message in reversed(found)]


def _message(view: message_queries.MessageView) -> dict[str, Any]:
    return message_queries.shown(view, with_money=_with_money())


def _with_money() -> bool:
    return current_principal().may(Permission.MONEY_VIEW)


def _draft(view: ConversationView, body: dict[str, Any]) -> messages.Draft:
    """Return an answer to a conversation: about its last job, and to its number whatever the customer's is by now."""
    if (body["body"] is None) is (body["template_id"] is None):
        raise invalid_field("body", "Write a text, or choose a template.")
    if body["channel"] != Channel.SMS:
        raise invalid_field("channel", "A conversation is texts; write emails in the job's drawer.")
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    return messages.Draft(
        view.location_id,
        Channel.SMS,
        body=body["body"],
        template_id=body["template_id"],
        appointment_id=view.appointment_id,
        customer_id=view.customer_id,
        phone=view.phone,
        override_reason=None if body["override"] is None else body["override"]["reason"],
        seen_id=body["seen_id"],
        shown_id=body["shown_id"],
        host=urlsplit(settings.public_url).hostname or "",
    )


def _locations(wanted: UUID | None) -> tuple[UUID, ...]:
    return current_principal().location_ids if wanted is None else (chosen_location(wanted),)


def _filter(query: dict[str, Any]) -> queries.InboxFilter:
    owner = query["owner"]
    owner_id = None
    if owner == "me":
        owner_id = current_principal().user_id
    elif owner not in {None, "none"}:
        try:
            owner_id = UUID(owner)
        except ValueError as error:
            raise invalid_field("owner", "Use me, none or a person's id.") from error
    state = None if query["state"] is None else ConversationState(query["state"])
    return queries.InboxFilter(
        _locations(query["location_id"]), state, owner_id, is_unowned=owner == "none", phone=query["phone"]
    )


def _inbox_key(rank: str, position: str, identifier: str) -> queries.InboxKey:
    try:
        seconds = Decimal(position)
    except InvalidOperation as error:
        raise ValueError("no position") from error
    if not seconds.is_finite():
        raise ValueError("no position")
    return int(rank), seconds, UUID(identifier)
