"""The books tie out to the cent over any range, and say where they do not."""

from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from backend.books.queries import credit_cents, list_open_invoices, read_taxes
from backend.core.actor import SYSTEM
from backend.invoices import commands as invoices
from backend.journal.queries import iterate_journal, list_faults, read_balance
from backend.journal.rules import Account
from backend.payments import commands as payments
from backend.payments.commands import Taking
from backend.payments.models import PaymentMethod
from backend.shop.models import Location
from tests.books.histories import DAYS, START, close_day, go_on, make_history, make_visits
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.services import make_job
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


# What is open and what is credit, of all that was ever posted.
WHOLE = """
    WITH standing AS (
        SELECT v.appointment_id, i.number, v.total_cents
          FROM invoice_versions v JOIN invoices i ON i.id = v.invoice_id
         WHERE v.location_id = ANY (:locations) AND v.issued_on <= :day
           AND NOT EXISTS (SELECT FROM invoice_reversals r WHERE r.version_id = v.id AND r.reversed_on <= :day)
    ), paid AS (
        SELECT appointment_id, sum(amount_cents)::bigint AS cents FROM payments
         WHERE location_id = ANY (:locations) AND accounting_on <= :day GROUP BY 1
    )
    SELECT appointment_id, number, coalesce(total_cents, 0), coalesce(cents, 0)
      FROM standing FULL JOIN paid USING (appointment_id)
"""


def test_what_is_open_on_each_day_is_what_the_whole_history_says(session, locations, unguarded):
    """Also with payments that were entered for days that are past, and where a visit lost its lock."""
    made = session.scalars(
        sa.text("SELECT id FROM appointments WHERE location_id = :id"), {"id": locations[0].id}
    ).all()
    go_on(session, locations[0], Random(5), made, range(DAYS // 2, DAYS), back_to=0)
    mine = set(made[::3])
    customer = make_customer(session)
    session.execute(
        sa.text("UPDATE appointments SET customer_id = :c WHERE id = ANY (:ids)"), {"c": customer.id, "ids": list(mine)}
    )
    session.commit()
    unguarded("UPDATE appointments SET locked_at = NULL WHERE id = ANY (%(ids)s)", ids=made)
    ids = [location.id for location in locations]
    seen = [0, 0]
    for days in range(-2, DAYS + 3, 4):
        day = FIRST + timedelta(days=days)
        for chosen in (ids[:1], ids):
            whole = session.execute(sa.text(WHOLE), {"locations": chosen, "day": day}).all()
            for who, rows in ((None, whole), (customer.id, [row for row in whole if row[0] in mine])):
                found = list_open_invoices(session, chosen, day, customer_id=who)
                assert sorted((one.number, one.total_cents, one.paid_cents) for one in found) == sorted(
                    (number, total, paid) for _, number, total, paid in rows if total > paid
                ), day
                credit = credit_cents(session, chosen, day, customer_id=who)
                assert credit == sum(max(0, paid - total) for _, _, total, paid in rows), day
                seen[0] += len(found)
                seen[1] += credit
    assert all(seen)


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


@pytest.mark.parametrize("column", ["paid_cents", "owed_cents"])
def test_what_is_paid_and_owed_changes_by_an_entry_alone(session, location, column):
    visit = make_appointment(session, location)
    session.commit()
    with pytest.raises(sa.exc.IntegrityError, match="follows from the entries"):
        session.execute(sa.text(f"UPDATE appointments SET {column} = 1 WHERE id = :id"), {"id": visit.id})
    session.rollback()


def test_what_is_open_costs_by_what_is_open_not_by_what_was_ever_invoiced(
    session, location, unguarded, record_property
):
    """Pages that PostgreSQL reads for the list; the history beside it is settled."""

    def pages():
        unguarded("ANALYZE appointments, invoices, invoice_versions, invoice_reversals, payments")
        return sum(_pages(session, ask, location.id) for ask in (list_open_invoices, credit_cents))

    _settled(session, location, 40)
    make_job(session, (owing := make_appointment(session, location)), lines=[{"unit_price_cents": 70_00}])
    invoices.issue(session, owing.id, actor=SYSTEM, now=START)
    few = pages()
    _settled(session, location, 200)
    many = pages()
    record_property("pages", f"{few} with 40 settled visits, {many} with 240")
    assert [one.number for one in list_open_invoices(session, [location.id], LAST)] == [41]
    # Read visit by visit, 200 settled ones cost more than 600 pages; what small tables are read whole is a few.
    assert many - few < 100


def _settled(session, location, count):
    for _ in range(count):
        visit = make_appointment(session, location)
        make_job(session, visit, lines=[{"unit_price_cents": 50_00}])
        session.flush()
        session.refresh(visit)
        invoices.issue(session, visit.id, actor=SYSTEM, now=START)
        taking = Taking(50_00, PaymentMethod.CASH)
        payments.record(session, visit.id, taking, actor=SYSTEM, location_ids=[location.id], now=START)
    session.commit()


def _pages(session, ask, location_id):
    """Return how many pages the statement of `ask` touches."""
    asked = []

    def explain(connection, cursor, statement, parameters, context, executemany):
        asked.append((statement, parameters))

    sa.event.listen(session.get_bind(), "before_cursor_execute", explain)
    ask(session, [location_id], LAST)
    sa.event.remove(session.get_bind(), "before_cursor_execute", explain)
    ((statement, values),) = asked
    cursor = session.connection().connection.cursor()
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {statement}", values)
    ((plan,),) = cursor.fetchall()
    top = plan[0]["Plan"]
    return top["Shared Hit Blocks"] + top["Shared Read Blocks"]
