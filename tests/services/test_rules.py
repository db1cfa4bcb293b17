from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.catalog.rules import LineKind, Rate, Rates
from backend.core.errors import RuleViolationError
from backend.services.rules import (
    Approval,
    DiscountLimitError,
    JobMoney,
    LineMoney,
    check_discount,
    hour_price,
    price_checked,
    price_line,
    spread,
    sum_jobs,
    summary_of,
)


@pytest.mark.parametrize(
    ("unit", "quantity", "hours", "flat", "discount", "tax", "expected"),
    [
        pytest.param(100_00, "1", None, False, 0, "0", (100_00, 0), id="one"),
        pytest.param(3_33, "1.5", None, False, 0, "0", (5_00, 0), id="half a cent goes up"),
        pytest.param(145_00, "1", "0.5", False, 0, "887.5", (72_50, 6_43), id="an hour's price times the hours"),
        pytest.param(95_00, "1", "0.5", True, 0, "0", (95_00, 0), id="a flat price whatever the hours"),
        pytest.param(100_00, "2", None, False, 50_00, "1000", (200_00, 15_00), id="tax on what is left"),
        pytest.param(1, "1", None, False, 0, "5000", (1, 1), id="half a cent of tax goes up"),
    ],
)
def test_a_line_is_priced_and_taxed_by_itself(unit, quantity, hours, flat, discount, tax, expected):
    kind = LineKind.LABOR if hours else LineKind.PART

    money = price_line(
        kind,
        unit_price_cents=unit,
        quantity=Decimal(quantity),
        hours=Decimal(hours) if hours else None,
        is_flat=flat,
        discount_cents=discount,
        tax_bp=Decimal(tax),
    )

    assert (money.price_cents, money.tax_cents) == expected


_lines = st.builds(
    lambda unit, quantity, share, tax: price_line(
        LineKind.PART,
        unit_price_cents=unit,
        quantity=quantity,
        hours=None,
        is_flat=False,
        discount_cents=int(unit * quantity * share),
        tax_bp=tax,
    ),
    st.integers(0, 5_000_00),
    st.decimals("0.001", 40, places=3),
    st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.5")]),
    st.decimals(0, 2500, places=3),
)
_jobs = st.builds(JobMoney, st.sampled_from(Approval), st.booleans(), st.lists(_lines, max_size=6).map(tuple))


@settings(max_examples=200, deadline=None)
@given(st.lists(_jobs, max_size=5))
def test_a_total_is_the_sum_of_the_totals_of_the_lines_that_count(jobs):
    totals = sum_jobs(jobs)

    # One job after the other, by what becomes of each: nothing is left out, nothing counted twice.
    assert totals.total_cents == sum(sum_jobs([job]).total_cents for job in jobs)
    for job in jobs:
        whole = sum(line.price_cents - line.discount_cents + line.tax_cents for line in job.lines)
        is_charged = job.is_chosen and job.approval in {Approval.PENDING, Approval.APPROVED}
        assert sum_jobs([job]).total_cents == (whole if is_charged else 0)


def test_ten_thousand_invoices_are_each_the_sum_of_their_lines():
    """By hand: in fractions, from what was typed, with nothing of the product's arithmetic."""
    random = Random(1042)
    for _ in range(10_000):
        jobs, net, tax, discounts = [], 0, 0, 0
        for _ in range(random.randint(0, 4)):
            approval, is_chosen = random.choice(list(Approval)), random.random() < 0.8
            lines = [_random_line(random) for _ in range(random.randint(0, 5))]
            jobs.append(JobMoney(approval, is_chosen, tuple(line for line, *_ in lines)))
            if is_chosen and approval.value != "declined":
                net += sum(price - discount for _, price, discount, _ in lines)
                discounts += sum(discount for _, _, discount, _ in lines)
                tax += sum(rounded for *_, rounded in lines)
        totals = sum_jobs(jobs)
        assert (totals.net_cents, totals.tax_cents, totals.discount_cents) == (net, tax, discounts)
        assert totals.total_cents == net + tax


