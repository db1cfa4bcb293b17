"""Whether a visit's estimate is open, and how it stands, as its card tells."""

from uuid import UUID

from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.estimates import queries, rules
from backend.estimates.rules import (
    EstimateClosedError,
    EstimateState,
)
from backend.services import queries as service_queries

ENTITY = "estimate"
CLOSED = frozenset({Status.COMPLETED, Status.CANCELED, Status.NO_SHOW})


def check_is_open(appointment: Appointment) -> None:
    """Refuse to show or approve anything in a visit that is over or invoiced."""
    if appointment.status in CLOSED:
        raise EstimateClosedError("This visit is over. Nothing can be approved in it any more.")
    if appointment.locked_at is not None:
        raise EstimateClosedError("This visit was invoiced. Unlock the invoice first.")


def follow_work(session: Session, job_id: UUID) -> None:
    """Bring how a visit's estimate stands up to its jobs, after one of them came, went or changed."""
    appointment_id = queries.find_appointment_of_job(session, job_id)
    appointment = None if appointment_id is None else appointment_queries.find_for_update(session, appointment_id)
    if appointment is not None and appointment.estimate_state != _state_of(session, appointment):
        settle(session, appointment)


def settle(session: Session, appointment: Appointment) -> None:
    """Write how the estimate stands on the appointment, and tell every open screen."""
    appointment.estimate_state = _state_of(session, appointment)
    session.flush()
    appointments.announce(session, appointment.id)


def _state_of(session: Session, appointment: Appointment) -> EstimateState | None:
    current = queries.find_current(session, appointment.id)
    jobs = service_queries.list_jobs(session, appointment.id)
    records = queries.list_records(session, appointment.id)
    return rules.state_of(
        queries.standings(jobs, records, current),
        was_shown=current is not None,
        is_opened=current is not None and current.opened_at is not None,
    )
