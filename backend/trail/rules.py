"""What a reader of the audit log is shown."""

from collections.abc import Callable

from backend.accounts.permissions import Permission
from backend.audit.rules import FieldClass

# Which permission opens a class of fields; whoever lacks it reads the row without them.
NEEDS: dict[FieldClass, Permission] = {
    FieldClass.MONEY: Permission.MONEY_VIEW,
    FieldClass.WORDS: Permission.MESSAGE_SEND,
    FieldClass.PERSONAL: Permission.CUSTOMER_VIEW,
}


def hidden_from(may: Callable[[Permission], bool]) -> frozenset[FieldClass]:
    """Return the classes that somebody may not see."""
    return frozenset(kind for kind, permission in NEEDS.items() if not may(permission))
