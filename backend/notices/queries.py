"""Rules as the settings show them, jobs as notices see them, and what is waiting to be sent of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.core.errors import NotFoundError
from backend.customers.models import Customer
from backend.messages.models import Message
from backend.messages.rules import WAITING, Direction, MessageStatus, Origin, Reason
from backend.notices.models import NoticeRule
from backend.notices.rules import (
    LOOKAHEAD,
    REMINDERS,
    Addressee,
    Job,
    Loudness,
    StartChange,
    StatusChange,
    Trigger,
)
from backend.shop.models import Location
from backend.templates.models import MessageTemplate

# What made a text that no person wrote.
BY_ITSELF = (Origin.STAGE, Origin.REMINDER, Origin.CONFIRMATION)
# More moves of one job than this within half a minute, and more steps within seconds each, are nobody's.
_NEWEST_CHANGES = 20


# --- rules -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleView:
    """What a location does at a trigger. A trigger without a row is quiet, with version 0."""

    trigger: Trigger
    loudness: Loudness
    template_id: UUID | None
    template_name: str | None
    version: int
    updated_at: datetime | None
    updated_by: str | None


_RULE_COLUMNS: tuple[Any, ...] = (
    NoticeRule.trigger,
    NoticeRule.loudness,
    NoticeRule.template_id,
    MessageTemplate.name,
    NoticeRule.version,
    NoticeRule.updated_at,
    User.name,
)


def list_rules(session: Session, location_id: UUID) -> list[RuleView]:
    """List what a location does at every trigger, in the order in which a job comes to them."""
    rows = session.execute(
        sa.select(*_RULE_COLUMNS)
        .outerjoin(MessageTemplate, MessageTemplate.id == NoticeRule.template_id)
        .outerjoin(User, User.id == NoticeRule.updated_by)
        .where(NoticeRule.location_id == location_id)
    )
    known = {trigger: RuleView(Trigger(trigger), Loudness(loudness), *rest) for trigger, loudness, *rest in rows}
    return [known.get(trigger) or RuleView(trigger, Loudness.QUIET, None, None, 0, None, None) for trigger in Trigger]


def get_rule(session: Session, location_id: UUID, trigger: Trigger) -> RuleView:
    """Return what a location does at a trigger."""
    return next(rule for rule in list_rules(session, location_id) if rule.trigger is trigger)


def find_rule_for_update(session: Session, location_id: UUID, trigger: Trigger) -> NoticeRule | None:
    """Lock and return a location's rule for a trigger, None where there is none yet."""
    return session.scalars(
        sa.select(NoticeRule)
        .where(NoticeRule.location_id == location_id, NoticeRule.trigger == trigger)
        .with_for_update(key_share=True)
    ).one_or_none()


# --- jobs --------------------------------------------------------------------------------------

_JOB_COLUMNS: tuple[Any, ...] = (
    Appointment.id,
    Appointment.location_id,
    Location.timezone,
    Appointment.customer_id,
    Appointment.status,
    Appointment.status_since,
    Appointment.starts_at,
    Appointment.ends_at,
    Appointment.promised_at,
    Appointment.check_in_at,
    Appointment.check_out_at,
    Appointment.created_at,
    Appointment.updated_at,
    Appointment.deleted_at,
    Customer.phone,
    Customer.email,
)


def find_job(session: Session, appointment_id: UUID) -> Job | None:
    """Return an appointment as the session's transaction sees it, deleted or not; None for none such."""
    row = session.execute(
        sa.select(*_JOB_COLUMNS)
        .join(Location, Location.id == Appointment.location_id)
        .outerjoin(Customer, Customer.id == Appointment.customer_id)
        .where(Appointment.id == appointment_id)
    ).first()
    return None if row is None else _job(*row)


def get_job(session: Session, appointment_id: UUID, location_ids: Iterable[UUID]) -> Job:
    """Return an appointment of one of these locations.

    Raises:
        NotFoundError: none such, or it is deleted.
    """
    job = find_job(session, appointment_id)
    if job is None or job.deleted_at is not None or job.location_id not in tuple(location_ids):
        raise NotFoundError("There is no such appointment.")
    return job


def _job(identifier: UUID, location_id: UUID, timezone: str, customer_id: UUID | None, status: str, *rest: Any) -> Job:
    return Job(identifier, location_id, ZoneInfo(timezone), customer_id, Status(status), *rest)


