from decimal import Decimal

from backend.services.queries import list_jobs, read_document
from backend.services.rules import Approval
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.shop import make_location


def test_a_document_shows_every_job_and_sums_what_counts(session):
    appointment = make_appointment(session, make_location(session))
    make_job(
        session,
        appointment,
        name="Brakes",
        lines=[
            {"kind": "labor", "name": "Fit", "hours": Decimal("1.5"), "unit_price_cents": 100_00},
            {"tax_bp": Decimal("887.5"), "quantity": Decimal(2), "unit_price_cents": 50_00},
        ],
    )
    make_job(session, appointment, name="Wipers", approval=Approval.DECLINED, decline_reason="Not today")

    shown = read_document(session, appointment.id)

    assert [(job["name"], job["totalCents"]) for job in shown["jobs"]] == [("Brakes", 258_88), ("Wipers", 100_00)]
    assert shown["totals"] == {
        "laborCents": 150_00,
        "partsCents": 100_00,
        "feesCents": 0,
        "netCents": 250_00,
        "discountCents": 0,
        "taxCents": 8_88,
        "totalCents": 258_88,
    }
    assert shown["taxes"] == [{"taxClass": "parts", "taxBp": "887.500", "netCents": 100_00, "taxCents": 8_88}]
    assert appointment.total_cents == 258_88
    assert [line.name for job in list_jobs(session, appointment.id) for line in job.lines] == ["Fit", "Pads", "Pads"]
