"""Which texts a location sends by itself, and how."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column
from backend.notices.rules import Loudness, Trigger


class NoticeRule(Model):
    """What a location does at a trigger; a trigger without a row is quiet."""

    __tablename__ = "notice_rules"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    trigger: Mapped[Trigger] = mapped_column(sa.Text)
    loudness: Mapped[Loudness] = mapped_column(sa.Text)
    template_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("message_templates.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.UniqueConstraint("location_id", "trigger"),
        enum_check("trigger", Trigger, "trigger_is_known"),
        enum_check("loudness", Loudness, "loudness_is_known"),
        sa.CheckConstraint("loudness = 'quiet' OR template_id IS NOT NULL", name="what_is_said_has_a_template"),
    )
