"""When a report can be sent, and what it says."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from backend.core.errors import ConflictError
from backend.inspections.rules import Result

# What brings a report where the shop has written nothing of its own.
TEXT = "Hi {customer_first_name|there}, your {vehicle|car} was looked over. Photos and what we found: {link}"
SUBJECT = "What we found on your {vehicle|car}"
# The urgent first.
_ORDER = {Result.FAIL: 0, Result.ATTENTION: 1, Result.PASS: 2, Result.NOT_APPLICABLE: 3}
_SHOWN = ("id", "section", "label", "result", "note", "reading", "unit", "limits", "jobId", "photos")


class ReportNotReadyError(ConflictError):
    """409: the inspection is not submitted, so there is nothing to show yet."""

    code = "report_not_ready"


def shown_items(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the answered points as the customer sees them, the urgent first."""
    answered = [item for item in items if item["result"] is not None]
    ordered = sorted(answered, key=lambda item: _ORDER[Result(item["result"])])
    return [
        {**{name: item[name] for name in _SHOWN}, "photos": [shown_photo(photo) for photo in item["photos"]]}
        for item in ordered
    ]


def shown_photo(photo: Mapping[str, Any]) -> dict[str, Any]:
    """Return a photo as the customer sees it."""
    return {name: photo[name] for name in ("id", "url", "thumbnailUrl", "width", "height", "annotations")}


def count_results(items: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count the answers, by result."""
    found = Counter(item["result"] for item in items if item["result"] is not None)
    return {result.value: found[result] for result in Result}
