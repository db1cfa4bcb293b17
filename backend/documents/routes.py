"""Papers of a visit: /api/appointments/…/papers."""

from typing import Any
from uuid import UUID

from flask import Response, current_app

from backend.accounts.guards import current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.core.db import reading
from backend.core.http import Blueprint, pdf_response
from backend.documents import queries, rules, schemas
from backend.documents.rules import PaperKind, PaperSize
from backend.settings import Settings

blueprint = Blueprint("documents", __name__, url_prefix="/api/appointments", description="Papers of a visit as PDF")

_PDF = {"responses": {"200": {"description": "The paper.", "content": {"application/pdf": {}}}}}


@blueprint.get("/<uuid:appointment_id>/papers/work-order.pdf")
@requires(Permission.APPOINTMENT_VIEW)
@blueprint.doc(**_PDF)
@blueprint.arguments(schemas.PaperQuery, location="query")
def print_work_order(query: dict[str, Any], appointment_id: UUID) -> Response:
    """Print the technician's copy: no prices."""
    return _print(PaperKind.WORK_ORDER, appointment_id, query)


@blueprint.get("/<uuid:appointment_id>/papers/estimate.pdf")
@requires(Permission.MONEY_VIEW)
@blueprint.doc(**_PDF)
@blueprint.arguments(schemas.VersionedPaperQuery, location="query")
def print_estimate(query: dict[str, Any], appointment_id: UUID) -> Response:
    """Print the estimate as it was shown, or a draft of it."""
    return _print(PaperKind.ESTIMATE, appointment_id, query)


@blueprint.get("/<uuid:appointment_id>/papers/evidence.pdf")
@requires(Permission.MONEY_VIEW)
@blueprint.doc(**_PDF)
@blueprint.arguments(schemas.PaperQuery, location="query")
def print_evidence(query: dict[str, Any], appointment_id: UUID) -> Response:
    """Print who approved what, when, how, and exactly what was shown."""
    return _print(PaperKind.EVIDENCE, appointment_id, query)


@blueprint.get("/<uuid:appointment_id>/papers/invoice.pdf")
@requires(Permission.MONEY_VIEW)
@feature("payments")
@blueprint.doc(**_PDF)
@blueprint.arguments(schemas.VersionedPaperQuery, location="query")
def print_invoice(query: dict[str, Any], appointment_id: UUID) -> Response:
    """Print the invoice as it was frozen, or a draft of it."""
    return _print(PaperKind.INVOICE, appointment_id, query)


@blueprint.get("/<uuid:appointment_id>/papers/receipt.pdf")
@requires(Permission.MONEY_VIEW)
@feature("payments")
@blueprint.doc(**_PDF)
@blueprint.arguments(schemas.PaperQuery, location="query")
def print_receipt(query: dict[str, Any], appointment_id: UUID) -> Response:
    """Print what was received, and what is still open."""
    return _print(PaperKind.RECEIPT, appointment_id, query)


def _print(kind: PaperKind, appointment_id: UUID, query: dict[str, Any]) -> Response:
    with reading() as session:
        paper = queries.read_paper(
            session,
            kind,
            appointment_id,
            location_ids=current_principal().location_ids,
            version=query.get("version"),
            now=now(),
        )
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    size = PaperSize(query["paper"]) if query["paper"] else paper.size
    return pdf_response(queries.render(kind, paper.content, size, rules.brand_of(settings)), paper.name)
