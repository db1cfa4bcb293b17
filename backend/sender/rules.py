"""How long the sender waits for what."""

from dataclasses import dataclass
from datetime import timedelta

LEASE = timedelta(seconds=60)
# A lost answer's message is looked for at the provider this often, for this long; then it is sent once more.
RECONCILE_EVERY = timedelta(seconds=15)
RESEND_AFTER = timedelta(minutes=10)
# Sent, and nothing heard since.
UNCONFIRMED_AFTER = timedelta(hours=72)
# The reconcilers: hourly what has no end after 15 minutes, daily three days back.
HOURLY_AFTER = timedelta(minutes=15)
DAILY_BACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a rehearsal of faults may shorten; the product's own otherwise."""

    lease: timedelta = LEASE
    reconcile_every: timedelta = RECONCILE_EVERY
    resend_after: timedelta = RESEND_AFTER
