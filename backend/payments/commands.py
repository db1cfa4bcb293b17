"""Enter money in the ledger: take it, void it, give it back.

Whoever enters locks the visit's row first, so that many at once take turns. Entries are never changed; what is wrong
is taken back by an entry of its own. `appointments.paid_cents` follows by a trigger.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.audit import commands as audit
from backend.core.actor import SYSTEM, Actor, ActorKind
from backend.core.edits import first_values, wire
from backend.core.errors import NotFoundError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.core.money import say_money
from backend.invoices import commands as invoices
from backend.invoices import queries as invoice_queries
from backend.invoices.rules import entry_day
from backend.outbox import commands as outbox
from backend.payments import queries, rules
from backend.payments.models import (
    CardRefund,
    CardRefundStatus,
    Checkout,
    CheckoutStatus,
    LedgerCheck,
    Payment,
    PaymentKind,
    PaymentMethod,
    Reconciliation,
)
from backend.payments.queries import PaymentView
from backend.payments.rules import (
    AlreadyVoidedError,
    Comparison,
    NothingOwedError,
    NotReversibleError,
    OpenPage,
    Order,
    Page,
    PageState,
    PaidOnlineError,
    RefundOrder,
    RefundState,
    RefundTooLargeError,
    Told,
)

ENTITY = "payment"
CUSTOMER = Actor(ActorKind.CUSTOMER)
_EVENTS = {
    PaymentKind.PAYMENT: EventType.PAYMENT_RECORDED,
    PaymentKind.VOID: EventType.PAYMENT_VOIDED,
    PaymentKind.REFUND: EventType.PAYMENT_REFUNDED,
    PaymentKind.ADJUSTMENT: EventType.PAYMENT_REFUND_FAILED,
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
    if taking.for_day is not None and taking.for_day >= days.open_day:
        raise invalid_field("forDay", f"The books of {taking.for_day:%B %-d} are open: enter it on that day.")
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
    return _reverse(session, appointment, payment, PaymentKind.VOID, payment.amount_cents, reason, actor=actor, now=now)


def refund(
    session: Session,
    payment_id: UUID,
    amount_cents: int | None,
    reason: str,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> PaymentView:
    """Give back a part of a payment, or (None) what is left of it; what was paid online goes by `open_refund`.

    Raises:
        NotFoundError: no such payment at the actor's locations.
        RefundTooLargeError, AlreadyVoidedError, NotReversibleError, PaidOnlineError: see there.
    """
    appointment, payment = _lock_payment(session, payment_id, location_ids)
    if payment.provider_id is not None:
        raise PaidOnlineError("This was paid online: the card processor gives the money back.")
    amount = refundable(payment, amount_cents)
    return _reverse(session, appointment, payment, PaymentKind.REFUND, amount, reason, actor=actor, now=now)


def refundable(payment: PaymentView, amount_cents: int | None, *, promised_cents: int = 0) -> int:
    """Return how much is to be given back: `amount_cents`, or what is left. `promised_cents` is on its way already.

    Raises:
        RefundTooLargeError, AlreadyVoidedError, NotReversibleError: see there.
    """
    if payment.kind != PaymentKind.PAYMENT:
        raise NotReversibleError("A void or refund can't be taken back. Record a new payment.")
    if payment.reversal == PaymentKind.VOID:
        raise AlreadyVoidedError("This payment was voided, so there is nothing to refund.")
    left_cents = payment.left_cents - promised_cents
    wanted = left_cents if amount_cents is None else amount_cents
    if wanted > left_cents or not wanted:
        left = say_money(left_cents, payment.currency)
        words = f"Only {left} of this payment is left to refund." if left_cents else "It was refunded already."
        if promised_cents:
            words = f"{say_money(promised_cents, payment.currency)} of it is on its way back already. Look again in a moment."
        raise RefundTooLargeError(words, left_cents=left_cents)
    return wanted


def _lock_payment(session: Session, payment_id: UUID, location_ids: Iterable[UUID]) -> tuple[Appointment, PaymentView]:
    """Lock a payment's visit, and return both as they stand then. What was taken can go back also when the visit is gone."""
    appointment = queries.lock_visit(session, queries.get_payment(session, payment_id, location_ids).appointment_id)
    assert appointment is not None
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


