"""Estimates of the demo shop: what a few open visits were shown by a link, and what their customers said to it."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.catalog.rules import LineKind
from backend.core.actor import ActorKind
from backend.core.events import EventType
from backend.demo.randomness import seeded_id
from backend.demo.tables import Table
from backend.estimates.commands.standing import ENTITY
from backend.estimates.rules import Decision, EstimateState, Method, hash_document
from backend.links.rules import DEFAULT_AGE, Purpose
from backend.services.queries import read_documents

INTRO = "We went over the whole car. What is marked as needed now should not wait; the rest is up to you."
QUESTION = "Is this really needed, or can it wait until spring?"
CAP_CENTS = 600_00
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15"
FROM = "203.0.113.24"
# The shop writes the estimate, the customer looks at it, and answers.
WRITTEN, OPENED, SAID = timedelta(minutes=6), timedelta(minutes=11), timedelta(minutes=17)

# Open visits of customers with a phone, how many jobs they offer, and how many of those are decided.
_OPEN = sa.text("""
    SELECT a.id, a.number, a.location_id, l.link_cap_cents, a.status, a.created_at, a.check_in_at, a.customer_name,
           a.customer_phone, u.id AS by_id, u.name AS by_name, u.role AS by_role,
           count(*) FILTER (WHERE j.is_chosen) AS offered,
           count(*) FILTER (WHERE j.is_chosen AND j.approval = 'approved') AS approved,
           count(*) FILTER (WHERE j.is_chosen AND j.approval = 'declined') AS declined
      FROM appointments a
      JOIN locations l ON l.id = a.location_id
      JOIN users u ON u.id = a.created_by
      JOIN appointment_jobs j ON j.appointment_id = a.id
     WHERE a.status IN ('SCHEDULED', 'IN_PROGRESS') AND a.locked_at IS NULL AND a.customer_phone IS NOT NULL
       AND coalesce(a.check_in_at, a.created_at) < :settled AND (a.check_in_at IS NOT NULL OR a.starts_at > :now)
     GROUP BY a.id, l.id, u.id
     ORDER BY l.name, a.starts_at, a.number
""")
_JOBS = sa.text("""
    SELECT id, appointment_id, name, approval, decline_reason, decided_at, is_chosen FROM appointment_jobs
     WHERE appointment_id = ANY(:ids) ORDER BY appointment_id, sort_order
""")
# As the customer was shown it, nothing was decided yet.
_BEFORE = sa.text("""
    UPDATE appointment_jobs SET approval = 'pending', decline_reason = NULL, decided_at = NULL,
           urgency = CASE category WHEN 'Brakes' THEN 'now' WHEN 'Maintenance' THEN 'later' ELSE 'soon' END
     WHERE appointment_id = ANY(:ids)
