"""What a prepared text may say, what it becomes for one job, and how long that is on the air."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from backend.consent.rules import Meaning, Purpose, classify
from backend.core.errors import ConflictError, RuleViolationError, invalid_field
from backend.core.money import say_money


class TemplateChannel(StrEnum):
    """How it travels."""

    SMS = "sms"
    EMAIL = "email"


class TemplateCategory(StrEnum):
    """Where it stands in the picker."""

    APPOINTMENT = "appointment"
    STATUS = "status"
    INSPECTION = "inspection"
    ESTIMATE = "estimate"
    PAYMENT = "payment"
    GENERAL = "general"
    MARKETING = "marketing"


# --- variables --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Variable:
    """A name in braces: what it stands for in words, a long but usual example, and whether it tells money."""

    name: str
    words: str
    example: str
    is_money: bool = False


_VARIABLES = (
    Variable("customer_first_name", "the customer's first name", "Christopher"),
    Variable("customer_name", "the customer's name", "Christopher Rodriguez"),
    Variable("shop_name", "the shop's name", "Harbor Auto Brooklyn"),
    Variable("shop_phone", "the shop's phone number", "(718) 555-0100"),
    Variable("shop_address", "the shop's address", "412 Van Brunt St, Brooklyn, NY 11231"),
    Variable("vehicle", "the vehicle", "2018 Chevrolet Silverado 1500"),
    Variable("plate", "the license plate", "ABC-1234"),
    Variable("appointment_day", "the day of the appointment", "Wed, Nov 25"),
    Variable("appointment_time", "the time of the appointment", "10:30 AM"),
    Variable("promised_time", "the promised time", "Wed, Nov 25 at 12:30 PM"),
    Variable("tech_first_name", "the technician's first name", "Alejandro"),
    Variable("order_number", "the order number", "104217"),
    Variable("total", "the total", "$1,284.50", is_money=True),
    Variable("balance", "what is left to pay", "$1,284.50", is_money=True),
    # Made for each message by what sends it, an estimate for instance; a job by itself has none.
    Variable("link", "the link to the customer's page", "https://shop.keytag.example/c/" + 43 * "x"),
)
VARIABLES: Final[Mapping[str, Variable]] = {variable.name: variable for variable in _VARIABLES}
EXAMPLES: Final[Mapping[str, str | None]] = {variable.name: variable.example for variable in _VARIABLES}

# What a job says for each variable, in the words that are sent; None where it says nothing.
Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a job's values are made of: instants aware, money in cents, the zone and currency its location's."""

    zone: ZoneInfo
    currency: str
    shop_name: str
    shop_phone: str | None
    shop_address: str | None
    customer_name: str | None
    vehicle: str | None
    plate: str | None
    tech_name: str | None
    number: int
    starts_at: datetime
    promised_at: datetime | None
    total_cents: int
    paid_cents: int


def values_of(facts: Facts) -> dict[str, str | None]:
    """Return the words for every variable; days and times are the location's.

    A job without work lines has no total yet, so neither total nor balance.
    """
    has_total = facts.total_cents > 0
    left = max(0, facts.total_cents - facts.paid_cents)
    found = {
        "customer_first_name": first_name(facts.customer_name),
        "customer_name": facts.customer_name,
        "shop_name": facts.shop_name,
        "shop_phone": facts.shop_phone,
        "shop_address": facts.shop_address,
        "vehicle": facts.vehicle,
        "plate": facts.plate,
        "appointment_day": say_day(facts.starts_at, facts.zone),
        "appointment_time": say_time(facts.starts_at, facts.zone),
        "promised_time": None if facts.promised_at is None else say_moment(facts.promised_at, facts.zone),
        "tech_first_name": first_name(facts.tech_name),
        "order_number": str(facts.number),
        "total": say_money(facts.total_cents, facts.currency) if has_total else None,
        "balance": say_money(left, facts.currency) if has_total else None,
        "link": None,
    }
    return {name: " ".join(value.split()) or None if value is not None else None for name, value in found.items()}


