"""Twenty people at one board: every screen ends with the same order, and nothing is lost."""

import json
import random
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from tests.conftest import LiveServer
from tests.journeys.conftest import Enter, Shop
from tests.journeys.pages import BoardPage, eventually

SCRIPTS = 18
MOVES_EACH = 6
CARS = 12
TITLES = {"SCHEDULED": "Scheduled", "IN_PROGRESS": "In progress", "READY": "Ready"}
# From each state to those that a job may go to and come back from.
STEPS = {"SCHEDULED": ("IN_PROGRESS",), "IN_PROGRESS": ("SCHEDULED", "READY"), "READY": ("IN_PROGRESS",)}


class Script:
    """A client of the API that drags cards as fast as it can."""

    def __init__(self, url: str, token: str, seed: int) -> None:
        """Act with a bearer token; the same seed makes the same choices."""
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._random = random.Random(seed)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """Send a request; return the status and the answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}{path}", data, self._headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refused:
            return refused.code, json.load(refused)

    def drag(self) -> list[int]:
        """Drag cards to and fro, in their lane and to another one; return how the server answered."""
        answers = []
        for _ in range(MOVES_EACH):
            cards = self.ask("GET", "/api/admin/appointments/board")[1]["cards"]
            card = self._random.choice(cards)
            to = self._random.choice((card["status"], *STEPS[card["status"]]))
            lane = [other["id"] for other in cards if other["status"] == to and other["id"] != card["id"]]
            body = {"status": to, "afterId": self._random.choice([None, *lane]), "version": card["version"]}
            answers.append(self.ask("PATCH", f"/api/admin/appointments/{card['id']}/move", body)[0])
        return answers


def test_twenty_people_dragging_at_once_end_with_one_order(
    shop: Shop, enter: Enter, as_role: Callable[..., Any], live_server: LiveServer, session: Session
) -> None:
    for number in range(CARS):
        shop.job(f"Customer {number}", "2019 Toyota Corolla", at=f"{8 + number % 9}:00")
    shop.commit()
    scripts = [Script(live_server.url, as_role("Advisor").token, seed) for seed in range(SCRIPTS)]
    mine = BoardPage(enter("Advisor")).open()
    theirs = BoardPage(enter("Owner")).open()

    with ThreadPoolExecutor(SCRIPTS) as pool:
        futures = [pool.submit(script.drag) for script in scripts]
        # Two of the twenty are people with a browser; each takes the first card that is there.
        for board in (mine, theirs, mine, theirs):
            board.press("j", "Shift+ArrowDown")
        answers = [answer for future in futures for answer in future.result()]
    assert set(answers) <= {200, 409}, "a move is applied or refused, never an error"
    assert answers.count(200) > len(answers) / 3, "most of the moves are applied"

    def truth() -> dict[str, list[str]]:
        cards = scripts[0].ask("GET", "/api/admin/appointments/board")[1]["cards"]
        return {
            title: [f"{card['vehicle']}, {card['customerName']}" for card in cards if card["status"] == status]
            for status, title in TITLES.items()
        }

    def shown() -> list[dict[str, list[str]]]:
        return [{title: board.cards(title) for title in TITLES.values()} for board in (mine, theirs)]

    eventually(lambda: (truth(), *shown()), lambda seen: seen[0] == seen[1] == seen[2])
    assert sum(len(lane) for lane in truth().values()) == CARS
    jobs = session.scalars(sa.select(Appointment)).all()
    assert len({(job.status, job.order_key) for job in jobs}) == CARS, "two cards share one place"
    # One row in the log for each move that was applied: versions count them.
    logged = session.scalar(sa.text("SELECT count(*) FROM audit_logs WHERE entity = 'appointment'"))
    assert logged == sum(job.version - 1 for job in jobs)