def enter(session: Session, appointment: Appointment, payment: Payment, *, actor: Actor, now: datetime) -> PaymentView:
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
        # Who pays by themselves issues nothing: the payment did.
        issuer = SYSTEM if actor.kind is ActorKind.CUSTOMER else actor
        invoices.issue_if_settled(session, appointment, actor=issuer, now=now)
    appointments.announce(session, appointment.id)
    return queries.get_view(session, payment.id)


# --- online ---------------------------------------------------------------------------------------


def open_checkout(
    session: Session, appointment_id: UUID, *, link_visit_id: UUID | None, amount_cents: int | None, now: datetime
) -> Order:
    """Begin a customer's try to pay by card, the first of three steps: the next is `providers.Processor.open_page`.

    `amount_cents` None is all that is owed for an invoice, or for what was approved. Who tries again within half an hour
    gets the same page. Of several pages of a visit one takes money: the caller ends `Order.others` before it shows one,
    so nobody pays twice by two windows.

    Raises:
        NotFoundError: no such visit.
        NothingOwedError: it is canceled or settled.
        OverpaymentError: it is more than is owed.
    """
    appointment = appointment_queries.find_for_update(session, appointment_id)
    if appointment is None:
        raise NotFoundError("There is no such appointment.")
    visit = queries.get_visit(session, appointment_id, None)
    account = queries.account_of_customer(session, visit)
    balance = account.balance_cents
    if account.is_canceled or balance <= 0:
        raise NothingOwedError("Nothing is owed on this visit.")
    amount = balance if amount_cents is None else amount_cents
    rules.check_amount(account, amount, allow_overpayment=False)
    checkout = queries.find_open_checkout(session, appointment_id, amount, since=now - rules.SAME_PAGE_FOR)
    if checkout is None:
        checkout = Checkout(
            id=new_id(),
            location_id=visit.location_id,
            appointment_id=appointment_id,
            link_visit_id=link_visit_id,
            amount_cents=amount,
            currency=visit.currency,
            created_at=now,
            updated_at=now,
        )
        session.add(checkout)
        session.flush()
    others = _others(session, appointment_id, checkout.id, now)
    description = f"{visit.location_name}, visit {visit.number}"
    return Order(checkout.id, amount, visit.currency, description, checkout.created_at, checkout.url, others)


def _others(session: Session, appointment_id: UUID, checkout_id: UUID, now: datetime) -> tuple[OpenPage, ...]:
    """Return the visit's other pages that take money; a try that has no page yet is over, and `keep_page` says so."""
    pages = []
    for other in queries.list_open_checkouts(session, appointment_id):
        if other.id == checkout_id:
            continue
        if other.provider_session_id is None:
            other.status, other.updated_at = CheckoutStatus.EXPIRED, now
        else:
            pages.append(OpenPage(other.id, other.provider_session_id))
    session.flush()
    return tuple(pages)


def keep_page(session: Session, checkout_id: UUID, page: Page, now: datetime) -> bool:
    """Keep where the customer pays: the last of the three steps. What the processor told meanwhile stays.

    False where another page of the visit was begun meanwhile: this one must be ended.
    """
    checkout = queries.get_checkout_for_update(session, checkout_id)
    assert checkout is not None
    checkout.provider_session_id, checkout.url, checkout.updated_at = page.session_id, page.url, now
    return checkout.status != CheckoutStatus.EXPIRED


def end_checkout(session: Session, checkout_id: UUID, now: datetime) -> None:
    """Note that an open page takes no money any more."""
    checkout = queries.get_checkout_for_update(session, checkout_id)
    if checkout is not None and checkout.status == CheckoutStatus.OPEN:
        checkout.status, checkout.updated_at = CheckoutStatus.EXPIRED, now


