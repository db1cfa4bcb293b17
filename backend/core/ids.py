"""Identifiers: UUID version 7 (RFC 9562 §5.7), whose order is the order of creation."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh UUIDv7. Not a secret: tokens come from `secrets`."""
    return uuid7()
