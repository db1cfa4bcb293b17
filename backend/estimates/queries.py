"""What can be seen of estimates: versions, what was said to them, how the visit stands, work that was declined."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.core.errors import NotFoundError, invalid_field
from backend.estimates import rules
from backend.estimates.models import ApprovalRecord, Estimate
from backend.estimates.rules import Decision, Method
from backend.links import queries as links
from backend.links.rules import Purpose, has_ended
from backend.messages.models import Message
from backend.messages.rules import MessageStatus
from backend.services import queries as services
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import Approval
from backend.templates import queries as templates
from backend.templates.queries import TemplateFilter
from backend.templates.rules import TemplateCategory, TemplateChannel, parse

# --- versions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EstimateView:
    """A version of an estimate; `document` is the frozen copy, money in cents, instants in UTC."""

    id: UUID
    location_id: UUID
    appointment_id: UUID
    version_no: int
    document: dict[str, Any]
    document_hash: str
    total_cents: int
    link_cap_cents: int
    link_id: UUID | None
    message_id: UUID | None
    created_at: datetime
    created_by: UUID | None
    opened_at: datetime | None
    superseded_at: datetime | None


_COLUMNS = tuple(getattr(Estimate, name) for name in EstimateView.__dataclass_fields__)


def find_current(session: Session, appointment_id: UUID) -> EstimateView | None:
    """Return the version in force; None where nobody was shown one."""
    row = session.execute(
        sa.select(*_COLUMNS)
        .where(Estimate.appointment_id == appointment_id, Estimate.superseded_at.is_(None))
        .order_by(Estimate.version_no.desc())
        .limit(1)
    ).first()
    return None if row is None else EstimateView(*row)


def get_version(
    session: Session, appointment_id: UUID, version_no: int, location_ids: Collection[UUID]
) -> EstimateView:
    """Return one version as it was shown.

    Raises:
        NotFoundError: no such version at these locations.
    """
    row = session.execute(
        sa.select(*_COLUMNS).where(
            Estimate.appointment_id == appointment_id,
            Estimate.version_no == version_no,
            Estimate.location_id.in_(tuple(location_ids)),
        )
    ).first()
    if row is None:
        raise NotFoundError("There is no such version of this estimate.")
    return EstimateView(*row)


def list_versions(session: Session, appointment_id: UUID) -> list[EstimateView]:
    """List a visit's versions, the first one first."""
    rows = session.execute(
        sa.select(*_COLUMNS).where(Estimate.appointment_id == appointment_id).order_by(Estimate.version_no)
    )
    return [EstimateView(*row) for row in rows]


