"""Jobs with their lines."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.catalog.rules import LineKind, TaxClass
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import Approval, price_line


def make_job(
    session: Session,
    appointment: Appointment,
    *,
    name: str = "Front brake pads",
    approval: Approval = Approval.PENDING,
    lines: Sequence[dict[str, Any]] = ({},),
    **overrides: Any,
) -> AppointmentJob:
    """Make a job whose lines are each a part of $100.00 unless they say otherwise; the visit's total follows."""
    now = utc_now()
    job = AppointmentJob(
        id=new_id(),
        appointment_id=appointment.id,
        name=name,
        approval=approval,
        decided_at=None if approval is Approval.PENDING else now,
        **{"created_at": now, "updated_at": now, **overrides},
    )
    session.add(job)
    session.flush()
    for order, line in enumerate(lines):
        charged = add_line(session, job, order, line)
        if job.is_chosen is not False and approval is not Approval.DECLINED:
            appointment.total_cents += charged
    session.flush()
    return job


def add_line(session: Session, job: AppointmentJob, order: int, given: dict[str, Any]) -> int:
    """Add a line to a job, of $100.00 unless `given` says otherwise; return what it comes to, with tax, in cents."""
    kind = LineKind(given.get("kind", "part"))
    values: dict[str, Any] = {
        "name": "Pads",
        "hours": Decimal(1) if kind is LineKind.LABOR else None,
        "is_flat": False,
        "quantity": Decimal(1),
        "unit_price_cents": 100_00,
        "unit_cost_cents": 58_00 if kind is LineKind.PART else None,
        "discount_cents": 0,
        "tax_class": {LineKind.LABOR: TaxClass.LABOR, LineKind.PART: TaxClass.PARTS, LineKind.FEE: TaxClass.FEES}[kind],
        "tax_bp": Decimal(0),
        **given,
        "kind": kind,
    }
    money = price_line(
        kind,
        unit_price_cents=values["unit_price_cents"],
        quantity=values["quantity"],
        hours=values["hours"],
        is_flat=values["is_flat"],
        discount_cents=values["discount_cents"],
        tax_bp=values["tax_bp"],
    )
    now = utc_now()
    session.add(
        AppointmentService(
            id=new_id(),
            appointment_id=job.appointment_id,
            job_id=job.id,
            sort_order=order,
            price_cents=money.price_cents,
            tax_cents=money.tax_cents,
            created_at=now,
            updated_at=now,
            **values,
        )
    )
    return money.total_cents
