"""The audit log: /api/admin/audit."""

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import chosen_location, current_actor, current_principal, now, requires
from backend.accounts.permissions import Permission
from backend.audit import commands as audit
from backend.audit import queries as chains
from backend.audit.models import AuditCheck
from backend.core.db import in_transaction, reading
from backend.core.http import Blueprint, decode_cursor, encode_cursor
from backend.settings import ROOT
from backend.shop import queries as shop
from backend.trail import queries, rules, schemas

blueprint = Blueprint("trail", __name__, url_prefix="/api/admin/audit", description="The audit log and its chain")

# Runs where nothing of ours is installed; the same file is in the repository.
VERIFIER = ROOT / "tools" / "verify_audit.py"


@blueprint.get("")
@requires(Permission.AUDIT_VIEW)
@blueprint.arguments(schemas.TrailQuery, location="query")
@blueprint.response(200, schemas.TrailPage)
def list_rows(query: dict[str, Any]) -> dict[str, Any]:
    """List what happened, newest first: at the person's locations, and what belongs to none."""
    before = decode_cursor(query["cursor"], UUID)
    chosen = query["location_id"]
    location_ids = current_principal().location_ids if chosen is None else (chosen_location(chosen),)
    with reading() as session:
        wanted = queries.TrailFilter(
            location_ids,
            with_shared=chosen is None,
            who=query["who"],
            action=query["action"],
            entity=query["entity"],
            entity_id=query["entity_id"],
            **_period(session, location_ids, query["first"], query["last"]),
        )
        found = queries.list_rows(
            session,
            wanted,
            before=before,
            limit=query["limit"] + 1,
            hidden=rules.hidden_from(current_principal().may),
        )
    page = found[: query["limit"]]
    return {"items": page, "next_cursor": encode_cursor(page[-1].id) if len(found) > len(page) else None}


def _period(
    session: Session, location_ids: tuple[UUID, ...], first: date | None, last: date | None
) -> dict[str, datetime | None]:
    """Return the instants that bound local days, by the clock of the first of the locations."""
    if not location_ids or (first is None and last is None):
        return {"first": None, "last": None}
    zone = shop.get_zone(session, location_ids[0])
    return {
        "first": None if first is None else _midnight(first, zone),
        "last": None if last is None else _midnight(last + timedelta(days=1), zone),
    }


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


@blueprint.get("/status")
@requires(Permission.AUDIT_VIEW)
@blueprint.response(200, schemas.TrailStatus)
def show_status() -> dict[str, Any]:
    """Show how far the log is sealed, and what the newest check found."""
    with reading() as session:
        return {
            "chains": queries.list_chains(session, current_principal().location_ids),
            "unsealed_count": chains.count_unsealed(session, now()),
            "check": chains.newest_check(session),
        }


@blueprint.post("/checks")
@requires(Permission.AUDIT_VIEW)
@blueprint.response(201, schemas.AuditCheckSchema)
def begin_check() -> AuditCheck:
    """Begin to check all chains; `/step` does a part of it each time."""
    return in_transaction(lambda session: audit.begin_check(session, by=current_principal().name, now=now()))


@blueprint.post("/checks/<uuid:check_id>/step")
@requires(Permission.AUDIT_VIEW)
@blueprint.response(200, schemas.AuditCheckSchema)
def advance_check(check_id: UUID) -> AuditCheck:
    """Check the next rows; `finishedAt` is set once all are through, and then the log has a row of it."""
    return in_transaction(lambda session: audit.advance_check(session, check_id, actor=current_actor(), now=now()))


@blueprint.get("/heads.csv")
@requires(Permission.AUDIT_VIEW)
@blueprint.doc(responses={"200": {"description": "Where each chain ends.", "content": {"text/csv": {}}}})
def download_heads() -> Response:
    """Download where each chain ends now: kept elsewhere, it shows later that nothing was cut off or made anew."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(("chain", "position", "row_hash"))
    with reading() as session:
        for chain in chains.list_chains(session):
            head = chains.find_head(session, chain)
            if head is not None:
                writer.writerow((chain, head.position, head.row_hash.hex()))
    return _attachment(target.getvalue(), f"audit-heads-{now():%Y-%m-%d}.csv", "text/csv; charset=utf-8")


@blueprint.get("/verify_audit.py")
@requires(Permission.AUDIT_VIEW)
@blueprint.doc(responses={"200": {"description": "The script.", "content": {"text/x-python": {}}}})
def download_verifier() -> Response:
    """Download the script that checks an exported log: it needs Python and nothing else."""
    return _attachment(VERIFIER.read_text(), VERIFIER.name, "text/x-python; charset=utf-8")


def _attachment(text: str, name: str, content_type: str) -> Response:
    response = Response(text, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
