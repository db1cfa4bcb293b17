"""What links are for."""

from datetime import timedelta
from enum import StrEnum

MAXIMUM_AGE = timedelta(days=7)
DEFAULT_AGE = timedelta(hours=48)
# Wrong last four digits, after which the link asks to call the shop.
STEP_UP_TRIES = 5


class Purpose(StrEnum):
    """What a link lets its holder do."""

    ESTIMATE = "estimate"
    INVOICE = "invoice"
    REPORT = "report"
