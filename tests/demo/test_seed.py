import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from backend.core.db import reading, transaction
from backend.demo.seed import PASSWORD, DemoRefusedError, midday, seed_demo
from backend.invoices.rules import hash_document
from backend.services.queries import read_documents
from backend.settings import Settings, load_settings
from tools.paths import ROOT, VENV_PYTHON

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
TABLES = (
    *(
        "locations",
        "bays",
        "users",
        "user_locations",
        "customers",
        "vehicles",
        "service_catalog",
        "service_catalog_lines",
        "labor_rates",
        "tax_rates",
        "appointments",
        "appointment_jobs",
        "appointment_services",
    ),
    *("message_templates", "notice_rules", "consent_events", "messages", "consent_reviews", "conversations"),
    *(
        "inspection_templates",
        "inspection_template_versions",
        "inspection_checklists",
        "inspection_items",
        "inspection_photos",
        "findings",
        "payments",
        "invoice_counters",
        "invoices",
        "invoice_versions",
        "signed_links",
        "link_visits",
        "estimates",
        "approvals",
        "work_timers",
        "audit_logs",
        "day_closes",
    ),
)


@pytest.fixture
def settings(app, environment: dict[str, str]) -> Settings:
    return replace(load_settings(environment), is_demo=True)


def _seed(settings: Settings, now: datetime = NOW, *, only_if_empty: bool = False) -> dict[str, int]:
    with transaction() as session:
        return seed_demo(session, settings, now=now, only_if_empty=only_if_empty)


def _counts() -> dict[str, int]:
    with reading() as session:
        return {table: session.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in TABLES}


def _fingerprints() -> dict[str, str]:
    """Digest every table; the salts in the hashes of passwords and PINs are all that differs."""
    with reading() as session:
        return {
            table: session.scalar(
                sa.text(
                    f"SELECT md5(string_agg(row, ',' ORDER BY row)) FROM (SELECT (to_jsonb(t) - 'password_hash' - 'pin_hash')::text AS row FROM {table} t)"
                )
            )
            for table in TABLES
        }


def test_two_databases_of_one_moment_hold_the_same(settings, demo_shop, eraser):
    demo_shop(NOW)
    first = _fingerprints()

    eraser.erase()
    written = _seed(settings)
    assert written == _counts()

    assert _fingerprints() == first


def test_what_the_database_keeps_agrees_with_the_rows(demo_shop):
    demo_shop(NOW)

    with reading() as session:
        off = session.scalar(
            sa.text(
                "SELECT count(*) FROM appointments a WHERE paid_cents <> "
                "(SELECT coalesce(sum(amount_cents), 0) FROM payments p WHERE p.appointment_id = a.id)"
            )
        )
        card = session.execute(
            sa.text(
                "SELECT customer_name, vehicle_label, plate, tech_name, bay_name FROM appointments "
                "WHERE customer_id IS NOT NULL AND vehicle_id IS NOT NULL AND bay_id IS NOT NULL AND is_open LIMIT 1"
            )
        ).one()
        last, most = session.execute(
            sa.text("SELECT (SELECT last_value FROM appointment_numbers), max(number) FROM appointments")
        ).one()
    assert off == 0
    assert None not in card
    assert last == most


def test_clocks_run_and_a_job_of_each_location_waits_for_a_part(demo_shop):
    demo_shop(NOW)

    with reading() as session:
        running, stopped = session.execute(
            sa.text(
                "SELECT count(*) FILTER (WHERE stopped_at IS NULL), count(*) FILTER (WHERE stopped_at > started_at) FROM work_timers"
            )
        ).one()
        waiting = session.execute(
            sa.text(
                "SELECT count(DISTINCT location_id) FILTER (WHERE needs_part), count(DISTINCT location_id) FILTER (WHERE needs_approval) "
                "FROM appointments"
            )
        ).one()
    assert running > 0
    assert stopped > 50
    assert tuple(waiting) == (2, 2)


