"""The fixtures of customers, for what is beside them."""

from tests.customers.conftest import audit_of, race, statements  # noqa: F401  fixtures
