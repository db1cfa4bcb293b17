import contextlib
import csv
import io
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.db import SNAPSHOTS, snapshot
from backend.core.ids import new_id
from backend.exports.models import ExportRun
from backend.settings import FeatureFlags
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.services import make_job
from tests.factories.shop import make_location

REPORTS = ("appointments", "payments", "journal", "audit")


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn")


@pytest.fixture
def today(location):
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return datetime.now(ZoneInfo(location.timezone)).date()


@pytest.fixture
def visit(session, location, today):
    customer = make_customer(session, name='=HYPERLINK("http://x.test")', phone="+17185550123")
    appointment = make_appointment(session, location, customer_id=customer.id, day=today, title="-2+3 noises")
    make_job(session, appointment, lines=[{"unit_price_cents": 100_00, "tax_bp": 1000}])
    return appointment


def get(client, report, today, **query):
    days = {"from": today.isoformat(), "to": today.isoformat()}
    answer = client.get(f"/api/admin/reports/{report}.csv", query_string={**days, **query})
    # To the end, as a browser does.
    answer.get_data()
    return answer


def rows(answer):
    assert answer.status_code == 200, answer.text
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


def pay(client, visit, cents, method="cash", **more):
    return client.post(
        f"/api/appointments/{visit.id}/payments",
        json={"amountCents": cents, "method": method, **more},
        headers={"Idempotency-Key": str(new_id())},
    )


def test_reports_hold_what_happened_and_are_safe_in_a_spreadsheet(as_role, session, visit, today):
    owner = as_role("Owner")
    assert pay(owner, visit, 110_00, "card", reference="+4242").status_code == 201

    [appointment] = rows(get(owner, "appointments", today))
    [payment] = rows(get(owner, "payments", today))
    journal = rows(get(owner, "journal", today))

    assert appointment["Customer"].startswith("'=HYPERLINK")
    assert appointment["Phone"] == "'+17185550123"
    assert appointment["Reason"] == "'-2+3 noises"
    assert (appointment["Total"], appointment["Paid"], appointment["Owed"]) == ("110.00", "110.00", "0.00")
    assert appointment["Start"].endswith("10:00")
    assert (payment["Received"], payment["Returned"], payment["Method"], payment["Reference"]) == (
        "110.00",
        "0.00",
        "card",
        "'+4242",
    )
    assert payment["Invoice"] == "1"
    assert [row["Account"] for row in journal] == ["1010", "2300", "2300", "2200", "4100"]
    debit, credit = (sum(float(row[side]) for row in journal) for side in ("Debit", "Credit"))
    assert debit == credit == 220.0
    assert len({row["Entry"] for row in journal}) == 2
    # Once more: the same ids, the same lines.
    assert rows(get(owner, "journal", today)) == journal


def test_answers_are_files_and_say_how_many_rows_come(as_role, visit, today):
    answer = get(as_role("Owner"), "appointments", today)

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="appointments_{today}_{today}.csv"'
    assert answer.headers["X-Total-Rows"] == "1"
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_may_export_what(as_role, location, today):
    allowed = {
        role: [report for report in REPORTS if get(as_role(role), report, today).status_code == 200]
        for role in ("Owner", "Advisor", "Tech", "Accountant")
    }

    assert allowed == {
        "Owner": list(REPORTS),
        "Advisor": ["appointments", "payments", "journal"],
        "Tech": [],
        "Accountant": list(REPORTS),
    }


def test_an_export_is_written_down_and_the_sixth_in_an_hour_waits(as_role, session, location, visit, today):
    accountant = as_role("Accountant")
    assert accountant.get("/api/admin/reports").get_json() == {"limit": 5, "remaining": 5, "nextAt": None}
    for report in (*REPORTS, "payments"):
        assert get(accountant, report, today, locationId=location.id).status_code == 200

    sixth = get(accountant, "journal", today)

    assert sixth.status_code == 429
    assert 3500 < int(sixth.headers["Retry-After"]) <= 3600
    allowance = accountant.get("/api/admin/reports").get_json()
    assert allowance["remaining"] == 0
    assert allowance["nextAt"] is not None
    told = session.scalars(sa.select(AuditLog).where(AuditLog.action == "export.started")).all()
    assert sorted(row.changes["report"][1] for row in told) == sorted((*REPORTS, "payments"))
    assert {row.location_id for row in told} == {location.id}
    # Another person has an hour of their own, and this one again when theirs is over.
    assert get(as_role("Accountant"), "journal", today).status_code == 200
    session.execute(sa.update(ExportRun).values(started_at=ExportRun.started_at - timedelta(hours=1)))
    assert get(accountant, "journal", today).status_code == 200


