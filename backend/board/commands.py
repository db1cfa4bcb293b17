"""Move a card: one statement that finds the person, checks the step, takes the place and writes the audit row.

The place is a float key between the neighbours'. A random point of the middle half, rather than
the middle, keeps two people who drop into the same gap at once from landing on the same key, so no lock
is held on a column. A gap that has become too small is renumbered first, which changes no version.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg.rows import TupleRow
from sqlalchemy.orm import Session

from backend.accounts.queries import PRINCIPAL_CTE, location_ids_of
from backend.appointments.models import Appointment
from backend.appointments.queries import CARD_SQL, card
from backend.appointments.rules import NEEDS_CHECK, NOT_BLOCKING, OPEN, Status
from backend.board.queries import members_sql
from backend.board.rules import MoveRequest, Origin, allowed_moves
from backend.core.actor import Actor
from backend.core.db import session_cursor, statement_row
from backend.core.ids import new_id
from backend.core.locks import Seed
from backend.planning.commands import claim_slot
from backend.planning.queries import Slot, find_plan

# Between two neighbours this close there is no float left to count on: about 25 drops into one gap.
SMALLEST_GAP = 1e-6
STEP = 1024.0

_OPEN_SQL = ", ".join(f"'{status}'" for status in sorted(OPEN))
_NOT_BLOCKING_SQL = ", ".join(f"'{status}'" for status in sorted(NOT_BLOCKING))
_NEEDS_CHECK_SQL = "('{}', '{}')".format(*NEEDS_CHECK)
# The board that a card is on: today's for today's cards and those still here, the day's that it left, else its own day's.
_BOARD_DAY = f"""
    CASE WHEN a.day < t.today AND a.check_in_at IS NOT NULL AND a.check_out_at IS NULL AND a.status IN ({_OPEN_SQL})
         THEN t.today ELSE greatest(a.day, a.left_on) END
