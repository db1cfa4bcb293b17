"""Every number that an advisory lock has, so that no two parts ever wait for each other by accident.

A fixed lock is one number. A lock by key is the hash of a text with a seed, which keeps the keys of one part apart from another's.
"""

from enum import IntEnum, unique


@unique
class Fixed(IntEnum):
    """Locks that are one number each."""

    MIGRATIONS = 7_215_300_811  # two deployments that migrate at once take turns
    DEMO = 7_215_300_812  # two starts that make the demo shop
    AUDIT_SEALER = 7_215_300_813  # one sealer at a time appends to the chains
    STATUS_SPANS = 7_215_300_814  # who read less of a log must not write last


@unique
class Seed(IntEnum):
    """What keeps the texts apart that locks by key are hashed from; with `WORDED` the text itself names its part."""

    WORDED = 0
    SIGN_IN_ADDRESS = 7215
    BOARD_COLUMN = 7216
    SIGN_IN_ACCOUNT = 7217
    PAIRING_NETWORK = 7218
