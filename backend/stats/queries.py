"""Figures and the rows they are made of; which cars are here.

Each formula has one SELECT of its rows. The figure is the sum over that very SELECT, so what a sheet lists adds up to
what its tile says. The statements are written by hand: they touch the rows of the asked days only, however long the
shop's history is, and each of them once for all figures.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.permissions import Role
from backend.accounts.queries import PRINCIPAL_CTE
from backend.appointments.rules import NOT_BLOCKING, OPEN, TITLES, Status
from backend.core.db import session_row, session_rows, statement_rows
from backend.exports.rules import money
from backend.stats.rules import FORMULAS, LONGEST_STAY, Formula, Span, Unit

_OPEN_SQL = ", ".join(f"'{status}'" for status in sorted(OPEN))
_NOT_BLOCKING_SQL = ", ".join(f"'{status}'" for status in sorted(NOT_BLOCKING))

# --- who asks ---------------------------------------------------------------------------------

_ASKER = f"""
    WITH {PRINCIPAL_CTE}
    SELECT p.user_id, p.role, l.id, l.name, l.timezone, l.currency, (%(now)s AT TIME ZONE l.timezone)::date
      FROM principal p
      LEFT JOIN LATERAL (
          SELECT * FROM locations l
           WHERE l.id = ANY (p.location_ids) AND (%(location_id)s::uuid IS NULL OR l.id = %(location_id)s)
           ORDER BY l.name, l.id LIMIT CASE WHEN %(everywhere)s THEN NULL ELSE 1 END
      ) l ON true
"""  # noqa: S608  fragments of this package only


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and about which location; `location_id` None: not theirs."""

    user_id: UUID
    role: Role
    location_id: UUID | None
    location_name: str
    timezone: str
    currency: str
    today: date


def find_askers(session_id: UUID, location_id: UUID | None, now: datetime, *, everywhere: bool = False) -> list[Asker]:
    """Return who asks and the location they mean, their first one by name if they say none; nothing when the sign-in is over.

    `everywhere` names all of theirs, each in an Asker of its own.
    """
    values = {"session_id": session_id, "location_id": location_id, "now": now, "everywhere": everywhere}
    return [Asker(row[0], Role(row[1]), *row[2:]) for row in statement_rows(_ASKER, values)]


def list_todays(session: Session, location_ids: Iterable[UUID], now: datetime) -> dict[UUID, date]:
    """Return which day it is at these locations."""
    statement = sa.text(
        "SELECT l.id, (CAST(:now AS timestamptz) AT TIME ZONE l.timezone)::date FROM locations l WHERE l.id = ANY (:ids)"
    )
    return {row[0]: row[1] for row in session.execute(statement, {"ids": list(location_ids), "now": now})}


# --- rows of the formulas ---------------------------------------------------------------------

_DAYS = "BETWEEN %(first_day)s AND %(last_day)s"
_HERE = "a.location_id = %(location_id)s AND a.deleted_at IS NULL"
_ON_PREMISES = "a.check_in_at IS NOT NULL AND a.check_out_at IS NULL"
_FITS_VISIT = "(t.visit_type IS NULL OR lower(t.visit_type) = lower({}.visit_type))"
_NET = "v.labor_net_cents + v.parts_net_cents + v.fees_net_cents"


def _among(column: str, ids: str) -> str:
    """Return the condition that a column is one of the ids that a SELECT returns.

    One walk through the index, in its order, for all of them: a join would go down it anew for each, deeper the longer
    the shop's history is. What is read so stands in a CTE of its own, so that it stays one walk. PostgreSQL takes such an
    array for ten ids, and would join what came of it by comparing each row with each: it is put together by FULL JOIN,
    which it can only do by hash or merge, and where one side only says yes or no by `_is_among`.
    """
    return f"{column} = ANY (ARRAY({ids}))"


def _is_among(column: str, ids: str) -> str:
    """Return the same for rows that were read already; by hash, as PostgreSQL can't make a join of it."""
    return f"({column} IN ({ids})) IS TRUE"


