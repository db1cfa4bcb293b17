"""Estimates: frozen copies of what was shown, and the append-only evidence of what was said to them."""
