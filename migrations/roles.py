"""Who may do what in the database: four roles, and one decision for every table.

- `keytag_owner` owns everything and migrates;
- `keytag_app` is web, worker and dispatcher: it reads and writes, adds only where nothing may ever change, and owns nothing,
  so that it can neither alter a table nor switch off a trigger;
- `keytag_readonly` reads for reports, without what opens doors;
- `keytag_backup` reads everything, for pg_dump.

`grant` stands after every migration (env.py): what the roles may is this file, not the sum of old migrations.
`python -m migrations.roles` makes the roles; an administrator of the server runs it, see docs/running.md.
"""

import os
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

OWNER, APP, READONLY, BACKUP = "keytag_owner", "keytag_app", "keytag_readonly", "keytag_backup"
ROLES = (OWNER, APP, READONLY, BACKUP)

# Never changed: by law, or because nobody would believe it any more.
_ADDED_TO = (
    "approvals",
    "audit_anchors",
    "audit_logs",
    "audit_seals",
    "consent_events",
    "day_closes",
    "inspection_template_versions",
    "invoice_reversals",
    "invoice_versions",
    "invoices",
    "payments",
    "work_checks",
)
# Changed, and never deleted.
_KEPT = (
    "appointments",
    "audit_checks",
    "customers",
    "estimates",
    "findings",
    "invoice_counters",
    "locations",
    "users",
    "vehicles",
)
# Everything else.
_FREE = (
    "appointment_jobs",
    "appointment_services",
    "bays",
    "checkouts",
    "consent_reviews",
    "consent_states",
    "conversations",
    "devices",
    "export_runs",
    "idempotency_keys",
    "inspection_checklists",
    "inspection_items",
    "inspection_photos",
    "inspection_templates",
    "labor_rates",
    "link_visits",
    "login_attempts",
    "message_templates",
    "messages",
    "notice_rules",
    "outbox",
    "outbox_deliveries",
    "pairing_tries",
    "photo_chunks",
    "provider_events",
    "reconciliations",
    "refresh_tokens",
    "schedule_leases",
    "service_catalog",
    "service_catalog_lines",
    "sessions",
    "signed_links",
    "status_spans",
    "switches",
    "tax_rates",
    "user_locations",
    "work_timers",
)

# Table -> what the application may do with its rows. A table that is not here is closed to it; a test names it.
TABLES: dict[str, str] = {
    "alembic_version": "SELECT",
    **dict.fromkeys(_ADDED_TO, "SELECT, INSERT"),
    **dict.fromkeys(_KEPT, "SELECT, INSERT, UPDATE"),
    **dict.fromkeys(_FREE, "SELECT, INSERT, UPDATE, DELETE"),
}

# What opens doors, or repeats what others sent: no report needs it.
HIDDEN_TABLES = frozenset(
    {"idempotency_keys", "login_attempts", "pairing_tries", "provider_events", "refresh_tokens", "sessions"}
)
HIDDEN_COLUMNS: dict[str, frozenset[str]] = {
    "devices": frozenset({"code_hash", "token_hash"}),
    "link_visits": frozenset({"secret_hash"}),
    "signed_links": frozenset({"token_hash"}),
    "users": frozenset({"password_hash", "pin_hash"}),
}

# Longer than any report should keep what it reads from being tidied up.
_REPORT_SECONDS = 60

_OURS = """
    SELECT c.relname, c.relkind::text,
           ARRAY(SELECT a.attname::text FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
       AND pg_has_role(c.relowner, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i'))
     ORDER BY c.relname
"""
# Functions too: who owns a trigger's function may rewrite what the trigger does.
_FOREIGN = """
    SELECT format('ALTER %%s public.%%I OWNER TO %%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, c.relname, %(owner)s::text)
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S') AND c.relowner <> %(owner)s::regrole
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'e', 'i'))
    UNION ALL
    SELECT format('ALTER ROUTINE %%s OWNER TO %%I', p.oid::regprocedure, %(owner)s::text)
      FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> %(owner)s::regrole
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
"""

