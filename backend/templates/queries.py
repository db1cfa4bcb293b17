"""Templates as the picker and the editor see them, and what a job says for their variables."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.core.errors import NotFoundError, invalid_field
from backend.core.phone import spoken
from backend.shop.models import Location
from backend.templates import rules
from backend.templates.models import MessageTemplate
from backend.templates.rules import Facts, TemplateCategory, TemplateChannel

# Rules of notices stand above templates on the map, so their table is named here and not imported.
_RULES = sa.table(
    "notice_rules", sa.column("template_id", sa.Uuid), sa.column("trigger", sa.Text), sa.column("loudness", sa.Text)
)


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template; of every location where `location_id` is None."""

    id: UUID
    location_id: UUID | None
    name: str
    category: str
    channel: str
    purpose: str
    subject: str | None
    body: str
    version: int
    use_count: int
    last_used_at: datetime | None
    created_at: datetime
    updated_at: datetime


_COLUMNS = tuple(getattr(MessageTemplate, name) for name in TemplateView.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """Which templates to list; None does not filter, and those of every location are always among them."""

    location_ids: tuple[UUID, ...]
    channel: TemplateChannel | None = None
    category: TemplateCategory | None = None


def list_templates(
    session: Session, wanted: TemplateFilter, *, after: tuple[str, UUID] | None, limit: int
) -> list[TemplateView]:
    """List templates by name and id, those after `after`; at most `limit`."""
    statement = sa.select(*_COLUMNS).where(_usable_at(wanted.location_ids))
    if wanted.channel is not None:
        statement = statement.where(MessageTemplate.channel == wanted.channel)
    if wanted.category is not None:
        statement = statement.where(MessageTemplate.category == wanted.category)
    key = (MessageTemplate.name, MessageTemplate.id)
    if after is not None:
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*after))
    return [TemplateView(*row) for row in session.execute(statement.order_by(*key).limit(limit))]


def get_with_link(session: Session, location_id: UUID, channel: TemplateChannel, category: TemplateCategory) -> UUID:
    """Return the first text of a category, by name, that brings a link by a channel.

    Raises:
        RuleViolationError: there is none; or it was given another purpose.
    """
    wanted = TemplateFilter((location_id,), channel, category)
    for template in list_templates(session, wanted, after=None, limit=200):
        if any(variable.name == "link" for variable in rules.parse(template.body)):
            return template.id
    raise invalid_field(
        "templateId", f"No text of the category {category.title()} has {{link}} in it. Write one first."
    )


def get_template(session: Session, template_id: UUID, location_ids: Iterable[UUID]) -> TemplateView:
    """Return a template that one of these locations may use.

    Raises:
        NotFoundError: none such, or it is deleted.
    """
    row = session.execute(
        sa.select(*_COLUMNS).where(MessageTemplate.id == template_id, _usable_at(location_ids))
    ).first()
    if row is None:
        raise NotFoundError("There is no such template.")
    return TemplateView(*row)


def find_by_names(session: Session, names: Iterable[str]) -> dict[str, UUID]:
    """Return the texts of every location that have one of these names, by name."""
    rows = session.execute(
        sa.select(MessageTemplate.name, MessageTemplate.id).where(
            MessageTemplate.name.in_(tuple(names)),
            MessageTemplate.channel == TemplateChannel.SMS,
            MessageTemplate.location_id.is_(None),
            MessageTemplate.deleted_at.is_(None),
        )
    )
    return {name: identifier for name, identifier in rows}  # noqa: C416  a row is no pair to mypy


def get_template_for_update(session: Session, template_id: UUID, location_ids: Iterable[UUID]) -> MessageTemplate:
    """Lock and return a template that one of these locations may use.

    Raises:
        NotFoundError: none such, or it is deleted.
    """
    found = session.scalars(
        sa.select(MessageTemplate)
        .where(MessageTemplate.id == template_id, _usable_at(location_ids))
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such template.")
    return found


def _usable_at(location_ids: Iterable[UUID]) -> sa.ColumnElement[bool]:
    return sa.and_(
        MessageTemplate.deleted_at.is_(None),
        sa.or_(MessageTemplate.location_id.is_(None), MessageTemplate.location_id.in_(tuple(location_ids))),
    )


def list_triggers(session: Session, template_id: UUID) -> list[str]:
    """List the triggers at which a location sends or proposes a template by itself, each once."""
    return list(
        session.scalars(
            sa.select(_RULES.c.trigger)
            .where(_RULES.c.template_id == template_id, _RULES.c.loudness != "quiet")
            .distinct()
            .order_by(_RULES.c.trigger)
        )
    )


def read_shop_values(session: Session, location_id: UUID) -> dict[str, str | None]:
    """Return what the variables of the shop say at a location; one that has no phone or address says nothing."""
    name, phone, address = session.execute(
        sa.select(Location.name, Location.phone, Location.address).where(Location.id == location_id)
    ).one()
    return {"shop_name": name, "shop_phone": phone and spoken(phone), "shop_address": address}


def read_values(
    session: Session, appointment_id: UUID, location_ids: Iterable[UUID] | None = None
) -> dict[str, str | None]:
    """Return what a job says for every variable, as the session's transaction sees it, deleted or not.

    Raises:
        NotFoundError: no such appointment, or none of `location_ids`, where they are given.
    """
    here = sa.true() if location_ids is None else Appointment.location_id.in_(tuple(location_ids))
    row = session.execute(
        sa.select(
            Location.timezone,
            Location.currency,
            Location.name,
            Location.phone,
            Location.address,
            Appointment.customer_name,
            Appointment.vehicle_label,
            Appointment.plate,
            Appointment.tech_name,
            Appointment.number,
            Appointment.starts_at,
            Appointment.promised_at,
            Appointment.total_cents,
            Appointment.paid_cents,
        )
        .join(Location, Location.id == Appointment.location_id)
        .where(Appointment.id == appointment_id, here)
    ).first()
    if row is None:
        raise NotFoundError("There is no such appointment.")
    timezone, currency, name, phone, *others = row
    return rules.values_of(Facts(ZoneInfo(timezone), currency, name, phone and spoken(phone), *others))
