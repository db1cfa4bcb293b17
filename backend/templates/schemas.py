"""What templates look like on the wire."""

from marshmallow import fields, validate

from backend.consent.rules import Purpose
from backend.core.fields import LINE, NOTE, Instant, PageQuery, Schema, Text, Version
from backend.templates.rules import Encoding, FindingCode, TemplateCategory, TemplateChannel

NAME = 80

_CHANNEL = validate.OneOf([channel.value for channel in TemplateChannel])
_CATEGORY = validate.OneOf([category.value for category in TemplateCategory])
_PURPOSE = validate.OneOf([purpose.value for purpose in Purpose])


# --- requests ---------------------------------------------------------------------------------


class TemplateQuery(PageQuery):
    """Which templates to list; those of every location are always among them."""

    location_id = fields.UUID(load_default=None)
    channel = fields.String(load_default=None, validate=_CHANNEL)
    category = fields.String(load_default=None, validate=_CATEGORY)


class TemplateCreate(Schema):
    """A new template; of every location without `locationId`. An email has a subject, a text has none."""

    location_id = fields.UUID(load_default=None, allow_none=True)
    name = Text(most=NAME, required=True)
    category = fields.String(required=True, validate=_CATEGORY)
    channel = fields.String(required=True, validate=_CHANNEL)
    purpose = fields.String(load_default=Purpose.INFORMATIONAL.value, validate=_PURPOSE)
    subject = Text(most=LINE, load_default=None, allow_none=True)
    body = Text(most=NOTE, required=True)


class TemplateChange(Schema):
    """What to change; fields that are not named stay. `version` is the one you read."""

    name = Text(most=NAME)
    category = fields.String(validate=_CATEGORY)
    purpose = fields.String(validate=_PURPOSE)
    subject = Text(most=LINE, allow_none=True)
    body = Text(most=NOTE)
    version = Version()


class TemplateCheck(Schema):
    """A text to try; with `appointmentId` it says what that job would, with `locationId` the example is that location's."""

    channel = fields.String(load_default=TemplateChannel.SMS.value, validate=_CHANNEL)
    purpose = fields.String(load_default=Purpose.INFORMATIONAL.value, validate=_PURPOSE)
    subject = Text(most=LINE, load_default=None, allow_none=True)
    body = Text(most=NOTE, required=True)
    appointment_id = fields.UUID(load_default=None, allow_none=True)
    location_id = fields.UUID(load_default=None, allow_none=True)


# --- answers ----------------------------------------------------------------------------------


class TemplateSchema(Schema):
    """A template; `locationId` null is of every location, `useCount` how many texts were made from it."""

    id = fields.UUID(required=True)
    location_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    category = fields.String(required=True, validate=_CATEGORY)
    channel = fields.String(required=True, validate=_CHANNEL)
    purpose = fields.String(required=True, validate=_PURPOSE)
    subject = fields.String(required=True, allow_none=True)
    body = fields.String(required=True)
    version = fields.Integer(required=True)
    use_count = fields.Integer(required=True)
    last_used_at = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class TemplatePage(Schema):
    """A page of templates by name; `nextCursor` is null on the last one."""

    items = fields.List(fields.Nested(TemplateSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class VariableSchema(Schema):
    """A name that may stand in braces, what it stands for, and an example."""

    name = fields.String(required=True)
    words = fields.String(required=True)
    example = fields.String(required=True)
    is_money = fields.Boolean(required=True)


class VariableList(Schema):
    """Every variable, in the order in which an editor offers them."""

    items = fields.List(fields.Nested(VariableSchema), required=True)


class FindingSchema(Schema):
    """What keeps a text from being used, at [start, end) of `field`; `hint` says what would do."""

    code = fields.String(required=True, validate=validate.OneOf([code.value for code in FindingCode]))
    found = fields.String(required=True)
    hint = fields.String(required=True, allow_none=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    field = fields.String(required=True, validate=validate.OneOf(["body", "subject"]))


class ReplacementSchema(Schema):
    """A sign and what is sent instead of it."""

    sign = fields.String(required=True)
    instead = fields.String(required=True)


class CheckSchema(Schema):
    """The text as it would be sent, with its footer, and how long that is.

    `missing` names variables without a value, which still stand in the text; `withheld` those that the person may
    not see; `forcedBy` the signs that make it UCS-2.
    """

    text = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    encoding = fields.String(required=True, validate=validate.OneOf([encoding.value for encoding in Encoding]))
    characters = fields.Integer(required=True)
    segments = fields.Integer(required=True)
    forced_by = fields.List(fields.String(), required=True)
    footer = fields.Boolean(required=True)
    replaced = fields.List(fields.Nested(ReplacementSchema), required=True)
    missing = fields.List(fields.String(), required=True)
    withheld = fields.List(fields.String(), required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)
