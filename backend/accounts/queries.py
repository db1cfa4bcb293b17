"""Who somebody is, the users that pages list, and what the Owner has switched off."""

import contextlib
import math
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session as DbSession

from backend.accounts.models import LoginAttempt, RefreshToken, Session, Switch, User, UserLocation
from backend.accounts.permissions import ON_TABLET, Permission, Role, may
from backend.accounts.rules import PIN_TRIES, Switchable
from backend.core.db import statement_row, statement_rows
from backend.core.errors import NotFoundError, UnavailableError
from backend.settings import FeatureFlags

# The person behind a session, as one CTE: hot statements put it in front of their own work, so
# that a request costs one round trip. No row means: the sign-in is over, or it was opened with a PIN on a shared
# tablet, which sees nothing of what these statements show; `guards.refuse_session` tells which.
PRINCIPAL_CTE = """
    principal AS MATERIALIZED (
        SELECT u.id AS user_id, u.name, u.role,
               ARRAY(SELECT ul.location_id FROM user_locations ul WHERE ul.user_id = u.id) AS location_ids
          FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.id = %(session_id)s AND s.ended_at IS NULL AND s.expires_at > now() AND u.is_active AND s.device_id IS NULL
    )
"""


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person: what guards and commands need to know.

    `device_id` is the shared tablet that they opened with a PIN: they may do less there, and only where it stands.
    """

    user_id: UUID
    name: str
    email: str
    role: Role
    location_ids: tuple[UUID, ...]
    session_id: UUID
    device_id: UUID | None = None

    def may(self, permission: Permission) -> bool:
        """True when this person's role grants `permission`, and a shared tablet does not withhold it."""
        return may(self.role, permission) and (self.device_id is None or permission in ON_TABLET)


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as lists show them."""

    id: UUID
    name: str
    email: str
    role: Role
    color: str | None
    is_active: bool
    version: int
    location_ids: tuple[UUID, ...]
    last_seen_at: datetime | None
    is_pin_locked: bool


# A tablet is at one location; what stands above this package on the map is named without its model.
_PRINCIPAL = """
    SELECT u.id, u.name, u.email, u.role,
           ARRAY(SELECT ul.location_id FROM user_locations ul
                  WHERE ul.user_id = u.id AND (d.id IS NULL OR ul.location_id = d.location_id)),
           s.device_id
      FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN devices d ON d.id = s.device_id
     WHERE s.id = %(session_id)s AND s.ended_at IS NULL AND s.expires_at > now() AND u.is_active
       AND (s.device_id IS NULL OR (d.id IS NOT NULL AND d.revoked_at IS NULL))
