"""Clocks as screens show them, what was worked against what was sold, and the stretches that changes look at."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.appointments.rules import FailedCheck
from backend.clocks.models import WorkCheck, WorkTimer
from backend.clocks.rules import CheckKind
from backend.core.errors import NotFoundError
from backend.core.money import plain_number
from backend.services import queries as services

_TIMER = sa.select(
    WorkTimer.id,
    WorkTimer.appointment_id,
    WorkTimer.job_id,
    WorkTimer.user_id,
    User.name.label("user_name"),
    WorkTimer.started_at,
    WorkTimer.stopped_at,
    WorkTimer.pause_reason,
).join(User, User.id == WorkTimer.user_id)


def list_timers(session: Session, appointment_ids: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """List the stretches of work on these visits, oldest first, by visit."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    statement = _TIMER.where(WorkTimer.appointment_id.in_(list(appointment_ids)))
    for row in session.execute(statement.order_by(WorkTimer.started_at, WorkTimer.id)):
        found[row.appointment_id].append(_shown(row))
    return found


def get_timer(session: Session, timer_id: UUID) -> dict[str, Any]:
    """Return a clock as the wire shows it.

    Raises:
        NotFoundError: no such clock.
    """
    row = session.execute(_TIMER.where(WorkTimer.id == timer_id)).first()
    if row is None:
        raise NotFoundError("There is no such clock.")
    return _shown(row)


def find_running(session: Session, user_id: UUID) -> dict[str, Any] | None:
    """Return a person's running clock, None while none runs."""
    row = session.execute(_TIMER.where(WorkTimer.user_id == user_id, WorkTimer.stopped_at.is_(None))).first()
    return None if row is None else _shown(row)


def _shown(row: sa.Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "appointmentId": row.appointment_id,
        "jobId": row.job_id,
        "userId": row.user_id,
        "userName": row.user_name,
        "startedAt": row.started_at,
        "stoppedAt": row.stopped_at,
        "pauseReason": row.pause_reason,
    }


# --- what changes look at ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimerPlace:
    """Whose clock it is, and where."""

    user_id: UUID
    location_id: UUID


def find_timer(session: Session, timer_id: UUID, location_ids: Sequence[UUID]) -> TimerPlace | None:
    """Return whose a clock is, None where there is none at these locations."""
    row = session.execute(
        sa.select(WorkTimer.user_id, Appointment.location_id)
        .join(Appointment, Appointment.id == WorkTimer.appointment_id)
        .where(WorkTimer.id == timer_id, Appointment.location_id.in_(location_ids))
    ).first()
    return None if row is None else TimerPlace(*row)


def list_running_at(session: Session, user_id: UUID, at: datetime) -> list[WorkTimer]:
    """List a person's stretches that were begun by `at` and not ended then: one at most, but for equal moments."""
    return list(
        session.scalars(
            sa.select(WorkTimer)
            .where(
                WorkTimer.user_id == user_id,
                WorkTimer.started_at <= at,
                sa.or_(WorkTimer.stopped_at.is_(None), WorkTimer.stopped_at > at),
            )
            .execution_options(populate_existing=True)
        )
    )


def next_start(session: Session, user_id: UUID, at: datetime) -> datetime | None:
    """Return when the person began their next stretch after `at`."""
    return session.scalar(
        sa.select(sa.func.min(WorkTimer.started_at)).where(WorkTimer.user_id == user_id, WorkTimer.started_at > at)
    )


def list_running_on(session: Session, appointment_id: UUID) -> list[UUID]:
    """List whose clock runs on a visit, in a fixed order."""
    return list(
        session.scalars(
            sa.select(WorkTimer.user_id)
            .where(WorkTimer.appointment_id == appointment_id, WorkTimer.stopped_at.is_(None))
            .order_by(WorkTimer.user_id)
        )
    )


