"""What devices look like on the wire."""

from marshmallow import fields, validate

from backend.accounts.schemas import PIN
from backend.core.fields import SHORT, Instant, PageQuery, Schema, Text
from backend.devices.rules import DeviceKind

NAME = 60
_KIND = validate.OneOf([kind.value for kind in DeviceKind])


class DeviceQuery(PageQuery):
    """Which devices to list; those of all one's locations by default."""

    location_id = fields.UUID(load_default=None)


class DeviceCreate(Schema):
    """A device to pair."""

    location_id = fields.UUID(required=True)
    kind = fields.String(load_default=DeviceKind.WALLBOARD.value, validate=_KIND)
    name = Text(most=NAME, required=True)


class DeviceSchema(Schema):
    """A device; `codeExpiresAt` is set while a code waits for it, `inUseBy` while somebody's PIN has it open."""

    id = fields.UUID(required=True)
    location_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=_KIND)
    name = fields.String(required=True)
    code_expires_at = Instant(required=True, allow_none=True)
    paired_at = Instant(required=True, allow_none=True)
    last_seen_at = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)
    in_use_by = fields.String(required=True, allow_none=True)


class DevicePage(Schema):
    """A page of devices by name."""

    items = fields.List(fields.Nested(DeviceSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DeviceCodeSchema(Schema):
    """A pairing code, told this once; it works once, until `expiresAt`."""

    device_id = fields.UUID(required=True)
    code = fields.String(required=True)
    expires_at = Instant(required=True)


class PairingSchema(Schema):
    """The code as a person typed it, spaces, dashes and small letters are fine; and what the page that asked for it makes of a browser."""

    code = Text(most=SHORT, required=True)
    kind = fields.String(required=True, validate=_KIND)


class TabletEnterSchema(Schema):
    """Who, and their PIN."""

    user_id = fields.UUID(required=True)
    pin = fields.String(required=True, load_only=True, validate=PIN)


class ColleagueSchema(Schema):
    """A person who may open the tablet; `isLocked`: only the full sign-in helps."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    color = fields.String(required=True, allow_none=True)
    has_pin = fields.Boolean(required=True)
    is_locked = fields.Boolean(required=True)


class TabletSchema(Schema):
    """A paired tablet and who may open it; it locks itself after `idleSeconds` without a touch."""

    name = fields.String(required=True)
    location_id = fields.UUID(required=True)
    location_name = fields.String(required=True)
    idle_seconds = fields.Integer(required=True)
    items = fields.List(fields.Nested(ColleagueSchema), required=True)


class TabletOpenedSchema(Schema):
    """Who the tablet is now; it stays open to them until `expiresAt` at the latest while it is heard of each hour."""

    user_id = fields.UUID(required=True)
    name = fields.String(required=True)
    location_id = fields.UUID(required=True)
    expires_at = Instant(required=True)
    idle_seconds = fields.Integer(required=True)


class PairedDeviceSchema(Schema):
    """What this browser now is."""

    kind = fields.String(required=True, validate=_KIND)
    name = fields.String(required=True)
