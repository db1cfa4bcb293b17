"""A visit of a known car, inspected as in the tests of inspections."""

from tests.inspections.conftest import inspected  # noqa: F401  a fixture
