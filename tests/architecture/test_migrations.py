"""Migrations go forward, back and forward again with data, and say what the models say."""

import os
import re
import subprocess
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from backend.core.db import Model
from tools.paths import ROOT, VENV_BIN, VENV_PYTHON

# Importing the application imports every model.
import backend.app  # noqa: F401 isort: skip


@pytest.fixture
def scratch_url(worker_id):
    """Make an empty database of this test's own."""
    with _database(f"migrations_{worker_id}", "template1") as url:
        yield url


@pytest.fixture
def migrated_url(worker_id):
    """Make a database of this test's own at the newest migration."""
    with _database(f"migrated_{worker_id}", make_url(os.environ["KEYTAG_TEST_DATABASE_URL"]).database) as url:
        yield url


@contextmanager
def _database(name, source):
    template = make_url(os.environ["KEYTAG_TEST_DATABASE_URL"])
    admin = template.set(database="postgres", drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, source))))
    yield template.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _alembic(url: str, *arguments: str) -> str:
    return _run(url, VENV_BIN / "alembic", *arguments)


def _python(url: str, program: str) -> str:
    return _run(url, VENV_PYTHON, "-c", program)


def _run(url: str, *command: Any) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"DATABASE_URL": url, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _connect(url: str):
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


_VISIT = """
INSERT INTO locations (id, name, timezone, opens_at, closes_at, created_at)
VALUES (gen_random_uuid(), 'Brooklyn', 'America/New_York', '8:00', '18:00', now());
INSERT INTO customers (id, name, name_key, created_at, updated_at) VALUES (gen_random_uuid(), 'Ana', 'ana', now(), now());
INSERT INTO appointments (id, location_id, day, starts_at, ends_at, status, status_since, order_key, customer_id, created_at, updated_at)
SELECT gen_random_uuid(), l.id, current_date, now(), now() + interval '1 hour', 'SCHEDULED', now(), 1, c.id, now(), now()
  FROM locations l, customers c;
"""
_ROWS = f"""
{_VISIT}
INSERT INTO payments (id, location_id, appointment_id, kind, method, amount_cents, currency, accounting_on, created_at)
SELECT gen_random_uuid(), location_id, id, 'payment', 'cash', 500, 'USD', current_date, now() FROM appointments;
"""


def test_there_is_one_head_and_the_names_sort_by_time():
    names = sorted(file.name for file in (ROOT / "migrations" / "versions").glob("*.py"))

    assert all(re.fullmatch(r"\d{8}_\d{4}_[a-z0-9_]+\.py", name) for name in names)
    texts = [(ROOT / "migrations" / "versions" / name).read_text() for name in names]
    revisions = [re.search(r'^revision.*"(.+)"', text, re.MULTILINE)[1] for text in texts]
    parents = [re.search(r"^down_revision.* = (.+)$", text, re.MULTILINE)[1].strip('"') for text in texts]
    assert parents == ["None", *revisions[:-1]]


def test_forward_back_and_forward_again_with_data(scratch_url):
    _alembic(scratch_url, "upgrade", "head")
    with _connect(scratch_url) as connection:
        connection.execute(_ROWS)
        paid = connection.execute("SELECT customer_name, paid_cents, number FROM appointments").fetchone()
    assert paid == ("Ana", 500, 1001)

    _alembic(scratch_url, "downgrade", "base")
    with _connect(scratch_url) as connection:
        left = connection.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'S') AND c.relname <> 'alembic_version'"
        ).fetchone()
        functions = connection.execute("SELECT count(*) FROM pg_proc WHERE proname LIKE 'keytag%'").fetchone()
    assert (left, functions) == ((0,), (0,))

    _alembic(scratch_url, "upgrade", "head")
    with _connect(scratch_url) as connection:
        connection.execute(_ROWS)


# As they were before entries and lines said more of themselves.
_OLD_MONEY = """
INSERT INTO payments (id, appointment_id, kind, method, amount_cents, currency, accounting_on, created_at)
SELECT gen_random_uuid(), id, 'payment', 'cash', 500, 'USD', current_date, now() FROM appointments;
INSERT INTO appointment_services (id, appointment_id, kind, category, name, hours, price_cents, approval, created_at)
SELECT gen_random_uuid(), a.id, t.kind, 'Brakes', t.name, t.hours, 8900, t.approval, now()
  FROM appointments a, (VALUES ('labor', 'Pads', 1.5, 'approved'), ('part', 'Rotor', NULL, 'declined')) t (kind, name, hours, approval);
"""

