"""What may be entered in the ledger, and how it compares with the card processor's books."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.core.errors import ConflictError, RuleViolationError, UnavailableError
from backend.core.money import say_money


class OverpaymentError(ConflictError):
    """409: more than is owed, and nobody said that it is meant so."""

    code = "overpayment"


class VisitCanceledError(ConflictError):
    """409: the visit was canceled, and nobody said that money is taken for it all the same."""

    code = "visit_canceled"


class AlreadyVoidedError(ConflictError):
    """409: somebody voided it before."""

    code = "already_voided"


class NotReversibleError(ConflictError):
    """409: only a payment, as long as nothing of it was given back, can be voided; a reversal can't be reversed."""

    code = "not_reversible"


class RefundTooLargeError(ConflictError):
    """409: more than is left of the payment; `leftCents` is that."""

    code = "refund_too_large"


class PaidOnlineError(ConflictError):
    """409: the money lies at the card processor, so it goes back by a refund."""

    code = "paid_online"


class NothingOwedError(ConflictError):
    """409: there is nothing to pay online."""

    code = "nothing_owed"


class ProcessorUnavailableError(UnavailableError):
    """503: the card processor does not answer; asking again with the same key moves money once."""

    code = "processor_unavailable"


class ProcessorRefusedError(RuleViolationError):
    """422: the card processor said no."""

    code = "processor_refused"


@dataclass(frozen=True, slots=True)
class Account:
    """How a visit stands: what it costs and what was paid, in cents."""

    total_cents: int
    paid_cents: int
    currency: str
    is_canceled: bool

    @property
    def balance_cents(self) -> int:
        """What is owed; negative when more was paid than is charged."""
        return self.total_cents - self.paid_cents


def check_amount(account: Account, amount_cents: int, *, allow_overpayment: bool) -> None:
    """Refuse what is probably a mistake, unless it was said to be meant.

    Raises:
        VisitCanceledError: the visit was canceled.
        OverpaymentError: it is more than is owed.
    """
    if allow_overpayment:
        return
    balance = account.balance_cents
    if account.is_canceled:
        raise VisitCanceledError(
            "This visit was canceled. Confirm that the money is taken for it all the same.", balance_cents=balance
        )
    if amount_cents > balance:
        owed = say_money(max(balance, 0), account.currency)
        over = say_money(amount_cents - max(balance, 0), account.currency)
        raise OverpaymentError(
            f"{owed} is owed, this is {over} more. Enter {owed}, or confirm the overpayment."
            if balance > 0
            else f"Nothing is owed on this visit. Confirm that {over} is an overpayment.",
            balance_cents=balance,
        )


# --- the card processor ---------------------------------------------------------------------------

# Who tries to pay the same again within this time comes to the same page.
SAME_PAGE_FOR = timedelta(minutes=30)
# How long a page takes money; the processor's least is half an hour.
PAGE_LASTS = timedelta(hours=1)


class Told(StrEnum):
    """What became of something that the card processor told."""

    DONE = "done"
    KNOWN = "known"
    OPEN = "open"
    FAILED = "failed"
    NOT_OURS = "not_ours"
    OTHER_CURRENCY = "other_currency"
    # It does not fit what we know: ask the processor how things stand.
    DOUBT = "doubt"
    # What it is about may become known.
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer is to pay; the processor's page says `description`. `url` is that page once it is open."""

    checkout_id: UUID
    amount_cents: int
    currency: str
    description: str
    made_at: datetime
    url: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the processor where a customer pays."""

    session_id: str
    url: str


@dataclass(frozen=True, slots=True)
class PageState:
    """How such a page stands, as the processor says; `checkout_id` is ours. Money in cents."""

    session_id: str
    checkout_id: UUID | None
    is_paid: bool
    is_over: bool
    amount_cents: int
    currency: str
    provider_payment_id: str | None


@dataclass(frozen=True, slots=True)
class RefundState:
    """How a refund stands, as the processor says; `recorded_by` and `reason` are what we told it."""

    provider_id: str
    provider_payment_id: str
    amount_cents: int
    currency: str
    is_good: bool
    recorded_by: UUID | None
    reason: str | None


def read_page(said: Mapping[str, Any]) -> PageState:
    """Return how a page stands, of the processor's checkout session.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    return PageState(
        session_id=_text(said["id"]),
        checkout_id=as_uuid(said.get("client_reference_id")),
        is_paid=said["payment_status"] == "paid",
        is_over=said.get("status") == "expired",
        amount_cents=_cents(said["amount_total"]),
        currency=_text(said["currency"]).upper(),
        provider_payment_id=None if said.get("payment_intent") is None else _text(said["payment_intent"]),
    )


