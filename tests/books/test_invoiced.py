"""Invoices of random work, through the product and the database: each is the sum of its lines, exactly."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
import sqlalchemy as sa

from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.invoices import commands as invoices
from backend.invoices.models import InvoiceVersion
from backend.services.rules import Approval
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.shop import make_location

COUNT = 200


def _half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))


def _random_work(session, visit, random: Random) -> dict[str, int]:
    """Add jobs to a visit, and return what they charge, computed by hand from what was typed."""
    charged = {"labor": 0, "part": 0, "fee": 0, "tax": 0}
    for _ in range(random.randint(1, 3)):
        approval, choice = random.choice(list(Approval)), random.choice([None, None, new_id()])
        is_chosen = choice is None or random.random() < 0.5
        lines = []
        for _ in range(random.randint(1, 4)):
            kind = random.choice(("labor", "part", "fee"))
            line = {
                "kind": kind,
                "unit_price_cents": random.randrange(1, 90_000),
                "quantity": Decimal(random.randint(1, 9_000)) / 1000,
                "tax_bp": random.choice((Decimal(0), Decimal(825), Decimal("887.5"), Decimal("333.333"))),
            }
            hours = Fraction(1)
            if kind == "labor":
                line["hours"] = Decimal(random.randint(1, 900)) / 100
                line["is_flat"] = random.random() < 0.3
                hours = Fraction(1) if line["is_flat"] else Fraction(line["hours"])
            price = _half_up(line["unit_price_cents"] * Fraction(line["quantity"]) * hours)
            lines.append(line)
            if is_chosen and approval is not Approval.DECLINED:
                charged[kind] += price
                charged["tax"] += _half_up(price * Fraction(line["tax_bp"]) / 10_000)
        declined = {"decline_reason": "No"} if approval is Approval.DECLINED else {}
        make_job(session, visit, approval=approval, choice_id=choice, is_chosen=is_chosen, lines=lines, **declined)
    return charged


def test_random_invoices_are_each_the_sum_of_their_lines_to_the_cent(session):
    random, location = Random(1042), make_location(session)
    expected = {}
    for _ in range(COUNT):
        visit = make_appointment(session, location)
        charged = _random_work(session, visit, random)
        version = invoices.issue(session, visit.id, actor=SYSTEM, now=utc_now())
        expected[version.id] = charged
    session.commit()

    for version in session.scalars(sa.select(InvoiceVersion)):
        charged = expected.pop(version.id)
        assert (version.labor_net_cents, version.parts_net_cents, version.fees_net_cents, version.tax_cents) == (
            charged["labor"],
            charged["part"],
            charged["fee"],
            charged["tax"],
        )
        assert version.total_cents == sum(charged.values())
        shown = [
            line["priceCents"] - line["discountCents"] + line["taxCents"]
            for job in version.document["jobs"]
            if job["isChosen"] and job["approval"] != "declined"
            for line in job["lines"]
        ]
        assert version.total_cents == version.document["totals"]["totalCents"] == sum(shown)
        assert version.tax_cents == sum(tax["taxCents"] for tax in version.document["taxes"])
    assert expected == {}


@pytest.mark.parametrize("cents", [-1, 1])
def test_the_database_takes_no_invoice_whose_total_is_a_cent_off(session, cents):
    visit = make_appointment(session, make_location(session))
    make_job(session, visit)
    version = invoices.issue(session, visit.id, actor=SYSTEM, now=utc_now())
    columns = [
        column.name
        for column in InvoiceVersion.__table__.columns
        if column.name not in {"id", "version_no", "total_cents"}
    ]
    listed = ", ".join(columns)
    statement = (
        f"INSERT INTO invoice_versions (id, version_no, total_cents, {listed}) "
        f"SELECT gen_random_uuid(), 2, total_cents + :cents, {listed} FROM invoice_versions WHERE id = :id"
    )
    with pytest.raises(sa.exc.IntegrityError, match="total_is_the_sum"), session.begin_nested():
        session.execute(sa.text(statement), {"cents": cents, "id": version.id})
