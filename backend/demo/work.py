"""The rows of what is sold: the catalogue with its rates, and the jobs and lines of every visit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.appointments.rules import OPEN
from backend.catalog.rules import LineKind
from backend.demo import jobs
from backend.demo.jobs import ALTERNATIVES, Job, Line
from backend.demo.randomness import seeded_id
from backend.demo.shop import Place
from backend.demo.tables import Table
from backend.demo.visits import Visit
from backend.services.rules import Approval

# Rates beside the default one: what a job of that name is sold at, by location.
_MATRIX = (
    ("Standard", Decimal(0), Decimal(1), True),
    ("Standard", Decimal(4), Decimal("0.95"), True),
    ("Diagnostics", Decimal(0), Decimal("1.1"), False),
    ("Electric and hybrid", Decimal(0), Decimal("1.2"), False),
)

# What a location's papers say of it: its state, and its registration there.
PAPERS = {"brooklyn": ("NY", "NYS DMV R.S. 7104553"), "mesa": ("AZ", "AZ TPT 21508842")}
WARRANTY = "Parts and labor: 24 months or 24,000 miles, whichever comes first, at any of our locations."


def catalog_id(job: Job) -> UUID:
    """Return the id of a canned job."""
    return seeded_id(datetime.fromisoformat("2025-05-05T12:00:00+00:00"), "catalog", job.name)


def catalog_tables(places: list[Place], opened_at: datetime) -> tuple[Table, ...]:
    """Return the canned jobs with their lines, and what each location charges an hour and takes as tax."""
    ids = {place.key: place.id for place in places}
    canned: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for order, job in enumerate(jobs.JOBS):
        place = jobs.ONLY_AT.get(job.name)
        canned.append(
            (
                *(catalog_id(job), ids[place] if place else None, job.name, job.category, job.words, job.minutes),
                *(
                    job.minutes <= jobs.MOST_ONLINE_MINUTES and job.category != "Diagnostics",
                    order,
                    opened_at,
                    opened_at,
                ),
            )
        )
        for place_in_job, (kind, name, hours, price, cost) in enumerate(_canned_lines(job)):
            lines.append(
                (
                    seeded_id(opened_at, "catalog line", job.name, place_in_job),
                    *(catalog_id(job), place_in_job, kind.value, name, hours, price, cost),
                    jobs.TAX_CLASS[kind].value,
                )
            )
    return (
        Table(
            "service_catalog",
            (
                *("id", "location_id", "name", "category", "description", "duration_minutes", "is_online"),
                *("sort_order", "created_at", "updated_at"),
            ),
            canned,
        ),
        Table(
            "service_catalog_lines",
            (
                *("id", "catalog_id", "sort_order", "kind", "name", "hours", "unit_price_cents", "unit_cost_cents"),
                "tax_class",
            ),
            lines,
        ),
        Table(
            "labor_rates",
            ("id", "location_id", "name", "from_hours", "hour_cents", "is_default", "updated_at"),
            [
                (
                    seeded_id(opened_at, "labor rate", place.key, name, from_hours),
                    *(place.id, name, from_hours, int(jobs.LABOR_RATE[place.key] * factor), is_default, opened_at),
                )
                for place in places
                for name, from_hours, factor, is_default in _MATRIX
            ],
        ),
        Table(
            "tax_rates",
            ("location_id", "tax_class", "rate_bp", "updated_at"),
            [
                (place.id, tax_class.value, rate, opened_at)
                for place in places
                for tax_class, rate in jobs.TAX_BP[place.key].items()
            ],
        ),
    )


def _canned_lines(job: Job) -> Iterator[tuple[LineKind, str, Decimal | None, int | None, int | None]]:
    yield LineKind.LABOR, job.name, Decimal(job.hours), None, None
    for name, cents in job.parts:
        yield LineKind.PART, name, None, cents, jobs.cost_of(cents)
    for name, cents in job.fees:
        yield LineKind.FEE, name, None, cents, None


# --- the work of visits -----------------------------------------------------------------------


@dataclass(slots=True)
class _Work:
    """A job of a visit with its lines; `alternative_of` is the job instead of which it is offered."""

    id: UUID
    lines: list[Line]
    choice_id: UUID | None = None
    is_chosen: bool = True


def work_tables(visits: list[Visit], ids: dict[tuple[object, ...], UUID]) -> tuple[Table, Table]:
    """Return the jobs and lines of every visit, in the order in which they were written down."""
    rows: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for visit in visits:
        for order, work in enumerate(_works(visit)):
            rows.append(_job_row(visit, ids[visit.key], work, order))
            for place, line in enumerate(work.lines):
                identity = seeded_id(visit.booked_at, "service", *visit.key, order, place)
                lines.append(_line_row(visit, ids[visit.key], work, line, (identity, place)))
    return (
        Table(
            "appointment_jobs",
            (
                *("id", "appointment_id", "sort_order", "name", "category", "description", "catalog_id", "choice_id"),
                *("is_chosen", "approval", "decided_at", "decline_reason", "created_at", "created_by", "updated_at"),
            ),
            rows,
        ),
        Table(
            "appointment_services",
            (
                *("id", "appointment_id", "job_id", "sort_order", "kind", "name", "notes", "hours"),
                *("unit_price_cents", "unit_cost_cents", "price_cents", "discount_cents", "discount_reason"),
                *("discounted_by", "tax_class", "tax_bp", "tax_cents", "created_at", "updated_at"),
            ),
            lines,
        ),
    )


def jobs_of(visit: Visit) -> tuple[int, int]:
    """Return how many jobs a visit has on offer, and how many of them are approved."""
    offered = [work for work in _works(visit) if work.is_chosen]
    return len(offered), sum(_approval(visit, work) is Approval.APPROVED for work in offered)


def _works(visit: Visit) -> list[_Work]:
    """Return a visit's lines by job: what belongs to no job alone, as shop supplies, stands with the first one."""
    works: list[_Work] = []
    for order, line in enumerate(visit.lines):
        if line.kind is LineKind.LABOR or not works:
            works.append(_Work(seeded_id(visit.booked_at, "job", *visit.key, order), [line]))
        else:
            (works[0] if line.name == jobs.SUPPLIES else works[-1]).lines.append(line)
    if visit.status not in OPEN:
        return works
    # Of what comes in several makes, open visits are offered another one beside it.
    with_others: list[_Work] = []
    for work in works:
        with_others.append(work)
        others = () if work.lines[0].is_declined else ALTERNATIVES.get(work.lines[0].name, ())
        for name, part, cents in others:
            work.choice_id = seeded_id(visit.booked_at, "choice", *visit.key, work.lines[0].name)
            other = [
                Line(LineKind.LABOR, *_like(work.lines[0], name)),
                Line(
                    LineKind.PART,
                    work.lines[0].category,
                    part,
                    cents,
                    cents,
                    jobs.TAX_BP[visit.place.key][jobs.TAX_CLASS[LineKind.PART]],
                ),
            ]
            other[0].hours = work.lines[0].hours
            with_others.append(_Work(seeded_id(visit.booked_at, "job", *visit.key, name), other, work.choice_id, False))
    return with_others


