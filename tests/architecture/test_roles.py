"""Each role of the database may do what `migrations/roles.py` says, and no table is without a decision."""

import os
import subprocess

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from migrations import roles
from tests.conftest import role_url
from tools import postgres_programs

# What nobody may ever change, by law or by promise.
NEVER_CHANGED = frozenset(
    {
        *("approvals", "audit_anchors", "audit_logs", "audit_seals", "consent_events", "day_closes"),
        *("inspection_template_versions", "invoice_reversals", "invoice_versions", "invoices"),
        *("payments", "work_checks"),
    }
)
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def _connect(url: str):
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


@pytest.fixture
def administrator(administrator_url):
    with _connect(administrator_url) as connection:
        yield connection


def _tables(connection) -> list[str]:
    return [
        name
        for (name,) in connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
    ]


def _granted(connection, role: str, table: str) -> set[str]:
    newer = ("MAINTAIN",) if connection.info.server_version >= 170000 else ()
    return {
        right
        for right in (*RIGHTS, *newer)
        if connection.execute("SELECT has_table_privilege(%s, %s, %s)", [role, f"public.{table}", right]).fetchone()[0]
    }


def test_every_table_has_a_decision_and_none_is_about_a_table_that_is_gone(administrator):
    assert set(_tables(administrator)) == set(roles.TABLES), "decide in migrations/roles.py what the application may do"


def test_the_catalog_grants_the_application_what_is_written_and_nothing_else(administrator):
    granted = {table: _granted(administrator, roles.APP, table) for table in _tables(administrator)}

    assert granted == {table: set(rights.split(", ")) for table, rights in roles.TABLES.items()}
    assert {table for table, rights in granted.items() if rights == {"SELECT", "INSERT"}} == NEVER_CHANGED


def test_readers_read_and_the_reports_see_nothing_that_opens_doors(administrator):
    for table in _tables(administrator):
        assert _granted(administrator, roles.BACKUP, table) == {"SELECT"}, table
        columns = dict(
            administrator.execute(
                "SELECT attname, has_column_privilege(%s, attrelid, attnum, 'SELECT') FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                [roles.READONLY, f"public.{table}"],
            )
        )
        hidden = {name for name, readable in columns.items() if not readable}
        expected = set(columns) if table in roles.HIDDEN_TABLES else roles.HIDDEN_COLUMNS.get(table, set())
        assert hidden == expected, table
        assert _granted(administrator, roles.READONLY, table) <= {"SELECT"}, table
        # A column whose name says so is never shown.
        telling = {name for name in columns if name.endswith(("_hash", "_token", "secret")) and "row_hash" not in name}
        assert telling - {"content_hash", "document_hash"} <= hidden, table


def test_nobody_but_the_owner_owns_or_may_make_anything(administrator):
    owners = administrator.execute(
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "UNION SELECT DISTINCT pg_get_userbyid(proowner) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    ).fetchall()
    assert owners == [(roles.OWNER,)]
    for role in (roles.APP, roles.READONLY, roles.BACKUP):
        row = administrator.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, "
            "has_schema_privilege(rolname, 'public', 'CREATE'), pg_has_role(rolname, %s, 'MEMBER') "
            "FROM pg_roles WHERE rolname = %s",
            [roles.OWNER, role],
        ).fetchone()
        assert not any(row), role
    is_super = administrator.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [roles.OWNER]).fetchone()[0]
    assert not is_super


