"""Prepared texts and emails."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.consent.rules import Purpose
from backend.core.db import Model, enum_check, explain_constraint, id_column
from backend.templates.rules import TemplateCategory, TemplateChannel, TemplateNameTakenError


class MessageTemplate(Model):
    """A text with `{variables}` and `{variable|fallback}`; of every location where `location_id` is NULL.

    `version` counts edits; a message keeps the template's id and version that it was made from.
    """

    __tablename__ = "message_templates"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("locations.id"))
    name: Mapped[str]
    category: Mapped[TemplateCategory] = mapped_column(sa.Text)
    channel: Mapped[TemplateChannel] = mapped_column(sa.Text)
    purpose: Mapped[Purpose] = mapped_column(sa.Text)
    subject: Mapped[str | None]
    body: Mapped[str]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    use_count: Mapped[int] = mapped_column(default=0, server_default="0")
    last_used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(
            "uq_message_templates_name",
            "location_id",
            "channel",
            "name",
            unique=True,
            postgresql_where=sa.text("deleted_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        enum_check("category", TemplateCategory, "category_is_known"),
        enum_check("channel", TemplateChannel, "channel_is_known"),
        enum_check("purpose", Purpose, "purpose_is_known"),
        sa.CheckConstraint("(channel = 'email') = (subject IS NOT NULL)", name="emails_have_a_subject"),
    )


explain_constraint(
    "uq_message_templates_name",
    lambda: TemplateNameTakenError(
        "There is a template of that name already. Choose another name.", errors={"name": ["Choose another name."]}
    ),
)
