"""What rules of notices and the texts of a job look like on the wire."""

from marshmallow import fields, validate

from backend.core.fields import Instant, Schema
from backend.messages.schemas import VerdictSchema
from backend.notices.rules import Certainty, Loudness, Trigger

_TRIGGER = validate.OneOf([trigger.value for trigger in Trigger])
_LOUDNESS = validate.OneOf([loudness.value for loudness in Loudness])
STATES = ("planned", "held", "proposed", "sent", "failed", "refused")


class RuleQuery(Schema):
    """Whose rules; may be left out by those who work at one location only."""

    location_id = fields.UUID(load_default=None)


class RuleChange(Schema):
    """What a location does at a trigger. `version` is the one you read, 0 for a trigger without a rule."""

    location_id = fields.UUID(load_default=None)
    trigger = fields.String(required=True, validate=_TRIGGER)
    loudness = fields.String(required=True, validate=_LOUDNESS)
    template_id = fields.UUID(load_default=None, allow_none=True)
    version = fields.Integer(strict=True, load_default=None, validate=validate.Range(min=0, max=2**31 - 1))


class RuleSchema(Schema):
    """What a location does at a trigger: loud sends, ask proposes, quiet does nothing."""

    trigger = fields.String(required=True, validate=_TRIGGER)
    loudness = fields.String(required=True, validate=_LOUDNESS)
    template_id = fields.UUID(required=True, allow_none=True)
    template_name = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    updated_at = Instant(required=True, allow_none=True)
    updated_by = fields.String(required=True, allow_none=True)


class RuleList(Schema):
    """Every trigger, in the order in which a job comes to them."""

    items = fields.List(fields.Nested(RuleSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class JobTextSchema(Schema):
    """A text of a job, made or to come. `at` is when it leaves, or left; `localAt` the same on the location's clocks.

    `certainty`: its time is exact, expected by the plan of the work, or only "if" it comes to that. `text` is null
    where values are `missing`, or where it says money that you may not see (`withheld`).
    """

    trigger = fields.String(required=True, validate=_TRIGGER)
    loudness = fields.String(required=True, validate=_LOUDNESS)
    template_name = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    missing = fields.List(fields.String(), required=True)
    withheld = fields.List(fields.String(), required=True)
    at = Instant(required=True)
    local_at = fields.String(required=True)
    zone = fields.String(required=True)
    certainty = fields.String(required=True, validate=validate.OneOf([certainty.value for certainty in Certainty]))
    verdict = fields.Nested(VerdictSchema, required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    message_id = fields.UUID(required=True, allow_none=True)


class JobTextList(Schema):
    """Every text of a job, by time."""

    items = fields.List(fields.Nested(JobTextSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
