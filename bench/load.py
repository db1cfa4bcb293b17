"""Two shops in SQL: a young one with 10,000 appointments and an old one with a million (five million with --full).

Both have two locations that see 200 cars a day; only the length of their history differs, because that is what
grows in a real shop. Appointments stand in the table in the order in which they were booked, some hours to two
weeks before the visit, so that a day's rows are scattered as they are in life.

Loading goes through the real schema. Triggers and foreign keys sleep meanwhile (`session_replication_role`) and the
copied names are filled in here; CHECK, unique and exclusion constraints are taken off large tables and put back
over the loaded rows, so that PostgreSQL itself says that nothing overlaps.
"""

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

from backend.accounts.rules import hash_password
from bench.env import ACCOUNTS, Environment
from tools import migrate
from tools.console import step
from tools.paths import ROOT

# Raised when the loading changes in a way that the statements below do not show.
LOADER = 1
ZONES = ("America/New_York", "America/Phoenix")
CARDS_PER_DAY = 200
LANES = 25  # technicians, and bays, of a location: eight visits of an hour each a day
CARRIED_OVER = 10
# Days ahead that have bookings; the shop is loaded anew before they run out.
DAYS_AHEAD = 12
KEEP_DAYS = 8
# The last days, whose appointments have full threads, lines, checks and payments.
RECENT_DAYS = 12
CROWD_CARDS = 2000
CALENDAR_DAYS, CALENDAR_VISITS = 90, 30
# Older jobs came from another program, which knew no technicians and bays. It also makes loading a minute shorter:
# the exclusion constraints are checked row by row.
PLANNED_DAYS = 365
DAY_OF_SLOTS = "08:00"


@dataclass(frozen=True)
class Size:
    """How much history a shop has."""

    label: str
    appointments: int

    @property
    def database(self) -> str:
        """Its database."""
        return f"bench_{self.label}"

    @property
    def days(self) -> int:
        """How many days hold that many appointments."""
        return -(-self.appointments // (CARDS_PER_DAY * len(ZONES)))


TEN_THOUSAND = Size("10k", 10_000)
MILLION = Size("1m", 1_000_000)
FIVE_MILLION = Size("5m", 5_000_000)


@dataclass(frozen=True)
class Shop:
    """A loaded shop, with today's board as the measurements know it."""

    size: Size
    database: str
    location_id: str
    today: date
    # The day whose surroundings the browser's small places are filled around.
    loaded_on: date

    @property
    def past_days(self) -> list[date]:
        """The last days before today, newest first: each a board of 200 cards."""
        return [self.today - timedelta(days=back) for back in range(1, RECENT_DAYS)]


def ensure(environment: Environment, size: Size) -> tuple[Shop, float]:
    """Return the loaded shop, loading it if it is missing, stale or of another schema; and the seconds that took."""
    today = datetime.now(ZoneInfo(ZONES[0])).date()
    started = time.monotonic()
    with environment.connect("postgres") as connection:
        kept = _loaded_until(connection, size)
        if kept is None or not today <= kept:
            with step(f"Loading {size.appointments:,} appointments"):
                _load(environment, connection, size, today)
    with environment.connect(size.database) as connection:
        location_id = connection.execute("SELECT id::text FROM locations ORDER BY name LIMIT 1").fetchone()[0]
    with environment.connect("postgres") as connection:
        until = _loaded_until(connection, size)
    assert until is not None
    return Shop(size, size.database, location_id, today, until - timedelta(days=KEEP_DAYS)), time.monotonic() - started


def _stamp() -> str:
    """Return what a loaded database depends on: the schema, the rows' statements and their numbers."""
    # Not the last step alone: one may have come in between.
    steps = [step.revision for step in ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).walk_revisions()]
    rows = (_ID_FUNCTION, _PEOPLE, _FLEET, _STAFF, _STAGE, _APPOINTMENTS, _DETAILS, _FIGURES, _BROWSER_PLACES)
    numbers = (ZONES, DAYS_AHEAD, KEEP_DAYS, RECENT_DAYS, PLANNED_DAYS, ACCOUNTS, LOADER)
    return hashlib.sha256(repr((steps, rows, numbers)).encode()).hexdigest()[:16]


def _loaded_until(connection: "psycopg.Connection[Any]", size: Size) -> date | None:
    """Return the last day for which a loaded database is good, None where there is none of this stamp."""
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [size.database]
    ).fetchone()
    stamp, _, until = (row[0] if row and row[0] else "").partition(" ")
    return date.fromisoformat(until) if stamp == _stamp() else None


