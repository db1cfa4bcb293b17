"""What estimates and what is said to them look like on the wire."""

from enum import StrEnum

from marshmallow import fields, validate

from backend.core.fields import LINE, NOTE, Cents, Day, Instant, Phone, Schema, Text
from backend.estimates.rules import Decision, EstimateState, Method
from backend.messages.schemas import MessagePreview

HOW = ("link", "sms", "email", "print")
# A week, as links last.
MOST_HOURS = 7 * 24


def _one_of(members: type[StrEnum], *which: str) -> validate.OneOf:
    return validate.OneOf(list(which) or [member.value for member in members])


class EstimateShow(Schema):
    """How to show the estimate: by text or email, as a link to copy, or on paper; `intro` stands above it.

    Without `templateId` the first text that holds the link is used. A link lasts 48 hours unless you say otherwise.
    """

    how = fields.String(required=True, validate=validate.OneOf(HOW))
    intro = Text(most=NOTE, load_default=None, allow_none=True)
    template_id = fields.UUID(load_default=None, allow_none=True)
    lifetime_hours = fields.Integer(load_default=48, strict=True, validate=validate.Range(min=1, max=MOST_HOURS))


class EstimateShown(Schema):
    """The version that was made; `url` is told this once, and only for a link to copy. `heldUntil` is when a held message leaves."""

    version_no = fields.Integer(required=True)
    document_hash = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)
    message_status = fields.String(required=True, allow_none=True)
    held_until = Instant(required=True, allow_none=True)


class EstimatePreview(Schema):
    """What the customer would be shown, and the text that would bring it; null for none. `unpricedJobIds` can't be approved yet."""

    document = fields.Dict(keys=fields.String(), required=True)
    unpriced_job_ids = fields.List(fields.UUID(), required=True)
    template_id = fields.UUID(required=True, allow_none=True)
    message = fields.Nested(MessagePreview, required=True, allow_none=True)


class AnswerWrite(Schema):
    """What is said to a job; a declined one has its reason, and perhaps until when."""

    job_id = fields.UUID(required=True)
    decision = fields.String(required=True, validate=_one_of(Decision, Decision.APPROVED, Decision.DECLINED))
    reason = Text(most=LINE, load_default=None, allow_none=True)
    deferred_until = Day(load_default=None, allow_none=True)


class AnswersRecord(Schema):
    """What the customer said in person or by phone. An approval by phone needs the number and every amount.

    `addedPartsCents` and `addedLaborCents` are before tax, `newTotalCents` what is authorized with them, tax included.
    """

    method = fields.String(required=True, validate=_one_of(Method, Method.IN_PERSON, Method.PHONE))
    person = Text(required=True)
    phone = Phone(load_default=None, allow_none=True)
    said_at = Instant(required=True)
    answers = fields.List(fields.Nested(AnswerWrite), required=True, validate=validate.Length(min=1, max=60))
    words = Text(most=NOTE, load_default=None, allow_none=True)
    spending_cap_cents = Cents(least=1, load_default=None, allow_none=True)
    added_parts_cents = Cents(load_default=None, allow_none=True)
    added_labor_cents = Cents(load_default=None, allow_none=True)
    new_total_cents = Cents(load_default=None, allow_none=True)


class AnswersToSum(Schema):
    """The answers to sum up."""

    answers = fields.List(fields.Nested(AnswerWrite), required=True, validate=validate.Length(min=1, max=60))


class AnswerSumsSchema(Schema):
    """What answers add in parts and labor before tax, and what is authorized with them, tax included."""

    added_parts_cents = fields.Integer(required=True)
    added_labor_cents = fields.Integer(required=True)
    new_total_cents = fields.Integer(required=True)


class QuestionAnswer(Schema):
    """The answer to a customer's question; it stands on the customer's page."""

    words = Text(required=True, most=NOTE)


class EstimateVersionSchema(Schema):
    """A version of the estimate; `how` it went out, `report` with an inspection's report, `record` if only kept with a spoken answer."""

    id = fields.UUID(required=True)
    version_no = fields.Integer(required=True)
    created_at = Instant(required=True)
    created_by_name = fields.String(required=True, allow_none=True)
    opened_at = Instant(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)
    document_hash = fields.String(required=True)
    total_cents = fields.Integer(required=True)
    how = fields.String(required=True, validate=validate.OneOf((*HOW, "report", "record")))
    message_status = fields.String(required=True, allow_none=True)


class ApprovalRecordSchema(Schema):
    """One thing that was said about one job."""

    id = fields.UUID(required=True)
    job_id = fields.UUID(required=True)
    decision = fields.String(required=True, validate=_one_of(Decision))
    method = fields.String(required=True, validate=_one_of(Method))
    said_at = Instant(required=True)
    recorded_at = Instant(required=True)
    job_name = fields.String(required=True)
    amount_cents = fields.Integer(required=True)
    person = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    words = fields.String(required=True, allow_none=True)
    document_hash = fields.String(required=True, allow_none=True)
    ip = fields.String(required=True, allow_none=True)
    recorded_by_name = fields.String(required=True, allow_none=True)
    added_parts_cents = fields.Integer(required=True, allow_none=True)
    added_labor_cents = fields.Integer(required=True, allow_none=True)
    new_total_cents = fields.Integer(required=True, allow_none=True)
    spending_cap_cents = fields.Integer(required=True, allow_none=True)


class GivenLinkSchema(Schema):
    """A link that was given out; `isOpen` while it still shows something."""

    id = fields.UUID(required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)
    opened_at = Instant(required=True, allow_none=True)
    is_open = fields.Boolean(required=True)


class EstimatesSchema(Schema):
    """How a visit's estimate stands: versions and what was said oldest first, links newest first.

    `changedJobIds` are jobs that are offered otherwise than the customer was shown; `authorizedCents` is what stands approved.
    """

    state = fields.String(required=True, allow_none=True, validate=_one_of(EstimateState))
    versions = fields.List(fields.Nested(EstimateVersionSchema), required=True)
    records = fields.List(fields.Nested(ApprovalRecordSchema), required=True)
    links = fields.List(fields.Nested(GivenLinkSchema), required=True)
    changed_job_ids = fields.List(fields.UUID(), required=True)
    is_outdated = fields.Boolean(required=True)
    authorized_cents = fields.Integer(required=True)
    spending_cap_cents = fields.Integer(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    customer_phone = fields.String(required=True, allow_none=True)


class FrozenEstimateSchema(Schema):
    """A version exactly as it was shown, and its SHA-256."""

    version_no = fields.Integer(required=True)
    created_at = Instant(required=True)
    document_hash = fields.String(required=True)
    document = fields.Dict(keys=fields.String(), required=True)
