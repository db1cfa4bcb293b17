"""What the desk looks like on the wire."""

from marshmallow import fields, validate

from backend.appointments.schemas import Override
from backend.core.fields import PageQuery, Schema
from backend.messages.queries import WAITING_KINDS
from backend.messages.rules import Guard
from backend.messages.schemas import MessageSchema, VerdictSchema, one_of


class MessageRelease(Schema):
    """Nothing is needed; `override`, the Owner's alone, sends a held message in quiet hours."""

    override = fields.Nested(Override, load_default=None, allow_none=True)


class StepSchema(Schema):
    """One guard's answer at this moment. Of the hours `detail` says `by` whom they were overridden, and for what `reason`."""

    guard = fields.String(required=True, validate=one_of(Guard))
    passed = fields.Boolean(required=True)
    verdict = fields.Nested(VerdictSchema, required=True, allow_none=True)
    detail = fields.Dict(keys=fields.String(), required=True)


class WhySchema(Schema):
    """What was decided about a message, and what the same engine says of it now, guard by guard."""

    verdict_then = fields.Nested(VerdictSchema, required=True)
    now = fields.Nested(VerdictSchema, required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class WaitingQuery(PageQuery):
    """What to list: given up, held or proposed; all of them when not said."""

    location_id = fields.UUID(load_default=None)
    kind = fields.String(load_default=None, validate=validate.OneOf(list(WAITING_KINDS)))


class WaitingMessageSchema(MessageSchema):
    """A message that waits for its hour or a person's word, with whom it is for and which visit it is about."""

    location_id = fields.UUID(required=True)
    appointment_id = fields.UUID(required=True, allow_none=True)
    appointment_number = fields.Integer(required=True, allow_none=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)


class WaitingPage(Schema):
    """A page of what waits, the newest first, what is held by its release; `nextCursor` is null on the last one."""

    items = fields.List(fields.Nested(WaitingMessageSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
