"""What journeys stand on: a small shop of today, and people who walk up to its screens.

    def test_moves(shop, enter):
        job = shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
        board = BoardPage(enter("Advisor"))
        board.open()

Rows that a test adds later are seen by the server after `shop.commit()`; `enter` does it by itself.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from backend.accounts.models import User, UserLocation
from backend.accounts.permissions import Role
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.core.clock import local_day
from backend.core.ids import new_id
from backend.customers.models import Customer
from backend.vehicles.models import Vehicle
from tests.conftest import COSTLY_HASHER, LiveServer, Screens
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_bay, make_location
from tests.factories.vehicles import make_vehicle
from tests.journeys.pages import LISTEN, eventually
from tests.messages.conftest import zone_where_it_is
from tools.paths import ROOT, VENV_PYTHON
from tools.processes import Child
from tools.sms_simulator.process import SimulatorServer

PASSWORD = "three unrelated spanners"
# A tablet at the workbench: fingers, no mouse.
TABLET: dict[str, Any] = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
# The names of those who are usually there, by role.
PEOPLE = {
    Role.OWNER: "Olivia Park",
    Role.ADVISOR: "Sam Rivera",
    Role.TECH: "Marcus Bell",
    Role.ACCOUNTANT: "Priya Nair",
}


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hash the password of everybody once; it is slow on purpose."""
    return COSTLY_HASHER.hash(PASSWORD)


class Shop:
    """One location in New York, seen today; makes people, cars and jobs."""

    def __init__(self, session: Session, password_hash: str) -> None:
        """Open the shop with two bays and nobody in it."""
        self.session = session
        self.zone = ZoneInfo("America/New_York")
        self.location = make_location(session, name="Keytag Auto", timezone=self.zone.key)
        self.bays = [make_bay(session, self.location, name=f"Bay {number}") for number in (1, 2)]
        self.today = local_day(datetime.now(UTC), self.zone)
        self._password_hash = password_hash
        self._jobs = 0

    def move_to(self, hour: int) -> None:
        """Stand where the clock shows `hour` now: whether texts may go out does not depend on when a test runs."""
        self.zone = ZoneInfo(zone_where_it_is(hour))
        self.location.timezone = self.zone.key
        self.today = local_day(datetime.now(UTC), self.zone)
        self.session.flush()

    def commit(self) -> None:
        """Let the web server see what was added."""
        self.session.commit()

    def person(self, role: Role | str, name: str | None = None) -> User:
        """Return the person of that role and name who works here; new ones can sign in with `PASSWORD`."""
        role = Role(role)
        name = name or PEOPLE[role]
        found = self.session.query(User).filter_by(name=name).one_or_none()
        if found is not None:
            return found
        now = datetime.now(UTC)
        user = User(
            id=new_id(),
            email=f"{name.lower().replace(' ', '.')}@keytag.test",
            name=name,
            role=role,
            password_hash=self._password_hash,
            created_at=now,
            updated_at=now,
            password_changed_at=now - timedelta(seconds=1),
        )
        self.session.add(user)
        self.session.flush()
        self.session.add(UserLocation(user_id=user.id, location_id=self.location.id))
        self.session.flush()
        return user

    def at(self, clock: str, day: date | int = 0) -> datetime:
        """Return the instant of a wall time (`9:30`) of a day, or of so many days after today."""
        on = day if isinstance(day, date) else self.today + timedelta(days=day)
        hour, _, minute = clock.partition(":")
        return datetime.combine(on, time(int(hour), int(minute)), tzinfo=self.zone).astimezone(UTC)

    def customer(self, name: str, **overrides: Any) -> Customer:
        """Add a customer."""
        return make_customer(self.session, name=name, **overrides)

    def car(self, label: str, owner: Customer | None = None, **overrides: Any) -> Vehicle:
        """Add a car named as people name it: `2019 Toyota Corolla`."""
        year, make, model = label.split(" ", 2)
        return make_vehicle(self.session, owner, year=int(year), make=make, model=model, **overrides)

    def job(
        self,
        customer: str | Customer,
        car: str | Vehicle,
        *,
        status: Status | str = Status.SCHEDULED,
        at: str = "9:00",
        minutes: int = 60,
        day: int = 0,
        **overrides: Any,
    ) -> Appointment:
        """Add a job of `day` days after today; later ones stand below earlier ones in their column."""
        owner = self.customer(customer) if isinstance(customer, str) else customer
        vehicle = self.car(car, owner) if isinstance(car, str) else car
        status = Status(status)
        start = self.at(at, day)
        self._jobs += 1
        came = start if status in (Status.IN_PROGRESS, Status.READY, Status.COMPLETED) else None
        left = start + timedelta(minutes=minutes) if status is Status.COMPLETED else None
        values: dict[str, Any] = {
            "status": status,
            "starts_at": start,
            "ends_at": start + timedelta(minutes=minutes),
            "status_since": min(start, datetime.now(UTC)),
            "order_key": 1024.0 * self._jobs,
            "check_in_at": came,
            "check_out_at": left,
            "customer_id": owner.id,
            "vehicle_id": vehicle.id,
            **overrides,
        }
        return make_appointment(self.session, self.location, **values)


