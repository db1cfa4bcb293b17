"""Everything about one appointment, and what was done with it, as JSON made by PostgreSQL; see docs/decisions/0013.

Each statement reads the person too, so that a drawer costs one round trip. Money is left out in
the statement itself for roles that may not see it: it never leaves the database.
"""

# ruff: noqa: S608  every fragment of these statements is a constant of this module

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from backend.accounts.permissions import PERMISSION_MATRIX, Permission, Role
from backend.accounts.queries import PRINCIPAL_CTE
from backend.audit.rules import FieldClass, fields_of
from backend.core.db import statement_row
from backend.messages.queries import NO_RELEASE
from backend.messages.rules import (
    AMOUNT,
    DEAD,
    HOPELESS,
    LINK_PATH,
    SIGNED_LINK,
    WAITING,
    WITHHELD,
    WITHHELD_LINK,
    Reason,
)
from backend.settings import FeatureFlags

NEWEST_MESSAGES = 50
NEWEST_HISTORY = 100
# What the drawer itself tells of the visit, until the whole history is asked for.
NEWEST_CHANGES = 10
_MONEY_ROLES = ", ".join(f"'{role}'" for role in sorted(PERMISSION_MATRIX[Permission.MONEY_VIEW]))


def _at(column: str) -> str:
    """Write an instant as the rest of the API does: UTC (every connection's zone), Z, no zeros for nothing.

    From PostgreSQL's own text, as `to_char` takes twice as long, a hundred times a drawer.
    """
    return f"replace(replace({column}::text, ' ', 'T'), '+00', 'Z')"


def _object(members: Mapping[str, str]) -> str:
    return "json_build_object(" + ", ".join(f"'{name}', {value}" for name, value in members.items()) + ")"


# What follows names the columns that are shown before it sorts: each that it carries along, even unread, is paid for at each run.
def _texts(value: str, source: str) -> str:
    """List what is JSON already, as text."""
    return f"(SELECT concat('[', string_agg(listed.text, ','), ']') FROM (SELECT {value} AS text FROM {source}) listed)"


def _rows(members: Mapping[str, str], source: str) -> str:
    """List whole rows: a third cheaper than an object made for each of them."""
    columns = ", ".join(f'{value} AS "{name}"' for name, value in members.items())
    return f"(SELECT coalesce(json_agg(listed), '[]') FROM (SELECT {columns} FROM {source}) listed)"


def _sparse(always: Mapping[str, str], sometimes: Mapping[str, str]) -> str:
    """Begin an object whose `sometimes` are left out where they are null: half the bytes, and a third cheaper than a whole one.

    Put together as text, without its last brace. What is `always` there holds nothing to escape; `sometimes` are JSON already,
    see `_quoted` and the next.
    """
    fixed = ", ".join(
        f"""'{'",' if at else "{"}"{name}":"', {value}""" for at, (name, value) in enumerate(always.items())
    )
    return f"""concat({fixed}, '"', {", ".join(_unless_null(name, value) for name, value in sometimes.items())})"""


def _unless_null(name: str, value: str) -> str:
    return f"""',"{name}":' || {value}"""


def _quoted(value: str) -> str:
    """Write a value that holds nothing to escape."""
    return f"""'"' || ({value}) || '"'"""


def _escaped(value: str) -> str:
    return f"to_json({value})::text"


def _true(condition: str) -> str:
    """Write true, and nothing for false."""
    return f"CASE WHEN {condition} THEN 'true' END"


def _text_of(members: Mapping[str, str]) -> str:
    """Put an object together as text, from members that are JSON already."""
    return (
        "concat('{', "
        + ", ',', ".join(f"""'"{name}":', coalesce(({value})::text, 'null')""" for name, value in members.items())
        + ", '}')"
    )


