"""What can be seen of estimates: versions, what was said to them, how the visit stands, the evidence."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.appointments.models import Appointment
from backend.core.errors import NotFoundError
from backend.estimates import rules
from backend.estimates.models import ApprovalRecord, Estimate
from backend.estimates.rules import Decision, Method
from backend.links import queries as links
from backend.links.models import LinkVisit, SignedLink
from backend.links.rules import Purpose, has_ended
from backend.messages.models import Message
from backend.messages.rules import MessageStatus
from backend.services import queries as services
from backend.services.models import AppointmentJob
from backend.services.rules import Approval
from backend.templates import queries as templates
from backend.templates.rules import TemplateCategory, TemplateChannel

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


def list_spoken(session: Session, appointment_id: UUID) -> frozenset[UUID]:
    """Return the versions that nobody was shown: each was kept in the moment in which a spoken answer was written down."""
    return frozenset(
        session.scalars(
            sa.select(Estimate.id)
            .join(
                ApprovalRecord,
                sa.and_(ApprovalRecord.estimate_id == Estimate.id, ApprovalRecord.recorded_at == Estimate.created_at),
            )
            .where(
                Estimate.appointment_id == appointment_id,
                ApprovalRecord.method.in_([Method.IN_PERSON.value, Method.PHONE.value]),
            )
        )
    )


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
    return templates.get_with_link(session, location_id, TemplateChannel(channel), TemplateCategory.ESTIMATE)


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


def find_appointment_of_job(session: Session, job_id: UUID) -> UUID | None:
    """Return the visit of a job, also of one that was taken out since."""
    return session.scalar(sa.select(AppointmentJob.appointment_id).where(AppointmentJob.id == job_id))


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
    is_known: bool
    user_agent: str | None
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


def count_waiting(session: Session, job_id: UUID) -> int:
    """Count what was asked about a job since the shop last answered."""
    answered = (
        sa.select(ApprovalRecord.id)
        .where(ApprovalRecord.job_id == job_id, ApprovalRecord.decision == Decision.ANSWERED.value)
        .order_by(ApprovalRecord.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return session.scalars(
        sa.select(sa.func.count()).where(
            ApprovalRecord.job_id == job_id,
            ApprovalRecord.decision == Decision.ASKED.value,
            sa.or_(answered.is_(None), ApprovalRecord.id > answered),
        )
    ).one()


def count_asked_by_link(session: Session, link_visit_id: UUID | None, since: datetime) -> int:
    """Count what was asked since then at the link of a browser, in whatever browser."""
    theirs = sa.select(LinkVisit.link_id).where(LinkVisit.id == link_visit_id).scalar_subquery()
    return session.scalars(
        sa.select(sa.func.count())
        .select_from(ApprovalRecord)
        .join(LinkVisit, LinkVisit.id == ApprovalRecord.link_visit_id)
        .where(
            LinkVisit.link_id == theirs,
            ApprovalRecord.decision == Decision.ASKED.value,
            ApprovalRecord.said_at >= since,
        )
    ).one()


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
    """Return what the state of a visit's estimate is made of; of alternatives the chosen one stands for all questions."""
    listed = list(jobs)
    said = last_said(records)
    asked = {job.choice_id or job.id for job in listed if job.asked_at is not None}
    return [
        rules.Standing(
            Approval(job.approval), (job.choice_id or job.id) in asked, _is_revoked(said.get(job.id), current)
        )
        for job in listed
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
    spoken = list_spoken(session, appointment_id)
    rows = session.execute(
        sa.select(
            *(getattr(Estimate, name) for name in names),
            SignedLink.purpose,
            User.name.label("created_by_name"),
            Message.channel,
            Message.status.label("message_status"),
        )
        .outerjoin(User, User.id == Estimate.created_by)
        .outerjoin(Message, Message.id == Estimate.message_id)
        .outerjoin(SignedLink, SignedLink.id == Estimate.link_id)
        .where(Estimate.appointment_id == appointment_id)
        .order_by(Estimate.version_no)
    ).mappings()
    return [{**row, "how": _how(row["channel"], row["purpose"], is_spoken=row["id"] in spoken)} for row in rows]


def _how(channel: str | None, purpose: str | None, *, is_spoken: bool) -> str:
    """Return how a version came about: by message, link, on paper, with an inspection's report, or a spoken answer (`record`)."""
    if is_spoken:
        return "record"
    if purpose == Purpose.REPORT:
        return "report"
    return channel or ("link" if purpose else "print")


# --- evidence ---------------------------------------------------------------------------------


def read_evidence(session: Session, appointment_id: UUID) -> dict[str, Any]:
    """Return what answers who approved what, when and how, what they saw, and what changed since; see the evidence paper.

    Raises:
        NotFoundError: no such appointment.
    """
    present = services.read_document(session, appointment_id)
    versions = list_versions(session, appointment_id)
    records = list_records(session, appointment_id)
    spoken = list_spoken(session, appointment_id)
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
                "isSpoken": version.id in spoken,
                "intro": version.document.get("intro"),
                "document": version.document,
            }
            for version in versions
        ],
        "records": [shown_record(record) for record in records],
        "changesSince": _changes_since(records, versions, present),
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
        "isKnown": record.is_known,
        "ip": record.ip,
        "userAgent": record.user_agent,
        "recordedByName": record.recorded_by_name,
        "addedPartsCents": record.added_parts_cents,
        "addedLaborCents": record.added_labor_cents,
        "newTotalCents": record.new_total_cents,
        "spendingCapCents": record.spending_cap_cents,
    }


def _changes_since(
    records: list[RecordView], versions: list[EstimateView], present: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """List the jobs that are offered otherwise than they were when something was last said to them, and those without a word.

    Where both amounts are the same it is the words or the lines that were changed; `thenName` is set where the name was.
    """
    said = {record.job_id: record for record in records if record.decision in {Decision.APPROVED, Decision.DECLINED}}
    frozen = {version.id: {job["id"]: job for job in version.document["jobs"]} for version in versions}
    now = {UUID(job["id"]): job for job in present["jobs"]}
    changes = []
    for job_id, job in now.items():
        record = said.get(job_id)
        shown = None if record is None else frozen.get(record.estimate_id or job_id, {}).get(job["id"])
        is_the_same = shown is not None and rules.offer_of(shown) == rules.offer_of(job)
        if job["isChosen"] and not is_the_same:
            changes.append(_change(job["name"], record, job["totalCents"]))
    return changes + [_change(record.job_name, record, None) for job_id, record in said.items() if job_id not in now]


def _change(name: str, record: RecordView | None, now_cents: int | None) -> dict[str, Any]:
    return {
        "jobName": name,
        "thenName": None if record is None or record.job_name == name else record.job_name,
        "thenCents": None if record is None else record.amount_cents,
        "nowCents": now_cents,
    }
