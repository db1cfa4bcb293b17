"""Structured logs: one JSON object a line, with the request's id and without people's data.

Log events, not sentences: `log.info("message_sent", extra={"message_id": ...})`.
Never names, phones, plates, message text or tokens.
"""

import logging
import sys
import time
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.orjson import OrjsonFormatter

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
user_id: ContextVar[str | None] = ContextVar("user_id", default=None)


# Lines of PostgreSQL's errors that repeat values of rows and parameters.
# How the lines begin that go on with a stack after an error's text.
_STACK = ("Traceback ", "  File ", "The above exception", "During handling", "[SQL:")
_QUOTES_DATA = ("DETAIL:", "CONTEXT:", "HINT:")


class _Formatter(OrjsonFormatter):
    """Add the request and the person to each line; times are UTC."""

    converter = staticmethod(time.gmtime)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        for name, variable in (("request_id", request_id), ("user_id", user_id)):
            value = variable.get()
            if value is not None:
                log_data.setdefault(name, value)

    def formatException(self, ei: Any) -> str:  # noqa: N802  logging's name
        """Format a stack without what PostgreSQL quotes from the row: "DETAIL:  Key (phone)=(…) already exists."."""
        kept, is_quoting = [], False
        for line in str(super().formatException(ei)).split("\n"):
            # A quoted text may have lines of its own: the quote ends where the stack goes on.
            is_quoting = line.startswith(_QUOTES_DATA) or (is_quoting and not line.startswith(_STACK))
            if not is_quoting:
                kept.append(line)
        return "\n".join(kept)


def configure(level: str) -> None:
    """Send every logger of the process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Formatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "ts", "levelname": "level", "name": "logger", "message": "event"},
            datefmt="%Y-%m-%dT%H:%M:%SZ",
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # It names each of its plugins when it is imported.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
