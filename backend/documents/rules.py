"""What papers show: frozen JSON with its dates, phones and hashes as they are printed. The words stand in the templates."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from backend.core.phone import spoken
from backend.settings import DEFAULT_BRAND_COLOR, DEFAULT_BRAND_NAME, Settings


class PaperKind(StrEnum):
    """A paper; the value is its template's name."""

    ESTIMATE = "estimate"
    WORK_ORDER = "work-order"
    INVOICE = "invoice"
    RECEIPT = "receipt"
    EVIDENCE = "evidence"
    STATEMENT = "statement"
    DAY_CLOSE = "day-close"


class PaperSize(StrEnum):
    """The sheet."""

    LETTER = "letter"
    A4 = "a4"


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose papers these are; without a name of its own a paper bears the location's alone."""

    name: str | None
    color: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """A version of an estimate or invoice as it was kept."""

    version_no: int
    document_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """How a job stands by now; `person` and `method` are who said so, and how."""

    name: str
    approval: str
    decided_at: datetime | None
    reason: str | None
    deferred_until: date | None
    total_cents: int
    person: str | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Authorization:
    """An approval that an invoice rests on; by phone with the number and what was read out."""

    job_name: str
    amount_cents: int
    method: str
    said_at: datetime
    person: str | None
    phone: str | None
    added_parts_cents: int | None
    added_labor_cents: int | None
    new_total_cents: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry."""

    kind: str
    method: str
    amount_cents: int
    is_deposit: bool
    reference: str | None
    day: date


# Nobody needs these on a paper, and some would turn the digits of an amount around.
_UNPRINTABLE = frozenset({"Cc", "Cn", "Co", "Cs"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Longer than any word: text without a space, which would run over its column.
_UNBROKEN = re.compile(r"\S{33,}")
_PIECE = 24
# WCAG's contrast with white that small text needs.
_READABLE = 4.5
_INK = "#14181f"
_HASH_TAIL = 12


def printable(value: Any) -> Any:
    """Return JSON whose texts can be printed: without control characters, and with breaks inside endless words."""
    if isinstance(value, str):
        return _printable_text(value)
    if isinstance(value, Mapping):
        return {str(name): printable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable(inner) for inner in value]
    return value


def _printable_text(text: str) -> str:
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", text.replace("\t", " "))
        if character == "\n" or (unicodedata.category(character) not in _UNPRINTABLE and character not in _TURNING)
    )
    return _UNBROKEN.sub(
        lambda found: "\u200b".join(found[0][at : at + _PIECE] for at in range(0, len(found[0]), _PIECE)), kept
    )


def brand_of(settings: Settings) -> Brand:
    """Return the installation's brand; its name only where it is one of its own."""
    color = settings.brand_color if settings.flags.brand_theming else DEFAULT_BRAND_COLOR
    return Brand(None if settings.brand_name == DEFAULT_BRAND_NAME else settings.brand_name, color)


def readable_color(color: str) -> str:
    """Return a brand's colour, or ink where it would be too faint on white paper."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        return _INK
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return color if 1.05 / (luminance + 0.05) >= _READABLE else _INK


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  WCAG's own figures


def day_text(day: date | str | None) -> str | None:
    """Return a date as it is written in a letter, "Nov 20, 2026"."""
    if day is None:
        return None
    when = day if isinstance(day, date) else date.fromisoformat(day)
    return f"{when:%b} {when.day}, {when.year}"


def instant_text(instant: datetime | str | None, zone: ZoneInfo) -> str | None:
    """Return an instant as the location's clock showed it, "Nov 20, 2026, 2:30 PM EST"."""
    if instant is None:
        return None
    moment = instant if isinstance(instant, datetime) else datetime.fromisoformat(instant)
    local = moment.astimezone(zone)
    return f"{day_text(local.date())}, {local.hour % 12 or 12}:{local:%M %p} {local.tzname()}"


