"""The six states, what may follow what, who may make each step, and which times can be."""

from datetime import datetime, timedelta
from enum import StrEnum

from backend.accounts.permissions import ON_TABLET, PERMISSION_MATRIX, Permission, Role
from backend.core.errors import ConflictError, PermissionDeniedError, RuleViolationError, invalid_field
from backend.planning.rules import TAKES_NO_TIME


class Status(StrEnum):
    """Where a job stands, in the order of the board's columns."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    READY = "READY"
    COMPLETED = "COMPLETED"
    NO_SHOW = "NO_SHOW"
    CANCELED = "CANCELED"


TITLES = {
    Status.SCHEDULED: "Scheduled",
    Status.IN_PROGRESS: "In progress",
    Status.READY: "Ready",
    Status.COMPLETED: "Completed",
    Status.NO_SHOW: "No-show",
    Status.CANCELED: "Canceled",
}

# A job in one of these may still be worked on; its key tag is taken.
OPEN = frozenset({Status.SCHEDULED, Status.IN_PROGRESS, Status.READY})
# A job in one of these takes no technician's and no bay's time.
NOT_BLOCKING = frozenset(Status(status) for status in TAKES_NO_TIME)
# A job in one of these has, or had, its car here: it bears a check-in time.
ON_SITE = frozenset({Status.IN_PROGRESS, Status.READY, Status.COMPLETED})

# from -> to -> the permission the step needs. A step that is not here is refused for everybody.
TRANSITIONS: dict[Status, dict[Status, Permission]] = {
    Status.SCHEDULED: {
        Status.IN_PROGRESS: Permission.APPOINTMENT_MOVE,
        Status.CANCELED: Permission.APPOINTMENT_MOVE,
        Status.NO_SHOW: Permission.APPOINTMENT_MOVE,
    },
    Status.IN_PROGRESS: {
        Status.READY: Permission.APPOINTMENT_MOVE,
        Status.SCHEDULED: Permission.APPOINTMENT_MOVE,  # a misdrop undone
        Status.CANCELED: Permission.APPOINTMENT_MOVE,
    },
    Status.READY: {
        Status.COMPLETED: Permission.APPOINTMENT_COMPLETE,
        Status.IN_PROGRESS: Permission.APPOINTMENT_MOVE,
    },
    Status.COMPLETED: {Status.READY: Permission.APPOINTMENT_REOPEN},
    Status.CANCELED: {Status.SCHEDULED: Permission.APPOINTMENT_MOVE},
    Status.NO_SHOW: {Status.SCHEDULED: Permission.APPOINTMENT_MOVE},
}

# Steps that must say why: the money of a completed job is already in the books.
NEEDS_REASON = frozenset({(Status.COMPLETED, Status.READY)})
# So must this one where a check was not passed: its customer is told that the car is ready.
NEEDS_CHECK = (Status.IN_PROGRESS, Status.READY)


class FailedCheck(StrEnum):
    """A check that the work has not passed, by the kinds of `clocks.rules.CheckKind`."""

    TEST_DRIVE = "test_drive"
    QUALITY = "quality"


CHECK_WORDS = {FailedCheck.TEST_DRIVE: "test drive", FailedCheck.QUALITY: "quality check"}


class HasMoneyError(ConflictError):
    """409: money was taken for it, or its invoice stands, so it can't be deleted."""

    code = "has_money"


class IllegalTransitionError(ConflictError):
    """409: this status may not become that one; the current card comes along."""

    code = "illegal_transition"


class ReasonRequiredError(RuleViolationError):
    """422: this step must say why."""

    code = "reason_required"


class TransitionForbiddenError(PermissionDeniedError):
    """403: the step exists, this role may not make it."""


def sources_for(role: Role | str, target: Status, *, has_reason: bool) -> list[Status]:
    """List the states from which `role` may bring a job to `target`; the same state (a reorder) included."""
    if role not in PERMISSION_MATRIX[Permission.APPOINTMENT_MOVE]:
        return []
    sources = [target]
    for source, steps in TRANSITIONS.items():
        permission = steps.get(target)
        if permission is None or role not in PERMISSION_MATRIX[permission]:
            continue
        if (source, target) in NEEDS_REASON and not has_reason:
            continue
        sources.append(source)
    return sources


