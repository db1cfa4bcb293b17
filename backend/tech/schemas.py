"""What a technician's day looks like on the wire."""

from marshmallow import fields, validate

from backend.appointments.rules import Status
from backend.clocks.schemas import TimerSchema, WorkCheckSchema
from backend.core.fields import Day, Instant, Schema, Version
from backend.inspections.rules import Result
from backend.inspections.schemas import ChecklistSchema, PointSchema
from backend.services.rules import Approval
from backend.vehicles.schemas import MOST_MILES


class TodayQuery(Schema):
    """Where; needed by those who work at several locations."""

    location_id = fields.UUID(load_default=None)


class PersonSchema(Schema):
    """Whose day it is."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class TodayVehicleSchema(Schema):
    """The car; `mileage` in miles as it was last read."""

    id = fields.UUID(required=True)
    label = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    mileage = fields.Integer(required=True, allow_none=True)
    version = fields.Integer(required=True)


class TodayJobSchema(Schema):
    """A job of a visit; `hours` as they are offered or sold, as text; `decidedAt` when the customer last answered."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    hours = fields.String(required=True, allow_none=True)
    approval = fields.String(required=True, validate=validate.OneOf([one.value for one in Approval]))
    decided_at = Instant(required=True, allow_none=True)
    notes = fields.String(required=True, allow_none=True)
    cause = fields.String(required=True, allow_none=True)
    correction = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class TodayFindingSchema(Schema):
    """What an earlier inspection found."""

    label = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf([Result.ATTENTION.value, Result.FAIL.value]))


class TodayPastVisitSchema(Schema):
    """An earlier visit of the car."""

    day = Day(required=True)
    title = fields.String(required=True, allow_none=True)
    findings = fields.List(fields.Nested(TodayFindingSchema), required=True)


class TodayAppointmentSchema(Schema):
    """A visit with all that the work needs; there is no price in it.

    `partHereAt` and `approvalHereAt` say when somebody else said that what it waited for is here, null while it waits.
    `fittingTemplateIds` are those of the inspections that are for such a visit and car, the best first.
    """

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf([status.value for status in Status]))
    status_since = Instant(required=True)
    start = Instant(required=True)
    end = Instant(required=True)
    promised_at = Instant(required=True, allow_none=True)
    key_tag = fields.String(required=True, allow_none=True)
    vehicle = fields.Nested(TodayVehicleSchema, required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    notes = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    needs_part = fields.Boolean(required=True)
    needs_approval = fields.Boolean(required=True)
    wanted_part = fields.String(required=True, allow_none=True)
    part_here_at = Instant(required=True, allow_none=True)
    approval_here_at = Instant(required=True, allow_none=True)
    jobs = fields.List(fields.Nested(TodayJobSchema), required=True)
    timers = fields.List(fields.Nested(TimerSchema), required=True)
    checks = fields.List(fields.Nested(WorkCheckSchema), required=True)
    history = fields.List(fields.Nested(TodayPastVisitSchema), required=True)
    checklists = fields.List(fields.Nested(ChecklistSchema), required=True)
    fitting_template_ids = fields.List(fields.UUID(), required=True)
    begun_template_ids = fields.List(fields.UUID(), required=True)


class ToCheckSchema(Schema):
    """Finished work of another that waits for a quality check, with what was done."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    key_tag = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    tech_name = fields.String(required=True, allow_none=True)
    jobs = fields.List(fields.Nested(TodayJobSchema), required=True)


class TodayTemplateSchema(Schema):
    """An inspection that can be begun, with the points of its newest version."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    version_id = fields.UUID(required=True)
    points = fields.List(fields.Nested(PointSchema), required=True)


class TodaySchema(Schema):
    """Everything that the tablet keeps, in one answer."""

    now = Instant(required=True)
    today = Day(required=True)
    timezone = fields.String(required=True)
    me = fields.Nested(PersonSchema, required=True)
    timer = fields.Nested(TimerSchema, required=True, allow_none=True)
    appointments = fields.List(fields.Nested(TodayAppointmentSchema), required=True)
    to_check = fields.List(fields.Nested(ToCheckSchema), required=True)
    templates = fields.List(fields.Nested(TodayTemplateSchema), required=True)


class OdometerChange(Schema):
    """What the odometer shows, in miles; `version` is the car's that the technician saw."""

    mileage = fields.Integer(required=True, strict=True, validate=validate.Range(0, MOST_MILES))
    version = Version()


class OdometerSchema(Schema):
    """A car's odometer as it is kept, in miles, and the car's version."""

    mileage = fields.Integer(required=True, allow_none=True)
    version = fields.Integer(required=True)
