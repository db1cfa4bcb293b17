"""What the customer's page sends and gets."""

from marshmallow import fields, validate

from backend.appointments.rules import Status
from backend.core.fields import LINE, NOTE, Cents, Day, Instant, Schema, Text
from backend.estimates.schemas import AnswerWrite
from backend.links.rules import Purpose
from backend.messages.schemas import MessagePreview
from backend.reports.schemas import ReportPhotoSchema, ReportSchema

_STATUS = validate.OneOf([status.value for status in Status])
_URGENCY = validate.OneOf(["now", "soon", "later"])
_APPROVAL = validate.OneOf(["pending", "approved", "declined"])


class StepUpWrite(Schema):
    """The last four digits of the customer's phone."""

    digits = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9]{4}\Z", error="Four digits, please."),
        metadata={"pattern": "^[0-9]{4}$"},
    )


class DecisionsWrite(Schema):
    """What the customer says to the version whose hash they saw, signed with their typed name."""

    document_hash = fields.String(
        required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"), metadata={"pattern": "^[0-9a-f]{64}$"}
    )
    name = Text(required=True, most=LINE)
    answers = fields.List(fields.Nested(AnswerWrite), required=True, validate=validate.Length(min=1, max=60))
    spending_cap_cents = Cents(least=1, load_default=None, allow_none=True)


