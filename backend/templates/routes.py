"""Prepared texts: /api/message-templates."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission, may
from backend.core import idempotency
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.http import Blueprint, decode_cursor, encode_cursor, version_from_if_match
from backend.settings import Settings
from backend.templates import commands, queries, rules, schemas
from backend.templates.rules import VARIABLES, TemplateCategory, TemplateChannel

blueprint = Blueprint(
    "templates", __name__, url_prefix="/api/message-templates", description="Prepared texts and emails"
)


@blueprint.get("")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(schemas.TemplateQuery, location="query")
@blueprint.response(200, schemas.TemplatePage)
def list_templates(query: dict[str, Any]) -> dict[str, Any]:
    """List templates by name."""
    location_ids = current_principal().location_ids
    wanted = queries.TemplateFilter(
        location_ids if query["location_id"] is None else (chosen_location(query["location_id"]),),
        TemplateChannel(query["channel"]) if query["channel"] else None,
        TemplateCategory(query["category"]) if query["category"] else None,
    )
    after = decode_cursor(query["cursor"], lambda name, identifier: (str(name), UUID(identifier)))
    with reading() as session:
        found = queries.list_templates(session, wanted, after=after, limit=query["limit"] + 1)
    page = found[: query["limit"]]
    more = len(found) > len(page)
    return {"items": page, "next_cursor": encode_cursor(page[-1].name, page[-1].id) if more else None}


@blueprint.get("/variables")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.response(200, schemas.VariableList)
def list_variables() -> dict[str, Any]:
    """List the variables that may stand in a template."""
    return {"items": list(VARIABLES.values())}


@blueprint.post("")
@requires(Permission.CATALOG_MANAGE)
@feature("messaging")
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.TemplateCreate)
@blueprint.response(201, schemas.TemplateSchema)
@blueprint.alt_response(409, description="There is a template of that name.")
@blueprint.alt_response(422, description="A field is wrong, or the linter found something; `findings` say what.")
def create_template(body: dict[str, Any]) -> Response:
    """Create a template."""
    location_ids = current_principal().location_ids

    def create(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        template_id = commands.create_template(
            session, body, host=_host(), actor=current_actor(), location_ids=location_ids, now=now()
        )
        created = queries.get_template(session, template_id, location_ids)
        return claim.keep(schemas.TemplateSchema().dump(created), 201)

    return in_transaction(create)


@blueprint.patch("/<uuid:template_id>")
@requires(Permission.CATALOG_MANAGE)
@feature("messaging")
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.TemplateChange)
@blueprint.response(200, schemas.TemplateSchema)
@blueprint.alt_response(
    409, description="Somebody changed the same field (`conflicts` has both values), or the name is taken."
)
def change_template(body: dict[str, Any], template_id: UUID) -> queries.TemplateView:
    """Change fields; what others changed meanwhile in other fields stays."""
    header = version_from_if_match()
    said = body.pop("version", None)
    location_ids = current_principal().location_ids

    def change(session: Session) -> queries.TemplateView:
        commands.change_template(
            session,
            template_id,
            body,
            version=header if said is None else said,
            host=_host(),
            actor=current_actor(),
            location_ids=location_ids,
            now=now(),
        )
        return queries.get_template(session, template_id, location_ids)

    return in_transaction(change)


@blueprint.delete("/<uuid:template_id>")
@requires(Permission.CATALOG_MANAGE)
@feature("messaging")
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(204)
@blueprint.alt_response(409, description="It is sent by itself somewhere, or somebody changed it.")
def delete_template(template_id: UUID) -> None:
    """Take a template off the picker."""
    version = version_from_if_match()
    location_ids = current_principal().location_ids
    in_transaction(
        lambda session: commands.delete_template(
            session, template_id, version=version, actor=current_actor(), location_ids=location_ids, now=now()
        )
    )


@blueprint.post("/check")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(schemas.TemplateCheck)
@blueprint.response(200, schemas.CheckSchema)
def check_template(body: dict[str, Any]) -> dict[str, Any]:
    """Show a text as a job would get it as its first, with the shop's name and the footer, and say what is wrong with it; changes nothing."""
    values = dict(rules.EXAMPLES)
    if body["appointment_id"] is None and body["location_id"] is not None:
        with reading() as session:
            values |= queries.read_shop_values(session, chosen_location(body["location_id"]))
    if body["appointment_id"] is not None:
        with reading() as session:
            values = queries.read_values(session, body["appointment_id"], current_principal().location_ids)
    withheld: set[str] = set()
    if not may(current_principal().role, Permission.MONEY_VIEW):
        withheld = {name for name, variable in VARIABLES.items() if variable.is_money}
        values = rules.without_money(values)
    channel, subject = TemplateChannel(body["channel"]), body["subject"]
    is_sms = channel is TemplateChannel.SMS
    filled = rules.fill(body["body"], values)
    filled_subject = rules.fill(subject or "", values)
    shop_name = values["shop_name"] if is_sms else None
    used = {placeholder.name for text in (body["body"], subject or "") for placeholder in rules.parse(text)}
    finished = rules.finish(filled.text, footer=is_sms, shop_name=shop_name)
    return {
        **asdict(finished.segments),
        "text": finished.text if is_sms else filled.text,
        "subject": filled_subject.text or None,
        "footer": is_sms,
        "replaced": finished.replaced if is_sms else (),
        "missing": list(dict.fromkeys([*filled_subject.missing, *filled.missing])),
        "withheld": sorted(withheld & used),
        "findings": rules.lint_template(body["body"], subject, host=_host(), channel=channel),
    }


def _host() -> str:
    """Return our own host, where links may lead."""
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    return urlsplit(settings.public_url).hostname or ""
