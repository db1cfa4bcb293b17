"""What consent looks like on the wire."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from backend.appointments.rules import Status
from backend.consent.rules import (
    STAFF_METHODS,
    ConsentKind,
    ConsentMethod,
    ConsentState,
    Purpose,
    ReviewDecision,
    ReviewKind,
)
from backend.core.fields import LINE, NOTE, Instant, Phone, Schema, Text

_RECORDABLE = [ConsentKind.EXPRESS.value, ConsentKind.EXPRESS_WRITTEN.value, ConsentKind.REVOKED.value]


def _one_of(members: Any) -> validate.OneOf:
    return validate.OneOf([member.value for member in members])


# --- requests ---------------------------------------------------------------------------------


class ConsentQuery(Schema):
    """Whose consent."""

    phone = Phone(required=True)


class ConsentRecord(Schema):
    """What a customer told the shop. Nothing here brings back a number that opted out."""

    phone = Phone(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(_RECORDABLE))
    purpose = fields.String(load_default=None, allow_none=True, validate=_one_of(Purpose))
    method = fields.String(required=True, validate=_one_of(sorted(STAFF_METHODS)))
    wording = Text(most=NOTE, load_default=None, allow_none=True)
    note = Text(most=NOTE, load_default=None, allow_none=True)
    location_id = fields.UUID(load_default=None, allow_none=True)

    @ma.validates_schema
    def _written_consent_has_its_words(self, data: dict[str, Any], **_kwargs: Any) -> None:
        # 47 CFR 64.1200(f)(9): what was agreed to must be on file.
        if data["kind"] == ConsentKind.EXPRESS_WRITTEN and not data["wording"]:
            raise ma.ValidationError("Say what text was signed.", "wording")

    @ma.validates_schema
    def _consent_says_what_for_and_its_words(self, data: dict[str, Any], **_kwargs: Any) -> None:
        # What was agreed to for the visit is no consent to advertising, which needs a signature: 47 CFR 64.1200(a)(2), (f)(9).
        if data["kind"] != ConsentKind.EXPRESS:
            return
        if data["purpose"] != Purpose.INFORMATIONAL:
            raise ma.ValidationError(
                "Say informational: advertising needs a signed form, recorded as express_written.", "purpose"
            )
        if not data["wording"]:
            raise ma.ValidationError("Say what the customer was shown or told.", "wording")


class ReviewQuery(Schema):
    """Which location's; without one, those of all where the person works."""

    location_id = fields.UUID(load_default=None)


class CancelVisit(Schema):
    """Cancel the visit as well, and why."""

    reason = Text(most=LINE, required=True)


class ReviewDecide(Schema):
    """What the reply meant; `cancelAppointment`, with `both` of a bare CANCEL, cancels the visit in the same step."""

    decision = fields.String(required=True, validate=_one_of(ReviewDecision))
    cancel_appointment = fields.Nested(CancelVisit, load_default=None, allow_none=True)


# --- answers ----------------------------------------------------------------------------------


class ConsentEventSchema(Schema):
    """One entry of a number's log; `purpose` null is every purpose."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=_one_of(ConsentKind))
    purpose = fields.String(required=True, allow_none=True, validate=_one_of(Purpose))
    method = fields.String(required=True, validate=_one_of(ConsentMethod))
    at = Instant(required=True)
    wording = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    by = fields.String(required=True, allow_none=True)


class ReviewSchema(Schema):
    """A reply that a person must read; decide before `dueAt`, the end of the tenth business day."""

    id = fields.UUID(required=True)
    phone = fields.String(required=True)
    kind = fields.String(required=True, validate=_one_of(ReviewKind))
    message_id = fields.UUID(required=True)
    location_id = fields.UUID(required=True, allow_none=True)
    opened_at = Instant(required=True)
    due_at = Instant(required=True)
    decision = fields.String(required=True, allow_none=True, validate=_one_of(ReviewDecision))
    decided_at = Instant(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    appointment_id = fields.UUID(required=True, allow_none=True)
    appointment_number = fields.Integer(required=True, allow_none=True)
    appointment_start = Instant(required=True, allow_none=True)
    appointment_status = fields.String(required=True, allow_none=True, validate=_one_of(Status))
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)


class ReviewList(Schema):
    """What nobody has decided yet, the most urgent first."""

    items = fields.List(fields.Nested(ReviewSchema), required=True)


class ConsentSchema(Schema):
    """What a number has agreed to; `since`, `method` and `wording` are of the entry that decided about texts on its car."""

    phone = fields.String(required=True)
    informational = fields.String(required=True, validate=_one_of(ConsentState))
    marketing = fields.String(required=True, validate=_one_of(ConsentState))
    since = Instant(required=True, allow_none=True)
    method = fields.String(required=True, allow_none=True, validate=_one_of(ConsentMethod))
    wording = fields.String(required=True, allow_none=True)
    events = fields.List(fields.Nested(ConsentEventSchema), required=True)
    reviews = fields.List(fields.Nested(ReviewSchema), required=True)
