"""Vehicles."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, explain_constraint, id_column
from backend.core.errors import ConflictError


class VinInUseError(ConflictError):
    """409: another vehicle on file has this VIN."""

    code = "vin_in_use"


class Vehicle(Model):
    """A car; it may be known before its owner is, and change owners.

    `plate_key` is the plate as search compares it: letters and digits, upper case. `mileage` is in miles.
    """

    __tablename__ = "vehicles"

    id: Mapped[UUID] = id_column()
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    year: Mapped[int | None]
    make: Mapped[str | None]
    model: Mapped[str | None]
    trim: Mapped[str | None]
    engine: Mapped[str | None]
    color: Mapped[str | None]
    plate: Mapped[str | None]
    plate_key: Mapped[str | None]
    plate_state: Mapped[str | None]
    vin: Mapped[str | None]
    mileage: Mapped[int | None]
    notes: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(None, "customer_id"),
        sa.Index(
            "ix_vehicles_plate_key_trigram",
            "plate_key",
            postgresql_using="gin",
            postgresql_ops={"plate_key": "gin_trgm_ops"},
        ),
        # search: VIN tails
        sa.Index("ix_vehicles_vin_trigram", "vin", postgresql_using="gin", postgresql_ops={"vin": "gin_trgm_ops"}),
        sa.Index("uq_vehicles_vin", "vin", unique=True, postgresql_where=sa.text("deleted_at IS NULL")),
        sa.CheckConstraint("year BETWEEN 1886 AND 2100", name="year_is_plausible"),
        sa.CheckConstraint("mileage BETWEEN 0 AND 9999999", name="mileage_is_plausible"),
        sa.CheckConstraint("vin ~ '^[A-HJ-NPR-Z0-9]{17}$'", name="vin_has_17_characters"),
    )


explain_constraint(
    "uq_vehicles_vin",
    lambda: VinInUseError("Another vehicle on file has this VIN.", errors={"vin": ["Already on file."]}),
)
