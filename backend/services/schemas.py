"""What a visit's work looks like on the wire; every amount is cents, and there only for those who may see money."""

from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from backend.catalog.rules import LineKind, TaxClass
from backend.core.fields import LINE, NOTE, SHORT, Cents, Exact, Flag, Instant, Schema, Text, Version
from backend.services.rules import MOST_JOBS, Approval, Urgency

NAME = 120
_KIND = validate.OneOf([kind.value for kind in LineKind])
_TAX_CLASS = validate.OneOf([tax_class.value for tax_class in TaxClass])
_URGENCY = validate.OneOf([urgency.value for urgency in Urgency])
_APPROVAL = validate.OneOf([approval.value for approval in Approval])
# Lines that come with a new job; more are added one by one.
_FIRST_LINES = 50


def hours_field(**kwargs: Any) -> Exact:
    """Declare sold hours of labor."""
    return Exact(places=2, most=999, **kwargs)


def quantity_field(**kwargs: Any) -> Exact:
    """Declare how many of a part or fee."""
    return Exact(places=3, most=99_999, least=Decimal("0.001"), **kwargs)


# --- requests ---------------------------------------------------------------------------------


class NewLine(Schema):
    """A line of a new job. Labor has `hours`; without `unitPriceCents` it costs the location's rate (`laborRate`, else the default)."""

    kind = fields.String(required=True, validate=_KIND)
    name = Text(most=NAME, required=True)
    notes = Text(most=NOTE, allow_none=True)
    hours = hours_field(allow_none=True)
    is_flat = Flag()
    quantity = quantity_field()
    unit_price_cents = Cents(allow_none=True)
    unit_cost_cents = Cents(allow_none=True)
    discount_cents = Cents()
    discount_reason = Text(most=LINE, allow_none=True)
    tax_class = fields.String(validate=_TAX_CLASS)
    labor_rate = Text(most=SHORT, allow_none=True)


class LineCreate(NewLine):
    """A new line; without `jobId` it is a job of its own."""

    job_id = fields.UUID(load_default=None, allow_none=True)


class LineChange(Schema):
    """The fields to change; those left out stay. `jobId` moves the line to another job, `version` is the one you read."""

    job_id = fields.UUID()
    kind = fields.String(validate=_KIND)
    name = Text(most=NAME)
    notes = Text(most=NOTE, allow_none=True)
    hours = hours_field(allow_none=True)
    is_flat = Flag()
    quantity = quantity_field()
    unit_price_cents = Cents()
    unit_cost_cents = Cents(allow_none=True)
    discount_cents = Cents()
    discount_reason = Text(most=LINE, allow_none=True)
    tax_class = fields.String(validate=_TAX_CLASS)
    version = Version(load_default=None, allow_none=True)


class JobCreate(Schema):
    """A new job: canned (`catalogId`), or by hand with a name. `alternativeTo` is the job instead of which it may be done."""

    catalog_id = fields.UUID(load_default=None, allow_none=True)
    name = Text(most=NAME, load_default=None, allow_none=True)
    category = Text(most=SHORT, load_default=None, allow_none=True)
    description = Text(most=NOTE, load_default=None, allow_none=True)
    urgency = fields.String(load_default=None, allow_none=True, validate=_URGENCY)
    lines = fields.List(fields.Nested(NewLine), load_default=list, validate=validate.Length(max=_FIRST_LINES))
    alternative_to = fields.UUID(load_default=None, allow_none=True)


class JobChange(Schema):
    """The words to change; those left out stay. `version` is the one you read."""

    name = Text(most=NAME)
    category = Text(most=SHORT, allow_none=True)
    description = Text(most=NOTE, allow_none=True)
    urgency = fields.String(allow_none=True, validate=_URGENCY)
    version = Version(load_default=None, allow_none=True)


class JobOrder(Schema):
    """Jobs in the order wanted; those that are not named stay behind them."""

    job_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_JOBS))


