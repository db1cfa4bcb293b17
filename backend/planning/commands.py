"""What can be done about time: check who may be planned, claim a slot.

Whoever plans a technician or bay first takes the locks of `queries.lock_slot`, then looks at
everything that is planned. The exclusion constraints stand behind that as a wall.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts.permissions import Permission, actor_may
from backend.core.actor import Actor
from backend.core.errors import PermissionDeniedError, invalid_field
from backend.planning import queries
from backend.planning.queries import Collision, Slot
from backend.planning.rules import OverlapError
from backend.shop import queries as shop


def check_slot(session: Session, location_id: UUID, *, tech_id: UUID | None, bay_id: UUID | None) -> None:
    """Refuse a technician or bay of another location; None is nobody and nowhere yet.

    Raises:
        RuleViolationError: with the field to correct.
    """
    if tech_id is not None and not accounts.can_take_work(session, tech_id, location_id):
        raise invalid_field("techId", "Choose somebody who works at this location.")
    if bay_id is not None and not shop.has_bay(session, location_id, bay_id):
        raise invalid_field("bayId", "Choose a bay of this location.")


def claim_slot(
    session: Session,
    slot: Slot,
    *,
    besides: UUID | None,
    override_reason: str | None,
    actor: Actor,
    location_ids: Iterable[UUID],
) -> list[Collision]:
    """Hold the slot's technician and bay until the commit; return what an override knowingly collides with.

    Raises:
        OverlapError: the time is taken and no override is given; `collisions` name by what.
        PermissionDeniedError: the role may not override.
    """
    queries.lock_slot(session, slot)
    collisions = queries.list_collisions(session, slot, besides=besides, location_ids=location_ids)
    if not collisions:
        return []
    if override_reason is None:
        raise overlap_error(collisions)
    if not actor_may(actor, Permission.APPOINTMENT_OVERBOOK):
        raise PermissionDeniedError("Your role can't overbook. Choose another time, technician or bay.")
    return collisions


def overlap_error(collisions: list[Collision]) -> OverlapError:
    """Say who has what at that time."""
    taken = sorted({f"{collision.name or 'It'} has #{collision.number}" for collision in collisions})
    return OverlapError(
        f"{'; '.join(taken)} at that time. Choose another time, technician or bay, or overbook and say why.",
        collisions=[collision.shown() for collision in collisions],
    )
