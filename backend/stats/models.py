"""How long visits stood in their statuses."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.appointments.rules import Status
from backend.core.db import Model


class StatusSpan(Model):
    """A visit's stay in a status, the `position`th from 1; `left_at` is None for the present one.

    Made from the audit log in the background, so that a move costs what it did; the log stays the truth.
    """

    __tablename__ = "status_spans"

    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    position: Mapped[int]
    status: Mapped[Status] = mapped_column(sa.Text)
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    __table_args__ = (
        # figures: how long visits stood where, from the key's index alone
        sa.PrimaryKeyConstraint("appointment_id", "position", postgresql_include=["status", "entered_at", "left_at"]),
    )
