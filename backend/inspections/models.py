"""Inspection templates, checklists with their items; photos and findings have packages of their own."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

import backend.links.models
import backend.services.models  # noqa: F401  tables that foreign keys point at
from backend.core.db import Model, enum_check, id_column
from backend.inspections.rules import ChecklistStatus, Result


class InspectionTemplate(Model):
    """A list of points for visits of a kind, cars of an age in years and miles; every limit is closed, NULL is none.

    `version` counts edits; its points have versions of their own, and a running inspection keeps the one it was started with.
    """

    __tablename__ = "inspection_templates"

    id: Mapped[UUID] = id_column()
    location_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("locations.id"))
    name: Mapped[str]
    # What kind of visit it is for: courtesy, multi_point, brakes, pre_purchase, seasonal …; NULL for any.
    visit_type: Mapped[str | None]
    from_age: Mapped[int | None]
    to_age: Mapped[int | None]
    from_mileage: Mapped[int | None]
    to_mileage: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("from_age <= to_age AND from_mileage <= to_mileage", name="limits_are_in_order"),
    )


class InspectionTemplateVersion(Model):
    """The points of a template as they stood: append-only.

    A point is {key, section, label, help, reading: {unit, failBelow, attentionBelow, attentionAbove, failAbove} | null,
    needsPhoto, catalogId}, limits as text; `key` stays the same through versions, so that a finding is known again.
    """

    __tablename__ = "inspection_template_versions"

    id: Mapped[UUID] = id_column()
    template_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspection_templates.id"))
    version_no: Mapped[int]
    points: Mapped[list[dict[str, Any]]] = mapped_column(postgresql.JSONB)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (sa.UniqueConstraint("template_id", "version_no"),)


class InspectionChecklist(Model):
    """A vehicle check done during an appointment; `holder_id` is who fills it, another may take it over.

    The database sets `location_id` to its visit's.
    """

    __tablename__ = "inspection_checklists"

    id: Mapped[UUID] = id_column()
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    location_id: Mapped[UUID] = mapped_column(server_default=sa.FetchedValue())
    template_version_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("inspection_template_versions.id"))
    title: Mapped[str]
    status: Mapped[ChecklistStatus] = mapped_column(
        sa.Text, default=ChecklistStatus.OPEN, server_default=ChecklistStatus.OPEN
    )
    holder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    started_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    # Stays when it is opened again: how long it took, and what of others was seen after it.
    first_submitted_at: Mapped[datetime | None]
    # The report that the customer got; its link tells when it was opened.
    link_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("signed_links.id"))
    sent_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(None, "appointment_id"),
        # figures: what was submitted on some days
        sa.Index(None, "location_id", "submitted_at"),
        enum_check("status", ChecklistStatus, "status_is_known"),
        sa.CheckConstraint("(status = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_has_its_time"),
        sa.CheckConstraint(
            "submitted_at IS NULL OR first_submitted_at IS NOT NULL", name="first_submitted_comes_first"
        ),
    )


class InspectionItem(Model):
    """One point of a checklist; `result` is null until it was looked at. `reading` is in `unit`.

    `version` counts changes; the audit log tells which field changed after which, so that edits of different fields meet.
    """

    __tablename__ = "inspection_items"

    id: Mapped[UUID] = id_column()
    checklist_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspection_checklists.id"))
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    point_key: Mapped[str | None]
    section: Mapped[str | None]
    label: Mapped[str]
    help: Mapped[str | None]
    unit: Mapped[str | None]
    # {failBelow, attentionBelow, attentionAbove, failAbove}, numbers as text.
    limits: Mapped[dict[str, Any] | None] = mapped_column(postgresql.JSONB(none_as_null=True))
    needs_photo: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    catalog_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("service_catalog.id"))
    result: Mapped[Result | None] = mapped_column(sa.Text)
    # The result as what the car needs follows it; null before the first submission.
    followed_result: Mapped[Result | None] = mapped_column(sa.Text)
    reading: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))
    note: Mapped[str | None]
    # The job that the finding became.
    job_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("appointment_jobs.id"))
    # Whoever inspected saw what the template does not ask for.
    is_added: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # One that was added and taken away again: nobody is shown it, and it can be brought back.
    is_removed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    updated_at: Mapped[datetime | None]
    updated_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.Index(None, "checklist_id"),
        sa.Index(None, "job_id", postgresql_where=sa.text("job_id IS NOT NULL")),
        enum_check("result", Result, "result_is_known"),
        enum_check("followed_result", Result, "followed_result_is_known"),
        sa.CheckConstraint("reading IS NULL OR unit IS NOT NULL", name="a_reading_has_a_unit"),
        sa.CheckConstraint("is_added OR NOT is_removed", name="only_added_points_are_removed"),
    )