def _load(environment: Environment, admin: "psycopg.Connection[Any]", size: Size, today: date) -> None:
    name = sql.Identifier(size.database)
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
    migrate.upgrade(environment.url(size.database))
    with environment.connect(size.database) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET work_mem = '256MB'")
        connection.execute("SET statement_timeout = 0")
        _fill(connection, size, today)
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    until = today + timedelta(days=KEEP_DAYS)
    admin.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(f"{_stamp()} {until.isoformat()}")))


# --- rows -------------------------------------------------------------------------------------

# Ids as the product makes them, UUIDv7: the moment in ms, then chance (here a hash, so that tables can refer to each
# other without a join). Their chance is a good part of what a compressed board weighs.
_ID_FUNCTION = """
    CREATE FUNCTION pg_temp.bench_id(kind text, n bigint, at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '9' || substr(hash, 4, 15))::uuid
          FROM (SELECT md5(kind || n) AS hash) h
    $$
"""


def _id(kind: str, number: str, at: str = "%(epoch)s") -> str:
    """Write the id of row `number` of a table, made at the instant `at` (both SQL expressions)."""
    return f"pg_temp.bench_id('{kind}', {number}, {at})"


def _pick(number: str, *words: str) -> str:
    """Write a choice among words by a number."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"(ARRAY[{listed}])[1 + (({number}) % {len(words)})::int]"


_FIRST = _pick(
    "n", "Ana", "Luis", "Grace", "Omar", "Priya", "Noah", "Mei", "Sofia", "Tariq", "Elena", "Marcus", "Ruth", "Ivan"
)
_LAST = _pick(
    "n / 13",
    "Reyes",
    "Okafor",
    "Lindqvist",
    "Patel",
    "Moreau",
    "Nakamura",
    "O''Brien",
    "Castillo",
    "Haddad",
    "Weiss",
    "Sorensen",
)
_MAKE = _pick("n", "Toyota", "Honda", "Ford", "Chevrolet", "Subaru", "Nissan", "Volkswagen")
_MODEL = _pick("n", "Corolla", "Civic", "F-150", "Silverado", "Outback", "Altima", "Jetta")
_SUMMARY = _pick(
    "s.n",
    "Oil change +2",
    "Brake pads, front +1",
    "Diagnostic",
    "Tire rotation +1",
    "Timing belt +3",
    "State inspection",
)
_LABEL = "concat_ws(' ', 2005 + n % 21, make, model)"

_PEOPLE = f"""
    CREATE TEMPORARY TABLE people AS
    SELECT n, {_id("customer", "n", "%(epoch)s + n * interval '1 minute'")} AS customer_id, {_FIRST} || ' ' || {_LAST} AS name,
           '+1212' || lpad((2000000 + n)::text, 7, '0') AS phone, {_id("vehicle", "n", "%(epoch)s + n * interval '1 minute'")} AS vehicle_id,
           2005 + n % 21 AS year, {_MAKE} AS make, {_MODEL} AS model,
           chr(65 + (n % 26)::int) || chr(65 + (n / 26 % 26)::int) || 'K' || lpad((n % 10000)::text, 4, '0') AS plate
      FROM generate_series(0, %(people)s - 1) n
"""
_FLEET = """
    INSERT INTO customers (id, name, name_key, phone, email, created_at, updated_at)
    SELECT customer_id, name, lower(name), phone, 'customer' || n || '@example.test', %(epoch)s, %(epoch)s FROM people ORDER BY n;
    INSERT INTO vehicles (id, customer_id, year, make, model, plate, plate_key, plate_state, vin, mileage, created_at, updated_at)
    SELECT vehicle_id, customer_id, year, make, model, plate, plate, 'NY', '1HGCM' || lpad(n::text, 12, '0'), 20000 + n % 120000,
           %(epoch)s, %(epoch)s FROM people ORDER BY n;