def list_start_changes(session: Session, appointment_id: UUID) -> list[StartChange]:
    """List the changes of a job's start, the latest first."""
    start = AuditLog.changes["start"]
    rows = session.execute(
        sa.select(AuditLog.at, AuditLog.version, start[0].astext, start[1].astext)
        .where(
            AuditLog.entity_id == appointment_id,
            AuditLog.changes.has_key("start"),
            start[0].astext.is_not(None),
            AuditLog.version.is_not(None),
        )
        .order_by(AuditLog.version.desc())
        .limit(_NEWEST_CHANGES)
    )
    return [
        StartChange(at, version, datetime.fromisoformat(before), datetime.fromisoformat(after))
        for at, version, before, after in rows
    ]


def list_last_steps(session: Session, appointment_id: UUID) -> list[StatusChange]:
    """List a job's last changes of status, the latest first."""
    status = AuditLog.changes["status"]
    rows = session.execute(
        sa.select(AuditLog.at, status[0].astext, status[1].astext)
        .where(
            AuditLog.entity_id == appointment_id,
            AuditLog.changes.has_key("status"),
            status[0].astext.is_not(None),
            AuditLog.version.is_not(None),
        )
        .order_by(AuditLog.version.desc())
        .limit(_NEWEST_CHANGES)
    )
    return [StatusChange(at, Status(before), Status(after)) for at, before, after in rows]


_UNSAID = frozenset({MessageStatus.SUPPRESSED})
_UNHEARD = frozenset({MessageStatus.PROPOSED, MessageStatus.CANCELED, MessageStatus.FAILED, MessageStatus.UNDELIVERED})


def was_told(
    session: Session,
    job: Job,
    keys: Collection[str],
    *,
    since: datetime | None = None,
    before: datetime | None = None,
) -> bool:
    """True where a text was made for a job's customer under one of these keys that was not taken back before they got it.

    With `since` or `before` only those made in [since, before) count. With `since` it is asked whether another text may be left
    out for it: one that waits for a person's word, or did not get there, is no reason for that.
    """
    told = sa.exists().where(
        Message.appointment_id == job.id,
        Message.customer_id.is_not_distinct_from(job.customer_id),
        # The part before the sign is the key of one that was taken back, or was for the customer before.
        sa.func.split_part(Message.origin_key, "#", 1).in_(keys),
        Message.status.not_in(_UNSAID if since is None else _UNSAID | _UNHEARD),
        Message.created_at >= since if since is not None else sa.true(),
        Message.created_at < before if before is not None else sa.true(),
    )
    return bool(session.scalar(sa.select(told)))


