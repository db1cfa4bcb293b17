"""What time it was when a device says so."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.core.clock import happened_at
from backend.core.errors import RuleViolationError

NOW = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def _happened(told, sent_at=None):
    return happened_at(told, sent_at, NOW, field="startedAt")


def test_a_device_is_believed_but_never_about_the_future():
    assert _happened(NOW - 20 * MINUTE) == NOW - 20 * MINUTE
    assert _happened(NOW + 20 * MINUTE) == NOW


@pytest.mark.parametrize("skew", [-7 * MINUTE, 13 * MINUTE, timedelta(hours=1)])
def test_a_clock_that_is_off_is_set_right_by_the_devices_own_time(skew):
    """Twenty minutes ago is twenty minutes ago, whatever the tablet's clock shows."""
    assert _happened(NOW - 20 * MINUTE + skew, sent_at=NOW + skew) == NOW - 20 * MINUTE


def test_what_is_too_old_or_told_by_a_clock_of_another_month_is_refused():
    with pytest.raises(RuleViolationError):
        _happened(NOW - timedelta(days=15))
    with pytest.raises(RuleViolationError):
        _happened(NOW, sent_at=NOW - timedelta(days=30))
