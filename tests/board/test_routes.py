"""The board over HTTP: what it shows to whom, where a move puts a card, what is refused."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import flask_jwt_extended as jwt_extended
import pytest
import sqlalchemy as sa

from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.board import commands
from backend.board.rules import MoveRequest, Origin
from backend.core.clock import local_day, utc_now
from backend.core.db import transaction
from backend.outbox.models import OutboxEvent
from tests.factories.appointments import make_appointment
from tests.factories.shop import make_location

BOARD = "/api/admin/appointments/board"
NEW_YORK = ZoneInfo("America/New_York")


def _move(appointment: Appointment) -> str:
    return f"/api/admin/appointments/{appointment.id}/move"


def _today_at(hour: int, minute: int = 0) -> datetime:
    midnight = datetime.combine(local_day(utc_now(), NEW_YORK), datetime.min.time(), tzinfo=NEW_YORK).astimezone(UTC)
    return midnight + timedelta(hours=hour, minutes=minute)


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn")


@pytest.fixture
def column(session, location):
    """Return a maker of `count` scheduled cards of today, an hour apart, in order."""

    def make(count: int, status: Status = Status.SCHEDULED, **overrides: Any) -> list[Appointment]:
        return [
            make_appointment(
                session,
                location,
                starts_at=_today_at(8, number),
                order_key=1024.0 * (number + 1),
                status=status,
                **overrides,
            )
            for number in range(count)
        ]

    return make


def _order(client, status: str = "SCHEDULED") -> list[str]:
    cards = client.get(BOARD).get_json()["cards"]
    return [card["id"] for card in cards if card["status"] == status]


def test_the_board_has_six_columns_in_the_order_of_the_states(as_role, column):
    column(2, total_cents=12_500)

    board = as_role("Advisor").get(BOARD).get_json()

    assert [c["key"] for c in board["columns"]] == [
        "SCHEDULED",
        "IN_PROGRESS",
        "READY",
        "COMPLETED",
        "NO_SHOW",
        "CANCELED",
    ]
    assert board["columns"][0]["count"] == 2
    assert board["columns"][0]["sumCents"] == 25_000
    assert [card["position"] for card in board["cards"]] == [1, 2]
    assert board["location"]["timezone"] == "America/New_York"


def test_a_technician_sees_no_money_anywhere(as_role, column):
    column(1, total_cents=12_500)

    answer = as_role("Tech").get(BOARD)

    assert answer.status_code == 200
    assert "Cents" not in answer.text


def test_an_accountant_cannot_see_the_board(as_role, column):
    column(1)

    answer = as_role("Accountant").get(BOARD)

    assert answer.status_code == 403
    assert answer.get_json()["allowedRoles"] == ["Advisor", "Owner", "Tech"]


@pytest.mark.parametrize(
    ("instant", "is_today"),
    [
        pytest.param(timedelta(minutes=-1), False, id="a minute before local midnight"),
        pytest.param(timedelta(0), True, id="at local midnight"),
        pytest.param(timedelta(hours=22, minutes=59), True, id="late in the evening, another day in UTC"),
    ],
)
def test_today_is_the_locations_day(session, as_role, location, instant, is_today):
    make_appointment(session, location, starts_at=_today_at(0) + instant)

    cards = as_role("Advisor").get(BOARD).get_json()["cards"]

    assert len(cards) == int(is_today)


def test_cars_from_earlier_days_stay_on_the_board_until_they_leave(session, as_role, location):
    yesterday = _today_at(9) - timedelta(days=1)
    here = make_appointment(session, location, starts_at=yesterday, status=Status.READY, check_in_at=yesterday)
    make_appointment(
        session,
        location,
        starts_at=yesterday,
        status=Status.COMPLETED,
        check_in_at=yesterday,
        check_out_at=yesterday + timedelta(hours=3),
    )
    make_appointment(session, location, starts_at=yesterday, status=Status.CANCELED, check_in_at=yesterday)
    make_appointment(session, location, starts_at=yesterday)  # never came

    cards = as_role("Advisor").get(BOARD).get_json()["cards"]

    assert [(card["id"], card["carryOver"]) for card in cards] == [(str(here.id), True)]


def test_a_car_from_an_earlier_day_is_on_the_board_of_the_day_that_it_leaves(session, as_role, location):
    advisor, today = as_role("Advisor"), local_day(_today_at(12), NEW_YORK)
    yesterday = _today_at(9) - timedelta(days=1)
    card = make_appointment(session, location, starts_at=yesterday, status=Status.READY, check_in_at=yesterday)

    moved = advisor.patch(_move(card), json={"status": "COMPLETED", "position": 1})

    assert moved.status_code == 200
    (shown,) = advisor.get(BOARD).get_json()["cards"]
    assert (shown["id"], shown["status"], shown["carryOver"]) == (str(card.id), "COMPLETED", True)
    tomorrow = today + timedelta(days=1)
    assert advisor.get(f"{BOARD}?from={tomorrow}&to={tomorrow}").get_json()["cards"] == []
    # Its own day's board has it once, and a range that has both days too.
    for first, last in ((today - timedelta(days=1), today - timedelta(days=1)), (today - timedelta(days=1), today)):
        assert len(advisor.get(f"{BOARD}?from={first}&to={last}").get_json()["cards"]) == 1

    reopened = {"status": "READY", "position": 1, "reason": "The horn still does not work."}
    assert advisor.patch(_move(card), json=reopened).status_code == 200
    assert advisor.get(BOARD).get_json()["cards"][0]["status"] == "READY"


@pytest.mark.parametrize(("after", "word"), [("itself", "behind itself"), ("nothing", "no such card")])
def test_a_neighbour_that_can_not_be_is_refused_in_words(session, as_role, location, after, word):
    card = make_appointment(session, location, starts_at=_today_at(9))

    neighbour = str(card.id) if after == "itself" else "01a1e698-1b00-7e07-9286-46a26bf62b5c"
    answer = as_role("Advisor").patch(_move(card), json={"status": "IN_PROGRESS", "afterId": neighbour})

    assert answer.status_code == 422
    assert word in answer.get_json()["errors"]["afterId"][0]
    session.refresh(card)
    assert (card.status, card.version) == ("SCHEDULED", 1)


def test_a_range_of_days_includes_both_ends(session, as_role, location):
    today = local_day(_today_at(12), NEW_YORK)
    for offset in (-2, -1, 0, 1):
        make_appointment(session, location, starts_at=_today_at(9) + timedelta(days=offset))

    url = f"{BOARD}?from={today - timedelta(days=1)}&to={today}"
    cards = as_role("Advisor").get(url).get_json()["cards"]

    assert sorted(card["day"] for card in cards) == [str(today - timedelta(days=1)), str(today)]


def test_filters_keep_the_true_positions(as_role, column, session):
    cards = column(3)
    cards[2].title = "Squeaky belt"

    board = as_role("Advisor").get(f"{BOARD}?q=squeaky").get_json()

    assert [(card["id"], card["position"]) for card in board["cards"]] == [(str(cards[2].id), 3)]
    assert board["columns"][0]["count"] == 1


def test_an_unchanged_board_is_a_304_and_any_change_is_not(as_role, column, session):
    cards = column(2)
    advisor = as_role("Advisor")
    etag = advisor.get(BOARD).headers["ETag"]

    assert advisor.get(BOARD, headers={"If-None-Match": etag}).status_code == 304

    # A change that people's versions don't count must show all the same.
    session.execute(sa.update(Appointment).where(Appointment.id == cards[0].id).values(unread_count=1))
    answer = advisor.get(BOARD, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert answer.get_json()["cards"][0]["unreadCount"] == 1


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip"])
def test_the_board_is_compressed_as_the_browser_asks(as_role, column, encoding):
    column(5)

    answer = as_role("Advisor").get(BOARD, headers={"Accept-Encoding": encoding})

    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_people_see_only_their_own_locations_board(session, as_role, location):
    other = make_location(session, name="Mesa")
    make_appointment(session, other, starts_at=_today_at(9))

    advisor = as_role("Advisor", [location])

    assert advisor.get(BOARD).get_json()["cards"] == []
    assert advisor.get(f"{BOARD}?locationId={other.id}").status_code == 404


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        pytest.param({"position": 1}, [2, 0, 1, 3], id="first position"),
        pytest.param({"position": 2}, [0, 2, 1, 3], id="second position"),
        pytest.param({"position": 99}, [0, 1, 3, 2], id="past the end"),
        pytest.param({"afterId": None}, [2, 0, 1, 3], id="top"),
        pytest.param({"afterId": 0}, [0, 2, 1, 3], id="after the first"),
        pytest.param({"afterId": 3}, [0, 1, 3, 2], id="after the last"),
    ],
)
def test_a_card_moves_within_its_column(as_role, column, place, expected):
    cards = column(4)
    if place.get("afterId") is not None:
        place = {"afterId": str(cards[place["afterId"]].id)}
    advisor = as_role("Advisor")

    answer = advisor.patch(_move(cards[2]), json={"status": "SCHEDULED", **place})

    assert answer.status_code == 200, answer.text
    order = [str(cards[index].id) for index in expected]
    assert _order(advisor) == order
    assert answer.get_json()["position"] == order.index(str(cards[2].id)) + 1


def test_a_move_to_progress_checks_the_car_in_and_back_undoes_it(as_role, column, session):
    (card,) = column(1)
    advisor = as_role("Advisor")

    there = advisor.patch(_move(card), json={"status": "IN_PROGRESS", "position": 1}).get_json()
    checked_in = session.get(Appointment, card.id).check_in_at
    back = advisor.patch(_move(card), json={"status": "SCHEDULED", "position": 1}).get_json()

    assert there["version"] == 2
    assert abs(checked_in - datetime.now(UTC)) < timedelta(minutes=1)
    assert back["version"] == 3
    session.expire_all()
    assert session.get(Appointment, card.id).check_in_at is None


def test_a_move_writes_one_audit_row_and_standing_still_none(as_role, column, session):
    cards = column(2)
    advisor = as_role("Advisor")

    advisor.patch(_move(cards[0]), json={"status": "SCHEDULED", "position": 2})
    advisor.patch(_move(cards[0]), json={"status": "SCHEDULED", "position": 2})
    advisor.patch(_move(cards[0]), json={"status": "IN_PROGRESS", "afterId": None})

    rows = session.scalars(sa.select(AuditLog).where(AuditLog.entity_id == cards[0].id).order_by(AuditLog.id)).all()
    assert [(row.action, row.version) for row in rows] == [("appointment.moved", 2), ("appointment.status_changed", 3)]
    assert rows[0].changes == {"position": [1, 2]}
    assert rows[1].changes["status"] == ["SCHEDULED", "IN_PROGRESS"]
    assert rows[1].actor_id == advisor.user.id


_STEPS = [
    ("SCHEDULED", "IN_PROGRESS", 200),
    ("SCHEDULED", "READY", 409),
    ("SCHEDULED", "COMPLETED", 409),
    ("SCHEDULED", "NO_SHOW", 200),
    ("SCHEDULED", "CANCELED", 200),
    ("IN_PROGRESS", "READY", 200),
    ("IN_PROGRESS", "NO_SHOW", 409),
    ("READY", "COMPLETED", 200),
    ("READY", "SCHEDULED", 409),
    ("COMPLETED", "IN_PROGRESS", 409),
    ("NO_SHOW", "SCHEDULED", 200),
    ("CANCELED", "SCHEDULED", 200),
    ("CANCELED", "READY", 409),
]


@pytest.mark.parametrize(("source", "target", "status"), _STEPS)
def test_only_steps_of_the_state_machine_are_taken(as_role, column, session, source, target, status):
    (card,) = column(1, Status(source))

    answer = as_role("Owner").patch(_move(card), json={"status": target, "afterId": None})

    assert answer.status_code == status, answer.text
    if status == 409:
        problem = answer.get_json()
        assert problem["code"] == "illegal_transition"
        assert problem["card"]["status"] == source
        assert session.get(Appointment, card.id).version == 1
        assert session.scalar(sa.select(sa.func.count()).where(AuditLog.entity_id == card.id)) == 0


def test_a_technician_cannot_complete_a_job(as_role, column, session):
    (card,) = column(1, Status.READY)

    answer = as_role("Tech").patch(_move(card), json={"status": "COMPLETED", "afterId": None})

    assert answer.status_code == 403
    assert answer.get_json()["detail"] == "Only Advisor or Owner can move a job from Ready to Completed."
    assert "totalCents" not in answer.get_json()["card"]
    assert session.get(Appointment, card.id).status == "READY"


def test_reopening_needs_a_reason(as_role, column, session):
    (card,) = column(1, Status.COMPLETED, check_in_at=_today_at(8), check_out_at=_today_at(9))
    advisor = as_role("Advisor")

    refused = advisor.patch(_move(card), json={"status": "READY", "afterId": None})
    done = advisor.patch(_move(card), json={"status": "READY", "afterId": None, "reason": "Wrong car"})

    assert (refused.status_code, refused.get_json()["code"]) == (422, "reason_required")
    assert done.status_code == 200
    row = session.scalars(sa.select(AuditLog).where(AuditLog.entity_id == card.id)).one()
    assert row.reason == "Wrong car"
    assert session.get(Appointment, card.id).check_out_at is None


def test_a_stale_version_is_refused_with_the_present_card(as_role, column):
    (card,) = column(1)
    advisor = as_role("Advisor")
    advisor.patch(_move(card), json={"status": "IN_PROGRESS", "afterId": None, "version": 1})

    answer = advisor.patch(_move(card), json={"status": "CANCELED", "afterId": None, "version": 1})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "stale_version")
    assert answer.get_json()["card"]["version"] == 2


def test_a_card_of_another_location_does_not_exist(session, as_role, location):
    other = make_location(session, name="Mesa")
    card = make_appointment(session, other, starts_at=_today_at(9))

    answer = as_role("Advisor", [location]).patch(_move(card), json={"status": "IN_PROGRESS", "afterId": None})

    assert answer.status_code == 404
    assert session.get(Appointment, card.id).status == "SCHEDULED"


def test_reviving_a_canceled_job_into_a_taken_time_is_refused(as_role, column, session, location):
    tech = as_role("Tech").user
    (canceled,) = column(1, Status.CANCELED, tech_id=tech.id)
    make_appointment(session, location, starts_at=_today_at(8), tech_id=tech.id)

    answer = as_role("Advisor").patch(_move(canceled), json={"status": "SCHEDULED", "afterId": None})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "overlap")
    assert answer.get_json()["card"]["status"] == "CANCELED"
    assert [taken["kind"] for taken in answer.get_json()["collisions"]] == ["technician"]


def test_a_revived_job_takes_its_time_again_and_is_overbooked_no_more(as_role, column, session, location):
    advisor = as_role("Advisor")
    why = {"overbook_reason": "Regular customer", "overbooked_by": advisor.user.id, "overbooked_at": utc_now()}
    tech = as_role("Tech").user
    (canceled,) = column(1, Status.CANCELED, tech_id=tech.id, **why)

    answer = advisor.patch(_move(canceled), json={"status": "SCHEDULED", "afterId": None})

    assert answer.status_code == 200, answer.text
    assert answer.get_json()["card"]["flags"] == []
    with pytest.raises(sa.exc.IntegrityError, match="ex_appointments_technician"):
        make_appointment(session, location, starts_at=_today_at(8), tech_id=tech.id)
    session.rollback()


def test_a_revived_job_is_refused_over_an_overbooked_one(as_role, column, session, location):
    advisor = as_role("Advisor")
    why = {"overbook_reason": "Regular customer", "overbooked_by": advisor.user.id, "overbooked_at": utc_now()}
    tech = as_role("Tech").user
    (canceled,) = column(1, Status.CANCELED, tech_id=tech.id)
    column(1, Status.SCHEDULED, tech_id=tech.id, **why)

    answer = advisor.patch(_move(canceled), json={"status": "SCHEDULED", "afterId": None})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "overlap")
    assert len(answer.get_json()["collisions"]) == 1


def test_a_change_of_status_is_told_to_subscribers_and_a_reorder_is_not(as_role, column, session):
    cards = column(2)
    advisor = as_role("Advisor")

    advisor.patch(_move(cards[0]), json={"status": "SCHEDULED", "position": 2})
    advisor.patch(_move(cards[0]), json={"status": "IN_PROGRESS", "afterId": None})

    events = session.execute(sa.select(OutboxEvent.event, OutboxEvent.subject_id, OutboxEvent.payload)).all()
    assert [tuple(event) for event in events] == [("appointment.status_changed", cards[0].id, {"version": 3})]


def test_reviving_a_canceled_job_whose_key_tag_was_given_away_is_refused(as_role, column, session):
    (canceled,) = column(1, Status.CANCELED, key_tag="14")
    column(1, key_tag="14")

    answer = as_role("Advisor").patch(_move(canceled), json={"status": "SCHEDULED", "afterId": None})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "key_tag_in_use")
    assert answer.get_json()["card"]["status"] == "CANCELED"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "SCHEDULED"},
        {"status": "SCHEDULED", "position": 1, "afterId": None},
        {"status": "PARKED", "position": 1},
        {"status": "SCHEDULED", "position": 0},
        {"status": "SCHEDULED", "position": 1.5},
        {"status": "SCHEDULED", "position": "1"},
        {"status": "SCHEDULED", "position": 10**400},
        {"status": "SCHEDULED", "position": 1, "version": 0},
        {"status": "SCHEDULED", "position": 1, "version": 2**40},
        {"status": "SCHEDULED", "afterId": "no id"},
        {"status": "SCHEDULED", "position": 1, "colour": "red"},
        {"status": "SCHEDULED", "position": 1, "reason": "a\x00b"},
        {"status": "SCHEDULED", "position": 1, "reason": "x" * 20_000},
    ],
    ids=str,
)
def test_bad_moves_are_explained_and_change_nothing(as_role, column, session, body):
    (card,) = column(1)
    advisor = as_role("Advisor")

    answer = advisor.patch(_move(card), data=json.dumps(body), content_type="application/json")

    assert answer.status_code in {400, 422}
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["errors"] if answer.status_code == 422 else True
    assert session.get(Appointment, card.id).version == 1


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-02-30",
        "from=tomorrow",
        "to=2026-01-01",
        "from=2026-01-02&to=2026-01-01",
        "from=2026-01-01&to=2026-12-31",
        "from=9999-12-31",
        "locationId=7",
        "color=red",
        "q=%00",
        "techId=x",
    ],
)
def test_bad_board_queries_are_explained(as_role, location, query):
    answer = as_role("Advisor").get(f"{BOARD}?{query}")

    assert answer.status_code == 422
    assert answer.get_json()["errors"]


def test_a_full_gap_is_renumbered_without_touching_versions(as_role, column, session):
    cards = column(3)
    cards[1].order_key = 1024.0 + 1e-9
    advisor = as_role("Advisor")

    answer = advisor.patch(_move(cards[2]), json={"status": "SCHEDULED", "afterId": str(cards[0].id)})

    assert answer.status_code == 200
    assert _order(advisor) == [str(cards[index].id) for index in (0, 2, 1)]
    versions = {str(row.id): row.version for row in session.scalars(sa.select(Appointment))}
    assert [versions[str(card.id)] for card in cards] == [1, 1, 2]


def test_a_canceled_job_finds_room_in_a_full_gap_too(as_role, column, session):
    cards = column(2)
    cards[1].order_key = 1024.0 + 1e-9
    (canceled,) = column(1, Status.CANCELED)
    advisor = as_role("Advisor")

    answer = advisor.patch(_move(canceled), json={"status": "SCHEDULED", "afterId": str(cards[0].id)})

    assert answer.status_code == 200
    assert _order(advisor) == [str(cards[0].id), str(canceled.id), str(cards[1].id)]


def test_a_renumbering_spares_a_card_that_was_moved_meanwhile(app, as_role, column, session):
    cards = column(3)
    cards[1].order_key = 1024.0 + 1e-9
    session.commit()

    with transaction() as mover:
        # Somebody's move holds the row while the renumbering has already read the old ranks.
        mover.execute(sa.update(Appointment).where(Appointment.id == cards[2].id).values(order_key=500.0))
        renumbering = threading.Thread(target=_renumber, args=(cards[0].id,))
        renumbering.start()
        time.sleep(0.3)
    renumbering.join(10)

    session.expire_all()
    keys = {card.id: session.get(Appointment, card.id).order_key for card in cards}
    assert keys == {cards[0].id: 1024.0, cards[1].id: 2048.0, cards[2].id: 500.0}


def _renumber(appointment_id: UUID) -> None:
    with transaction() as session:
        commands.renumber_column(session, appointment_id, Status.SCHEDULED, utc_now())


def test_a_second_renumbering_of_a_spaced_column_does_nothing(app, as_role, column, session):
    cards = column(3)
    session.commit()

    _renumber(cards[0].id)

    session.expire_all()
    assert [session.get(Appointment, card.id).rev for card in cards] == [1, 1, 1]


def test_dropping_at_one_place_forever_keeps_keys_distinct(as_role, column, session):
    cards = column(12)
    advisor = as_role("Advisor")

    for turn in range(120):
        mover = cards[2 + turn % 10]
        answer = advisor.patch(_move(mover), json={"status": "SCHEDULED", "afterId": str(cards[0].id)})
        assert answer.status_code == 200

    keys = session.scalars(sa.select(Appointment.order_key)).all()
    assert len(set(keys)) == len(keys)
    assert _order(advisor)[1] == str(cards[2 + 119 % 10].id)


def test_a_move_is_one_statement(as_role, column, app, session):
    (card,) = column(1)
    advisor = as_role("Advisor")
    session.commit()
    with app.app_context():
        session_id = UUID(jwt_extended.decode_token(advisor.token)["sid"])
    origin = Origin("127.0.0.1", None, None, utc_now())

    move = commands.move_card(session_id, card.id, MoveRequest(Status.IN_PROGRESS), origin)

    assert move is not None
    assert move.card is not None
    assert (move.position, move.card["status"], move.role) == (1, "IN_PROGRESS", "Advisor")
