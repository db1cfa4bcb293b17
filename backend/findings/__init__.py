"""Findings: what cars need, from the inspection that saw it first to what mended it, and the jobs made of it."""
