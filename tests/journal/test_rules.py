from random import Random

from backend.journal.rules import Account, Balance, Fault, FaultKind, Movement, disagreement, journal_lines, position


def amounts(lines):
    return {line.account: line.debit_cents - line.credit_cents for line in lines}


def test_an_invoice_charges_receivables_and_a_payment_settles_them():
    issued = Movement(labor_cents=100_00, parts_cents=50_00, fees_cents=5_00, tax_cents=4_44)
    paid = Movement(paid_cents=159_44, method="cash", charged_before=159_44)

    assert amounts(journal_lines(issued)) == {
        Account.RECEIVABLES: 159_44,
        Account.SALES_TAX: -4_44,
        Account.LABOR: -100_00,
        Account.PARTS: -50_00,
        Account.FEES: -5_00,
    }
    assert amounts(journal_lines(paid)) == {Account.CASH: 159_44, Account.RECEIVABLES: -159_44}


def test_money_before_its_invoice_is_a_deposit_which_the_invoice_uses_up():
    deposit = Movement(paid_cents=60_00, method="card")
    issued = Movement(labor_cents=100_00, paid_before=60_00)

    assert amounts(journal_lines(deposit)) == {Account.CARD: 60_00, Account.DEPOSITS: -60_00}
    assert amounts(journal_lines(issued)) == {
        Account.DEPOSITS: 60_00,
        Account.RECEIVABLES: 40_00,
        Account.LABOR: -100_00,
    }


def test_what_is_paid_above_the_invoice_is_owed_back():
    over = Movement(paid_cents=120_00, method="check", charged_before=100_00)
    back = Movement(paid_cents=-20_00, method="check", charged_before=100_00, paid_before=120_00)

    assert amounts(journal_lines(over)) == {
        Account.CHECKS: 120_00,
        Account.RECEIVABLES: -100_00,
        Account.DEPOSITS: -20_00,
    }
    assert amounts(journal_lines(back)) == {Account.CHECKS: -20_00, Account.DEPOSITS: 20_00}


def test_a_reversal_is_the_opposite_entry():
    reversed_ = Movement(labor_cents=-100_00, tax_cents=-8_00, charged_before=108_00, paid_before=108_00)

    assert amounts(journal_lines(reversed_)) == {
        Account.LABOR: 100_00,
        Account.SALES_TAX: 8_00,
        Account.DEPOSITS: -108_00,
    }


def test_every_history_balances_entry_by_entry_and_ends_where_it_stands():
    """10,000 movements of 500 visits: the two sides of each agree, and their sum is what is owed."""
    random = Random(20261130)
    for _ in range(500):
        charged = paid = owed = 0
        for _ in range(20):
            if random.random() < 0.4:
                movement = (
                    Movement(
                        labor_cents=random.randrange(50_000),
                        parts_cents=random.randrange(50_000),
                        fees_cents=random.randrange(500),
                        tax_cents=random.randrange(9_000),
                        charged_before=charged,
                        paid_before=paid,
                    )
                    if charged == 0
                    else Movement(labor_cents=-charged, charged_before=charged, paid_before=paid)
                )
            else:
                cents = random.choice((random.randrange(1, 90_000), -random.randint(0, paid)))
                movement = Movement(paid_cents=cents, method="cash", charged_before=charged, paid_before=paid)
            lines = journal_lines(movement)
            assert sum(line.debit_cents for line in lines) == sum(line.credit_cents for line in lines)
            assert all((line.debit_cents == 0) != (line.credit_cents == 0) for line in lines)
            moved = amounts(lines)
            owed += moved.get(Account.RECEIVABLES, 0) + moved.get(Account.DEPOSITS, 0)
            charged += movement.charged_cents
            paid += movement.paid_cents
        assert owed == charged - paid
        assert position(charged, paid) == (max(owed, 0), max(-owed, 0))


def test_a_balance_says_what_does_not_tie_out():
    accounts = {Account.CASH: (100, 0), Account.RECEIVABLES: (50, 100), Account.LABOR: (0, 50)}

    assert Balance(accounts, 2, 50, 100).difference_cents == 0
    assert Balance(accounts, 2, 51, 100).difference_cents == 1


def test_a_refusal_names_what_is_off():
    faults = [Fault(FaultKind.LINES, "1042 version 1", 100_00, 100_01), Fault(FaultKind.LEDGER, "7", 0, -5)]

    error = disagreement(faults)

    assert error.status == 409
    assert "Invoice 1042 version 1: its lines sum to 100.00, the invoice says 100.01. and 1 more" in error.message
    assert [row["words"] for row in error.context["rows"]] == [
        "Invoice 1042 version 1: its lines sum to 100.00, the invoice says 100.01.",
        "Order 7: its payments sum to 0.00, the order says -0.05.",
    ]
