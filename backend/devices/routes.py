"""Devices: /api/devices for the Owner, /api/devices/pair for the device itself."""

from typing import Any
from uuid import UUID

from flask import Response, current_app
from sqlalchemy.orm import Session

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
)
from backend.accounts.permissions import Permission
from backend.core import idempotency
from backend.core.db import in_transaction, reading, transaction
from backend.core.http import Blueprint, decode_cursor, encode_cursor, json_response
from backend.devices import commands, queries, schemas
from backend.devices.commands import NewCode
from backend.devices.rules import COOKIE, COOKIE_LIFE, CodeRefusedError, DeviceKind
from backend.settings import Settings

blueprint = Blueprint("devices", __name__, url_prefix="/api/devices", description="Wallboards and tablets")


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
@blueprint.alt_response(422, description="No device waits for this code.")
@blueprint.alt_response(429, description="Too many wrong codes from this network.")
def pair_device(body: dict[str, str]) -> Response:
    """Make this browser the device that waits for the code: it gets a cookie that only reads what that kind may show."""
    with transaction() as session:
        paired = commands.pair(
            session,
            body["code"],
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