Connection = psycopg.Connection[Any]


def make(connection: Connection, passwords: Mapping[str, str]) -> None:
    """Make the roles where they are missing and give the owner the database and all that is in it; as an administrator.

    A role without a password can't sign in. Doing it again changes nothing but the passwords.
    """
    with connection.transaction():
        for role in ROLES:
            _create(connection, role)
            if role in passwords:
                # What the server logs of a statement that fails must hold no password.
                verifier = connection.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
                connection.execute(
                    sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), verifier.decode())
                )
        if not _flag(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
        database = sql.Identifier(connection.info.dbname)
        owner = sql.Identifier(OWNER)
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        for role in (APP, READONLY, BACKUP):
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(role)))
        for (statement,) in connection.execute(_FOREIGN, {"owner": OWNER}).fetchall():
            connection.execute(statement)
        connection.execute(
            sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(sql.Identifier(READONLY))
        )
        connection.execute(
            sql.SQL("ALTER ROLE {} SET statement_timeout = {}").format(sql.Identifier(READONLY), f"{_REPORT_SECONDS}s")
        )


def grant(connection: Connection) -> None:
    """Give every role what the tables above say, and nothing else; what somebody else owns is left alone.

    Roles that are missing are made, unable to sign in, if we may; else the deployment makes them and grants again.
    """
    with connection.transaction():
        if _flag(connection, "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"):
            for role in (APP, READONLY, BACKUP):
                _create(connection, role)
        present = [role for role in (APP, READONLY, BACKUP) if _exists(connection, role)]
        if not present:
            return
        grantees = sql.SQL(", ").join(map(sql.Identifier, present))
        if _flag(connection, "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'public'"):
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(grantees))
        for name, kind, columns in connection.execute(_OURS).fetchall():
            what = sql.SQL("SEQUENCE" if kind == "S" else "TABLE")
            there = sql.SQL("{} {}").format(what, sql.Identifier(name))
            connection.execute(sql.SQL("REVOKE ALL ON {} FROM PUBLIC, {}").format(there, grantees))
            rights = _sequence_rights() if kind == "S" else _table_rights(name, columns)
            for role in present:
                if role in rights:
                    connection.execute(
                        sql.SQL("GRANT {} ON {} TO {}").format(rights[role], there, sql.Identifier(role))
                    )


def _sequence_rights() -> dict[str, sql.Composable]:
    # UPDATE is setval: the demo shop's numbers go on where its rows end.
    return {APP: sql.SQL("USAGE, SELECT, UPDATE"), READONLY: sql.SQL("SELECT"), BACKUP: sql.SQL("SELECT")}


def _table_rights(name: str, columns: list[str]) -> dict[str, sql.Composable]:
    rights: dict[str, sql.Composable] = {BACKUP: sql.SQL("SELECT")}
    if name in TABLES:
        rights[APP] = sql.SQL(TABLES[name])
        if name not in HIDDEN_TABLES:
            hidden = HIDDEN_COLUMNS.get(name, frozenset())
            shown = sql.SQL(", ").join(sql.Identifier(column) for column in columns if column not in hidden)
            rights[READONLY] = sql.SQL("SELECT ({})").format(shown) if hidden else sql.SQL("SELECT")
    return rights


def _create(connection: Connection, role: str) -> None:
    if not _exists(connection, role):
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))


def _exists(connection: Connection, role: str) -> bool:
    return connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None


def _flag(connection: Connection, question: str) -> bool:
    row = connection.execute(question).fetchone()
    return bool(row and row[0])


def main() -> None:
    """Make the roles of the database at DATABASE_URL, an administrator's address, with the passwords of the environment."""
    environ = os.environ  # noqa: TID251  a command line tool's edge
    address = environ["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")
    passwords = {role: environ[name] for role in ROLES if environ.get(name := f"{role.upper()}_PASSWORD")}
    with psycopg.connect(address, application_name="keytag-roles") as connection:
        make(connection, passwords)
        grant(connection)


if __name__ == "__main__":
    main()