def test_one_person_of_each_role_can_sign_in(demo_shop, client):
    demo_shop(NOW)

    people = []
    for name in ("owner", "advisor", "tech", "accountant"):
        answer = client.post("/api/auth/login", json={"email": f"{name}@keytag.test", "password": PASSWORD})
        assert answer.status_code == 200
        me = answer.get_json()
        places = [location["name"].split()[-1] for location in me["locations"]]
        people.append((me["user"]["name"], me["user"]["role"], places))

    assert people == [
        ("Olivia Park", "Owner", ["Brooklyn", "Mesa"]),
        ("Sam Rivera", "Advisor", ["Brooklyn", "Mesa"]),
        ("Marcus Bell", "Tech", ["Brooklyn"]),
        ("Priya Nair", "Accountant", ["Brooklyn", "Mesa"]),
    ]


def test_production_is_refused(settings):
    with pytest.raises(DemoRefusedError, match="not for production"):
        _seed(replace(settings, environment="production"))

    assert not any(_counts().values())


def test_a_database_that_is_not_for_the_demo_is_refused(settings):
    with pytest.raises(DemoRefusedError, match="KEYTAG_DEMO=1"):
        _seed(replace(settings, is_demo=False))

    assert not any(_counts().values())


def test_a_shop_that_is_there_stays_as_it_is(settings):
    with transaction() as session:
        session.execute(
            sa.text(
                "INSERT INTO locations (id, name, timezone, opens_at, closes_at, created_at) "
                "VALUES (gen_random_uuid(), 'A real shop', 'America/Chicago', '8:00', '18:00', now())"
            )
        )

    assert _seed(settings, only_if_empty=True) == {}
    with pytest.raises(DemoRefusedError, match="needs an empty one"):
        _seed(settings)

    assert {table: count for table, count in _counts().items() if count} == {"locations": 1}


def test_the_command_makes_the_shop_of_a_date_once(settings, environment):
    command = [VENV_PYTHON, "-m", "backend.cli", "seed-demo", "--if-empty", "--today", "2026-11-20"]

    answers = [
        subprocess.run(
            command, cwd=ROOT, env={**environment, "KEYTAG_DEMO": "1"}, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]

    assert answers[0].startswith("The demo shop is ready: 2 locations, ")
    assert answers[1] == "There is a shop already; nothing was changed.\n"
    assert midday(NOW.date()) == NOW
    assert _counts()["appointments"] > 3000


def test_the_command_says_why_it_refuses(settings, environment):
    command = [VENV_PYTHON, "-m", "backend.cli", "seed-demo"]

    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert result.stderr == "Set KEYTAG_DEMO=1 to say that this database is for the demo shop.\n"


def test_invoices_are_as_the_product_would_have_issued_them(demo_shop):
    demo_shop(NOW)

    with reading() as session:
        numbers = session.execute(
            sa.text(
                "SELECT location_id, array_agg(number ORDER BY created_at, number) FROM invoices GROUP BY location_id"
            )
        ).all()
        newest = session.execute(
            sa.text(
                "SELECT i.appointment_id, v.document, v.document_hash, v.total_cents, a.total_cents AS charged, a.locked_at = v.issued_at "
                "AS is_locked FROM invoices i JOIN invoice_versions v ON v.invoice_id = i.id "
                "JOIN appointments a ON a.id = i.appointment_id ORDER BY i.created_at DESC"
            )
        ).all()
        shown = read_documents(session, [row.appointment_id for row in newest[:40]])
        paid = session.scalar(
            sa.text(
                "SELECT count(*) FROM appointments a WHERE total_cents > 0 AND paid_cents >= total_cents "
                "AND NOT EXISTS (SELECT FROM invoices WHERE appointment_id = a.id)"
            )
        )
    assert len(numbers) == 2
    assert all(found == list(range(1, len(found) + 1)) for _, found in numbers), "no gap, in the order of issue"
    assert len(newest) > 2_000
    assert [row for row in newest if row.total_cents != row.charged or not row.is_locked] == []
    assert [row for row in newest[:40] if row.document != shown[row.appointment_id]] == []
    assert [row for row in newest if row.document_hash != hash_document(row.document)] == []
    assert paid == 0
