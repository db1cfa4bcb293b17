"""Canned jobs, labor rates and tax rates."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.rules import CatalogNameTakenError, LineKind, TaxClass
from backend.core.db import Model, enum_check, explain_constraint, id_column


class CatalogJob(Model):
    """A job that a shop sells often; `location_id` is NULL for one of every location.

    A change of its price is for what is added from then on: jobs of visits keep their own lines.
    """

    __tablename__ = "service_catalog"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("locations.id"))
    name: Mapped[str]
    category: Mapped[str]
    description: Mapped[str | None]
    duration_minutes: Mapped[int]
    is_online: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    is_active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("duration_minutes BETWEEN 5 AND 2880", name="duration_is_plausible"),
        sa.Index(
            "uq_service_catalog_name",
            sa.text("coalesce(location_id, '00000000-0000-0000-0000-000000000000'::uuid)"),
            sa.text("lower(name)"),
            unique=True,
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
    )


explain_constraint(
    "uq_service_catalog_name",
    lambda: CatalogNameTakenError(
        "There is a job of that name already. Choose another name.", errors={"name": ["Choose another name."]}
    ),
)


class CatalogLine(Model):
    """A line of a canned job. Labor without a price of its own costs its location's rate for so many hours."""

    __tablename__ = "service_catalog_lines"

    id: Mapped[UUID] = id_column()
    catalog_id: Mapped[UUID] = mapped_column(sa.ForeignKey("service_catalog.id"))
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    kind: Mapped[LineKind] = mapped_column(sa.Text)
    name: Mapped[str]
    hours: Mapped[Decimal | None] = mapped_column(sa.Numeric(6, 2))
    is_flat: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(10, 3), default=Decimal(1), server_default="1")
    unit_price_cents: Mapped[int | None]
    unit_cost_cents: Mapped[int | None]
    labor_rate: Mapped[str | None]
    tax_class: Mapped[TaxClass] = mapped_column(sa.Text)

    __table_args__ = (
        sa.Index(None, "catalog_id"),
        enum_check("kind", LineKind, "kind_is_known"),
        enum_check("tax_class", TaxClass, "tax_class_is_known"),
        sa.CheckConstraint("(kind = 'labor') = (hours IS NOT NULL)", name="labor_has_hours"),
        sa.CheckConstraint("quantity > 0", name="quantity_is_positive"),
        sa.CheckConstraint("kind = 'labor' OR unit_price_cents IS NOT NULL", name="only_labor_goes_by_rate"),
        sa.CheckConstraint(
            "coalesce(unit_price_cents, 0) >= 0 AND coalesce(unit_cost_cents, 0) >= 0", name="prices_are_not_negative"
        ),
    )


class LaborRate(Model):
    """A row of a location's labor rate matrix: an hour's price in cents, for labor of at least `from_hours`.

    Of the rows with a rate's name the one with the greatest `from_hours` that is not above the sold hours holds.
    """

    __tablename__ = "labor_rates"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    name: Mapped[str]
    from_hours: Mapped[Decimal] = mapped_column(sa.Numeric(6, 2), default=Decimal(0), server_default="0")
    hour_cents: Mapped[int]
    is_default: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    updated_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("location_id", "name", "from_hours"),
        sa.CheckConstraint("from_hours >= 0 AND hour_cents >= 0", name="rate_is_not_negative"),
    )


class TaxRate(Model):
    """What a location's tax takes from a class of lines, in basis points (New York City: 887.5). `exempt` has no row."""

    __tablename__ = "tax_rates"

    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"), primary_key=True)
    tax_class: Mapped[TaxClass] = mapped_column(sa.Text, primary_key=True)
    rate_bp: Mapped[Decimal] = mapped_column(sa.Numeric(7, 3))
    updated_at: Mapped[datetime]

    __table_args__ = (
        enum_check("tax_class", TaxClass, "tax_class_is_known"),
        sa.CheckConstraint("tax_class <> 'exempt' AND rate_bp BETWEEN 0 AND 10000", name="rate_is_plausible"),
    )
