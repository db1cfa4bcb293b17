"""What is sold in a visit: jobs, each with its work lines."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

import backend.catalog.models  # noqa: F401  the table that a foreign key points at
from backend.catalog.rules import LineKind, TaxClass
from backend.core.db import Model, enum_check, explain_constraint, id_column
from backend.services.rules import Approval, NotPricedError, Urgency


class AppointmentJob(Model):
    """A job of a visit, what the customer approves or declines as a whole; its money is the sum of its lines.

    Jobs with the same `choice_id` are alternatives of which one is done: the one with `is_chosen`.
    `asked_at` is set while a question of the customer about it waits for an answer.
    A declined job stays as it was offered; the job of a later visit that takes it up names it in `revived_from_id`.
    The database sets `location_id` to its visit's.
    """

    __tablename__ = "appointment_jobs"

    id: Mapped[UUID] = id_column()
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    location_id: Mapped[UUID] = mapped_column(server_default=sa.FetchedValue())
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    name: Mapped[str]
    category: Mapped[str | None]
    # Plain words for the customer: what it is and why.
    description: Mapped[str | None]
    catalog_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("service_catalog.id"))
    choice_id: Mapped[UUID | None]
    is_chosen: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    urgency: Mapped[Urgency | None] = mapped_column(sa.Text)
    approval: Mapped[Approval] = mapped_column(sa.Text, default=Approval.PENDING, server_default="pending")
    decided_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]
    deferred_until: Mapped[date | None]
    # What the technician found and what was done about it; not the customer's to approve.
    cause: Mapped[str | None]
    correction: Mapped[str | None]
    revived_from_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("appointment_jobs.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(None, "appointment_id"),
        # what was declined in a range of days
        sa.Index(
            "ix_appointment_jobs_location_id_decided_at",
            "location_id",
            "decided_at",
            postgresql_where=sa.text("approval = 'declined' AND deleted_at IS NULL"),
        ),
        # which later job took a declined one up
        sa.Index(None, "revived_from_id", postgresql_where=sa.text("revived_from_id IS NOT NULL")),
        # one of several alternatives is done
        sa.Index(
            "uq_appointment_jobs_chosen",
            "choice_id",
            unique=True,
            postgresql_where=sa.text("choice_id IS NOT NULL AND is_chosen AND deleted_at IS NULL"),
        ),
        enum_check("approval", Approval, "approval_is_known"),
        enum_check("urgency", Urgency, "urgency_is_known"),
        sa.CheckConstraint("is_chosen OR choice_id IS NOT NULL", name="only_an_alternative_is_not_chosen"),
        sa.CheckConstraint("(approval = 'pending') = (decided_at IS NULL)", name="a_decision_has_its_time"),
    )


class AppointmentService(Model):
    """A work line of a job; all money in cents of the location's currency, before tax unless it says so.

    `hours` are sold hours of labor. `price_cents` is `unit_price_cents` times the hours of labor (unless it `is_flat`)
    and the quantity, `tax_cents` is `tax_bp` basis points (hundredths of a percent, New York City has 887.5) of what is left after `discount_cents`; halves of
    a cent go away from zero, line by line. The CHECKs compute both again.
    """

    __tablename__ = "appointment_services"

    id: Mapped[UUID] = id_column()
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    job_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointment_jobs.id"))
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    kind: Mapped[LineKind] = mapped_column(sa.Text)
    name: Mapped[str]
    notes: Mapped[str | None]
    hours: Mapped[Decimal | None] = mapped_column(sa.Numeric(6, 2))
    is_flat: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(10, 3), default=Decimal(1), server_default="1")
    unit_price_cents: Mapped[int]
    unit_cost_cents: Mapped[int | None]
    price_cents: Mapped[int]
    discount_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    discount_reason: Mapped[str | None]
    discounted_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    tax_class: Mapped[TaxClass] = mapped_column(sa.Text)
    tax_bp: Mapped[Decimal] = mapped_column(sa.Numeric(7, 3), default=Decimal(0), server_default="0")
    tax_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(None, "appointment_id"),
        sa.Index(None, "job_id"),
        enum_check("kind", LineKind, "kind_is_known"),
        enum_check("tax_class", TaxClass, "tax_class_is_known"),
        sa.CheckConstraint("hours >= 0", name="hours_are_not_negative"),
        sa.CheckConstraint("(kind = 'labor') = (hours IS NOT NULL)", name="labor_has_hours"),
        sa.CheckConstraint("quantity > 0", name="quantity_is_positive"),
        sa.CheckConstraint(
            "unit_price_cents >= 0 AND coalesce(unit_cost_cents, 0) >= 0", name="prices_are_not_negative"
        ),
        sa.CheckConstraint(
            "price_cents = round(unit_price_cents * quantity * CASE WHEN kind = 'labor' AND NOT is_flat THEN hours ELSE 1 END)",
            name="price_is_unit_times_quantity",
        ),
        sa.CheckConstraint("discount_cents BETWEEN 0 AND price_cents", name="discount_is_within_the_price"),
        sa.CheckConstraint("(discount_cents = 0) = (discounted_by IS NULL)", name="a_discount_says_who_gave_it"),
        sa.CheckConstraint("tax_bp BETWEEN 0 AND 10000", name="tax_rate_is_plausible"),
        sa.CheckConstraint(
            "tax_cents = round((price_cents - discount_cents) * tax_bp / 10000)", name="tax_is_rate_times_net"
        ),
    )


# The commands take turns by visit; the database has the last word on what slips past them.
explain_constraint(
    "ck_appointment_jobs_approved_is_priced",
    lambda: NotPricedError("An approved job has no price any more. Look at it again."),
)
