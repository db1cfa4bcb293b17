from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.core.actor import SYSTEM
from backend.core.db import transaction
from backend.core.errors import NotFoundError
from backend.core.ids import new_id
from backend.links import commands, queries
from backend.links.commands import Caller
from backend.links.models import SignedLink
from backend.links.rules import MAXIMUM_AGE, LinkEndedError, LinkUnknownError, Purpose
from tests.factories.appointments import make_appointment
from tests.factories.shop import make_location

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
CALLER = Caller("203.0.113.7", "Phone")


@pytest.fixture
def visit(session: Session) -> Appointment:
    return make_appointment(session, make_location(session, phone="+17185550100"))


def _make(session: Session, visit: Appointment, **options):
    link_id, token = commands.create_link(
        session,
        purpose=options.pop("purpose", Purpose.ESTIMATE),
        appointment_id=visit.id,
        location_id=visit.location_id,
        actor=SYSTEM,
        now=NOW,
        **options,
    )
    return link_id, token


def test_a_token_opens_its_link_and_is_kept_nowhere(session, visit):
    link_id, token = _make(session, visit)
    found = queries.find_by_token(session, token)
    assert found is not None
    assert found.id == link_id
    assert found.expires_at == NOW + timedelta(hours=48)
    kept = session.execute(sa.text("SELECT signed_links::text FROM signed_links")).scalar_one()
    assert token not in kept


def test_a_link_never_lasts_longer_than_seven_days(session, visit):
    link_id, _ = _make(session, visit, lifetime=timedelta(days=30))
    assert queries.get_open(session, link_id, Purpose.ESTIMATE, NOW + MAXIMUM_AGE - timedelta(seconds=1)).id == link_id
    with pytest.raises(LinkEndedError) as error:
        queries.get_open(session, link_id, Purpose.ESTIMATE, NOW + MAXIMUM_AGE + timedelta(seconds=1))
    assert "(718) 555-0100" in error.value.message


@pytest.mark.parametrize("at", [0, 20, 42])
def test_an_altered_character_opens_nothing(session, visit, at):
    _, token = _make(session, visit)
    other = "A" if token[at] != "A" else "B"
    # The last character has two bits that no decoder reads; the whole text counts here.
    assert queries.find_by_token(session, token[:at] + other + token[at + 1 :]) is None


def test_a_token_opens_nothing_of_another_purpose(session, visit):
    link_id, token = _make(session, visit)
    session.execute(sa.update(SignedLink).values(purpose=Purpose.INVOICE.value))
    assert queries.find_by_token(session, token) is None
    with pytest.raises(LinkUnknownError):
        queries.get_open(session, link_id, Purpose.ESTIMATE, NOW)


def test_a_revoked_link_has_ended_and_stays_so(session, visit):
    link_id, _ = _make(session, visit)
    with pytest.raises(NotFoundError):
        commands.revoke(session, link_id, actor=SYSTEM, location_ids=[new_id()], now=NOW)
    for _ in range(2):
        commands.revoke(session, link_id, actor=SYSTEM, location_ids=[visit.location_id], now=NOW)
    with pytest.raises(LinkEndedError):
        queries.get_open(session, link_id, Purpose.ESTIMATE, NOW)


def test_a_browser_is_one_visit_however_often_it_acts(session, visit):
    link_id, _ = _make(session, visit)
    first = commands.start_visit(session, link_id, "secret", CALLER, NOW)
    assert commands.start_visit(session, link_id, "secret", CALLER, NOW) == first
    assert commands.start_visit(session, link_id, "another", CALLER, NOW) != first
    assert commands.note_opened(session, link_id, NOW)
    assert not commands.note_opened(session, link_id, NOW + timedelta(hours=1))


def test_the_last_four_digits_make_this_browser_known_alone(session, visit):
    link_id, _ = _make(session, visit, phone="+17185550123")
    mine = commands.start_visit(session, link_id, "mine", CALLER, NOW)
    commands.start_visit(session, link_id, "theirs", CALLER, NOW)
    assert commands.step_up(session, link_id, mine, "9999", NOW) == commands.StepUp(is_right=False, left=4)
    assert commands.step_up(session, link_id, mine, "0123", NOW).is_right
    link = queries.get_open(session, link_id, Purpose.ESTIMATE, NOW)
    assert queries.find_visit(session, link, "mine").is_known
    assert not queries.find_visit(session, link, "theirs").is_known


def test_a_link_without_a_phone_can_not_be_stepped_up(session, visit):
    link_id, _ = _make(session, visit)
    mine = commands.start_visit(session, link_id, "mine", CALLER, NOW)
    assert commands.step_up(session, link_id, mine, "0123", NOW) == commands.StepUp(is_right=False, left=0)


def test_twenty_guesses_at_once_are_five(session, visit):
    link_id, _ = _make(session, visit, phone="+17185550123")
    mine = commands.start_visit(session, link_id, "mine", CALLER, NOW)
    session.commit()

    def guess(number: int) -> int:
        with transaction() as other:
            return commands.step_up(other, link_id, mine, f"{1000 + number}", NOW).left

    with ThreadPoolExecutor(5) as pool:
        left = sorted(pool.map(guess, range(20)), reverse=True)
    assert left[:5] == [4, 3, 2, 1, 0]
    assert set(left[5:]) == {0}
    assert not commands.step_up(session, link_id, mine, "0123", NOW).is_right
