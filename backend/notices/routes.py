"""What a location tells by itself, and the texts of one job."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission, may
from backend.core.db import in_transaction, reading
from backend.core.http import Blueprint
from backend.notices import commands, queries, schemas
from backend.notices.commands import JobText
from backend.notices.rules import Job, Loudness, Trigger

blueprint = Blueprint("notices", __name__, url_prefix="/api", description="Texts that the shop sends by itself")


@blueprint.get("/notice-rules")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.arguments(schemas.RuleQuery, location="query")
@blueprint.response(200, schemas.RuleList)
def list_rules(query: dict[str, Any]) -> dict[str, Any]:
    """List what a location does at every trigger."""
    location_id = chosen_location(query["location_id"])
    with reading() as session:
        return {"items": queries.list_rules(session, location_id), "next_cursor": None}


@blueprint.put("/notice-rules")
@requires(Permission.CATALOG_MANAGE)
@feature("messaging")
@blueprint.arguments(schemas.RuleChange)
@blueprint.response(200, schemas.RuleSchema)
@blueprint.alt_response(409, description="Somebody changed it; `rule` is what it is now.")
def set_rule(body: dict[str, Any]) -> queries.RuleView:
    """Say what a location does at a trigger; what waits to be sent by the rule of before is taken back."""
    location_id = chosen_location(body["location_id"])
    trigger = Trigger(body["trigger"])

    def change(session: Session) -> queries.RuleView:
        commands.set_rule(
            session,
            location_id,
            trigger,
            Loudness(body["loudness"]),
            body["template_id"],
            version=body["version"],
            actor=current_actor(),
            location_ids=current_principal().location_ids,
            now=now(),
        )
        return queries.get_rule(session, location_id, trigger)

    return in_transaction(change)


@blueprint.get("/appointments/<uuid:appointment_id>/texts")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.response(200, schemas.JobTextList)
def list_texts(appointment_id: UUID) -> dict[str, Any]:
    """List every text that a job got and will get by itself, when, and what would become of it; sends nothing."""
    principal = current_principal()
    with_money = may(principal.role, Permission.MONEY_VIEW)
    with reading() as session:
        job = queries.get_job(session, appointment_id, principal.location_ids)
        texts = commands.simulate(session, job, with_money=with_money, now=now())
    return {"items": [_shown(text, job) for text in texts], "next_cursor": None}


@blueprint.get("/appointments/<uuid:appointment_id>/texts/leaving")
@requires(Permission.MESSAGE_VIEW)
@feature("messaging")
@blueprint.response(200, schemas.JobTextList)
def list_leaving(appointment_id: UUID) -> dict[str, Any]:
    """Show what a job's last step tells the customer, exactly as it will leave: one text, or none. Moved back, it does not."""
    principal = current_principal()
    with_money = may(principal.role, Permission.MONEY_VIEW)
    with reading() as session:
        job = queries.get_job(session, appointment_id, principal.location_ids)
        text = commands.find_leaving(session, job, with_money=with_money, now=now())
    return {"items": [] if text is None else [_shown(text, job)], "next_cursor": None}


def _shown(text: JobText, job: Job) -> dict[str, Any]:
    return {
        **{name: getattr(text, name) for name in JobText.__dataclass_fields__},
        "local_at": text.at.astimezone(job.zone).isoformat(timespec="seconds"),
        "zone": job.zone.key,
    }
