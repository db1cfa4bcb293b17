"""What can be done with devices: announce one, pair it, know it by its token, revoke it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts import pins
from backend.accounts.commands import SignIn
from backend.accounts.pins import Try
from backend.accounts.rules import network_of, seconds_until
from backend.audit import commands as audit
from backend.core.actor import Actor, ActorKind
from backend.core.errors import NotFoundError
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.core.locks import Seed
from backend.devices import queries, rules
from backend.devices.models import Device, PairingTry
from backend.devices.queries import PairedDevice
from backend.devices.rules import DeviceKind

ENTITY = "device"


@dataclass(frozen=True, slots=True)
class NewCode:
    """A pairing code, told once: only its hash is kept."""

    device_id: UUID
    code: str
    expires_at: datetime


def create_device(
    session: Session,
    *,
    location_id: UUID,
    kind: DeviceKind,
    name: str,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> NewCode:
    """Put a device on file and return the code that pairs it.

    Raises:
        NotFoundError: the actor does not work at the location.
    """
    if location_id not in location_ids:
        raise NotFoundError("There is no such location.")
    device = Device(id=new_id(), location_id=location_id, kind=kind, name=name, created_at=now, created_by=actor.id)
    session.add(device)
    told = _give_code(device, now)
    session.flush()
    changes = {"name": (None, name), "kind": (None, kind.value)}
    _record(session, EventType.DEVICE_CREATED, device, actor=actor, now=now, changes=changes)
    return told


def renew_code(
    session: Session, device_id: UUID, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> NewCode:
    """Return a new code for a device whose screen was set up anew; what it holds now works until the code is used.

    Raises:
        NotFoundError: no such device at the actor's locations.
        DeviceRevokedError: its access has ended.
    """
    device = queries.get_device_for_update(session, device_id, location_ids)
    if device.revoked_at is not None:
        raise rules.DeviceRevokedError("This device was revoked. Add it anew.")
    told = _give_code(device, now)
    session.flush()
    _record(session, EventType.DEVICE_CODE_RENEWED, device, actor=actor, now=now)
    return told


def revoke_device(
    session: Session, device_id: UUID, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> None:
    """End a device's access; a second time changes nothing.

    Raises:
        NotFoundError: no such device at the actor's locations.
    """
    device = queries.get_device_for_update(session, device_id, location_ids)
    if device.revoked_at is not None:
        return
    device.revoked_at = now
    device.code_hash = device.code_expires_at = device.token_hash = None
    pins.end_on_device(session, device.id, "device revoked", now)
    session.flush()
    _record(session, EventType.DEVICE_REVOKED, device, actor=actor, now=now, changes={"revokedAt": (None, now)})


def pair(
    session: Session,
    code: str,
    *,
    kind: DeviceKind,
    ip: str,
    user_agent: str | None,
    now: datetime,
    request_id: str | None = None,
) -> tuple[UUID, str] | None:
    """Pair the `kind` of device that waits for `code`; return its id and token. None is counted against the caller's network.

    Raises:
        OtherKindError: the code is for another kind of device; it waits on.
        TooManyCodesError: too many wrong codes came from there.
    """
    network = network_of(ip)
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(network, Seed.PAIRING_NETWORK.value))
    session.execute(sa.select(lock))
    count, oldest = queries.oldest_try(session, network, now - rules.TRIES_WINDOW)
    if count >= rules.TRIES and oldest is not None:
        raise rules.TooManyCodesError(
            "Too many wrong codes. Wait a few minutes, then ask for a new one.",
            retry_after=seconds_until(oldest + rules.TRIES_WINDOW, now),
        )
    device = queries.find_by_code(session, rules.secret_hash(rules.normalize_code(code)), now)
    if device is None:
        session.add(PairingTry(id=new_id(), ip=network, tried_at=now))
        return None
    if device.kind != kind:
        raise rules.OtherKindError(
            rules.OTHER_KIND_WORDS[device.kind], errors={"code": ["For another kind of device."]}
        )
    token = rules.new_token()
    device.code_hash = device.code_expires_at = None
    device.token_hash = rules.secret_hash(token)
    device.paired_at = device.last_seen_at = now
    pins.end_on_device(session, device.id, "paired anew", now)
    session.flush()
    actor = Actor(ActorKind.SYSTEM, name=device.name, ip=ip, user_agent=user_agent, request_id=request_id)
    _record(session, EventType.DEVICE_PAIRED, device, actor=actor, now=now)
    return device.id, token


def authenticate(session: Session, token: str, *, now: datetime) -> PairedDevice | None:
    """Return the device that a token stands for, and note that it was seen; None when it is none any more."""
    device = queries.find_paired(session, rules.secret_hash(token))
    if device is not None and (device.last_seen_at is None or device.last_seen_at <= now - rules.SEEN_EVERY):
        session.execute(sa.update(Device).where(Device.id == device.id).values(last_seen_at=now))
    return device


def open_tablet(
    session: Session, device_id: UUID, user_id: UUID, tried: Try, *, seen: Actor, now: datetime
) -> SignIn | None:
    """Open a person's session on a tablet; None when the tablet, the PIN or the person is gone meanwhile.

    The caller has compared the PIN with `tried.pin_hash`. Who revokes the tablet waits for this, or this for them.
    """
    device = queries.hold_tablet(session, device_id)
    if device is None:
        return None
    return pins.open_session(session, user_id, tried, device_id, device_name=device.name, seen=seen, now=now)


def purge_tries(session: Session, now: datetime) -> None:
    """Forget wrong codes that count no more."""
    session.execute(sa.delete(PairingTry).where(PairingTry.tried_at < now - rules.TRIES_WINDOW))


def _give_code(device: Device, now: datetime) -> NewCode:
    code = rules.new_code()
    device.code_hash = rules.secret_hash(code)
    device.code_expires_at = now + rules.CODE_LIFE
    return NewCode(device.id, code, device.code_expires_at)


def _record(
    session: Session,
    event: EventType,
    device: Device,
    *,
    actor: Actor,
    now: datetime,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    audit.record(
        session,
        event,
        entity=ENTITY,
        entity_id=device.id,
        actor=actor,
        at=now,
        changes=changes,
        location_id=device.location_id,
    )
