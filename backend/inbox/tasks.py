"""What follows later for the inbox: a revocation that was recorded by hand or by the sender, and waking sleepers."""

from uuid import UUID

from backend.consent import queries as consent
from backend.consent.rules import BLOCKED, ConsentKind, Purpose
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.desk import commands as desk
from backend.inbox import commands, queries
from backend.messages.rules import Reason

_REASONS = {ConsentKind.REVOKED: Reason.OPTED_OUT, ConsentKind.PROVIDER_BLOCKED: Reason.PROVIDER_BLOCKED}


def follow_consent(event_id: str) -> None:
    """Take back what waits for a number that may not be texted any more, and tell the screens; repeating it is fine."""
    now = utc_now()
    with transaction() as session:
        event = consent.get_event(session, UUID(event_id))
        state = consent.find_consent(session, event.phone)
        reason = _REASONS.get(ConsentKind(event.kind))
        if reason is not None and state is not None and state.state(Purpose.INFORMATIONAL) in BLOCKED:
            desk.cancel_waiting(session, reason, now=now, phone=event.phone)
        for conversation_id in queries.list_of_number(session, event.phone):
            commands.announce(session, conversation_id, now)


def follow_review(review_id: str) -> None:
    """Tell the screens that a person has decided about a reply, or must."""
    now = utc_now()
    with transaction() as session:
        review = consent.get_review(session, UUID(review_id))
        for conversation_id in queries.list_of_number(session, review.phone):
            commands.announce(session, conversation_id, now)


def wake() -> None:
    """Open the conversations whose time has come."""
    with transaction() as session:
        commands.wake(session, utc_now())