def touch_checkout(session: Session, checkout_id: UUID, now: datetime) -> None:
    """Note that a page was looked at and is still open, so that others have their turn before it is again."""
    checkout = queries.get_checkout_for_update(session, checkout_id)
    if checkout is not None:
        checkout.updated_at = now


def apply_page(session: Session, told: PageState, *, is_certain: bool, now: datetime) -> Told:
    """Follow what the card processor says of a page, as often and in whatever order it does; enter what was paid.

    Money that was taken is entered, whatever became of the visit meanwhile. Where the event does not fit what we know it
    is a doubt, unless `is_certain`: then it is what the processor says when asked.
    """
    found = None if told.checkout_id is None else queries.find_checkout(session, told.checkout_id)
    if found is None:
        return Told.NOT_OURS
    # The visit first, as everywhere.
    appointment = queries.lock_visit(session, found.appointment_id)
    checkout = queries.get_checkout_for_update(session, found.id)
    assert appointment is not None
    assert checkout is not None
    if checkout.status == CheckoutStatus.PAID:
        return Told.KNOWN
    fits = told.amount_cents == checkout.amount_cents and told.currency == checkout.currency
    if told.is_paid and told.provider_payment_id is not None and (fits or is_certain):
        if told.currency != checkout.currency:
            return Told.OTHER_CURRENCY
        checkout.provider_session_id = told.session_id or checkout.provider_session_id
        checkout.provider_payment_id = told.provider_payment_id
        payment = _paid_online(session, appointment, told, now)
        checkout.status, checkout.payment_id, checkout.updated_at = CheckoutStatus.PAID, payment.id, now
        session.flush()
        return Told.DONE
    if not is_certain:
        return Told.DOUBT
    if told.is_over:
        checkout.status, checkout.updated_at = CheckoutStatus.EXPIRED, now
    return Told.OPEN


