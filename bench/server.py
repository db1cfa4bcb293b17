"""The measured web application: the real one, and beside it what it is compared with.

Mounted here only, never in the product:

- `/api/__const/<n>`: n constant bytes from memory by a route of the real application: the ceiling. What every answer of
  this server has (request id, security headers, metrics, a line in the log) it has too.
- `/__bare/<n>`: the same by a Flask application with nothing in it, to see what that costs.
- `/__orm/...`: board, drawer and move the usual way (see `orm.py`), inside the real application.
- `/__fresh/...`: the real route of the rest of the path as after a change: the cached board has one card less than there is.
- `/__cold/...`: the same with no cached board at all, and no kept numbers.
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from flask import Flask, Response

from backend.app import create_app
from backend.board import queries
from backend.core import kept
from backend.core.encoding import Encoded, EncodedCache
from bench import orm

_PREFIXES = ("/__fresh", "/__cold")
_prefix: ContextVar[str] = ContextVar("prefix", default="")


class _ChangingCache(EncodedCache[queries._Board]):  # noqa: SLF001 - the one thing that is changed here
    """The board's cache, in which a card of each board changes between any two requests under /__fresh."""

    def get(self, key: Any, etag: str) -> Any:
        return None if _prefix.get() else super().get(key, etag)

    def last(self, key: Any) -> Any:
        board = None if _prefix.get() == "/__cold" else super().last(key)
        if board is None or not board.cards:
            return board
        ids, revs = (text.replace("{", "").replace("}", "").split(",") for text in (board.ids, board.revs))
        return replace(board, cards=board.cards[1:], ids=f"{{{','.join(ids[1:])}}}", revs=f"{{{','.join(revs[1:])}}}")


class _ForgetfulShelves(kept.Shelves):
    """The kept numbers, of which nothing is found under /__cold."""

    def read(self, shelf: str, name: str, make: Callable[[], bytes]) -> Encoded:
        return super().read(shelf, name, make) if not _prefix.get() else Encoded("cold", make())


queries._cache = _ChangingCache(queries.CACHED_BOARDS)  # noqa: SLF001
kept.Shelves = _ForgetfulShelves  # type: ignore[misc]
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
    for prefix in _PREFIXES:
        if path.startswith(prefix):
            environ["PATH_INFO"] = path[len(prefix) :]
            token = _prefix.set(prefix)
            try:
                return _real.wsgi_app(environ, start_response)
            finally:
                _prefix.reset(token)
    return _real.wsgi_app(environ, start_response)
