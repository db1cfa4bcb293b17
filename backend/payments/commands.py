"""Enter money in the ledger: take it, void it, give it back.

Whoever enters locks the visit's row first, so that many at once take turns. Entries are never changed; what is wrong
is taken back by an entry of its own. `appointments.paid_cents` follows by a trigger.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.audit import commands as audit
from backend.core.actor import Actor
from backend.core.edits import first_values
from backend.core.errors import invalid_field
from backend.core.events import EventType
from backend.core.money import say_money
from backend.invoices import commands as invoices
from backend.invoices import queries as invoice_queries
from backend.invoices.rules import entry_day
from backend.outbox import commands as outbox
from backend.payments import queries, rules
from backend.payments.models import Payment, PaymentKind, PaymentMethod
from backend.payments.queries import PaymentView
from backend.payments.rules import AlreadyVoidedError, NotReversibleError, PaidOnlineError, RefundTooLargeError

ENTITY = "payment"
_EVENTS = {
    PaymentKind.PAYMENT: EventType.PAYMENT_RECORDED,
    PaymentKind.VOID: EventType.PAYMENT_VOIDED,
    PaymentKind.REFUND: EventType.PAYMENT_REFUNDED,
}
# What the audit log keeps of an entry.
_AUDITED = (
    *("appointment_id", "kind", "method", "amount_cents", "currency", "note", "reference", "is_deposit", "provider_id"),
    *("reverses_id", "accounting_on", "for_day"),
)


@dataclass(frozen=True, slots=True)
class Taking:
    """Money that somebody took. `allow_overpayment` says that more than is owed, or for a canceled visit, is meant so.

    `accounting_on` names an open day that is not today's; `for_day` is a closed one that a late entry is about.
    """

    amount_cents: int
    method: PaymentMethod
    note: str | None = None
    reference: str | None = None
    is_deposit: bool = False
    allow_overpayment: bool = False
    accounting_on: date | None = None
    for_day: date | None = None


def record(
    session: Session,
    appointment_id: UUID,
    taking: Taking,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> PaymentView:
    """Enter a payment; one that settles the visit and is no deposit issues its invoice.

    Raises:
        NotFoundError: no such visit at the actor's locations.
        OverpaymentError, VisitCanceledError: see `rules.check_amount`.
        DayClosedError: `accounting_on` is closed.
    """
    appointment = appointment_queries.get_for_update(session, appointment_id, location_ids)
    visit = queries.get_visit(session, appointment_id, None)
    rules.check_amount(visit.account, taking.amount_cents, allow_overpayment=taking.allow_overpayment)
    days = invoice_queries.find_days(session, appointment.location_id, now)
    if taking.for_day is not None and taking.for_day > days.today:
        raise invalid_field("forDay", "Choose a day that is not in the future.")
    payment = Payment(
        location_id=appointment.location_id,
        appointment_id=appointment.id,
        kind=PaymentKind.PAYMENT,
        method=taking.method,
        amount_cents=taking.amount_cents,
        currency=visit.currency,
        note=taking.note,
        reference=taking.reference,
        is_deposit=taking.is_deposit,
        accounting_on=entry_day(days, taking.accounting_on, "accountingOn"),
        for_day=taking.for_day,
        created_at=now,
        created_by=actor.id,
    )
    return enter(session, appointment, payment, actor=actor, now=now)


def void(
    session: Session, payment_id: UUID, reason: str, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> PaymentView:
    """Take a payment back whole, as if it had never been; once, and only while nothing of it was given back.

    Raises:
        NotFoundError: no such payment at the actor's locations.
        AlreadyVoidedError, NotReversibleError, PaidOnlineError: see there.
    """
    appointment, payment = _lock_payment(session, payment_id, location_ids)
    if payment.reversal == PaymentKind.VOID:
        raise AlreadyVoidedError("This payment was voided already.")
    if payment.provider_id is not None:
        raise PaidOnlineError("This was paid online: refund it, then the card processor gives the money back.")
    if not payment.can_be_voided:
        given = say_money(payment.reversed_cents, payment.currency)
        raise NotReversibleError(f"{given} of it was refunded, so it can't be voided. Refund the rest.")
    return _reverse(
        session, appointment, payment, PaymentKind.VOID, payment.amount_cents, reason, actor=actor, now=now
    )


def refund(
    session: Session,
    payment_id: UUID,
    amount_cents: int | None,
    reason: str,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
    provider_id: str | None = None,
) -> PaymentView:
    """Give back a part of a payment, or (None) what is left of it. `provider_id` is the card processor's name of it.

    Raises:
        NotFoundError: no such payment at the actor's locations.
        RefundTooLargeError, AlreadyVoidedError, NotReversibleError: see there.
    """
    appointment, payment = _lock_payment(session, payment_id, location_ids)
    # The processor's own word may have come first.
    told = None if provider_id is None else queries.find_by_provider(session, provider_id)
    if told is not None:
        return told
    amount = refundable(payment, amount_cents)
    return _reverse(
        session,
        appointment,
        payment,
        PaymentKind.REFUND,
        amount,
        reason,
        actor=actor,
        now=now,
        provider_id=provider_id,
    )


def refundable(payment: PaymentView, amount_cents: int | None) -> int:
    """Return how much is to be given back: `amount_cents`, or what is left.

    Raises:
        RefundTooLargeError, AlreadyVoidedError, NotReversibleError: see there.
    """
    if payment.kind != PaymentKind.PAYMENT:
        raise NotReversibleError("A void or refund can't be taken back. Record a new payment.")
    if payment.reversal == PaymentKind.VOID:
        raise AlreadyVoidedError("This payment was voided, so there is nothing to refund.")
    wanted = payment.left_cents if amount_cents is None else amount_cents
    if wanted > payment.left_cents or not wanted:
        left = say_money(payment.left_cents, payment.currency)
        raise RefundTooLargeError(
            f"Only {left} of this payment is left to refund." if payment.left_cents else "It was refunded already.",
            left_cents=payment.left_cents,
        )
    return wanted


def _lock_payment(
    session: Session, payment_id: UUID, location_ids: Iterable[UUID]
) -> tuple[Appointment, PaymentView]:
    """Lock a payment's visit, and return both as they stand then."""
    location_ids = tuple(location_ids)
    appointment_id = queries.get_payment(session, payment_id, location_ids).appointment_id
    appointment = appointment_queries.get_for_update(session, appointment_id, location_ids)
    payment = queries.get_view(session, payment_id)
    if payment.kind != PaymentKind.PAYMENT:
        raise NotReversibleError("A void or refund can't be taken back. Record a new payment.")
    return appointment, payment


