"""Money is integer cents with a currency; this module is the only one that computes with it."""

from decimal import ROUND_HALF_UP, Decimal


def multiply_cents(cents: int, factor: Decimal) -> int:
    """Return `cents` times `factor`, half a cent rounded away from zero."""
    return int((Decimal(cents) * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def plain_number(value: Decimal) -> str:
    """Write a decimal without zeros for nothing: 887.500 is "887.5", 40.00 is "40"."""
    return f"{value.normalize():f}"


def say_money(cents: int, currency: str) -> str:
    """Return an amount as it is written, "$1,284.50"; other currencies by their code, "CAD 1,284.50"."""
    return f"{'$' if currency == 'USD' else currency + ' '}{cents // 100:,}.{cents % 100:02}"
