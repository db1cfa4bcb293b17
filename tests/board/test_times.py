"""A card that is dragged and one whose status is changed in its drawer get the same times: SQL and Python agree."""

from datetime import datetime, timedelta
from uuid import UUID

import flask_jwt_extended as jwt_extended
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.appointments import rules
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.board import commands
from backend.board.rules import MoveRequest, Origin
from backend.core.actor import Actor, ActorKind
from backend.core.errors import RuleViolationError
from tests.factories.appointments import START, make_appointment
from tests.factories.shop import make_location

NOW = START + timedelta(hours=2)
REASON = "the customer came back"
# Every kind of time: none, in the past to the microsecond, now, and as far ahead as a phone's clock may run.
MOMENTS = st.none() | st.integers(-8 * 3600 * 10**6, 5 * 60 * 10**6).map(lambda us: NOW + timedelta(microseconds=us))
STEPS = [(source, target) for source in Status for target in Status]


def _can_be(source: Status, check_in_at: datetime | None, check_out_at: datetime | None) -> bool:
    """True for a row that commands can leave behind."""
    try:
        rules.check_presence(source, check_in_at, check_out_at, NOW)
    except RuleViolationError:
        return False
    return True


@pytest.mark.parametrize(("source", "target"), STEPS, ids=lambda status: status.value)
def test_a_drag_leaves_the_times_that_the_rules_say(app, as_role, session, source, target):
    """Every pair of states, also those that nobody may make: they change nothing."""
    location = make_location(session)
    owner = as_role("Owner")
    with app.app_context():
        session_id = UUID(jwt_extended.decode_token(owner.token)["sid"])
    actor = Actor(ActorKind.USER, owner.user.id, owner.user.name, "Owner")
    identifier = make_appointment(session, location).id
    session.commit()
    looked_at = 0

    @settings(max_examples=25, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
    @given(check_in_at=MOMENTS, check_out_at=MOMENTS)
    def agree(check_in_at: datetime | None, check_out_at: datetime | None) -> None:
        nonlocal looked_at
        if not _can_be(source, check_in_at, check_out_at):
            return
        looked_at += 1
        since = NOW - timedelta(days=1)
        session.execute(
            sa.update(Appointment)
            .where(Appointment.id == identifier)
            .values(status=source, status_since=since, check_in_at=check_in_at, check_out_at=check_out_at)
        )
        session.commit()
        request = MoveRequest(target, None, None, None, REASON)
        origin = Origin("192.0.2.7", None, None, NOW)
        move = commands.move_card(session_id, identifier, request, origin)
        if move is None and target not in rules.NOT_BLOCKING:
            move = commands.revive_card(session, session_id, identifier, request, actor, origin)
        session.commit()
        session.expire_all()
        moved = session.get_one(Appointment, identifier)

        if source is target:
            expected = (check_in_at, check_out_at)
        elif target in rules.TRANSITIONS[source]:
            assert move is not None
            expected = rules.times_after(target, check_in_at, check_out_at, NOW, source=source)
        else:
            assert move is None
            assert moved.status == source
            expected = (check_in_at, check_out_at)
        assert (moved.check_in_at, moved.check_out_at) == expected
        assert moved.status_since == (NOW if moved.status != source else since)
        assert _can_be(Status(moved.status), moved.check_in_at, moved.check_out_at)

    agree()

    assert looked_at >= 3
