"""Locations and bays."""

from datetime import datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, id_column


class Location(Model):
    """A place where cars are worked on; its `timezone` (IANA) decides what a day is."""

    __tablename__ = "locations"

    id: Mapped[UUID] = id_column()
    name: Mapped[str] = mapped_column(unique=True)
    timezone: Mapped[str]
    currency: Mapped[str] = mapped_column(default="USD", server_default="USD")
    phone: Mapped[str | None]
    # The number that texts come from and are answered to, E.164; without one the deployment's TWILIO_FROM.
    sms_number: Mapped[str | None] = mapped_column(unique=True)
    address: Mapped[str | None]
    # Local wall-clock opening hours, the calendar's default view.
    opens_at: Mapped[time] = mapped_column(sa.Time)
    closes_at: Mapped[time] = mapped_column(sa.Time)
    created_at: Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_is_iso_4217"),
        sa.CheckConstraint(r"sms_number ~ '^\+[1-9][0-9]{6,14}$'", name="sms_number_is_e164"),
    )


class Bay(Model):
    """A lift or floor space that holds one car at a time."""

    __tablename__ = "bays"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    name: Mapped[str]
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())

    __table_args__ = (sa.UniqueConstraint("location_id", "name"),)