"""

# A shop in two places: the bench's advisor works at the first one, technicians and bays are 25 at each.
_STAFF = f"""
    INSERT INTO locations (id, name, timezone, opens_at, closes_at, created_at)
    SELECT {_id("location", "n")}, 'Bench ' || n, coalesce((%(zones)s::text[])[n], (%(zones)s::text[])[1]), '08:00', '18:00', %(epoch)s
      FROM generate_series(1, %(places)s + 2) n;
    INSERT INTO users (id, email, name, role, password_hash, created_at, updated_at, password_changed_at)
    SELECT {_id("user", "n")}, 'tech' || n || '@bench.test', {_FIRST} || ' ' || {_LAST}, 'Tech', %(password)s, %(epoch)s, %(epoch)s, %(epoch)s
      FROM generate_series(0, %(places)s * {LANES} - 1) n
    UNION ALL
    SELECT {_id("user", "100000 + n")}, email, name, 'Advisor', %(password)s, %(epoch)s, %(epoch)s, %(epoch)s
      FROM unnest(%(emails)s::text[], %(names)s::text[]) WITH ORDINALITY AS a (email, name, n);
    INSERT INTO user_locations (user_id, location_id)
    SELECT {_id("user", "n")}, {_id("location", f"1 + n / {LANES}")} FROM generate_series(0, %(places)s * {LANES} - 1) n
    UNION ALL
    SELECT {_id("user", "100000 + n")}, {_id("location", "place")} FROM unnest(%(works_at)s::int[]) WITH ORDINALITY AS a (place, n);
    INSERT INTO bays (id, location_id, name, sort_order)
    SELECT {_id("bay", "n")}, {_id("location", f"1 + n / {LANES}")}, 'Bay ' || (1 + n % {LANES}), n % {LANES}
      FROM generate_series(0, %(places)s * {LANES} - 1) n;
"""

# Who comes when, numbered in the order of booking: most book a day or two ahead, few two weeks.
_STAGE = f"""
    CREATE TEMPORARY TABLE stage AS
    SELECT row_number() OVER (ORDER BY booked_at) AS n, * FROM (
        SELECT place, day, lane, slot, starts_at, starts_at + interval '1 hour' AS ends_at,
               starts_at - least(-ln(1 - random()) * interval '36 hours', interval '14 days') AS booked_at,
               (random() * (%(people)s - 1))::bigint AS person, random() AS luck
          FROM generate_series(1, %(places)s) place,
               generate_series(%(first_day)s::date, %(last_day)s::date, interval '1 day') AS days (midnight),
               generate_series(0, {CARDS_PER_DAY} - 1) k,
               LATERAL (SELECT midnight::date AS day, k % {LANES} AS lane, k / {LANES} AS slot) s,
               LATERAL (SELECT (day + time '{DAY_OF_SLOTS}' + slot * interval '1 hour') AT TIME ZONE (%(zones)s::text[])[place] AS starts_at) t
    ) planned ORDER BY booked_at
"""

_APPOINTMENTS = f"""
    INSERT INTO appointments (id, number, location_id, day, starts_at, ends_at, status, status_since, order_key, promised_at,
        check_in_at, check_out_at, customer_id, vehicle_id, tech_id, bay_id, title, notes, total_cents, paid_cents, owed_cents, unread_count,
        customer_name, customer_phone, vehicle_label, plate, tech_name, bay_name, services_summary, created_at, updated_at)
    SELECT {_id("appointment", "s.n", "booked_at")}, 1000 + s.n, {_id("location", "place")}, day, starts_at, ends_at, status,
           CASE WHEN day < %(today)s THEN ends_at ELSE booked_at END, 1024.0 * (slot * {LANES} + lane + 1), ends_at,
           CASE WHEN status = 'COMPLETED' THEN starts_at END, CASE WHEN status = 'COMPLETED' THEN ends_at END,
           customer_id, vehicle_id, CASE WHEN is_planned THEN {_id("user", f"(place - 1) * {LANES} + lane")} END,
           CASE WHEN is_planned THEN {_id("bay", f"(place - 1) * {LANES} + lane")} END,
           NULL, CASE WHEN luck < 0.2 THEN 'Customer asks to be called before any work beyond the estimate.' END,
           9900 + s.n % 90000, CASE WHEN status = 'COMPLETED' AND day > %(recent)s THEN 9900 + s.n % 90000 ELSE 0 END,
           CASE WHEN status = 'COMPLETED' THEN (9900 + s.n % 90000) * ((s.n % 40 <> 0)::int - (day > %(recent)s)::int) ELSE 0 END, 0,
           name, phone, concat_ws(' ', year, make, model), plate,
           CASE WHEN is_planned THEN tech_names[(place - 1) * {LANES} + lane + 1] END, CASE WHEN is_planned THEN 'Bay ' || (1 + lane) END, {_SUMMARY},
           booked_at, greatest(booked_at, least(ends_at, now()))
      FROM stage s JOIN people p ON p.n = s.person
      CROSS JOIN LATERAL (SELECT day > %(planned_since)s AS is_planned) i
      CROSS JOIN (SELECT array_agg(name ORDER BY id) AS tech_names FROM users WHERE role = 'Tech') t
      CROSS JOIN LATERAL (SELECT CASE WHEN day >= %(today)s THEN 'SCHEDULED' WHEN luck < 0.05 THEN 'CANCELED'
                                      WHEN luck < 0.08 THEN 'NO_SHOW' ELSE 'COMPLETED' END AS status) o
