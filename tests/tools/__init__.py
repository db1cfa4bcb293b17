"""Tests of what `./keytag` does."""
