"""What inspections look like on the wire."""

from marshmallow import fields, validate

from backend.core.fields import NOTE, SHORT, DeviceInstant, Exact, Flag, Instant, Schema, Text, Version
from backend.inspections.rules import MOST_POINTS, ChecklistStatus, Result
from backend.photos.schemas import PhotoSchema

NAME = 120
_RESULT = validate.OneOf([result.value for result in Result])
_FOUND = validate.OneOf([Result.ATTENTION.value, Result.FAIL.value])
_STATUS = validate.OneOf([status.value for status in ChecklistStatus])
_KEY = validate.Regexp(r"^[a-z0-9_]{1,60}\Z", error="Use lower-case letters, digits and _.")
_YEARS = validate.Range(min=0, max=150)
_MILES = validate.Range(min=0, max=9_999_999)
# Readings and their limits, as text: pressures, depths, volts, temperatures.
_MOST = 9_999_999


def _limit() -> Exact:
    return Exact(places=2, most=_MOST, load_default=None, allow_none=True)


# --- templates --------------------------------------------------------------------------------


class TemplatesQuery(Schema):
    """Whose templates; with `all` those switched off too."""

    location_id = fields.UUID(load_default=None)
    with_inactive = fields.Boolean(load_default=False, data_key="all")


class ReadingInput(Schema):
    """A value to measure. Below `failBelow` or above `failAbove` it fails; the attention limits lie between them."""

    unit = Text(most=SHORT, required=True)
    fail_below = _limit()
    attention_below = _limit()
    attention_above = _limit()
    fail_above = _limit()


class PointInput(Schema):
    """A point to look at. Leave out `key` of a new one; send it back with an old one, so that findings are known again."""

    key = fields.String(load_default=None, allow_none=True, validate=_KEY, metadata={"pattern": "^[a-z0-9_]{1,60}$"})
    section = Text(most=NAME, load_default=None, allow_none=True)
    label = Text(most=NAME, required=True)
    help = Text(most=500, load_default=None, allow_none=True)
    reading = fields.Nested(ReadingInput, load_default=None, allow_none=True)
    needs_photo = Flag(load_default=False)
    catalog_id = fields.UUID(load_default=None, allow_none=True)


class InspectionTemplateCreate(Schema):
    """A new template; of every location without `locationId`, for every visit and car without limits."""

    location_id = fields.UUID(load_default=None, allow_none=True)
    name = Text(most=NAME, required=True)
    visit_type = Text(most=SHORT, load_default=None, allow_none=True)
    from_age = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_YEARS)
    to_age = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_YEARS)
    from_mileage = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_MILES)
    to_mileage = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_MILES)
    is_active = Flag(load_default=True)
    points = fields.List(fields.Nested(PointInput), required=True, validate=validate.Length(min=1, max=MOST_POINTS))


class InspectionTemplateChange(Schema):
    """What to change; fields that are not named stay, `points` are replaced as a whole. `version` is the one you read."""

    name = Text(most=NAME)
    visit_type = Text(most=SHORT, allow_none=True)
    from_age = fields.Integer(allow_none=True, strict=True, validate=_YEARS)
    to_age = fields.Integer(allow_none=True, strict=True, validate=_YEARS)
    from_mileage = fields.Integer(allow_none=True, strict=True, validate=_MILES)
    to_mileage = fields.Integer(allow_none=True, strict=True, validate=_MILES)
    is_active = Flag()
    points = fields.List(fields.Nested(PointInput), validate=validate.Length(min=1, max=MOST_POINTS))
    version = Version()


class ReadingLimitsSchema(Schema):
    """Limits of a reading, as text; null is none."""

    fail_below = fields.String(required=True, allow_none=True)
    attention_below = fields.String(required=True, allow_none=True)
    attention_above = fields.String(required=True, allow_none=True)
    fail_above = fields.String(required=True, allow_none=True)


class ReadingSchema(ReadingLimitsSchema):
    """A value to measure."""

    unit = fields.String(required=True)


class PointSchema(Schema):
    """A point of a template."""

    key = fields.String(required=True)
    section = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)
    help = fields.String(required=True, allow_none=True)
    reading = fields.Nested(ReadingSchema, required=True, allow_none=True)
    needs_photo = fields.Boolean(required=True)
    catalog_id = fields.UUID(required=True, allow_none=True)


