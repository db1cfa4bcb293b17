"""What the drawer looks like on the wire; PostgreSQL writes it, a test compares the two."""

from typing import Any

from marshmallow import fields, validate

from backend.appointments.rules import FailedCheck
from backend.appointments.schemas import AppointmentSchema
from backend.catalog.rules import LineKind
from backend.core.fields import Instant, Schema
from backend.inspections.rules import Result
from backend.messages.schemas import MessageSchema
from backend.payments.models import PaymentKind, PaymentMethod
from backend.services.rules import Approval


class DrawerLocationSchema(Schema):
    """Where the visit is."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    timezone = fields.String(required=True)
    currency = fields.String(required=True)


class FailedCheckSchema(Schema):
    """The newest check that the work has not passed, and not done better since."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in FailedCheck]))
    note = fields.String(required=True, allow_none=True)
    at = Instant(required=True)
    by = fields.String(required=True)


class DrawerAppointmentSchema(AppointmentSchema):
    """The appointment, with its location."""

    location = fields.Nested(DrawerLocationSchema, required=True)
    unread_count = fields.Integer(required=True)
    jobs_offered = fields.Integer(required=True)
    services_summary = fields.String(required=True, allow_none=True)
    overbooked_by_name = fields.String(required=True, allow_none=True)
    failed_check = fields.Nested(FailedCheckSchema, required=True, allow_none=True)
    is_work_done = fields.Boolean(required=True)


class DrawerCustomerSchema(Schema):
    """The customer; `version` is for edits."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    company = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    notes = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    visit_count = fields.Integer(required=True)


class DrawerVehicleSchema(Schema):
    """The vehicle; `version` is for edits, `mileage` in miles."""

    id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)
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
    version = fields.Integer(required=True)


class DrawerServiceSchema(Schema):
    """A work line; the price only for those who may see money."""

    id = fields.UUID(required=True)
    job_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in LineKind]))
    category = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    notes = fields.String(required=True, allow_none=True)
    hours = fields.Float(required=True, allow_none=True)
    approval = fields.String(required=True, validate=validate.OneOf([approval.value for approval in Approval]))
    price_cents = fields.Integer()


class DrawerMessageSchema(MessageSchema):
    """A text or email as a thread tells it; what is null or false there is left out here."""

    def on_bind_field(self, field_name: str, field_obj: "fields.Field[Any]") -> None:
        """Ask for nothing that a thread may tell as null or false."""
        super().on_bind_field(field_name, field_obj)
        if field_obj.allow_none or isinstance(field_obj, fields.Boolean):
            field_obj.required, field_obj.allow_none = False, False


class DrawerPaymentSchema(Schema):
    """A ledger entry."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in PaymentKind]))
    method = fields.String(required=True, validate=validate.OneOf([method.value for method in PaymentMethod]))
    amount_cents = fields.Integer(required=True)
    note = fields.String(required=True, allow_none=True)
    reverses_id = fields.UUID(required=True, allow_none=True)
    created_at = Instant(required=True)
    by = fields.String(required=True, allow_none=True)


class DrawerItemSchema(Schema):
    """A point of a checklist."""

    id = fields.UUID(required=True)
    label = fields.String(required=True)
    result = fields.String(required=True, allow_none=True, validate=validate.OneOf([result.value for result in Result]))
    note = fields.String(required=True, allow_none=True)


class DrawerChecklistSchema(Schema):
    """A vehicle check."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    created_at = Instant(required=True)
    items = fields.List(fields.Nested(DrawerItemSchema), required=True)


class DrawerChangeSchema(Schema):
    """Something that happened to the appointment, its work or its money, newest first; `changes` maps a field to [before, after].

    `subject` is the name of the job or line that `entity` says it is about.
    """

    id = fields.UUID(required=True)
    entity = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    at = Instant(required=True)
    action = fields.String(required=True)
    actor_kind = fields.String(required=True)
    actor_name = fields.String(required=True, allow_none=True)
    actor_role = fields.String(required=True, allow_none=True)
    changes = fields.Dict(keys=fields.String(), values=fields.List(fields.Raw(allow_none=True)), required=True)
    reason = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)


class DrawerSchema(Schema):
    """Everything about one appointment: messages are the newest 50, history the newest 10 changes of the visit itself."""

    appointment = fields.Nested(DrawerAppointmentSchema, required=True)
    customer = fields.Nested(DrawerCustomerSchema, required=True, allow_none=True)
    vehicle = fields.Nested(DrawerVehicleSchema, required=True, allow_none=True)
    services = fields.List(fields.Nested(DrawerServiceSchema), required=True)
    messages = fields.List(fields.Nested(DrawerMessageSchema), required=True)
    payments = fields.List(fields.Nested(DrawerPaymentSchema), required=True)
    checklists = fields.List(fields.Nested(DrawerChecklistSchema), required=True)
    history = fields.List(fields.Nested(DrawerChangeSchema), required=True)


class DrawerHistorySchema(Schema):
    """What was done with one appointment, its work, inspections and money: the newest 100 changes."""

    changes = fields.List(fields.Nested(DrawerChangeSchema), required=True)
