"""What clocks and checks look like on the wire."""

from marshmallow import fields, validate

from backend.clocks.rules import CheckKind, PauseReason
from backend.core.fields import LINE, Day, DeviceInstant, Flag, Instant, Schema, Text

_REASON = validate.OneOf([reason.value for reason in PauseReason])
_KIND = validate.OneOf([kind.value for kind in CheckKind])


class TimerStart(Schema):
    """A clock to start; the client makes `id`. `sentAt`: the device's time as it sends, by which its clock is set right."""

    id = fields.UUID(required=True)
    appointment_id = fields.UUID(required=True)
    job_id = fields.UUID(load_default=None, allow_none=True)
    started_at = DeviceInstant(required=True)
    sent_at = DeviceInstant(load_default=None, allow_none=True)


class TimerStop(Schema):
    """When a clock stopped and, if the work is not done, why."""

    stopped_at = DeviceInstant(required=True)
    pause_reason = fields.String(load_default=None, allow_none=True, validate=_REASON)
    sent_at = DeviceInstant(load_default=None, allow_none=True)


class TimerTakeBack(Schema):
    """When somebody saw that a start was a mistake; `sentAt` as of a start."""

    taken_back_at = DeviceInstant(required=True)
    sent_at = DeviceInstant(load_default=None, allow_none=True)


class TimerSchema(Schema):
    """A stretch of somebody's work on a visit, [start, stop); running while `stoppedAt` is null."""

    id = fields.UUID(required=True)
    appointment_id = fields.UUID(required=True)
    job_id = fields.UUID(required=True, allow_none=True)
    user_id = fields.UUID(required=True)
    user_name = fields.String(required=True)
    started_at = Instant(required=True)
    stopped_at = Instant(required=True, allow_none=True)
    pause_reason = fields.String(required=True, allow_none=True, validate=_REASON)


class CheckCreate(Schema):
    """A test drive or quality check; the client makes `id`. One that is not passed says why."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=_KIND)
    is_passed = Flag(required=True)
    note = Text(most=LINE, load_default=None, allow_none=True)


class WorkCheckSchema(Schema):
    """A check of finished work."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=_KIND)
    is_passed = fields.Boolean(required=True)
    note = fields.String(required=True, allow_none=True)
    checked_at = Instant(required=True)
    checked_by = fields.String(required=True)


class WorkedJobSchema(Schema):
    """A job's hours, as text, sold or as yet only offered, and the seconds that clocks on it ran."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    sold_hours = fields.String(required=True)
    offered_hours = fields.String(required=True)
    worked_seconds = fields.Integer(required=True)
    cause = fields.String(required=True, allow_none=True)
    correction = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class WorkerSchema(Schema):
    """A person's time on a visit."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    worked_seconds = fields.Integer(required=True)
    is_running = fields.Boolean(required=True)


class HoursQuery(Schema):
    """Whose hours of which local days, both included."""

    location_id = fields.UUID(load_default=None)
    first_day = Day(required=True, data_key="from")
    last_day = Day(required=True, data_key="to")


class WorkedHoursSchema(Schema):
    """A technician's part in visits that left in the days: seconds by clocks, and their share of the hours sold, in seconds."""

    tech_id = fields.UUID(required=True)
    name = fields.String(required=True)
    worked_seconds = fields.Integer(required=True)
    sold_seconds = fields.Integer(required=True)


class WorkedHoursList(Schema):
    """Technicians by name."""

    items = fields.List(fields.Nested(WorkedHoursSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class WorkSchema(Schema):
    """Actual against sold: `workedSeconds` by clocks, also those on no job in particular; `soldHours` by the lines.

    Sold is what the customer approved; `offeredHours` wait for their word.
    """

    sold_hours = fields.String(required=True)
    offered_hours = fields.String(required=True)
    worked_seconds = fields.Integer(required=True)
    jobs = fields.List(fields.Nested(WorkedJobSchema), required=True)
    people = fields.List(fields.Nested(WorkerSchema), required=True)
    timers = fields.List(fields.Nested(TimerSchema), required=True)
    checks = fields.List(fields.Nested(WorkCheckSchema), required=True)
    needs_part = fields.Boolean(required=True)
    needs_approval = fields.Boolean(required=True)
    wanted_part = fields.String(required=True, allow_none=True)
