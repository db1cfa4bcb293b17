"""The catalogue: /api/catalog."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, now, requires
from backend.accounts.permissions import Permission
from backend.catalog import commands, queries, rules, schemas
from backend.catalog.rules import Rates, TaxClass
from backend.core import idempotency
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.http import Blueprint, decode_cursor, encode_cursor, json_response, version_from_if_match
from backend.shop import queries as shop

blueprint = Blueprint("catalog", __name__, url_prefix="/api/catalog", description="Canned jobs, labor and tax rates")


@blueprint.get("/jobs")
@requires(Permission.SERVICE_EDIT)
@blueprint.arguments(schemas.CatalogQuery, location="query")
@blueprint.response(200, schemas.CatalogPage)
def list_catalog(query: dict[str, Any]) -> Response:
    """List canned jobs by name, with their price at a location."""
    location_ids = current_principal().location_ids
    if query["location_id"] is not None:
        location_ids = (chosen_location(query["location_id"]),)
    wanted = queries.CatalogFilter(location_ids, query["q"], query["category"], query["with_inactive"])
    after = decode_cursor(query["cursor"], lambda name, identifier: (str(name), UUID(identifier)))
    with reading() as session:
        found = queries.list_catalog(session, wanted, after=after, limit=query["limit"] + 1)
        rates = queries.read_rates(session, location_ids[0]) if len(location_ids) == 1 else None
    page = found[: query["limit"]]
    last = page[-1] if len(found) > len(page) else None
    return json_response(
        {
            "items": [_shown(view, rates) for view in page],
            "nextCursor": None if last is None else encode_cursor(last.name, last.id),
        }
    )


@blueprint.post("/jobs")
@requires(Permission.CATALOG_MANAGE)
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.CatalogCreate)
@blueprint.response(201, schemas.CatalogJobSchema)
@blueprint.alt_response(409, description="There is a job of that name.")
def create_catalog_job(body: dict[str, Any]) -> Response:
    """Put a job into the catalogue."""
    location_ids = current_principal().location_ids

    def create(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        catalog_id = commands.create_catalog_job(
            session, body, actor=current_actor(), location_ids=location_ids, now=now()
        )
        return claim.keep(_shown(queries.get_catalog_job(session, catalog_id, location_ids), None), 201)

    return in_transaction(create)


@blueprint.patch("/jobs/<uuid:catalog_id>")
@requires(Permission.CATALOG_MANAGE)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.CatalogChange)
@blueprint.response(200, schemas.CatalogJobSchema)
@blueprint.alt_response(
    409, description="Somebody changed the same field (`conflicts` has both values), or the name is taken."
)
def change_catalog_job(body: dict[str, Any], catalog_id: UUID) -> Response:
    """Change fields; visits that have the job keep their lines."""
    version = _version(body)
    location_ids = current_principal().location_ids

    def change(session: Session) -> Response:
        commands.change_catalog_job(
            session, catalog_id, body, version=version, actor=current_actor(), location_ids=location_ids, now=now()
        )
        return json_response(_shown(queries.get_catalog_job(session, catalog_id, location_ids), None))

    return in_transaction(change)


@blueprint.delete("/jobs/<uuid:catalog_id>")
@requires(Permission.CATALOG_MANAGE)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(204)
def delete_catalog_job(catalog_id: UUID) -> None:
    """Take a job out of the catalogue."""
    version = version_from_if_match()
    location_ids = current_principal().location_ids
    in_transaction(
        lambda session: commands.delete_catalog_job(
            session, catalog_id, version=version, actor=current_actor(), location_ids=location_ids, now=now()
        )
    )


@blueprint.get("/rates")
@requires(Permission.SERVICE_EDIT)
@blueprint.arguments(schemas.RatesQuery, location="query")
@blueprint.response(200, schemas.RatesSchema)
def show_rates(query: dict[str, Any]) -> Response:
    """Show a location's labor rate matrix and tax rates."""
    location_id = chosen_location(query["location_id"])
    with reading() as session:
        return json_response(_rates(session, location_id))


@blueprint.put("/rates")
@requires(Permission.CATALOG_MANAGE)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.RatesChange)
@blueprint.response(200, schemas.RatesSchema)
@blueprint.alt_response(409, description="Somebody replaced the same rates; `conflicts` has both.")
def change_rates(body: dict[str, Any]) -> Response:
    """Replace labor rates, tax rates or both, for what is sold from now on."""
    location_id = chosen_location(body.pop("location_id"))
    version = _version(body)
    taxes = body.get("tax_rates")

    def change(session: Session) -> Response:
        commands.change_rates(
            session,
            location_id,
            labor=body.get("labor_rates"),
            taxes=None if taxes is None else {TaxClass(name): rate for name, rate in taxes.items()},
            version=version,
            actor=current_actor(),
            now=now(),
        )
        return json_response(_rates(session, location_id))

    return in_transaction(change)


def _rates(session: Session, location_id: UUID) -> dict[str, Any]:
    rates = queries.read_rates(session, location_id)
    shown = queries.shown_rates(rates.labor, rates.taxes)
    return {
        "locationId": location_id,
        "version": shop.get_settings(session, location_id).version,
        "laborRates": shown["labor_rates"],
        "taxRates": shown["tax_rates"],
    }


def _shown(view: queries.CatalogView, rates: Rates | None) -> dict[str, Any]:
    shown = queries.shown_job(view)
    if rates is not None:
        shown["priceCents"] = rules.price_of(view.lines, rates)
    return shown


def _version(body: dict[str, Any]) -> int | None:
    """Take the version out of the body, or from If-Match."""
    said: int | None = body.pop("version", None)
    return version_from_if_match() if said is None else said
