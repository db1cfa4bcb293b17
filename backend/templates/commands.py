"""What can be done with templates: create, change, delete, count a use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.audit import commands as audit
from backend.audit import queries as audit_queries
from backend.consent.rules import Purpose
from backend.core import edits
from backend.core.actor import Actor
from backend.core.errors import NotFoundError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.templates import queries, rules
from backend.templates.models import MessageTemplate
from backend.templates.rules import TemplateCategory, TemplateChannel


@dataclass(frozen=True, slots=True)
class Prepared:
    """A template that every shop starts with."""

    name: str
    category: TemplateCategory
    body: str
    subject: str | None = None
    purpose: Purpose = Purpose.INFORMATIONAL

    @property
    def channel(self) -> TemplateChannel:
        """What has a subject is an email."""
        return TemplateChannel.SMS if self.subject is None else TemplateChannel.EMAIL


_C = TemplateCategory
PREPARED = (
    Prepared(
        "Booking confirmed",
        _C.APPOINTMENT,
        "{shop_name}: you're booked for {appointment_day} at {appointment_time} with your {vehicle|car}. "
        "Reply C to confirm.",
    ),
    Prepared(
        "Appointment moved",
        _C.APPOINTMENT,
        "{shop_name}: your appointment is now {appointment_day} at {appointment_time}. "
        "Reply C to confirm, or call {shop_phone|us} if that doesn't work.",
    ),
    Prepared(
        "Reminder, the day before",
        _C.APPOINTMENT,
        "{shop_name}: we'll see you and your {vehicle|car} {appointment_day} at {appointment_time}. Reply C to confirm.",
    ),
    Prepared(
        "Reminder, two hours before",
        _C.APPOINTMENT,
        "{shop_name}: we're expecting you at {appointment_time}. Running late? Just text us here.",
    ),
    Prepared(
        "Appointment canceled",
        _C.APPOINTMENT,
        "{shop_name}: your appointment on {appointment_day} is off. Call {shop_phone|us} when you'd like a new one.",
    ),
    Prepared(
        "We missed you",
        _C.APPOINTMENT,
        "{shop_name}: we missed you at {appointment_time}. Call {shop_phone|us} and we'll find another time.",
    ),
    Prepared(
        "Checked in",
        _C.STATUS,
        "{shop_name}: we have your {vehicle|car} and will text you when {tech_first_name|a technician} has looked at it.",
    ),
    Prepared(
        "Ready for pick-up",
        _C.STATUS,
        "{shop_name}: good news, your {vehicle|car} is ready for pick-up. Questions? Just text us here.",
    ),
    Prepared(
        "Ready, with the balance",
        _C.STATUS,
        "{shop_name}: your {vehicle|car} is ready for pick-up. Left to pay: {balance}.",
    ),
    Prepared(
        "Takes a little longer",
        _C.STATUS,
        "Hi {customer_first_name|there}, your {vehicle|car} needs a little longer. We now expect it {promised_time}.",
    ),
    Prepared(
        "Thank you",
        _C.STATUS,
        "{shop_name}: thanks for coming in, {customer_first_name|and see you next time}. Drive safely!",
    ),
    Prepared(
        "Inspection report",
        _C.INSPECTION,
        "Hi {customer_first_name|there}, we looked over your {vehicle|car}. Photos and what we found: {link}",
    ),
    Prepared(
        "Inspection report by email",
        _C.INSPECTION,
        "Hello {customer_first_name|},\n\nwe looked over your {vehicle|car}. Here is what we found, with photos:\n{link}\n\n"
        "You can tell us there what we should do. Nothing is done before you say so.\n\n{shop_name}\n{shop_phone|}",
        "What we found on your {vehicle|car}",
    ),
    Prepared(
        "Please call us",
        _C.ESTIMATE,
        "Hi {customer_first_name|there}, we found something on your {vehicle|car}. Please call {shop_phone}, we'd like to "
        "go through it with you before we do anything.",
    ),
    Prepared(
        "Estimate",
        _C.ESTIMATE,
        "Hi {customer_first_name|there}, the estimate for your {vehicle|car} is here: {link} Please look at it and tell us "
        "there what we should do.",
    ),
    Prepared(
        "Estimate by email",
        _C.ESTIMATE,
        "Hello {customer_first_name|},\n\nhere is the estimate for your {vehicle|car}:\n{link}\n\nPlease look at it and "
        "tell us there what we should do. Nothing is done before you say so.\n\n{shop_name}\n{shop_phone|}",
        "Your estimate from {shop_name}",
    ),
    Prepared(
        "Balance due",
        _C.PAYMENT,
        "Hi {customer_first_name|there}, {balance} of order {order_number} is still open. Call {shop_phone} to pay by card.",
    ),
    Prepared(
        "Invoice",
        _C.PAYMENT,
        "Hello {customer_first_name|},\n\nthe invoice for your {vehicle|car} (order {order_number}) comes to {total}.\n\n"
        "Thank you for your business.\n{shop_name}\n{shop_address|}\n{shop_phone|}",
        "Your invoice from {shop_name}",
    ),
    Prepared(
        "Winter check",
        _C.MARKETING,
        "{shop_name}: a battery and tire check before the cold is on us this month. Call {shop_phone} to book.",
        purpose=Purpose.MARKETING,
    ),
)

# What an editor may change; a text does not become an email, and a location keeps its own.
CHANGEABLE = ("name", "category", "purpose", "subject", "body")


def give_prepared(session: Session, now: datetime) -> None:
    """Put the prepared templates on file for all locations, unless there are templates, or were."""
    if session.scalar(sa.select(sa.exists().where(MessageTemplate.id.is_not(None)))):
        return
    session.add_all(
        MessageTemplate(
            id=new_id(),
            name=one.name,
            category=one.category,
            channel=one.channel,
            purpose=one.purpose,
            subject=one.subject,
            body=one.body,
            version=1,
            created_at=now,
            updated_at=now,
        )
        for one in PREPARED
    )
    session.flush()


def create_template(
    session: Session,
    values: Mapping[str, Any],
    *,
    host: str,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> UUID:
    """Put a template on file and return its id; `location_id` None is of every location. `host` is our own.

    Raises:
        NotFoundError: the actor does not work at the location.
        RuleViolationError: category and purpose, or channel and subject, don't agree.
        TemplateRefusedError: the linter found something.
        TemplateNameTakenError: there is one of that name.
    """
    location_id = values.get("location_id")
    if location_id is not None and location_id not in location_ids:
        raise NotFoundError("There is no such location.")
    template = MessageTemplate(
        id=new_id(),
        location_id=location_id,
        channel=TemplateChannel(values["channel"]),
        **{field: values.get(field) for field in CHANGEABLE},
        version=1,
        created_at=now,
        updated_at=now,
    )
    _check(template, host)
    session.add(template)
    session.flush()
    first = edits.first_values({field: getattr(template, field) for field in ("channel", *CHANGEABLE)})
    _record(session, EventType.TEMPLATE_CREATED, template, first, actor=actor, now=now)
    return template.id


def change_template(
    session: Session,
    template_id: UUID,
    patch: Mapping[str, Any],
    *,
    version: int | None,
    host: str,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Change the fields in `patch`; what others changed in other fields since `version` stays.

    Raises:
        NotFoundError: no such template at the actor's locations.
        EditConflictError: somebody set one of the fields to another value since `version`.
        StaleVersionError: there never was such a version.
        RuleViolationError, TemplateRefusedError, TemplateNameTakenError: as when creating.
    """
    template = queries.get_template_for_update(session, template_id, location_ids)
    current = {field: getattr(template, field) for field in CHANGEABLE}
    overtaken = audit_queries.fields_overtaken(session, template_id, present=template.version, seen=version)
    edit = edits.split(current, patch, overtaken)
    if edit.conflicts:
        present = queries.get_template(session, template_id, location_ids)
        raise edits.conflict_error(edit, template=present)
    if not edit.applies:
        return
    changes = edits.apply(template, edit.applies, now)
    _check(template, host)
    if template.purpose == Purpose.MARKETING and queries.list_triggers(session, template_id):
        raise invalid_field("purpose", "Texts are sent by themselves from this template; advertising is not.")
    session.flush()
    _record(session, EventType.TEMPLATE_CHANGED, template, changes, actor=actor, now=now)


