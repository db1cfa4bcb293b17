"""Whose time is taken, by what: a technician or bay is planned once at a time, unless a named person said why."""
