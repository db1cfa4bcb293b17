"""PINs: six digits with which a person opens a shared tablet; five wrong ones, and only the password helps.

Whoever enters one is counted before it is known whether it was right, so that many at once get no more tries than one
after the other.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from backend.accounts import queries, rules
from backend.accounts.commands import SignIn, add_refresh_token, end_streams
from backend.accounts.models import Session, User, UserLocation
from backend.accounts.permissions import PERMISSION_MATRIX, Permission
from backend.audit import commands as audit
from backend.core.actor import Actor, ActorKind
from backend.core.errors import NotFoundError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id

_MAY_FILL = tuple(PERMISSION_MATRIX[Permission.INSPECTION_FILL])


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person who may open a tablet: with a PIN, or, without one or with a locked one, with their password."""

    id: UUID
    name: str
    color: str | None
    has_pin: bool
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Try:
    """A counted try: what to compare the PIN with, and how many more there are after it."""

    name: str
    pin_hash: str
    tries_left: int


def list_colleagues(session: DbSession, location_id: UUID) -> list[Colleague]:
    """List by name who may open a tablet of a location."""
    rows = session.execute(
        sa.select(
            User.id,
            User.name,
            User.color,
            User.pin_hash.is_not(None),
            sa.and_(User.pin_hash.is_not(None), User.pin_failures >= rules.PIN_TRIES),
        )
        .where(_works_at(location_id))
        .order_by(User.name, User.id)
    )
    return [Colleague(*row) for row in rows]


def has_pin(session: DbSession, user_id: UUID) -> bool:
    """Tell whether a person has set a PIN."""
    return bool(session.scalar(sa.select(User.pin_hash.is_not(None)).where(User.id == user_id)))


def set_pin(session: DbSession, user_id: UUID, current_password: str, pin: str, *, actor: Actor, now: datetime) -> None:
    """Set a person's own PIN; what was opened with the one before is locked.

    Raises:
        RuleViolationError: `current_password` is not the present password.
        WeakPinError: it would be guessed first.
    """
    user = queries.get_user_for_update(session, user_id)
    if not rules.verify_password(current_password, user.password_hash):
        raise invalid_field("currentPassword", "This is not your present password.")
    rules.check_pin_strength(pin)
    user.pin_hash = rules.hash_password(pin)
    user.pin_failures = 0
    _change(session, user, EventType.USER_PIN_CHANGED, actor=actor, now=now)


def remove_pin(session: DbSession, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Remove a person's PIN and lock what was opened with it; without one nothing changes."""
    user = queries.get_user_for_update(session, user_id)
    if user.pin_hash is None:
        return
    user.pin_hash = None
    user.pin_failures = 0
    _change(session, user, EventType.USER_PIN_REMOVED, actor=actor, now=now)


def count_try(session: DbSession, user_id: UUID, location_id: UUID) -> Try:
    """Count a try before it is known how it ends; the caller commits it at once.

    Raises:
        NotFoundError: nobody who may open a tablet there.
        NoPinError: they have no PIN.
        PinLockedError: five were wrong; only the full sign-in helps.
    """
    counted = session.execute(
        sa.update(User)
        .where(User.id == user_id, _works_at(location_id), User.pin_hash.is_not(None))
        .where(User.pin_failures < rules.PIN_TRIES)
        .values(pin_failures=User.pin_failures + 1)
        .returning(User.name, User.pin_hash, User.pin_failures)
        .execution_options(synchronize_session=False)
    ).first()
    if counted is not None:
        assert counted.pin_hash is not None
        return Try(counted.name, counted.pin_hash, rules.PIN_TRIES - counted.pin_failures)
    row = session.execute(
        sa.select(User.name, User.pin_hash.is_not(None)).where(User.id == user_id, _works_at(location_id))
    ).first()
    if row is None:
        raise NotFoundError("Nobody by this name works here any more.")
    name, has_one = row
    if not has_one:
        raise rules.NoPinError(f"{name} has no PIN yet. Sign in with the password and set one in the account menu.")
    raise locked(name)


def locked(name: str) -> rules.PinLockedError:
    """Return the refusal of a PIN that was wrong too often."""
    return rules.PinLockedError(f"Too many wrong PINs. Sign in with the password of {name} to open it again.")


def note_lock(session: DbSession, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Tell the log that a person's PIN was wrong for the last time."""
    audit.record(session, EventType.USER_PIN_LOCKED, entity="user", entity_id=user_id, actor=actor, at=now)


def open_session(
    session: DbSession, user_id: UUID, tried: Try, device_id: UUID, *, device_name: str, seen: Actor, now: datetime
) -> SignIn | None:
    """Open a person's session on a tablet, ending whoever's was open there; None when the PIN or the person is gone.

    The caller has compared the PIN with `tried.pin_hash` and holds the device. `seen` says from where.
    """
    row = session.execute(
        sa.update(User)
        .where(User.id == user_id, User.is_active, User.pin_hash == tried.pin_hash)
        .values(pin_failures=0)
        .returning(User.name, User.role)
        .execution_options(synchronize_session=False)
    ).first()
    if row is None:
        return None
    end_on_device(session, device_id, "another person opened the tablet", now)
    opened = Session(
        id=new_id(),
        user_id=user_id,
        created_at=now,
        expires_at=rules.pin_session_until(now, now),
        device_id=device_id,
        ip=seen.ip,
        user_agent=seen.user_agent,
    )
    session.add(opened)
    session.flush()
    actor = Actor(ActorKind.USER, user_id, row.name, row.role, seen.ip, seen.user_agent, seen.request_id)
    audit.record(
        session,
        EventType.SESSION_STARTED,
        entity="session",
        entity_id=opened.id,
        actor=actor,
        at=now,
        changes={"device": (None, device_name)},
    )
    return SignIn(opened.id, user_id, add_refresh_token(session, opened.id, now))


def end_on_device(session: DbSession, device_id: UUID, reason: str, now: datetime) -> None:
    """End what is open on a tablet, and what is being heard there."""
    _end(session, Session.device_id == device_id, reason, now)


def _end(session: DbSession, which: sa.ColumnElement[bool], reason: str, now: datetime) -> None:
    ended = session.scalars(
        sa.update(Session)
        .where(which, Session.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
        .returning(Session.user_id)
    )
    for user_id in set(ended):
        end_streams(session, user_id)


def _works_at(location_id: UUID) -> sa.ColumnElement[bool]:
    here = sa.exists().where(UserLocation.user_id == User.id, UserLocation.location_id == location_id)
    return sa.and_(User.is_active, User.role.in_(_MAY_FILL), here)


def _change(session: DbSession, user: User, event: EventType, *, actor: Actor, now: datetime) -> None:
    _end(session, sa.and_(Session.user_id == user.id, Session.device_id.is_not(None)), "PIN changed", now)
    audit.record(session, event, entity="user", entity_id=user.id, actor=actor, at=now, version=user.version)
