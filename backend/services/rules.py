"""What a visit's work costs: the only place where lines, taxes and totals are computed."""

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.accounts.permissions import PERMISSION_MATRIX, Permission, may
from backend.catalog.rules import CannedLine, LineKind, Rates, TaxClass
from backend.core.errors import ConflictError, PermissionDeniedError, invalid_field
from backend.core.money import say_money

# Ten times what one amount may be: sums of as many lines as a visit can have stay far inside a bigint.
MOST_LINE_CENTS = 10_000_000_00
# Jobs of a visit, and lines of a job.
MOST_JOBS, MOST_LINES = 60, 200


class Approval(StrEnum):
    """What the customer said to a job."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


class Revocation(StrEnum):
    """Why an approval ended, as the log and the evidence say it."""

    CHANGED = "The job or its price was changed."
    REPLACED = "An alternative was chosen instead."
    REMOVED = "The job was taken out."


class Urgency(StrEnum):
    """How soon a job should be done, as it is told to the customer."""

    NOW = "now"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class LineMoney:
    """A line's money in cents, as `price_line` computes it."""

    price_cents: int
    discount_cents: int
    tax_cents: int

    @property
    def net_cents(self) -> int:
        """What is charged before tax."""
        return self.price_cents - self.discount_cents

    @property
    def total_cents(self) -> int:
        """What is charged with tax."""
        return self.net_cents + self.tax_cents


@dataclass(frozen=True, slots=True)
class JobMoney:
    """A job's place in a visit's total: its approval, whether it is the chosen alternative, and its lines."""

    approval: Approval
    is_chosen: bool
    lines: tuple[LineMoney, ...]

    @property
    def counts(self) -> bool:
        """True for what will be charged: nothing declined, and of several alternatives the chosen one."""
        return self.is_chosen and self.approval is not Approval.DECLINED


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums in cents over what counts; `total_cents` = `net_cents` + `tax_cents`, exactly the sum of the lines' totals."""

    net_cents: int
    tax_cents: int
    discount_cents: int

    @property
    def total_cents(self) -> int:
        """What the customer owes for it."""
        return self.net_cents + self.tax_cents


def price_line(
    kind: LineKind,
    *,
    unit_price_cents: int,
    quantity: Decimal,
    hours: Decimal | None,
    is_flat: bool,
    discount_cents: int,
    tax_bp: Decimal,
) -> LineMoney:
    """Compute a line: halves of a cent go away from zero, and the tax is rounded on the line, not on the sum."""
    factor = hours if kind is LineKind.LABOR and not is_flat and hours is not None else Decimal(1)
    price = rounded(Decimal(unit_price_cents) * quantity * factor)
    return LineMoney(price, discount_cents, rounded(Decimal(price - discount_cents) * tax_bp / 10_000))


def rounded(cents: Decimal) -> int:
    """Round to whole cents, halves away from zero."""
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def sum_jobs(jobs: Iterable[JobMoney]) -> Totals:
    """Sum what counts; sums of rounded lines, so that a printed column always adds up."""
    lines = [line for job in jobs if job.counts for line in job.lines]
    return Totals(
        net_cents=sum(line.net_cents for line in lines),
        tax_cents=sum(line.tax_cents for line in lines),
        discount_cents=sum(line.discount_cents for line in lines),
    )


def is_priced(lines: Sized) -> bool:
    """Tell whether a job with these lines has a price: one without any has none yet, one whose lines are free is free."""
    return len(lines) > 0


def summary_of(names: Iterable[str]) -> str | None:
    """Return the first job and how many more there are, "Front brake pads +2"; None without one."""
    listed = list(names)
    if not listed:
        return None
    return listed[0] if len(listed) == 1 else f"{listed[0]} +{len(listed) - 1}"


@dataclass(frozen=True, slots=True)
class Line:
    """A work line as it stands."""

    id: UUID
    job_id: UUID
    kind: LineKind
    name: str
    notes: str | None
    hours: Decimal | None
    is_flat: bool
    quantity: Decimal
    unit_price_cents: int
    unit_cost_cents: int | None
    price_cents: int
    discount_cents: int
    discount_reason: str | None
    tax_class: str
    tax_bp: Decimal
    tax_cents: int
    version: int

    @property
    def money(self) -> LineMoney:
        """Its cents."""
        return LineMoney(self.price_cents, self.discount_cents, self.tax_cents)


# --- what a line may be -----------------------------------------------------------------------

# What a customer is shown of a line: an edit of it is an edit of what was approved.
SHOWN_FIELDS = frozenset(
    {
        *("job_id", "kind", "name", "hours", "is_flat", "quantity", "unit_price_cents"),
        *("discount_cents", "tax_class"),
    }
)


class JobNotDeclinedError(ConflictError):
    """409: only what was declined is offered again."""

    code = "job_not_declined"


class NotPricedError(ConflictError):
    """409: a job without a price can't be approved; see `is_priced`."""

    code = "not_priced"


class InvoiceLockedError(ConflictError):
    """409: an invoice stands over this work; it is unlocked first, with a reason."""

    code = "invoice_locked"


class JobDeclinedError(ConflictError):
    """409: a declined job stays as it was offered."""

    code = "job_declined"


class AlreadyRevivedError(ConflictError):
    """409: a later visit has taken the declined job up."""

    code = "already_revived"


class DiscountLimitError(PermissionDeniedError):
    """403: more than this role may give."""

    code = "discount_limit"


