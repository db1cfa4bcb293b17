"""Each night what visits say was paid is compared with their ledgers."""

import pytest
import sqlalchemy as sa

from backend.payments import tasks
from tests.payments.conftest import make_visit, paid


def _told(client):
    lines = client.get("/metrics").text.splitlines()
    return [line for line in lines if line.startswith("ledger_mismatch_rows")]


@pytest.mark.parametrize("spoiled", ["paid", "owed", "ledger", "nothing entered"])
def test_a_visit_that_differs_from_its_ledger_is_counted(
    session, location, visit, as_role, client, unguarded, caplog, spoiled
):
    paid(as_role("Advisor"), visit, 40_00)
    other = make_visit(session, location)
    session.commit()
    tasks.check_ledger()
    assert _told(client) == ["ledger_mismatch_rows 0.0"]
    statement, number = {
        "paid": ("UPDATE appointments SET paid_cents = 4001 WHERE paid_cents <> 0", visit.number),
        "owed": ("UPDATE appointments SET owed_cents = 0 WHERE owed_cents <> 0", visit.number),
        "ledger": ("UPDATE payments SET amount_cents = 3999", visit.number),
        "nothing entered": ("UPDATE appointments SET paid_cents = 1 WHERE paid_cents = 0", other.number),
    }[spoiled]
    unguarded(statement)

    tasks.check_ledger()

    assert _told(client) == ["ledger_mismatch_rows 1.0"]
    named = session.scalar(sa.text("SELECT mismatches FROM ledger_checks ORDER BY id DESC LIMIT 1"))
    assert [one["number"] for one in named] == [number]
    assert "ledger_mismatch" in caplog.text
