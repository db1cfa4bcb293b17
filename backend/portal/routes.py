"""The customer's page: `/c/<token>` gives a browser its cookie, `/api/portal` is what the page at `/visit` talks to.

A link's address changes nothing and neither does reading: previews of texts fetch them. Whoever changes something sends a
header that only our own page can, and is a visit of the link from then on.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app, redirect, request
from sqlalchemy.orm import Session

from backend.accounts import guards
from backend.accounts.guards import (
    FeatureOffError,
    client_agent,
    client_ip,
    current_actor,
    current_principal,
    feature,
    now,
    public,
    request_id,
    requires,
)
from backend.accounts.permissions import Permission
from backend.core import idempotency
from backend.core.actor import Actor, ActorKind
from backend.core.db import in_transaction, reading
from backend.core.errors import ConflictError, PermissionDeniedError
from backend.core.http import (
    PROBLEM_TYPE,
    Blueprint,
    etag_matches,
    fingerprint,
    json_response,
    not_modified,
    pdf_response,
)
from backend.documents import queries as documents
from backend.documents.rules import PaperKind, brand_of
from backend.estimates.commands import answering, questions, versions
from backend.estimates.rules import Answer, Decision, EstimateChangedError, Method, Saying
from backend.links import commands as links
from backend.links import queries as link_queries
from backend.links.commands import Caller
from backend.links.queries import VisitView
from backend.links.rules import (
    LinkUnknownError,
    Purpose,
    Secret,
    StepUpEndedError,
    StepUpRequiredError,
    WrongDigitsError,
)
from backend.messages import commands as messages
from backend.messages.rules import Channel
from backend.payments import flows as payments
from backend.portal import commands, queries, rules, schemas
from backend.portal.commands import Sending
from backend.portal.queries import Switches
from backend.reports import commands as reports
from backend.settings import Settings
from backend.templates import queries as templates
from backend.templates.rules import TemplateCategory, TemplateChannel

blueprint = Blueprint("portal", __name__, description="The customer's page")

_HEADER = {
    "in": "header",
    "name": rules.HEADER,
    "required": True,
    "schema": {"type": "string"},
    "description": "The visit's number that the page shows, `1` before it shows one: only the customer's own page can send it.",
}
_ENDED = {
    status: {
        "description": description,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, description in (
        (404, "No link was opened in this browser, or it is for something else."),
        (410, "The link expired or was taken back; `shop` is whom to call."),
    )
}
_FOREIGN = {
    "403": {
        "description": "The request did not come from the customer's page, or the link alone may not do this.",
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
_CHANGES = {
    "responses": {**{str(status): answer for status, answer in _ENDED.items()}, **_FOREIGN},
    "parameters": [_HEADER],
}


class ForeignPageError(PermissionDeniedError):
    """403: the request did not come from the customer's page."""

    code = "csrf"


class OtherVisitError(ConflictError):
    """409: a link of another visit was opened in this browser since; the page shows the one, and acts for the other."""

    code = "other_visit"


# --- opening ----------------------------------------------------------------------------------


@blueprint.get("/c/<string:token>")
@public
@blueprint.doc(responses={"303": {"description": "To the customer's page, which says so if the link has ended."}})
def open_link(token: str) -> Response:
    """Open a signed link: nothing is written, the browser gets its cookie and the page without the token in its address."""
    response = redirect(rules.PAGE, 303)
    assert isinstance(response, Response)
    with reading() as session:
        link = link_queries.find_by_token(session, token)
    if link is None:
        response.delete_cookie(rules.COOKIE)
        return response
    settings = _settings()
    secret = _kept_secret(link.id) or rules.new_secret(link.id, Purpose(link.purpose))
    response.set_cookie(
        rules.COOKIE,
        rules.seal(secret, settings.secret_key),
        max_age=max(1, int((link.expires_at - now()).total_seconds())) + _LONGER,
        # Sent to the link's own address too, also when a text's tap leads there: who opens it again is still known.
        httponly=True,
        secure=settings.is_production,
        samesite="Lax",
    )
    return response


