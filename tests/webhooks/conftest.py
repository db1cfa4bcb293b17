"""A provider that signs: forms as Twilio sends them, signed by Twilio's own code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from backend.core.ids import new_id
from tests.conftest import SIMULATOR_TOKEN, Client

ACCOUNT = "AC" + SIMULATOR_TOKEN[:32]
PUBLIC_URL = "http://127.0.0.1:8080"
PATH = "/api/webhooks/messaging"
FORM = "application/x-www-form-urlencoded"
PHONE = "+18885550142"
OUR_NUMBER = "+15005550006"

_numbers = count(1)


def new_sid() -> str:
    return f"SM{next(_numbers):032x}"


def inbound(body: str = "Is it ready?", **changes: str) -> dict[str, str]:
    """Return the form of a customer's text."""
    sid = changes.get("MessageSid") or new_sid()
    return {
        "ToCountry": "US",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "SmsSid": sid,
        "SmsStatus": "received",
        "Body": body,
        "To": OUR_NUMBER,
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": PHONE,
        "ApiVersion": "2010-04-01",
        "FromCity": "",
        **changes,
    }


def status(value: str, sid: str, **changes: str) -> dict[str, str]:
    """Return the form of a status of a text of ours."""
    return {
        "SmsSid": sid,
        "SmsStatus": value,
        "MessageStatus": value,
        "To": PHONE,
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": OUR_NUMBER,
        "ApiVersion": "2010-04-01",
        **changes,
    }


@dataclass
class Request:
    """A signed request, whose parts a test may change after the signature was made."""

    form: dict[str, str]
    query: str = ""
    signature: str | None = None
    body: bytes | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    content_type: str = FORM

    def signed(self, token: str = SIMULATOR_TOKEN, url: str | None = None) -> "Request":
        """Sign it, for `url` or for the address where it goes."""
        url = url or PUBLIC_URL + PATH + (f"?{self.query}" if self.query else "")
        self.signature = RequestValidator(token).compute_signature(url, self.form)
        return self

    def send(self, client: Client) -> TestResponse:
        headers = [*self.headers]
        if self.signature is not None:
            headers.append(("X-Twilio-Signature", self.signature))
        return client.post(
            PATH,
            query_string=self.query,
            data=self.body if self.body is not None else urlencode(self.form).encode(),
            content_type=self.content_type,
            headers=headers,
        )


@pytest.fixture
def tell(client: Client) -> Callable[..., TestResponse]:
    """Return `tell(form, query="")`: send a form that the provider has signed."""

    def send(form: dict[str, str], query: str = "") -> TestResponse:
        answer = Request(form, query).signed().send(client)
        assert answer.status_code == 204, answer.text
        return answer

    return send


@pytest.fixture
def rows(session: Any) -> Callable[..., list[Any]]:
    """Return `rows(sql, **values)`: what a statement finds now."""

    def read(statement: str, **values: Any) -> list[Any]:
        session.rollback()
        return list(session.execute(sa.text(statement), values))

    return read


def new_query(message_id: Any = None, attempt: int = 1) -> str:
    """Return the query of a callback's address."""
    return f"message={message_id or new_id()}&attempt={attempt}"


@pytest.fixture
def broken_inbox(session: Any, owner: Any) -> Callable[..., Any]:
    """Return a context in which the database refuses every conversation, or those whose preview is `refused`."""

    @contextmanager
    def broken(refused: str | None = None) -> Iterator[None]:
        session.commit()
        rule = "false" if refused is None else f"preview <> '{refused}'"
        owner.execute(f"ALTER TABLE conversations ADD CONSTRAINT broken CHECK ({rule}) NOT VALID")
        try:
            yield
        finally:
            session.rollback()
            owner.execute("ALTER TABLE conversations DROP CONSTRAINT broken")

    return broken
