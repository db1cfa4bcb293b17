from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.appointments import commands
from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.core.actor import Actor, ActorKind
from backend.outbox.models import OutboxEvent
from tests.factories.appointments import START, make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_location

ANA = Actor(ActorKind.CUSTOMER, name="Ana Flores")
NOW = START - timedelta(hours=20)


def _confirm(session, job, now=NOW):
    return commands.confirm_appointment(session, job.id, actor=ANA, now=now)


def test_a_customer_who_confirms_is_noted_once_and_changes_no_version(session):
    job = make_appointment(session, make_location(session))

    first, second = _confirm(session, job), _confirm(session, job, NOW + timedelta(minutes=1))

    session.refresh(job)
    assert (first, second) == (True, False)
    assert (job.confirmed_at, job.version, job.rev) == (NOW, 1, 2)
    rows = session.execute(sa.select(AuditLog.action, AuditLog.actor_name, AuditLog.version, AuditLog.changes)).all()
    assert [tuple(row) for row in rows] == [
        ("appointment.confirmed", "Ana Flores", None, {"confirmedAt": [None, "2026-11-19T19:00:00Z"]})
    ]
    assert session.scalars(sa.select(OutboxEvent.event)).all() == ["appointment.confirmed"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"status": Status.CANCELED}, id="canceled"),
        pytest.param({"status": Status.READY, "check_in_at": NOW}, id="here already"),
        pytest.param({"deleted_at": NOW}, id="deleted"),
        pytest.param({"starts_at": NOW - timedelta(minutes=1), "ends_at": NOW + timedelta(hours=1)}, id="begun"),
    ],
)
def test_what_is_not_to_come_is_not_confirmed(session, changes):
    job = make_appointment(session, make_location(session), **changes)

    assert _confirm(session, job) is False
    session.refresh(job)
    assert (job.confirmed_at, job.rev) == (None, 1)
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditLog)) == 0


def test_another_start_is_not_confirmed(session, as_role):
    job = make_appointment(session, make_location(session), confirmed_at=datetime(2026, 11, 19, 12, tzinfo=UTC))
    advisor = as_role("Advisor")

    kept = advisor.patch(f"/api/appointments/{job.id}", json={"title": "Brakes"}).get_json()
    moved = advisor.patch(
        f"/api/appointments/{job.id}", json={"start": "2026-11-20T16:00:00Z", "end": "2026-11-20T17:00:00Z"}
    ).get_json()

    assert (kept["confirmedAt"], moved["confirmedAt"]) == ("2026-11-19T12:00:00Z", None)
    changes = session.scalars(sa.select(AuditLog.changes).order_by(AuditLog.id.desc())).first()
    assert changes["confirmedAt"] == ["2026-11-19T12:00:00Z", None]


def test_another_customer_has_not_confirmed(session, as_role):
    job = make_appointment(session, make_location(session), confirmed_at=NOW)
    rosa = make_customer(session)

    changed = as_role("Advisor").patch(f"/api/appointments/{job.id}", json={"customerId": str(rosa.id)}).get_json()

    assert changed["confirmedAt"] is None


def test_the_card_and_the_drawer_say_that_they_will_come(session, as_role):
    job = make_appointment(session, make_location(session), confirmed_at=NOW)
    advisor = as_role("Advisor")

    board = advisor.get("/api/admin/appointments/board?from=2026-11-20&to=2026-11-20").get_json()
    drawer = advisor.get(f"/api/appointments/{job.id}").get_json()

    assert [card["flags"] for card in board["cards"]] == [["confirmed"]]
    assert drawer["appointment"]["confirmedAt"] == "2026-11-19T19:00:00Z"


def test_a_car_that_is_here_needs_no_confirmation_on_its_card(session, as_role):
    make_appointment(session, make_location(session), confirmed_at=NOW, status=Status.IN_PROGRESS, check_in_at=START)

    board = as_role("Advisor").get("/api/admin/appointments/board?from=2026-11-20&to=2026-11-20").get_json()

    assert [card["flags"] for card in board["cards"]] == [[]]