def open_refund(
    session: Session,
    payment_id: UUID,
    amount_cents: int | None,
    reason: str,
    *,
    request_key: str,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> RefundOrder:
    """Begin to give back what was paid online, the first of three steps: the next is `providers.Processor.refund`.

    The same request gets the same refund, whatever became of it meanwhile. What is on its way can't be given once more.

    Raises:
        NotFoundError: no such payment at the actor's locations.
        RefundTooLargeError, NotReversibleError: see there.
    """
    _, payment = _lock_payment(session, payment_id, location_ids)
    assert payment.provider_id is not None
    begun = queries.find_refund_of_request(session, request_key)
    is_new = begun is None
    if begun is None:
        promised = queries.promised_cents(session, payment.id)
        begun = CardRefund(
            id=new_id(),
            location_id=payment.location_id,
            payment_id=payment.id,
            amount_cents=refundable(payment, amount_cents, promised_cents=promised),
            currency=payment.currency,
            reason=reason,
            request_key=request_key,
            created_at=now,
            created_by=actor.id,
            updated_at=now,
        )
        session.add(begun)
        session.flush()
    return queries.order_of(begun, payment.provider_id, is_new=is_new)


def give_up_refund(session: Session, refund_id: UUID, now: datetime) -> None:
    """Note that a refund never reached the processor, or that it refused: it can be asked for anew."""
    kept = queries.get_refund_for_update(session, refund_id)
    if kept.status == CardRefundStatus.OPEN:
        kept.status, kept.updated_at = CardRefundStatus.FAILED, now


def touch_refund(session: Session, refund_id: UUID, now: datetime) -> None:
    """Note that a refund was asked about and still waits, so that others have their turn before it is again."""
    queries.get_refund_for_update(session, refund_id).updated_at = now


def apply_refund(session: Session, told: RefundState, *, actor: Actor | None = None, now: datetime) -> Told:
    """Follow what the card processor says of a refund; one of a payment that is not here yet waits for it.

    It is the doing of `actor`, or else of whom we told the processor when we asked.

    A refund that failed is never entered again, and one that was entered before it failed is taken back by an adjustment.
    """
    original = queries.find_by_provider(session, told.provider_payment_id)
    if original is None:
        return Told.ORPHAN
    appointment = queries.lock_visit(session, original.appointment_id)
    assert appointment is not None
    kept = queries.find_refund(session, told, original.id)
    has_failed = kept is not None and kept.status == CardRefundStatus.FAILED and kept.provider_id == told.provider_id
    if has_failed:
        return Told.FAILED
    if not (told.is_good or told.is_failed):
        return Told.OPEN
    if kept is None:
        kept = CardRefund(
            id=new_id(),
            location_id=original.location_id,
            payment_id=original.id,
            amount_cents=told.amount_cents,
            currency=original.currency,
            reason=told.reason,
            created_at=now,
        )
        session.add(kept)
    kept.provider_id, kept.updated_at = told.provider_id, now
    if told.is_failed:
        if kept.entry_id is not None:
            kept.adjustment_id = _take_refund_back(session, appointment, original, kept, now).id
        kept.status = CardRefundStatus.FAILED
        session.flush()
        return Told.FAILED
    if kept.entry_id is not None:
        return Told.KNOWN
    entry = _reverse(
        session,
        appointment,
        original,
        PaymentKind.REFUND,
        told.amount_cents,
        told.reason,
        actor=actor or queries.find_actor(session, told.recorded_by) or SYSTEM,
        now=now,
        provider_id=told.provider_id,
    )
    kept.status, kept.entry_id = CardRefundStatus.DONE, entry.id
    session.flush()
    return Told.DONE


def _take_refund_back(
    session: Session, appointment: Appointment, original: PaymentView, kept: CardRefund, now: datetime
) -> PaymentView:
    days = invoice_queries.find_days(session, original.location_id, now)
    adjustment = Payment(
        location_id=original.location_id,
        appointment_id=original.appointment_id,
        kind=PaymentKind.ADJUSTMENT,
        method=original.method,
        amount_cents=kept.amount_cents,
        currency=original.currency,
        note="The refund did not reach the customer: the card processor has the money back.",
        reverses_id=original.id,
        accounting_on=entry_day(days, None, "accountingOn"),
        created_at=now,
    )
    return enter(session, appointment, adjustment, actor=SYSTEM, now=now)


def _paid_online(session: Session, appointment: Appointment, told: PageState, now: datetime) -> PaymentView:
    assert told.provider_payment_id is not None
    known = queries.find_by_provider(session, told.provider_payment_id)
    if known is not None:
        return known
    days = invoice_queries.find_days(session, appointment.location_id, now)
    payment = Payment(
        location_id=appointment.location_id,
        appointment_id=appointment.id,
        kind=PaymentKind.PAYMENT,
        method=PaymentMethod.CARD,
        amount_cents=told.amount_cents,
        currency=told.currency,
        provider_id=told.provider_payment_id,
        accounting_on=entry_day(days, None, "accountingOn"),
        created_at=now,
    )
    return enter(session, appointment, payment, actor=CUSTOMER, now=now)


def keep_comparison(session: Session, found: Comparison, settled: set[str], *, since: datetime, now: datetime) -> None:
    """Keep what a comparison with the card processor's books found; `settled` was missing here and has been entered."""
    places = queries.locations_of(session, [finding.provider_id for finding in found.findings])
    session.add(
        Reconciliation(
            since=since,
            ran_at=now,
            matched=found.matched,
            matched_cents=found.matched_cents,
            differences=[
                {
                    **{name: audit.plain(value) for name, value in wire(finding).items()},
                    "locationId": audit.plain(places.get(finding.provider_id)),
                    "isSettled": finding.provider_id in settled,
                }
                for finding in found.findings
            ],
        )
    )


# More than anybody reads; the count is of all.
MOST_NAMED = 200


def check_ledger(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Compare what every visit says was paid with its ledger, keep what was found, and return it."""
    found = queries.list_mismatches(session)
    session.add(LedgerCheck(ran_at=now, mismatch_count=len(found), mismatches=found[:MOST_NAMED]))
    return found
