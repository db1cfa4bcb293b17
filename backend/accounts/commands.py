"""Sign in, refresh, sign out; create and change users; switch features off and on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session as DbSession

from backend.accounts import queries, rules
from backend.accounts.models import LoginAttempt, RefreshToken, Session, Switch, User, UserLocation
from backend.accounts.permissions import Role
from backend.accounts.rules import Switchable
from backend.audit import commands as audit
from backend.core import live
from backend.core.actor import Actor, ActorKind
from backend.core.db import StaleVersionError, after_commit
from backend.core.errors import invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.core.locks import Seed
from backend.outbox import commands as outbox

KEEP_LOGIN_ATTEMPTS = timedelta(days=1)
KEEP_ENDED_SESSIONS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed, and from where."""

    email: str
    password: str
    ip: str
    user_agent: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A live session and the id of its newest refresh token."""

    session_id: UUID
    user_id: UUID
    refresh_id: UUID


def reserve_login_attempt(session: DbSession, email: str, ip: str, now: datetime) -> UUID:
    """Count a try at an account from `ip` before it is known how it ends; the caller commits it at once.

    Address and account are locked, in this order, while they are counted, so that parallel guesses can't slip past.

    Raises:
        TooManyTriesError: five failed from this address in the last fifteen minutes; or ten at this account, the
            last of them within a minute, and nobody has signed in to it from this network lately.
    """
    network, account = rules.network_of(ip), rules.account_hash(email)
    _lock(session, network, Seed.SIGN_IN_ADDRESS.value)
    failures, oldest = queries.count_recent_failures(session, network, now - rules.LOGIN_WINDOW)
    if failures >= rules.LOGIN_TRIES and oldest is not None:
        wait = rules.seconds_until(oldest + rules.LOGIN_WINDOW, now)
        minutes = -(-wait // 60)
        raise rules.TooManyTriesError(
            f"Too many tries from this network. Please wait {minutes} {'minute' if minutes == 1 else 'minutes'}.",
            retry_after=wait,
        )
    _lock(session, account.hex(), Seed.SIGN_IN_ACCOUNT.value)
    _check_pause(session, email, account, network, now)
    attempt = LoginAttempt(ip=network, account_hash=account, attempted_at=now)
    session.add(attempt)
    session.flush()
    return attempt.id


def _check_pause(session: DbSession, email: str, account: bytes, network: str, now: datetime) -> None:
    """Slow down strangers who guess at one account; the same for accounts that don't exist."""
    failures, newest = queries.count_recent_failures_at(session, account, now - rules.LOGIN_WINDOW)
    if failures < rules.ACCOUNT_TRIES or newest is None or newest + rules.ACCOUNT_PAUSE <= now:
        return
    if queries.has_signed_in_from(session, email, network, now - rules.KNOWN_NETWORK):
        return
    wait = rules.seconds_until(newest + rules.ACCOUNT_PAUSE, now)
    raise rules.TooManyTriesError(
        f"Many tries at this account failed lately. Please wait {wait} {'second' if wait == 1 else 'seconds'}, "
        "or sign in where you signed in before.",
        retry_after=wait,
    )


def _lock(session: DbSession, key: str, kind: int) -> None:
    statement = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, :kind))")
    session.execute(statement, {"key": key, "kind": kind})


def sign_in(session: DbSession, attempt_id: UUID, credentials: Credentials, now: datetime) -> SignIn:
    """Start a session for the right email and password.

    Raises:
        InvalidCredentialsError: no active user has them.
    """
    user = queries.find_user_by_email(session, credentials.email)
    usable = user if user is not None and user.is_active else None
    if not rules.verify_password(credentials.password, usable.password_hash if usable else None) or usable is None:
        raise rules.InvalidCredentialsError("The email or the password is not right.")
    if rules.needs_rehash(usable.password_hash):
        usable.password_hash = rules.hash_password(credentials.password)
    # Who knows the password may mistype the PIN again.
    usable.pin_failures = 0
    session.execute(sa.update(LoginAttempt).where(LoginAttempt.id == attempt_id).values(succeeded=True))
    sign_in_row = Session(
        id=new_id(),
        user_id=usable.id,
        created_at=now,
        expires_at=now + rules.REFRESH_LIFETIME,
        ip=credentials.ip,
        user_agent=credentials.user_agent,
    )
    session.add(sign_in_row)
    session.flush()
    refresh_id = add_refresh_token(session, sign_in_row.id, now)
    actor = Actor(
        ActorKind.USER,
        usable.id,
        usable.name,
        usable.role,
        credentials.ip,
        credentials.user_agent,
        credentials.request_id,
    )
    audit.record(session, EventType.SESSION_STARTED, entity="session", entity_id=sign_in_row.id, actor=actor, at=now)
    return SignIn(sign_in_row.id, usable.id, refresh_id)