"""


def find_principal(session_id: UUID) -> Principal | None:
    """Return the person behind a live session, None when it is over.

    A statement of its own, not of somebody's transaction: every request begins with it.
    """
    row = statement_row(_PRINCIPAL, {"session_id": session_id})
    if row is None:
        return None
    user_id, name, email, role, location_ids, device_id = row
    if device_id is not None and not location_ids:
        # They work there no more.
        return None
    return Principal(user_id, name, email, Role(role), tuple(location_ids), session_id, device_id)


# A tablet may tell so late what was done offline. It is as long as clocks are believed.
OWN_FOR_DAYS = 14
_LATELY = f"l.at > now() - interval '{OWN_FOR_DAYS} days'"
# What an address names -> the SELECT that finds it if it is a person's own: a job that is theirs, or whose inspection
# they hold, what belongs to such a job, a clock of theirs. For what a tablet tells late also what was theirs: a job whose
# technician they were, as the log says, an inspection that they began, took over or submitted.
_MINE = f"""(a.tech_id = %(user_id)s OR EXISTS (
    SELECT FROM inspection_checklists h WHERE h.appointment_id = a.id AND h.deleted_at IS NULL
       AND (h.holder_id = %(user_id)s OR %(with_former)s AND (h.created_by = %(user_id)s OR EXISTS (
            SELECT FROM audit_logs l WHERE l.entity_id = h.id AND l.actor_id = %(user_id)s AND {_LATELY}))))
    OR %(with_former)s AND EXISTS (
    SELECT FROM audit_logs l WHERE l.entity_id = a.id AND {_LATELY} AND l.changes -> 'techId' ? %(user_id)s::text))"""  # noqa: S608  fragments are constants of this module
_HERE = f"a.location_id = ANY (%(location_ids)s) AND a.deleted_at IS NULL AND {_MINE}"
_CHECKLISTS = "inspection_checklists k JOIN appointments a ON a.id = k.appointment_id"
OWN: dict[str, str] = {
    "appointment_id": f"SELECT FROM appointments a WHERE a.id = %(id)s AND {_HERE}",
    "checklist_id": f"SELECT FROM {_CHECKLISTS} WHERE k.id = %(id)s AND {_HERE}",
    "item_id": f"SELECT FROM inspection_items i JOIN {_CHECKLISTS} ON k.id = i.checklist_id WHERE i.id = %(id)s AND {_HERE}",
    "job_id": f"SELECT FROM appointment_jobs j JOIN appointments a ON a.id = j.appointment_id WHERE j.id = %(id)s AND {_HERE}",
    "photo_id": f"""
        SELECT FROM inspection_photos p JOIN inspection_items i ON i.id = p.item_id JOIN {_CHECKLISTS} ON k.id = i.checklist_id
         WHERE p.id = %(id)s AND {_HERE}""",
    # A clock is its person's whatever became of the job.
    "timer_id": "SELECT FROM work_timers t WHERE t.id = %(id)s AND t.user_id = %(user_id)s",
}


def is_own(principal: Principal, kind: str, identifier: UUID, *, with_former: bool) -> bool:
    """Tell whether what an address names (a key of `OWN`) is the person's own; of anything else, no.

    `with_former` takes what was theirs in the last `OWN_FOR_DAYS` days.
    """
    statement = OWN.get(kind)
    if statement is None:
        return False
    values = {
        "id": identifier,
        "user_id": principal.user_id,
        "location_ids": list(principal.location_ids),
        "with_former": with_former,
    }
    row = statement_row(f"SELECT EXISTS ({statement})", values)
    return row is not None and bool(row[0])


def count_recent_failures(session: DbSession, ip: str, since: datetime) -> tuple[int, datetime | None]:
    """Return how many tries failed from `ip` (see `rules.network_of`) after `since`, and when the oldest of them was."""
    row = session.execute(
        sa.select(sa.func.count(), sa.func.min(LoginAttempt.attempted_at)).where(
            LoginAttempt.ip == ip, LoginAttempt.attempted_at > since, LoginAttempt.succeeded.is_(False)
        )
    ).one()
    return row[0], row[1]


def count_recent_failures_at(session: DbSession, account: bytes, since: datetime) -> tuple[int, datetime | None]:
    """Return how many tries at an account failed after `since`, and when the newest of them was."""
    row = session.execute(
        sa.select(sa.func.count(), sa.func.max(LoginAttempt.attempted_at)).where(
            LoginAttempt.account_hash == account,
            LoginAttempt.attempted_at > since,
            LoginAttempt.succeeded.is_(False),
        )
    ).one()
    return row[0], row[1]


def has_signed_in_from(session: DbSession, email: str, network: str, since: datetime) -> bool:
    """True when the user with this address, if there is one, began a session from `network` after `since`."""
    found = (
        sa.select(Session.id)
        .join(User, User.id == Session.user_id)
        .where(
            User.email == email.lower(),
            Session.created_at > since,
            Session.ip.op("<<=")(sa.cast(network, postgresql.INET)),
        )
    )
    return bool(session.scalar(sa.select(found.exists())))


def find_user_by_email(session: DbSession, email: str) -> User | None:
    """Return the user with this address in any case, active or not."""
    return session.scalars(sa.select(User).where(User.email == email.lower())).one_or_none()


def get_user_for_update(session: DbSession, user_id: UUID) -> User:
    """Lock and return a user.

    Raises:
        NotFoundError: no such user.
    """
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFoundError("There is no such user.")
    return user


def lock_active_owners(session: DbSession) -> list[UUID]:
    """Lock the active owners, in a fixed order, and return their ids."""
    return list(
        session.scalars(
            sa.select(User.id).where(User.role == Role.OWNER, User.is_active).order_by(User.id).with_for_update()
        )
    )


def location_ids_of(session: DbSession, user_id: UUID) -> list[UUID]:
    """List the locations a user works at."""
    return list(
        session.scalars(
            sa.select(UserLocation.location_id).where(UserLocation.user_id == user_id).order_by("location_id")
        )
    )


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What to list; None does not filter."""

    role: Role | None = None
    location_id: UUID | None = None
    text: str | None = None
    is_active: bool | None = None


def _user_columns() -> sa.Select[tuple[object, ...]]:
    locations = (
        sa.select(sa.func.array_agg(UserLocation.location_id)).where(UserLocation.user_id == User.id).scalar_subquery()
    )
    last_seen = sa.select(sa.func.max(Session.created_at)).where(Session.user_id == User.id).scalar_subquery()
    return sa.select(
        User.id,
        User.name,
        User.email,
        User.role,
        User.color,
        User.is_active,
        User.version,
        locations.label("location_ids"),
        last_seen.label("last_seen_at"),
        sa.and_(User.pin_hash.is_not(None), User.pin_failures >= PIN_TRIES).label("is_pin_locked"),
    )


def list_users(session: DbSession, wanted: UserFilter, *, after: tuple[str, UUID] | None, limit: int) -> list[UserRow]:
    """List users by name and id, those after `after`; at most `limit`."""
    statement = _user_columns()
    if wanted.role is not None:
        statement = statement.where(User.role == wanted.role)
    if wanted.is_active is not None:
        statement = statement.where(User.is_active.is_(wanted.is_active))
    if wanted.location_id is not None:
        statement = statement.where(
            sa.exists().where(UserLocation.user_id == User.id, UserLocation.location_id == wanted.location_id)
        )
    if wanted.text:
        statement = statement.where(
            sa.or_(
                User.name.icontains(wanted.text, autoescape=True), User.email.icontains(wanted.text, autoescape=True)
            )
        )
    if after is not None:
        statement = statement.where(sa.tuple_(User.name, User.id) > sa.tuple_(*after))
    rows = session.execute(statement.order_by(User.name, User.id).limit(limit))
    return [_user_row(row) for row in rows]


