"""CSV that a spreadsheet can open without running it, and how many a person may take."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from backend.core.errors import TooManyRequestsError

LIMIT = 5
WINDOW = timedelta(hours=1)
# Without it a spreadsheet takes UTF-8 for something else.
BOM = "\ufeff"
ROWS_PER_CHUNK = 500
# What makes a spreadsheet compute a cell, also written in full width or after white space.
_ACTIVE = frozenset("=+-@\t\r\0\uff1d\uff0b\uff0d\uff20")


class Report(StrEnum):
    """What can be exported; the value is the file's name."""

    APPOINTMENTS = "appointments"
    PAYMENTS = "payments"
    JOURNAL = "journal"
    AUDIT = "audit"
    # The rows of one of the shop's numbers; `Wanted.figure` says of which.
    FIGURE = "figure"


# What must agree to the cent before it leaves.
TIES_OUT = frozenset({Report.PAYMENTS, Report.JOURNAL})


# Below nothing it is a number still, and computes nothing.
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")


def safe_cell(text: str) -> str:
    """Return a cell's text with an apostrophe in front if a spreadsheet would compute it; a negative number stays one."""
    shown = text.lstrip(" \n\u00a0")
    return f"'{text}" if shown and shown[0] in _ACTIVE and not _NEGATIVE.fullmatch(text) else text


def money(cents: int) -> str:
    """Return an amount as a number, `12.50` or `-0.05`."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


class TooManyExportsError(TooManyRequestsError):
    """429: five were started within an hour."""

    code = "too_many_exports"


def write_csv(head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> Iterator[str]:
    """Yield RFC 4180 text in pieces, its head first; every cell is made safe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(head)
    for number, row in enumerate(rows):
        if number % ROWS_PER_CHUNK == 0:
            yield _taken(buffer)
        writer.writerow([safe_cell(cell) if cell else "" for cell in row])
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def too_many(oldest: datetime, now: datetime) -> TooManyExportsError:
    """Build the refusal of a sixth export in an hour, with the seconds until the oldest of the five is an hour old."""
    seconds = max(1, -int(-(oldest + WINDOW - now).total_seconds() // 1))
    minutes = -(-seconds // 60)
    return TooManyExportsError(
        f"You started {LIMIT} exports within an hour. The next one can start in {minutes} min.", retry_after=seconds
    )