def _sources(*, by_tech: bool) -> str:
    """Return the CTEs that the formulas take their rows from: each reads its table once, by an index over the days.

    PostgreSQL runs only those that a statement names.
    """
    tech = "AND a.tech_id = %(tech_id)s" if by_tech else ""

    def visits(source: str) -> str:
        return f"SELECT a.id FROM appointments a WHERE {_among('a.id', f'SELECT x.appointment_id FROM {source} x')} AND a.deleted_at IS NULL {tech}"  # noqa: S608

    return f"""
    shop AS MATERIALIZED (
        SELECT l.timezone, floor(extract(epoch FROM l.closes_at - l.opens_at) / 60)::bigint AS minutes,
               %(first_day)s::date::timestamp AT TIME ZONE l.timezone AS begins_at,
               (%(last_day)s::date + 1)::timestamp AT TIME ZONE l.timezone AS ends_at
          FROM locations l WHERE l.id = %(location_id)s
    ),
    planned AS MATERIALIZED (
        SELECT a.id, a.status, a.day, a.left_on, a.tech_id, a.tech_name, a.check_in_at, a.vehicle_id, a.visit_type,
               a.total_cents - a.paid_cents AS balance_cents,
               floor(extract(epoch FROM a.ends_at - a.starts_at) / 60)::bigint AS minutes
          FROM appointments a WHERE {_HERE} AND a.day {_DAYS}
    ),
    mine AS (SELECT a.* FROM planned a WHERE true {tech}),
    -- As on the board: cars still here from earlier days stand beside those of the days.
    here AS MATERIALIZED (
        SELECT a.id, a.status, a.day FROM appointments a
         WHERE {_HERE} AND {_ON_PREMISES} AND a.status IN ({_OPEN_SQL}) {tech}
    ),
    -- Two scans by two indexes: few cars leave later than on their day.
    gone AS MATERIALIZED (
        SELECT a.id, a.status, a.day FROM mine a
         WHERE a.status = 'COMPLETED' AND coalesce(a.left_on, a.day) <= a.day
        UNION ALL
        SELECT a.id, a.status, a.left_on FROM appointments a
         WHERE {_HERE} AND a.status = 'COMPLETED' AND a.left_on {_DAYS} AND a.left_on > a.day {tech}
    ),
    stood AS MATERIALIZED (
        SELECT s.appointment_id, s.status, sum(floor(extract(epoch FROM s.left_at - s.entered_at)))::bigint AS seconds
          FROM status_spans s WHERE {_among("s.appointment_id", "SELECT g.id FROM gone g")} AND s.left_at IS NOT NULL
         GROUP BY s.appointment_id, s.status
    ),
    stays AS MATERIALIZED (
        SELECT g.id, s.status, g.day, s.seconds FROM gone g FULL JOIN stood s ON s.appointment_id = g.id
    ),
    reversals AS MATERIALIZED (
        SELECT r.version_id, r.reversed_on FROM invoice_reversals r
         WHERE r.location_id = %(location_id)s AND r.reversed_on {_DAYS}
    ),
    reversed AS MATERIALIZED (
        SELECT v.id, v.appointment_id, v.labor_net_cents, v.parts_net_cents, v.fees_net_cents, v.labor_seconds
          FROM invoice_versions v WHERE {_among("v.id", "SELECT r.version_id FROM reversals r")}
    ),
    posted AS MATERIALIZED (
        SELECT v.id, v.appointment_id, 'issued' AS kind, v.issued_on AS day, {_NET} AS cents, 1::bigint AS cars,
               v.labor_net_cents AS labor_cents, v.labor_seconds
          FROM invoice_versions v {"JOIN appointments a ON a.id = v.appointment_id " + tech if by_tech else ""}
         WHERE v.location_id = %(location_id)s AND v.issued_on {_DAYS}
        UNION ALL
        SELECT v.id, v.appointment_id, 'reversed', r.reversed_on, -({_NET}), -1::bigint, -v.labor_net_cents, -v.labor_seconds
          FROM reversals r FULL JOIN reversed v ON v.id = r.version_id
          {"JOIN appointments a ON a.id = v.appointment_id " + tech if by_tech else ""}
    ),
    -- What the lines of these invoices cost, as far as that is known.
    invoiced_jobs AS MATERIALIZED (
        SELECT j.id FROM appointment_jobs j
         WHERE {_among("j.appointment_id", "SELECT x.appointment_id FROM posted x")} AND j.deleted_at IS NULL AND j.is_chosen AND j.approval <> 'declined'
    ),
    costs AS MATERIALIZED (
        SELECT s.appointment_id, count(*) FILTER (WHERE s.kind IN ('part', 'labor') AND s.unit_cost_cents IS NULL) AS unknown,
               sum(round(s.unit_cost_cents * s.quantity * CASE WHEN s.kind = 'labor' AND NOT s.is_flat THEN s.hours ELSE 1 END))
               ::bigint AS cents
          FROM appointment_services s
         WHERE {_among("s.job_id", "SELECT j.id FROM invoiced_jobs j")} AND s.deleted_at IS NULL
         GROUP BY s.appointment_id
    ),
    costed AS MATERIALIZED (
        SELECT p.*, p.cents - p.cars * coalesce(c.cents, 0) AS left_cents, p.cars * coalesce(c.unknown, 0) AS uncosted
          FROM posted p FULL JOIN costs c USING (appointment_id)
    ),
    booked AS (
        SELECT p.day, p.tech_id, max(p.tech_name) AS tech_name, sum(least(p.minutes, shop.minutes))::bigint AS minutes
          FROM planned p CROSS JOIN shop
         WHERE p.tech_id IS NOT NULL AND p.status NOT IN ({_NOT_BLOCKING_SQL}) GROUP BY p.day, p.tech_id
    ),
    there AS (
        SELECT d.day, u.id AS tech_id, u.name AS tech_name
          FROM (SELECT DISTINCT day FROM planned WHERE status NOT IN ({_NOT_BLOCKING_SQL})) d CROSS JOIN shop
          JOIN user_locations ul ON ul.location_id = %(location_id)s
          JOIN users u ON u.id = ul.user_id AND u.role = 'Tech' AND u.is_active
           AND (u.created_at AT TIME ZONE shop.timezone)::date <= d.day
    ),
    hours AS MATERIALIZED (
        SELECT a.tech_id, coalesce(t.tech_name, b.tech_name) AS tech_name, a.day, coalesce(b.minutes, 0) AS booked, shop.minutes
          FROM (SELECT day, tech_id FROM there UNION SELECT day, tech_id FROM booked) a
          LEFT JOIN there t USING (day, tech_id) LEFT JOIN booked b USING (day, tech_id) CROSS JOIN shop
         WHERE true {tech}
    ),
    -- A visit's work counts on the day of its first estimate, so that each job counts once.
    shown AS MATERIALIZED (
        SELECT e.appointment_id, (e.created_at AT TIME ZONE shop.timezone)::date AS day
          FROM shop JOIN estimates e ON e.location_id = %(location_id)s AND e.version_no = 1
           AND e.created_at >= shop.begins_at AND e.created_at < shop.ends_at
    ),
    shown_visits AS MATERIALIZED ({visits("shown")}),
    shown_work AS MATERIALIZED (
        SELECT j.id, j.appointment_id, j.name, j.approval, j.created_at FROM appointment_jobs j
         WHERE {_among("j.appointment_id", "SELECT v.id FROM shown_visits v")} AND j.is_chosen AND j.deleted_at IS NULL
    ),
    last_shown AS MATERIALIZED (
        SELECT e.appointment_id, max(e.created_at) AS at FROM estimates e
         WHERE {_among("e.appointment_id", "SELECT w.appointment_id FROM shown_work w WHERE w.approval = 'pending'")}
         GROUP BY e.appointment_id
    ),
    -- What was written down after the last estimate was offered to nobody yet.
    shown_jobs AS MATERIALIZED (
        SELECT w.id, w.appointment_id, w.name, w.approval
          FROM shown_work w FULL JOIN last_shown l ON l.appointment_id = w.appointment_id
         WHERE coalesce(w.approval <> 'pending' OR w.created_at <= l.at, false)
    ),
    shown_prices AS MATERIALIZED (
        SELECT s.job_id, sum(s.price_cents - s.discount_cents)::bigint AS cents FROM appointment_services s
         WHERE {_among("s.job_id", "SELECT j.id FROM shown_jobs j")} AND s.deleted_at IS NULL GROUP BY s.job_id
    ),
    offered AS MATERIALIZED (
        SELECT j.id, d.appointment_id, j.name AS title, j.approval, d.day, p.cents
          FROM shown_jobs j FULL JOIN shown_prices p ON p.job_id = j.id FULL JOIN shown d ON d.appointment_id = j.appointment_id
    ),
    refused AS MATERIALIZED (
        SELECT j.id, j.appointment_id, j.name, j.decided_at
          FROM shop JOIN appointment_jobs j ON j.location_id = %(location_id)s AND j.approval = 'declined' AND j.is_chosen
           AND j.deleted_at IS NULL AND j.decided_at >= shop.begins_at AND j.decided_at < shop.ends_at
    ),
    refused_visits AS MATERIALIZED ({visits("refused")}),
    taken_up AS MATERIALIZED (
        SELECT DISTINCT r.revived_from_id AS id FROM appointment_jobs r
         WHERE {_among("r.revived_from_id", "SELECT d.id FROM refused d")}
           AND r.approval = 'approved' AND r.is_chosen AND r.deleted_at IS NULL
    ),
    declined AS MATERIALIZED (
        SELECT j.id, j.appointment_id, j.name AS title, (j.decided_at AT TIME ZONE shop.timezone)::date AS day,
               {_is_among("j.id", "SELECT t.id FROM taken_up t")} AS is_taken_up
          FROM shop CROSS JOIN refused j WHERE {_is_among("j.appointment_id", "SELECT v.id FROM refused_visits v")}
    ),
    submitted AS MATERIALIZED (
        SELECT c.id, c.appointment_id, c.title, c.started_at, c.submitted_at, c.first_submitted_at, c.sent_at
          FROM shop JOIN inspection_checklists c ON c.location_id = %(location_id)s AND c.deleted_at IS NULL
           AND c.submitted_at >= shop.begins_at AND c.submitted_at < shop.ends_at
    ),
    submitted_visits AS MATERIALIZED ({visits("submitted")}),
    counted AS MATERIALIZED (
        SELECT c.* FROM submitted c WHERE {_is_among("c.appointment_id", "SELECT v.id FROM submitted_visits v")}
    ),
    points AS MATERIALIZED (
        SELECT i.id, i.checklist_id FROM inspection_items i
         WHERE {_among("i.checklist_id", "SELECT c.id FROM counted c")} AND NOT i.is_removed
    ),
    pictures AS MATERIALIZED (
        SELECT p.item_id, count(*) AS photos FROM inspection_photos p
         WHERE {_among("p.item_id", "SELECT i.id FROM points i")} AND p.stored_at IS NOT NULL AND p.deleted_at IS NULL
         GROUP BY p.item_id
    ),
    pictured AS MATERIALIZED (
        SELECT i.checklist_id, sum(p.photos)::bigint AS photos
          FROM points i FULL JOIN pictures p ON p.item_id = i.id GROUP BY i.checklist_id
    ),
    inspected AS MATERIALIZED (
        SELECT c.id, c.appointment_id, c.title, (c.submitted_at AT TIME ZONE shop.timezone)::date AS day,
               c.sent_at IS NOT NULL AS is_sent,
               floor(extract(epoch FROM c.first_submitted_at - c.started_at))::bigint AS seconds,
               coalesce(p.photos, 0) AS photos
          FROM shop CROSS JOIN counted c FULL JOIN pictured p ON p.checklist_id = c.id
    ),
    -- What an inspection is for, as `inspections.rules.Fit` says it.
    fits AS MATERIALIZED (
        SELECT t.visit_type, t.from_age, t.to_age, t.from_mileage, t.to_mileage,
               (t.from_age, t.to_age, t.from_mileage, t.to_mileage) IS NULL AS is_for_any_car
          FROM inspection_templates t
         WHERE t.is_active AND t.deleted_at IS NULL AND (t.location_id IS NULL OR t.location_id = %(location_id)s)
    ),
    came AS MATERIALIZED (
        SELECT a.id, a.day, a.vehicle_id, a.visit_type,
               (SELECT bool_or(t.is_for_any_car) FROM fits t WHERE {_FITS_VISIT.format("a")}) AS is_for_any_car
          FROM mine a
         WHERE a.check_in_at IS NOT NULL AND a.status NOT IN ({_NOT_BLOCKING_SQL})
    ),
    -- Cars lie all over their table. Only those are looked up that a template asks something of, and no other one does not.
    cars AS MATERIALIZED (
        SELECT v.id, v.year, v.mileage FROM vehicles v
         WHERE {_among("v.id", "SELECT c.vehicle_id FROM came c WHERE NOT c.is_for_any_car")}
    ),
    looked_over AS MATERIALIZED (
        SELECT c.appointment_id, bool_or(c.sent_at IS NOT NULL) AS is_sent FROM inspection_checklists c
         WHERE {_among("c.appointment_id", "SELECT x.id FROM came x")} AND c.deleted_at IS NULL GROUP BY c.appointment_id
    ),
    -- Visits that a template in use is for, and what was inspected all the same.
    eligible AS MATERIALIZED (
        SELECT c.id, c.day, coalesce(l.is_sent, false) AS is_sent, l.is_sent IS NOT NULL AS is_inspected
          FROM came c FULL JOIN cars v ON v.id = c.vehicle_id FULL JOIN looked_over l ON l.appointment_id = c.id
         WHERE l.is_sent IS NOT NULL OR c.is_for_any_car OR EXISTS (
                   SELECT FROM fits t
                    WHERE {_FITS_VISIT.format("c")}
                      AND (t.from_age IS NULL AND t.to_age IS NULL OR v.year IS NOT NULL
                           AND greatest(0, extract(year FROM c.day)::int - v.year)
                               BETWEEN coalesce(t.from_age, 0) AND coalesce(t.to_age, 2147483647))
                      AND (t.from_mileage IS NULL AND t.to_mileage IS NULL
                           OR v.mileage BETWEEN coalesce(t.from_mileage, 0) AND coalesce(t.to_mileage, 2147483647))
               )
    )
    """  # noqa: S608  fragments and parameter names of this module only


