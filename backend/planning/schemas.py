"""What a preview looks like on the wire."""

from marshmallow import fields, validate

from backend.core.fields import Instant, Schema


class PreviewRequest(Schema):
    """A time to try: of `appointmentId` as it is planned, or of what is named here instead."""

    appointment_id = fields.UUID(load_default=None, allow_none=True)
    location_id = fields.UUID(load_default=None, allow_none=True)
    start = Instant(required=True)
    end = Instant(required=True)
    tech_id = fields.UUID(allow_none=True)
    bay_id = fields.UUID(allow_none=True)


class CollisionSchema(Schema):
    """An appointment that takes the time; at other locations than the person's own without names of customers."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    start = Instant(required=True)
    end = Instant(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["technician", "bay"]))
    name = fields.String(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)


class PreviewSchema(Schema):
    """What stands in the way; empty when the time is free."""

    collisions = fields.List(fields.Nested(CollisionSchema), required=True)
