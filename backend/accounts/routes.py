"""Sign-in, the signed-in person, and user administration."""

import logging
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import current_app, g

from backend.accounts import commands, guards, pins, queries, rules, schemas
from backend.accounts.guards import current_actor, current_principal, public, requires, signed_in, signed_in_or_pin
from backend.accounts.permissions import PERMISSION_MATRIX, Permission, Role, permissions_of
from backend.accounts.queries import Principal
from backend.core import metrics
from backend.core.clock import utc_now
from backend.core.db import reading, transaction
from backend.core.errors import DomainError
from backend.core.http import Blueprint, decode_cursor, encode_cursor
from backend.settings import DEFAULT_BRAND_COLOR, Settings

logger = logging.getLogger(__name__)

blueprint = Blueprint("accounts", __name__, url_prefix="/api", description="Sign-in, users and roles")


def _settings() -> Settings:
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    return settings


def _brand() -> dict[str, str]:
    settings = _settings()
    color = settings.brand_color if settings.flags.brand_theming else DEFAULT_BRAND_COLOR
    return {"name": settings.brand_name, "color": color}


def _me(principal: Principal) -> dict[str, Any]:
    # A screen asks when it hears of a switch; this process may not have heard of it.
    queries.forget_switches()
    with reading() as session:
        locations = queries.list_locations_of(session, principal.location_ids)
        has_pin = pins.has_pin(session, principal.user_id)
        switches = queries.list_switches(session, _settings().flags) if principal.may(Permission.MESSAGE_VIEW) else []
    return {
        "user": {
            "id": principal.user_id,
            "name": principal.name,
            "email": principal.email,
            "role": principal.role.value,
        },
        "permissions": [one.value for one in permissions_of(principal.role) if principal.may(one)],
        "on_tablet": principal.device_id is not None,
        "has_pin": has_pin,
        "flags": asdict(guards.flags()),
        "switched_off": [
            {"name": one.name, "by": one.changed_by, "since": one.changed_at, "reason": one.reason}
            for one in switches
            if one.is_installed and not one.is_on
        ],
        "locations": [asdict(location) for location in locations],
        "brand": _brand(),
        "version": _settings().release,
    }


def _sign_in(body: dict[str, Any]) -> commands.SignIn:
    now = utc_now()
    ip = guards.client_ip()
    credentials = commands.Credentials(body["email"], body["password"], ip, guards.client_agent(), g.get("request_id"))
    try:
        with transaction() as session:
            attempt_id = commands.reserve_login_attempt(session, credentials.email, ip, now)
        with transaction() as session:
            sign_in = commands.sign_in(session, attempt_id, credentials, now)
    except DomainError as error:
        metrics.LOGIN_ATTEMPTS.labels(error.code).inc()
        logger.warning("sign_in_refused", extra={"code": error.code, "ip": ip})
        raise
    metrics.LOGIN_ATTEMPTS.labels("ok").inc()
    return sign_in


def _principal_of(sign_in: commands.SignIn) -> Principal:
    principal = queries.find_principal(sign_in.session_id)
    if principal is None:
        raise rules.SessionEndedError("You were signed out. Please sign in again.")
    return principal


@blueprint.get("/public/app")
@public
@blueprint.response(200, schemas.AppSchema)
def show_app() -> dict[str, Any]:
    """Say whose shop this is and, in a demonstration, who can sign in."""
    settings = _settings()
    demo = None
    if settings.is_demo:
        logins = [{"role": role.value, "email": f"{role.value.lower()}@keytag.test"} for role in Role]
        demo = {"logins": logins, "password": "keytag-demo", "pin": "508214"}
    return {"brand": _brand(), "demo": demo, "version": settings.release}


