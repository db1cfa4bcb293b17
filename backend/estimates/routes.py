"""Estimates for the people of the shop: show one, see how it stands, write down what was said, answer, take a link back."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app
from sqlalchemy.orm import Session

from backend.accounts import guards
from backend.accounts.guards import FeatureOffError, current_actor, current_principal, now, requires
from backend.accounts.permissions import Permission
from backend.core import idempotency
from backend.core.clock import to_instant
from backend.core.db import in_transaction, reading
from backend.core.http import Blueprint, json_response
from backend.estimates import queries, rules, schemas
from backend.estimates.commands import answering, questions, versions
from backend.estimates.commands.versions import Published, Showing
from backend.estimates.rules import Answer, Decision, Method, Saying
from backend.links import commands as links
from backend.messages import commands as messages
from backend.settings import Settings
from backend.shop import queries as shop

blueprint = Blueprint(
    "estimates", __name__, url_prefix="/api/appointments/<uuid:appointment_id>", description="Estimates and approvals"
)
# As long as a link's address: the preview of a text that has none yet.
_NO_TOKEN = "x" * 43


@blueprint.get("/estimates")
@requires(Permission.MONEY_VIEW)
@blueprint.response(200, schemas.EstimatesSchema)
def show_estimates(appointment_id: UUID) -> dict[str, Any]:
    """Show how a visit's estimate stands: versions, links, what was said, what changed since."""
    with reading() as session:
        return queries.read_overview(session, appointment_id, current_principal().location_ids, now())


@blueprint.get("/estimates/<int:version_no>")
@requires(Permission.MONEY_VIEW)
@blueprint.response(200, schemas.FrozenEstimateSchema)
def show_version(appointment_id: UUID, version_no: int) -> queries.EstimateView:
    """Show a version exactly as the customer was shown it."""
    with reading() as session:
        return queries.get_version(session, appointment_id, version_no, current_principal().location_ids)


