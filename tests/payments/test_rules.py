"""Comparing two books."""

from datetime import UTC, datetime

from backend.payments.rules import Difference, Entry, compare

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def _entry(provider_id, cents, currency="USD"):
    return Entry(provider_id, cents, currency, NOW)


def test_books_match_or_differ_in_one_of_three_ways():
    ours = [
        _entry("same", 5_00),
        _entry("refund", -1_00),
        _entry("ours", 7_00),
        _entry("cents", 3_00),
        _entry("money", 1),
    ]
    theirs = [_entry("same", 5_00, "usd"), _entry("refund", -1_00), _entry("theirs", 9_00), _entry("cents", 3_01)]
    theirs.append(_entry("money", 1, "EUR"))
    found = compare(ours, theirs)

    assert (found.matched, found.matched_cents) == (2, 4_00)
    assert {(one.provider_id, one.kind, one.ours_cents, one.theirs_cents) for one in found.findings} == {
        ("ours", Difference.MISSING_THERE, 7_00, None),
        ("theirs", Difference.MISSING_HERE, None, 9_00),
        ("cents", Difference.AMOUNT_DIFFERS, 3_00, 3_01),
        ("money", Difference.AMOUNT_DIFFERS, 1, 1),
    }