def is_finished(session: Session, appointment_id: UUID) -> bool:
    """Tell whether the last stretch of work on a visit ended without a reason to go on; no where one runs or none was."""
    last = session.scalars(
        sa.select(WorkTimer)
        .where(WorkTimer.appointment_id == appointment_id)
        .order_by(WorkTimer.stopped_at.desc().nulls_first(), WorkTimer.id.desc())
        .limit(1)
    ).first()
    return last is not None and last.stopped_at is not None and last.pause_reason is None


def is_untouched(session: Session, appointment_id: UUID) -> bool:
    """Tell whether a visit is in progress since its check-in, and nobody worked on it, inspects it or checked its work."""
    return bool(session.scalar(sa.text(_UNTOUCHED), {"id": appointment_id}))


# Inspections stand beside clocks on the map, so their table is named here and not imported.
_UNTOUCHED = """
    SELECT a.status = 'IN_PROGRESS' AND a.check_in_at = a.status_since
       AND NOT EXISTS (SELECT FROM work_timers t WHERE t.appointment_id = a.id)
       AND NOT EXISTS (SELECT FROM work_checks c WHERE c.appointment_id = a.id)
       AND NOT EXISTS (SELECT FROM inspection_checklists k WHERE k.appointment_id = a.id AND k.deleted_at IS NULL)
      FROM appointments a WHERE a.id = :id
"""


def list_workers(session: Session, appointment_id: UUID) -> set[UUID | None]:
    """Return who worked on a visit by their clocks."""
    return set(session.scalars(sa.select(WorkTimer.user_id).where(WorkTimer.appointment_id == appointment_id)))


# --- actual against sold ----------------------------------------------------------------------


def read_work(session: Session, appointment_id: UUID, location_ids: Iterable[UUID], now: datetime) -> dict[str, Any]:
    """Return a visit's clocks and checks: seconds worked so far by job and by person, beside the hours sold.

    What was billed and what was worked are never mixed: sold hours come from the lines, seconds from clocks alone.

    Raises:
        NotFoundError: no such appointment at these locations.
    """
    visit = session.execute(
        sa.select(Appointment.needs_part, Appointment.needs_approval, Appointment.wanted_part).where(
            Appointment.id == appointment_id,
            Appointment.location_id.in_(tuple(location_ids)),
            Appointment.deleted_at.is_(None),
        )
    ).first()
    if visit is None:
        raise NotFoundError("There is no such appointment.")
    timers = list_timers(session, [appointment_id])[appointment_id]
    by_job: dict[UUID | None, float] = defaultdict(float)
    by_person: dict[tuple[UUID, str], float] = defaultdict(float)
    for timer in timers:
        seconds = ((timer["stoppedAt"] or now) - timer["startedAt"]).total_seconds()
        by_job[timer["jobId"]] += seconds
        by_person[timer["userId"], timer["userName"]] += seconds
    jobs = services.list_sold_hours(session, appointment_id)
    return {
        "soldHours": plain_number(sum((job.hours for job in jobs if job.is_sold), start=services.NO_HOURS)),
        "offeredHours": plain_number(sum((job.hours for job in jobs if not job.is_sold), start=services.NO_HOURS)),
        "workedSeconds": round(sum(by_person.values())),
        "jobs": [
            {
                "id": job.id,
                "name": job.name,
                "soldHours": plain_number(job.hours if job.is_sold else services.NO_HOURS),
                "offeredHours": plain_number(services.NO_HOURS if job.is_sold else job.hours),
                "workedSeconds": round(by_job.get(job.id, 0)),
                "cause": job.cause,
                "correction": job.correction,
                "version": job.version,
            }
            for job in jobs
        ],
        "people": [
            {
                "id": person,
                "name": name,
                "workedSeconds": round(seconds),
                "isRunning": any(one["userId"] == person and one["stoppedAt"] is None for one in timers),
            }
            for (person, name), seconds in sorted(by_person.items(), key=lambda one: one[0][1])
        ],
        "timers": timers,
        "checks": list_checks(session, [appointment_id])[appointment_id],
        "needsPart": visit.needs_part,
        "needsApproval": visit.needs_approval,
        "wantedPart": visit.wanted_part,
    }


