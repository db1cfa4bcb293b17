"""What the demo shop's customers were shown, and what they said to it."""

from datetime import UTC, datetime

import sqlalchemy as sa

from backend.core.db import reading
from backend.estimates import queries, rules
from backend.estimates.rules import EstimateState
from backend.services import queries as services

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def test_estimates_stand_as_the_product_would_have_left_them(demo_shop):
    demo_shop(NOW)

    with reading() as session:
        shown = session.execute(
            sa.text("SELECT id, estimate_state FROM appointments WHERE estimate_state IS NOT NULL ORDER BY number")
        ).all()
        states = {row.estimate_state for row in shown}
        derived = {}
        for row in shown:
            current = queries.find_current(session, row.id)
            assert current is not None
            assert current.document_hash == rules.hash_document(current.document)
            assert rules.says_the_same(current.document, services.read_document(session, row.id))
            jobs = services.list_jobs(session, row.id)
            standing = queries.standings(jobs, queries.list_records(session, row.id), current)
            derived[row.id] = rules.state_of(standing, was_shown=True, is_opened=current.opened_at is not None)
        declined = session.scalar(
            sa.text(
                "SELECT count(DISTINCT o.vehicle_id) FROM appointments o JOIN appointments e ON e.vehicle_id = o.vehicle_id "
                "AND e.status = 'COMPLETED' JOIN appointment_jobs j ON j.appointment_id = e.id AND j.approval = 'declined' "
                "WHERE o.status IN ('SCHEDULED', 'IN_PROGRESS')"
            )
        )
        future = session.scalar(sa.text("SELECT count(*) FROM approvals WHERE said_at > :now"), {"now": NOW})
    assert {row.id: row.estimate_state for row in shown} == derived
    assert states >= {
        EstimateState.SENT,
        EstimateState.OPENED,
        EstimateState.QUESTION,
        EstimateState.APPROVED,
        EstimateState.PARTLY,
    }
    assert declined > 0, "open visits of cars with earlier declined work"
    assert future == 0
