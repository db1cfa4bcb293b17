"""What can be done with the lines of a job: written, priced, discounted, taken off."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.permissions import Permission, actor_may
from backend.audit import queries as audit_queries
from backend.catalog import queries as catalog
from backend.catalog.rules import TAX_CLASS_OF, LineKind, Rates, TaxClass
from backend.core import edits
from backend.core.actor import Actor
from backend.core.errors import PermissionDeniedError, invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.services import queries, rules
from backend.services.commands.visit import (
    Visit,
    add_job,
    changeable,
    lock_visit,
    open_visit,
    record_job,
    record_line,
    refuse_locked,
    revoke,
    settle,
)
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import MOST_LINES, SHOWN_FIELDS, Revocation
from backend.shop import queries as shop

LINE_FIELDS = (
    *("job_id", "kind", "name", "notes", "hours", "is_flat", "quantity", "unit_price_cents", "unit_cost_cents"),
    *("discount_cents", "discount_reason", "tax_class"),
)
# A role that may only write notes.
_NOTES_ONLY = frozenset({"notes"})


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
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    rates = catalog.read_rates(session, visit.row.location_id)
    if job_id is None:
        job = add_job(visit, {"name": values["name"]})
        record_job(visit, EventType.JOB_CREATED, job, {"name": (None, job.name)})
    else:
        job = changeable(visit, job_id)
        revoke(visit, job, Revocation.CHANGED)
    (line,) = add_lines(visit, job, [completed(values, rates)], rates)
    record_line(visit, EventType.LINE_CREATED, line, edits.first_values(_fields(line)))
    settle(visit)
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
    visit = lock_visit(session, appointment_id, location_ids, actor=actor, now=now)
    line = queries.get_line_for_update(session, appointment_id, line_id)
    overtaken = audit_queries.fields_overtaken(session, line_id, present=line.version, seen=version)
    edit = edits.split({name: getattr(line, name) for name in patch}, patch, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, service=_shown_line(visit, line))
    if not edit.applies:
        return
    if not edit.applies.keys() <= _NOTES_ONLY:
        refuse_locked(visit)
        _change_work(visit, line, edit.applies)
    changes = edits.apply(line, edit.applies, now)
    record_line(visit, EventType.LINE_CHANGED, line, changes)
    settle(visit)


def _change_work(visit: Visit, line: AppointmentService, applies: dict[str, Any]) -> None:
    """Price a line anew with what shall change of it; `applies` gets what follows from that."""
    job = changeable(visit, line.job_id)
    if "job_id" in applies:
        revoke(visit, changeable(visit, applies["job_id"]), Revocation.CHANGED)
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
        revoke(visit, job, Revocation.CHANGED)
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
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    line = queries.get_line_for_update(session, appointment_id, line_id)
    edits.require_version(line.version, version)
    revoke(visit, changeable(visit, line.job_id), Revocation.CHANGED)
    changes = edits.apply(line, {"deleted_at": now}, now)
    record_line(visit, EventType.LINE_DELETED, line, changes | {"name": (line.name, None)})
    settle(visit)


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
    visit = open_visit(session, appointment_id, location_ids, actor=actor, now=now)
    job = changeable(visit, job_id)
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
            revoke(visit, job, Revocation.CHANGED)
        tax = rules.rounded(Decimal(line.price_cents - share) * line.tax_bp / 10_000)
        _price(line, rules.LineMoney(line.price_cents, share, tax), line.tax_bp, actor)
        changes = edits.apply(line, applies, now)
        record_line(visit, EventType.LINE_CHANGED, line, changes)
    settle(visit)


def completed(values: Mapping[str, Any], rates: Rates) -> dict[str, Any]:
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
    visit: Visit, *, discount_cents: int, price_cents: int, before: rules.LineMoney | None = None
) -> None:
    """Refuse a discount that the actor may not give; see `rules.check_discount`."""
    if discount_cents:
        currency = shop.common_currency(visit.session, (visit.row.location_id,))
        rules.check_discount(
            visit.actor.role, discount_cents=discount_cents, price_cents=price_cents, currency=currency, before=before
        )


def add_lines(
    visit: Visit, job: AppointmentJob, lines: Iterable[Mapping[str, Any]], rates: Rates
) -> list[AppointmentService]:
    """Add lines at the end of a job, priced."""
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


def _shown_line(visit: Visit, line: AppointmentService) -> dict[str, Any]:
    return queries.shown_line(
        queries.get_line(visit.session, line.id), with_money=actor_may(visit.actor, Permission.MONEY_VIEW)
    )
