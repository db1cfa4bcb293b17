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
    # Printed on papers: the shop's registration (California: ARD number) and its own warranty words.
    registration_number: Mapped[str | None]
    warranty_terms: Mapped[str | None]
    # letter or a4
    paper: Mapped[str] = mapped_column(default="letter", server_default="letter")
    # The state whose rules on written estimates hold (two letters).
    state: Mapped[str | None]
    # What a customer may approve by a link alone, without the last four digits of the phone.
    link_cap_cents: Mapped[int] = mapped_column(default=25_000, server_default="25000")
    # Below this share of the price, in hundredths of a percent, the margin of an estimate is marked.
    margin_target_bp: Mapped[int] = mapped_column(default=5_000, server_default="5000")
    # Work is checked by somebody who did not do it.
    is_checked_by_another: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Counts changes of the settings above and of the labor and tax rates.
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    # Local wall-clock opening hours, the calendar's default view.
    opens_at: Mapped[time] = mapped_column(sa.Time)
    closes_at: Mapped[time] = mapped_column(sa.Time)
    created_at: Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        sa.CheckConstraint("paper IN ('letter', 'a4')", name="paper_is_known"),
        sa.CheckConstraint("link_cap_cents >= 0 AND margin_target_bp BETWEEN 0 AND 10000", name="caps_are_plausible"),
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
