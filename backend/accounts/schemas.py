"""What sign-in and user administration look like on the wire."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from backend.accounts.permissions import Role
from backend.accounts.rules import MAXIMUM_PASSWORD_LENGTH, PIN_LENGTH, PIN_MOST, Switchable
from backend.core.fields import LINE, Flag, Instant, PageQuery, Schema, Text, Version

ROLE = validate.OneOf([role.value for role in Role])


class Email(Text):
    """An email address, lower case."""

    def __init__(self, **kwargs: Any) -> None:
        # A word of our own where "" is welcome and means none.
        word = "email-or-empty" if kwargs.get("allow_none") else "email"
        super().__init__(most=254, metadata={"format": word}, **kwargs)
        self.validators.append(validate.Email(error="Use an address like name@example.com."))

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return None if text is None else text.lower()


def _password(**kwargs: Any) -> fields.String:
    return fields.String(
        required=True, load_only=True, validate=validate.Length(min=1, max=MAXIMUM_PASSWORD_LENGTH), **kwargs
    )


class LoginSchema(Schema):
    """An email and a password; the address is not checked for form, only for being somebody's."""

    email = Text(most=254, required=True)
    password = _password()


class TokenSchema(Schema):
    """An access token for scripts: send it as `Authorization: Bearer …`; `expiresIn` is seconds."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class PasswordChangeSchema(Schema):
    """The present and the new password."""

    current_password = _password()
    new_password = _password()


PIN = validate.Regexp(rf"^[0-9]{{{PIN_LENGTH},{PIN_MOST}}}\Z", error=f"Use {PIN_LENGTH} to {PIN_MOST} digits.")


class PinChangeSchema(Schema):
    """The present password and the new PIN, six to twelve digits."""

    current_password = _password()
    pin = fields.String(required=True, load_only=True, validate=PIN)


class MeUserSchema(Schema):
    """The signed-in person."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True, validate=ROLE)


class MeLocationSchema(Schema):
    """A location that people can work at; `timezone` is an IANA name."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    timezone = fields.String(required=True)


class AssignableLocationList(Schema):
    """Every location that a user can be given, by name."""

    items = fields.List(fields.Nested(MeLocationSchema), required=True)


class FlagsSchema(Schema):
    """Which features this installation has on."""

    messaging = fields.Boolean(required=True)
    payments = fields.Boolean(required=True)
    payments_online = fields.Boolean(required=True)
    inspections = fields.Boolean(required=True)
    command_palette = fields.Boolean(required=True)
    brand_theming = fields.Boolean(required=True)


class BrandSchema(Schema):
    """The shop's name and colour."""

    name = fields.String(required=True)
    color = fields.String(required=True)


class SwitchedOffSchema(Schema):
    """A feature that somebody switched off while everything runs: which, who, since when and why."""

    name = fields.String(required=True, validate=validate.OneOf([name.value for name in Switchable]))
    by = fields.String(required=True)
    since = Instant(required=True)
    reason = fields.String(required=True)


class MeSchema(Schema):
    """Who is signed in, what they may do and where; `onTablet`: with a PIN, on a shared tablet.

    `switchedOff` tells those who read texts whose doing it is that a flag is off.
    """

    user = fields.Nested(MeUserSchema, required=True)
    permissions = fields.List(fields.String(), required=True)
    on_tablet = fields.Boolean(required=True)
    has_pin = fields.Boolean(required=True)
    flags = fields.Nested(FlagsSchema, required=True)
    switched_off = fields.List(fields.Nested(SwitchedOffSchema), required=True)
    locations = fields.List(fields.Nested(MeLocationSchema), required=True)
    brand = fields.Nested(BrandSchema, required=True)
    version = fields.String(required=True)


class DemoLoginSchema(Schema):
    """A demonstration account."""

    role = fields.String(required=True)
    email = fields.String(required=True)


class DemoSchema(Schema):
    """The demonstration shop's accounts; only where demo data is on."""

    logins = fields.List(fields.Nested(DemoLoginSchema), required=True)
    password = fields.String(required=True)
    pin = fields.String(required=True, metadata={"description": "Opens a paired tablet."})


class AppSchema(Schema):
    """What the sign-in page needs to know."""

    brand = fields.Nested(BrandSchema, required=True)
    demo = fields.Nested(DemoSchema, required=True, allow_none=True)
    version = fields.String(required=True)


class UserQuery(PageQuery):
    """Which users to list."""

    role = fields.String(load_default=None, validate=ROLE)
    location_id = fields.UUID(load_default=None)
    q = Text(load_default=None, allow_none=True)
    is_active = fields.Boolean(load_default=None)


class UserSchema(Schema):
    """A user; `email`, `version`, `lastSeenAt` and `isPinLocked` only for those who manage users."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, validate=ROLE)
    color = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    location_ids = fields.List(fields.UUID(), required=True)
    email = fields.String()
    version = fields.Integer()
    last_seen_at = Instant(allow_none=True)
    is_pin_locked = fields.Boolean(metadata={"description": "Too many wrong PINs: a new PIN opens tablets again."})
    temporary_password = fields.String(metadata={"description": "Shown once, to hand over."})


class UserPage(Schema):
    """A page of users by name."""

    items = fields.List(fields.Nested(UserSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


COLOR = validate.Regexp(r"^#[0-9a-fA-F]{6}\Z", error="Use a colour like #1d4ed8.")


class UserCreate(Schema):
    """A user to add; without a password a temporary one is made and returned once."""

    name = Text(required=True, most=100)
    email = Email(required=True)
    role = fields.String(required=True, validate=ROLE)
    location_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=500, error="Choose at least one location.")
    )
    password = fields.String(load_only=True, validate=validate.Length(min=1, max=MAXIMUM_PASSWORD_LENGTH))
    color = fields.String(validate=COLOR)


class UserPatch(Schema):
    """What to change of a user; `version` is the one you read."""

    name = Text(most=100)
    role = fields.String(validate=ROLE)
    is_active = Flag()
    location_ids = fields.List(
        fields.UUID(), validate=validate.Length(min=1, max=500, error="Choose at least one location.")
    )
    color = fields.String(validate=COLOR)
    version = Version()


class TemporaryPasswordSchema(Schema):
    """A password to hand over; it is not kept anywhere readable."""

    temporary_password = fields.String(required=True)


class PermissionRowSchema(Schema):
    """A line of the permission matrix."""

    key = fields.String(required=True)
    description = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class PermissionMatrixSchema(Schema):
    """Who may do what."""

    roles = fields.List(fields.String(), required=True)
    permissions = fields.List(fields.Nested(PermissionRowSchema), required=True)


class SwitchChange(Schema):
    """Whether a feature is on from now on; off needs a reason."""

    is_on = Flag(required=True)
    reason = Text(most=LINE, load_default=None, allow_none=True)


class SwitchSchema(Schema):
    """A feature's switch. `isInstalled` false: the environment has it off, and it stays off."""

    name = fields.String(required=True, validate=validate.OneOf([name.value for name in Switchable]))
    is_on = fields.Boolean(required=True)
    is_installed = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    changed_at = Instant(required=True, allow_none=True)
    changed_by = fields.String(required=True, allow_none=True)


class SwitchList(Schema):
    """Every switch."""

    items = fields.List(fields.Nested(SwitchSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