def _rows(
    source: str,
    condition: str = "true",
    *,
    visit: str = "s.id",
    is_invoiced: bool = False,
    kind: str = "s.status",
    title: str = "NULL::text",
    value: str = "1::bigint",
    weight: str = "NULL::bigint",
) -> str:
    """Return a SELECT of rows: which visit or its invoice, why it counts, on which day, and what it adds above and below the line."""
    return f"""SELECT s.id, {visit} AS appointment_id, {is_invoiced} AS is_invoiced, {kind} AS kind, {title} AS title, s.day,
        NULL::uuid AS tech_id, {value} AS value, {weight} AS weight FROM {source} s WHERE {condition}"""  # noqa: S608


def _standing(status: Status) -> str:
    return f"""{_rows("mine", f"s.status = '{status}'")}
        UNION ALL {_rows("here", f"s.status = '{status}' AND s.day < %(first_day)s")}"""


def _stays(status: Status) -> str:
    return _rows("stays", f"s.status = '{status}'", value="s.seconds", weight="1::bigint")


def _inspected(value: str, condition: str = "true") -> str:
    return _rows(
        "inspected",
        condition,
        visit="s.appointment_id",
        kind="CASE WHEN s.is_sent THEN 'sent' ELSE 'not_sent' END",
        title="s.title",
        value=value,
        weight="1::bigint",
    )


