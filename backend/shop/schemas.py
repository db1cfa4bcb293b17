"""What locations look like on the wire."""

import re

from marshmallow import fields, validate

from backend.core.fields import NOTE, SHORT, Cents, Flag, Schema, Text, Version

_PAPER = validate.OneOf(["letter", "a4"])


class BaySchema(Schema):
    """A lift or floor space that holds one car at a time."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class LocationSchema(Schema):
    """A location; `timezone` is an IANA name, `opensAt` and `closesAt` are local times like 08:00."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    timezone = fields.String(required=True)
    currency = fields.String(required=True)
    opens_at = fields.Time(required=True, format="%H:%M")
    closes_at = fields.Time(required=True, format="%H:%M")
    bays = fields.List(fields.Nested(BaySchema), required=True)


class LocationList(Schema):
    """The locations that the person works at."""

    items = fields.List(fields.Nested(LocationSchema), required=True)


class LocationChange(Schema):
    """The settings to change; those left out stay. `version` is the one you read."""

    registration_number = Text(most=SHORT, allow_none=True)
    warranty_terms = Text(most=NOTE, allow_none=True)
    paper = fields.String(validate=_PAPER)
    state = Text(
        most=2,
        allow_none=True,
        validate=validate.Regexp(re.compile(r"^[A-Z]{2}$"), error="Use two letters, such as CA."),
    )
    link_cap_cents = Cents()
    margin_target_bp = fields.Integer(strict=True, validate=validate.Range(min=0, max=10_000))
    is_checked_by_another = Flag()
    version = Version()


class LocationSettingsSchema(Schema):
    """What a location prints and allows.

    `linkCapCents` is what a link alone may approve, below `marginTargetBp` (hundredths of a percent) a margin is marked.
    `isCheckedByAnother`: finished work is checked by somebody who did not do it.
    """

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    registration_number = fields.String(required=True, allow_none=True)
    warranty_terms = fields.String(required=True, allow_none=True)
    paper = fields.String(required=True, validate=_PAPER)
    state = fields.String(required=True, allow_none=True)
    link_cap_cents = fields.Integer(required=True)
    margin_target_bp = fields.Integer(required=True)
    is_checked_by_another = fields.Boolean(required=True)
    version = fields.Integer(required=True)