def delete_template(
    session: Session,
    template_id: UUID,
    *,
    version: int | None = None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Take a template off the picker; texts that were made from it keep naming it.

    Raises:
        NotFoundError: no such template at the actor's locations, or deleted already.
        TemplateInUseError: a location sends it by itself.
        StaleVersionError: somebody changed it since `version`.
    """
    template = queries.get_template_for_update(session, template_id, location_ids)
    edits.require_version(template.version, version)
    triggers = queries.list_triggers(session, template_id)
    if triggers:
        raise rules.TemplateInUseError(
            "Texts are sent by themselves from this template. Give those another one first.", triggers=triggers
        )
    template.deleted_at = now
    template.updated_at = now
    template.version += 1
    session.flush()
    _record(session, EventType.TEMPLATE_DELETED, template, {}, actor=actor, now=now)


def count_use(session: Session, template_id: UUID, now: datetime) -> None:
    """Count one text made from a template; no edit, its version stays."""
    session.execute(
        sa.update(MessageTemplate)
        .where(MessageTemplate.id == template_id)
        .values(use_count=MessageTemplate.use_count + 1, last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def _check(template: MessageTemplate, host: str) -> None:
    channel = TemplateChannel(template.channel)
    rules.check_kind(TemplateCategory(template.category), channel, Purpose(template.purpose), template.subject)
    findings = rules.lint_template(template.body, template.subject, host=host, channel=channel)
    if findings:
        raise rules.refused(findings)


def _record(
    session: Session,
    event: EventType,
    template: MessageTemplate,
    changes: edits.Changes,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        event,
        entity="template",
        entity_id=template.id,
        actor=actor,
        at=now,
        changes=changes,
        location_id=template.location_id,
        version=template.version,
    )