def spaced_hash(digest: str) -> str:
    """Return a hash in groups of 16 signs, which an eye can compare."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))


# --- the papers of a visit ------------------------------------------------------------------------


def estimate_content(
    document: Mapping[str, Any],
    frozen: Frozen | None,
    *,
    opened_at: datetime | None,
    decisions: Iterable[Decision],
    now: datetime,
) -> dict[str, Any]:
    """Return an estimate as it was shown, with what was decided since; without a version it is a draft."""
    zone = _zone(document)
    return {
        **_page(document, "Estimate", f"version {frozen.version_no}" if frozen else "not sent", frozen, now),
        **_work(document),
        "stamp": None if frozen else "DRAFT",
        "madeAt": instant_text(frozen.at if frozen else now, zone),
        "openedAt": instant_text(opened_at, zone),
        "decisions": [
            {
                "name": one.name,
                "approval": one.approval,
                "on": None if one.decided_at is None else day_text(one.decided_at.astimezone(zone).date()),
                "reason": one.reason,
                "deferredUntil": day_text(one.deferred_until),
                "totalCents": one.total_cents,
                "person": one.person,
                "method": one.method,
            }
            for one in decisions
        ],
    }


def work_order_content(
    document: Mapping[str, Any], *, notes: str | None, version: int, now: datetime
) -> dict[str, Any]:
    """Return what a technician needs; no amount of money leaves this function."""
    return {
        **_page(document, "Work order", f"version {version}", None, now),
        "notes": notes,
        "jobs": [
            {
                **{name: job[name] for name in ("name", "description", "approval")},
                "lines": [
                    {name: line[name] for name in ("kind", "name", "quantity", "hours")}
                    for line in job["lines"]
                    if line["kind"] != "fee"
                ],
            }
            for job in document["jobs"]
            if is_charged(job)
        ],
    }


def invoice_content(
    document: Mapping[str, Any],
    frozen: Frozen | None,
    *,
    number: int | None,
    next_version: int = 1,
    reversed_on: date | None = None,
    payments: Iterable[Entry],
    authorizations: Iterable[Authorization] = (),
    now: datetime,
) -> dict[str, Any]:
    """Return an invoice as it was frozen, with the payments by now; what is not issued, or unlocked, is a draft.

    It says by whose word each job was done, and what was declined: 16 CCR §3353 and §3356 ask for both.
    """
    version = f"version {frozen.version_no}" if frozen else f"draft of version {next_version}"
    zone = _zone(document)
    return {
        # Its whole hash stands at the end: no page needs the tail of it.
        **_page(document, f"Invoice {number}" if number else "Invoice", version, None, now),
        **_work({**document, "jobs": [job for job in document["jobs"] if is_charged(job)]}),
        "stamp": "DRAFT" if frozen is None else "REVERSED" if reversed_on else None,
        "issuedAt": instant_text(frozen.at, zone) if frozen else None,
        "reversedOn": day_text(reversed_on),
        "authorizations": [
            {
                "jobName": one.job_name,
                "amountCents": one.amount_cents,
                "method": one.method,
                "saidAt": instant_text(one.said_at, zone),
                "person": one.person,
                "phone": _phone(one.phone),
                "addedPartsCents": one.added_parts_cents,
                "addedLaborCents": one.added_labor_cents,
                "newTotalCents": one.new_total_cents,
            }
            for one in authorizations
        ],
        "declined": [
            {"name": job["name"], "reason": job["declineReason"], "totalCents": job["totalCents"]}
            for job in document["jobs"]
            if job["approval"] == "declined"
        ],
        "payments": [_shown_entry(one) for one in payments],
        "hash": spaced_hash(frozen.document_hash) if frozen else None,
    }


def receipt_content(
    document: Mapping[str, Any],
    *,
    payments: Iterable[Entry],
    charged_cents: int,
    invoice_number: int | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Return what was received for a visit, for which invoice where one stands, and what is still open."""
    return {
        "invoiceNumber": invoice_number,
        **_page(document, "Receipt", f"as of {day_text(now.astimezone(_zone(document)).date())}", None, now),
        "payments": [_shown_entry(one) for one in payments],
        "chargedCents": charged_cents,
    }