class JobDiscount(Schema):
    """What to take off a job's price: `percent` or `amountCents`, with the reason; 0 ends its discounts."""

    percent = Exact(places=2, most=100)
    amount_cents = Cents()
    reason = Text(most=LINE, load_default=None, allow_none=True)


class JobRevival(Schema):
    """The declined job of an earlier visit."""

    job_id = fields.UUID(required=True)


# --- answers ----------------------------------------------------------------------------------


class LineSchema(Schema):
    """A work line: `hours` are sold hours of labor, `taxBp` hundredths of a percent, both as text."""

    id = fields.UUID(required=True)
    job_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=_KIND)
    name = fields.String(required=True)
    notes = fields.String(required=True, allow_none=True)
    hours = fields.String(required=True, allow_none=True)
    quantity = fields.String(required=True)
    version = fields.Integer(required=True)
    is_flat = fields.Boolean()
    unit_price_cents = fields.Integer()
    unit_cost_cents = fields.Integer(allow_none=True)
    price_cents = fields.Integer()
    discount_cents = fields.Integer()
    discount_reason = fields.String(allow_none=True)
    tax_class = fields.String(validate=_TAX_CLASS)
    tax_bp = fields.String()
    tax_cents = fields.Integer()


class SumsSchema(Schema):
    """Sums of lines: `totalCents` = `netCents` + `taxCents`."""

    net_cents = fields.Integer()
    discount_cents = fields.Integer()
    tax_cents = fields.Integer()
    total_cents = fields.Integer()
    margin_bp = fields.Integer(allow_none=True)


class JobSchema(SumsSchema):
    """A job: what is approved or declined as a whole. Of those with the same `choiceId` the chosen one is done.

    Without a line it is not priced yet (`isPriced`) and can't be approved.
    """

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    category = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    catalog_id = fields.UUID(required=True, allow_none=True)
    choice_id = fields.UUID(required=True, allow_none=True)
    is_chosen = fields.Boolean(required=True)
    urgency = fields.String(required=True, allow_none=True, validate=_URGENCY)
    approval = fields.String(required=True, validate=_APPROVAL)
    decided_at = Instant(required=True, allow_none=True)
    asked_at = Instant(required=True, allow_none=True)
    decline_reason = fields.String(required=True, allow_none=True)
    deferred_until = fields.Date(required=True, allow_none=True)
    revived_from_id = fields.UUID(required=True, allow_none=True)
    is_priced = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class TotalsSchema(SumsSchema):
    """What will be charged, and the margin against the location's target; `unknownCosts` parts have no cost yet."""

    cost_cents = fields.Integer()
    unknown_costs = fields.Integer()
    margin_target_bp = fields.Integer()


class OutcomeChange(Schema):
    """What was found and what was done about it; `version` is the job's that you read."""

    cause = Text(most=NOTE, allow_none=True)
    correction = Text(most=NOTE, allow_none=True)
    version = Version(load_default=None, allow_none=True)


class OutcomeSchema(Schema):
    """What a technician found and did in a job; no prices."""

    id = fields.UUID(required=True)
    cause = fields.String(required=True, allow_none=True)
    correction = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class SheetSchema(Schema):
    """A visit's work: lines in `items`, by job and in their order."""

    items = fields.List(fields.Nested(LineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    jobs = fields.List(fields.Nested(JobSchema), required=True)
    totals = fields.Nested(TotalsSchema)
    locked_at = Instant(required=True, allow_none=True)
    invoice_number = fields.Integer(required=True, allow_none=True)


class DeclinedJobSchema(Schema):
    """Work that the car was declined at another visit: what it would have cost then and costs now, with tax."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    urgency = fields.String(required=True, allow_none=True, validate=_URGENCY)
    decline_reason = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    deferred_until = fields.Date(required=True, allow_none=True)
    appointment_id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    location_name = fields.String(required=True)
    price_then_cents = fields.Integer(required=True)
    price_now_cents = fields.Integer(required=True)


class DeclinedList(Schema):
    """Declined work that nobody has taken up, newest first, at most 20."""

    items = fields.List(fields.Nested(DeclinedJobSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
