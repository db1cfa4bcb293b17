#!/usr/bin/env python3
"""Check an exported audit log of Keytag: python3 verify_audit.py audit.csv [--heads FILE]...

Needs Python 3.9 or newer and nothing else. It tells every row that was changed, and every place where rows are missing,
swapped or added; it ends with status 0 when all is well and 1 when not.

How the file is made. Each row of the log is a link in the chain of its location (or of none):

    canonical = the row's columns and the link's chain, position and sealed_at, as JSON: each text or null,
                keys sorted, no white space, UTF-8
    row_hash  = SHA-256(row_hash of the link before + canonical); before the first link stand 32 zero bytes

So no row can be changed, taken out or put in without changing every hash after it. What a file can't show by itself is that
its end was cut off, or the whole chain made anew: for that, compare it with heads that were written down before, by --heads:
an earlier export, the file that --write-heads made, or the log of the server with its lines audit_sealed and audit_anchored.
Don't save the file from a spreadsheet first: that changes it.

Who may not read all of the log gets rows without some of their fields; "redacted" stands there for the canonical text. Such a row's
place in the chain is checked, what it says is not: for that, somebody who may read it all must download the file.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, str]
Heads = dict[str, dict[int, str]]
Ends = dict[str, tuple[int, str]]

FIRST = "00" * 32
# Before a cell that a spreadsheet would take for a formula stands an apostrophe.
GUARD = "'"
REDACTED = "redacted"
NOT_IN_CANONICAL = {"previous_hash", "row_hash", "canonical"}
LATE = timedelta(hours=1)
MOST_SHOWN = 50


class Report:
    """What was found."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.rows = 0
        self.unsealed = 0
        self.late = 0
        self.redacted = 0
        self.compared = 0
        self.faults: list[str] = []
        self.begins: dict[str, int] = {}
        self.ends: Ends = {}

    def tell(self, chain: str, position: int, text: str) -> None:
        """Add a fault."""
        self.faults.append(f"chain {chain}, link {position}: {text}")


def link(previous: str, canonical: str) -> str:
    """Return the hash of a link, as hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(previous) + canonical.encode("utf-8")).hexdigest()


def verify(rows: Iterable[Row], heads: Heads, report: Report) -> None:
    """Check rows of an export against themselves and against heads: {chain: {position: row_hash}}."""
    before: Ends = {}  # chain -> (position, row_hash) of the link before
    for row in rows:
        chain = row["chain"]
        if not row["position"]:
            report.unsealed += 1
            continue
        report.rows += 1
        position = int(row["position"])
        report.begins.setdefault(chain, position)
        last, previous = before.get(chain, (position - 1, row["previous_hash"]))
        if position != last + 1:
            report.tell(chain, position, f"links {last + 1} to {position - 1} are missing, or the order was changed")
            previous = row["previous_hash"]
        elif row["previous_hash"] != previous or (position == 1 and previous != FIRST):
            report.tell(chain, position, "it does not continue the link before")
        report.redacted += row["canonical"] == REDACTED
        problem = judge(row, previous)
        if problem:
            report.tell(chain, position, problem)
        elif is_late(row):
            report.late += 1
        known = heads.get(chain, {}).get(position)
        report.compared += known is not None
        if known not in (None, row["row_hash"]):
            report.tell(chain, position, "it is not the link that was written down before")
        before[chain] = (position, row["row_hash"])
    report.ends = before
    tell_what_was_cut_off(heads, report)


def tell_what_was_cut_off(heads: Heads, report: Report) -> None:
    """Add heads that lie beyond the end of their chain."""
    for chain, known in heads.items():
        end, _ = report.ends.get(chain, (0, ""))
        beyond = [position for position in known if position > end]
        if beyond:
            where = f"the file ends at link {end}" if end else "the file has nothing of this chain"
            report.tell(chain, min(beyond), f"it was written down before, and {where}")


def judge(row: Row, previous: str) -> str | None:
    """Return what is wrong with one row, None when nothing is."""
    if not row["canonical"]:
        return "its row was taken out of the log; only the link is left"
    if row["canonical"] == REDACTED:
        return None
    try:
        fields = json.loads(row["canonical"])
        computed = link(previous, row["canonical"])
    except ValueError:
        return "it can't be read"
    if computed != row["row_hash"]:
        return f"it was changed after it was sealed (row {row['id']})"
    for name, cell in row.items():
        if name in NOT_IN_CANONICAL:
            continue
        value = fields.get(name) or ""
        if cell not in (value, GUARD + value):
            return f"the column {name} does not say what was sealed (row {row['id']})"
    return None


def is_late(row: Row) -> bool:
    """True for a row that was sealed long after it was written."""
    return instant(row["sealed_at"]) > instant(row["at"]) + LATE


def instant(text: str) -> datetime:
    """Read an instant of the file."""
    return datetime.fromisoformat(text.rstrip("Z"))


def read_rows(path: str) -> Iterator[Row]:
    """Yield the rows of an export as dictionaries."""
    csv.field_size_limit(2**31 - 1)
    with open(path, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123  a script of its own
        yield from csv.DictReader(file)


def read_heads(path: str) -> Heads:
    """Return {chain: {position: row_hash}} of an export, of a file of heads, or of a log with lines of JSON."""
    heads: Heads = {}
    with open(path, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123
        is_table = file.readline().startswith("chain,")
    for row in read_rows(path) if is_table else read_log(path):
        if row.get("position") and row.get("row_hash") and row.get("chain"):
            heads.setdefault(row["chain"], {})[int(row["position"])] = row["row_hash"]
    return heads


def read_log(path: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a log that are about links; whatever else stands there is passed over."""
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        for line in file:
            start = line.find("{")
            if "row_hash" in line and start >= 0:
                try:
                    yield json.loads(line[start:])
                except ValueError:
                    continue


