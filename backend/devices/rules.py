"""What devices are."""

from datetime import timedelta
from enum import StrEnum

CODE_LIFE = timedelta(minutes=10)


class DeviceKind(StrEnum):
    """What a device may show."""

    WALLBOARD = "wallboard"
    TABLET = "tablet"
