"""The numbers: /api/admin/dashboard/stats, the rows behind each figure, and the cars on the premises."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, g

from backend.accounts import guards
from backend.accounts.guards import chosen_location, current_principal, now, requires, requires_in_statement
from backend.accounts.permissions import Permission, may
from backend.core import kept, live, log
from backend.core.clock import utc_now
from backend.core.db import reading
from backend.core.errors import NotFoundError, PermissionDeniedError
from backend.core.http import (
    Blueprint,
    decode_cursor,
    dump_json,
    encode_cursor,
    etag_matches,
    json_response,
    not_modified,
)
from backend.stats import queries, rules, schemas
from backend.stats.queries import Asker, CarHere, Figures, Sums
from backend.stats.rules import FORMULAS, Formula, Span, check_range

blueprint = Blueprint("stats", __name__, url_prefix="/api/admin", description="Numbers of the shop")

NO_LOCATION = "There is no such location, or you don't work there."


@blueprint.get("/dashboard/stats")
@requires_in_statement(Permission.REPORT_VIEW)
@blueprint.arguments(schemas.StatsQuery, location="query")
@blueprint.response(200, schemas.StatsSchema)
@blueprint.doc(responses={"304": {"description": "Unchanged since the ETag in If-None-Match."}})
def show_stats(query: dict[str, Any]) -> Response:
    """Show the numbers of a location for a range of local days, today by default; at most five minutes old."""
    asker, span = _asked(query)
    with_money = may(asker.role, Permission.MONEY_VIEW)
    name = f"{asker.today}|{span.first_day}|{span.last_day}|{span.tech_id or ''}|{'money' if with_money else ''}"
    answer = kept.read(
        live.figures_key(span.location_id), name, lambda: dump_json(_stats(asker, span, with_money=with_money))
    )
    return not_modified(answer.etag) if etag_matches(answer.etag) else answer.response()


@blueprint.get("/dashboard/stats/<string:key>/rows")
@requires_in_statement(Permission.REPORT_VIEW)
@blueprint.arguments(schemas.RowsQuery, location="query")
@blueprint.response(200, schemas.FigureRowPage)
def list_rows(query: dict[str, Any], key: str) -> Response:
    """List the rows that a figure is the sum of, with that sum, as things stand now."""
    asker, span = _asked(query)
    formula = FORMULAS.get(key)
    if formula is None:
        raise NotFoundError("There is no such figure.")
    if formula.is_money and not may(asker.role, Permission.MONEY_VIEW):
        raise PermissionDeniedError(f"Your role ({asker.role}) can't see money.")
    after = decode_cursor(query["cursor"], lambda day, row, kind: (date.fromisoformat(day), UUID(row), str(kind)))
    page = queries.read_rows(formula, span, after=after, limit=query["limit"] + 1)
    rows = page.rows[: query["limit"]]
    more = len(page.rows) > len(rows)
    return json_response(
        {
            "figure": {**_sums(formula, page.sums), "formula": _formula(formula)},
            "from": span.first_day,
            "to": span.last_day,
            "items": schemas.FigureRowSchema(many=True).dump(rows),
            "nextCursor": encode_cursor(rows[-1].day, rows[-1].id, rows[-1].kind) if more else None,
        }
    )


@blueprint.get("/cars-on-premises")
@requires(Permission.BOARD_VIEW)
@blueprint.arguments(schemas.CarsQuery, location="query")
@blueprint.response(200, schemas.CarPage)
def list_cars(query: dict[str, Any]) -> dict[str, Any]:
    """List the cars that are here, those that are latest and dearest first, each with what moves it on."""
    wanted = query["location_id"]
    location_ids = current_principal().location_ids if wanted is None else (chosen_location(wanted),)
    offset = decode_cursor(query["cursor"], lambda at: max(0, min(int(at), 100_000))) or 0
    limit = query["limit"]
    with reading() as session:
        found = queries.list_cars_here(
            session,
            location_ids,
            tech_id=query["tech_id"],
            only_stuck=query["stuck"],
            now=now(),
            offset=offset,
            limit=limit + 1,
        )
    items = [_car(car, now()) for car in found[:limit]]
    return {"items": items, "next_cursor": encode_cursor(offset + limit) if len(found) > limit else None}


def _asked(query: dict[str, Any]) -> tuple[Asker, Span]:
    """Return who asks and whose numbers of which days are meant.

    Raises:
        PermissionDeniedError: their role sees no numbers.
        NotFoundError: they don't work at the location.
        RuleViolationError: the days are no range.
    """
    first, last = query["first_day"], query["last_day"]
    asker = queries.find_asker(g.session_id, query["location_id"], utc_now())
    if asker is None:
        guards.refuse_session()
    log.user_id.set(str(asker.user_id))
    guards.check_role(asker.role, Permission.REPORT_VIEW)
    check_range(first, last)
    if asker.location_id is None:
        raise NotFoundError(NO_LOCATION)
    first = first or asker.today
    return asker, Span(asker.location_id, first, last or first, query["tech_id"])


def _stats(asker: Asker, span: Span, *, with_money: bool) -> dict[str, Any]:
    computed_at = utc_now()
    present = queries.read_figures(span, with_money=with_money)
    past = queries.read_figures(span.before(), with_money=with_money)
    counted = ("jobsToday", "carsOnPremises", "scheduled", "inProgress", "ready", "completed", "noShow", "unpaidTotal")
    return {
        "location": {
            "id": asker.location_id,
            "name": asker.location_name,
            "timezone": asker.timezone,
            "currency": asker.currency,
        },
        "from": span.first_day,
        "to": span.last_day,
        "today": asker.today,
        "techId": span.tech_id,
        "computedAt": computed_at,
        **{key: present.sums[key].value for key in counted if key in present.sums},
        "figures": [_figure(FORMULAS[key], sums, past) for key, sums in present.sums.items()],
        **{
            chart: [{"day": day, "cents": sums.value} for day, sums in present.by_day.get(chart, [])]
            for chart, key in queries.BY_DAY.items()
            if key in present.sums
        },
        **{
            chart: [
                {"techId": tech_id, "name": name, "bookedMinutes": sums.value, "availableMinutes": sums.weight or 0}
                for tech_id, name, sums in present.by_technician.get(chart, [])
            ]
            for chart in queries.BY_TECHNICIAN
        },
    }


def _figure(formula: Formula, sums: Sums, past: Figures) -> dict[str, Any]:
    return {
        **_sums(formula, sums),
        "formula": _formula(formula),
        "previous": _sums(formula, past.sums[formula.key]) if formula.compares else None,
    }


def _sums(formula: Formula, sums: Sums) -> dict[str, Any]:
    return {
        "value": formula.compute(sums.value, sums.weight),
        "numerator": sums.value,
        "denominator": (sums.weight or 0) if formula.is_quotient else None,
        "count": sums.count,
    }


def _formula(formula: Formula) -> dict[str, Any]:
    shown: dict[str, Any] = schemas.FormulaSchema().dump(formula)
    return shown


def _car(car: CarHere, moment: datetime) -> dict[str, Any]:
    shown = asdict(car)
    shown["next_action"] = rules.next_action(
        status=car.status,
        has_technician=car.tech_id is not None,
        unread=car.unread_count,
        estimate_state=car.estimate_state,
        balance_cents=car.total_cents - car.paid_cents,
        late_since=car.late_since,
        now=moment,
    )
    if not current_principal().may(Permission.MONEY_VIEW):
        del shown["total_cents"], shown["paid_cents"]
    return {name: value for name, value in shown.items() if name not in {"unread_count", "estimate_state"}}
