"""What the shared inbox looks like on the wire."""

from typing import Any

from marshmallow import fields, validate

from backend.appointments.rules import Status
from backend.consent.rules import ConsentState
from backend.consent.schemas import ReviewSchema
from backend.core.fields import Instant, PageQuery, Phone, Schema
from backend.inbox.models import ConversationState
from backend.messages.schemas import MessageSchema


def _one_of(members: Any) -> validate.OneOf:
    return validate.OneOf([member.value for member in members])


# --- requests ---------------------------------------------------------------------------------


class InboxQuery(PageQuery):
    """Which conversations: `owner` is me, none (nobody's) or a person's id; `phone` that of one number."""

    phone = Phone(load_default=None)
    location_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=_one_of(ConversationState))
    owner = fields.String(load_default=None, validate=validate.Regexp(r"^(me|none|[0-9a-fA-F-]{36})$"))


class SummaryQuery(Schema):
    """Which location's; without one, those of all where the person works."""

    location_id = fields.UUID(load_default=None)


class Assign(Schema):
    """Whose it is from now on; null is nobody's."""

    owner_id = fields.UUID(required=True, allow_none=True)


class Snooze(Schema):
    """When it opens again by itself: later than now, at most 90 days."""

    until = Instant(required=True)


# --- answers ----------------------------------------------------------------------------------


class AnsweringSchema(Schema):
    """Who has the composer open, and until when that is believed without another word."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    until = Instant(required=True)


class ConversationSchema(Schema):
    """A thread as the inbox lists it. `waitingSince` is the oldest unread text's time: the age of the task.

    `preview` is what was said last, and by whom; of who waits for an answer, what they said last.
    """

    id = fields.UUID(required=True)
    location_id = fields.UUID(required=True)
    phone = fields.String(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    appointment_id = fields.UUID(required=True, allow_none=True)
    appointment_number = fields.Integer(required=True, allow_none=True)
    vehicle = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=_one_of(ConversationState))
    unread_count = fields.Integer(required=True)
    waiting_since = Instant(required=True, allow_none=True)
    last_message_at = Instant(required=True)
    last_inbound_at = Instant(required=True, allow_none=True)
    preview = fields.String(required=True)
    preview_by = fields.String(required=True, validate=validate.OneOf(["customer", "staff", "automatic"]))
    owner_id = fields.UUID(required=True, allow_none=True)
    owner_name = fields.String(required=True, allow_none=True)
    snoozed_until = Instant(required=True, allow_none=True)
    answering = fields.Nested(AnsweringSchema, required=True, allow_none=True)
    is_opted_out = fields.Boolean(required=True)
    has_open_review = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class ConversationPage(Schema):
    """Conversations: who waits for an answer, the longest first; then the others, the newest first."""

    items = fields.List(fields.Nested(ConversationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OpenJobSchema(Schema):
    """A job of this customer that is not closed."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    status = fields.String(required=True, validate=_one_of(Status))
    start = Instant(required=True)
    vehicle = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    promised_at = Instant(required=True, allow_none=True)


class InboxCustomerSchema(Schema):
    """Whom the number belongs to."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    company = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)


class ConsentSummarySchema(Schema):
    """What the number has agreed to."""

    informational = fields.String(required=True, validate=_one_of(ConsentState))
    marketing = fields.String(required=True, validate=_one_of(ConsentState))
    since = Instant(required=True, allow_none=True)
    method = fields.String(required=True, allow_none=True)


class ThreadSchema(Schema):
    """A conversation with its newest 50 texts (oldest first), what may be sent, and the jobs it may be about."""

    conversation = fields.Nested(ConversationSchema, required=True)
    messages = fields.List(fields.Nested(MessageSchema), required=True)
    consent = fields.Nested(ConsentSummarySchema, required=True)
    reviews = fields.List(fields.Nested(ReviewSchema), required=True)
    customer = fields.Nested(InboxCustomerSchema, required=True, allow_none=True)
    jobs = fields.List(fields.Nested(OpenJobSchema), required=True)


class AnsweringNow(Schema):
    """Who was at the conversation before you; null when nobody, and then it is you."""

    answering = fields.Nested(AnsweringSchema, required=True, allow_none=True)


class InboxSummarySchema(Schema):
    """Separate counts: open conversations, mine and nobody's of them, unread texts and the oldest; what else waits for a person.

    `held` texts leave by themselves; the first of them at `nextRelease`, null while that is not known. Reminders that wait
    for their own time are not among them.
    """

    open = fields.Integer(required=True)
    mine = fields.Integer(required=True)
    unassigned = fields.Integer(required=True)
    unread = fields.Integer(required=True)
    oldest_since = Instant(required=True, allow_none=True)
    reviews = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    proposed = fields.Integer(required=True)
    held = fields.Integer(required=True)
    next_release = Instant(required=True, allow_none=True)
