"""The measured web application: the real one, and beside it what it is compared with.

Mounted here only, never in the product:

- `/api/__const/<n>`: n constant bytes from memory by a route of the real application: the ceiling. What every answer of
  this server has (request id, security headers, metrics, a line in the log) it has too.
- `/__bare/<n>`: the same by a Flask application with nothing in it, to see what that costs.
- `/__orm/...`: board, drawer and move the usual way (see `orm.py`), inside the real application.
- `/__fresh/...`: the real route of the rest of the path, with the cache of boards looked away from.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from flask import Flask, Response

from backend.app import create_app
from backend.board import queries
from backend.core.encoding import Encoded, EncodedCache
from bench import orm

_FRESH = "/__fresh"
_is_fresh: ContextVar[bool] = ContextVar("is_fresh", default=False)


class _SkippableCache(EncodedCache):
    """The board's cache, empty for requests under /__fresh."""

    def get(self, key: Any, etag: str) -> Encoded | None:
        return None if _is_fresh.get() else super().get(key, etag)


queries._cache = _SkippableCache(queries.CACHED_BOARDS)  # noqa: SLF001 - the one thing that is switched off here
_real = create_app()
_real.register_blueprint(orm.blueprint)

_bare = Flask("bare", static_folder=None)
_bodies: dict[int, bytes] = {}


def constant(size: int) -> Response:
    """Answer with constant bytes."""
    body = _bodies.get(size)
    if body is None:
        body = _bodies[size] = b"x" * size
    return Response(body, content_type="application/json")


# Below /api, because only there requests are logged.
_real.add_url_rule("/api/__const/<int:size>", "bench_constant", constant)
_bare.add_url_rule("/__bare/<int:size>", "constant", constant)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Choose by path."""
    path = environ["PATH_INFO"]
    if path.startswith("/__bare"):
        return _bare.wsgi_app(environ, start_response)
    if path.startswith(_FRESH):
        environ["PATH_INFO"] = path[len(_FRESH) :]
        token = _is_fresh.set(True)
        try:
            return _real.wsgi_app(environ, start_response)
        finally:
            _is_fresh.reset(token)
    return _real.wsgi_app(environ, start_response)
