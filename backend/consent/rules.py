"""What consent is, and what a reply means for it."""

from enum import StrEnum


class Purpose(StrEnum):
    """What consent is given for; a number has one state for each."""

    INFORMATIONAL = "informational"
    MARKETING = "marketing"


class ConsentKind(StrEnum):
    """What an event says."""

    CONVERSATIONAL = "conversational"
    EXPRESS = "express"
    EXPRESS_WRITTEN = "express_written"
    REVOKED = "revoked"
    PROVIDER_BLOCKED = "provider_blocked"
    RESTORED = "restored"


class ConsentMethod(StrEnum):
    """How it was said. `staff` recorded what a customer said by other means than those named."""

    INBOUND_TEXT = "inbound_text"
    STOP_KEYWORD = "stop_keyword"
    STOP_PHRASE = "stop_phrase"
    START_KEYWORD = "start_keyword"
    SIGNED_FORM = "signed_form"
    WEB_FORM = "web_form"
    COUNTER = "counter"
    PHONE_CALL = "phone_call"
    EMAIL = "email"
    STAFF = "staff"
    PROVIDER = "provider"
    IMPORT = "import"


class ConsentState(StrEnum):
    """The fold of a number's events for one purpose; UNKNOWN denies."""

    UNKNOWN = "unknown"
    CONVERSATIONAL = "conversational"
    EXPRESS = "express"
    EXPRESS_WRITTEN = "express_written"
    REVOKED = "revoked"
    PROVIDER_BLOCKED = "provider_blocked"


class ReviewKind(StrEnum):
    """What a person is asked about a reply."""

    OPT_OUT_OR_JOB = "opt_out_or_job"
    CANCEL_APPOINTMENT = "cancel_appointment"
    WRONG_NUMBER = "wrong_number"


class ReviewDecision(StrEnum):
    """What the person decided."""

    OPT_OUT = "opt_out"
    ABOUT_THE_JOB = "about_the_job"
    BOTH = "both"
    DISMISSED = "dismissed"
