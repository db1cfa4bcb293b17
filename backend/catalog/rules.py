"""The words of what a shop sells, and which hourly rate holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from backend.core.errors import ConflictError, invalid_field
from backend.core.money import multiply_cents


class LineKind(StrEnum):
    """What a work line charges for."""

    LABOR = "labor"
    PART = "part"
    FEE = "fee"


class TaxClass(StrEnum):
    """What a location's tax rates tell apart; `exempt` is never taxed."""

    LABOR = "labor"
    PARTS = "parts"
    FEES = "fees"
    EXEMPT = "exempt"


# What a line is taxed as unless somebody says otherwise.
TAX_CLASS_OF = {LineKind.LABOR: TaxClass.LABOR, LineKind.PART: TaxClass.PARTS, LineKind.FEE: TaxClass.FEES}


class CatalogNameTakenError(ConflictError):
    """409: the location has a job of that name."""

    code = "catalog_name_taken"


# --- the labor rate matrix --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of a location's matrix: what an hour costs, in cents, for labor of at least `from_hours`."""

    name: str
    from_hours: Decimal
    hour_cents: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class Rates:
    """What a location charges for an hour of labor, and takes as tax in basis points; `exempt` is always 0."""

    labor: tuple[Rate, ...]
    taxes: Mapping[TaxClass, Decimal]

    def tax_bp(self, tax_class: TaxClass) -> Decimal:
        """Return the rate of a class; nothing where the location has none."""
        return self.taxes.get(tax_class, Decimal(0))

    def hour_cents(self, name: str | None, hours: Decimal) -> int | None:
        """Return an hour's price of so many hours by the rate of that name, the default one for None.

        None where the matrix has no such rate.
        """
        named = [rate for rate in self.labor if (rate.is_default if name is None else rate.name == name)]
        fitting = [rate for rate in named if rate.from_hours <= hours]
        return max(fitting, key=lambda rate: rate.from_hours).hour_cents if fitting else None


def check_matrix(rates: Iterable[Rate]) -> None:
    """Refuse a matrix in which an hour's price could be asked for and not found, or found twice.

    Raises:
        RuleViolationError: a row stands twice, a rate does not begin at 0 hours, or not exactly one rate is the default.
    """
    rows = list(rates)
    if len({(rate.name.casefold(), rate.from_hours) for rate in rows}) < len(rows):
        raise invalid_field("laborRates", "Two rows have the same name and hours.")
    names = {rate.name for rate in rows}
    starting = {rate.name for rate in rows if rate.from_hours == 0}
    if names - starting:
        raise invalid_field("laborRates", f"“{min(names - starting)}” needs a row from 0 hours.")
    if rows and len({rate.name for rate in rows if rate.is_default}) != 1:
        raise invalid_field("laborRates", "Choose one rate as the default.")


# --- canned jobs ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CannedLine:
    """A line of a canned job; labor without `unit_price_cents` costs the location's rate for its hours."""

    kind: LineKind
    name: str
    tax_class: TaxClass
    hours: Decimal | None = None
    is_flat: bool = False
    quantity: Decimal = Decimal(1)
    unit_price_cents: int | None = None
    unit_cost_cents: int | None = None
    labor_rate: str | None = None


def check_canned(lines: Iterable[CannedLine]) -> None:
    """Refuse lines that could not be sold.

    Raises:
        RuleViolationError: with the line's place, as `lines.0.hours`.
    """
    for place, line in enumerate(lines):
        if (line.kind is LineKind.LABOR) is (line.hours is None):
            raise invalid_field(f"lines.{place}.hours", "Labor has hours, parts and fees have none.")
        if line.unit_price_cents is None and (line.kind is not LineKind.LABOR or line.is_flat):
            raise invalid_field(f"lines.{place}.unitPriceCents", "Please fill this in.")
        if line.kind is not LineKind.LABOR and (line.is_flat or line.labor_rate is not None):
            raise invalid_field(f"lines.{place}.kind", "Only labor is flat or goes by a rate.")


def price_of(lines: Iterable[CannedLine], rates: Rates) -> int | None:
    """Return what canned lines cost before tax at a location's rates, each line to the cent; None without its labor rate."""
    whole = 0
    for line in lines:
        unit = line.unit_price_cents
        if unit is None:
            unit = rates.hour_cents(line.labor_rate, line.hours or Decimal(0))
        if unit is None:
            return None
        factor = line.hours if line.hours is not None and not line.is_flat else Decimal(1)
        whole += multiply_cents(unit, line.quantity * factor)
    return whole
