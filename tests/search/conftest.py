"""The fixtures of customers, for what is beside them."""

from tests.customers.conftest import statements  # noqa: F401  fixtures
