"""Tests of backend/sender."""
