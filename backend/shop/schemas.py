"""What locations look like on the wire."""

from marshmallow import fields

from backend.core.fields import Schema


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
