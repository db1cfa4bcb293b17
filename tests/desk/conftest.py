"""A visit of a customer who may be texted, and texts about it, as messages have them."""

from tests.customers.conftest import statements  # noqa: F401  a fixture
from tests.messages.conftest import compose, desk, make_desk, say, send, sent  # noqa: F401  fixtures