_OLD_TEXTS = """
INSERT INTO messages (id, appointment_id, customer_id, direction, channel, status, body, created_at)
SELECT gen_random_uuid(), a.id, a.customer_id, t.direction, 'sms', t.status, 'Your car is ready.', now()
  FROM appointments a, (VALUES ('out', 'delivered'), ('out', 'sending'), ('out', 'queued'), ('in', 'received')) t (direction, status);
"""


def test_lines_of_before_become_jobs_and_go_back(scratch_url):
    _alembic(scratch_url, "upgrade", "20261130_0140")
    with _connect(scratch_url) as connection:
        connection.execute(_VISIT)
        connection.execute(_OLD_MONEY)

    _alembic(scratch_url, "upgrade", "head")

    lines = """
        SELECT s.name, s.hours::float8, s.is_flat, s.unit_price_cents, s.price_cents, s.tax_class, j.name, j.category, j.approval
          FROM appointment_services s JOIN appointment_jobs j ON j.id = s.job_id ORDER BY s.name
    """
    with _connect(scratch_url) as connection:
        assert connection.execute(lines).fetchall() == [
            ("Pads", 1.5, True, 8900, 8900, "labor", "Pads", "Brakes", "approved"),
            ("Rotor", None, False, 8900, 8900, "parts", "Rotor", "Brakes", "declined"),
        ]
        entries = "SELECT count(*) FROM payments p JOIN appointments a ON a.id = p.appointment_id AND a.location_id = p.location_id"
        assert connection.execute(entries).fetchone() == (1,)

    _alembic(scratch_url, "downgrade", "20261130_0140")
    with _connect(scratch_url) as connection:
        back = "SELECT name, category, approval FROM appointment_services ORDER BY name"
        assert connection.execute(back).fetchall() == [("Pads", "Brakes", "approved"), ("Rotor", "Brakes", "declined")]


_OLD_INVOICES = """
INSERT INTO appointment_jobs (id, appointment_id, name, created_at, updated_at)
SELECT gen_random_uuid(), id, 'Brakes', now(), now() FROM appointments;
INSERT INTO inspection_checklists (id, appointment_id, title, created_at, updated_at)
SELECT gen_random_uuid(), id, 'Courtesy', now(), now() FROM appointments;
INSERT INTO invoices (id, location_id, number, appointment_id, created_at)
SELECT gen_random_uuid(), location_id, 1, id, now() FROM appointments;
INSERT INTO invoice_versions (id, invoice_id, version_no, document, document_hash, labor_net_cents, parts_net_cents,
                              fees_net_cents, tax_cents, total_cents, issued_on, issued_at)
SELECT gen_random_uuid(), id, 1, document::jsonb, repeat('0', 64), 900, 0, 0, 0, 900, current_date, now()
  FROM invoices, (VALUES ('{"jobs": [
      {"isChosen": true, "approval": "approved", "lines": [{"kind": "labor", "hours": "1.50", "quantity": "2.000"},
                                                           {"kind": "part", "hours": null, "quantity": "1.000"}]},
      {"isChosen": true, "approval": "declined", "lines": [{"kind": "labor", "hours": "9.00", "quantity": "1.000"}]}]}')) d (document);
INSERT INTO invoice_reversals (version_id, reversed_on, reversed_at, reason)
SELECT id, current_date, now(), 'Wrong part' FROM invoice_versions;
INSERT INTO invoice_versions (id, invoice_id, version_no, document, document_hash, labor_net_cents, parts_net_cents,
                              fees_net_cents, tax_cents, total_cents, issued_on, issued_at)
SELECT gen_random_uuid(), id, 2, '{"jobs": []}', repeat('0', 64), 0, 700, 0, 0, 700, current_date, now() FROM invoices;
INSERT INTO payments (id, location_id, appointment_id, kind, method, amount_cents, currency, accounting_on, created_at)
SELECT gen_random_uuid(), location_id, id, 'payment', 'cash', 500, 'USD', current_date, now() FROM appointments;
"""


