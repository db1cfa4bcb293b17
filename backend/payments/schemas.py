"""What the ledger looks like on the wire."""

from marshmallow import fields, validate

from backend.core.fields import LINE, SHORT, Cents, Day, Flag, Instant, Schema, Text
from backend.invoices.schemas import InvoiceSchema
from backend.payments.models import PaymentKind, PaymentMethod
from backend.payments.rules import Difference

_METHOD = validate.OneOf([method.value for method in PaymentMethod])
_KIND = validate.OneOf([kind.value for kind in PaymentKind])


class PaymentCreate(Schema):
    """Money taken. `allowOverpayment` says that more than is owed, or for a canceled visit, is meant so.

    `accountingOn` is an open day that is not today; `forDay` a closed one that a late entry is about.
    """

    amount_cents = Cents(least=1, required=True)
    method = fields.String(required=True, validate=_METHOD)
    note = Text(most=LINE, load_default=None, allow_none=True)
    reference = Text(most=SHORT, load_default=None, allow_none=True)
    is_deposit = Flag(load_default=False)
    allow_overpayment = Flag(load_default=False)
    accounting_on = Day(load_default=None, allow_none=True)
    for_day = Day(load_default=None, allow_none=True)


class PaymentVoid(Schema):
    """Why."""

    reason = Text(most=LINE, required=True)


class PaymentRefund(Schema):
    """How much, all that is left without `amountCents`, and why."""

    amount_cents = Cents(least=1, load_default=None, allow_none=True)
    reason = Text(most=LINE, required=True)


class PaymentSchema(Schema):
    """A ledger entry: positive for a payment, negative for what takes one back and names it in `reversesId`.

    `leftCents` can still be refunded; `accountingOn` is the local day whose books it stands in.
    """

    id = fields.UUID(required=True)
    appointment_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=_KIND)
    method = fields.String(required=True, validate=_METHOD)
    amount_cents = fields.Integer(required=True)
    currency = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    is_deposit = fields.Boolean(required=True)
    is_online = fields.Boolean(required=True)
    reverses_id = fields.UUID(required=True, allow_none=True)
    reversal = fields.String(required=True, allow_none=True, validate=_KIND)
    left_cents = fields.Integer(required=True)
    can_void = fields.Boolean(required=True)
    accounting_on = fields.Date(required=True)
    for_day = fields.Date(required=True, allow_none=True)
    created_at = Instant(required=True)
    by = fields.String(required=True, allow_none=True)


class AccountSchema(Schema):
    """How a visit stands; `balanceCents` is negative when more was paid than is charged."""

    total_cents = fields.Integer(required=True)
    paid_cents = fields.Integer(required=True)
    balance_cents = fields.Integer(required=True)
    currency = fields.String(required=True)


class EnteredSchema(PaymentSchema):
    """The new entry, how its visit stands now, and the visit's invoice."""

    total_cents = fields.Integer(required=True)
    paid_cents = fields.Integer(required=True)
    balance_cents = fields.Integer(required=True)
    invoice = fields.Nested(InvoiceSchema, required=True, allow_none=True)


class VisitQuery(Schema):
    """The number that people say on the phone."""

    number = fields.Integer(required=True, validate=validate.Range(min=1, max=2**63 - 1))


class FoundVisitSchema(Schema):
    """A visit that has a ledger, as it is found."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    status = fields.String(required=True)
    customer_name = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)


class FoundVisitPage(Schema):
    """The visit of a number, or none; `nextCursor` is always null."""

    items = fields.List(fields.Nested(FoundVisitSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class LedgerVisitSchema(AccountSchema):
    """The visit that the ledger is of. `booksDay`: in whose books money stands that is entered now, not today's once that is closed."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    location_id = fields.UUID(required=True)
    status = fields.String(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    services_summary = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    location_name = fields.String(required=True)
    books_day = fields.Date(required=True)
    locked_at = Instant(required=True, allow_none=True)


class LedgerSchema(Schema):
    """A visit's whole ledger, the oldest entry first, with its invoice; `nextCursor` is always null."""

    appointment = fields.Nested(LedgerVisitSchema, required=True)
    items = fields.List(fields.Nested(PaymentSchema), required=True)
    invoice = fields.Nested(InvoiceSchema, required=True, allow_none=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DifferenceSchema(Schema):
    """An entry on which the ledger and the card processor's books differed; `isSettled` once it has been entered here."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in Difference]))
    provider_id = fields.String(required=True)
    location_id = fields.UUID(required=True, allow_none=True)
    ours_cents = fields.Integer(required=True, allow_none=True)
    theirs_cents = fields.Integer(required=True, allow_none=True)
    is_settled = fields.Boolean(required=True)
    at = Instant(required=True)


class ReconciliationSchema(Schema):
    """A comparison of the ledger with the card processor's books from `since` to `ranAt`.

    What matched is of all locations, and null for who works at some of them only.
    """

    id = fields.UUID(required=True)
    since = Instant(required=True)
    ran_at = Instant(required=True)
    matched = fields.Integer(required=True, allow_none=True)
    matched_cents = fields.Integer(required=True, allow_none=True)
    differences = fields.List(fields.Nested(DifferenceSchema), required=True)


class ReconciliationPage(Schema):
    """A page of comparisons, the newest first."""

    items = fields.List(fields.Nested(ReconciliationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
