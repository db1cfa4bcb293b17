"""HTTP: the blueprint that routes use, problem documents, request ids, JSON, cursors, ETags."""

import base64
import binascii
import hashlib
import logging
import re
import time
from collections.abc import Callable, Generator, Hashable, Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

import flask_smorest
import marshmallow as ma
import orjson
import webargs
from flask import Flask, Request, Response, g, request
from flask.json.provider import JSONProvider
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    RequestEntityTooLarge,
    UnprocessableEntity,
    UnsupportedMediaType,
)

from backend.core import log as structured_log
from backend.core.errors import DomainError, RuleViolationError
from backend.core.ids import new_id

log = logging.getLogger(__name__)

T = TypeVar("T")

PROBLEM_TYPE = "application/problem+json"
MAXIMUM_BODY_BYTES = 1024 * 1024
REMEMBERED_QUERIES = 512
_ACCEPTABLE_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class OrjsonProvider(JSONProvider):
    """JSON by orjson: strict (no NaN, no lone surrogates, bounded depth) and fast."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """Serialize to text; aware datetimes end in Z."""
        return dump_json(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Parse text; anything orjson refuses is a 400."""
        return orjson.loads(s)


def dump_json(value: Any) -> bytes:
    """Return `value` as JSON bytes; instants become ISO 8601 UTC with Z."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


class _StrictParser(FlaskParser):
    """Refuse unknown and doubled fields everywhere: a typo must not look like success.

    Bodies are JSON read by orjson: what Python's own reader lets through (NaN, 1e400, lone surrogates) or
    fails at (100,000 nested lists) is a 400 here.
    """

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012  overrides webargs' attribute
        "json": ma.RAISE,
        "query": ma.RAISE,
        "form": ma.RAISE,
        "headers": ma.EXCLUDE,
        "cookies": ma.EXCLUDE,
        "files": ma.RAISE,
        "path": ma.RAISE,
        "json_or_form": ma.RAISE,
        "querystring": ma.RAISE,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Remember no query yet."""
        super().__init__(*args, **kwargs)
        self._read: dict[tuple[ma.Schema, bytes], Mapping[str, Any]] = {}

    def parse(self, argmap: Any, req: Request | None = None, **options: Any) -> Any:
        """Return the arguments; a query that was read before is not read again, screens poll with the same one."""
        if options.get("location") != "query" or not isinstance(argmap, ma.Schema):
            return super().parse(argmap, req, **options)
        key = (argmap, request.query_string)
        known = self._read.get(key)
        if known is None:
            known = super().parse(argmap, req, **options)
            # What a route could change in place is made anew for each request.
            if isinstance(known, dict) and all(isinstance(value, Hashable) for value in known.values()):
                if len(self._read) >= REMEMBERED_QUERIES:
                    self._read.clear()
                self._read[key] = known
        return dict(known)

    def _raw_load_json(self, req: Request) -> Any:
        data = read_body(req)
        if not data:
            return webargs.missing
        if not req.is_json:
            raise UnsupportedMediaType
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as error:
            # Not left to webargs: it takes an error without a document, as for bytes that are no UTF-8, for no body.
            self._handle_invalid_json_error(error, req)

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """Return the query, in which each name stands once."""
        doubled = sorted(name for name, values in req.args.lists() if len(values) > 1)
        if doubled:
            raise ma.ValidationError({name: ["Give this once."] for name in doubled})
        return super().load_querystring(req, schema)


def read_body(req: Request, most: int = MAXIMUM_BODY_BYTES) -> bytes:
    """Return the body as it came.

    Raises:
        BadRequest: the client stopped in the middle, or its chunks are none.
        RequestEntityTooLarge: more than `most` bytes.
    """
    req.max_content_length = most
    try:
        data = req.get_data(cache=True)
    except HTTPException:
        raise
    except Exception as error:  # whatever the web server calls a body that can't be read
        raise BadRequest from error
    # Of a chunked body, whose length nobody said, werkzeug hands out what fits.
    if req.content_length is None and len(data) >= most:
        raise RequestEntityTooLarge
    return data


