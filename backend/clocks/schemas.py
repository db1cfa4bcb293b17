"""What clocks look like on the wire."""

from marshmallow import fields, validate

from backend.clocks.rules import PauseReason
from backend.core.fields import Instant, Schema

_REASON = validate.OneOf([reason.value for reason in PauseReason])


class TimerSchema(Schema):
    """A stretch of somebody's work on a visit, [start, stop); running while `stoppedAt` is null."""

    id = fields.UUID(required=True)
    appointment_id = fields.UUID(required=True)
    job_id = fields.UUID(required=True, allow_none=True)
    user_id = fields.UUID(required=True)
    user_name = fields.String(required=True)
    started_at = Instant(required=True)
    stopped_at = Instant(required=True, allow_none=True)
    pause_reason = fields.String(required=True, allow_none=True, validate=_REASON)