def refresh(session: DbSession, session_id: UUID, refresh_id: UUID, now: datetime) -> SignIn | None:
    """Exchange a refresh token for the next one; None when the session is over.

    A token that comes a second time has been stolen or lost: the session ends for whoever holds
    it. That end must be committed, so this is an answer rather than an exception.
    """
    sign_in_row = queries.get_session_for_update(session, session_id)
    if sign_in_row is None or sign_in_row.ended_at is not None or sign_in_row.expires_at <= now:
        return None
    user = session.get(User, sign_in_row.user_id)
    token = queries.get_refresh_token_for_update(session, refresh_id)
    if user is None or not user.is_active or token is None or token.session_id != session_id:
        return None
    if token.used_at is not None:
        _end(session, sign_in_row, "refresh token used twice", now)
        actor = Actor(ActorKind.USER, user.id, user.name, user.role)
        audit.record(
            session, EventType.SESSION_REUSE_DETECTED, entity="session", entity_id=session_id, actor=actor, at=now
        )
        return None
    token.used_at = now
    sign_in_row.expires_at = (
        now + rules.REFRESH_LIFETIME
        if sign_in_row.device_id is None
        else rules.pin_session_until(sign_in_row.created_at, now)
    )
    return SignIn(session_id, user.id, add_refresh_token(session, session_id, now))


