"""Figures and the rows they are made of; which cars are here.

Each formula has one SELECT of its rows. The figure is the sum over that very SELECT, so what a sheet lists adds up to
what its tile says. The statements are written by hand: they touch the rows of the asked days only, however many there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.permissions import Role
from backend.accounts.queries import PRINCIPAL_CTE
from backend.appointments.rules import NOT_BLOCKING, OPEN, Status
from backend.core.db import statement_row, statement_rows
from backend.stats.rules import FORMULAS, LONGEST_STAY, Formula, Span

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
           ORDER BY l.name LIMIT 1
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


def find_asker(session_id: UUID, location_id: UUID | None, now: datetime) -> Asker | None:
    """Return who asks and the location they mean, their first one by name if they say none; None when the sign-in is over."""
    row = statement_row(_ASKER, {"session_id": session_id, "location_id": location_id, "now": now})
    return None if row is None else Asker(row[0], Role(row[1]), *row[2:])


# --- rows of the formulas ---------------------------------------------------------------------

# What every SELECT of rows brings: id, visit, its number, an invoice's number, what kind of row, whose car, the day that
# counts it, its technician, and what it adds above and below the line.
_WHO = "concat_ws(' · ', a.customer_name, a.vehicle_label)"
_HERE = "a.location_id = %(location_id)s AND a.deleted_at IS NULL AND (%(tech_id)s::uuid IS NULL OR a.tech_id = %(tech_id)s)"


def _visit(value: str = "1::bigint", weight: str = "NULL::bigint", day: str = "a.day") -> str:
    return f"""SELECT a.id, a.id AS appointment_id, a.number, NULL::bigint AS reference, a.status AS kind, {_WHO} AS who,
        {day} AS day, a.tech_id, a.tech_name, {value} AS value, {weight} AS weight"""


def _planned(condition: str, value: str = "1::bigint") -> str:
    """Return the SELECT of the visits planned for the days."""
    return f"{_visit(value)} FROM appointments a WHERE {_HERE} AND a.day BETWEEN %(first_day)s AND %(last_day)s AND {condition}"


_ON_PREMISES = "a.check_in_at IS NOT NULL AND a.check_out_at IS NULL"


def _standing(status: Status) -> str:
    """Return the SELECT of the visits in an open status: of the days, and of cars still here from before, as on the board."""
    return f"""{_planned(f"a.status = '{status}'")}
        UNION ALL {_visit()} FROM appointments a
         WHERE {_HERE} AND {_ON_PREMISES} AND a.day < %(first_day)s AND a.status = '{status}'"""


def _left(extra: str = "", value: str = "1::bigint", weight: str = "NULL::bigint") -> str:
    """Return the SELECT of the completed visits whose car left on the days; two index scans, as left_on is rarely later."""
    return f"""{_visit(value, weight)} FROM appointments a {extra}
         WHERE {_HERE} AND a.status = 'COMPLETED' AND a.day BETWEEN %(first_day)s AND %(last_day)s
           AND coalesce(a.left_on, a.day) <= a.day
        UNION ALL {_visit(value, weight, "a.left_on")} FROM appointments a {extra}
         WHERE {_HERE} AND a.status = 'COMPLETED' AND a.left_on BETWEEN %(first_day)s AND %(last_day)s AND a.left_on > a.day"""


def _stays(status: Status) -> str:
    """Return the SELECT of how long each car that left had been in a status."""
    stays = f"""JOIN LATERAL (
            SELECT sum(floor(extract(epoch FROM s.left_at - s.entered_at)))::bigint AS seconds
              FROM status_spans s WHERE s.appointment_id = a.id AND s.status = '{status}' AND s.left_at IS NOT NULL
        ) t ON t.seconds IS NOT NULL"""  # noqa: S608
    return _left(stays, "t.seconds", "1::bigint")


def _invoiced(value: str, weight: str) -> str:
    """Return the SELECT of what was posted: versions of invoices, and their reversals with the opposite sign."""
    columns = f"SELECT v.id, i.appointment_id, a.number, i.number AS reference, '{{kind}}' AS kind, {_WHO} AS who"
    net = "v.labor_net_cents + v.parts_net_cents + v.fees_net_cents"
    made = f"{value} AS value, {weight} AS weight".format(net=net)
    taken_back = f"{value} AS value, {weight} AS weight".format(net=f"-({net})").replace("1::bigint", "-1::bigint")
    joined = "JOIN invoices i ON i.id = v.invoice_id JOIN appointments a ON a.id = i.appointment_id"
    mine = "i.location_id = %(location_id)s AND (%(tech_id)s::uuid IS NULL OR a.tech_id = %(tech_id)s)"
    return f"""{columns.format(kind="issued")}, v.issued_on AS day, a.tech_id, a.tech_name, {made}
          FROM invoice_versions v {joined} WHERE v.issued_on BETWEEN %(first_day)s AND %(last_day)s AND {mine}
        UNION ALL {columns.format(kind="reversed")}, r.reversed_on AS day, a.tech_id, a.tech_name, {taken_back}
          FROM invoice_reversals r JOIN invoice_versions v ON v.id = r.version_id {joined}
         WHERE r.reversed_on BETWEEN %(first_day)s AND %(last_day)s AND {mine}"""


_BALANCE = "a.total_cents - a.paid_cents"
_TECH_HOURS = f"""
    WITH shop AS MATERIALIZED (
        SELECT l.timezone, floor(extract(epoch FROM l.closes_at - l.opens_at) / 60)::bigint AS minutes
          FROM locations l WHERE l.id = %(location_id)s
    ),
    planned AS MATERIALIZED (
        SELECT a.day, a.tech_id, a.tech_name, least(floor(extract(epoch FROM a.ends_at - a.starts_at) / 60), shop.minutes) AS minutes
          FROM appointments a CROSS JOIN shop
         WHERE a.location_id = %(location_id)s AND a.deleted_at IS NULL AND a.status NOT IN ({_NOT_BLOCKING_SQL})
           AND a.day BETWEEN %(first_day)s AND %(last_day)s
    ),
    booked AS (
        SELECT day, tech_id, max(tech_name) AS tech_name, sum(minutes)::bigint AS minutes FROM planned
         WHERE tech_id IS NOT NULL GROUP BY day, tech_id
    ),
    there AS (
        SELECT d.day, u.id AS tech_id, u.name AS tech_name FROM (SELECT DISTINCT day FROM planned) d CROSS JOIN shop
          JOIN users u ON u.role = 'Tech' AND u.is_active AND (u.created_at AT TIME ZONE shop.timezone)::date <= d.day
          JOIN user_locations ul ON ul.user_id = u.id AND ul.location_id = %(location_id)s
    )
    SELECT tech_id AS id, NULL::uuid AS appointment_id, NULL::bigint AS number, NULL::bigint AS reference, 'hours' AS kind,
           coalesce(t.tech_name, b.tech_name) AS who, day, tech_id, coalesce(t.tech_name, b.tech_name) AS tech_name,
           coalesce(b.minutes, 0) AS value, shop.minutes AS weight
      FROM there t FULL JOIN booked b USING (day, tech_id) CROSS JOIN shop
     WHERE %(tech_id)s::uuid IS NULL OR tech_id = %(tech_id)s
