"""Read the audit log."""

# ruff: noqa: S608  every fragment of these statements is a constant of this module

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit.models import AuditAnchor, AuditCheck, AuditLog, AuditSeal
from backend.audit.rules import (
    FIRST,
    LATE,
    REDACTED,
    ROW_FIELDS,
    SHARED,
    FieldClass,
    Row,
    Seal,
    canonical,
    first_id,
    redacted,
)
from backend.core.db import StaleVersionError, session_cursor
from backend.core.edits import FieldChange
from backend.core.events import EventType
from backend.core.metrics import Family


def fields_overtaken(
    session: Session, entity_id: UUID, *, present: int, seen: int | None, besides: UUID | None = None
) -> dict[str, FieldChange]:
    """Return what was changed since the version that an editor saw; nothing for one that named none.

    `besides` leaves out what one person changed: for an editor who does several things in a row and hears of them later.

    Raises:
        StaleVersionError: there never was such a version.
    """
    if seen is None or seen == present:
        return {}
    if seen > present:
        raise StaleVersionError("This version does not exist. Reload and try again.", version=present)
    return fields_changed_since(session, entity_id, seen, besides=besides)


def fields_changed_since(
    session: Session, entity_id: UUID, version: int, *, besides: UUID | None = None
) -> dict[str, FieldChange]:
    """Return by wire name what was changed after `version` of the entity, several changes of a field as one.

    What the person `besides` changed is left out.

    Call it with the entity's row locked: only then is the answer still true when the caller writes.
    """
    statement = sa.select(AuditLog.changes, AuditLog.actor_name, AuditLog.at).where(
        AuditLog.entity_id == entity_id, AuditLog.version > version
    )
    if besides is not None:
        statement = statement.where(AuditLog.actor_id.is_distinct_from(besides))
    rows = session.execute(statement.order_by(AuditLog.version, AuditLog.id))
    found: dict[str, FieldChange] = {}
    for changes, actor_name, at in rows:
        for field, (before, after) in changes.items():
            first = found.get(field)
            found[field] = FieldChange(first.before if first else before, after, actor_name, at)
    return found


# --- the chain --------------------------------------------------------------------------------


