"""Start an export."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit import commands as audit
from backend.core.actor import Actor
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.core.locks import Seed
from backend.exports import queries, rules
from backend.exports.models import ExportRun
from backend.exports.rules import TIES_OUT, Report
from backend.journal import queries as journal
from backend.journal.rules import disagreement

ENTITY = "export"
_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, :seed))")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is exported: a report of days from the first to the last, both inclusive, at a location or at all of a person's.

    `figure` is the key of the number whose rows they are, `tech_id` the technician's whose they are alone.
    """

    report: Report
    first_day: date
    last_day: date
    location_ids: tuple[UUID, ...]
    location_id: UUID | None = None
    figure: str | None = None
    tech_id: UUID | None = None


def start_export(session: Session, wanted: Wanted, *, user_id: UUID, actor: Actor, now: datetime) -> None:
    """Count an export and write it down, before its first row leaves; what is refused doesn't count.

    Raises:
        TooManyRequestsError: five were started within the hour.
        BooksDisagreeError: a cent is off, so that nothing may leave; it names the rows.
    """
    # Of several at once each sees those before it.
    session.execute(_LOCK, {"key": f"exports of {user_id}", "seed": Seed.WORDED.value})
    started = queries.list_runs(session, user_id, now)
    if len(started) >= rules.LIMIT:
        raise rules.too_many(started[-rules.LIMIT], now)
    if wanted.report in TIES_OUT:
        faults = journal.list_faults(session, wanted.location_ids, wanted.first_day, wanted.last_day)
        if faults:
            raise disagreement(faults)
    run = ExportRun(
        id=new_id(),
        user_id=user_id,
        report=wanted.report,
        location_id=wanted.location_id,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        started_at=now,
    )
    session.add(run)
    session.flush()
    audit.record(
        session,
        EventType.EXPORT_STARTED,
        entity=ENTITY,
        entity_id=run.id,
        actor=actor,
        at=now,
        changes={
            name: (None, value)
            for name, value in (
                ("report", wanted.report.value),
                ("figure", wanted.figure),
                ("techId", wanted.tech_id),
                ("from", wanted.first_day),
                ("to", wanted.last_day),
            )
            if value is not None
        },
        location_id=wanted.location_id,
    )
