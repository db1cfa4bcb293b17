"""Random histories of visits: made by the product's own commands, on days that lie in the past."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from backend.books import commands as books
from backend.books import queries as books_queries
from backend.books import rules as book_rules
from backend.books.commands import Count
from backend.core.actor import SYSTEM, Actor, ActorKind
from backend.core.errors import DomainError
from backend.invoices import commands as invoices
from backend.invoices import queries as invoice_queries
from backend.payments import commands as payments
from backend.payments import queries as payment_queries
from backend.payments.commands import Taking
from backend.payments.models import PaymentMethod
from backend.shop.models import Location
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job

START = datetime(2026, 9, 1, 15, tzinfo=UTC)
DAYS = 60


def make_history(session: Session, location: Location, random: Random, visits: int) -> None:
    """Let visits be paid, invoiced, unlocked, changed, refunded and voided in random order over two months."""
    go_on(session, location, random, make_visits(session, location, random, visits), range(DAYS))


def make_visits(session: Session, location: Location, random: Random, visits: int) -> list[UUID]:
    """Make visits with work."""
    made = []
    for _ in range(visits):
        appointment = make_appointment(session, location)
        for _ in range(random.randint(1, 3)):
            make_job(session, appointment, lines=[_line(random) for _ in range(random.randint(1, 4))])
        made.append(appointment.id)
    session.commit()
    return made


def go_on(
    session: Session, location: Location, random: Random, made: list[UUID], days: range, *, back_to: int | None = None
) -> None:
    """Let something happen to visits on these days after the start, in the order of its instants.

    With `back_to` payments are often entered for a day that is past, from that one on: what is recorded later stands earlier.
    """
    first, last = days[0], days[-1]
    moments = sorted(
        START + timedelta(minutes=random.randint(first * 24 * 60, last * 24 * 60)) for _ in range(len(made) * 6)
    )
    for moment in moments:
        on = None
        if back_to is not None and random.random() < 0.6:
            on = (START + timedelta(days=random.randint(back_to, last))).date()
            on = min(on, moment.date() - timedelta(days=1))
        try:
            _step(session, location, random.choice(made), random, moment, on)
        except DomainError:
            # Nothing to pay, invoiced already, nothing left to refund: that is how it is in life.
            session.rollback()
        else:
            session.commit()


def _line(random: Random) -> dict[str, object]:
    return {
        "kind": random.choice(("labor", "part", "fee")),
        "unit_price_cents": random.randrange(1, 40_000),
        "tax_bp": random.choice((Decimal(0), Decimal(825), Decimal("887.5"))),
    }


def close_day(session: Session, location: Location, day: date, differences: Mapping[str, int], closed_by: UUID) -> None:
    """Close a day with all before it; what was counted differs by so many cents, by method."""
    shown = books_queries.read_day(session, location.id, day)
    expected = book_rules.expected_of(book_rules.together(shown.figures, shown.earlier))
    counted = {method: expected.get(method, 0) + differences.get(method, 0) for method in {*expected, *differences}}
    actor = Actor(ActorKind.USER, closed_by, "Ada", "Accountant")
    now = START + timedelta(days=DAYS)
    books.close_day(
        session, location.id, day, Count(counted, note="Counted twice", with_earlier=True), actor=actor, now=now
    )
    session.commit()


def _step(
    session: Session, location: Location, visit_id: UUID, random: Random, now: datetime, on: date | None = None
) -> None:
    acting = {"actor": SYSTEM, "location_ids": [location.id], "now": now}
    what = random.choice(("pay", "pay", "pay", "deposit", "issue", "issue", "unlock", "refund", "void"))
    invoice = invoice_queries.find_of_visit(session, visit_id)
    entries = [one for one in payment_queries.list_ledger(session, visit_id) if one.left_cents]
    if what in {"pay", "deposit"}:
        visit = payment_queries.get_visit(session, visit_id, [location.id])
        cents = random.choice((max(1, visit.account.balance_cents), random.randrange(1, 20_000)))
        method = random.choice(list(PaymentMethod))
        taking = Taking(
            cents, method, is_deposit=what == "deposit", allow_overpayment=random.random() < 0.3, accounting_on=on
        )
        payments.record(session, visit_id, taking, **acting)
    elif what == "issue":
        invoices.issue(session, visit_id, actor=SYSTEM, now=now)
    elif what == "unlock" and invoice:
        invoices.unlock(session, invoice.id, "Wrong part", **acting)
    elif what == "refund" and entries:
        one = random.choice(entries)
        payments.refund(session, one.id, random.randint(1, one.left_cents), "Too much", **acting)
    elif what == "void" and entries:
        payments.void(session, random.choice(entries).id, "Mistyped", **acting)