# A cookie that outlives its link lets the page say whom to call.
_LONGER = 24 * 3600


def _kept_secret(link_id: UUID) -> Secret | None:
    """Return what this browser has of the same link: who opens it twice has given the digits once."""
    secret = _secret()
    return secret if secret is not None and secret.link_id == link_id else None


def _secret() -> Secret | None:
    cookie = request.cookies.get(rules.COOKIE)
    return None if cookie is None else rules.unseal(cookie, _settings().secret_key)


# --- reading ----------------------------------------------------------------------------------


@blueprint.get("/api/portal/visit")
@public
@blueprint.response(200, schemas.VisitorPageSchema)
@blueprint.doc(
    responses={
        **{str(status): answer for status, answer in _ENDED.items()},
        "304": {"description": "Unchanged since the ETag in If-None-Match."},
    }
)
def show_page() -> Response:
    """Show what the link lets this browser see."""
    with reading() as session:
        page = _page(session, _visitor(session))
    etag = fingerprint(page)
    if etag_matches(etag):
        return not_modified(etag)
    response = json_response(page)
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/api/portal/history")
@public
@blueprint.response(200, schemas.CarHistorySchema)
@blueprint.doc(responses={str(status): answer for status, answer in _ENDED.items()})
def show_history() -> Response:
    """Show this car's other visits, to who gave the last four digits."""
    with reading() as session:
        return json_response(queries.read_history(session, _known(_visitor(session))))


@blueprint.get("/api/portal/papers/<string:kind>.pdf")
@public
@blueprint.doc(responses={"200": {"description": "The paper.", "content": {"application/pdf": {}}}})
def print_paper(kind: str) -> Response:
    """Print the estimate; the invoice or the receipt too, for who gave the last four digits."""
    with reading() as session:
        visitor = _visitor(session)
        wanted = _PAPERS.get(kind)
        if wanted is None or (wanted is PaperKind.ESTIMATE and visitor.link.purpose not in queries.ANSWERING):
            raise LinkUnknownError("There is no such paper.")
        # The estimate's paper has the customer's phone and email in its head.
        _known(visitor)
        if wanted is not PaperKind.ESTIMATE and not (
            guards.flags().payments and queries.has_paper(session, visitor.link.appointment_id, wanted.value)
        ):
            raise LinkUnknownError("There is no such paper.")
        paper = documents.read_paper(session, wanted, visitor.link.appointment_id, location_ids=None, now=now())
    pdf = documents.render(wanted, paper.content, paper.size, brand_of(_settings()))
    return pdf_response(pdf, paper.name)


_PAPERS = {kind.value: kind for kind in (PaperKind.ESTIMATE, PaperKind.INVOICE, PaperKind.RECEIPT)}


# --- doing ------------------------------------------------------------------------------------


@blueprint.post("/api/portal/opened")
@public
@blueprint.doc(**_CHANGES)
@blueprint.response(204)
def note_opened() -> None:
    """Note that a person looks at the page: the page itself says so, a preview that fetches it does not."""

    def note(session: Session) -> None:
        visitor, _ = _acting(session)
        if visitor.link.purpose == Purpose.ESTIMATE:
            versions.note_opened(session, visitor.link.appointment_id, visitor.link.id, now())
        elif visitor.link.purpose == Purpose.REPORT:
            reports.note_opened(session, visitor.link.appointment_id, visitor.link.id, now())
        else:
            links.note_opened(session, visitor.link.id, now())

    in_transaction(note)