class Blueprint(flask_smorest.Blueprint):
    """flask-smorest's blueprint with our strict parser; routes import this one."""

    ARGUMENTS_PARSER = _StrictParser()

    def arguments(self, schema: Any, **kwargs: Any) -> Any:
        """Declare what a route takes; a schema class is made once, not at each request."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **kwargs)


class ProblemSchema(ma.Schema):
    """RFC 9457 problem document, with the request id and messages by field."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)
    requestId = ma.fields.String(required=True)  # noqa: N815  the wire's name
    errors = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.List(ma.fields.String()))

    class Meta:
        # Beside these a refusal brings what the client needs to go on: `card`, `conflicts`, `collisions`, …
        unknown = ma.INCLUDE


def problem(status: int, code: str, detail: str, extra: Mapping[str, Any] | None = None) -> Response:
    """Build a problem document; `extra` members stand beside the standard ones."""
    body = {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "requestId": g.get("request_id", ""),
    }
    for name, value in (extra or {}).items():
        body.setdefault(_camel(name), value)
    response = Response(dump_json(body), status=status, content_type=PROBLEM_TYPE)
    if extra and "retry_after" in extra:
        response.headers["Retry-After"] = str(extra["retry_after"])
    response.headers["Cache-Control"] = "no-store"
    return response


def json_response(body: bytes | Any, status: int = 200) -> Response:
    """Return a ready response of JSON bytes, or of a value to serialize."""
    data = body if isinstance(body, bytes) else dump_json(body)
    return Response(data, status=status, content_type="application/json")


# How a route documents such a file.
CSV = {"responses": {"200": {"description": "The rows, sent while they are read.", "content": {"text/csv": {}}}}}
# A file while it is made: pieces of its text, each with about how many rows there will be.
Pieces = Generator[tuple[int, str]]


def csv_response(pieces: Pieces, begin: Callable[[], None], name: str) -> Response:
    """Return `name`.csv that is sent while it is made.

    The first piece says only that whoever makes it is ready; then `begin` may still refuse. The second begins the file: if
    the database is away by then, that is still a refusal and no torn file.
    """
    try:
        next(pieces)
        begin()
        rows, first = next(pieces)
    except BaseException:
        pieces.close()
        raise
    answer = Response(_encoded(first, pieces), content_type="text/csv; charset=utf-8")
    # Also where nobody reads to the end.
    answer.call_on_close(pieces.close)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["X-Total-Rows"] = str(rows)
    return answer


def _encoded(first: str, pieces: Pieces) -> Iterator[bytes]:
    yield first.encode()
    for _, piece in pieces:
        yield piece.encode()


