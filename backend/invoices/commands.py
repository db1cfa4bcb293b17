"""Issue invoices and unlock them.

Whoever issues holds the visit's row first and takes the number last: the counter's row is the whole location's, and
whoever takes a number and then rolls back gives it back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit import commands as audit
from backend.core.actor import Actor
from backend.core.errors import NotFoundError
from backend.core.events import EventType
from backend.invoices import queries, rules
from backend.invoices.models import Invoice, InvoiceCounter, InvoiceReversal, InvoiceVersion
from backend.invoices.rules import (
    AlreadyInvoicedError,
    NothingToInvoiceError,
    NotIssuedError,
    Sums,
    UnapprovedWorkError,
)
from backend.outbox import commands as outbox
from backend.services import queries as services

ENTITY = "invoice"


def issue(
    session: Session,
    appointment_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    location_ids: Iterable[UUID] | None = None,
    allow_unapproved: bool = False,
) -> InvoiceVersion:
    """Issue a visit's invoice: its paper is frozen, and what it charges locked. After an unlocking, the next version.

    `allow_unapproved` says that work which was shown and not approved is charged on purpose.

    Raises:
        UnapprovedWorkError: there is such work, and nobody said so.
        NotFoundError: no such visit at `location_ids` (None: anywhere).
        AlreadyInvoicedError: an invoice stands.
        NothingToInvoiceError: there is nothing on the visit that could be charged.
    """
    appointment = (
        appointment_queries.find_for_update(session, appointment_id)
        if location_ids is None
        else appointment_queries.get_for_update(session, appointment_id, location_ids)
    )
    if appointment is None:
        raise NotFoundError("There is no such appointment.")
    if appointment.locked_at is not None:
        number = queries.number_of(session, appointment_id)
        raise AlreadyInvoicedError(
            f"Invoice {number} stands. The owner or the accountant unlocks it if something must change."
        )
    session.flush()
    document = services.read_document(session, appointment_id)
    sums = rules.sums_of(document)
    if not any(job["lines"] for job in document["jobs"]):
        raise NothingToInvoiceError("There is no work on this visit yet. Add what was done, then invoice it.")
    if sums.total_cents != appointment.total_cents:
        raise NothingToInvoiceError(
            "The visit's total is not the sum of its lines. Save a line again, then invoice it."
        )
    waiting = _unapproved(session, appointment)
    if waiting and not allow_unapproved:
        named = waiting[0] if len(waiting) == 1 else f"{waiting[0]} and {len(waiting) - 1} more"
        raise UnapprovedWorkError(
            f"The customer has not approved {named} yet. Get their word first, or confirm that it is charged.",
            jobs=waiting,
        )
    return _post(session, appointment, document, sums, unapproved=waiting, actor=actor, now=now)


def _unapproved(session: Session, appointment: Appointment) -> list[str]:
    """Name the work that waits for approval, where an estimate was shown: without one nobody was asked."""
    return [] if appointment.estimate_state is None else services.list_unapproved(session, appointment.id)


def issue_if_settled(session: Session, appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """Issue the invoice of a locked row's visit once everything is paid; what can't be invoiced waits for a person.

    A visit that was deleted or canceled, or has work that nobody approved, is charged for by a person alone.
    """
    settled = 0 < appointment.total_cents <= appointment.paid_cents
    is_over = appointment.deleted_at is not None or appointment.status == Status.CANCELED
    if not settled or is_over or appointment.locked_at is not None:
        return
    if _unapproved(session, appointment):
        return
    document = services.read_document(session, appointment.id)
    sums = rules.sums_of(document)
    if sums.total_cents == appointment.total_cents:
        _post(session, appointment, document, sums, actor=actor, now=now)


def unlock(
    session: Session, invoice_id: UUID, reason: str, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> None:
    """Take an invoice's standing version back by a reversal, so that its visit can be changed and invoiced anew.

    Raises:
        NotFoundError: no such invoice at the actor's locations.
        NotIssuedError: it is unlocked already.
    """
    location_ids = tuple(location_ids)
    # A deleted visit's too: what it charges is owed as long as it stands.
    appointment = queries.lock_visit(session, queries.get_invoice(session, invoice_id, location_ids).appointment_id)
    # Read anew: only now does it stay as it is.
    invoice = queries.get_invoice(session, invoice_id, location_ids)
    if not invoice.newest.stands:
        raise NotIssuedError(f"Invoice {invoice.number} is unlocked already.")
    days = queries.find_days(session, invoice.location_id, now)
    session.add(
        InvoiceReversal(
            version_id=invoice.newest.id,
            reversed_on=rules.entry_day(days, None, "reversedOn"),
            reversed_at=now,
            reversed_by=actor.id,
            reason=reason,
        )
    )
    locked_at, appointment.locked_at = appointment.locked_at, None
    session.flush()
    _tell(
        session,
        appointment,
        invoice_id,
        invoice.number,
        (EventType.INVOICE_REVERSED, EventType.APPOINTMENT_UNLOCKED),
        {"versionNo": (invoice.newest.version_no, None), "totalCents": (invoice.newest.total_cents, None)},
        (locked_at, None),
        actor=actor,
        now=now,
        reason=reason,
    )


def _post(
    session: Session,
    appointment: Appointment,
    document: dict[str, Any],
    sums: Sums,
    *,
    unapproved: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> InvoiceVersion:
    """Freeze and lock; `unapproved` names the work that is charged on purpose though nobody approved it."""
    days = queries.find_days(session, appointment.location_id, now)
    invoice = session.scalars(sa.select(Invoice).where(Invoice.appointment_id == appointment.id)).one_or_none()
    if invoice is None:
        version_no = 1
        invoice = Invoice(
            location_id=appointment.location_id,
            number=_take_number(session, appointment.location_id),
            appointment_id=appointment.id,
            created_at=now,
        )
        session.add(invoice)
        session.flush()
    else:
        last = sa.select(sa.func.max(InvoiceVersion.version_no)).where(InvoiceVersion.invoice_id == invoice.id)
        version_no = (session.scalar(last) or 0) + 1
    version = InvoiceVersion(
        invoice_id=invoice.id,
        version_no=version_no,
        document=document,
        document_hash=rules.hash_document(document),
        labor_net_cents=sums.labor_net_cents,
        parts_net_cents=sums.parts_net_cents,
        fees_net_cents=sums.fees_net_cents,
        tax_cents=sums.tax_cents,
        total_cents=sums.total_cents,
        labor_seconds=sums.labor_seconds,
        issued_on=rules.entry_day(days, None, "issuedOn"),
        issued_at=now,
        issued_by=actor.id,
    )
    session.add(version)
    appointment.locked_at = now
    session.flush()
    _tell(
        session,
        appointment,
        invoice.id,
        invoice.number,
        (EventType.INVOICE_ISSUED, EventType.APPOINTMENT_LOCKED),
        {
            "totalCents": (None, sums.total_cents),
            "documentHash": (None, version.document_hash),
            "versionNo": (None, version_no),
            **({"unapprovedJobs": (None, list(unapproved))} if unapproved else {}),
        },
        (None, now),
        actor=actor,
        now=now,
    )
    return version


def _take_number(session: Session, location_id: UUID) -> int:
    """Take the location's next number; who comes next waits until this transaction has kept it or given it back."""
    taken = insert(InvoiceCounter).values(location_id=location_id, next_number=2)
    following: int = session.execute(
        taken.on_conflict_do_update(
            index_elements=[InvoiceCounter.location_id], set_={"next_number": InvoiceCounter.next_number + 1}
        ).returning(InvoiceCounter.next_number)
    ).scalar_one()
    return following - 1


def _tell(
    session: Session,
    appointment: Appointment,
    invoice_id: UUID,
    number: int,
    events: tuple[EventType, EventType],
    changes: dict[str, tuple[Any, Any]],
    locked: tuple[datetime | None, datetime | None],
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Record what became of the invoice and of its visit; the visit's row of the log, which all may read, names no money."""
    numbers = (None, number) if locked[0] is None else (number, None)
    of_visit: dict[str, tuple[Any, Any]] = {
        "lockedAt": locked,
        "invoiceNumber": numbers,
        **{name: changes[name] for name in ("versionNo", "unapprovedJobs") if name in changes},
    }
    for event, entity, entity_id, told in (
        (events[0], ENTITY, invoice_id, {"number": (number, number), **changes}),
        (events[1], appointments.ENTITY, appointment.id, of_visit),
    ):
        audit.record(
            session,
            event,
            entity=entity,
            entity_id=entity_id,
            actor=actor,
            at=now,
            changes=told,
            location_id=appointment.location_id,
            reason=reason,
        )
    outbox.record(session, events[0], invoice_id, at=now, appointment_id=str(appointment.id))
    appointments.announce(session, appointment.id)
