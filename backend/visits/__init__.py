"""Histories: where and when a customer came or a vehicle was worked on, at all locations."""
