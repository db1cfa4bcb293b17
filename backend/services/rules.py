"""What a visit's work costs: the only place where lines, taxes and totals are computed."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from backend.catalog.rules import LineKind


class Approval(StrEnum):
    """What the customer said to a job."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


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
