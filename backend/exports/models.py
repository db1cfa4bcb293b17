"""Exports that were started."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, id_column


class ExportRun(Model):
    """A CSV export that was started: five per person and hour are allowed, counted here."""

    __tablename__ = "export_runs"

    id: Mapped[UUID] = id_column()
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("users.id"))
    report: Mapped[str]
    location_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("locations.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    started_at: Mapped[datetime]

    __table_args__ = (sa.Index(None, "user_id", "started_at"),)
