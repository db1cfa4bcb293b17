"""What the audit log looks like on the wire."""

from typing import Any

from marshmallow import fields, pre_dump, validate

from backend.audit.rules import SHARED, Break
from backend.core.fields import LINE, SHORT, Day, Instant, PageQuery, Schema, Text

# --- requests ---------------------------------------------------------------------------------


class TrailQuery(PageQuery):
    """Which rows: `from` and `to` are local days, inclusive; `who` is part of a name; without a location those of all."""

    location_id = fields.UUID(load_default=None)
    who = Text(most=LINE, allow_none=True, load_default=None)
    action = Text(most=SHORT, allow_none=True, load_default=None)
    entity = Text(most=SHORT, allow_none=True, load_default=None)
    entity_id = fields.UUID(load_default=None)
    first = Day(data_key="from", load_default=None)
    last = Day(data_key="to", load_default=None)


# --- answers ----------------------------------------------------------------------------------


class TrailRowSchema(Schema):
    """A row of the log; `label` and `appointmentId` name the visit that it is about; `changes` has by field what it was and what it became, without what the reader may not see."""

    id = fields.UUID(required=True)
    at = Instant(required=True)
    action = fields.String(required=True)
    entity = fields.String(required=True)
    entity_id = fields.UUID(required=True)
    label = fields.String(required=True, allow_none=True)
    appointment_id = fields.UUID(required=True, allow_none=True)
    location_id = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    actor_kind = fields.String(required=True)
    actor_name = fields.String(required=True, allow_none=True)
    actor_role = fields.String(required=True, allow_none=True)
    changes = fields.Dict(keys=fields.String(), values=fields.List(fields.Raw(allow_none=True)), required=True)
    reason = fields.String(required=True, allow_none=True)
    ip = fields.String(required=True, allow_none=True)
    user_agent = fields.String(required=True, allow_none=True)
    request_id = fields.String(required=True, allow_none=True)
    position = fields.Integer(required=True, allow_none=True)


class TrailPage(Schema):
    """A page of the log, newest first."""

    items = fields.List(fields.Nested(TrailRowSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AuditFaultSchema(Schema):
    """What is wrong with the chain, and where; `auditId` is the row, where there is one."""

    kind = fields.String(required=True, validate=validate.OneOf([member.value for member in Break]))
    location_id = fields.UUID(required=True, allow_none=True)
    position = fields.Integer(required=True)
    audit_id = fields.UUID(required=True, allow_none=True)

    @pre_dump
    def name_the_place(self, fault: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Say None for the chain of what belongs to no location."""
        chain = fault["chain"]
        return {
            "kind": fault["kind"],
            "location_id": None if chain == str(SHARED) else chain,
            "position": fault["position"],
            "audit_id": fault["auditId"],
        }


class AuditCheckSchema(Schema):
    """A walk over all chains: how far it is, and what it found; `faults` are the first of them."""

    id = fields.UUID(required=True)
    started_at = Instant(required=True)
    started_by = fields.String(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)
    rows_checked = fields.Integer(required=True)
    rows_total = fields.Integer(required=True)
    late_count = fields.Integer(required=True)
    fault_count = fields.Integer(required=True)
    faults = fields.List(fields.Nested(AuditFaultSchema), required=True)


class ChainSchema(Schema):
    """A chain: how many links it has, and when its newest row was written."""

    location_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    links = fields.Integer(required=True)
    sealed_to = Instant(required=True, allow_none=True)


class TrailStatus(Schema):
    """How the chains stand: what is not sealed yet, and what the newest finished check found."""

    chains = fields.List(fields.Nested(ChainSchema), required=True)
    unsealed_count = fields.Integer(required=True)
    check = fields.Nested(AuditCheckSchema, required=True, allow_none=True)
