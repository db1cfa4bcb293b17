"""The fixtures of appointments, whose times are planned."""

from tests.appointments.conftest import advisor, everything, shop, technician  # noqa: F401  fixtures
