"""What messages look like on the wire."""

from enum import StrEnum

from marshmallow import fields, validate

from backend.appointments.schemas import Override
from backend.core.fields import LINE, Instant, Schema, Text
from backend.messages.rules import (
    WRITABLE,
    Channel,
    Direction,
    MessageClass,
    MessageStatus,
    Origin,
    Reason,
    VerdictKind,
)
from backend.templates.rules import Encoding
from backend.templates.schemas import FindingSchema, ReplacementSchema

# The provider's own limit for one text; the linter asks for far fewer.
LONGEST_BODY = 1600


def one_of(members: type[StrEnum]) -> validate.OneOf:
    """Validate that a word is one of an enumeration's."""
    return validate.OneOf([member.value for member in members])


class MessageCreate(Schema):
    """A message: `body` or `templateId`, either with {variables}, never both.

    In the customer's quiet hours it is held and leaves at the next opening, whichever `sendAt` says; `override`, the
    Owner's alone, sends it at once. `seenId` is the newest message of the thread that you have seen, all zeros for an empty
    one: if a colleague has answered after it, it is refused (`answered_meanwhile`) and their answer comes along.
    `shownId` is the newest one on your screen as you send: what the customer wrote after it stays unread.
    """

    channel = fields.String(required=True, validate=validate.OneOf(list(WRITABLE)))
    body = Text(most=LONGEST_BODY, load_default=None, allow_none=True)
    subject = Text(most=LINE, load_default=None, allow_none=True)
    template_id = fields.UUID(load_default=None, allow_none=True)
    send_at = fields.String(load_default="nextAllowed", validate=validate.OneOf(["now", "nextAllowed"]))
    override = fields.Nested(Override, load_default=None, allow_none=True)
    seen_id = fields.UUID(load_default=None, allow_none=True)
    shown_id = fields.UUID(load_default=None, allow_none=True)


class MessageAccepted(Schema):
    """The message that was made; `heldUntil` and `reason` when it waits."""

    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=one_of(MessageStatus))
    held_until = Instant(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True, validate=one_of(Reason))


class MessageSchema(Schema):
    """A text or email. `by` is the colleague who wrote it, `dueAt` when a held one is released, `reason` why it waits or failed.

    `overrideReason` is why `overriddenBy` had it sent in quiet hours. `trigger` is what a text of the shop's own follows;
    `by` is then who let it go, null where nobody had to.
    """

    id = fields.UUID(required=True)
    direction = fields.String(required=True, validate=one_of(Direction))
    channel = fields.String(required=True, validate=one_of(Channel))
    status = fields.String(required=True, validate=one_of(MessageStatus))
    body = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    segments = fields.Integer(required=True, allow_none=True)
    created_at = Instant(required=True)
    by = fields.String(required=True, allow_none=True)
    origin = fields.String(required=True, validate=one_of(Origin))
    trigger = fields.String(required=True, allow_none=True)
    message_class = fields.String(required=True, validate=one_of(MessageClass))
    reason = fields.String(required=True, allow_none=True, validate=one_of(Reason))
    error_code = fields.String(required=True, allow_none=True)
    due_at = Instant(required=True, allow_none=True)
    sending_since = Instant(required=True, allow_none=True)
    sent_at = Instant(required=True, allow_none=True)
    delivered_at = Instant(required=True, allow_none=True)
    read_at = Instant(required=True, allow_none=True)
    template_id = fields.UUID(required=True, allow_none=True)
    override_reason = fields.String(required=True, allow_none=True)
    overridden_by = fields.String(required=True, allow_none=True)
    can_retry = fields.Boolean(required=True)
    can_cancel = fields.Boolean(required=True)


class MessagePage(Schema):
    """A page of messages, the newest first; `nextCursor` is null on the last one."""

    items = fields.List(fields.Nested(MessageSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class VerdictSchema(Schema):
    """What becomes of a message. `until` is when a held one leaves, null while nobody can know; `zone` is where it is night.

    `detail` depends on the reason: for `opted_out` since when (`at`), how (`method`), in which words (`wording`) and, where
    the shop noted it, who did (`by`). `canOverride` is whether
    you may send it all the same.
    """

    kind = fields.String(required=True, validate=one_of(VerdictKind))
    reason = fields.String(required=True, allow_none=True, validate=one_of(Reason))
    until = Instant(required=True, allow_none=True)
    zone = fields.String(required=True, allow_none=True)
    detail = fields.Dict(keys=fields.String(), required=True)
    can_override = fields.Boolean(required=True)


class MessagePreview(Schema):
    """The exact text that would be sent, how long it is on the air, what is missing or wrong, and the verdict."""

    text = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    encoding = fields.String(required=True, validate=one_of(Encoding))
    characters = fields.Integer(required=True)
    segments = fields.Integer(required=True)
    footer = fields.Boolean(required=True)
    replaced = fields.List(fields.Nested(ReplacementSchema), required=True)
    missing = fields.List(fields.String(), required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)
    message_class = fields.String(required=True, validate=one_of(MessageClass))
    verdict = fields.Nested(VerdictSchema, required=True)