def _like(line: Line, name: str) -> tuple[str, str, int, int, Decimal]:
    return line.category, name, line.unit_price_cents, line.price_cents, line.tax_bp


def _approval(visit: Visit, work: _Work) -> Approval:
    """Return what was said: what was only planned so far is agreed on when the car is here."""
    if work.lines[0].is_declined:
        return Approval.DECLINED
    return Approval.APPROVED if visit.check_in_at is not None and work.is_chosen else Approval.PENDING


def _job_row(visit: Visit, appointment_id: UUID, work: _Work, order: int) -> tuple[Any, ...]:
    first = work.lines[0]
    approval = _approval(visit, work)
    canned = jobs.BY_NAME.get(first.name)
    return (
        *(work.id, appointment_id, order, first.name, first.category, canned.words if canned else None),
        *(catalog_id(canned) if canned else None, work.choice_id, work.is_chosen, approval.value),
        None if approval is Approval.PENDING else visit.check_in_at or visit.booked_at,
        first.decline_reason if first.is_declined else None,
        *(visit.booked_at, visit.booked_by.id, visit.booked_at),
    )


def _line_row(visit: Visit, appointment_id: UUID, work: _Work, line: Line, place: tuple[UUID, int]) -> tuple[Any, ...]:
    return (
        *(place[0], appointment_id, work.id, place[1], line.kind.value, line.name, line.notes, line.hours),
        *(line.unit_price_cents, line.cost_cents, line.price_cents, line.discount_cents, line.discount_reason),
        visit.booked_by.id if line.discount_cents else None,
        *(jobs.TAX_CLASS[line.kind].value, line.tax_bp, line.tax_cents, visit.booked_at, visit.booked_at),
    )