""")
_AFTER = sa.text(
    "UPDATE appointment_jobs SET approval = :approval, decline_reason = :reason, decided_at = :at, asked_at = :asked WHERE id = :id"
)
_STATE = sa.text("UPDATE appointments SET estimate_state = :state WHERE id = :id")


@dataclass(frozen=True, slots=True)
class _Part:
    """A visit and how its estimate stands; `shown_at` is when the link was made."""

    visit: Any
    state: EstimateState
    method: Method
    shown_at: datetime

    @property
    def is_opened(self) -> bool:
        return self.state is not EstimateState.SENT and self.method is Method.LINK


def build_tables(session: Session, now: datetime) -> list[Table]:
    """Return links, estimates and what was said of some of the visits that were written; those stand as they say then."""
    parts = list(_cast(session.execute(_OPEN, {"settled": now - timedelta(hours=1), "now": now}).all()))
    ids = [part.visit.id for part in parts]
    jobs: dict[UUID, list[Any]] = defaultdict(list)
    for job in session.execute(_JOBS, {"ids": ids}):
        jobs[job.appointment_id].append(job)
    session.execute(_BEFORE, {"ids": ids})
    session.expire_all()
    documents = read_documents(session, ids)
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for part in parts:
        document = {**documents[part.visit.id], "intro": INTRO if part.visit.offered > 1 else None, "versionNo": 1}
        for table, row in _rows(part, jobs[part.visit.id], document):
            rows[table].append(row)
        _stand(session, part, jobs[part.visit.id])
    session.expire_all()
    return [Table(name, columns, rows[name]) for name, columns in _COLUMNS.items()]


def _cast(visits: Any) -> Iterator[_Part]:
    """Pick one visit a state at each location: booked ones wait for an answer, those at work have one."""
    wanted: dict[UUID, list[tuple[EstimateState, Method]]] = {}
    for visit in visits:
        left = wanted.setdefault(
            visit.location_id,
            [
                (EstimateState.QUESTION, Method.LINK),
                (EstimateState.OPENED, Method.LINK),
                (EstimateState.SENT, Method.LINK),
                (EstimateState.PARTLY, Method.LINK),
                (EstimateState.APPROVED, Method.PHONE),
                (EstimateState.APPROVED, Method.LINK),
            ],
        )
        found = next((part for part in left if part[0] in _fitting(visit)), None)
        if found is not None:
            left.remove(found)
            yield _Part(visit, *found, (visit.check_in_at or visit.created_at) + WRITTEN)


def _fitting(visit: Any) -> set[EstimateState]:
    if visit.check_in_at is None:
        waits = {EstimateState.QUESTION, EstimateState.OPENED, EstimateState.SENT}
        return waits if visit.approved == visit.declined == 0 else set()
    if visit.approved + visit.declined < visit.offered or not visit.approved:
        return set()
    return {EstimateState.PARTLY if visit.declined else EstimateState.APPROVED}


def _stand(session: Session, part: _Part, jobs: list[Any]) -> None:
    """Leave jobs and card as the answers did."""
    at = part.shown_at + SAID
    asked = part.state is EstimateState.QUESTION
    session.execute(
        _AFTER,
        [
            {
                "id": job.id,
                "approval": job.approval,
                "reason": job.decline_reason,
                "at": None if job.approval == "pending" else at,
                "asked": at if asked and number == 0 else None,
            }
            for number, job in enumerate(jobs)
        ],
    )
    session.execute(_STATE, {"id": part.visit.id, "state": part.state.value})


_COLUMNS: dict[str, tuple[str, ...]] = {
    "signed_links": (
        *("id", "purpose", "token_hash", "location_id", "appointment_id", "phone", "created_at", "created_by"),
        *("expires_at", "opened_at"),
    ),
    "link_visits": ("id", "link_id", "secret_hash", "started_at", "stepped_up_at", "ip", "user_agent"),
    "estimates": (
        *("id", "location_id", "appointment_id", "version_no", "document", "document_hash", "total_cents"),
        *("link_cap_cents", "link_id", "created_at", "created_by", "opened_at"),
    ),
    "approvals": (
        *("id", "location_id", "appointment_id", "job_id", "estimate_id", "decision", "method", "said_at"),
        *("recorded_at", "job_name", "amount_cents", "document_hash", "person", "phone", "reason", "words"),
        *("spending_cap_cents", "added_parts_cents", "added_labor_cents", "new_total_cents", "link_visit_id"),
        *("ip", "user_agent", "recorded_by", "is_known"),
    ),
    "audit_logs": (
        *("id", "at", "action", "entity", "entity_id", "location_id"),
        *("actor_kind", "actor_id", "actor_name", "actor_role", "changes"),
    ),
}


def _rows(part: _Part, jobs: list[Any], document: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    visit, at = part.visit, part.shown_at
    said_at = at + SAID
    by_link = part.method is Method.LINK
    link_id, visit_id = (seeded_id(at, name, visit.number) for name in ("link", "link visit"))
    estimate_id, log_id = (seeded_id(at, name, visit.number) for name in ("estimate", "estimate log"))
    opened_at = at + OPENED if part.is_opened else None
    digest = hash_document(document)
    total = document["totals"]["totalCents"]
    if by_link:
        about = (visit.location_id, visit.id, visit.customer_phone, at, visit.by_id, at + DEFAULT_AGE, opened_at)
        # Of no token: nobody can open it.
        yield "signed_links", (link_id, Purpose.ESTIMATE.value, hashlib.sha256(link_id.bytes).digest(), *about)
    answers = list(_answers(part, jobs))
    if by_link and answers:
        known_at = said_at if total > visit.link_cap_cents else None
        secret = hashlib.sha256(visit_id.bytes).digest()
        yield "link_visits", (visit_id, link_id, secret, said_at, known_at, FROM, IPHONE)
    yield (
        "estimates",
        (
            *(estimate_id, visit.location_id, visit.id, 1, json.dumps(document, ensure_ascii=False), digest, total),
            *(visit.link_cap_cents, link_id if by_link else None, at, visit.by_id, opened_at),
        ),
    )
    shown = {job["id"]: job for job in document["jobs"]}
    is_known = by_link and total > visit.link_cap_cents
    came_from = (visit_id, FROM, IPHONE, None, is_known) if by_link else (None, None, None, visit.by_id, False)
    for job, decision in answers:
        amounts = (None,) * 3 if by_link else _spoken([shown[str(one.id)] for one, _ in answers])
        yield (
            "approvals",
            (
                seeded_id(said_at, "approval", job.id),
                *(visit.location_id, visit.id, job.id, estimate_id, decision.value, part.method.value),
                *(said_at, said_at, job.name, shown[str(job.id)]["totalCents"], digest, visit.customer_name),
                *(None if by_link else visit.customer_phone, job.decline_reason),
                QUESTION if decision is Decision.ASKED else None,
                CAP_CENTS if part.state is EstimateState.PARTLY else None,
                *amounts,
                *came_from,
            ),
        )
    changes = {"appointmentId": [None, str(visit.id)], "versionNo": [None, 1], "documentHash": [None, digest]}
    who = (ActorKind.USER.value, visit.by_id, visit.by_name, visit.by_role)
    published = (log_id, at, EventType.ESTIMATE_PUBLISHED.value, ENTITY, estimate_id, visit.location_id)
    yield "audit_logs", (*published, *who, json.dumps(changes))


def _answers(part: _Part, jobs: list[Any]) -> Iterator[tuple[Any, Decision]]:
    """Return which jobs something was said to: a question about the first, or a decision of each that is offered."""
    if part.state is EstimateState.QUESTION:
        yield jobs[0], Decision.ASKED
    for job in jobs:
        if job.is_chosen and job.approval != "pending":
            yield job, Decision(job.approval)


def _spoken(jobs: list[dict[str, Any]]) -> tuple[int, int, int]:
    """Return what was read out on the phone: parts and labor before tax, and the total with it."""
    nets: dict[str, int] = defaultdict(int)
    for job in jobs:
        for line in job["lines"]:
            nets[line["kind"]] += line["priceCents"] - line["discountCents"]
    return nets[LineKind.PART.value], nets[LineKind.LABOR.value], sum(job["totalCents"] for job in jobs)
