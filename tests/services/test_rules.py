from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.catalog.rules import LineKind
from backend.services.rules import Approval, JobMoney, LineMoney, price_line, sum_jobs, summary_of


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


@settings(max_examples=10_000, deadline=None)
@given(st.lists(_jobs, max_size=5))
def test_a_total_is_the_sum_of_the_totals_of_the_lines_that_count(jobs):
    charged = [line for job in jobs if job.is_chosen and job.approval != "declined" for line in job.lines]

    totals = sum_jobs(jobs)

    assert totals.total_cents == sum(line.total_cents for line in charged)
    assert totals.total_cents == sum(line.price_cents - line.discount_cents + line.tax_cents for line in charged)


def test_of_declined_and_unchosen_jobs_nothing_is_charged():
    line = (LineMoney(100, 0, 8),)

    assert sum_jobs([JobMoney(Approval.DECLINED, True, line), JobMoney(Approval.PENDING, False, line)]).total_cents == 0


def test_a_summary_names_the_first_job_and_counts_the_others():
    assert [summary_of(names) for names in ([], ["Oil"], ["Oil", "Pads", "Tires"])] == [None, "Oil", "Oil +2"]
