"""Write the audit log, and seal what is written."""

import logging
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from backend.audit import queries, rules
from backend.audit.models import AuditAnchor, AuditCheck, AuditLog
from backend.core.actor import Actor
from backend.core.db import after_commit, session_cursor
from backend.core.errors import NotFoundError
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.core.locks import Fixed

log = logging.getLogger(__name__)

BATCH = 2000
# Links that are checked in one step, about a second.
STEP = 20_000
# Faults that are kept one by one.
MOST_FAULTS = 100
_SEAL = """
    INSERT INTO audit_seals (chain, position, audit_id, row_hash, sealed_at)
    SELECT *, %(now)s FROM unnest(%(chains)s::uuid[], %(positions)s::bigint[], %(ids)s::uuid[], %(hashes)s::bytea[])
"""


def record(
    session: Session,
    event: EventType,
    *,
    entity: str,
    entity_id: UUID,
    actor: Actor,
    at: datetime,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    location_id: UUID | None = None,
    version: int | None = None,
    reason: str | None = None,
) -> None:
    """Add an audit row to the session's transaction.

    `changes` maps a field (camelCase, as on the wire) to (before, after); `version` is the
    version that the entity has after the change.
    """
    described = describe(
        event,
        entity=entity,
        entity_id=entity_id,
        actor=actor,
        at=at,
        changes=changes,
        location_id=location_id,
        version=version,
        reason=reason,
    )
    add(session, described)


def add(session: Session, described: Mapping[str, Any]) -> None:
    """Add the row that `describe` returned."""
    session.add(AuditLog(**described))


_COLUMNS = tuple(column.name for column in AuditLog.__table__.columns)
# The end of a hot statement that tells of its own change; `FROM` what it changed may follow. Its values are `as_values`.
INSERT = f"INSERT INTO audit_logs ({', '.join(_COLUMNS)}) SELECT {', '.join(f'%(audit_{name})s' for name in _COLUMNS)}"


def as_values(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `INSERT` takes for the row that `describe` returned."""
    row = {**described, "id": new_id(), "changes": orjson.dumps(described["changes"]).decode()}
    return {f"audit_{name}": row[name] for name in _COLUMNS}


def describe(
    event: EventType,
    *,
    entity: str,
    entity_id: UUID,
    actor: Actor,
    at: datetime,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    location_id: UUID | None = None,
    version: int | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """Return the row of a change, by column, without its id; see `record`."""
    return {
        "at": at,
        "action": event.value,
        "entity": entity,
        "entity_id": entity_id,
        "location_id": location_id,
        "version": version,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "actor_name": actor.name or None,
        "actor_role": actor.role,
        "changes": {field: _told(field, pair) for field, pair in (changes or {}).items()},
        "reason": reason,
        "ip": actor.ip,
        "user_agent": actor.user_agent,
        "request_id": actor.request_id,
    }


def _told(field: str, pair: tuple[Any, Any]) -> list[Any]:
    if rules.FIELD_CLASSES.get(field) is rules.FieldClass.SECRET:
        return [None if value is None else rules.HIDDEN for value in pair]
    return [plain(value) for value in pair]


def plain(value: Any) -> Any:
    """Return `value` as JSON can hold it, the way the API writes it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def seal(
    session: Session, *, now: datetime, since: UUID | None = None, until: UUID | None = None, limit: int = BATCH
) -> int | None:
    """Append rows that have no seal to their chains, in the order of their ids; return how many, None while another one seals.

    Looks from the id `since` on, or a little further back than the newest that is sealed: a row may commit after one that
    got its id later.
    """
    if not session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(Fixed.AUDIT_SEALER.value))):
        return None
    if since is None:
        since = rules.look_back(queries.newest_sealed(session), now)
    rows = queries.list_unsealed(session, since, until, limit=limit)
    if not rows:
        return 0
    sealed_at = rules.instant_text(now)
    heads: dict[UUID, queries.Head] = {}
    links = []
    for chain, row in rows:
        before = heads.get(chain) or queries.find_head(session, chain) or queries.Head(0, rules.FIRST)
        position = before.position + 1
        row_hash = rules.link(before.row_hash, rules.canonical(chain, position, sealed_at, row))
        heads[chain] = queries.Head(position, row_hash)
        links.append((chain, position, row["id"], row_hash))
    chains, positions, ids, hashes = zip(*links, strict=True)
    values = {"now": now, "chains": [*chains], "positions": [*positions], "ids": [*ids], "hashes": [*hashes]}
    session_cursor(session).execute(_SEAL, values)
    # Every head is written down at once: a tail that is cut off later is missed by it here too, and by the log, which whoever
    # cuts here does not reach.
    anchors = [
        {"chain": chain, "position": head.position, "row_hash": head.row_hash, "anchored_at": now}
        for chain, head in heads.items()
    ]
    # One that stands there already is of a tail that was cut off: it stays, and the check finds that it is missed.
    session.execute(postgresql.insert(AuditAnchor).values(anchors).on_conflict_do_nothing())
    after_commit(session, lambda: _tell("audit_sealed", heads))
    return len(rows)


