"""Invoices for tests that are about something else; `invoices.commands.issue` makes the real ones."""

from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.invoices.models import Invoice, InvoiceVersion
from backend.invoices.rules import hash_document


def make_invoice(session: Session, appointment: Appointment, number: int = 1) -> Invoice:
    """Make a visit's invoice of nothing, which does not lock it."""
    now = utc_now()
    invoice = Invoice(
        id=new_id(), location_id=appointment.location_id, number=number, appointment_id=appointment.id, created_at=now
    )
    session.add(invoice)
    session.flush()
    session.add(
        InvoiceVersion(
            invoice_id=invoice.id,
            version_no=1,
            document={},
            document_hash=hash_document({}),
            labor_net_cents=0,
            parts_net_cents=0,
            fees_net_cents=0,
            tax_cents=0,
            total_cents=0,
            issued_on=now.date(),
            issued_at=now,
        )
    )
    session.flush()
    return invoice