class QuestionWrite(Schema):
    """What the customer asks about a job."""

    job_id = fields.UUID(required=True)
    words = Text(required=True, most=NOTE // 10)


class CheckoutStart(Schema):
    """How much to pay; all that is owed unless you say so."""

    amount_cents = Cents(least=1, load_default=None, allow_none=True)


class CheckoutAddress(Schema):
    """Where to pay."""

    url = fields.String(required=True)


class TalkSchema(Schema):
    """A question, or the shop's answer."""

    is_ours = fields.Boolean(required=True)
    words = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class ShownLineSchema(Schema):
    """A line of a job."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["labor", "part", "fee"]))
    name = fields.String(required=True)
    quantity = fields.String(required=True)
    hours = fields.String(required=True, allow_none=True)
    is_flat = fields.Boolean(required=True)
    price_cents = fields.Integer(required=True)
    discount_cents = fields.Integer(required=True)
    tax_cents = fields.Integer(required=True)


class ShownJobSchema(Schema):
    """A job as it was shown, with what was said to it. `isChanged`: the shop changed it since, so it can't be answered now.

    Without a price (`isPriced`) it can't be answered either: the shop will tell one.
    `isWaiting` while a question about it waits for the shop's answer.
    """

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    urgency = fields.String(required=True, allow_none=True, validate=_URGENCY)
    choice_id = fields.UUID(required=True, allow_none=True)
    is_chosen = fields.Boolean(required=True)
    approval = fields.String(required=True, validate=_APPROVAL)
    decided_at = Instant(required=True, allow_none=True)
    decline_reason = fields.String(required=True, allow_none=True)
    deferred_until = Day(required=True, allow_none=True)
    is_changed = fields.Boolean(required=True)
    is_priced = fields.Boolean(required=True)
    was_revoked = fields.Boolean(required=True)
    revoked_cents = fields.Integer(required=True, allow_none=True)
    net_cents = fields.Integer(required=True)
    tax_cents = fields.Integer(required=True)
    discount_cents = fields.Integer(required=True)
    total_cents = fields.Integer(required=True)
    lines = fields.List(fields.Nested(ShownLineSchema), required=True)
    is_waiting = fields.Boolean(required=True)
    talk = fields.List(fields.Nested(TalkSchema), required=True)
    photos = fields.List(fields.Nested(ReportPhotoSchema), required=True)


class ShownEstimateSchema(Schema):
    """The version in force. Above `linkCapCents` in sum, approving needs the last four digits of the phone."""

    version_no = fields.Integer(required=True)
    created_at = Instant(required=True)
    document_hash = fields.String(required=True)
    intro = fields.String(required=True, allow_none=True)
    is_open = fields.Boolean(required=True)
    link_cap_cents = fields.Integer(required=True)
    approved_by_link_cents = fields.Integer(required=True)
    spending_cap_cents = fields.Integer(required=True, allow_none=True)
    jobs = fields.List(fields.Nested(ShownJobSchema), required=True)


class ShownChargeSchema(Schema):
    """A job of an invoice."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    tax_cents = fields.Integer(required=True)
    discount_cents = fields.Integer(required=True)
    total_cents = fields.Integer(required=True)
    lines = fields.List(fields.Nested(ShownLineSchema), required=True)


class ShownInvoiceSchema(Schema):
    """The invoice that stands, as it was issued."""

    number = fields.Integer(required=True)
    version_no = fields.Integer(required=True)
    issued_on = Day(required=True)
    tax_cents = fields.Integer(required=True)
    total_cents = fields.Integer(required=True)
    jobs = fields.List(fields.Nested(ShownChargeSchema), required=True)


class InvoiceLinkMake(Schema):
    """By text or email, or a link to copy. Without `templateId` the first text of the category Payment that holds the link is used."""

    how = fields.String(required=True, validate=validate.OneOf(["sms", "email", "link"]))
    template_id = fields.UUID(load_default=None, allow_none=True)


class InvoiceLinkPreview(Schema):
    """The text that would bring the link; null for one to copy."""

    message = fields.Nested(MessagePreview, required=True, allow_none=True)


class InvoiceLinkSchema(Schema):
    """A link to an invoice; `openedAt` is when the customer first looked."""

    id = fields.UUID(required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)
    opened_at = Instant(required=True, allow_none=True)
    is_open = fields.Boolean(required=True)


class InvoiceLinksSchema(Schema):
    """A visit's links to its invoice, the newest first; `nextCursor` is always null."""

    items = fields.List(fields.Nested(InvoiceLinkSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class InvoiceLinkMade(InvoiceLinksSchema):
    """`url` is told this once, and only for a link to copy. `heldUntil` is when a held message leaves."""

    url = fields.String(required=True, allow_none=True)
    message_status = fields.String(required=True, allow_none=True)
    held_until = Instant(required=True, allow_none=True)


class ShownShopSchema(Schema):
    """The shop."""

    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    spoken_phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    currency = fields.String(required=True)
    registration_number = fields.String(required=True, allow_none=True)
    warranty_terms = fields.String(required=True, allow_none=True)


class ShownVisitSchema(Schema):
    """The visit that the link is of."""

    number = fields.Integer(required=True)
    title = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, validate=_STATUS)
    starts_at = Instant(required=True)
    promised_at = Instant(required=True, allow_none=True)
    first_name = fields.String(required=True, allow_none=True)


class VisitorMoneySchema(Schema):
    """What the visit costs and what was paid."""

    total_cents = fields.Integer(required=True)
    paid_cents = fields.Integer(required=True)
    balance_cents = fields.Integer(required=True)
    can_pay = fields.Boolean(required=True)
    has_invoice = fields.Boolean(required=True)
    has_receipt = fields.Boolean(required=True)


class VisitorPageSchema(Schema):
    """The customer's page. `isKnown` once this browser gave the last four digits; `money` is null before."""

    purpose = fields.String(required=True, validate=validate.OneOf([purpose.value for purpose in Purpose]))
    is_known = fields.Boolean(required=True)
    tries_left = fields.Integer(required=True)
    shop = fields.Nested(ShownShopSchema, required=True)
    visit = fields.Nested(ShownVisitSchema, required=True)
    report = fields.Nested(ReportSchema, required=True, allow_none=True)
    estimate = fields.Nested(ShownEstimateSchema, required=True, allow_none=True)
    invoice = fields.Nested(ShownInvoiceSchema, required=True, allow_none=True)
    money = fields.Nested(VisitorMoneySchema, required=True, allow_none=True)
    has_money = fields.Boolean(required=True)


class PastVisitSchema(Schema):
    """An earlier or later visit of the same car."""

    number = fields.Integer(required=True)
    day = Day(required=True)
    status = fields.String(required=True, validate=_STATUS)
    summary = fields.String(required=True, allow_none=True)
    total_cents = fields.Integer(required=True)


class PastDeclinedSchema(Schema):
    """What was declined at another visit and is still open, with its price then."""

    name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    urgency = fields.String(required=True, allow_none=True, validate=_URGENCY)
    reason = fields.String(required=True, allow_none=True)
    declined_at = Instant(required=True, allow_none=True)
    deferred_until = Day(required=True, allow_none=True)
    price_then_cents = fields.Integer(required=True)


class CarHistorySchema(Schema):
    """This car's other visits and what was declined in them."""

    visits = fields.List(fields.Nested(PastVisitSchema), required=True)
    declined = fields.List(fields.Nested(PastDeclinedSchema), required=True)