def check_transition(
    source: Status,
    target: Status,
    *,
    role: Role | str | None,
    reason: str | None,
    is_on_tablet: bool = False,
    failed_check: FailedCheck | None = None,
) -> None:
    """Refuse a step that is impossible, not this role's or a shared tablet's, or without its reason.

    The same state is no step.

    Raises:
        IllegalTransitionError: nobody may make this step.
        TransitionForbiddenError: somebody else may.
        ReasonRequiredError: the step needs a reason.
    """
    if source is target:
        return
    permission = TRANSITIONS[source].get(target)
    if permission is None:
        allowed = " or ".join(TITLES[status] for status in TRANSITIONS[source])
        raise IllegalTransitionError(
            f"A job that is {TITLES[source]} can't go to {TITLES[target]}; it can go to {allowed}.", current=source
        )
    if role not in PERMISSION_MATRIX[permission]:
        who = " or ".join(sorted(PERMISSION_MATRIX[permission]))
        raise TransitionForbiddenError(f"Only {who} can move a job from {TITLES[source]} to {TITLES[target]}.")
    if is_on_tablet and permission not in ON_TABLET:
        raise TransitionForbiddenError(
            f"Sign in with your password to move a job from {TITLES[source]} to {TITLES[target]}; a PIN is not enough."
        )
    if (source, target) in NEEDS_REASON and not reason:
        raise ReasonRequiredError(
            f"Say why the job goes from {TITLES[source]} back to {TITLES[target]}.",
            errors={"reason": ["Please give a reason."]},
        )
    if (source, target) == NEEDS_CHECK and failed_check is not None and not reason:
        raise ReasonRequiredError(
            f"The {CHECK_WORDS[FailedCheck(failed_check)]} was not right. Say why the car is ready all the same.",
            errors={"reason": ["Please give a reason."]},
        )


# --- time -------------------------------------------------------------------------------------

# A phone's clock may run ahead of ours; a check-in further in the future is a typing error.
CLOCK_TOLERANCE = timedelta(minutes=5)
# Cards of a column stand this far apart, so that many fit between two of them.
ORDER_GAP = 1024.0


def times_after(
    target: Status, check_in_at: datetime | None, check_out_at: datetime | None, now: datetime, *, source: Status
) -> tuple[datetime | None, datetime | None]:
    """Return the check-in and check-out times that a step from `source` to `target` leaves.

    Work begins with a check-in and completing ends with a check-out; times somebody wrote
    before are kept. Only undoing such a step clears its time.
    """
    if target is Status.IN_PROGRESS and check_in_at is None:
        return now, None
    if target is Status.COMPLETED and check_out_at is None:
        return check_in_at, max(now, check_in_at or now)
    if (source, target) == (Status.IN_PROGRESS, Status.SCHEDULED):
        # A car that has not come yet has not left either.
        return None, None
    if (source, target) == (Status.COMPLETED, Status.READY):
        return check_in_at, None
    return check_in_at, check_out_at


def check_presence(status: Status, check_in_at: datetime | None, check_out_at: datetime | None, now: datetime) -> None:
    """Refuse check-in and check-out times, written by hand, that can't be.

    Raises:
        RuleViolationError: with the field to correct.
    """
    for field, moment in (("checkInAt", check_in_at), ("checkOutAt", check_out_at)):
        if moment is not None and moment > now + CLOCK_TOLERANCE:
            raise invalid_field(field, "This is in the future.")
    if check_out_at is not None and check_in_at is None:
        raise invalid_field("checkOutAt", "A car that was not checked in can't be checked out.")
    if check_out_at is not None and check_in_at is not None and check_out_at < check_in_at:
        raise invalid_field("checkOutAt", "Choose a time after the check-in.")
    if check_in_at is None and status in ON_SITE:
        raise invalid_field(
            "checkInAt", f"A job that is {TITLES[status]} has a check-in time; move it back to Scheduled instead."
        )
    if check_out_at is None and status is Status.COMPLETED:
        raise invalid_field("checkOutAt", "A completed job has a check-out time; reopen it instead.")


def normalize_key_tag(text: str | None) -> str | None:
    """Return a key tag as it is compared: upper case, single spaces; None for nothing."""
    return " ".join((text or "").upper().split()) or None
