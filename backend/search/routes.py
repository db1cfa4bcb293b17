"""The list of customers, and the search in it."""

from typing import Any
from uuid import UUID

from backend.accounts.guards import now, requires
from backend.accounts.permissions import Permission
from backend.core.db import reading
from backend.core.http import Blueprint, decode_cursor, encode_cursor
from backend.search import queries, schemas

blueprint = Blueprint("search", __name__, url_prefix="/api/customers", description="Finding customers")


@blueprint.get("")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.arguments(schemas.CustomerQuery, location="query")
@blueprint.response(200, schemas.CustomerPage)
def list_customers(query: dict[str, Any]) -> dict[str, Any]:
    """List customers by name, or search them."""
    after = decode_cursor(query["cursor"], _search_key)
    with reading() as session:
        if query["q"] is None:
            page = queries.list_customers(session, now=now(), limit=query["limit"], after=after)
        else:
            page = queries.search_customers(session, query["q"], now=now(), limit=query["limit"], after=after)
    further = encode_cursor(page.next.score, page.next.name_key, page.next.id) if page.next else None
    return {"items": page.items, "next_cursor": further}


def _search_key(score: str, name_key: str, customer_id: str) -> queries.SearchCursor:
    return queries.SearchCursor(_small(score), _text(name_key), UUID(customer_id))


def _small(text: str) -> int:
    number = int(text)
    if abs(number) > 1000:  # noqa: PLR2004  the highest score
        raise ValueError("no score of a search")
    return number


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError("no key of a name")
    return text
