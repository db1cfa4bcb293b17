import re

import pytest

from tests.documents.conftest import Read
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.services import make_job
from tests.factories.shop import make_location


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn", warranty_terms="A year.", registration_number="R-1")


@pytest.fixture
def visit(session, location):
    customer = make_customer(session, name="Maria Garcia")
    appointment = make_appointment(
        session, location, customer_id=customer.id, key_tag="17", notes="Locking nut in the box"
    )
    make_job(session, appointment, name="Front brakes", lines=[{"unit_price_cents": 123_45}])
    return appointment


def paper(client, visit, kind, **query):
    return client.get(f"/api/appointments/{visit.id}/papers/{kind}.pdf", query_string=query)


def test_who_may_print_what(as_role, visit):
    kinds = ("work-order", "estimate", "evidence", "invoice", "receipt")
    allowed = {
        role: [kind for kind in kinds if paper(as_role(role), visit, kind).status_code == 200]
        for role in ("Owner", "Advisor", "Tech", "Accountant")
    }

    assert allowed == {
        "Owner": list(kinds),
        "Advisor": list(kinds),
        "Tech": ["work-order"],
        "Accountant": ["estimate", "evidence", "invoice", "receipt"],
    }


def test_a_paper_is_a_pdf_that_opens_in_the_browser_and_is_kept_by_nobody(as_role, visit):
    answer = paper(as_role("Tech"), visit, "work-order")

    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="work-order-{visit.number}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    text = Read(answer.data).text
    assert "Locking nut in the box" in text
    assert "123" not in text


def test_a_paper_of_another_location_is_not_there(as_role, session, visit):
    elsewhere = as_role("Owner", [make_location(session)])

    for kind in ("work-order", "estimate", "evidence", "invoice", "receipt"):
        assert paper(elsewhere, visit, kind).status_code == 404


def test_the_sheet_is_the_locations_unless_somebody_wants_the_other(as_role, session, location, visit):
    owner = as_role("Owner")
    location.paper = "a4"

    widths = [
        round(float(Read(paper(owner, visit, "invoice", **query).data).reader.pages[0].mediabox.width))
        for query in ({}, {"paper": "letter"})
    ]

    assert widths == [595, 612]
    assert paper(owner, visit, "invoice", paper="legal").status_code == 422


def test_an_invoice_prints_what_was_frozen_and_a_draft_once_it_is_unlocked(as_role, session, location, visit):
    owner = as_role("Owner")
    draft = Read(paper(owner, visit, "invoice").data).text
    assert "DRAFT" in draft
    key = {"Idempotency-Key": "one"}
    answer = owner.post(
        f"/api/appointments/{visit.id}/payments", json={"amountCents": 123_45, "method": "cash"}, headers=key
    )
    assert answer.status_code == 201, answer.text
    location.name = "Renamed"
    location.warranty_terms = "Nothing any more."

    text = Read(paper(owner, visit, "invoice").data).text

    assert "Invoice 1 · Order" in text
    assert "version 1" in text
    assert "Brooklyn" in text
    assert "A year." in text
    assert "Renamed" not in text
    assert "Paid in full" in text
    assert "DRAFT" not in text

    invoice_id = answer.get_json()["invoice"]["id"]
    unlocked = owner.post(
        f"/api/invoices/{invoice_id}/unlock", json={"reason": "Wrong part"}, headers={"Idempotency-Key": "two"}
    )
    assert unlocked.status_code < 300, unlocked.text

    assert "DRAFT · Invoice 1 · Order" in Read(paper(owner, visit, "invoice").data).text
    assert "draft of version 2" in Read(paper(owner, visit, "invoice").data).text
    assert "REVERSED" in Read(paper(owner, visit, "invoice", version=1).data).text
    assert paper(owner, visit, "invoice", version=2).status_code == 404
    # A folder of versions: none takes another's name.
    assert [_saved_as(paper(owner, visit, "invoice", **asked)) for asked in ({}, {"version": 1})] == [
        "invoice-1-draft.pdf",
        "invoice-1-v1.pdf",
    ]
    assert _saved_as(paper(owner, visit, "estimate")) == f"estimate-{visit.number}-draft.pdf"
    assert "Received in all" in Read(paper(owner, visit, "receipt").data).text


def _saved_as(answer):
    return answer.headers["Content-Disposition"].removeprefix('inline; filename="').removesuffix('"')


def test_an_estimate_says_who_approved_and_who_declined_what(as_role, session, visit):
    owner = as_role("Owner")
    wipers = make_job(session, visit, name="Wipers", lines=[{"unit_price_cents": 30_00}])
    session.commit()
    jobs = owner.get(f"/api/appointments/{visit.id}/services").get_json()["jobs"]
    said = {
        "method": "in_person",
        "person": "Maria Garcia",
        "saidAt": "2026-11-20T15:00:00Z",
        "answers": [
            {"jobId": job["id"], "decision": "declined", "reason": "Does it herself"}
            if job["id"] == str(wipers.id)
            else {"jobId": job["id"], "decision": "approved"}
            for job in jobs
        ],
    }
    recorded = owner.post(f"/api/appointments/{visit.id}/approvals", json=said, headers={"Idempotency-Key": "one"})
    assert recorded.status_code == 201, recorded.text

    text = Read(paper(owner, visit, "estimate").data).text

    assert re.search(r"Front brakes.*Maria Garcia", text, re.DOTALL)
    assert re.search(r"Declined: Wipers.*Maria Garcia.*Does it herself", text, re.DOTALL)


def test_payments_off_hides_its_papers_alone(app, as_role, visit, monkeypatch):
    from backend.settings import FeatureFlags  # noqa: PLC0415

    owner = as_role("Owner")
    monkeypatch.setitem(app.config, "KEYTAG_FLAGS", FeatureFlags(payments=False))

    assert [paper(owner, visit, kind).status_code for kind in ("estimate", "work-order", "invoice", "receipt")] == [
        200,
        200,
        403,
        403,
    ]
