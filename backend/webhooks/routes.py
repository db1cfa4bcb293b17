"""Where providers tell us things: signed, not signed in, and not behind the feature flag: a STOP is always taken."""

import logging

from flask import current_app, request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from backend.accounts.guards import now, public
from backend.core import metrics
from backend.core.db import in_transaction, transaction
from backend.core.errors import PermissionDeniedError
from backend.core.http import Blueprint
from backend.settings import Settings
from backend.webhooks import commands, rules
from backend.webhooks.commands import Manners

log = logging.getLogger(__name__)

blueprint = Blueprint("webhooks", __name__, url_prefix="/api/webhooks", description="What providers tell us")

PATH = "/api/webhooks/messaging"
FORM = "application/x-www-form-urlencoded"


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
    fields = rules.read_form(_body()) if request.mimetype == FORM else None
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


def _body() -> bytes:
    """Return the body as it came.

    Raises:
        RequestEntityTooLarge: more than 64 KiB.
        BadRequest: the client stopped in the middle.
    """
    request.max_content_length = rules.MAXIMUM_BODY_BYTES
    try:
        body = request.get_data(cache=True)
    except HTTPException:
        raise
    except Exception as error:  # whatever the web server calls a body that can't be read
        raise BadRequest from error
    if request.content_length is None and len(body) >= rules.MAXIMUM_BODY_BYTES:
        raise RequestEntityTooLarge
    return body
