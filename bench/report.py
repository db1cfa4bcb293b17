"""One table of what was measured: name, value, unit, baseline, ratio, goal, ok; and the same as JSON."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Goal:
    """A bound on a row's ratio where it has one, else on its value."""

    sign: str
    bound: float

    def holds(self, measured: float) -> bool:
        """Whether a measured number meets the bound."""
        match self.sign:
            case "≥":
                return measured >= self.bound
            case "≤":
                return measured <= self.bound
            case "=":
                return measured == self.bound
        raise ValueError(self.sign)

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.sign} {self.bound:g}"


@dataclass(frozen=True)
class Row:
    """A line of the table. `is_noisy`: measured once more when it fails, best of two."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    goal: Goal | None = None
    is_noisy: bool = False

    @property
    def ok(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        return self.goal.holds(self.value if self.ratio is None else self.ratio)


def value(name: str, number: float, unit: str, goal: Goal | None = None, *, is_noisy: bool = False) -> Row:
    """Report a number, with a bound on itself."""
    return Row(name, number, unit, goal=goal, is_noisy=is_noisy)


def share_of(name: str, cost: float, ceiling: float, goal: Goal | None = None) -> Row:
    """Report a cost as the share of its ceiling that it reaches: half the ceiling's speed is 0.5."""
    return Row(name, cost, "CPU ms", ceiling, ceiling / cost, goal, is_noisy=True)


def times_cheaper(name: str, cost: float, other: float, goal: Goal | None = None) -> Row:
    """Report how many times cheaper a cost is than another way's."""
    return Row(name, cost, "CPU ms", other, other / cost, goal, is_noisy=True)


def growth(name: str, large: float, small: float, unit: str, goal: Goal | None = None, *, is_noisy: bool = True) -> Row:
    """Report how many times the small shop's cost the large one's is."""
    return Row(name, large, unit, small, large / small, goal, is_noisy=is_noisy)


def better(first: Row, second: Row) -> Row:
    """Return the better of two measurements of the same row."""
    if first.ok or first.goal is None:
        return first
    if second.ok:
        return second

    def measured(row: Row) -> float:
        return row.value if row.ratio is None else row.ratio

    if first.goal.sign == "≤":
        return min(first, second, key=measured)
    return max(first, second, key=measured)


def attempted(name: str, measure: Callable[[], list[Row]]) -> list[Row]:
    """Measure; where that breaks, say why and return a row that misses its goal: what else was measured is not lost."""
    try:
        return measure()
    except Exception as error:  # noqa: BLE001  whatever a browser, a server or a database says
        print(f"\n  Not measured: {name}: {type(error).__name__}: {error}", flush=True)
        return [value(_unmeasured(name), 0, "yes/no", Goal("=", 1), is_noisy=True)]


def _unmeasured(name: str) -> str:
    return f"{name}: measured"


def best_of_two(first: Sequence[Row], second: Sequence[Row]) -> list[Row]:
    """Return the rows of two runs of the same part: the better of those that are noisy, and what only one could measure."""
    earlier, later = ({row.name: row for row in rows} for rows in (first, second))
    kept = [
        better(row, later.get(row.name, row)) if row.is_noisy else row
        for row in first
        # Measured at the second try: then its own rows are there.
        if row.name in later or not row.name.endswith(_unmeasured(""))
    ]
    return kept + [row for row in second if row.name not in earlier and not row.name.endswith(_unmeasured(""))]


def failures(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that miss their goal."""
    return [row for row in rows if row.ok is False]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown, columns aligned."""
    lines = [("name", "value", "unit", "baseline", "ratio", "goal", "ok"), *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    text = []
    for index, line in enumerate(lines):
        cells = [
            cell.rjust(width) if at in (1, 3, 4) and index else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text.append("| " + " | ".join(cells) + " |")
        if index == 0:
            text.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        _number(row.value),
        row.unit,
        "" if row.baseline is None else _number(row.baseline),
        "" if row.ratio is None else f"{row.ratio:.2f}",
        "" if row.goal is None else str(row.goal),
        {True: "yes", False: "NO", None: ""}[row.ok],
    )


def _number(number: float) -> str:
    """Write a number with about three significant digits."""
    if number == int(number) and abs(number) < 1e9:
        return f"{int(number):,}"
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}" if abs(number) >= 0.01 else f"{number:.2g}"


def write(file: Path, rows: Sequence[Row], about: dict[str, Any]) -> None:
    """Write everything as JSON."""
    file.write_text(
        json.dumps({**about, "rows": [{**asdict(row), "ok": row.ok} for row in rows]}, indent=2, ensure_ascii=False)
        + "\n"
    )
