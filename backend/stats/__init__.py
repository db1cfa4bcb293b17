"""The shop's numbers: every figure is a named formula over rows that can be listed and that sum to it."""
