"""Inspections: what is looked at on a car, what was found, and what it still needs."""