@pytest.mark.parametrize("table", sorted(NEVER_CHANGED))
def test_what_is_never_changed_is_refused_to_the_application_and_to_the_owner(
    administrator, database_url, owner, table
):
    column = administrator.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [f"public.{table}"]
    ).fetchone()[0]
    statements = [
        sql.SQL(text).format(sql.Identifier(table), sql.Identifier(column))
        for text in ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE")
    ]
    with _connect(database_url) as app:
        for statement in statements:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
        for statement in (
            sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(sql.Identifier(table)),
            sql.SQL("DROP TABLE {}").format(sql.Identifier(table)),
            sql.SQL("SET session_replication_role = replica"),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
    # The owner is stopped by the triggers; those of rows run for rows only, so that the catalog has to do.
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        owner.execute(statements[2])
    triggers = {
        event
        for (bits,) in owner.execute(
            "SELECT tgtype FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O' AND tgfoid = 'keytag_refuse_change'::regproc",
            [f"public.{table}"],
        )
        for event, bit in (("UPDATE", 16), ("DELETE", 8), ("TRUNCATE", 32))
        if bits & bit
    }
    assert triggers == {"UPDATE", "DELETE", "TRUNCATE"}


def test_the_application_makes_nothing(database_url):
    with _connect(database_url) as app:
        for statement in (
            "CREATE TABLE mine (id int)",
            "ALTER TABLE appointments ADD COLUMN mine int",
            "CREATE INDEX mine ON appointments (id)",
            "DROP INDEX ix_audit_logs_entity_id_id",
            "CREATE OR REPLACE FUNCTION keytag_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE ROLE mine",
            "GRANT keytag_owner TO keytag_app",
            "SET ROLE keytag_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


def test_a_backup_can_be_made_by_its_role(administrator_url, worker_folder):
    programs = postgres_programs.find(worker_folder / "programs")
    url = make_url(role_url(administrator_url, roles.BACKUP)).set(drivername="postgresql")
    done = subprocess.run(
        [programs / "pg_dump", "--schema-only", "--schema=public", url.render_as_string(hide_password=False)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "CREATE TABLE public.payments" in done.stdout
    with _connect(url.render_as_string(hide_password=False)) as connection:
        assert connection.execute("SELECT count(*) FROM payments").fetchone() == (0,)


def test_reports_are_read_only_and_do_not_last(administrator_url):
    with _connect(role_url(administrator_url, roles.READONLY)) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("1min",)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TEMPORARY TABLE mine (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT password_hash FROM users")
        assert connection.execute("SELECT name FROM users").fetchall() == []


def test_a_database_of_before_is_handed_over_and_granting_again_changes_nothing(administrator):
    """As in an installation whose administrator owned everything, with tables, a sequence and functions in it."""
    name = f"{administrator.info.dbname}_before"
    administrator.execute(sql.SQL("CREATE DATABASE {} TEMPLATE keytag").format(sql.Identifier(name)))
    url = make_url(os.environ["KEYTAG_TEST_DATABASE_URL"]).set(database=name).render_as_string(hide_password=False)
    try:
        with _connect(url) as connection:
            connection.execute("ALTER TABLE payments OWNER TO keytag")
            connection.execute("ALTER SEQUENCE appointment_numbers OWNER TO keytag")
            connection.execute("ALTER FUNCTION keytag_refuse_change() OWNER TO keytag")
            connection.execute("REVOKE ALL ON payments FROM keytag_app")
            roles.make(connection, {})
            roles.grant(connection)
            roles.grant(connection)
            test_nobody_but_the_owner_owns_or_may_make_anything(connection)
            test_the_catalog_grants_the_application_what_is_written_and_nothing_else(connection)
    finally:
        administrator.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def cloud(administrator, monkeypatch):
    """Make an administrator who is no superuser, as clouds give one, with a database; the roles get other names here."""
    names = {name: f"cloud_{name.lower()}" for name in ("OWNER", "APP", "READONLY", "BACKUP")}
    for name, role in names.items():
        monkeypatch.setattr(roles, name, role)
    monkeypatch.setattr(roles, "ROLES", tuple(names.values()))
    database = sql.Identifier(f"{administrator.info.dbname}_cloud")
    administrator.execute("CREATE ROLE cloud_boss LOGIN CREATEROLE CREATEDB PASSWORD 'boss'")
    administrator.execute(sql.SQL("CREATE DATABASE {} OWNER cloud_boss").format(database))
    url = make_url(os.environ["KEYTAG_TEST_DATABASE_URL"])
    yield url.set(username="cloud_boss", password="boss", database=f"{administrator.info.dbname}_cloud")
    administrator.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
    for role in (*names.values(), "cloud_boss"):
        administrator.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def test_an_administrator_who_is_no_superuser_can_make_them(cloud):
    with _connect(cloud.render_as_string(hide_password=False)) as connection:
        connection.execute("CREATE TABLE payments (id int); CREATE TABLE users (id int, password_hash text)")
        passwords = dict.fromkeys(roles.ROLES, "of-the-role")
        roles.make(connection, passwords)
        roles.make(connection, passwords)
    owner = cloud.set(username=roles.OWNER, password="of-the-role")
    with _connect(owner.render_as_string(hide_password=False)) as connection:
        roles.grant(connection)
        connection.execute("CREATE TABLE customers (id int)")
        roles.grant(connection)
        assert _granted(connection, roles.APP, "payments") == {"SELECT", "INSERT"}
        assert _granted(connection, roles.APP, "customers") == {"SELECT", "INSERT", "UPDATE"}
    app = cloud.set(username=roles.APP, password="of-the-role")
    with _connect(app.render_as_string(hide_password=False)) as connection:
        connection.execute("INSERT INTO payments VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM payments")
