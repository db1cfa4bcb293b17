"""People for the attacks: many tests need somebody signed in, and none of them is about passwords."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.accounts import guards
from backend.accounts.commands import SignIn
from backend.accounts.models import Session as SignInRow
from backend.accounts.models import User, UserLocation
from backend.accounts.permissions import Role
from backend.core.ids import new_id
from backend.shop.models import Location
from tests.conftest import Client


@pytest.fixture
def make_user(session, _password_hash) -> Callable[[Role], User]:
    """Return `make_user(role)`: a user who works at every location there is."""

    def make(role: Role) -> User:
        now = datetime.now(UTC)
        identifier = new_id()
        user = User(
            id=identifier,
            email=f"{role.lower()}-{identifier}@keytag.test",
            name=f"{role} of the test",
            role=role,
            password_hash=_password_hash,
            created_at=now,
            updated_at=now,
            password_changed_at=now - timedelta(seconds=1),
        )
        session.add(user)
        session.flush()
        for location in session.scalars(select(Location)):
            session.add(UserLocation(user_id=user.id, location_id=location.id))
        session.flush()
        return user

    return make


@pytest.fixture
def owner_client(app, session, make_user) -> Callable[[], Client]:
    """Return `owner_client()`: a client signed in by token as a new Owner, without the slow check of a password."""

    def sign_in() -> Client:
        now = datetime.now(UTC)
        client = Client(app, app.response_class, use_cookies=True)
        client.arranged = session
        client.user = make_user(Role.OWNER)
        row = SignInRow(
            id=new_id(), user_id=client.user.id, created_at=now, expires_at=now + timedelta(hours=1), ip="127.0.0.1"
        )
        session.add(row)
        session.commit()
        with app.test_request_context():
            client.token, _ = guards.issue_tokens(SignIn(row.id, client.user.id, new_id()))
        return client

    return sign_in