@blueprint.post("/api/portal/step-up")
@public
@blueprint.doc(**_CHANGES)
@blueprint.arguments(schemas.StepUpWrite)
@blueprint.response(200, schemas.VisitorPageSchema)
@blueprint.alt_response(403, description="Too many wrong digits, or there is no phone on file: call the shop.")
@blueprint.alt_response(422, description="Wrong digits; `left` tries are left.")
def step_up(body: dict[str, Any]) -> Response:
    """Give the last four digits of the customer's phone."""

    def check(session: Session) -> tuple[links.StepUp, VisitView]:
        visitor, visit_id = _acting(session)
        return links.step_up(session, visitor.link.id, visit_id, body["digits"], now()), visitor

    # The count is kept also when it refuses.
    outcome, visitor = in_transaction(check)
    if not outcome.is_right:
        with reading() as session:
            shop = link_queries.find_shop(session, visitor.link.location_id)
        if outcome.left == 0:
            raise StepUpEndedError("That can't be tried any more. Call the shop, it can help you.", shop=shop)
        tries = "1 try is" if outcome.left == 1 else f"{outcome.left} tries are"
        raise WrongDigitsError(f"These are not the last four digits. {tries} left.", left=outcome.left)
    with reading() as session:
        return json_response(_page(session, _visitor(session)))


@blueprint.post("/api/portal/decisions")
@public
@blueprint.doc(parameters=[_HEADER, idempotency.REQUIRED_KEY], responses=_CHANGES["responses"])
@blueprint.arguments(schemas.DecisionsWrite)
@blueprint.response(200, schemas.VisitorPageSchema)
@blueprint.alt_response(403, description="More than the link alone may approve: give the last four digits first.")
@blueprint.alt_response(409, description="The estimate changed; `page` is the new one. Or the visit is over.")
def decide(body: dict[str, Any]) -> Response:
    """Approve and decline jobs of the version that was seen, signed with a typed name."""

    def answer(session: Session) -> Response:
        visitor, visit_id = _acting(session)
        _for_estimates(visitor)
        claim = idempotency.require(session, visit_id, now(), purpose="so that this counts once")
        if claim.replay is not None:
            return claim.replay
        answering.answer_by_link(
            session,
            visitor.link.appointment_id,
            body["document_hash"],
            [Answer(**{**one, "decision": Decision(one["decision"])}) for one in body["answers"]],
            _saying(visitor, visit_id, body["name"], spending_cap_cents=body["spending_cap_cents"]),
            actor=_customer(body["name"]),
            now=now(),
        )
        return claim.keep(_page(session, visitor), 200)

    try:
        return in_transaction(answer)
    except EstimateChangedError as error:
        with reading() as session:
            raise EstimateChangedError(error.message, page=_page(session, _visitor(session))) from error


@blueprint.post("/api/portal/questions")
@public
@blueprint.doc(parameters=[_HEADER, idempotency.REQUIRED_KEY], responses=_CHANGES["responses"])
@blueprint.arguments(schemas.QuestionWrite)
@blueprint.response(200, schemas.VisitorPageSchema)
@blueprint.alt_response(409, description="The visit is over, or was invoiced.")
@blueprint.alt_response(429, description="Enough was asked that waits for an answer, or within a day.")
def ask(body: dict[str, Any]) -> Response:
    """Ask the shop something about a job."""

    def put(session: Session) -> Response:
        visitor, visit_id = _acting(session)
        _for_estimates(visitor)
        claim = idempotency.require(session, visit_id, now(), purpose="so that this is asked once")
        if claim.replay is not None:
            return claim.replay
        saying = _saying(visitor, visit_id, None, words=body["words"])
        questions.ask(session, visitor.link.appointment_id, body["job_id"], saying, actor=_customer(""), now=now())
        return claim.keep(_page(session, visitor), 200)

    return in_transaction(put)