"""

# Full threads, lines, checks and history for the first place's last days; a line and a text for everybody else.
_IS_RECENT = "place = 1 AND day > %(recent)s AND day <= %(shown)s"
_TEXT = _pick(
    "m.n",
    "Hi, is my car ready for pickup yet? I can come by after four.",
    "Your car is on the lift now. We found worn front pads, photos follow.",
    "Thanks! Please go ahead with the brakes as quoted.",
    "All done. Total is on the estimate you approved, we close at six.",
)
_DETAILS = f"""
    INSERT INTO appointment_jobs (id, appointment_id, location_id, name, category, approval, decided_at, created_at, updated_at)
    SELECT {_id("job", "s.n", "booked_at")}, {_id("appointment", "s.n", "booked_at")}, {_id("location", "place")}, {_pick("s.n", "Oil change", "Brake pads, front", "Tire rotation")}, 'Maintenance', 'approved', booked_at, booked_at, booked_at
      FROM stage s;
    INSERT INTO appointment_services (id, appointment_id, job_id, sort_order, kind, name, hours, is_flat, unit_price_cents, price_cents, tax_class, created_at, updated_at)
    SELECT {_id("service", "s.n * 8 + m.n", "booked_at")}, {_id("appointment", "s.n", "booked_at")}, {_id("job", "s.n", "booked_at")}, m.n, 'labor', {_pick("s.n + m.n", "Oil change", "Brake pads, front", "Tire rotation")},
           1.5, true, 8900, 8900, 'labor', booked_at, booked_at
      FROM stage s CROSS JOIN LATERAL generate_series(1, CASE WHEN {_IS_RECENT} THEN 3 ELSE %(lines)s END) m (n);
    INSERT INTO messages (id, location_id, appointment_id, customer_id, direction, channel, status, message_class, origin, consent_event_id, body, created_at, created_by, read_at)
    SELECT {_id("message", "s.n * 64 + m.n", "booked_at + m.n * interval '7 minutes'")}, {_id("location", "place")}, {_id("appointment", "s.n", "booked_at")}, {_id("customer", "person", "%(epoch)s + person * interval '1 minute'")},
           CASE WHEN m.n % 2 = 0 THEN 'in' ELSE 'out' END, 'sms', CASE WHEN m.n % 2 = 0 THEN 'received' ELSE 'delivered' END,
           'conversation', CASE WHEN m.n % 2 = 0 THEN 'customer' ELSE 'staff' END, CASE WHEN m.n % 2 = 1 THEN {_id("consent", "person", "%(epoch)s")} END,
           {_TEXT} || ' (' || (s.n * 7919 + m.n * 104729) % 100000 || ')', booked_at + m.n * interval '7 minutes',
           CASE WHEN m.n % 2 = 1 THEN {_id("user", f"(place - 1) * {LANES} + lane")} END, CASE WHEN m.n % 2 = 0 THEN ends_at END
      FROM stage s CROSS JOIN LATERAL generate_series(1, CASE WHEN {_IS_RECENT} THEN 50 ELSE %(texts)s END) m (n);
    INSERT INTO payments (id, location_id, appointment_id, kind, method, amount_cents, currency, accounting_on, created_at)
    SELECT {_id("payment", "s.n", "a.ends_at")}, a.location_id, a.id, 'payment', 'card', a.paid_cents, 'USD', a.day, a.ends_at
      FROM stage s JOIN appointments a ON a.id = {_id("appointment", "s.n", "booked_at")} WHERE s.day > %(recent)s AND a.paid_cents > 0;
    INSERT INTO inspection_checklists (id, appointment_id, location_id, title, created_at, updated_at)
    SELECT {_id("check", "s.n", "booked_at")}, {_id("appointment", "s.n", "booked_at")}, {_id("location", "place")}, 'Courtesy check', booked_at, booked_at FROM stage s WHERE {_IS_RECENT};
    INSERT INTO inspection_items (id, checklist_id, sort_order, label, result, note)
    SELECT {_id("item", "s.n * 16 + m.n", "booked_at")}, {_id("check", "s.n", "booked_at")}, m.n, {_pick("m.n", "Brake pads, front", "Tire tread", "Wiper blades", "Battery", "Coolant")}, 'pass', NULL
      FROM stage s, generate_series(1, 10) m (n) WHERE {_IS_RECENT};
    INSERT INTO audit_logs (id, at, action, entity, entity_id, location_id, version, actor_kind, actor_id, actor_name, actor_role, changes)
    SELECT {_id("audit", "s.n * 16 + m.n", "booked_at + m.n * interval '1 hour'")}, booked_at + m.n * interval '1 hour', 'appointment.status_changed', 'appointment', {_id("appointment", "s.n", "booked_at")},
           {_id("location", "place")}, m.n, 'user', {_id("user", "100001")}, 'Ada Bench', 'Advisor', '{{"status": ["SCHEDULED", "IN_PROGRESS"]}}'
      FROM stage s CROSS JOIN LATERAL generate_series(1, CASE WHEN {_IS_RECENT} THEN 4 ELSE 1 END) m (n);
