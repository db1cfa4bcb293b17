"""Day closes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, id_column


class DayClose(Model):
    """A location's local day counted and closed: append-only. `expected` and `counted` map a method to cents.

    Neither payments nor invoices dated on or before it can be entered any more; a trigger refuses them.
    """

    __tablename__ = "day_closes"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    day: Mapped[date]
    expected: Mapped[dict[str, Any]]
    counted: Mapped[dict[str, Any]]
    over_short_cents: Mapped[int]
    note: Mapped[str | None]
    closed_at: Mapped[datetime]
    closed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.UniqueConstraint("location_id", "day"),
        sa.CheckConstraint("over_short_cents = 0 OR note IS NOT NULL", name="a_difference_has_a_note"),
    )