"""
_INSTANT = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''


def _change(wire: str, before: str, after: str) -> str:
    return f"""CASE WHEN {before} IS DISTINCT FROM {after} THEN jsonb_build_object('{wire}', jsonb_build_array(
        to_char({before}, {_INSTANT}), to_char({after}, {_INSTANT}))) ELSE '{{}}' END"""


_MOVE = f"""
    WITH {PRINCIPAL_CTE},
    me AS MATERIALIZED (
        SELECT a.id, a.location_id, a.status, a.order_key, a.check_in_at, a.check_out_at,
               {_BOARD_DAY} AS board_day,
               p.user_id, p.name AS user_name, p.role AS user_role
          FROM principal p, appointments a
          JOIN locations l ON l.id = a.location_id
          CROSS JOIN LATERAL (SELECT (%(now)s AT TIME ZONE l.timezone)::date AS today) t
         WHERE a.id = %(id)s AND a.location_id = ANY (p.location_ids) AND a.deleted_at IS NULL
           AND p.role || ':' || a.status = ANY (%(allowed)s)
           AND (%(version)s::bigint IS NULL OR a.version = %(version)s)
           AND (a.failed_check IS NULL OR %(reason)s::text IS NOT NULL OR (a.status, %(target)s) <> {_NEEDS_CHECK_SQL})
           AND (%(after_id)s::uuid IS NULL
                OR EXISTS (SELECT FROM appointments n WHERE n.id = %(after_id)s AND n.location_id = a.location_id))
           FOR UPDATE OF a
    ),
    -- A neighbour on another day's board (a view of several days) still counts by its key; one that
    -- has left the column meanwhile counts as the column's end.
    anchor AS MATERIALIZED (
        SELECT a.id, a.order_key FROM me, appointments a
         WHERE a.id = %(after_id)s AND a.location_id = me.location_id AND a.status = %(target)s AND a.deleted_at IS NULL
    ),
    -- The column without the card: its keys in order, and how many cards stand before the old and the new place.
    others AS MATERIALIZED (
        SELECT coalesce(array_agg(o.order_key ORDER BY o.order_key, o.id), '{{}}') AS keys,
               count(*) FILTER (WHERE (o.order_key, o.id) < (me.order_key, me.id)) AS before_now,
               CASE
                 WHEN %(position)s::bigint IS NOT NULL THEN least(%(position)s - 1, count(*))
                 WHEN %(after_id)s::uuid IS NULL THEN 0
                 WHEN count(anchor.id) = 0 THEN count(*)
                 ELSE count(*) FILTER (WHERE (o.order_key, o.id) <= (anchor.order_key, anchor.id))
               END AS before
          FROM me LEFT JOIN anchor ON true CROSS JOIN LATERAL (
              {members_sql("a.id, a.order_key, a.status", location="me.location_id", first_day="me.board_day", last_day="me.board_day")}
          ) o
         WHERE o.status = %(target)s AND o.id <> me.id
    ),
    gap AS MATERIALIZED (
        SELECT before, before_now, greatest(keys[before], (SELECT order_key FROM anchor)) AS low, keys[before + 1] AS high FROM others
    ),
    spot AS MATERIALIZED (
        SELECT me.*, gap.before + 1 AS position, gap.before_now + 1 AS position_now,
               me.status = %(target)s AND gap.before = gap.before_now AS is_there,
               gap.high - gap.low < %(smallest_gap)s AS is_full,
               me.status IN ({_NOT_BLOCKING_SQL}) AND %(target)s NOT IN ({_NOT_BLOCKING_SQL}) AS comes_back,
               CASE
                 WHEN gap.low IS NULL AND gap.high IS NULL THEN random() * %(step)s
                 WHEN gap.low IS NULL THEN gap.high - %(step)s * (0.5 + random())
                 WHEN gap.high IS NULL THEN gap.low + %(step)s * (0.5 + random())
                 ELSE gap.low + (gap.high - gap.low) * (0.25 + random() * 0.5)
               END AS new_key
          FROM me, gap
    ),
    moved AS (
        UPDATE appointments a
           SET status = %(target)s, order_key = spot.new_key, version = a.version + 1, updated_at = %(now)s,
               status_since = CASE WHEN spot.status = %(target)s THEN a.status_since ELSE %(now)s END,
               check_in_at = CASE
                   WHEN %(target)s = 'IN_PROGRESS' THEN coalesce(a.check_in_at, %(now)s)
                   WHEN %(target)s = 'SCHEDULED' AND spot.status = 'IN_PROGRESS' THEN NULL
                   ELSE a.check_in_at END,
               check_out_at = CASE
                   WHEN %(target)s = 'COMPLETED' THEN coalesce(a.check_out_at, greatest(%(now)s, a.check_in_at))
                   WHEN spot.status = 'COMPLETED' OR spot.status = 'IN_PROGRESS' AND %(target)s = 'SCHEDULED' THEN NULL
                   ELSE a.check_out_at END,
               -- Back from canceled the job takes its time again: `revive_card` has seen that it is free.
               overbook_reason = CASE WHEN spot.comes_back THEN NULL ELSE a.overbook_reason END,
               overbooked_by = CASE WHEN spot.comes_back THEN NULL ELSE a.overbooked_by END,
               overbooked_at = CASE WHEN spot.comes_back THEN NULL ELSE a.overbooked_at END
          FROM spot
         WHERE a.id = spot.id AND NOT spot.is_there AND spot.is_full IS NOT TRUE
        RETURNING a.*
    ),
    audited AS (
        INSERT INTO audit_logs (id, at, action, entity, entity_id, location_id, version, actor_kind, actor_id, actor_name,
                                actor_role, changes, reason, ip, user_agent, request_id)
        SELECT %(audit_id)s, %(now)s,
               CASE WHEN spot.status = moved.status THEN 'appointment.moved' ELSE 'appointment.status_changed' END,
               'appointment', moved.id, moved.location_id, moved.version, 'user', spot.user_id, spot.user_name, spot.user_role,
               CASE WHEN spot.status = moved.status
                    THEN jsonb_build_object('position', jsonb_build_array(spot.position_now, spot.position))
                    ELSE jsonb_build_object('status', jsonb_build_array(spot.status, moved.status))
                         || {_change("checkInAt", "spot.check_in_at", "moved.check_in_at")}
                         || {_change("checkOutAt", "spot.check_out_at", "moved.check_out_at")}
               END,
               %(reason)s, %(ip)s, %(user_agent)s, %(request_id)s
          FROM moved JOIN spot USING (id)
    ),
    told AS (
        INSERT INTO outbox (id, event, subject_id, payload, created_at)
        SELECT %(event_id)s, 'appointment.status_changed', moved.id, jsonb_build_object('version', moved.version), %(now)s
          FROM moved JOIN spot USING (id) WHERE spot.status <> moved.status
    )
    SELECT spot.user_role, spot.position, spot.is_there, spot.is_full, moved.rev, {", ".join(f"moved.{name.strip()}" for name in CARD_SQL.split(","))}
      FROM spot LEFT JOIN moved USING (id)
