"""The words of what a shop sells."""

from enum import StrEnum


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