@blueprint.post("/estimates/preview")
@requires(Permission.SERVICE_EDIT)
@blueprint.arguments(schemas.EstimateShow)
@blueprint.response(200, schemas.EstimatePreview)
@blueprint.alt_response(409, description="There is no job to show yet, or the visit is over or invoiced.")
def preview_estimate(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Show what the customer would see, and the exact text that would bring it, without sending anything."""
    with reading() as session:
        showing = _showing(session, appointment_id, body)
        appointment, document = versions.preview(
            session, appointment_id, showing, location_ids=current_principal().location_ids
        )
        message = None
        if showing.channel is not None:
            draft = versions.draft_of(appointment, showing, f"{showing.address}/c/{_NO_TOKEN}")
            written, judgement = messages.preview(session, draft, now())
            message = messages.shown_preview(written, judgement.verdict, may_override=False)
            message["text"] = message["text"].replace(_NO_TOKEN, "…")
    return json_response(
        {
            "document": document,
            "unpricedJobIds": rules.unpriced_jobs(document),
            "templateId": showing.template_id,
            "message": message,
        }
    )


@blueprint.post("/estimates")
@requires(Permission.SERVICE_EDIT)
@blueprint.doc(parameters=[idempotency.REQUIRED_KEY])
@blueprint.arguments(schemas.EstimateShow)
@blueprint.response(201, schemas.EstimateShown)
@blueprint.alt_response(
    409, description="A guard refuses the message, there is no job yet, or the visit is over or invoiced."
)
@blueprint.alt_response(429, description="Too many texts to this number today, or of this location in this hour.")
def publish_estimate(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Show the estimate to the customer: freeze it as a version, and send it, make a link to copy, or have it printed."""
    if body["how"] in {"sms", "email"} and not guards.flags().messaging:
        raise FeatureOffError("Texting is switched off in this shop. Copy a link instead.", feature="messaging")

    def publish(session: Session) -> Response:
        claim = idempotency.require(session, current_principal().user_id, now(), purpose="so that this goes out once")
        if claim.replay is not None:
            return claim.replay
        showing = _showing(session, appointment_id, body)
        published = versions.publish(session, appointment_id, showing, **_who())
        shown = _published(session, published)
        # The address is told once and kept nowhere: who asks again with the same key is not told it.
        response = claim.keep({**shown, "url": None}, 201)
        if body["how"] == "link":
            response = json_response({**shown, "url": published.url}, 201)
        return response

    return in_transaction(publish)


@blueprint.post("/approvals/sums")
@requires(Permission.SERVICE_EDIT)
@blueprint.arguments(schemas.AnswersToSum)
@blueprint.response(200, schemas.AnswerSumsSchema)
def sum_answers(body: dict[str, Any], appointment_id: UUID) -> Any:
    """Sum up what answers would add, for reading it out; nothing is written."""
    with reading() as session:
        return answering.sum_up(session, appointment_id, _answers(body), current_principal().location_ids)


@blueprint.post("/approvals")
@requires(Permission.SERVICE_EDIT)
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.AnswersRecord)
@blueprint.response(201, schemas.EstimatesSchema)
@blueprint.alt_response(409, description="The visit is over or invoiced.")
def record_answers(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Write down what the customer said in person or by phone."""

    def record(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        zone = shop.get_zone(session, queries.get_whom(session, appointment_id)[0])
        names = ("person", "phone", "words", "spending_cap_cents")
        sums = ("added_parts_cents", "added_labor_cents", "new_total_cents")
        saying = Saying(
            Method(body["method"]),
            to_instant(body["said_at"], zone, "saidAt"),
            **{name: body[name] for name in (*names, *sums)},
        )
        answering.record_answers(session, appointment_id, _answers(body), saying, **_who())
        return claim.keep(_overview(session, appointment_id), 201)

    return in_transaction(record)


@blueprint.post("/jobs/<uuid:job_id>/answer")
@requires(Permission.SERVICE_EDIT)
@blueprint.arguments(schemas.QuestionAnswer)
@blueprint.response(200, schemas.EstimatesSchema)
def answer_question(body: dict[str, Any], appointment_id: UUID, job_id: UUID) -> Response:
    """Answer a customer's question about a job; the answer stands on the customer's page."""

    def answer(session: Session) -> dict[str, Any]:
        questions.answer_question(session, appointment_id, job_id, body["words"], **_who())
        return _overview(session, appointment_id)

    return json_response(in_transaction(answer))


@blueprint.post("/links/<uuid:link_id>/revoke")
@requires(Permission.SERVICE_EDIT)
@blueprint.response(200, schemas.EstimatesSchema)
def revoke_link(appointment_id: UUID, link_id: UUID) -> Response:
    """Take a link back: from now on it shows nothing and does nothing."""

    def revoke(session: Session) -> dict[str, Any]:
        queries.check_link_of(session, link_id, appointment_id)
        links.revoke(session, link_id, **_who())
        return _overview(session, appointment_id)

    return json_response(in_transaction(revoke))


def _showing(session: Session, appointment_id: UUID, body: dict[str, Any]) -> Showing:
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    template_id = body["template_id"]
    if body["how"] in {"sms", "email"} and template_id is None:
        template_id = queries.get_template_with_link(session, appointment_id, body["how"])
    return Showing(
        body["how"],
        settings.public_url,
        urlsplit(settings.public_url).hostname or "",
        intro=body["intro"],
        template_id=template_id,
        lifetime=timedelta(hours=body["lifetime_hours"]),
    )


def _published(session: Session, published: Published) -> dict[str, Any]:
    status, held_until = queries.find_message_state(session, published.estimate.message_id)
    return {
        "versionNo": published.estimate.version_no,
        "documentHash": published.estimate.document_hash,
        "messageStatus": status,
        "heldUntil": held_until,
    }


def _answers(body: dict[str, Any]) -> list[Answer]:
    return [Answer(**{**one, "decision": Decision(one["decision"])}) for one in body["answers"]]


def _overview(session: Session, appointment_id: UUID) -> dict[str, Any]:
    found = queries.read_overview(session, appointment_id, current_principal().location_ids, now())
    return dict(schemas.EstimatesSchema().dump(found))


def _who() -> dict[str, Any]:
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}
