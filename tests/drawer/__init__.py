"""Tests of drawer."""
