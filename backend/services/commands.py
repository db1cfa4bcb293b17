"""What can be done with a visit's work: jobs and lines, alternatives, discounts, decisions.

Every command locks the visit's row first, so that totals are never summed over half a change, and leaves the copies that the
board reads (`total_cents`, `services_summary`, `jobs_offered`, `jobs_approved`) as the lines say. The visit's version stays:
nobody's drag is refused for a line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.permissions import Permission, actor_may
from backend.appointments import commands as appointments
from backend.appointments import queries as appointment_queries
from backend.appointments.models import Appointment
from backend.audit import commands as audit
from backend.audit import queries as audit_queries
from backend.catalog import queries as catalog
from backend.catalog.rules import TAX_CLASS_OF, LineKind, Rates, TaxClass
from backend.core import edits, live
from backend.core.actor import SYSTEM, Actor
from backend.core.db import after_commit
from backend.core.errors import NotFoundError, PermissionDeniedError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.outbox import commands as outbox
from backend.services import queries, rules
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.queries import Job
from backend.services.rules import MOST_JOBS, MOST_LINES, SHOWN_FIELDS, Approval, Revocation, Urgency
from backend.shop import queries as shop

JOB_FIELDS = ("name", "category", "description", "urgency")
# What of these the customer approves; the others are the shop's own order and emphasis.
_APPROVED_WORDS = frozenset({"name", "description"})
# What a technician says of the work, as notes: open also under an invoice.
OUTCOME_FIELDS = ("cause", "correction")
LINE_FIELDS = (
    *("job_id", "kind", "name", "notes", "hours", "is_flat", "quantity", "unit_price_cents", "unit_cost_cents"),
    *("discount_cents", "discount_reason", "tax_class"),
)
# A role that may only write notes.
_NOTES_ONLY = frozenset({"notes"})


@dataclass(frozen=True, slots=True)
class JobDraft:
    """A job as somebody adds it: from the catalogue, or by hand with a name, perhaps with lines.

    `alternative_to` is the job of this visit instead of which it may be done.
    """

    catalog_id: UUID | None = None
    name: str | None = None
    category: str | None = None
    description: str | None = None
    urgency: Urgency | None = None
    lines: Sequence[Mapping[str, Any]] = ()
    alternative_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Visit:
    """A locked visit, who changes it, and when."""

    session: Session
    row: Appointment
    actor: Actor
    now: datetime

    @property
    def id(self) -> UUID:
        return self.row.id


# --- jobs -------------------------------------------------------------------------------------


def create_job(
    session: Session,
    appointment_id: UUID,
    draft: JobDraft,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> UUID:
    """Add a job to a visit and return its id; what is canned comes with its lines at this location's rates.

    Raises:
        NotFoundError: no such appointment, canned job or job to be an alternative to.
        InvoiceLockedError: an invoice stands.
        RuleViolationError: a value is wrong.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    rates = catalog.read_rates(session, visit.row.location_id)
    named = {name: getattr(draft, name) for name in JOB_FIELDS}
    lines = [_completed(line, rates) for line in draft.lines]
    if draft.catalog_id is not None:
        canned = catalog.get_catalog_job(session, draft.catalog_id, [visit.row.location_id])
        named = {
            **named,
            **{name: named[name] or getattr(canned, name) for name in ("name", "category", "description")},
        }
        lines = [rules.sold(line, rates) for line in canned.lines] + lines
    job = _add_job(visit, {**named, "catalog_id": draft.catalog_id})
    if draft.alternative_to is not None:
        _offer_instead(visit, job, draft.alternative_to)
    _add_lines(visit, job, lines, rates)
    _record_job(visit, EventType.JOB_CREATED, job, edits.first_values(named))
    _settle(visit)
    return job.id


