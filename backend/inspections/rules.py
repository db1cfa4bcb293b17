"""What an inspection asks, what can be answered, and when it is complete."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Result(StrEnum):
    """What the technician found."""

    PASS = "pass"  # noqa: S105  a finding, no secret
    ATTENTION = "attention"
    FAIL = "fail"
    NOT_APPLICABLE = "na"


class ChecklistStatus(StrEnum):
    """A submitted inspection can still be corrected, visibly; a sent one is what the customer saw."""

    OPEN = "open"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value: up to `fail_below` (or from `fail_above`) it fails, up to `attention_below` it needs attention.

    Limits are in `unit` and open: a value equal to `attention_below` passes.
    """

    unit: str
    fail_below: Decimal | None = None
    attention_below: Decimal | None = None
    attention_above: Decimal | None = None
    fail_above: Decimal | None = None

    def suggested(self, value: Decimal) -> Result:
        """Return what the limits say of a value; the technician has the last word."""
        if (self.fail_below is not None and value < self.fail_below) or (
            self.fail_above is not None and value > self.fail_above
        ):
            return Result.FAIL
        if (self.attention_below is not None and value < self.attention_below) or (
            self.attention_above is not None and value > self.attention_above
        ):
            return Result.ATTENTION
        return Result.PASS


def missing(items: Iterable[Mapping[str, object]]) -> list[str]:
    """List what keeps an inspection from being submitted, by item id: an answer, or a photo of what failed.

    An item has `id`, `result`, `needs_photo` (of a failed point) and `photo_count`.
    """
    return [
        str(item["id"])
        for item in items
        if item["result"] is None or (item["result"] == Result.FAIL and item["needs_photo"] and not item["photo_count"])
    ]
