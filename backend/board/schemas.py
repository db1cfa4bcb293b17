"""What the board and a move look like on the wire."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from backend.appointments.rules import Status
from backend.core.fields import NOTE, Day, Instant, Schema, Text, Version

STATUS = validate.OneOf([status.value for status in Status])


class BoardQuery(Schema):
    """Which board: local days, both included, today by default; `q` looks in names, plates, tags and numbers."""

    first_day = Day(load_default=None, data_key="from")
    last_day = Day(load_default=None, data_key="to")
    location_id = fields.UUID(load_default=None)
    tech_id = fields.UUID(load_default=None)
    q = Text(load_default=None, allow_none=True)


class CardEstimateSchema(Schema):
    """How the estimate of a job stands, and how many of the jobs that were offered are approved."""

    state = fields.String(
        required=True,
        validate=validate.OneOf(["sent", "opened", "question", "changed", "partly", "approved", "declined"]),
    )
    approved = fields.Integer(required=True)
    offered = fields.Integer(required=True)


class CardSchema(Schema):
    """A card; the money keys are absent for roles that may not see money."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    location_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=STATUS)
    position = fields.Integer()
    order_key = fields.Float(required=True)
    version = fields.Integer(required=True)
    start = Instant(required=True)
    end = Instant(required=True)
    day = Day(required=True)
    promised_at = Instant(required=True, allow_none=True)
    status_since = Instant(required=True)
    carry_over = fields.Boolean()
    customer_name = fields.String(required=True, allow_none=True)
    customer_phone = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    plate = fields.String(required=True, allow_none=True)
    key_tag = fields.String(required=True, allow_none=True)
    services_summary = fields.String(required=True, allow_none=True)
    tech_id = fields.UUID(required=True, allow_none=True)
    tech_name = fields.String(required=True, allow_none=True)
    bay_id = fields.UUID(required=True, allow_none=True)
    bay_name = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    total_cents = fields.Integer()
    paid_cents = fields.Integer()
    unread_count = fields.Integer(required=True)
    check_in_at = Instant(required=True, allow_none=True)
    check_out_at = Instant(required=True, allow_none=True)
    flags = fields.List(
        fields.String(
            validate=validate.OneOf(
                [
                    *("waiting", "overbooked", "confirmed", "needsPart", "needsApproval"),
                    *("testDriveFailed", "qualityFailed", "workDone"),
                ]
            )
        ),
        required=True,
    )
    estimate = fields.Nested(CardEstimateSchema)


class ColumnSchema(Schema):
    """A column's head; `oldestSince` is when the card that waits longest came into it."""

    key = fields.String(required=True, validate=STATUS)
    title = fields.String(required=True)
    count = fields.Integer(required=True)
    sum_cents = fields.Integer()
    oldest_since = Instant(required=True, allow_none=True)


class BoardLocationSchema(Schema):
    """The board's location."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    timezone = fields.String(required=True)


class BoardSchema(Schema):
    """The board of a location: columns in the order of the states, cards in the order people gave them."""

    location = fields.Nested(BoardLocationSchema, required=True)
    first_day = Day(required=True, data_key="from")
    last_day = Day(required=True, data_key="to")
    today = Day(required=True)
    columns = fields.List(fields.Nested(ColumnSchema), required=True)
    cards = fields.List(fields.Nested(CardSchema), required=True)


class MoveSchema(Schema):
    """Where a card goes: a 1-based `position`, or `afterId` (null: the top). `version` is the one you saw."""

    status = fields.String(required=True, validate=STATUS)
    position = fields.Integer(strict=True, validate=validate.Range(min=1, max=1_000_000))
    after_id = fields.UUID(allow_none=True)
    version = Version()
    reason = Text(most=NOTE, allow_none=True)

    @ma.validates_schema
    def check_place(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Take one way of naming the place."""
        if ("position" in data) == ("after_id" in data):
            raise ma.ValidationError("Give either position or afterId.", "position")


class MovedSchema(Schema):
    """Where the card now is."""

    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=STATUS)
    position = fields.Integer(required=True)
    version = fields.Integer(required=True)
    card = fields.Nested(CardSchema, required=True)


class WallCardSchema(Schema):
    """A car on the wall's screen: no price, no phone, no customer's name."""

    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=STATUS)
    start = Instant(required=True)
    status_since = Instant(required=True)
    promised_at = Instant(required=True, allow_none=True)
    key_tag = fields.String(required=True, allow_none=True)
    plate_tail = fields.String(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    job = fields.String(required=True, allow_none=True)
    tech_name = fields.String(required=True, allow_none=True)
    bay_name = fields.String(required=True, allow_none=True)
    is_waiting = fields.Boolean(required=True)
    stage = fields.String(required=True, allow_none=True, validate=validate.OneOf(["approval"]))


class WallColumnSchema(Schema):
    """A column of the wall's screen."""

    key = fields.String(required=True, validate=STATUS)
    title = fields.String(required=True)
    cards = fields.List(fields.Nested(WallCardSchema), required=True)


class WallSchema(Schema):
    """What the wall's screen shows; hours are the location's opening hours on its own clock."""

    location_name = fields.String(required=True)
    timezone = fields.String(required=True)
    opens_at = fields.Time(required=True, format="%H:%M")
    closes_at = fields.Time(required=True, format="%H:%M")
    columns = fields.List(fields.Nested(WallColumnSchema), required=True)
