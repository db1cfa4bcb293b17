"""What exports say about themselves."""

from marshmallow import fields

from backend.core.fields import Instant, Schema


class ExportAllowance(Schema):
    """How many exports a person may start now, of `limit` in an hour; `nextAt` is when there will be one more."""

    limit = fields.Integer(required=True)
    remaining = fields.Integer(required=True)
    next_at = Instant(required=True, allow_none=True)
