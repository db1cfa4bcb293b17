"""Signed links."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, enum_check, id_column
from backend.links.rules import Purpose


class SignedLink(Model):
    """A link to one visit for one purpose; only the SHA-256 of its token is kept.

    `opened_at` is when the page was first looked at, told by the page itself: a preview that fetches the address is
    no look. `failed_step_ups` counts wrong last four digits.
    """

    __tablename__ = "signed_links"

    id: Mapped[UUID] = id_column()
    purpose: Mapped[Purpose] = mapped_column(sa.Text)
    token_hash: Mapped[bytes]
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id"))
    appointment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("appointments.id"))
    # What it shows of the visit: an estimate, a report.
    subject_id: Mapped[UUID | None]
    # The number that the last four digits are asked of; without one the link can't be stepped up.
    phone: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    failed_step_ups: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        sa.UniqueConstraint("token_hash"),
        sa.Index(None, "appointment_id"),
        enum_check("purpose", Purpose, "purpose_is_known"),
        sa.CheckConstraint(
            "expires_at > created_at AND expires_at <= created_at + interval '7 days'", name="lasts_at_most_seven_days"
        ),
    )


class LinkVisit(Model):
    """A browser that opened a link: the cookie holds its secret, of which the SHA-256 is kept.

    `stepped_up_at` is set once it gave the last four digits of the customer's phone.
    """

    __tablename__ = "link_visits"

    id: Mapped[UUID] = id_column()
    link_id: Mapped[UUID] = mapped_column(sa.ForeignKey("signed_links.id"))
    secret_hash: Mapped[bytes]
    started_at: Mapped[datetime]
    stepped_up_at: Mapped[datetime | None]
    ip: Mapped[str | None] = mapped_column(postgresql.INET)
    user_agent: Mapped[str | None]

    __table_args__ = (sa.UniqueConstraint("secret_hash"), sa.Index(None, "link_id"))
