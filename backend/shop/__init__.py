"""Locations, their time zones, hours and bays."""