@pytest.fixture
def shop(session: Session, password_hash: str) -> Shop:
    """Open a small shop."""
    return Shop(session, password_hash)


Enter = Callable[..., Page]


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign a window in as its person would, without drawing the sign-in page."""
    answer = page.context.request.post("/api/auth/login", data={"email": email, "password": password})
    assert answer.ok, answer.text()


@pytest.fixture
def enter(screens: Screens, shop: Shop) -> Enter:
    """Return `enter(role, name=None, **options)`: a window of a person of the shop, signed in, with nothing opened yet.

    `options` are those of Playwright's `new_context`; `base_url` is another server's.
    """

    def enter(role: Role | str, name: str | None = None, **options: Any) -> Page:
        person = shop.person(role, name)
        shop.commit()
        page = screens.open(**options)
        page.add_init_script(LISTEN)
        sign_in(page, person.email, PASSWORD)
        return page

    return enter


class Phones:
    """The customers' phones: what they show, and what is written on them."""

    def __init__(self, simulator: SimulatorServer) -> None:
        """Look at the simulator's phones."""
        self.simulator = simulator

    def write(self, number: str, body: str) -> None:
        """Write a text to the shop."""
        answer = self.simulator.tell("/control/inbound", **{"from": number, "body": body})
        assert answer["answered"] == 204, answer

    def shows(self, number: str) -> list[str]:
        """Return the texts of the shop on a phone, the oldest first."""
        texts = self.simulator.ask(f"/control/threads/{number.removeprefix('+')}")["texts"]
        return [text["body"] for text in texts if not text["isInbound"]]

    def gets(self, number: str, words: str) -> None:
        """Wait until the newest text on a phone has these words."""
        eventually(lambda: self.shows(number), lambda texts: bool(texts) and words in texts[-1], seconds=45)


# Both in processes of their own, which load once what takes longest.
SENDERS = """
import os
from backend import dispatcher, worker
from tools.processes import die_with_parent
end_with_dispatcher = die_with_parent()
if os.fork():
    dispatcher.main()
else:
    if end_with_dispatcher:
        end_with_dispatcher()
    worker.main()
"""


@pytest.fixture
def phones(
    simulator: SimulatorServer, live_server: LiveServer, environment: dict[str, str], worker_folder: Path
) -> Iterator[Phones]:
    """Connect the shop with its customers: a worker and a dispatcher send, the simulator delivers and brings replies."""
    simulator.tell("/control/webhook", url=f"{live_server.url}/api/webhooks/messaging")
    simulator.tell("/control/mode", pause=0.1)
    settings = {**environment, "KEYTAG_PUBLIC_URL": live_server.url, "KEYTAG_WORKERS": "1"}
    senders = Child(
        "senders", [VENV_PYTHON, "-c", SENDERS], log=worker_folder / "senders.log", cwd=ROOT, environment=settings
    )
    yield Phones(simulator)
    senders.stop(0)