def evidence_content(evidence: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return who said what, when and how, what exactly they were shown, and what is offered otherwise by now."""
    document = evidence["document"]
    zone = _zone(document)
    last = max((one["versionNo"] for one in evidence["estimates"]), default=0)
    version = f"versions 1 to {last}" if last > 1 else f"version {last}" if last else "no estimate sent"
    return {
        **_page(document, "Record of approvals", version, None, now),
        "records": [
            {
                **{name: value for name, value in record.items() if name not in {"id", "jobId"}},
                "saidAt": instant_text(record["saidAt"], zone),
                "recordedAt": instant_text(record["recordedAt"], zone),
                "phone": _phone(record["phone"]),
                "documentHash": None if record["documentHash"] is None else spaced_hash(record["documentHash"]),
            }
            for record in evidence["records"]
        ],
        "estimates": [
            {
                **{name: one[name] for name in ("versionNo", "totalCents", "isSpoken")},
                # Words that were carried over to a version nobody looked at were not shown with it.
                "intro": None if one["isSpoken"] and one["openedAt"] is None else one["intro"],
                "createdAt": instant_text(one["createdAt"], zone),
                "openedAt": instant_text(one["openedAt"], zone),
                "documentHash": spaced_hash(one["documentHash"]),
                "groups": group_alternatives(one["document"]["jobs"]),
            }
            for one in evidence["estimates"]
        ],
        "changes": evidence["changesSince"],
    }


def group_alternatives(jobs: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Put alternatives beside each other, where the first of them stands."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for job in jobs:
        groups.setdefault(job.get("choiceId") or job["id"], []).append(job)
    return list(groups.values())


def is_charged(job: Mapping[str, Any]) -> bool:
    """True for a job that counts: nothing declined, and of alternatives the chosen one."""
    return bool(job["isChosen"]) and job["approval"] != "declined"


def letter(shop: Mapping[str, Any], title: str, reference: str, now: datetime) -> dict[str, Any]:
    """Return what every paper needs: whose it is, what it is called, when it was printed."""
    printed = instant_text(now, ZoneInfo(shop["timezone"]))
    return {
        "shop": {**shop, "phone": _phone(shop["phone"])},
        "title": title,
        "reference": reference,
        "currency": shop["currency"],
        "stamp": None,
        "printedAt": printed,
        "footnote": f"Printed {printed}",
    }


def _page(
    document: Mapping[str, Any], title: str, version: str, frozen: Frozen | None, now: datetime
) -> dict[str, Any]:
    visit, customer = document["visit"], document["customer"]
    zone = _zone(document)
    page = letter(document["shop"], title, f"Order {visit['number']} · {version}", now)
    if frozen:
        page["footnote"] += f" · SHA-256 …{frozen.document_hash[-_HASH_TAIL:]}"
    return {
        **page,
        "customer": None if customer is None else {**customer, "phone": _phone(customer["phone"])},
        "vehicle": document["vehicle"],
        "visit": {
            **visit,
            "day": day_text(visit["day"]),
            "promisedAt": instant_text(visit["promisedAt"], zone),
            "checkInAt": instant_text(visit["checkInAt"], zone),
        },
    }


def _work(document: Mapping[str, Any]) -> dict[str, Any]:
    groups: Sequence[Any] = group_alternatives(document["jobs"])
    return {"groups": groups, "totals": document["totals"], "taxes": document["taxes"]}


def _shown_entry(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "method": entry.method,
        "amountCents": entry.amount_cents,
        "isDeposit": entry.is_deposit,
        "reference": entry.reference,
        "day": day_text(entry.day),
    }


def _phone(number: str | None) -> str | None:
    return None if number is None else spoken(number)


def _zone(document: Mapping[str, Any]) -> ZoneInfo:
    return ZoneInfo(document["shop"]["timezone"])
