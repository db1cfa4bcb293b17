"""What can be said to an estimate, and how."""

from enum import StrEnum


class Decision(StrEnum):
    """What was said about a job; `revoked` is the shop's own: the job was changed after its approval."""

    APPROVED = "approved"
    DECLINED = "declined"
    ASKED = "asked"
    ANSWERED = "answered"
    REVOKED = "revoked"


class Method(StrEnum):
    """How it was said."""

    LINK = "link"
    IN_PERSON = "in_person"
    PHONE = "phone"
    # The shop's own entries: answers, and approvals that an edit took back.
    SHOP = "shop"
