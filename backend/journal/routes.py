"""The journal before it is exported: /api/books/journal."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_principal, feature, requires
from backend.accounts.permissions import Permission
from backend.core.db import reading
from backend.core.http import Blueprint, decode_cursor, encode_cursor
from backend.journal import queries, schemas
from backend.journal.queries import JournalEntry
from backend.journal.rules import ACCOUNT_NAMES, Account, JournalLine
from backend.shop import queries as shop

blueprint = Blueprint("journal", __name__, url_prefix="/api/books/journal", description="The journal of the books")


@blueprint.get("")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.arguments(schemas.JournalQuery, location="query")
@blueprint.response(200, schemas.JournalPage)
def list_entries(query: dict[str, Any]) -> dict[str, Any]:
    """List a range's entries by day, the newest first."""
    after = decode_cursor(
        query["cursor"],
        lambda day, at, turn, entry: (date.fromisoformat(day), datetime.fromisoformat(at), int(turn), str(entry)),
    )
    first, last = query["first_day"], query["last_day"]
    with reading() as session:
        location_ids, _ = _scope(session, query["location_id"])
        found = list(
            queries.iterate_journal(
                session, location_ids, first, last, after=after, limit=query["limit"] + 1, newest_first=True
            )
        )
    page = found[: query["limit"]]
    more = len(found) > len(page)
    return {
        "items": [_shown(entry) for entry in page],
        "next_cursor": encode_cursor(page[-1].day, page[-1].at, page[-1].turn, page[-1].id) if more else None,
    }


@blueprint.get("/balance")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.arguments(schemas.RangeQuery, location="query")
@blueprint.response(200, schemas.JournalBalanceSchema)
def show_balance(query: dict[str, Any]) -> dict[str, Any]:
    """Sum a range by account, and say whether everything ties out."""
    first, last = query["first_day"], query["last_day"]
    with reading() as session:
        location_ids, currency = _scope(session, query["location_id"])
        balance = queries.read_balance(session, location_ids, first, last)
        faults = queries.list_faults(session, location_ids, first, last)
    names = (
        "entries",
        "debit_cents",
        "credit_cents",
        "invoiced_cents",
        "paid_cents",
        "owed_change_cents",
        "difference_cents",
    )
    return {
        **{name: getattr(balance, name) for name in names},
        "currency": currency,
        "accounts": [
            _shown_line(JournalLine(account, debit, credit)) for account, (debit, credit) in balance.accounts.items()
        ],
        "faults": faults,
    }


def _scope(session: Session, location_id: UUID | None) -> tuple[tuple[UUID, ...], str]:
    location_ids = current_principal().location_ids if location_id is None else (chosen_location(location_id),)
    return location_ids, shop.common_currency(session, location_ids)


def _shown(entry: JournalEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in JournalEntry.__dataclass_fields__ if name != "turn"}
    return {**values, "lines": [_shown_line(line) for line in entry.lines]}


def _shown_line(line: JournalLine) -> dict[str, Any]:
    return {
        "account": line.account.value,
        "account_name": ACCOUNT_NAMES[Account(line.account)],
        "debit_cents": line.debit_cents,
        "credit_cents": line.credit_cents,
    }
