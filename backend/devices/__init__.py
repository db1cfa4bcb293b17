"""Paired devices: a screen on the wall, a tablet in the bay. Paired with a code, known by a token, revoked by an Owner."""