def write_heads(path: str, ends: Ends) -> None:
    """Write the last link of each chain, for the next time."""
    with open(path, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
        writer = csv.writer(file)
        writer.writerow(("chain", "position", "row_hash"))
        writer.writerows((chain, position, row_hash) for chain, (position, row_hash) in sorted(ends.items()))


def show(report: Report) -> None:
    """Print what was found."""
    for fault in report.faults[:MOST_SHOWN]:
        print("WRONG  " + fault)
    if len(report.faults) > MOST_SHOWN:
        print(f"WRONG  and {len(report.faults) - MOST_SHOWN} more")
    print(f"{report.rows:,} rows in {len(report.ends)} chains were checked, {report.compared:,} of them against heads.")
    for chain, position in report.begins.items():
        if position > 1:
            print(f"chain {chain} begins at link {position:,} here: what was before is not in this file.")
    if report.unsealed:
        print(f"{report.unsealed:,} rows were not sealed yet when the file was made; nothing can be said of them.")
    if report.redacted:
        print(f"{report.redacted:,} rows are redacted here: their places were checked, what they say was not.")
    if report.late:
        print(
            f"{report.late:,} rows were sealed more than an hour after they were written. So is what was brought in at once,"
            " such as the demo's past; else ask why."
        )
    if not report.faults:
        print("Nothing was changed, taken out or added.")


def main() -> int:
    """Check the file that was named."""
    parser = argparse.ArgumentParser(description="Check an exported audit log of Keytag.")
    parser.add_argument("file", help="audit.csv as it was downloaded")
    parser.add_argument(
        "--heads", action="append", default=[], help="an earlier export, a file of heads, or the server's log"
    )
    parser.add_argument("--write-heads", metavar="FILE", help="write where the chains end, to compare with next time")
    chosen = parser.parse_args()
    heads: Heads = {}
    for path in chosen.heads:
        for chain, positions in read_heads(path).items():
            heads.setdefault(chain, {}).update(positions)
    report = Report()
    verify(read_rows(chosen.file), heads, report)
    show(report)
    if chosen.write_heads and not report.faults:
        write_heads(chosen.write_heads, report.ends)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
