"""What a text is and what it goes through."""

from enum import StrEnum


class Direction(StrEnum):
    """Who wrote it: `in` is the customer."""

    IN = "in"
    OUT = "out"


class Channel(StrEnum):
    """How it travels."""

    SMS = "sms"
    EMAIL = "email"


class MessageClass(StrEnum):
    """Which rules of consent and hours it is under; `keyword_reply` is the one answer to STOP, START or HELP."""

    CONVERSATION = "conversation"
    INFORMATIONAL = "informational"
    MARKETING = "marketing"
    KEYWORD_REPLY = "keyword_reply"


class Origin(StrEnum):
    """What made it."""

    STAFF = "staff"
    STAGE = "stage"
    REMINDER = "reminder"
    CONFIRMATION = "confirmation"
    KEYWORD = "keyword"
    CUSTOMER = "customer"


class MessageStatus(StrEnum):
    """How far it came.

    proposed waits for a person's word, held for its hour, queued for the sender. sending is from the claim
    until the provider says `sent`. suppressed: a guard said no. unknown: the provider may or may not have it.
    unconfirmed: no receipt came within 72 h.
    """

    PROPOSED = "proposed"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    CANCELED = "canceled"
    RECEIVED = "received"


# What the sender still has something to do with.
IN_FLIGHT = frozenset({MessageStatus.HELD, MessageStatus.QUEUED, MessageStatus.SENDING})
