"""The ledger of a visit: take money, void it, give it back; and how the card processor's books compare."""

from typing import Any
from uuid import UUID

from flask import Response, current_app
from sqlalchemy.orm import Session

from backend.accounts.guards import current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.core import idempotency
from backend.core.db import in_transaction, reading
from backend.core.fields import PageQuery
from backend.core.http import Blueprint, decode_cursor, encode_cursor, json_response
from backend.invoices import queries as invoices
from backend.invoices.rules import entry_day
from backend.payments import commands, flows, queries, schemas
from backend.payments.commands import Taking
from backend.payments.models import PaymentMethod
from backend.payments.queries import PaymentView
from backend.settings import Settings
from backend.shop import queries as shop

blueprint = Blueprint("payments", __name__, url_prefix="/api", description="The ledger")

ONCE = "so that the money is entered once"


@blueprint.get("/appointments/<uuid:appointment_id>/payments")
@requires(Permission.MONEY_VIEW)
@feature("payments")
@blueprint.response(200, schemas.LedgerSchema)
def show_ledger(appointment_id: UUID) -> Response:
    """Show a visit's whole ledger, what is owed, and its invoice."""
    with reading() as session:
        visit = queries.get_visit(session, appointment_id, current_principal().location_ids)
        entries = queries.list_ledger(session, appointment_id)
        invoice = invoices.find_of_visit(session, appointment_id)
        days = invoices.find_days(session, visit.location_id, now())
    return json_response(
        {
            "appointment": {**queries.shown_visit(visit), "booksDay": entry_day(days, None, "accountingOn")},
            "items": [queries.shown(entry) for entry in entries],
            "invoice": None if invoice is None else invoices.shown(invoice),
            "nextCursor": None,
        }
    )


@blueprint.get("/payments/visits")
@requires(Permission.MONEY_VIEW)
@feature("payments")
@blueprint.arguments(schemas.VisitQuery, location="query")
@blueprint.response(200, schemas.FoundVisitPage)
def find_visit(query: dict[str, Any]) -> dict[str, Any]:
    """Find a visit by its number, for who keeps the books and sees no board; its ledger is at `/appointments/{id}/payments`."""
    with reading() as session:
        visit = queries.find_visit(session, query["number"], current_principal().location_ids)
    return {"items": [] if visit is None else [visit], "next_cursor": None}


@blueprint.post("/appointments/<uuid:appointment_id>/payments")
@requires(Permission.PAYMENT_RECORD)
@feature("payments")
@blueprint.doc(parameters=[idempotency.REQUIRED_KEY])
@blueprint.arguments(schemas.PaymentCreate)
@blueprint.response(201, schemas.EnteredSchema)
@blueprint.alt_response(
    409,
    description="More than is owed (`overpayment`), a canceled visit (`visit_canceled`) or a closed day (`day_closed`).",
)
def record_payment(body: dict[str, Any], appointment_id: UUID) -> Response:
    """Enter money that was taken; what settles the visit and is no deposit issues its invoice."""
    taking = Taking(**{**body, "method": PaymentMethod(body["method"])})
    return _once(lambda session: commands.record(session, appointment_id, taking, **_who()))


@blueprint.post("/payments/<uuid:payment_id>/void")
@requires(Permission.PAYMENT_VOID)
@feature("payments")
@blueprint.doc(parameters=[idempotency.REQUIRED_KEY])
@blueprint.arguments(schemas.PaymentVoid)
@blueprint.response(201, schemas.EnteredSchema)
@blueprint.alt_response(409, description="It was voided or refunded before, was paid online, or is no payment.")
def void_payment(body: dict[str, Any], payment_id: UUID) -> Response:
    """Take a payment back whole, as if it had never been."""
    return _once(lambda session: commands.void(session, payment_id, body["reason"], **_who()))


@blueprint.post("/payments/<uuid:payment_id>/refund")
@requires(Permission.PAYMENT_VOID)
@feature("payments")
@blueprint.doc(parameters=[idempotency.REQUIRED_KEY])
@blueprint.arguments(schemas.PaymentRefund)
@blueprint.response(201, schemas.EnteredSchema)
@blueprint.alt_response(409, description="More than is left of it (`refund_too_large`), voided, or no payment.")
@blueprint.alt_response(
    422, description="The card processor refused (`processor_refused`) or failed (`refund_failed`)."
)
@blueprint.alt_response(503, description="The card processor does not answer; the same key moves the money once.")
def refund_payment(body: dict[str, Any], payment_id: UUID) -> Response:
    """Give back a part of a payment, or what is left of it; what was paid online goes back by the card processor."""
    who = current_principal()
    request_key = idempotency.digest(who.user_id, purpose=ONCE)
    with reading() as session:
        answered = idempotency.find_answer(session, who.user_id, now())
        payment = queries.get_payment(session, payment_id, who.location_ids)
    if answered is not None:
        return answered
    amount, reason = body["amount_cents"], body["reason"]
    if payment.provider_id is None:
        return _once(lambda session: commands.refund(session, payment_id, amount, reason, **_who()))
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    refund_id = flows.refund(settings, payment_id, amount, reason, request_key=request_key, **_who())
    return _once(lambda session: queries.get_refund_entry(session, refund_id))


@blueprint.get("/admin/payments/reconciliation")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, schemas.ReconciliationPage)
def list_reconciliations(query: dict[str, Any]) -> Response:
    """List comparisons of the ledger with the card processor's books, the newest first: differences at one's own locations.

    What matched is summed over all locations, for those alone who work at all of them.
    """
    after = decode_cursor(query["cursor"], UUID)
    with reading() as session:
        found = queries.list_reconciliations(session, after=after, limit=query["limit"] + 1)
        sees_all = shop.are_all(session, current_principal().location_ids)
    page = found[: query["limit"]]
    mine = {None, *(str(location_id) for location_id in current_principal().location_ids)}
    items = [
        {
            **{name: getattr(run, name) for name in ("id", "since")},
            "ranAt": run.ran_at,
            "matched": run.matched if sees_all else None,
            "matchedCents": run.matched_cents if sees_all else None,
            "differences": [one for one in run.differences if one["locationId"] in mine],
        }
        for run in page
    ]
    return json_response({"items": items, "nextCursor": encode_cursor(page[-1].id) if len(found) > len(page) else None})


def _once(work: Any) -> Response:
    """Enter something once per Idempotency-Key, and answer with how the visit stands then."""

    def enter(session: Session) -> Response:
        claim = idempotency.require(session, current_principal().user_id, now(), purpose=ONCE)
        return claim.keep(_entered(session, work(session)), 201) if claim.replay is None else claim.replay

    return in_transaction(enter)


def _entered(session: Session, entry: PaymentView) -> dict[str, Any]:
    account = queries.get_visit(session, entry.appointment_id, None).account
    invoice = invoices.find_of_visit(session, entry.appointment_id)
    return {
        **queries.shown(entry),
        "totalCents": account.total_cents,
        "paidCents": account.paid_cents,
        "balanceCents": account.balance_cents,
        "invoice": None if invoice is None else invoices.shown(invoice),
    }


def _who() -> dict[str, Any]:
    """Return who acts, where they may, and when: what every command asks for."""
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}
