"""Twenty people drag at once: one order on every screen, nothing lost, one audit row per applied move."""

import random
import threading
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from backend.appointments.models import Appointment
from backend.audit.models import AuditLog
from tests.board.test_routes import BOARD, _today_at
from tests.factories.appointments import make_appointment
from tests.factories.shop import make_location

PEOPLE = 20
MOVES_EACH = 12


def _drag(app, token: str, work) -> list[tuple[int, Any]]:
    client = app.test_client()
    return [
        (answer.status_code, answer.get_json())
        for answer in (
            client.patch(path, json=body, headers={"Authorization": f"Bearer {token}"}) for path, body in work
        )
    ]


def _all_at_once(app, session, people: list[tuple[str, list[Any]]]) -> list[tuple[int, Any]]:
    session.commit()
    gate = threading.Barrier(len(people))
    answers: list[tuple[int, Any]] = []

    def run(token: str, work: list[Any]) -> None:
        gate.wait()
        answers.extend(_drag(app, token, work))

    threads = [threading.Thread(target=run, args=person) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    return answers


def test_twenty_people_drag_different_and_same_cards(app, session, as_role):
    location = make_location(session, name="Brooklyn")
    cards = [
        make_appointment(session, location, starts_at=_today_at(8) + timedelta(minutes=n), order_key=1024.0 * (n + 1))
        for n in range(30)
    ]
    advisor = as_role("Advisor")
    ids = [str(card.id) for card in cards]
    people = []
    for person in range(PEOPLE):
        dice = random.Random(person)
        work = []
        for _ in range(MOVES_EACH):
            target = dice.choice(["SCHEDULED", "SCHEDULED", "IN_PROGRESS"])
            card = dice.choice(ids[:12])
            neighbour = dice.choice([one for one in ids if one != card])
            place = dice.choice([{"afterId": neighbour}, {"afterId": None}, {"position": dice.randint(1, 30)}])
            work.append((f"/api/admin/appointments/{card}/move", {"status": target, **place}))
        people.append((advisor.token, work))

    answers = _all_at_once(app, session, people)

    # Every move is allowed from either state, so none may be refused, and none may fail.
    assert {status for status, _ in answers} == {200}
    rows = session.execute(sa.select(Appointment.id, Appointment.order_key, Appointment.version)).all()
    assert len(rows) == len(cards)
    assert len({row.order_key for row in rows}) == len(rows), "no ties"
    audited = session.scalar(sa.select(sa.func.count()).select_from(AuditLog).where(AuditLog.entity == "appointment"))
    assert audited == sum(row.version - 1 for row in rows), "one audit row per applied move"
    # Every screen reads the same order, and it is the order of the keys.
    screens = [as_role("Tech").get(BOARD).get_json()["cards"] for _ in range(3)]
    orders = [[card["id"] for card in screen] for screen in screens]
    assert orders[0] == orders[1] == orders[2]
    keys = [(card["orderKey"], card["id"]) for card in screens[0]]
    assert keys == sorted(keys)


def test_of_twenty_moves_that_saw_the_same_version_one_applies(app, session, as_role):
    location = make_location(session, name="Brooklyn")
    card = make_appointment(session, location, starts_at=_today_at(9))
    advisor = as_role("Advisor")
    work = [(f"/api/admin/appointments/{card.id}/move", {"status": "IN_PROGRESS", "afterId": None, "version": 1})]

    answers = _all_at_once(app, session, [(advisor.token, work)] * PEOPLE)

    assert sorted(status for status, _ in answers) == [200] + [409] * (PEOPLE - 1)
    assert all(body["card"]["status"] == "IN_PROGRESS" for status, body in answers if status == 409)
    assert session.get(Appointment, card.id).version == 2
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.entity_id == card.id)) == 1


def test_two_hundred_drops_into_one_gap_lose_nothing(app, session, as_role):
    location = make_location(session, name="Brooklyn")
    cards = [make_appointment(session, location, starts_at=_today_at(8) + timedelta(minutes=n)) for n in range(42)]
    for order, card in enumerate(cards):
        card.order_key = 1024.0 * (order + 1)
    anchor = str(cards[0].id)
    advisor = as_role("Advisor")
    people = []
    for person in range(8):
        movers = cards[2 + person * 5 : 7 + person * 5]
        people.append(
            (
                advisor.token,
                [
                    (f"/api/admin/appointments/{movers[n % 5].id}/move", {"status": "SCHEDULED", "afterId": anchor})
                    for n in range(25)
                ],
            )
        )

    answers = _all_at_once(app, session, people)

    assert [status for status, _ in answers] == [200] * 200
    keys = session.scalars(sa.select(Appointment.order_key)).all()
    assert len(set(keys)) == len(keys)