def price_checked(
    kind: LineKind,
    *,
    unit_price_cents: int,
    quantity: Decimal,
    hours: Decimal | None,
    is_flat: bool,
    discount_cents: int,
    discount_reason: str | None,
    tax_bp: Decimal,
) -> LineMoney:
    """Price a line that somebody wrote.

    Raises:
        RuleViolationError: with the field to correct.
    """
    if (kind is LineKind.LABOR) is (hours is None):
        raise invalid_field("hours", "Labor has hours, parts and fees have none.")
    if is_flat and kind is not LineKind.LABOR:
        raise invalid_field("isFlat", "Only labor can be flat.")
    money = price_line(
        kind,
        unit_price_cents=unit_price_cents,
        quantity=quantity,
        hours=hours,
        is_flat=is_flat,
        discount_cents=discount_cents,
        tax_bp=tax_bp,
    )
    if money.price_cents > MOST_LINE_CENTS:
        raise invalid_field("unitPriceCents", f"A line can cost at most {MOST_LINE_CENTS // 100:,} in full.")
    if discount_cents > money.price_cents:
        raise invalid_field("discountCents", "A discount can't be more than the price.")
    if discount_cents and discount_reason is None:
        raise invalid_field("discountReason", "Say why there is a discount.")
    return money


def sold(canned: CannedLine, rates: Rates) -> dict[str, Any]:
    """Return the fields of a new line made from a canned one, at a location's rates.

    Raises:
        RuleViolationError: the location has no such labor rate.
    """
    price = canned.unit_price_cents
    if price is None:
        price = hour_price(rates, canned.labor_rate, canned.hours or Decimal(0))
    return {
        "kind": canned.kind,
        "name": canned.name,
        "hours": canned.hours,
        "is_flat": canned.is_flat,
        "quantity": canned.quantity,
        "unit_price_cents": price,
        "unit_cost_cents": canned.unit_cost_cents,
        "tax_class": canned.tax_class,
    }


def hour_price(rates: Rates, name: str | None, hours: Decimal) -> int:
    """Return an hour's price by a location's matrix.

    Raises:
        RuleViolationError: it has no such rate.
    """
    price = rates.hour_cents(name, hours)
    if price is None:
        raise invalid_field("unitPriceCents", "Enter a price: this location has no such labor rate.")
    return price


def money_of(fields: Mapping[str, Any], rates: Rates) -> LineMoney:
    """Price a new line's fields, checked, at a location's tax rates."""
    return price_checked(
        LineKind(fields["kind"]),
        unit_price_cents=fields["unit_price_cents"],
        quantity=fields.get("quantity", Decimal(1)),
        hours=fields.get("hours"),
        is_flat=fields.get("is_flat", False),
        discount_cents=fields.get("discount_cents", 0),
        discount_reason=fields.get("discount_reason"),
        tax_bp=rates.tax_bp(TaxClass(fields["tax_class"])),
    )


# --- discounts --------------------------------------------------------------------------------

# The most that a role without SERVICE_DISCOUNT_ANY gives, of the price.
_LIMIT = Decimal("0.1")


def check_discount(
    role: str | None, *, discount_cents: int, price_cents: int, currency: str, before: LineMoney | None = None
) -> None:
    """Refuse a discount that is more than the role may give; one that takes no larger share than `before` is let be.

    Raises:
        DiscountLimitError: and says what may be given, and by whom more.
    """
    most = rounded(price_cents * _LIMIT)
    if discount_cents <= most or may(role, Permission.SERVICE_DISCOUNT_ANY):
        return
    if before is not None and discount_cents * before.price_cents <= before.discount_cents * price_cents:
        return
    who = " or ".join(sorted(PERMISSION_MATRIX[Permission.SERVICE_DISCOUNT_ANY]))
    raise DiscountLimitError(
        f"Your role ({role}) can take off a tenth of the price at most, here {say_money(most, currency)}; "
        f"{who} can take off more.",
        most_cents=most,
    )


def spread(amount: int, prices: Sequence[int]) -> list[int]:
    """Divide an amount over lines by their prices, to the cent; the largest remainders get the cents that are left.

    `amount` is at most the sum of the prices, and no share is more than its price.
    """
    whole = sum(prices)
    if whole == 0:
        return [0] * len(prices)
    shares = [amount * price // whole for price in prices]
    by_remainder = sorted(range(len(prices)), key=lambda at: amount * prices[at] % whole, reverse=True)
    for at in by_remainder[: amount - sum(shares)]:
        shares[at] += 1
    return shares


# --- margin -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Margin:
    """What is left of the price before tax after what is bought for it; `margin_bp` is its share, None of nothing.

    Labor and fees cost nothing here; `unknown_costs` parts have no cost yet, so the real margin is lower.
    """

    cost_cents: int
    margin_bp: int | None
    unknown_costs: int


def margin_of(lines: Iterable[Line]) -> Margin:
    """Sum the costs of lines and say what share of their price is left."""
    listed = list(lines)
    cost = sum(rounded((line.unit_cost_cents or 0) * line.quantity) for line in listed)
    net = sum(line.money.net_cents for line in listed)
    unknown = sum(line.kind == LineKind.PART and line.unit_cost_cents is None for line in listed)
    return Margin(cost, rounded(Decimal(net - cost) * 10_000 / net) if net else None, unknown)
