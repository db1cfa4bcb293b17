"""The books' arithmetic: what a day should hold, how old a debt is, and the papers that say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.core.errors import ConflictError
from backend.core.phone import spoken
from backend.documents import rules as documents

METHODS = ("cash", "card", "check", "ach", "other")
# What is carried to the bank.
SLIP_METHODS = frozenset({"cash", "check"})


class AlreadyClosedError(ConflictError):
    """409: the day is closed, by itself or by a later one; `close` says by whom and when."""

    code = "already_closed"


class EarlierDaysOpenError(ConflictError):
    """409: earlier days have entries and are open; `days` names them."""

    code = "earlier_days_open"


class FiguresChangedError(ConflictError):
    """409: an entry came in after the person looked; `figures` are the present ones."""

    code = "figures_changed"


def already_closed(day: date, by: str) -> AlreadyClosedError:
    """Build the refusal of a second close."""
    return AlreadyClosedError(f"{by} closed the books up to {day:%B %-d}.", day=day.isoformat(), closed_by=by)


def earlier_days_open(days: Sequence[date]) -> EarlierDaysOpenError:
    """Build the refusal to jump over open days."""
    named = ", ".join(f"{day:%B %-d}" for day in days[:3]) + (f" and {len(days) - 3} more" if len(days) > 3 else "")  # noqa: PLR2004  as many as one reads
    return EarlierDaysOpenError(
        f"Close {named} first, or count them together with this day.", days=[day.isoformat() for day in days]
    )


# --- the day ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MethodFigures:
    """What one method brought and gave back, in cents; with a close also what was counted."""

    method: str
    received_cents: int = 0
    returned_cents: int = 0
    counted_cents: int | None = None

    @property
    def expected_cents(self) -> int:
        """What should be there."""
        return self.received_cents - self.returned_cents

    @property
    def difference_cents(self) -> int | None:
        """What is over (positive) or short (negative)."""
        return None if self.counted_cents is None else self.counted_cents - self.expected_cents


def together(figures: Sequence[MethodFigures], earlier: Sequence[MethodFigures]) -> list[MethodFigures]:
    """Add the figures of earlier days to a day's, method by method."""
    before = {one.method: one for one in earlier}
    return [
        MethodFigures(
            one.method,
            one.received_cents + before[one.method].received_cents,
            one.returned_cents + before[one.method].returned_cents,
            one.counted_cents,
        )
        for one in figures
    ]


def expected_of(figures: Sequence[MethodFigures]) -> dict[str, int]:
    """Return by method what should be there; methods that nobody used stay out."""
    return {one.method: one.expected_cents for one in figures if one.received_cents or one.returned_cents}


def is_same(amounts: Mapping[str, int], others: Mapping[str, int]) -> bool:
    """Tell whether two counts agree; a method that one of them leaves out is 0."""
    return all(amounts.get(method, 0) == others.get(method, 0) for method in {*amounts, *others})


def slip_cents(amounts: Mapping[str, int]) -> int:
    """Return what goes to the bank: cash and checks, nothing when more was given back than came."""
    return max(0, sum(cents for method, cents in amounts.items() if method in SLIP_METHODS))


# --- what is owed -------------------------------------------------------------------------------

# The last day of each bucket; what is older is in the fourth.
_BUCKETS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice that stands with a balance, as of a day; `age_days` since it was issued."""

    appointment_id: UUID
    appointment_number: int
    location_id: UUID
    number: int
    issued_on: date
    customer_id: UUID | None
    customer_name: str | None
    vehicle: str | None
    total_cents: int
    paid_cents: int
    age_days: int

    @property
    def balance_cents(self) -> int:
        """What is still owed."""
        return self.total_cents - self.paid_cents

    @property
    def bucket(self) -> int:
        """0 for up to 30 days, 1 to 60, 2 to 90, 3 for what is older."""
        return bucket_of(self.age_days)


def bucket_of(age_days: int) -> int:
    """Return which of the four buckets an age is in."""
    return sum(age_days > last for last in _BUCKETS)


def age(invoices: Sequence[OpenInvoice]) -> tuple[int, int, int, int]:
    """Sum balances by bucket."""
    sums = [0, 0, 0, 0]
    for one in invoices:
        sums[one.bucket] += one.balance_cents
    return sums[0], sums[1], sums[2], sums[3]


# --- taxes --------------------------------------------------------------------------------------

ROUNDING = (
    "Tax is computed on each line at its own rate and rounded to the cent, halves away from zero; "
    "what is reported is the sum of these rounded amounts."
)


# --- papers -------------------------------------------------------------------------------------


def statement_content(
    shop: Mapping[str, Any],
    customer: Mapping[str, Any],
    accounts: Sequence[tuple[str, str, Sequence[OpenInvoice], int]],
    *,
    day: date,
    now: datetime,
) -> dict[str, Any]:
    """Return a customer's statement: by location its name, currency, open invoices, and what we hold of theirs."""
    return {
        **documents.letter(shop, "Statement", f"{customer['name']} · as of {documents.day_text(day)}", now),
        "customer": {**customer, "phone": customer["phone"] and spoken(customer["phone"])},
        "accounts": [
            {
                "location": location,
                "currency": currency,
                "invoices": [
                    {
                        "number": one.number,
                        "issuedOn": documents.day_text(one.issued_on),
                        "vehicle": one.vehicle,
                        "ageDays": one.age_days,
                        "totalCents": one.total_cents,
                        "paidCents": one.paid_cents,
                        "balanceCents": one.balance_cents,
                    }
                    for one in invoices
                ],
                "agingCents": age(invoices),
                "openCents": sum(one.balance_cents for one in invoices),
                "creditCents": credit,
            }
            for location, currency, invoices, credit in accounts
        ],
    }


def sheet_content(
    shop: Mapping[str, Any],
    day: date,
    figures: Sequence[MethodFigures],
    entries: Sequence[Mapping[str, Any]],
    *,
    note: str | None,
    closed: str | None,
    earlier: Sequence[date],
    now: datetime,
) -> dict[str, Any]:
    """Return a day's sheet: to count by, or as it was closed."""
    amounts = {one.method: one.expected_cents if one.counted_cents is None else one.counted_cents for one in figures}
    return {
        **documents.letter(shop, "Day close", str(documents.day_text(day)), now),
        "methods": [
            {
                "method": one.method,
                "receivedCents": one.received_cents,
                "returnedCents": one.returned_cents,
                "expectedCents": one.expected_cents,
                "countedCents": one.counted_cents,
            }
            for one in figures
        ],
        "slipCents": slip_cents(amounts),
        "note": note,
        "closed": closed,
        "earlier": [documents.day_text(one) for one in earlier],
        "entries": entries,
    }
