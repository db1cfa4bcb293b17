"""Chance that repeats: every draw and every id follows from a fixed seed and the name of what is drawn.

Naming each stream, rather than drawing everything from one, keeps the rest of the shop as it
was when one part of it draws once more.
"""

from datetime import datetime
from hashlib import blake2b
from random import Random
from uuid import UUID

SEED = "keytag-demo-1"


def stream(*path: object) -> Random:
    """Return the random stream of this name; not for secrets."""
    return Random(_name(path))  # noqa: S311  demo data, no secret


def seeded_id(created_at: datetime, *path: object) -> UUID:
    """Return an id with the layout of a UUIDv7 (RFC 9562 §5.7): its time, then 74 bits that follow from the name."""
    milliseconds = int(created_at.timestamp() * 1000)
    bits = int.from_bytes(blake2b(_name(path).encode(), digest_size=10).digest())
    return UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62 & 0xFFF) << 64 | 2 << 62 | bits & (1 << 62) - 1)


def _name(path: tuple[object, ...]) -> str:
    return ":".join((SEED, *map(str, path)))