def _same(table: str, *columns: str) -> dict[str, str]:
    """Map columns to members of the same name in camelCase."""
    return {_camel(column): f"{table}.{column}" for column in columns}


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def _listed(values: Collection[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


# Each sub-select stands once: what money changes is decided inside it, as doubling the statement
# doubles what PostgreSQL must plan and set up.
_MAY_SEE_MONEY = f"p.role IN ({_MONEY_ROLES})"
# What the log of a job does not tell those who may see no money.
_WITHOUT_MONEY = fields_of({FieldClass.MONEY, FieldClass.WORDS})


def _seen(column: str) -> str:
    """Read a text's words as the role may, as `messages.rules.without_amounts` and `without_links` do."""
    linkless = f"regexp_replace(m.{column}, '{SIGNED_LINK}', '{WITHHELD_LINK}', 'g')"
    # Few texts have a link, and looking for its beginning is cheaper than for the whole.
    shown = f"CASE WHEN strpos(m.{column}, '{LINK_PATH}') > 0 THEN {linkless} ELSE m.{column} END"
    withheld = f"regexp_replace({shown}, '{AMOUNT}', '{WITHHELD}', 'g')"
    return f"CASE WHEN m.tells_money AND NOT ({_MAY_SEE_MONEY}) THEN {withheld} ELSE {shown} END"


_LOCATION = _object(_same("l", "id", "name", "timezone", "currency"))
_FAILED_CHECK = f"""
    (SELECT {_object({**_same("w", "kind", "note"), "at": _at("w.checked_at"), "by": "u.name"})}
       FROM work_checks w JOIN users u ON u.id = w.checked_by
      WHERE w.appointment_id = a.id AND w.kind = a.failed_check ORDER BY w.checked_at DESC, w.id DESC LIMIT 1)
"""
_APPOINTMENT = {
    **_same(
        "a", "id", "number", "location_id", "status", "version", "day", "customer_id", "vehicle_id", "customer_name"
    ),
    **_same(
        "a",
        "plate",
        "tech_id",
        "tech_name",
        "bay_id",
        "bay_name",
        "key_tag",
        "title",
        "notes",
        "visit_type",
        "is_waiting",
    ),
    **_same("a", "overbook_reason", "overbooked_by", "unread_count", "services_summary", "jobs_offered"),
    "isWorkDone": "a.is_work_done AND a.status = 'IN_PROGRESS'",
    "failedCheck": f"CASE WHEN a.failed_check IS NOT NULL THEN {_FAILED_CHECK} END",
    "vehicle": "a.vehicle_label",
    "isOverbooked": "a.overbook_reason IS NOT NULL",
    "overbookedByName": "CASE WHEN a.overbooked_by IS NOT NULL THEN (SELECT name FROM users WHERE id = a.overbooked_by) END",
    "start": _at("a.starts_at"),
    "end": _at("a.ends_at"),
    **{
        _camel(column): _at(f"a.{column}")
        for column in (
            "status_since",
            "promised_at",
            "check_in_at",
            "check_out_at",
            "confirmed_at",
            "created_at",
            "updated_at",
        )
    },
    "location": _LOCATION,
}
_MONEY = _same("a", "total_cents", "paid_cents")
_CUSTOMER = {
    **_same("c", "id", "name", "company", "phone", "email", "notes", "version"),
    "visitCount": "(SELECT count(*) FROM appointments v WHERE v.customer_id = c.id AND v.deleted_at IS NULL)",
}
_VEHICLE = {
    **_same("v", "id", "year", "make", "model", "trim", "engine", "color", "plate", "plate_state", "vin", "mileage"),
    **_same("v", "notes", "version", "customer_id"),
    "label": "a.vehicle_label",
}
_SERVICE = {
    **_same("s", "id", "job_id", "kind", "name", "notes"),
    **_same("j", "category", "approval"),
    "hours": "s.hours::float8",
}
# As `messages.schemas` names them; most texts have few of what `_SOMETIMES` tells.
_ALWAYS = {
    **_same("m", "id", "direction", "channel", "status", "origin", "message_class"),
    "createdAt": _at("m.created_at"),
}
_SOMETIMES = {
    "body": _escaped(_seen("body")),
    "subject": _escaped(_seen("subject")),
    "segments": "m.segments",
    "reason": _escaped("m.reason"),
    "errorCode": _escaped("m.error_code"),
    "templateId": _quoted("m.template_id"),
    **{_camel(column): _quoted(_at(f"m.{column}")) for column in ("sent_at", "delivered_at", "read_at")},
    "dueAt": f"CASE WHEN m.status = 'held' AND coalesce(m.reason, '') NOT IN ({_listed(NO_RELEASE)}) THEN {_quoted(_at('m.due_at'))} END",
    "canRetry": _true(
        f"m.status IN ({_listed(DEAD)}) AND coalesce(m.error_code, '') NOT IN ({_listed(HOPELESS)})"
        f" AND coalesce(m.reason, '') <> '{Reason.NO_LONGER_TRUE}'"
    ),
    "canCancel": _true(f"m.status IN ({_listed(WAITING | DEAD)})"),
    "sendingSince": f"CASE WHEN m.status = 'sending' THEN {_quoted(_at('m.claimed_at'))} END",
    "overrideReason": _escaped("m.override_reason"),
    "overriddenBy": f"CASE WHEN m.overridden_by IS NOT NULL THEN {_escaped('(SELECT name FROM users WHERE id = m.overridden_by)')} END",
}
_PAYMENT = {
    **_same("y", "id", "kind", "method", "amount_cents", "note", "reverses_id"),
    "createdAt": _at("y.created_at"),
    "by": "(SELECT name FROM users WHERE id = y.created_by)",
}
_ITEM = _same("i", "id", "label", "result", "note")
_CHECKLIST = {
    **_same("k", "id", "title"),
    "createdAt": _at("k.created_at"),
    "items": _rows(
        _ITEM, "inspection_items i WHERE i.checklist_id = k.id AND NOT i.is_removed ORDER BY i.sort_order, i.id"
    ),
}
# Photos by who took them and on which inspection, one row for those of an hour.
_PHOTOS = """
    SELECT (array_agg(h.id ORDER BY h.id DESC))[1] AS id, max(h.at) AS at, k.title AS subject, 'photo' AS entity, 'photo.stored' AS action,
           h.actor_kind, h.actor_name, h.actor_role, jsonb_build_object('photos', jsonb_build_array(NULL, count(*))) AS changes
      FROM inspection_checklists k JOIN inspection_items i ON i.checklist_id = k.id JOIN inspection_photos f ON f.item_id = i.id
      JOIN audit_logs h ON h.entity_id = f.id AND h.action = 'photo.stored'
     WHERE k.appointment_id = a.id AND %(inspections)s
     GROUP BY k.id, h.actor_kind, h.actor_id, h.actor_name, h.actor_role, date_trunc('hour', h.at)
"""
# What was read off the car while it was here.
_ODOMETER = """
    SELECT h.id, h.at, NULL::text AS subject, h.entity, 'vehicle.odometer' AS action, h.actor_kind, h.actor_name, h.actor_role,
           jsonb_build_object('mileage', h.changes -> 'mileage') AS changes
      FROM audit_logs h
     WHERE h.entity_id = a.vehicle_id AND h.action = 'vehicle.changed' AND h.changes ? 'mileage'
       AND h.at >= coalesce(a.check_in_at, a.created_at) AND h.at <= coalesce(a.check_out_at, 'infinity')
"""
# What a visit's history is about: the visit, its work, its inspections, its money. Who may see no money hears of no payment.
_TOLD = f"""
    (SELECT * FROM (
      SELECT id, at, subject, entity, action, actor_kind, actor_name, actor_role, changes, NULL::text AS reason, NULL::bigint AS version
        FROM ({_PHOTOS} UNION ALL {_ODOMETER}) seen
      UNION ALL
     (SELECT h.id, h.at, told.subject, h.entity, h.action, h.actor_kind, h.actor_name, h.actor_role, h.changes, h.reason, h.version
       FROM (SELECT a.id, NULL::text AS subject
             UNION ALL SELECT j.id, j.name FROM appointment_jobs j WHERE j.appointment_id = a.id
             UNION ALL SELECT w.id, w.name FROM appointment_services w WHERE w.appointment_id = a.id
             UNION ALL SELECT e.id, NULL FROM estimates e WHERE e.appointment_id = a.id
             UNION ALL SELECT k.id, k.title FROM inspection_checklists k WHERE k.appointment_id = a.id AND %(inspections)s
             UNION ALL SELECT c.id, NULL FROM work_checks c WHERE c.appointment_id = a.id AND %(inspections)s
             UNION ALL SELECT t.id, n.name FROM work_timers t LEFT JOIN appointment_jobs n ON n.id = t.job_id
                        WHERE t.appointment_id = a.id AND %(inspections)s
             UNION ALL SELECT y.id, NULL FROM payments y WHERE y.appointment_id = a.id AND %(payments)s AND {_MAY_SEE_MONEY}) told
       JOIN audit_logs h ON h.entity_id = told.id
      ORDER BY h.id DESC LIMIT {NEWEST_HISTORY})
    ) happened ORDER BY id DESC LIMIT {NEWEST_HISTORY}) h
"""
# Of the visit itself only: one look-up, where the whole is put together from ten kinds of rows.
_CHANGES = f"""
    (SELECT id, at, NULL::text AS subject, entity, action, actor_kind, actor_name, actor_role, changes, reason, version
       FROM audit_logs WHERE entity_id = a.id ORDER BY id DESC LIMIT {NEWEST_CHANGES}) h
"""
_CHANGE = {
    **_same("h", "id", "entity", "subject", "action", "actor_kind", "actor_name", "actor_role", "reason", "version"),
    "changes": f"CASE WHEN {_MAY_SEE_MONEY} THEN h.changes ELSE h.changes - ARRAY[{_listed(_WITHOUT_MONEY)}] END",
    "at": _at("h.at"),
}


def _with_money(members: Mapping[str, str], money: Mapping[str, str]) -> str:
    """Write an object with members that are whole numbers for who may see money; as text, so that the others stand here once."""
    told = ", ".join(f"""'"{name}":', {value}, ','""" for name, value in money.items())
    return f"concat('{{', CASE WHEN {_MAY_SEE_MONEY} THEN concat({told}) END, substr({_object(members)}::text, 2))"


# Each text is written before the rows are joined and sorted, which would carry all its columns along. The authors by a join,
# not one by one: fifty look-ups were a quarter of the drawer.
_MESSAGES = f"""
    (SELECT concat('[', string_agg(concat(m.text, {_unless_null("by", _escaped("m.author"))}, '}}'), ','), ']')
       FROM (SELECT newest.text, u.name AS author
               FROM (SELECT m.id, m.created_at, m.created_by, {_sparse(_ALWAYS, _SOMETIMES)} AS text FROM messages m
                      WHERE m.appointment_id = a.id AND %(messaging)s
                      ORDER BY m.created_at DESC, m.id DESC LIMIT {NEWEST_MESSAGES}) newest
               LEFT JOIN users u ON u.id = newest.created_by
              ORDER BY newest.created_at, newest.id) m)
"""


_DRAWER = _text_of(
    {
        "appointment": _with_money(_APPOINTMENT, _MONEY),
        "customer": f"CASE WHEN c.id IS NOT NULL THEN {_object(_CUSTOMER)} END",
        "vehicle": f"CASE WHEN v.id IS NOT NULL THEN {_object(_VEHICLE)} END",
        "services": _texts(
            _with_money(_SERVICE, {"priceCents": "s.price_cents"}),
            """appointment_services s JOIN appointment_jobs j ON j.id = s.job_id
                WHERE s.appointment_id = a.id AND s.deleted_at IS NULL AND j.deleted_at IS NULL
                ORDER BY j.sort_order, j.id, s.sort_order, s.id""",
        ),
        "messages": _MESSAGES,
        "payments": _rows(
            _PAYMENT,
            f"payments y WHERE y.appointment_id = a.id AND %(payments)s AND {_MAY_SEE_MONEY} ORDER BY y.created_at, y.id",
        ),
        "checklists": _rows(
            _CHECKLIST,
            "inspection_checklists k WHERE k.appointment_id = a.id AND k.deleted_at IS NULL AND %(inspections)s ORDER BY k.created_at, k.id",
        ),
        "history": _rows(_CHANGE, _CHANGES),
    }
)


def _statement(told: str, joins: str = "") -> str:
    """Read who asks, and `told` of the appointment."""
    return f"""
    WITH {PRINCIPAL_CTE}
    SELECT p.user_id, p.role, a.id, CASE WHEN a.id IS NOT NULL THEN convert_to({told}, 'UTF8') END
      FROM principal p
      LEFT JOIN appointments a ON a.id = %(id)s AND a.location_id = ANY (p.location_ids) AND a.deleted_at IS NULL
      {joins}
"""


_STATEMENT = _statement(
    _DRAWER,
    """LEFT JOIN locations l ON l.id = a.location_id
      LEFT JOIN customers c ON c.id = a.customer_id
      LEFT JOIN vehicles v ON v.id = a.vehicle_id""",
)
_HISTORY_STATEMENT = _statement(_text_of({"changes": _rows(_CHANGE, _TOLD)}))


@dataclass(frozen=True, slots=True)
class Answer:
    """Who asked, and the JSON; None where there is no such appointment for them."""

    user_id: UUID
    role: Role
    body: bytes | None


def read_drawer(session_id: UUID, appointment_id: UUID, flags: FeatureFlags) -> Answer | None:
    """Return who asks and the drawer, without what is switched off; None when the sign-in is over. One statement."""
    return _read(
        _STATEMENT,
        session_id,
        appointment_id,
        messaging=flags.messaging,
        payments=flags.payments,
        inspections=flags.inspections,
    )


def read_history(session_id: UUID, appointment_id: UUID, flags: FeatureFlags) -> Answer | None:
    """Return who asks and what happened, without what is switched off; None when the sign-in is over. One statement."""
    return _read(_HISTORY_STATEMENT, session_id, appointment_id, payments=flags.payments, inspections=flags.inspections)


def _read(statement: str, session_id: UUID, appointment_id: UUID, **flags: bool) -> Answer | None:
    row = statement_row(statement, {"session_id": session_id, "id": appointment_id, **flags})
    if row is None:
        return None
    return Answer(row[0], Role(row[1]), None if row[2] is None else bytes(row[3]))
