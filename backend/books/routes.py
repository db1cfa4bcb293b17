"""The books: /api/books, and customers' statements."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, current_app
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.books import commands, queries, rules, schemas
from backend.books.commands import Count
from backend.core import idempotency
from backend.core.clock import local_day
from backend.core.db import in_transaction, reading
from backend.core.errors import NotFoundError, invalid_field
from backend.core.fields import Day
from backend.core.http import Blueprint, decode_cursor, encode_cursor, pdf_response
from backend.documents import queries as documents
from backend.documents.rules import PaperKind, PaperSize, brand_of
from backend.journal.schemas import LocationQuery, RangeQuery
from backend.settings import Settings
from backend.shop import queries as shop

blueprint = Blueprint("books", __name__, url_prefix="/api", description="Day closes, what is owed, taxes")

_PDF = {"responses": {"200": {"description": "The paper.", "content": {"application/pdf": {}}}}}
# More unpaid visits than anybody reads; the sums are of the invoices, which are all there.
MOST_UNINVOICED = 200


# --- days -------------------------------------------------------------------------------------


@blueprint.get("/books/days")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.arguments(schemas.CloseListQuery, location="query")
@blueprint.response(200, schemas.DayCloseList)
def list_closes(query: dict[str, Any]) -> dict[str, Any]:
    """List a location's closes, the newest first."""
    before = decode_cursor(query["cursor"], date.fromisoformat)
    location_id = chosen_location(query["location_id"])
    with reading() as session:
        found = queries.list_closes(session, location_id, before=before, limit=query["limit"] + 1)
        currency = shop.common_currency(session, (location_id,))
    page = found[: query["limit"]]
    cursor = encode_cursor(page[-1].day) if len(found) > len(page) else None
    return {"items": page, "currency": currency, "next_cursor": cursor}


@blueprint.get("/books/days/<day>")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.arguments(LocationQuery, location="query")
@blueprint.response(200, schemas.BooksDaySchema)
def show_day(query: dict[str, Any], day: str) -> dict[str, Any]:
    """Show what a day should hold by method, and which earlier days are open."""
    with reading() as session:
        return _shown_day(session, chosen_location(query["location_id"]), _day(day))


