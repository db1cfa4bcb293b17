"""What invoices look like on the wire."""

from marshmallow import fields, validate

from backend.core.fields import LINE, Day, Instant, PageQuery, Schema, Text


class InvoiceUnlock(Schema):
    """Why."""

    reason = Text(most=LINE, required=True)


class InvoiceQuery(PageQuery):
    """Which to list: issued from `from` to `to`, local dates, both included; or one by its `number`."""

    first_day = Day(data_key="from", load_default=None)
    last_day = Day(data_key="to", load_default=None)
    location_id = fields.UUID(load_default=None)
    customer_id = fields.UUID(load_default=None)
    number = fields.Integer(load_default=None, validate=validate.Range(min=1, max=2**53))


class InvoiceVersionSchema(Schema):
    """What an invoice said; `reversed…` where it was unlocked. Nets are after discounts and before tax."""

    id = fields.UUID(required=True)
    version_no = fields.Integer(required=True)
    document_hash = fields.String(required=True)
    labor_net_cents = fields.Integer(required=True)
    parts_net_cents = fields.Integer(required=True)
    fees_net_cents = fields.Integer(required=True)
    tax_cents = fields.Integer(required=True)
    total_cents = fields.Integer(required=True)
    issued_on = fields.Date(required=True)
    issued_at = Instant(required=True)
    issued_by = fields.String(required=True, allow_none=True)
    reversed_on = fields.Date(required=True, allow_none=True)
    reversed_at = Instant(required=True, allow_none=True)
    reversed_by = fields.String(required=True, allow_none=True)
    reversal_reason = fields.String(required=True, allow_none=True)


class InvoiceSchema(Schema):
    """An invoice with its newest version; while that stands, what it charges is locked."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    location_id = fields.UUID(required=True)
    appointment_id = fields.UUID(required=True)
    appointment_number = fields.Integer(required=True)
    customer_name = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    currency = fields.String(required=True)
    created_at = Instant(required=True)
    is_locked = fields.Boolean(required=True)
    newest = fields.Nested(InvoiceVersionSchema, required=True)


class InvoiceDetailSchema(InvoiceSchema):
    """An invoice with all its versions, the newest first, and the frozen paper of the newest."""

    versions = fields.List(fields.Nested(InvoiceVersionSchema), required=True)
    document = fields.Dict(required=True)


class InvoicePage(Schema):
    """A page of invoices, the newest first; `nextCursor` is null on the last one."""

    items = fields.List(fields.Nested(InvoiceSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
