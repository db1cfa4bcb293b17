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

    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[Status] = mapped_column(sa.Text)
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
