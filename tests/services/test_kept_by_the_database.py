"""What the database keeps of the work, whoever writes."""

import pytest
import sqlalchemy as sa

from backend.services.rules import Approval
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.shop import make_location

_APPROVE = sa.text("UPDATE appointment_jobs SET approval = 'approved', decided_at = now() WHERE id = :job")
_PENDING = sa.text("UPDATE appointment_jobs SET approval = 'pending', decided_at = NULL WHERE id = :job")
_TAKE_LINES_OFF = sa.text("UPDATE appointment_services SET deleted_at = now() WHERE job_id = :job")


def _commits(session, *statements, job):
    for statement in statements:
        session.execute(statement, {"job": job.id})
    session.commit()


@pytest.fixture
def priced(session):
    job = make_job(session, make_appointment(session, make_location(session)))
    session.commit()
    return job


@pytest.mark.parametrize("statements", [(_TAKE_LINES_OFF, _APPROVE), (_APPROVE, _TAKE_LINES_OFF)])
def test_an_approved_job_has_a_price_in_whatever_order_it_is_written(session, priced, statements):
    with pytest.raises(sa.exc.IntegrityError, match="an approved job has a price"):
        _commits(session, *statements, job=priced)
    session.rollback()


def test_the_last_line_of_an_approved_job_goes_with_its_approval(session, priced):
    _commits(session, _APPROVE, job=priced)
    for gone in (_TAKE_LINES_OFF, sa.text("DELETE FROM appointment_services WHERE job_id = :job")):
        with pytest.raises(sa.exc.IntegrityError, match="an approved job has a price"):
            _commits(session, gone, job=priced)
        session.rollback()
    _commits(session, _TAKE_LINES_OFF, _PENDING, job=priced)
    session.refresh(priced)
    assert priced.approval == Approval.PENDING


def test_a_line_may_go_where_another_one_stays(session):
    visit = make_appointment(session, make_location(session))
    job = make_job(session, visit, approval=Approval.APPROVED, lines=[{}, {}])
    session.commit()
    _commits(session, sa.text("DELETE FROM appointment_services WHERE job_id = :job AND sort_order = 0"), job=job)
