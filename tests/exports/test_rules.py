import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from backend.exports.rules import BOM, money, safe_cell, too_many, write_csv


@pytest.mark.parametrize("first", list("=+-@\t\r\0＝＋－＠"))  # noqa: RUF001  the signs that look like others are what it is about
def test_a_cell_that_a_spreadsheet_would_compute_is_quoted(first):
    for text in (f"{first}cmd|' /C calc'!A0", first, f"  {first}1+1", f"\n{first}1"):
        assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "Maria", "a=1", "12.50", "-12.50", "-7", "'quoted", "2026-11-30", '{"a":1}', "  x"]
)
def test_other_cells_stay_as_they_are(text):
    assert safe_cell(text) == text


def test_phone_numbers_are_quoted_and_can_be_told_back():
    assert safe_cell("+17185550123") == "'+17185550123"


def test_the_file_is_rfc_4180_with_a_byte_order_mark():
    rows = [['say "hi", twice', "two\nlines", None], ["=1+1", "", "ü漢🚗"]]

    text = "".join(write_csv(["A", "B", "C"], rows))

    assert text.startswith(BOM)
    assert text == '\ufeffA,B,C\r\n"say ""hi"", twice","two\nlines",\r\n\'=1+1,,ü漢🚗\r\n'
    assert list(csv.reader(io.StringIO(text.removeprefix(BOM)), strict=True)) == [
        ["A", "B", "C"],
        ['say "hi", twice', "two\nlines", ""],
        ["'=1+1", "", "ü漢🚗"],
    ]


def test_the_head_comes_before_the_first_row_is_read():
    taken = []
    pieces = write_csv(["A"], (taken.append(number) or [str(number)] for number in range(1200)))

    assert next(pieces) == f"{BOM}A\r\n"
    assert len(taken) <= 1
    assert len("".join(pieces).splitlines()) == 1200


def test_an_empty_report_has_its_head():
    assert "".join(write_csv(["A", "B"], [])) == f"{BOM}A,B\r\n"


def test_amounts_are_plain_numbers():
    assert [money(cents) for cents in (0, 5, 100, 123_456_07)] == ["0.00", "0.05", "1.00", "123456.07"]


def test_a_refusal_says_when_the_next_one_can_start():
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)

    error = too_many(now - timedelta(minutes=59, seconds=30.5), now)

    assert error.context["retry_after"] == 30
    assert "in 1 min" in error.message
