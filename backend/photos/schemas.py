"""What photos look like on the wire."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from backend.core.fields import Instant, Schema, Version
from backend.photos.rules import MAXIMUM_BYTES, Mark

MOST_ANNOTATIONS = 20
_MARK = validate.OneOf([mark.value for mark in Mark])


class Share(fields.Float):
    """A fraction of the picture's width or height: a JSON number from 0 to 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(min=0, max=1), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ma.ValidationError("Use a number from 0 to 1.")
        return float(super()._deserialize(value, attr, data, **kwargs))


class Annotation(Schema):
    """An arrow from (x1, y1) to its tip (x2, y2), or a circle between two corners."""

    kind = fields.String(required=True, validate=_MARK)
    x1 = Share(required=True)
    y1 = Share(required=True)
    x2 = Share(required=True)
    y2 = Share(required=True)


class PhotoBegin(Schema):
    """A photo to upload: its id is the client's, `contentHash` the SHA-256 of its bytes in hexadecimal digits."""

    id = fields.UUID(required=True)
    byte_count = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, max=MAXIMUM_BYTES, error="A photo has at most 10 MiB."),
    )
    content_hash = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9a-f]{64}\Z", error="Use the SHA-256 as 64 hexadecimal digits."),
        metadata={"pattern": "^[0-9a-f]{64}$"},
    )


class PhotoChange(Schema):
    """What is drawn on a photo, as a whole. `version` is the one you read."""

    annotations = fields.List(fields.Nested(Annotation), required=True, validate=validate.Length(max=MOST_ANNOTATIONS))
    version = Version()


class ReceivedSchema(Schema):
    """How many bytes of an upload are here without a gap; go on from there."""

    id = fields.UUID(required=True)
    received = fields.Integer(required=True)
    stored_at = Instant(required=True, allow_none=True)


class PhotoSchema(ReceivedSchema):
    """A photo; `url` and `thumbnailUrl` show it for half an hour at least, and are null until it is stored."""

    item_id = fields.UUID(required=True)
    byte_count = fields.Integer(required=True)
    content_hash = fields.String(required=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    annotations = fields.List(fields.Nested(Annotation), required=True)
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    url = fields.String(required=True, allow_none=True)
    thumbnail_url = fields.String(required=True, allow_none=True)
