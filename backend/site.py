"""What the web process serves besides the API: the built interface, the API's pages, and its own health."""

import contextlib
import hmac
import mimetypes
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import brotli
import redis
import sqlalchemy as sa
from flask import Flask, Response, current_app, request
from marshmallow import fields
from werkzeug.routing import PathConverter

from backend.accounts.guards import public, signed_in_in_production
from backend.audit import queries as audit
from backend.core import live, metrics
from backend.core.clock import utc_now
from backend.core.db import reading
from backend.core.errors import NotFoundError, UnavailableError
from backend.core.fields import Schema
from backend.core.http import Blueprint, dump_json, json_response, problem
from backend.outbox import queries as outbox
from backend.payments import queries as payments
from backend.sender import queries as sender
from backend.settings import ROOT, Settings

blueprint = Blueprint("site", __name__, description="Health, version and metrics")

PING_TIMEOUT_SECONDS = 0.5
ONE_YEAR_SECONDS = 365 * 24 * 3600
COMPRESSIBLE = {".js", ".css", ".html", ".svg", ".json", ".webmanifest", ".map", ".txt"}
# Paths that belong to programs: an unknown one is a problem document, never the interface.
PROGRAM_PATHS = ("assets/", "docs-assets/", "healthz", "readyz", "metrics", "version")
# Entries of their own beside the application's, by the first part of their addresses: the screen on the wall, the tablet.
ENTRIES = {"wall": "wall.html", "tech": "tech.html"}
TABLET = "/tech"
# What keeps the tablet's page for when there is no network; it fetches that page's files and nothing else.
WORKER_PATH = "/tech-worker.js"
# Longer than any address of the interface; a file system may refuse a name from 256 bytes on.
LONGEST_PATH = 200

# Everything from our own server; style attributes are set by the drag and virtual list libraries.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WORKER_POLICY = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
# Swagger UI and ReDoc write their own style elements, and ReDoc searches in a worker it builds itself.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'"
)

# On every answer, beside the policy of its kind; nothing else sets them.
SECURITY_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
)
# A technician with full hands dictates.
TABLET_PERMISSIONS = "camera=(self), microphone=(self), geolocation=()"


# What holders of signed links open: no address of it is told to anybody, nothing of it is kept or found.
CUSTOMER_PATHS = ("/c/", "/api/portal/")
CUSTOMER_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


class _InterfacePath(PathConverter):
    """Any path but the API's: there an unknown address is a 404 for every method, not "GET only"."""

    regex = r"(?!api(?:/|$))[^/].*?"


