"""What the books look like on the wire."""

from typing import Any

from marshmallow import fields, validate

from backend.books.rules import METHODS
from backend.catalog.rules import TaxClass
from backend.core.fields import MOST_CENTS, NOTE, Cents, Day, Flag, Instant, PageQuery, Schema, Text
from backend.documents.schemas import PaperQuery
from backend.journal.schemas import LocationQuery

_METHOD = validate.OneOf(METHODS)


# --- requests ---------------------------------------------------------------------------------


class CloseListQuery(PageQuery, LocationQuery):
    """Which closes to list."""


class SheetQuery(PaperQuery, LocationQuery):
    """Whose sheet, on which paper."""


class OwedQuery(LocationQuery):
    """At all of one's locations without `locationId`; as of the end of a day, today's without `asOf`."""

    as_of = Day(load_default=None)


class StatementQuery(PaperQuery, OwedQuery):
    """Whose account, as of which day, on which paper."""


class Amounts(fields.Dict):
    """Cents by method; below zero where more went back than came."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=fields.String(validate=_METHOD), values=Cents(least=-MOST_CENTS), **kwargs)


class DayCloseCreate(Schema):
    """What was counted, in cents by method, without what lay in the drawer before.

    `expected` is what the person saw expected: with another figure by now nothing is closed. `withEarlier` counts open days
    before this one along. A difference needs a note.
    """

    counted = Amounts(required=True)
    expected = Amounts(load_default=None, allow_none=True)
    note = Text(most=NOTE, load_default=None, allow_none=True)
    with_earlier = Flag(load_default=False)


# --- answers ----------------------------------------------------------------------------------


class DayMethodSchema(Schema):
    """What a method brought and gave back; counted and the difference once it is closed."""

    method = fields.String(required=True, validate=_METHOD)
    received_cents = fields.Integer(required=True)
    returned_cents = fields.Integer(required=True)
    expected_cents = fields.Integer(required=True)
    counted_cents = fields.Integer(required=True, allow_none=True)
    difference_cents = fields.Integer(required=True, allow_none=True)


class DayCloseSchema(Schema):
    """A close. `overShortCents` is counted less expected: positive is over."""

    id = fields.UUID(required=True)
    day = fields.Date(required=True)
    expected = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    counted = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    over_short_cents = fields.Integer(required=True)
    note = fields.String(required=True, allow_none=True)
    closed_at = Instant(required=True)
    closed_by = fields.String(required=True)


class DayCloseList(Schema):
    """Closes, the newest first; `nextCursor` is null on the last page."""

    items = fields.List(fields.Nested(DayCloseSchema), required=True)
    currency = fields.String(required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OpenDaySchema(Schema):
    """A day with entries that is not closed."""

    day = fields.Date(required=True)
    expected_cents = fields.Integer(required=True)
    entries = fields.Integer(required=True)


class BooksDaySchema(Schema):
    """A day. `earlier` and `earlierDays` are open days before it; `close` is its own, or of a later day that took it along.

    `slipCents` is what goes to the bank: cash and checks, as counted, before a close as expected. `openVisits` are planned for
    it or here on it and not over: who closes while there are some, or before `shopClosesAt`, moves their money to the next day.
    """

    day = fields.Date(required=True)
    location_id = fields.UUID(required=True)
    currency = fields.String(required=True)
    today = fields.Date(required=True)
    is_closed = fields.Boolean(required=True)
    close = fields.Nested(DayCloseSchema, required=True, allow_none=True)
    methods = fields.List(fields.Nested(DayMethodSchema), required=True)
    earlier = fields.List(fields.Nested(DayMethodSchema), required=True)
    earlier_days = fields.List(fields.Nested(OpenDaySchema), required=True)
    entries = fields.Integer(required=True)
    slip_cents = fields.Integer(required=True)
    open_visits = fields.Integer(required=True)
    shop_closes_at = Instant(required=True)


class OpenInvoiceSchema(Schema):
    """An invoice with a balance; `bucket` 0 is up to 30 days old, 1 to 60, 2 to 90, 3 older."""

    appointment_id = fields.UUID(required=True)
    appointment_number = fields.Integer(required=True)
    location_id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    issued_on = fields.Date(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    total_cents = fields.Integer(required=True)
    paid_cents = fields.Integer(required=True)
    balance_cents = fields.Integer(required=True)
    age_days = fields.Integer(required=True)
    bucket = fields.Integer(required=True)


class UninvoicedSchema(Schema):
    """A visit that is done and owes something without an invoice."""

    appointment_id = fields.UUID(required=True)
    appointment_number = fields.Integer(required=True)
    location_id = fields.UUID(required=True)
    day = fields.Date(required=True)
    status = fields.String(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    total_cents = fields.Integer(required=True)
    paid_cents = fields.Integer(required=True)


class OwedSchema(Schema):
    """What is owed as of a day: `agingCents` by bucket, `creditCents` what we owe back or hold as deposits.

    `unposted` invoices were issued after the day's close: they are owed, and stand in the next day's books.
    """

    as_of = fields.Date(required=True)
    currency = fields.String(required=True)
    aging_cents = fields.List(fields.Integer(), required=True)
    open_cents = fields.Integer(required=True)
    credit_cents = fields.Integer(required=True)
    invoices = fields.List(fields.Nested(OpenInvoiceSchema), required=True)
    unposted = fields.List(fields.Nested(OpenInvoiceSchema), required=True)
    uninvoiced = fields.List(fields.Nested(UninvoicedSchema), required=True)


class TaxReportRowSchema(Schema):
    """What was charged at a rate, in basis points; `onSumCents` is the tax on the sum, for comparison."""

    tax_class = fields.String(required=True, validate=validate.OneOf([tax_class.value for tax_class in TaxClass]))
    tax_bp = fields.Decimal(required=True, as_string=True)
    net_cents = fields.Integer(required=True)
    tax_cents = fields.Integer(required=True)
    on_sum_cents = fields.Integer(required=True)


class TaxReportSchema(Schema):
    """Sales taxes of a range; `rounding` says how they came about."""

    currency = fields.String(required=True)
    rows = fields.List(fields.Nested(TaxReportRowSchema), required=True)
    net_cents = fields.Integer(required=True)
    untaxed_cents = fields.Integer(required=True)
    tax_cents = fields.Integer(required=True)
    rounding = fields.String(required=True)
