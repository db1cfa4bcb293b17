"""Prepared texts: variables with fallbacks, what may stand in them, how long they are on the way."""