def test_what_was_posted_before_knows_its_location_its_labor_and_what_is_owed(scratch_url):
    _alembic(scratch_url, "upgrade", "20261130_0507")
    with _connect(scratch_url) as connection:
        connection.execute(_VISIT)
        connection.execute(_OLD_INVOICES)

    _alembic(scratch_url, "upgrade", "head")

    with _connect(scratch_url) as connection:
        found = connection.execute(
            """
            SELECT v.labor_seconds, v.appointment_id = a.id,
                   a.location_id = ALL (ARRAY[v.location_id, r.location_id, j.location_id, c.location_id])
              FROM appointments a, invoice_versions v, invoice_reversals r, appointment_jobs j, inspection_checklists c
             WHERE v.version_no = 1
            """
        ).fetchall()
        assert found == [(3 * 3600, True, True)]
        # Of the version that stands, 700, without what was paid; the one taken back counts no more.
        assert connection.execute("SELECT owed_cents FROM appointments").fetchone() == (200,)
        with pytest.raises(psycopg.errors.RestrictViolation, match="stays at its location"):
            connection.execute("UPDATE appointments SET location_id = gen_random_uuid()")

    _alembic(scratch_url, "downgrade", "20261130_0507")
    with _connect(scratch_url) as connection:
        assert connection.execute("SELECT count(*) FROM invoice_reversals").fetchone() == (1,)


def test_texts_of_before_consent_was_kept_can_still_be_changed(scratch_url):
    """PostgreSQL asks a CHECK that is NOT VALID of every row that is written again: a merge moves old texts."""
    _alembic(scratch_url, "upgrade", "20261120_1440")
    with _connect(scratch_url) as connection:
        connection.execute(_VISIT)
        connection.execute(_OLD_TEXTS)

    _alembic(scratch_url, "upgrade", "head")

    with _connect(scratch_url) as connection:
        assert connection.execute("UPDATE messages SET customer_id = customer_id").rowcount == 4
        assert connection.execute("SELECT status, reason FROM messages ORDER BY status, reason").fetchall() == [
            ("delivered", None),
            ("received", None),
            ("suppressed", "no_longer_true"),
            ("suppressed", "no_longer_true"),
        ]
        with pytest.raises(psycopg.errors.CheckViolation, match="names_its_consent"):
            connection.execute("UPDATE messages SET claimed_at = now() WHERE status = 'delivered'")


def test_each_migration_can_be_taken_back_alone(migrated_url):
    with _connect(migrated_url) as connection:
        connection.execute(_ROWS)

    # In a process of its own, but one for all of them.
    steps = len(list((ROOT / "migrations" / "versions").glob("*.py"))) - 1
    _python(
        migrated_url,
        "from alembic import command, config; made = config.Config('alembic.ini');"
        f"[command.downgrade(made, '-1') for _ in range({steps})]; command.upgrade(made, 'head')",
    )

    with _connect(migrated_url) as connection:
        assert connection.execute("SELECT count(*) FROM appointments").fetchone() == (1,)


def test_the_models_say_what_the_migrations_made(migrated_url):

    assert "No new upgrade operations" in _alembic(migrated_url, "check")


def test_every_check_of_the_models_is_in_the_database(migrated_url):
    """Alembic does not compare CHECK constraints, so a new member of an enum would go unnoticed."""
    with _connect(migrated_url) as connection:
        rows = connection.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
        ).fetchall()
    present = dict(rows)
    for table in Model.metadata.tables.values():
        for constraint in table.constraints:
            text = str(getattr(constraint, "sqltext", ""))
            if not text:
                continue
            assert str(constraint.name) in present, constraint.name
            for value in re.findall(r"'([^']*)'", text):
                assert f"'{value}'" in present[str(constraint.name)], f"{constraint.name} lacks {value}"


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["payments", "audit_logs"])
def test_the_database_refuses_to_change_the_books(migrated_url, table, statement):
    with _connect(migrated_url) as connection:
        connection.execute(_ROWS)
        connection.execute(
            "INSERT INTO audit_logs (id, at, action, entity, entity_id, actor_kind, changes)"
            " VALUES (gen_random_uuid(), now(), 'a', 'b', gen_random_uuid(), 'system', '{}')"
        )
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            connection.execute(statement.format(table))