def _instant(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


# A row's columns as `rules.canonical` takes them: PostgreSQL's own texts, the same on every machine.
_TEXTS = ", ".join(_instant("l.at") if name == "at" else f"l.{name}::text" for name in ROW_FIELDS)
_CHAIN = f"coalesce(l.location_id, '{SHARED}')"
_SEALED_AT = _instant("s.sealed_at")
CHUNK = 5000
LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of a chain."""

    position: int
    row_hash: bytes


def newest_sealed(session: Session) -> UUID | None:
    """Return the highest id of a sealed row."""
    return session.scalar(sa.select(AuditSeal.audit_id).order_by(AuditSeal.audit_id.desc()).limit(1))


def list_unsealed(session: Session, since: UUID, until: UUID | None = None, *, limit: int) -> list[tuple[UUID, Row]]:
    """List rows without a seal as (chain, texts), in the order of their ids, from the id `since` on."""
    statement = f"""
        SELECT {_CHAIN}, {_TEXTS}
          FROM audit_logs l LEFT JOIN audit_seals s ON s.audit_id = l.id
         WHERE l.id >= %(since)s AND l.id < %(until)s AND s.audit_id IS NULL
         ORDER BY l.id LIMIT %(limit)s
    """
    cursor = session_cursor(session)
    cursor.execute(statement, {"since": since, "until": until or LAST_ID, "limit": limit})
    return [(chain, dict(zip(ROW_FIELDS, texts, strict=True))) for chain, *texts in cursor]


def find_head(session: Session, chain: UUID) -> Head | None:
    """Return the newest link of a chain."""
    row = session.execute(
        sa.select(AuditSeal.position, AuditSeal.row_hash)
        .where(AuditSeal.chain == chain)
        .order_by(AuditSeal.position.desc())
        .limit(1)
    ).first()
    return None if row is None else Head(*row)


def list_chains(session: Session) -> list[UUID]:
    """List the chains that have links or anchors: an anchor of a chain without a link is a chain that was cut off whole."""
    chains = sa.union(sa.select(AuditSeal.chain).distinct(), sa.select(AuditAnchor.chain).distinct()).subquery()
    return list(session.scalars(sa.select(chains.c.chain).order_by(chains.c.chain)))


def list_anchors(session: Session, chain: UUID, after: int, until: int) -> dict[int, bytes]:
    """Return the heads of a chain that were written down, by position, from above `after` to `until`."""
    rows = session.execute(
        sa.select(AuditAnchor.position, AuditAnchor.row_hash).where(
            AuditAnchor.chain == chain, AuditAnchor.position > after, AuditAnchor.position <= until
        )
    )
    return {row.position: row.row_hash for row in rows}


def find_anchor_above(session: Session, chain: UUID, position: int) -> int | None:
    """Return where the lowest head above a position was written down, None where none was."""
    return session.scalar(
        sa.select(AuditAnchor.position)
        .where(AuditAnchor.chain == chain, AuditAnchor.position > position)
        .order_by(AuditAnchor.position)
        .limit(1)
    )


def list_seals(session: Session, chain: UUID, after: int, *, limit: int = CHUNK) -> list[Seal]:
    """List the links of a chain above position `after`, with the texts of their rows."""
    statement = f"""
        SELECT s.position, s.row_hash, {_SEALED_AT}, s.sealed_at > l.at + %(late)s, {_TEXTS}
          FROM audit_seals s LEFT JOIN audit_logs l ON l.id = s.audit_id
         WHERE s.chain = %(chain)s AND s.position > %(after)s
         ORDER BY s.position LIMIT %(limit)s
    """
    cursor = session_cursor(session)
    cursor.execute(statement, {"chain": chain, "after": after, "limit": limit, "late": LATE})
    return [
        Seal(position, row_hash, sealed_at, None, is_late=False)
        if texts[0] is None
        else Seal(position, row_hash, sealed_at, dict(zip(ROW_FIELDS, texts, strict=True)), is_late)
        for position, row_hash, sealed_at, is_late, *texts in cursor
    ]


def hash_at(session: Session, chain: UUID, position: int) -> bytes | None:
    """Return the hash of one link; of what stands before the first, too."""
    if position == 0:
        return FIRST
    return session.scalar(sa.select(AuditSeal.row_hash).where(AuditSeal.chain == chain, AuditSeal.position == position))


def ids_apart(session: Session, below: UUID, rows: int) -> UUID | None:
    """Return the id that lies `rows` rows before `below`; None when there are not so many."""
    return session.scalar(
        sa.select(AuditLog.id).where(AuditLog.id < below).order_by(AuditLog.id.desc()).offset(rows - 1).limit(1)
    )


def count_sealed(session: Session) -> int:
    """Count the links of all chains, by their newest."""
    heads = [find_head(session, chain) for chain in list_chains(session)]
    return sum(head.position for head in heads if head is not None)


def count_unsealed(session: Session, now: datetime) -> int:
    """Count the rows of the last day that have no seal; older ones are the catch-up's to find."""
    return int(
        session.scalar(
            sa.select(sa.func.count())
            .select_from(AuditLog)
            .outerjoin(AuditSeal, AuditSeal.audit_id == AuditLog.id)
            .where(AuditLog.id >= first_id(now - timedelta(days=1)), AuditSeal.audit_id.is_(None))
        )
        or 0
    )


def newest_check(session: Session) -> AuditCheck | None:
    """Return the newest check that is through."""
    return session.scalar(
        sa.select(AuditCheck)
        .where(AuditCheck.finished_at.is_not(None))
        .order_by(AuditCheck.finished_at.desc())
        .limit(1)
    )


def find_check(session: Session, check_id: UUID) -> AuditCheck | None:
    """Return a check with its row locked: one step at a time."""
    return session.get(AuditCheck, check_id, with_for_update=True)


def unfinished_daily(session: Session) -> AuditCheck | None:
    """Return the day's own check that is under way."""
    return session.scalar(
        sa.select(AuditCheck)
        .where(AuditCheck.finished_at.is_(None), AuditCheck.started_by.is_(None))
        .order_by(AuditCheck.id.desc())
        .limit(1)
    )


def newest_daily(session: Session) -> datetime | None:
    """Return when the newest of the days' own checks began."""
    return session.scalar(sa.select(sa.func.max(AuditCheck.started_at)).where(AuditCheck.started_by.is_(None)))


def measure(session: Session, now: datetime) -> list[Family]:
    """Return what /metrics tells of the chain."""
    check = newest_check(session)
    return [
        Family(
            "audit_chain_ok",
            "Whether the newest check of the audit log found nothing wrong.",
            (),
            [] if check is None else [((), float(check.fault_count == 0))],
        ),
        Family(
            "audit_rows_unsealed",
            "Rows of the audit log of the last day that are not in its chain yet.",
            (),
            [((), count_unsealed(session, now))],
        ),
    ]


# --- the export -------------------------------------------------------------------------------

EXPORT_COLUMNS = ("chain", "position", "previous_hash", "row_hash", "sealed_at", *ROW_FIELDS, "canonical")


def export_rows(
    session: Session,
    location_ids: Collection[UUID],
    first: datetime,
    last: datetime,
    hidden: Collection[FieldClass] = (),
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of `audit.csv` as texts in the order of EXPORT_COLUMNS, from the instant `first` until before `last`.

    A row with fields of the `hidden` classes comes without them and without its canonical text: its place in the chain can be
    checked then, what it says can't.

    What happened at these locations, and what belongs to none. Each chain comes in one unbroken stretch that holds all these
    rows, so that it can be checked with nothing else at hand; rows that are not sealed yet come last, without a position.

    Every text stands as it is: whoever writes it to a file makes it safe for spreadsheets by an apostrophe in front, which the
    verifier knows; `canonical`, which begins with a brace, needs none.
    """
    chains = [*sorted(location_ids), SHARED]
    # By the ids, which tell the time also of a row that is gone.
    ranges = session.execute(
        sa.text(
            """
            SELECT chain, min(position), max(position)
              FROM audit_seals
             WHERE chain = ANY (:chains) AND audit_id >= :first AND audit_id < :last
             GROUP BY chain ORDER BY chain
            """
        ),
        {"chains": chains, "first": first_id(first), "last": first_id(last)},
    ).all()
    for chain, lowest, highest in ranges:
        before = hash_at(session, chain, lowest - 1)
        yield from _export_chain(session, chain, lowest, highest, before or FIRST, hidden)
    for chain, row in list_unsealed(session, first_id(first), first_id(last), limit=CHUNK):
        if chain in chains:
            shown, _ = _shown(row, "", hidden)
            yield (str(chain), "", "", "", "", *(shown[name] or "" for name in ROW_FIELDS), "")


def _export_chain(
    session: Session, chain: UUID, lowest: int, highest: int, previous: bytes, hidden: Collection[FieldClass]
) -> Iterator[tuple[str, ...]]:
    position = lowest - 1
    while position < highest:
        seals = list_seals(session, chain, position, limit=min(CHUNK, highest - position))
        if not seals:
            return
        for seal in seals:
            # A row that is gone leaves its seal: the verifier sees that it is gone.
            row: Row = seal.row or dict.fromkeys(ROW_FIELDS)
            text = canonical(chain, seal.position, seal.sealed_at, row) if seal.row else ""
            row, text = _shown(row, text, hidden)
            yield (
                str(chain),
                str(seal.position),
                previous.hex(),
                seal.row_hash.hex(),
                seal.sealed_at,
                *(row[name] or "" for name in ROW_FIELDS),
                text,
            )
            previous = seal.row_hash
        position = seals[-1].position


def _shown(row: Row, text: str, hidden: Collection[FieldClass]) -> tuple[Row, str]:
    """Return a row and its canonical text as somebody may read them who must not see the fields of these classes."""
    changes = redacted(row["changes"], hidden) if hidden and row["changes"] else None
    return (row, text) if changes is None else ({**row, "changes": changes}, REDACTED)


@dataclass(frozen=True, slots=True)
class Happening:
    """That something happened to an entity: when, by whom, and why."""

    at: datetime
    actor_name: str | None
    reason: str | None


def list_of_action(session: Session, entity_id: UUID, event: EventType) -> list[Happening]:
    """List when something happened to an entity, the first time first."""
    rows = session.execute(
        sa.select(AuditLog.at, AuditLog.actor_name, AuditLog.reason)
        .where(AuditLog.entity_id == entity_id, AuditLog.action == event.value)
        .order_by(AuditLog.id)
    )
    return [Happening(*row) for row in rows]