@blueprint.post("/api/portal/checkout")
@public
@feature("payments")
@feature("payments_online")
@blueprint.doc(**_CHANGES)
@blueprint.arguments(schemas.CheckoutStart)
@blueprint.response(200, schemas.CheckoutAddress)
@blueprint.alt_response(403, description="Give the last four digits first.")
@blueprint.alt_response(409, description="Nothing is owed, or not that much.")
def pay(body: dict[str, Any]) -> dict[str, str]:
    """Return where to pay by card."""

    def begin(session: Session) -> tuple[VisitView, UUID]:
        visitor, visit_id = _acting(session)
        return _known(visitor), visit_id

    visitor, visit_id = in_transaction(begin)
    settings = _settings()
    url = payments.start_checkout(
        settings,
        visitor.link.appointment_id,
        link_visit_id=visit_id,
        amount_cents=body["amount_cents"],
        back_to=f"{settings.public_url}{rules.PAGE}",
        now=now(),
    )
    return {"url": url}


# --- for the people of the shop -----------------------------------------------------------------


@blueprint.get("/api/appointments/<uuid:appointment_id>/invoice-links")
@requires(Permission.MONEY_VIEW)
@feature("payments")
@blueprint.response(200, schemas.InvoiceLinksSchema)
def list_invoice_links(appointment_id: UUID) -> Response:
    """List the links to a visit's invoice, the newest first."""
    with reading() as session:
        return json_response(_links_of(session, appointment_id))


