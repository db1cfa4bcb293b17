"""What appointments look like on the wire."""

from marshmallow import fields, validate
from webargs.fields import DelimitedList

from backend.accounts.schemas import Email
from backend.appointments.rules import Status
from backend.core.fields import LINE, NOTE, SHORT, Day, Flag, Instant, PageQuery, Phone, Schema, Text, Version

_STATUS = validate.OneOf([status.value for status in Status])

# Characters of a key tag: what fits on the tag, and on a card's corner.
KEY_TAG = 10


class Override(Schema):
    """Book over what is planned, on purpose."""

    reason = Text(most=LINE, required=True)


class NewCustomer(Schema):
    """A customer who is not on file yet."""

    name = Text(required=True)
    phone = Phone(allow_none=True)
    email = Email(allow_none=True)


class NewVehicle(Schema):
    """A vehicle that is not on file yet; anything that tells it apart is enough."""

    year = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1886, 2100))
    make = Text(most=SHORT, allow_none=True)
    model = Text(most=SHORT, allow_none=True)
    plate = Text(most=SHORT, allow_none=True)
    vin = Text(most=SHORT, allow_none=True)
    color = Text(most=SHORT, allow_none=True)


class AppointmentCreate(Schema):
    """A new appointment. A customer's name or a vehicle is enough: it starts now and takes an hour.

    `locationId` may be left out by those who work at one location only. With `checkIn` the car
    is here and the appointment opens in progress.
    """

    location_id = fields.UUID(load_default=None)
    start = Instant(allow_none=True)
    end = Instant(allow_none=True)
    customer_id = fields.UUID(allow_none=True)
    customer = fields.Nested(NewCustomer, allow_none=True)
    vehicle_id = fields.UUID(allow_none=True)
    vehicle = fields.Nested(NewVehicle, allow_none=True)
    tech_id = fields.UUID(allow_none=True)
    bay_id = fields.UUID(allow_none=True)
    title = Text(allow_none=True)
    notes = Text(most=NOTE, allow_none=True)
    promised_at = Instant(allow_none=True)
    key_tag = Text(most=KEY_TAG, allow_none=True)
    visit_type = Text(most=SHORT, allow_none=True)
    is_waiting = Flag(load_default=False)
    is_checked_in = Flag(load_default=False, data_key="checkIn")
    override = fields.Nested(Override, load_default=None, allow_none=True)


class AppointmentChange(Schema):
    """The fields to change; those left out stay. `version` is the one that the editor read."""

    customer_id = fields.UUID(allow_none=True)
    vehicle_id = fields.UUID(allow_none=True)
    start = Instant()
    end = Instant()
    tech_id = fields.UUID(allow_none=True)
    bay_id = fields.UUID(allow_none=True)
    promised_at = Instant(allow_none=True)
    key_tag = Text(most=KEY_TAG, allow_none=True)
    title = Text(allow_none=True)
    notes = Text(most=NOTE, allow_none=True)
    visit_type = Text(most=SHORT, allow_none=True)
    is_waiting = Flag()
    check_in_at = Instant(allow_none=True)
    check_out_at = Instant(allow_none=True)
    override = fields.Nested(Override, load_default=None, allow_none=True)
    version = Version(load_default=None, allow_none=True)


class StatusChange(Schema):
    """The status to go to. Reopening a completed job needs a `reason`; `override` revives one into a taken time."""

    status = fields.String(required=True, validate=_STATUS)
    reason = Text(most=LINE, load_default=None, allow_none=True)
    version = Version(load_default=None, allow_none=True)
    override = fields.Nested(Override, load_default=None, allow_none=True)


class NeedsChange(Schema):
    """What the work waits for; what is left out stays. `wantedPart` says which part, while one is needed."""

    needs_part = Flag(load_default=None)
    needs_approval = Flag(load_default=None)
    wanted_part = Text(most=LINE, load_default=None, allow_none=True)


class NeedsSchema(Schema):
    """What the work waits for."""

    needs_part = fields.Boolean(required=True)
    needs_approval = fields.Boolean(required=True)


class Restore(Schema):
    """Nothing is needed; `override` restores into a taken time."""

    override = fields.Nested(Override, load_default=None, allow_none=True)


class AppointmentQuery(PageQuery):
    """What to list: `from` and `to` are local dates, both included; `status` may name several, by commas.

    Without dates and without a number, customer or vehicle the list starts 31 days ago.
    """

    first_day = Day(data_key="from", load_default=None)
    last_day = Day(data_key="to", load_default=None)
    location_id = fields.UUID(load_default=None)
    tech_id = fields.UUID(load_default=None)
    customer_id = fields.UUID(load_default=None)
    vehicle_id = fields.UUID(load_default=None)
    status = DelimitedList(
        fields.String(validate=_STATUS),
        load_default=(),
        validate=validate.Length(min=1, error="Name one, or leave it out."),
    )
    number = fields.Integer(load_default=None, validate=validate.Range(min=1, max=2**63 - 1))
    q = Text(most=100, load_default=None, allow_none=True)


class AppointmentSchema(Schema):
    """An appointment, [start, end); `day` is the local date of its start. Money only for those who may see it."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    location_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=_STATUS)
    status_since = Instant(required=True)
    version = fields.Integer(required=True)
    start = Instant(required=True)
    end = Instant(required=True)
    day = fields.Date(required=True)
    promised_at = Instant(required=True, allow_none=True)
    check_in_at = Instant(required=True, allow_none=True)
    check_out_at = Instant(required=True, allow_none=True)
    confirmed_at = Instant(required=True, allow_none=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    vehicle_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    tech_id = fields.UUID(required=True, allow_none=True)
    tech_name = fields.String(required=True, allow_none=True)
    bay_id = fields.UUID(required=True, allow_none=True)
    bay_name = fields.String(required=True, allow_none=True)
    key_tag = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    notes = fields.String(required=True, allow_none=True)
    visit_type = fields.String(required=True, allow_none=True)
    is_waiting = fields.Boolean(required=True)
    is_overbooked = fields.Boolean(required=True)
    overbook_reason = fields.String(required=True, allow_none=True)
    overbooked_by = fields.UUID(required=True, allow_none=True)
    total_cents = fields.Integer()
    paid_cents = fields.Integer()
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class AppointmentPage(Schema):
    """A page of appointments; `nextCursor` is null on the last one."""

    items = fields.List(fields.Nested(AppointmentSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