@blueprint.post("/books/days/<day>/close")
@requires(Permission.DAY_CLOSE)
@feature("payments")
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(LocationQuery, location="query")
@blueprint.arguments(schemas.DayCloseCreate)
@blueprint.response(201, schemas.BooksDaySchema)
@blueprint.alt_response(
    409, description="It is closed, earlier days are open (`days`), or the figures changed (`expected`)."
)
def close_day(query: dict[str, Any], body: dict[str, Any], day: str) -> Response:
    """Close a day against what was counted; nothing can be entered for it any more."""
    location_id, which = chosen_location(query["location_id"]), _day(day)
    count = Count(body["counted"], body["note"], body["expected"], body["with_earlier"])

    def close(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        commands.close_day(session, location_id, which, count, actor=current_actor(), now=now())
        return claim.keep(schemas.BooksDaySchema().dump(_shown_day(session, location_id, which)), 201)

    return in_transaction(close)


@blueprint.get("/books/days/<day>/sheet.pdf")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.doc(**_PDF)
@blueprint.arguments(schemas.SheetQuery, location="query")
def print_sheet(query: dict[str, Any], day: str) -> Response:
    """Print a day's sheet: to count by, or as it was closed."""
    location_id, which = chosen_location(query["location_id"]), _day(day)
    with reading() as session:
        place = shop.get_letterhead(session, location_id)
        zone = ZoneInfo(place["timezone"])
        found = queries.read_day(session, location_id, which)
        entries = queries.list_day_entries(session, location_id, found.days)
    close = found.close
    last = close.day if close else which
    content = rules.sheet_content(
        place,
        last,
        found.figures,
        [
            {
                "at": f"{one.at.astimezone(zone):%-I:%M %p}",
                "number": one.appointment_number,
                "customer": one.customer_name,
                "kind": one.kind,
                "method": one.method,
                "isDeposit": one.is_deposit,
                "reference": one.reference,
                "amountCents": one.amount_cents,
            }
            for one in entries
        ],
        note=close.note if close else None,
        closed=f"by {close.closed_by}" if close else None,
        earlier=[one for one in found.days if one != last],
        now=now(),
    )
    return _print(PaperKind.DAY_CLOSE, content, query, place, f"day-close-{last}")


def _day(text: str) -> date:
    """Read a day of an address.

    Raises:
        RuleViolationError: it is none.
    """
    try:
        day: date = Day().deserialize(text)
    except ValidationError as error:
        raise invalid_field("day", str(error.messages[0])) from error
    return day


def _shown_day(session: Session, location_id: UUID, day: date) -> dict[str, Any]:
    found = queries.read_day(session, location_id, day)
    place = shop.get_letterhead(session, location_id)
    amounts = {
        one.method: one.expected_cents if one.counted_cents is None else one.counted_cents for one in found.figures
    }
    ahead = queries.read_day_ahead(session, location_id, day)
    zone = ZoneInfo(place["timezone"])
    return {
        **{name: getattr(found, name) for name in ("day", "close", "earlier", "earlier_days", "entries")},
        "location_id": location_id,
        "currency": place["currency"],
        "today": local_day(now(), zone),
        "open_visits": ahead.open_visits,
        "shop_closes_at": datetime.combine(day, ahead.closes_at, tzinfo=zone),
        "is_closed": found.close is not None,
        "methods": found.figures,
        "slip_cents": rules.slip_cents(amounts),
    }


# --- what is owed -------------------------------------------------------------------------------


@blueprint.get("/books/unpaid")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.arguments(schemas.OwedQuery, location="query")
@blueprint.response(200, schemas.OwedSchema)
def show_unpaid(query: dict[str, Any]) -> dict[str, Any]:
    """Show what is owed as of a day, by age, and what is done and not invoiced."""
    with reading() as session:
        location_ids = _scope(query["location_id"])
        currency = shop.common_currency(session, location_ids)
        today = _today(session, location_ids)
        day = query["as_of"] or today
        invoices = queries.list_open_invoices(session, location_ids, day)
        return {
            "as_of": day,
            "unposted": queries.list_unposted(session, location_ids, day) if day >= today else [],
            "currency": currency,
            "aging_cents": rules.age(invoices),
            "open_cents": sum(one.balance_cents for one in invoices),
            "credit_cents": queries.credit_cents(session, location_ids, day),
            "invoices": invoices,
            "uninvoiced": queries.list_uninvoiced(session, location_ids, limit=MOST_UNINVOICED),
        }


@blueprint.get("/customers/<uuid:customer_id>/statement.pdf")
@requires(Permission.MONEY_VIEW)
@feature("payments")
@blueprint.doc(**_PDF)
@blueprint.arguments(schemas.StatementQuery, location="query")
def print_statement(query: dict[str, Any], customer_id: UUID) -> Response:
    """Print a customer's open invoices and their age, by location."""
    location_ids = _scope(query["location_id"])
    with reading() as session:
        customer = queries.find_customer(session, customer_id)
        if customer is None or not location_ids:
            raise NotFoundError("There is no such customer.")
        day = query["as_of"] or _today(session, location_ids)
        accounts = []
        for place in shop.list_locations(session, location_ids):
            invoices = queries.list_open_invoices(session, (place.id,), day, customer_id=customer_id)
            credit = queries.credit_cents(session, (place.id,), day, customer_id=customer_id)
            if invoices or credit or len(location_ids) == 1:
                accounts.append((place, invoices, credit))
        head = shop.get_letterhead(session, accounts[0][0].id if accounts else location_ids[0])
    content = rules.statement_content(
        head,
        customer,
        [(place.name, place.currency, invoices, credit) for place, invoices, credit in accounts],
        day=day,
        now=now(),
    )
    return _print(PaperKind.STATEMENT, content, query, head, f"statement-{day}")


# --- taxes --------------------------------------------------------------------------------------


@blueprint.get("/books/taxes")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.arguments(RangeQuery, location="query")
@blueprint.response(200, schemas.TaxReportSchema)
def show_taxes(query: dict[str, Any]) -> dict[str, Any]:
    """Show the sales taxes of what was invoiced, by class and rate, reversals taken off."""
    with reading() as session:
        location_ids = _scope(query["location_id"])
        currency = shop.common_currency(session, location_ids)
        report = queries.read_taxes(session, location_ids, query["first_day"], query["last_day"])
    names = ("rows", "net_cents", "untaxed_cents", "tax_cents")
    return {**{name: getattr(report, name) for name in names}, "currency": currency, "rounding": rules.ROUNDING}


def _scope(location_id: UUID | None) -> tuple[UUID, ...]:
    return current_principal().location_ids if location_id is None else (chosen_location(location_id),)


def _today(session: Session, location_ids: tuple[UUID, ...]) -> date:
    """Return the latest local day of these locations."""
    zones = [ZoneInfo(place.timezone) for place in shop.list_locations(session, location_ids)]
    return max((local_day(now(), zone) for zone in zones), default=now().date())


def _print(
    kind: PaperKind, content: dict[str, Any], query: dict[str, Any], place: dict[str, Any], name: str
) -> Response:
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    size = PaperSize(query["paper"] or place["paper"])
    return pdf_response(documents.render(kind, content, size, brand_of(settings)), name)
