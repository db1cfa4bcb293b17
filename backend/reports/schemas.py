"""What reports look like on the wire."""

from marshmallow import fields, validate

from backend.core.fields import Instant, Schema
from backend.inspections.rules import Result
from backend.inspections.schemas import ReadingLimitsSchema
from backend.messages.schemas import MessagePreview
from backend.photos.schemas import Annotation

HOW = ("link", "sms", "email")
# A week, as links last.
MOST_HOURS = 7 * 24


class ReportSend(Schema):
    """How to send it. Without `templateId` the first text of the category Inspection with the link in it, else the usual words."""

    how = fields.String(required=True, validate=validate.OneOf(HOW))
    template_id = fields.UUID(load_default=None, allow_none=True)
    lifetime_hours = fields.Integer(load_default=48, strict=True, validate=validate.Range(min=1, max=MOST_HOURS))


class ReportSent(Schema):
    """What went out; `url` is told this once, and only for a link to copy. `heldUntil` is when a held message leaves."""

    url = fields.String(required=True, allow_none=True)
    message_status = fields.String(required=True, allow_none=True)
    held_until = Instant(required=True, allow_none=True)


class ReportPhotoSchema(Schema):
    """A photo; its addresses show it for a while."""

    id = fields.UUID(required=True)
    url = fields.String(required=True, allow_none=True)
    thumbnail_url = fields.String(required=True, allow_none=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    annotations = fields.List(fields.Nested(Annotation), required=True)


class ReportItemSchema(Schema):
    """A point as the customer sees it; `jobId` is the job that would mend it."""

    id = fields.UUID(required=True)
    section = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)
    result = fields.String(required=True, validate=validate.OneOf([result.value for result in Result]))
    note = fields.String(required=True, allow_none=True)
    reading = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    limits = fields.Nested(ReadingLimitsSchema, required=True, allow_none=True)
    job_id = fields.UUID(required=True, allow_none=True)
    photos = fields.List(fields.Nested(ReportPhotoSchema), required=True)


class ReportSchema(Schema):
    """An inspection as the customer sees it: how many of each answer, and every answered point, the urgent first."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    submitted_at = Instant(required=True, allow_none=True)
    by = fields.String(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    items = fields.List(fields.Nested(ReportItemSchema), required=True)


class EstimateAlong(Schema):
    """The visit's work below the report: as which version, which `isNew` if the customer was not shown it yet.

    `jobs` counts what can be approved from there, of alternatives one; `unpriced` what has no price yet and can't be.
    """

    version_no = fields.Integer(required=True)
    is_new = fields.Boolean(required=True)
    jobs = fields.Integer(required=True)
    unpriced = fields.Integer(required=True)


class ReportPreview(Schema):
    """What the customer would see, and the exact text that would bring it; null for a link to copy.

    `estimate` is null where no work goes along.
    """

    report = fields.Nested(ReportSchema, required=True)
    estimate = fields.Nested(EstimateAlong, required=True, allow_none=True)
    template_id = fields.UUID(required=True, allow_none=True)
    message = fields.Nested(MessagePreview, required=True, allow_none=True)
