"""Measurements of the hot paths; start them with `./keytag bench`. What is measured and why: docs/performance.md."""