def anchor(session: Session, *, now: datetime) -> None:
    """Write down the head of every chain, here and in the log."""
    heads = {}
    for chain in queries.list_chains(session):
        head = queries.find_head(session, chain)
        if head is not None and not queries.list_anchors(session, chain, head.position - 1, head.position):
            heads[chain] = head
            session.add(AuditAnchor(chain=chain, position=head.position, row_hash=head.row_hash, anchored_at=now))
    after_commit(session, lambda: _tell("audit_anchored", heads))


def _tell(event: str, heads: Mapping[UUID, queries.Head]) -> None:
    for chain, head in heads.items():
        log.info(event, extra={"chain": str(chain), "position": head.position, "row_hash": head.row_hash.hex()})


# --- checking -----------------------------------------------------------------------------------


def begin_check(session: Session, *, by: str | None, now: datetime) -> AuditCheck:
    """Begin a walk over all chains; `advance_check` does it."""
    check = AuditCheck(started_at=now, started_by=by, rows_total=queries.count_sealed(session), faults=[])
    session.add(check)
    session.flush()
    return check


def advance_check(session: Session, check_id: UUID, *, actor: Actor, now: datetime, rows: int = STEP) -> AuditCheck:
    """Check the next `rows` links or so; at the end of the last chain say what was found, and write down the heads.

    Raises:
        NotFoundError: there is no such check.
    """
    check = queries.find_check(session, check_id)
    if check is None:
        raise NotFoundError("There is no such check.")
    until = check.rows_checked + rows
    while check.finished_at is None and check.rows_checked < until:
        chain = check.chain or _next_chain(session, None)
        if chain is None:
            _finish_check(session, check, actor, now)
            break
        seals = queries.list_seals(session, chain, check.position)
        anchors = queries.list_anchors(session, chain, check.position, seals[-1].position if seals else check.position)
        previous = queries.hash_at(session, chain, check.position) or rules.FIRST
        _add(check, list(rules.check(chain, seals, after=check.position, previous=previous, anchors=anchors)))
        check.rows_checked += len(seals)
        check.late_count += sum(seal.is_late for seal in seals)
        check.chain = chain
        check.position = seals[-1].position if seals else check.position
        if len(seals) < queries.CHUNK:
            cut = queries.find_anchor_above(session, chain, check.position)
            _add(check, [] if cut is None else [rules.Fault(rules.Break.CUT, chain, cut)])
            check.chain, check.position = _next_chain(session, chain), 0
            if check.chain is None:
                _finish_check(session, check, actor, now)
    return check


def _next_chain(session: Session, after: UUID | None) -> UUID | None:
    chains = queries.list_chains(session)
    return next((chain for chain in chains if after is None or chain > after), None)


def _add(check: AuditCheck, faults: list[rules.Fault]) -> None:
    check.fault_count += len(faults)
    check.faults = [*check.faults, *(fault.as_json() for fault in faults)][:MOST_FAULTS]


def _finish_check(session: Session, check: AuditCheck, actor: Actor, now: datetime) -> None:
    check.finished_at = now
    record(
        session,
        EventType.AUDIT_CHECKED,
        entity="audit_check",
        entity_id=check.id,
        actor=actor,
        at=now,
        changes={"rows": (None, check.rows_checked), "faults": (None, check.fault_count)},
    )
    anchor(session, now=now)
    found = {"rows": check.rows_checked, "faults": check.fault_count, "late": check.late_count}
    level = logging.ERROR if check.fault_count else logging.INFO
    after_commit(session, lambda: log.log(level, "audit_checked", extra=found))
