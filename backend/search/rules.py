"""What a search text may mean: a name, a phone number, a plate, a VIN, an email address."""

import re
from dataclasses import dataclass

from backend.core.phone import digits
from backend.customers.rules import name_key
from backend.vehicles.rules import plate_in, vin_in

SHORTEST_PHONE_PART = 3
SHORTEST_EMAIL_PART = 3
SHORTEST_SIMILAR = 3
# More words or longer ones than people's names have only cost time.
MOST_WORDS = 5
LONGEST_SWAP_WORD = 12
_PHONE_TEXT = re.compile(r"[0-9+().\-/ \u2011\u2013\u00a0]+")
_EMAIL_TEXT = re.compile(r"[a-z0-9.!#$%&'*+/=?^_{|}~@-]+")


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """The readings of a search text; None where it can't be that.

    `similar` is what to compare names with when typing errors are allowed; `swapped` are its
    words with two neighbouring letters swapped, the error that trigrams see worst.
    """

    name: str | None
    words: tuple[str, ...]
    similar: str | None
    swapped: tuple[str, ...]
    phone: str | None
    plate: str | None
    vin: str | None
    email: str | None


def search_terms(text: str) -> SearchTerms:
    """Read a search text as a name, part of a phone number, plate, VIN tail and start of an email address."""
    name = name_key(text)
    is_name = any(character.isalpha() for character in name)
    words = tuple(name.split()[:MOST_WORDS]) if is_name else ()
    # Words with digits are plates and house numbers, two letters resemble too much, addresses nothing.
    resembling = tuple(word for word in words if word.isalpha() and len(word) >= SHORTEST_SIMILAR and "@" not in text)
    number = digits(text)
    address = text.strip().lower()
    return SearchTerms(
        name=" ".join(words) or None,
        words=words,
        similar=" ".join(resembling) or None,
        swapped=_swaps(resembling),
        phone=number if len(number) >= SHORTEST_PHONE_PART and _PHONE_TEXT.fullmatch(text) else None,
        plate=plate_in(text),
        vin=vin_in(text),
        email=address if len(address) >= SHORTEST_EMAIL_PART and _EMAIL_TEXT.fullmatch(address) else None,
    )


def _swaps(words: tuple[str, ...]) -> tuple[str, ...]:
    """List the words with each pair of neighbouring letters swapped, the first and last pair too."""
    found: list[str] = []
    for word in words:
        if SHORTEST_SIMILAR < len(word) <= LONGEST_SWAP_WORD:  # shorter ones become other names
            for place in range(len(word) - 1):
                swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
                if swapped != word and swapped not in found:
                    found.append(swapped)
    return tuple(found)
