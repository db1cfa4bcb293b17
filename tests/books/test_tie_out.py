"""The books tie out to the cent over any range, and say where they do not."""

from datetime import timedelta
from random import Random

import pytest

from backend.books.queries import credit_cents, list_open_invoices, read_taxes
from backend.journal.queries import iterate_journal, list_faults, read_balance
from backend.journal.rules import Account
from tests.books.histories import DAYS, START, make_history
from tests.factories.shop import make_location

FIRST = START.date()
LAST = FIRST + timedelta(days=DAYS)


@pytest.fixture
def locations(session):
    random = Random(4)
    made = [make_location(session, name=name) for name in ("Brooklyn", "Austin")]
    for location in made:
        make_history(session, location, random, visits=25)
    return made


def test_any_range_of_any_locations_ties_out(session, locations):
    random = Random(7)
    ids = [location.id for location in locations]
    ranges = [(FIRST, LAST)] + [
        tuple(sorted(FIRST + timedelta(days=random.randint(0, DAYS)) for _ in range(2))) for _ in range(15)
    ]
    for first, last in ranges:
        for chosen in ([ids[0]], [ids[1]], ids):
            balance = read_balance(session, chosen, first, last)
            assert balance.debit_cents == balance.credit_cents
            assert balance.difference_cents == 0
            assert list_faults(session, chosen, first, last) == []
            taxes = read_taxes(session, chosen, first, last)
            debit, credit = balance.accounts.get(Account.SALES_TAX, (0, 0))
            assert taxes.tax_cents == sum(row.tax_cents for row in taxes.rows) == credit - debit
            assert taxes.net_cents == taxes.untaxed_cents + sum(row.net_cents for row in taxes.rows)
            assert balance.invoiced_cents == taxes.net_cents + taxes.tax_cents
    assert sum(1 for _ in iterate_journal(session, ids, FIRST, LAST)) > 150


def test_each_entry_balances_by_itself(session, locations):
    for entry in iterate_journal(session, [location.id for location in locations], FIRST, LAST):
        assert entry.lines, entry
        assert sum(line.debit_cents for line in entry.lines) == sum(line.credit_cents for line in entry.lines)


def test_what_is_open_as_of_any_day_is_what_the_journal_says(session, locations):
    ids = [location.id for location in locations]
    for days in range(0, DAYS + 1, 7):
        day = FIRST + timedelta(days=days)
        owed = sum(one.balance_cents for one in list_open_invoices(session, ids, day))
        balance = read_balance(session, ids, FIRST, day)
        assert owed - credit_cents(session, ids, day) == balance.owed_change_cents


def test_an_entry_is_the_same_in_every_later_export(session, locations):
    ids = [location.id for location in locations]
    middle = FIRST + timedelta(days=DAYS // 2)
    before = {entry.id: entry.lines for entry in iterate_journal(session, ids, FIRST, middle)}
    again = {entry.id: entry.lines for entry in iterate_journal(session, ids, FIRST, middle)}
    whole = {entry.id: entry.lines for entry in iterate_journal(session, ids, FIRST, LAST)}

    assert before
    assert again == before
    # Seen from a longer range an entry's lines are the same too.
    assert {key: whole[key] for key in before} == before
    assert len(whole) > len(before)


def test_a_page_of_the_journal_goes_on_where_the_last_one_ended(session, locations):
    ids = [location.id for location in locations]
    whole = [entry.id for entry in iterate_journal(session, ids, FIRST, LAST)]
    paged: list[str] = []
    after = None
    while True:
        page = list(iterate_journal(session, ids, FIRST, LAST, after=after, limit=7))
        paged += [entry.id for entry in page]
        if len(page) < 7:
            break
        after = (page[-1].day, page[-1].at, page[-1].turn, page[-1].id)

    assert paged == whole


# --- damage -----------------------------------------------------------------------------------


DAMAGE = {
    "ledger": "UPDATE payments SET amount_cents = amount_cents + 1 WHERE id = (SELECT id FROM payments WHERE kind = 'payment' ORDER BY id LIMIT 1)",
    "ledger, deleted": "DELETE FROM payments WHERE id = (SELECT id FROM payments p WHERE kind = 'payment' AND NOT EXISTS (SELECT FROM payments b WHERE b.reverses_id = p.id) ORDER BY id LIMIT 1)",
    "lines": "UPDATE invoice_versions SET tax_cents = tax_cents + 1, total_cents = total_cents + 1 WHERE id = (SELECT id FROM invoice_versions ORDER BY id LIMIT 1)",
    "lines, moved": "UPDATE invoice_versions SET tax_cents = tax_cents + 1, labor_net_cents = labor_net_cents - 1 WHERE id = (SELECT id FROM invoice_versions WHERE labor_net_cents > 0 ORDER BY id LIMIT 1)",
    "standing": "UPDATE appointments SET total_cents = total_cents + 1 WHERE id = (SELECT id FROM appointments WHERE locked_at IS NOT NULL ORDER BY id LIMIT 1)",
    "reversals": "UPDATE payments SET amount_cents = -10000000 WHERE id = (SELECT id FROM payments WHERE kind = 'refund' ORDER BY id LIMIT 1)",
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_cent_that_is_off_is_named(session, unguarded, locations, name):
    assert unguarded(DAMAGE[name]) == 1

    faults = list_faults(session, [location.id for location in locations], FIRST, LAST)

    assert name.split(",")[0] in {fault.kind for fault in faults}
    assert all(fault.expected_cents != fault.found_cents or fault.kind == "lines" for fault in faults)


def test_a_closed_day_that_was_changed_is_named(as_role, session, unguarded, locations):
    accountant = as_role("Accountant", [locations[0]])
    day = LAST + timedelta(days=1)
    shown = accountant.get(f"/api/books/days/{day}").get_json()
    both = zip(shown["methods"], shown["earlier"], strict=True)
    counted = {one["method"]: one["expectedCents"] + before["expectedCents"] for one, before in both}
    closed = accountant.post(f"/api/books/days/{day}/close", json={"counted": counted, "withEarlier": True})
    assert closed.status_code == 201, closed.text
    session.rollback()
    assert list_faults(session, [locations[0].id], FIRST, LAST) == []
    changed = "UPDATE day_closes SET expected = '{\"cash\": 1}' WHERE location_id = %(place)s"
    assert unguarded(changed, place=locations[0].id) == 1

    [fault] = list_faults(session, [locations[0].id], FIRST, LAST)
    assert (fault.kind, fault.number, fault.found_cents) == ("close", day.isoformat(), 1)
    assert fault.expected_cents == sum(counted.values())
