"""Work lines."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column


class ServiceKind(StrEnum):
    """What a line charges for."""

    LABOR = "labor"
    PART = "part"
    FEE = "fee"


class Approval(StrEnum):
    """What the customer said to the line."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


class AppointmentService(Model):
    """A service sold in an appointment: `hours` of labor, `price_cents` for the whole line."""

    __tablename__ = "appointment_services"

    id: Mapped[UUID] = id_column()
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    kind: Mapped[ServiceKind] = mapped_column(sa.Text)
    category: Mapped[str | None]
    name: Mapped[str]
    notes: Mapped[str | None]
    hours: Mapped[Decimal | None] = mapped_column(sa.Numeric(6, 2))
    price_cents: Mapped[int]
    approval: Mapped[Approval] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(None, "appointment_id"),
        enum_check("kind", ServiceKind, "kind_is_known"),
        enum_check("approval", Approval, "approval_is_known"),
        sa.CheckConstraint("hours >= 0", name="hours_are_not_negative"),
    )
