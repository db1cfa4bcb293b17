"""Why a clock stops."""

from enum import StrEnum


class PauseReason(StrEnum):
    """Why a technician's clock stopped before the job was done."""

    NEEDS_PART = "needs_part"
    NEEDS_APPROVAL = "needs_approval"
    BREAK = "break"
    HELPS_ELSEWHERE = "helps_elsewhere"
    OTHER = "other"
