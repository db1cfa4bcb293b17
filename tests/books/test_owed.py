from datetime import date, timedelta

import pytest

from backend.books.rules import age, bucket_of
from backend.core.ids import new_id
from tests.documents.conftest import Read
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.services import make_job
from tests.factories.shop import make_location
from tests.payments.test_routes import close


@pytest.mark.parametrize(("days", "bucket"), [(0, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (4000, 3)])
def test_the_age_of_a_debt_has_four_buckets(days, bucket):
    assert bucket_of(days) == bucket


def test_nothing_owed_has_no_age():
    assert age([]) == (0, 0, 0, 0)


def key():
    return {"Idempotency-Key": str(new_id())}


@pytest.fixture
def maria(session):
    return make_customer(session, name="Maria Garcia", phone="+15125550177")


@pytest.fixture
def invoiced(session, location, maria):
    appointment = make_appointment(session, location, customer_id=maria.id)
    make_job(session, appointment, lines=[{"unit_price_cents": 200_00, "tax_bp": 1000}])
    return appointment


def test_unpaid_invoices_are_listed_with_their_age_and_payments_taken_off(
    as_role, session, location, maria, invoiced, today
):
    owner = as_role("Owner")
    assert owner.post(f"/api/appointments/{invoiced.id}/invoice", headers=key()).status_code == 201
    owner.post(
        f"/api/appointments/{invoiced.id}/payments", json={"amountCents": 50_00, "method": "cash"}, headers=key()
    )
    ready = make_appointment(session, location, customer_id=maria.id, status="READY")
    make_job(session, ready)

    owed = owner.get("/api/books/unpaid").get_json()

    assert owed["asOf"] == today.isoformat()
    assert owed["agingCents"] == [170_00, 0, 0, 0]
    assert owed["openCents"] == 170_00
    assert owed["creditCents"] == 0
    [one] = owed["invoices"]
    assert (one["number"], one["totalCents"], one["paidCents"], one["balanceCents"]) == (1, 220_00, 50_00, 170_00)
    assert one["customerId"] == str(maria.id)
    assert [(one["appointmentNumber"], one["totalCents"]) for one in owed["uninvoiced"]] == [(ready.number, 100_00)]

    later = owner.get("/api/books/unpaid", query_string={"asOf": (today + timedelta(days=61)).isoformat()}).get_json()
    assert later["agingCents"] == [0, 0, 170_00, 0]
    before = owner.get("/api/books/unpaid", query_string={"asOf": (today - timedelta(days=1)).isoformat()}).get_json()
    assert before["openCents"] == 0


def test_a_statement_lists_what_a_customer_owes_everywhere_they_may_be_seen(
    as_role, session, location, maria, invoiced
):
    owner = as_role("Owner")
    owner.post(f"/api/appointments/{invoiced.id}/invoice", headers=key())

    text = Read(owner.get(f"/api/customers/{maria.id}/statement.pdf").data).text

    assert "Statement · Maria Garcia" in text
    assert "(512) 555-0177" in text
    assert "$220.00" in text
    assert "OPEN IN ALL" in text
    assert owner.get(f"/api/customers/{new_id()}/statement.pdf").status_code == 404
    assert as_role("Tech").get(f"/api/customers/{maria.id}/statement.pdf").status_code == 403
    elsewhere = as_role("Owner", [make_location(session)])
    assert "Nothing is open" in Read(elsewhere.get(f"/api/customers/{maria.id}/statement.pdf").data).text


def test_taxes_are_by_class_and_rate_with_the_rounding_said(as_role, invoiced, today):
    owner = as_role("Owner")
    owner.post(f"/api/appointments/{invoiced.id}/invoice", headers=key())
    days = {"from": today.isoformat(), "to": today.isoformat()}

    report = owner.get("/api/books/taxes", query_string=days).get_json()

    assert report["rows"] == [
        {"taxClass": "parts", "taxBp": "1000.000", "netCents": 200_00, "taxCents": 20_00, "onSumCents": 20_00}
    ]
    assert (report["netCents"], report["untaxedCents"], report["taxCents"]) == (200_00, 0, 20_00)
    assert "rounded to the cent" in report["rounding"]

    invoice = owner.get("/api/books/unpaid").get_json()["invoices"][0]
    listed = owner.get("/api/invoices", query_string={"number": invoice["number"]}).get_json()["items"][0]
    owner.post(f"/api/invoices/{listed['id']}/unlock", json={"reason": "Wrong part"}, headers=key())
    assert owner.get("/api/books/taxes", query_string=days).get_json()["rows"] == []


def test_ranges_are_checked(as_role, location):
    owner = as_role("Owner")
    for days in (
        {"from": "2026-02-02", "to": "2026-02-01"},
        {"from": "2020-01-01", "to": "2026-01-01"},
        {"from": "x", "to": "y"},
    ):
        for path in ("/api/books/taxes", "/api/books/journal", "/api/books/journal/balance"):
            assert owner.get(path, query_string=days).status_code == 422, path


def test_locations_of_two_currencies_are_not_added_up(as_role, session, location):
    make_location(session, name="Toronto", currency="CAD")
    owner = as_role("Owner")

    assert owner.get("/api/books/unpaid").status_code == 422
    assert owner.get("/api/books/unpaid", query_string={"locationId": location.id}).get_json()["currency"] == "USD"


def test_the_journal_is_shown_in_pages_with_its_balance(as_role, invoiced, today):
    owner = as_role("Owner")
    owner.post(
        f"/api/appointments/{invoiced.id}/payments", json={"amountCents": 220_00, "method": "card"}, headers=key()
    )
    days = {"from": today.isoformat(), "to": today.isoformat()}

    page = owner.get("/api/books/journal", query_string={**days, "limit": 1}).get_json()
    rest = owner.get("/api/books/journal", query_string={**days, "limit": 1, "cursor": page["nextCursor"]}).get_json()
    balance = owner.get("/api/books/journal/balance", query_string=days).get_json()

    entries = page["items"] + rest["items"]
    # The newest first.
    assert [entry["kind"] for entry in entries] == ["invoice", "payment"]
    assert entries[0]["lines"] == [
        {"account": "2300", "accountName": "Customer deposits", "debitCents": 220_00, "creditCents": 0},
        {"account": "2200", "accountName": "Sales tax", "debitCents": 0, "creditCents": 20_00},
        {"account": "4100", "accountName": "Parts", "debitCents": 0, "creditCents": 200_00},
    ]
    assert balance["debitCents"] == balance["creditCents"] == 440_00
    assert balance["invoicedCents"] == balance["paidCents"] == 220_00
    assert balance["differenceCents"] == 0
    assert balance["faults"] == []
    assert as_role("Tech").get("/api/books/journal", query_string=days).status_code == 403


def test_days_of_another_year_are_empty(as_role, location):
    days = {"from": date(2001, 1, 1).isoformat(), "to": date(2001, 12, 31).isoformat()}
    balance = as_role("Accountant").get("/api/books/journal/balance", query_string=days).get_json()

    assert (balance["entries"], balance["accounts"], balance["differenceCents"]) == (0, [], 0)


def test_an_invoice_of_after_the_close_is_owed_and_not_posted_yet(as_role, session, location, invoiced, today):
    owner = as_role("Owner")
    close(session, location, today)
    assert owner.post(f"/api/appointments/{invoiced.id}/invoice").status_code == 201

    owed = owner.get("/api/books/unpaid").get_json()
    assert (owed["invoices"], owed["openCents"], owed["uninvoiced"]) == ([], 0, [])
    [one] = owed["unposted"]
    assert (one["balanceCents"], one["issuedOn"]) == (220_00, (today + timedelta(days=1)).isoformat())
    # As of an earlier day it was not there.
    earlier = owner.get("/api/books/unpaid", query_string={"asOf": (today - timedelta(days=1)).isoformat()}).get_json()
    assert earlier["unposted"] == []