@blueprint.post("/auth/login")
@public
@blueprint.arguments(schemas.LoginSchema)
@blueprint.response(200, schemas.MeSchema)
@blueprint.alt_response(401, description="The email or the password is not right.")
@blueprint.alt_response(429, description="Too many tries failed lately, from this address or at this account.")
def login(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in a browser: sets httponly cookies and a readable CSRF cookie."""
    sign_in = _sign_in(body)
    g.new_tokens = guards.issue_tokens(sign_in)
    return _me(_principal_of(sign_in))


@blueprint.post("/auth/token")
@public
@blueprint.arguments(schemas.LoginSchema)
@blueprint.response(200, schemas.TokenSchema)
@blueprint.alt_response(401, description="The email or the password is not right.")
@blueprint.alt_response(429, description="Too many tries failed lately, from this address or at this account.")
def create_token(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in a script: returns a bearer token."""
    access, _ = guards.issue_tokens(_sign_in(body))
    return {"access_token": access, "token_type": "Bearer", "expires_in": int(rules.ACCESS_LIFETIME.total_seconds())}


@blueprint.post("/auth/refresh")
@public
@blueprint.response(204)
@blueprint.alt_response(401, description="There is no refresh cookie, or its sign-in is over.")
@blueprint.alt_response(403, description="The CSRF header is missing.")
@blueprint.alt_response(503, description="The database is away.")
def refresh() -> None:
    """Exchange the refresh cookie for fresh cookies; a cookie that comes twice ends the session."""
    session_id, refresh_id = guards.token_ids(refresh=True)
    assert refresh_id is not None
    with transaction() as session:
        sign_in = commands.refresh(session, session_id, refresh_id, utc_now())
    if sign_in is None:
        g.drop_tokens = True
        raise rules.SessionEndedError("You were signed out. Please sign in again.")
    g.new_tokens = guards.issue_tokens(sign_in)


@blueprint.post("/auth/logout")
@signed_in_or_pin
@blueprint.response(204)
def logout() -> None:
    """Sign out: ends the session and clears the cookies."""
    with transaction() as session:
        commands.sign_out(session, current_principal().session_id, actor=current_actor(), now=utc_now())
    g.drop_tokens = True


@blueprint.post("/auth/password")
@signed_in
@blueprint.arguments(schemas.PasswordChangeSchema)
@blueprint.response(204)
def change_password(body: dict[str, Any]) -> None:
    """Change one's own password; other browsers and scripts are signed out."""
    principal = current_principal()
    with transaction() as session:
        commands.change_own_password(
            session,
            principal.user_id,
            body["current_password"],
            body["new_password"],
            keep_session_id=principal.session_id,
            actor=current_actor(),
            now=utc_now(),
        )


@blueprint.put("/auth/pin")
@signed_in
@blueprint.arguments(schemas.PinChangeSchema)
@blueprint.response(204)
def change_pin(body: dict[str, Any]) -> None:
    """Set one's own PIN for shared tablets; those that were opened with the one before are locked."""
    with transaction() as session:
        pins.set_pin(
            session,
            current_principal().user_id,
            body["current_password"],
            body["pin"],
            actor=current_actor(),
            now=utc_now(),
        )


@blueprint.delete("/auth/pin")
@signed_in
@blueprint.response(204)
def remove_pin() -> None:
    """Remove one's own PIN; tablets that were opened with it are locked."""
    with transaction() as session:
        pins.remove_pin(session, current_principal().user_id, actor=current_actor(), now=utc_now())


@blueprint.get("/me")
@signed_in_or_pin
@blueprint.response(200, schemas.MeSchema)
def show_me() -> dict[str, Any]:
    """Say who is signed in, what they may do and where."""
    return _me(current_principal())


@blueprint.get("/permissions")
@requires(Permission.USER_LIST)
@blueprint.response(200, schemas.PermissionMatrixSchema)
def show_permissions() -> dict[str, Any]:
    """Show the permission matrix."""
    rows = [
        {
            "key": permission.value,
            "description": permission.description,
            "roles": [r.value for r in Role if r in allowed],
        }
        for permission, allowed in PERMISSION_MATRIX.items()
    ]
    return {"roles": [role.value for role in Role], "permissions": rows}


@blueprint.get("/users")
@requires(Permission.USER_LIST)
@blueprint.arguments(schemas.UserQuery, location="query")
@blueprint.response(200, schemas.UserPage)
def list_users(query: dict[str, Any]) -> dict[str, Any]:
    """List users by name; technicians are `?role=Tech&locationId=…`."""
    after = decode_cursor(query["cursor"], lambda name, key: (str(name), UUID(key)))
    wanted = queries.UserFilter(
        Role(query["role"]) if query["role"] else None, query["location_id"], query["q"], query["is_active"]
    )
    with reading() as session:
        rows = queries.list_users(session, wanted, after=after, limit=query["limit"] + 1)
    page = rows[: query["limit"]]
    more = len(rows) > len(page)
    manages = current_principal().may(Permission.USER_MANAGE)
    return {
        "items": [_user(row, manages=manages) for row in page],
        "next_cursor": encode_cursor(page[-1].name, page[-1].id) if more else None,
    }


@blueprint.get("/users/locations")
@requires(Permission.USER_MANAGE)
@blueprint.response(200, schemas.AssignableLocationList)
def list_assignable_locations() -> dict[str, Any]:
    """List every location of the shop: an Owner gives people a place also where they don't work themselves."""
    with reading() as session:
        return {"items": queries.list_all_locations(session)}


@blueprint.post("/users")
@requires(Permission.USER_MANAGE)
@blueprint.arguments(schemas.UserCreate)
@blueprint.response(201, schemas.UserSchema)
def create_user(body: dict[str, Any]) -> dict[str, Any]:
    """Add a user."""
    new = commands.NewUser(**{**body, "role": Role(body["role"])})
    with transaction() as session:
        user_id, generated = commands.create_user(session, new, actor=current_actor(), now=utc_now())
        row = queries.get_user_row(session, user_id)
    user = _user(row, manages=True)
    return {**user, "temporary_password": generated} if generated else user


@blueprint.patch("/users/<uuid:user_id>")
@requires(Permission.USER_MANAGE)
@blueprint.arguments(schemas.UserPatch)
@blueprint.response(200, schemas.UserSchema)
def change_user(body: dict[str, Any], user_id: UUID) -> dict[str, Any]:
    """Change a user's name, role, locations, or switch them on or off."""
    change = commands.UserChange(**{**body, "role": Role(body["role"]) if "role" in body else None})
    with transaction() as session:
        commands.change_user(session, user_id, change, actor=current_actor(), now=utc_now())
        session.flush()
        row = queries.get_user_row(session, user_id)
    return _user(row, manages=True)


@blueprint.post("/users/<uuid:user_id>/password-reset")
@requires(Permission.USER_MANAGE)
@blueprint.response(200, schemas.TemporaryPasswordSchema)
def reset_password(user_id: UUID) -> dict[str, str]:
    """Give a user a temporary password and sign them out everywhere."""
    with transaction() as session:
        generated = commands.reset_password(session, user_id, actor=current_actor(), now=utc_now())
    return {"temporary_password": generated}


@blueprint.post("/users/<uuid:user_id>/pin-reset")
@requires(Permission.USER_MANAGE)
@blueprint.response(204)
def reset_pin(user_id: UUID) -> None:
    """Remove a user's PIN, forgotten or found out: they set a new one after their full sign-in."""
    with transaction() as session:
        pins.remove_pin(session, user_id, actor=current_actor(), now=utc_now())


@blueprint.post("/users/<uuid:user_id>/sign-out")
@requires(Permission.USER_MANAGE)
@blueprint.response(204)
def sign_out_user(user_id: UUID) -> None:
    """End all of a user's sessions."""
    with transaction() as session:
        commands.sign_out_everywhere(session, user_id, actor=current_actor(), now=utc_now())


@blueprint.get("/switches")
@requires(Permission.SETTINGS_MANAGE)
@blueprint.response(200, schemas.SwitchList)
def list_switches() -> dict[str, Any]:
    """List the features that can be switched off while everything runs."""
    return _switches()


@blueprint.put("/switches/messaging")
@requires(Permission.SETTINGS_MANAGE)
@blueprint.arguments(schemas.SwitchChange)
@blueprint.response(200, schemas.SwitchList)
def switch_messaging(body: dict[str, Any]) -> dict[str, Any]:
    """Switch texting off, with a reason, or on again; every process obeys within a second, and what waits is kept."""
    with transaction() as session:
        commands.set_switch(session, rules.Switchable.MESSAGING, **body, actor=current_actor(), now=utc_now())
    return _switches()


def _switches() -> dict[str, Any]:
    with reading() as session:
        return {"items": queries.list_switches(session, _settings().flags), "next_cursor": None}


def _user(row: queries.UserRow, *, manages: bool) -> dict[str, Any]:
    user = asdict(row)
    if not manages:
        for private in ("email", "version", "last_seen_at", "is_pin_locked"):
            del user[private]
    return user


blueprint.after_request(guards.set_cookies)