def _posted(value: str, weight: str = "NULL::bigint", *, source: str = "posted", condition: str = "true") -> str:
    return _rows(
        source, condition, visit="s.appointment_id", is_invoiced=True, kind="s.kind", value=value, weight=weight
    )


_ROWS = {
    "jobsToday": _rows("mine", "s.status <> 'CANCELED'"),
    "carsOnPremises": _rows("here"),
    "scheduled": _standing(Status.SCHEDULED),
    "inProgress": _standing(Status.IN_PROGRESS),
    "ready": _standing(Status.READY),
    "completed": _rows("gone"),
    "noShow": _rows("mine", "s.status = 'NO_SHOW'"),
    "unpaidTotal": _rows("mine", "s.status IN ('READY', 'COMPLETED') AND s.balance_cents > 0", value="s.balance_cents"),
    "revenue": _posted("s.cents"),
    "averageRepairOrder": _posted("s.cents", "s.cars"),
    "margin": _posted("s.left_cents", "s.cents", source="costed"),
    "uncostedLines": _posted("s.uncosted", source="costed", condition="s.uncosted <> 0"),
    "carCount": _posted("s.cars"),
    "laborRate": _posted("s.labor_cents", "s.labor_seconds", condition="s.labor_cents <> 0 OR s.labor_seconds <> 0"),
    "closeRatio": _rows(
        "offered",
        # Neither a job without a price nor a visit without a job.
        "s.id IS NOT NULL AND s.cents IS NOT NULL",
        visit="s.appointment_id",
        kind="s.approval",
        title="s.title",
        value="CASE WHEN s.approval = 'approved' THEN s.cents ELSE 0 END",
        weight="s.cents",
    ),
    "cycleScheduled": _stays(Status.SCHEDULED),
    "cycleInProgress": _stays(Status.IN_PROGRESS),
    "cycleReady": _stays(Status.READY),
    "techHours": """SELECT s.tech_id AS id, NULL::uuid AS appointment_id, false AS is_invoiced, 'hours' AS kind,
        s.tech_name AS title, s.day, s.tech_id, s.booked AS value, s.minutes AS weight FROM hours s""",
    "recovery": _rows(
        "declined",
        visit="s.appointment_id",
        kind="CASE WHEN s.is_taken_up THEN 'taken_up' ELSE 'declined' END",
        title="s.title",
        value="s.is_taken_up::int::bigint",
        weight="1::bigint",
    ),
    "inspectionsSent": _rows(
        "eligible",
        kind="CASE WHEN s.is_sent THEN 'sent' WHEN s.is_inspected THEN 'not_sent' ELSE 'not_inspected' END",
        value="s.is_sent::int::bigint",
        weight="1::bigint",
    ),
    "inspectionPhotos": _inspected("s.photos"),
    "inspectionTime": _inspected("s.seconds", "s.seconds IS NOT NULL"),
}
assert _ROWS.keys() == FORMULAS.keys(), "every formula has its rows, and every SELECT its formula"

