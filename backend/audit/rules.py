"""The hash chain over the audit log: what is hashed, in which bytes, and what a finding means.

Every location has a chain; what belongs to none is in the chain of the nil UUID. A seal is a link of it:

    canonical = the row's columns, each as text or null, with the seal's chain, position and instant, as JSON:
                keys sorted, no white space, UTF-8, nothing escaped that JSON does not ask for
    row_hash  = SHA-256(row_hash of the link before ‖ canonical); before the first stand 32 zero bytes

A column's text is PostgreSQL's own, instants in UTC with six digits and Z, so that 1.0 and 1.00, NULL and '' differ.
`tools/verify_audit.py` has the same lines once more: it must run where nothing of ours is installed.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

SHARED = UUID(int=0)
"""The chain of rows that belong to no location: users, sign-ins, customers."""

ROW_FIELDS = (
    *("id", "at", "action", "entity", "entity_id", "location_id", "version", "actor_kind", "actor_id", "actor_name"),
    *("actor_role", "changes", "reason", "ip", "user_agent", "request_id"),
)
FIRST = bytes(32)
HASH_BYTES = 32
# Rows are sealed within seconds. Later means that nobody sealed for a while, or that a seal was made anew.
LATE = timedelta(hours=1)
# A row's id is older than its commit by at most this, nearly always; the rest is found by the complete catch-up.
COMMITS_WITHIN = timedelta(minutes=1)

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

Row = Mapping[str, str | None]


def canonical(chain: UUID, position: int, sealed_at: str, row: Row) -> str:
    """Return what is hashed of an audit row; the texts of its columns by name are `row`."""
    seal = {"chain": str(chain), "position": str(position), "sealed_at": sealed_at}
    return _encode({**row, **seal})


def link(previous: bytes, text: str) -> bytes:
    """Return the hash of a link: of the link before and the canonical text."""
    return hashlib.sha256(previous + text.encode()).digest()


def instant_text(instant: datetime) -> str:
    """Write an instant as it stands in canonical texts."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def first_id(instant: datetime) -> UUID:
    """Return the lowest UUIDv7 of an instant: ids sort by time."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)


def look_back(newest: UUID | None, now: datetime) -> UUID:
    """Return the id from which rows may be unsealed, given the newest that is sealed: some that began before it commit after it."""
    if newest is None:
        return UUID(int=0)
    overlap = int(COMMITS_WITHIN.total_seconds() * 1000) << 80
    return UUID(int=max(0, min(newest.int, first_id(now).int) - overlap))


# --- checking ---------------------------------------------------------------------------------


class Break(StrEnum):
    """What is wrong with a link."""

    CHANGED = "changed"  # the row, or its seal, is not what was sealed
    ROW_MISSING = "row_missing"  # the seal is there, its row is not
    SEAL_MISSING = "seal_missing"  # a position is not there
    CUT = "cut"  # the chain ends before, or differs at, a head that was written down


@dataclass(frozen=True, slots=True)
class Seal:
    """A link as it is stored, with the texts of its row; None where the row is gone."""

    position: int
    row_hash: bytes
    sealed_at: str
    row: Row | None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A break, and where."""

    kind: Break
    chain: UUID
    position: int
    audit_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept with a check."""
        return {"kind": self.kind.value, "chain": str(self.chain), "position": self.position, "auditId": self.audit_id}


def check(
    chain: UUID, seals: Iterable[Seal], *, after: int, previous: bytes, anchors: Mapping[int, bytes]
) -> Iterator[Fault]:
    """Find what is wrong with consecutive links of a chain, from the one after position `after`, whose hash is `previous`.

    Each link is judged by the stored hash of the one before, so that one fault is told once, not for all that follow.
    """
    expected = after + 1
    for seal in seals:
        if seal.position != expected:
            yield Fault(Break.SEAL_MISSING, chain, expected)
        elif seal.row is None:
            yield Fault(Break.ROW_MISSING, chain, seal.position)
        elif link(previous, canonical(chain, seal.position, seal.sealed_at, seal.row)) != seal.row_hash:
            yield Fault(Break.CHANGED, chain, seal.position, seal.row["id"])
        if anchors.get(seal.position, seal.row_hash) != seal.row_hash:
            yield Fault(Break.CUT, chain, seal.position, None if seal.row is None else seal.row["id"])
        previous, expected = seal.row_hash, seal.position + 1


# --- what is shown to whom ---------------------------------------------------------------------


class FieldClass(StrEnum):
    """What a changed field is about; one that is in no class is the shop's ordinary business."""

    SECRET = "secret"  # noqa: S105  opens doors: never written
    MONEY = "money"  # for those who may see prices
    WORDS = "words"  # what somebody wrote to or for customers, in full
    PERSONAL = "personal"  # who somebody is


FIELD_CLASSES: dict[str, FieldClass] = {
    **dict.fromkeys(
        (
            "password",
            "passwordHash",
            "pin",
            "pinHash",
            "token",
            "tokenHash",
            "refreshToken",
            "secret",
            "code",
            "codeHash",
        ),
        FieldClass.SECRET,
    ),
    **dict.fromkeys(
        (
            *(
                "addedLaborCents",
                "addedPartsCents",
                "amountCents",
                "balanceCents",
                "capCents",
                "countedCents",
                "costCents",
            ),
            *("differenceCents", "discountCents", "expectedCents", "hourCents", "linkCapCents", "marginBp"),
            *(
                "marginTargetBp",
                "newTotalCents",
                "overpaidCents",
                "paidCents",
                "priceCents",
                "rateCents",
                "refundedCents",
            ),
            *("spendingCapCents", "taxCents", "totalCents", "unitCostCents", "unitPriceCents"),
        ),
        FieldClass.MONEY,
    ),
    **dict.fromkeys(("body", "preview", "question", "subject", "text", "words"), FieldClass.WORDS),
    **dict.fromkeys(
        ("address", "company", "customerName", "email", "name", "phone", "plate", "vin"), FieldClass.PERSONAL
    ),
}
HIDDEN = "•••"
"""Stands for the values of a secret: that it changed is told, what it is is not."""


def fields_of(classes: Collection[FieldClass]) -> list[str]:
    """List the fields of these classes by name."""
    return sorted(name for name, kind in FIELD_CLASSES.items() if kind in classes)


def without(changes: Mapping[str, Any], classes: Collection[FieldClass]) -> dict[str, Any]:
    """Return changes without the fields of these classes."""
    return {name: pair for name, pair in changes.items() if FIELD_CLASSES.get(name) not in classes}
