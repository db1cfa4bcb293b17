"""Checklists and their items."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column


class Result(StrEnum):
    """What the technician found."""

    PASS = "pass"  # noqa: S105  a finding, no secret
    ATTENTION = "attention"
    FAIL = "fail"


class InspectionChecklist(Model):
    """A vehicle check done during an appointment."""

    __tablename__ = "inspection_checklists"

    id: Mapped[UUID] = id_column()
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    title: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (sa.Index(None, "appointment_id"),)


class InspectionItem(Model):
    """One point of a checklist; `result` is null until it was looked at."""

    __tablename__ = "inspection_items"

    id: Mapped[UUID] = id_column()
    checklist_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspection_checklists.id"))
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    label: Mapped[str]
    result: Mapped[Result | None] = mapped_column(sa.Text)
    note: Mapped[str | None]

    __table_args__ = (sa.Index(None, "checklist_id"), enum_check("result", Result, "result_is_known"))