@dataclass(frozen=True, slots=True)
class WorkedHours:
    """A person's seconds on visits, and their part of the hours that were sold on them, in seconds."""

    tech_id: UUID
    name: str
    worked_seconds: int
    sold_seconds: int


# Sold hours of a visit go to those who worked on it, by their share of its seconds; without a clock to its technician.
_HOURS = """
    WITH visits AS (
        SELECT a.id, a.tech_id,
               (SELECT coalesce(sum(s.hours * s.quantity), 0) FROM appointment_jobs j JOIN appointment_services s ON s.job_id = j.id
                 WHERE j.appointment_id = a.id AND j.deleted_at IS NULL AND s.deleted_at IS NULL AND j.is_chosen
                   AND j.approval <> 'declined') * 3600 AS sold
          FROM appointments a
         WHERE a.location_id = :location_id AND a.left_on BETWEEN :first_day AND :last_day AND a.deleted_at IS NULL
           AND a.status = 'COMPLETED'
    ),
    worked AS (
        SELECT t.appointment_id, t.user_id, sum(extract(epoch FROM t.stopped_at - t.started_at)) AS seconds
          FROM visits v JOIN work_timers t ON t.appointment_id = v.id AND t.stopped_at IS NOT NULL
         GROUP BY t.appointment_id, t.user_id
    ),
    parts AS (
        SELECT coalesce(w.user_id, v.tech_id) AS user_id, coalesce(w.seconds, 0) AS seconds,
               v.sold * coalesce(w.seconds / nullif(sum(w.seconds) OVER (PARTITION BY v.id), 0), 1.0 / count(*) OVER (PARTITION BY v.id)) AS sold
          FROM visits v LEFT JOIN worked w ON w.appointment_id = v.id
    )
    SELECT u.id, u.name, round(sum(p.seconds))::bigint, round(sum(p.sold))::bigint
      FROM parts p JOIN users u ON u.id = p.user_id
     GROUP BY u.id, u.name HAVING sum(p.seconds) > 0 OR sum(p.sold) > 0
     ORDER BY u.name, u.id
"""


def list_hours(session: Session, location_id: UUID, first_day: date, last_day: date) -> list[WorkedHours]:
    """List actual against sold hours by person, of the visits that left a location in these days; one statement."""
    values = {"location_id": location_id, "first_day": first_day, "last_day": last_day}
    return [WorkedHours(*row) for row in session.execute(sa.text(_HOURS), values)]


def find_failed_check(session: Session, appointment_id: UUID) -> FailedCheck | None:
    """Return the kind of the newest check of a visit that was not passed, and not done better since."""
    rows = session.execute(
        sa.select(WorkCheck.kind, WorkCheck.is_passed)
        .where(WorkCheck.appointment_id == appointment_id)
        .order_by(WorkCheck.checked_at.desc(), WorkCheck.id.desc())
    )
    done_better: set[CheckKind] = set()
    for kind, is_passed in rows:
        if not is_passed and kind not in done_better:
            return FailedCheck(kind)
        done_better.add(kind)
    return None


def list_checks(session: Session, appointment_ids: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """List test drives and quality checks of these visits, oldest first, by visit."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = session.execute(
        sa.select(WorkCheck, User.name)
        .join(User, User.id == WorkCheck.checked_by)
        .where(WorkCheck.appointment_id.in_(list(appointment_ids)))
        .order_by(WorkCheck.checked_at, WorkCheck.id)
    )
    for check, name in rows:
        found[check.appointment_id].append(
            {
                "id": check.id,
                "kind": check.kind,
                "isPassed": check.is_passed,
                "note": check.note,
                "checkedAt": check.checked_at,
                "checkedBy": name,
            }
        )
    return found