def sign_out(session: DbSession, session_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End a session; ending an ended one changes nothing."""
    sign_in_row = queries.get_session_for_update(session, session_id)
    if sign_in_row is not None and sign_in_row.ended_at is None:
        _end(session, sign_in_row, "signed out", now)
        audit.record(session, EventType.SESSION_ENDED, entity="session", entity_id=session_id, actor=actor, at=now)


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be."""

    email: str
    name: str
    role: Role
    location_ids: Sequence[UUID]
    password: str | None = None
    color: str | None = None


def create_user(session: DbSession, new: NewUser, *, actor: Actor, now: datetime) -> tuple[UUID, str | None]:
    """Add a user; without a password one is made up and returned to hand over.

    Raises:
        WeakPasswordError: the given password would be guessed.
        EmailTakenError: another user has the address.
    """
    generated = None
    if new.password is None:
        generated = rules.temporary_password()
    else:
        rules.check_password_strength(new.password)
    user = User(
        id=new_id(),
        email=new.email.lower(),
        name=new.name,
        role=new.role,
        color=new.color,
        password_hash=rules.hash_password(new.password or generated or ""),
        created_at=now,
        updated_at=now,
        password_changed_at=now,
    )
    session.add(user)
    session.flush()
    _set_locations(session, user.id, new.location_ids)
    after_commit(session, live.figures_teller(new.location_ids))
    changes = {"email": (None, user.email), "name": (None, user.name), "role": (None, user.role)}
    audit.record(
        session,
        EventType.USER_CREATED,
        entity="user",
        entity_id=user.id,
        actor=actor,
        at=now,
        changes=changes,
        version=1,
    )
    return user.id, generated


@dataclass(frozen=True, slots=True)
class UserChange:
    """What to change of a user; None leaves it."""

    name: str | None = None
    role: Role | None = None
    is_active: bool | None = None
    color: str | None = None
    location_ids: Sequence[UUID] | None = None
    version: int | None = None


def change_user(session: DbSession, user_id: UUID, change: UserChange, *, actor: Actor, now: datetime) -> None:
    """Change a user; a new role acts at the next request, switching off ends every session.

    Raises:
        StaleVersionError: somebody changed the user since `version`.
        LastOwnerError: nobody would be left to manage users.
    """
    owners = queries.lock_active_owners(session)
    user = queries.get_user_for_update(session, user_id)
    if change.version is not None and change.version != user.version:
        raise StaleVersionError(
            "Somebody changed this user meanwhile. Look at the new values and try again.", current_version=user.version
        )
    stops_owning = change.role not in (None, Role.OWNER) or change.is_active is False
    if owners == [user_id] and stops_owning:
        raise rules.LastOwnerError("This is the only active Owner. Make somebody else Owner first.")
    changes: dict[str, tuple[object, object]] = {}
    for field, wire in (("name", "name"), ("role", "role"), ("is_active", "isActive"), ("color", "color")):
        value = getattr(change, field)
        if value is not None and value != getattr(user, field):
            changes[wire] = (getattr(user, field), value)
            setattr(user, field, value)
    before = queries.location_ids_of(session, user_id)
    if change.location_ids is not None and set(before) != set(change.location_ids):
        changes["locationIds"] = (before, sorted(change.location_ids))
        _set_locations(session, user_id, change.location_ids)
    if not changes:
        return
    user.version += 1
    user.updated_at = now
    # Who works where since when is what technicians' hours are measured against.
    after_commit(session, live.figures_teller({*before, *(change.location_ids or ())}))
    if change.is_active is False:
        end_sessions(session, user_id, "switched off", now)
    if "role" in changes or "locationIds" in changes:
        end_streams(session, user_id)
    if "name" in changes:
        # Open jobs follow by trigger; a technician's thousands of past jobs follow from the outbox.
        outbox.record(session, EventType.USER_CHANGED, user_id, at=now)
    audit.record(
        session,
        EventType.USER_CHANGED,
        entity="user",
        entity_id=user_id,
        actor=actor,
        at=now,
        changes=changes,
        version=user.version,
    )


def change_own_password(
    session: DbSession, user_id: UUID, current: str, new: str, *, keep_session_id: UUID, actor: Actor, now: datetime
) -> None:
    """Set a new password and end every other session of the user.

    Raises:
        InvalidCredentialsError: `current` is not the present password.
        WeakPasswordError: the new one would be guessed.
    """
    user = queries.get_user_for_update(session, user_id)
    if not rules.verify_password(current, user.password_hash):
        raise invalid_field("currentPassword", "This is not your present password.")
    rules.check_password_strength(new, field="newPassword")
    _set_password(session, user, new, actor=actor, now=now)
    end_sessions(session, user_id, "password changed", now, keep=keep_session_id)


def reset_password(session: DbSession, user_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Give a user a temporary password, end all their sessions, return it to hand over."""
    user = queries.get_user_for_update(session, user_id)
    generated = rules.temporary_password()
    _set_password(session, user, generated, actor=actor, now=now)
    end_sessions(session, user_id, "password reset", now)
    return generated


def end_sessions(session: DbSession, user_id: UUID, reason: str, now: datetime, *, keep: UUID | None = None) -> None:
    """End a user's sessions, all but `keep`."""
    statement = sa.update(Session).where(Session.user_id == user_id, Session.ended_at.is_(None))
    if keep is not None:
        statement = statement.where(Session.id != keep)
    session.execute(statement.values(ended_at=now, end_reason=reason))
    end_streams(session, user_id)


def sign_out_everywhere(session: DbSession, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End all sessions of a user, for a lost tablet."""
    queries.get_user_for_update(session, user_id)
    end_sessions(session, user_id, "ended by an Owner", now)
    audit.record(session, EventType.SESSION_ENDED, entity="user", entity_id=user_id, actor=actor, at=now)


def end_streams(session: DbSession, user_id: UUID) -> None:
    """End a user's live streams after the commit; what may still be heard is asked anew when a screen reconnects."""
    after_commit(session, live.publisher(live.ACCESS, None, {"userId": user_id}))


def purge_expired(session: DbSession, now: datetime) -> None:
    """Forget sign-in tries after a day and sessions thirty days after their end."""
    session.execute(sa.delete(LoginAttempt).where(LoginAttempt.attempted_at < now - KEEP_LOGIN_ATTEMPTS))
    over = sa.func.least(Session.expires_at, Session.ended_at)
    session.execute(sa.delete(Session).where(over < now - KEEP_ENDED_SESSIONS))


def add_refresh_token(session: DbSession, session_id: UUID, now: datetime) -> UUID:
    """Add a link to a session's chain and return its id."""
    token = RefreshToken(id=new_id(), session_id=session_id, issued_at=now)
    session.add(token)
    session.flush()
    return token.id


def _end(session: DbSession, sign_in_row: Session, reason: str, now: datetime) -> None:
    sign_in_row.ended_at = now
    sign_in_row.end_reason = reason
    end_streams(session, sign_in_row.user_id)


def _set_password(session: DbSession, user: User, password: str, *, actor: Actor, now: datetime) -> None:
    user.password_hash = rules.hash_password(password)
    user.password_changed_at = now
    user.updated_at = now
    user.version += 1
    audit.record(
        session,
        EventType.USER_PASSWORD_CHANGED,
        entity="user",
        entity_id=user.id,
        actor=actor,
        at=now,
        version=user.version,
    )


def _set_locations(session: DbSession, user_id: UUID, location_ids: Sequence[UUID]) -> None:
    wanted = list(dict.fromkeys(location_ids))
    if queries.count_known_locations(session, wanted) != len(wanted):
        raise invalid_field("locationIds", "One of these locations does not exist.")
    session.execute(sa.delete(UserLocation).where(UserLocation.user_id == user_id))
    session.add_all(UserLocation(user_id=user_id, location_id=location_id) for location_id in wanted)
    session.flush()


def set_switch(
    session: DbSession, name: Switchable, *, is_on: bool, reason: str | None, actor: Actor, now: datetime
) -> None:
    """Switch a feature on or off, everywhere within a second, and tell every open screen. As it is already changes nothing.

    Raises:
        RuleViolationError: it is switched off without a reason.
    """
    if not is_on and not reason:
        raise invalid_field("reason", "Say why.")
    values = {"id": new_id(), "name": name, "is_on": True, "changed_at": now}
    session.execute(insert(Switch).values(**values).on_conflict_do_nothing(index_elements=["name"]))
    switch = session.scalars(sa.select(Switch).where(Switch.name == name).with_for_update()).one()
    before = switch.is_on
    if before == is_on:
        return
    switch.is_on, switch.reason = is_on, None if is_on else reason
    switch.changed_at, switch.changed_by = now, actor.id
    session.flush()
    audit.record(
        session,
        EventType.SWITCH_CHANGED,
        entity="switch",
        entity_id=switch.id,
        actor=actor,
        at=now,
        changes={name.value: (before, is_on)},
        reason=reason,
    )
    after_commit(session, queries.forget_switches)
    # After it: who asks because of this hears what is now.
    after_commit(session, live.publisher(live.SWITCH, None, {"name": name, "isOn": is_on}))
