"""A visit's document as it is frozen, and what a paper made of it says."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from backend.documents.queries import render
from backend.documents.rules import (
    Brand,
    Decision,
    Entry,
    Frozen,
    PaperKind,
    PaperSize,
    estimate_content,
    evidence_content,
    invoice_content,
    letter,
    receipt_content,
    work_order_content,
)

NOW = datetime(2026, 11, 30, 15, 12, tzinfo=UTC)
FROZEN = Frozen(2, "ab12" * 16, NOW)
BRAND = Brand("Riverside Group", "#1d4ed8")


def line(kind="part", name="Ceramic pads", cents=100_00, **changes) -> dict[str, Any]:
    return {
        "id": "0199",
        "kind": kind,
        "name": name,
        "quantity": "1.000",
        "hours": "1.50" if kind == "labor" else None,
        "isFlat": False,
        "unitPriceCents": cents,
        "priceCents": cents,
        "discountCents": 0,
        "discountReason": None,
        "taxClass": "parts",
        "taxBp": "887.500",
        "taxCents": 0,
        **changes,
    }


def job(identifier="1", name="Front brakes", lines=None, **changes) -> dict[str, Any]:
    lines = [line()] if lines is None else lines
    net = sum(one["priceCents"] - one["discountCents"] for one in lines)
    tax = sum(one["taxCents"] for one in lines)
    return {
        "id": identifier,
        "name": name,
        "category": "Brakes",
        "description": None,
        "urgency": None,
        "choiceId": None,
        "isChosen": True,
        "approval": "pending",
        "declineReason": None,
        "lines": lines,
        "netCents": net,
        "discountCents": sum(one["discountCents"] for one in lines),
        "taxCents": tax,
        "totalCents": net + tax,
        **changes,
    }


def document(jobs=None, **changes) -> dict[str, Any]:
    jobs = [job()] if jobs is None else jobs
    total = sum(one["totalCents"] for one in jobs if one["isChosen"] and one["approval"] != "declined")
    return {
        "shop": {
            "name": "Riverside Auto Repair",
            "address": "1200 River Road\nAustin, TX 78701",
            "phone": "+15125550110",
            "registrationNumber": "ARD 00123456",
            "warrantyTerms": "24 months or 24,000 miles.",
            "state": "TX",
            "timezone": "America/Chicago",
            "currency": "USD",
            "paper": "letter",
        },
        "visit": {
            "number": 1234,
            "day": "2026-11-20",
            "promisedAt": "2026-11-20T22:00:00Z",
            "title": "Grinding noise when braking",
            "keyTag": "17",
            "techName": "Bao Nguyen",
            "checkInAt": "2026-11-20T14:05:00Z",
        },
        "customer": {"name": "Maria Garcia", "company": None, "phone": "+15125550177", "email": "maria@example.com"},
        "vehicle": {
            "label": "2019 Honda CR-V",
            "plate": "KTX4821",
            "plateState": "TX",
            "vin": "2HKRW2H85KH600123",
            "mileage": 61240,
            "color": "Blue",
        },
        "jobs": jobs,
        "totals": {
            "laborCents": 0,
            "partsCents": total,
            "feesCents": 0,
            "netCents": total,
            "discountCents": 0,
            "taxCents": 0,
            "totalCents": total,
        },
        "taxes": [{"taxClass": "parts", "taxBp": "887.500", "netCents": 100_00, "taxCents": 8_88}],
        **changes,
    }


def every_paper(shown: dict[str, Any]) -> dict[PaperKind, dict[str, Any]]:
    """Return what each kind of paper shows of a document."""
    payments = [Entry("payment", "card", 20_00, True, "4242", date(2026, 11, 20))]
    record = {
        "id": "1",
        "jobId": "1",
        "decision": "approved",
        "method": "phone",
        "saidAt": NOW,
        "recordedAt": NOW,
        "jobName": "Front brakes",
        "amountCents": 108_88,
        "person": "Maria Garcia",
        "phone": "+15125550177",
        "reason": None,
        "words": None,
        "documentHash": "cd34" * 16,
        "ip": None,
        "recordedByName": "Ana Advisor",
        "isKnown": False,
        "userAgent": None,
        "addedPartsCents": 100_00,
        "addedLaborCents": 0,
        "newTotalCents": 108_88,
        "spendingCapCents": 150_00,
    }
    version = {
        "id": "1",
        "versionNo": 1,
        "createdAt": NOW,
        "openedAt": None,
        "supersededAt": None,
        "totalCents": 108_88,
        "documentHash": "cd34" * 16,
        "isSpoken": False,
        "intro": "Here is what we found.",
        "document": shown,
    }
    evidence = {
        "document": shown,
        "estimates": [version],
        "records": [record],
        "changesSince": [{"jobName": "Front brakes", "thenName": None, "thenCents": 108_88, "nowCents": 120_00}],
    }
    invoice = {
        "number": 1042,
        "issuedOn": "Nov 20, 2026",
        "vehicle": "2019 Honda CR-V",
        "ageDays": 10,
        "totalCents": 108_88,
        "paidCents": 20_00,
        "balanceCents": 88_88,
    }
    account = {
        "location": "Riverside",
        "currency": "USD",
        "invoices": [invoice],
        "agingCents": [88_88, 0, 0, 0],
        "openCents": 88_88,
        "creditCents": 5_00,
    }
    counted = {"method": "cash", "receivedCents": 500_00, "returnedCents": 10_00, "expectedCents": 490_00}
    return {
        PaperKind.ESTIMATE: estimate_content(
            shown,
            FROZEN,
            opened_at=NOW,
            decisions=[Decision("Wipers", "declined", NOW, "Does it herself", date(2027, 2, 1), 39_20)],
            now=NOW,
        ),
        PaperKind.WORK_ORDER: work_order_content(shown, notes="Customer waits.", version=7, now=NOW),
        PaperKind.INVOICE: invoice_content(shown, FROZEN, number=1042, payments=payments, now=NOW),
        PaperKind.RECEIPT: receipt_content(shown, payments=payments, charged_cents=100_00, now=NOW),
        PaperKind.EVIDENCE: evidence_content(evidence, now=NOW),
        PaperKind.STATEMENT: {
            **letter(shown["shop"], "Statement", "Maria Garcia · as of Nov 30, 2026", NOW),
            "customer": shown["customer"],
            "accounts": [account],
        },
        PaperKind.DAY_CLOSE: {
            **letter(shown["shop"], "Day close", "Nov 28, 2026", NOW),
            "methods": [{**counted, "countedCents": 510_00}],
            "slipCents": 510_00,
            "note": "A twenty lay under the till.",
            "closed": "by Cora",
            "earlier": [],
            "entries": [],
        },
    }


class Read:
    """A PDF as its reader sees it."""

    def __init__(self, pdf: bytes) -> None:
        self.reader = PdfReader(io.BytesIO(pdf))
        self.pages = [page.extract_text() for page in self.reader.pages]
        self.text = "\n".join(self.pages)


@pytest.fixture
def printed():
    """Return what prints a paper and reads it back."""

    def read(kind: PaperKind, content: dict[str, Any], size: PaperSize = PaperSize.LETTER) -> Read:
        return Read(render(kind, content, size, BRAND))

    return read
