"""What findings look like on the wire."""

from marshmallow import fields, validate

from backend.core.fields import LINE, Day, Instant, Schema, Text
from backend.findings.rules import FOUND
from backend.inspections.schemas import NAME
from backend.photos.schemas import PhotoSchema

_FOUND = validate.OneOf(sorted(result.value for result in FOUND))


class JobOfFinding(Schema):
    """What shall be done: a canned job, or one of a name; without either what the catalogue suggests.

    `jobId` is a job of the visit that mends this too: none is added then.
    """

    catalog_id = fields.UUID(load_default=None, allow_none=True)
    name = Text(most=NAME, load_default=None, allow_none=True)
    job_id = fields.UUID(load_default=None, allow_none=True)


class JobOfferSchema(Schema):
    """A canned job that may mend a finding, with its price before tax here."""

    catalog_id = fields.UUID(required=True)
    name = fields.String(required=True)
    price_cents = fields.Integer(required=True, allow_none=True)


class JobOfferList(Schema):
    """Canned jobs, the likeliest first."""

    items = fields.List(fields.Nested(JobOfferSchema), required=True)


class MadeJobSchema(Schema):
    """The job that was made."""

    job_id = fields.UUID(required=True)


class Resolution(Schema):
    """Why the car does not need it any more."""

    resolution = Text(most=LINE, required=True)


class CarFindingSchema(Schema):
    """Something that a car needs, as it was seen first and last; `jobId` shall mend it, at `jobAppointmentId`."""

    id = fields.UUID(required=True)
    point_key = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)
    severity = fields.String(required=True, validate=_FOUND)
    note = fields.String(required=True, allow_none=True)
    reading = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    item_id = fields.UUID(required=True)
    checklist_id = fields.UUID(required=True)
    opened_number = fields.Integer(required=True)
    opened_day = Day(required=True)
    seen_number = fields.Integer(required=True)
    seen_day = Day(required=True)
    job_id = fields.UUID(required=True, allow_none=True)
    job_appointment_id = fields.UUID(required=True, allow_none=True)
    approval = fields.String(required=True, allow_none=True)
    decline_reason = fields.String(required=True, allow_none=True)
    resolved_at = Instant(required=True, allow_none=True)
    resolved_by_name = fields.String(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)
    photos = fields.List(fields.Nested(PhotoSchema), required=True)


class CarFindingList(Schema):
    """What the visit's car needs, at whatever visit it was seen, the urgent first."""

    items = fields.List(fields.Nested(CarFindingSchema), required=True)