def init_app(app: Flask, settings: Settings) -> None:
    """Install security headers, pinned CORS and the routes of the built interface."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        if "Content-Security-Policy" not in headers:
            headers.add("Content-Security-Policy", _policy(response))
        headers.extend(SECURITY_HEADERS)
        if request.path == TABLET or request.path.startswith(f"{TABLET}/"):
            headers["Permissions-Policy"] = TABLET_PERMISSIONS
        if request.path == "/visit" or request.path.startswith(CUSTOMER_PATHS):
            headers.update(CUSTOMER_HEADERS)
        if settings.is_production:
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_SECONDS}; includeSubDomains"
        if request.path.startswith("/api") and "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        _allow_origin(response, settings)
        return response

    app.add_url_rule("/", "interface", public(_interface), defaults={"path": ""})
    app.add_url_rule("/visit", "customer_page", public(_customer_page))
    app.url_map.converters["interface"] = _InterfacePath
    app.add_url_rule("/<interface:path>", "interface_path", public(_interface))


def _policy(response: Response) -> str:
    if request.path == WORKER_PATH:
        return WORKER_POLICY
    return PAGE_POLICY if response.mimetype == "text/html" else DATA_POLICY


def _allow_origin(response: Response, settings: Settings) -> None:
    origin = request.headers.get("Origin")
    if origin is None or origin not in settings.cors_origins:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, X-Request-Id"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Origin")
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        response.headers["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-CSRF-TOKEN, X-Request-Id"
        )
        response.headers["Access-Control-Max-Age"] = "600"


# --- health -----------------------------------------------------------------------------------


class HealthSchema(Schema):
    """The process is up; `nonce` is the one it was started with."""

    status = fields.String(required=True)
    nonce = fields.String(required=True, allow_none=True)


class ReadySchema(Schema):
    """What the process needs, each `ok` or what is wrong; Redis is only reported."""

    status = fields.String(required=True)
    database = fields.String(required=True)
    migrations = fields.String(required=True)
    role = fields.String(required=True)
    redis = fields.String(required=True)


class VersionSchema(Schema):
    """Which release runs and which schema it expects."""

    release = fields.String(required=True)
    schema = fields.String(required=True)


def _settings() -> Settings:
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    return settings


@lru_cache(maxsize=1)
def schema_head() -> str:
    """Return the newest migration that this code knows."""
    # Here, because it takes a third of a second that no start of a web process should wait for.
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    head = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_current_head()
    return head or "none"


@blueprint.get("/healthz")
@public
@blueprint.response(200, HealthSchema)
def show_health() -> dict[str, Any]:
    """Say that the process is up."""
    return {"status": "ok", "nonce": _settings().boot_nonce}


_MAY_CHANGE_THE_BOOKS = sa.text("SELECT has_table_privilege('payments', 'UPDATE, DELETE, TRUNCATE')")


@blueprint.get("/readyz")
@public
@blueprint.response(200, ReadySchema)
@blueprint.alt_response(503, schema=ReadySchema, description="Not ready for requests.")
def show_readiness() -> Response:
    """Say whether requests can be served: the database answers and is migrated, and lets nobody change the books.

    Only in production is a role that may change them a reason to serve nothing.
    """
    state = {"database": "ok", "migrations": "ok", "role": "ok", "redis": _redis_state()}
    try:
        with reading() as session:
            present = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
            if present != schema_head():
                state["migrations"] = f"database is at {present}, this release needs {schema_head()}"
            elif session.scalar(_MAY_CHANGE_THE_BOOKS):
                state["role"] = "may change payments; sign in to the database as keytag_app"
    except (UnavailableError, sa.exc.SQLAlchemyError):
        state["database"] = "not answering"
        state["migrations"] = state["role"] = "unknown"
    needed = ("database", "migrations", "role") if _settings().is_production else ("database", "migrations")
    ready = all(state[name] == "ok" for name in needed)
    return json_response({"status": "ok" if ready else "not ready", **state}, 200 if ready else 503)


def _redis_state() -> str:
    url = _settings().redis_url
    if url is None:
        return "not configured"
    try:
        live.connect(url, PING_TIMEOUT_SECONDS).ping()
    except redis.RedisError:
        return "not answering"
    return "ok"


@blueprint.get("/version")
@public
@blueprint.response(200, VersionSchema)
def show_version() -> dict[str, str]:
    """Say which release runs."""
    return {"release": _settings().release, "schema": schema_head()}


@blueprint.get("/metrics")
@public
@blueprint.doc(
    responses={
        "200": {"description": "Prometheus text format.", "content": {"text/plain": {}}},
        "401": {"description": "The metrics token is missing or wrong."},
    }
)
def show_metrics() -> Response:
    """Show Prometheus series; needs the metrics token where one is set."""
    token = _settings().metrics_token
    if token is not None:
        offered = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(offered.encode(), token.encode()):
            return problem(401, "not_signed_in", "Send the metrics token as a bearer token.")
    body, content_type = metrics.exposition()
    # Without the database the process still tells of itself.
    with contextlib.suppress(UnavailableError), reading() as session:
        body += metrics.rendered(
            [
                *sender.measure(session, utc_now()),
                *audit.measure(session, utc_now()),
                *payments.measure(session, utc_now()),
                *outbox.measure(session, utc_now()),
            ]
        )
    return Response(body, content_type=content_type)


# --- the API's own pages ----------------------------------------------------------------------

_REFUSALS = {
    "401": {"description": "Nobody is signed in; asked in production only."},
    "503": {"description": "In production: the database is away."},
}
_DOCS_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Keytag API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}</head><body>{body}</body></html>
"""


