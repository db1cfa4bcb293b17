"""The appointment row: the board reads it without a join, so it carries copies of a few names.

The copies (customer, phone, plate, vehicle, technician, bay) follow their sources by triggers in
the database. `version` counts people's edits and moves, for "somebody changed it after you read
it"; `rev` counts every change of the row, for the board's digest. See docs/decisions.
"""

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from backend.appointments.rules import NOT_BLOCKING, OPEN, FailedCheck, Status
from backend.core.db import Model, enum_check, explain_constraint, id_column
from backend.core.errors import ConflictError, invalid_field
from backend.planning.rules import OverlapError


class KeyTagInUseError(ConflictError):
    """409: another open job at this location has the key tag."""

    code = "key_tag_in_use"


def _listed(statuses: frozenset[Status]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(statuses))


# A change of an index predicate's column makes an update not HOT. `status` changes on every
# move, so the predicates stand on generated columns, which rarely change with it.
_BLOCKS = f"status NOT IN ({_listed(NOT_BLOCKING)}) AND deleted_at IS NULL AND overbook_reason IS NULL"
_IS_OPEN = f"status IN ({_listed(OPEN)}) AND deleted_at IS NULL"


class Appointment(Model):
    """A visit of a car to a location: [starts_at, ends_at) in UTC, `day` the local date of the start."""

    __tablename__ = "appointments"

    id: Mapped[UUID] = id_column()
    number: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("nextval('appointment_numbers')"))
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    during: Mapped[Any] = mapped_column(
        postgresql.TSTZRANGE, sa.Computed("tstzrange(starts_at, ends_at, '[)')", persisted=True), deferred=True
    )
    status: Mapped[Status] = mapped_column(sa.Text)
    status_since: Mapped[datetime]
    order_key: Mapped[float] = mapped_column(sa.Double)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    rev: Mapped[int] = mapped_column(default=1, server_default="1")
    # Beside the others that every move changes: PostgreSQL logs what lies between the first and the last of them.
    updated_at: Mapped[datetime]
    promised_at: Mapped[datetime | None]
    check_in_at: Mapped[datetime | None]
    check_out_at: Mapped[datetime | None]
    # The local day of `check_out_at`; a trigger keeps it.
    left_on: Mapped[date | None] = mapped_column(deferred=True)
    customer_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    vehicle_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("vehicles.id"))
    tech_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    bay_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("bays.id"))
    key_tag: Mapped[str | None]
    title: Mapped[str | None]
    notes: Mapped[str | None]
    is_waiting: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    overbook_reason: Mapped[str | None]
    overbooked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    overbooked_at: Mapped[datetime | None]
    total_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    paid_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    # What the invoice that stands charges beyond what was paid; below zero it is credit. Triggers of the entries keep both.
    owed_cents: Mapped[int] = mapped_column(default=0, server_default="0", deferred=True)
    unread_count: Mapped[int] = mapped_column(default=0, server_default="0")
    customer_name: Mapped[str | None]
    customer_phone: Mapped[str | None]
    vehicle_label: Mapped[str | None]
    plate: Mapped[str | None]
    tech_name: Mapped[str | None]
    bay_name: Mapped[str | None]
    services_summary: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    deleted_at: Mapped[datetime | None]
    # When the customer said that they will come at `starts_at`; another start is not confirmed.
    confirmed_at: Mapped[datetime | None]
    # How the estimate stands, for the card: see `backend.estimates`.
    estimate_state: Mapped[str | None]
    jobs_approved: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    jobs_offered: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    # What the work waits for, told by who does it.
    needs_part: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Which part, in the words of who needs it.
    wanted_part: Mapped[str | None]
    # When somebody else than the technician said that it is here; NULL while it is waited for, and where it never was.
    part_here_at: Mapped[datetime | None]
    approval_here_at: Mapped[datetime | None]
    # The kind of the newest check that the work has not passed since, and whether its technician is done: see `backend.clocks`.
    failed_check: Mapped[FailedCheck | None] = mapped_column(sa.Text)
    is_work_done: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # The kind of visit, by which an inspection template is found.
    visit_type: Mapped[str | None]
    # Set while an invoice stands: what it charges can't be changed then, a trigger refuses it.
    locked_at: Mapped[datetime | None]
    blocks: Mapped[bool] = mapped_column(sa.Computed(_BLOCKS, persisted=True), deferred=True)
    is_open: Mapped[bool] = mapped_column(sa.Computed(_IS_OPEN, persisted=True), deferred=True)

    __table_args__ = (
        enum_check("status", Status, "status_is_known"),
        enum_check("failed_check", FailedCheck, "failed_check_is_known"),
        sa.CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        sa.CheckConstraint("ends_at - starts_at <= interval '31 days'", name="lasts_at_most_31_days"),
        sa.CheckConstraint("customer_id IS NOT NULL OR vehicle_id IS NOT NULL", name="names_a_customer_or_a_vehicle"),
        sa.CheckConstraint("check_out_at >= check_in_at", name="checks_in_before_out"),
        sa.CheckConstraint(
            "(overbook_reason IS NULL) = (overbooked_by IS NULL) AND (overbook_reason IS NULL) = (overbooked_at IS NULL)",
            name="overbooking_says_who_when_why",
        ),
        sa.CheckConstraint("wanted_part IS NULL OR needs_part", name="a_wanted_part_is_needed"),
        sa.CheckConstraint(
            "NOT (needs_part AND part_here_at IS NOT NULL) AND NOT (needs_approval AND approval_here_at IS NOT NULL)",
            name="what_is_here_is_not_waited_for",
        ),
        postgresql.ExcludeConstraint(
            ("tech_id", "="), ("during", "&&"), where=sa.text("blocks"), using="gist", name="ex_appointments_technician"
        ),
        postgresql.ExcludeConstraint(
            ("bay_id", "="), ("during", "&&"), where=sa.text("blocks"), using="gist", name="ex_appointments_bay"
        ),
        sa.Index("uq_appointments_number", "number", unique=True),
        # board, calendar: the cards of a day. Neither status nor order here: a move stays HOT.
        sa.Index("ix_appointments_location_id_day", "location_id", "day"),
        # board: cars still here from earlier days
        sa.Index(
            "ix_appointments_on_premises",
            "location_id",
            "day",
            postgresql_where=sa.text("check_in_at IS NOT NULL AND check_out_at IS NULL"),
        ),
        # board: cars of an earlier day that left on this one. Few: most leave on their own day.
        sa.Index("ix_appointments_left_later", "location_id", "left_on", postgresql_where=sa.text("left_on > day")),
        sa.Index("uq_appointments_key_tag", "location_id", "key_tag", unique=True, postgresql_where=sa.text("is_open")),
        # history of a customer and of a vehicle, newest first
        sa.Index("ix_appointments_customer_id_starts_at", "customer_id", "starts_at"),
        sa.Index("ix_appointments_vehicle_id_starts_at", "vehicle_id", "starts_at"),
        # books: who owes and who is owed. Few: most visits are paid and gone.
        sa.Index("ix_appointments_unsettled", "location_id", postgresql_where=sa.text("owed_cents <> 0")),
        # snapshot triggers: the jobs of a technician or bay
        sa.Index("ix_appointments_tech_id_day", "tech_id", "day"),
        {"postgresql_with": {"fillfactor": "85"}},
    )


for _constraint in ("ex_appointments_technician", "ex_appointments_bay"):
    explain_constraint(
        _constraint, lambda: OverlapError("That time was just taken. Choose another time, technician or bay.")
    )
explain_constraint(
    "uq_appointments_key_tag",
    lambda: KeyTagInUseError(
        "This key tag hangs on another open job. Use another tag.", errors={"keyTag": ["In use on another open job."]}
    ),
)
# The commands check these first; the database has the last word on what slips past them.
for _name, _field, _message in (
    ("starts_before_it_ends", "end", "Choose an end after the start."),
    ("lasts_at_most_31_days", "end", "An appointment can last 31 days at most."),
    ("checks_in_before_out", "checkOutAt", "Choose a time after the check-in."),
    ("names_a_customer_or_a_vehicle", "customer", "Name the customer or the vehicle."),
):
    explain_constraint(f"ck_appointments_{_name}", partial(invalid_field, _field, _message))
