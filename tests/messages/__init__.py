"""Tests of backend/messages."""
