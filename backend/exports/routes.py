"""CSV exports: /api/admin/reports."""

from collections.abc import Generator, Iterator
from typing import Any

from flask import Response

from backend.accounts.guards import chosen_location, current_actor, current_principal, feature, now, requires
from backend.accounts.permissions import Permission
from backend.core.db import reading, snapshot, transaction
from backend.core.http import Blueprint
from backend.exports import commands, queries, rules, schemas
from backend.exports.commands import Wanted
from backend.exports.rules import Report
from backend.journal.schemas import RangeQuery

blueprint = Blueprint("exports", __name__, url_prefix="/api/admin/reports", description="CSV exports")

_CSV = {"responses": {"200": {"description": "The rows, sent while they are read.", "content": {"text/csv": {}}}}}
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
@blueprint.doc(**_CSV)
@blueprint.arguments(RangeQuery, location="query")
@blueprint.alt_response(429, description=_TOO_MANY)
def export_appointments(query: dict[str, Any]) -> Response:
    """Export the appointments of days."""
    return _export(Report.APPOINTMENTS, query)


@blueprint.get("/payments.csv")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.doc(**_CSV)
@blueprint.arguments(RangeQuery, location="query")
@blueprint.alt_response(409, description=_DISAGREES)
@blueprint.alt_response(429, description=_TOO_MANY)
def export_payments(query: dict[str, Any]) -> Response:
    """Export the ledger of days, if it agrees to the cent."""
    return _export(Report.PAYMENTS, query)


@blueprint.get("/journal.csv")
@requires(Permission.REPORT_VIEW)
@feature("payments")
@blueprint.doc(**_CSV)
@blueprint.arguments(RangeQuery, location="query")
@blueprint.alt_response(409, description=_DISAGREES)
@blueprint.alt_response(429, description=_TOO_MANY)
def export_journal(query: dict[str, Any]) -> Response:
    """Export balanced entries with stable ids, if everything agrees to the cent."""
    return _export(Report.JOURNAL, query)


@blueprint.get("/audit.csv")
@requires(Permission.AUDIT_VIEW)
@blueprint.doc(**_CSV)
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
    with transaction() as session:
        commands.start_export(session, wanted, user_id=current_principal().user_id, actor=current_actor(), now=now())
    pieces = _pieces(wanted)
    # The head before the answer begins: if the database is away, that is still a refusal and no torn file.
    rows, first = next(pieces)
    answer = Response(_encoded(first, pieces), content_type="text/csv; charset=utf-8")
    # Also where nobody reads to the end.
    answer.call_on_close(pieces.close)
    name = f"{report}_{wanted.first_day}_{wanted.last_day}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Total-Rows"] = str(rows)
    return answer


def _pieces(wanted: Wanted) -> Generator[tuple[int, str]]:
    with snapshot() as session:
        found = queries.read_export(session, wanted.report, wanted.location_ids, wanted.first_day, wanted.last_day)
        for piece in rules.write_csv(found.head, found.rows):
            yield found.count, piece


def _encoded(first: str, pieces: Iterator[tuple[int, str]]) -> Iterator[bytes]:
    yield first.encode()
    for _, piece in pieces:
        yield piece.encode()
