"""Every change that any test makes through the API is told in the audit log, and every refusal leaves nothing.

The tests' client asks the witness about each of its requests that may change something: an answer of success that wrote
rows must have written one of the audit log, with the request's id; a refusal must have written none at all. A whole run
names at its end each route that never told anything in any test: it needs a test that uses it, or a line in `SILENT`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql
from werkzeug.test import TestResponse

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

# What changes without being anybody's doing that a shop would ask about.
TECHNICAL = frozenset(
    {
        *("alembic_version", "audit_anchors", "audit_checks", "audit_logs", "audit_seals", "idempotency_keys"),
        *("invoice_counters", "login_attempts", "outbox", "outbox_deliveries", "pairing_tries", "provider_events"),
        *("refresh_tokens", "schedule_leases", "sessions", "status_spans"),
    }
)

# Routes that need not tell, and why.
SILENT: dict[tuple[str, str], str] = {
    ("POST", "/api/admin/audit/checks"): "told when it has ended",
    ("POST", "/api/appointments/<uuid:appointment_id>/messages/preview"): "changes nothing",
    ("POST", "/api/appointments/<uuid:appointment_id>/messages/read"): "looking at texts",
    ("POST", "/api/appointments/preview"): "changes nothing",
    ("POST", "/api/auth/refresh"): "the same sign-in goes on",
    ("POST", "/api/inbox/<uuid:conversation_id>/answering"): "somebody types",
    ("POST", "/api/inbox/<uuid:conversation_id>/messages/preview"): "changes nothing",
    ("POST", "/api/inbox/<uuid:conversation_id>/read"): "looking at texts",
    ("POST", "/api/message-templates/check"): "changes nothing",
    ("POST", "/api/appointments/<uuid:appointment_id>/approvals/sums"): "changes nothing",
    ("POST", "/api/appointments/<uuid:appointment_id>/estimates/preview"): "changes nothing",
    ("POST", "/api/appointments/<uuid:appointment_id>/invoice-links/preview"): "changes nothing",
    ("POST", "/api/portal/checkout"): "a page of the card processor; what is paid there tells",
    ("POST", "/api/checklists/<uuid:checklist_id>/report/preview"): "changes nothing",
    ("POST", "/api/items/<uuid:item_id>/photos"): "an upload begins; told when the photo is stored",
    ("PUT", "/api/photos/<uuid:photo_id>/chunks/<int:start>"): "a part of an upload",
    ("POST", "/api/portal/opened"): "looking at a page; the estimate keeps when",
    ("POST", "/api/portal/step-up"): "the visit keeps when; what it opens tells",
    ("POST", "/api/webhooks/messaging"): "kept; told when it is acted on, in a transaction of its own",
    ("POST", "/api/webhooks/payments"): "kept; told when it is acted on, in a transaction of its own",
}

# Refusals that write or tell, and why.
WRITING_REFUSALS: dict[tuple[str, str], str] = {
    ("POST", "/api/auth/refresh"): "a token used twice ends the sign-in",
    ("POST", "/api/payments/<uuid:payment_id>/refund"): "kept before the card processor is asked, whatever it answers",
    (
        "POST",
        "/api/appointments/<uuid:appointment_id>/findings/<uuid:finding_id>/job",
    ): "one that is a job of the visit already becomes that one's",
    (
        "POST",
        "/api/checklists/<uuid:checklist_id>/items/<uuid:item_id>/findings/job",
    ): "the same",
    ("POST", "/api/photos/<uuid:photo_id>/finish"): "what is no photo is let go",
    (
        "POST",
        "/api/portal/checkout",
    ): "kept before the processor is asked: the page may be open although no answer came",
    ("POST", "/api/portal/step-up"): "wrong digits are counted, and end the link",
    ("POST", "/api/tablet/enter"): "wrong PINs are counted, and the fifth is told",
    (
        "PATCH",
        "/api/checklists/<uuid:checklist_id>/items/<uuid:item_id>",
    ): "what nobody else had changed is kept, and told",
}


@dataclass
class Request:
    """One request of a test, and the first transaction that may be its own."""

    method: str
    rule: str
    since: int


class Witness:
    """Looks at the database before and after a request, through a connection of its own."""

    def __init__(self, url: str, notes: Path) -> None:
        """Connect to the tested database; `notes` keeps which routes told something."""
        self._connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)
        self._connection.prepare_threshold = 0
        tables = self._connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        self._written = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {} WHERE xmin::text::bigint >= %(since)s)").format(
                sql.Literal(name), sql.Identifier(name)
            )
            for name in sorted({name for (name,) in tables} - TECHNICAL)
        )
        self._notes = notes
        self._told: set[tuple[str, str]] = set()

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    @contextmanager
    def watch(self, app: Flask, path: str, method: str) -> Iterator["Watch"]:
        """Watch one request; give its answer to `answered`."""
        since = self._connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
        watch = Watch()
        yield watch
        if watch.answer is not None and since is not None:
            rule = _rule(app, path, method)
            if rule is not None:
                self._judge(watch.answer, Request(method, rule, since[0]), alone=watch.alone)

    def _judge(self, answer: TestResponse, request: Request, *, alone: bool) -> None:
        key = (request.method, request.rule)
        seen = self._connection.execute(
            "SELECT (SELECT count(*) FROM audit_logs WHERE request_id = %s AND xmin::text::bigint >= %s), "
            "pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
            [answer.headers.get("X-Request-Id"), request.since],
        ).fetchone()
        assert seen is not None
        told, until = seen
        if told and answer.status_code < 400:
            self._note(key)
            return
        if key in (SILENT if answer.status_code < 400 else WRITING_REFUSALS):
            return
        if told:
            raise AssertionError(f"{request.method} {request.rule} answered {answer.status_code} and told of a change")
        # Where no transaction that writes has ended since, no table needs to be looked at.
        if not alone or until == request.since:
            return
        written = [name for (name,) in self._connection.execute(self._written, {"since": request.since})]
        assert not written, (
            f"{request.method} {request.rule} answered {answer.status_code} and wrote to {', '.join(written)} "
            "without a word in the audit log that names the request"
        )

    def _note(self, key: tuple[str, str]) -> None:
        if key not in self._told:
            self._told.add(key)
            with self._notes.open("a") as file:
                file.write(f"{key[0]} {key[1]}\n")


class Watch:
    """One watched request; `alone` is whether nothing else may have written meanwhile."""

    answer: TestResponse | None = None
    alone: bool = True


def _rule(app: Flask, path: str, method: str) -> str | None:
    try:
        rule, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method=method, return_rule=True)
    except Exception:  # noqa: BLE001  werkzeug's own: no such address
        return None
    return str(rule.rule)


def complaints_of_the_run(app: Flask, folder: Path) -> list[str]:
    """List the routes that may change something and told nothing in the whole run, and lines above that are about none."""
    told = {line for notes in folder.glob("*/told.txt") for line in notes.read_text().splitlines()}
    routes = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) & CHANGING}
    untold = sorted(f"{method} {rule}" for method, rule in routes - SILENT.keys() if f"{method} {rule}" not in told)
    gone = sorted(f"{method} {rule}" for method, rule in (SILENT.keys() | WRITING_REFUSALS.keys()) - routes)
    return [
        *(f"no test saw {one} tell of a change in the audit log; see tests/witness.py" for one in untold),
        *(f"tests/witness.py excuses {one}, which is no route" for one in gone),
    ]
