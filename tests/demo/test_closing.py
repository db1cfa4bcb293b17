"""The demo shop's days are closed as an accountant would, and its books agree to the cent."""

from datetime import UTC, date, datetime

import sqlalchemy as sa

from backend.books.models import DayClose
from backend.demo.closing import OVER_CENTS
from backend.journal.queries import list_faults, read_balance
from backend.shop.models import Location

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
LAST_CLOSED = date(2026, 11, 18)


def test_every_day_up_to_the_one_before_yesterday_is_closed_and_everything_ties_out(demo_shop, session):
    demo_shop(NOW)

    places = list(session.scalars(sa.select(Location.id)))
    open_days = session.execute(
        sa.text(
            "SELECT DISTINCT accounting_on FROM payments p WHERE accounting_on <= :day AND NOT EXISTS "
            "(SELECT FROM day_closes c WHERE c.location_id = p.location_id AND c.day = p.accounting_on)"
        ),
        {"day": LAST_CLOSED},
    ).all()
    closes = list(session.scalars(sa.select(DayClose)))
    over = [close for close in closes if close.over_short_cents]

    assert open_days == []
    assert max(close.day for close in closes) == LAST_CLOSED
    assert [close.over_short_cents for close in over] == [OVER_CENTS]
    assert over[0].counted["cash"] - over[0].expected["cash"] == OVER_CENTS
    assert over[0].note
    everything = (date(2020, 1, 1), date(2026, 12, 31))
    assert list_faults(session, places, *everything) == []
    balance = read_balance(session, places, *everything)
    assert balance.difference_cents == 0
    assert balance.debit_cents == balance.credit_cents > 0
