"""Rows for tests: `make_<thing>(session, **overrides)`, valid as they are."""
