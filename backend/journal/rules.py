"""Double entry: which accounts an invoice, its reversal, a payment and the count of a closed day move.

The journal is derived and never kept. An entry's lines depend on what was recorded before it alone, so an entry that was
exported once is the same in every later export.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.core.errors import ConflictError


class BooksDisagreeError(ConflictError):
    """409: a cent is off; `rows` names what does not agree."""

    code = "books_disagree"


# What an entry comes from.
KINDS = ("invoice", "reversal", "payment", "refund", "void", "adjustment", "close")


class Account(StrEnum):
    """An account by its number."""

    CASH = "1000"
    CARD = "1010"
    CHECKS = "1020"
    TRANSFERS = "1030"
    OTHER = "1040"
    RECEIVABLES = "1200"
    SALES_TAX = "2200"
    DEPOSITS = "2300"
    LABOR = "4000"
    PARTS = "4100"
    FEES = "4200"
    OVER_SHORT = "6100"


ACCOUNT_NAMES = {
    Account.CASH: "Cash",
    Account.CARD: "Undeposited card",
    Account.CHECKS: "Undeposited checks",
    Account.TRANSFERS: "ACH transfers",
    Account.OTHER: "Other payments",
    Account.RECEIVABLES: "Receivables",
    Account.SALES_TAX: "Sales tax",
    Account.DEPOSITS: "Customer deposits",
    Account.LABOR: "Labor",
    Account.PARTS: "Parts",
    Account.FEES: "Fees",
    Account.OVER_SHORT: "Cash over and short",
}
_OF_METHOD = {
    "cash": Account.CASH,
    "card": Account.CARD,
    "check": Account.CHECKS,
    "ach": Account.TRANSFERS,
    "other": Account.OTHER,
}


@dataclass(frozen=True, slots=True)
class Movement:
    """What an invoice version, its reversal, or a ledger entry moves: signed cents.

    `charged_before` and `paid_before` are how its visit stood when it was recorded: what its standing invoice charged,
    0 without one, and what was paid.
    """

    labor_cents: int = 0
    parts_cents: int = 0
    fees_cents: int = 0
    tax_cents: int = 0
    paid_cents: int = 0
    method: str | None = None
    charged_before: int = 0
    paid_before: int = 0

    @property
    def charged_cents(self) -> int:
        """What is charged by it."""
        return self.labor_cents + self.parts_cents + self.fees_cents + self.tax_cents


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One side of an entry; one of the two amounts is 0."""

    account: Account
    debit_cents: int
    credit_cents: int


def position(charged: int, paid: int) -> tuple[int, int]:
    """Return what a visit's customer owes us, and what we owe them: a deposit, or more than was charged."""
    return max(charged - paid, 0), max(paid - charged, 0)


def journal_lines(movement: Movement) -> list[JournalLine]:
    """Return an entry's balanced lines, debits first; money that comes before its invoice is a deposit until then."""
    before = position(movement.charged_before, movement.paid_before)
    after = position(movement.charged_before + movement.charged_cents, movement.paid_before + movement.paid_cents)
    debits = {
        Account.RECEIVABLES: after[0] - before[0],
        Account.DEPOSITS: before[1] - after[1],
        Account.LABOR: -movement.labor_cents,
        Account.PARTS: -movement.parts_cents,
        Account.FEES: -movement.fees_cents,
        Account.SALES_TAX: -movement.tax_cents,
    }
    if movement.method is not None:
        debits[_OF_METHOD[movement.method]] = movement.paid_cents
    return _lines(debits)


def close_lines(expected: Mapping[str, int], counted: Mapping[str, int]) -> list[JournalLine]:
    """Return a day close's balanced lines: each method's account comes to what was counted, the rest is over or short."""
    debits = {
        _OF_METHOD[method]: counted.get(method, 0) - expected.get(method, 0)
        for method in sorted(expected.keys() | counted.keys())
    }
    return _lines({**debits, Account.OVER_SHORT: -sum(debits.values())})


def _lines(debits: Mapping[Account, int]) -> list[JournalLine]:
    lines = [JournalLine(account, max(cents, 0), max(-cents, 0)) for account, cents in debits.items() if cents]
    return sorted(lines, key=lambda line: (line.credit_cents > 0, line.account))


# --- does it agree ------------------------------------------------------------------------------


class FaultKind(StrEnum):
    """What does not agree with what."""

    LEDGER = "ledger"  # a visit's paid amount, with its ledger
    OWED = "owed"  # what a visit owes, with its invoice and what was paid
    LINES = "lines"  # an invoice, with the lines that were frozen with it
    STANDING = "standing"  # a visit's total, with the invoice that stands
    REVERSALS = "reversals"  # a payment, with what took it back
    CLOSE = "close"  # a closed day, with the ledger
    COUNT = "count"  # what a closed day says was over or short, with what was counted


_FAULT_WORDS = {
    FaultKind.LEDGER: "Order {number}: its payments sum to {expected}, the order says {found}.",
    FaultKind.OWED: "Order {number}: by its invoice and payments {expected} is owed, the order says {found}.",
    FaultKind.LINES: "Invoice {number}: its lines sum to {expected}, the invoice says {found}.",
    FaultKind.STANDING: "Order {number}: its invoice charges {expected}, the order says {found}.",
    FaultKind.REVERSALS: "Order {number}: a payment of {expected} was given back by {found}.",
    FaultKind.CLOSE: "Closed day {number}: its ledger sums to {expected}, the close says {found}.",
    FaultKind.COUNT: "Closed day {number}: its count differs by {expected}, the close says {found}.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a cent is off; `number` names the order, the invoice with its version, or the day."""

    kind: FaultKind
    number: str
    expected_cents: int
    found_cents: int

    @property
    def words(self) -> str:
        """What does not agree, in a sentence."""
        return _FAULT_WORDS[self.kind].format(
            number=self.number, expected=_amount(self.expected_cents), found=_amount(self.found_cents)
        )


def _amount(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02}"


# So many are told at once.
SHOWN_FAULTS = 50


def disagreement(faults: list[Fault]) -> BooksDisagreeError:
    """Build the refusal of an export."""
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return BooksDisagreeError(
        f"The books do not agree to the cent, so nothing was exported. {faults[0].words}{more}",
        rows=[
            {
                "kind": fault.kind,
                "number": fault.number,
                "expectedCents": fault.expected_cents,
                "foundCents": fault.found_cents,
                "words": fault.words,
            }
            for fault in faults[:SHOWN_FAULTS]
        ],
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """A range's sums: by account debit and credit, and what invoices and payments came to, counted another way.

    `difference_cents` is invoices less payments less the change of what is owed to us, net of deposits: always 0.
    """

    accounts: dict[Account, tuple[int, int]]
    entries: int
    invoiced_cents: int
    paid_cents: int

    @property
    def debit_cents(self) -> int:
        """All debits."""
        return sum(debit for debit, _ in self.accounts.values())

    @property
    def credit_cents(self) -> int:
        """All credits; the same as all debits."""
        return sum(credit for _, credit in self.accounts.values())

    @property
    def owed_change_cents(self) -> int:
        """How much more is owed to us than before, deposits taken off."""
        return sum(
            debit - credit
            for account, (debit, credit) in self.accounts.items()
            if account in {Account.RECEIVABLES, Account.DEPOSITS}
        )

    @property
    def difference_cents(self) -> int:
        """What does not tie out."""
        return self.invoiced_cents - self.paid_cents - self.owed_change_cents
