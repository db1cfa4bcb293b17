"""A visit whose estimate was shown by a link, and browsers that open it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from backend.core.clock import utc_now
from backend.estimates.commands import versions
from backend.estimates.commands.versions import Showing
from backend.portal.rules import HEADER
from tests.conftest import Client
from tests.estimates.conftest import Offered, offered

__all__ = ["offered"]


@dataclass
class Browser:
    """A customer's browser; `send` posts as the page does."""

    client: Client
    keys: int = 0

    def open(self, token: str):
        return self.client.get(f"/c/{token}")

    def page(self):
        return self.client.get("/api/portal/visit")

    def send(self, path: str, json=None, key: str | None = None, **headers):
        self.keys += 1
        headers = {HEADER: "1", "Idempotency-Key": key or f"key-{self.keys}", **headers}
        return self.client.post(f"/api/portal/{path}", json=json, headers=headers)


@pytest.fixture
def shown(session: Session, offered: Offered):
    """Publish the estimate as a link to copy and return it with its token."""
    published = versions.publish(
        session,
        offered.visit.id,
        Showing("link", "https://shop.test", "shop.test"),
        actor=offered.advisor,
        location_ids=offered.here,
        now=utc_now(),
    )
    session.commit()
    return published


@pytest.fixture
def token(shown) -> str:
    return shown.url.rpartition("/")[2]


@pytest.fixture
def browse(app, session: Session) -> Callable[[], Browser]:
    """Return a source of browsers, each with cookies of its own."""

    def open_one() -> Browser:
        client = Client(app, app.response_class, use_cookies=True)
        client.arranged = session
        return Browser(client)

    return open_one


@pytest.fixture
def browser(browse, token) -> Browser:
    """Return a browser that opened the link."""
    one = browse()
    assert one.open(token).status_code == 303
    return one