"""  # noqa: S608
_DECLINED = f"""
    SELECT j.id, j.appointment_id, a.number, NULL::bigint AS reference,
           CASE WHEN w.taken_up THEN 'taken_up' ELSE 'declined' END AS kind, concat_ws(' · ', j.name, {_WHO}) AS who,
           (j.decided_at AT TIME ZONE l.timezone)::date AS day, a.tech_id, a.tech_name,
           w.taken_up::int::bigint AS value, 1::bigint AS weight
      FROM locations l
      JOIN appointment_jobs j ON j.approval = 'declined' AND j.is_chosen AND j.deleted_at IS NULL
       AND j.decided_at >= %(first_day)s::date::timestamp AT TIME ZONE l.timezone
       AND j.decided_at < (%(last_day)s::date + 1)::timestamp AT TIME ZONE l.timezone
      JOIN appointments a ON a.id = j.appointment_id
      CROSS JOIN LATERAL (
          SELECT EXISTS (SELECT FROM appointment_jobs r
                          WHERE r.revived_from_id = j.id AND r.deleted_at IS NULL AND r.is_chosen AND r.approval = 'approved') AS taken_up
      ) w
     WHERE l.id = %(location_id)s AND {_HERE}
"""  # noqa: S608

_ROWS = {
    "jobsToday": _planned("a.status <> 'CANCELED'"),
    "carsOnPremises": f"{_visit()} FROM appointments a WHERE {_HERE} AND {_ON_PREMISES} AND a.status IN ({_OPEN_SQL})",
    "scheduled": _standing(Status.SCHEDULED),
    "inProgress": _standing(Status.IN_PROGRESS),
    "ready": _standing(Status.READY),
    "completed": _left(),
    "noShow": _planned("a.status = 'NO_SHOW'"),
    "unpaidTotal": _planned(f"a.status IN ('READY', 'COMPLETED') AND {_BALANCE} > 0", _BALANCE),
    "revenue": _invoiced("{net}", "NULL::bigint"),
    "averageRepairOrder": _invoiced("{net}", "1::bigint"),
    "carCount": _invoiced("1::bigint", "NULL::bigint"),
    "cycleScheduled": _stays(Status.SCHEDULED),
    "cycleInProgress": _stays(Status.IN_PROGRESS),
    "cycleReady": _stays(Status.READY),
    "techHours": _TECH_HOURS,
    "recovery": _DECLINED,
}
assert _ROWS.keys() == FORMULAS.keys(), "every formula has its rows, and every SELECT its formula"

# Charts: the same rows, by day or by technician. Chart -> the formula whose rows they are.
BY_DAY = {"revenueByDay": "revenue"}
BY_TECHNICIAN = {"hoursByTechnician": "techHours"}

_SUMS = "count(*), coalesce(sum(r.value), 0)::bigint, sum(r.weight)::bigint"


def _figures(with_money: bool) -> str:
    shown = [key for key, formula in FORMULAS.items() if with_money or not formula.is_money]
    parts = [(key, key, "NULL::date, NULL::uuid, NULL::text", "") for key in shown]
    parts += [(chart, key, "r.day, NULL, NULL", "GROUP BY r.day") for chart, key in BY_DAY.items() if key in shown]
    parts += [
        (chart, key, "NULL, r.tech_id, max(r.tech_name)", "GROUP BY r.tech_id") for chart, key in BY_TECHNICIAN.items()
    ]
    return "\nUNION ALL\n".join(
        f"SELECT '{name}', {columns}, {_SUMS} FROM ({_ROWS[key]}) r {grouped}"  # noqa: S608
        for name, key, columns, grouped in parts
    )


_FIGURES = {with_money: _figures(with_money) for with_money in (False, True)}


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
    for key, day, tech_id, tech_name, *numbers in statement_rows(_FIGURES[with_money], _values(span)):
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
    """One of the rows that a figure is the sum of; see `_ROWS`."""

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

_PAGES = {
    key: f"""
    WITH r AS MATERIALIZED ({rows}),
    sums AS (SELECT {_SUMS} FROM r),
    page AS (
        SELECT r.* FROM r
         WHERE %(after_day)s::date IS NULL
            OR (r.day, r.id, r.kind) < (%(after_day)s::date, %(after_id)s::uuid, %(after_kind)s::text)
         ORDER BY r.day DESC, r.id DESC, r.kind DESC LIMIT %(limit)s
    )
    SELECT sums.*, page.* FROM sums LEFT JOIN page ON true ORDER BY page.day DESC, page.id DESC, page.kind DESC
"""  # noqa: S608
    for key, rows in _ROWS.items()
}
_SUMS_WIDTH = 3


def read_rows(formula: Formula, span: Span, *, after: RowKey | None, limit: int) -> RowPage:
    """Read a page of a figure's rows and their sums; one statement."""
    day, identifier, kind = after or (None, None, None)
    values = {**_values(span), "after_day": day, "after_id": identifier, "after_kind": kind, "limit": limit}
    found = statement_rows(_PAGES[formula.key], values)
    rows = [FigureRow(*row[_SUMS_WIDTH:]) for row in found if row[_SUMS_WIDTH] is not None]
    return RowPage(Sums(*found[0][:_SUMS_WIDTH]), rows)


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
