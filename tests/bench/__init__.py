"""Tests of the bench's arithmetic."""
