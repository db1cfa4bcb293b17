"""What can be done with consent: record what a number's owner said, end it, bring it back, ask and decide what was meant.

What a revocation means for texts that wait is seen to by those above: `inbox.tasks.follow_consent` and the webhooks.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.appointments import queries as appointment_queries
from backend.appointments.rules import Status
from backend.audit import commands as audit
from backend.consent import queries, rules
from backend.consent.models import ConsentEvent, ConsentReview
from backend.consent.queries import Consent, ReviewView
from backend.consent.rules import ConsentKind, ConsentMethod, ConsentState, Purpose, ReviewDecision, ReviewKind
from backend.core import metrics
from backend.core.actor import Actor
from backend.core.db import after_commit
from backend.core.errors import invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.outbox import commands as outbox
from backend.shop import queries as shop

ENTITY = "consent"
REVIEW_ENTITY = "consent_review"
_LOOK_AGAIN_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Evidence:
    """How we know: the exact text that was shown or received, its version, and where it came from."""

    wording: str | None = None
    wording_version: str | None = None
    location_id: UUID | None = None
    message_id: UUID | None = None
    provider_sid: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Revocation:
    """A recorded revocation; `is_new` when the number could be texted before it: it gets the one confirmation."""

    event_id: UUID
    is_new: bool


def record(
    session: Session,
    phone: str,
    kind: ConsentKind,
    method: ConsentMethod,
    *,
    evidence: Evidence,
    actor: Actor,
    now: datetime,
    purpose: Purpose | None = None,
) -> UUID:
    """Write what was said into a number's log and return the entry's id; no `purpose` means every one.

    Raises:
        OptedOutError: the number is opted out, and this is not its owner's own START or signed form.
    """
    before = queries.find_consent(session, phone)
    if kind in _GRANTS and before is not None and _blocks(before, purpose):
        raise _opted_out(session, before, purpose)
    event = ConsentEvent(
        id=new_id(),
        phone=phone,
        purpose=purpose,
        kind=kind,
        method=method,
        wording=evidence.wording,
        wording_version=evidence.wording_version,
        location_id=evidence.location_id,
        message_id=evidence.message_id,
        provider_sid=evidence.provider_sid,
        note=evidence.note,
        actor_id=actor.id,
        actor_name=actor.name or None,
        ip=actor.ip,
        user_agent=actor.user_agent,
        at=now,
    )
    session.add(event)
    session.flush()
    after = queries.find_consent(session, phone)
    audit.record(
        session,
        EventType.CONSENT_CHANGED,
        entity=ENTITY,
        entity_id=event.id,
        actor=actor,
        at=now,
        location_id=evidence.location_id,
        changes={
            "phone": (phone, phone),
            **{
                purpose.value: (before.state(purpose) if before else ConsentState.UNKNOWN, after.state(purpose))
                for purpose in Purpose
                if after is not None
            },
        },
        reason=f"{kind} by {method}",
    )
    outbox.record(session, EventType.CONSENT_CHANGED, event.id, at=now)
    after_commit(session, metrics.CONSENT_EVENTS.labels(kind, method).inc)
    return event.id


_GRANTS = frozenset({ConsentKind.CONVERSATIONAL, ConsentKind.EXPRESS, ConsentKind.EXPRESS_WRITTEN})


def _blocks(consent: Consent, purpose: Purpose | None) -> bool:
    return any(consent.state(each) in rules.BLOCKED for each in Purpose if purpose in {None, each})


def _opted_out(session: Session, consent: Consent, purpose: Purpose | None) -> rules.OptedOutError:
    """Build the refusal: since when, and how it was said."""
    blocked = next(each for each in Purpose if purpose in {None, each} and consent.state(each) in rules.BLOCKED)
    event = queries.find_event(session, consent.event_id(blocked))
    known = {"at": event.at, "method": event.method} if event else {}
    return rules.OptedOutError(rules.STOP_STANDS, **known)


def note_conversation(session: Session, phone: str, *, evidence: Evidence, actor: Actor, now: datetime) -> None:
    """Record that a number wrote to us first, which lets us answer it; nothing where more was said already."""
    consent = queries.find_consent(session, phone)
    if consent is None or consent.informational is ConsentState.UNKNOWN:
        record(
            session,
            phone,
            ConsentKind.CONVERSATIONAL,
            ConsentMethod.INBOUND_TEXT,
            evidence=evidence,
            actor=actor,
            now=now,
            purpose=Purpose.INFORMATIONAL,
        )


def revoke(
    session: Session,
    phone: str,
    method: ConsentMethod,
    *,
    evidence: Evidence,
    actor: Actor,
    now: datetime,
    purpose: Purpose | None = None,
) -> Revocation:
    """End consent, for every purpose unless one is named. Once this is committed no provider call to the number starts.

    The entry locks the number, so no later send gets past its last look; sends that looked before may still start
    their call within START_WITHIN_SECONDS, so this waits that long, or until the provider has accepted them. It
    blocks for at most that long, and only while such a send is under way.
    """
    event_id = record(
        session, phone, ConsentKind.REVOKED, method, evidence=evidence, actor=actor, now=now, purpose=purpose
    )
    _let_calls_start(session, phone)
    consent = queries.find_consent(session, phone)
    return Revocation(event_id, consent is not None and consent.informational_event_id == event_id)


def _let_calls_start(session: Session, phone: str) -> None:
    under_way = set(queries.list_claimed(session, phone))
    # By our own clock from the moment we saw them: the clocks of other machines don't matter.
    deadline = time.monotonic() + rules.START_WITHIN_SECONDS
    while under_way and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_SECONDS)
        under_way &= set(queries.list_claimed(session, phone))


def restore(
    session: Session, phone: str, method: ConsentMethod, *, evidence: Evidence, actor: Actor, now: datetime
) -> UUID:
    """Let a number be texted about its car again; advertising stays ended. Only its owner can say so.

    `method` is the customer's own START, whose text `evidence` names, or a form that they signed: the database
    refuses everything else.
    """
    return record(
        session,
        phone,
        ConsentKind.RESTORED,
        method,
        evidence=evidence,
        actor=actor,
        now=now,
        purpose=Purpose.INFORMATIONAL,
    )


# --- reviews --------------------------------------------------------------------------------------


def open_review(
    session: Session, phone: str, kind: ReviewKind, *, message_id: UUID, location_id: UUID, actor: Actor, now: datetime
) -> None:
    """Ask a person what a reply meant; a reply is asked about once for each kind."""
    review_id = session.scalar(
        insert(ConsentReview)
        .values(
            id=new_id(),
            phone=phone,
            kind=kind,
            message_id=message_id,
            location_id=location_id,
            opened_at=now,
            due_at=rules.review_due(now, shop.get_zone(session, location_id)),
        )
        .on_conflict_do_nothing()
        .returning(ConsentReview.id)
    )
    if review_id is None:
        return
    audit.record(
        session,
        EventType.CONSENT_REVIEW_OPENED,
        entity=REVIEW_ENTITY,
        entity_id=review_id,
        actor=actor,
        at=now,
        location_id=location_id,
        reason=kind,
    )
    outbox.record(session, EventType.CONSENT_REVIEW_OPENED, review_id, at=now)


def decide_review(
    session: Session,
    review_id: UUID,
    decision: ReviewDecision,
    *,
    actor: Actor,
    location_ids: tuple[UUID, ...],
    now: datetime,
    cancel_reason: str | None = None,
) -> ReviewView:
    """Say what a reply meant. `opt_out` and `both` end consent as the customer's own words; nothing brings it back.

    With a `cancel_reason` the visit that a bare CANCEL meant as well is canceled in the same step.

    Raises:
        NotFoundError: no such review at these locations.
        ReviewDecidedError: somebody was quicker; the refusal says who and what.
        RuleViolationError: nothing was asked about a visit, or it was not meant.
        VisitBegunError: the visit is not one to come any more.
    """
    review = queries.get_review_for_update(session, review_id, location_ids)
    shown = queries.get_review(session, review_id)
    if review.decided_at is not None:
        raise rules.ReviewDecidedError(
            f"{shown.decided_by} has decided this already.", decision=shown.decision, decided_at=shown.decided_at
        )
    consent = queries.find_consent(session, review.phone)
    if decision in {ReviewDecision.OPT_OUT, ReviewDecision.BOTH} and not (consent and consent.is_opted_out):
        evidence = Evidence(shown.text, message_id=review.message_id, location_id=review.location_id)
        revoke(session, review.phone, ConsentMethod.STOP_PHRASE, evidence=evidence, actor=actor, now=now)
    review.decision, review.decided_at, review.decided_by = decision, now, actor.id
    session.flush()
    if cancel_reason is not None:
        _cancel_visit(session, shown, decision, cancel_reason, actor=actor, location_ids=location_ids, now=now)
    audit.record(
        session,
        EventType.CONSENT_REVIEW_DECIDED,
        entity=REVIEW_ENTITY,
        entity_id=review_id,
        actor=actor,
        at=now,
        location_id=review.location_id,
        changes={"decision": (None, decision)},
    )
    outbox.record(session, EventType.CONSENT_REVIEW_DECIDED, review_id, at=now)
    return queries.get_review(session, review_id)


def _cancel_visit(
    session: Session,
    review: ReviewView,
    decision: ReviewDecision,
    reason: str,
    *,
    actor: Actor,
    location_ids: tuple[UUID, ...],
    now: datetime,
) -> None:
    is_asked = review.kind is ReviewKind.CANCEL_APPOINTMENT and review.appointment_id is not None
    if not is_asked or decision is not ReviewDecision.BOTH:
        raise invalid_field("cancelAppointment", "A visit is canceled by a CANCEL that meant both.")
    assert review.appointment_id is not None
    visit = appointment_queries.get_for_update(session, review.appointment_id, location_ids)
    if visit.status != Status.SCHEDULED:
        raise rules.VisitBegunError("This visit is not to come any more. Look at it on the board.", status=visit.status)
    step = appointments.Step(Status.CANCELED, reason)
    appointments.change_status(session, visit.id, step, actor=actor, location_ids=location_ids, now=now)