def _reverse(
    session: Session,
    appointment: Appointment,
    original: PaymentView,
    kind: PaymentKind,
    amount_cents: int,
    reason: str | None,
    *,
    actor: Actor,
    now: datetime,
    provider_id: str | None = None,
) -> PaymentView:
    days = invoice_queries.find_days(session, original.location_id, now)
    payment = Payment(
        location_id=original.location_id,
        appointment_id=original.appointment_id,
        kind=kind,
        method=original.method,
        amount_cents=-amount_cents,
        currency=original.currency,
        note=reason,
        reverses_id=original.id,
        provider_id=provider_id,
        accounting_on=entry_day(days, None, "accountingOn"),
        created_at=now,
        created_by=actor.id,
    )
    return enter(session, appointment, payment, actor=actor, now=now)


def enter(
    session: Session, appointment: Appointment, payment: Payment, *, actor: Actor, now: datetime
) -> PaymentView:
    """Add an entry to the ledger of a locked visit, and tell everybody."""
    session.add(payment)
    session.flush()
    # The trigger has counted it.
    session.refresh(appointment, ["paid_cents"])
    kind = PaymentKind(payment.kind)
    audit.record(
        session,
        _EVENTS[kind],
        entity=ENTITY,
        entity_id=payment.id,
        actor=actor,
        at=now,
        changes=first_values({name: getattr(payment, name) for name in _AUDITED}),
        location_id=payment.location_id,
        reason=None if kind is PaymentKind.PAYMENT else payment.note,
    )
    outbox.record(session, _EVENTS[kind], payment.id, at=now, appointment_id=str(appointment.id))
    if kind is PaymentKind.PAYMENT and not payment.is_deposit:
        invoices.issue_if_settled(session, appointment, actor=actor, now=now)
    appointments.announce(session, appointment.id)
    return queries.get_view(session, payment.id)


def reverse_as_told(
    session: Session,
    appointment: Appointment,
    original: PaymentView,
    told: rules.RefundState,
    *,
    actor: Actor,
    now: datetime,
) -> PaymentView:
    """Enter a refund that the card processor tells of: the money is on its way, whatever we think of it."""
    return _reverse(
        session,
        appointment,
        original,
        PaymentKind.REFUND,
        told.amount_cents,
        told.reason,
        actor=actor,
        now=now,
        provider_id=told.provider_id,
    )
