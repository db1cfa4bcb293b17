"""What customers look like on the wire."""

from typing import Any

from marshmallow import fields, validate

from backend.accounts.schemas import Email
from backend.core.fields import NOTE, Instant, Phone, Schema, Text, Version, Zone
from backend.vehicles.schemas import VehicleSchema

_MERGE_CHOICE = validate.OneOf(["keep", "take"])


def _name(**kwargs: Any) -> Text:
    return Text(most=120, **kwargs)


# --- requests ---------------------------------------------------------------------------------


class CustomerCreate(Schema):
    """A customer to put on file; a name is enough."""

    name = _name(required=True)
    company = _name(allow_none=True)
    phone = Phone(allow_none=True)
    email = Email(allow_none=True)
    timezone = Zone(allow_none=True)
    notes = Text(most=NOTE, allow_none=True)


class CustomerChange(Schema):
    """What to change; fields that are not named stay. `version` is the one you read."""

    name = _name()
    company = _name(allow_none=True)
    phone = Phone(allow_none=True)
    email = Email(allow_none=True)
    timezone = Zone(allow_none=True)
    notes = Text(most=NOTE, allow_none=True)
    version = Version()


class MergeFields(Schema):
    """For each field: keep the survivor's value, or take the duplicate's."""

    name = fields.String(validate=_MERGE_CHOICE)
    company = fields.String(validate=_MERGE_CHOICE)
    phone = fields.String(validate=_MERGE_CHOICE)
    email = fields.String(validate=_MERGE_CHOICE)
    timezone = fields.String(validate=_MERGE_CHOICE)
    notes = fields.String(validate=_MERGE_CHOICE)


class CustomerMerge(Schema):
    """Which customer goes up in this one; fields without a choice are kept, empty ones filled."""

    duplicate_id = fields.UUID(required=True)
    fields_ = fields.Nested(MergeFields, data_key="fields", load_default=dict)


# --- answers ----------------------------------------------------------------------------------


class CustomerSchema(Schema):
    """A customer with all vehicles; counts are over all locations, without canceled visits and no-shows."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    company = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True, allow_none=True)
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
