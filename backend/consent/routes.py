"""The addresses of consent: what a number agreed to, what a customer told the shop, and the replies to be read."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.consent import commands, queries, schemas
from backend.consent.rules import ConsentKind, ConsentMethod, Purpose, ReviewDecision
from backend.core.db import in_transaction, reading
from backend.core.errors import PermissionDeniedError
from backend.core.http import Blueprint

blueprint = Blueprint("consent", __name__, url_prefix="/api/consent", description="Consent to be texted")


@blueprint.get("")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(schemas.ConsentQuery, location="query")
@blueprint.response(200, schemas.ConsentSchema)
def show_consent(query: dict[str, Any]) -> dict[str, Any]:
    """Show what a number has agreed to and how we know."""
    with reading() as session:
        return _shown(session, query["phone"])


@blueprint.post("")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.arguments(schemas.ConsentRecord)
@blueprint.response(201, schemas.ConsentSchema)
@blueprint.alt_response(409, description="The number opted out (`opted_out`): only its owner can undo that, by START.")
def record_consent(body: dict[str, Any]) -> dict[str, Any]:
    """Record what a customer told the shop. A STOP can't be undone here."""
    phone, kind, method = body["phone"], ConsentKind(body["kind"]), ConsentMethod(body["method"])
    location_id = None if body["location_id"] is None else chosen_location(body["location_id"])
    how: dict[str, Any] = {
        "evidence": commands.Evidence(body["wording"], note=body["note"], location_id=location_id),
        "purpose": None if body["purpose"] is None else Purpose(body["purpose"]),
        "actor": current_actor(),
        "now": now(),
    }

    def write(session: Session) -> dict[str, Any]:
        if kind is ConsentKind.REVOKED:
            commands.revoke(session, phone, method, **how)
        else:
            commands.record(session, phone, kind, method, **how)
        return _shown(session, phone)

    return in_transaction(write)


@blueprint.get("/reviews")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(schemas.ReviewQuery, location="query")
@blueprint.response(200, schemas.ReviewList)
def list_reviews(query: dict[str, Any]) -> dict[str, Any]:
    """List the replies that a person must read."""
    wanted = query["location_id"]
    location_ids = current_principal().location_ids if wanted is None else (chosen_location(wanted),)
    with reading() as session:
        return {"items": queries.list_open_reviews(session, location_ids)}


@blueprint.post("/reviews/<uuid:review_id>/decide")
@requires(Permission.MESSAGE_SEND)
@feature("messaging")
@blueprint.arguments(schemas.ReviewDecide)
@blueprint.response(200, schemas.ReviewSchema)
@blueprint.alt_response(409, description="Somebody has decided it already (`review_decided`), or the visit has begun.")
def decide_review(body: dict[str, Any], review_id: UUID) -> queries.ReviewView:
    """Say what a reply meant; with a reason the visit that it meant as well is canceled."""
    cancel = body["cancel_appointment"]
    if cancel is not None and not current_principal().may(Permission.APPOINTMENT_MOVE):
        raise PermissionDeniedError("Your role can't cancel visits.")
    return in_transaction(
        lambda session: commands.decide_review(
            session,
            review_id,
            ReviewDecision(body["decision"]),
            actor=current_actor(),
            location_ids=current_principal().location_ids,
            now=now(),
            cancel_reason=None if cancel is None else cancel["reason"],
        )
    )


def _shown(session: Session, phone: str) -> dict[str, Any]:
    """Return a number's consent with its log. Consent is the number's; what was said and asked elsewhere is not shown."""
    location_ids = current_principal().location_ids
    consent = queries.find_consent(session, phone)
    found = queries.find_event(session, consent.informational_event_id) if consent else None
    decided = found and found.seen_from(location_ids)
    return {
        "phone": phone,
        "informational": consent.informational if consent else "unknown",
        "marketing": consent.marketing if consent else "unknown",
        "since": decided.at if decided else None,
        "method": decided.method if decided else None,
        "wording": decided.wording if decided else None,
        "events": [event.seen_from(location_ids) for event in queries.list_events(session, phone)],
        "reviews": queries.list_open_reviews(session, location_ids, phone=phone),
    }