def list_jobs_to_remind(session: Session, now: datetime) -> list[tuple[UUID, list[Trigger]]]:
    """List the jobs that start within the lookahead at locations that remind, by start, and at which triggers."""
    reminding = (
        sa.select(NoticeRule.location_id, sa.func.array_agg(NoticeRule.trigger).label("triggers"))
        .where(NoticeRule.trigger.in_(REMINDERS), NoticeRule.loudness != Loudness.QUIET)
        .group_by(NoticeRule.location_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(Appointment.id, reminding.c.triggers)
        .join(reminding, reminding.c.location_id == Appointment.location_id)
        .where(
            # A local day may begin up to a day before or after the one of UTC; the index is by day.
            Appointment.day.between((now - timedelta(days=1)).date(), (now + LOOKAHEAD + timedelta(days=1)).date()),
            Appointment.starts_at > now,
            Appointment.starts_at <= now + LOOKAHEAD,
            Appointment.status == Status.SCHEDULED,
            Appointment.customer_id.is_not(None),
            Appointment.deleted_at.is_(None),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return [(identifier, [Trigger(trigger) for trigger in triggers]) for identifier, triggers in rows]


def find_to_confirm(session: Session, location_id: UUID, phone: str, now: datetime) -> UUID | None:
    """Return the next job of a number at a location that it was told the time of by a text; None for none."""
    return session.scalar(
        sa.select(Appointment.id)
        .join(Message, Message.appointment_id == Appointment.id)
        .where(
            Message.phone == phone,
            Message.location_id == location_id,
            Message.direction == Direction.OUT,
            Message.origin.in_((Origin.REMINDER, Origin.CONFIRMATION)),
            Message.accepted_at.is_not(None),
            Appointment.status == Status.SCHEDULED,
            Appointment.starts_at > now,
            Appointment.deleted_at.is_(None),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(1)
    )


def find_customer_name(session: Session, appointment_id: UUID) -> str:
    """Return the name of a job's customer, empty for none."""
    return session.scalar(sa.select(Appointment.customer_name).where(Appointment.id == appointment_id)) or ""


# --- texts that no person wrote ------------------------------------------------------------------


def find_addressee(session: Session, origin_key: str | None) -> Addressee | None:
    """Return whom the text made under a key is for; None where none was made yet."""
    row = session.execute(
        sa.select(Message.customer_id, Message.phone, Message.email).where(Message.origin_key == origin_key)
    ).first()
    return None if row is None else Addressee(*row)


def list_jobs_with_waiting(session: Session, customer_id: UUID) -> list[UUID]:
    """List the jobs of a customer about which a text that nobody wrote waits to be sent."""
    return list(
        session.scalars(
            sa.select(Message.appointment_id)
            .join(Appointment, Appointment.id == Message.appointment_id)
            .where(Message.customer_id == customer_id, Message.origin.in_(BY_ITSELF), Message.status.in_(WAITING))
            .distinct()
        )
    )


def lock_made(session: Session, appointment_id: UUID) -> list[Message]:
    """Lock and return the texts of a job that were written by nobody and still hold their key, by id."""
    return list(
        session.scalars(
            sa.select(Message)
            .where(
                Message.appointment_id == appointment_id,
                Message.origin.in_(BY_ITSELF),
                Message.origin_key.is_not(None),
                Message.origin_key.not_like("%#%"),
            )
            .order_by(Message.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


_NOT_AGREED = (Reason.OPTED_OUT, Reason.PROVIDER_BLOCKED, Reason.NO_CONSENT)


def lock_reminders_not_agreed_to(session: Session, phone: str, now: datetime) -> list[Message]:
    """Lock and return the reminders of visits to come that did not leave because their number had not agreed, by id."""
    return list(
        session.scalars(
            sa.select(Message)
            .join(Appointment, Appointment.id == Message.appointment_id)
            .where(
                Message.phone == phone,
                Message.direction == Direction.OUT,
                Message.origin == Origin.REMINDER,
                Message.status == MessageStatus.SUPPRESSED,
                Message.reason.in_(_NOT_AGREED),
                Message.origin_key.not_like("%#%"),
                Appointment.starts_at > now,
            )
            .order_by(Message.id)
            .with_for_update(key_share=True, of=Message)
            .execution_options(populate_existing=True)
        )
    )


def lock_waiting_of_trigger(session: Session, location_id: UUID, trigger: Trigger) -> list[Message]:
    """Lock and return what waits to be sent at a location for a trigger, by id."""
    key = f"{trigger}:%" if trigger in REMINDERS else f"stage:%:{trigger}:%"
    return list(
        session.scalars(
            sa.select(Message)
            .where(
                Message.location_id == location_id,
                Message.origin.in_(BY_ITSELF),
                Message.status.in_(WAITING),
                Message.origin_key.like(key),
            )
            .order_by(Message.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """A text that was made for a job by nobody; `due_at` while it waits, `at` when it left or was made."""

    id: UUID
    origin_key: str | None
    status: str
    reason: str | None
    body: str
    template_id: UUID | None
    template_name: str | None
    template_body: str | None
    due_at: datetime | None
    at: datetime


_MADE_COLUMNS: tuple[Any, ...] = (
    Message.id,
    Message.origin_key,
    Message.status,
    Message.reason,
    Message.body,
    Message.template_id,
    MessageTemplate.name,
    MessageTemplate.body,
    Message.due_at,
    sa.func.coalesce(Message.sent_at, Message.accepted_at, Message.created_at),
)


def list_made(session: Session, appointment_id: UUID) -> list[NoticeMessage]:
    """List the texts that were made for a job by nobody, in the order of their making."""
    rows = session.execute(
        sa.select(*_MADE_COLUMNS)
        .outerjoin(MessageTemplate, MessageTemplate.id == Message.template_id)
        .where(Message.appointment_id == appointment_id, Message.origin.in_(BY_ITSELF))
        .order_by(Message.created_at, Message.id)
    )
    return [NoticeMessage(*row) for row in rows]
