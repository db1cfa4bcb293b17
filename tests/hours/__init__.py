"""Tests of backend/hours."""
