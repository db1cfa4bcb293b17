"""Paired devices."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column
from backend.devices.rules import DeviceKind


class Device(Model):
    """A device of a location; of its pairing code and its token only the SHA-256 is kept. Access ends with `revoked_at`."""

    __tablename__ = "devices"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    kind: Mapped[DeviceKind] = mapped_column(sa.Text)
    name: Mapped[str]
    code_hash: Mapped[bytes | None]
    code_expires_at: Mapped[datetime | None]
    token_hash: Mapped[bytes | None]
    paired_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.UniqueConstraint("code_hash"),
        enum_check("kind", DeviceKind, "kind_is_known"),
    )


class PairingTry(Model):
    """A pairing code that nobody waited for, counted per network (see `accounts.rules.network_of`); kept for an hour."""

    __tablename__ = "pairing_tries"

    id: Mapped[UUID] = id_column()
    ip: Mapped[str] = mapped_column(postgresql.INET)
    tried_at: Mapped[datetime]

    __table_args__ = (sa.Index(None, "ip", "tried_at"),)
