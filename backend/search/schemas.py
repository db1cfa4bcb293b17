"""What a list of customers looks like on the wire."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from backend.core.fields import Instant, PageQuery, Schema, Text


class CustomerQuery(PageQuery):
    """`q` is a name (typing errors allowed), any part of a phone number, a plate, the tail of a VIN, or how an email begins."""

    q = Text(most=100, load_default=None, allow_none=True)


class VehicleSummarySchema(Schema):
    """A vehicle in a list of customers."""

    id = fields.UUID(required=True)
    label = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    vin = fields.String(required=True, allow_none=True)


class CustomerSummarySchema(Schema):
    """A customer in a list, with at most three vehicles; `matchedOn` only in a search."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    company = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    vehicle_count = fields.Integer(required=True)
    last_visit_at = Instant(required=True, allow_none=True)
    vehicles = fields.List(fields.Nested(VehicleSummarySchema), required=True)
    matched_on = fields.String(validate=validate.OneOf(["phone", "email", "plate", "vin", "name"]))

    @ma.post_dump
    def _only_in_a_search(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if data.get("matchedOn") is None:
            data.pop("matchedOn", None)
        return data


class CustomerPage(Schema):
    """A page of customers: by name, or the best answers to a search first."""

    items = fields.List(fields.Nested(CustomerSummarySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
