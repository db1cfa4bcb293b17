"""Names: what compares equal; and what two customers become when they are merged."""

import re
import unicodedata
from typing import Literal

from backend.core.errors import RuleViolationError, invalid_field

# --- names ----------------------------------------------------------------------------------

# Letters that Unicode does not decompose into a base letter and a mark.
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ŧ": "t"}
)
# "O'Brien" is found as "obrien": apostrophes vanish, other punctuation separates words.
_APOSTROPHES = "'\u2018\u2019\u02bc`\u00b4"
_SEPARATORS = re.compile(r"[\W_]+")


def tidy_name(text: str) -> str:
    """Return a name on one line with single spaces."""
    return " ".join(text.split())


def name_key(name: str, company: str | None = None) -> str:
    """Return a name, and the company behind it, as search compares it: folded case and accents, words by one space."""
    text = f"{name} {company}" if company else name
    for apostrophe in _APOSTROPHES:
        text = text.replace(apostrophe, "")
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(character for character in text if not unicodedata.combining(character))
    return _SEPARATORS.sub(" ", text.translate(_UNDECOMPOSED)).strip()


# --- visitors ---------------------------------------------------------------------------------


def not_on_file(field: str) -> RuleViolationError:
    """Build the refusal of `customer_id` or `vehicle_id` when it names nobody on file."""
    what = field.removesuffix("_id")
    return invalid_field(f"{what}Id", f"This {what} is not on file any more.")


# --- merging ----------------------------------------------------------------------------------

MergeChoice = Literal["keep", "take"]

# What people edit of a customer, and what a merge chooses between two.
CUSTOMER_FIELDS = ("name", "company", "phone", "email", "timezone", "notes")


def takes_field(kept: str | None, offered: str | None, choice: MergeChoice | None) -> bool:
    """True when the survivor gets the duplicate's value: by choice, or where it has none of its own."""
    if choice is None:
        return kept is None and offered is not None
    return choice == "take"
