"""The books tie out to the cent over any range, and say where they do not."""

from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from backend.books.queries import credit_cents, list_open_invoices, read_taxes
from backend.journal.queries import iterate_journal, list_faults, read_balance
from backend.journal.rules import Account
from backend.shop.models import Location
from tests.books.histories import DAYS, START, close_day, go_on, make_history, make_visits
from tests.factories.shop import make_location

FIRST = START.date()
LAST = FIRST + timedelta(days=DAYS)


@pytest.fixture
def locations(session, fill_once):
    """Return two locations with the same two months behind them in every test."""

    def make():
        random = Random(4)
        for name in ("Brooklyn", "Austin"):
            make_history(session, make_location(session, name=name), random, visits=25)
        session.commit()

    fill_once("two histories", make)
    return session.scalars(sa.select(Location).order_by(Location.name.desc())).all()


def check_range(session, chosen, first, last):
    """Check that a range's journal, invoices, payments and taxes agree to the cent, and that each entry balances."""
    balance = read_balance(session, chosen, first, last)
    assert balance.debit_cents == balance.credit_cents
    assert balance.difference_cents == 0
    assert list_faults(session, chosen, first, last) == []
    taxes = read_taxes(session, chosen, first, last)
    debit, credit = balance.accounts.get(Account.SALES_TAX, (0, 0))
    assert taxes.tax_cents == sum(row.tax_cents for row in taxes.rows) == credit - debit
    assert taxes.net_cents == taxes.untaxed_cents + sum(row.net_cents for row in taxes.rows)
    assert balance.invoiced_cents == taxes.net_cents + taxes.tax_cents
    for entry in iterate_journal(session, chosen, first, last):
        assert entry.lines, entry
        assert sum(line.debit_cents for line in entry.lines) == sum(line.credit_cents for line in entry.lines)


def test_any_range_of_any_locations_ties_out(session, locations):
    random = Random(7)
    ids = [location.id for location in locations]
    ranges = [(FIRST, LAST)] + [
        tuple(sorted(FIRST + timedelta(days=random.randint(0, DAYS)) for _ in range(2))) for _ in range(15)
    ]
    for first, last in ranges:
        for chosen in ([ids[0]], [ids[1]], ids):
            check_range(session, chosen, first, last)
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


def entries(session, location, first, last):
    return {entry.id: entry for entry in iterate_journal(session, [location.id], first, last)}


def test_an_entry_is_the_same_in_every_later_export(as_role, session):
    """Whatever is recorded later, for a day before or after, and whatever is closed in between."""
    random = Random(11)
    location = make_location(session)
    accountant = as_role("Accountant", [location]).user.id
    made = make_visits(session, location, random, 20)
    middle = FIRST + timedelta(days=DAYS // 2)
    go_on(session, location, random, made, range(DAYS // 2))
    before = entries(session, location, FIRST, middle)
    assert len(before) > 40

    close_day(session, location, middle, {"cash": -3_17, "card": 50}, accountant)
    go_on(session, location, random, made, range(DAYS // 2 + 1, 45), back_to=DAYS // 2 + 1)
    again = entries(session, location, FIRST, middle)
    assert {key: again[key] for key in before} == before
    [close] = [again[key] for key in again.keys() - before.keys()]
    assert (close.kind, close.day, close.reference) == ("close", middle, "Counted twice")

    later = entries(session, location, middle + timedelta(days=1), LAST)
    recorded = sorted(later.values(), key=lambda entry: (entry.at, entry.turn, entry.id))
    assert [entry.day for entry in recorded] != sorted(entry.day for entry in recorded), "not in the order of its days"
    go_on(session, location, random, made, range(45, DAYS), back_to=DAYS // 2 + 1)
    still = entries(session, location, middle + timedelta(days=1), LAST)
    assert len(still) > len(later)
    assert {key: still[key] for key in later} == later
    # Seen from a longer range an entry is the same too.
    whole = entries(session, location, FIRST, LAST)
    assert whole == {**again, **still}
    check_range(session, [location.id], FIRST, LAST)
    check_range(session, [location.id], middle, LAST)


def test_what_was_over_or_short_is_in_the_journal_and_ties_out(as_role, session):
    random = Random(12)
    location = make_location(session)
    accountant = as_role("Accountant", [location]).user.id
    made = make_visits(session, location, random, 15)
    go_on(session, location, random, made, range(DAYS))
    counts = {10: {"cash": -20_00}, 20: {"cash": 5, "check": -5}, 30: {}, 40: {"cash": 1_00, "card": 2_00}}
    for days, differences in counts.items():
        close_day(session, location, FIRST + timedelta(days=days), differences, accountant)

    found = [entry for entry in entries(session, location, FIRST, LAST).values() if entry.kind == "close"]
    assert [{line.account: line.debit_cents - line.credit_cents for line in entry.lines} for entry in found] == [
        {Account.OVER_SHORT: 20_00, Account.CASH: -20_00},
        {Account.CASH: 5, Account.CHECKS: -5},
        {Account.CASH: 1_00, Account.CARD: 2_00, Account.OVER_SHORT: -3_00},
    ]
    for first, last in ((0, DAYS), (0, 10), (10, 20), (11, 39), (41, DAYS)):
        check_range(session, [location.id], FIRST + timedelta(days=first), FIRST + timedelta(days=last))
    balance = read_balance(session, [location.id], FIRST, LAST)
    assert balance.accounts[Account.OVER_SHORT] == (20_00, 3_00)
    # What the accounts of the methods hold on a closed day is what was counted.
    closed = read_balance(session, [location.id], FIRST, FIRST + timedelta(days=40))
    held = {account: debit - credit for account, (debit, credit) in closed.accounts.items()}
    counted = session.execute(
        sa.text(
            "SELECT method, sum(cents::bigint)::bigint FROM day_closes, jsonb_each_text(counted) c(method, cents) GROUP BY 1"
        )
    ).all()
    accounts = {"cash": Account.CASH, "card": Account.CARD, "check": Account.CHECKS, "ach": Account.TRANSFERS}
    for method, cents in counted:
        assert held.get(accounts.get(method, Account.OTHER), 0) == cents, method


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


# By how many cents each is off; nothing where that depends on the row.
OFF_BY = {
    "ledger": {-1},
    "ledger, deleted": set(),
    "lines": {1},
    "lines, moved": {0},
    "standing": {1},
    "reversals": set(),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_cent_that_is_off_is_named(session, unguarded, locations, name):
    assert unguarded(DAMAGE[name]) == 1

    ids = [location.id for location in locations]
    faults = list_faults(session, ids, FIRST, LAST)

    kind = name.split(",")[0]
    assert kind in {fault.kind for fault in faults}
    # It says by how much, and of which order or invoice; where the parts moved the sum is the same.
    off = {fault.found_cents - fault.expected_cents for fault in faults if fault.kind == kind}
    assert off <= OFF_BY[name] if OFF_BY[name] else len(off) == 1
    numbers = {entry.appointment_number for entry in iterate_journal(session, ids, FIRST, LAST)}
    invoices = {
        f"{entry.invoice_number} version {entry.version_no}" for entry in iterate_journal(session, ids, FIRST, LAST)
    }
    assert all(fault.number in invoices or int(fault.number) in numbers for fault in faults)


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
