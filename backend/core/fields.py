"""Marshmallow fields and the base schema of every request and response."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

import marshmallow as ma
from marshmallow import fields, validate

from backend.core.money import plain_number
from backend.core.phone import InvalidPhoneError, normalize

# Shops keep no appointments outside these; the bounds keep date arithmetic from overflowing.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
SHORT, LINE, NOTE = 40, 200, 10_000
# A million in the location's currency; more is a typing error, and sums of such stay far inside a bigint.
MOST_CENTS = 1_000_000_00
_TOO_LITTLE = {0: "An amount can't be negative.", 1: "Use an amount above zero."}
_CONTROL = frozenset("\n\t")
# RFC 3339, the offset and the seconds may be left out. Python's own reader is kinder: it overlooks a NUL at the end.
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2}(:\d{2})?)?", re.ASCII
)


# What marshmallow says of a value says what it is not; people want to know what to write.
_WORDS: dict[type["fields.Field[Any]"], dict[str, str]] = {
    fields.Field: {"required": "Please fill this in.", "null": "Please fill this in."},
    fields.String: {"invalid": "Use text."},
    fields.UUID: {"invalid_uuid": "Use an id like 0198c000-0000-7000-8000-000000000000."},
    fields.Number: {"invalid": "Use a number.", "too_large": "Use a smaller number."},
    fields.Integer: {"invalid": "Use a whole number."},
    fields.Boolean: {"invalid": "Use true or false."},
    fields.DateTime: {"invalid": "Use a date and time that exist, like 2026-11-20T14:30:00Z."},
    fields.Date: {"invalid": "Use a date that exists, like 2026-11-20."},
    fields.List: {"invalid": "Use a list."},
    fields.Mapping: {"invalid": "Use an object."},
    fields.Nested: {"type": "Use an object."},
}


def _speak_plainly(field: "fields.Field[Any]") -> None:
    """Give a field and its validators our words, where it has none of its own."""
    for kind in reversed(type(field).__mro__):
        field.error_messages |= _WORDS.get(kind, {})
    for validator in field.validators:
        if isinstance(validator, validate.Length) and validator.error is None:
            unit = "entries" if isinstance(field, fields.List | fields.Mapping) else "characters"
            validator.error = _limits_in_words(validator.min, validator.max, validator.equal, unit)
        elif isinstance(validator, validate.Range) and validator.error is None:
            if validator.min_inclusive and validator.max_inclusive:
                validator.error = _limits_in_words(validator.min, validator.max)
        elif isinstance(validator, validate.OneOf):
            validator.error = validator.error.replace("Must be one of", "Use one of")
    if isinstance(field, fields.List):
        _speak_plainly(field.inner)


def _limits_in_words(least: Any, most: Any, exact: Any = None, unit: str = "") -> str:
    of = f" {unit}" if unit else ""
    if exact is not None:
        return f"Use exactly {exact}{of}."
    if least is None:
        return f"Use at most {most}{of}."
    return f"Use at least {least}{of}." if most is None else f"Use {least} to {most}{of}."


class Schema(ma.Schema):
    """Refuses unknown fields and keeps their order; keys on the wire are camelCase; refusals say what to do."""

    class Meta:
        unknown = ma.RAISE

    error_messages: dict[str, str] = {  # noqa: RUF012  overrides marshmallow's attribute
        "type": "Use an object.",
        "unknown": "Take this out: there is no such field here.",
    }

    def on_bind_field(self, field_name: str, field_obj: "fields.Field[Any]") -> None:
        """Give snake_case fields their camelCase name on the wire, and all their words."""
        _speak_plainly(field_obj)
        if field_obj.data_key is None:
            head, *tail = field_name.split("_")
            field_obj.data_key = head + "".join(part.capitalize() for part in tail)


class Text(fields.String):
    """Text with its outer white space removed, NFC, no control characters, at most `most` characters.

    Empty text means "nothing": None where the field allows it, else an error.
    """

    def __init__(self, *, most: int = LINE, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most
        # Also a validator, so that the limit stands in the OpenAPI document.
        self.validators.append(validate.Length(max=most))
        if not self.allow_none:
            # For the document only: what is empty is told in our own words below.
            self.metadata = {"pattern": r"\S", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        text = unicodedata.normalize("NFC", text).strip()
        if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in _CONTROL for character in text):
            raise ma.ValidationError("Remove the control characters.")
        if not text:
            if self.allow_none:
                return None
            raise ma.ValidationError("Please fill this in.")
        return text

    def _validate(self, value: Any) -> None:
        # Empty text has become None here; validators are about texts.
        if value is not None:
            super()._validate(value)


class Instant(fields.DateTime):
    """ISO 8601 instant; written in UTC with Z. Without an offset it is the location's wall-clock time.

    Routes turn it into UTC with `core.clock.to_instant`; years 2000 to 2099.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise ma.ValidationError("Use a date and time like 2026-11-20T14:30:00Z.")
        moment = super()._deserialize(value.replace(" ", "T", 1), attr, data, **kwargs)
        if not EARLIEST.year <= moment.year < LATEST.year:
            raise ma.ValidationError("Use a year from 2000 to 2099.")
        return moment

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002  overrides
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return value


