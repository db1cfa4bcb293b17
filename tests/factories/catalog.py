"""Canned jobs and rates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from backend.catalog.models import CatalogJob, CatalogLine, LaborRate, TaxRate
from backend.catalog.rules import TAX_CLASS_OF, LineKind
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.shop.models import Location

NEW_YORK = {"labor": "887.5", "parts": "887.5", "fees": "0"}


def make_rates(
    session: Session, location: Location, *, hour_cents: int = 145_00, taxes: Mapping[str, str] = NEW_YORK
) -> None:
    """Give a location one labor rate, the default, and tax rates in basis points."""
    now = utc_now()
    session.add(
        LaborRate(
            id=new_id(),
            location_id=location.id,
            name="Standard",
            hour_cents=hour_cents,
            is_default=True,
            updated_at=now,
        )
    )
    session.add_all(
        TaxRate(location_id=location.id, tax_class=tax_class, rate_bp=Decimal(rate), updated_at=now)
        for tax_class, rate in taxes.items()
    )
    session.flush()


def make_catalog_job(
    session: Session,
    *,
    name: str = "Front brake pads",
    category: str = "Brakes",
    lines: Sequence[dict[str, Any]] | None = None,
    **overrides: Any,
) -> CatalogJob:
    """Make a canned job of every location: 1.2 hours of labor by the rate, and ceramic pads for $89.00."""
    now = utc_now()
    job = CatalogJob(
        id=new_id(),
        name=name,
        category=category,
        duration_minutes=90,
        created_at=now,
        updated_at=now,
        **overrides,
    )
    session.add(job)
    session.flush()
    default = [
        {"kind": "labor", "name": "Replace front pads", "hours": Decimal("1.2")},
        {"kind": "part", "name": "Ceramic pads", "unit_price_cents": 89_00, "unit_cost_cents": 51_62},
    ]
    for order, line in enumerate(default if lines is None else lines):
        tax_class = TAX_CLASS_OF[LineKind(line["kind"])]
        session.add(CatalogLine(id=new_id(), catalog_id=job.id, sort_order=order, **{"tax_class": tax_class, **line}))
    session.flush()
    return job
