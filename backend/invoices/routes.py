"""Invoices: issue, find, unlock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.core.db import in_transaction, reading
from backend.core.errors import invalid_field
from backend.core.http import Blueprint, decode_cursor, encode_cursor, json_response
from backend.invoices import commands, queries, schemas

blueprint = Blueprint("invoices", __name__, url_prefix="/api", description="Invoices")


@blueprint.post("/appointments/<uuid:appointment_id>/invoice")
@requires(Permission.PAYMENT_RECORD)
@feature("payments")
@blueprint.response(201, schemas.InvoiceDetailSchema)
@blueprint.alt_response(409, description="An invoice stands (`already_invoiced`), or there is nothing to charge.")
def issue_invoice(appointment_id: UUID) -> Response:
    """Issue a visit's invoice and lock what it charges; after an unlocking, its next version under the same number."""

    def issue(session: Session) -> Response:
        version = commands.issue(session, appointment_id, **_who())
        return json_response(_detail(session, version.invoice_id), 201)

    return in_transaction(issue)


@blueprint.get("/invoices")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.arguments(schemas.InvoiceQuery, location="query")
@blueprint.response(200, schemas.InvoicePage)
def list_invoices(query: dict[str, Any]) -> Response:
    """List invoices, the newest first."""
    first_day, last_day = query["first_day"], query["last_day"]
    if first_day and last_day and first_day > last_day:
        raise invalid_field("to", "Choose a date that is not before `from`.")
    location_ids = current_principal().location_ids
    if query["location_id"] is not None:
        location_ids = (chosen_location(query["location_id"]),)
    wanted = queries.InvoiceFilter(location_ids, first_day, last_day, query["number"], query["customer_id"])
    after = decode_cursor(query["cursor"], _list_key)
    with reading() as session:
        found = queries.list_invoices(session, wanted, after=after, limit=query["limit"] + 1)
    page = found[: query["limit"]]
    cursor = encode_cursor(page[-1].created_at, page[-1].id) if len(found) > len(page) else None
    return json_response({"items": [queries.shown(view) for view in page], "nextCursor": cursor})


@blueprint.get("/invoices/<uuid:invoice_id>")
@requires(Permission.MONEY_VIEW)
@feature("payments")
@blueprint.response(200, schemas.InvoiceDetailSchema)
def show_invoice(invoice_id: UUID) -> Response:
    """Show an invoice with all its versions and its frozen paper."""
    with reading() as session:
        return json_response(_detail(session, invoice_id))


@blueprint.post("/invoices/<uuid:invoice_id>/unlock")
@requires(Permission.INVOICE_UNLOCK)
@feature("payments")
@blueprint.arguments(schemas.InvoiceUnlock)
@blueprint.response(200, schemas.InvoiceDetailSchema)
@blueprint.alt_response(409, description="It is unlocked already (`not_issued`).")
def unlock_invoice(body: dict[str, Any], invoice_id: UUID) -> Response:
    """Take an invoice back, with a reason, so that its visit can be changed and invoiced anew."""

    def unlock(session: Session) -> Response:
        commands.unlock(session, invoice_id, body["reason"], **_who())
        return json_response(_detail(session, invoice_id))

    return in_transaction(unlock)


def _who() -> dict[str, Any]:
    """Return who acts, where they may, and when: what every command asks for."""
    return {"actor": current_actor(), "location_ids": current_principal().location_ids, "now": now()}


def _detail(session: Session, invoice_id: UUID) -> dict[str, Any]:
    view = queries.get_invoice(session, invoice_id, current_principal().location_ids)
    return {
        **queries.shown(view),
        "versions": [queries.shown_version(version) for version in queries.list_versions(session, invoice_id)],
        "document": queries.get_document(session, view.newest.id),
    }


def _list_key(created_at: str, identifier: str) -> queries.ListKey:
    moment = datetime.fromisoformat(created_at)
    if moment.tzinfo is None:
        raise ValueError("a moment without its offset")
    return moment, UUID(identifier)