class DeviceInstant(Instant):
    """An instant that a device tells by its own clock: with its offset, as nobody asks where the device is."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if moment.tzinfo is None:
            raise ma.ValidationError("Add the offset, such as Z.")
        return moment.astimezone(UTC)


class Day(fields.Date):
    """A calendar date of the location, ISO 8601, 2000 to 2099."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise ma.ValidationError("Use a date like 2026-11-20.")
        day = super()._deserialize(value, attr, data, **kwargs)
        if not EARLIEST <= day < LATEST:
            raise ma.ValidationError("Use a year from 2000 to 2099.")
        return day


class Phone(Text):
    """A phone number, kept as E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=SHORT, metadata={"format": "phone"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return None if text is None else normalize(text)
        except InvalidPhoneError as error:
            raise ma.ValidationError("Use 10 digits, or + and the country code.") from error


class Zone(Text):
    """The IANA name of a time zone, such as America/New_York."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=SHORT, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name is not None and name not in available_timezones():
            raise ma.ValidationError("Use the name of a time zone, such as America/New_York.")
        return name


class Flag(fields.Boolean):
    """A JSON true or false; texts and numbers that look like one are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ma.ValidationError("Use true or false.")
        return super()._deserialize(value, attr, data, **kwargs)


class Cents(fields.Integer):
    """An amount of money: a JSON integer of cents, from `least` (0) to `most` (a million in full units).

    What only looks like one is refused, each in words: 12.0, 1e3, true, "12", digits of other scripts.
    """

    def __init__(self, *, least: int = 0, most: int = MOST_CENTS, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=least, max=most), **kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ARG002  overrides
        if not isinstance(value, int) or isinstance(value, bool):
            raise ma.ValidationError("Use a whole number of cents, such as 1250 for 12.50.")
        if value < self.least:
            raise ma.ValidationError(_TOO_LITTLE.get(self.least, f"Use at least {self.least} cents."))
        if value > self.most:
            raise ma.ValidationError(f"Use at most {self.most} cents ({self.most // 100:,} in full).")
        return value


class Exact(fields.String):
    """A number that is not money (hours, a quantity, a rate): text like "1.5", never a float, at most `places` places."""

    def __init__(self, *, places: int, most: int, least: Decimal = Decimal(0), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places, self.most, self.least = places, most, least
        pattern = rf"^\d{{1,{len(str(most))}}}(\.\d{{1,{places}}})?$"
        self.pattern = re.compile(pattern, re.ASCII)
        self.metadata = {"pattern": pattern.replace(r"\d", "[0-9]"), **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:  # noqa: ARG002  overrides
        if not isinstance(value, str) or not self.pattern.fullmatch(value):
            raise ma.ValidationError(f'Use a number as text, such as "1.5", with at most {self.places} decimal places.')
        number = Decimal(value)
        if not self.least <= number <= self.most:
            raise ma.ValidationError(f"Use a number from {self.least} to {self.most}.")
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002  overrides
        return None if value is None else plain_number(value)


class Version(fields.Integer):
    """The version that the caller read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=1, max=2**31 - 1), **kwargs)


class PageQuery(Schema):
    """`limit` (1 to 200, 50 by default) and the `cursor` of the page before."""

    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = fields.String(load_default=None, validate=validate.Length(max=500))
