"""What vehicles and VINs look like on the wire."""

from typing import Any

from marshmallow import fields, validate

from backend.core.fields import NOTE, SHORT, Instant, PageQuery, Schema, Text, Version
from backend.vehicles.rules import FIRST_MODEL_YEAR

# A VIN with the spaces and dashes that people put in.
LONGEST_VIN_TEXT = 40
LAST_MODEL_YEAR = 2100
MOST_MILES = 9_999_999


def _line(**kwargs: Any) -> Text:
    return Text(most=80, allow_none=True, **kwargs)


# --- requests ---------------------------------------------------------------------------------


class VehicleQuery(PageQuery):
    """`q` is a plate, part of one, or the tail of a VIN."""

    q = Text(most=100, load_default=None, allow_none=True)
    customer_id = fields.UUID(load_default=None)


class VehicleCreate(Schema):
    """A vehicle to put on file; one word about it is enough."""

    customer_id = fields.UUID(allow_none=True)
    year = fields.Integer(strict=True, allow_none=True, validate=validate.Range(FIRST_MODEL_YEAR, LAST_MODEL_YEAR))
    make = _line()
    model = _line()
    trim = _line()
    engine = _line()
    color = _line()
    plate = Text(most=15, allow_none=True)
    plate_state = Text(most=SHORT, allow_none=True)
    vin = Text(most=LONGEST_VIN_TEXT, allow_none=True)
    mileage = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, MOST_MILES))
    notes = Text(most=NOTE, allow_none=True)


class VehicleChange(VehicleCreate):
    """What to change; `customerId` gives it a new owner. `version` is the one you read."""

    version = Version()


# --- answers ----------------------------------------------------------------------------------


class VehicleSchema(Schema):
    """A vehicle with its owner; `mileage` in miles."""

    id = fields.UUID(required=True)
    label = fields.String(required=True, allow_none=True)
    year = fields.Integer(required=True, allow_none=True)
    make = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    trim = fields.String(required=True, allow_none=True)
    engine = fields.String(required=True, allow_none=True)
    color = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    plate_state = fields.String(required=True, allow_none=True)
    vin = fields.String(required=True, allow_none=True)
    mileage = fields.Integer(required=True, allow_none=True)
    notes = fields.String(required=True, allow_none=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class VehiclePage(Schema):
    """A page of vehicles, the newest entry first."""

    items = fields.List(fields.Nested(VehicleSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class VinSchema(Schema):
    """What a VIN says; `errors` in words, empty when it is valid."""

    vin = fields.String(required=True)
    is_valid = fields.Boolean(required=True)
    check_digit = fields.String(required=True, allow_none=True)
    expected_check_digit = fields.String(required=True, allow_none=True)
    year = fields.Integer(required=True, allow_none=True)
    make = fields.String(required=True, allow_none=True)
    manufacturer = fields.String(required=True, allow_none=True)
    region = fields.String(required=True, allow_none=True)
    country = fields.String(required=True, allow_none=True)
    errors = fields.List(fields.String(), required=True)