def pdf_response(data: bytes, name: str) -> Response:
    """Return a PDF that opens in the browser; saved, it is called `name`.pdf."""
    response = Response(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def init_app(app: Flask) -> None:
    """Install ids, timing, JSON and the one translation of errors into answers."""
    app.json = OrjsonProvider(app)
    app.config["MAX_CONTENT_LENGTH"] = MAXIMUM_BODY_BYTES
    app.before_request(_begin)
    app.after_request(_end)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def _begin() -> None:
    offered = request.headers.get("X-Request-Id", "")
    g.request_id = offered if _ACCEPTABLE_REQUEST_ID.fullmatch(offered) else str(new_id())
    g.started = time.perf_counter()
    structured_log.request_id.set(g.request_id)
    structured_log.user_id.set(None)


def _end(response: Response) -> Response:
    # `add` does not look whether it is there; nothing else sets it.
    response.headers.add("X-Request-Id", g.get("request_id", ""))
    route = request.url_rule.rule if request.url_rule else "unmatched"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    if route.startswith("/api") or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.info(
            "request",
            extra={
                "method": request.method,
                "route": route,
                "status": response.status_code,
                "duration_ms": round(seconds * 1000, 2),
            },
        )
    return response


def _domain_error(error: DomainError) -> Response:
    return problem(error.status, error.code, error.message, error.context)


# What to tell people for the errors that werkzeug and webargs raise.
_HTTP_CODES = {
    400: ("bad_request", "The request could not be read. Send valid JSON with the fields this address documents."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The request is too large; 1 MiB is the most."),
    415: ("unsupported_media_type", "Send the body as application/json."),
    422: ("invalid_request", "Please correct the marked fields."),
    429: ("too_many_requests", "Too many requests; please wait a moment."),
}


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code, detail = _HTTP_CODES.get(status, ("error", error.description or "The request was refused."))
    extra: dict[str, Any] = {}
    if isinstance(error, UnprocessableEntity):
        messages = getattr(error, "data", {}).get("messages", {})
        extra["errors"] = _flatten(messages)
    response = problem(status, code, detail, extra)
    if "Allow" in dict(error.get_headers() or []):
        response.headers["Allow"] = dict(error.get_headers())["Allow"]
    return response


def _flatten(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """Turn webargs' {location: {field: …}} into {"customer.phone": ["…"]}."""
    flat: dict[str, list[str]] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                walk(f"{prefix}.{key}" if prefix and key != "_schema" else prefix or str(key), inner)
        else:
            flat.setdefault(prefix or "body", []).extend(
                str(item) for item in (value if isinstance(value, list) else [value])
            )

    for inner in messages.values():
        walk("", inner)
    return flat


def _unexpected_error(error: Exception) -> Response:
    # The stack goes to the log under the request's id; the person gets the id to quote.
    log.error("unexpected_error", exc_info=error)
    return problem(
        500,
        "internal_error",
        "Keytag failed at this and kept nothing of it. Please try again; quote the request id if it stays.",
    )


# --- ETags and cursors ------------------------------------------------------------------------


def etag_matches(etag: str) -> bool:
    """True when the client already has this version (If-None-Match, weak comparison)."""
    return request.if_none_match.contains_weak(etag)


def not_modified(etag: str) -> Response:
    """Build the 304 for `etag`."""
    response = Response(status=304)
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def fingerprint(*parts: object) -> str:
    """Return a short stable digest of the parts, for ETags."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def version_from_if_match() -> int | None:
    """Return the version named by If-Match, None without the header.

    Raises:
        RuleViolationError: the header is no version.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    text = header.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdecimal() or len(text) > 9:  # noqa: PLR2004  fits every version column
        raise RuleViolationError(
            "If-Match must be the version you read, in quotes.", errors={"If-Match": ["Not a version."]}
        )
    return int(text)


def encode_cursor(*keys: object) -> str:
    """Pack a row's sort keys into an opaque cursor."""
    return base64.urlsafe_b64encode(dump_json([str(k) if k is not None else None for k in keys])).decode().rstrip("=")


def cut_page(found: list[T], limit: int, keys: Callable[[T], tuple[object, ...]]) -> tuple[list[T], str | None]:
    """Return the first `limit` of what was found with one more than that, and the cursor of what follows them."""
    page = found[:limit]
    return page, encode_cursor(*keys(page[-1])) if len(found) > limit else None


def moment_key(at: str, identifier: str) -> tuple[datetime, UUID]:
    """Read the sort key of what is listed by a moment and its id; for `decode_cursor`."""
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError("a moment without its offset")
    return moment, UUID(identifier)


def decode_cursor(cursor: str | None, convert: Callable[..., T]) -> T | None:
    """Unpack a cursor through `convert(*keys)`; None for no cursor.

    Raises:
        RuleViolationError: not a cursor of this list.
    """
    if cursor is None:
        return None
    try:
        keys = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(keys, list) or not all(
            key is None or (isinstance(key, str) and "\0" not in key) for key in keys
        ):
            raise ValueError("not made by encode_cursor")  # noqa: TRY301  told like the library's own
        return convert(*keys)
    except (binascii.Error, ValueError, TypeError, ArithmeticError) as error:
        raise RuleViolationError(
            "This cursor does not belong to the list.", errors={"cursor": ["Start again without it."]}
        ) from error