def get_user_row(session: DbSession, user_id: UUID) -> UserRow:
    """Return one user as lists show them.

    Raises:
        NotFoundError: no such user.
    """
    row = session.execute(_user_columns().where(User.id == user_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such user.")
    return _user_row(row)


def _user_row(row: sa.Row[tuple[object, ...]]) -> UserRow:
    return UserRow(
        row.id,
        row.name,
        row.email,
        Role(row.role),
        row.color,
        row.is_active,
        row.version,
        tuple(row.location_ids or ()),
        row.last_seen_at,
        bool(row.is_pin_locked),
    )


def get_session_for_update(session: DbSession, session_id: UUID) -> Session | None:
    """Lock and return a sign-in, None when there is none."""
    return session.get(Session, session_id, with_for_update=True)


def get_refresh_token_for_update(session: DbSession, token_id: UUID) -> RefreshToken | None:
    """Lock and return a link of a chain, None when there is none."""
    return session.get(RefreshToken, token_id, with_for_update=True)


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A location as the interface needs it to show times."""

    id: UUID
    name: str
    timezone: str


# `shop` stands above this package on the map, so its table is named here without its model.
_locations = sa.table("locations", sa.column("id", sa.Uuid), sa.column("name", sa.Text), sa.column("timezone", sa.Text))


def list_locations_of(session: DbSession, location_ids: tuple[UUID, ...]) -> list[LocationRow]:
    """List these locations by name."""
    return _list_locations(session, _locations.c.id.in_(location_ids))


def list_all_locations(session: DbSession) -> list[LocationRow]:
    """List every location of the shop by name."""
    return _list_locations(session, sa.true())


def _list_locations(session: DbSession, wanted: sa.ColumnElement[bool]) -> list[LocationRow]:
    columns = _locations.c
    rows = session.execute(
        sa.select(columns.id, columns.name, columns.timezone).where(wanted).order_by(columns.name, columns.id)
    )
    return [LocationRow(row.id, row.name, row.timezone) for row in rows]


def count_known_locations(session: DbSession, location_ids: list[UUID]) -> int:
    """Count how many of these locations exist."""
    return session.scalar(sa.select(sa.func.count()).where(_locations.c.id.in_(location_ids))) or 0


def can_take_work(session: DbSession, user_id: UUID, location_id: UUID) -> bool:
    """True for an active person who works at the location."""
    works = sa.exists().where(
        User.id == user_id,
        User.is_active,
        UserLocation.user_id == User.id,
        UserLocation.location_id == location_id,
    )
    return bool(session.scalar(sa.select(works)))


# --- switches --------------------------------------------------------------------------------------

# A process asks this often; what the Owner switches off is off everywhere within it.
SWITCHES_FOR_SECONDS = 1.0
_SWITCHED_OFF = f"SELECT name FROM {Switch.__tablename__} WHERE NOT is_on"  # noqa: S608


class _Known:
    """What this process knows of the switches, and when it asked."""

    off: frozenset[str] = frozenset()
    asked_at = -math.inf


def list_switched_off() -> frozenset[str]:
    """Return the features that the Owner has switched off, as of a second ago at most; the last answer while there is none."""
    now = time.monotonic()
    if now - _Known.asked_at >= SWITCHES_FOR_SECONDS:
        with contextlib.suppress(UnavailableError):
            _Known.off = frozenset(name for (name,) in statement_rows(_SWITCHED_OFF, {}))
        _Known.asked_at = now
    return _Known.off


def forget_switches() -> None:
    """Ask anew at the next question: somebody has changed one, perhaps in another process."""
    _Known.asked_at = -math.inf


def is_on(flags: FeatureFlags, feature: Switchable) -> bool:
    """Tell whether a feature is on: for the environment and for the Owner."""
    return bool(getattr(flags, feature.value)) and feature not in list_switched_off()


@dataclass(frozen=True, slots=True)
class SwitchView:
    """A feature's switch; `is_installed` is False where the environment has it off, whatever the Owner says."""

    name: Switchable
    is_on: bool
    is_installed: bool
    reason: str | None
    changed_at: datetime | None
    changed_by: str | None


def list_switches(session: DbSession, flags: FeatureFlags) -> list[SwitchView]:
    """List every switch."""
    rows = session.execute(
        sa.select(Switch.name, Switch.is_on, Switch.reason, Switch.changed_at, User.name).outerjoin(
            User, User.id == Switch.changed_by
        )
    )
    known = {name: (is_on, reason, at, by) for name, is_on, reason, at, by in rows}
    views = []
    for name in Switchable:
        is_on, reason, at, by = known.get(name, (True, None, None, None))
        views.append(SwitchView(name, is_on, bool(getattr(flags, name.value)), reason, at, by))
    return views
