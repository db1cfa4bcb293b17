"""Who may call a route: `@requires(permission)`, `@signed_in` or `@public` stands on every one; a test walks them.

A session that was opened with a PIN on a shared tablet is let in by `requires` alone, to what `permissions.ON_TABLET`
grants, and only where all that the address names is the person's own (`queries.OWN`); every other door is shut to it.

Tokens are signed (HS256, issuer and audience checked) and carry only ids. What the person
may do is read from the database at each request, so a changed role or an ended session acts
at once.
"""

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, wraps
from ipaddress import ip_address
from typing import NoReturn, ParamSpec, TypeVar
from uuid import UUID

import flask_jwt_extended as jwt_extended
import jwt
from flask import Flask, Response, current_app, g, request
from flask_jwt_extended.exceptions import CSRFError, JWTExtendedException

from backend.accounts import queries, rules
from backend.accounts.commands import SignIn
from backend.accounts.known_tokens import KnownTokens
from backend.accounts.permissions import PERMISSION_MATRIX, Permission, Role, may
from backend.accounts.queries import Principal
from backend.core import http, log
from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.errors import NotFoundError, PermissionDeniedError, UnauthenticatedError, invalid_field
from backend.settings import FeatureFlags, Settings

P = ParamSpec("P")
R = TypeVar("R")

AUDIENCE = "keytag"
ISSUER = "keytag"
ACCESS_COOKIE = "keytag_access"
CSRF_HEADER = "X-CSRF-TOKEN"
_SAFE_METHODS = frozenset({"GET", "HEAD"})


class TabletLimitedError(PermissionDeniedError):
    """403: not with a PIN on a shared tablet; the full sign-in may do it."""

    code = "tablet_limited"


class FeatureOffError(PermissionDeniedError):
    """403: this installation has the feature switched off."""

    code = "feature_off"


def init_app(app: Flask, settings: Settings) -> None:
    """Configure tokens and cookies."""
    app.config.update(
        JWT_SECRET_KEY=settings.secret_key,
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_DECODE_ISSUER=ISSUER,
        JWT_ENCODE_AUDIENCE=AUDIENCE,
        JWT_DECODE_AUDIENCE=AUDIENCE,
        JWT_TOKEN_LOCATION=["headers", "cookies"],
        JWT_ACCESS_TOKEN_EXPIRES=rules.ACCESS_LIFETIME,
        JWT_REFRESH_TOKEN_EXPIRES=rules.REFRESH_LIFETIME,
        JWT_ACCESS_COOKIE_NAME=ACCESS_COOKIE,
        JWT_REFRESH_COOKIE_NAME="keytag_refresh",
        JWT_REFRESH_COOKIE_PATH="/api/auth",
        JWT_COOKIE_SECURE=settings.is_production,
        JWT_COOKIE_SAMESITE="Lax",
        JWT_SESSION_COOKIE=False,
        JWT_COOKIE_CSRF_PROTECT=True,
        JWT_CSRF_IN_COOKIES=True,
        JWT_ACCESS_CSRF_HEADER_NAME=CSRF_HEADER,
    )
    jwt_extended.JWTManager(app)
    app.extensions["keytag-known-tokens"] = KnownTokens()
    app.config["KEYTAG_FLAGS"] = settings.flags
    app.register_error_handler(CSRFError, _csrf_problem)
    # flask-jwt-extended installs its own 401 bodies for these; ours are problem documents.
    app.register_error_handler(JWTExtendedException, _token_problem)
    app.register_error_handler(jwt.PyJWTError, _token_problem)
    for error in list(app.error_handler_spec[None][None]):
        if issubclass(error, CSRFError):
            app.register_error_handler(error, _csrf_problem)
        elif issubclass(error, (JWTExtendedException, jwt.PyJWTError)):
            app.register_error_handler(error, _token_problem)


def _csrf_problem(_error: Exception) -> Response:
    return http.problem(403, "csrf", "This page is out of date. Reload it and try again.")


def _token_problem(error: Exception) -> Response:
    if isinstance(error, jwt.ExpiredSignatureError):
        return http.problem(401, "session_expired", "Your sign-in needs refreshing. Please sign in again.")
    return http.problem(401, "not_signed_in", "Please sign in.")


def issue_tokens(sign_in: SignIn) -> tuple[str, str]:
    """Return a signed access and refresh token for a sign-in."""
    identity = str(sign_in.user_id)
    claims = {"sid": str(sign_in.session_id)}
    access = jwt_extended.create_access_token(identity, additional_claims=claims)
    refresh = jwt_extended.create_refresh_token(identity, additional_claims={**claims, "rid": str(sign_in.refresh_id)})
    return access, refresh


