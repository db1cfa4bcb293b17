"""Customers, vehicles, their histories, and VINs."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import current_actor, current_principal, now, requires
from backend.accounts.permissions import Permission
from backend.core import idempotency
from backend.core.clock import utc_now
from backend.core.db import in_transaction, reading
from backend.core.fields import PageQuery
from backend.core.http import Blueprint, decode_cursor, encode_cursor, version_from_if_match
from backend.customers import commands, queries, rules, schemas

blueprint = Blueprint("customers", __name__, url_prefix="/api", description="Customers and vehicles")

# Hinted at after creating a customer; the page of duplicates has more.
HINTED_DUPLICATES = 5
# More characters than people put into a VIN need not be looked at one by one.
READ_OF_A_VIN = 64


# --- customers --------------------------------------------------------------------------------


@blueprint.get("/customers")
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


@blueprint.post("/customers")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[schemas.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.CustomerCreate)
@blueprint.response(201, schemas.CreatedCustomerSchema)
def create_customer(body: dict[str, Any]) -> Response:
    """Put a customer on file; the answer hints at who may be the same person."""

    def create(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        customer_id = commands.create_customer(session, body, actor=current_actor(), now=now())
        created = asdict(queries.get_customer(session, customer_id, now()))
        created["possible_duplicates"] = queries.list_duplicates(
            session, customer_id, now=now(), limit=HINTED_DUPLICATES
        )
        return claim.keep(schemas.CreatedCustomerSchema().dump(created), 201)

    return in_transaction(create)


@blueprint.get("/customers/<uuid:customer_id>")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.response(200, schemas.CustomerSchema)
def show_customer(customer_id: UUID) -> queries.CustomerDetail:
    """Show a customer with vehicles."""
    with reading() as session:
        return queries.get_customer(session, customer_id, now())


@blueprint.patch("/customers/<uuid:customer_id>")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[schemas.IF_MATCH])
@blueprint.arguments(schemas.CustomerChange)
@blueprint.response(200, schemas.CustomerSchema)
@blueprint.alt_response(409, description="Somebody changed the same field; `conflicts` has both values.")
def change_customer(body: dict[str, Any], customer_id: UUID) -> queries.CustomerDetail:
    """Change fields; what others changed meanwhile in other fields stays."""
    version = _version(body)

    def change(session: Session) -> queries.CustomerDetail:
        commands.change_customer(session, customer_id, body, version=version, actor=current_actor(), now=now())
        return queries.get_customer(session, customer_id, now())

    return in_transaction(change)


@blueprint.delete("/customers/<uuid:customer_id>")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[schemas.IF_MATCH])
@blueprint.response(204)
@blueprint.alt_response(409, description="There are open appointments, or somebody changed the customer.")
def delete_customer(customer_id: UUID) -> None:
    """Take a customer off the lists."""
    version = version_from_if_match()
    in_transaction(
        lambda session: commands.delete_customer(
            session, customer_id, version=version, actor=current_actor(), now=now()
        )
    )


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


@blueprint.get("/customers/<uuid:customer_id>/duplicates")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.response(200, schemas.DuplicateList)
def list_duplicates(customer_id: UUID) -> dict[str, Any]:
    """List who may be the same person: same phone, same email or a similar name."""
    with reading() as session:
        return {"items": queries.list_duplicates(session, customer_id, now=now())}


@blueprint.post("/customers/<uuid:customer_id>/merge")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.arguments(schemas.CustomerMerge)
@blueprint.response(200, schemas.CustomerSchema)
def merge_customers(body: dict[str, Any], customer_id: UUID) -> queries.CustomerDetail:
    """Merge a duplicate into this customer: vehicles, appointments and messages move, the duplicate is deleted."""

    def merge(session: Session) -> queries.CustomerDetail:
        commands.merge_customers(
            session, customer_id, body["duplicate_id"], body["fields_"], actor=current_actor(), now=now()
        )
        return queries.get_customer(session, customer_id, now())

    return in_transaction(merge)


# --- vehicles ---------------------------------------------------------------------------------


@blueprint.get("/vehicles")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.arguments(schemas.VehicleQuery, location="query")
@blueprint.response(200, schemas.VehiclePage)
def list_vehicles(query: dict[str, Any]) -> dict[str, Any]:
    """List vehicles, the newest entry first."""
    before_id = decode_cursor(query["cursor"], UUID)
    wanted = queries.VehicleFilter(query["customer_id"], query["q"])
    with reading() as session:
        rows = queries.list_vehicles(session, wanted, limit=query["limit"] + 1, before_id=before_id)
    page = rows[: query["limit"]]
    return {"items": page, "next_cursor": encode_cursor(page[-1].id) if len(rows) > len(page) else None}


@blueprint.post("/vehicles")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[schemas.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.VehicleCreate)
@blueprint.response(201, schemas.VehicleSchema)
@blueprint.alt_response(409, description="Another vehicle has this VIN.")
def create_vehicle(body: dict[str, Any]) -> Response:
    """Put a vehicle on file, with or without an owner."""

    def create(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        vehicle_id = commands.create_vehicle(session, body, actor=current_actor(), now=now())
        return claim.keep(schemas.VehicleSchema().dump(queries.get_vehicle(session, vehicle_id)), 201)

    return in_transaction(create)


@blueprint.get("/vehicles/<uuid:vehicle_id>")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.response(200, schemas.VehicleSchema)
def show_vehicle(vehicle_id: UUID) -> queries.VehicleRow:
    """Show a vehicle with its owner."""
    with reading() as session:
        return queries.get_vehicle(session, vehicle_id)


@blueprint.patch("/vehicles/<uuid:vehicle_id>")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[schemas.IF_MATCH])
@blueprint.arguments(schemas.VehicleChange)
@blueprint.response(200, schemas.VehicleSchema)
@blueprint.alt_response(409, description="Somebody changed the same field, or another vehicle has this VIN.")
def change_vehicle(body: dict[str, Any], vehicle_id: UUID) -> queries.VehicleRow:
    """Change fields, the owner among them; what others changed meanwhile in other fields stays."""
    version = _version(body)

    def change(session: Session) -> queries.VehicleRow:
        commands.change_vehicle(session, vehicle_id, body, version=version, actor=current_actor(), now=now())
        return queries.get_vehicle(session, vehicle_id)

    return in_transaction(change)


@blueprint.delete("/vehicles/<uuid:vehicle_id>")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[schemas.IF_MATCH])
@blueprint.response(204)
@blueprint.alt_response(409, description="There are open appointments, or somebody changed the vehicle.")
def delete_vehicle(vehicle_id: UUID) -> None:
    """Take a vehicle off the lists."""
    version = version_from_if_match()
    in_transaction(
        lambda session: commands.delete_vehicle(session, vehicle_id, version=version, actor=current_actor(), now=now())
    )


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


@blueprint.get("/vin/<string:vin>")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.response(200, schemas.VinSchema)
def decode_vin(vin: str) -> rules.Vin:
    """Check and decode a VIN; what is wrong with it stands in `errors`."""
    return rules.decode_vin(vin[:READ_OF_A_VIN], utc_now().year)


# --- what several views need ----------------------------------------------------------------------


def _version(body: dict[str, Any]) -> int | None:
    """Take the version out of the body, or from If-Match."""
    header = version_from_if_match()
    version: int | None = body.pop("version", None)
    return header if version is None else version


def _sees_money() -> bool:
    return current_principal().may(Permission.MONEY_VIEW)


def _search_key(score: str, name_key: str, customer_id: str) -> queries.SearchCursor:
    return queries.SearchCursor(_small(score), _text(name_key), UUID(customer_id))


def _visit_key(start: str, appointment_id: str) -> queries.VisitCursor:
    moment = datetime.fromisoformat(start)
    if moment.tzinfo is None:
        raise ValueError("a cursor's instant has an offset")
    return queries.VisitCursor(moment, UUID(appointment_id))


def _small(text: str) -> int:
    number = int(text)
    if abs(number) > 1000:  # noqa: PLR2004  the highest score
        raise ValueError("no score of a search")
    return number


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError("no key of a name")
    return text


def _visit_page(visits: list[queries.Visit], limit: int) -> dict[str, Any]:
    page = visits[:limit]
    items = [asdict(visit) for visit in page]
    if not _sees_money():
        for item in items:
            del item["total_cents"], item["paid_cents"]
    more = len(visits) > limit
    return {"items": items, "next_cursor": encode_cursor(page[-1].start, page[-1].appointment_id) if more else None}
