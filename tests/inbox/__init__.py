"""Tests of backend/inbox."""
