"""What can be done with links: make one, take it back, and what a browser does with one it opened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.audit import commands as audit
from backend.core.actor import Actor, ActorKind
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.links import queries, rules
from backend.links.models import LinkVisit, SignedLink
from backend.links.rules import DEFAULT_AGE, STEP_UP_TRIES, Purpose

ENTITY = "link"


def create_link(
    session: Session,
    *,
    purpose: Purpose,
    appointment_id: UUID,
    location_id: UUID,
    subject_id: UUID | None = None,
    phone: str | None = None,
    lifetime: timedelta = DEFAULT_AGE,
    actor: Actor,
    now: datetime,
) -> tuple[UUID, str]:
    """Make a link; return its id and the token for its address, which nobody can read again.

    `phone` is whose last four digits step it up. It lasts `lifetime`, at most seven days.
    """
    token = rules.new_token()
    link = SignedLink(
        id=new_id(),
        purpose=purpose,
        token_hash=rules.hash_token(token, purpose),
        location_id=location_id,
        appointment_id=appointment_id,
        subject_id=subject_id,
        phone=phone,
        created_at=now,
        created_by=actor.id if actor.kind is ActorKind.USER else None,
        expires_at=rules.expires_at(lifetime, now),
    )
    session.add(link)
    session.flush()
    made = {"purpose": purpose, "appointmentId": appointment_id, "expiresAt": link.expires_at}
    _record(session, EventType.LINK_CREATED, link, actor, now, {name: (None, value) for name, value in made.items()})
    return link.id, token


def revoke(session: Session, link_id: UUID, *, actor: Actor, location_ids: Iterable[UUID], now: datetime) -> None:
    """Take a link back: from now on it shows nothing and does nothing. One that was taken back stays so.

    Raises:
        NotFoundError: no such link at the actor's locations.
    """
    link = queries.get_for_update(session, link_id, location_ids)
    if link.revoked_at is None:
        link.revoked_at = now
        session.flush()
        _record(session, EventType.LINK_REVOKED, link, actor, now, {"revokedAt": (None, now)})


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a browser is and what it calls itself."""

    ip: str | None
    user_agent: str | None


def start_visit(session: Session, link_id: UUID, secret: str, caller: Caller, now: datetime) -> UUID:
    """Note that a browser does something at a link, once; return its visit. Called by what changes things only."""
    session.execute(
        insert(LinkVisit)
        .values(
            id=new_id(),
            link_id=link_id,
            secret_hash=rules.hash_secret(secret),
            started_at=now,
            ip=caller.ip,
            user_agent=caller.user_agent,
        )
        .on_conflict_do_nothing(index_elements=[LinkVisit.secret_hash])
    )
    visit_id: UUID = session.scalars(
        sa.select(LinkVisit.id).where(LinkVisit.secret_hash == rules.hash_secret(secret), LinkVisit.link_id == link_id)
    ).one()
    return visit_id


def note_opened(session: Session, link_id: UUID, now: datetime) -> bool:
    """Note that a person looks at a link's page; True for the first time."""
    first = session.execute(
        sa.update(SignedLink)
        .where(SignedLink.id == link_id, SignedLink.opened_at.is_(None))
        .values(opened_at=now)
        .returning(SignedLink.id)
    ).scalar()
    return first is not None


@dataclass(frozen=True, slots=True)
class StepUp:
    """Whether the digits were right, and how many wrong ones the link still takes."""

    is_right: bool
    left: int


def step_up(session: Session, link_id: UUID, visit_id: UUID, offered: str, now: datetime) -> StepUp:
    """Check the last four digits of the customer's phone; a wrong answer counts, whoever gave it, also at once with others.

    Nothing is raised, so that the count is kept.
    """
    link = queries.get_for_update(session, link_id)
    if link.phone is None or link.failed_step_ups >= STEP_UP_TRIES:
        return StepUp(is_right=False, left=0)
    if not rules.are_last_digits(offered, link.phone):
        link.failed_step_ups += 1
        session.flush()
        return StepUp(is_right=False, left=STEP_UP_TRIES - link.failed_step_ups)
    session.execute(
        sa.update(LinkVisit)
        .where(LinkVisit.id == visit_id, LinkVisit.link_id == link_id, LinkVisit.stepped_up_at.is_(None))
        .values(stepped_up_at=now)
    )
    return StepUp(is_right=True, left=STEP_UP_TRIES - link.failed_step_ups)


def _record(
    session: Session,
    event: EventType,
    link: SignedLink,
    actor: Actor,
    now: datetime,
    changes: dict[str, tuple[object, object]],
) -> None:
    audit.record(
        session,
        event,
        entity=ENTITY,
        entity_id=link.id,
        actor=actor,
        at=now,
        changes=changes,
        location_id=link.location_id,
    )
