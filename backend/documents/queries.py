"""Papers as PDF: typst sets them from templates; what they show is handed over as JSON and is never markup."""

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
import typst
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.core.errors import NotFoundError
from backend.documents import rules
from backend.documents.rules import Authorization, Brand, Decision, Entry, Frozen, PaperKind, PaperSize
from backend.estimates import queries as estimates
from backend.estimates.rules import Decision as ApprovalDecision
from backend.invoices import queries as invoices
from backend.invoices.queries import InvoiceView, VersionView
from backend.payments import queries as payments
from backend.services import queries as services
from backend.services.queries import Job

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_SHEETS = {PaperSize.LETTER: "us-letter", PaperSize.A4: "a4"}


def render(kind: PaperKind, content: Mapping[str, Any], paper: PaperSize, brand: Brand) -> bytes:
    """Set a paper and return its PDF: tagged, fonts inside, text selectable."""
    data = {
        **content,
        "sheet": _SHEETS[paper],
        "brand": {"name": brand.name, "color": rules.readable_color(brand.color)},
    }
    made: bytes = typst.compile(
        str(_TEMPLATES / f"{kind}.typ"),
        root=str(_TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": orjson.dumps(rules.printable(data)).decode()},
        format="pdf",
    )
    return made


@functools.cache
def _fonts() -> typst.Fonts:
    """Read the fonts once; those of the machine stay out, so that a paper looks the same everywhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(_HERE / "fonts")])


# --- what a visit's papers show -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper shows, on which sheet unless somebody wants the other, and what its file is called."""

    kind: PaperKind
    content: Mapping[str, Any]
    size: PaperSize
    name: str


def read_paper(
    session: Session,
    kind: PaperKind,
    appointment_id: UUID,
    *,
    location_ids: Collection[UUID] | None,
    version: int | None = None,
    now: datetime,
) -> Paper:
    """Return a paper of a visit at one of these locations (None: anywhere); of an estimate or invoice the version asked for.

    Without one it is the version in force, or a draft of what would be sent or invoiced.

    Raises:
        NotFoundError: no such visit, or no such version of it.
    """
    visit = session.execute(
        sa.select(Appointment.number, Appointment.location_id, Appointment.notes, Appointment.version).where(
            Appointment.id == appointment_id, Appointment.deleted_at.is_(None)
        )
    ).first()
    if visit is None or (location_ids is not None and visit.location_id not in location_ids):
        raise NotFoundError("There is no such appointment.")
    present = services.read_document(session, appointment_id)
    name = f"{kind}-{visit.number}"
    match kind:
        case PaperKind.WORK_ORDER:
            content = rules.work_order_content(present, notes=visit.notes, version=visit.version, now=now)
        case PaperKind.ESTIMATE:
            content, version_no = _estimate(session, appointment_id, present, version, now)
            name = f"{name}-{_version_name(version_no)}"
        case PaperKind.INVOICE:
            content, number, version_no = _invoice(session, appointment_id, present, version, now)
            # Before there is one, it is called by its visit.
            name = f"{kind}-{number}-{_version_name(version_no)}" if number else f"{kind}-draft-{visit.number}"
        case PaperKind.RECEIPT:
            invoice = invoices.find_of_visit(session, appointment_id)
            standing = _standing(invoice)
            content = rules.receipt_content(
                present,
                payments=_entries(session, appointment_id),
                charged_cents=standing.total_cents if standing else present["totals"]["totalCents"],
                invoice_number=invoice.number if invoice and standing else None,
                now=now,
            )
        case PaperKind.EVIDENCE:
            content = rules.evidence_content(estimates.read_evidence(session, appointment_id), now=now)
        case _:
            raise NotFoundError("There is no such paper of a visit.")
    # A frozen paper keeps its words; which sheet lies in the printer is today's.
    return Paper(kind, content, PaperSize(present["shop"]["paper"]), name)


def _version_name(version_no: int | None) -> str:
    return "draft" if version_no is None else f"v{version_no}"


def _estimate(
    session: Session, appointment_id: UUID, present: Mapping[str, Any], version: int | None, now: datetime
) -> tuple[dict[str, Any], int | None]:
    """Return an estimate's paper and its version, None for a draft."""
    shown = [one for one in estimates.list_versions(session, appointment_id) if version in {None, one.version_no}]
    if version is not None and not shown:
        raise NotFoundError("There is no such version of this estimate.")
    last = shown[-1] if shown else None
    document = last.document if last else present
    ids = [UUID(job["id"]) for job in document["jobs"]]
    said = estimates.last_said(estimates.list_records(session, appointment_id))

    def who(job: Job) -> tuple[str | None, str | None]:
        record = said.get(job.id)
        # Both are texts of their tables' own lists.
        return (record.person, record.method) if record and str(record.decision) == str(job.approval) else (None, None)

    content = rules.estimate_content(
        document,
        Frozen(last.version_no, last.document_hash, last.created_at) if last else None,
        opened_at=last.opened_at if last else None,
        decisions=[
            Decision(
                job.name,
                job.approval,
                job.decided_at,
                job.decline_reason,
                job.deferred_until,
                job.totals.total_cents,
                *who(job),
            )
            for job in services.jobs_by_ids(session, ids)
        ],
        now=now,
    )
    return content, last.version_no if last else None


def _invoice(
    session: Session, appointment_id: UUID, present: Mapping[str, Any], version: int | None, now: datetime
) -> tuple[dict[str, Any], int | None, int | None]:
    """Return an invoice's paper, its number, None before there is one, and its version, None for a draft."""
    invoice = invoices.find_of_visit(session, appointment_id)
    wanted = _standing(invoice)
    if version is not None:
        versions = invoices.list_versions(session, invoice.id) if invoice else []
        wanted = next((one for one in versions if one.version_no == version), None)
        if wanted is None:
            raise NotFoundError("There is no such version of this invoice.")
    document = invoices.get_document(session, wanted.id) if wanted else present
    content = rules.invoice_content(
        document,
        Frozen(wanted.version_no, wanted.document_hash, wanted.issued_at) if wanted else None,
        number=invoice.number if invoice else None,
        next_version=invoice.newest.version_no + 1 if invoice else 1,
        reversed_on=wanted.reversed_on if wanted else None,
        payments=_entries(session, appointment_id),
        authorizations=_authorizations(session, appointment_id, document, by=wanted.issued_at if wanted else now),
        now=now,
    )
    return content, invoice.number if invoice else None, wanted.version_no if wanted else None


def _authorizations(
    session: Session, appointment_id: UUID, document: Mapping[str, Any], *, by: datetime
) -> list[Authorization]:
    """List the approvals that stood for the jobs of an invoice when it was issued."""
    until = [record for record in estimates.list_records(session, appointment_id) if record.recorded_at <= by]
    said = estimates.last_said(until)
    charged = [UUID(job["id"]) for job in document["jobs"] if rules.is_charged(job)]
    return [
        Authorization(**{name: getattr(said[job_id], name) for name in Authorization.__dataclass_fields__})
        for job_id in charged
        if job_id in said and said[job_id].decision == ApprovalDecision.APPROVED
    ]


def _standing(invoice: InvoiceView | None) -> VersionView | None:
    return invoice.newest if invoice is not None and invoice.newest.stands else None


def _entries(session: Session, appointment_id: UUID) -> list[Entry]:
    return [
        Entry(one.kind, one.method, one.amount_cents, one.is_deposit, one.reference, one.accounting_on)
        for one in payments.list_ledger(session, appointment_id)
    ]
