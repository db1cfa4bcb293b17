"""What stands on the customer's page: this visit's estimate by the link alone, the rest for who gave the last four digits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.core.errors import NotFoundError
from backend.core.phone import spoken
from backend.estimates import queries as estimates
from backend.estimates import rules as estimate_rules
from backend.estimates.queries import EstimateView, RecordView
from backend.estimates.rules import Decision
from backend.invoices import queries as invoices
from backend.links.queries import VisitView
from backend.links.rules import STEP_UP_TRIES, Purpose
from backend.payments import queries as payments
from backend.portal import rules
from backend.reports import queries as reports
from backend.services import queries as services
from backend.services.queries import Job
from backend.templates.rules import first_name

MOST_VISITS = 20
# Links whose holder may say what shall be done.
ANSWERING = frozenset({Purpose.ESTIMATE, Purpose.REPORT})


@dataclass(frozen=True, slots=True)
class Switches:
    """What this installation has switched on."""

    payments: bool
    payments_online: bool
    inspections: bool


def read_page(session: Session, visit: VisitView, switches: Switches, now: datetime) -> dict[str, Any]:
    """Return what a browser at a link may see; a report's shows the estimate with it, which can be answered from there.

    Raises:
        NotFoundError: the visit is gone.
    """
    appointment = _appointment(session, visit.link.appointment_id)
    present = services.read_document(session, appointment.id)
    shop = rules.shown_shop(present)
    estimate = None
    report = None
    if visit.link.purpose in ANSWERING:
        estimate = _shown_estimate(session, appointment, present, now)
    if visit.link.purpose == Purpose.REPORT and visit.link.subject_id is not None and switches.inspections:
        report = reports.read_report(session, visit.link.subject_id, now)
    return {
        "purpose": visit.link.purpose,
        "isKnown": visit.is_known,
        "triesLeft": STEP_UP_TRIES - visit.link.failed_step_ups if visit.link.has_phone else 0,
        "shop": {**shop, "spokenPhone": spoken(shop["phone"]) if shop["phone"] else None},
        "visit": {
            **rules.shown_visit(present),
            "status": appointment.status,
            "startsAt": appointment.starts_at,
            "promisedAt": appointment.promised_at
            if appointment.status in {Status.SCHEDULED, Status.IN_PROGRESS}
            else None,
            "firstName": first_name(appointment.customer_name),
        },
        "report": report,
        "estimate": estimate,
        "money": _money(session, appointment, switches) if visit.is_known and switches.payments else None,
        "hasMoney": switches.payments and appointment.total_cents > 0,
    }


def _appointment(session: Session, appointment_id: UUID) -> Appointment:
    found = session.get(Appointment, appointment_id)
    if found is None or found.deleted_at is not None:
        raise NotFoundError("This visit is not here any more. Call the shop.")
    return found


# --- the estimate -----------------------------------------------------------------------------


def _shown_estimate(
    session: Session, appointment: Appointment, present: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    current = estimates.find_current(session, appointment.id)
    if current is None:
        return None
    jobs = {job.id: job for job in services.list_jobs(session, appointment.id)}
    records = estimates.list_records(session, appointment.id)
    photos = reports.photos_of_jobs(session, jobs.keys(), now)
    changed = estimate_rules.changed_jobs(current.document, present)
    is_open = appointment.locked_at is None and appointment.status not in {
        Status.COMPLETED,
        Status.CANCELED,
        Status.NO_SHOW,
    }
    return {
        "versionNo": current.version_no,
        "createdAt": current.created_at,
        "documentHash": current.document_hash,
        "intro": current.document.get("intro"),
        "isOpen": is_open,
        "linkCapCents": current.link_cap_cents,
        "approvedByLinkCents": estimates.approved_by_link_cents(records, jobs.values()),
        "spendingCapCents": estimates.spending_cap_of(records),
        "jobs": [
            {
                **_shown_job(
                    shown, jobs.get(UUID(shown["id"])), records, current, is_changed=UUID(shown["id"]) in changed
                ),
                "photos": photos.get(UUID(shown["id"]), []),
            }
            for shown in current.document["jobs"]
        ],
    }


def _shown_job(
    shown: dict[str, Any], job: Job | None, records: Iterable[RecordView], current: EstimateView, *, is_changed: bool
) -> dict[str, Any]:
    """Return a job as it was shown, with what was said to it since. One that is gone can't be answered."""
    about = [record for record in records if str(record.job_id) == shown["id"]]
    said = [record for record in about if record.decision not in {Decision.ASKED, Decision.ANSWERED}]
    was_revoked = bool(said) and said[-1].decision == Decision.REVOKED
    return {
        **rules.shown_job(shown),
        "isChosen": shown["isChosen"] if job is None else job.is_chosen,
        "approval": "pending" if job is None else job.approval,
        "decidedAt": None if job is None else job.decided_at,
        "declineReason": None if job is None else job.decline_reason,
        "deferredUntil": None if job is None else job.deferred_until,
        "isChanged": is_changed,
        # What the shop changed after it was approved, until the customer is shown the new price.
        "wasRevoked": was_revoked and (job is None or job.approval == "pending"),
        "revokedCents": said[-1].amount_cents if was_revoked and said[-1].said_at >= current.created_at else None,
        "talk": [
            {"isOurs": record.decision == Decision.ANSWERED, "words": record.words, "at": record.said_at}
            for record in about
            if record.decision in {Decision.ASKED, Decision.ANSWERED}
        ],
    }


# --- for who is known ---------------------------------------------------------------------------


def _money(session: Session, appointment: Appointment, switches: Switches) -> dict[str, Any]:
    account = payments.get_visit(session, appointment.id, None).account
    invoice = invoices.find_of_visit(session, appointment.id)
    return {
        "totalCents": appointment.total_cents,
        "paidCents": appointment.paid_cents,
        "balanceCents": account.balance_cents,
        "canPay": switches.payments_online and account.balance_cents > 0 and not account.is_canceled,
        "hasInvoice": invoice is not None and invoice.newest.stands,
        "hasReceipt": appointment.paid_cents != 0,
    }


def read_history(session: Session, visit: VisitView) -> dict[str, Any]:
    """Return this car's other visits of the same customer, the newest first, and what was declined and is still open.

    The caller has checked that the browser is known. Of a car that changed hands, the visits of others stay theirs.
    """
    appointment = _appointment(session, visit.link.appointment_id)
    if appointment.vehicle_id is None or appointment.customer_id is None:
        return {"visits": [], "declined": []}
    rows = session.execute(
        sa.select(
            Appointment.id,
            Appointment.number,
            Appointment.day,
            Appointment.status,
            Appointment.services_summary,
            Appointment.total_cents,
        )
        .where(
            Appointment.vehicle_id == appointment.vehicle_id,
            Appointment.customer_id == appointment.customer_id,
            Appointment.id != appointment.id,
            Appointment.deleted_at.is_(None),
        )
        .order_by(Appointment.starts_at.desc())
        .limit(MOST_VISITS)
    ).all()
    theirs = {row.id for row in rows}
    return {
        "visits": [
            {
                "number": row.number,
                "day": row.day,
                "status": row.status,
                "summary": row.services_summary,
                "totalCents": row.total_cents,
            }
            for row in rows
        ],
        "declined": [
            {
                "name": job.name,
                "description": job.description,
                "urgency": job.urgency,
                "reason": job.decline_reason,
                "declinedAt": job.decided_at,
                "deferredUntil": job.deferred_until,
                "priceThenCents": job.price_then_cents,
            }
            for job in services.list_declined(session, appointment.id, [appointment.location_id])
            if job.appointment_id in theirs
        ],
    }
