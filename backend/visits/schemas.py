"""What histories look like on the wire."""

from marshmallow import fields

from backend.core.fields import Instant, Schema


class VisitSchema(Schema):
    """An appointment in a history, `start` in UTC, `timezone` of its location; cents only for those who may see money."""

    appointment_id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    location_id = fields.UUID(required=True)
    location_name = fields.String(required=True)
    timezone = fields.String(required=True)
    status = fields.String(required=True)
    start = Instant(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    vehicle_id = fields.UUID(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    services_summary = fields.String(required=True, allow_none=True)
    total_cents = fields.Integer()
    paid_cents = fields.Integer()


class VisitPage(Schema):
    """A page of visits at all locations, newest first."""

    items = fields.List(fields.Nested(VisitSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
