"""What customers and vehicles look like on the wire."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from backend.accounts.schemas import Email
from backend.core.fields import NOTE, SHORT, Instant, PageQuery, Phone, Schema, Text, Version
from backend.customers.rules import FIRST_MODEL_YEAR

IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "The version you read, in quotes; `version` in the body says the same.",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": "One effect per key for 24 hours; the same request again gets the first one's answer.",
}

LONGEST_SEARCH = 100
_MERGE_CHOICE = validate.OneOf(["keep", "take"])
# A VIN with the spaces and dashes that people put in.
LONGEST_VIN_TEXT = 40
LAST_MODEL_YEAR = 2100
MOST_MILES = 9_999_999


def _name(**kwargs: Any) -> Text:
    return Text(most=120, **kwargs)


def _line(**kwargs: Any) -> Text:
    return Text(most=80, allow_none=True, **kwargs)


# --- requests ---------------------------------------------------------------------------------


class CustomerQuery(PageQuery):
    """`q` is a name (typing errors allowed), any part of a phone number, a plate, the tail of a VIN, or how an email begins."""

    q = Text(most=LONGEST_SEARCH, load_default=None, allow_none=True)


class VehicleQuery(PageQuery):
    """`q` is a plate, part of one, or the tail of a VIN."""

    q = Text(most=LONGEST_SEARCH, load_default=None, allow_none=True)
    customer_id = fields.UUID(load_default=None)


class CustomerCreate(Schema):
    """A customer to put on file; a name is enough."""

    name = _name(required=True)
    company = _name(allow_none=True)
    phone = Phone(allow_none=True)
    email = Email(allow_none=True)
    notes = Text(most=NOTE, allow_none=True)


class CustomerChange(Schema):
    """What to change; fields that are not named stay. `version` is the one you read."""

    name = _name()
    company = _name(allow_none=True)
    phone = Phone(allow_none=True)
    email = Email(allow_none=True)
    notes = Text(most=NOTE, allow_none=True)
    version = Version()


class MergeFields(Schema):
    """For each field: keep the survivor's value, or take the duplicate's."""

    name = fields.String(validate=_MERGE_CHOICE)
    company = fields.String(validate=_MERGE_CHOICE)
    phone = fields.String(validate=_MERGE_CHOICE)
    email = fields.String(validate=_MERGE_CHOICE)
    notes = fields.String(validate=_MERGE_CHOICE)


class CustomerMerge(Schema):
    """Which customer goes up in this one; fields without a choice are kept, empty ones filled."""

    duplicate_id = fields.UUID(required=True)
    fields_ = fields.Nested(MergeFields, data_key="fields", load_default=dict)


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


class CustomerSchema(Schema):
    """A customer with all vehicles; counts are over all locations, without canceled visits and no-shows."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    company = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    notes = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    visit_count = fields.Integer(required=True)
    last_visit_at = Instant(required=True, allow_none=True)
    open_appointment_count = fields.Integer(required=True)
    vehicles = fields.List(fields.Nested(VehicleSchema), required=True)


class DuplicateSchema(Schema):
    """A customer who may be the same person, and in what they agree."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    company = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    matched_on = fields.List(fields.String(validate=validate.OneOf(["phone", "email", "name"])), required=True)
    vehicle_count = fields.Integer(required=True)
    last_visit_at = Instant(required=True, allow_none=True)


class DuplicateList(Schema):
    """Customers who may be the same person, the likeliest first, at most 20."""

    items = fields.List(fields.Nested(DuplicateSchema), required=True)


class CreatedCustomerSchema(CustomerSchema):
    """The new customer, and who may be the same person."""

    possible_duplicates = fields.List(fields.Nested(DuplicateSchema), required=True)


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
