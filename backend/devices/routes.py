"""Devices: /api/devices for the Owner, /api/devices/pair for the device itself, /api/tablet for who holds a tablet."""

import logging
from typing import Any
from uuid import UUID

from flask import Response, current_app, g, request
from sqlalchemy.orm import Session

from backend.accounts import commands as accounts
from backend.accounts import guards, pins
from backend.accounts.guards import (
    chosen_location,
    client_agent,
    client_ip,
    current_actor,
    current_principal,
    now,
    public,
    request_id,
    requires,
    signed_in_or_pin,
)
from backend.accounts.permissions import Permission
from backend.accounts.rules import PIN_IDLE, PIN_LIFETIME, WrongPinError, verify_password
from backend.core import idempotency, metrics
from backend.core.actor import Actor, ActorKind
from backend.core.db import in_transaction, reading, transaction
from backend.core.http import Blueprint, decode_cursor, encode_cursor, json_response
from backend.devices import commands, queries, schemas
from backend.devices.commands import NewCode
from backend.devices.queries import PairedDevice
from backend.devices.rules import COOKIE, COOKIE_LIFE, CodeRefusedError, DeviceKind, NotPairedError
from backend.settings import Settings

logger = logging.getLogger(__name__)

blueprint = Blueprint("devices", __name__, url_prefix="/api/devices", description="Wallboards and tablets")
tablet = Blueprint("tablet", __name__, url_prefix="/api/tablet", description="Who holds a shared tablet")
tablet.after_request(guards.set_cookies)

_IDLE_SECONDS = int(PIN_IDLE.total_seconds())


@blueprint.get("")
@requires(Permission.SETTINGS_MANAGE)
@blueprint.arguments(schemas.DeviceQuery, location="query")
@blueprint.response(200, schemas.DevicePage)
def list_devices(query: dict[str, Any]) -> dict[str, Any]:
    """List devices by name; revoked ones are left out."""
    wanted = query["location_id"]
    location_ids = current_principal().location_ids if wanted is None else (chosen_location(wanted),)
    after = decode_cursor(query["cursor"], lambda name, identifier: (str(name), UUID(identifier)))
    with reading() as session:
        found = queries.list_devices(session, location_ids, after=after, limit=query["limit"] + 1)
    page = found[: query["limit"]]
    more = len(found) > len(page)
    return {"items": page, "next_cursor": encode_cursor(page[-1].name, page[-1].id) if more else None}


@blueprint.post("")
@requires(Permission.SETTINGS_MANAGE)
@blueprint.doc(parameters=[idempotency.IDEMPOTENCY_KEY])
@blueprint.arguments(schemas.DeviceCreate)
@blueprint.response(201, schemas.DeviceCodeSchema)
def create_device(body: dict[str, Any]) -> Response:
    """Add a device; the answer has the code that pairs it, for ten minutes."""

    def create(session: Session) -> Response:
        claim = idempotency.claim(session, current_principal().user_id, now())
        if claim.replay is not None:
            return claim.replay
        told = commands.create_device(
            session,
            location_id=body["location_id"],
            kind=DeviceKind(body["kind"]),
            name=body["name"],
            actor=current_actor(),
            location_ids=current_principal().location_ids,
            now=now(),
        )
        return claim.keep(schemas.DeviceCodeSchema().dump(told), 201)

    return in_transaction(create)


@blueprint.post("/<uuid:device_id>/code")
@requires(Permission.SETTINGS_MANAGE)
@blueprint.response(200, schemas.DeviceCodeSchema)
@blueprint.alt_response(409, description="It was revoked.")
def renew_code(device_id: UUID) -> NewCode:
    """Give a device a new code; the one before works no more."""
    location_ids = current_principal().location_ids
    return in_transaction(
        lambda session: commands.renew_code(
            session, device_id, actor=current_actor(), location_ids=location_ids, now=now()
        )
    )


@blueprint.post("/<uuid:device_id>/revoke")
@requires(Permission.SETTINGS_MANAGE)
@blueprint.response(204)
def revoke_device(device_id: UUID) -> None:
    """End a device's access at once."""
    location_ids = current_principal().location_ids
    in_transaction(
        lambda session: commands.revoke_device(
            session, device_id, actor=current_actor(), location_ids=location_ids, now=now()
        )
    )