@blueprint.get("/api/openapi.json")
@signed_in_in_production
@blueprint.doc(
    responses={"200": {"description": "This API as OpenAPI 3.1.", "content": {"application/json": {}}}, **_REFUSALS}
)
def show_openapi() -> Response:
    """Return this API's description."""
    return json_response(openapi_bytes(current_app))


def openapi_bytes(app: Flask) -> bytes:
    """Return the OpenAPI 3.1 document of `app` as JSON."""
    kept: bytes | None = app.config.get("KEYTAG_OPENAPI")
    if kept is None:
        kept = app.config["KEYTAG_OPENAPI"] = dump_json(app.extensions["keytag-api"].spec.to_dict())
    return kept


@blueprint.get("/api/docs")
@signed_in_in_production
@blueprint.doc(responses={"200": {"description": "Swagger UI.", "content": {"text/html": {}}}, **_REFUSALS})
def show_swagger_ui() -> Response:
    """Show the API in Swagger UI."""
    head = '<link rel="stylesheet" href="/docs-assets/swagger-ui.css">'
    body = '<div id="swagger-ui"></div><script src="/docs-assets/swagger-ui-bundle.js"></script><script src="/docs-assets/swagger-start.js"></script>'
    return _docs_page(head, body)


@blueprint.get("/api/docs/redoc")
@signed_in_in_production
@blueprint.doc(responses={"200": {"description": "ReDoc.", "content": {"text/html": {}}}, **_REFUSALS})
def show_redoc() -> Response:
    """Show the API in ReDoc."""
    body = '<redoc spec-url="/api/openapi.json"></redoc><script src="/docs-assets/redoc.standalone.js"></script>'
    return _docs_page("", body)


def _docs_page(head: str, body: str) -> Response:
    response = Response(_DOCS_PAGE.format(head=head, body=body), mimetype="text/html")
    response.headers["Content-Security-Policy"] = DOCS_POLICY
    return response


# --- the built interface ----------------------------------------------------------------------


def _interface(path: str) -> Response:
    """Serve a file of the built interface, or its page for the addresses that it routes itself."""
    # Bytes, not characters: that is what a file system counts.
    if len(path.encode()) > LONGEST_PATH or not path.isprintable():
        raise NotFoundError("There is nothing at this address.")
    root = _settings().static_dir.resolve()
    file = (root / path).resolve() if path else root / "index.html"
    if not file.is_relative_to(root) or not file.is_file():
        if path.startswith(PROGRAM_PATHS) or Path(path).suffix:
            raise NotFoundError("There is nothing at this address.")
        file = root / ENTRIES.get(path.split("/", maxsplit=1)[0], "index.html")
        if not file.is_file():
            raise UnavailableError("The interface has not been built; run ./keytag setup.", retry_after=60)
    return _file(file, is_hashed=path.startswith("assets/"))


def _customer_page() -> Response:
    """Serve the page of who holds a signed link: an entry of its own, never cached."""
    file = _settings().static_dir.resolve() / "customer.html"
    if not file.is_file():
        raise UnavailableError("The interface has not been built; run ./keytag setup.", retry_after=60)
    return _file(file, is_hashed=False)


def _file(file: Path, *, is_hashed: bool) -> Response:
    stat = file.stat()
    etag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
    if request.if_none_match.contains_weak(etag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        small = file.suffix in COMPRESSIBLE and request.accept_encodings.quality("br") > 0
        body = _compressed(file, stat.st_mtime_ns) if small else file.read_bytes()
        content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if content_type.startswith("text/") or content_type == "application/javascript":
            content_type += "; charset=utf-8"
        response = Response(body, content_type=content_type)
        if small:
            response.headers["Content-Encoding"] = "br"
    response.set_etag(etag, weak=True)
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_SECONDS}, immutable" if is_hashed else "no-cache"
    return response


@lru_cache(maxsize=256)
def _compressed(file: Path, _changed: int) -> bytes:
    compressed: bytes = brotli.compress(file.read_bytes(), quality=9)
    return compressed