def read_refund(said: Mapping[str, Any]) -> RefundState:
    """Return how a refund stands, of the processor's refund; one that waits for the bank is as good as done.

    Raises:
        KeyError, TypeError, ValueError: it is none, or of a charge that is no payment of ours.
    """
    told = said.get("metadata") or {}
    reason = told.get("reason")
    return RefundState(
        provider_id=_text(said["id"]),
        provider_payment_id=_text(said["payment_intent"]),
        amount_cents=_cents(said["amount"]),
        currency=_text(said["currency"]).upper(),
        is_good=said["status"] in {"succeeded", "pending"},
        recorded_by=as_uuid(told.get("recordedBy")),
        reason=reason if isinstance(reason, str) else None,
    )


def as_uuid(text: object) -> UUID | None:
    """Return an id of ours that the processor was told; None for what is none."""
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("no text")
    return value


def _cents(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no cents")
    return value


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in either's books: `amount_cents` is negative for a refund. `origin` is the payment of a refund."""

    provider_id: str
    amount_cents: int
    currency: str
    at: datetime
    origin: str | None = None
    checkout_id: UUID | None = None


def read_payment(said: Mapping[str, Any]) -> Entry | None:
    """Return the entry of the processor's payment intent; None for one that no page of ours led to, or that failed.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    checkout_id = as_uuid((said.get("metadata") or {}).get("checkout"))
    cents = _cents(said["amount_received"])
    if checkout_id is None or not cents:
        return None
    at = datetime.fromtimestamp(said["created"], UTC)
    return Entry(_text(said["id"]), cents, _text(said["currency"]).upper(), at, checkout_id=checkout_id)


def read_refund_entry(said: Mapping[str, Any]) -> Entry | None:
    """Return the entry of the processor's refund; None for one that failed, or of a charge that is no payment intent.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    if said.get("payment_intent") is None:
        return None
    state = read_refund(said)
    at = datetime.fromtimestamp(said["created"], UTC)
    return (
        Entry(state.provider_id, -state.amount_cents, state.currency, at, state.provider_payment_id)
        if state.is_good
        else None
    )


class Difference(StrEnum):
    """How two books differ on an entry."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT_DIFFERS = "amount_differs"


@dataclass(frozen=True, slots=True)
class Finding:
    """An entry on which the books differ; the cents are None where a side has none."""

    kind: Difference
    provider_id: str
    ours_cents: int | None
    theirs_cents: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing the books found."""

    matched: int
    matched_cents: int
    findings: tuple[Finding, ...]


def compare(ours: list[Entry], theirs: list[Entry]) -> Comparison:
    """Compare our entries with the processor's, by its ids; in the order of time."""
    here = {entry.provider_id: entry for entry in ours}
    there = {entry.provider_id: entry for entry in theirs}
    same = [entry for key, entry in here.items() if key in there and _amount(entry) == _amount(there[key])]
    findings = [
        *(
            Finding(Difference.MISSING_THERE, key, here[key].amount_cents, None, here[key].at)
            for key in here.keys() - there
        ),
        *(
            Finding(Difference.MISSING_HERE, key, None, there[key].amount_cents, there[key].at)
            for key in there.keys() - here
        ),
        *(
            Finding(Difference.AMOUNT_DIFFERS, key, here[key].amount_cents, there[key].amount_cents, here[key].at)
            for key in here.keys() & there
            if _amount(here[key]) != _amount(there[key])
        ),
    ]
    findings.sort(key=lambda finding: (finding.at, finding.provider_id))
    return Comparison(len(same), sum(entry.amount_cents for entry in same), tuple(findings))


def _amount(entry: Entry) -> tuple[int, str]:
    return entry.amount_cents, entry.currency.upper()
