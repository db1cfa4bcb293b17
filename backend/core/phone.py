"""Phone numbers: E.164 text (ITU-T E.164), made and shown only here."""

from functools import lru_cache

import phonenumbers
from phonenumbers import timezone

from backend.core.errors import RuleViolationError

DEFAULT_REGION = "US"


class InvalidPhoneError(RuleViolationError):
    """422: the text is no dialable number."""

    code = "invalid_phone"


def normalize(text: str, region: str = DEFAULT_REGION) -> str:
    """Return the number as E.164, "+17185550123".

    Numbers without a country code are read as numbers of `region`.

    Raises:
        InvalidPhoneError: not a number that can exist.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    # "Possible" rather than "valid": new area codes come faster than library releases,
    # and 555 numbers of the demo shop are possible without being assigned.
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidPhoneError(
            "This is not a phone number. Use 10 digits, or + and the country code.",
            errors={"phone": ["Use 10 digits, or + and the country code."]},
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digits(text: str) -> str:
    """Return only the digits of `text`, for searching by any part of a number."""
    return "".join(character for character in text if character.isdecimal() and character.isascii())


@lru_cache(maxsize=4096)
def time_zones(phone: str) -> tuple[str, ...]:
    """Return the IANA zones where a number's area code is in use, none where that is not known.

    By the number's first digits alone, whatever its kind: a toll-free one is in dozens of zones. Ported numbers and
    area codes that lie in two zones are why this is one of several hints, never an answer.
    """
    try:
        found = timezone.time_zones_for_geographical_number(phonenumbers.parse(phone, None))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(name for name in found if name != timezone.UNKNOWN_TIMEZONE)


def area_code(phone: str) -> str | None:
    """Return the three digits after +1, None for a number of another numbering plan."""
    return phone[2:5] if phone.startswith("+1") and len(phone) == len("+17185550123") else None


def spoken(text: str) -> str:
    """Return a number as people of its country write it, "(718) 555-0123"; from abroad with the country's code.

    What is no number is returned as it is.
    """
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return text
    at_home = number.country_code == phonenumbers.country_code_for_region(DEFAULT_REGION)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)
