"""Devices as their page lists them, and the one behind a token."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import Session as AccountSession
from backend.accounts.models import User
from backend.core.errors import NotFoundError
from backend.devices.models import Device, PairingTry
from backend.devices.rules import DeviceKind
from backend.shop.models import Location


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device as its page lists it; `code_expires_at` is set while a code waits for it, `in_use_by` while somebody's PIN has it open."""

    id: UUID
    location_id: UUID
    kind: DeviceKind
    name: str
    code_expires_at: datetime | None
    paired_at: datetime | None
    last_seen_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime
    in_use_by: str | None


@dataclass(frozen=True, slots=True)
class PairedDevice:
    """The device that a token stands for."""

    id: UUID
    location_id: UUID
    location_name: str
    kind: DeviceKind
    name: str
    last_seen_at: datetime | None


# A tablet says nothing while it is in use: who holds it is known by their sign-in.
_IN_USE_BY = (
    sa.select(User.name)
    .join(AccountSession, AccountSession.user_id == User.id)
    .where(
        AccountSession.device_id == Device.id,
        AccountSession.ended_at.is_(None),
        AccountSession.expires_at > sa.func.now(),
    )
    .order_by(AccountSession.created_at.desc())
    .limit(1)
    .scalar_subquery()
)
_COLUMNS = (*(getattr(Device, name) for name in DeviceView.__dataclass_fields__ if name != "in_use_by"), _IN_USE_BY)


def list_devices(
    session: Session, location_ids: Iterable[UUID], *, after: tuple[str, UUID] | None, limit: int
) -> list[DeviceView]:
    """List the devices of these locations by name and id, those after `after`; revoked ones stay out."""
    key = (Device.name, Device.id)
    statement = sa.select(*_COLUMNS).where(Device.location_id.in_(tuple(location_ids)), Device.revoked_at.is_(None))
    if after is not None:
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*after))
    return [DeviceView(*row) for row in session.execute(statement.order_by(*key).limit(limit))]


def get_device(session: Session, device_id: UUID) -> DeviceView:
    """Return a device.

    Raises:
        NotFoundError: no such device.
    """
    row = session.execute(sa.select(*_COLUMNS).where(Device.id == device_id)).first()
    if row is None:
        raise NotFoundError("There is no such device.")
    return DeviceView(*row)


def get_device_for_update(session: Session, device_id: UUID, location_ids: Iterable[UUID]) -> Device:
    """Lock and return a device of one of these locations.

    Raises:
        NotFoundError: none such.
    """
    found = session.scalars(
        sa.select(Device).where(Device.id == device_id, Device.location_id.in_(tuple(location_ids))).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such device.")
    return found


def find_by_code(session: Session, code_hash: bytes, now: datetime) -> Device | None:
    """Lock and return the device that waits for a code; two that type it at once take turns, and the second finds none."""
    return session.scalars(
        sa.select(Device)
        .where(Device.code_hash == code_hash, Device.code_expires_at > now, Device.revoked_at.is_(None))
        .with_for_update()
    ).one_or_none()


def find_paired(session: Session, token_hash: bytes) -> PairedDevice | None:
    """Return the device of a token, None when it is revoked or was never one."""
    row = session.execute(
        sa.select(Device.id, Device.location_id, Location.name, Device.kind, Device.name, Device.last_seen_at)
        .join(Location, Location.id == Device.location_id)
        .where(Device.token_hash == token_hash, Device.revoked_at.is_(None))
    ).first()
    return None if row is None else PairedDevice(*row)


def hold_tablet(session: Session, device_id: UUID) -> Device | None:
    """Lock and return a tablet so that it stays paired until the transaction ends; None when it was revoked."""
    return session.scalars(
        sa.select(Device)
        .where(Device.id == device_id, Device.kind == DeviceKind.TABLET, Device.revoked_at.is_(None))
        .with_for_update()
    ).one_or_none()


def oldest_try(session: Session, ip: str, since: datetime) -> tuple[int, datetime | None]:
    """Return how many codes from `ip` were wrong after `since`, and when the oldest of them was."""
    row = session.execute(
        sa.select(sa.func.count(), sa.func.min(PairingTry.tried_at)).where(
            PairingTry.ip == ip, PairingTry.tried_at > since
        )
    ).one()
    return row[0], row[1]
