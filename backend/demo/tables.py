"""What the demo shop is written as."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one table; `columns` in the order of each row's values."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