# Charts: the same rows, by day or by technician. Chart -> the formula whose rows they are.
BY_DAY = {"revenueByDay": "revenue"}
BY_TECHNICIAN = {"hoursByTechnician": "techHours"}

_SUMS = "count(*), coalesce(sum(r.value), 0)::bigint, sum(r.weight)::bigint"


def _figures(*, with_money: bool, by_tech: bool) -> str:
    shown = [key for key, formula in FORMULAS.items() if with_money or not formula.is_money]
    parts = [(key, key, "NULL::date, NULL::uuid, NULL::text", "") for key in shown]
    parts += [(chart, key, "r.day, NULL, NULL", "GROUP BY r.day") for chart, key in BY_DAY.items() if key in shown]
    parts += [
        (chart, key, "NULL, r.tech_id, max(r.title)", "GROUP BY r.tech_id") for chart, key in BY_TECHNICIAN.items()
    ]
    sums = [
        f"SELECT '{name}', {columns}, {_SUMS} FROM ({_ROWS[key]}) r {grouped}"  # noqa: S608
        for name, key, columns, grouped in parts
    ]
    return f"WITH {_sources(by_tech=by_tech)} {' UNION ALL '.join(sums)}"


_BOTH = (False, True)
# By whether money is shown and whether one technician's is wanted.
_FIGURES = {
    (with_money, by_tech): _figures(with_money=with_money, by_tech=by_tech) for with_money in _BOTH for by_tech in _BOTH
}


