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
from backend.estimates.rules import Decision, Method
from backend.invoices import queries as invoices
from backend.links import queries as links
from backend.links.queries import VisitView
from backend.links.rules import STEP_UP_TRIES, Purpose, has_ended
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
    estimate = invoice = report = None
    if visit.link.purpose in ANSWERING:
        estimate = _shown_estimate(session, appointment, present, now)
    if visit.link.purpose == Purpose.INVOICE and visit.is_known and switches.payments:
        invoice = _shown_invoice(session, appointment)
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
        "invoice": invoice,
        "money": _money(session, appointment, switches) if visit.is_known and switches.payments else None,
        "hasMoney": switches.payments and appointment.total_cents > 0,
    }


def _appointment(session: Session, appointment_id: UUID) -> Appointment:
    found = session.get(Appointment, appointment_id)
    if found is None or found.deleted_at is not None:
        raise NotFoundError("This visit is not here any more. Call the shop.")
    return found


# --- links to an invoice, for the shop ----------------------------------------------------------


def get_appointment(session: Session, appointment_id: UUID, location_ids: Iterable[UUID]) -> Appointment:
    """Return a visit of one of these locations.

    Raises:
        NotFoundError: there is none such.
    """
    found = session.get(Appointment, appointment_id)
    if found is None or found.deleted_at is not None or found.location_id not in tuple(location_ids):
        raise NotFoundError("There is no such appointment.")
    return found


def list_invoice_links(
    session: Session, appointment_id: UUID, location_ids: Iterable[UUID], now: datetime
) -> list[dict[str, Any]]:
    """List the links to a visit's invoice, the newest first.

    Raises:
        NotFoundError: no such visit at these locations.
    """
    get_appointment(session, appointment_id, location_ids)
    return [
        {
            "id": link.id,
            "createdAt": link.created_at,
            "expiresAt": link.expires_at,
            "revokedAt": link.revoked_at,
            "openedAt": link.opened_at,
            "isOpen": not has_ended(link.expires_at, link.revoked_at, now),
        }
        for link in links.list_links(session, appointment_id)
        if link.purpose == Purpose.INVOICE
    ]


def check_invoice_link(session: Session, link_id: UUID, appointment_id: UUID) -> None:
    """Refuse a link of another visit, or for something else.

    Raises:
        NotFoundError: it is no link to this invoice.
    """
    if not any(
        link.id == link_id and link.purpose == Purpose.INVOICE for link in links.list_links(session, appointment_id)
    ):
        raise NotFoundError("There is no such link.")


def find_message_state(session: Session, message_id: UUID | None) -> tuple[str | None, datetime | None]:
    """Return how the message that brings a link stands, and until when it is held; nothing for none."""
    return estimates.find_message_state(session, message_id)


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
    # What the customer put in another one's place is no news to them.
    was_revoked = bool(said) and said[-1].decision == Decision.REVOKED and said[-1].method == Method.SHOP
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
        # The page promises an answer only while the shop sees one to give, whatever was decided meanwhile.
        "isWaiting": job is not None and job.asked_at is not None,
        "talk": [
            {"isOurs": record.decision == Decision.ANSWERED, "words": record.words, "at": record.said_at}
            for record in about
            if record.decision in {Decision.ASKED, Decision.ANSWERED}
        ],
    }


# --- for who is known ---------------------------------------------------------------------------


def _shown_invoice(session: Session, appointment: Appointment) -> dict[str, Any] | None:
    """Return the invoice that stands, as it was frozen; None while it is unlocked."""
    invoice = invoices.find_of_visit(session, appointment.id)
    if invoice is None or not invoice.newest.stands:
        return None
    document = invoices.get_document(session, invoice.newest.id)
    charged = [job for job in document["jobs"] if job["isChosen"] and job["approval"] != "declined"]
    return {
        "number": invoice.number,
        "versionNo": invoice.newest.version_no,
        "issuedOn": invoice.newest.issued_on,
        "taxCents": invoice.newest.tax_cents,
        "totalCents": invoice.newest.total_cents,
        "jobs": [
            {name: job[name] for name in ("id", "name", "description", "totalCents")}
            | {"lines": rules.shown_job(job)["lines"], **{name: job[name] for name in ("taxCents", "discountCents")}}
            for job in charged
        ],
    }


def _money(session: Session, appointment: Appointment, switches: Switches) -> dict[str, Any]:
    # Of work that they have not approved nothing is asked for.
    account = payments.account_of_customer(session, payments.get_visit(session, appointment.id, None))
    invoice = invoices.find_of_visit(session, appointment.id)
    return {
        "totalCents": account.total_cents,
        "paidCents": account.paid_cents,
        "balanceCents": account.balance_cents,
        "canPay": switches.payments_online and account.balance_cents > 0 and not account.is_canceled,
        "hasInvoice": invoice is not None and invoice.newest.stands,
        "hasReceipt": has_paper(session, appointment.id, "receipt"),
    }


def number_of(session: Session, appointment_id: UUID) -> int | None:
    """Return a visit's number."""
    return session.scalar(sa.select(Appointment.number).where(Appointment.id == appointment_id))


def has_paper(session: Session, appointment_id: UUID, kind: str) -> bool:
    """Tell whether a visit has an invoice that stands, or a receipt: before, its paper is a draft that is not shown."""
    if kind == "invoice":
        invoice = invoices.find_of_visit(session, appointment_id)
        return invoice is not None and invoice.newest.stands
    return bool(payments.list_ledger(session, appointment_id))


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