"""

# What figures are made of: each completed visit has its invoice and how long it stood where; one job in nine was declined.
_FIGURES = f"""
    INSERT INTO invoices (id, location_id, number, appointment_id, created_at)
    SELECT {_id("invoice", "number", "ends_at")}, location_id, number, id, ends_at FROM appointments WHERE status = 'COMPLETED';
    INSERT INTO invoice_versions (id, invoice_id, location_id, appointment_id, version_no, document, document_hash, labor_net_cents,
        parts_net_cents, fees_net_cents, tax_cents, total_cents, labor_seconds, issued_on, issued_at)
    SELECT {_id("version", "number", "ends_at")}, {_id("invoice", "number", "ends_at")}, location_id, id, 1, '{{}}', repeat('0', 64),
           total_cents, 0, 0, 0, total_cents, 5400, day, ends_at FROM appointments WHERE status = 'COMPLETED';
    INSERT INTO invoice_reversals (version_id, location_id, reversed_on, reversed_at, reason)
    SELECT {_id("version", "number", "ends_at")}, location_id, day, ends_at, 'Wrong part' FROM appointments WHERE status = 'COMPLETED' AND number % 40 = 0;
    INSERT INTO status_spans (appointment_id, position, status, entered_at, left_at)
    SELECT id, position, status, starts_at + (position - 2) * interval '30 minutes', starts_at + (position - 1) * interval '30 minutes'
      FROM (SELECT id, starts_at FROM appointments WHERE status = 'COMPLETED') a,
           unnest(ARRAY['SCHEDULED', 'IN_PROGRESS', 'READY']) WITH ORDINALITY AS s (status, position);
    INSERT INTO estimates (id, location_id, appointment_id, version_no, document, document_hash, total_cents, link_cap_cents, created_at)
    SELECT {_id("estimate", "number", "starts_at")}, location_id, id, 1, '{{}}', repeat('0', 64), total_cents, 0, starts_at
      FROM appointments WHERE status = 'COMPLETED';
    UPDATE appointment_jobs SET approval = 'declined', decline_reason = 'Not now' WHERE get_byte(uuid_send(id), 15) % 9 = 0;