def token_ids(*, refresh: bool = False) -> tuple[UUID, UUID | None]:
    """Verify the request's token and return its session id and, for a refresh token, its own id.

    Raises:
        UnauthenticatedError: a token of another kind or without our claims.
    """
    if not refresh:
        session_id = _known_session_id()
        if session_id is not None:
            return session_id, None
    if not request.headers.get(CSRF_HEADER, "").isascii():
        # The library can't compare it.
        raise CSRFError("CSRF token is not ASCII")
    jwt_extended.verify_jwt_in_request(refresh=refresh)
    claims = jwt_extended.get_jwt()
    if "exp" not in claims:
        raise UnauthenticatedError("Please sign in.")
    try:
        session_id, refresh_id = UUID(claims["sid"]), UUID(claims["rid"]) if refresh else None
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnauthenticatedError("Please sign in.") from error
    token, _ = _offered_token()
    if token is not None and not refresh:
        _known_tokens().remember(token, session_id, claims)
    return session_id, refresh_id


def _known_session_id() -> UUID | None:
    """Return the session of a token that was verified before; None leaves the judgement to the library."""
    token, is_cookie = _offered_token()
    known = _known_tokens().find(token) if token else None
    if known is None:
        return None
    if is_cookie and request.method not in _SAFE_METHODS:
        offered = request.headers.get(CSRF_HEADER, "")
        if known.csrf is None or not hmac.compare_digest(offered.encode(), known.csrf.encode()):
            return None
    return known.session_id


