"""What is sold: canned jobs with their lines, and what a location charges and taxes."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.catalog.models import CatalogJob, CatalogLine, LaborRate, TaxRate
from backend.catalog.rules import CannedLine, LineKind, Rate, Rates, TaxClass
from backend.core.edits import wire, wire_name
from backend.core.errors import NotFoundError
from backend.core.money import plain_number

# --- rates ------------------------------------------------------------------------------------


def read_rates(session: Session, location_id: UUID) -> Rates:
    """Return a location's labor rates, by name and hours, and its tax rates."""
    labor = session.execute(
        sa.select(LaborRate.name, LaborRate.from_hours, LaborRate.hour_cents, LaborRate.is_default)
        .where(LaborRate.location_id == location_id)
        .order_by(LaborRate.is_default.desc(), LaborRate.name, LaborRate.from_hours)
    )
    taxes = session.execute(sa.select(TaxRate.tax_class, TaxRate.rate_bp).where(TaxRate.location_id == location_id))
    return Rates(tuple(Rate(*row) for row in labor), {TaxClass(row.tax_class): row.rate_bp for row in taxes})


def shown_rates(
    labor: Iterable[Rate] | None, taxes: Mapping[TaxClass, Decimal] | None
) -> dict[str, list[dict[str, Any]] | dict[str, str] | None]:
    """Return rates as JSON holds them, by attribute; None for what is not there."""
    rows = None
    if labor is not None:
        ordered = sorted(labor, key=lambda rate: (not rate.is_default, rate.name, rate.from_hours))
        rows = [
            {
                "name": rate.name,
                "fromHours": plain_number(rate.from_hours),
                "hourCents": rate.hour_cents,
                "isDefault": rate.is_default,
            }
            for rate in ordered
        ]
    return {
        "labor_rates": rows,
        "tax_rates": None if taxes is None else {str(name): plain_number(rate) for name, rate in sorted(taxes.items())},
    }


# --- canned jobs ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CatalogView:
    """A canned job; of every location where `location_id` is None."""

    id: UUID
    location_id: UUID | None
    name: str
    category: str
    description: str | None
    duration_minutes: int
    is_online: bool
    is_active: bool
    version: int
    lines: tuple[CannedLine, ...]


_COLUMNS = tuple(getattr(CatalogJob, name) for name in CatalogView.__dataclass_fields__ if name != "lines")


@dataclass(frozen=True, slots=True)
class CatalogFilter:
    """Which canned jobs to list; those of every location are always among them."""

    location_ids: tuple[UUID, ...]
    text: str | None = None
    category: str | None = None
    with_inactive: bool = False


def list_catalog(
    session: Session, wanted: CatalogFilter, *, after: tuple[str, UUID] | None, limit: int
) -> list[CatalogView]:
    """List canned jobs by name, those after `after`; at most `limit`. Words may stand anywhere in a name."""
    statement = sa.select(*_COLUMNS).where(_sold_at(wanted.location_ids))
    if not wanted.with_inactive:
        statement = statement.where(CatalogJob.is_active)
    if wanted.category is not None:
        statement = statement.where(CatalogJob.category == wanted.category)
    for word in (wanted.text or "").split():
        statement = statement.where(
            sa.or_(
                CatalogJob.name.icontains(word, autoescape=True), CatalogJob.category.icontains(word, autoescape=True)
            )
        )
    key = (CatalogJob.name, CatalogJob.id)
    if after is not None:
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*after))
    return _with_lines(session, statement.order_by(*key).limit(limit))


def get_catalog_job(session: Session, catalog_id: UUID, location_ids: Iterable[UUID]) -> CatalogView:
    """Return a canned job that one of these locations sells, also one that is switched off.

    Raises:
        NotFoundError: none such, or it is deleted.
    """
    found = find_catalog_jobs(session, [catalog_id], location_ids)
    if not found:
        raise NotFoundError("There is no such job in the catalogue.")
    return found[catalog_id]


def find_catalog_jobs(session: Session, ids: Iterable[UUID], location_ids: Iterable[UUID]) -> dict[UUID, CatalogView]:
    """Return those of the canned jobs that one of these locations sells, by id."""
    statement = sa.select(*_COLUMNS).where(CatalogJob.id.in_(list(ids)), _sold_at(location_ids))
    return {view.id: view for view in _with_lines(session, statement)}


def get_catalog_job_for_update(session: Session, catalog_id: UUID, location_ids: Iterable[UUID]) -> CatalogJob:
    """Lock and return a canned job that one of these locations sells.

    Raises:
        NotFoundError: none such, or it is deleted.
    """
    found = session.scalars(
        sa.select(CatalogJob).where(CatalogJob.id == catalog_id, _sold_at(location_ids)).with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such job in the catalogue.")
    return found


def shown_lines(lines: Iterable[CannedLine]) -> list[dict[str, Any]]:
    """Return lines as JSON holds them: two that say the same are equal."""
    return [
        {
            wire_name(name): plain_number(value) if isinstance(value, Decimal) else value
            for name, value in asdict(line).items()
        }
        for line in lines
    ]


def shown_job(view: CatalogView) -> dict[str, Any]:
    """Return a canned job as the wire shows it."""
    return {**wire(view), "lines": shown_lines(view.lines)}


def _sold_at(location_ids: Iterable[UUID]) -> sa.ColumnElement[bool]:
    return sa.and_(
        CatalogJob.deleted_at.is_(None),
        sa.or_(CatalogJob.location_id.is_(None), CatalogJob.location_id.in_(tuple(location_ids))),
    )


def _with_lines(session: Session, statement: sa.Select[Any]) -> list[CatalogView]:
    rows = session.execute(statement).all()
    lines: dict[UUID, list[CannedLine]] = {row.id: [] for row in rows}
    columns = [getattr(CatalogLine, name) for name in CannedLine.__dataclass_fields__]
    for row in session.execute(
        sa.select(CatalogLine.catalog_id, *columns)
        .where(CatalogLine.catalog_id.in_(lines))
        .order_by(CatalogLine.sort_order, CatalogLine.id)
    ):
        catalog_id, kind, name, tax_class, *others = row
        lines[catalog_id].append(CannedLine(LineKind(kind), name, TaxClass(tax_class), *others))
    return [CatalogView(**row._asdict(), lines=tuple(lines[row.id])) for row in rows]
