"""Texts that the shop sends by itself: when a job changes its status, before a visit, at a booking."""
