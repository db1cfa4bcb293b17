"""Read the ledger, and how visits stand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.core.actor import Actor, ActorKind
from backend.core.edits import wire
from backend.core.errors import NotFoundError
from backend.core.metrics import Family
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
from backend.payments.rules import Account, Entry, OpenPage, RefundOrder, RefundState
from backend.services import queries as services
from backend.shop.models import Location


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A ledger entry. `reversed_cents` is what of a payment was given back; `reversal` its void, its refund, or None."""

    id: UUID
    location_id: UUID
    appointment_id: UUID
    kind: PaymentKind
    method: PaymentMethod
    amount_cents: int
    currency: str
    note: str | None
    reference: str | None
    is_deposit: bool
    provider_id: str | None
    reverses_id: UUID | None
    accounting_on: date
    for_day: date | None
    created_at: datetime
    by: str | None
    reversed_cents: int
    reversal: PaymentKind | None

    @property
    def left_cents(self) -> int:
        """What of a payment can still be given back."""
        return self.amount_cents - self.reversed_cents if self.kind == PaymentKind.PAYMENT else 0

    @property
    def can_be_voided(self) -> bool:
        """Whether it can be voided: a payment of which nothing was given back, and whose money is not the processor's."""
        return self.kind == PaymentKind.PAYMENT and self.reversed_cents == 0 and self.provider_id is None


_reversing = aliased(Payment)
_REVERSED = (
    sa.select(sa.func.coalesce(-sa.func.sum(_reversing.amount_cents), 0))
    .where(_reversing.reverses_id == Payment.id)
    .correlate(Payment)
    .scalar_subquery()
)
_REVERSAL = (
    # "void" sorts after "refund", and there is never both. What an adjustment brought back is as if it had never gone.
    sa.select(sa.func.max(_reversing.kind))
    .where(_reversing.reverses_id == Payment.id, _reversing.kind != PaymentKind.ADJUSTMENT.value, _REVERSED > 0)
    .correlate(Payment)
    .scalar_subquery()
)
_COLUMNS = (
    *(getattr(Payment, name) for name in list(PaymentView.__dataclass_fields__)[:15]),
    User.name,
    sa.cast(_REVERSED, sa.BigInteger),
    _REVERSAL,
)


def _entries() -> sa.Select[Any]:
    return sa.select(*_COLUMNS).outerjoin(User, User.id == Payment.created_by)


def get_view(session: Session, payment_id: UUID) -> PaymentView:
    """Return an entry as the session's transaction sees it.

    Raises:
        NotFoundError: there is none such.
    """
    row = session.execute(_entries().where(Payment.id == payment_id)).first()
    if row is None:
        raise NotFoundError("There is no such payment.")
    return PaymentView(*row)


def get_payment(session: Session, payment_id: UUID, location_ids: Iterable[UUID]) -> PaymentView:
    """Return an entry of one of these locations.

    Raises:
        NotFoundError: there is none such.
    """
    view = get_view(session, payment_id)
    if view.location_id not in tuple(location_ids):
        raise NotFoundError("There is no such payment.")
    return view


def list_ledger(session: Session, appointment_id: UUID) -> list[PaymentView]:
    """List a visit's entries in the order in which they were made."""
    rows = session.execute(
        _entries().where(Payment.appointment_id == appointment_id).order_by(Payment.created_at, Payment.id)
    )
    return [PaymentView(*row) for row in rows]


def find_by_provider(session: Session, provider_id: str) -> PaymentView | None:
    """Return the entry of what the processor calls so."""
    row = session.execute(_entries().where(Payment.provider_id == provider_id)).first()
    return None if row is None else PaymentView(*row)


# --- visits ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VisitView:
    """How a visit stands, for who takes its money."""

    id: UUID
    number: int
    location_id: UUID
    status: str
    customer_id: UUID | None
    customer_name: str | None
    vehicle: str | None
    plate: str | None
    services_summary: str | None
    total_cents: int
    paid_cents: int
    locked_at: datetime | None
    estimate_state: str | None
    currency: str
    timezone: str
    location_name: str

    @property
    def account(self) -> Account:
        """Its money."""
        return Account(self.total_cents, self.paid_cents, self.currency, self.status == Status.CANCELED)


_VISIT: tuple[Any, ...] = (
    Appointment.id,
    Appointment.number,
    Appointment.location_id,
    Appointment.status,
    Appointment.customer_id,
    Appointment.customer_name,
    Appointment.vehicle_label,
    Appointment.plate,
    Appointment.services_summary,
    Appointment.total_cents,
    Appointment.paid_cents,
    Appointment.locked_at,
    Appointment.estimate_state,
    Location.currency,
    Location.timezone,
    Location.name,
)