@dataclass(frozen=True, slots=True)
class Sums:
    """What a SELECT of rows adds up to; `weight` None where the formula divides by nothing, or there are no rows."""

    count: int
    value: int
    weight: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a span by key, revenue by day, hours by technician (id, name), both in order."""

    sums: dict[str, Sums]
    by_day: dict[str, list[tuple[date, Sums]]]
    by_technician: dict[str, list[tuple[UUID, str, Sums]]]


def read_figures(span: Span, *, with_money: bool) -> Figures:
    """Compute every figure of a span; one statement."""
    figures = Figures({}, {}, {})
    for key, day, tech_id, tech_name, *numbers in statement_rows(
        _FIGURES[with_money, span.tech_id is not None], _values(span)
    ):
        sums = Sums(*numbers)
        if key in FORMULAS:
            figures.sums[key] = sums
        elif key in BY_DAY:
            figures.by_day.setdefault(key, []).append((day, sums))
        else:
            figures.by_technician.setdefault(key, []).append((tech_id, tech_name, sums))
    for days in figures.by_day.values():
        days.sort(key=lambda entry: entry[0])
    for people in figures.by_technician.values():
        people.sort(key=lambda entry: (entry[1], entry[0]))
    return figures


def _values(span: Span) -> dict[str, Any]:
    return {
        "location_id": span.location_id,
        "first_day": span.first_day,
        "last_day": span.last_day,
        "tech_id": span.tech_id,
    }


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One of the rows that a figure is the sum of, see `_ROWS`; `reference` is the invoice's number where it is one."""

    id: UUID
    appointment_id: UUID | None
    number: int | None
    reference: int | None
    kind: str
    who: str | None
    day: date
    tech_id: UUID | None
    tech_name: str | None
    value: int
    weight: int | None


@dataclass(frozen=True, slots=True)
class RowPage:
    """A page of a figure's rows, newest day first, and what all of its rows add up to, read at the same moment."""

    sums: Sums
    rows: list[FigureRow]


RowKey = tuple[date, UUID, str]


