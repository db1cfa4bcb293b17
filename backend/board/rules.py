"""Columns of the board, and how far a range of days may reach."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.accounts.permissions import Role
from backend.appointments.rules import NOT_BLOCKING, Status, sources_for
from backend.core.errors import RuleViolationError

COLUMNS = tuple(Status)
MAXIMUM_DAYS = 92
MONEY_KEYS = ("totalCents", "paidCents")
# The screen on the wall: these columns, and so many of a plate's last characters.
WALL_COLUMNS = (Status.SCHEDULED, Status.IN_PROGRESS, Status.READY)
PLATE_TAIL = 4


@dataclass(frozen=True, slots=True)
class BoardRequest:
    """What somebody wants to see; None means the usual: own first location, today, everything."""

    location_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None
    tech_id: UUID | None = None
    text: str | None = None

    @property
    def is_filtered(self) -> bool:
        """True when only some of the cards are wanted."""
        return self.tech_id is not None or bool(self.text)


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """Where a card goes: before everything (`after_id` None, no position), after a card, or to a 1-based position."""

    target: Status
    after_id: UUID | None = None
    position: int | None = None
    version: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, for the audit row."""

    ip: str
    user_agent: str | None
    request_id: str | None
    at: datetime


def check_range(first_day: date | None, last_day: date | None) -> None:
    """Refuse days that run backwards or reach over 92 days.

    Raises:
        RuleViolationError: naming the field.
    """
    if last_day is None:
        return
    if first_day is None:
        raise RuleViolationError("Give the first day too.", errors={"from": ["Needed with `to`."]})
    if last_day < first_day:
        raise RuleViolationError("The last day is before the first.", errors={"to": ["Must not be before `from`."]})
    if last_day - first_day > timedelta(days=MAXIMUM_DAYS - 1):
        raise RuleViolationError(
            f"Ask for at most {MAXIMUM_DAYS} days.", errors={"to": [f"At most {MAXIMUM_DAYS} days from `from`."]}
        )


def allowed_moves(target: Status, *, has_reason: bool, coming_back: bool) -> list[str]:
    """List "Role:STATUS" pairs that may be brought to `target`, as the move statement compares them.

    `coming_back` asks for the steps that take a technician's and bay's time again, else for the others.
    """
    return [
        f"{role}:{source}"
        for role in Role
        for source in sources_for(role, target, has_reason=has_reason)
        if (source in NOT_BLOCKING and target not in NOT_BLOCKING) is coming_back
    ]


def stage_of(estimate_state: str | None, jobs_approved: int) -> str | None:
    """Name what an open job waits for, as the wall may tell it; None for nothing.

    A question stays open when the customer approves; the work that they approved does not wait for it.
    """
    if estimate_state == "question":
        return None if jobs_approved else "approval"
    return "approval" if estimate_state in {"sent", "opened", "changed"} else None
