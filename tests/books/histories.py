"""Random histories of visits: made by the product's own commands, on days that lie in the past."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

from backend.core.actor import SYSTEM
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
    made = []
    for _ in range(visits):
        appointment = make_appointment(session, location)
        for _ in range(random.randint(1, 3)):
            make_job(session, appointment, lines=[_line(random) for _ in range(random.randint(1, 4))])
        made.append(appointment.id)
    session.commit()
    moments = sorted(START + timedelta(minutes=random.randrange(DAYS * 24 * 60)) for _ in range(visits * 6))
    for moment in moments:
        try:
            _step(session, location, random.choice(made), random, moment)
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


def _step(session: Session, location: Location, visit_id, random: Random, now: datetime) -> None:
    acting = {"actor": SYSTEM, "location_ids": [location.id], "now": now}
    what = random.choice(("pay", "pay", "pay", "deposit", "issue", "issue", "unlock", "refund", "void"))
    invoice = invoice_queries.find_of_visit(session, visit_id)
    entries = [one for one in payment_queries.list_ledger(session, visit_id) if one.left_cents]
    if what in {"pay", "deposit"}:
        visit = payment_queries.get_visit(session, visit_id, [location.id])
        cents = random.choice((max(1, visit.account.balance_cents), random.randrange(1, 20_000)))
        method = random.choice(list(PaymentMethod))
        taking = Taking(cents, method, is_deposit=what == "deposit", allow_overpayment=random.random() < 0.3)
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