def _page(key: str, *, by_tech: bool) -> str:
    return f"""
    WITH {_sources(by_tech=by_tech)},
    r AS MATERIALIZED ({_ROWS[key]}),
    sums AS (SELECT {_SUMS} FROM r),
    page AS (
        SELECT r.* FROM r
         WHERE %(after_day)s::date IS NULL
            OR (r.day, r.id, r.kind) < (%(after_day)s::date, %(after_id)s::uuid, %(after_kind)s::text)
         ORDER BY r.day DESC, r.id DESC, r.kind DESC LIMIT %(limit)s
    )
    SELECT sums.*, p.id, p.appointment_id, a.number, i.number, p.kind,
           concat_ws(' · ', p.title, a.customer_name, a.vehicle_label), p.day, coalesce(p.tech_id, a.tech_id),
           CASE WHEN p.appointment_id IS NULL THEN p.title ELSE a.tech_name END, p.value, p.weight
      FROM sums LEFT JOIN page p ON true LEFT JOIN appointments a ON a.id = p.appointment_id
      LEFT JOIN invoices i ON i.appointment_id = p.appointment_id AND p.is_invoiced
     ORDER BY p.day DESC, p.id DESC, p.kind DESC
"""  # noqa: S608


_PAGES = {(key, by_tech): _page(key, by_tech=by_tech) for key in _ROWS for by_tech in _BOTH}
_SUMS_WIDTH = 3


def read_rows(formula: Formula, span: Span, *, after: RowKey | None, limit: int) -> RowPage:
    """Read a page of a figure's rows and their sums; one statement."""
    day, identifier, kind = after or (None, None, None)
    values = {**_values(span), "after_day": day, "after_id": identifier, "after_kind": kind, "limit": limit}
    found = statement_rows(_PAGES[formula.key, span.tech_id is not None], values)
    rows = [FigureRow(*row[_SUMS_WIDTH:]) for row in found if row[_SUMS_WIDTH] is not None]
    return RowPage(Sums(*found[0][:_SUMS_WIDTH]), rows)


def read_rows_of(formula: Formula, spans: Sequence[Span], *, after: RowKey | None, limit: int) -> RowPage:
    """Read a page of a figure's rows over several locations, and the sums of all of them.

    A page may be longer than `limit`: rows that stand at the same place in the order stay together.
    """
    pages = [read_rows(formula, span, after=after, limit=limit) for span in spans]
    rows = sorted((row for page in pages for row in page.rows), key=_place, reverse=True)
    end = limit
    while limit <= end < len(rows) and _place(rows[end]) == _place(rows[end - 1]):
        end += 1
    weights = [page.sums.weight for page in pages if page.sums.weight is not None]
    count, value = (sum(getattr(page.sums, name) for page in pages) for name in ("count", "value"))
    return RowPage(Sums(count, value, sum(weights) if weights else None), rows[:end])


def _place(row: FigureRow) -> RowKey:
    return row.day, row.id, row.kind


# --- a figure's rows as a file ----------------------------------------------------------------

# Why a row counts, as the page says it.
KIND_WORDS = {
    **{status.value: title for status, title in TITLES.items()},
    "issued": "posted",
    "reversed": "taken back",
    "hours": "booked of available",
    "approved": "approved",
    "pending": "waits for an answer",
    "declined": "declined",
    "taken_up": "taken up again",
    "sent": "sent",
    "not_sent": "not sent",
    "not_inspected": "not inspected",
}

FILE_HEAD = (
    *("Figure", "Version", "Location", "Day", "Order", "Invoice", "Kind", "What", "Technician"),
    *("Adds", "Unit", "Divided by", "Divided by unit", "Currency"),
)


def _file(key: str, *, by_tech: bool) -> str:
    return f"""
    WITH {_sources(by_tech=by_tech)},
    r AS MATERIALIZED ({_ROWS[key]})
    SELECT l.name, l.currency, r.day, a.number, i.number, r.kind, concat_ws(' · ', r.title, a.customer_name, a.vehicle_label),
           CASE WHEN r.appointment_id IS NULL THEN r.title ELSE a.tech_name END, r.value, r.weight
      FROM r JOIN locations l ON l.id = %(location_id)s
      LEFT JOIN appointments a ON a.id = r.appointment_id
      LEFT JOIN invoices i ON i.appointment_id = r.appointment_id AND r.is_invoiced
     ORDER BY r.day DESC, r.id DESC, r.kind DESC
"""  # noqa: S608


_FILES = {(key, by_tech): _file(key, by_tech=by_tech) for key in _ROWS for by_tech in _BOTH}
_COUNTS = {
    (key, by_tech): f"WITH {_sources(by_tech=by_tech)} SELECT count(*) FROM ({_ROWS[key]}) r"  # noqa: S608
    for key in _ROWS
    for by_tech in _BOTH
}


