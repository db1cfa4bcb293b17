"""How long the sender waits for what, and where a rehearsal may break it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from signal import Signals
from uuid import UUID

from backend.messages.rules import Channel

# A call begins this soon after the first statement of its claim or not at all: a STOP waits for START_WITHIN_SECONDS, and
# its clock and ours need not run alike.
BEGIN_WITHIN_SECONDS = 0.4
# Whose it is from a claim to its answer: a worker ends a task after 30 s. What a killed worker held is let go as soon as its
# parent sees it; this is for what nobody sees, a machine that is gone or a process that stands still.
LEASE = timedelta(seconds=35)
# A lost answer's message is looked for at the provider this often at first, for this long; then it is sent once more.
RECONCILE_EVERY = timedelta(seconds=15)
RESEND_AFTER = timedelta(minutes=10)
# Sent, and nothing heard since.
UNCONFIRMED_AFTER = timedelta(hours=72)
# The reconcilers: hourly what has no end after 15 minutes, daily what is up to three days old.
HOURLY_AFTER = timedelta(minutes=15)
DAILY_BACK = timedelta(days=3)
# A kick that a web process gave has this long before the sweep gives another; each of those has the other.
KICK_FIRST, KICK_AGAIN = timedelta(seconds=3), timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to hand over, and how often it was tried with this time."""

    message_id: UUID
    attempt: int
    channel: Channel
    address: str
    sender: str | None
    location_name: str
    subject: str | None
    body: str
    validity: timedelta | None
    # What every open screen is told of it, and where.
    location_id: UUID
    event: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Lost:
    """A message of which nobody knows whether the provider has it, as it would be found there."""

    message_id: UUID
    channel: Channel
    address: str | None
    sender: str | None
    body: str
    claimed_at: datetime


class Failpoint(StrEnum):
    """Where a worker can be made to die or to stand still, in the environment `test` only."""

    BEFORE_CLAIM = "before_claim"
    AFTER_CLAIM = "after_claim"
    AFTER_ACCEPT = "after_accept"
    BEFORE_COMMIT = "before_commit"
    # While a lost text is looked for.
    LOOKING = "looking"


@dataclass(frozen=True, slots=True)
class Timing:
    """What a rehearsal of faults may shorten; the product's own otherwise."""

    lease: timedelta = LEASE
    reconcile_every: timedelta = RECONCILE_EVERY
    resend_after: timedelta = RESEND_AFTER
    kick_again: timedelta = KICK_AGAIN


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A rehearsal of faults: shortened times, and the share of passes of each failpoint at which a process gets a signal."""

    timing: Timing = Timing()
    struck_share: float = 0.0
    failpoint: Failpoint | None = None
    signal: Signals = Signals.SIGKILL


def read_rehearsal(text: str | None) -> Rehearsal:
    """Read `lease=2 reconcile=1 resend=5 kick=1 kill=after_claim:1`, in seconds; `kill=:0.1` is any failpoint.

    `stop` instead of `kill` makes the process stand still until somebody sends it SIGCONT.

    Raises:
        ValueError: it says something else.
    """
    words = dict(word.split("=", 1) for word in (text or "").split())
    timing = Timing(
        *(
            timedelta(seconds=float(words.pop(name))) if name in words else usual
            for name, usual in (
                ("lease", LEASE),
                ("reconcile", RECONCILE_EVERY),
                ("resend", RESEND_AFTER),
                ("kick", KICK_AGAIN),
            )
        )
    )
    struck = Signals.SIGSTOP if "stop" in words else Signals.SIGKILL
    where, _, share = words.pop("stop" if "stop" in words else "kill", ":0").partition(":")
    if words:
        raise ValueError(f"unknown: {', '.join(words)}")
    return Rehearsal(timing, float(share), Failpoint(where) if where else None, struck)