class InspectionTemplateSchema(Schema):
    """A template with the points of its newest version, `versionNo`; `version` is for edits."""

    id = fields.UUID(required=True)
    location_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    visit_type = fields.String(required=True, allow_none=True)
    from_age = fields.Integer(required=True, allow_none=True)
    to_age = fields.Integer(required=True, allow_none=True)
    from_mileage = fields.Integer(required=True, allow_none=True)
    to_mileage = fields.Integer(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    version_id = fields.UUID(required=True)
    version_no = fields.Integer(required=True)
    points = fields.List(fields.Nested(PointSchema), required=True)


class VisitTypesQuery(Schema):
    """Of which location, the first one of the person's by name if none is given."""

    location_id = fields.UUID(load_default=None)


class VisitTypeList(Schema):
    """Kinds of visit, by name."""

    items = fields.List(fields.String(), required=True)


class InspectionTemplateList(Schema):
    """Templates by name."""

    items = fields.List(fields.Nested(InspectionTemplateSchema), required=True)


# --- checklists -------------------------------------------------------------------------------


class ChecklistStart(Schema):
    """How to begin: without `templateId` with the template that is made for the visit in most ways.

    A device that began offline sends its own ids: `id`, the `versionId` of the points that it had, and the item's id of
    each point by key. The same `id` again is the same inspection. `startedAt` and `sentAt` are when it was begun and when it
    is told, by the device's own clock.
    """

    id = fields.UUID(load_default=None, allow_none=True)
    template_id = fields.UUID(load_default=None, allow_none=True)
    version_id = fields.UUID(load_default=None, allow_none=True)
    item_ids = fields.Dict(
        keys=fields.String(validate=_KEY),
        values=fields.UUID(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MOST_POINTS),
    )
    started_at = DeviceInstant(load_default=None, allow_none=True)
    sent_at = DeviceInstant(load_default=None, allow_none=True)


class ChecklistChange(Schema):
    """Submit it, open it again, or take it over: `holderId` is yourself. `version` is the one you read.

    `submittedAt` and `sentAt` are when it was submitted and when that is told, by the device's own clock.
    """

    status = fields.String(validate=_STATUS)
    holder_id = fields.UUID()
    version = Version()
    submitted_at = DeviceInstant(load_default=None, allow_none=True)
    sent_at = DeviceInstant(load_default=None, allow_none=True)


class InspectionItemAdd(Schema):
    """Something that was seen and that the template does not ask for; its photos follow as those of any other point.

    A device that was offline sends its own `id`; the same again is the same point.
    """

    id = fields.UUID(load_default=None, allow_none=True)
    label = Text(most=NAME, required=True)
    result = fields.String(load_default=Result.ATTENTION.value, validate=_RESULT)
    note = Text(most=NOTE // 5, load_default=None, allow_none=True)


class InspectionItemChange(Schema):
    """What to change of a point: its answer, reading (text, in the point's unit), note. `version` is the one you read.

    One that was added has its label changed too; `isRemoved` takes it away, or brings it back.
    """

    label = Text(most=NAME)
    is_removed = Flag()
    result = fields.String(allow_none=True, validate=_RESULT)
    reading = Exact(places=2, most=_MOST, allow_none=True)
    note = Text(most=NOTE // 5, allow_none=True)
    version = Version()


class InspectionItemSchema(Schema):
    """A point of an inspection; `result` is null until it was looked at, `jobId` is the job that the finding became.

    `isAdded` is one that whoever inspected added beside what the template asks for; `isRemoved` one that was taken away again,
    as the answer to that alone shows it.
    """

    id = fields.UUID(required=True)
    point_key = fields.String(required=True, allow_none=True)
    section = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)
    help = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    limits = fields.Nested(ReadingLimitsSchema, required=True, allow_none=True)
    needs_photo = fields.Boolean(required=True)
    is_added = fields.Boolean(required=True)
    is_removed = fields.Boolean(required=True)
    result = fields.String(required=True, allow_none=True, validate=_RESULT)
    reading = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    job_id = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True)
    updated_at = Instant(required=True, allow_none=True)
    updated_by_name = fields.String(required=True, allow_none=True)
    photos = fields.List(fields.Nested(PhotoSchema), required=True)


class InspectionItemList(Schema):
    """The points of an inspection in their order."""

    items = fields.List(fields.Nested(InspectionItemSchema), required=True)


class ChecklistSchema(Schema):
    """An inspection: who fills it, when it was submitted and by whom, when its report was sent and first opened."""

    id = fields.UUID(required=True)
    appointment_id = fields.UUID(required=True)
    template_id = fields.UUID(required=True, allow_none=True)
    title = fields.String(required=True)
    status = fields.String(required=True, validate=_STATUS)
    version = fields.Integer(required=True)
    holder_id = fields.UUID(required=True, allow_none=True)
    holder_name = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    started_at = Instant(required=True, allow_none=True)
    submitted_at = Instant(required=True, allow_none=True)
    submitted_by_name = fields.String(required=True, allow_none=True)
    sent_at = Instant(required=True, allow_none=True)
    opened_at = Instant(required=True, allow_none=True)
    items = fields.List(fields.Nested(InspectionItemSchema), required=True)


class ChecklistList(Schema):
    """A visit's inspections, oldest first; `templateId` is of the template that fits the visit best, null for none."""

    items = fields.List(fields.Nested(ChecklistSchema), required=True)
    template_id = fields.UUID(required=True, allow_none=True)