@blueprint.post("/pair")
@public
@blueprint.arguments(schemas.PairingSchema)
@blueprint.response(200, schemas.PairedDeviceSchema)
@blueprint.alt_response(422, description="No device of this kind waits for this code.")
@blueprint.alt_response(429, description="Too many wrong codes from this network.")
def pair_device(body: dict[str, str]) -> Response:
    """Make this browser the device that waits for the code: it gets a cookie that only reads what that kind may show."""
    with transaction() as session:
        paired = commands.pair(
            session,
            body["code"],
            kind=DeviceKind(body["kind"]),
            ip=client_ip(),
            user_agent=client_agent(),
            now=now(),
            request_id=request_id(),
        )
        device = None if paired is None else queries.get_device(session, paired[0])
    # Only now: a refusal must not take back that the try was counted.
    if paired is None or device is None:
        raise CodeRefusedError(
            "No device waits for this code. Look at it again, or ask for a new one.", errors={"code": ["Not a code."]}
        )
    response = json_response(schemas.PairedDeviceSchema().dump(device))
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    response.set_cookie(
        COOKIE,
        paired[1],
        max_age=COOKIE_LIFE,
        path="/api",
        secure=settings.is_production,
        httponly=True,
        samesite="Strict",
    )
    return response


# --- a shared tablet --------------------------------------------------------------------------


@tablet.get("/people")
@public
@tablet.response(200, schemas.TabletSchema)
@tablet.alt_response(401, description="This browser is no paired tablet.")
def list_people() -> dict[str, Any]:
    """List who may open this tablet; its cookie shows their names and nothing else."""
    device = _paired_tablet()
    with reading() as session:
        items = pins.list_colleagues(session, device.location_id)
    return {
        "name": device.name,
        "location_id": device.location_id,
        "location_name": device.location_name,
        "idle_seconds": _IDLE_SECONDS,
        "items": items,
    }


@tablet.post("/enter")
@public
@tablet.arguments(schemas.TabletEnterSchema)
@tablet.response(200, schemas.TabletOpenedSchema)
@tablet.alt_response(401, description="This browser is no paired tablet.")
@tablet.alt_response(403, description="Five PINs were wrong: only the full sign-in helps.")
@tablet.alt_response(409, description="The person has no PIN.")
@tablet.alt_response(422, description="The PIN is not right; `triesLeft` says how many more there are.")
def enter(body: dict[str, Any]) -> dict[str, Any]:
    """Open this tablet with a PIN, for one's own jobs and inspections; whoever had it open is signed out."""
    device = _paired_tablet()
    user_id: UUID = body["user_id"]
    with transaction() as session:
        tried = pins.count_try(session, user_id, device.location_id)
    seen = Actor(ActorKind.SYSTEM, name=device.name, ip=client_ip(), user_agent=client_agent(), request_id=request_id())
    opened = None
    if verify_password(body["pin"], tried.pin_hash):
        opened = in_transaction(
            lambda session: commands.open_tablet(session, device.id, user_id, tried, seen=seen, now=now())
        )
    metrics.LOGIN_ATTEMPTS.labels("pin" if opened else "wrong_pin").inc()
    if opened is None:
        raise _wrong_pin(user_id, tried, seen)
    g.new_tokens = guards.issue_tokens(opened)
    return {
        "user_id": user_id,
        "name": tried.name,
        "location_id": device.location_id,
        "expires_at": now() + PIN_LIFETIME,
        "idle_seconds": _IDLE_SECONDS,
    }


@tablet.post("/lock")
@signed_in_or_pin
@tablet.response(204)
def lock() -> None:
    """Lock the tablet: who had it open is signed out."""
    with transaction() as session:
        accounts.sign_out(session, current_principal().session_id, actor=current_actor(), now=now())
    g.drop_tokens = True


def _paired_tablet() -> PairedDevice:
    with transaction() as session:
        device = commands.authenticate(session, request.cookies.get(COOKIE, ""), now=now())
    if device is None or device.kind != DeviceKind.TABLET:
        raise NotPairedError("This tablet is not paired. Enter a code from Settings.")
    return device


def _wrong_pin(user_id: UUID, tried: pins.Try, seen: Actor) -> Exception:
    logger.warning("pin_refused", extra={"ip": seen.ip, "tries_left": tried.tries_left})
    if tried.tries_left:
        left = f"{tried.tries_left} {'try' if tried.tries_left == 1 else 'tries'} left."
        return WrongPinError(
            f"This PIN is not right. {left}", errors={"pin": [f"Not right. {left}"]}, tries_left=tried.tries_left
        )
    with transaction() as session:
        pins.note_lock(session, user_id, actor=seen, now=now())
    return pins.locked(tried.name)