def get_visit(session: Session, appointment_id: UUID, location_ids: Iterable[UUID] | None) -> VisitView:
    """Return how a visit of one of these locations stands; None is all locations.

    A deleted one is here as long as there is an entry of it.

    Raises:
        NotFoundError: there is none such.
    """
    row = session.execute(_visits(location_ids).where(Appointment.id == appointment_id)).first()
    if row is None:
        raise NotFoundError("There is no such appointment.")
    return VisitView(*row)


def find_visit(session: Session, number: int, location_ids: Iterable[UUID]) -> VisitView | None:
    """Return the visit of this number at one of these locations, with `get_visit`'s deleted ones; None for none."""
    row = session.execute(_visits(location_ids).where(Appointment.number == number)).first()
    return None if row is None else VisitView(*row)


def _visits(location_ids: Iterable[UUID] | None) -> sa.Select[*tuple[Any, ...]]:
    statement = (
        sa.select(*_VISIT)
        .join(Location, Location.id == Appointment.location_id)
        .where(Appointment.deleted_at.is_(None) | sa.exists().where(Payment.appointment_id == Appointment.id))
    )
    return statement if location_ids is None else statement.where(Appointment.location_id.in_(tuple(location_ids)))


def account_of_customer(session: Session, visit: VisitView) -> Account:
    """Return what the customer is asked for: the invoice that stands, else what they approved of what they were shown."""
    if visit.locked_at is not None or visit.estimate_state is None:
        return visit.account
    authorized = services.authorized_cents(session, visit.id)
    return replace(visit.account, total_cents=authorized)