"""


def _run(connection: "psycopg.Connection[Any]", statements: str, values: dict[str, Any]) -> None:
    """Run statements with their %(names)s written in as literals; any other percent sign is the modulo operator."""
    text = re.sub(r"%\((\w+)\)s", lambda found: sql.Literal(values[found[1]]).as_string(connection), statements)
    connection.execute(text)


def _fill(connection: "psycopg.Connection[Any]", size: Size, today: date) -> None:
    last_day = today + timedelta(days=DAYS_AHEAD)
    values = {
        "people": max(1000, size.appointments // 10),
        "places": len(ZONES),
        "zones": list(ZONES),
        "epoch": datetime.combine(today, datetime.min.time(), UTC) - timedelta(days=size.days + 400),
        "emails": [account.email for account in ACCOUNTS],
        "names": [account.name for account in ACCOUNTS],
        "works_at": [account.place for account in ACCOUNTS],
        "password": hash_password(ACCOUNTS[0].password),
        "today": today,
        "first_day": last_day - timedelta(days=size.days - 1),
        "last_day": last_day,
        "recent": today - timedelta(days=RECENT_DAYS + 1),
        # Every day that this load can be asked for has full drawers.
        "shown": today + timedelta(days=KEEP_DAYS),
        "planned_since": today - timedelta(days=PLANNED_DAYS),
        "lines": 1,
        "texts": 1 if size.appointments > TEN_THOUSAND.appointments else 0,
    }
    connection.execute("SELECT setseed(0.42)")
    connection.execute(_ID_FUNCTION)
    _run(connection, _PEOPLE, values)
    connection.execute("ANALYZE people")
    tables = (
        "customers",
        "vehicles",
        "appointments",
        "appointment_jobs",
        "appointment_services",
        "messages",
        "audit_logs",
        "invoices",
        "invoice_versions",
        "estimates",
        "status_spans",
    )
    with _without_indexes(connection, tables if size.appointments > TEN_THOUSAND.appointments else ()):
        _run(connection, _FLEET, values)
        _run(connection, _STAFF, values)
        _run(connection, _STAGE, values)
        connection.execute("ANALYZE stage")
        _run(connection, _APPOINTMENTS, values)
        _run(connection, _DETAILS, values)
        _run(connection, _FIGURES, values)
    connection.execute("SELECT setval('appointment_numbers', (SELECT max(number) FROM appointments))")
    if size is TEN_THOUSAND:
        _run(connection, _BROWSER_PLACES, values)


@contextmanager
def _without_indexes(connection: "psycopg.Connection[Any]", tables: tuple[str, ...]) -> Iterator[None]:
    """Take indexes and index constraints off, and put them back as they were: building one is far cheaper than filling it."""
    constraints = connection.execute(
        """
        SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(c.oid) FROM pg_constraint c
         WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('x', 'u', 'p', 'f')
        UNION
        SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(c.oid) FROM pg_constraint c
         WHERE confrelid = ANY (%s::regclass[]) AND contype = 'f'
        """,
        [list(tables), list(tables)],
    ).fetchall()
    # Foreign keys first off and last on: they stand on the others.
    constraints.sort(key=lambda row: not row[2].startswith("FOREIGN"))
    for table, name, _definition in constraints:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    indexes = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY (%s::regclass[])",
        [list(tables)],
    ).fetchall()
    for name, _definition in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        connection.execute(definition)
    for table, name, definition in reversed(constraints):
        # What was inserted above refers to rows inserted above; checking five million again proves nothing.
        suffix = " NOT VALID" if definition.startswith("FOREIGN") else ""
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}{suffix}")


# Beside the shop, for the browser: place 3 has 2,000 cards on one day, place 4 a month with 30 visits a day.
_BROWSER_PLACES = f"""
    INSERT INTO appointments (id, location_id, day, starts_at, ends_at, status, status_since, order_key, promised_at, check_in_at,
        check_out_at, customer_id, vehicle_id, total_cents, customer_name, customer_phone, vehicle_label, plate, services_summary,
        created_at, updated_at)
    SELECT {_id("appointment", "50000000 + s.n", "starts_at")}, {_id("location", "place")}, day, starts_at, starts_at + length,
           status, starts_at, s.n * 1024.0, starts_at + length,
           CASE WHEN status IN ('IN_PROGRESS', 'READY', 'COMPLETED') THEN starts_at END, CASE WHEN status = 'COMPLETED' THEN starts_at END,
           customer_id, vehicle_id, 9900 + s.n, name, phone, concat_ws(' ', year, make, model), plate, {_SUMMARY}, starts_at, starts_at
      FROM (
          SELECT k AS n, 3 AS place, %(today)s::date AS day, interval '1 hour' AS length,
                 (ARRAY['SCHEDULED', 'IN_PROGRESS', 'READY', 'COMPLETED'])[1 + k % 4] AS status,
                 (%(today)s::date + time '08:00' + k % 500 * interval '1 minute') AT TIME ZONE 'America/New_York' AS starts_at
            FROM generate_series(1, {CROWD_CARDS}) k
          UNION ALL
          SELECT 10000 + k, 4, day, (1 + k % 3) * interval '30 minutes', 'SCHEDULED',
                 (day + time '08:00' + k % 18 * interval '30 minutes') AT TIME ZONE 'America/New_York'
            FROM generate_series(0, {CALENDAR_DAYS * CALENDAR_VISITS} - 1) k,
                 LATERAL (SELECT %(today)s::date - {CALENDAR_DAYS // 2} + k / {CALENDAR_VISITS} AS day) d
      ) s JOIN people p ON p.n = s.n % 900;
"""

# --- a fresh working day ----------------------------------------------------------------------

# 190 of today's cars over the columns, ten that stand here since yesterday; everything a run may have changed is set.
_OPEN_DAY = f"""
    DELETE FROM outbox;
    DELETE FROM audit_logs
     WHERE entity_id IN (SELECT id FROM appointments WHERE location_id = %(location)s AND day > %(today)s - 2) AND request_id IS NOT NULL;
    DELETE FROM appointments WHERE location_id = %(location)s AND day > %(today)s - 2 AND created_by IS NOT NULL;
    UPDATE appointments
       SET status = CASE WHEN number % 25 = 0 THEN 'CANCELED' ELSE 'COMPLETED' END, check_in_at = starts_at, check_out_at = ends_at
     WHERE location_id = %(location)s AND day < %(today)s AND day > %(today)s - {RECENT_DAYS + 2}
       AND (status IN ('SCHEDULED', 'IN_PROGRESS', 'READY') OR check_out_at IS NULL AND check_in_at IS NOT NULL)
       AND NOT (day = %(today)s - 1 AND version = 1 AND order_key < 0);
    WITH numbered AS (
        SELECT id, starts_at, ends_at, row_number() OVER (ORDER BY starts_at, id) AS k FROM appointments
         WHERE location_id = %(location)s AND day = %(today)s
    ),
    wanted AS (
        SELECT id, k * 1024.0::float8 AS order_key,
               CASE WHEN k <= 60 THEN 'IN_PROGRESS' WHEN k <= 120 THEN 'READY' WHEN k <= 140 THEN 'COMPLETED'
                    WHEN k <= 185 THEN 'SCHEDULED' WHEN k <= 188 THEN 'CANCELED' ELSE 'NO_SHOW' END AS status,
               CASE WHEN k <= 140 THEN starts_at END AS check_in_at,
               CASE WHEN k BETWEEN 121 AND 140 THEN ends_at END AS check_out_at,
               CASE WHEN k > {CARDS_PER_DAY - CARRIED_OVER} THEN starts_at END AS deleted_at
          FROM numbered
    )
    UPDATE appointments a
       SET status = w.status, check_in_at = w.check_in_at, check_out_at = w.check_out_at, order_key = w.order_key,
           deleted_at = w.deleted_at, version = 1, rev = rev + 1
      FROM wanted w
     -- Rows that are right stay where they are: each new version would spread the day over more pages.
     WHERE a.id = w.id AND (a.status, a.check_in_at, a.check_out_at, a.order_key, a.deleted_at, a.version)
           IS DISTINCT FROM (w.status, w.check_in_at, w.check_out_at, w.order_key, w.deleted_at, 1);
    UPDATE appointments a
       SET status = 'IN_PROGRESS', check_in_at = starts_at, check_out_at = NULL, order_key = -a.number, version = 1, rev = rev + 1
     WHERE id IN (SELECT id FROM appointments WHERE location_id = %(location)s AND day = %(today)s - 1
                   ORDER BY starts_at DESC, id LIMIT {CARRIED_OVER})
       AND (status, check_in_at, check_out_at, order_key, version)
           IS DISTINCT FROM ('IN_PROGRESS', starts_at, NULL::timestamptz, -a.number::float8, 1);
"""


def open_day(connection: "psycopg.Connection[Any]", shop: Shop) -> None:
    """Make today's board of the shop what it is at the start of every part: 200 cards, ten of them carried over."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        _run(connection, _OPEN_DAY, {"location": shop.location_id, "today": shop.today})


def tidy(connection: "psycopg.Connection[Any]") -> None:
    """Leave nothing of earlier runs in the way, as autovacuum, which is off here, would."""
    connection.execute("VACUUM (ANALYZE, INDEX_CLEANUP ON) appointments, audit_logs, outbox, sessions")
    connection.execute("CHECKPOINT")