def tells_money(body: str) -> bool:
    """Tell whether a body has a variable that is money."""
    return any(placeholder.name in VARIABLES and VARIABLES[placeholder.name].is_money for placeholder in parse(body))


def without_money(values: Values) -> dict[str, str | None]:
    """Return the values for somebody who may not see money: its variables stand for themselves, in brackets."""
    return {name: f"[{name}]" if VARIABLES[name].is_money else value for name, value in values.items()}


def first_name(name: str | None) -> str | None:
    """Return what to call a person: "Ana" of "Ana Flores" and of "Flores, Ana"; None for nobody."""
    _, comma, after = (name or "").partition(",")
    words = (after if comma and after.strip() else name or "").split()
    return words[0].strip(",") if words else None


def say_day(instant: datetime, zone: ZoneInfo) -> str:
    """Return a day as people say it, "Fri, Nov 20"."""
    local = instant.astimezone(zone)
    return f"{local:%a, %b} {local.day}"


def say_time(instant: datetime, zone: ZoneInfo) -> str:
    """Return a time of the day as people say it, "10:00 AM"."""
    local = instant.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"  # noqa: PLR2004  noon


def say_moment(instant: datetime, zone: ZoneInfo) -> str:
    """Return day and time, "Fri, Nov 20 at 10:00 AM"."""
    return f"{say_day(instant, zone)} at {say_time(instant, zone)}"


# --- reading and filling ----------------------------------------------------------------------


