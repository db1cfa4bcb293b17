"""What figures look like on the wire."""

from marshmallow import fields, validate

from backend.appointments.rules import Status
from backend.core.fields import Day, Instant, PageQuery, Schema
from backend.journal.schemas import RangeQuery
from backend.stats.rules import NextAction, Unit

_UNIT = validate.OneOf([unit.value for unit in Unit])
_STATUS = validate.OneOf([status.value for status in Status])


class StatsQuery(Schema):
    """Which numbers: local days, both included, today by default; of one's first location by default, or of one technician.

    With `allLocations` those of all of one's locations together. Days that were counted from today say so with
    `relativeTo`, that day: where it is another day already, or still, the location's days are as many later or earlier.
    """

    first_day = Day(load_default=None, data_key="from")
    last_day = Day(load_default=None, data_key="to")
    location_id = fields.UUID(load_default=None)
    tech_id = fields.UUID(load_default=None)
    all_locations = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})
    relative_to = Day(load_default=None)


class RowsQuery(StatsQuery, PageQuery):
    """A page of the rows of a figure of the same days."""


class FileQuery(RangeQuery):
    """Which rows of a figure: at all of one's locations without `locationId`, of one technician with `techId`.

    `relativeTo` as with the figures.
    """

    tech_id = fields.UUID(load_default=None)
    relative_to = Day(load_default=None)


class StatsLocationSchema(Schema):
    """Whose numbers these are; money is in its currency. Without `id` they are of all of one's locations together."""

    id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    timezone = fields.String(required=True)
    currency = fields.String(required=True)


class FormulaSchema(Schema):
    """How a figure is computed: in words, by version."""

    key = fields.String(required=True)
    words = fields.String(required=True)
    version = fields.Integer(required=True)
    unit = fields.String(required=True, validate=_UNIT)
    row_unit = fields.String(required=True, validate=_UNIT)
    weight_unit = fields.String(required=True, allow_none=True, validate=_UNIT)


class SumsSchema(Schema):
    """A figure: `value` from `numerator` and `denominator`, which its rows add up to; a share is in hundredths of a percent.

    `denominator` is null where nothing is divided, `value` where there is nothing to divide by.
    """

    value = fields.Integer(required=True, allow_none=True)
    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True, allow_none=True)
    count = fields.Integer(required=True)


class FigureSchema(SumsSchema):
    """A figure with its formula."""

    formula = fields.Nested(FormulaSchema, required=True)


class ComparedFigureSchema(FigureSchema):
    """A figure, and as `previous` that of as many days just before, where that says something."""

    previous = fields.Nested(SumsSchema, required=True, allow_none=True)


class DayCentsSchema(Schema):
    """A day's part of a sum; days without any are left out."""

    day = Day(required=True)
    cents = fields.Integer(required=True)


class TechnicianHoursSchema(Schema):
    """A technician's planned and available minutes."""

    tech_id = fields.UUID(required=True)
    name = fields.String(required=True)
    booked_minutes = fields.Integer(required=True)
    available_minutes = fields.Integer(required=True)


class StatsSchema(Schema):
    """The shop's numbers at `computedAt`. Money is absent for those who may not see it."""

    location = fields.Nested(StatsLocationSchema, required=True)
    first_day = Day(required=True, data_key="from")
    last_day = Day(required=True, data_key="to")
    today = Day(required=True)
    tech_id = fields.UUID(required=True, allow_none=True)
    computed_at = Instant(required=True)
    jobs_today = fields.Integer(required=True)
    cars_on_premises = fields.Integer(required=True)
    scheduled = fields.Integer(required=True)
    in_progress = fields.Integer(required=True)
    ready = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    no_show = fields.Integer(required=True)
    unpaid_total = fields.Integer()
    figures = fields.List(fields.Nested(ComparedFigureSchema), required=True)
    revenue_by_day = fields.List(fields.Nested(DayCentsSchema))
    hours_by_technician = fields.List(fields.Nested(TechnicianHoursSchema), required=True)


class FigureRowSchema(Schema):
    """A row of a figure: what it adds to the numerator, and to the denominator where there is one."""

    id = fields.UUID(required=True)
    appointment_id = fields.UUID(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    reference = fields.Integer(required=True, allow_none=True)
    kind = fields.String(required=True)
    who = fields.String(required=True, allow_none=True)
    day = Day(required=True)
    tech_id = fields.UUID(required=True, allow_none=True)
    tech_name = fields.String(required=True, allow_none=True)
    value = fields.Integer(required=True)
    weight = fields.Integer(required=True, allow_none=True)


class FigureRowPage(Schema):
    """A page of a figure's rows, newest day first. `figure` is what all its rows add up to, read at the same moment."""

    figure = fields.Nested(FigureSchema, required=True)
    first_day = Day(required=True, data_key="from")
    last_day = Day(required=True, data_key="to")
    items = fields.List(fields.Nested(FigureRowSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CarsQuery(PageQuery):
    """Which cars: of all one's locations by default; `stuck`: those that are late, the worst first."""

    location_id = fields.UUID(load_default=None)
    tech_id = fields.UUID(load_default=None)
    stuck = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class CarHereSchema(Schema):
    """A car on the premises; `lateSince` may lie ahead. Money is absent for those who may not see it."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    status = fields.String(required=True, validate=_STATUS)
    status_since = Instant(required=True)
    check_in_at = Instant(required=True)
    promised_at = Instant(required=True, allow_none=True)
    late_since = Instant(required=True)
    day = Day(required=True)
    customer_name = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    key_tag = fields.String(required=True, allow_none=True)
    services_summary = fields.String(required=True, allow_none=True)
    tech_id = fields.UUID(required=True, allow_none=True)
    tech_name = fields.String(required=True, allow_none=True)
    bay_name = fields.String(required=True, allow_none=True)
    next_action = fields.String(required=True, validate=validate.OneOf([action.value for action in NextAction]))
    total_cents = fields.Integer()
    paid_cents = fields.Integer()


class CarPage(Schema):
    """A page of cars on the premises, the latest and dearest first."""

    items = fields.List(fields.Nested(CarHereSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