def count_rows(session: Session, formula: Formula, spans: Iterable[Span]) -> int:
    """Count a figure's rows."""
    rows = (session_row(session, _COUNTS[formula.key, span.tech_id is not None], _values(span)) for span in spans)
    return sum(row[0] for row in rows if row is not None)


def export_rows(session: Session, formula: Formula, spans: Iterable[Span]) -> Iterator[Sequence[str | None]]:
    """Yield a figure's rows as `FILE_HEAD` names them, location by location, newest day first, read while they are taken.

    The column `Adds` adds up to the figure, or to what stands above its line: what a row takes away is below nothing.
    """
    for span in spans:
        statement = _FILES[formula.key, span.tech_id is not None]
        for place, currency, day, number, invoice, kind, what, tech, value, weight in session_rows(
            session, statement, _values(span)
        ):
            yield (
                formula.key,
                str(formula.version),
                place,
                day.isoformat(),
                None if number is None else str(number),
                None if invoice is None else str(invoice),
                KIND_WORDS[kind],
                what,
                tech,
                *_amount(value, formula.row_unit),
                *_amount(weight, formula.weight_unit),
                currency,
            )


def _amount(value: int | None, unit: Unit | None) -> tuple[str | None, str | None]:
    if value is None or unit is None:
        return None, None
    return (money(value), "money") if unit is Unit.CENTS else (str(value), unit.value)


# --- cars that are here -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CarHere:
    """A car on the premises; `late_since` is its promise, or a day after it came into its status, whichever is sooner."""

    id: UUID
    number: int
    status: str
    status_since: datetime
    check_in_at: datetime
    promised_at: datetime | None
    late_since: datetime
    day: date
    customer_name: str | None
    vehicle: str | None
    plate: str | None
    key_tag: str | None
    services_summary: str | None
    tech_id: UUID | None
    tech_name: str | None
    bay_name: str | None
    unread_count: int
    estimate_state: str | None
    total_cents: int
    paid_cents: int


_LATE_SINCE = "least(a.promised_at, a.status_since + :longest_stay)"
_CARS = f"""
    SELECT a.id, a.number, a.status, a.status_since, a.check_in_at, a.promised_at, {_LATE_SINCE} AS late_since, a.day,
           a.customer_name, a.vehicle_label AS vehicle, a.plate, a.key_tag, a.services_summary, a.tech_id, a.tech_name,
           a.bay_name, a.unread_count, a.estimate_state, a.total_cents, a.paid_cents
      FROM appointments a
     WHERE a.location_id = ANY (:location_ids) AND a.deleted_at IS NULL AND {_ON_PREMISES} AND a.status IN ({_OPEN_SQL})
       AND (CAST(:tech_id AS uuid) IS NULL OR a.tech_id = :tech_id)
       AND (NOT :only_stuck OR {_LATE_SINCE} < :now)
     ORDER BY extract(epoch FROM CAST(:now AS timestamptz) - {_LATE_SINCE}) * greatest(a.total_cents, 1) DESC, a.id
     LIMIT :limit OFFSET :offset
"""  # noqa: S608


def list_cars_here(
    session: Session,
    location_ids: Iterable[UUID],
    *,
    tech_id: UUID | None,
    only_stuck: bool,
    now: datetime,
    offset: int,
    limit: int,
) -> list[CarHere]:
    """List the cars on the premises, by lateness times money; with `only_stuck` those that are late."""
    values = {
        "location_ids": list(location_ids),
        "tech_id": tech_id,
        "only_stuck": only_stuck,
        "longest_stay": LONGEST_STAY,
        "now": now,
        "offset": offset,
        "limit": limit,
    }
    return [CarHere(**row._asdict()) for row in session.execute(sa.text(_CARS), values)]


# --- spans that are missing -------------------------------------------------------------------

_UNSPANNED = """
    SELECT DISTINCT g.entity_id FROM audit_logs g JOIN appointments a ON a.id = g.entity_id
     WHERE g.id >= :since AND g.entity = 'appointment' AND g.changes ? 'status'
       AND NOT EXISTS (SELECT FROM status_spans s WHERE s.appointment_id = g.entity_id AND s.entered_at = g.at)
     LIMIT :limit
"""


def list_unspanned(session: Session, since: UUID, limit: int) -> list[UUID]:
    """List visits whose status changed, in audit rows from `since` on, without the spans saying so."""
    return list(session.scalars(sa.text(_UNSPANNED), {"since": since, "limit": limit}))