class MissingValuesError(RuleViolationError):
    """422: the job says nothing for a variable that has no fallback; `missing` lists their names."""

    code = "missing_values"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{name}` or `{name|fallback}` at [start, end) of the body; an empty fallback is one, None is none."""

    name: str
    fallback: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A text for one job; `missing` names the variables, in order, that nothing was found for and that still stand in it."""

    text: str
    missing: tuple[str, ...]


_PLACEHOLDER = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")


def parse(body: str) -> list[Placeholder]:
    """List the variables of a body, in order; names are given as written, known or not."""
    return [
        Placeholder(match[1].strip(), match[2] if match[2] is None else match[2].strip(), match.start(), match.end())
        for match in _PLACEHOLDER.finditer(body)
    ]


def fill(body: str, values: Values) -> Filled:
    """Put values, else fallbacks, into a body. Braces inside a value stand for themselves.

    Where a fallback is empty, the space before it goes as well: "Hi {customer_first_name|}," is "Hi,".
    """
    parts: list[str] = []
    missing: list[str] = []
    at = 0
    for placeholder in parse(body):
        parts.append(body[at : placeholder.start])
        at = placeholder.end
        value = values.get(placeholder.name) or placeholder.fallback
        if value is None:
            value = body[placeholder.start : placeholder.end]
            missing.append(placeholder.name)
        if not value:
            parts[-1] = parts[-1].removesuffix(" ")
        parts.append(value)
    return Filled("".join([*parts, body[at:]]).strip(), tuple(dict.fromkeys(missing)))


def render(body: str, values: Values) -> str:
    """Return the text for one job, before the footer.

    Raises:
        MissingValuesError: a variable without a fallback has no value; the message names each in words.
    """
    filled = fill(body, values)
    if filled.missing:
        raise missing_values(filled.missing)
    return filled.text


def missing_values(names: tuple[str, ...]) -> MissingValuesError:
    """Build the refusal that names what is missing."""
    said = [VARIABLES[name].words if name in VARIABLES else f"“{name}”" for name in names]
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return MissingValuesError(f"This text needs {listed}. Fill that in, or give it other words.", missing=list(names))


# --- what goes on the air ---------------------------------------------------------------------


class Encoding(StrEnum):
    """How the network writes a text; one sign outside GSM-7 makes all of it UCS-2."""

    GSM_7 = "gsm7"
    UCS_2 = "ucs2"


@dataclass(frozen=True, slots=True)
class Segments:
    """How long a text is on the air.

    `characters` are septets of GSM-7 or UTF-16 units of UCS-2; `forced_by` lists the signs, each once, that
    GSM-7 does not have.
    """

    encoding: Encoding
    characters: int
    segments: int
    forced_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacement:
    """A sign and what is sent instead of it, which may be nothing."""

    sign: str
    instead: str


@dataclass(frozen=True, slots=True)
class Transliterated:
    """A text in signs that GSM-7 has, as far as that changes no letter; what was replaced, each once, in order."""

    text: str
    replaced: tuple[Replacement, ...]


# 3GPP TS 23.038 §6.2.1: the basic table, and the extension table whose signs take two septets.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[]~|€\f")
# A text in one piece, and each piece of one in several: their header takes the rest.
ROOM = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}
MOST_SEGMENTS = 3

# Signs of typesetting, which people paste and telephones type; letters are left alone, names are spelled with them.
_INSTEAD = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u202f\u205f\u3000\t" + "".join(map(chr, range(0x2000, 0x200B))), " "),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
    "…": "...",
    "•": "-",
    "·": "-",
    "×": "x",
    "¼": "1/4",
    "½": "1/2",
    "¾": "3/4",
    "‹": "'",
    "›": "'",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u0085": "\n",
}


def transliterate(text: str) -> Transliterated:
    """Replace curly quotes, dashes, ellipses and odd spaces by what GSM-7 has; line ends become one sign."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    found = dict.fromkeys(sign for sign in text if sign in _INSTEAD)
    replaced = tuple(Replacement(sign, _INSTEAD[sign]) for sign in found)
    return Transliterated("".join(_INSTEAD.get(sign, sign) for sign in text), replaced)


def count_segments(text: str) -> Segments:
    """Count a text as it is sent: GSM-7 in 160 or pieces of 153, UCS-2 in 70 or pieces of 67; an empty one is none.

    A sign of two units is never cut by the end of a piece, so a long text may take one more than its length says.
    """
    forced_by = tuple(dict.fromkeys(sign for sign in text if sign not in _BASIC and sign not in _EXTENDED))
    encoding = Encoding.UCS_2 if forced_by else Encoding.GSM_7
    is_double = (lambda sign: ord(sign) > 0xFFFF) if forced_by else _EXTENDED.__contains__  # noqa: PLR2004  the BMP
    widths = [2 if is_double(sign) else 1 for sign in text]
    characters = sum(widths)
    whole, piece = ROOM[encoding]
    if characters <= whole:
        return Segments(encoding, characters, min(characters, 1), forced_by)
    segments, used = 1, 0
    for width in widths:
        if used + width > piece:
            segments, used = segments + 1, 0
        used += width
    return Segments(encoding, characters, segments, forced_by)


# The words that the CTIA's messaging principles and the providers ask for, and the keyword that they honour.
FOOTER = "Reply STOP to opt out"
FOOTER_EVERY = timedelta(days=30)


def needs_footer(last_footer_at: datetime | None, *, purpose: Purpose, now: datetime) -> bool:
    """Tell whether a text to a number says how to opt out: the first one, every advertising one, else every 30 days.

    `last_footer_at` is when a text with the footer was last sent to that number, None for never.
    """
    if last_footer_at is None or purpose is Purpose.MARKETING:
        return True
    return now - last_footer_at >= FOOTER_EVERY


def with_footer(text: str) -> str:
    """Return a text that ends in how to opt out; one that says so already stays as it is."""
    return text if has_footer(text) else f"{text.rstrip()}\n{FOOTER}"


def has_footer(text: str) -> bool:
    """Tell whether a text says how to opt out in our words."""
    return FOOTER.casefold() in text.casefold()


def with_shop_name(text: str, shop_name: str) -> str:
    """Return a text that begins with who writes; one that does stays as it is.

    The name is written in plain signs: the dash in one would make every text UCS-2.
    """
    plain = transliterate(shop_name).text
    begins = transliterate(text).text.casefold().startswith(plain.casefold())
    return text if begins else f"{plain}: {text}"


@dataclass(frozen=True, slots=True)
class Finished:
    """A text as it goes out, how long that is, and which signs were replaced."""

    text: str
    segments: Segments
    replaced: tuple[Replacement, ...]


def finish(text: str, *, footer: bool, shop_name: str | None = None) -> Finished:
    """Return a filled text as it goes out: who writes (`shop_name`, where that is said), plain signs, the footer."""
    named = text if shop_name is None else with_shop_name(text, shop_name)
    plain = transliterate(named)
    whole = with_footer(plain.text) if footer else plain.text
    return Finished(whole, count_segments(whole), plain.replaced)


# --- the linter -------------------------------------------------------------------------------


class FindingCode(StrEnum):
    """What is wrong with a text."""

    CONTROL_CHARACTER = "control_character"
    EMPTY = "empty"
    FOREIGN_LINK = "foreign_link"
    INVITES_KEYWORD = "invites_keyword"
    TOO_LONG = "too_long"
    UNKNOWN_VARIABLE = "unknown_variable"
    UNREADABLE_BRACES = "unreadable_braces"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that keeps a text from being used: what was found, at [start, end), and what to write instead.

    `hint` is the nearest variable, the keyword that a reply would be, our own host, or the most segments.
    `field` is body or subject.
    """

    code: FindingCode
    found: str
    hint: str | None
    start: int
    end: int
    field: str = "body"


class TemplateRefusedError(RuleViolationError):
    """422: the linter found something; `findings` say what and where."""

    code = "template_refused"


class TemplateNameTakenError(ConflictError):
    """409: another template of the location and channel is called so."""

    code = "template_name_taken"


class TemplateInUseError(ConflictError):
    """409: the location sends it by itself; `triggers` say when."""

    code = "template_in_use"


def check_kind(category: TemplateCategory, channel: TemplateChannel, purpose: Purpose, subject: str | None) -> None:
    """Refuse a template whose category and purpose, or whose channel and subject, don't agree.

    Raises:
        RuleViolationError: with the field to correct.
    """
    if (category is TemplateCategory.MARKETING) != (purpose is Purpose.MARKETING):
        raise invalid_field("purpose", "Advertising is in the category marketing, and nothing else is.")
    if channel is TemplateChannel.EMAIL and subject is None:
        raise invalid_field("subject", "An email needs a subject.")
    if channel is TemplateChannel.SMS and subject is not None:
        raise invalid_field("subject", "A text has no subject.")


# What a network, the provider or we read as a command when it comes as a reply.
REPLY_KEYWORDS = (
    "stop all", "stopall", "stop", "unsubscribe", "cancel", "end", "quit", "revoke", "opt out", "opt-out", "optout",
    "remove", "alto", "parar", "pare", "no más", "no mas", "cancelar", "start", "unstop", "yes", "help", "info",
)  # fmt: skip
_KEYWORD = "|".join(re.escape(keyword) for keyword in REPLY_KEYWORDS)
_QUOTE = r"[\"'“”‘’«»*]"
_ASKS = (
    r"\b(?:reply|replies|replying|text|texting|txt|send|sending|respond|responding|answer|answering|write|writing|type|typing|"
    r"say|saying|message|press|tap|confirm|approve|responda|responde|responder|"
    r"conteste|contesta|env[íi][ea]|enviar|mande|manda|escriba|escribe|diga)\b"
)
_FILLER = rf"(?:\s+(?:back|us|me|with|by|just|a|the|word|text|message|con|la|el|palabra|nos|por))*[\s:]+{_QUOTE}?"
# "Reply cancel to …", "text the word 'STOP'", "Responda ALTO": the word follows what asks for it, and ends there.
_ASKED_FOR = re.compile(
    rf"{_ASKS}{_FILLER}(?P<keyword>{_KEYWORD})(?={_QUOTE}|"
    r"\s+(?:to|for|if|and|or|when|before|by|please|thanks|para|si|y|o|now|here|at|a)\b|"
    rf"\s*(?:[.,;:!?/)\-–—\n]|$))",
    re.IGNORECASE,
)  # fmt: skip
# "… or CANCEL to cancel", "YES = approve": capitals that are told what they do, wherever they stand.
_OFFERED = re.compile(
    rf"(?<![\w-]){_QUOTE}?(?P<keyword>{'|'.join(re.escape(keyword.upper()) for keyword in REPLY_KEYWORDS)}){_QUOTE}?"
    r"(?=\s+(?:to|for|if|para|si)\b|\s*[=:])"
)
# Capitals in the same sentence as what asks for a reply: "Reply Y or CANCEL."
_SENTENCE_ASKS = re.compile(rf"{_ASKS}[^.!?\n]*", re.IGNORECASE)
_CAPITALS = re.compile(
    rf"(?<![\w-])(?P<keyword>{'|'.join(re.escape(keyword.upper()) for keyword in REPLY_KEYWORDS)})(?![\w-])"
)
# "Is that all right? Yes or no", "YES/NO": a choice is an invitation, whoever asks for it and in whatever letters.
_CHOICE = re.compile(
    rf"\b(?P<keyword>yes){_QUOTE}?\s*(?:,?\s*\bor\b|/|\||&|\band\b)\s*(?:an?\s+)?{_QUOTE}?no\b|"
    rf"\bno{_QUOTE}?\s*(?:,?\s*\bor\b|/|\|)\s*(?:an?\s+)?{_QUOTE}?(?P<other>yes)\b",
    re.IGNORECASE,
)
# "Give us a YES": in capitals within a sentence it is the word to send; at its beginning it may be joy.
_SHOUTED = re.compile(r"(?<=[\w,;:(\"'“‘] )[\"'“”‘’(*]?(?P<keyword>YES)\b")
# "Reply BAJA …": whatever word is asked for in capitals or quotes, if a reply of it alone is read as a command.
_ASKED_WORD = re.compile(rf"(?i:{_ASKS}{_FILLER})(?P<keyword>(?<={_QUOTE})[\w-]+|[A-ZÁÉÍÓÚÑ-]{{2,}}\b)")
_COMMANDS = frozenset({Meaning.OPT_OUT, Meaning.OPT_OUT_CANCEL, Meaning.OPT_IN, Meaning.HELP})
_OWN_FOOTER = re.compile(re.escape(FOOTER) + r"\b", re.IGNORECASE)

# Endings that telephones make a link of without a scheme. The list is of the usual ones; with a scheme any is a link.
_ENDINGS = (
    "com|net|org|info|biz|us|co|io|me|ly|app|link|shop|site|online|store|xyz|top|page|gl|gd|to|be|cc|tv|ai|dev|edu|gov"
)
_LINK = re.compile(
    rf"[a-z][a-z0-9+.-]*://[^\s{{}}<>\"]+|\bwww\.[^\s{{}}<>\"]+|"
    rf"(?<![@\w.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_ENDINGS})\b(?![@\w-])(?::\d+)?(?:/[^\s{{}}<>\"]*)?",
    re.IGNORECASE,
)
# Signs that turn the direction of what follows, or end a text for programs in C.
_HIDDEN = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def lint_template(body: str, subject: str | None, *, host: str, channel: TemplateChannel) -> list[Finding]:
    """List what keeps a template from being used: its subject's findings, then its body's."""
    of_subject = [] if subject is None else lint(subject, host=host, channel=TemplateChannel.EMAIL)
    return [*(replace(one, field="subject") for one in of_subject), *lint(body, host=host, channel=channel)]


def lint(body: str, *, host: str, channel: TemplateChannel = TemplateChannel.SMS) -> list[Finding]:
    """List what keeps a body, or a finished text, from being sent, by place; empty when it is fine.

    `host` is our own, the only one that links may lead to. Length and invitations are asked of texts only, length
    with usual values, the shop's name and the footer.
    """
    if not body.strip():
        return [Finding(FindingCode.EMPTY, "", None, 0, len(body))]
    found = [*_lint_signs(body), *_lint_braces(body), *_lint_links(body, host)]
    if channel is TemplateChannel.SMS:
        found += _lint_invitations(body)
        found += _lint_length(body)
    return sorted(found, key=lambda finding: (finding.start, finding.end, finding.code))


def refused(findings: list[Finding]) -> TemplateRefusedError:
    """Build the refusal for findings."""
    return TemplateRefusedError(
        "This text can't be used as it is; what is marked needs other words.",
        findings=[
            {
                "code": one.code,
                "found": one.found,
                "hint": one.hint,
                "start": one.start,
                "end": one.end,
                "field": one.field,
            }
            for one in findings
        ],
    )


def _lint_signs(body: str) -> Iterator[Finding]:
    for at, sign in enumerate(body):
        if sign in _HIDDEN or (unicodedata.category(sign) in {"Cc", "Cs", "Co"} and sign not in "\n\r\t"):
            yield Finding(FindingCode.CONTROL_CHARACTER, f"U+{ord(sign):04X}", None, at, at + 1)


def _lint_braces(body: str) -> Iterator[Finding]:
    inside = [(placeholder.start, placeholder.end) for placeholder in parse(body)]
    for at, sign in enumerate(body):
        if sign in "{}" and not any(start <= at < end for start, end in inside):
            yield Finding(FindingCode.UNREADABLE_BRACES, sign, None, at, at + 1)
    for placeholder in parse(body):
        if placeholder.name not in VARIABLES:
            nearest = difflib.get_close_matches(placeholder.name.casefold(), VARIABLES, n=1, cutoff=0.5)
            hint = nearest[0] if nearest else None
            yield Finding(FindingCode.UNKNOWN_VARIABLE, placeholder.name, hint, placeholder.start, placeholder.end)


def _lint_links(body: str, host: str) -> Iterator[Finding]:
    for match in _LINK.finditer(body):
        text = match[0].rstrip(".,;:!?)'")
        try:
            leads_to = urlsplit(text if "://" in text else f"https://{text}").hostname
        except ValueError:
            leads_to = None
        if leads_to is None or leads_to.casefold() != host.casefold():
            yield Finding(FindingCode.FOREIGN_LINK, text, host, match.start(), match.start() + len(text))


def _lint_invitations(body: str) -> Iterator[Finding]:
    legal = [(match.start(), match.end()) for match in _OWN_FOOTER.finditer(body)]
    seen: set[int] = set()
    sentences = [(sentence.start(), sentence.end()) for sentence in _SENTENCE_ASKS.finditer(body)]
    hits = [*_ASKED_FOR.finditer(body), *_OFFERED.finditer(body), *_CHOICE.finditer(body), *_SHOUTED.finditer(body)]
    hits += [
        match
        for match in _ASKED_WORD.finditer(body)
        if classify(match["keyword"], is_revoked=True).meaning in _COMMANDS
    ]
    hits += [match for start, end in sentences for match in _CAPITALS.finditer(body, start, end)]
    for match in hits:
        name = "keyword" if match["keyword"] else "other"
        at, end = match.span(name)
        if at in seen or any(start <= at < stop for start, stop in legal):
            continue
        seen.add(at)
        yield Finding(FindingCode.INVITES_KEYWORD, match[name], match[name].upper(), at, end)


def _lint_length(body: str) -> Iterator[Finding]:
    needed = finish(fill(body, EXAMPLES).text, footer=True, shop_name=EXAMPLES["shop_name"]).segments.segments
    if needed > MOST_SEGMENTS:
        yield Finding(FindingCode.TOO_LONG, str(needed), str(MOST_SEGMENTS), 0, len(body))
