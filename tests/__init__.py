"""The tests, in the shape of the code they test: tests/<package>/test_<file>.py."""