def change_job(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    patch: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Change a job's words; what others changed in other fields since `version` stays.

    Another name or description is another job than the one that was approved: it waits for another approval.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError: an invoice stands.
        EditConflictError: somebody set one of the fields to another value since `version`.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    job = queries.get_job_for_update(session, appointment_id, job_id)
    current = {name: getattr(job, name) for name in JOB_FIELDS}
    overtaken = audit_queries.fields_overtaken(session, job_id, present=job.version, seen=version)
    edit = edits.split(current, patch, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, job=_shown_job(visit, job_id))
    if not edit.applies:
        return
    if edit.applies.keys() & _APPROVED_WORDS:
        _revoke(visit, job, Revocation.CHANGED)
    changes = edits.apply(job, edit.applies, now)
    _record_job(visit, EventType.JOB_CHANGED, job, changes)
    _settle(visit)


def tell_outcome(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    patch: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Write what was found and what was done about it; what others changed in other fields since `version` stays.

    Raises:
        NotFoundError: no such appointment or job.
        EditConflictError: somebody wrote something else in the same field since `version`.
    """
    visit = _visit(session, appointment_id, location_ids, actor=actor, now=now)
    job = queries.get_job_for_update(session, appointment_id, job_id)
    overtaken = audit_queries.fields_overtaken(session, job_id, present=job.version, seen=version)
    edit = edits.split({name: getattr(job, name) for name in OUTCOME_FIELDS}, patch, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, job=edits.wire(queries.get_outcome(session, job_id)))
    if not edit.applies:
        return
    _record_job(visit, EventType.JOB_CHANGED, job, edits.apply(job, edit.applies, now))
    session.flush()
    appointments.announce(session, appointment_id)


def delete_job(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    *,
    version: int | None = None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Take a job and its lines off a visit. Of alternatives the next one stands for it; one alone is none.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError: an invoice stands.
        StaleVersionError: somebody changed it since `version`.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    job = queries.get_job_for_update(session, appointment_id, job_id)
    edits.require_version(job.version, version)
    _revoke(visit, job, Revocation.REMOVED)
    others = queries.list_alternatives(session, job)
    for line in queries.list_lines_for_update(session, job_id):
        line.deleted_at, line.updated_at = now, now
    changes = edits.apply(job, {"deleted_at": now}, now)
    session.flush()
    if others and job.is_chosen:
        _choose(visit, next((other for other in others if other.approval != Approval.DECLINED), others[0]))
    if len(others) == 1:
        others[0].choice_id = None
    _record_job(visit, EventType.JOB_DELETED, job, changes | {"name": (job.name, None)})
    _settle(visit)


def arrange_jobs(
    session: Session,
    appointment_id: UUID,
    job_ids: Sequence[UUID],
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Bring a visit's jobs into this order; those that are not named keep theirs, behind.

    Raises:
        NotFoundError: no such appointment.
        InvoiceLockedError: an invoice stands.
        RuleViolationError: one of them is no job of this visit.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    before = queries.list_jobs(session, appointment_id)
    known = {job.id for job in before}
    if not known.issuperset(job_ids) or len(set(job_ids)) < len(job_ids):
        raise invalid_field("jobIds", "Name jobs of this visit, each once.")
    wanted = [*job_ids, *(job.id for job in before if job.id not in job_ids)]
    if wanted == [job.id for job in before]:
        return
    for job in queries.list_jobs_for_update(session, appointment_id):
        job.sort_order = wanted.index(job.id)
    names = {job.id: job.name for job in before}
    _record(
        visit,
        EventType.JOB_CHANGED,
        appointments.ENTITY,
        appointment_id,
        {"jobOrder": ([job.name for job in before], [names[job_id] for job_id in wanted])},
    )
    _settle(visit)


# --- lines ------------------------------------------------------------------------------------


def create_line(
    session: Session,
    appointment_id: UUID,
    job_id: UUID | None,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> UUID:
    """Add a line to a job, or to a new job of its name, and return the line's id.

    Labor without a price costs the location's rate for its hours. An approved job waits for another approval.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError, JobDeclinedError: it can't be changed.
        DiscountLimitError: the discount is more than the role may give.
        RuleViolationError: a value is wrong.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    rates = catalog.read_rates(session, visit.row.location_id)
    if job_id is None:
        job = _add_job(visit, {"name": values["name"]})
        _record_job(visit, EventType.JOB_CREATED, job, {"name": (None, job.name)})
    else:
        job = _changeable(visit, job_id)
        _revoke(visit, job, Revocation.CHANGED)
    (line,) = _add_lines(visit, job, [_completed(values, rates)], rates)
    _record_line(visit, EventType.LINE_CREATED, line, edits.first_values(_fields(line)))
    _settle(visit)
    return line.id


def change_line(
    session: Session,
    appointment_id: UUID,
    line_id: UUID,
    patch: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Change fields of a line, its job among them; what others changed in other fields since `version` stays.

    What the customer is shown of it revokes an approval of its job, and of that alone; notes stay open also under an invoice.

    Raises:
        NotFoundError: no such appointment, line or job to move it to.
        PermissionDeniedError: the role may only write notes.
        InvoiceLockedError, JobDeclinedError: it can't be changed.
        EditConflictError: somebody set one of the fields to another value since `version`.
        DiscountLimitError: the discount is more than the role may give.
        RuleViolationError: a value is wrong.
    """
    if not patch.keys() <= _NOTES_ONLY and not actor_may(actor, Permission.SERVICE_EDIT):
        raise PermissionDeniedError(f"Your role ({actor.role}) can only write notes.")
    visit = _visit(session, appointment_id, location_ids, actor=actor, now=now)
    line = queries.get_line_for_update(session, appointment_id, line_id)
    overtaken = audit_queries.fields_overtaken(session, line_id, present=line.version, seen=version)
    edit = edits.split({name: getattr(line, name) for name in patch}, patch, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, service=_shown_line(visit, line))
    if not edit.applies:
        return
    if not edit.applies.keys() <= _NOTES_ONLY:
        _refuse_locked(visit)
        _change_work(visit, line, edit.applies)
    changes = edits.apply(line, edit.applies, now)
    _record_line(visit, EventType.LINE_CHANGED, line, changes)
    _settle(visit)


def _change_work(visit: _Visit, line: AppointmentService, applies: dict[str, Any]) -> None:
    """Price a line anew with what shall change of it; `applies` gets what follows from that."""
    job = _changeable(visit, line.job_id)
    if "job_id" in applies:
        _revoke(visit, _changeable(visit, applies["job_id"]), Revocation.CHANGED)
    before = rules.LineMoney(line.price_cents, line.discount_cents, line.tax_cents)
    fields = {**_fields(line), **applies}
    # A line keeps the rate that it was sold at, unless its class changes.
    tax_bp = line.tax_bp
    if "tax_class" in applies:
        tax_bp = catalog.read_rates(visit.session, visit.row.location_id).tax_bp(TaxClass(fields["tax_class"]))
    money = rules.price_checked(
        LineKind(fields["kind"]),
        unit_price_cents=fields["unit_price_cents"],
        quantity=fields["quantity"],
        hours=fields["hours"],
        is_flat=fields["is_flat"],
        discount_cents=fields["discount_cents"],
        discount_reason=fields["discount_reason"],
        tax_bp=tax_bp,
    )
    _check_discount(visit, discount_cents=money.discount_cents, price_cents=money.price_cents, before=before)
    if applies.keys() & SHOWN_FIELDS:
        _revoke(visit, job, Revocation.CHANGED)
    _price(line, money, tax_bp, visit.actor)
    if money.discount_cents == 0 and fields["discount_reason"] is not None:
        applies["discount_reason"] = None


def delete_line(
    session: Session,
    appointment_id: UUID,
    line_id: UUID,
    *,
    version: int | None = None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Take a line off its job.

    Raises:
        NotFoundError: no such appointment or line.
        InvoiceLockedError, JobDeclinedError: it can't be changed.
        StaleVersionError: somebody changed it since `version`.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    line = queries.get_line_for_update(session, appointment_id, line_id)
    edits.require_version(line.version, version)
    _revoke(visit, _changeable(visit, line.job_id), Revocation.CHANGED)
    changes = edits.apply(line, {"deleted_at": now}, now)
    _record_line(visit, EventType.LINE_DELETED, line, changes | {"name": (line.name, None)})
    _settle(visit)


def discount_job(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    *,
    percent: Decimal | None = None,
    amount_cents: int | None = None,
    reason: str | None,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Take a share or an amount off a job's price, spread over its lines to the cent, in place of earlier discounts; 0 ends them.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError, JobDeclinedError: it can't be changed.
        DiscountLimitError: it is more than the role may give.
        RuleViolationError: it is more than the price, or says no reason.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    job = _changeable(visit, job_id)
    lines = queries.list_lines_for_update(session, job_id)
    price = sum(line.price_cents for line in lines)
    given = sum(line.discount_cents for line in lines)
    amount = rules.rounded(price * percent / 100) if percent is not None else (amount_cents or 0)
    if amount > price:
        raise invalid_field("amountCents", "A discount can't be more than the price.")
    if amount and reason is None:
        raise invalid_field("reason", "Say why there is a discount.")
    _check_discount(visit, discount_cents=amount, price_cents=price, before=rules.LineMoney(price, given, 0))
    for line, share in zip(lines, rules.spread(amount, [line.price_cents for line in lines]), strict=True):
        wishes = {"discount_cents": share, "discount_reason": reason if share else None}
        applies = {name: value for name, value in wishes.items() if getattr(line, name) != value}
        if not applies:
            continue
        if "discount_cents" in applies:
            _revoke(visit, job, Revocation.CHANGED)
        tax = rules.rounded(Decimal(line.price_cents - share) * line.tax_bp / 10_000)
        _price(line, rules.LineMoney(line.price_cents, share, tax), line.tax_bp, actor)
        changes = edits.apply(line, applies, now)
        _record_line(visit, EventType.LINE_CHANGED, line, changes)
    _settle(visit)


# --- alternatives and decisions ---------------------------------------------------------------


def choose_job(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Make an alternative the one that is offered first and counts; an approval of another one is revoked.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError, JobDeclinedError: it can't be changed.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    job = _changeable(visit, job_id)
    if job.is_chosen:
        return
    for other in queries.list_alternatives(session, job):
        _revoke(visit, other, Revocation.REPLACED)
    _choose(visit, job)
    _settle(visit)


def offer_again(
    session: Session,
    appointment_id: UUID,
    job_id: UUID,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> None:
    """Offer a declined job again: it waits for a decision, and may be changed. One that waits already goes on waiting.

    Raises:
        NotFoundError: no such appointment or job.
        InvoiceLockedError: an invoice stands.
        JobNotDeclinedError: it is approved, and stays so until the work or the customer's word changes.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    job = queries.get_job_for_update(session, appointment_id, job_id)
    if job.approval == Approval.APPROVED:
        raise rules.JobNotDeclinedError("This job is approved. Only a declined one can be offered again.")
    if job.approval == Approval.DECLINED:
        _decide(visit, job, Approval.PENDING)


def decide(
    session: Session,
    job_id: UUID,
    approval: Approval,
    *,
    reason: str | None = None,
    deferred_until: date | None = None,
    amount_cents: int | None = None,
    said_via: str | None = None,
    actor: Actor,
    now: datetime,
) -> Job:
    """Keep what a customer said to a job, and return it; of alternatives an approved one is the one that is done.

    The same decision again changes nothing. The audit row tells of it, with what it was said to and how, where those are
    given; evidence is the caller's.

    Raises:
        NotFoundError: no such job.
        InvoiceLockedError: an invoice stands.
        NotPricedError: it is approved without a price.
    """
    visit = _visit_of(session, job_id, actor=actor, now=now)
    _refuse_locked(visit)
    if approval is Approval.APPROVED:
        _refuse_unpriced(session, job_id)
    told = edits.first_values({"amount_cents": amount_cents, "said_via": said_via})
    _decide(visit, queries.get_job_for_update(session, visit.id, job_id), approval, reason, deferred_until, told)
    (decided,) = queries.jobs_by_ids(session, [job_id])
    return decided


def _refuse_unpriced(session: Session, job_id: UUID) -> None:
    for job in queries.jobs_by_ids(session, [job_id]):
        if not job.is_priced:
            raise rules.NotPricedError(f"{job.name}: there is no price yet, so it can't be approved.")


def _decide(
    visit: _Visit,
    job: AppointmentJob,
    approval: Approval,
    reason: str | None = None,
    deferred_until: date | None = None,
    told: edits.Changes | None = None,
) -> None:
    wishes: dict[str, Any] = {
        "approval": approval,
        "decline_reason": reason if approval is Approval.DECLINED else None,
        "deferred_until": deferred_until if approval is Approval.DECLINED else None,
    }
    applies = {name: value for name, value in wishes.items() if getattr(job, name) != value}
    # A question is not answered by it: who asked and then signed still waits for the answer.
    if applies or (approval is Approval.APPROVED and not job.is_chosen):
        if approval is Approval.APPROVED:
            for other in queries.list_alternatives(visit.session, job):
                _revoke(visit, other, Revocation.REPLACED)
            _choose(visit, job)
        job.decided_at = None if approval is Approval.PENDING else visit.now
        changes = edits.apply(job, applies, visit.now)
        _record_job(visit, EventType.APPROVAL_RECORDED, job, {**changes, **(told or {})})
        _settle(visit)
        if approval is not Approval.PENDING:
            _end_wait(visit)


def _end_wait(visit: _Visit) -> None:
    """Let the work go on that waits for an approval, once no job waits for the customer's word any more."""
    if not visit.row.needs_approval or queries.list_unapproved(visit.session, visit.id):
        return
    appointments.set_needs(
        visit.session,
        visit.id,
        appointments.Needs(approval=False),
        actor=visit.actor,
        location_ids=(visit.row.location_id,),
        now=visit.now,
    )


def ask(session: Session, job_id: UUID, words: str, *, at: datetime, actor: Actor = SYSTEM) -> None:
    """Note that a customer asked about a job and waits; a second question keeps the first one's time.

    Raises:
        NotFoundError: no such job.
    """
    visit = _visit_of(session, job_id, actor=actor, now=at)
    job = queries.get_job_for_update(session, visit.id, job_id)
    if job.asked_at is not None:
        _record_job(visit, EventType.JOB_CHANGED, job, {"askedAgainAt": (None, at), "question": (None, words)})
    _set_asked(visit, job, at, {"question": (None, words)})


def answer(session: Session, job_id: UUID, words: str, *, at: datetime, actor: Actor = SYSTEM) -> None:
    """Note that the question about a job has its answer.

    Raises:
        NotFoundError: no such job.
    """
    visit = _visit_of(session, job_id, actor=actor, now=at)
    job = queries.get_job_for_update(session, visit.id, job_id)
    if job.asked_at is None:
        _record_job(visit, EventType.JOB_CHANGED, job, {"answeredAgainAt": (None, at), "answer": (None, words)})
    _set_asked(visit, job, None, {"answer": (None, words)})


def _set_asked(visit: _Visit, job: AppointmentJob, asked_at: datetime | None, told: edits.Changes) -> None:
    if (job.asked_at is None) is (asked_at is None):
        return
    changes = edits.apply(job, {"asked_at": asked_at}, visit.now)
    _record_job(visit, EventType.JOB_CHANGED, job, {**changes, **told})
    _settle(visit)


def revive_job(
    session: Session,
    declined_job_id: UUID,
    appointment_id: UUID,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> UUID:
    """Offer what an earlier visit of the car declined in this one, at today's prices, and return the new job's id.

    Raises:
        NotFoundError: no such appointment, or no such declined job of its vehicle.
        InvoiceLockedError: an invoice stands.
        AlreadyRevivedError: another visit has taken it up.
    """
    visit = _open(session, appointment_id, location_ids, actor=actor, now=now)
    # Two visits can't take it up at once: the job's row is locked by whoever comes first.
    origin = session.get(AppointmentJob, declined_job_id, with_for_update={"key_share": True}, populate_existing=True)
    earlier = None if origin is None else session.get(Appointment, origin.appointment_id)
    if (
        origin is None
        or earlier is None
        or earlier.id == appointment_id
        or earlier.vehicle_id is None
        or earlier.vehicle_id != visit.row.vehicle_id
        or origin.deleted_at is not None
        or origin.approval != Approval.DECLINED
    ):
        raise NotFoundError("There is no such declined job of this vehicle.")
    taken = queries.find_revival(session, declined_job_id)
    if taken is not None:
        raise rules.AlreadyRevivedError(f"#{taken} has taken this job up already.", number=taken)
    (declined,) = queries.jobs_by_ids(session, [declined_job_id])
    rates = catalog.read_rates(session, visit.row.location_id)
    canned = catalog.find_catalog_jobs(
        session, [declined.catalog_id] if declined.catalog_id else [], [visit.row.location_id]
    )
    named = {name: getattr(declined, name) for name in JOB_FIELDS}
    job = _add_job(visit, {**named, "catalog_id": declined.catalog_id, "revived_from_id": declined_job_id})
    _add_lines(visit, job, queries.renewed(declined, canned, rates), rates)
    _record_job(visit, EventType.JOB_REVIVED, job, edits.first_values({**named, "revived_from_id": declined_job_id}))
    _settle(visit)
    return job.id


def _offer_instead(visit: _Visit, job: AppointmentJob, other_id: UUID) -> None:
    """Make a new job an alternative to another one of the visit, which stays the chosen one."""
    other = queries.get_job_for_update(visit.session, visit.id, other_id)
    if other.choice_id is None:
        other.choice_id = new_id()
    job.choice_id, job.is_chosen, job.sort_order = other.choice_id, False, other.sort_order
    visit.session.flush()
    if other.is_chosen and other.approval == Approval.DECLINED:
        _choose(visit, job)


def _choose(visit: _Visit, job: AppointmentJob) -> None:
    """Make a job the chosen one of its alternatives: the one before it first, the index lets no two be."""
    for other in queries.list_alternatives(visit.session, job):
        if other.is_chosen:
            _record_job(visit, EventType.JOB_CHANGED, other, edits.apply(other, {"is_chosen": False}, visit.now))
    visit.session.flush()
    if not job.is_chosen:
        _record_job(visit, EventType.JOB_CHANGED, job, edits.apply(job, {"is_chosen": True}, visit.now))
    visit.session.flush()


def _revoke(visit: _Visit, job: AppointmentJob, why: Revocation) -> None:
    """Let an approved job wait for another approval, and tell those who told the customer."""
    if job.approval != Approval.APPROVED:
        return
    changes = edits.apply(job, {"approval": Approval.PENDING, "decided_at": None}, visit.now)
    _record(visit, EventType.APPROVAL_REVOKED, "job", job.id, changes, job.version, why)
    _tell_origin(visit, job)


# --- what every change stands on --------------------------------------------------------------


def _visit(
    session: Session, appointment_id: UUID, location_ids: Iterable[UUID], *, actor: Actor, now: datetime
) -> _Visit:
    return _Visit(session, appointment_queries.get_for_update(session, appointment_id, location_ids), actor, now)


def _visit_of(session: Session, job_id: UUID, *, actor: Actor, now: datetime) -> _Visit:
    """Lock the visit of a job, at whatever location: for what customers say."""
    row = appointment_queries.find_for_update(session, queries.find_appointment_of(session, job_id))
    if row is None:
        raise NotFoundError("There is no such job.")
    return _Visit(session, row, actor, now)


def _open(
    session: Session, appointment_id: UUID, location_ids: Iterable[UUID], *, actor: Actor, now: datetime
) -> _Visit:
    """Lock a visit whose work may be changed."""
    visit = _visit(session, appointment_id, location_ids, actor=actor, now=now)
    _refuse_locked(visit)
    return visit


def _refuse_locked(visit: _Visit) -> None:
    if visit.row.locked_at is None:
        return
    number = queries.find_invoice_number(visit.session, visit.id)
    named = "An invoice" if number is None else f"Invoice {number}"
    raise rules.InvoiceLockedError(f"{named} stands. The owner or the accountant can unlock it.", number=number)


def _changeable(visit: _Visit, job_id: UUID) -> AppointmentJob:
    """Return a job whose lines may be changed."""
    job = queries.get_job_for_update(visit.session, visit.id, job_id)
    if job.approval == Approval.DECLINED:
        raise rules.JobDeclinedError("This job was declined and stays as it was offered. Offer it again to change it.")
    return job


def _add_job(visit: _Visit, values: Mapping[str, Any]) -> AppointmentJob:
    present = queries.list_jobs(visit.session, visit.id)
    if len(present) >= MOST_JOBS:
        raise invalid_field("name", f"A visit has at most {MOST_JOBS} jobs.")
    if values["name"] is None:
        raise invalid_field("name", "Please fill this in.")
    job = AppointmentJob(
        id=new_id(),
        appointment_id=visit.id,
        sort_order=queries.next_order(visit.session, visit.id),
        **values,
        version=1,
        created_at=visit.now,
        created_by=visit.actor.id,
        updated_at=visit.now,
    )
    visit.session.add(job)
    visit.session.flush()
    return job


def _completed(values: Mapping[str, Any], rates: Rates) -> dict[str, Any]:
    """Fill in what somebody left open of a new line: its tax class, and the price of labor by the matrix."""
    kind = LineKind(values["kind"])
    fields = {
        "hours": None,
        "is_flat": False,
        "quantity": Decimal(1),
        "unit_price_cents": None,
        "discount_cents": 0,
        "tax_class": TAX_CLASS_OF[kind],
        **{name: value for name, value in values.items() if value is not None and name != "labor_rate"},
        "kind": kind,
    }
    if fields["unit_price_cents"] is None:
        if kind is not LineKind.LABOR or fields["is_flat"] or fields["hours"] is None:
            raise invalid_field("unitPriceCents", "Please fill this in.")
        fields["unit_price_cents"] = rules.hour_price(rates, values.get("labor_rate"), fields["hours"])
    return fields


def _check_discount(
    visit: _Visit, *, discount_cents: int, price_cents: int, before: rules.LineMoney | None = None
) -> None:
    """Refuse a discount that the actor may not give; see `rules.check_discount`."""
    if discount_cents:
        currency = shop.common_currency(visit.session, (visit.row.location_id,))
        rules.check_discount(
            visit.actor.role, discount_cents=discount_cents, price_cents=price_cents, currency=currency, before=before
        )


def _add_lines(
    visit: _Visit, job: AppointmentJob, lines: Iterable[Mapping[str, Any]], rates: Rates
) -> list[AppointmentService]:
    wanted, added = list(lines), []
    order = queries.next_order(visit.session, visit.id, job.id)
    if order + len(wanted) > MOST_LINES:
        raise invalid_field("name", f"A job has at most {MOST_LINES} lines.")
    for place, fields in enumerate(wanted):
        money = rules.money_of(fields, rates)
        _check_discount(visit, discount_cents=money.discount_cents, price_cents=money.price_cents)
        line = AppointmentService(
            id=new_id(),
            appointment_id=visit.id,
            job_id=job.id,
            sort_order=order + place,
            **fields,
            version=1,
            created_at=visit.now,
            updated_at=visit.now,
        )
        _price(line, money, rates.tax_bp(TaxClass(fields["tax_class"])), visit.actor)
        visit.session.add(line)
        added.append(line)
    visit.session.flush()
    return added


def _price(line: AppointmentService, money: rules.LineMoney, tax_bp: Decimal, actor: Actor) -> None:
    """Write what follows from a line's fields, before they are written: a discount that changes is this person's."""
    if line.discounted_by is None or line.discount_cents != money.discount_cents:
        line.discounted_by = actor.id
    if money.discount_cents == 0:
        line.discounted_by = None
    line.price_cents = money.price_cents
    line.tax_bp = tax_bp
    line.tax_cents = money.tax_cents


def _fields(line: AppointmentService) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LINE_FIELDS}


# --- what every change leaves behind ----------------------------------------------------------


def _settle(visit: _Visit) -> None:
    """Make the visit's copies agree with its lines, and tell open screens."""
    session, row = visit.session, visit.row
    session.flush()
    jobs = queries.list_jobs(session, visit.id)
    offered = [job for job in jobs if job.is_chosen]
    row.total_cents = rules.sum_jobs(job.money for job in jobs).total_cents
    row.services_summary = rules.summary_of(job.name for job in jobs if job.money.counts)
    row.jobs_offered = len(offered)
    approved = sum(job.approval == Approval.APPROVED for job in offered)
    # Whoever was done with the car has something to do again.
    row.is_work_done = row.is_work_done and approved <= row.jobs_approved
    row.jobs_approved = approved
    session.flush()
    appointments.announce(session, visit.id)
    after_commit(session, live.publisher("services", row.location_id, {"id": visit.id}))


def _record_line(visit: _Visit, event: EventType, line: AppointmentService, changes: edits.Changes) -> None:
    _record(visit, event, "line", line.id, changes, line.version)


def _record_job(visit: _Visit, event: EventType, job: AppointmentJob, changes: edits.Changes) -> None:
    _record(visit, event, "job", job.id, changes, job.version)
    _tell_origin(visit, job)


def _tell_origin(visit: _Visit, job: AppointmentJob) -> None:
    """Tell that what came of declined work has changed where it was declined, which may be another location."""
    if job.revived_from_id is not None:
        after_commit(visit.session, live.figures_teller([queries.location_of_job(visit.session, job.revived_from_id)]))


def _record(
    visit: _Visit,
    event: EventType,
    entity: str,
    entity_id: UUID,
    changes: edits.Changes,
    version: int | None = None,
    reason: str | None = None,
) -> None:
    """Write the audit row, and the event for those who subscribed: both name the line or job, and the visit."""
    audit.record(
        visit.session,
        event,
        entity=entity,
        entity_id=entity_id,
        actor=visit.actor,
        at=visit.now,
        changes=changes,
        location_id=visit.row.location_id,
        version=version,
        reason=reason,
    )
    outbox.record(visit.session, event, entity_id, at=visit.now, appointment_id=str(visit.id))


def _shown_job(visit: _Visit, job_id: UUID) -> dict[str, Any]:
    (view,) = queries.jobs_by_ids(visit.session, [job_id])
    return queries.shown_job(view, with_money=actor_may(visit.actor, Permission.MONEY_VIEW))


def _shown_line(visit: _Visit, line: AppointmentService) -> dict[str, Any]:
    return queries.shown_line(
        queries.get_line(visit.session, line.id), with_money=actor_may(visit.actor, Permission.MONEY_VIEW)
    )
