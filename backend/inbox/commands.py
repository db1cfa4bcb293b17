"""What can be done with a conversation: take in a text, give it to somebody, finish it, let it sleep, say who answers.

What was said last follows the texts themselves by a trigger; how many are unread is counted by those who receive and
read them, so that reading in a drawer and reading here come to the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.audit import commands as audit
from backend.core import edits, live
from backend.core.actor import Actor
from backend.core.db import after_commit
from backend.core.errors import invalid_field
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.inbox import queries, rules
from backend.inbox.models import Conversation, ConversationState
from backend.inbox.queries import Answering, ConversationView

ENTITY = "conversation"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text that a customer sent: to which location, from which number, about whom and what as far as we know."""

    location_id: UUID
    phone: str
    body: str
    at: datetime
    customer_id: UUID | None = None
    appointment_id: UUID | None = None


def open_thread(session: Session, text: Incoming, *, now: datetime) -> UUID:
    """Make a conversation wait for somebody because of a text, whatever was done with it before; return its id.

    The text itself is still to be received, in the same transaction.
    """
    new = insert(Conversation).values(
        id=new_id(),
        location_id=text.location_id,
        phone=text.phone,
        customer_id=text.customer_id,
        appointment_id=text.appointment_id,
        state=ConversationState.OPEN,
        last_message_at=text.at,
        last_inbound_at=text.at,
        preview=rules.preview_of(text.body),
        created_at=now,
        updated_at=now,
    )
    conversation_id: UUID | None = session.scalar(
        new.on_conflict_do_update(
            index_elements=["location_id", "phone"],
            set_={
                **_state(ConversationState.OPEN),
                "customer_id": sa.func.coalesce(new.excluded.customer_id, Conversation.customer_id),
                "appointment_id": sa.func.coalesce(new.excluded.appointment_id, Conversation.appointment_id),
                "version": Conversation.version + 1,
                "updated_at": now,
            },
        ).returning(Conversation.id)
    )
    assert conversation_id is not None
    return conversation_id


def assign(
    session: Session,
    conversation_id: UUID,
    owner_id: UUID | None,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> ConversationView:
    """Give a conversation to somebody who may answer it, or to nobody.

    Raises:
        NotFoundError: no such conversation at these locations.
        RuleViolationError: that person does not work there, or may not send texts.
    """
    conversation = queries.get_for_update(session, conversation_id, location_ids)
    if owner_id is not None and not queries.may_answer(session, owner_id, conversation.location_id):
        raise invalid_field("ownerId", "Choose somebody who works at this location and may send texts.")
    return _change(session, conversation, {"owner_id": owner_id}, actor=actor, now=now)


def finish(
    session: Session, conversation_id: UUID, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> ConversationView:
    """Call a conversation done until its next text. Its texts must have been marked read: see `routes.finish`."""
    conversation = queries.get_for_update(session, conversation_id, location_ids)
    return _change(session, conversation, _state(ConversationState.DONE), actor=actor, now=now)


def snooze(
    session: Session,
    conversation_id: UUID,
    until: datetime,
    *,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> ConversationView:
    """Let a conversation sleep until an instant in UTC; it then opens by itself, or before at its next text.

    Raises:
        RuleViolationError: the instant is past, or more than 90 days away.
    """
    rules.check_snooze(until, now)
    conversation = queries.get_for_update(session, conversation_id, location_ids)
    return _change(session, conversation, _state(ConversationState.SNOOZED, until), actor=actor, now=now)


def reopen(
    session: Session, conversation_id: UUID, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> ConversationView:
    """Make a done or snoozed conversation wait for somebody again."""
    conversation = queries.get_for_update(session, conversation_id, location_ids)
    return _change(session, conversation, _state(ConversationState.OPEN), actor=actor, now=now)


def answer(
    session: Session, conversation_id: UUID, *, actor: Actor, location_ids: Iterable[UUID], now: datetime
) -> Answering | None:
    """Say that the actor is at the conversation for the next 15 s; return who was there first, if somebody was.

    Both are told of each other: who came second keeps who came first, and the first's screen hears of the second.
    """
    conversation = queries.get_for_update(session, conversation_id, location_ids)
    view = queries.get_conversation(session, conversation_id, location_ids, now)
    if view.answering is not None and view.answering.id != actor.id:
        if actor.id is not None:
            announce(session, conversation_id, now, comer=Answering(actor.id, actor.name, now + rules.ANSWERING_FOR))
        return view.answering
    conversation.answering_by, conversation.answering_until = actor.id, now + rules.ANSWERING_FOR
    session.flush()
    announce(session, conversation_id, now)
    return None


def has_answered(session: Session, conversation_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Note that the actor has sent an answer: the composer is free, and what was nobody's is now theirs."""
    session.execute(
        sa.update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(
            answering_by=None,
            answering_until=None,
            owner_id=sa.func.coalesce(Conversation.owner_id, actor.id),
            version=Conversation.version + 1,
            updated_at=now,
        )
    )
    announce(session, conversation_id, now)


def wake(session: Session, now: datetime) -> int:
    """Open the conversations whose time has come; return how many."""
    due = (
        sa.select(Conversation.id)
        .where(Conversation.state == ConversationState.SNOOZED, Conversation.snoozed_until <= now)
        .with_for_update(skip_locked=True)
    )
    woken = session.scalars(
        sa.update(Conversation)
        .where(Conversation.id.in_(due))
        .values(**_state(ConversationState.OPEN), version=Conversation.version + 1, updated_at=now)
        .returning(Conversation.id)
    ).all()
    for conversation_id in woken:
        announce(session, conversation_id, now)
    return len(woken)


def announce(session: Session, conversation_id: UUID, now: datetime, *, comer: Answering | None = None) -> None:
    """Tell the screens of the location, after the commit, how a conversation stands as of this call.

    `comer` is who came to it beside the one who answers.
    """
    session.flush()
    view = queries.view_of(session, conversation_id, now)
    answering = comer or view.answering
    told: dict[str, object] = {
        "id": view.id,
        "unreadCount": view.unread_count,
        "ownerId": view.owner_id,
        "state": view.state,
        "answering": None
        if answering is None
        else {"id": answering.id, "name": answering.name, "until": answering.until},
    }
    after_commit(session, live.publisher("conversation", view.location_id, told))


def _state(state: ConversationState, until: datetime | None = None) -> dict[str, Any]:
    return {"state": state, "snoozed_until": until}


def _change(
    session: Session, conversation: Conversation, values: dict[str, Any], *, actor: Actor, now: datetime
) -> ConversationView:
    changes = {
        name: (getattr(conversation, name), value)
        for name, value in values.items()
        if getattr(conversation, name) != value
    }
    if changes:
        for name, value in values.items():
            setattr(conversation, name, value)
        conversation.version += 1
        conversation.updated_at = now
        session.flush()
        audit.record(
            session,
            EventType.CONVERSATION_CHANGED,
            entity=ENTITY,
            entity_id=conversation.id,
            actor=actor,
            at=now,
            changes={edits.wire_name(name): pair for name, pair in changes.items()},
            location_id=conversation.location_id,
            version=conversation.version,
        )
        announce(session, conversation.id, now)
    return queries.view_of(session, conversation.id, now)
