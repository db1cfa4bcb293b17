"""What the journal looks like on the wire."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.core.fields import Day, Instant, PageQuery, Schema
from backend.journal.rules import KINDS

LONGEST_DAYS = 1100


class LocationQuery(Schema):
    """At which location; the person's only one without it."""

    location_id = fields.UUID(load_default=None)


class RangeQuery(LocationQuery):
    """Local days `from` to `to`, both inclusive; at all of one's locations without `locationId`."""

    first_day = Day(required=True, data_key="from")
    last_day = Day(required=True, data_key="to")

    @validates_schema
    def check_range(self, data: dict[str, Any], **_kwargs: object) -> None:
        """Refuse a range that is turned around or too long."""
        first: date = data["first_day"]
        last: date = data["last_day"]
        if first > last:
            raise ValidationError("Choose a last day that is not before the first.", "to")
        if (last - first).days > LONGEST_DAYS:
            raise ValidationError("Choose a range of at most three years.", "to")


class JournalQuery(PageQuery, RangeQuery):
    """Which entries to list."""


# --- answers ----------------------------------------------------------------------------------


class JournalLineSchema(Schema):
    """One side of an entry, in cents."""

    account = fields.String(required=True)
    account_name = fields.String(required=True)
    debit_cents = fields.Integer(required=True)
    credit_cents = fields.Integer(required=True)


class JournalEntrySchema(Schema):
    """A balanced entry; its `id` is the same in every export. A day's close is about no appointment."""

    id = fields.String(required=True)
    day = fields.Date(required=True)
    at = Instant(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    location_id = fields.UUID(required=True)
    location = fields.String(required=True)
    currency = fields.String(required=True)
    appointment_id = fields.UUID(required=True, allow_none=True)
    appointment_number = fields.Integer(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    invoice_number = fields.Integer(required=True, allow_none=True)
    version_no = fields.Integer(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    lines = fields.List(fields.Nested(JournalLineSchema), required=True)


class JournalPage(Schema):
    """Entries by day, the newest first; `nextCursor` is null on the last page."""

    items = fields.List(fields.Nested(JournalEntrySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class BooksFaultSchema(Schema):
    """Where a cent is off, and in words."""

    kind = fields.String(required=True)
    number = fields.String(required=True)
    expected_cents = fields.Integer(required=True)
    found_cents = fields.Integer(required=True)
    words = fields.String(required=True)


class JournalBalanceSchema(Schema):
    """A range's sums by account, and whether they tie out: invoiced = paid + owedChange, debit = credit, to the cent."""

    currency = fields.String(required=True)
    entries = fields.Integer(required=True)
    accounts = fields.List(fields.Nested(JournalLineSchema), required=True)
    debit_cents = fields.Integer(required=True)
    credit_cents = fields.Integer(required=True)
    invoiced_cents = fields.Integer(required=True)
    paid_cents = fields.Integer(required=True)
    owed_change_cents = fields.Integer(required=True)
    difference_cents = fields.Integer(required=True)
    faults = fields.List(fields.Nested(BooksFaultSchema), required=True)
