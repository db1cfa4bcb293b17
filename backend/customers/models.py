"""Customers."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, id_column


class Customer(Model):
    """A person or company whose cars we work on.

    `name_key` is the name and company as search compares them (case and accents folded);
    `phone` is E.164, `email` lower case.
    A merged duplicate stays, deleted, pointing at the customer that took it over.
    """

    __tablename__ = "customers"

    id: Mapped[UUID] = id_column()
    name: Mapped[str]
    name_key: Mapped[str]
    company: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    notes: Mapped[str | None]
    # IANA zone that the customer says they live in; texting hours hold there too.
    timezone: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("customers.id"))

    __table_args__ = (
        # search: names with typos
        sa.Index(
            "ix_customers_name_key_trigram",
            "name_key",
            postgresql_using="gin",
            postgresql_ops={"name_key": "gin_trgm_ops"},
        ),
        # search: the last digits of a phone, and any digits inside it
        sa.Index(
            "ix_customers_phone_trigram", "phone", postgresql_using="gin", postgresql_ops={"phone": "gin_trgm_ops"}
        ),
        # duplicates: the same phone
        sa.Index("ix_customers_phone", "phone"),
        # search: how an address begins; duplicates: the same address
        sa.Index("ix_customers_email", "email", postgresql_ops={"email": "text_pattern_ops"}),
        # the list of all customers by name, in pages
        sa.Index(
            "ix_customers_name_key_id",
            "name_key",
            "id",
            postgresql_ops={"name_key": "text_pattern_ops"},
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
        sa.CheckConstraint(r"phone ~ '^\+[1-9][0-9]{6,14}$'", name="phone_is_e164"),
    )
