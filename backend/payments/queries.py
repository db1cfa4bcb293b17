"""Read the ledger, and how visits stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
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
from backend.payments.models import Checkout, CheckoutStatus, Payment, PaymentKind, PaymentMethod, Reconciliation
from backend.payments.rules import Account, Entry
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
    # "void" sorts after "refund", and there is never both.
    sa.select(sa.func.max(_reversing.kind))
    .where(_reversing.reverses_id == Payment.id)
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
    Location.currency,
    Location.timezone,
    Location.name,
)


def get_visit(session: Session, appointment_id: UUID, location_ids: Iterable[UUID] | None) -> VisitView:
    """Return how a visit of one of these locations stands; None is all locations.

    Raises:
        NotFoundError: there is none such.
    """
    statement = (
        sa.select(*_VISIT)
        .join(Location, Location.id == Appointment.location_id)
        .where(Appointment.id == appointment_id, Appointment.deleted_at.is_(None))
    )
    if location_ids is not None:
        statement = statement.where(Appointment.location_id.in_(tuple(location_ids)))
    row = session.execute(statement).first()
    if row is None:
        raise NotFoundError("There is no such appointment.")
    return VisitView(*row)


def lock_visit(session: Session, appointment_id: UUID) -> Appointment | None:
    """Lock and return an appointment for what the card processor tells; deleted ones too, as the money was taken."""
    return session.scalars(
        sa.select(Appointment).where(Appointment.id == appointment_id).with_for_update(key_share=True)
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


def find_actor(session: Session, user_id: UUID | None) -> Actor | None:
    """Return a colleague as audit rows name them."""
    user = None if user_id is None else session.get(User, user_id)
    return None if user is None else Actor(ActorKind.USER, user.id, user.name, user.role)


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
    """List our entries that came by the card processor, made since then."""
    rows = session.execute(
        sa.select(Payment.provider_id, Payment.amount_cents, Payment.currency, Payment.created_at).where(
            Payment.provider_id.is_not(None), Payment.created_at >= since
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


def shown(view: PaymentView) -> dict[str, Any]:
    """Return an entry as the wire shows it."""
    hidden = {"locationId", "providerId", "reversedCents"}
    return {
        **{name: value for name, value in wire(view).items() if name not in hidden},
        "isOnline": view.provider_id is not None,
        "leftCents": view.left_cents,
        "canVoid": view.can_be_voided,
    }
