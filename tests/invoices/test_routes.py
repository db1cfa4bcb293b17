"""Invoices over HTTP: numbers without gaps, frozen papers, the lock, and how it is taken off."""

import contextlib
import hashlib
import json
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.invoices import commands
from backend.invoices.models import InvoiceReversal, InvoiceVersion
from backend.invoices.schemas import InvoiceDetailSchema, InvoicePage
from backend.services.models import AppointmentService
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.shop import make_location
from tests.payments.conftest import key, make_visit, paid
from tests.payments.test_routes import close, today


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn")


@pytest.fixture
def visit(session, location):
    return make_visit(session, location)


def _issue(client, visit):
    return client.post(f"/api/appointments/{visit.id}/invoice")


def _unlock(client, invoice, reason="Wrong part"):
    return client.post(f"/api/invoices/{invoice['id']}/unlock", json={"reason": reason})


def test_an_invoice_freezes_the_paper_and_locks_the_visit(session, location, as_role):
    visit = make_appointment(session, location)
    make_job(
        session,
        visit,
        lines=(
            {"kind": "labor", "unit_price_cents": 145_00, "tax_bp": Decimal("887.5")},
            {"kind": "part", "unit_price_cents": 89_99, "tax_bp": Decimal("887.5")},
            {"kind": "fee", "unit_price_cents": 3_95},
        ),
    )
    invoice = _issue(as_role("Advisor"), visit).get_json()

    assert InvoiceDetailSchema().validate(invoice) == {}
    newest = invoice["newest"]
    assert (invoice["number"], newest["versionNo"], invoice["isLocked"]) == (1, 1, True)
    sums = [newest[f"{part}Cents"] for part in ("laborNet", "partsNet", "feesNet", "tax")]
    assert sums == [145_00, 89_99, 3_95, 1287 + 799]
    assert newest["totalCents"] == sum(sums)
    text = json.dumps(invoice["document"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert newest["documentHash"] == hashlib.sha256(text.encode()).hexdigest()
    session.refresh(visit)
    assert visit.locked_at is not None
    with pytest.raises(sa.exc.IntegrityError, match="invoiced work"):
        session.execute(sa.update(AppointmentService).values(unit_price_cents=1))
    session.rollback()
    session.execute(sa.update(AppointmentService).values(notes="Notes stay open"))
    session.commit()


def test_it_is_issued_by_the_payment_that_settles_the_visit(visit, as_role):
    advisor = as_role("Advisor")
    assert paid(advisor, visit, 60_00, method="card")["invoice"] is None
    entry = paid(advisor, visit, 40_00)

    assert (entry["balanceCents"], entry["invoice"]["number"], entry["invoice"]["isLocked"]) == (0, 1, True)
    # Money stays open: an overpayment on purpose changes nothing of it.
    assert paid(advisor, visit, 5_00, allowOverpayment=True)["invoice"]["newest"]["versionNo"] == 1


def test_a_deposit_issues_none_even_if_it_covers_everything(visit, as_role):
    assert paid(as_role("Advisor"), visit, 100_00, isDeposit=True)["invoice"] is None


def test_a_second_time_is_refused_and_so_is_an_empty_visit(session, location, visit, as_role):
    advisor = as_role("Advisor")
    assert _issue(advisor, visit).status_code == 201

    again = _issue(advisor, visit)
    assert (again.status_code, again.get_json()["code"]) == (409, "already_invoiced")
    assert (
        again.get_json()["detail"]
        == "Invoice 1 stands. The owner or the accountant unlocks it if something must change."
    )
    empty = make_appointment(session, location)
    assert _issue(advisor, empty).get_json()["code"] == "nothing_to_invoice"


def test_unlocking_reverses_the_version_and_the_next_has_the_same_number(session, location, visit, as_role):
    owner = as_role("Owner")
    first = _issue(owner, visit).get_json()
    assert as_role("Advisor").post(f"/api/invoices/{first['id']}/unlock", json={"reason": "x"}).status_code == 403
    unlocked = _unlock(owner, first).get_json()

    assert (unlocked["isLocked"], unlocked["newest"]["reversalReason"]) == (False, "Wrong part")
    assert unlocked["newest"]["reversedBy"] == "Owner of the test"
    assert _unlock(owner, first).get_json()["code"] == "not_issued"
    make_job(session, visit, lines=({"unit_price_cents": 50_00},))
    session.commit()
    second = _issue(owner, visit).get_json()
    assert (second["number"], second["newest"]["versionNo"], second["newest"]["totalCents"]) == (1, 2, 150_00)
    assert [version["versionNo"] for version in second["versions"]] == [2, 1]
    assert second["versions"][0]["documentHash"] != second["versions"][1]["documentHash"]
    actions = session.scalars(
        sa.text("SELECT action FROM audit_logs WHERE entity IN ('invoice', 'appointment') ORDER BY id")
    )
    assert list(actions) == [
        *("invoice.issued", "appointment.locked"),
        *("invoice.reversed", "appointment.unlocked"),
        *("invoice.issued", "appointment.locked"),
    ]


def test_the_log_that_technicians_read_names_no_money(visit, as_role):
    paid(as_role("Advisor"), visit)
    history = as_role("Tech").get(f"/api/appointments/{visit.id}/history")

    assert "Cents" not in history.text
    assert [change["action"] for change in history.get_json()["changes"]] == ["appointment.locked"]


def test_it_stands_in_the_books_of_the_open_day(session, location, visit, as_role):
    owner = as_role("Owner")
    close(session, location, today())

    invoice = _issue(owner, visit).get_json()
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert invoice["newest"]["issuedOn"] == tomorrow
    assert _unlock(owner, invoice).get_json()["newest"]["reversedOn"] == tomorrow


def test_numbers_have_no_gap_when_some_of_fifty_roll_back(app, session, location):
    visits = [make_visit(session, location).id for _ in range(50)]
    session.commit()
    gate = threading.Barrier(10)

    def run(share):
        gate.wait()
        for place, visit_id in share:
            with contextlib.suppress(ZeroDivisionError), transaction() as mine:
                commands.issue(mine, visit_id, actor=SYSTEM, now=utc_now())
                # Every fifth comes to nothing after it had its number.
                1 / (place % 5)

    numbered = list(enumerate(visits))
    workers = [threading.Thread(target=run, args=(numbered[start::10],)) for start in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    numbers = list(session.scalars(sa.text("SELECT number FROM invoices ORDER BY number")))
    assert numbers == list(range(1, 41))


def test_each_location_counts_for_itself(session, location, as_role):
    mesa = make_location(session, name="Mesa")
    visits = [make_visit(session, place) for place in (location, mesa, location)]
    owner = as_role("Owner")

    assert [_issue(owner, visit).get_json()["number"] for visit in visits] == [1, 1, 2]


def test_the_list_is_found_by_day_number_and_page(session, location, as_role):
    owner = as_role("Owner")
    for _ in range(3):
        assert _issue(owner, make_visit(session, location)).status_code == 201
    page = owner.get("/api/invoices?limit=2").get_json()

    assert InvoicePage().validate(page) == {}
    assert [one["number"] for one in page["items"]] == [3, 2]
    rest = owner.get(f"/api/invoices?limit=2&cursor={page['nextCursor']}").get_json()
    assert ([one["number"] for one in rest["items"]], rest["nextCursor"]) == ([1], None)
    assert [one["number"] for one in owner.get("/api/invoices?number=2").get_json()["items"]] == [2]
    day = today().isoformat()
    assert len(owner.get(f"/api/invoices?from={day}&to={day}").get_json()["items"]) == 3
    assert owner.get(f"/api/invoices?to={(today() - timedelta(days=1)).isoformat()}").get_json()["items"] == []
    assert as_role("Owner", [make_location(session, name="Mesa")]).get("/api/invoices").get_json()["items"] == []


def test_a_refund_leaves_the_invoice_as_it_stands(visit, as_role):
    owner = as_role("Owner")
    entry = paid(owner, visit)
    back = owner.post(
        f"/api/payments/{entry['id']}/refund", json={"reason": "Goodwill", "amountCents": 10_00}, headers=key()
    )

    assert (back.get_json()["balanceCents"], back.get_json()["invoice"]["isLocked"]) == (10_00, True)


def test_what_is_posted_stands_at_its_visits_location_whatever_is_said(session, location, as_role):
    visit = make_appointment(session, location)
    other = make_location(session, name="Mesa")
    make_job(
        session, visit, lines=({"kind": "labor", "hours": Decimal("1.5"), "quantity": 2, "unit_price_cents": 100_00},)
    )
    owner = as_role("Owner", [location])
    invoice = _issue(owner, visit).get_json()
    assert _unlock(owner, invoice).status_code < 300

    version = session.scalars(sa.select(InvoiceVersion)).one()
    reversal = session.scalars(sa.select(InvoiceReversal)).one()
    assert {version.location_id, reversal.location_id} == {location.id}
    assert (version.appointment_id, version.labor_seconds) == (visit.id, 3 * 3600)
    again = InvoiceVersion(
        invoice_id=version.invoice_id,
        location_id=other.id,
        appointment_id=other.id,
        version_no=2,
        document={},
        document_hash="0" * 64,
        **dict.fromkeys(("labor_net_cents", "parts_net_cents", "fees_net_cents", "tax_cents", "total_cents"), 0),
        issued_on=version.issued_on,
        issued_at=version.issued_at,
    )
    session.add(again)
    session.flush()
    session.refresh(again)
    assert (again.location_id, again.appointment_id) == (location.id, visit.id)