def test_of_eight_at_once_five_get_through(as_role, app, session, location, today):
    accountant = as_role("Accountant")
    session.commit()
    gate = threading.Barrier(8)
    answers: list[int] = []

    def run():
        client = app.test_client()
        gate.wait()
        answer = client.get(
            f"/api/admin/reports/appointments.csv?from={today}&to={today}",
            headers={"Authorization": f"Bearer {accountant.token}"},
        )
        answers.append(answer.status_code)
        answer.close()

    workers = [threading.Thread(target=run) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(answers) == [200] * 5 + [429] * 3
    assert session.scalar(sa.select(sa.func.count()).select_from(ExportRun)) == 5


@pytest.mark.parametrize("report", ["payments", "journal"])
def test_nothing_leaves_when_a_cent_is_off_and_it_costs_no_turn(as_role, unguarded, visit, today, report):
    accountant = as_role("Accountant")
    pay(accountant, visit, 50_00)
    unguarded("UPDATE payments SET amount_cents = amount_cents + 1")

    answer = get(accountant, report, today)

    assert answer.status_code == 409
    problem = answer.get_json()
    assert problem["code"] == "books_disagree"
    assert problem["rows"] == [
        {
            "kind": "ledger",
            "number": str(visit.number),
            "expectedCents": 50_01,
            "foundCents": 50_00,
            "words": f"Order {visit.number}: its payments sum to 50.01, the order says 50.00.",
        }
    ]
    assert accountant.get("/api/admin/reports").get_json()["remaining"] == 5
    # What tells of no money still leaves.
    assert get(accountant, "appointments", today).status_code == 200


def test_nothing_leaves_either_when_what_is_owed_is_not_what_the_entries_say(as_role, unguarded, visit, today):
    accountant = as_role("Accountant")
    pay(accountant, visit, 50_00)
    unguarded("UPDATE appointments SET owed_cents = 0")

    (row,) = get(accountant, "journal", today).get_json()["rows"]

    assert row["words"] == f"Order {visit.number}: by its invoice and payments -50.00 is owed, the order says 0.00."


def test_an_export_that_finds_no_connection_costs_no_turn(as_role, session, visit, today, monkeypatch):
    accountant = as_role("Accountant")
    with contextlib.ExitStack() as others:
        # Two slow downloads of the same process.
        for _ in range(SNAPSHOTS):
            others.enter_context(snapshot())
        assert get(accountant, "payments", today).status_code == 503
    assert accountant.get("/api/admin/reports").get_json()["remaining"] == 5
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.action == "export.started")) == 0
    assert get(accountant, "payments", today).status_code == 200


def test_a_location_sees_its_own_rows(as_role, session, location, visit, today):
    other = make_location(session, name="Austin")
    make_appointment(session, other, day=today)
    here = as_role("Owner", [location])

    assert [row["Location"] for row in rows(get(here, "appointments", today))] == ["Brooklyn"]
    assert get(here, "appointments", today, locationId=other.id).status_code == 404
    assert len(rows(get(as_role("Owner"), "appointments", today))) == 2


def test_ranges_are_checked_before_a_turn_is_taken(as_role, location, today):
    owner = as_role("Owner")
    for query in (
        {"from": "2026-02-02", "to": "2026-02-01"},
        {"from": "2020-01-01", "to": "2026-01-01"},
        {"from": "x"},
        {"cursor": "x"},
    ):
        assert get(owner, "payments", today, **query).status_code == 422
    assert owner.get("/api/admin/reports").get_json()["remaining"] == 5


def test_with_payments_off_the_money_stays_here(app, as_role, location, today, monkeypatch):
    monkeypatch.setitem(app.config, "KEYTAG_FLAGS", FeatureFlags(payments=False))
    owner = as_role("Owner")

    assert [get(owner, report, today).status_code for report in REPORTS] == [200, 403, 403, 200]


def test_memory_stays_flat_and_nobody_waits_for_the_last_row(as_role, app, session, location, visit, today):
    """Ten times the rows take no more memory; the first ones come before the rest was read."""
    owner = as_role("Owner")
    peaks = []
    for count in (2_000, 20_000):
        _fill(session, location, count, today)
        session.commit()
        tracemalloc.start()
        answer = app.test_client().get(
            f"/api/admin/reports/appointments.csv?from={today}&to={today}",
            headers={"Authorization": f"Bearer {owner.token}"},
        )
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        lines = sum(piece.count(b"\r\n") for piece in answer.iter_encoded())
        peaks.append(tracemalloc.get_traced_memory()[1] - before)
        tracemalloc.stop()
        answer.close()
        assert lines >= count

    assert peaks[1] < peaks[0] + 1_500_000


def _fill(session, location, count, day):
    session.execute(
        sa.text(
            """
            INSERT INTO appointments (id, location_id, day, starts_at, ends_at, status, status_since, order_key, vehicle_label,
                                      customer_id, created_at, updated_at)
            SELECT gen_random_uuid(), :place, :day, :at, :at + interval '1 hour', 'COMPLETED', :at, number, 'Honda CR-V',
                   (SELECT id FROM customers LIMIT 1), :at, :at
              FROM generate_series(1, :count) number
            """
        ),
        {"place": location.id, "day": day, "at": datetime(2026, 11, 30, 12, tzinfo=UTC), "count": count},
    )
