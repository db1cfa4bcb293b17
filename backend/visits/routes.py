"""The histories of customers and vehicles."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.accounts.guards import current_principal, requires
from backend.accounts.permissions import Permission
from backend.core.db import reading
from backend.core.fields import PageQuery
from backend.core.http import Blueprint, decode_cursor, encode_cursor
from backend.visits import queries, schemas

blueprint = Blueprint("visits", __name__, url_prefix="/api", description="Histories of customers and vehicles")


@blueprint.get("/customers/<uuid:customer_id>/history")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, schemas.VisitPage)
def show_customer_history(query: dict[str, Any], customer_id: UUID) -> dict[str, Any]:
    """List a customer's visits at all locations, newest first."""
    after = decode_cursor(query["cursor"], _visit_key)
    with reading() as session:
        visits = queries.list_visits_of_customer(
            session, customer_id, after=after, limit=query["limit"] + 1, with_money=_sees_money()
        )
    return _visit_page(visits, query["limit"])


@blueprint.get("/vehicles/<uuid:vehicle_id>/history")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, schemas.VisitPage)
def show_vehicle_history(query: dict[str, Any], vehicle_id: UUID) -> dict[str, Any]:
    """List a vehicle's visits at all locations and with all its owners, newest first."""
    after = decode_cursor(query["cursor"], _visit_key)
    with reading() as session:
        visits = queries.list_visits_of_vehicle(
            session, vehicle_id, after=after, limit=query["limit"] + 1, with_money=_sees_money()
        )
    return _visit_page(visits, query["limit"])


def _sees_money() -> bool:
    return current_principal().may(Permission.MONEY_VIEW)


def _visit_key(start: str, appointment_id: str) -> queries.VisitCursor:
    moment = datetime.fromisoformat(start)
    if moment.tzinfo is None:
        raise ValueError("a cursor's instant has an offset")
    return queries.VisitCursor(moment, UUID(appointment_id))


def _visit_page(visits: list[queries.Visit], limit: int) -> dict[str, Any]:
    page = visits[:limit]
    items = [asdict(visit) for visit in page]
    if not _sees_money():
        for item in items:
            del item["total_cents"], item["paid_cents"]
    more = len(visits) > limit
    return {"items": items, "next_cursor": encode_cursor(page[-1].start, page[-1].appointment_id) if more else None}
