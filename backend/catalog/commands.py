"""What can be done with the catalogue: canned jobs, labor rates, tax rates. Open visits keep the lines that they have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit import commands as audit
from backend.audit import queries as audit_queries
from backend.catalog import queries, rules
from backend.catalog.models import CatalogJob, CatalogLine, LaborRate, TaxRate
from backend.catalog.rules import CannedLine, Rate, TaxClass
from backend.core import edits
from backend.core.actor import Actor
from backend.core.errors import NotFoundError
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.shop import queries as shop

# What an editor may change; a location keeps its own jobs. `lines` are changed as a whole.
CHANGEABLE = ("name", "category", "description", "duration_minutes", "is_online", "is_active")


def create_catalog_job(
    session: Session,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> UUID:
    """Put a job into the catalogue and return its id; `location_id` None is of every location.

    Raises:
        NotFoundError: the actor does not work at the location.
        RuleViolationError: a line could not be sold.
        CatalogNameTakenError: there is one of that name.
    """
    location_id = values.get("location_id")
    if location_id is not None and location_id not in location_ids:
        raise NotFoundError("There is no such location.")
    lines: Sequence[CannedLine] = values["lines"]
    rules.check_canned(lines)
    job = CatalogJob(
        id=new_id(),
        location_id=location_id,
        **{field: values[field] for field in CHANGEABLE},
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(job)
    session.flush()
    _write_lines(session, job.id, lines)
    first = edits.first_values(
        {field: getattr(job, field) for field in CHANGEABLE} | {"lines": queries.shown_lines(lines)}
    )
    _record(session, EventType.CATALOG_JOB_CREATED, job, first, actor=actor, now=now)
    return job.id


def change_catalog_job(
    session: Session,
    catalog_id: UUID,
    patch: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Change the fields in `patch`; what others changed in other fields since `version` stays.

    Raises:
        NotFoundError: no such canned job at the actor's locations.
        EditConflictError: somebody set one of the fields to another value since `version`.
        RuleViolationError, CatalogNameTakenError: as when creating.
    """
    job = queries.get_catalog_job_for_update(session, catalog_id, location_ids)
    view = queries.get_catalog_job(session, catalog_id, location_ids)
    wishes = dict(patch)
    lines: Sequence[CannedLine] | None = wishes.get("lines")
    if lines is not None:
        rules.check_canned(lines)
        wishes["lines"] = queries.shown_lines(lines)
    current = {field: getattr(job, field) for field in CHANGEABLE} | {"lines": queries.shown_lines(view.lines)}
    overtaken = audit_queries.fields_overtaken(session, catalog_id, present=job.version, seen=version)
    edit = edits.split(current, wishes, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, job=queries.shown_job(view))
    if not edit.applies:
        return
    new_lines = edit.applies.pop("lines", None)
    changes = edits.apply(job, edit.applies, now)
    if new_lines is not None and lines is not None:
        _write_lines(session, catalog_id, lines)
        changes["lines"] = (queries.shown_lines(view.lines), new_lines)
    session.flush()
    _record(session, EventType.CATALOG_JOB_CHANGED, job, changes, actor=actor, now=now)


def delete_catalog_job(
    session: Session,
    catalog_id: UUID,
    *,
    version: int | None = None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Take a job out of the catalogue; visits that have it keep it.

    Raises:
        NotFoundError: no such canned job at the actor's locations, or deleted already.
        StaleVersionError: somebody changed it since `version`.
    """
    job = queries.get_catalog_job_for_update(session, catalog_id, location_ids)
    edits.require_version(job.version, version)
    changes = edits.apply(job, {"deleted_at": now}, now)
    session.flush()
    _record(session, EventType.CATALOG_JOB_DELETED, job, changes, actor=actor, now=now)


def change_rates(
    session: Session,
    location_id: UUID,
    *,
    labor: Sequence[Rate] | None = None,
    taxes: Mapping[TaxClass, Decimal] | None = None,
    version: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Replace a location's labor rate matrix, its tax rates, or both; they count for what is sold from now on.

    Raises:
        NotFoundError: no such location.
        EditConflictError: somebody replaced the same one since `version` of the location.
        RuleViolationError: an hour's price could not be found in the matrix, or found twice.
    """
    location = shop.get_location_for_update(session, location_id)
    present = queries.read_rates(session, location_id)
    if labor is not None:
        rules.check_matrix(labor)
    wishes = {name: value for name, value in queries.shown_rates(labor, taxes).items() if value is not None}
    current = queries.shown_rates(present.labor, present.taxes)
    overtaken = audit_queries.fields_overtaken(session, location_id, present=location.version, seen=version)
    edit = edits.split(current, wishes, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, rates={"version": location.version})
    if not edit.applies:
        return
    if "labor_rates" in edit.applies and labor is not None:
        session.execute(sa.delete(LaborRate).where(LaborRate.location_id == location_id))
        session.add_all(
            LaborRate(id=new_id(), location_id=location_id, **asdict(rate), updated_at=now) for rate in labor
        )
    if "tax_rates" in edit.applies and taxes is not None:
        session.execute(sa.delete(TaxRate).where(TaxRate.location_id == location_id))
        session.add_all(
            TaxRate(location_id=location_id, tax_class=tax_class, rate_bp=rate, updated_at=now)
            for tax_class, rate in taxes.items()
        )
    location.version += 1
    session.flush()
    audit.record(
        session,
        EventType.CATALOG_RATES_CHANGED,
        entity="location",
        entity_id=location_id,
        actor=actor,
        at=now,
        changes={edits.wire_name(name): (current[name], value) for name, value in edit.applies.items()},
        location_id=location_id,
        version=location.version,
    )


def _write_lines(session: Session, catalog_id: UUID, lines: Sequence[CannedLine]) -> None:
    session.execute(sa.delete(CatalogLine).where(CatalogLine.catalog_id == catalog_id))
    session.add_all(
        CatalogLine(id=new_id(), catalog_id=catalog_id, sort_order=order, **asdict(line))
        for order, line in enumerate(lines)
    )
    session.flush()


def _record(
    session: Session, event: EventType, job: CatalogJob, changes: edits.Changes, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        event,
        entity="catalog_job",
        entity_id=job.id,
        actor=actor,
        at=now,
        changes=changes,
        location_id=job.location_id,
        version=job.version,
    )
