"""The addresses of one customer; the list of them all is of `backend.search`."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import current_actor, current_principal, now, requires
from backend.accounts.permissions import Permission
from backend.core import idempotency
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.http import Blueprint, version_from_if_match
from backend.customers import commands, queries, schemas

blueprint = Blueprint("customers", __name__, url_prefix="/api/customers", description="Customers")

# Hinted at after creating a customer; the page of duplicates has more.
HINTED_DUPLICATES = 5


@blueprint.post("")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
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


@blueprint.get("/<uuid:customer_id>")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.response(200, schemas.CustomerSchema)
def show_customer(customer_id: UUID) -> queries.CustomerDetail:
    """Show a customer with vehicles."""
    with reading() as session:
        return queries.get_customer(session, customer_id, now())


@blueprint.patch("/<uuid:customer_id>")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[IF_MATCH])
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


@blueprint.delete("/<uuid:customer_id>")
@requires(Permission.CUSTOMER_EDIT)
@blueprint.doc(parameters=[IF_MATCH])
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


@blueprint.get("/<uuid:customer_id>/duplicates")
@requires(Permission.CUSTOMER_VIEW)
@blueprint.response(200, schemas.DuplicateList)
def list_duplicates(customer_id: UUID) -> dict[str, Any]:
    """List who may be the same person: same phone, same email or a similar name."""
    with reading() as session:
        return {"items": queries.list_duplicates(session, customer_id, now=now())}


@blueprint.post("/<uuid:customer_id>/merge")
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


def _version(body: dict[str, Any]) -> int | None:
    """Take the version out of the body, or from If-Match."""
    header = version_from_if_match()
    version: int | None = body.pop("version", None)
    return header if version is None else version
