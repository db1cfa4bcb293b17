"""When something stands in the books, and what an invoice is made of."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from backend.core.errors import ConflictError, invalid_field


class AlreadyInvoicedError(ConflictError):
    """409: an invoice of the visit stands."""

    code = "already_invoiced"


class NotIssuedError(ConflictError):
    """409: nothing of the invoice stands that could be unlocked."""

    code = "not_issued"


class NothingToInvoiceError(ConflictError):
    """409: the visit charges for nothing, or its total is not the sum of its lines."""

    code = "nothing_to_invoice"


class UnapprovedWorkError(ConflictError):
    """409: an estimate was shown, and nobody has approved `jobs` of it; who issues says that they are charged all the same."""

    code = "unapproved_work"


class DayClosedError(ConflictError):
    """409: the books of that day are closed; `openDay` is the one that takes entries."""

    code = "day_closed"


@dataclass(frozen=True, slots=True)
class Days:
    """The location's local day, and the first one whose books are open: after the last closed one, if any was closed."""

    today: date
    open_day: date


# So far back an entry may be dated while no day was ever closed.
BACK_DATED = timedelta(days=31)


def entry_day(days: Days, wanted: date | None, field: str) -> date:
    """Return the day whose books an entry belongs to.

    Raises:
        RuleViolationError: the day has not come yet.
        DayClosedError: its books are closed.
    """
    if wanted is None:
        # An earlier open day is for who names it; else it is today's, or tomorrow's once today is closed.
        return max(days.today, days.open_day)
    if wanted > days.today:
        raise invalid_field(field, f"Choose a day that is not after {days.today:%B %-d}.")
    if days.open_day == date.min and wanted < days.today - BACK_DATED:
        raise invalid_field(field, f"Choose a day of the last {BACK_DATED.days} days.")
    if wanted < days.open_day:
        raise day_closed(wanted, max(days.today, days.open_day))
    return wanted


def day_closed(day: date, open_day: date) -> DayClosedError:
    """Build the refusal of an entry for a closed day."""
    return DayClosedError(
        f"The books of {day:%B %-d} are closed. Enter it on {open_day:%B %-d}, with a note that it is for {day:%B %-d}.",
        day=day.isoformat(),
        open_day=open_day.isoformat(),
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """What an invoice charges, in cents; the nets are after discounts and before tax. `labor_seconds` is the labor sold."""

    labor_net_cents: int
    parts_net_cents: int
    fees_net_cents: int
    tax_cents: int
    labor_seconds: int

    @property
    def total_cents(self) -> int:
        """What the customer owes for it."""
        return self.labor_net_cents + self.parts_net_cents + self.fees_net_cents + self.tax_cents


def sums_of(document: dict[str, Any]) -> Sums:
    """Return the sums of a visit's paper, see `services.queries.read_document`."""
    totals = document["totals"]
    return Sums(
        totals["laborCents"], totals["partsCents"], totals["feesCents"], totals["taxCents"], labor_seconds(document)
    )


def labor_seconds(document: dict[str, Any]) -> int:
    """Return the labor that a paper charges for: sold hours times quantity, rounded line by line, also where the price is flat."""
    return sum(
        int((Decimal(line["hours"]) * Decimal(line["quantity"]) * 3600).to_integral_value(ROUND_HALF_UP))
        for job in document["jobs"]
        if job["isChosen"] and job["approval"] != "declined"
        for line in job["lines"]
        if line["kind"] == "labor"
    )


def hash_document(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a paper: of its JSON in UTF-8 with sorted keys and no spaces."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