def get_appointment(session: Session, appointment_id: UUID, location_ids: Collection[UUID]) -> Appointment:
    """Return a visit of one of these locations, without its lock.

    Raises:
        NotFoundError: none such, or it is deleted.
    """
    found = session.scalars(
        sa.select(Appointment).where(
            Appointment.id == appointment_id,
            Appointment.location_id.in_(tuple(location_ids)),
            Appointment.deleted_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such appointment.")
    return found


def get_template_with_link(session: Session, appointment_id: UUID, channel: str) -> UUID:
    """Return the first text, by name, that brings an estimate's link by a channel.

    Raises:
        RuleViolationError: there is none; or it was given another purpose.
    """
    location_id, _, _ = get_whom(session, appointment_id)
    wanted = TemplateFilter((location_id,), TemplateChannel(channel), TemplateCategory.ESTIMATE)
    for template in templates.list_templates(session, wanted, after=None, limit=200):
        if any(variable.name == "link" for variable in parse(template.body)):
            return template.id
    raise invalid_field("templateId", "No text of the category Estimate has {link} in it. Write one first.")


def find_message_state(session: Session, message_id: UUID | None) -> tuple[str | None, datetime | None]:
    """Return how a message stands, and until when it is held; nothing for none."""
    if message_id is None:
        return None, None
    row = session.execute(sa.select(Message.status, Message.due_at).where(Message.id == message_id)).one()
    return row.status, row.due_at if row.status == MessageStatus.HELD.value else None


def check_link_of(session: Session, link_id: UUID, appointment_id: UUID) -> None:
    """Refuse a link of another visit.

    Raises:
        NotFoundError: it is no link of this one.
    """
    if link_id not in {link.id for link in links.list_links(session, appointment_id)}:
        raise NotFoundError("There is no such link.")


def last_version_no(session: Session, appointment_id: UUID) -> int:
    """Return the number of a visit's newest version, 0 without one. The caller holds the appointment."""
    last = session.scalar(sa.select(sa.func.max(Estimate.version_no)).where(Estimate.appointment_id == appointment_id))
    return last or 0


# --- what was said ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordView:
    """One thing that was said about one job; `recorded_by_name` is the colleague who wrote it down."""

    id: UUID
    job_id: UUID
    estimate_id: UUID | None
    decision: Decision
    method: Method
    said_at: datetime
    recorded_at: datetime
    job_name: str
    amount_cents: int
    document_hash: str | None
    person: str | None
    phone: str | None
    reason: str | None
    words: str | None
    spending_cap_cents: int | None
    added_parts_cents: int | None
    added_labor_cents: int | None
    new_total_cents: int | None
    ip: str | None
    recorded_by_name: str | None


_RECORD_COLUMNS = (
    *(
        getattr(ApprovalRecord, name)
        for name in RecordView.__dataclass_fields__
        if name not in {"ip", "recorded_by_name"}
    ),
    sa.func.host(ApprovalRecord.ip).label("ip"),
    User.name.label("recorded_by_name"),
)


def list_records(session: Session, appointment_id: UUID) -> list[RecordView]:
    """List what was said about a visit's jobs, in the order it came about."""
    rows = session.execute(
        sa.select(*_RECORD_COLUMNS)
        .outerjoin(User, User.id == ApprovalRecord.recorded_by)
        .where(ApprovalRecord.appointment_id == appointment_id)
        # An approval that an edit took back was over with the edit, however much later that is written down.
        .order_by(
            sa.case(
                (ApprovalRecord.decision == Decision.REVOKED.value, ApprovalRecord.said_at),
                else_=ApprovalRecord.recorded_at,
            ),
            ApprovalRecord.id,
        )
    )
    return [RecordView(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Said:
    """An approval, or that it was taken back."""

    appointment_id: UUID
    decision: Decision
    said_at: datetime
    recorded_at: datetime
    job_name: str
    amount_cents: int


def list_records_of_job(session: Session, job_id: UUID) -> list[Said]:
    """List a job's approvals and revocations, in the order they were written down."""
    rows = session.execute(
        sa.select(*(getattr(ApprovalRecord, name) for name in Said.__dataclass_fields__))
        .where(
            ApprovalRecord.job_id == job_id,
            ApprovalRecord.decision.in_([Decision.APPROVED.value, Decision.REVOKED.value]),
        )
        .order_by(ApprovalRecord.recorded_at, ApprovalRecord.id)
    )
    return [Said(*row) for row in rows]


def name_in(document: Mapping[str, Any], job_id: UUID) -> str | None:
    """Return what a frozen document calls a job, None where it does not have it."""
    return next((str(job["name"]) for job in document["jobs"] if job["id"] == str(job_id)), None)


def get_whom(session: Session, appointment_id: UUID) -> tuple[UUID, UUID | None, str | None]:
    """Return a visit's location, its customer and their phone.

    Raises:
        NotFoundError: no such appointment.
    """
    row = session.execute(
        sa.select(Appointment.location_id, Appointment.customer_id, Appointment.customer_phone).where(
            Appointment.id == appointment_id, Appointment.deleted_at.is_(None)
        )
    ).first()
    if row is None:
        raise NotFoundError("There is no such appointment.")
    return row.location_id, row.customer_id, row.customer_phone


def last_said(records: Iterable[RecordView]) -> dict[UUID, RecordView]:
    """Return by job what was last said to it, questions aside."""
    spoken = (record for record in records if record.decision not in {Decision.ASKED, Decision.ANSWERED})
    return {record.job_id: record for record in spoken}


def approved_by_link_cents(records: Iterable[RecordView], jobs: Iterable[services.Job]) -> int:
    """Sum what stands approved by a link alone or with the digits: what the link's cap has let through already."""
    said = last_said(records)
    return sum(
        said[job.id].amount_cents
        for job in jobs
        if job.approval == Approval.APPROVED and job.is_chosen and job.id in said and said[job.id].method == Method.LINK
    )


def spending_cap_of(records: Iterable[RecordView]) -> int | None:
    """Return the cap that the customer set last."""
    caps = [record.spending_cap_cents for record in records if record.spending_cap_cents is not None]
    return caps[-1] if caps else None


def standings(
    jobs: Iterable[services.Job], records: Iterable[RecordView], current: EstimateView | None
) -> list[rules.Standing]:
    """Return what the state of a visit's estimate is made of; an alternative that is not chosen has none."""
    said = last_said(records)
    return [
        rules.Standing(Approval(job.approval), job.asked_at is not None, _is_revoked(said.get(job.id), current))
        for job in jobs
        if job.is_chosen
    ]


def _is_revoked(last: RecordView | None, current: EstimateView | None) -> bool:
    """True until a version that is newer than the revocation was shown."""
    return (
        last is not None
        and last.decision == Decision.REVOKED
        and (current is None or current.created_at <= last.said_at)
    )


# --- the panel ------------------------------------------------------------------------------------


def read_overview(
    session: Session, appointment_id: UUID, location_ids: Collection[UUID], now: datetime
) -> dict[str, Any]:
    """Return how a visit's estimate stands, for who works on it.

    Raises:
        NotFoundError: no such appointment at these locations.
    """
    appointment = get_appointment(session, appointment_id, location_ids)
    records = list_records(session, appointment_id)
    jobs = services.list_jobs(session, appointment_id)
    current = find_current(session, appointment_id)
    changed: frozenset[UUID] = frozenset()
    is_outdated = False
    if current is not None:
        present = services.read_document(session, appointment_id)
        changed = rules.changed_jobs(current.document, present)
        is_outdated = not rules.says_the_same(current.document, present)
    return {
        "state": appointment.estimate_state,
        "versions": _list_shown_versions(session, appointment_id),
        "records": records,
        "links": [
            {
                **{name: getattr(link, name) for name in ("id", "created_at", "expires_at", "revoked_at", "opened_at")},
                "is_open": not has_ended(link.expires_at, link.revoked_at, now),
            }
            for link in links.list_links(session, appointment_id)
            if link.purpose == Purpose.ESTIMATE
        ],
        "changed_job_ids": sorted(changed),
        "is_outdated": is_outdated,
        "authorized_cents": sum(
            job.totals.total_cents for job in jobs if job.is_chosen and job.approval == Approval.APPROVED
        ),
        "spending_cap_cents": spending_cap_of(records),
        "customer_name": appointment.customer_name,
        "customer_phone": appointment.customer_phone,
    }


def _list_shown_versions(session: Session, appointment_id: UUID) -> list[dict[str, Any]]:
    names = ("id", "version_no", "created_at", "opened_at", "superseded_at", "document_hash", "total_cents")
    rows = session.execute(
        sa.select(
            *(getattr(Estimate, name) for name in names),
            Estimate.link_id,
            User.name.label("created_by_name"),
            Message.channel,
            Message.status.label("message_status"),
        )
        .outerjoin(User, User.id == Estimate.created_by)
        .outerjoin(Message, Message.id == Estimate.message_id)
        .where(Estimate.appointment_id == appointment_id)
        .order_by(Estimate.version_no)
    ).mappings()
    return [{**row, "how": row["channel"] or ("link" if row["link_id"] else "print")} for row in rows]


# --- evidence ---------------------------------------------------------------------------------


def read_evidence(session: Session, appointment_id: UUID) -> dict[str, Any]:
    """Return what answers who approved what, when and how, what they saw, and what changed since; see the evidence paper.

    Raises:
        NotFoundError: no such appointment.
    """
    present = services.read_document(session, appointment_id)
    versions = list_versions(session, appointment_id)
    records = list_records(session, appointment_id)
    return {
        "document": present,
        "estimates": [
            {
                "id": version.id,
                "versionNo": version.version_no,
                "createdAt": version.created_at,
                "openedAt": version.opened_at,
                "supersededAt": version.superseded_at,
                "documentHash": version.document_hash,
                "totalCents": version.total_cents,
                "intro": version.document.get("intro"),
                "document": version.document,
            }
            for version in versions
        ],
        "records": [shown_record(record) for record in records],
        "changesSince": _changes_since(records, present),
    }


def shown_record(record: RecordView) -> dict[str, Any]:
    """Return a record as the wire and the evidence paper show it."""
    return {
        "id": record.id,
        "jobId": record.job_id,
        "decision": record.decision,
        "method": record.method,
        "saidAt": record.said_at,
        "recordedAt": record.recorded_at,
        "jobName": record.job_name,
        "amountCents": record.amount_cents,
        "person": record.person,
        "phone": record.phone,
        "reason": record.reason,
        "words": record.words,
        "documentHash": record.document_hash,
        "ip": record.ip,
        "recordedByName": record.recorded_by_name,
        "addedPartsCents": record.added_parts_cents,
        "addedLaborCents": record.added_labor_cents,
        "newTotalCents": record.new_total_cents,
        "spendingCapCents": record.spending_cap_cents,
    }


def _changes_since(records: list[RecordView], present: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the jobs whose amount is not what was last said to, and those that nothing was said to."""
    said = last_said(records)
    now = {UUID(job["id"]): job for job in present["jobs"]}
    changes = [
        {"jobName": job["name"], "thenCents": said[job_id].amount_cents if job_id in said else None}
        | {"nowCents": job["totalCents"]}
        for job_id, job in now.items()
        if job["isChosen"] and (job_id not in said or said[job_id].amount_cents != job["totalCents"])
    ]
    return changes + [
        {"jobName": record.job_name, "thenCents": record.amount_cents, "nowCents": None}
        for job_id, record in said.items()
        if job_id not in now
    ]


# --- recovery ---------------------------------------------------------------------------------

_later = aliased(AppointmentJob)
_LINES_TOTAL = (
    sa.select(
        sa.func.coalesce(
            sa.func.sum(
                AppointmentService.price_cents - AppointmentService.discount_cents + AppointmentService.tax_cents
            ),
            0,
        )
    )
    .where(AppointmentService.job_id == AppointmentJob.id, AppointmentService.deleted_at.is_(None))
    .correlate(AppointmentJob)
    .scalar_subquery()
)


def _is_declined() -> sa.ColumnElement[bool]:
    return sa.and_(
        AppointmentJob.approval == Approval.DECLINED.value,
        AppointmentJob.is_chosen,
        AppointmentJob.deleted_at.is_(None),
    )


@dataclass(frozen=True, slots=True)
class Recovery:
    """A declined job and what came of it: `recovered_cents` is the approved later job's price, None while there is none."""

    job_id: UUID
    appointment_id: UUID
    appointment_number: int
    customer_name: str | None
    vehicle: str | None
    name: str
    reason: str | None
    declined_at: datetime
    declined_cents: int
    recovered_job_id: UUID | None
    recovered_cents: int | None


def list_recovery(
    session: Session, location_ids: Collection[UUID], *, start: datetime, end: datetime
) -> list[Recovery]:
    """List what was declined in [start, end), and whether a later job with it as its origin was approved.

    The recovery rate is the share of rows with a `recovered_job_id`: work that was sold again without naming its
    origin does not count.
    """
    later_total = (
        sa.select(
            sa.func.sum(
                AppointmentService.price_cents - AppointmentService.discount_cents + AppointmentService.tax_cents
            )
        )
        .where(AppointmentService.job_id == _later.id, AppointmentService.deleted_at.is_(None))
        .correlate(_later)
        .scalar_subquery()
    )
    taken_up = (
        sa.select(_later.id.label("id"), later_total.label("cents"))
        .where(
            _later.revived_from_id == AppointmentJob.id,
            _later.approval == Approval.APPROVED.value,
            _later.is_chosen,
            _later.deleted_at.is_(None),
        )
        .order_by(_later.decided_at, _later.id)
        .limit(1)
        .correlate(AppointmentJob)
        .lateral()
    )
    rows = session.execute(
        sa.select(
            AppointmentJob.id,
            Appointment.id,
            Appointment.number,
            Appointment.customer_name,
            Appointment.vehicle_label,
            AppointmentJob.name,
            AppointmentJob.decline_reason,
            AppointmentJob.decided_at,
            _LINES_TOTAL,
            taken_up.c.id,
            taken_up.c.cents,
        )
        .join(Appointment, Appointment.id == AppointmentJob.appointment_id)
        .outerjoin(taken_up, sa.true())
        .where(
            Appointment.location_id.in_(tuple(location_ids)),
            Appointment.deleted_at.is_(None),
            AppointmentJob.decided_at >= start,
            AppointmentJob.decided_at < end,
            _is_declined(),
        )
        .order_by(AppointmentJob.decided_at, AppointmentJob.id)
    )
    return [Recovery(*row) for row in rows]