def _offered_token() -> tuple[str | None, bool]:
    """Return the access token that the library would choose, and whether it is a cookie; None where that is not plain."""
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        return (
            token if scheme == "Bearer" and token.isascii() and " " not in token and "," not in token else None
        ), False
    for part in request.headers.get("Cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == ACCESS_COOKIE:
            return (None if not value or value.startswith('"') else value), True
    return None, True


def _known_tokens() -> KnownTokens:
    known: KnownTokens = current_app.extensions["keytag-known-tokens"]
    return known


def requires(permission: Permission, *, own: bool = True) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in whoever's role grants `permission`; on a shared tablet to what is their own, unless not `own`."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            check(load_principal(), permission)
            if own:
                check_own(**(request.view_args or {}))
            return view(*args, **kwargs)

        guarded.own = own  # type: ignore[attr-defined]
        return _declare(guarded, permission.value)

    return decorate


def requires_in_statement(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare `permission` for a hot route whose one statement reads the person itself.

    The token is verified here; the view puts `queries.PRINCIPAL_CTE` in its statement and
    calls `check_role` with what it says. Shared tablets have no such routes.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            g.session_id = token_ids()[0]
            g.not_on_tablet = True
            return view(*args, **kwargs)

        return _declare(guarded, permission.value)

    return decorate


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Let in everybody who is signed in, whatever their role; not with a PIN on a shared tablet."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if load_principal().device_id is not None:
            raise _limited()
        return view(*args, **kwargs)

    return _declare(guarded, "signed-in")


def signed_in_or_pin(view: Callable[P, R]) -> Callable[P, R]:
    """Let in everybody who is signed in, also with a PIN on a shared tablet."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        load_principal()
        return view(*args, **kwargs)

    guarded.on_tablet = True  # type: ignore[attr-defined]
    return _declare(guarded, "signed-in")


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Let in everybody."""
    return _declare(view, "public")


def signed_in_in_production(view: Callable[P, R]) -> Callable[P, R]:
    """Let in everybody, but where real shops work only who is signed in."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        settings: Settings = current_app.config["KEYTAG_SETTINGS"]
        if settings.is_production and load_principal().device_id is not None:
            raise _limited()
        return view(*args, **kwargs)

    return _declare(guarded, "public")


def feature(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Answer 403 while the feature flag `name` (a field of `FeatureFlags`) is off."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def switched(*args: P.args, **kwargs: P.kwargs) -> R:
            if not getattr(flags(), name):
                raise FeatureOffError("This feature is switched off in this shop.", feature=name)
            return view(*args, **kwargs)

        switched.feature = name  # type: ignore[attr-defined]
        return switched

    return decorate


def _declare(view: Callable[P, R], access: str) -> Callable[P, R]:
    view.access = access  # type: ignore[attr-defined]
    return view


def flags() -> FeatureFlags:
    """Return this installation's feature flags, without those that the Owner has switched off."""
    return _without(current_app.config["KEYTAG_FLAGS"], queries.list_switched_off())


@lru_cache(maxsize=64)
def _without(value: FeatureFlags, switched_off: frozenset[str]) -> FeatureFlags:
    return replace(value, **dict.fromkeys(switched_off, False))


def load_principal() -> Principal:
    """Verify the token and return the person behind it, once per request.

    Raises:
        SessionEndedError: the sign-in is over.
        TabletLimitedError: it was opened with a PIN, at a route of `requires_in_statement`.
    """
    if "principal" not in g:
        session_id, _ = token_ids()
        principal = queries.find_principal(session_id)
        if principal is None:
            raise _ended()
        if principal.device_id is not None and g.get("not_on_tablet"):
            raise _limited()
        remember(principal)
    found: Principal = g.principal
    return found


def remember(principal: Principal) -> None:
    """Make `principal` the request's person, for views and logs."""
    g.principal = principal
    log.user_id.set(str(principal.user_id))


def check(principal: Principal, permission: Permission) -> None:
    """Refuse what the person's role may not do.

    Raises:
        PermissionDeniedError: and says who may.
        TabletLimitedError: the role may, a PIN on a shared tablet may not.
    """
    check_role(principal.role, permission)
    if not principal.may(permission):
        raise _limited()


def check_own(**named: object) -> None:
    """Refuse a person on a shared tablet what is not their own: ids by their names in addresses, see `queries.OWN`.

    What a tablet tells may have been done before the job became another's; what it reads may not.

    Raises:
        NotFoundError: it is another's, or there is no such thing.
    """
    principal = current_principal()
    if principal.device_id is None:
        return
    with_former = request.method not in _SAFE_METHODS
    for kind, identifier in named.items():
        if isinstance(identifier, UUID) and not queries.is_own(principal, kind, identifier, with_former=with_former):
            raise NotFoundError("There is no such job of yours. On the shared tablet you see your own.")


def refuse_session() -> NoReturn:
    """Say why a hot statement found nobody behind the request's session.

    Raises:
        TabletLimitedError: it was opened with a PIN on a shared tablet.
        SessionEndedError: it is over.
    """
    load_principal()
    raise _ended()


def _ended() -> rules.SessionEndedError:
    return rules.SessionEndedError("You were signed out. Please sign in again.")


def _limited() -> TabletLimitedError:
    return TabletLimitedError("On the shared tablet you see your own jobs. Sign in with your password to do this.")


def check_role(role: Role, permission: Permission) -> None:
    """Refuse what a role may not do; for hot routes, whose statement brings the role.

    Raises:
        PermissionDeniedError: and says who may.
    """
    if not may(role, permission):
        allowed = sorted(PERMISSION_MATRIX[permission])
        raise PermissionDeniedError(
            f"Your role ({role}) can't do this; {' or '.join(allowed)} can.",
            permission=permission.value,
            allowed_roles=allowed,
        )


def check_location(principal: Principal, location_id: UUID) -> bool:
    """True when the person works at the location; others are told it does not exist."""
    return location_id in principal.location_ids


def current_principal() -> Principal:
    """Return the request's person; only inside a guarded view."""
    principal: Principal = g.principal
    return principal


def current_actor() -> Actor:
    """Return the request's person as audit rows name them."""
    principal = current_principal()
    return Actor(
        ActorKind.USER,
        principal.user_id,
        principal.name,
        principal.role.value,
        client_ip(),
        client_agent(),
        request_id(),
        is_on_tablet=principal.device_id is not None,
    )


def request_id() -> str | None:
    """Return the request's id, as audit rows and the log name it."""
    found: str | None = g.get("request_id")
    return found


def set_cookies(response: Response) -> Response:
    """Set or clear the sign-in's cookies as the view wished; for blueprints whose views begin or end one."""
    tokens = g.pop("new_tokens", None)
    if tokens is not None:
        access, refresh_token = tokens
        jwt_extended.set_access_cookies(response, access)
        jwt_extended.set_refresh_cookies(response, refresh_token)
    if g.pop("drop_tokens", False):
        jwt_extended.unset_jwt_cookies(response)
        # Boards and drawers are kept by the browser, to be asked for by their tag; the next person must not find them.
        response.headers["Clear-Site-Data"] = '"cache"'
    response.headers["Cache-Control"] = "no-store"
    return response


def client_ip() -> str:
    """Return the caller's address, as the trusted proxies report it; what is none counts as one unknown caller."""
    # Without the zone of a link-local address, which no column of addresses takes.
    text = (request.remote_addr or "").partition("%")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return "0.0.0.0"  # noqa: S104  stands for "unknown"


def client_agent() -> str | None:
    """Return what the caller's program calls itself, at most 300 characters."""
    text = request.headers.get("User-Agent", "")
    return text[:300] or None


def now() -> datetime:
    """Return the request's instant, read once."""
    if "now" not in g:
        g.now = utc_now()
    instant: datetime = g.now
    return instant


def chosen_location(wanted: UUID | None) -> UUID:
    """Return a location where the person works: the wanted one, or their only one.

    Raises:
        NotFoundError: the person does not work there.
        RuleViolationError: they work at several, and named none.
    """
    location_ids = current_principal().location_ids
    if wanted is None:
        if len(location_ids) != 1:
            raise invalid_field("locationId", "Say at which location.")
        return location_ids[0]
    if wanted not in location_ids:
        raise NotFoundError("There is no such location.")
    return wanted
