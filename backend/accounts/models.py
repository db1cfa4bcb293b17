"""Staff users, their locations, sessions, refresh tokens and sign-in tries."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from backend.accounts.permissions import Role
from backend.accounts.rules import Switchable
from backend.core.db import Model, enum_check, explain_constraint, id_column
from backend.core.errors import ConflictError


class EmailTakenError(ConflictError):
    """409: another user has this email address."""

    code = "email_taken"


class User(Model):
    """A person who works here; `email` is lower case; deactivated rather than deleted."""

    __tablename__ = "users"

    id: Mapped[UUID] = id_column()
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(sa.Text)
    password_hash: Mapped[str]
    color: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]
    # argon2id of the six digits for a shared tablet; after five wrong ones only the password helps.
    pin_hash: Mapped[str | None]
    pin_failures: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        sa.UniqueConstraint("email"),
        enum_check("role", Role, "role_is_known"),
        sa.CheckConstraint("email = lower(email)", name="email_is_lower_case"),
    )


explain_constraint(
    "uq_users_email",
    lambda: EmailTakenError("Another user already has this email address.", errors={"email": ["Already in use."]}),
)


class Switch(Model):
    """A feature that the Owner can switch off while everything runs; one without a row is on.

    Off, it says why. What the environment has switched off stays off.
    """

    __tablename__ = "switches"

    id: Mapped[UUID] = id_column()
    name: Mapped[Switchable] = mapped_column(sa.Text)
    is_on: Mapped[bool]
    reason: Mapped[str | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.UniqueConstraint("name"),
        enum_check("name", Switchable, "name_is_known"),
        sa.CheckConstraint("is_on OR reason IS NOT NULL", name="off_says_why"),
    )


class UserLocation(Model):
    """A location a person may see and work in."""

    __tablename__ = "user_locations"

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"), primary_key=True)

    __table_args__ = (sa.Index(None, "location_id"),)


class Session(Model):
    """A sign-in of a browser or a script; access ends when `ended_at` is set or `expires_at` is past."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = id_column()
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    # The paired tablet that it was opened on with a PIN: it may see its own jobs and inspections only.
    device_id: Mapped[UUID | None]
    ip: Mapped[str | None] = mapped_column(postgresql.INET)
    user_agent: Mapped[str | None]

    __table_args__ = (sa.Index(None, "user_id"), sa.Index(None, "expires_at"))


class RefreshToken(Model):
    """One link of a session's chain; used once, a second use ends the session (RFC 9700 §4.14.2)."""

    __tablename__ = "refresh_tokens"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(sa.ForeignKey("sessions.id", ondelete="CASCADE"))
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (sa.Index(None, "session_id"),)


class LoginAttempt(Model):
    """A sign-in try, counted per address and per account; kept for a day.

    `ip` is an IPv4 address or the /64 of an IPv6 one; `account_hash` is of what was typed, whether or not there is
    such a user (see `rules.network_of`, `rules.account_hash`).
    """

    __tablename__ = "login_attempts"

    id: Mapped[UUID] = id_column()
    ip: Mapped[str] = mapped_column(postgresql.INET)
    account_hash: Mapped[bytes | None]
    attempted_at: Mapped[datetime]
    succeeded: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    __table_args__ = (
        sa.Index(None, "ip", "attempted_at"),
        sa.Index(None, "account_hash", "attempted_at"),
        sa.Index(None, "attempted_at"),
    )