"""  # noqa: S608  fragments and parameter names from this package only


@dataclass(frozen=True, slots=True)
class Move:
    """What a move came to: the card as it now stands, unless it was there already or has no room yet."""

    role: str
    position: int
    is_there: bool
    is_full: bool
    rev: int | None
    card: dict[str, Any] | None


def move_card(session_id: UUID, appointment_id: UUID, request: MoveRequest, origin: Origin) -> Move | None:
    """Move a card, or do nothing and return None when the person, the card, its version or the step refuse it.

    One statement, which is its own transaction: the row, its place, its times, its audit row and
    its event are written together or not at all. A job that comes back from canceled or no-show is
    refused too: `revive_card` looks first whether its time is still free.
    """
    allowed = allowed_moves(request.target, has_reason=bool(request.reason), coming_back=False)
    return _move(statement_row(_MOVE, _values(session_id, appointment_id, request, origin, allowed)))


def revive_card(
    session: Session, session_id: UUID, appointment_id: UUID, request: MoveRequest, actor: Actor, origin: Origin
) -> Move | None:
    """Bring a canceled or missed job back to the board; None when it is none, or the person may not.

    Raises:
        OverlapError: its technician's or bay's time was given to another meanwhile.
        KeyTagInUseError: its key tag was.
    """
    location_ids = location_ids_of(session, actor.id) if actor.id is not None else []
    plan = find_plan(session, appointment_id, location_ids)
    if plan is None or Status(plan.status) not in NOT_BLOCKING:
        return None
    slot = Slot(plan.location_id, plan.starts_at, plan.ends_at, plan.tech_id, plan.bay_id)
    claim_slot(session, slot, besides=appointment_id, override_reason=None, actor=actor, location_ids=location_ids)
    allowed = allowed_moves(request.target, has_reason=bool(request.reason), coming_back=True)
    with session_cursor(session) as cursor:
        cursor.execute(_MOVE, _values(session_id, appointment_id, request, origin, allowed))
        return _move(cursor.fetchone())


def _values(
    session_id: UUID, appointment_id: UUID, request: MoveRequest, origin: Origin, allowed: list[str]
) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "id": appointment_id,
        "target": request.target.value,
        "allowed": allowed,
        "version": request.version,
        "after_id": request.after_id,
        "position": request.position,
        "smallest_gap": SMALLEST_GAP,
        "step": STEP,
        "audit_id": new_id(),
        "event_id": new_id(),
        "now": origin.at,
        "reason": request.reason,
        "ip": origin.ip,
        "user_agent": origin.user_agent,
        "request_id": origin.request_id,
    }


def _move(row: TupleRow | None) -> Move | None:
    if row is None:
        return None
    return Move(row[0], row[1], row[2], bool(row[3]), row[4], None if row[4] is None else card(row[5:]))


_RENUMBER = f"""
    WITH me AS MATERIALIZED (
        SELECT a.location_id, {_BOARD_DAY} AS board_day
          FROM appointments a JOIN locations l ON l.id = a.location_id
          CROSS JOIN LATERAL (SELECT (%(now)s AT TIME ZONE l.timezone)::date AS today) t
         WHERE a.id = %(id)s
    ),
    ranked AS MATERIALIZED (
        SELECT o.id, o.order_key, row_number() OVER (ORDER BY o.order_key, o.id) AS rank,
               o.order_key - lag(o.order_key) OVER (ORDER BY o.order_key, o.id) AS gap
          FROM me CROSS JOIN LATERAL (
              {
    members_sql(
        "a.id, a.order_key, a.status", location="me.location_id", first_day="me.board_day", last_day="me.board_day"
    )
}
          ) o
         WHERE o.status = %(target)s
    )
    -- A card that was moved since the ranks were read keeps the place it was given.
    UPDATE appointments a SET order_key = ranked.rank * %(step)s FROM ranked
     WHERE a.id = ranked.id AND a.order_key = ranked.order_key AND a.status = %(target)s
       AND (SELECT min(gap) FROM ranked) < %(smallest_gap)s
"""  # noqa: S608  fragments and parameter names from this package only


def renumber_column(session: Session, appointment_id: UUID, target: Status, now: datetime) -> UUID | None:
    """Space the keys of the column that `appointment_id` would join evenly, keeping its order; return its location.

    Renumbering is no edit: it changes no version, so nobody's drag is refused for it. It has a
    transaction of its own under a lock per column: two at once would otherwise wait for each other's
    rows, and the second finds the gaps wide again and does nothing.
    """
    location_id = session.scalar(sa.select(Appointment.location_id).where(Appointment.id == appointment_id))
    lock = f"SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, {Seed.BOARD_COLUMN.value}))"
    parameters = {"id": appointment_id, "target": target.value, "now": now, "step": STEP, "smallest_gap": SMALLEST_GAP}
    with session_cursor(session) as cursor:
        cursor.execute(lock, {"key": f"{location_id} {target.value}"})
        cursor.execute(_RENUMBER, parameters)
    return location_id