def _random_line(random):
    """Return a line, and its price, discount and tax by hand."""
    kind = random.choice(list(LineKind))
    unit, quantity = random.randint(0, 5_000_00), Decimal(random.randint(1, 40_000)) / 1000
    hours = Decimal(random.randint(0, 1200)) / 100 if kind is LineKind.LABOR else None
    is_flat, tax_bp = random.random() < 0.3, Decimal(random.randint(0, 2_500_000)) / 1000
    exact = Fraction(unit) * Fraction(quantity) * (1 if hours is None or is_flat else Fraction(hours))
    price = int(exact + Fraction(1, 2))
    discount = random.choice([0, 0, price // 10, price])
    tax = int(Fraction(price - discount) * Fraction(tax_bp) / 10_000 + Fraction(1, 2))
    line = price_line(
        kind,
        unit_price_cents=unit,
        quantity=quantity,
        hours=hours,
        is_flat=is_flat,
        discount_cents=discount,
        tax_bp=tax_bp,
    )
    assert (line.price_cents, line.tax_cents) == (price, tax)
    return line, price, discount, tax


def test_of_declined_and_unchosen_jobs_nothing_is_charged():
    line = (LineMoney(100, 0, 8),)

    assert sum_jobs([JobMoney(Approval.DECLINED, True, line), JobMoney(Approval.PENDING, False, line)]).total_cents == 0


def test_a_summary_names_the_first_job_and_counts_the_others():
    assert [summary_of(names) for names in ([], ["Oil"], ["Oil", "Pads", "Tires"])] == [None, "Oil", "Oil +2"]


# --- discounts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "discount", "price", "is_let"),
    [
        pytest.param("Advisor", 10_00, 100_00, True, id="a tenth"),
        pytest.param("Advisor", 10_01, 100_00, False, id="a cent more"),
        pytest.param("Advisor", 1, 5, True, id="half a cent goes up"),
        pytest.param("Advisor", 1, 0, False, id="of nothing"),
        pytest.param("Owner", 100_00, 100_00, True, id="the owner all of it"),
        pytest.param("Tech", 11, 100, False, id="a technician"),
    ],
)
def test_an_advisor_takes_off_a_tenth_at_most(role, discount, price, is_let):
    if is_let:
        check_discount(role, discount_cents=discount, price_cents=price, currency="USD")
        return
    with pytest.raises(DiscountLimitError) as refused:
        check_discount(role, discount_cents=discount, price_cents=price, currency="USD")
    assert "Owner can take off more" in refused.value.message
    assert f"here ${refused.value.context['most_cents'] / 100:.2f};" in refused.value.message


def test_a_larger_discount_that_somebody_else_gave_may_stay_but_not_grow():
    given = LineMoney(100_00, 50_00, 0)

    check_discount("Advisor", discount_cents=50_00, price_cents=200_00, currency="USD", before=given)
    check_discount("Advisor", discount_cents=40_00, price_cents=100_00, currency="USD", before=given)
    for discount, price in ((51_00, 100_00), (50_00, 99_00)):
        with pytest.raises(DiscountLimitError):
            check_discount("Advisor", discount_cents=discount, price_cents=price, currency="USD", before=given)


def test_a_discount_is_divided_to_the_cent_and_never_above_a_price():
    random = Random(7)
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(5, [0, 10, 0]) == [0, 5, 0]
    assert spread(0, []) == []
    for _ in range(2_000):
        prices = [random.randint(0, 900) for _ in range(random.randint(1, 6))]
        amount = random.randint(0, sum(prices))
        shares = spread(amount, prices)
        assert sum(shares) == amount
        assert all(0 <= share <= price for share, price in zip(shares, prices, strict=True))


# --- what a line may be -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hours": Decimal(1)}, "hours"),
        ({"kind": LineKind.LABOR}, "hours"),
        ({"is_flat": True}, "isFlat"),
        ({"discount_cents": 101, "discount_reason": "x"}, "discountCents"),
        ({"discount_cents": 10}, "discountReason"),
        ({"unit_price_cents": 1_000_000_00, "quantity": Decimal(11)}, "unitPriceCents"),
    ],
)
def test_a_line_that_cannot_be_names_its_field(changes, field):
    line = {
        "kind": LineKind.PART,
        "unit_price_cents": 100,
        "quantity": Decimal(1),
        "hours": None,
        "is_flat": False,
        "discount_cents": 0,
        "discount_reason": None,
        "tax_bp": Decimal(0),
        **changes,
    }
    with pytest.raises(RuleViolationError) as refused:
        price_checked(line.pop("kind"), **line)
    assert list(refused.value.context["errors"]) == [field]


@pytest.mark.parametrize(
    ("name", "hours", "expected"), [(None, "0.5", 150_00), (None, "4", 140_00), ("Diesel", "1", 180_00)]
)
def test_the_matrix_gives_an_hours_price_by_name_and_length(name, hours, expected):
    rates = Rates(
        (
            Rate("Standard", Decimal(0), 150_00, True),
            Rate("Standard", Decimal(3), 140_00, True),
            Rate("Diesel", Decimal(0), 180_00, False),
        ),
        {},
    )

    assert hour_price(rates, name, Decimal(hours)) == expected
    with pytest.raises(RuleViolationError):
        hour_price(rates, "Hybrid", Decimal(1))
