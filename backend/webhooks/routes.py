"""Where providers tell us things: signed, not signed in, and not behind the feature flag: a STOP is always taken."""

import logging
from uuid import UUID

from flask import current_app, request
from werkzeug.exceptions import BadRequest

from backend.accounts.guards import now, public
from backend.core import metrics
from backend.core.db import in_transaction, reading, transaction
from backend.core.errors import DomainError, PermissionDeniedError
from backend.core.http import Blueprint, read_body
from backend.payments import tasks as payments
from backend.payments.providers import Processor
from backend.settings import Settings
from backend.webhooks import commands, queries, rules
from backend.webhooks.commands import Manners

log = logging.getLogger(__name__)

blueprint = Blueprint("webhooks", __name__, url_prefix="/api/webhooks", description="What providers tell us")

PATH = "/api/webhooks/messaging"
FORM, JSON = "application/x-www-form-urlencoded", "application/json; charset=utf-8"


class NotSignedError(PermissionDeniedError):
    """403: no provider of ours has sent this."""

    code = "not_signed"


@blueprint.post("/messaging")
@public
@blueprint.doc(
    requestBody={"required": True, "content": {FORM: {"schema": {"type": "object"}}}},
    parameters=[{"in": "header", "name": "X-Twilio-Signature", "schema": {"type": "string"}}],
)
@blueprint.response(204)
@blueprint.alt_response(403, description="No provider of ours has signed this (`not_signed`).")
@blueprint.alt_response(413, description="More than 64 KiB.")
@blueprint.alt_response(503, description="It could not be kept; send it again.")
def receive_messaging() -> None:
    """Take a status of a text, or a text, from the provider of texts."""
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    told = _read(settings)
    with transaction() as session:
        event_id = commands.keep(session, told, now())
    kind = "inbound" if told.is_inbound else "status"
    metrics.WEBHOOKS.labels(rules.TWILIO, kind if event_id is not None else "repeated").inc()
    if event_id is not None:
        commands.act(in_transaction, event_id, Manners.of(settings), now())


def _read(settings: Settings) -> rules.Told:
    """Return what the request tells.

    Raises:
        NotSignedError: it was not signed by one of our account's tokens, or is about another account.
    """
    fields = rules.read_form(read_body(request, rules.MAXIMUM_BODY_BYTES)) if request.mimetype == FORM else None
    signature = request.headers.get("X-Twilio-Signature", "")
    tokens = [token for token in (settings.twilio_auth_token, settings.twilio_auth_token_previous) if token]
    # Our own address, never the Host header's, and the query byte for byte as it came.
    query = request.query_string.decode("latin-1")
    url = f"{settings.public_url}{PATH}" + (f"?{query}" if query else "")
    told = None
    if fields is not None and settings.twilio_account_sid and rules.is_signed(url, fields, signature, tokens):
        told = rules.read(fields, query, settings.twilio_account_sid)
    if told is None:
        metrics.SIGNATURE_FAILURES.inc()
        log.warning("webhook_not_signed")
        raise NotSignedError("This request was not signed by the provider of texts.")
    return told


@blueprint.post("/payments")
@public
@blueprint.doc(
    requestBody={"required": True, "content": {JSON: {"schema": {"type": "object"}}}},
    parameters=[{"in": "header", "name": "Stripe-Signature", "schema": {"type": "string"}}],
)
@blueprint.response(200)
@blueprint.alt_response(403, description="The card processor has not signed this within five minutes (`not_signed`).")
@blueprint.alt_response(413, description="More than 256 KiB.")
@blueprint.alt_response(503, description="It could not be kept; send it again.")
def receive_payment() -> None:
    """Take what the card processor tells of a payment; a kind of event that we don't know is counted and left."""
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    told = _read_event(settings)
    if not told.is_wanted:
        metrics.WEBHOOKS.labels(rules.STRIPE, "unknown").inc()
        return
    with transaction() as session:
        event_id = commands.keep_payment(session, told, now())
    metrics.WEBHOOKS.labels(rules.STRIPE, "payment" if event_id is not None else "repeated").inc()
    if event_id is None:
        return
    commands.act(in_transaction, event_id, Manners(answers_keywords=False), now())
    with reading() as session:
        is_doubtful = queries.is_doubtful(session, event_id)
    if is_doubtful:
        _ask(settings, told, event_id)


def _ask(settings: Settings, told: rules.PaymentEvent, event_id: UUID) -> None:
    """Ask the card processor how things stand; where it can't say now, the next look at open pages finds it."""
    try:
        result = payments.settle(Processor(settings), str(told.subject["id"]), now())
    except DomainError as error:
        log.warning("payment_in_doubt", extra={"code": error.code})
        return
    with transaction() as session:
        commands.finish(session, event_id, result.value, now())


def _read_event(settings: Settings) -> rules.PaymentEvent:
    """Return what an event tells.

    Raises:
        NotSignedError: the card processor has not signed it, or too long ago, or in the future.
        BadRequest: it is no event.
    """
    body = read_body(request, rules.LARGEST_EVENT_BYTES)
    header = request.headers.get("Stripe-Signature", "")
    secret = settings.stripe_webhook_secret
    if not secret or not rules.is_signed_event(body, header, secret, now()):
        metrics.SIGNATURE_FAILURES.inc()
        log.warning("webhook_not_signed")
        raise NotSignedError("This request was not signed by the card processor just now.")
    told = rules.read_event(body)
    if told is None:
        raise BadRequest
    return told