@blueprint.post("/api/appointments/<uuid:appointment_id>/invoice-links/preview")
@requires(Permission.PAYMENT_RECORD)
@feature("payments")
@blueprint.arguments(schemas.InvoiceLinkMake)
@blueprint.response(200, schemas.InvoiceLinkPreview)
def preview_invoice_link(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Show the exact text that would bring the link, without sending anything."""
    with reading() as session:
        appointment = queries.get_appointment(session, appointment_id, current_principal().location_ids)
        sending = _sending(session, appointment.location_id, body)
        message = None
        if sending.channel is not None:
            draft = commands.draft_of(appointment, sending, f"{sending.address}/c/{_NO_TOKEN}")
            written, judgement = messages.preview(session, draft, now())
            message = messages.shown_preview(written, judgement.verdict, may_override=False)
            message["text"] = message["text"].replace(_NO_TOKEN, "…")
    return json_response({"message": message})


@blueprint.post("/api/appointments/<uuid:appointment_id>/invoice-links")
@requires(Permission.PAYMENT_RECORD)
@feature("payments")
@blueprint.doc(parameters=[idempotency.REQUIRED_KEY])
@blueprint.arguments(schemas.InvoiceLinkMake)
@blueprint.response(201, schemas.InvoiceLinkMade)
@blueprint.alt_response(409, description="No invoice stands (`not_issued`), or a guard refuses the message.")
@blueprint.alt_response(429, description="Too many texts to this number today, or of this location in this hour.")
def make_invoice_link(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Make a link where the customer sees the invoice and pays it; send it by text or email, or tell it to be copied."""
    who = current_principal()

    def make(session: Session) -> Response:
        claim = idempotency.require(session, who.user_id, now(), purpose="so that this goes out once")
        if claim.replay is not None:
            return claim.replay
        appointment = queries.get_appointment(session, appointment_id, who.location_ids)
        sending = _sending(session, appointment.location_id, body)
        sent = commands.send_invoice(
            session, appointment_id, sending, actor=current_actor(), location_ids=who.location_ids, now=now()
        )
        status, held_until = queries.find_message_state(session, sent.message_id)
        made = {"url": None, "messageStatus": status, "heldUntil": held_until, **_links_of(session, appointment_id)}
        # The address is told once and kept nowhere: who asks again with the same key is not told it.
        response = claim.keep(made, 201)
        return response if sending.channel is not None else json_response({**made, "url": sent.url}, 201)

    return in_transaction(make)


@blueprint.post("/api/appointments/<uuid:appointment_id>/invoice-links/<uuid:link_id>/revoke")
@requires(Permission.PAYMENT_RECORD)
@feature("payments")
@blueprint.response(200, schemas.InvoiceLinksSchema)
def revoke_invoice_link(appointment_id: UUID, link_id: UUID) -> Response:
    """Take a link back: from now on it shows nothing and does nothing."""

    def revoke(session: Session) -> dict[str, Any]:
        queries.check_invoice_link(session, link_id, appointment_id)
        links.revoke(session, link_id, actor=current_actor(), location_ids=current_principal().location_ids, now=now())
        return _links_of(session, appointment_id)

    return json_response(in_transaction(revoke))


# As long as a link's address: the preview of a text that has none yet.
_NO_TOKEN = "x" * 43


def _sending(session: Session, location_id: UUID, body: dict[str, Any]) -> Sending:
    channel = None if body["how"] == "link" else Channel(body["how"])
    template_id = body["template_id"]
    if channel is not None:
        guards.check(current_principal(), Permission.MESSAGE_SEND)
        if not guards.flags().messaging:
            raise FeatureOffError("Texting is switched off in this shop. Copy a link instead.", feature="messaging")
        template_id = template_id or templates.get_with_link(
            session, location_id, TemplateChannel(channel), TemplateCategory.PAYMENT
        )
    url = _settings().public_url
    return Sending(channel, template_id, url, urlsplit(url).hostname or "")


def _links_of(session: Session, appointment_id: UUID) -> dict[str, Any]:
    return {
        "items": queries.list_invoice_links(session, appointment_id, current_principal().location_ids, now()),
        "nextCursor": None,
    }


# --- who it is --------------------------------------------------------------------------------


def _visitor(session: Session) -> VisitView:
    """Return the browser's visit of its link; nothing is written.

    Raises:
        LinkUnknownError, LinkEndedError: see `links.queries.get_open`.
    """
    secret = _secret()
    if secret is None:
        raise LinkUnknownError("This link has ended. Call the shop.", shop=link_queries.find_shop(session, None))
    link = link_queries.get_open(session, secret.link_id, secret.purpose, now())
    return link_queries.find_visit(session, link, secret.secret)


def _acting(session: Session) -> tuple[VisitView, UUID]:
    """Return the visit of a browser that does something, and note it.

    Raises:
        ForeignPageError: another page sent it.
        OtherVisitError: the page shows another visit than the browser's link is of.
    """
    if rules.HEADER not in request.headers:
        raise ForeignPageError("Reload this page and try again.")
    visitor = _visitor(session)
    seen = request.headers[rules.HEADER]
    if seen not in {rules.NO_VISIT, str(queries.number_of(session, visitor.link.appointment_id))}:
        raise OtherVisitError("Another link was opened in this browser. Look at the page again before you go on.")
    secret = _secret()
    assert secret is not None
    caller = Caller(client_ip(), client_agent())
    return visitor, links.start_visit(session, visitor.link.id, secret.secret, caller, now())


def _known(visitor: VisitView) -> VisitView:
    if not visitor.is_known:
        raise StepUpRequiredError("Give the last four digits of your phone number first.")
    return visitor


def _for_estimates(visitor: VisitView) -> None:
    if visitor.link.purpose not in queries.ANSWERING:
        raise LinkUnknownError("This link is not for approving work.")


def _saying(visitor: VisitView, visit_id: UUID, person: str | None, **more: Any) -> Saying:
    return Saying(
        Method.LINK,
        now(),
        person=person,
        link_visit_id=visit_id,
        is_known=visitor.is_known,
        ip=client_ip(),
        user_agent=client_agent(),
        **more,
    )


def _customer(name: str) -> Actor:
    return Actor(ActorKind.CUSTOMER, None, name, None, client_ip(), client_agent(), request_id())


def _page(session: Session, visitor: VisitView) -> dict[str, Any]:
    flags = guards.flags()
    switches = Switches(flags.payments, flags.payments_online, flags.inspections)
    return queries.read_page(session, visitor, switches, now())


def _settings() -> Settings:
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    return settings
