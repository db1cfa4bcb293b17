"""CSV exports: /api/admin/reports."""

from typing import Any

from flask import Response

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission, hidden_from
from backend.audit.rules import FieldClass
from backend.core.db import reading, snapshot, transaction
from backend.core.http import CSV, Blueprint, Pieces, csv_response
from backend.exports import commands, queries, rules, schemas
from backend.exports.commands import Wanted
from backend.exports.rules import Report
from backend.journal.schemas import RangeQuery

blueprint = Blueprint("exports", __name__, url_prefix="/api/admin/reports", description="CSV exports")

_DISAGREES = "A cent is off: nothing leaves; `rows` names what does not agree."
_TOO_MANY = "Five were started within an hour."


@blueprint.get("")
@requires(Permission.REPORT_VIEW)
@blueprint.response(200, schemas.ExportAllowance)
def show_allowance() -> dict[str, Any]:
    """Say how many exports the person may start."""
    with reading() as session:
        started = queries.list_runs(session, current_principal().user_id, now())
    remaining = max(0, rules.LIMIT - len(started))
    return {"limit": rules.LIMIT, "remaining": remaining, "next_at": started[0] + rules.WINDOW if started else None}


@blueprint.get("/appointments.csv")
@requires(Permission.REPORT_VIEW)
@blueprint.doc(**CSV)
@blueprint.arguments(RangeQuery, location="query")
@blueprint.alt_response(429, description=_TOO_MANY)
def export_appointments(query: dict[str, Any]) -> Response:
    """Export the appointments of days."""
    return _export(Report.APPOINTMENTS, query)


@blueprint.get("/payments.csv")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.doc(**CSV)
@blueprint.arguments(RangeQuery, location="query")
@blueprint.alt_response(409, description=_DISAGREES)
@blueprint.alt_response(429, description=_TOO_MANY)
def export_payments(query: dict[str, Any]) -> Response:
    """Export the ledger of days, if it agrees to the cent."""
    return _export(Report.PAYMENTS, query)


@blueprint.get("/journal.csv")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.doc(**CSV)
@blueprint.arguments(RangeQuery, location="query")
@blueprint.alt_response(409, description=_DISAGREES)
@blueprint.alt_response(429, description=_TOO_MANY)
def export_journal(query: dict[str, Any]) -> Response:
    """Export balanced entries with stable ids, if everything agrees to the cent."""
    return _export(Report.JOURNAL, query)


@blueprint.get("/audit.csv")
@requires(Permission.AUDIT_VIEW)
@blueprint.doc(**CSV)
@blueprint.arguments(RangeQuery, location="query")
@blueprint.alt_response(429, description=_TOO_MANY)
def export_audit(query: dict[str, Any]) -> Response:
    """Export the audit log with its chain, for the offline verifier."""
    return _export(Report.AUDIT, query)


def _export(report: Report, query: dict[str, Any]) -> Response:
    location_id = query["location_id"]
    wanted = Wanted(
        report,
        query["first_day"],
        query["last_day"],
        current_principal().location_ids if location_id is None else (chosen_location(location_id),),
        location_id,
    )

    def begin() -> None:
        with transaction() as session:
            commands.start_export(
                session, wanted, user_id=current_principal().user_id, actor=current_actor(), now=now()
            )

    # A connection to read by, before a turn is taken: where none is free the person loses none.
    pieces = _pieces(wanted, hidden_from(current_principal().role))
    return csv_response(pieces, begin, f"{report}_{wanted.first_day}_{wanted.last_day}")


def _pieces(wanted: Wanted, hidden: frozenset[FieldClass]) -> Pieces:
    """Yield nothing once a connection is held, then about how many rows there are with each piece of the file."""
    with snapshot() as session:
        yield 0, ""
        found = queries.read_export(
            session, wanted.report, wanted.location_ids, wanted.first_day, wanted.last_day, hidden
        )
        for piece in rules.write_csv(found.head, found.rows):
            yield found.count, piece