def lock_visit(session: Session, appointment_id: UUID) -> Appointment | None:
    """Lock and return an appointment of which money was taken, a deleted one too; the caller has checked who may."""
    return session.scalars(
        sa.select(Appointment)
        .where(Appointment.id == appointment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


# --- online ---------------------------------------------------------------------------------------


def get_checkout_for_update(session: Session, checkout_id: UUID) -> Checkout | None:
    """Lock and return a customer's try to pay online."""
    return session.get(Checkout, checkout_id, with_for_update=True, populate_existing=True)


def find_checkout(session: Session, checkout_id: UUID) -> Checkout | None:
    """Return a customer's try to pay online."""
    return session.get(Checkout, checkout_id)


def find_open_checkout(
    session: Session, appointment_id: UUID, amount_cents: int, *, since: datetime
) -> Checkout | None:
    """Return the newest open try to pay this amount that was begun after `since`."""
    return session.scalars(
        sa.select(Checkout)
        .where(
            Checkout.appointment_id == appointment_id,
            Checkout.amount_cents == amount_cents,
            Checkout.status == CheckoutStatus.OPEN,
            Checkout.created_at > since,
        )
        .order_by(Checkout.created_at.desc())
        .limit(1)
    ).one_or_none()


# --- refunds by the card processor -----------------------------------------------------------------


def find_refund_of_request(session: Session, request_key: str) -> CardRefund | None:
    """Return the refund that this request asked for, unless it failed: then it may be asked for anew."""
    return session.scalars(
        sa.select(CardRefund)
        .where(CardRefund.request_key == request_key, CardRefund.status != CardRefundStatus.FAILED)
        .execution_options(populate_existing=True)
    ).one_or_none()


def get_refund_for_update(session: Session, refund_id: UUID) -> CardRefund:
    """Lock and return a refund by the card processor."""
    return session.get_one(CardRefund, refund_id, with_for_update=True, populate_existing=True)


def find_refund(session: Session, told: RefundState, payment_id: UUID) -> CardRefund | None:
    """Return, under its visit's lock, the refund of a payment that the processor tells of: by its id, or else by ours."""
    named = session.scalars(
        sa.select(CardRefund)
        .where(
            CardRefund.payment_id == payment_id,
            sa.or_(
                CardRefund.provider_id == told.provider_id,
                sa.and_(CardRefund.provider_id.is_(None), CardRefund.id == told.refund_id),
            ),
        )
        .order_by(CardRefund.provider_id.nulls_last())
        .execution_options(populate_existing=True)
    )
    return named.first()


def promised_cents(session: Session, payment_id: UUID) -> int:
    """Return what of a payment the card processor was asked to give back and has not answered to."""
    promised = session.scalar(
        sa.select(sa.func.sum(CardRefund.amount_cents)).where(
            CardRefund.payment_id == payment_id, CardRefund.status == CardRefundStatus.OPEN
        )
    )
    return int(promised or 0)


def order_of(refund: CardRefund, provider_payment_id: str, *, is_new: bool) -> RefundOrder:
    """Return what the processor is asked for."""
    return RefundOrder(
        refund.id,
        provider_payment_id,
        refund.amount_cents,
        refund.reason or "",
        refund.created_by,
        refund.entry_id,
        is_new,
    )


def list_open_refunds(session: Session, before: datetime, *, limit: int) -> list[RefundOrder]:
    """List refunds that nobody has heard of since `before`."""
    rows = session.execute(
        sa.select(CardRefund, Payment.provider_id)
        .join(Payment, Payment.id == CardRefund.payment_id)
        .where(CardRefund.status == CardRefundStatus.OPEN, CardRefund.updated_at < before)
        .order_by(CardRefund.updated_at)
        .limit(limit)
    )
    return [order_of(refund, provider_id, is_new=False) for refund, provider_id in rows if provider_id is not None]


def get_refund_entry(session: Session, refund_id: UUID) -> PaymentView:
    """Return the entry of a refund by the card processor.

    Raises:
        NotFoundError: there is none.
    """
    entry_id = session.scalar(sa.select(CardRefund.entry_id).where(CardRefund.id == refund_id))
    if entry_id is None:
        raise NotFoundError("There is no such refund.")
    return get_view(session, entry_id)


# --- comparing the books ----------------------------------------------------------------------------


def find_actor(session: Session, user_id: UUID | None) -> Actor | None:
    """Return a colleague as audit rows name them."""
    user = None if user_id is None else session.get(User, user_id)
    return None if user is None else Actor(ActorKind.USER, user.id, user.name, user.role)


def list_open_checkouts(session: Session, appointment_id: UUID) -> list[Checkout]:
    """List, under its lock, a visit's tries that are open."""
    return list(
        session.scalars(
            sa.select(Checkout)
            .where(Checkout.appointment_id == appointment_id, Checkout.status == CheckoutStatus.OPEN)
            .execution_options(populate_existing=True)
        )
    )


def list_unfit_pages(session: Session, appointment_id: UUID | None = None, *, limit: int) -> list[OpenPage]:
    """List open pages, of a visit or of all, that would take more than is asked for, or for a visit that is gone."""
    statement = (
        sa.select(
            Checkout.id, Checkout.provider_session_id, Checkout.amount_cents, Appointment.id, Appointment.deleted_at
        )
        .join(Appointment, Appointment.id == Checkout.appointment_id)
        .where(Checkout.status == CheckoutStatus.OPEN, Checkout.provider_session_id.is_not(None))
        .order_by(Checkout.created_at)
        .limit(limit)
    )
    if appointment_id is not None:
        statement = statement.where(Checkout.appointment_id == appointment_id)
    unfit = []
    for checkout_id, session_id, amount_cents, visit_id, deleted_at in session.execute(statement).all():
        assert session_id is not None
        account = None if deleted_at else account_of_customer(session, get_visit(session, visit_id, None))
        is_unfit = account is None or account.is_canceled or amount_cents > account.balance_cents
        if is_unfit and session_id is not None:
            unfit.append(OpenPage(checkout_id, session_id))
    return unfit


def list_stale_checkouts(session: Session, before: datetime, *, limit: int) -> list[tuple[UUID, str]]:
    """List open tries, with the processor's page, of which nothing was heard since `before`."""
    rows = session.execute(
        sa.select(Checkout.id, Checkout.provider_session_id)
        .where(
            Checkout.status == CheckoutStatus.OPEN,
            Checkout.provider_session_id.is_not(None),
            Checkout.updated_at < before,
        )
        .order_by(Checkout.updated_at)
        .limit(limit)
    )
    return [(checkout_id, session_id) for checkout_id, session_id in rows if session_id is not None]


def list_online(session: Session, since: datetime) -> list[Entry]:
    """List our entries that came by the card processor, made since then; a refund that failed is in neither's books."""
    failed = sa.exists().where(CardRefund.entry_id == Payment.id, CardRefund.status == CardRefundStatus.FAILED)
    rows = session.execute(
        sa.select(Payment.provider_id, Payment.amount_cents, Payment.currency, Payment.created_at).where(
            Payment.provider_id.is_not(None), Payment.created_at >= since, ~failed
        )
    )
    return [Entry(row.provider_id, row.amount_cents, row.currency, row.created_at) for row in rows]


def list_by_provider(session: Session, provider_ids: list[str]) -> list[Entry]:
    """List our entries of these ids of the card processor, whenever they were made."""
    rows = session.execute(
        sa.select(Payment.provider_id, Payment.amount_cents, Payment.currency, Payment.created_at).where(
            Payment.provider_id.in_(provider_ids)
        )
    )
    return [Entry(row.provider_id, row.amount_cents, row.currency, row.created_at) for row in rows]


def locations_of(session: Session, provider_ids: list[str]) -> dict[str, UUID]:
    """Map the processor's ids that we know, of pages, payments and refunds, to their locations."""
    found = {
        row.provider_id: row.location_id
        for row in session.execute(
            sa.select(Payment.provider_id, Payment.location_id).where(Payment.provider_id.in_(provider_ids))
        )
    }
    for row in session.execute(
        sa.select(Checkout.provider_payment_id, Checkout.location_id).where(
            Checkout.provider_payment_id.in_(provider_ids)
        )
    ):
        found.setdefault(row.provider_payment_id, row.location_id)
    return found


def list_reconciliations(session: Session, *, after: UUID | None, limit: int) -> list[Reconciliation]:
    """List comparisons with the card processor's books, the newest first, those after `after`."""
    statement = sa.select(Reconciliation)
    if after is not None:
        statement = statement.where(Reconciliation.id < after)
    return list(session.scalars(statement.order_by(Reconciliation.id.desc()).limit(limit)))


# --- what visits say was paid, and what their ledgers say ----------------------------------------------

_CAME_BACK_FOR = timedelta(days=7)
# As long as a task may take.
_CHECK_SECONDS = 25
_MISMATCHES = """
    SELECT a.number, a.paid_cents, coalesce(ledger.cents, 0)::bigint AS ledger_cents, a.owed_cents,
           (coalesce(charged.cents, 0) - coalesce(ledger.cents, 0))::bigint AS entered_owed_cents
      FROM appointments a
      LEFT JOIN (SELECT appointment_id, sum(amount_cents) AS cents FROM payments GROUP BY appointment_id) ledger
             ON ledger.appointment_id = a.id
      LEFT JOIN (
          SELECT appointment_id, sum(total_cents) AS cents FROM invoice_versions v
           WHERE NOT EXISTS (SELECT FROM invoice_reversals r WHERE r.version_id = v.id) GROUP BY appointment_id
      ) charged ON charged.appointment_id = a.id
     WHERE a.paid_cents <> coalesce(ledger.cents, 0)
        OR a.owed_cents <> coalesce(charged.cents, 0) - coalesce(ledger.cents, 0)
     ORDER BY a.number
"""


def list_mismatches(session: Session) -> list[dict[str, Any]]:
    """List every visit whose `paid_cents` or `owed_cents` is not what its entries say, of all locations, deleted ones too."""
    session.execute(sa.text(f"SET LOCAL statement_timeout = '{_CHECK_SECONDS}s'"))
    rows = session.execute(sa.text(_MISMATCHES)).all()
    return [
        {
            "number": row.number,
            "paidCents": row.paid_cents,
            "ledgerCents": row.ledger_cents,
            "owedCents": row.owed_cents,
            "enteredOwedCents": row.entered_owed_cents,
        }
        for row in rows
    ]


def measure(session: Session, now: datetime) -> list[Family]:
    """Return what /metrics tells of the ledger: what the newest check found, and money that customers did not get."""
    found = session.scalar(sa.select(LedgerCheck.mismatch_count).order_by(LedgerCheck.id.desc()).limit(1))
    came_back = sa.select(sa.func.count()).where(
        CardRefund.adjustment_id.is_not(None), CardRefund.updated_at > now - _CAME_BACK_FOR
    )
    return [
        Family(
            "card_refunds_came_back",
            "Refunds of the last seven days that the bank sent back after they were entered.",
            (),
            [((), float(session.scalar(came_back) or 0))],
        ),
        Family(
            "ledger_mismatch_rows",
            "Visits whose paid or owed amount was not what their entries say when it was last checked.",
            (),
            [] if found is None else [((), float(found))],
        ),
    ]


def shown_visit(visit: VisitView) -> dict[str, Any]:
    """Return how a visit stands as the wire shows it."""
    told = {name: value for name, value in wire(visit).items() if name != "estimateState"}
    return {**told, "balanceCents": visit.account.balance_cents}


def shown(view: PaymentView) -> dict[str, Any]:
    """Return an entry as the wire shows it."""
    hidden = {"locationId", "providerId", "reversedCents"}
    return {
        **{name: value for name, value in wire(view).items() if name not in hidden},
        "isOnline": view.provider_id is not None,
        "leftCents": view.left_cents,
        "canVoid": view.can_be_voided,
    }
