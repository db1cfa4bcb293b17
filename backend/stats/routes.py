"""The numbers: /api/admin/dashboard/stats, the rows behind each figure, and the cars on the premises."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from flask import Response, g

from backend.accounts import guards
from backend.accounts.guards import (
    chosen_location,
    current_actor,
    current_principal,
    now,
    requires,
    requires_in_statement,
)
from backend.accounts.permissions import Permission, Role, may
from backend.core import kept, live, log
from backend.core.clock import utc_now
from backend.core.db import reading, snapshot, transaction
from backend.core.encoding import Encoded
from backend.core.errors import NotFoundError, PermissionDeniedError, invalid_field
from backend.core.http import (
    CSV,
    Blueprint,
    Pieces,
    csv_response,
    decode_cursor,
    dump_json,
    encode_cursor,
    etag_matches,
    fingerprint,
    json_response,
    not_modified,
)
from backend.exports import commands as exports
from backend.exports.commands import Wanted
from backend.exports.rules import Report, write_csv
from backend.stats import queries, rules, schemas
from backend.stats.queries import Asker, CarHere, Figures, Sums
from backend.stats.rules import FORMULAS, Formula, Span, check_range, days_ahead

blueprint = Blueprint("stats", __name__, url_prefix="/api/admin", description="Numbers of the shop")

_COUNTED = ("jobsToday", "carsOnPremises", "scheduled", "inProgress", "ready", "completed", "noShow", "unpaidTotal")
NO_LOCATION = "There is no such location, or you don't work there."


@blueprint.get("/dashboard/stats")
@requires_in_statement(Permission.REPORT_VIEW)
@blueprint.arguments(schemas.StatsQuery, location="query")
@blueprint.response(200, schemas.StatsSchema)
@blueprint.doc(responses={"304": {"description": "Unchanged since the ETag in If-None-Match."}})
def show_stats(query: dict[str, Any]) -> Response:
    """Show the numbers of a location for a range of local days, today by default; at most five minutes old."""
    asked = _asked(query)
    if query["all_locations"]:
        body = dump_json(
            _together([(orjson.loads(_answer(asker, span).raw), _ahead(asker, query)) for asker, span in asked])
        )
        etag = fingerprint(body)
        return not_modified(etag) if etag_matches(etag) else Encoded(etag, body).response()
    answer = _answer(*asked[0])
    return not_modified(answer.etag) if etag_matches(answer.etag) else answer.response()


def _answer(asker: Asker, span: Span) -> Encoded:
    with_money = may(asker.role, Permission.MONEY_VIEW)
    name = f"{asker.today}|{span.first_day}|{span.last_day}|{span.tech_id or ''}|{'money' if with_money else ''}"
    return kept.read(
        live.figures_key(span.location_id), name, lambda: dump_json(_stats(asker, span, with_money=with_money))
    )


@blueprint.get("/dashboard/stats/<string:key>/rows")
@requires_in_statement(Permission.REPORT_VIEW)
@blueprint.arguments(schemas.RowsQuery, location="query")
@blueprint.response(200, schemas.FigureRowPage)
def list_rows(query: dict[str, Any], key: str) -> Response:
    """List the rows that a figure is the sum of, with that sum, as things stand now."""
    asked = _asked(query)
    asker, span = asked[0]
    formula = _figure_of(key, asker.role)
    after = decode_cursor(query["cursor"], lambda day, row, kind: (date.fromisoformat(day), UUID(row), str(kind)))
    if query["all_locations"]:
        page = queries.read_rows_of(formula, [one for _, one in asked], after=after, limit=query["limit"])
        rows = page.rows
        more = len(rows) >= query["limit"]
    else:
        page = queries.read_rows(formula, span, after=after, limit=query["limit"] + 1)
        rows = page.rows[: query["limit"]]
        more = len(page.rows) > len(rows)
    return json_response(
        {
            "figure": {**_sums(formula, page.sums), "formula": _formula(formula)},
            "from": span.first_day - _ahead(asker, query),
            "to": span.last_day - _ahead(asker, query),
            "items": schemas.FigureRowSchema(many=True).dump(rows),
            "nextCursor": encode_cursor(rows[-1].day, rows[-1].id, rows[-1].kind) if more else None,
        }
    )


@blueprint.get("/dashboard/stats/<string:key>/rows.csv")
@requires(Permission.REPORT_VIEW)
@blueprint.doc(**CSV)
@blueprint.arguments(schemas.FileQuery, location="query")
@blueprint.alt_response(429, description="Five exports were started within an hour.")
def export_rows(query: dict[str, Any], key: str) -> Response:
    """Export the rows that a figure is the sum of."""
    principal = current_principal()
    formula = _figure_of(key, principal.role)
    check_range(query["first_day"], query["last_day"])
    location_id = query["location_id"]
    places = principal.location_ids if location_id is None else (chosen_location(location_id),)
    wanted = Wanted(
        Report.FIGURE, query["first_day"], query["last_day"], places, location_id, formula.key, query["tech_id"]
    )

    def begin() -> None:
        with transaction() as session:
            exports.start_export(session, wanted, user_id=principal.user_id, actor=current_actor(), now=now())

    return csv_response(
        _pieces(formula, wanted, query["relative_to"]), begin, f"{formula.key}_{wanted.first_day}_{wanted.last_day}"
    )


def _pieces(formula: Formula, wanted: Wanted, relative_to: date | None) -> Pieces:
    """Yield nothing once a connection is held, then how many rows there are with each piece of the file."""
    with snapshot() as session:
        todays = queries.list_todays(session, wanted.location_ids, now())
        spans = [
            Span(place, wanted.first_day, wanted.last_day, wanted.tech_id).moved(days_ahead(todays[place], relative_to))
            for place in wanted.location_ids
        ]
        yield 0, ""
        count = queries.count_rows(session, formula, spans)
        for piece in write_csv(queries.FILE_HEAD, queries.export_rows(session, formula, spans)):
            yield count, piece


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


def _figure_of(key: str, role: Role) -> Formula:
    """Return a formula that a role may see.

    Raises:
        NotFoundError: there is none.
        PermissionDeniedError: it is money, which they may not see.
    """
    formula = FORMULAS.get(key)
    if formula is None:
        raise NotFoundError("There is no such figure.")
    if formula.is_money and not may(role, Permission.MONEY_VIEW):
        raise PermissionDeniedError(f"Your role ({role}) can't see money.")
    return formula


def _asked(query: dict[str, Any]) -> list[tuple[Asker, Span]]:
    """Return who asks and whose numbers of which days are meant: one location's, or each of theirs.

    Raises:
        PermissionDeniedError: their role sees no numbers.
        NotFoundError: they don't work at the location.
        RuleViolationError: the days are no range, or the locations keep several currencies.
    """
    first, last = query["first_day"], query["last_day"]
    everywhere = query["all_locations"]
    place = None if everywhere else query["location_id"]
    askers = queries.find_askers(g.session_id, place, utc_now(), everywhere=everywhere)
    if not askers:
        guards.refuse_session()
    asker = askers[0]
    log.user_id.set(str(asker.user_id))
    guards.check_role(asker.role, Permission.REPORT_VIEW)
    check_range(first, last)
    if asker.location_id is None:
        raise NotFoundError(NO_LOCATION)
    currencies = sorted({one.currency for one in askers})
    if len(currencies) > 1:
        raise invalid_field("allLocations", f"These locations keep {' and '.join(currencies)}. Choose one of them.")
    if first is None:
        # Each location's own.
        first = query["relative_to"] = max(one.today for one in askers)
    return [
        (one, Span(one.location_id, first, last or first, query["tech_id"]).moved(_ahead(one, query)))
        for one in askers
        if one.location_id is not None
    ]


def _ahead(asker: Asker, query: dict[str, Any]) -> timedelta:
    return days_ahead(asker.today, query["relative_to"])


def _together(places: list[tuple[dict[str, Any], timedelta]]) -> dict[str, Any]:
    """Add up the numbers of several locations: sums are added, averages and shares computed of the sums.

    Each comes with how far its days are ahead of those that were asked for, by which its days are named.
    """
    parts = [_named_as_asked(part, ahead) for part, ahead in places]
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    added = {name: sum(part[name] for part in parts) for name in _COUNTED if name in first}
    for chart, key, amounts in (
        ("revenueByDay", "day", ("cents",)),
        ("hoursByTechnician", "techId", ("bookedMinutes", "availableMinutes")),
    ):
        if chart in first:
            added[chart] = _merged([one for part in parts for one in part[chart]], key, amounts)
    return {
        **first,
        "location": {**first["location"], "id": None, "name": "All locations"},
        "today": max(part["today"] for part in parts),
        # The oldest of them: nothing shown is older.
        "computedAt": min(part["computedAt"] for part in parts),
        **added,
        "figures": [_added([part["figures"][at] for part in parts]) for at in range(len(first["figures"]))],
    }


def _named_as_asked(part: dict[str, Any], ahead: timedelta) -> dict[str, Any]:
    def back(day: str) -> str:
        return (date.fromisoformat(day) - ahead).isoformat()

    named: dict[str, Any] = {name: back(part[name]) for name in ("from", "to", "today")}
    if "revenueByDay" in part:
        named["revenueByDay"] = [{**one, "day": back(one["day"])} for one in part["revenueByDay"]]
    return {**part, **named}


def _added(figures: list[dict[str, Any]]) -> dict[str, Any]:
    formula = FORMULAS[figures[0]["formula"]["key"]]
    previous = [one["previous"] for one in figures]
    return {
        **_sums(formula, _sums_of(figures)),
        "formula": figures[0]["formula"],
        "previous": None if previous[0] is None else _sums(formula, _sums_of(previous)),
    }


def _sums_of(shown: list[dict[str, Any]]) -> Sums:
    count, value, weight = (sum(one[name] or 0 for one in shown) for name in ("count", "numerator", "denominator"))
    return Sums(count, value, weight)


def _merged(rows: list[dict[str, Any]], key: str, amounts: tuple[str, ...]) -> list[dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {}
    for row in rows:
        known = merged.setdefault(row[key], {**row, **dict.fromkeys(amounts, 0)})
        for name in amounts:
            known[name] += row[name]
    return sorted(merged.values(), key=lambda row: (row.get("name", ""), row[key]))


def _stats(asker: Asker, span: Span, *, with_money: bool) -> dict[str, Any]:
    computed_at = utc_now()
    present = queries.read_figures(span, with_money=with_money)
    past = queries.read_figures(span.before(), with_money=with_money)
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
        **{key: present.sums[key].value for key in _COUNTED if key in present.sums},
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
